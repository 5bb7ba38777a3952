"""Groups of user and place, and why they stand out: graphsess.across.groups, reasons, uses."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphsess.across.groups import groups
from graphsess.across.ranges import ranges_of
from graphsess.across.reasons import LEAST, REASONS
from graphsess.case import TABLES
from graphsess.settings import Settings

HOUR, DAY = 3_600_000_000, 86_400_000_000
MONDAY = 19_849 * DAY  # 2024-05-06
OWN, AWAY = "10.0.0.9", "203.0.113.7"


def came(day=0.0, user="CORP\\ann", address=OWN, **more):
    """A session that began `day` days after Monday, midnight."""
    where = {None: "local", AWAY: "external"}.get(address, "internal")
    return {
        "host": "srv1", "kind": "rdp", "class": "user", "outcome": "established", "user": user,
        "source_address": address, "source_class": where, "start_us": MONDAY + int(day * DAY),
        "flags": [], **more,
    }


def office(days=20, user="CORP\\ann", address=OWN, **more):
    """Nine to noon, every day."""
    return [came(day + hour / 24, user, address, **more)
            for day in range(days) for hour in (9, 10, 11)]


def judged(*sessions, runs=(), after=(), addresses=(), covers=((-99, 999),)):
    """The groups of a case with these sessions; they are numbered s0, s1 … unless they have ids."""
    rows = [{"id": f"s{place}", **row} for place, row in enumerate(_flat(sessions))]
    hosts = sorted({row["host"] for row in rows})
    texts = pl.Series([row["source_address"] for row in rows], dtype=pl.String)
    known = ranges_of(texts, Settings()).rows()
    given = {row["address"]: row for row in addresses}
    filled = {
        "sessions": rows,
        "hosts": [{"id": host, "first_us": MONDAY + covers[0][0] * DAY} for host in hosts],
        "coverage": [
            {"host": host, "channel": "Security", "first_us": MONDAY + first * DAY,
             "last_us": MONDAY + last * DAY}
            for host in hosts for first, last in covers
        ],
        "addresses": [
            {"address": text, "range": area, "shared": False, **given.get(text, {})}
            for text, area in known
        ],
        "failure_runs": list(runs), "followed_by_success": list(after), "corroboration": [],
    }
    return groups({name: pl.DataFrame(found, TABLES[name].columns)
                   for name, found in filled.items()})


def _flat(sessions):
    for one in sessions:
        yield from [one] if isinstance(one, dict) else one


def group(made, place, user="CORP\\ann", by="address"):
    """The one group of a user and a place, its reasons as code → (points, seen, of)."""
    where = pl.coalesce("host", "source_address", "source_range", "source_class") == place
    [row] = made.filter(where & (pl.col("user") == user) & (pl.col("by") == by)).to_dicts()
    told = zip(row["points"], row["seen"], row["of"], strict=True)
    return {**row, "why": dict(zip(row["reasons"], told, strict=True))}


def nats(ratio):
    return math.floor(10 * math.log(ratio) + 0.5)


def test_a_users_own_address_does_not_stand_out():
    assert group(judged(office()), OWN)["outlier_score"] == 0


def test_an_address_that_comes_after_twenty_days_is_new_and_rare():
    made = group(judged(office(), came(20.4, address=AWAY)), AWAY)
    assert made["new_for_user"]
    assert made["why"]["new_for_user"] == (nats(21 / 1), 20, 1)
    assert made["why"]["rare_for_user"] == (nats((61 + 2) / (2 * 2)), 1, 61)


def test_a_user_who_comes_from_a_new_address_every_day_is_no_outlier():
    """Home office with dynamic addresses: what always changes is not new."""
    made = judged(came(day + 0.4, address=f"10.{day}.0.9") for day in range(20))
    last = group(made, "10.19.0.9")
    assert last["new_for_user"]
    assert not {"new_for_user", "rare_for_user", "nobody_before"} & set(last["why"])


def test_what_was_before_the_hosts_logs_begin_is_not_new():
    """Another host knows the user for long; this one's log begins the day he is seen on it."""
    long_known = office(20)
    made = judged(long_known, came(20.4, host="srv2"), covers=((-99, 999),))
    late = judged(long_known, came(20.4, host="srv2"), covers=((20, 999),))
    assert group(made, "srv2", by="host")["new_for_user"]
    assert not group(late, "srv2", by="host")["new_for_user"]


def test_a_burst_of_sessions_weighs_as_much_as_one():
    one = group(judged(office(), came(20.4, address=AWAY)), AWAY)
    many = group(judged(office(), [came(20.4 + n / DAY, address=AWAY) for n in range(200)]), AWAY)
    assert many["sessions"] == 200
    assert many["why"]["rare_for_user"] == one["why"]["rare_for_user"]


