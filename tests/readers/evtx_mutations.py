"""Damage for EVTX files: at random, and where it hurts most."""

import random
import struct
import zlib

from graphsess.readers.evtx.format import CHUNK, FILE_HEADER, FIRST_RECORD, RECORD_MAGIC

INTERESTING = (0, 1, 4, 7, 8, 0x18, 0x1C, 0x7F, 0x80, 0xFF, 0x100, 0x1FF, 0x200, 0x7FFF, 0xFFFF,
               0x1_0000, 0xFFF8, 0x7FFF_FFFF, 0xFFFF_FFFF)  # fmt: skip
"""Numbers at the edges of what fields hold."""


def mutated(content: bytes, seed: int) -> bytes:
    """The content with one to eight damages; as often as not the checksums are made right again."""
    rng = random.Random(seed)
    damaged = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        rng.choice(DAMAGES)(damaged, rng)
    if rng.random() < 0.6:
        sum_up(damaged)
    if rng.random() < 0.05:
        del damaged[rng.randrange(8, len(damaged)) :]
    return bytes(damaged)


def sum_up(content: bytearray) -> None:
    """Make the checksums of all chunks right, so that nothing but the damage itself tells of it."""
    for at in range(FILE_HEADER, len(content) - CHUNK + 1, CHUNK):
        chunk = bytes(content[at : at + CHUNK])
        (free,) = struct.unpack_from("<I", chunk, 48)
        struct.pack_into("<I", content, at + 52, zlib.crc32(chunk[FIRST_RECORD:free]))
        head = bytes(content[at : at + FIRST_RECORD])
        struct.pack_into("<I", content, at + 124, zlib.crc32(head[128:], zlib.crc32(head[:120])))


def _record(content: bytearray, rng: random.Random) -> int:
    """Where some record begins."""
    at = content.find(RECORD_MAGIC, rng.randrange(FILE_HEADER, len(content)))
    return at if at >= 0 else content.find(RECORD_MAGIC)


def _number(content: bytearray, at: int, rng: random.Random) -> None:
    size = rng.choice((1, 2, 2, 4, 4, 8))
    value = rng.choice((*INTERESTING, rng.getrandbits(64))) & ((1 << 8 * size) - 1)
    if 0 <= at <= len(content) - size:
        content[at : at + size] = value.to_bytes(size, "little")


def bytes_anywhere(content: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(content))
    size = rng.choice((1, 1, 2, 8, 64, 2048))
    by = rng.randbytes(size) if rng.random() < 0.7 else bytes(size)
    content[at : at + size] = by[: len(content) - at]


def file_or_chunk_header(content: bytearray, rng: random.Random) -> None:
    base = rng.choice((0, *range(FILE_HEADER, len(content), CHUNK)))
    _number(content, base + rng.choice((0, 8, 16, 24, 32, 40, 42, 44, 48, 52, 120, 124)), rng)


def tables(content: bytearray, rng: random.Random) -> None:
    base = rng.choice(range(FILE_HEADER, len(content), CHUNK))
    one, other = (base + 128 + 4 * rng.randrange(96) for _ in range(2))
    content[one : one + 4] = content[other : other + 4]


def record_header(content: bytearray, rng: random.Random) -> None:
    _number(content, _record(content, rng) + rng.choice((0, 4, 8, 16)), rng)


def binary_xml(content: bytearray, rng: random.Random) -> None:
    """Tokens, offsets of templates and names, counts, descriptors: the beginning of a record."""
    _number(content, _record(content, rng) + rng.randrange(24, 320), rng)


def values(content: bytearray, rng: random.Random) -> None:
    """A descriptor's size or type, somewhere behind the outer template's instance."""
    _number(content, _record(content, rng) + 42 + 2 * rng.randrange(120), rng)


def names_that_link(content: bytearray, rng: random.Random) -> None:
    """Two names of a chunk that each say that the other is next."""
    base = rng.choice(range(FILE_HEADER, len(content), CHUNK))
    used = [
        struct.unpack_from("<I", content, at)[0]
        for at in range(base + 128, min(base + 384, len(content) - 4), 4)
    ]
    used = [base + at for at in used if 0 < at < CHUNK and base + at + 4 <= len(content)]
    if len(used) > 1:
        one, other = rng.sample(used, 2)
        struct.pack_into("<I", content, one, (other - base) & 0xFFFF_FFFF)
        struct.pack_into("<I", content, other, (one - base) & 0xFFFF_FFFF)


def record_of_another(content: bytearray, rng: random.Random) -> None:
    """A record overwritten with the bytes of another one."""
    one, other = _record(content, rng), _record(content, rng)
    size = rng.randrange(28, 900)
    content[one : one + size] = content[other : other + size][: len(content) - one]


DAMAGES = (
    bytes_anywhere,
    file_or_chunk_header,
    tables,
    record_header,
    binary_xml,
    binary_xml,
    values,
    values,
    names_that_link,
    record_of_another,
)
