"""Why a file is no event log, or not a whole one, in one sentence that names the remedy."""

from __future__ import annotations

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (
        b"\x30\x00\x00\x00LfLe",
        "is a legacy .evt log of Windows XP or 2003; convert it with "
        "`wevtutil epl old.evt new.evtx /lf:true` on a Windows machine and give the .evtx",
    ),
    (
        b"version https://git-lfs",
        "is a Git LFS pointer, not the file itself; run `git lfs pull` in its repository",
    ),
    (b"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive; unpack it and give the folder"),
    (b"Rar!\x1a\x07", "is a RAR archive; unpack it and give the folder"),
    (b"\xfd7zXZ\x00", "is an xz archive; unpack it and give the file"),
    (b"BZh", "is a bzip2 archive; unpack it and give the file"),
    (b"\x28\xb5\x2f\xfd", "is a zstd archive; unpack it and give the file"),
    (b"EVF\x09\x0d\x0a\xff", "is a disk image; extract Windows\\System32\\winevt\\Logs from it"),
    (b"SQLite format 3", "is a database; export its events as JSON lines or give the .evtx files"),
    (b"regf", "is a registry hive, not an event log; give the .evtx files of the same machine"),
)

EMPTY = "is empty (0 bytes); collect it again, or leave it out"
"""A log that was created and never filled, or a copy that failed."""

NESTED = "is an archive inside an archive; unpack the outer one and give the folder"
"""Archives in archives are not opened: the usual form of a decompression bomb."""

NO_LOGS = "holds no event logs; give the archive or folder that has the .evtx files"
"""An archive without a single log."""


def damage(path: str, unreadable: int, chunks_bad: int) -> str | None:
    """The sentence about a log that could be read in part; None if it is whole."""
    parts = []
    if unreadable:
        parts.append(f"{unreadable} record{'s' if unreadable > 1 else ''} cannot be read")
    if chunks_bad:
        parts.append(f"{chunks_bad} chunk{'s are' if chunks_bad > 1 else ' is'} damaged")
    if not parts:
        return None
    return (
        f"{path}: {' and '.join(parts)}; what can be read was used, "
        "look for another copy (shadow copy, backup, forwarded log)"
    )


def is_old_log(head: bytes) -> bool:
    """True for a legacy .evt log: worth a line in the ledger whatever its name."""
    return head[4:8] == b"LfLe"


def reason(head: bytes) -> str:
    """What a file that begins so is, and what to do, as the end of a sentence."""
    if not head:
        return EMPTY
    for magic, says in _MAGIC:
        if head.startswith(magic):
            return says
    if not head.strip(b"\0"):
        return "begins with zeros only, as failed copies do; collect it again"
    if _is_text(head):
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
            return (
                "is JSON of a shape that graphsess does not know; give the .evtx, "
                "or JSON lines from evtx_dump, nxlog or winlogbeat"
            )
        return "is text, not an event log; give the .evtx, or an export as XML or JSON lines"
    return "is not an event log; give .evtx files, or exports as XML or JSON lines"


def _is_text(head: bytes) -> bool:
    odd = sum(byte < 9 or 13 < byte < 32 for byte in head[:4096])
    return odd == 0
