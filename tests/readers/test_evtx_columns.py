"""Tests of the columnar decoder: what it takes is what the other decoder takes, value by value."""

import contextlib
import struct
import zlib

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphsess.events.normalise import normalise
from graphsess.evidence.find import find
from graphsess.evidence.source import Source
from graphsess.readers import reader_for
from graphsess.readers.evtx import reader, sound
from graphsess.readers.evtx.block import CHUNK, PAD, Block, walk
from graphsess.readers.evtx.definitions import DefinitionError, Hole, definition
from graphsess.readers.evtx.format import FILE_HEADER, FIRST_RECORD, RECORD_MAGIC, Type
from graphsess.readers.evtx.spelled import spelled
from graphsess.readers.evtx.strings import Cells, distinct
from graphsess.readers.evtx.values import texts
from graphsess.synth.evtx import Record, write_evtx
from graphsess.synth.evtx.templates import TEMPLATES

AUDITING = "Microsoft-Windows-Security-Auditing"
T0 = (1_600_000_000 + 11_644_473_600) * 10_000_000
NAMES = ["ann", "", "-", "a\\b@c", "\0", "x\0y", "h\ud800", "'" * 300, "LOCAL", "10.0.0.5", "ü"]
SAMPLES = {
    Type.BOOL: [True, False],
    Type.BINARY: [b"\x01\xab", b""],
    Type.GUID: ["f4208cec-4df9-4d54-882a-4c115abc0000", "00000000-0000-0000-0000-000000000000"],
    Type.SID: ["S-1-5-18", "S-1-5-21-1-2-3-1001"],
    Type.STRING: NAMES,
    Type.FILETIME: [T0 + 1_234_567, 0],
    Type.UINT8: [0, 255],
    Type.UINT16: [0, 0xFFFF],
    Type.INT32: [-1, 7],
    Type.INT64: [-1, 7],
    Type.UINT32: [0, 10, 0xFFFF_FFFF],
    Type.UINT64: [0, 10, (1 << 64) - 1],
    Type.HEX32: [0, 0xC000_006D, 0xFFFF_FFFF],
    Type.HEX64: [0, 0x3E7, (1 << 64) - 1],
}
"""For each type of value what a record may well hold, and what it hardly ever does."""
FORWARDED = 5
"""Which turn is written as a collector stores it."""


def event(number, event_id=4634, **more):
    """A Security event; only what a case is about is spelled out."""
    given = {"provider": AUDITING, "version": 0, "channel": "Security", "computer": "ws1"}
    given |= {"event_id": event_id, "record_id": number, "time": T0 + number, "fields": {}}
    return Record(**(given | more))


def every_template():
    """Records of all templates that our writer knows, each of their fields with all its samples."""
    number = 0
    for (provider, event_id, version), template in sorted(TEMPLATES.items()):
        for turn in range(len(NAMES)):
            fields = {}
            for place, (name, kind) in enumerate(template.fields):
                samples = [None, *SAMPLES.get(kind.stored, ["1"])]
                fields[name] = samples[1 if turn == FORWARDED else (turn + place) % len(samples)]
            if template.binary:
                fields["Binary"] = b"\x01\x02" if turn % 2 else b""
            if template.shape.unnamed:
                fields["Data"] = ["one", "two"]
            number += 1
            yield event(
                number,
                event_id,
                provider=provider,
                version=version,
                fields=fields,
                activity_id="f4208cec-4df9-4d54-882a-4c115abc0000" if turn % 3 else None,
                user_sid="S-1-5-20" if turn % 2 else None,
                forwarded=turn == FORWARDED,
            )


def batches(source):
    """What the reader makes of a source."""
    return [reader.read(unit) for unit in reader.units(source)]


@pytest.fixture
def both(monkeypatch):
    """A source to its batches: by columns, and all that is wanted by the other decoder."""

    def read(source):
        ours = batches(source)
        with monkeypatch.context() as patch:
            patch.setattr(sound, "plan", lambda *_: None)
            return ours, batches(source)

    return read


def columnar(found):
    """How many records came by columns."""
    pieces = [piece for batch in found for piece in batch.pieces]
    return sum(piece.logged.height for piece in pieces if piece.coded.width)


def assert_equal(ours, theirs, name):
    """The same records, values, bodies, stretches and counts."""
    assert columnar(theirs) == 0
    for one, other in zip(ours, theirs, strict=True):
        counts = ("seen", "not_wanted", "unreadable", "chunks_bad", "problem")
        assert [getattr(one, c) for c in counts] == [getattr(other, c) for c in counts], name
        assert one.runs.equals(other.runs), name
        rows, expected = (normalise(batch.pieces, "e" * 64) for batch in (one, other))
        for column in expected.columns:
            assert rows[column].equals(expected[column]), (name, column)
        for body, text in zip(one.bodies, other.bodies, strict=True):
            assert orjson.loads(body) == orjson.loads(text), name


def source_of(path):
    return Source(path, path.name, "e" * 64, "evtx", path.stat().st_size)


