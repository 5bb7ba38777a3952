"""How well a session is known: graphsess.derive.confidence (R5.11, R5.12)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import (
    CONSOLE,
    activity,
    build,
    built,
    console_off,
    console_on,
    event,
    nla_luid,
    rdp_auth,
    rdp_knock,
    rdp_off,
    rdp_on,
    runs_for,
    table,
    told,
)

ANN, BOB = "LAB\\ann", "LAB\\bob"
WS9, WS8 = "10.0.0.9", "10.0.0.8"
FACETS = ("confidence_start", "confidence_user", "confidence_source", "confidence_end")


def facets(made, place=0):
    return told(made["sessions"], *FACETS)[place]


def without(lines, *families):
    return [line for line in lines if line["kind"].partition("_")[0] not in families]


def session(off=True):
    lines = rdp_on(0, ANN, 0xA0010, WS9, 1)
    return [*lines, *rdp_off(60, ANN, 0xA0010, WS9, 1)] if off else lines


def test_two_channels_that_agree_by_exact_key_are_25():
    made = build(session())
    assert facets(made) == (25, 25, 25, 25)
    assert told(made["sessions"], "confidence", "confidence_band", "end_band") == [
        (100, "high", "high")
    ]


def test_one_channel_by_exact_key_is_18():
    """R5.11: LSM alone."""
    made = build(
        event("lsm_21", 0, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
        event("lsm_24", 60, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
    )
    assert facets(made) == (18, 18, 18, 18)
    assert told(made["sessions"], "confidence", "confidence_band") == [(72, "high")]


def test_21_25_and_1149_alone_reach_high():
    """R5.12."""
    made = build(without(session(), "security", "core", "winlogon"))
    assert told(made["sessions"], "confidence_band", "flags") == [
        ("high", ["security_not_covering"])
    ]


def test_what_only_a_time_window_joins_is_12():
    """R5.11, R4.3: Windows 7; the start hangs on the window, 25 needs an exact key."""
    made = build(
        event("rcm_261", 0, session_name="RDP-Tcp"),
        event("rcm_1149", 0.5, user=ANN, address=WS9),
        event("lsm_21", 0.9, user=ANN, ts_id=2, address=WS9),
    )
    assert told(made["sessions"], "start", "confidence_start") == [(0, 12)]


def test_an_ambiguous_chain_is_less_sure():
    """R4.3: lower confidence."""
    def chained(at, user, ip, ts):
        return [event("rcm_261", at, session_name="RDP-Tcp"),
                event("rcm_1149", at + 0.5, user=user, address=ip),
                event("lsm_21", at + 0.9, user=user, ts_id=ts, address=ip)]

    sure = build(chained(0, ANN, WS9, 2))
    doubtful = build(chained(0, ANN, WS9, 2), chained(0.2, BOB, WS8, 3))
    assert max(doubtful["sessions"]["confidence"]) < sure["sessions"]["confidence"][0]


def test_an_inferred_end_is_6_and_lowers_only_the_ends_band():
    made = build(session(off=False), event("kernel_13", 400, stated=400),
                 event("kernel_12", 500, stated=500))
    assert facets(made)[3] == 6
    assert told(made["sessions"], "confidence_band", "end_band") == [("high", "low")]


def test_an_unobserved_end_is_unknown():
    """R5.11: 0."""
    made = build(event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3, address=WS9,
                       port=49_800))
    assert told(made["sessions"], "end_kind", "confidence_end", "end_band") == [
        ("unobserved", 0, "low")
    ]


LEFT_OUT = [
    pytest.param([event("security_4625", 0, user=ANN, logon_type=3, address=WS9, port=49_800)],
                 "confidence_end", id="the end of a failed attempt"),
    pytest.param([event("security_4625", 0, user=ANN, logon_type=3, address=WS9, port=49_800,
                        status="0xC000015B")], "confidence_end", id="the end of a denied one"),
    pytest.param(rdp_on(0, ANN, 0xA0010, WS9, 1), "confidence_end",
                 id="the end of one that is open at the end of the log, with coverage"),
    pytest.param(console_on(0, ANN, 0xA0010), "confidence_source", id="the source of a console"),
]


@pytest.mark.parametrize(("lines", "facet"), LEFT_OUT)
def test_what_does_not_apply_is_left_out_of_the_mean(lines, facet):
    """R5.11: mean of the applicable facets x 4, rounded down."""
    made = build(lines)
    [row] = made["sessions"].to_dicts()
    assert row[facet] is None
    rest = [row[name] for name in FACETS if row[name] is not None]
    assert row["confidence"] == sum(rest) * 4 // len(rest)


def test_an_open_end_without_coverage_is_unknown_and_counts():
    """R5.11: left out only *with* coverage."""
    made = build(session(off=False), trusted=False)
    assert told(made["sessions"], "end_kind", "confidence_end") == [("open_at_end_of_log", 0)]


def test_a_tunnel_caps_the_source_at_6():
    made = build(rdp_on(0, ANN, 0xA0010, "127.0.0.1", 1))
    assert facets(made)[2] == 6
    assert told(made["sessions"], "confidence_band") == [("low",)]


def test_a_clock_jump_lowers_start_and_end_only():
    lines = [*console_on(0, ANN, 0xA0010), *console_off(100, ANN, 0xA0010)]
    jumped = [
        *console_on(0, ANN, 0xA0010),
        event("security_4616", -3_540, before=60, stated=-3_540),
        *console_off(-3_500, ANN, 0xA0010),
    ]
    straight, turned = facets(build(lines)), facets(build(jumped, as_written=True))
    assert turned == (straight[0] - 10, straight[1], None, straight[3] - 10)


def test_carved_records_alone_lower_all_by_10():
    read = table(session())
    whole = facets(built(read, runs_for(read)))
    carved = read.with_columns(carved=pl.lit(value=True))
    assert facets(built(carved, runs_for(carved))) == tuple(value - 10 for value in whole)


def test_one_record_that_was_not_carved_lifts_that():
    read = table(session()).with_columns(carved=pl.col("kind") != "lsm_21")
    assert facets(built(read, runs_for(read)))[0] == 25


def test_a_source_that_only_the_clients_name_tells_is_inferred():
    """R5.11: 6."""
    made = build(event("security_4625", 0, user=ANN, logon_type=3, name="KALI"))
    assert told(made["sessions"], "source_name", "confidence_source", "confidence_band") == [
        ("KALI", 6, "low")
    ]


def test_a_source_that_nothing_tells_is_unknown():
    """R5.11: 0."""
    made = build(event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3),
                 event("security_4634", 5, user=ANN, luid=0xA0010, logon_type=3))
    assert told(made["sessions"], "confidence_source", "confidence_band") == [(0, "low")]


def test_an_unknown_user_is_0():
    """R5.11: a 140 names nobody."""
    made = build(rdp_knock(0, WS9, 1), event("core_140", 1, address=WS9, activity=activity(1)))
    assert told(made["sessions"], "confidence_user", "confidence_band") == [(0, "low")]


def test_names_that_disagree_do_not_make_a_user_surer():
    """R5.11: a second channel *agrees*; 1149 says bob, LSM says ann on one ActivityID."""
    act = activity(1)
    made = build(
        event("rcm_1149", 0.5, user=BOB, address=WS9, activity=act),
        event("lsm_41", 1, user=ANN, ts_id=2, activity=act),
        event("lsm_21", 1.5, user=ANN, ts_id=2, address=WS9, activity=act),
    )
    assert facets(made)[1] <= 18


def test_a_conflict_is_among_the_reasons():
    """R5.2: other conflicts are listed."""
    made = build(
        without(rdp_on(0, ANN, 0xA0010, WS9, 1), "rcm"),
        event("rcm_1149", 0.6, user=ANN, address=WS8, activity=activity(1)),
    )
    rdp = made["sessions"].filter(pl.col("kind") == "rdp")
    assert any("conflict" in reason for reason in rdp["confidence_reasons"][0])


def test_reasons_are_codes_in_a_fixed_order():
    """R5.11: machine-readable."""
    made = build(session(), event("kernel_12", -100, stated=-100))
    assert made["sessions"]["confidence_reasons"][0].to_list() == [
        "start_channels_agree", "user_channels_agree", "source_channels_agree",
        "end_channels_agree",
    ]


def test_missing_4624_costs_nothing_and_a_missing_21_costs_the_outcome():
    """R5.12 and R4.6 are two things."""
    lsm_only = build(
        event("lsm_21", 0, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
        event("lsm_23", 60, user=ANN, ts_id=2),
    )
    security_only = build(
        rdp_auth(0, ANN, WS9, 1)[:1],
        event("security_4624", 1, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        event("security_4634", 3, user=ANN, luid=0xA0010, logon_type=10),
        event("security_4634", 3.1, user=ANN, luid=nla_luid(1), logon_type=3),
    )
    assert told(lsm_only["sessions"], "outcome", "flags", "confidence_band") == [
        ("established", ["security_not_covering"], "high")
    ]
    assert told(security_only["sessions"], "outcome", "flags") == [
        ("authenticated", ["lsm_not_covering"])
    ]


def test_confidence_never_goes_below_zero():
    jumped = [
        event("lsm_21", 0, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
        event("security_4616", -3_540, before=60, stated=-3_540),
        event("lsm_24", -3_500, user=ANN, ts_id=2, address=WS9, activity=CONSOLE),
    ]
    read = table(jumped, as_written=True).with_columns(carved=pl.lit(value=True))
    made = built(read, runs_for(read))
    assert min(value for value in facets(made) if value is not None) >= 0
