"""Times as other tools write them: text to microseconds, and how coarse each is.

ISO 8601 and its looser kin, numbers since 1970 in seconds to nanoseconds, FILETIME and WebKit
numbers, dates with strokes or points, names of months. A date with strokes whose order nothing
tells is refused, not guessed.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo

import polars as pl

from graphsess.errors import UsageError

C = pl.col
_ZONE = r"\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?"
_CLOCK = r"(?:(?:[T, ]|, )\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?)?"
_ISO = rf"^(\d{{4}})[-/](\d{{1,2}})[-/](\d{{1,2}}){_CLOCK}{_ZONE}$"
_STROKES = rf"^(\d{{1,2}})([-/.])(\d{{1,2}})[-/.](\d{{4}}){_CLOCK}{_ZONE}$"
_NAMED = r"([A-Za-z]{3})[a-z]*"
_WEEKDAY = r"^(?:[A-Za-z]{3},? )?"
_DAY_MONTH = rf"{_WEEKDAY}(\d{{1,2}})[ -]{_NAMED}[ -](\d{{4}}){_CLOCK}{_ZONE}$"
_MONTH_DAY = rf"{_WEEKDAY}{_NAMED} +(\d{{1,2}}),? (\d{{4}}){_CLOCK}{_ZONE}$"
_CTIME = r"^(?:[A-Za-z]{3},? )?([A-Za-z]{3}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})$"
_NUMBER = r"^(\d{9,19})(?:\.(\d{1,9}))?$"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIRST_US = -11_612_937_600_000_000  # 1602: what is earlier is Windows' zero, or rubbish
_LAST_US = 7_258_118_400_000_000  # 2200
_FILETIME_US = 11_644_473_600_000_000
MINUTE_US, DAY_US = 60_000_000, 86_400_000_000
SHAPE: dict[str, pl.DataType] = {
    "us": pl.Int64(), "width_us": pl.Int64(), "ambiguous": pl.Boolean(),
}
"""A moment, how much later it may be, and whether a clock that was put back makes it doubtful."""


def read(texts: pl.Series, zone: dt.tzinfo, dates: str | None) -> pl.DataFrame:
    """Schema SHAPE, one row a text; null where it is no time.

    Args:
        texts: Of one column.
        zone: Of times that name none.
        dates: Order of dates with strokes, mdy or dmy; None to see it from the column.

    Raises:
        UsageError: dates with strokes could be read both ways, or contradict each other.
    """
    frame = texts.rename("text").to_frame().with_columns(C("text").str.strip_chars())
    order = dates or _order(frame)
    parts = frame.select("text", part=_parts(order == "dmy")).select(
        "text", *[C("part").struct.field(name).alias(name) for name in _PARTS]
    )
    whole = pl.concat([parts, _local(parts, zone)], how="horizontal")
    number = _number()
    coarse = pl.when(C("hour").is_null()).then(DAY_US).when(C("second").is_null()).then(MINUTE_US)
    twice = C("twice_us").fill_null(0)
    return whole.select(
        us=_plausible(pl.coalesce(number, "us")),
        width_us=pl.when(number.is_null()).then(coarse.otherwise(0) + twice).otherwise(0),
        ambiguous=number.is_null() & (twice > 0),
    )


_PARTS = ("year", "month", "day", "hour", "minute", "second", "fraction", "half", "zone")


def _parts(day_first: bool) -> pl.Expr:
    """The parts of a date and time as texts, whatever their order in the text."""
    iso = C("text").str.extract_groups(_ISO).struct
    strokes = C("text").str.extract_groups(_STROKES).struct
    day_month = C("text").str.extract_groups(_DAY_MONTH).struct
    month_day = C("text").str.extract_groups(_MONTH_DAY).struct
    ctime = C("text").str.extract_groups(_CTIME).struct
    points = strokes.field("2") == "."
    first, second = strokes.field("1"), strokes.field("3")
    dmy = points | pl.lit(day_first)
    clock = ("hour", "minute", "second", "fraction", "half", "zone")

    def after(group: int, found: pl.Expr) -> list[pl.Expr]:
        return [found.struct.field(str(group + at)).alias(name) for at, name in enumerate(clock)]

    def made(year: pl.Expr, month: pl.Expr, day: pl.Expr, rest: list[pl.Expr]) -> pl.Expr:
        return pl.struct(year.alias("year"), month.alias("month"), day.alias("day"), *rest)

    texts = C("text").str
    nothing = [
        ctime.field("3").alias("hour"), ctime.field("4").alias("minute"),
        ctime.field("5").alias("second"),
        *(pl.lit(None, pl.String).alias(name) for name in clock[3:]),
    ]
    return (
        pl.when(iso.field("1").is_not_null())
        .then(made(iso.field("1"), iso.field("2"), iso.field("3"),
                   after(4, texts.extract_groups(_ISO))))
        .when(strokes.field("1").is_not_null())
        .then(made(strokes.field("4"), pl.when(dmy).then(second).otherwise(first),
                   pl.when(dmy).then(first).otherwise(second),
                   after(5, texts.extract_groups(_STROKES))))
        .when(day_month.field("1").is_not_null())
        .then(made(day_month.field("3"), _month(day_month.field("2")), day_month.field("1"),
                   after(4, texts.extract_groups(_DAY_MONTH))))
        .when(month_day.field("1").is_not_null())
        .then(made(month_day.field("3"), _month(month_day.field("1")), month_day.field("2"),
                   after(4, texts.extract_groups(_MONTH_DAY))))
        .when(ctime.field("1").is_not_null())
        .then(made(ctime.field("6"), _month(ctime.field("1")), ctime.field("2"), nothing))
    )


def _month(name: pl.Expr) -> pl.Expr:
    numbers = [str(place) for place in range(1, 13)]
    return name.str.to_lowercase().replace_strict(
        list(_MONTHS), numbers, default=None, return_dtype=pl.String
    )


def _local(parts: pl.DataFrame, zone: dt.tzinfo) -> pl.DataFrame:
    """Microseconds UTC of parts, and how far apart the moments lie that showed that time."""
    hour = C("hour").cast(pl.Int64, strict=False).fill_null(0)
    half = C("half").str.to_lowercase()
    hour = (
        pl.when(half == "pm").then(hour % 12 + 12).when(half == "am").then(hour % 12)
        .otherwise(hour)
    )
    stamp = pl.concat_str(
        "year", pl.lit("-"), C("month").str.zfill(2), pl.lit("-"), C("day").str.zfill(2),
        pl.lit(" "), hour.cast(pl.String).str.zfill(2), pl.lit(":"),
        C("minute").fill_null("00"), pl.lit(":"), C("second").fill_null("00"),
    ).str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
    fraction = C("fraction").str.slice(0, 6).str.pad_end(6, "0").cast(pl.Int64, strict=False)
    digits = C("zone").str.extract_groups(r"^([+-])(\d\d):?(\d\d)$").struct
    minutes = digits.field("2").cast(pl.Int64) * 60 + digits.field("3").cast(pl.Int64)
    ahead = pl.when(digits.field("1") == "-").then(-minutes).otherwise(minutes)
    plain = parts.select(
        "zone", stamp=stamp, fraction=fraction.fill_null(0), ahead=ahead.fill_null(0)
    )
    early, late = _in_zone(zone)
    told = C("zone").is_not_null()
    utc = C("stamp").cast(pl.Int64)
    return plain.select(
        us=pl.when(told).then(utc - C("ahead") * MINUTE_US).otherwise(early) + C("fraction"),
        twice_us=pl.when(~told).then(late - early),
    )


def _in_zone(zone: dt.tzinfo) -> tuple[pl.Expr, pl.Expr]:
    """The local time as UTC, read as the earlier and as the later one where it came twice."""
    stamp = C("stamp")
    if isinstance(zone, zoneinfo.ZoneInfo) and zone.key not in ("UTC", "Etc/UTC"):
        def read_as(which: str) -> pl.Expr:
            return (
                stamp.dt.replace_time_zone(
                    zone.key, ambiguous=pl.lit(which), non_existent="null"
                )
                .dt.convert_time_zone("UTC")
                .dt.replace_time_zone(None)
                .cast(pl.Int64)
            )

        return read_as("earliest"), read_as("latest")
    offset = zone.utcoffset(dt.datetime(2000, 1, 1)) or dt.timedelta()  # noqa: DTZ001 - fixed
    utc = stamp.cast(pl.Int64) - offset // dt.timedelta(microseconds=1)
    return utc, utc


def _number() -> pl.Expr:
    """Numbers since 1970, or since 1601 where they are as long as Windows makes them."""
    whole = C("text").str.extract(_NUMBER, 1)
    value = whole.cast(pl.Int64, strict=False)
    part = (
        C("text").str.extract(_NUMBER, 2).str.slice(0, 6).str.pad_end(6, "0")
        .cast(pl.Int64, strict=False).fill_null(0)
    )
    length = whole.str.len_chars()
    windows = whole.str.starts_with("13") | whole.str.starts_with("12")
    return (
        pl.when(length <= 11)
        .then(value * 1_000_000 + part)
        .when(length <= 14)
        .then(value * 1_000)
        .when((length == 17) & windows)
        .then(value - _FILETIME_US)
        .when(length <= 17)
        .then(value)
        .when((length == 18) & windows)
        .then(value // 10 - _FILETIME_US)
        .otherwise(value // 1_000)
    )


def _plausible(us: pl.Expr) -> pl.Expr:
    return pl.when((us > _FIRST_US) & (us < _LAST_US)).then(us)


def _order(frame: pl.DataFrame) -> str:
    """Whether dates with strokes begin with the month or the day, as the whole column tells."""
    parts = frame.select(
        first=C("text").str.extract(_STROKES, 1).cast(pl.Int64),
        sign=C("text").str.extract(_STROKES, 2),
        second=C("text").str.extract(_STROKES, 3).cast(pl.Int64),
    ).filter((C("sign") != ".") & C("first").is_not_null())
    if parts.is_empty():
        return "mdy"
    day_first = parts.select((C("first") > 12).any()).item()
    month_first = parts.select((C("second") > 12).any()).item()
    if day_first and month_first:
        raise UsageError(
            "its dates contradict each other: some begin with the day, some with the month; "
            "say which is right with --dates dmy or --dates mdy"
        )
    if not day_first and not month_first:
        sample = frame.filter(C("text").str.contains(_STROKES))["text"][0]
        raise UsageError(
            f"a date like {sample!r} may begin with the day or the month; say which with "
            "--dates dmy or --dates mdy"
        )
    return "dmy" if day_first else "mdy"
