"""Tests of graphsess/build: a build from end to end, and the promise of the same bytes."""

from __future__ import annotations

import shutil

import pytest

from graphsess.build import Exit, build
from graphsess.case import Case
from graphsess.errors import CaseError, SettingsError, UsageError
from graphsess.settings import Settings


def test_records_read_are_kept_not_wanted_or_unreadable(whole):
    ledger = Case.open(whole).evidence
    counted = sum(ledger[f"records_{name}"] for name in ("kept", "not_wanted", "unreadable"))
    assert (ledger["records_seen"] == counted).all()
    assert ledger["records_kept"].sum() > 500
    assert ledger.height == 16


def test_every_kept_record_is_an_event_of_some_host_once(whole):
    case = Case.open(whole)
    events = case.table("events")
    assert events["uid"].n_unique() == events.height == case.evidence["records_kept"].sum()
    assert events.height == case.table("raw")["uid"].n_unique()


def test_all_is_well_is_exit_0(files, tmp_path):
    result = build(files[:2], tmp_path / "case")
    assert (result.exit_code, result.files_read, result.problems) == (Exit.OK, 2, ())


@pytest.mark.parametrize("jobs", [1, 3])
def test_neither_order_nor_jobs_change_a_byte(files, whole, digest, tmp_path, jobs, processes):
    build(list(reversed(files)), tmp_path / "case", jobs=jobs)
    assert digest(tmp_path / "case") == digest(whole)


def test_two_halves_are_the_same_bytes_as_the_whole(files, whole, digest, tmp_path):
    case = tmp_path / "case"
    build(files[1::2], case)
    build(files[::2], case, add=True)
    assert digest(case) == digest(whole)


def test_adding_what_is_there_reads_nothing_and_changes_nothing(files, whole, digest, tmp_path):
    case = tmp_path / "case"
    shutil.copytree(whole, case)
    result = build(files[:5], case, add=True)
    assert (result.files_read, result.hosts_worked) == (0, 0)
    assert digest(case) == digest(whole)


def test_only_the_hosts_that_new_evidence_tells_of_are_worked_again(files, tmp_path):
    case = tmp_path / "case"
    build(files[:-1], case)
    result = build(files[-1:], case, add=True)
    assert (result.files_read, result.hosts_worked) == (1, 1)


def test_the_same_bytes_under_two_names_are_read_once(files, tmp_path):
    first, second = tmp_path / "a" / "x.evtx", tmp_path / "b" / "y.evtx"
    for copy in (first, second):
        copy.parent.mkdir()
        shutil.copy(files[0], copy)
    result = build([second, first], tmp_path / "case")
    assert result.files_read == 1
    assert result.ledger.select("path", "also").rows() == [("x.evtx", ["y.evtx"])]
    added = tmp_path / "added"
    build([second], added)
    again = build([first], added, add=True)
    assert again.ledger.select("path", "also").rows() == [("x.evtx", ["y.evtx"])]


