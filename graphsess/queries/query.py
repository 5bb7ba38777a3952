"""One Cypher file: what its header promises, and its statements.

A header is lines `// key: text` at the head of the file; a line `//   text` goes on with the one
before. `param` may stand several times and reads `name type = default ; meaning and unit`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from graphsess.errors import QueryError, UsageError
from graphsess.moments import microseconds_of

Value = str | int | float | bool | list[str] | None

REQUIRED = ("title", "asks", "reads", "events", "returns", "limits")
KNOWN = (*REQUIRED, "writes", "param", "see")
_LINE = re.compile(r"//\s*(?:(?P<key>[a-z]+):\s*)?(?P<text>.*)")
_PARAM = re.compile(r"(?P<name>[a-z]\w*) (?P<type>\w+) = (?P<default>.+?) ; (?P<means>.+)")
_TYPES: Mapping[str, Any] = MappingProxyType(
    {"int": int, "float": int | float, "text": str, "bool": bool, "texts": list,
     "time": str, "map": dict}
)


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a query.

    Attributes:
        name: As the query says it, without `$`.
        type: int, float, text, bool, texts, time or map.
        default: Its value where none is given; None where it filters nothing.
        means: What it turns, with its unit.
    """

    name: str
    type: str
    default: Value
    means: str

    def read(self, text: str, zone: dt.tzinfo = dt.UTC) -> Value:
        """The value out of a text, as a person types it; `null` for none, commas part texts.

        A time becomes microseconds since 1970; `zone` is that of times without an offset.

        Raises:
            UsageError: the text is no value of this type.
        """
        text = text.strip()
        if text == "null":
            return None
        try:
            if self.type == "int":
                return int(text)
            if self.type == "float":
                return float(text)
        except ValueError:
            raise UsageError(f"parameter {self.name} takes a number, not {text!r}") from None
        if self.type == "bool":
            if text.lower() not in ("true", "false"):
                raise UsageError(f"parameter {self.name} takes true or false, not {text!r}")
            return text.lower() == "true"
        if self.type == "time":
            return microseconds_of(text, zone)
        if self.type == "texts":
            return [part.strip() for part in text.split(",") if part.strip()]
        return text


@dataclass(frozen=True, slots=True)
class Query:
    """One file of `cypher/`.

    Attributes:
        name: `folder/stem`, as `hunt/shared_source`.
        title: A headline.
        asks: The question in one sentence.
        reads: What it reads of the graph.
        writes: What it writes; empty for a query that only reads.
        events: Channels and event ids that it rests on.
        params: Its parameters by name, each with a default.
        returns: Its columns, in order.
        limits: When a hit is innocent, or a miss means nothing.
        see: Where to read on.
        statements: The Cypher, one statement each, without the header.
    """

    name: str
    title: str
    asks: str
    reads: str
    writes: str
    events: str
    params: Mapping[str, Param]
    returns: tuple[str, ...]
    limits: str
    see: tuple[str, ...]
    statements: tuple[str, ...]

    @property
    def text(self) -> str:
        """All its statements."""
        return ";\n\n".join(self.statements)

    def values(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """A value for each parameter: the given one, else the default.

        Raises:
            UsageError: the query has no such parameter.
        """
        for name in given:
            if name not in self.params:
                known = ", ".join(self.params) or "none"
                raise UsageError(f"{self.name} has no parameter {name!r}; it has {known}")
        return {name: given.get(name, param.default) for name, param in self.params.items()}


def parse(name: str, text: str, origin: str) -> Query:
    """A query out of the text of its file.

    Args:
        name: `folder/stem`.
        text: The whole file.
        origin: The file's path, for errors.

    Raises:
        QueryError: a header line is unknown, missing, empty or malformed.
    """
    lines = text.split("\n")
    said: dict[str, list[str]] = {}
    at = 0
    for number, key, value in _header(lines, origin):
        at = number
        if key is None:
            said[next(reversed(said))][-1] += f" {value}"
        else:
            said.setdefault(key, []).append(value)
    for key in REQUIRED:
        if not said.get(key, [""])[0]:
            raise QueryError(f"{origin}: the header lacks {key}; write a line `// {key}: …`")
    for key in set(said) - {"param", "see"}:
        if len(said[key]) > 1:
            raise QueryError(f"{origin}: the header says {key} twice")
    params = {param.name: param for param in (_param(it, origin) for it in said.get("param", ()))}
    body = "\n".join(lines[at:])
    statements = tuple(
        part.strip() for part in re.split(r";[ \t]*(?:\n|$)", body) if part.strip()
    )
    if not statements:
        raise QueryError(f"{origin}: holds no statement")
    return Query(
        name=name,
        writes=said.get("writes", [""])[0],
        params=MappingProxyType(params),
        returns=tuple(column.strip() for column in said["returns"][0].split(",")),
        see=tuple(said.get("see", ())),
        statements=statements,
        **{key: said[key][0] for key in ("title", "asks", "reads", "events", "limits")},
    )


def _header(lines: list[str], origin: str) -> Iterator[tuple[int, str | None, str]]:
    """Number of each header line, its key (None where it goes on) and its text."""
    begun = False
    for number, line in enumerate(lines, start=1):
        found = _LINE.fullmatch(line.rstrip())
        if not found:
            return
        key, text = found["key"], found["text"].strip()
        if key is not None and key not in KNOWN:
            known = ", ".join(KNOWN)
            raise QueryError(f"{origin}:{number}: unknown header {key!r}; known: {known}")
        if key is None and not begun:
            raise QueryError(f"{origin}:{number}: a header begins with `// title: …`")
        begun = True
        yield number, key, text


def _param(line: str, origin: str) -> Param:
    found = _PARAM.fullmatch(line)
    if not found or found["type"] not in _TYPES:
        raise QueryError(
            f"{origin}: param {line!r} must read `name type = default ; meaning`, "
            f"with a type of {', '.join(_TYPES)}"
        )
    try:
        default: Any = json.loads(found["default"])
    except ValueError:
        raise QueryError(f"{origin}: default {found['default']!r} is no JSON value") from None
    if not isinstance(default, _TYPES[found["type"]] | None):
        raise QueryError(f"{origin}: default {found['default']} of {found['name']} is no "
                         f"{found['type']}")
    return Param(found["name"], found["type"], default, found["means"])
