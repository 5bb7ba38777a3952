"""This file holds how a template is declared: a line of fields with their types, and its shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from graphsess.synth.evtx.values import KINDS, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

BLOB = "Binary"


class Field(NamedTuple):
    """One named value of an event."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Shape:
    """How the fields are wrapped.

    Attributes:
        wrapper: Name of the element that holds the fields.
        namespace: Its xmlns, where it has one.
        user_data: It stands in UserData, one element a field (`<User>`); otherwise it stands
            in Event itself, one `<Data Name="User">` a field.
        name: The wrapper's Name attribute, where it has one.
        unnamed: An array of unnamed Data and a Binary, as classic providers log.
        qualifiers: System/EventID@Qualifiers, where logged.
    """

    wrapper: str = "EventData"
    namespace: str | None = None
    user_data: bool = False
    name: str | None = None
    unnamed: bool = False
    qualifiers: int | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """What one (provider, event id, version) logs.

    Attributes:
        fields: In payload order, without the trailing Binary.
        binary: A `<Binary>` element follows the fields.
    """

    provider: str
    event_id: int
    version: int
    fields: tuple[Field, ...]
    shape: Shape
    binary: bool = False


Key = tuple[int, int]


def events(
    provider: str,
    declared: Mapping[Key, str],
    shape: Shape = Shape(),
) -> tuple[Template, ...]:
    """The templates of one provider.

    Args:
        provider: Its name.
        declared: (event id, version) to its fields: names in payload order, set off by commas,
            each with `:type` where it is not a string. The types are the keys of
            `values.KINDS`. A last field "Binary" is the classic binary part.
        shape: How all of them are wrapped.
    """
    return tuple(
        _template(provider, event_id, version, line, shape)
        for (event_id, version), line in declared.items()
    )


def unnamed(provider: str, declared: Mapping[int, int]) -> tuple[Template, ...]:
    """The events of a classic provider: event id to its Qualifiers; all version 0."""
    return tuple(
        Template(provider, event_id, 0, (), Shape(unnamed=True, qualifiers=qualifiers), True)
        for event_id, qualifiers in declared.items()
    )


def _template(provider: str, event_id: int, version: int, line: str, shape: Shape) -> Template:
    names = [part.strip() for part in line.split(",")] if line else []
    binary = bool(names) and names[-1] == BLOB
    fields = tuple(_field(name) for name in (names[:-1] if binary else names))
    return Template(provider, event_id, version, fields, shape, binary)


def _field(text: str) -> Field:
    name, _, kind = text.partition(":")
    return Field(name, KINDS[kind or "str"])
