"""Tests of graphsess/synth/evtx: what is written is read back, by two readers, field by field."""

from __future__ import annotations

import hashlib
import string
import struct
import xml.etree.ElementTree as ET
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import Evtx.Evtx
import orjson
import pytest
from evtx import PyEvtxParser
from hypothesis import given, settings
from hypothesis import strategies as st

from graphsess.synth.evtx import Record, write_evtx
from graphsess.synth.evtx.codec import field_names
from graphsess.synth.evtx.templates import TEMPLATES, Layout, provider_of

AUDITING = "Microsoft-Windows-Security-Auditing"
LSM = "Microsoft-Windows-TerminalServices-LocalSessionManager"
EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
NOON = 133_500_000_000_000_000  # 2024-01-17T21:20:00Z
CHUNK = 65536

LOGON = {
    "SubjectUserSid": "S-1-5-18",
    "SubjectUserName": "WS1$",
    "SubjectDomainName": "CORP",
    "SubjectLogonId": 0x3E7,
    "TargetUserSid": "S-1-5-21-1-2-3-1001",
    "TargetUserName": "ann",
    "TargetDomainName": "CORP",
    "TargetLogonId": "0x1a2b3c",
    "LogonType": 10,
    "LogonProcessName": "User32 ",
    "LogonGuid": "{f4208cec-4df9-4d54-882a-4c115abc0000}",
    "KeyLength": 0,
    "ProcessId": 0x1F4,
    "IpAddress": "10.0.0.9",
    "IpPort": 49274,
    "ElevatedToken": "%%1842",
}
ATTACHED = {"User": "CORP\\ann", "SessionID": 2, "Address": "10.0.0.9"}


def record(record_id=1, fields=None, **changes):
    """A 4634 of ws1; only what the case is about is spelled out."""
    values = {
        "provider": AUDITING,
        "event_id": 4634,
        "version": 0,
        "channel": "Security",
        "computer": "ws1.corp.example",
        "record_id": record_id,
        "time": NOON + record_id,
        "fields": {} if fields is None else fields,
    }
    return Record(**(values | changes))


def logon(record_id=1, **changes):
    return record(record_id, **({"event_id": 4624, "version": 2, "fields": LOGON} | changes))


def attached(record_id=1, **changes):
    shape = {"provider": LSM, "event_id": 21, "channel": f"{LSM}/Operational", "fields": ATTACHED}
    return record(record_id, **(shape | changes))


def read(path):
    """Each record's event as the reference reader shows it; checksums must hold."""
    parser = PyEvtxParser(str(path), validate_checksums=True)
    return [orjson.loads(each["data"])["Event"] for each in parser.records_json()]


def written(tmp_path, *records, **options):
    path = tmp_path / "log.evtx"
    assert write_evtx(path, records, **options) == len(records)
    return path


def one(tmp_path, item):
    [event] = read(written(tmp_path, item))
    return event


def chunks(path):
    data = path.read_bytes()[4096:]
    return [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]


def test_the_fields_of_a_logon_come_back_typed(tmp_path):
    names = field_names(TEMPLATES[AUDITING, 4624, 2])
    rendered = {
        "SubjectLogonId": "0x3e7",
        "LogonGuid": "F4208CEC-4DF9-4D54-882A-4C115ABC0000",
        "ProcessId": "0x1f4",
        "IpPort": "49274",
    }
    found = one(tmp_path, logon())["EventData"]
    assert found == dict.fromkeys(names, "") | LOGON | rendered


