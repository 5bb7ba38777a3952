"""Tests of graphsess/report/network in a real browser: what a person sees and does."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from graphsess.build import build
from graphsess.case import Case
from graphsess.graph.scopes import scope_of
from graphsess.graph.views import view
from graphsess.report.network.page import page as page_of

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "a href=javascript:alert(3)",
    '"><svg onload=alert(4)>',
    "{{7*7}}{% raw %}",
    "\u202egnp.exe",
    "'; DROP TABLE users --",
    "=cmd|' /C calc'!A0",
    "\x1b[31mred\x07",
    "x" * 65_536,
)


def made(case, scope):
    """The page of a scope, as bytes."""
    return page_of(case, view(case, scope_of(scope)), zone=dt.UTC, zone_name="UTC").encode()


@pytest.fixture(scope="module")
def whole(case):
    return made(case, "case")


@pytest.fixture(scope="module")
def intruder(case):
    """The session of the intruder that came back in the evening."""
    rows = view(case, scope_of("address:198.51.100.143")).sessions
    return rows["id"][0]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A case in which every name that an intruder can choose is a trap."""
    folder = tmp_path_factory.mktemp("hostile")
    lines = [
        json.dumps({
            "Event": {
                "System": {
                    "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}},
                    "EventID": event_id,
                    "Version": 2,
                    "TimeCreated": {
                        "#attributes": {"SystemTime": f"2026-03-02T08:{number:02d}:00.000000Z"}
                    },
                    "EventRecordID": 10 * number + event_id - 4620,
                    "Channel": "Security",
                    "Computer": "ws1.corp.example",
                },
                "EventData": {
                    "TargetUserSid": "S-1-0-0" if event_id == 4625 else f"S-1-5-21-1-2-3-{number}",
                    "TargetUserName": name,
                    "TargetDomainName": name,
                    "TargetLogonId": hex(0x5000 + number),
                    "Status": "0xc000006d",
                    "SubStatus": "0xc000006a",
                    "LogonType": 3,
                    "WorkstationName": name,
                    "IpAddress": f"203.0.113.{number + 1}",
                    "IpPort": "50000",
                },
            }
        })
        for number, name in enumerate(HOSTILE)
        for event_id in (4625, 4624)
    ]  # fmt: skip
    (folder / "trap.jsonl").write_text("\n".join(lines), "utf-8")
    build([folder / "trap.jsonl"], folder / "case", jobs=1)
    return Case.open(folder / "case")


def choose(page, words):
    """Find a thing and choose the first that is found."""
    page.keyboard.press("/")
    page.locator("#search").fill(words)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def things_in_table(page):
    """The rows of the text table: what, name, about it, worth a look."""
    if page.locator("#table").is_hidden():
        page.keyboard.press("t")
    return [
        row.locator("td").all_text_contents()
        for row in page.locator("#table table").first.locator("tbody tr").all()
    ]


def test_the_table_says_what_the_picture_shows(sight_of, whole):
    page = sight_of(whole).open()
    rows = things_in_table(page)
    assert page.locator("#showing").inner_text() == "showing 7 addresses, 12 users, 4 hosts"
    assert [row[0] for row in rows].count("user") == 12
    assert ["address", "198.51.100.77", "external · 1 in, 40 failed"] in [row[:3] for row in rows]
    assert ["address", "10.0.0.12", "= rds1 · 3 in"] in [row[:3] for row in rows]