def test_columns_say_of_every_template_what_the_other_decoder_says(tmp_path, both):
    path = tmp_path / "every.evtx"
    write_evtx(path, every_template())
    ours, theirs = both(source_of(path))
    assert_equal(ours, theirs, "every template")
    assert columnar(ours) > 0.5 * sum(batch.kept for batch in ours)


def test_columns_say_of_all_evidence_what_the_other_decoder_says(evidence, both):
    usual = kept = 0
    for source in find([evidence / "real", evidence / "broken"], reader_for).sources:
        if source.kind == "evtx":
            ours, theirs = both(source)
            assert_equal(ours, theirs, source.path)
            usual += columnar(ours)
            kept += sum(batch.kept for batch in ours)
    assert usual > 0.9 * kept


def summed(content):
    """A file with the checksums of its first chunk made right again."""
    content = bytearray(content)
    chunk = memoryview(content)[4096 : 4096 + CHUNK]
    (free,) = struct.unpack_from("<I", chunk, 48)
    struct.pack_into("<I", chunk, 52, zlib.crc32(chunk[512:free]))
    struct.pack_into("<I", chunk, 124, zlib.crc32(chunk[128:512], zlib.crc32(chunk[:120])))
    del chunk
    return bytes(content)


def test_what_one_file_says_of_a_template_no_other_has_to_believe(tmp_path, both):
    path = tmp_path / "sound.evtx"
    write_evtx(path, [event(n, fields={"TargetUserName": "ann"}) for n in range(1, 9)])
    forged = tmp_path / "forged.evtx"
    names = ["TargetUserName".encode("utf-16-le"), "TargetUserSidX".encode("utf-16-le")]
    forged.write_bytes(summed(path.read_bytes().replace(*names)))
    ours, theirs = both(source_of(forged))
    assert_equal(ours, theirs, "forged")
    assert ours[0].events["target_user"].to_list() == [None] * 8
    assert batches(source_of(path))[0].events["target_user"].to_list() == ["ann"] * 8


def test_a_template_is_not_learnt_from_a_damaged_chunk(tmp_path):
    path = tmp_path / "damaged.evtx"
    fields = {"TargetUserName": "ann"}
    write_evtx(path, [event(n, fields=fields) for n in range(1, 500)])
    content = bytearray(path.read_bytes())
    at = content.index("TargetUserName".encode("utf-16-le"))
    content[at] ^= 0xFF  # one letter of a name in the first chunk; its checksum tells
    path.write_bytes(content)
    [batch] = batches(source_of(path))
    assert batch.chunks_bad == 1
    later = batch.events.filter(~batch.events["carved"])["target_user"].to_list()[-200:]
    assert later == ["ann"] * 200


def test_a_time_beyond_all_calendars_costs_nothing_but_itself(tmp_path, both):
    path = tmp_path / "late.evtx"
    kernel = {"NewTime": (1 << 63) - 1, "OldTime": T0, "Reason": 1}
    other = event(2, 1, provider="Microsoft-Windows-Kernel-General", version=1, fields=kernel)
    write_evtx(path, [other])
    [batch], [lost] = both(source_of(path))
    assert (batch.kept, batch.unreadable) == (1, 0)
    assert lost.kept <= batch.kept  # the other decoder gives the record up
    [row] = normalise(batch.pieces, "e" * 64).to_dicts()
    assert (row["stated_us"], row["before_us"]) == (None, 1_600_000_000_000_000)
    assert orjson.loads(batch.bodies[0])["Event"]["EventData"]["NewTime"] == "0x7fffffffffffffff"


@given(st.lists(st.binary(max_size=40), max_size=60))
@settings(deadline=None)
def test_each_distinct_cell_comes_once_and_every_cell_is_found_again(cells):
    data = bytearray(CHUNK + PAD)
    offsets, at = [], 512
    for cell in cells:
        data[at : at + len(cell)] = cell
        offsets.append(at)
        at += len(cell)
    sizes = np.array([len(cell) for cell in cells], np.int64)
    [codes], found = distinct(Block(data), [Cells(np.array(offsets, np.int64), sizes)])
    values = found.to_pylist()
    assert [values[code] for code in codes.tolist()] == cells
    assert len(values) == len(set(cells))


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Type.STRING, "ann\0".encode("utf-16-le"), "ann"),
        (Type.STRING, "a\0b".encode("utf-16-le"), "a"),
        (Type.STRING, b"a\0\x00\xd8b\0", "ab"),
        (Type.UINT8, b"\xff", "255"),
        (Type.INT8, b"\xff", "-1"),
        (Type.HEX64, b"\xe7\x03" + bytes(6), "0x3e7"),
        (Type.SIZE, b"\x04\0\0\0", "0x4"),
        (Type.SIZE, b"\x04\0", None),
        (Type.BOOL, b"\x08\0\0\0", None),
        (Type.BINARY, b"\x0a\xff", "0AFF"),
        (Type.SID, b"\x01\x01" + bytes(5) + b"\x05\x12\0\0\0", "S-1-5-18"),
        (Type.SID, b"\x01\x02" + bytes(5) + b"\x05\x12\0\0\0", None),
        (Type.GUID, bytes(range(16)), "03020100-0504-0706-0809-0A0B0C0D0E0F"),
        (Type.GUID, b"\0", None),
        (Type.FILETIME, struct.pack("<Q", T0 + 19), "2020-09-13T12:26:40.000001Z"),
        (Type.FILETIME, b"\xff" * 8, None),
        (Type.REAL32, bytes(4), None),
    ],
)
def test_values_are_spelled_as_the_other_decoder_does_or_left_to_it(kind, value, text):
    assert texts(kind, [value]) == [text]