def test_the_system_part_comes_back(tmp_path):
    event = one(
        tmp_path,
        logon(
            77,
            activity_id="{f4208cec-4df9-4d54-882a-4c115abc0000}",
            user_sid="S-1-5-20",
            process_id=588,
            thread_id=604,
            level=4,
            task=12544,
            opcode=1,
            keywords=0x8010000000000000,
        ),
    )
    assert event["System"] == {
        "Provider": {
            "#attributes": {"Name": AUDITING, "Guid": "54849625-5478-4994-A5BA-3E3B0328C30D"}
        },
        "EventID": 4624,
        "Version": 2,
        "Level": 4,
        "Task": 12544,
        "Opcode": 1,
        "Keywords": "0x8010000000000000",
        "TimeCreated": {"#attributes": {"SystemTime": "2024-01-17T21:20:00.000007Z"}},
        "EventRecordID": 77,
        "Correlation": {"#attributes": {"ActivityID": "F4208CEC-4DF9-4D54-882A-4C115ABC0000"}},
        "Execution": {"#attributes": {"ProcessID": 588, "ThreadID": 604}},
        "Channel": "Security",
        "Computer": "ws1.corp.example",
        "Security": {"#attributes": {"UserID": "S-1-5-20"}},
    }


def test_user_data_keeps_its_wrapper_and_namespace(tmp_path):
    event = one(tmp_path, attached())
    assert event["UserData"] == {"EventXML": {"#attributes": {"xmlns": "Event_NS"}, **ATTACHED}}
    assert "EventData" not in event


def test_a_null_field_of_user_data_is_null(tmp_path):
    event = one(tmp_path, attached(fields={"User": "CORP\\ann", "Address": None}))
    assert event["UserData"]["EventXML"]["Address"] is None
    assert event["UserData"]["EventXML"]["SessionID"] is None


def test_a_cleared_log_names_who_cleared_it(tmp_path):
    who = {"SubjectUserName": "ann", "SubjectDomainName": "CORP", "Channel": "System"}
    cleared = record(provider="Microsoft-Windows-Eventlog", event_id=104, fields=who)
    body = one(tmp_path, cleared)["UserData"]["LogFileCleared"]
    assert {name: body[name] for name in who} == who


def test_a_classic_provider_logs_unnamed_data_and_binary(tmp_path):
    lines = ["9:59:13 AM", "\u200e4/\u200e6/\u200e2012", "", "", "4711"]
    event = one(
        tmp_path,
        record(
            provider="EventLog",
            event_id=6008,
            channel="System",
            fields={"Data": lines, "Binary": b"\xdc\x07"},
        ),
    )
    assert event["EventData"] == {"Data": {"#text": lines}, "Binary": "DC07"}
    assert event["System"]["EventID"] == {"#attributes": {"Qualifiers": 32768}, "#text": 6008}
    assert "Version" not in event["System"]


def test_a_named_event_may_end_in_a_binary(tmp_path):
    fields = {"param1": "Remote Desktop Services", "param2": "stopped", "Binary": b"Te"}
    scm = record(provider="Service Control Manager", event_id=7036, fields=fields)
    event = one(tmp_path, scm)
    assert event["EventData"] == fields | {"Binary": "5465"}
    assert event["System"]["Provider"]["#attributes"]["EventSourceName"] == scm.provider


def test_an_undeclared_event_becomes_strings_of_its_own_fields(tmp_path):
    fields = {"A": "x", "B": 5, "C": True, "D": b"\x0a", "E": None}
    event = one(tmp_path, record(provider="Contoso", event_id=9, fields=fields))
    assert event["EventData"] == {"A": "x", "B": "5", "C": "true", "D": "0A", "E": ""}
    assert event["System"]["Provider"] == {"#attributes": {"Name": "Contoso"}}


def test_undeclared_events_of_one_id_may_differ_in_their_fields(tmp_path):
    items = [
        record(1, provider="Contoso", fields={"A": "1"}),
        record(2, provider="Contoso", fields={"B": "2"}),
        record(3, provider="Contoso", fields={"Data": ["3"]}),
    ]
    found = [event["EventData"] for event in read(written(tmp_path, *items))]
    assert found == [{"A": "1"}, {"B": "2"}, {"Data": {"#text": "3"}, "Binary": None}]


