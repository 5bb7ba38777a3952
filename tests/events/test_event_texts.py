"""Tests of graphsess.events.parse, messages and ssh: what some events say only in words."""

import pytest

from graphsess.catalogue import KINDS
from graphsess.events.parse import PARSERS


def learnt(kind, **row):
    """What the kind's text parser makes of a row."""
    return PARSERS[KINDS[kind].parse]({"kind": kind, **row})


def test_every_parser_of_the_catalogue_exists_and_every_parser_is_used():
    assert set(PARSERS) == {kind.parse for kind in KINDS.values() if kind.parse}


ENGLISH = """Remote Desktop Services: Session reconnection succeeded:\r\n\r\nUser: CORP\\ann\r
Session ID: 2\r\nSource Network Address: 2001:db8::7"""
GERMAN = """Remotedesktopdienste: Die Sitzung wurde getrennt:\n\nBenutzer: CORP\\ann
Sitzungs-ID: 2\nQuellnetzwerkadresse: LOKAL"""
FRENCH = (
    "Services Bureau à distance\u00a0:\n\nUtilisateur : CORP\\ann\nID de session : 2\nAdresse : -"
)
JAPANESE = (
    "リモート デスクトップ サービス:\n\nユーザー：CORP\\ann\nセッション ID：2\nアドレス：192.0.2.1"
)


@pytest.mark.parametrize(
    ("kind", "message", "expected"),
    [
        ("lsm_25", ENGLISH, {"target_user": "CORP\\ann", "ts_id": "2", "address": "2001:db8::7"}),
        ("lsm_24", GERMAN, {"target_user": "CORP\\ann", "ts_id": "2", "address": "LOKAL"}),
        ("lsm_21", FRENCH, {"target_user": "CORP\\ann", "ts_id": "2", "address": "-"}),
        ("lsm_22", JAPANESE, {"target_user": "CORP\\ann", "ts_id": "2", "address": "192.0.2.1"}),
        ("lsm_23", "Logoff:\n\nUser: A\\b\nSession ID: 3", {"target_user": "A\\b", "ts_id": "3"}),
        ("lsm_40", "Session 2 has been disconnected, reason code 5", {"ts_id": "2", "reason": "5"}),
        ("lsm_40", "Sitzung 2 wurde getrennt, Ursachencode 0", {"ts_id": "2", "reason": "0"}),
        ("lsm_39", "Session 2 has been disconnected by session 1",
         {"ts_id": "2", "other_ts_id": "1"}),
        ("lsm_36", "An error occurred when transitioning from CsrConnected in response to "
         "EvCsrInitialized. (ErrorCode 0x80070102)",
         {"status": "0x80070102", "verb": "EvCsrInitialized"}),
        ("lsm_54", "Local multi-user session manager received system shutdown message", {}),
        ("rcm_1149", "Remote Desktop Services: User authentication succeeded:\r\n\r\nUser: ann\r\n"
         "Domain: \r\nSource Network Address: 192.0.2.7",
         {"target_user": "ann", "target_domain": "", "address": "192.0.2.7"}),
        ("rcm_261", "Listener RDP-Tcp received a connection", {"session_name": "RDP-Tcp"}),
        ("rcm_1158", "Remote Desktop Services accepted a connection from IP address 192.0.2.7.",
         {"address": "192.0.2.7"}),
        ("lsm_25", "", {}),
        ("lsm_25", "garbage", {}),
        ("lsm_40", "garbage", {}),
    ],
)  # fmt: skip
def test_messages_are_read_by_position_in_any_language(kind, message, expected):
    found = learnt(kind, detail=message)
    assert found.pop("detail", None) is None
    assert found == expected


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("Accepted password for corp\\\\ann from 192.0.2.7 port 50123 ssh2",
         ("accepted", "corp\\\\ann", "192.0.2.7", "50123", "password")),
        ("Accepted publickey for ann from fe80::1%5 port 22 ssh2: RSA SHA256:x",
         ("accepted", "ann", "fe80::1%5", "22", "publickey")),
        ("Failed none for invalid user  from 192.0.2.7 port 1 ssh2",
         ("failed", "", "192.0.2.7", "1", "none")),
        ("Failed password for ann from bob from 192.0.2.7 port 1 ssh2",
         ("failed", "ann from bob", "192.0.2.7", "1", "password")),
        ("Invalid user admin from 192.0.2.7 port 1", ("invalid", "admin", "192.0.2.7", "1", None)),
        ("Disconnecting authenticating user ann 192.0.2.7 port 1: Too many authentication failures "
         "[preauth]", ("too_many", "ann", "192.0.2.7", "1", None)),
        ("Disconnecting: Too many authentication failures", ("too_many", None, None, None, None)),
        ("Connection closed by authenticating user ann 192.0.2.7 port 1 [preauth]",
         ("closed", "ann", "192.0.2.7", "1", None)),
        ("Connection closed by 192.0.2.7 port 1", ("closed", None, "192.0.2.7", "1", None)),
        ("Connection reset by invalid user x 192.0.2.7 port 1",
         ("closed", "x", "192.0.2.7", "1", None)),
        ("Disconnected from user ann 192.0.2.7 port 1",
         ("disconnected", "ann", "192.0.2.7", "1", None)),
        ("Received disconnect from 192.0.2.7 port 1:11: bye",
         ("disconnected", None, "192.0.2.7", "1", None)),
        ("Connection from 192.0.2.7 port 1 on 10.0.0.1 port 22",
         ("connection", None, "192.0.2.7", "1", None)),
        ("Something else", (None, None, None, None, None)),
    ],
)  # fmt: skip
def test_what_openssh_says(payload, expected):
    found = learnt("ssh_4", detail=payload)
    assert (
        tuple(found.get(c) for c in ("verb", "target_user", "address", "port", "package"))
        == expected
    )