@pytest.mark.parametrize("size", [(1600, 950), (1280, 720)], ids=["large", "small"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_fits_the_window_and_is_drawn(sight_of, whole, size, scheme):
    page = sight_of(whole, *size, color_scheme=scheme).open()
    assert page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    ) == list(size)
    colours = page.evaluate(
        """() => { const canvas = document.querySelector('#graph canvas');
            const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            const seen = new Set(new Uint32Array(data.data.buffer)); return seen.size; }"""
    )
    assert colours > 100


def test_a_click_on_a_thing_shows_what_is_known_of_it(sight_of, whole):
    page = sight_of(whole).open()
    choose(page, "svc-backup")
    panel = page.locator("#panel")
    assert panel.locator("h2").inner_text() == "svc-backup"
    assert "got in from outside" in panel.inner_text()
    assert "Sessions: 42" in panel.inner_text()
    panel.get_by_text("2026-03-02 21:40:19").click()
    assert "client window closed or network lost" in panel.inner_text()


def test_from_an_address_to_the_events_with_the_keyboard_alone(sight_of, case, intruder):
    page = sight_of(made(case, "address:198.51.100.143")).open()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert page.locator("#panel h2").inner_text() == "rdp · established"
    first = page.locator("#panel .sources li").first.inner_text()
    assert "RdpCoreTS 131" in first
    assert "rule R4.1" in first
    assert "rds1" in first
    page.keyboard.press("Enter")
    assert page.locator("#heads").get_by_text("Says so").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#panel").is_hidden()
    assert intruder in made(case, f"session:{intruder}").decode().replace("\\\\", "\\")


def test_a_move_leads_to_what_proves_it_on_both_ends(sight_of, case):
    page = sight_of(made(case, "movement")).open()
    choose(page, "ws2")
    panel = page.locator("#panel")
    panel.get_by_text("moved to").first.click()
    told = panel.inner_text()
    assert "rds1 → ws2" in told
    assert "explicit credentials for the target were used on the source" in told
    assert "score\n100" in told
    page.keyboard.press("t")
    table = page.locator("#table").inner_text()
    assert table.index("198.51.100.77") < table.index("moved to")


def test_time_hides_what_had_not_happened_yet(sight_of, whole):
    page = sight_of(whole).open()
    page.locator("#time-to").focus()
    for _ in range(10):
        page.keyboard.press("PageDown")
    assert len(things_in_table(page)) < 23
    assert "corp\\svc-backup" not in str(things_in_table(page)).lower()
    page.keyboard.press("t")
    page.keyboard.press("r")
    assert len(things_in_table(page)) == 23


def test_filters_take_away_what_they_name(sight_of, whole):
    page = sight_of(whole).open()
    page.locator("#legend").get_by_text("failed").click()
    names = [row[1] for row in things_in_table(page)]
    assert "203.0.113.200" not in names
    assert "198.51.100.77" in names
    page.locator("#legend").get_by_text("failed").click()
    assert "203.0.113.200" in [row[1] for row in things_in_table(page)]


def test_the_address_leads_back_to_the_same_sight(sight_of, whole):
    sight = sight_of(whole)
    page = sight.open()
    choose(page, "10.0.0.12")
    page.locator("#legend").get_by_text("network").click()
    place = page.evaluate("location.hash").lstrip("#")
    again = sight.open(place, anew=True)
    assert again.locator("#panel h2").inner_text() == "10.0.0.12"
    assert again.locator("#legend [aria-pressed=false]").inner_text().startswith("network")
    other = sight.open("thing=Host+ws2.corp.example")
    assert other.locator("#panel h2").inner_text() == "ws2"
    assert other.locator("#legend [aria-pressed=false]").count() == 0


def test_the_picture_can_be_saved(sight_of, whole, tmp_path):
    page = sight_of(whole).open()
    with page.expect_download() as download:
        page.locator("#save").click()
    download.value.save_as(tmp_path / "graph.png")
    assert (tmp_path / "graph.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("scope", ["case", "host:ws1"])
def test_no_name_from_a_log_becomes_markup_or_runs(sight_of, hostile, scope):
    page = sight_of(made(hostile, scope)).open()
    markup = "document.querySelectorAll('script, img, svg, a, iframe').length"
    before = page.evaluate(markup)
    names = [row[1] for row in things_in_table(page)]
    assert "<img src=x onerror=alert(1)>" in names
    assert "\\u202egnp.exe" in names
    assert "\\x1b[31mred\\x07" in names
    assert any(name.endswith("… (65,536 characters)") for name in names)
    page.keyboard.press("t")
    for name in HOSTILE[:5]:
        choose(page, name)
        assert name in page.locator("#panel").inner_text()
    assert page.evaluate(markup) == before


def test_the_policy_lets_nothing_else_run(sight_of, whole):
    sight = sight_of(whole)
    page = sight.open()
    page.evaluate(
        """() => { const script = document.createElement('script');
            script.textContent = 'window.ran = true'; document.body.append(script); }"""
    )
    assert page.evaluate("window.ran") is None
    assert [fault for fault in sight.faults if "Content Security Policy" in fault]
    sight.faults.clear()


def test_what_does_not_fit_is_folded_and_counted(sight_of, case):
    some = view(case, scope_of("case"), limit=12)
    text = page_of(case, some, zone=dt.UTC, zone_name="UTC")
    page = sight_of(text.encode()).open()
    assert "of 12 users" in page.locator("#showing").inner_text()
    assert ["more users", "+ 9 more users", "did not fit"] in [
        row[:3] for row in things_in_table(page)
    ]
