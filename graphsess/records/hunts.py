"""Hunts as streams of records: a column `start_us` of a query is the field `start` of a record."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import polars as pl

from graphsess.case.tables import Tables
from graphsess.errors import UsageError
from graphsess.queries import Query, load, names
from graphsess.queries.query import Value
from graphsess.queries.twins import NO_ROWS, TWINS
from graphsess.records.ask import Ask
from graphsess.records.columns import moment
from graphsess.records.stream import Stream

Row = dict[str, Any]
Answer = Callable[[Tables, Mapping[str, Value]], pl.DataFrame]
GROUP = "hunt"
HIDDEN = "hidden"
"""The parameter that `--all` sets."""
_US = "_us"
_HOSTS = ("host", "hosts", "from_host", "to_host", "second_host", "via", "server", "unattended_on")
_USERS = ("user", "users", "from_user", "to_user", "as_user", "by_user", "session_user", "account",
          "accounts", "names", "outbound_user", "before_user", "parent_user", "causal_user")
_ADDRESSES = ("address", "addresses", "second_address", "before_address", "parent_address",
              "source_address", "entry_address", "source")
_SPANS = (("start", "end"), ("first", "last"), ("from", "to"), ("start", "start"), ("time", "time"),
          ("at", "at"))
_FIRST = ("time", "start", "first")
"""Fields that a table shows first."""
_IDS = (
    "session", "run", "move", "chain", "event", "logon", "parent", "id", "from_session",
    "to_session", "by_session", "before_session", "second_session", "last_session",
    "other_session",
)  # fmt: skip
"""Fields that nobody reads but to ask further; they stand last in tables."""


def hunt(name: str) -> Query:
    """The hunt with this name, as people say it.

    Raises:
        UsageError: there is none.
    """
    known = [full.partition("/")[2] for full in names(GROUP)]
    if name not in known:
        near = [stem for stem in known if name.lower() in stem or stem in name.lower()]
        told = f"did you mean {' or '.join(near)}" if near else "`graphsess hunts` lists them all"
        raise UsageError(f"there is no hunt {name!r}; {told}")
    return load(f"{GROUP}/{name}")


def values_of(query: Query, given: Iterable[str], zone: dt.tzinfo = dt.UTC) -> dict[str, Value]:
    """Values for all parameters of a hunt, out of `name=value` as people type them.

    Raises:
        UsageError: a parameter is unknown, given twice, or its value is none of its type.
    """
    told: dict[str, Value] = {}
    for text in given:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals:
            raise UsageError(f"--param takes NAME=VALUE, not {text!r}")
        if name in told:
            raise UsageError(f"parameter {name} is given twice")
        param = query.params.get(name)
        told[name] = value if param is None else param.read(value, zone)
    return query.values(told)


def hunting(query: Query, values: Mapping[str, Value], answer: Answer | None = None) -> Stream:
    """The stream of a hunt's records.

    Args:
        query: The hunt.
        values: Of all its parameters.
        answer: What gives the rows; the twin, unless a store answers.
    """
    asked = answer or TWINS[query.name.partition("/")[2]]

    def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
        shown = {HIDDEN: True} if ask.every and HIDDEN in query.params else {}
        return as_records(asked(tables, {**values, **shown}))

    fields = tuple(column.removesuffix(_US) for column in query.returns)

    def known(wanted: Iterable[str]) -> tuple[str, ...]:
        return tuple(field for field in wanted if field in fields)

    return Stream(
        name=query.name.partition("/")[2],
        says=query.title,
        rows=rows,
        fields=fields,
        shown=tuple(dict.fromkeys((*known(_FIRST), *_read(fields), *known(_IDS)))),
        hosts=known(_HOSTS),
        users=known(_USERS),
        addresses=known(_ADDRESSES),
        kind=next(iter(known(("kind", "kinds"))), None),
        span=next((span for span in _SPANS if set(span) <= set(fields)), None),
    )


def answered(query: Query, ask: Callable[[str, Mapping[str, Value]], list[Row]]) -> Answer:
    """The answer of an engine that runs the hunt's Cypher, with the types of its twin.

    Args:
        query: The hunt.
        ask: Gives the rows of a query with its values, as a store or a graph in memory does.
    """
    twin = TWINS[query.name.partition("/")[2]]

    def rows(tables: Tables, values: Mapping[str, Value]) -> pl.DataFrame:
        del tables  # the engine has its own
        return pl.DataFrame(ask(query.text, values), twin(NO_ROWS, values).schema)

    return rows


def as_records(found: pl.DataFrame) -> pl.DataFrame:
    """Rows of a query with moments for its microseconds, under the fields' names."""
    return found.select(
        moment(column).alias(column.removesuffix(_US)) if column.endswith(_US) else column
        for column in found.columns
    )


def _read(fields: Iterable[str]) -> Iterable[str]:
    """The fields that people read, in their order."""
    return (field for field in fields if field not in _IDS)


_PARAM = pl.Struct(
    {"name": pl.String(), "type": pl.String(), "default": pl.String(), "means": pl.String()}
)


def listed(tables: Tables | None = None, ask: Ask | None = None) -> pl.DataFrame:
    """Every hunt: its name, question and parameters."""
    del tables, ask
    rows = [_listed(load(name)) for name in names(GROUP)]
    schema = {
        "name": pl.String(), "title": pl.String(), "asks": pl.String(),
        "parameters": pl.List(pl.String()), "params": pl.List(_PARAM),
        "returns": pl.List(pl.String()), "events": pl.String(), "limits": pl.String(),
        "see": pl.List(pl.String()),
    }
    return pl.DataFrame(rows, schema)


def _listed(query: Query) -> dict[str, object]:
    params = [
        {
            "name": param.name, "type": param.type, "default": json.dumps(param.default),
            "means": param.means,
        }
        for param in query.params.values()
    ]
    return {
        "name": query.name.partition("/")[2],
        "title": query.title,
        "asks": query.asks,
        "parameters": [
            f"{param['name']}={param['default']}" for param in params if param["name"] != HIDDEN
        ],
        "params": params,
        "returns": [column.removesuffix(_US) for column in query.returns],
        "events": query.events,
        "limits": query.limits,
        "see": list(query.see),
    }


HUNTS = Stream(
    name="hunts",
    says="the hunts that can be run, each with its question and its parameters",
    rows=listed,
    fields=("name", "title", "asks", "params", "returns", "events", "limits", "see"),
    shown=("name", "asks", "parameters"),
    hosts=(),
    users=(),
    addresses=(),
    kind=None,
    span=None,
)
