"""The report as one HTML document: data blocks, one script, one style sheet, and a strict policy.

Evidence never is markup. The blocks are base64, the little that stands in the page as JSON has its
`<`, `>` and `&` escaped, and the Content-Security-Policy names the hashes of the only script and
the only style sheet that may run; it forbids every request.
"""

from __future__ import annotations

import base64
import hashlib
import html
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from graphsess import __version__
from graphsess.case import Case
from graphsess.catalogue import KINDS
from graphsess.report.page import bundle
from graphsess.report.page.block import Block
from graphsess.report.page.entities import Entities, add_entities, entities
from graphsess.report.page.events import Cited, add_events, cited
from graphsess.report.page.legend import legend
from graphsess.report.page.logged import logged
from graphsess.report.page.sessions import add_sessions, frame

ROOM = 6_000_000
"""Characters that the file may have before records as logged are left out."""

_THREADS = 2


class Records(StrEnum):
    """Which records as logged the report holds."""

    WORST = "worst"
    """As many as a file of `ROOM` takes, those of the worst sessions first."""
    ALL = "all"
    """Those of every event that it cites."""
    NONE = "none"
    """None."""


@dataclass(frozen=True, slots=True)
class Page:
    """A report.

    Attributes:
        content: The file, UTF-8.
        sessions: How many sessions it holds.
        events: How many events it cites.
        logged: Of how many of them it holds the record as logged.
    """

    content: bytes
    sessions: int
    events: int
    logged: int

    @property
    def sha256(self) -> str:
        """Hash of the file."""
        return hashlib.sha256(self.content).hexdigest()


def page(case: Case, *, title: str, keep: Records = Records.WORST) -> Page:
    """The report of a case; the same case gives the same bytes.

    Args:
        case: The case.
        title: What stands above it.
        keep: Which records as logged it holds.

    Raises:
        CaseError: the case cannot be read.
    """
    sessions = frame(case)
    beside = entities(case)
    found = cited(case, sessions, beside.uids())
    core, more, events = Block(), Block(), Block()
    known = {name: beside.frames[name]["id"] for name in ("failures", "locals")}
    add_sessions(core, more, sessions, known, found.counts)
    add_entities(core, more, beside, sessions, found)
    with ThreadPoolExecutor(_THREADS) as threads:  # what compresses leaves Python to the others
        packing = {"core": threads.submit(core.packed), "more": threads.submit(more.packed)}
        add_events(events, case, found, sessions)
        packing["events"] = threads.submit(events.packed)
        blocks = {name: packed.result() for name, packed in packing.items()}
    about = _about(case, title, beside, found)
    used = len(_document(title, about, blocks))
    room = {Records.ALL: None, Records.NONE: 0, Records.WORST: ROOM - used}[keep]
    chapters = logged(case, found, sessions, room)
    about["logged"] = chapters.held
    blocks["shelf"] = chapters.shelf
    blocks |= {f"logged-{number}": text for number, text in enumerate(chapters.chapters)}
    text = _document(title, about, blocks)
    return Page(text.encode(), sessions.height, found.events.height, chapters.held)


def _about(case: Case, title: str, beside: Entities, found: Cited) -> dict[str, Any]:
    """What the page must know before it unpacks anything."""
    manifest = case.manifest
    return {
        "title": title,
        "tool": __version__,
        "built": {"tool": manifest.tool, "rules": manifest.rules, "schema": manifest.schema},
        "settings": dict(manifest.settings),
        "options": dict(manifest.options),
        "problems": list(manifest.problems),
        "activities": beside.activities,
        "events": found.events.height,
        "legend": legend(),
        "says": {
            f"{provider.lower()}|{kind.event_id}": kind.says
            for kind in KINDS.values()
            for provider in (kind.provider, *kind.aliases)
        },
    }


def _document(title: str, about: dict[str, Any], blocks: dict[str, str]) -> str:
    script, styles = bundle.script(), bundle.styles()
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(styles)}; "
        "img-src data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )
    data = "\n".join(
        f'<script type="application/octet-stream" id="block-{name}">{text}</script>'
        for name, text in blocks.items()
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{html.escape(_visible(title))} · graphsess</title>\n<style>{styles}</style>\n"
        "</head>\n<body>\n"
        "<noscript><p>This report draws itself with a script that stands in this very file and "
        "fetches nothing. Allow scripts for it, or read the case with "
        "<code>graphsess sessions CASE</code>.</p></noscript>\n"
        '<div id="app"><p id="loading">Unpacking the case …</p></div>\n'
        f'<script type="application/json" id="about">{_inert(about)}</script>\n'
        f"{data}\n<script>{script}</script>\n</body>\n</html>\n"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _inert(value: dict[str, Any]) -> str:
    """JSON in which nothing can end the element that it stands in."""
    text = orjson.dumps(value).decode()
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _visible(title: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in title)
