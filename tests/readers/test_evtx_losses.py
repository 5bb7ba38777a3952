"""Tests of the EVTX reader on damaged logs: nothing that is lost is lost in silence."""

import struct
import zlib

import pytest

from graphsess.readers.evtx.format import CHUNK, FILE_HEADER, FIRST_RECORD, RECORD_MAGIC
from graphsess.synth.evtx import Record, write_evtx

T0 = (1_600_000_000 + 11_644_473_600) * 10_000_000
COUNT = 800
"""Records, in some four chunks."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The bytes of a sound log of several chunks."""
    path = tmp_path_factory.mktemp("losses") / "sound.evtx"
    fields = {"TargetUserName": "ann", "TargetLogonId": "0x1a2b", "LogonType": 3}
    write_evtx(
        path,
        (
            Record(
                provider="Microsoft-Windows-Security-Auditing",
                event_id=4634,
                version=0,
                channel="Security",
                computer="ws1",
                record_id=number,
                time=T0 + number * 10_000_000,
                fields=fields,
            )
            for number in range(1, COUNT + 1)
        ),
    )
    content = path.read_bytes()
    assert len(content) >= FILE_HEADER + 4 * CHUNK
    return content


def chunk_at(number):
    return FILE_HEADER + number * CHUNK


def ids(content, number):
    """The ids of a sound chunk's records."""
    first, last = struct.unpack_from("<2Q", content, chunk_at(number) + 24)
    return list(range(first, last + 1))


def record_at(content, number):
    """Where the record with this id begins."""
    at = FILE_HEADER
    while (at := content.index(RECORD_MAGIC, at + 1)) > 0:
        if struct.unpack_from("<Q", content, at + 8)[0] == number:
            return at
    raise AssertionError(number)


def overwritten(content, at, by):
    return content[:at] + by + content[at + len(by) :]


def with_header_sum(content, number):
    """The header's checksum of a chunk made right, as the event log service leaves it."""
    at = chunk_at(number)
    head = content[at : at + FIRST_RECORD]
    right = zlib.crc32(head[128:], zlib.crc32(head[:120]))
    return overwritten(content, at + 124, struct.pack("<I", right))


def stale_last_id(content):
    return with_header_sum(overwritten(content, chunk_at(1) + 32, struct.pack("<Q", 5)), 1)


def stale_end(content):
    """The end of a chunk as it was ten records ago, with the sum of what was there then."""
    at = chunk_at(1)
    end = record_at(content, ids(content, 1)[-10]) - at
    content = overwritten(content, at + 48, struct.pack("<I", end))
    summed = zlib.crc32(content[at + FIRST_RECORD : at + end])
    return with_header_sum(overwritten(content, at + 52, struct.pack("<I", summed)), 1)


@pytest.mark.parametrize("damage", [stale_last_id, stale_end])
def test_a_stale_chunk_header_hides_nothing(sound, read, damage):
    batch = read(damage(sound))
    assert batch.events["record_id"].to_list() == list(range(1, COUNT + 1))
    assert (batch.seen, batch.unreadable) == (COUNT, 0)


@pytest.mark.parametrize("count", [0, 1, 0xFFFF])
def test_the_file_headers_counts_are_not_believed(sound, read, count):
    content = overwritten(sound, 42, struct.pack("<H", count))
    content = overwritten(content, 16, struct.pack("<2Q", 0, 1))
    assert read(content).events["record_id"].to_list() == list(range(1, COUNT + 1))


def test_of_a_cut_last_chunk_every_whole_record_is_read_and_the_rest_counted(sound, read):
    whole = ids(sound, 2)
    cut = record_at(sound, whole[len(whole) // 2])
    batch = read(sound[: cut + 20])
    found = batch.events["record_id"].to_list()
    assert found == list(range(1, whole[len(whole) // 2]))
    assert batch.seen == whole[-1]
    assert batch.unreadable == whole[-1] - len(found)
    assert batch.chunks_bad == 1


def test_wiped_records_inside_a_chunk_are_counted_by_the_ids_around_them(sound, read):
    inner = ids(sound, 1)
    first, behind = (record_at(sound, inner[place]) for place in (10, 13))
    batch = read(overwritten(sound, first, bytes(behind - first)))
    assert (batch.events.height, batch.unreadable) == (COUNT - 3, 3)


def test_a_wiped_chunk_between_others_is_told_and_its_ids_are_missing(sound, read):
    batch = read(overwritten(sound, chunk_at(1), bytes(CHUNK)))
    lost = ids(sound, 1)
    found = batch.events["record_id"].to_list()
    assert found == [number for number in range(1, COUNT + 1) if number not in lost]
    assert (batch.chunks_bad, batch.runs.height) == (1, 2)
    assert batch.runs["last_id"].to_list()[0] == lost[0] - 1
    assert "1 chunk is damaged" in batch.problem


def test_a_chunk_without_its_mark_is_read_all_the_same(sound, read):
    batch = read(overwritten(sound, chunk_at(1), bytes(8)))
    assert batch.events["record_id"].to_list() == list(range(1, COUNT + 1))
    assert (batch.chunks_bad, batch.unreadable) == (1, 0)


@pytest.mark.parametrize(
    ("offset", "by"),
    [
        pytest.param(0, bytes(4), id="mark"),
        pytest.param(4, bytes(4), id="size zero"),
        pytest.param(4, b"\xff\xff\xff\xff", id="size huge"),
        pytest.param(4, struct.pack("<I", 0x1_0008), id="size beyond the chunk"),
    ],
)
def test_a_damaged_record_costs_itself_and_is_counted(sound, read, offset, by):
    inner = ids(sound, 1)
    hit = inner[len(inner) // 2]
    batch = read(overwritten(sound, record_at(sound, hit) + offset, by))
    assert batch.events["record_id"].to_list() == [n for n in range(1, COUNT + 1) if n != hit]
    assert (batch.seen, batch.unreadable, batch.chunks_bad) == (COUNT, 1, 1)


def test_older_records_behind_the_end_are_read_on_demand_only_and_marked(sound, read):
    at = record_at(sound, 3)
    older = sound[at : at + struct.unpack_from("<I", sound, at + 4)[0]]
    last = chunk_at(len(sound[FILE_HEADER:]) // CHUNK - 1)
    (free,) = struct.unpack_from("<I", sound, last + 48)
    content = overwritten(sound, last + free, older)
    assert read(content).events.height == COUNT
    carved = read(content, carve=True)
    assert carved.events.height >= COUNT
    assert carved.events.filter("carved").height == carved.events.height - COUNT