def test_the_header_may_differ_from_the_body(tmp_path):
    path = written(tmp_path, logon(31794, header_record_id=4, header_time=0))
    [outer] = PyEvtxParser(str(path), validate_checksums=True).records_json()
    event = orjson.loads(outer["data"])["Event"]
    assert (outer["event_record_id"], outer["timestamp"][:4]) == (4, "1601")
    assert event["System"]["EventRecordID"] == 31794
    assert event["System"]["TimeCreated"]["#attributes"]["SystemTime"][:4] == "2024"


def test_a_forwarded_record_is_all_text(tmp_path):
    event = one(
        tmp_path,
        attached(6433, forwarded=True, activity_id="f4208cec-4df9-4d54-882a-4c115abc0000"),
    )
    system = event["System"]
    assert (system["EventID"], system["Version"], system["EventRecordID"]) == ("21", "0", "6433")
    assert system["TimeCreated"]["#attributes"]["SystemTime"] == "2024-01-17T21:20:00.000643300Z"
    assert system["Correlation"]["#attributes"]["ActivityID"] == (
        "{F4208CEC-4DF9-4D54-882A-4C115ABC0000}"
    )
    assert event["UserData"]["EventXML"] == {
        "#attributes": {"xmlns": "Event_NS"},
        "User": "CORP\\ann",
        "SessionID": "2",
        "Address": "10.0.0.9",
    }


def test_a_forwarded_record_renders_every_type(tmp_path):
    crash = {"BugcheckCode": 0, "BugcheckParameter1": 5, "SleepInProgress": False}
    items = [
        record(1, provider="Microsoft-Windows-Kernel-Power", event_id=41, version=2, fields=crash),
        logon(2),
        record(3, event_id=4616, version=1, fields={"PreviousTime": NOON, "NewTime": NOON + 1}),
        record(4, provider="EventLog", event_id=6008, fields={"Data": ["a", "b"], "Binary": b"\1"}),
    ]
    found = [
        event["EventData"]
        for event in read(written(tmp_path, *[replace(item, forwarded=True) for item in items]))
    ]
    assert found[0]["BugcheckParameter1"] == "0x5"
    assert found[0]["SleepInProgress"] == "false"
    assert found[1]["LogonGuid"] == "{F4208CEC-4DF9-4D54-882A-4C115ABC0000}"
    assert found[1]["TargetLogonId"] == "0x1a2b3c"
    assert found[2]["NewTime"] == "2024-01-17T21:20:00.000000100Z"
    assert found[3] == {"Data": {"#text": ["a", "b"]}, "Binary": "01"}


def test_templates_and_forwarded_records_share_a_chunk(tmp_path):
    items = [logon(1), logon(2, forwarded=True), logon(3), attached(4, forwarded=True)]
    assert [event["System"]["EventID"] for event in read(written(tmp_path, *items))] == [
        4624,
        "4624",
        4624,
        "21",
    ]


def test_a_full_chunk_opens_the_next(tmp_path):
    path = written(tmp_path, *(logon(n) for n in range(1, 501)))
    found = chunks(path)
    assert len(found) > 3
    assert {len(chunk) for chunk in found} == {CHUNK}
    assert struct.unpack_from("<H", path.read_bytes(), 42) == (len(found),)
    numbers = [struct.unpack_from("<QQQQ", chunk, 8) for chunk in found]
    assert numbers[0][0] == 1
    assert numbers[-1][1] == numbers[-1][3] == 500
    assert all(one[1] + 1 == two[0] for one, two in pairwise(numbers))
    assert [event["System"]["EventRecordID"] for event in read(path)] == list(range(1, 501))


def test_an_id_that_comes_again_opens_another_chunk_and_is_read(tmp_path):
    path = written(tmp_path, *(logon(n) for n in (5, 3, 5, 4, 5)))
    assert len(chunks(path)) == 3
    assert [event["System"]["EventRecordID"] for event in read(path)] == [5, 3, 5, 4, 5]


