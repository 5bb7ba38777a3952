"""The EVTX format as far as graphsess reads it by itself: offsets, marks, tokens, types of values.

A file is a 4096-byte header and chunks of 64 KB. A chunk is a 512-byte header with checksums and
tables of names and templates, then records. A record is `2a 2a 00 00`, size, id, FILETIME, binary
XML, size again. Nearly all binary XML is one shape: an instance of an outer template (System),
whose last value is an instance of an inner one (the event's own fields); a template's definition
stands in the chunk where it is first used. All numbers are little-endian.

Format:
    https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc
Binary XML, templates and types of values:
    https://learn.microsoft.com/openspecs/windows_protocols/ms-even6/c73573ae-1c90-43a2-a65f-ad7501155956
"""

from __future__ import annotations

from enum import IntEnum

FILE_HEADER = 4096
FILE_MAGIC = b"ElfFile\0"

CHUNK = 65_536
CHUNK_MAGIC = b"ElfChnk\0"
LAST_ID_AT = 32
FREE_AT = 48
"""Where the end of the live records stands, as an offset in the chunk."""
DATA_SUM_AT = 52
FLAGS_AT = 120
HEADER_SUM_AT = 124
TABLES_AT = 128
"""Tables of names and templates, up to the first record. Nothing here needs them."""
NO_CHECKSUM = 4
FIRST_RECORD = 512

RECORD_MAGIC = b"\x2a\x2a\x00\x00"
SIZE_AT = 4
ID_AT = 8
TIME_AT = 16
XML_AT = 24
"""Where a record's binary XML begins; also the size of its header."""
SMALLEST = 28
"""Bytes of a record without any binary XML."""

FRAGMENT = b"\x0f\x01\x01\x00"
"""Begins a piece of binary XML: token, major and minor version, flags."""

INSTANCE = 10
"""Bytes of an instance's head: token, a byte 1, the template's short id, its chunk offset."""
DEFINITION = 24
"""Bytes of a definition's head: offset of the next one, GUID, size of what follows."""
GUID_AT = 4
DEFINED_AT = 20

DESCRIPTOR = 4
"""Bytes before the values for each of them: size as two bytes, type, a byte 0."""

FILETIME_US = 11_644_473_600_000_000
"""Microseconds from 1601, where a FILETIME begins (in 100 ns), to 1970."""


class Token(IntEnum):
    """What a byte of binary XML opens. 0x40 set: more of the same follows."""

    END = 0x00
    OPEN = 0x01
    CLOSE_OPEN = 0x02
    CLOSE_EMPTY = 0x03
    CLOSE = 0x04
    TEXT = 0x05
    ATTRIBUTE = 0x06
    CHARACTER = 0x08
    ENTITY = 0x09
    INSTANCE = 0x0C
    VALUE = 0x0D
    OPTIONAL_VALUE = 0x0E
    FRAGMENT = 0x0F


MORE = 0x40


class Type(IntEnum):
    """The type of a value. 0x80 set: an array of such."""

    NULL = 0x00
    STRING = 0x01
    ANSI_STRING = 0x02
    INT8 = 0x03
    UINT8 = 0x04
    INT16 = 0x05
    UINT16 = 0x06
    INT32 = 0x07
    UINT32 = 0x08
    INT64 = 0x09
    UINT64 = 0x0A
    REAL32 = 0x0B
    REAL64 = 0x0C
    BOOL = 0x0D
    BINARY = 0x0E
    GUID = 0x0F
    SIZE = 0x10
    FILETIME = 0x11
    SYSTEMTIME = 0x12
    SID = 0x13
    HEX32 = 0x14
    HEX64 = 0x15
    XML = 0x21


ARRAY = 0x80

WIDTHS = {
    Type.INT8: 1,
    Type.UINT8: 1,
    Type.INT16: 2,
    Type.UINT16: 2,
    Type.INT32: 4,
    Type.UINT32: 4,
    Type.INT64: 8,
    Type.UINT64: 8,
    Type.REAL32: 4,
    Type.REAL64: 8,
    Type.BOOL: 4,
    Type.GUID: 16,
    Type.FILETIME: 8,
    Type.SYSTEMTIME: 16,
    Type.HEX32: 4,
    Type.HEX64: 8,
}
"""Bytes of one value, for types that have one size."""


class SystemValue(IntEnum):
    """Which of the outer template's values is what; the same in every template met so far."""

    LEVEL = 0
    OPCODE = 1
    TASK = 2
    EVENT_ID = 3
    QUALIFIERS = 4
    KEYWORDS = 5
    TIME_CREATED = 6
    ACTIVITY_ID = 7
    PROCESS_ID = 8
    THREAD_ID = 9
    RECORD_ID = 10
    VERSION = 11
    USER_ID = 12
    PROVIDER = 14
    PROVIDER_GUID = 15
    CHANNEL = 16
