"""Tests of graphsess/report/page in a real browser: what a person sees and does."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import polars as pl
import pytest

from graphsess.records.ask import Ask
from graphsess.records.registry import STREAMS
from graphsess.records.stream import records
from graphsess.records.users import FAILED

VIEWS = ("overview", "sessions", "users", "groups", "timeline", "movement", "failures", "activity",
         "quality")  # fmt: skip
PICTURES = ("overview", "timeline", "movement", "quality")


def rows(page, view="sessions"):
    """The texts of the visible rows of a view's first table, cell by cell."""
    return page.evaluate(
        """(label) => [...document.querySelectorAll(`section[aria-label="${label}"] .grid-row`)]
            .filter((row) => !row.hidden)
            .sort((a, b) => a.getAttribute("aria-rowindex") - b.getAttribute("aria-rowindex"))
            .map((row) => [...row.children].map((cell) => cell.textContent))""",
        {"sessions": "Sessions", "users": "Accounts", "failures": "Failure runs"}[view],
    )


def ask(sight, query):
    sight.page.fill("#query", query)
    sight.page.keyboard.press("Enter")
    sight.settle()


def titles(page):
    return page.locator('section[aria-label="Sessions"] .grid-head > span').all_text_contents()


def column(page, title):
    at = [name.strip(" ▲▼123") for name in titles(page)].index(title)
    return [row[at] for row in rows(page)]


@pytest.fixture(scope="module")
def sessions(case):
    """What `graphsess sessions` prints, in its order."""
    return records(STREAMS["sessions"], case, Ask()).to_dicts()




@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens(sight, view):
    page = sight.open(f"view={view}")
    [shown] = page.locator("main > section:visible").all()
    assert page.locator(f"#tab-{view}").get_attribute("aria-selected") == "true"
    assert shown.inner_text().strip()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1600, 950), (1280, 720)], ids=["large", "small"])
def test_nothing_sticks_out_of_the_window(sight_of, made, size, theme):
    shown = sight_of(made.content, *size, color_scheme=theme)
    for view in VIEWS:
        page = shown.open(f"view={view}")
        assert page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        ) == list(size), view
    assert page.get_attribute("html", "data-theme") == theme


def test_the_table_shows_the_sessions_of_the_command(sight, sessions):
    page = sight.open("view=sessions&each=1")
    assert f"showing {len(sessions)} of {len(sessions)} sessions" in page.inner_text("#hint")
    told = [f"{one['start']:%Y-%m-%d %H:%M:%S}" for one in sessions]
    seen = column(page, "Start")
    assert seen == told[: len(seen)]
    assert len(seen) > 20


def test_failure_runs_are_folded_to_one_row(sight, sessions):
    page = sight.open("view=sessions")
    runs = {one["failure_run"] for one in sessions if one["failure_run"]}
    others = [one for one in sessions if not one["failure_run"]]
    assert len(rows(page)) == len(runs) + len(others)
    assert any("failed ×40" in cell for cell in column(page, "Outcome"))


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("user:svc-backup", lambda one: "svc-backup" in (one["user"] or "").lower()),
        ("ip:198.51.100.0/24", lambda one: (one["source_address"] or "").startswith("198.51.100.")),
        ("ip:10.0.0.1", lambda one: one["source_address"] == "10.0.0.1"),
        ("host:ws2", lambda one: one["host"].startswith("ws2")),
        ("kind:console,network", lambda one: one["kind"] in ("console", "network")),
        ("-outcome:failed", lambda one: one["outcome"] != "failed"),
        ("flag:log_cleared", lambda one: "log_cleared_during" in one["flags"]),
        ("after:2026-03-02T20:00", lambda one: one["start"].hour >= 20),
        ("before:2026-03-02T08:00", lambda one: one["start"].hour < 8),
        ('"corp\\ann"', lambda one: (one["user"] or "").lower() == "corp\\ann"),
        ("user:*ann -host:ws1", lambda one: (one["user"] or "").endswith("ann")
         and not one["host"].startswith("ws1")),
        ("source:external kind:rdp rds1", lambda one: one["source_class"] == "external"),
        ("zzz", lambda one: False),
    ],
)  # fmt: skip
def test_a_query_lets_the_right_sessions_through(sight, sessions, query, fits):
    page = sight.open("view=sessions&each=1")
    ask(sight, query)
    wanted = [one for one in sessions if fits(one)]
    assert f"showing {len(wanted)} of" in page.inner_text("#hint")
    seen = column(page, "Start")
    assert seen == [f"{one['start']:%Y-%m-%d %H:%M:%S}" for one in wanted][: len(seen)]


def test_a_time_that_is_none_is_told_and_finds_nothing(sight):
    page = sight.open("view=sessions")
    ask(sight, "after:yesterday")
    assert "needs a time like" in page.inner_text("#hint")
    assert rows(page) == []


