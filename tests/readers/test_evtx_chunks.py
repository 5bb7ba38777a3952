"""Tests of graphsess.readers.evtx.chunks."""

import struct
import zlib

import pytest

from graphsess.readers.evtx.chunks import CHUNK, FIRST_RECORD, repaired, walk

SIZE = 128


def record(number, *, size=SIZE, filetime=0):
    """A record without sense: only what chunks are about."""
    body = b"\x0f\x01\x01\x00" + bytes(size - 24 - 4 - 4)
    return struct.pack("<4sIQQ", b"**\0\0", size, number, filetime) + body + struct.pack("<I", size)


def chunk(records, *, free=None, last=None, magic=b"ElfChnk\0", slack=b""):
    """A chunk of records with sound sums, unless told otherwise."""
    content = b"".join(records)
    end = FIRST_RECORD + len(content)
    numbers = [struct.unpack_from("<Q", item, 8)[0] for item in records] or [0]
    first, last = numbers[0], numbers[-1] if last is None else last
    free = end if free is None else free
    whole = bytearray((bytes(FIRST_RECORD) + content + slack).ljust(CHUNK, b"\0"))
    struct.pack_into("<8s4Q3I", whole, 0, magic, first, last, first, last, 128, 0, free)
    struct.pack_into("<I", whole, 52, zlib.crc32(whole[FIRST_RECORD:free]))
    struct.pack_into("<I", whole, 124, zlib.crc32(whole[128:512], zlib.crc32(whole[:120])))
    return bytes(whole)


def damaged(content, at, by):
    """The content with some of it overwritten."""
    return content[:at] + by + content[at + len(by) :]


def numbers(found):
    """Record ids of a walk."""
    return [spot.record_id for spot in found.spots]


def place(index):
    """Offset of the index-th record."""
    return FIRST_RECORD + index * SIZE


TEN = [record(number) for number in range(1, 11)]


def test_a_sound_chunk_is_not_bad_and_loses_nothing():
    found = walk(chunk(TEN))
    assert (numbers(found), found.lost, found.bad) == (list(range(1, 11)), 0, False)


@pytest.mark.parametrize(
    ("content", "expected", "lost"),
    [
        pytest.param(damaged(chunk(TEN), place(4), bytes(4)), [1, 2, 3, 4, 6, 7, 8, 9, 10], 1,
                     id="mark of a record gone"),
        pytest.param(damaged(chunk(TEN), place(4) + 4, b"\xff\xff\xff\xff"),
                     [1, 2, 3, 4, 6, 7, 8, 9, 10], 1, id="size too large"),
        pytest.param(damaged(chunk(TEN), place(4) + 4, bytes(4)), [1, 2, 3, 4, 6, 7, 8, 9, 10], 1,
                     id="size zero"),
        pytest.param(damaged(chunk(TEN), place(0), bytes(SIZE)), list(range(2, 11)), 0,
                     id="first record wiped: nothing says that there was one"),
        pytest.param(damaged(chunk(TEN), place(0), b"\xee" * SIZE), list(range(2, 11)), 1,
                     id="first record overwritten"),
        pytest.param(damaged(chunk(TEN), place(3), b"\xee" * 3 * SIZE), [1, 2, 3, 7, 8, 9, 10], 3,
                     id="a hole of three, told by the ids on either side"),
        pytest.param(damaged(chunk(TEN), place(7), b"\xee" * 3 * SIZE), list(range(1, 8)), 3,
                     id="the last three, told by the chunk's header"),
        pytest.param(chunk(TEN, last=4), list(range(1, 11)), 0, id="stale last id"),
        pytest.param(chunk(TEN, free=place(4)), list(range(1, 11)), 0, id="stale end"),
        pytest.param(chunk(TEN, magic=bytes(8)), list(range(1, 11)), 0, id="chunk's mark gone"),
        pytest.param(chunk(TEN, slack=record(3)), list(range(1, 11)), 0, id="older one behind"),
        pytest.param(chunk(TEN, magic=bytes(8), slack=record(3)), list(range(1, 11)), 0,
                     id="older one behind, no header to tell the end"),
        pytest.param(b"\xee" * CHUNK, [], 0, id="no chunk at all"),
        pytest.param(chunk([]), [], 0, id="empty chunk"),
    ],
)  # fmt: skip
def test_every_record_is_found_or_counted(content, expected, lost):
    found = walk(content)
    assert (numbers(found), found.lost) == (expected, lost)


def test_a_blank_chunk_is_not_bad():
    assert walk(bytes(CHUNK)).blank
    assert not walk(bytes(CHUNK)).bad


def test_a_flipped_byte_makes_the_chunk_bad_but_loses_nothing():
    found = walk(damaged(chunk(TEN), place(2) + 30, b"\x55"))
    assert (len(found.spots), found.lost, found.bad) == (10, 0, True)


def test_carving_takes_what_lies_behind_the_end():
    found = walk(chunk(TEN, slack=record(3) + record(77)), carve=True)
    assert [spot.record_id for spot in found.spots if spot.slack] == [77]


def test_a_repaired_chunk_holds_only_the_wanted_records_under_new_numbers():
    content = damaged(chunk(TEN), place(0), b"\xee" * SIZE)
    found = walk(content)
    again = walk(bytes(repaired(content, found.spots[2:], 100)))
    assert numbers(again) == [99, *range(100, 107)]  # 99 is the stub before the first


def test_no_table_of_names_survives_the_repair():
    content = damaged(chunk(TEN), 128, b"\x11" * 384)
    assert not any(repaired(content, walk(content).spots, 2)[128:512])
