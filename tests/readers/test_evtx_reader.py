"""Tests of graphsess.readers.evtx.reader: files written by our own writer, then damaged."""

import struct
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphsess.evidence.source import Source
from graphsess.readers.evtx import reader
from graphsess.synth.evtx import Record, write_evtx

AUDITING = "Microsoft-Windows-Security-Auditing"
T0 = (1_600_000_000 + 11_644_473_600) * 10_000_000
LOGOFF = {
    "TargetUserSid": "S-1-5-21-1-2-3-1001",
    "TargetUserName": "ann",
    "TargetDomainName": "CORP",
    "TargetLogonId": "0x1a2b",
    "LogonType": 3,
}


def event(number, event_id=4634, fields=None, **more):
    """A Security event; only what a case is about is spelled out."""
    more = {"computer": "ws1.corp.example", "channel": "Security", "provider": AUDITING} | more
    return Record(
        event_id=event_id,
        version=0,
        record_id=number,
        time=T0 + number * 10_000_000,
        fields=LOGOFF if fields is None else fields,
        **more,
    )


@pytest.fixture
def logs(tmp_path):
    """Records to the bytes of their file."""

    def content(records, **how):
        path = tmp_path / "made.evtx"
        write_evtx(path, records, **how)
        return path.read_bytes()

    return content


def test_kept_records_come_in_file_order_with_their_bodies(logs, read):
    batch = read(logs([event(number) for number in range(1, 400)]))
    assert batch.events["record_id"].to_list() == list(range(1, 400))
    bodies = [orjson.loads(body)["Event"]["System"]["EventRecordID"] for body in batch.bodies]
    assert bodies == list(range(1, 400))
    assert batch.problem is None


def test_provider_and_id_decide_not_the_id_alone(logs, read):
    other = event(2, provider="Somebody-Else", fields={"A": "b"})
    batch = read(logs([event(1), other, event(3, 4670, {"A": "b"})]))
    assert (batch.seen, batch.events.height, batch.not_wanted) == (3, 1, 2)


def test_fields_are_taken_by_name_and_numbers_as_numbers(logs, read):
    [row] = read(logs([event(1)])).events.to_dicts()
    assert row["target_user"] == "ann"
    assert row["target_luid"] == str(0x1A2B)
    assert row["logon_type"] == "3"
    assert row["kind"] == "security_4634"
    assert row["time"] == "2020-09-13T12:26:41.000000Z"


def test_identity_is_the_bodys_and_a_file_whose_headers_differ_is_not_trusted(logs, read):
    batch = read(logs([event(500 + n, header_record_id=n) for n in range(1, 4)]))
    assert batch.events["record_id"].to_list() == [501, 502, 503]
    assert batch.runs["trusted"].to_list() == [False]


def test_a_forwarded_file_is_read_and_not_trusted(logs, read):
    batch = read(logs([event(n + 70, forwarded=True, header_record_id=n) for n in range(1, 4)]))
    assert batch.events["target_user"].to_list() == ["ann"] * 3
    assert not batch.runs["trusted"].any()


def test_runs_tell_of_all_records_and_break_at_missing_ids_and_new_names(logs, read):
    records = [event(n, 4670, {"A": "b"}) for n in (1, 2, 3, 7, 8)]
    records += [event(n, computer="renamed.corp.example") for n in (9, 10)]
    runs = read(logs(records)).runs
    assert runs.select("computer", "first_id", "last_id", "count").rows() == [
        ("ws1.corp.example", 1, 3, 3),
        ("ws1.corp.example", 7, 8, 2),
        ("renamed.corp.example", 9, 10, 2),
    ]
    assert runs["trusted"].all()


def test_times_of_a_run_are_microseconds_utc(logs, read):
    [run] = read(logs([event(1), event(2)])).runs.to_dicts()
    at = datetime.fromtimestamp(run["first_us"] / 1_000_000, UTC)
    assert (at, run["last_us"] - run["first_us"]) == (
        datetime(2020, 9, 13, 12, 26, 41, tzinfo=UTC),
        1_000_000,
    )


def test_a_dirty_file_with_stale_counts_is_read_whole(logs, read):
    batch = read(logs([event(n) for n in range(1, 1500)], dirty=True))
    assert batch.events.height == 1499


def test_a_file_cut_short_yields_the_records_before_the_cut(logs, read):
    content = logs([event(n) for n in range(1, 400)])
    batch = read(content[: 4096 + 65_536 + 20_000])
    one_chunk = read(content[: 4096 + 65_536]).events.height
    assert one_chunk < batch.events.height < 399
    assert "damaged" in batch.problem


