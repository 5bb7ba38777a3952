"""Which logged computer names are one host: graphsess.resolve.survey (N10)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import CHANNELS

from graphsess.readers.tables import RUNS
from graphsess.resolve.survey import hosts_of

SECURITY, SYSTEM = CHANNELS["security"], CHANNELS["system"]


def run(computer, first, last, *, file="a", channel=SECURITY, trusted=True, at=None):
    """Records `first` to `last` of a computer in one file and channel."""
    begin = first * 1_000_000 if at is None else at
    return (file * 64, channel, computer, first, last, begin, begin + 1_000_000 * (last - first),
            last - first + 1, first, trusted)


def hosts(*runs):
    return dict(hosts_of(pl.DataFrame(list(runs), RUNS, orient="row")).iter_rows())


def test_a_host_is_known_by_its_name_in_lower_case():
    assert hosts(run("WS1.LAB", 1, 9), run("ws1.lab", 10, 20)) == {"ws1.lab": "ws1.lab"}


def test_a_rename_in_one_log_is_one_host_under_its_new_name():
    """N10 [V: WIN-P4SIAA0SQCO → DESKTOP-2KGM189], T11: record ids run on."""
    assert hosts(run("IEWIN7", 1, 78), run("PC01.lab", 79, 228)) == {
        "iewin7": "pc01.lab", "pc01.lab": "pc01.lab",
    }


def test_a_host_renamed_twice_is_one_host():
    """N10: name, name in a workgroup, name in a domain."""
    found = hosts(run("WIN-P4S", 1, 20), run("WS1", 21, 40), run("WS1.lab", 41, 90))
    assert set(found.values()) == {"ws1.lab"}


NO_RENAME = [
    pytest.param([run("ws1.lab", 1, 78), run("ws2.lab", 80, 228)], id="ids do not run on"),
    pytest.param([run("ws1.lab", 1, 78), run("ws2.lab", 79, 228, file="b")], id="another file"),
    pytest.param([run("ws1.lab", 1, 78), run("ws2.lab", 79, 228, channel=SYSTEM)],
                 id="another channel"),
    pytest.param([run("ws1.lab", 1, 5, trusted=False), run("ws2.lab", 6, 9, trusted=False)],
                 id="forwarded: ids may meet by chance"),
    pytest.param([run("ws1.lab", 1, 78), run("ws2.lab", 79, 99), run("ws1.lab", 100, 120)],
                 id="the old name comes back"),
]


@pytest.mark.parametrize("runs", NO_RENAME)
def test_two_machines_stay_two_hosts(runs):
    """N10: clones share a SID; only record-id continuity in one file joins names."""
    assert hosts(*runs) == {"ws1.lab": "ws1.lab", "ws2.lab": "ws2.lab"}


def test_a_bare_name_is_the_host_of_that_short_name():
    """N10 [V: OTRF]: PowerShell says WORKSTATION6, the rest WORKSTATION6.theshire.local."""
    found = hosts(run("WORKSTATION6", 1, 9, channel="Windows PowerShell"),
                  run("WORKSTATION6.theshire.local", 1, 9))
    assert set(found.values()) == {"workstation6.theshire.local"}


def test_a_bare_name_that_two_domains_have_is_neither():
    """N10: only when one domain is seen with it."""
    found = hosts(run("DC", 1, 9, channel=SYSTEM), run("dc.lab", 1, 9),
                  run("dc.other", 1, 9, file="b"))
    assert found == {"dc": "dc", "dc.lab": "dc.lab", "dc.other": "dc.other"}


def test_a_name_that_only_begins_alike_is_another_host():
    assert hosts(run("ws1", 1, 9), run("ws10.lab", 1, 9)) == {"ws1": "ws1", "ws10.lab": "ws10.lab"}


def test_the_answer_does_not_depend_on_the_order_of_the_files():
    """Promise 2."""
    runs = [run("IEWIN7", 1, 78), run("PC01.lab", 79, 228), run("pc01", 1, 9, file="b")]
    assert hosts(*runs) == hosts(*reversed(runs))