def test_what_openssh_listens_on_is_the_hosts_own():
    found = learnt("ssh_4", detail="Server listening on 0.0.0.0 port 22.")
    assert (found["verb"], found["other_address"], found["other_port"]) == (
        "listening",
        "0.0.0.0",  # noqa: S104 - what sshd says
        "22",
    )
    assert "address" not in found


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("ConnectNotify(SessionId=2)", {"verb": "ConnectNotify", "ts_id": "2"}),
        ("PreDisconnect(12)", {"verb": "PreDisconnect", "reason": "12"}),
        ("SetErrorInfo(0x1)", {"verb": "SetErrorInfo", "reason": "0x1"}),
        ("OnConnected", {}),
        (None, {}),
    ],
)
def test_interface_methods(method, expected):
    assert learnt("core_72", verb=method) == expected


def test_the_second_time_of_an_unexpected_stop_is_utc():
    blob = "DC0704000500060009003B000D001D00" + "DC070400050006000D003B000D001D00" + "60090000"
    assert learnt("eventlog_6008", stated_us=blob) == {"stated_us": "2012-04-06T13:59:13.029000"}


@pytest.mark.parametrize("blob", [None, "", "DC07", "zz", "FFFF" * 16])
def test_a_stop_without_a_time_has_none(blob):
    assert learnt("eventlog_6008", stated_us=blob) == {"stated_us": None}


@pytest.mark.parametrize(
    ("row", "before"),
    [
        (
            {"verb": "\u200e3\u200e/\u200e19\u200e/\u200e2019", "stated_us": "11:35:07 PM",
             "detail": "3/19/2019", "before_us": "11:35:01 PM"},
            "2019-03-20T06:35:01",
        ),
        (
            {"verb": "19.03.2019", "stated_us": "23:35:07", "detail": "18.03.2019",
             "before_us": "23:35:07"},
            "2019-03-19T06:35:07",
        ),
        (
            {"verb": "2019-03-19", "stated_us": "00:00:07", "detail": "2019-03-19",
             "before_us": "12:00:07"},
            "2019-03-20T18:35:07",
        ),
        ({"verb": "garbage", "stated_us": "x", "detail": "y", "before_us": "z"}, None),
    ],
)  # fmt: skip
def test_a_clock_change_in_local_words_is_told_by_its_difference(row, before):
    found = learnt("security_4616", time="2019-03-20T06:35:07.000000Z", **row)
    assert (found["stated_us"], found["before_us"]) == ("2019-03-20T06:35:07.000000Z", before)
    assert found["verb"] is found["detail"] is None


def test_a_clock_change_in_iso_stays_as_it_is():
    row = {"stated_us": "2019-03-20T06:35:07Z", "before_us": "2019-03-20T06:00:07Z"}
    assert learnt("security_4616", **row) == {"verb": None, "detail": None}


def test_a_shell_tells_its_user_and_client_on_newer_builds():
    uri = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd"
    found = learnt("winrm_91", detail=f"{uri} (CORP\\ann clientIP: 192.0.2.7)")
    assert found == {"detail": uri, "target_user": "CORP\\ann", "address": "192.0.2.7"}
    assert learnt("winrm_91", detail=uri) == {}


def test_an_smb_peer_is_a_socket_address():
    assert learnt("smbserver_551", address="0200C35AC0A80105") == {
        "address": "192.168.1.5",
        "port": "50010",
    }
    assert learnt("smbclient_30803", address="192.0.2.7") == {}
