"""Tests of graphsess/case/lock.py."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from graphsess.case.lock import NAME, locked
from graphsess.errors import CaseError

HOLD = """
import sys, time
from pathlib import Path
from graphsess.case.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of `tmp_path`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_two_builds_of_one_case_do_not_meet(tmp_path, holder):
    with (
        pytest.raises(CaseError, match=f"being built by process {holder.pid}; wait for it"),
        locked(tmp_path),
    ):
        pass


def test_the_lock_of_a_dead_process_stops_nobody(tmp_path, holder):
    holder.kill()
    holder.wait()
    assert (tmp_path / NAME).exists()
    with locked(tmp_path):
        assert (tmp_path / NAME).read_text() == str(os.getpid())


def test_a_lock_file_of_old_stops_nobody(tmp_path):
    (tmp_path / NAME).write_text("1")
    with locked(tmp_path):
        pass


def test_nothing_is_left_of_a_lock(tmp_path):
    with locked(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_lock_goes_when_the_build_fails(tmp_path):
    with pytest.raises(RuntimeError), locked(tmp_path):
        raise RuntimeError
    with locked(tmp_path):
        pass
