"""Tests of graphsess/report/page: what leaves the report is what the commands print."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pytest

from graphsess.records.ask import Ask
from graphsess.records.formats import csv_text, jsonl
from graphsess.records.registry import STREAMS
from graphsess.records.stream import records
from graphsess.report.page.entities import _LEFT_OUT, _ONLY

PICTURES = ("overview", "timeline", "movement", "quality")
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def saved(sight):
    """What one entry of the export menu saves, in bytes."""

    def save(entry, address):
        page = sight.open(address)
        page.click("summary:has-text('Export')")
        with page.expect_download() as told:
            page.click(f".menu-body button:text-is('{entry}')")
        return told.value.path().read_bytes()

    return save


def printed(case, name, every=False):
    return b"".join(jsonl(records(STREAMS[name], case, Ask(every=every)))).decode()


def told(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("every", [False, True], ids=["shown", "all"])
def test_sessions_are_the_command_s_records_field_for_field(saved, case, every):
    out = told(saved("JSON lines", f"view=sessions{'&all=1' if every else ''}").decode())
    wanted = told(printed(case, "sessions", every))
    assert out == wanted
    assert [list(record) for record in out] == [list(record) for record in wanted]


def test_the_csv_of_sessions_is_the_command_s_to_the_byte(saved, case):
    wanted = b"".join(csv_text(records(STREAMS["sessions"], case, Ask())))
    assert saved("CSV", "view=sessions") == wanted


def test_only_what_the_query_finds_is_saved_in_the_order_that_is_seen(saved, case):
    out = told(saved("JSON lines", "view=sessions&q=adm-ann&sort=-start").decode())
    wanted = [one for one in told(printed(case, "sessions")) if one["user"] == "CORP\\adm-ann"]
    assert out == wanted[::-1]


@pytest.mark.parametrize("name", ["users", "groups", "failures", "movement", "activity"])
def test_other_views_save_their_command_s_records(saved, case, name):
    stream = {"movement": "moves"}.get(name, name)
    weak = stream == "moves"
    out = told(saved("JSON lines", f"view={name}").decode())
    fields = _ONLY.get(stream) or tuple(
        field for field in STREAMS[stream].fields if field not in _LEFT_OUT.get(stream, ())
    )
    wanted = [
        {field: record[field] for field in fields}
        for record in told(printed(case, stream, every=stream == "failures"))
        if not weak or record["outcome"] not in ("failed", "denied")
    ]
    renamed = {"activity": "act", "id": None} if stream == "activity" else {}
    wanted = [
        {renamed.get(field, field): value for field, value in record.items()} for record in wanted
    ]
    for record in wanted:
        record.pop(None, None)
    assert sorted(out, key=str) == sorted(wanted, key=str)
    assert out


@pytest.mark.parametrize("view", PICTURES)
def test_every_picture_can_be_saved(saved, view):
    root = ElementTree.fromstring(saved("SVG", f"view={view}"))  # noqa: S314 - our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert {child.tag.rpartition("}")[2] for child in root.iter()} <= {
        "svg", "g", "rect", "path", "text", "clipPath", "linearGradient", "stop",
    }  # fmt: skip
    assert "".join(root.itertext()).strip()
    assert saved("PNG", f"view={view}").startswith(PNG)
