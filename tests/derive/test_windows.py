"""Every window of section 3: at its edge two events belong together, beyond it they do not."""

from __future__ import annotations

import pytest
from events_inline import (
    SSHD,
    activity,
    boot_activity,
    build,
    console_on,
    event,
    logon,
    rdp_knock,
    rdp_on,
    roles,
    told,
)

from graphsess.settings import Settings

ANN, BOB = "LAB\\ann", "LAB\\bob"
WS9 = "10.0.0.9"
BEYOND = 0.01


def precursor(gap):
    """W_nla: 4624 type 3, then 1149."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0x90100, logon_type=3, address=WS9, port=0),
        event("rcm_1149", gap, user=ANN, address=WS9, activity=activity(1)), also=["lsm"],
    )
    return logon(made, 0x90100)["byproduct_rule"] == "R2.5d"


def precursor_of_a_desktop(gap):
    """R2.5 (d): without 1149, the type 10 that follows."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0x90100, logon_type=3, address=WS9, port=0),
        event("security_4624", gap, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
    )
    return logon(made, 0x90100)["byproduct_rule"] == "R2.5d"


def thinking(gap):
    """W_think: 261, then 1149, where no ActivityID joins them."""
    made = build(event("rcm_261", 0, session_name="RDP-Tcp"),
                 event("rcm_1149", gap, user=ANN, address=WS9))
    return told(made["sessions"], "start") == [(0,)]


def arbitration(gap):
    """W_arb: 1149, then 21, where no ActivityID joins them."""
    made = build(event("rcm_1149", 0, user=ANN, address=WS9),
                 event("lsm_21", gap, user=ANN, ts_id=2, address=WS9))
    return told(made["sessions"], "auth", "session") == [(0, gap)]


def desktop_logon(gap):
    """W_sec: the type 10 and its 21."""
    made = build(event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
                 event("lsm_21", gap, user=ANN, ts_id=2, address=WS9, activity=activity(1)))
    return logon(made, 0xA0010)["ts_id"] == 2