def test_hidden_sessions_come_on_demand(sight, case):
    every = records(STREAMS["sessions"], case, Ask(every=True)).height
    page = sight.open("view=sessions&each=1")
    page.click("button:has-text('hidden')")
    assert f"showing {every} of {every}" in page.inner_text("#hint")


def test_rows_that_stay_in_sight_keep_their_element_while_others_are_filled_anew(
    sight_of, made, case
):
    page = sight_of(made.content, 1280, 480).open("view=sessions&each=1&all=1")
    page.evaluate(
        """() => { for (const row of document.querySelectorAll('[aria-label="Sessions"] .grid-row'))
            row.seenAt = row.getAttribute("aria-rowindex"); }"""
    )
    scroll = """async (top) => {
        document.querySelector('section[aria-label="Sessions"] .grid').scrollTop = top;
        await new Promise((done) => setTimeout(done, 100));
        return [...document.querySelectorAll('[aria-label="Sessions"] .grid-row')]
            .filter((row) => row.seenAt === row.getAttribute("aria-rowindex")).length;
    }"""
    before = len(rows(page))
    every = [
        record["host"]
        for record in records(STREAMS["sessions"], case, Ask(every=True)).to_dicts()
    ]
    assert page.evaluate(scroll, 26 * 4) == before - 4
    assert column(page, "Host") == every[4 : 4 + before]
    page.evaluate(scroll, 26 * 1_000)
    assert column(page, "Host")[-1] == every[-1]
    page.evaluate(scroll, 0)
    assert column(page, "Host") == every[:before]


def test_of_many_moves_the_picture_shows_the_worst_and_the_open_one(sight):
    page = sight.open("view=movement")
    assert "the picture shows" not in page.locator(".movement .said").inner_text()
    page.locator(".movement input[type=checkbox]").check()
    sight.settle()
    said = page.locator(".movement .said").inner_text()
    assert re.match(r"62 moves between \d+ hosts; the picture shows the 40 worst", said)
    hosts = page.locator('section[aria-label="Movement"] .grid-row:not([hidden])').all_inner_texts()
    assert "svc-backup" in hosts[0], "a session that follows guessing comes before all others"
    page.locator(".movement input[type=checkbox]").uncheck()


def test_a_click_on_a_title_sorts_and_shift_adds(sight, sessions):
    page = sight.open("view=sessions&each=1&q=-outcome:failed")
    head = page.locator('section[aria-label="Sessions"] .grid-head button')
    head.filter(has_text="Account").click()
    seen = column(page, "Account")
    assert seen == sorted(seen, key=str.lower)
    head.filter(has_text="Start").click(modifiers=["Shift"])
    head.filter(has_text="Start").click(modifiers=["Shift"])
    pairs = list(zip(column(page, "Account"), column(page, "Start"), strict=True))
    wanted = sorted(pairs, key=lambda pair: pair[1], reverse=True)
    assert pairs == sorted(wanted, key=lambda pair: pair[0].lower())


def test_a_link_brings_the_same_sight_back(sight):
    page = sight.open("view=sessions&each=1")
    ask(sight, "user:svc-backup -outcome:failed")
    page.locator('section[aria-label="Sessions"] .grid-row').first.click()
    page.select_option("#zone", "Europe/Berlin")
    before, sentence = rows(page), page.inner_text("aside .sentence")
    sight.open(page.url.partition("#")[2], anew=True)
    assert rows(page) == before
    assert page.inner_text("aside .sentence") == sentence
    assert page.input_value("#query") == "user:svc-backup -outcome:failed"
    assert page.input_value("#zone") == "Europe/Berlin"
    assert "Times are Europe/Berlin" in sentence


def test_back_and_forth_lead_through_views(sight):
    page = sight.open("view=sessions")
    page.keyboard.press("7")
    page.go_back()
    assert page.locator("#tab-sessions").get_attribute("aria-selected") == "true"


def test_times_follow_the_zone(sight):
    page = sight.open("view=sessions&each=1&zone=Asia/Tokyo&q=svc-backup")
    assert column(page, "Start")[0] == "2026-03-02 20:31:02"
    assert "All times Asia/Tokyo" in page.inner_text("footer")