def test_every_record_starts_at_a_multiple_of_eight(tmp_path):
    names = [string.ascii_letters[:n] for n in range(20)]
    path = written(tmp_path, *(logon(n, fields={"IpAddress": x}) for n, x in enumerate(names, 1)))
    [chunk] = chunks(path)
    at, end = 512, struct.unpack_from("<I", chunk, 48)[0]
    while at < end:
        mark, size = struct.unpack_from("<4sI", chunk, at)
        assert (mark, at % 8, size % 8) == (b"**\0\0", 0, 0)
        assert struct.unpack_from("<I", chunk, at + size - 4)[0] == size
        at += size
    assert at == end


@pytest.mark.parametrize("forwarded", [False, True])
def test_header_tables_list_only_what_the_chunk_holds(tmp_path, forwarded):
    filler = [record(n, provider="Contoso", fields={"A": "x" * 15_000}) for n in (1, 2)]
    late = record(
        3,
        provider=LSM,  # its names are new, and it does not fit behind the filler
        event_id=21,
        fields={"User": "x" * 7_000},
        forwarded=forwarded,
    )
    path = written(tmp_path, *filler, late)
    assert len(chunks(path)) == 2
    names = [name for chunk in chunks(path) for name in _names(chunk)]
    assert names.count("Event") == names.count("Computer") == 2
    assert names.count("EventXML") == names.count("Address") == 1
    assert [len(list(_template_ids(chunk))) for chunk in chunks(path)] == [
        2,
        0 if forwarded else 2,
    ]
    assert len(read(path)) == 3


def _names(chunk):
    """The names that a reader finds by hash, checked against their bucket."""
    for bucket, offset in enumerate(struct.unpack_from("<64I", chunk, 128)):
        while offset:
            after, value, length = struct.unpack_from("<IHH", chunk, offset)
            assert value % 64 == bucket
            yield chunk[offset + 8 : offset + 8 + 2 * length].decode("utf-16-le")
            offset = after


def _template_ids(chunk):
    for bucket, offset in enumerate(struct.unpack_from("<32I", chunk, 384)):
        while offset:
            after, *units = struct.unpack_from("<I8H", chunk, offset)
            value = 0
            for unit in units:
                value = (value * 65599 + unit) & 0xFFFFFFFF
            assert value % 32 == bucket
            yield tuple(units)
            offset = after


@pytest.mark.parametrize(
    ("item", "fragments"),
    [
        pytest.param(attached(), 1, id="by manifest: none inside"),
        pytest.param(record(provider="EventLog", event_id=6005), 2, id="classic: one inside"),
    ],
)
def test_the_inner_template_has_a_fragment_header_as_in_real_logs(tmp_path, item, fragments):
    data = written(tmp_path, item).read_bytes()
    assert data.count(b"\x0f\x01\x01\x00\x0c\x01") == fragments


def test_most_providers_log_a_string_with_its_nul(tmp_path):
    console = attached(fields={"User": "CORP\\ann", "Address": "LOCAL"})
    path = written(tmp_path, console)
    assert "LOCAL\0".encode("utf-16-le") in path.read_bytes()
    assert read(path)[0]["UserData"]["EventXML"]["Address"] == "LOCAL"
    path = written(tmp_path, record(fields={"TargetUserName": "LOCAL", "TargetDomainName": "x"}))
    assert "LOCAL\0".encode("utf-16-le") not in path.read_bytes()


def test_the_event_id_is_the_fourth_value_of_the_outer_template(tmp_path):
    [chunk] = chunks(written(tmp_path, record(), record(2)))
    size = struct.unpack_from("<I", chunk, 512 + 4)[0]
    values = 512 + size + 24 + 4 + 10  # of the second record: its templates are known
    assert struct.unpack_from("<I", chunk, values) == (18,)
    sizes = struct.unpack_from("<36H", chunk, values + 4)[::2]
    at = values + 4 + 18 * 4 + sum(sizes[:3])
    assert struct.unpack_from("<H", chunk, at) == (4634,)


