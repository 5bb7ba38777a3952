"""Times as other tools write them: graphsess.artefacts.times."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import polars as pl
import pytest

from graphsess.artefacts.times import read
from graphsess.errors import UsageError

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
AT = dt.datetime(2020, 9, 19, 3, 22, 36, tzinfo=dt.UTC)


def moments(*texts, zone=dt.UTC, dates=None):
    found = read(pl.Series(texts, dtype=pl.String), zone, dates)
    return [None if us is None else dt.datetime.fromtimestamp(us / 1e6, dt.UTC)
            for us in found["us"]]


@pytest.mark.parametrize(
    "text",
    [
        "2020-09-19T03:22:36Z", "2020-09-19 03:22:36", "2020-09-19T03:22:36.0000000+00:00",
        "2020-09-19 05:22:36 +0200", "2020-09-19 03:22:36 UTC", "2020/09/19 03:22:36",
        "1600485756", "1600485756.0", "1600485756000", "1600485756000000",
        "1600485756000000000", "132449593560000000", "13244959356000000",
        "19.09.2020 03:22:36", "9/19/2020 3:22:36 AM", "Sat Sep 19 2020 03:22:36",
        "19 Sep 2020 03:22:36", "Sep 19, 2020 3:22:36 AM", "Sat Sep 19 03:22:36 2020",
    ],
)
def test_a_moment_is_read_however_it_is_written(text):
    assert moments(text) == [AT]


@pytest.mark.parametrize(
    "text",
    ["", None, "rubbish", "0", "1601-01-01 00:00:00", "2020-13-45 00:00:00", "12", "2020",
     "99999-01-01 00:00:00", "2020-09-19T99:22:36Z", "=cmd|' /C calc'!A0"],
)
def test_what_is_no_time_is_none(text):
    assert moments(text) == [None]


def test_fractions_are_kept_to_the_microsecond():
    assert moments("2020-09-19 03:22:36.1234567")[0].microsecond == 123_456


def test_a_time_without_a_zone_is_in_the_one_given():
    assert moments("2020-09-19 05:22:36", "2020-09-19 03:22:36Z", zone=BERLIN) == [AT, AT]


def test_an_hour_that_came_twice_is_a_stretch():
    """R7.3: clocks went back at three; both readings are possible."""
    found = read(pl.Series(["2020-10-25 02:30:00"]), BERLIN, None)
    assert found.row(0) == (1_603_585_800_000_000, 3_600_000_000, True)


def test_a_coarse_time_says_how_coarse_it_is():
    """R7.3."""
    found = read(pl.Series(["2020-09-19", "2020-09-19 03:22", "2020-09-19 03:22:36"]), dt.UTC, None)
    assert found["width_us"].to_list() == [86_400_000_000, 60_000_000, 0]


def test_one_date_can_settle_the_order_of_all():
    assert moments("01/02/2020", "13/02/2020")[0].month == 2
    assert moments("01/02/2020", "02/13/2020")[0].month == 1


def test_dates_that_can_be_read_both_ways_are_refused():
    with pytest.raises(UsageError, match="--dates"):
        moments("01/02/2020", "03/04/2020")
    assert moments("01/02/2020", dates="dmy")[0].month == 2


def test_dates_that_contradict_each_other_are_refused():
    with pytest.raises(UsageError, match="contradict"):
        moments("13/02/2020", "02/13/2020")
