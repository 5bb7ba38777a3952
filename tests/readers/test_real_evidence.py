"""All readers on the real and the broken logs, which are no part of the project."""

from collections import Counter

import pytest

from graphsess.events.normalise import normalise
from graphsess.evidence.find import find
from graphsess.readers import READERS, reader_for

REAL = {
    **{"security_4624": 4031, "security_4625": 116, "security_4634": 2304, "security_4647": 55},
    **{"security_4648": 447, "security_4672": 3601, "security_4768": 67, "security_4769": 161},
    **{"security_4778": 3, "security_4779": 2, "lsm_21": 20, "lsm_22": 20, "lsm_23": 18},
    **{"lsm_24": 6, "lsm_25": 1, "lsm_39": 2, "lsm_40": 11, "lsm_41": 23, "lsm_42": 22},
    **{"lsm_54": 15, "rcm_1149": 27},
}
"""How often each kind is logged in the EVTX files, counted by other tools."""

BROKEN = {
    "2-vss_0-Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational.evtx": (1910, 1),
    "2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx": (
        1774,
        1,
    ),
    "2-vss_7-System.evtx": (1160, 0),
    "Application_no_crc32.evtx": (17, 0),
    "E_ShadowCopy6_windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx": (
        459,
        0,
    ),
    "MSExchange_Management_wec.evtx": (1, 0),
    "Microsoft-Windows-HelloForBusiness%4Operational.evtx": (6, 14),
    "Security_short_selected.evtx": (7, 0),
    "post-Security.evtx": (126, 0),
    "sample-with-irregular-bool-values.evtx": (3028, 0),
    "sample-with-zero-data-size-event.evtx": (335, 1),
    "sample_with_a_bad_chunk_magic.evtx": (270, 1),
    "security_bad_string_cache.evtx": (2261, 0),
    "sysmon.evtx": (358, 0),
    "system.evtx": (1881, 0),
    "System2.evtx": (194, 0),
    "Microsoft-Windows-SMBServer%4Security.evtx": (0, 0),
    "Microsoft-Windows-Winlogon%4Operational.evtx": (0, 0),
    "Security_1_record.evtx": (1, 0),
    "dns_log_malformed.evtx": (5, 0),
    "issue_38.evtx": (1, 0),
    "evtx014_hang_2cycle.evtx": (72, 0),
}
"""Of each broken log: what the better of two other parsers reads, and how many are unreadable."""


@pytest.fixture(scope="module")
def real(evidence):
    """Each real source with its batches."""
    return [
        (source, [READERS[source.kind].read(u) for u in READERS[source.kind].units(source)])
        for source in find([evidence / "real"], reader_for).sources
    ]


def test_every_real_file_is_a_log_and_adds_up(real):
    assert len(real) == 89
    for source, batches in real:
        assert source.problem is None
        for batch in batches:
            assert batch.seen == batch.events.height + batch.not_wanted
            assert (batch.unreadable, batch.chunks_bad, batch.problem) == (0, 0, None), source.path


def test_every_real_record_is_seen(real):
    evtx = [batch for source, batches in real if source.kind == "evtx" for batch in batches]
    assert sum(batch.seen for batch in evtx) == 89_243
    kinds = Counter(kind for batch in evtx for kind in batch.events["kind"])
    assert {kind: kinds[kind] for kind in REAL} == REAL


def test_every_real_record_has_an_identity(real):
    for source, batches in real:
        for batch in batches:
            rows = normalise(batch.events, source.sha256)
            nulls = rows.select("uid", "time_us", "computer", "channel", "event_id").null_count()
            assert not any(nulls.row(0)), source.path
            bare = source.kind in ("nxlog_created", "sentinel")
            assert rows["record_id"].null_count() == (rows.height if bare else 0), source.path


def test_the_same_records_in_two_exports_have_the_same_uid(real):
    uids = [
        uid
        for source, batches in real
        for batch in batches
        for uid in normalise(batch.events, source.sha256)["uid"]
    ]
    assert len(uids) - len(set(uids)) == 20


def test_whole_logs_are_trusted_and_exports_are_not(real):
    trusted = {
        source.path: bool(batch.runs["trusted"].all())
        for source, batches in real
        for batch in batches
    }
    assert trusted["szechuan-dc/Security.evtx"]
    assert not trusted["offsec-lan/ID1149-RDP success logins to multiple hosts.evtx"]
    assert sum(trusted.values()) == 31


def test_two_zones_were_inferred_for_collected_logs(real):
    at = {}
    for source, batches in real:
        if source.kind == "nxlog":
            [batch] = batches
            at[source.path.partition("!")[0]] = batch.events["time"].min()[:16]
    assert at["otrf-json/covenant_psremoting_grunt.zip"] == "2019-12-05T01:49"
    assert at["otrf-json/rdp_interactive_taskmanager_lsass_dump.zip"] == "2020-09-22T08:37"


def test_a_reconnect_that_only_a_message_tells_is_understood(real):
    [events] = [
        normalise(batch.events, source.sha256)
        for source, batches in real
        if "rdp_interactive" in source.path
        for batch in batches
    ]
    [row] = events.filter(kind="lsm_25").to_dicts()
    assert (row["target_domain"], row["target_user"], row["ts_id"], row["address"]) == (
        "THESHIRE",
        "pgustavo",
        2,
        "1.2.3.4",
    )


def test_no_broken_log_yields_less_than_the_better_of_two_other_parsers(evidence):
    for source in find([evidence / "broken"], reader_for).sources:
        name = source.path.rpartition("/")[2]
        if name not in BROKEN:
            continue
        batches = [READERS[source.kind].read(unit) for unit in READERS[source.kind].units(source)]
        least, unreadable = BROKEN[name]
        assert sum(batch.seen - batch.unreadable for batch in batches) >= least, name
        found = sum(batch.unreadable for batch in batches)
        assert found >= unreadable if unreadable else found == 0, name
        if unreadable:
            assert all(batch.problem for batch in batches)


def test_what_is_no_log_is_refused_in_a_sentence_with_a_remedy(evidence):
    found = find([evidence / "broken"], reader_for)
    refused = {s.path.rpartition("/")[2]: s.problem for s in found.sources if s.kind == "refused"}
    assert {name: text.rpartition("; ")[2][:12] for name, text in refused.items()} == {
        "Security.evtx": "run `git lfs",
        "SysEvent.Evt": "convert it w",
        "TestLog-dirty.evt": "convert it w",
        "test2.evtx": "collect it a",
    }
