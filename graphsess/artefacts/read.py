"""Dated artefacts of other tools as one shape: what each row tells of when, where and by whom."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from graphsess.artefacts import files, times
from graphsess.artefacts.roles import Role, guessed
from graphsess.artefacts.tools import Tool, tool_of
from graphsess.errors import UsageError
from graphsess.events import forms

C = pl.col
CONSTANT = "="
"""Before what is no column but the same for every row: `host==ws1`."""
NOTHING = ("", "-", "n/a", "na", "none", "null", "unknown", "nan", "not found", "not set")
TOLD: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "time_us": pl.Int64(),
    "width_us": pl.Int64(),
    "ambiguous": pl.Boolean(),
    "host": pl.String(),
    "user": pl.String(),
    "sid": pl.String(),
    "luid": pl.Int64(),
    "logon_guid": pl.String(),
    "process_guid": pl.String(),
    "pid": pl.Int64(),
    "ts_id": pl.Int64(),
    "path": pl.String(),
}
"""What a row tells, normalised; `time_us` is null where its time cannot be read."""
_NUMBERS = {Role.LUID: forms.luid, Role.PID: forms.number, Role.TS_ID: forms.number}
_GUIDS = (Role.LOGON_GUID, Role.PROCESS_GUID)


@dataclass(frozen=True, slots=True)
class Artefacts:
    """The artefacts of one file.

    Attributes:
        name: The file.
        own: The rows as written, in order.
        told: Schema TOLD, a row for each of `own`.
        roles: Which column was taken for what.
        tool: The tool that wrote the file, where it is known.
        bad: Numbers of rows that do not fit the file's form; they are in neither frame.
    """

    name: str
    own: pl.DataFrame
    told: pl.DataFrame
    roles: Mapping[Role, tuple[str, ...]]
    tool: Tool | None
    bad: tuple[int, ...]

    @property
    def undated(self) -> int:
        """How many rows have no time that can be read."""
        return int(self.told["time_us"].null_count())


def read(
    content: bytes,
    name: str,
    *,
    columns: Mapping[Role, tuple[str, ...]],
    zone: dt.tzinfo,
    dates: str | None,
) -> Artefacts:
    """The artefacts of a file.

    Args:
        content: The file.
        name: For messages.
        columns: Roles that somebody gave, against the guess; an empty tuple takes one away.
        zone: Of times that name none.
        dates: Order of dates with strokes, where somebody gave it.

    Raises:
        GraphsessError: it is no such file.
        UsageError: no column has a time, or its dates can be read in two ways.
    """
    rows = files.rows(content, name)
    headers = [header for header in rows.frame.columns if header != files.NUMBER]
    known = tool_of(headers)
    tool, roles = known if known else (None, guessed(headers))
    roles = {role: names for role, names in {**roles, **columns}.items() if names}
    for role, names in columns.items():
        for header in names:
            if not header.startswith(CONSTANT) and header not in headers:
                raise UsageError(
                    f"{name} has no column {header!r} for {role.value}; it has "
                    f"{', '.join(headers[:30])}"
                )
    if Role.TIME not in roles:
        raise UsageError(
            f"no column of {name} looks like a time; name it with --column time=NAME (it has "
            f"{', '.join(headers[:30])})"
        )
    try:
        told = _told(rows.frame, roles, zone, dates or (tool.dates if tool else None), tool)
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from error
    own = rows.frame.drop(files.NUMBER)
    return Artefacts(name, own, told, roles, tool, rows.bad)


def _told(
    frame: pl.DataFrame,
    roles: Mapping[Role, tuple[str, ...]],
    zone: dt.tzinfo,
    dates: str | None,
    tool: Tool | None,
) -> pl.DataFrame:
    texts = frame.select(
        C(files.NUMBER).alias("row"),
        **{
            role.value: _path(names) if role is Role.PATH else _first(names)
            for role, names in roles.items()
        },
    )
    moments = _moments(texts, zone, dates, tool)
    made = pl.concat([texts.drop("time"), moments], how="horizontal")
    for role in Role:
        if role.value not in made.columns:
            made = made.with_columns(pl.lit(None, pl.String).alias(role.value))
    made = made.with_columns(
        *(form(role.value) for role, form in _NUMBERS.items()),
        *(forms.guid(role.value) for role in _GUIDS),
    )
    named = C("user")
    in_name = named.str.to_uppercase().str.extract(r"(?:^|\()(S-1-[\d-]+)\)?$", 1)
    whole = pl.when(C("domain").is_not_null() & ~named.str.contains(r"[\\@]")).then(
        pl.concat_str("domain", pl.lit("\\"), "user")
    ).otherwise(named)
    return made.with_columns(
        sid=pl.coalesce(forms.sid("sid"), in_name),
        user=pl.when(in_name.is_null()).then(whole),
    ).select([C(column).cast(kind) for column, kind in TOLD.items()])


def _moments(
    texts: pl.DataFrame, zone: dt.tzinfo, dates: str | None, tool: Tool | None
) -> pl.DataFrame:
    """time_us, width_us and ambiguous of each row."""
    at = texts["time"]
    if "date" in texts.columns:
        at = texts.select(pl.concat_str("date", pl.lit(" "), "time"))["date"]
    found = _zoned(at, texts, zone, dates)
    early = (tool.before_s if tool else 0) * 1_000_000
    found = found.select(
        time_us=C("us") - early, width_us=C("width_us") + early, ambiguous="ambiguous"
    )
    if "end" not in texts.columns:
        return found
    until = _zoned(texts["end"], texts, zone, dates)["us"].alias("end_us")
    return found.with_columns(until).select(
        "time_us", "ambiguous",
        width_us=pl.max_horizontal(
            "width_us", pl.when(C("end_us") > C("time_us")).then(C("end_us") - C("time_us"))
        ),
    )


def _zoned(
    at: pl.Series, texts: pl.DataFrame, zone: dt.tzinfo, dates: str | None
) -> pl.DataFrame:
    """The moments, each read in the zone that its row names, or else in the one given."""
    if "zone" not in texts.columns:
        return times.read(at, zone, dates)
    frame = pl.DataFrame({"at": at.cast(pl.String), "zone": texts["zone"]}).with_row_index("n")
    parts = []
    for (name,), rows in frame.group_by(["zone"], maintain_order=True):
        read_as = _zone_of(str(name), zone) if name is not None else zone
        moments = times.read(rows["at"], read_as, dates)
        parts.append(moments.with_columns(rows["n"]))
    return pl.concat(parts).sort("n").drop("n")


def _zone_of(name: str, other: dt.tzinfo) -> dt.tzinfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return other


def _first(names: tuple[str, ...]) -> pl.Expr:
    """The first of the columns that says something."""
    return pl.coalesce(_said(name) for name in names)


def _path(names: tuple[str, ...]) -> pl.Expr:
    """The columns as one path."""
    return pl.concat_str([_said(name) for name in names], separator="\\", ignore_nulls=True)


def _said(name: str) -> pl.Expr:
    if name.startswith(CONSTANT):
        return pl.lit(name.removeprefix(CONSTANT))
    text = C(name).cast(pl.String).str.strip_chars()
    return pl.when(~text.str.to_lowercase().is_in(NOTHING)).then(text)
