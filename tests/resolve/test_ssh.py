"""OpenSSH for Windows: what sshd says and the logons it makes: graphsess.resolve.ssh (R-SSH)."""

from __future__ import annotations

import pytest
from events_inline import SSHD, build, event, logon, roles, shown, told

ANN = "LAB\\ann"
WS9 = "10.0.0.9"
PID = 4332
NEWER = [SSHD, SSHD.replace("sshd.exe", "sshd-session.exe"), SSHD.replace("sshd.exe",
                                                                          "sshd-auth.exe")]


def says(at, text, *, port=56_605, pid=PID):
    """OpenSSH/Operational 4; `{peer}` stands for the client's address and port."""
    return event("ssh_4", at, writer_pid=pid,
                 text="sshd: " + text.replace("{peer}", f"{WS9} port {port}"))


def s4u(at, luid=0x90010, user=ANN, pid=PID, process=SSHD):
    """The look-up that sshd makes before anybody is authenticated (finding 15)."""
    return event("security_4624", at, user=user, luid=luid, logon_type=3, logon_process="sshd",
                 process=process, pid=pid)


def password_logon(at, luid=0xA0010, user=ANN, pid=PID, process=SSHD):
    return event("security_4624", at, user=user, luid=luid, logon_type=8, process=process, pid=pid)


def wrong(at, user="ann", pid=PID, process=SSHD, status="0xC000006A"):
    return event("security_4625", at, user=user, logon_type=8, process=process, pid=pid,
                 status=status)


def test_a_password_login_is_one_session_with_its_peer():
    made = build(
        event("security_4624", -0.2, user=f"VIRTUAL USERS\\sshd_{PID}", luid=0x90001, logon_type=5,
              process=SSHD),
        says(-0.1, "Connection from {peer}"),
        s4u(0),
        password_logon(0.9),
        says(1, "Accepted password for ann from {peer} ssh2"),
        says(60, "Disconnected from user ann {peer}"),
        event("security_4634", 60.2, user=ANN, luid=0xA0010, logon_type=8),
    )
    assert told(shown(made), "kind", "outcome", "user", "source_address", "source_port", "luids",
                "auth", "end", "end_kind") == [
        ("ssh", "established", ANN, WS9, 56_605, ["0xa0010"], 1, 60, "closed")
    ]
    assert told(shown(made), "start") == [(-0.1,)]
    assert logon(made, 0x90010)["byproduct_rule"] == "R2.5h"
    assert logon(made, 0x90001)["role"] == "companion"


def test_a_key_login_runs_under_the_look_up_itself():
    """R2.5 (h): "Accepted" of the same PID makes the S4U logon the session's."""
    made = build(s4u(0), says(1, "Accepted publickey for ann from {peer} ssh2: ED25519 SHA256:x"),
                 says(60, "Received disconnect from {peer}:11: disconnected by user"))
    assert told(made["sessions"], "kind", "outcome", "package", "luids", "end") == [
        ("ssh", "established", "publickey", ["0x90010"], 60)
    ]


@pytest.mark.parametrize("process", NEWER, ids=["sshd", "sshd-session", "sshd-auth"])
def test_the_look_up_alone_is_no_login(process):
    """Finding 15 (T10): it is written for users who then fail; a tool that counts it fails."""
    made = build(
        s4u(0, process=process),
        *([says(at, "Failed password for ann from {peer} ssh2"), wrong(at + 0.001, process=process)]
          for at in (4, 6, 8, 10, 12)),
        says(12.1, "Disconnecting authenticating user ann {peer}: Too many authentication "
                   "failures"),
    )
    assert told(made["sessions"], "kind", "outcome") == [("ssh", "failed")] * 5
    assert told(made["failure_runs"], "kind", "source_address", "count") == [("ssh", WS9, 5)]
    assert logon(made, 0x90010)["byproduct_rule"] == "R2.5h"


@pytest.mark.parametrize("process", NEWER, ids=["sshd", "sshd-session", "sshd-auth"])
def test_a_failed_password_without_sshds_log_is_an_ssh_attempt_of_unknown_source(process):
    """R-SSH: 4625 type 8 of an sshd process has no IP."""
    made = build(wrong(0, process=process))
    assert told(made["sessions"], "kind", "outcome", "source_address") == [("ssh", "failed", None)]


def test_the_look_up_with_a_process_under_its_luid_is_a_login():
    """R2.5 (h): or a process that runs under the LUID; the OpenSSH log is gone."""
    made = build(s4u(0), event("security_4688", 2, user=ANN, luid=0x90010, by=0x3E7,
                               process=r"C:\Windows\System32\cmd.exe"))
    assert told(made["sessions"], "kind", "outcome", "luids") == [
        ("ssh", "established", ["0x90010"])
    ]


