"""What failure runs are together: graphsess.across.failure_patterns (R5.6, over all hosts)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import build, event, told

from graphsess.across import across
from graphsess.case import overlays
from graphsess.settings import Settings

HOUR = 3600


def failed(at, user="LAB\\ann", ip="10.0.0.9"):
    return event("security_4625", at, user=user, logon_type=3, address=ip, port=49_800)


class Made(dict):
    """Tables of a case with several hosts, as records read them."""

    def table(self, name):
        return self[name]


def case(**hosts):
    made = [build(events, host=f"{name}.lab") for name, events in hosts.items()]
    tables = {name: pl.concat([one[name] for one in made]) for name in made[0]}
    return Made({**tables, **across(tables, Settings())})


def patterns(**hosts):
    """Pattern → number of runs, as records tell them."""
    runs = overlays.failure_runs(case(**hosts))
    return dict(sorted(runs.group_by("pattern").len().rows()))


def test_five_users_from_one_source_over_a_day_and_two_hosts_are_a_slow_spray():
    tries = [failed(place * 3 * HOUR, f"LAB\\u{place}", "203.0.113.7") for place in range(6)]
    assert patterns(ws1=tries[:3], ws2=tries[3:]) == {"slow_spray": 6}


def test_a_spray_that_only_controllers_saw_is_a_slow_spray_too():
    tries = [
        event("security_4771", place * 3 * HOUR, user=f"LAB\\u{place}", address="203.0.113.7",
              status="0x18")
        for place in range(6)
    ]  # fmt: skip
    assert patterns(dc1=tries[:3], dc2=tries[3:]) == {"slow_spray": 6}


NO_SPRAY = [
    pytest.param([failed(n * 3 * HOUR, f"LAB\\u{n}") for n in range(4)], id="four users"),
    pytest.param([failed(n * 7 * HOUR, f"LAB\\u{n}") for n in range(5)],
                 id="five users, but no day holds them all"),
    pytest.param([failed(n * 3 * HOUR, f"LAB\\u{n}", f"10.0.{n}.9") for n in range(5)],
                 id="five users, each from a source of his own"),
]


@pytest.mark.parametrize("tries", NO_SPRAY)
def test_what_is_no_slow_spray(tries):
    assert patterns(ws1=tries) == {"other": len(tries)}


def test_one_user_from_five_sources_over_a_day_is_distributed():
    tries = [failed(n * n * 1000, ip=f"203.0.113.{n}") for n in range(5)]
    assert patterns(ws1=tries[:2], ws2=tries[2:]) == {"distributed": 5}
    assert patterns(ws1=tries[:4]) == {"other": 4}


def test_a_service_with_an_old_password_is_a_stale_credential():
    """Every ten minutes, give or take seconds, for two hours."""
    tries = [failed(n * 600 + n % 3, "LAB\\svc") for n in range(12)]
    assert patterns(ws1=tries) == {"stale_credential": 12}


NOT_STALE = [
    pytest.param([failed(n * 600 + n * n * 97 % 550, "LAB\\svc") for n in range(12)],
                 id="no steady interval"),
    pytest.param([failed(n * 600, "LAB\\svc") for n in range(6)], id="no longer than an hour"),
    pytest.param([failed(n * 600, "LAB\\svc", "203.0.113.9") for n in range(12)],
                 id="from outside"),
]


@pytest.mark.parametrize("tries", NOT_STALE)
def test_what_is_no_stale_credential(tries):
    assert "stale_credential" not in patterns(ws1=tries)


def test_a_spray_at_steady_intervals_is_not_taken_for_services():
    """Six users in turn from one address: each at a steady interval, together a spray."""
    tries = [failed(n * 600, f"LAB\\u{n % 6}") for n in range(60)]
    assert patterns(ws1=tries) == {"slow_spray": 60}


def test_a_stale_credential_on_five_hosts_is_not_a_distributed_attack():
    """The service account of five servers, each asking from its own address."""
    tries = [failed(n * 600 + host, "LAB\\svc", f"10.0.0.{host}")
             for host in range(5) for n in range(12)]
    assert patterns(dc1=tries) == {"stale_credential": 60}


def test_guessing_and_mistypes_keep_their_pattern():
    fast = [failed(n) for n in range(20)]
    slow = [failed(n * 3 * HOUR, f"LAB\\u{n}") for n in range(1, 6)]
    assert patterns(ws1=[*fast, *slow]) == {"bruteforce": 1, "slow_spray": 5}


def test_a_pattern_names_its_rule():
    tries = [failed(place * 3 * HOUR, f"LAB\\u{place}") for place in range(5)]
    assert told(case(ws1=tries)["failure_patterns"], "pattern", "rule") == [
        ("slow_spray", "R5.6")
    ] * 5
