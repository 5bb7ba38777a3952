"""Tests of graphsess/report/page: no text that evidence holds can do anything to who reads it."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree

import polars as pl
import pytest

from graphsess.report.page.document import page

HOSTILE = [
    "<img src=x onerror=\"window.pwned='img'\">",
    "</script><script>window.pwned='script'</script>",
    "<!--<script>",
    "javascript:window.pwned='url'",
    '<a href="https://evil.example/">href</a>',
    "\u202egnp.exe\u2066\u200b",
    "\"'`onmouseover=window.pwned='quote'",
    "tab\tline\nfeed\r\x00\x1b]8;;http://evil.example\x07\x7f\x9b31m",
    "=cmd|'/c calc'!A1",
    "+1+1",
    "@SUM(1)",
    "-2+3",
    "]]>&lt;&amp;&#60;",
    "x" * 65_536,
    "名前😀\ud7ff\ue000",
    "${window.pwned=1}{{7*7}}",
    "__proto__",
    "constructor",
    "a|b%7Cc|d",
    "user:x -y \"z",
]  # fmt: skip
WRITTEN = {
    "sessions": ("user", "attempted_user", "source_address", "source_name", "source_class", "kind",
                 "protocol", "package", "client_reported_address", "client_time_zone", "client_os",
                 "failure_status", "sid", "outbound_user", "end_reason", "class", "outcome",
                 "connection", "flags", "confidence_reasons", "end_kind", "opened_by"),
    "hosts": ("name", "names", "addresses", "os_build", "time_zone"),
    "locals": ("user", "sid", "end_kind", "state"),
    "logons": ("user", "workstation", "role"),
    "connections": ("client_name", "session_name", "address"),
    "failure_runs": ("source_address", "source_name", "kind", "pattern", "source_class"),
    "coverage": ("channel", "broken_by"),
    "evidence": ("path", "also", "problem", "computers", "channels", "kind"),
    "events": ("computer", "channel", "provider", "process", "command_line", "object", "detail",
               "actor_user", "target_user"),
    "groups": ("user", "source_address", "source_range", "sid"),
    "moves": ("from_host", "to_host", "from_user", "to_user", "source_address", "kind", "outcome"),
    "move_evidence": ("rule",),
    "chains": ("entry_address", "causal_user"),
    "activities": ("user", "method", "kind", "flags"),
    "flags": ("flag", "rule"),
    "sources": ("role", "rule"),
    "boots": ("end_kind",),
}  # fmt: skip
"""Every text that evidence fills, and codes too, as if they were none."""


class HostileCase:
    """A case in which hostile texts stand in every field."""

    def __init__(self, case):
        self._case = case
        self.manifest = case.manifest
        self._read = {}

    def table(self, name):
        if name not in self._read:
            self._read[name] = spoiled(name, self._case.table(name))
        return self._read[name]

    def scan(self, name):
        return self.table(name).lazy()


def spoiled(name, frame):
    """The table with hostile texts, each row another one."""
    if name == "raw":
        bodies = [body(n).encode() for n in range(frame.height)]
        return frame.with_columns(
            form=pl.lit("json"), body=pl.Series(bodies, dtype=pl.Binary), template=pl.lit(None)
        ).cast({"template": frame.schema["template"]})
    changes = []
    for at, column in enumerate(WRITTEN.get(name, ())):
        texts = [HOSTILE[(row + at) % len(HOSTILE)] for row in range(frame.height)]
        if isinstance(frame.schema[column], pl.List):
            texts = [[text, HOSTILE[at]] for text in texts]
        changes.append(pl.Series(column, texts, dtype=frame.schema[column]))
    if name == "failure_runs":
        users = [[{"user": text, "count": 3} for text in HOSTILE[:5]] for _ in range(frame.height)]
        codes = [[{"code": text, "count": 3} for text in HOSTILE[:5]] for _ in range(frame.height)]
        changes += [
            pl.Series("users", users, dtype=frame.schema["users"]),
            pl.Series("statuses", codes, dtype=frame.schema["statuses"]),
        ]
    if name == "hosts":
        cleared = [
            [{"time_us": 1_772_489_551_000_000, "channel": text, "user": text} for text in HOSTILE]
            for _ in range(frame.height)
        ]
        changes.append(pl.Series("logs_cleared", cleared, dtype=frame.schema["logs_cleared"]))
    return frame.with_columns(changes)


def body(row):
    """A record as logged: hostile names and values, a lone surrogate, XML, or no JSON at all."""
    text = HOSTILE[row % len(HOSTILE)]
    if row % 7 == 0:
        return f"<Event>{text}</Event>"
    data = {text[:300]: text, "lone": "\ud800", "__proto__": {"x": 1}, "list": [text, {"a": text}]}
    return json.dumps({"Event": {"System": {"Channel": text}, "EventData": data}})


@pytest.fixture(scope="module")
def hostile(case):
    return page(HostileCase(case), title=HOSTILE[1])


@pytest.fixture(scope="module")
def ids(hostile, case):
    return case.table("sessions")["id"].to_list()


def harmed(shown):
    """What hostile texts did to a page."""
    return shown.evaluate(
        """() => [window.pwned ?? null,
            document.querySelectorAll("img, iframe, object, embed, a, form, svg").length,
            document.querySelectorAll("script").length,
            /[\\u202e\\u2066\\u200b\\x00\\x1b\\x07\\x9b\\ud800]/.test(document.body.innerText)]"""
    )


def test_no_view_and_no_detail_is_moved(sight_of, hostile, ids):
    shown = sight_of(hostile.content)
    page = shown.open("all=1&each=1")
    scripts = page.locator("script").count()
    for view in ("overview", "sessions", "users", "groups", "timeline", "movement", "failures",
                 "activity", "quality"):  # fmt: skip
        for address in (f"view={view}&all=1", f"view={view}&all=1&table=1"):
            page = shown.open(address)
            for x, y in ((300, 250), (700, 300), (900, 400), (60, 300)):
                page.mouse.move(x, y)
            assert harmed(page) == [None, 0, scripts, False], address
    page = shown.open("view=sessions&all=1&each=1")
    for number in range(0, 24, 2):
        page.locator('section[aria-label="Sessions"] .grid-row').nth(number).click()
        page.wait_for_selector("aside .sources tbody tr")
        page.locator("aside .sources button.plain").first.click()
        page.wait_for_selector("aside .logged:visible dl")
        assert harmed(page) == [None, 0, scripts, False], number
    for view, label in (("failures", "Failure runs"), ("movement", "Moves"),
                        ("activity", "Activity")):  # fmt: skip
        page = shown.open(f"view={view}&all=1")
        page.locator(f'[aria-label="{label}"] .grid-row').first.click()
        page.wait_for_selector("aside .detail h2")
        assert harmed(page) == [None, 0, scripts, False], view


def test_what_is_saved_is_inert(sight_of, hostile):
    shown = sight_of(hostile.content)

    def save(entry, address):
        page = shown.open(address)
        page.click("summary:has-text('Export')")
        with page.expect_download() as told:
            page.click(f".menu-body button:text-is('{entry}')")
        return told.value.path().read_text("utf-8")

    csv.field_size_limit(1 << 30)
    for view in ("sessions", "users", "failures", "movement", "groups", "activity"):
        rows = list(csv.reader(io.StringIO(save("CSV", f"view={view}&all=1"), newline="")))
        assert len({len(row) for row in rows}) == 1
        assert not [cell for row in rows for cell in row if re.match(r"[=+@\t\r\n-]", cell)]
    for view in ("overview", "timeline", "movement", "quality"):
        text = save("SVG", f"view={view}&all=1")
        tags = {one.tag.rpartition("}")[2] for one in ElementTree.fromstring(text).iter()}  # noqa: S314
        assert not tags & {"script", "a", "image", "foreignObject", "style"}
        assert "\u202e" not in text


def test_the_file_itself_holds_no_hostile_markup(hostile):
    text = hostile.content.decode()
    assert "<script>window.pwned" not in text
    assert "<img" not in text
    assert text.count("</script>") == text.count("<script")


def test_a_hostile_address_does_nothing(sight):
    for part in ("view=%3Cimg%20src%3Dx%3E", "thing=%3Cscript%3Ealert(1)%3C/script%3E",
                 "q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "zone=%3Cb%3E", "view=__proto__",
                 "view=sessions&sort=-__proto__,x", "view=timeline&from=NaN&to=1e400",
                 "view=timeline&lanes=constructor", "view=movement&chain=x"):  # fmt: skip
        page = sight.open(part, anew=True)
        assert harmed(page)[:2] == [None, 0]