@pytest.mark.parametrize("forwarded", [False, True])
def test_a_value_of_60_000_bytes_fits(tmp_path, forwarded):
    script = "a" * 30_000
    provider = "Microsoft-Windows-PowerShell"
    item = record(
        2,
        provider=provider,
        event_id=4104,
        version=1,
        fields={"ScriptBlockText": script},
        forwarded=forwarded,
    )
    events = read(written(tmp_path, logon(), item))
    assert events[1]["EventData"]["ScriptBlockText"] == script


@pytest.mark.parametrize("forwarded", [False, True])
@pytest.mark.parametrize("length", [32_700, 40_000, 70_000])
def test_a_record_larger_than_a_chunk_is_refused(tmp_path, length, forwarded):
    item = record(fields={"TargetUserName": "a" * length}, forwarded=forwarded)
    with pytest.raises(ValueError, match="4634"):
        write_evtx(tmp_path / "log.evtx", [item])


@pytest.mark.parametrize("forwarded", [False, True])
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param({"TargetUsrName": "ann"}, "TargetUsrName", id="unknown field"),
        pytest.param({"LogonType": -1}, "LogonType", id="below its type"),
        pytest.param({"LogonType": 1 << 32}, "LogonType", id="above its type"),
        pytest.param({"LogonType": "ten"}, "LogonType", id="no number"),
        pytest.param({"LogonType": True}, "LogonType", id="bool for a number"),
        pytest.param({"TargetUserName": b"ann"}, "TargetUserName", id="bytes for text"),
        pytest.param({"TargetUserSid": "S-1"}, "TargetUserSid", id="no SID"),
        pytest.param({"TargetUserSid": "S-1-5-x"}, "TargetUserSid", id="no number in a SID"),
    ],
)
def test_a_bad_field_is_named_with_its_event(tmp_path, fields, told, forwarded):
    with pytest.raises(ValueError, match=f"4634 v0.*{told}"):
        write_evtx(tmp_path / "log.evtx", [record(fields=fields, forwarded=forwarded)])


@pytest.mark.parametrize("forwarded", [False, True])
@pytest.mark.parametrize("lines", ["one", [1], ["a\0b"]])
def test_unnamed_data_is_a_list_of_strings(tmp_path, lines, forwarded):
    item = record(provider="EventLog", event_id=6005, fields={"Data": lines}, forwarded=forwarded)
    with pytest.raises(ValueError, match="6005"):
        write_evtx(tmp_path / "log.evtx", [item])


@pytest.mark.parametrize("change", [{"user_sid": "x"}, {"activity_id": "x"}, {"level": 256}])
def test_a_bad_system_value_is_named_with_its_record(tmp_path, change):
    with pytest.raises(ValueError, match="4624 v2, record 1, System"):
        write_evtx(tmp_path / "log.evtx", [logon(**change)])


def test_the_same_records_give_the_same_bytes(tmp_path):
    items = [logon(1), attached(2), record(3, provider="Contoso", fields={"A": "x"})]
    first = written(tmp_path, *items).read_bytes()
    assert written(tmp_path, *items).read_bytes() == first
    # the digest pins the bytes across platforms and Python versions
    assert hashlib.sha256(first).hexdigest() == (
        "b578d7dc27a82a9f7eeb268604ccddb5bb0c52f7a2a2bfff2d866bd2942cac0a"
    )


def test_a_clean_file_says_how_many_chunks_it_has(tmp_path):
    path = written(tmp_path, *(logon(n) for n in range(1, 201)))
    last, next_id = struct.unpack_from("<QQ", path.read_bytes(), 16)
    assert (last, next_id) == (len(chunks(path)) - 1, 201)
    assert _flags_and_checksum(path) == (0, True)


