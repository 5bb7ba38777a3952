"""What the codes in the records mean, in a few words: the report explains what it shows."""

from __future__ import annotations

from graphsess.records.words import STATUS
from graphsess.report.page.ranking import REASONS

FLAGS = {
    "takeover": "took the desktop over from another connection",
    "session_hijack": "a connection went on with another user's desktop, without new credentials",
    "tunnelled": "RDP from a loopback address or the host's own: the true source is behind it",
    "shadowed": "somebody watched or controlled the session",
    "log_cleared_during": "a log was cleared while it was open",
    "clock_jump": "the clock was changed between start and end: the duration is not known",
    "credentials_may_be_right": "refused for a reason that is checked after the password",
    "lsm_not_covering": "the log that would show a desktop does not cover it",
    "security_not_covering": "the Security log does not cover its start",
    "ambiguous": "two connections fitted; the choice may be wrong",
    "dollar_user": "a user account whose name ends in $, as machine accounts do",
    "epoch_conflict": "its LUID is claimed by two accounts: a boot may be missing",
    "redirected_by_broker": "the broker sent it on to another host",
    "dc_background": "routine at a domain controller",
    "seen_at_dc_only": "only the controller tells of it",
}
OUTCOMES = {
    "established": "got in",
    "authenticated": "credentials accepted; no log could tell whether a desktop followed",
    "authenticated_no_shell": "credentials accepted, no desktop followed",
    "denied": "credentials right, access refused",
    "failed": "credentials refused",
}
ENDS = {
    "logoff": "logged off",
    "disconnect": "disconnected; the desktop stayed",
    "attempt_over": "the attempt was over",
    "closed": "the network logon was closed",
    "inferred": "no event states the end",
    "open_at_end_of_log": "still open when the logs end",
    "unobserved": "nothing tells of its end",
}
OPENED = {
    "logon": "a new logon",
    "reconnect": "a reconnect to a desktop that was there",
    "attempt": "an attempt",
    "before_coverage": "open before the log begins: its start is not known",
}
ROLES = {
    "CONNECT": "connection made",
    "AUTH_OK": "credentials accepted",
    "AUTH_FAIL": "credentials refused",
    "NLA_PRECURSOR": "network logon that prepares a desktop",
    "ARBITRATION": "session looked for",
    "SESSION_CREATE": "session made",
    "SHELL_START": "shell started",
    "RECONNECT": "taken up again",
    "PRIVILEGE": "privileges given",
    "LINKED_TOKEN": "other half of a UAC pair",
    "COMPANION": "companion logon",
    "BYPRODUCT": "logon made in passing",
    "CLIENT_INFO": "the client about itself",
    "LOCK": "locked",
    "UNLOCK": "unlocked",
    "SHADOW": "watched or controlled",
    "DISPLACED_BY": "took over from another",
    "DISCONNECT": "disconnected",
    "LOGOFF_INIT": "logoff begun",
    "LOGOFF_DONE": "logged off",
    "END_INFERRED": "bounds the end",
    "DC_CORROBORATION": "a controller's word on it",
    "SOURCE_CORROBORATION": "the source host's word on it",
    "GATEWAY": "the gateway's word on it",
}
CONFIDENCE = {
    "start_before_coverage": "it was open before the log begins",
    "start_by_time_window": "its events are joined by time only, not by an exact key",
    "start_of_several_candidates": "several connections fitted",
    "start_channels_agree": "two channels agree on the start",
    "user_not_logged": "no event names the account",
    "user_channels_agree": "two channels agree on the account",
    "source_by_client_name_only": "only the client's own name is known, no address",
    "source_channels_agree": "two channels agree on the address",
    "source_conflict": "events name different addresses",
    "source_conflict_of_candidates": "the address is that of one of several candidates",
    "source_tunnelled": "the address is the tunnel's",
    "end_inferred": "the end is inferred",
    "end_not_observed": "no event tells of the end",
    "end_channels_agree": "two channels agree on the end",
    "clock_jump": "the clock was changed meanwhile",
    "carved_only": "all its events were carved from slack",
}
PATTERNS = {
    "bruteforce": "many tries on few accounts",
    "spray": "few tries on each of many accounts",
    "slow_spray": "few tries on many accounts, hours apart",
    "distributed": "one account tried from many addresses",
    "mistype": "a few tries, then a success of the same user",
    "stale_credential": "an old password that a program goes on using",
    "other": "none of the known patterns",
}
EVIDENCE = {
    "E0": "the source address belonged to the host then",
    "E1": "both ends logged the same connection (addresses and ports)",
    "E2": "the remote desktop client on the source named the target",
    "E3": "explicit credentials for the target were used on the source",
    "E4": "the source logged the outgoing NTLM or SMB logon",
    "E5": "the controller gave the source a ticket for the target",
    "E6": "a program on the source named the target",
    "E7": "remote management on both ends",
    "E8": "the client gave the source's name (it chooses it itself)",
    "E9": "the same account was active on the source",
    "E10": "time zone or client version fit",
}


def legend() -> dict[str, dict[str, str]]:
    """Every explanation by what it is about, then by code."""
    return {
        "flags": FLAGS,
        "outcomes": OUTCOMES,
        "ends": ENDS,
        "opened": OPENED,
        "roles": ROLES,
        "confidence": CONFIDENCE,
        "patterns": PATTERNS,
        "evidence": EVIDENCE,
        "status": dict(STATUS),
        "priority": {name: says for name, (_, says) in REASONS.items()},
    }