def test_one_damaged_record_costs_itself_only(logs, read):
    content = bytearray(logs([event(n) for n in range(1, 50)]))
    at = 0
    for _ in range(20):
        at = content.index(b"**\0\0", at + 1)
    content[at : at + 4] = bytes(4)
    batch = read(bytes(content))
    assert (batch.seen, batch.unreadable) == (49, 1)
    assert batch.events["record_id"].to_list() == [n for n in range(1, 50) if n != 20]
    assert batch.problem.endswith("look for another copy (shadow copy, backup, forwarded log)")


def test_a_damaged_first_record_takes_no_other_with_it_that_has_its_own_template(logs, read):
    content = bytearray(logs([event(1, 4670, {"A": "b"}), event(2), event(3)]))
    at = content.index(b"**\0\0")
    content[at + 4 : at + 8] = b"\xff\xff\xff\xff"
    batch = read(bytes(content))
    assert batch.seen == 3
    assert batch.unreadable >= 1


def test_a_record_torn_between_two_is_marked(logs, read):
    content = bytearray(logs([event(n) for n in range(1, 50)]))
    at = 0
    for _ in range(20):
        at = content.index(b"**\0\0", at + 1)
    struct.pack_into("<Q", content, at + 8, 7777)  # its header's id is another's
    batch = read(bytes(content))
    assert batch.events.filter("carved")["record_id"].to_list() == [20]
    assert batch.runs["trusted"].all()


def test_names_that_link_to_each_other_do_not_hang_the_decoder(logs, read):
    content = bytearray(logs([event(n) for n in range(1, 5)]))
    tables = 4096 + 128
    used = [at for at in range(tables, tables + 256, 4) if struct.unpack_from("<I", content, at)[0]]
    first, second = (struct.unpack_from("<I", content, at)[0] for at in used[:2])
    struct.pack_into("<I", content, 4096 + first, second)
    struct.pack_into("<I", content, 4096 + second, first)
    assert read(bytes(content)).events.height == 4


def test_a_lost_file_header_is_no_reason_to_refuse_the_file(logs, read):
    content = logs([event(n) for n in range(1, 5)])
    assert read(bytes(4096) + content[4096:]).events.height == 4
    assert read(content[4096:]).events.height == 4


def test_units_cover_the_file_and_do_not_depend_on_who_reads_them(logs, tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "UNIT_CHUNKS", 2)
    content = logs([event(n) for n in range(1, 1500)])
    path = tmp_path / "many.evtx"
    path.write_bytes(content)
    source = Source(path, "many.evtx", "0" * 64, "evtx", len(content))
    batches = [reader.read(unit) for unit in reader.units(source)]
    assert len(batches) > 2
    assert [n for batch in batches for n in batch.events["record_id"]] == list(range(1, 1500))
    assert [p for batch in batches for p in batch.runs["position"]] == sorted(
        p for batch in batches for p in batch.runs["position"]
    )


def test_unnamed_data_are_called_by_position(logs, read):
    record = event(
        1, 6009, {"Data": ["10.00.", "20348", ""]}, provider="EventLog", channel="System"
    )
    [row] = read(logs([record])).events.to_dicts()
    assert (row["kind"], row["os_build"]) == ("eventlog_6009", "20348")


def test_odd_text_in_a_name_stays_data(logs, read):
    names = ['"EventID":4624', 'a\\b"c', "‮gpj.exe", "</script>", "x" * 5000, "\U0001f600"]
    records = [
        event(n, fields=LOGOFF | {"TargetUserName": name}) for n, name in enumerate(names, 1)
    ]
    assert read(logs(records)).events["target_user"].to_list() == names


MANY = [event(n) for n in range(1, 250)] + [event(250, 4670, {"A": "b"})]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The bytes of a sound file of two chunks."""
    path = tmp_path_factory.mktemp("fuzz") / "sound.evtx"
    write_evtx(path, MANY)
    return path.read_bytes()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_damage_of_any_kind_is_counted_and_never_raised(sound, tmp_path, data):
    content = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        by = data.draw(st.binary(min_size=1, max_size=64) | st.just(bytes(2048)))
        content[at : at + len(by)] = by
    content = bytes(content[: data.draw(st.integers(4104, len(content)))])
    path = tmp_path / "damaged.evtx"
    path.write_bytes(content)
    source = Source(path, "damaged.evtx", "0" * 64, "evtx", len(content))
    for unit in reader.units(source, carve=data.draw(st.booleans())):
        batch = reader.read(unit)
        assert batch.seen == batch.events.height + batch.not_wanted + batch.unreadable
        assert batch.events.height == len(batch.bodies)
        assert bool(batch.problem) == bool(batch.unreadable or batch.chunks_bad)