def reconnect_temporary(gap):
    """W_sec, R2.5 (g): the type 10 of a reconnect and its 25."""
    made = build(
        rdp_on(-900, ANN, 0xA0010, WS9, 1),
        event("lsm_24", -500, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
        event("security_4624", 0, user=ANN, luid=0xA0020, logon_type=10, address=WS9),
        event("lsm_25", gap, user=ANN, ts_id=2, address=WS9, activity=activity(2)),
    )
    return logon(made, 0xA0020)["byproduct_rule"] == "R2.5g"


def end_beside_logoff(gap):
    """W_end: 24, and the 7002 that makes a logoff of it."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1),
                 event("lsm_24", 100, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
                 event("winlogon_7002", 100 + gap, user=ANN, ts_id=2))
    return told(made["sessions"], "end", "end_kind") == [(100, "logoff")]


def orphan_precursor(gap):
    """W_nlaend: 24, and the 4634 of a precursor whose 4624 is lost."""
    made = build(
        event("lsm_24", 100, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
        event("security_4634", 100 + gap, user=ANN, luid=0x90100, logon_type=3),
    )
    return logon(made, 0x90100)["byproduct_rule"] == "R2.5d"


def temporary(gap):
    """W_tmp: a type 10 that lives longer speaks for a desktop."""
    made = build(event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
                 event("security_4634", gap, user=ANN, luid=0xA0010, logon_type=10))
    return told(made["sessions"], "outcome") == [("authenticated",)]


def one_boot(gap):
    """W_boot: Kernel-General 12 and the time inside ActivityIDs."""
    made = build(
        event("kernel_12", 0.5, stated=0),
        event("security_4634", 60, user=ANN, luid=0xA0010, logon_type=3,
              activity=boot_activity(gap)),
    )
    return made["boots"].height == 1


def weak_sign(gap):
    """R1.2: a 4608 and the strong start before it."""
    return build(event("kernel_12", 0, stated=0),
                 event("security_4608", gap))["boots"].height == 1


def locked_by_disconnect(gap):
    """W_lock: a 4800 right after a disconnect is not the user's doing."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1),
                 event("lsm_24", 100, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
                 event("security_4800", 100 + gap, user=ANN, luid=0xA0010, ts_id=2))
    return made["locals"]["locked"].to_list() == [[]]


def unlock(gap):
    """R2.5 (a): the unlock's logon and its 4801; else it goes to the latest open session."""
    made = build(
        console_on(-900, ANN, 0xA0010, ts=1),
        event("lsm_24", -800, user=ANN, ts_id=1, address="LOCAL"),
        console_on(-700, ANN, 0xA0110, ts=2),
        event("security_4624", 0, user=ANN, luid=0xA0200, logon_type=7),
        event("security_4801", gap, user=ANN, luid=0xA0010, ts_id=1),
    )
    owner = made["locals"].filter(made["locals"]["ts_id"] == 1)["id"][0]
    return logon(made, 0xA0200)["byproduct_of"] == owner


def anonymous(gap):
    """R2.5 (e): ANONYMOUS LOGON and the real one."""
    made = build(
        event("security_4624", 0, user="NT AUTHORITY\\ANONYMOUS LOGON", luid=0x90100,
              logon_type=3, address=WS9, port=5_000),
        event("security_4624", gap, user=ANN, luid=0x90200, logon_type=3, address=WS9,
              port=5_001),
    )
    return logon(made, 0x90100)["byproduct_rule"] == "R2.5e"


def station_beside_reconnect(gap):
    """R3.3: 4778 and its 25 tell whose LUID is on the T."""
    made = build(
        event("security_4778", 0, user=ANN, luid=0xA0010, session_name="RDP-Tcp#1", address=WS9),
        event("lsm_25", gap, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
    )
    return logon(made, 0xA0010)["ts_id"] == 2


def burst(gap):
    """R5.7: a null-IP logon and the addressed one of its burst."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3, address=WS9, port=5_000),
        event("security_4624", gap, user=ANN, luid=0xA0020, logon_type=3),
    )
    return made["sessions"].height == 1


def hijack(gap):
    """R5.9: 4779 of one user, 4778 of another."""
    given = {"session_name": "RDP-Tcp#8", "name": "JUMP", "address": WS9}
    made = build(event("security_4779", 0, user=ANN, luid=0xA0010, **given),
                 event("security_4778", gap, user=BOB, luid=0xA0110, **given))
    return any("session_hijack" in flags for flags in made["sessions"]["flags"])


def dc_word(gap):
    """R5.6: a DC's 4776 and the 4625 it corroborates."""
    made = build(
        event("security_4625", 0, user=ANN, logon_type=3, address=WS9, port=5_000),
        event("security_4776", gap, user="ann", name="K", status="0xC000006A"),
    )
    return made["sessions"].height == 1


def rejection(gap):
    """R4.4: a 140 and a 4625 with the client's address, where the connection is over."""
    made = build(
        rdp_knock(0, WS9, 1), event("core_140", 1, address=WS9, activity=activity(1)),
        event("core_103", 1, reason=14, activity=activity(1)),
        event("security_4625", 1 + gap, user=ANN, logon_type=3, address=WS9, port=0),
    )
    return made["sessions"].height == 1


def contained(gap):
    """R4.7: of several connections the nearest 131."""
    made = build(
        rdp_knock(-5, "10.0.0.8", 1), event("core_103", 20, reason=0, activity=activity(1)),
        rdp_knock(0, WS9, 2), event("core_103", 20, reason=0, activity=activity(2)),
        event("security_4625", gap, user=ANN, logon_type=3, name="kali"),
    )
    return told(made["sessions"], "source_address") == [(WS9,)]


def ssh_logon(gap):
    """R-SSH: "Accepted" and the logon it tells of."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=8, process=SSHD, pid=7),
        event("ssh_4", gap, writer_pid=7,
              text=f"sshd: Accepted password for ann from {WS9} port 5 ssh2"),
    )
    return told(made["sessions"], "luids") == [(["0xa0010"],)]


def remote_shell(gap):
    """Finding 9: WinRM 91 and the type 3 that it gives an address."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3),
        event("winrm_91", gap, detail=f"http://x/shell/cmd (LAB\\ann clientIP: {WS9})"),
    )
    return told(made["sessions"], "source_address") == [(WS9,)]


def explicit(gap):
    """Section 1.1.1: LSA's own 4648 and its 4624."""
    made = build(
        event("security_4648", 0, user=ANN, by=0x3E7, server="localhost", process="x"),
        event("security_4624", gap, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
    )
    return "security_4648" in roles(made).get("AUTH_OK", [])


WINDOWS = [
    (precursor, 5), (precursor_of_a_desktop, 30), (thinking, 300), (arbitration, 180),
    (desktop_logon, 30), (reconnect_temporary, 30), (end_beside_logoff, 5),
    (orphan_precursor, 15), (orphan_precursor, -5), (temporary, 10), (one_boot, 2),
    (weak_sign, 180), (locked_by_disconnect, 10), (unlock, 5), (anonymous, 5),
    (station_beside_reconnect, 3), (station_beside_reconnect, -3), (burst, 5), (hijack, 2),
    (dc_word, 2), (dc_word, -2), (rejection, 5), (contained, 2), (ssh_logon, 5), (ssh_logon, -5),
    (remote_shell, 5), (remote_shell, -5), (explicit, 1),
]


@pytest.mark.parametrize(
    ("together", "edge"), WINDOWS, ids=[f"{case.__name__} {edge} s" for case, edge in WINDOWS]
)
def test_a_window_ends_where_the_rules_say(together, edge):
    beyond = edge + (BEYOND if edge > 0 else -BEYOND)
    assert (together(edge), together(beyond)) == (True, False)


DEFAULTS = {
    "nla_s": 5, "think_s": 300, "arbitration_s": 180, "security_s": 30,
    "end_s": 5, "nla_end_before_s": 5, "nla_end_after_s": 15, "temporary_s": 10, "boot_s": 2,
    "lock_s": 10, "network_s": 300, "network_max_s": 86_400, "burst_s": 5, "failure_s": 60,
    "failure_max_s": 86_400, "success_s": 900, "mistype_s": 120, "skew_s": 5, "skew_max_s": 300,
}


def test_the_defaults_are_those_of_the_rules():
    """Section 3, the table of windows."""
    ours = Settings().windows()
    assert {name: ours[name] for name in DEFAULTS} == DEFAULTS