def test_the_range_of_few_users_stands_out_where_others_share_theirs():
    crowd = [office(2, f"CORP\\u{n}", f"10.0.0.{n + 20}") for n in range(9)]
    made = group(judged(*crowd, office(2), came(1.9, "CORP\\u1", AWAY)), AWAY, "CORP\\u1")
    assert made["why"]["few_users"] == (nats(11 / 2), 1, 10)


def test_an_external_address_is_told_even_where_all_are():
    made = judged(office(9, address=AWAY))
    assert group(made, AWAY)["why"]["external"] == (10, 27, 27)
    mixed = judged(office(9), came(9.5, address=AWAY))
    assert group(mixed, AWAY)["why"]["external"] == (nats(30 / 2), 1, 28)


def test_an_address_of_a_host_of_the_case_is_not_external():
    made = judged(came(address=AWAY), addresses=[{"address": AWAY, "class": "internal"}])
    assert group(made, AWAY)["source_class"] == "internal"
    assert "external" not in group(made, AWAY)["why"]


def test_a_tunnel_weighs_more_than_an_external_address():
    made = judged(came(address="127.0.0.1", source_class="tunnelled"))
    assert group(made, "127.0.0.1")["why"] == {"tunnelled": (20, 1, 1)}


def run(count=40, pattern="bruteforce", user="CORP\\ann"):
    return {"id": "f1", "count": count, "pattern": pattern, "users": [{"user": user, "count": 1}]}


AFTER = [{"failure_run": "f1", "session": "won"}]


def guessed(made_run, **more):
    made = judged(came(id="won", address=AWAY, **more), runs=[made_run], after=AFTER)
    return group(made, AWAY)["why"].get("failures_then_success")


def test_a_success_after_guessing_is_told_with_the_number_of_guesses():
    assert guessed(run(40)) == (nats(41), 40, 0)


def test_a_mistype_is_no_guessing():
    assert guessed(run(2, "mistype")) is None
    assert guessed(run(9, "stale_credential")) is None


def test_anothers_few_failures_from_the_same_address_are_not_the_users():
    assert guessed(run(4, "other", "CORP\\bob")) is None
    assert guessed(run(4, "other")) == (nats(5), 4, 0)


def test_a_group_that_never_got_in_has_no_rarity():
    failed = [came(20 + n / 1000, address=AWAY, outcome="failed") for n in range(30)]
    made = group(judged(office(), failed), AWAY)
    assert (made["sessions"], made["failures"]) == (0, 30)
    assert set(made["why"]) == {"external", "many_failures"}
    assert made["why"]["many_failures"] == (nats(31 / 4), 30, 3)


def test_three_failures_are_a_person():
    failed = [came(20 + n / 1000, outcome="failed") for n in range(3)]
    assert group(judged(office(), failed), OWN)["why"] == {}


def test_many_hosts_within_an_hour_stand_out_even_across_the_full_hour():
    made = judged(
        [came(0.41666 + n / 1000, host=f"srv{n}") for n in range(-5, 5)],
        came(user="CORP\\bob", address="10.0.0.8"), came(user="CORP\\eve", address="10.0.0.7"),
    )
    assert group(made, OWN)["why"]["many_hosts"] == (nats(10 / 2), 10, 2)


def test_the_same_hosts_over_days_do_not():
    made = judged(came(n, host=f"srv{n}") for n in range(10))
    assert "many_hosts" not in group(made, OWN)["why"]


def test_many_accounts_from_one_address_stand_out_unless_it_is_shared():
    tries = [came(n / 24, f"CORP\\u{n}", AWAY) for n in range(12)]
    quiet = [came(n / 24, f"CORP\\v{n}", f"10.0.0.{n}") for n in range(30)]
    alone = judged(tries, quiet)
    shared = judged(tries, quiet, addresses=[{"address": AWAY, "shared": True}])
    assert group(alone, AWAY, "CORP\\u3")["why"]["many_users"] == (nats(12 / 3), 12, 3)
    assert "many_users" not in group(shared, AWAY, "CORP\\u3")["why"]


def test_hours_at_which_the_user_never_works_are_unusual():
    made = judged(office(20), came(20 + 3 / 24, address=AWAY))
    assert group(made, AWAY)["why"]["unusual_hours"] == (nats((60 + 8) / 8), 0, 60)
    assert "unusual_hours" not in group(judged(office(20), came(20 + 10 / 24, address=AWAY)),
                                        AWAY)["why"]


def test_of_a_user_seen_for_a_few_hours_nobody_knows_the_usual_ones():
    made = judged(office(6), came(6 + 3 / 24, address=AWAY))
    assert "unusual_hours" not in group(made, AWAY)["why"]


def test_nobody_came_from_there_to_this_host_before():
    made = judged(office(10), office(11, "CORP\\bob", "10.0.0.8"), came(10.5, address=AWAY))
    assert group(made, AWAY)["why"]["nobody_before"] == (nats(11 / 2), 10, 2)
    other = judged(office(10), came(5, "CORP\\bob", AWAY), came(10.5, address=AWAY))
    assert "nobody_before" not in group(other, AWAY)["why"]


