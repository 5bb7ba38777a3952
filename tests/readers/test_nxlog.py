"""Tests of graphsess.readers.json.nxlog and nxlog_created."""

import orjson
import pytest

from graphsess.evidence.source import Source
from graphsess.readers.json import lines, nxlog

AUDITING = "Microsoft-Windows-Security-Auditing"
LSM = "Microsoft-Windows-TerminalServices-LocalSessionManager"


def line(number=1, event_id=4634, **more):
    """One NXLog object; only what a case is about is spelled out."""
    value = {
        "EventTime": f"2020-09-22 04:38:{number:02}",
        "@timestamp": f"2020-09-22T08:38:{number + 3:02}.541Z",
        "Hostname": "ws5.corp.example",
        "Channel": "security",
        "SourceName": AUDITING,
        "EventID": event_id,
        "RecordNumber": number,
        "ExecutionProcessID": 744,
        "TargetUserName": "ann",
        "TargetLogonId": "0x1a",
    }
    return orjson.dumps({k: v for k, v in (value | more).items() if v is not None}).decode()


def test_the_zone_of_local_times_is_inferred_for_the_whole_file(read):
    odd = line(9, **{"@timestamp": "2020-09-22T09:58:00Z"})  # ingested late
    batch = read("\n".join([line(1), line(2), odd]))
    assert batch.events["time"].to_list() == [
        "2020-09-22T08:38:01Z",
        "2020-09-22T08:38:02Z",
        "2020-09-22T08:38:09Z",
    ]


@pytest.mark.parametrize(
    ("local", "ingested", "utc"),
    [
        ("2020-01-01 00:30:00", "2020-01-01T05:30:04Z", "2020-01-01T05:30:00Z"),
        ("2020-01-01 12:00:00", "2020-01-01T06:15:40Z", "2020-01-01T06:15:00Z"),  # Kathmandu
        ("2020-01-01 12:00:00", "2020-01-01T12:00:00Z", "2020-01-01T12:00:00Z"),
        ("2020-01-01T12:00:00+02:00", "2020-01-01T12:00:00Z", "2020-01-01T10:00:00Z"),
    ],
)
def test_zones_are_whole_quarter_hours(read, local, ingested, utc):
    batch = read(line(EventTime=local, **{"@timestamp": ingested}))
    assert batch.events["time"].to_list() == [utc]


def test_ingestion_that_is_days_late_tells_no_zone(read):
    batch = read(line(**{"@timestamp": "2020-10-01T08:38:02Z"}))
    assert batch.events["time"].to_list() == ["2020-09-22T04:38:01Z"]
    assert "taken as UTC" in batch.problem


def test_a_short_last_block_takes_the_zone_of_the_files_beginning(tmp_path, monkeypatch):
    late = line(59, **{"@timestamp": "2020-09-22T09:59:59Z"})
    content = "\n".join([*(line(n) for n in range(1, 50)), late]).encode()
    path = tmp_path / "log.jsonl"
    path.write_bytes(content)
    monkeypatch.setattr(lines, "BLOCK_BYTES", len(content) - len(late))
    source = Source(path, "log.jsonl", "0" * 64, "nxlog", len(content))
    batches = [nxlog.read(unit) for unit in nxlog.units(source)]
    assert [batch.seen for batch in batches] == [49, 1]
    assert batches[1].events["time"].to_list() == ["2020-09-22T08:38:59Z"]


def test_times_without_any_hint_are_taken_as_utc_and_the_ledger_says_so(read):
    batch = read(line(**{"@timestamp": None}))
    assert batch.events["time"].to_list() == ["2020-09-22T04:38:01Z"]
    assert "taken as UTC" in batch.problem


def test_the_writers_names_are_not_the_events(read):
    written = {"AccountName": "SYSTEM", "Domain": "NT AUTHORITY", "UserID": "S-1-5-18"}
    text = line(1, 7045, SourceName="Service Control Manager", AccountType="User", **written)
    [row] = read(text).events.to_dicts()
    assert (row["writer_sid"], row["target_user"]) == ("S-1-5-18", None)


def test_an_events_own_account_name_is_kept(read):
    text = line(1, 4778, AccountName="ann", AccountDomain="CORP", ClientAddress="192.0.2.7")
    [row] = read(text).events.to_dicts()
    assert (row["target_user"], row["address"], row["writer_sid"]) == ("ann", "192.0.2.7", None)


def test_a_process_id_that_is_a_number_is_the_writers(read):
    text = line(1, 5156, ExecutionProcessID=None, ProcessID=4)
    [row] = read(text).events.to_dicts()
    assert (row["writer_pid"], row["process_id"]) == ("4", None)
    [row] = read(line(1, 5156, ProcessID="1234")).events.to_dicts()
    assert (row["writer_pid"], row["process_id"]) == ("744", "1234")


def test_sysmon_fields_that_nxlog_drops_come_from_the_message(read):
    message = "Process Create:\r\nUtcTime: 2020-09-22\r\nProcessId: 4120\r\nImage: C:\\a.exe"
    text = line(1, 1, SourceName="Microsoft-Windows-Sysmon", Message=message, Image="C:\\b.exe")
    [row] = read(text).events.to_dicts()
    assert (row["process_id"], row["process"]) == ("4120", "C:\\b.exe")


def test_the_message_of_the_session_manager_is_handed_over(read):
    text = line(1, 24, SourceName=LSM, Message="Session …")
    assert read(text).events["detail"].to_list() == ["Session …"]


def test_channels_are_spelled_as_windows_does(read):
    text = "\n".join(
        [line(1), line(2, Channel="Security"), line(3, 24, SourceName=LSM, Channel=LSM)]
    )
    assert read(text).events["channel"].to_list() == ["Security", "Security", LSM]


def test_a_broken_line_is_counted_and_named(read):
    batch = read("\n".join([line(1), "{broken", "", line(2), "[1]", '{"EventID": 4634}']))
    assert (batch.seen, batch.events.height, batch.unreadable) == (5, 2, 3)
    assert "(lines 2, 5, 6)" in batch.problem


def test_stretches_are_told_by_channel_in_record_order_and_never_trusted(read):
    text = "\n".join([line(3), line(1, Channel="System"), line(2), line(4), line(9)])
    runs = read(text).runs
    assert runs.sort("channel", "first_id").select("channel", "first_id", "last_id").rows() == [
        ("Security", 2, 4),
        ("Security", 9, 9),
        ("System", 1, 1),
    ]
    assert not runs["trusted"].any()


def test_a_file_that_is_one_array_is_read_too(read):
    batch = read(f"[{line(1)},\n{line(2)}]")
    assert (batch.seen, batch.events["time"].to_list()[0]) == (2, "2020-09-22T08:38:01Z")


def test_created_times_are_taken_as_they_are_and_records_need_no_number(read):
    text = line(
        1, EventTime=None, RecordNumber=None, TimeCreated="2021-04-27T04:07:34.160Z", EventID="4634"
    )
    batch = read(text)
    [row] = batch.events.to_dicts()
    assert (row["time"], row["record_id"]) == ("2021-04-27T04:07:34.160Z", None)
    assert batch.runs["first_id"].to_list() == [None]