def test_a_case_inside_the_evidence_is_no_evidence(files, digest, tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    shutil.copy(files[0], folder)
    build([folder], folder / "case")
    before = digest(folder / "case")
    result = build([folder], folder / "case", add=True)
    assert digest(folder / "case") == before
    assert result.ledger.height == 1


def test_raw_records_are_left_out_on_demand(files, tmp_path):
    build(files[:2], tmp_path / "case", raw=False)
    case = Case.open(tmp_path / "case")
    assert case.table("raw").is_empty()
    assert case.table("events").height > 0


def test_an_existing_case_is_neither_lost_nor_changed_unasked(files, whole, digest, tmp_path):
    case = tmp_path / "case"
    shutil.copytree(whole, case)
    with pytest.raises(CaseError, match=r"already holds a case; .* --add, or .* --force"):
        build(files[:1], case)
    assert digest(case) == digest(whole)


def test_force_replaces_a_case_and_leaves_nothing_of_it(files, whole, digest, tmp_path):
    case = tmp_path / "case"
    build(files[:2], case)
    build(files, case, force=True)
    assert digest(case) == digest(whole)


def test_force_replaces_a_case_of_another_layout(files, tmp_path):
    case = tmp_path / "case"
    case.mkdir()
    (case / "manifest.json").write_text('{"format": "graphsess case", "schema": 0, "tool": "0"}')
    with pytest.raises(CaseError, match="already holds a case"):
        build(files[:1], case)
    with pytest.raises(CaseError, match="table layout 0"):
        build(files[:1], case, add=True)
    assert build(files[:1], case, force=True).exit_code is Exit.OK
    assert Case.open(case).evidence.height == 1


@pytest.mark.parametrize("how", [{}, {"force": True}])
def test_a_folder_of_something_else_is_never_touched(files, tmp_path, how):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(CaseError, match="holds other things than a case"):
        build(files[:1], tmp_path, **how)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_adding_to_no_case_is_refused(files, tmp_path):
    with pytest.raises(CaseError, match=r"there is no case at .* to add to"):
        build(files[:1], tmp_path / "case", add=True)
    assert not (tmp_path / "case").exists()


def test_a_target_that_cannot_be_made_is_one_sentence(files, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CaseError, match=r"cannot write to .*file.*case"):
        build(files[:1], tmp_path / "file" / "case")
    with pytest.raises(CaseError, match="is a file; name a folder"):
        build(files[:1], tmp_path / "file")


def test_what_makes_no_sense_is_a_usage_error(files, tmp_path):
    with pytest.raises(UsageError, match="no evidence was given"):
        build([], tmp_path / "case")
    with pytest.raises(UsageError, match="jobs must be 1 or more"):
        build(files, tmp_path / "case", jobs=0)


def test_other_settings_cannot_be_added(files, tmp_path):
    case = tmp_path / "case"
    build(files[:1], case, settings=Settings(nla_s=9))
    with pytest.raises(SettingsError, match=r"was built with other settings; .*--force"):
        build(files[1:2], case, add=True, settings=Settings())
    build(files[1:2], case, add=True)
    assert Case.open(case).settings == Settings(nla_s=9)


def test_another_way_of_reading_cannot_be_added(files, tmp_path):
    case = tmp_path / "case"
    build(files[:1], case, raw=False)
    with pytest.raises(CaseError, match=r"was built without raw; .*--force"):
        build(files[1:2], case, add=True, raw=True)


def test_a_bad_file_costs_itself_only(files, tmp_path):
    bad = tmp_path / "bad.evtx"
    bad.write_bytes(b"no log at all" * 9)
    result = build([*files[:2], bad], tmp_path / "case")
    assert result.exit_code is Exit.SOME_BAD
    problems = result.ledger["problem"].drop_nulls().to_list()
    assert len(problems) == 1
    assert problems[0].startswith("bad.evtx ")
    assert Case.open(tmp_path / "case").evidence.height == 3


def test_nothing_usable_makes_no_case(tmp_path):
    bad = tmp_path / "bad.evtx"
    bad.write_bytes(b"")
    result = build([bad, tmp_path / "missing.evtx"], tmp_path / "case")
    assert result.exit_code is Exit.NOTHING
    assert result.ledger["problem"].to_list() == [
        "bad.evtx is empty (0 bytes); collect it again, or leave it out",
        "missing.evtx is not there; check the path",
    ]
    assert not (tmp_path / "case").exists()


def test_nothing_usable_added_leaves_the_case_usable(files, tmp_path):
    case = tmp_path / "case"
    build(files[:1], case)
    result = build([tmp_path / "missing.evtx"], case, add=True)
    assert result.exit_code is Exit.SOME_BAD
    assert Case.open(case).evidence.height == 2


@pytest.mark.parametrize("trouble", ["vanished", "truncated"])
def test_evidence_that_changes_under_way_is_a_line_in_the_ledger(files, tmp_path, trouble):
    victim = tmp_path / "victim.evtx"
    shutil.copy(files[0], victim)

    def strike(progress):
        if (progress.stage, progress.done) == ("read", 0):
            if trouble == "vanished":
                victim.unlink(missing_ok=True)
            else:
                victim.write_bytes(victim.read_bytes()[:40_000])

    result = build([*files[1:3], victim], tmp_path / "case", progress=strike)
    assert result.exit_code is Exit.SOME_BAD
    row = result.ledger.filter(path="victim.evtx").row(0, named=True)
    assert ("vanished" if trouble == "vanished" else "changed") in row["problem"]
    assert row["records_kept"] == 0
    assert result.ledger["records_kept"].sum() > 0


def test_evidence_that_came_back_is_read_when_it_is_added_again(files, digest, tmp_path):
    victim = tmp_path / "victim.evtx"
    shutil.copy(files[0], victim)

    def strike(progress):
        if (progress.stage, progress.done) == ("read", 0):
            victim.unlink(missing_ok=True)

    build([files[1], victim], tmp_path / "case", progress=strike)
    shutil.copy(files[0], victim)
    assert build([victim], tmp_path / "case", add=True).exit_code is Exit.OK
    build([files[1], victim], tmp_path / "fresh")
    assert digest(tmp_path / "case") == digest(tmp_path / "fresh")


def test_a_host_that_cannot_be_worked_costs_itself_only(files, tmp_path, monkeypatch):
    from graphsess.resolve import host as resolving

    real = resolving.resolve_host

    def broken(events, runs, host, settings):
        if host.startswith("ws1"):
            raise ZeroDivisionError("a bug")
        return real(events, runs, host, settings)

    monkeypatch.setattr(resolving, "resolve_host", broken)
    result = build(files, tmp_path / "case")
    assert result.exit_code is Exit.SOME_BAD
    assert [text.partition(" could")[0] for text in result.problems] == ["host ws1.corp.example"]
    assert Case.open(tmp_path / "case").table("hosts").height == 1
    monkeypatch.setattr(resolving, "resolve_host", real)
    again = build(files[:1], tmp_path / "case", add=True)
    assert (again.hosts_worked, again.exit_code) == (1, Exit.OK)


def test_progress_tells_every_stage_in_order(files, tmp_path):
    told = []
    build(files[:3], tmp_path / "case", progress=told.append)
    assert list(dict.fromkeys(step.stage for step in told)) == ["find", "read", "hosts", "across"]
    reading = [step for step in told if step.stage == "read"]
    size = sum(path.stat().st_size for path in files[:3])
    assert (reading[-1].done, reading[-1].bytes_done, reading[-1].bytes_total) == (3, size, size)
    assert [step.done for step in reading] == sorted(step.done for step in reading)
