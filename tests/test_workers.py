"""Tests of graphsess.workers: what kills, hangs or raises costs its own item only."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graphsess.errors import EvidenceError, UnitError
from graphsess.workers import inline, kept, local, run_each, started

LIMIT_S = 2.0


def job(item):
    """Squares; some items misbehave."""
    what, number = item
    if what == "kills":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "exits":
        os._exit(3)
    if what == "hangs":
        re.match(r"(a+)+$", "a" * 60 + "b")  # holds the interpreter's lock
    if what == "raises":
        raise EvidenceError(f"no {number}")
    return number * number


def outcomes(workers, items):
    return {
        item: str(got) if isinstance(got, UnitError) else got
        for item, got in run_each(workers, job, items)
    }


@pytest.mark.parametrize("workers", [local(2), local(1), inline()], ids=["2", "1", "inline"])
def test_each_item_has_its_result_or_its_error(workers):
    items = [("is fine", n) for n in range(6)] + [("raises", 6)]
    assert outcomes(workers, items) == {("is fine", n): n * n for n in range(6)} | {
        ("raises", 6): "no 6"
    }


def test_the_cause_of_an_error_is_kept():
    [(_, error)] = run_each(inline(), job, [("raises", 1)])
    assert isinstance(error, UnitError)
    assert isinstance(error.__cause__, EvidenceError)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_only_those_that_kill_or_hang_are_blamed():
    bad = [("kills", 3), ("exits", 7), ("hangs", 11)]
    items = [("is fine", n) for n in range(16)]
    for item in bad:
        items.insert(item[1], item)
    found = outcomes(local(2, limit_s=LIMIT_S), items)
    assert len(found) == 19
    assert {item for item, got in found.items() if isinstance(got, str)} == set(bad)
    assert all("its worker was lost" in found[item] for item in bad)


def test_nothing_to_do_is_done_at_once():
    assert list(run_each(local(2), job, [])) == []


def process(_item):
    return os.getpid()


def test_a_kept_worker_does_the_work_of_the_next_run_too():
    with kept(local(1)) as workers:
        started(workers, 1, "graphsess.settings")
        [(_, first)] = run_each(workers, process, [0])
        [(_, second)] = run_each(workers.narrowed(1), process, [1])
    assert first == second != os.getpid()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_kept_worker_that_is_lost_is_replaced_for_the_next_run():
    with kept(local(1)) as workers:
        [(_, lost)] = run_each(workers, job, [("kills", 3)])
        assert isinstance(lost, UnitError)
        assert outcomes(workers, [("is fine", 3)]) == {("is fine", 3): 9}


def slow(path):
    """Writes late, and only if nobody stopped waiting for it."""
    time.sleep(0.5)
    Path(path).touch()


def test_a_run_that_is_left_in_the_middle_leaves_nobody_writing(tmp_path):
    paths = [str(tmp_path / name) for name in "abcd"]
    with kept(local(2)) as workers:
        run = run_each(workers, slow, paths)
        next(run)
        run.close()
        seen = sorted(tmp_path.iterdir())
        time.sleep(1)
        assert sorted(tmp_path.iterdir()) == seen


def threads(_item):
    return os.environ["POLARS_MAX_THREADS"]


def test_workers_share_the_cores_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("POLARS_MAX_THREADS", raising=False)
    [(_, share)] = run_each(local(1), threads, [0])
    assert share == str(os.cpu_count())
    monkeypatch.setenv("POLARS_MAX_THREADS", "7")
    [(_, share)] = run_each(local(1), threads, [0])
    assert share == "7"


def sleeper(folder):
    """Leaves its process id and stays."""
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(120)


PARENT = """
import sys
sys.path[:0] = {path!r}
from test_workers import sleeper
from graphsess.workers import local, run_each
if __name__ == "__main__":
    list(run_each(local(2), sleeper, [sys.argv[1], sys.argv[1]]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_no_worker_outlives_a_killed_parent(tmp_path):
    pids = tmp_path / "pids"
    pids.mkdir()
    script = tmp_path / "parent.py"
    here = Path(__file__).parent
    script.write_text(PARENT.format(path=[str(here), str(here.parent)]), "utf-8")
    command = [sys.executable, str(script), str(pids)]
    parent = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        assert _within(30, lambda: len(list(pids.iterdir())) == 2)
    finally:
        parent.kill()
        parent.wait()
    assert _within(10, lambda: not any(_alive(int(entry.name)) for entry in pids.iterdir()))


def _within(seconds, condition):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def _alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text("utf-8").rpartition(")")[2].split()[0] == "Z")