def test_a_dirty_file_counts_only_its_first_chunk_yet_all_is_read(tmp_path):
    path = written(tmp_path, *(logon(n) for n in range(1, 201)), dirty=True)
    data = path.read_bytes()
    assert len(chunks(path)) > 1
    assert struct.unpack_from("<H", data, 42) == (1,)
    assert struct.unpack_from("<Q", data, 24)[0] < 201
    assert _flags_and_checksum(path) == (1, True)
    assert len(read(path)) == 200


def _flags_and_checksum(path):
    head = path.read_bytes()[:128]
    flags, checksum = struct.unpack_from("<II", head, 120)
    return flags, checksum == zlib.crc32(head[:120])


@pytest.mark.parametrize("dirty", [False, True])
def test_no_records_make_an_empty_log(tmp_path, dirty):
    path = written(tmp_path, dirty=dirty)
    assert path.stat().st_size == 4096 + CHUNK
    assert read(path) == []


def test_hostile_text_is_data(tmp_path):
    names = ["x'}) DETACH DELETE n //", "</script>", "\u202egpj.exe", "-", "", "\x1b[2J", "\ud800"]
    items = [logon(n, fields={"TargetUserName": name}) for n, name in enumerate(names, 1)]
    found = [event["EventData"]["TargetUserName"] for event in read(written(tmp_path, *items))]
    assert found[:-1] == names[:-1]
    assert len(found) == len(names)


@pytest.mark.parametrize("key", sorted(TEMPLATES), ids=lambda key: f"{key[0]} {key[1]} v{key[2]}")
def test_every_declared_template_is_read_back(tmp_path, key):
    template = TEMPLATES[key]
    given_values = {name: _sample(kind) for name, kind in template.fields}
    if template.binary:
        given_values["Binary"] = b"\x01\x02"
    if template.shape.unnamed:
        given_values["Data"] = ["one", "two"]
    provider, event_id, version = key
    item = record(provider=provider, event_id=event_id, version=version, fields=given_values)
    plain, rendered = read(written(tmp_path, item, replace(item, record_id=2, forwarded=True)))
    body = plain["UserData"] if template.shape.user_data else plain
    found = body[template.shape.wrapper] or {}
    assert set(found) - {"#attributes"} == set(given_values)
    assert None not in found.values()
    if provider_of(provider).layout is not Layout.CLASSIC:
        assert plain["System"]["Version"] == version
        assert rendered["System"]["Version"] == str(version)


def _sample(kind):
    samples = {0x0D: True, 0x0E: b"\x02\x00", 0x0F: "f4208cec-4df9-4d54-882a-4c115abc0000"}
    return samples.get(kind.stored, "S-1-5-18" if kind.stored == 0x13 else 1)


def test_no_template_is_declared_twice():
    from graphsess.synth.evtx.templates import _EVERY

    assert len(_EVERY) == len(TEMPLATES)


def test_python_evtx_reads_the_same_fields(tmp_path):
    items = [logon(1), attached(2), record(3, provider="EventLog", event_id=6005)]
    path = written(tmp_path, *items)
    with Evtx.Evtx.Evtx(str(path)) as log:
        assert log.get_file_header().verify()
        assert all(chunk.verify() for chunk in log.chunks())
        trees = [ET.fromstring(item.xml()) for item in log.records()]  # noqa: S314 - our own
    found = {
        node.get("Name"): node.text or "" for node in trees[0].iter() if node.tag.endswith("}Data")
    }
    assert found == dict.fromkeys(field_names(TEMPLATES[AUDITING, 4624, 2]), "") | {
        name: str(value) for name, value in LOGON.items()
    } | {
        "SubjectLogonId": "0x00000000000003e7",
        "TargetLogonId": "0x00000000001a2b3c",
        "ProcessId": "0x00000000000001f4",
    }
    user = {node.tag.partition("}")[2]: node.text for node in trees[1].iter()}
    assert (user["User"], user["SessionID"], user["Address"]) == ("CORP\\ann", "2", "10.0.0.9")


