"""This package writes Windows event log files (EVTX) as Windows itself would have."""

from __future__ import annotations

from graphsess.synth.evtx.file import write_evtx
from graphsess.synth.evtx.record import Record

__all__ = ["Record", "write_evtx"]