def test_texts_that_are_decoded_together_stay_apart():
    values = [text.encode("utf-16-le") for text in ("a", "", "\uffff", "b\0")]
    assert texts(Type.STRING, values) == ["a", "", "\uffff", "b"]


@pytest.fixture(scope="module")
def chunk(tmp_path_factory):
    """The first chunk of a sound file, and the offset of the definition in its first record."""
    path = tmp_path_factory.mktemp("chunk") / "one.evtx"
    write_evtx(path, [event(1, fields={"TargetUserName": "ann"})])
    return path.read_bytes()[4096 : 4096 + CHUNK], 512 + 24 + 4 + 10


def test_a_definition_becomes_a_tree_with_holes(chunk):
    tree = definition(*chunk)
    assert tree.name == "Event"
    [system, _] = tree.children
    [event_id] = [child for child in system.children if child.name == "EventID"]
    assert event_id.children == (Hole(3, Type.UINT16, True),)


@pytest.mark.parametrize("cut", [30, 100, 400])
def test_a_definition_that_does_not_end_is_an_error(chunk, cut):
    content, offset = chunk
    with pytest.raises(DefinitionError):
        definition(content[: offset + cut], offset)


@given(st.integers(24, 900), st.binary(min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_broken_definition_is_a_tree_or_an_error(chunk, at, by):
    content, offset = chunk
    content = content[: offset + at] + by + content[offset + at + len(by) :]
    with contextlib.suppress(DefinitionError):
        assert definition(content, offset).name


@given(
    st.lists(
        st.one_of(
            st.text(max_size=20).map(lambda text: text.encode("utf-16-le", "surrogatepass")),
            st.binary(max_size=24),
            st.sampled_from((b"-\0", b"a\0\0\0", b"\xe9\0", b"")),
        ),
        max_size=200,
    ),
    st.sampled_from((Type.STRING, Type.GUID, Type.SID, Type.BINARY, Type.UINT16)),
)
@settings(deadline=None)
def test_many_values_at_once_are_spelled_as_each_alone(values, kind):
    found = spelled(kind, pa.array(values, pa.binary())).to_list()
    assert found == [text for value in values for text in texts(kind, [value])]


def test_all_sids_of_a_large_domain_are_spelled_as_each_alone():
    rng = np.random.default_rng(1)
    values = [
        bytes([1, count, 0, 0, 0, 0, 0, 5]) + rng.bytes(4 * count)
        for count in rng.integers(1, 7, 400).tolist()
    ]
    values[7] = b"\1\5" + bytes(22)
    values[9] = b"\1\2\0\0\0\1\0\5" + bytes(8)
    found = spelled(Type.SID, pa.array(values, pa.binary())).to_list()
    assert found == [text for value in values for text in texts(Type.SID, [value])]
    assert found[7] is None


@given(
    st.lists(
        st.lists(
            st.sampled_from((b"", b"-\0", b"ab", b"0123456789ab", b"0123456789abc")), max_size=9
        ),
        min_size=1,
        max_size=9,
    )
)
@settings(deadline=None)
def test_lots_of_cells_keep_apart_whether_all_alike_or_not(lots):
    data, at, cells = bytearray(CHUNK + PAD), 512, []
    for lot in lots:
        offsets = []
        for cell in lot:
            data[at : at + len(cell)] = cell
            offsets.append(at)
            at += len(cell)
        sizes = np.array([len(cell) for cell in lot], np.uint32)
        cells.append(Cells(np.array(offsets, np.int64), sizes))
    codes, found = distinct(Block(data), cells)
    values = found.to_pylist()
    assert [[values[code] for code in mine.tolist()] for mine in codes] == lots


def test_a_mark_inside_a_value_hides_no_record(tmp_path, both):
    path = tmp_path / "marks.evtx"
    odd, even = "\u2a00*\0\0", "\u2a2a\0\0\0"  # the mark at either kind of place
    names = ["a" * shift + part * 5 for shift in range(4) for part in (odd, even)]
    write_evtx(path, [event(n, fields={"TargetUserName": name}) for n, name in enumerate(names, 1)])
    content = path.read_bytes()[FILE_HEADER:]
    marks = range(FIRST_RECORD, CHUNK, 8)
    assert sum(content[at : at + 4] == RECORD_MAGIC for at in marks) > len(names)
    [batch], [lost] = both(source_of(path))
    assert batch.kept == lost.kept == len(names)
    assert walk(Block(bytearray(content[:CHUNK]) + bytes(PAD))).records.size == len(names)
