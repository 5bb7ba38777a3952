"""Tests of graphsess.readers.json.lines: blocks, long lines, and what cannot be parsed."""

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from graphsess.evidence.source import Source
from graphsess.readers import READERS, reader_for
from graphsess.readers.json import evtx_dump, lines


def made(number):
    """One line of evtx_dump."""
    system = {
        "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}},
        "EventID": 4634,
        "TimeCreated": {"#attributes": {"SystemTime": "2020-09-22T08:38:00.000000Z"}},
        "EventRecordID": number,
        "Channel": "Security",
        "Computer": "ws1",
    }
    return orjson.dumps(
        {"Event": {"System": system, "EventData": {"TargetUserName": "é" * number}}}
    )


def test_blocks_share_out_the_lines_without_loss_or_repeat(tmp_path, monkeypatch):
    content = b"\n".join([*map(made, range(1, 60)), b"{broken", made(60)])
    path = tmp_path / "many.jsonl"
    path.write_bytes(content)
    for size in (64, 500, 501, 997, 4096, 1 << 20):
        monkeypatch.setattr(lines, "BLOCK_BYTES", size)
        source = Source(path, "many.jsonl", "0" * 64, "evtx_dump", len(content))
        batches = [evtx_dump.read(unit) for unit in evtx_dump.units(source)]
        numbers = [n for batch in batches for n in batch.events["record_id"]]
        assert numbers == list(range(1, 61)), size
        [problem] = [batch.problem for batch in batches if batch.problem]
        assert "(line 60)" in problem, size


def test_a_line_that_is_too_long_is_one_unreadable_line(read, monkeypatch):
    monkeypatch.setattr(lines, "LINE_BYTES_MAX", 1000)
    batch = read(b"\n".join([made(1), b"x" * 5000, made(2)]))
    assert (batch.seen, batch.unreadable) == (3, 1)


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(read):
    batch = read(b"\xef\xbb\xbf" + b"\r\n".join([made(1), made(2)]) + b"\r\n")
    assert (batch.seen, batch.unreadable) == (2, 0)


def test_a_first_line_that_is_broken_does_not_hide_the_format(read):
    assert read(b"\n".join([b'{"Event": {"Sys', made(1)])).events.height == 1


def test_values_of_any_shape_become_text_or_nothing(read):
    odd = orjson.loads(made(1))
    odd["Event"]["EventData"] = {"TargetUserName": {"a": [1, {"b": None}]}, "LogonType": [1, None]}
    deep = b'{"Event":{"System":' + b'{"a":' * 900 + b"1" + b"}" * 902
    batch = read(b"\n".join([orjson.dumps(odd), deep, b'{"Event": 1, "System": 2}']))
    [row] = batch.events.to_dicts()
    assert (row["target_user"], row["logon_type"]) == ('{"a":[1,{"b":null}]}', "1\n")
    assert batch.unreadable == 2


SCALARS = st.sampled_from(
    [None, True, 0, -1, 4624, 1 << 63, 1.5, "", "-", "4634", "2020-09-22 04:38:01", "x" * 300,
     "2020-09-22T08:38:03Z", "0001-01-01T00:00:00+14:00", "Microsoft-Windows-Security-Auditing"]
)  # fmt: skip
VALUES = (
    SCALARS
    | st.lists(SCALARS, max_size=2)
    | st.dictionaries(
        st.sampled_from(["#text", "#attributes", "Name", "SystemTime", "a", "pid"]),
        SCALARS,
        max_size=3,
    )
)
NAMES = st.sampled_from(
    ["Event", "System", "EventID", "EventData", "EventTime", "TimeCreated", "Hostname", "Message",
     "SourceName", "winlog", "event_data", "log_name", "computer_name", "@timestamp", "event_id",
     "TimeGenerated", "Computer", "record_number", "UserID", "AccountType", "ProcessID", "user"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=8), max_size=3))
def test_no_object_makes_a_reader_fail(tmp_path_factory, objects):
    content = b"\n".join(map(orjson.dumps, objects))
    path = tmp_path_factory.mktemp("json") / "log.jsonl"
    path.write_bytes(content)
    for name in ("nxlog", "nxlog_created", "winlogbeat", "sentinel", "evtx_dump"):
        source = Source(path, "log.jsonl", "0" * 64, name, len(content))
        for unit in READERS[name].units(source):
            batch = READERS[name].read(unit)
            assert batch.seen == batch.events.height + batch.not_wanted + batch.unreadable


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_any_beginning_has_one_reader_or_none(head):
    assert reader_for(head) in (None, *READERS)