def test_a_password_logon_without_sshds_log_is_a_session():
    """Section 0.5: type 8 by sshd.exe."""
    made = build(password_logon(0), event("security_4634", 50, user=ANN, luid=0xA0010,
                                          logon_type=8))
    assert told(made["sessions"], "kind", "outcome", "start", "end") == [
        ("ssh", "established", 0, 50)
    ]


def test_sshds_log_alone_is_enough():
    """R-SSH: no Security log at all."""
    made = build(
        says(0, "Connection from {peer}"),
        says(1, "Failed password for ann from {peer} ssh2"),
        says(5, "Accepted password for ann from {peer} ssh2"),
        says(60, "Connection closed by {peer}"),
    )
    assert told(made["sessions"], "outcome", "source_address", "source_port", "end") == [
        ("established", WS9, 56_605, 60), ("failed", WS9, 56_605, 1),
    ] or told(made["sessions"], "outcome", "source_address", "end") == [
        ("failed", WS9, 1), ("established", WS9, 60),
    ]


NO_ATTEMPT = [
    pytest.param("Failed none for invalid user root from {peer} ssh2", id="none is a probe"),
    pytest.param("Failed publickey for ann from {peer} ssh2", id="a key before the password"),
    pytest.param("Invalid user root from {peer}", id="invalid user, before the password"),
    pytest.param("Connection from {peer} on 10.0.0.1 port 22", id="a contact"),
    pytest.param("Server listening on 0.0.0.0 port 22.", id="listening"),
]


@pytest.mark.parametrize("text", NO_ATTEMPT)
def test_normal_client_behaviour_is_no_failed_attempt(text):
    """R-SSH."""
    assert build(says(0, text))["sessions"].is_empty()


USERS = [
    ("Failed password for invalid user root from {peer} ssh2", "root"),
    ("Failed password for lab\\\\ann from {peer} ssh2", "lab\\ann"),
    ("Failed password for ann@lab.example from {peer} ssh2", "lab.example\\ann"),
    ("Failed keyboard-interactive/pam for ann from {peer} ssh2", "ann"),
    ("Failed password for invalid user  from {peer} ssh2", None),
]


@pytest.mark.parametrize(("text", "user"), USERS)
def test_the_user_may_be_spelled_in_many_ways(text, user):
    """R-SSH."""
    made = build(says(0, text))
    assert told(made["sessions"], "attempted_user", "source_address") == [(user, WS9)]


def test_two_logins_at_once_keep_their_own_ends():
    """R-SSH: key (host, sshd PID, ip, port)."""
    made = build(
        says(0, "Accepted password for ann from {peer} ssh2", port=1_001, pid=11),
        password_logon(0, luid=0xA0010, pid=11),
        says(1, "Accepted password for bob from {peer} ssh2", port=1_002, pid=22),
        password_logon(1, luid=0xA0020, user="LAB\\bob", pid=22),
        says(50, "Disconnected from user bob {peer}", port=1_002, pid=22),
        says(90, "Disconnected from user ann {peer}", port=1_001, pid=11),
    )
    assert told(made["sessions"], "user", "source_port", "luids", "end") == [
        (ANN, 1_001, ["0xa0010"], 90), ("LAB\\bob", 1_002, ["0xa0020"], 50),
    ]


def test_a_port_that_is_used_again_is_another_session():
    """R-SSH: the PID differs."""
    made = build(
        says(0, "Accepted password for ann from {peer} ssh2", pid=11),
        says(50, "Disconnected from user ann {peer}", pid=11),
        says(900, "Accepted password for ann from {peer} ssh2", pid=22),
        says(950, "Disconnected from user ann {peer}", pid=22),
    )
    assert told(made["sessions"], "start", "end") == [(0, 50), (900, 950)]


def test_an_ssh_connection_is_a_connection():
    """DESIGN 1, contract: connections are RDP and SSH."""
    made = build(says(0, "Connection from {peer}"),
                 says(5, "Accepted password for ann from {peer} ssh2"),
                 says(60, "Disconnected from user ann {peer}"))
    assert told(made["connections"], "kind", "address", "port", "stage") == [
        ("ssh", WS9, 56_605, "established")
    ]
    assert made["sessions"]["connection"].to_list() == made["connections"]["id"].to_list()


def test_sshds_words_and_the_logon_play_their_parts():
    """R5.10."""
    made = build(says(0, "Connection from {peer}"), s4u(0.5), password_logon(0.9),
                 says(1, "Accepted password for ann from {peer} ssh2"),
                 says(60, "Disconnected from user ann {peer}"))
    assert roles(made) == {
        "CONNECT": ["ssh_4"], "BYPRODUCT": ["security_4624"],
        "SESSION_CREATE": ["security_4624"], "AUTH_OK": ["ssh_4"], "DISCONNECT": ["ssh_4"],
    }
