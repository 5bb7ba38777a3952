"""Which field of an inner template fills which of our columns, and how it is taken.

Whole numbers and times are taken as such where the column wants them so; all else goes by way of
text. A template that says something in a form that none of this covers has no plan.
"""

from __future__ import annotations

from typing import NamedTuple

from graphsess.catalogue import COLUMNS, Form, Kind
from graphsess.catalogue.terminal_services import MESSAGE
from graphsess.readers.evtx.definitions import Hole
from graphsess.readers.evtx.format import Type
from graphsess.readers.evtx.templates import Inner

_NUMBERS = frozenset(
    {Type.UINT8, Type.UINT16, Type.UINT32, Type.UINT64, Type.HEX32, Type.HEX64, Type.SIZE}
)
_AS_NUMBER = {Form.LUID: _NUMBERS, Form.NUMBER: _NUMBERS, Form.TIME: frozenset({Type.FILETIME}),
              Form.CODE: frozenset({Type.UINT32, Type.HEX32})}  # fmt: skip
_OF_MESSAGES = frozenset({"lsm_message", "rcm_message"})
"""Text parsers that have nothing to say where a record has fields instead of a message."""


class Pick(NamedTuple):
    """One column: the fields that may fill it, in order of preference, and if as a number."""

    column: str
    holes: tuple[Hole, ...]
    number: bool


def plan(kind: Kind, inner: Inner) -> tuple[Pick, ...] | None:
    """How records of a kind and a template fill our columns; None if in a way of their own."""
    if kind.parse is not None and not (kind.parse in _OF_MESSAGES and MESSAGE not in inner.holes):
        return None
    picks = []
    for column, names in kind.fields.items():
        fields = (names,) if isinstance(names, str) else names
        holes = tuple(inner.holes[name] for name in fields if name in inner.holes)
        if not holes:
            continue
        numbers = _AS_NUMBER.get(COLUMNS[column].form, frozenset())
        number = all(hole.kind in numbers for hole in holes)
        if not number and len(holes) > 1 and column == "status":
            return None
        picks.append(Pick(column, holes, number))
    return tuple(picks)