# evtx trims trailing NULs, as Windows' own strings carry them; a NUL inside ends an array's string
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
SIDS = st.builds(
    lambda authority, parts: "-".join(["S-1", str(authority), *map(str, parts)]),
    st.integers(0, 0xFFFFFFFF),
    st.lists(st.integers(0, 0xFFFFFFFF), max_size=15),
)
ITEMS = st.fixed_dictionaries(
    {
        "TargetUserName": TEXT,
        "TargetDomainName": TEXT,
        "TargetUserSid": SIDS,
        "TargetLogonId": st.integers(0, (1 << 64) - 1),
        "LogonType": st.integers(0, (1 << 32) - 1),
        "LogonGuid": st.uuids().map(str),
    }
)
# up to the year 9000; evtx refuses the last day of 9999
TIMES = st.integers(0, 2_335_000_000_000_000_000)


@settings(max_examples=60, deadline=None)
@given(items=st.lists(st.tuples(ITEMS, TIMES, SIDS, st.uuids()), min_size=1, max_size=12))
def test_any_values_come_back(tmp_path_factory, items):
    path = tmp_path_factory.mktemp("any") / "log.evtx"
    records = [
        logon(n, fields=fields, time=time, user_sid=sid, activity_id=str(activity))
        for n, (fields, time, sid, activity) in enumerate(items, 1)
    ]
    write_evtx(path, records)
    events = read(path)
    assert len(events) == len(items)
    for event, (fields, time, sid, activity) in zip(events, items, strict=True):
        data, system = event["EventData"], event["System"]
        assert {name: data[name] for name in fields} == fields | {
            "TargetLogonId": f"{fields['TargetLogonId']:#x}",
            "LogonGuid": fields["LogonGuid"].upper(),
        }
        logged = datetime.fromisoformat(system["TimeCreated"]["#attributes"]["SystemTime"])
        assert logged == EPOCH + timedelta(microseconds=time // 10)
        assert system["Security"]["#attributes"]["UserID"] == sid
        assert system["Correlation"]["#attributes"]["ActivityID"] == str(activity).upper()


@settings(max_examples=60, deadline=None)
@given(fields=ITEMS, time=TIMES)
def test_any_forwarded_values_come_back_as_text(tmp_path_factory, fields, time):
    path = tmp_path_factory.mktemp("any") / "log.evtx"
    write_evtx(path, [logon(fields=fields, time=time, forwarded=True)])
    [event] = read(path)
    data = event["EventData"]
    assert {name: data[name] for name in fields} == {
        name: str(value) for name, value in fields.items()
    } | {
        "TargetLogonId": f"{fields['TargetLogonId']:#x}",
        "LogonGuid": f"{{{fields['LogonGuid'].upper()}}}",
    }


@settings(max_examples=40, deadline=None)
@given(lines=st.lists(TEXT, min_size=2, max_size=6), binary=st.binary(max_size=40))
def test_any_unnamed_data_comes_back(tmp_path_factory, lines, binary):
    path = tmp_path_factory.mktemp("any") / "log.evtx"
    item = record(provider="EventLog", event_id=6008, fields={"Data": lines, "Binary": binary})
    write_evtx(path, [item])
    [event] = read(path)
    assert event["EventData"]["Data"]["#text"] == lines
    assert (event["EventData"]["Binary"] or "") == binary.hex().upper()


@settings(max_examples=30, deadline=None)
@given(sizes=st.lists(st.integers(0, 20_000), min_size=1, max_size=40))
def test_records_of_any_size_fill_chunks_without_loss(tmp_path_factory, sizes):
    path = tmp_path_factory.mktemp("any") / "log.evtx"
    items = [
        record(n, event_id=4634 + n % 2, fields={"TargetUserName": "x" * size})
        if n % 2 == 0
        else record(n, provider=f"P{n}", fields={"A": "x" * size})
        for n, size in enumerate(sizes, 1)
    ]
    write_evtx(path, items)
    assert [event["System"]["EventRecordID"] for event in read(path)] == list(
        range(1, len(sizes) + 1)
    )