def test_an_account_that_comes_back_after_long_is_dormant_if_the_logs_saw_its_silence():
    awake = [*office(10), came(100, address=AWAY)]
    assert group(judged(awake), AWAY)["why"]["dormant"] == (nats(91 / 7), 91, 7)
    holed = judged(awake, covers=((-99, 50), (60, 999)))
    assert "dormant" not in group(holed, AWAY)["why"]


def test_who_comes_every_quarter_is_not_dormant():
    made = judged(came(90 * n) for n in range(4))
    assert group(made, OWN)["why"]["dormant"] == (nats(90 / 7), 90, 7), "the first time, yes"
    later = judged(came(90 * n, address=OWN if n < 3 else AWAY) for n in range(4))
    assert "dormant" not in group(later, AWAY)["why"]


@pytest.mark.parametrize(
    ("flag", "points"), [("session_hijack", 20), ("log_cleared_during", 10), ("dollar_user", 20)]
)
def test_a_flagged_session_stands_out(flag, points):
    made = judged(office(), came(3.4, flags=[flag]))
    assert group(made, OWN)["why"] == {flag: (points, 1, 0)}


def test_a_domain_controllers_routine_tells_where_a_user_usually_is():
    """Not shown, but it keeps the user's own desk from being new."""
    routine = office(20, hidden="dc_background", host="dc1", kind="network")
    made = judged(routine, came(20.5))
    assert group(made, OWN)["why"] == {}
    assert group(made, OWN)["sessions"] == 1


def test_a_group_of_hidden_sessions_alone_is_hidden_and_has_no_reasons():
    made = judged(came(user="CORP\\WS1$", hidden="machine", address=AWAY))
    hidden = group(made, AWAY, "CORP\\WS1$")
    assert (hidden["hidden"], hidden["outlier_score"], hidden["sessions"]) == ("machine", 0, 1)


def test_every_session_is_in_one_group_by_address_one_by_range_and_one_by_host():
    made = judged(office(2), came(1, address=None), came(2, address=AWAY, host="srv2"))
    counted = made.group_by("by").agg(pl.col("sessions").sum()).sort("by").rows()
    assert counted == [("address", 8), ("host", 8), ("range", 8)]


def test_an_account_is_one_user_under_its_sid_and_its_names():
    names = {"CORP\\ann": "S-1-5-21-7", "corp\\ANN": None, "ann@corp": "S-1-5-21-7"}
    made = judged(came(day, user, sid=sid) for day, (user, sid) in enumerate(names.items()))
    assert made.filter(pl.col("by") == "address")["sessions"].to_list() == [3]


def test_a_name_with_a_bar_cannot_forge_the_id_of_another_group():
    made = judged(came(user="a|b", address="10.0.0.1"), came(user="a", address=None))
    assert made["id"].n_unique() == made.height
    assert "group|address|a%7Cb|10.0.0.1" in made["id"].to_list()


SESSIONS = st.lists(
    st.builds(
        came,
        day=st.integers(0, 24 * 40).map(lambda hours: hours / 24),
        user=st.sampled_from(["CORP\\ann", "CORP\\bob", "adm|x"]),
        address=st.sampled_from([OWN, AWAY, "10.0.1.1", None]),
        host=st.sampled_from(["srv1", "srv2", "dc1"]),
        outcome=st.sampled_from(["established", "failed"]),
        hidden=st.sampled_from([None, None, "dc_background", "machine"]),
    ),
    min_size=1, max_size=40,
)


@settings(max_examples=30, deadline=None)
@given(SESSIONS)
def test_a_score_is_the_sum_of_its_reasons_and_order_changes_nothing(sessions):
    numbered = [{**row, "id": f"s{place}"} for place, row in enumerate(sessions)]
    made = judged(numbered)
    assert made.equals(judged(list(reversed(numbered))))
    for row in made.to_dicts():
        assert row["outlier_score"] == sum(row["points"])
        assert all(points >= LEAST for points in row["points"])
        assert set(row["reasons"]) <= set(REASONS)
        assert len({len(row[name]) for name in ("reasons", "points", "seen", "of")}) == 1
        assert row["sessions"] + row["failures"] > 0


@pytest.mark.parametrize(
    ("text", "area"),
    [("10.1.2.3", "10.1.2.0/24"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("KALI", None),
     ("10.8.77.3", "10.8.0.0/16"), ("10.8.3.3", "10.8.3.0/25")],
)
def test_the_range_of_an_address_is_the_narrowest_configured_one_else_24_or_64(text, area):
    asked = Settings(ranges=("10.8.0.0/16", "10.8.3.0/25"))
    assert ranges_of(pl.Series([text, None]), asked).rows() == [(text, area)]


def test_no_reason_tells_of_a_case_without_sessions():
    empty = {name: pl.DataFrame(schema=TABLES[name].columns) for name in (
        "sessions", "hosts", "coverage", "addresses", "failure_runs", "followed_by_success",
        "corroboration")}
    assert groups(empty).is_empty()


