"""Tests of graphsess/cli/build.py: what a build says, and its exit code."""

from __future__ import annotations

import json

import graphsess
from graphsess.case import Case


def test_a_build_ends_with_the_ledger_and_what_is_worth_looking_at(run, evidence, tmp_path):
    result = run("build", evidence, "-o", tmp_path / "case")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.startswith("Evidence: 33 files, ")
    for heading in ("Hosts", "Got in from outside", "Failures followed by success"):
        assert f"\n{heading}\n" in result.stdout
    assert "CORP\\svc-backup from 198.51.100.77 to rds1.corp.example: 1 rdp session" in (
        result.stdout
    )
    assert "40 failures (bruteforce) from 198.51.100.77" in result.stdout
    assert "log cleared: Security of ws2.corp.example by CORP\\adm-ann" in result.stdout
    assert f"graphsess sessions {tmp_path / 'case'}" in result.stdout


def test_bad_evidence_is_named_and_exit_3(run, evidence, tmp_path):
    bad = tmp_path / "bad\x1b]0;owned\x07.evtx"
    bad.write_bytes(b"ElfFile\0" + b"\xff" * 5000)
    good = sorted((evidence / "WS1").glob("*.evtx"))[0]
    result = run("build", good, bad, "-o", tmp_path / "case")
    assert result.exit_code == 3
    assert "\x1b" not in result.stdout
    assert "bad\\x1b]0;owned\\x07.evtx" in result.stdout


def test_nothing_usable_is_exit_4_and_no_case(run, tmp_path):
    result = run("build", tmp_path / "nothing.evtx", "-o", tmp_path / "case")
    assert result.exit_code == 4
    assert "nothing.evtx is not there; check the path" in result.stdout
    assert "no case was made" in result.stderr
    assert not (tmp_path / "case").exists()


def test_an_empty_folder_is_exit_4(run, tmp_path):
    (tmp_path / "empty").mkdir()
    result = run("build", tmp_path / "empty", "-o", tmp_path / "case")
    assert result.exit_code == 4
    assert "no event logs were found" in result.stderr


def test_a_refusal_is_one_sentence_and_exit_1(run, case):
    result = run("build", "whatever.evtx", "-o", case)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"graphsess: {case} already holds a case; "
        "add evidence to it with --add, or replace it with --force"
    ]


def test_settings_come_from_a_file(run, evidence, tmp_path):
    settings = tmp_path / "settings.toml"
    settings.write_text("nla_s = 9\n")
    log = sorted((evidence / "WS1").glob("*.evtx"))[0]
    assert run("build", log, "-o", tmp_path / "case", "--settings", settings).exit_code == 0
    assert Case.open(tmp_path / "case").settings.nla_s == 9
    settings.write_text("nonsense = 1\n")
    result = run("build", log, "-o", tmp_path / "other", "--settings", settings)
    assert result.exit_code == 1
    assert "unknown setting 'nonsense'" in result.stderr


def test_json_lines_come_through_stdin(spawn, case, tmp_path):
    record = {
        "Event": {
            "System": {
                "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}},
                "EventID": 4634,
                "Version": 0,
                "EventRecordID": 7,
                "Channel": "Security",
                "Computer": "ws1.corp.example",
                "TimeCreated": {"#attributes": {"SystemTime": "2026-03-02T10:00:00.000000Z"}},
            },
            "EventData": {"TargetUserName": "ann", "TargetLogonId": "0xab", "LogonType": 3},
        }
    }
    line = json.dumps(record).encode() + b"\n"
    result = spawn("build", "-", "-o", tmp_path / "case", input=line)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(b"Evidence: 1 file, 1 record")
    assert Case.open(tmp_path / "case").evidence["path"].to_list() == ["-"]


def test_the_library_builds_and_opens_what_the_command_line_does(evidence, tmp_path):
    log = sorted((evidence / "WS1").glob("*.evtx"))[0]
    result = graphsess.build([log], tmp_path / "case")
    assert result.exit_code == 0
    assert graphsess.Case.open(tmp_path / "case").evidence.height == 1
