"""Tests of graphsess/build: builds that are killed, and disks that are full."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from graphsess.build import build
from graphsess.case import Case

posix = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")


def started(files, case, *more, **how):
    command = [sys.executable, "-m", "graphsess", "build", *map(str, files), "-o", str(case)]
    return subprocess.Popen(
        [*command, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **how,
    )


def killed_after(receipts, files, case, *more):
    """Run a build and SIGKILL it, workers and all, once it has left so many receipts."""
    process = started(files, case, "--jobs", "1", *more)
    try:
        while process.poll() is None:
            if len(list((case / "unfinished").glob("*.json"))) >= receipts:
                break
            time.sleep(0.002)
        return process.poll() is None
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@posix
@pytest.mark.parametrize("receipts", [0, 5, 20, 32])
def test_a_killed_build_goes_on_to_the_same_bytes(files, whole, digest, tmp_path, receipts):
    case = tmp_path / "case"
    assert killed_after(receipts, files, case), "it was done before it could be killed"
    assert not (case / "manifest.json").exists()
    result = build(files, case)
    assert result.files_read <= len(files) - receipts // 3
    assert digest(case) == digest(whole)


@posix
def test_a_killed_addition_leaves_the_case_as_it_was(files, whole, digest, tmp_path):
    case = tmp_path / "case"
    build(files[:4], case)
    before = Case.open(case)
    manifest = (case / "manifest.json").read_bytes()
    assert killed_after(15, files[4:], case, "--add")
    assert (case / "manifest.json").read_bytes() == manifest
    after = Case.open(case)
    assert after.table("sessions").equals(before.table("sessions"))
    build(files[4:], case, add=True)
    assert digest(case) == digest(whole)


@posix
def test_a_full_disk_is_one_sentence_and_no_half_case(files, tmp_path):
    import resource

    def tiny():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    case = tmp_path / "case"
    process = started(files, case, preexec_fn=tiny)
    out, err = process.communicate()
    assert process.returncode == 1, out + err
    assert err.startswith("graphsess: cannot write to ")
    assert len(err.splitlines()) == 1
    assert not case.exists()


@posix
def test_a_full_disk_leaves_the_case_that_was_there(files, digest, tmp_path):
    import resource

    def tiny():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    case = tmp_path / "case"
    build(files[:3], case)
    before = digest(case)
    process = started(files[3:], case, "--add", preexec_fn=tiny)
    process.communicate()
    assert process.returncode == 1
    assert digest(case) == before


def test_what_a_reader_has_open_does_not_stop_a_sweep(files, whole, tmp_path):
    case = tmp_path / "case"
    shutil.copytree(whole, case)
    opened = [path.open("rb") for path in case.rglob("*.parquet")]
    try:
        build(files[:2], case, force=True)
    finally:
        for file in opened:
            file.close()
    assert Case.open(case).evidence.height == 2