def test_the_detail_names_every_event_with_part_rule_file_and_fields(sight, case):
    every = records(STREAMS["sessions"], case, Ask(users=("svc-backup",)))
    one = every.filter(~pl.col("outcome").is_in(FAILED)).row(0, named=True)
    page = sight.open(urlencode({"thing": one["id"]}))
    page.wait_for_selector("aside .sources tbody tr")
    lines = page.locator("aside .sources tbody tr:not(.logged)").all_inner_texts()
    assert len(lines) == len(one["sources"])
    for line, source in zip(lines, one["sources"], strict=True):
        assert f"{source['time']:%Y-%m-%d %H:%M:%S}" in line
        assert source["role"] in line
        assert source["rule"] in line
        assert str(source["record_id"]) in line
    auth = next(n for n, source in enumerate(one["sources"]) if source["event_id"] == 4624)
    page.locator("aside .sources button.plain").nth(auth).click()
    page.wait_for_selector("aside .logged:visible dd")
    opened = page.locator("aside .logged:visible").inner_text()
    assert "TargetLogonId" in opened
    assert one["sources"][auth]["event"] in opened
    assert one["sources"][auth]["evidence"] in opened


def test_a_failure_run_opens_with_its_attempts(sight):
    page = sight.open("view=failures")
    page.locator('section[aria-label="Failure runs"] .grid-row').nth(1).click()
    assert "40 failed attempts" in page.inner_text("aside h2")
    assert "wrong password ×40" in page.inner_text("aside")


def test_everything_can_be_done_with_the_keyboard(sight):
    page = sight.open()
    page.keyboard.press("2")
    page.keyboard.press("/")
    page.keyboard.type("kind:rdp -outcome:failed")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("aside:visible")
    first = page.inner_text("aside .sentence")
    page.keyboard.press("n")
    assert page.inner_text("aside .sentence") != first
    page.keyboard.press("Escape")
    assert not page.is_visible("aside")
    page.keyboard.press("?")
    assert page.is_visible("dialog")
    page.keyboard.press("Escape")
    page.keyboard.press("5")
    page.keyboard.press("+")
    assert "from=" in page.url
    page.keyboard.press("]")
    page.keyboard.press("t")
    assert page.locator('section[aria-label="Timeline"] .grid').is_visible()


@pytest.mark.parametrize("view", PICTURES)
def test_every_picture_has_its_table(sight, view):
    page = sight.open(f"view={view}&table=1")
    assert page.locator("main > section:visible .grid:visible").count() >= 1
    page.keyboard.press("t")
    assert "table=1" not in page.url


def test_a_box_of_the_overview_narrows_the_query(sight):
    page = sight.open()
    box = page.locator(".overview canvas").bounding_box()
    page.mouse.click(box["x"] + 60, box["y"] + 42)
    assert re.search(r"user:CORP\\svc-backup", page.input_value("#query"))


def test_dragging_over_the_timeline_chooses_a_stretch_of_time(sight):
    page = sight.open("view=timeline")
    box = page.locator(".timeline canvas").bounding_box()
    page.mouse.move(box["x"] + 500, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 900, box["y"] + 60, steps=4)
    page.mouse.up()
    assert "from=" in page.url
    page.click("button:has-text('✕'):visible")


def test_notes_and_tags_go_out_and_come_back(sight, tmp_path):
    page = sight.open("view=sessions&q=svc-backup&each=1")
    page.locator('section[aria-label="Sessions"] .grid-row').first.click()
    page.fill("aside input.tags", "entry, ask ann")
    page.fill("aside .notes textarea", "first foothold")
    page.locator("aside .notes textarea").blur()
    page.click("summary:has-text('Export')")
    with page.expect_download() as told:
        page.click("text=Save notes (JSON)")
    path = tmp_path / "notes.json"
    told.value.save_as(path)
    page.evaluate("window.onbeforeunload = null")
    page = sight.open("view=sessions&q=tag:entry&each=1", anew=True)
    assert rows(page) == []
    page.set_input_files("input[type=file]", path)
    page.wait_for_selector("#hint:has-text('1 note loaded')")
    page.fill("#query", "tag:entry rdp")
    page.keyboard.press("Enter")
    sight.settle()
    assert len(rows(page)) == 1


def test_paper_gets_rows_and_detail(sight):
    page = sight.open("view=sessions&q=user:adm-ann")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    text = page.inner_text("#printed")
    assert text.count("CORP\\adm-ann") == 4
    assert "times in UTC" in text


def test_the_policy_is_enforced(browser, made, tmp_path):
    path = tmp_path / "report.html"
    path.write_bytes(made.content)
    context = browser.new_context()
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    broken = page.evaluate(
        """async () => {
            const told = [];
            const heard = (event) => told.push(event.effectiveDirective);
            addEventListener("securitypolicyviolation", heard);
            const script = document.createElement("script");
            script.textContent = "window.ran = 1";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.ran = 2'>");
            await fetch("http://127.0.0.1:9/").catch(() => 0);
            await new Promise((done) => setTimeout(done, 200));
            return [window.ran ?? null, told.map((one) => one.split("-")[0]).sort()];
        }"""
    )
    context.close()
    assert broken[0] is None
    assert set(broken[1]) >= {"connect", "script", "img"}
