"""This file holds the record: one event to be written, as a person would describe it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Record:
    """One event to be written.

    Attributes:
        provider: e.g. "Microsoft-Windows-Security-Auditing". With `event_id` and `version` it
            chooses the template; without one, the fields become strings of an EventData.
        channel: e.g. "Security".
        computer: As logged; a literal of the template, as in real files.
        record_id: EventRecordID in the body. Readers expect it to rise within a file.
        time: System/TimeCreated, FILETIME: 100 ns units since 1601, UTC.
        fields: By field name: int, str, bytes, UUID text, SID text or bool, as the field's type
            asks; None, or left out, is logged as null. Numbers may be text ("0x3e7"). Unnamed
            Data is a list of str under "Data".
        activity_id: GUID text for System/Correlation@ActivityID.
        user_sid: SID text for System/Security@UserID.
        header_record_id: The record header's id where it differs from the body (exports).
        header_time: The record header's FILETIME where it differs from the body.
        forwarded: Written as plain BinXML (no template), every number as text, as a collector
            stores a rendered record.
    """

    provider: str
    event_id: int
    version: int
    channel: str
    computer: str
    record_id: int
    time: int
    fields: Mapping[str, object]
    activity_id: str | None = None
    user_sid: str | None = None
    process_id: int = 4
    thread_id: int = 8
    level: int = 0
    task: int = 0
    opcode: int = 0
    keywords: int = 0x8020000000000000
    header_record_id: int | None = None
    header_time: int | None = None
    forwarded: bool = False
