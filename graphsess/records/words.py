"""Codes into words: statuses of failed attempts, and why a session ended."""

from __future__ import annotations

STATUS: dict[str, str] = {
    "0xc000005e": "no logon server could be reached",
    "0xc0000064": "no such user",
    "0xc000006a": "wrong password",
    "0xc000006d": "wrong user name or password",
    "0xc000006e": "account restriction: blank password or policy",
    "0xc000006f": "outside the account's logon hours",
    "0xc0000070": "not allowed from this workstation",
    "0xc0000071": "password expired",
    "0xc0000072": "account disabled",
    "0xc00000dc": "security database in the wrong state",
    "0xc0000133": "clocks too far apart",
    "0xc000015b": "logon type not granted to this account",
    "0xc000018b": "no trust account for this workstation",
    "0xc000018c": "trust between the domains failed",
    "0xc000018d": "trust between workstation and domain failed",
    "0xc0000192": "Netlogon service not started",
    "0xc0000193": "account expired",
    "0xc0000224": "password must be changed first",
    "0xc0000225": "not found (a fault of Windows)",
    "0xc0000234": "account locked out",
    "0xc00002ee": "an error occurred during logon",
    "0xc0000413": "not allowed by the authentication firewall",
    "0x6": "no such user (Kerberos)",
    "0x7": "no such service (Kerberos)",
    "0xc": "workstation or hours not allowed (Kerberos)",
    "0x12": "account disabled, locked or expired (Kerberos)",
    "0x17": "password expired (Kerberos)",
    "0x18": "wrong password (Kerberos)",
    "0x19": "pre-authentication required (Kerberos)",
    "0x1b": "service wants user-to-user tickets (Kerberos)",
    "0x1f": "ticket failed its integrity check (Kerberos)",
    "0x20": "ticket expired (Kerberos)",
    "0x25": "clocks too far apart (Kerberos)",
}
"""What a status of 4625, 4768, 4771 or 4776 means, by its code in lower case.

See: https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4625
"""

END_REASON: dict[str, str] = {
    "displaced": "displaced by another connection",
    "logoff": "user logged off",
    "logoff_by_user": "user logged off",
    "user_disconnect": "user disconnected",
    "user_disconnect_menu": "user chose Disconnect",
    "client_closed_or_network": "client window closed or network lost",
    "api_disconnect": "disconnected by an administrator's tool or another session",
    "api_logoff": "logged off by an administrator's tool",
    "idle_limit": "idle time limit reached",
    "time_limit": "session time limit reached",
    "shutdown": "host shut down",
    "crash": "host crashed; last sign of life",
    "restart": "host restarted",
    "started_again": "host started again; how it stopped is not logged",
    "nla_end": "its network logon ended",
    "next_on_session": "the next connection took over its desktop",
    "next_session": "the user's next session began",
    "no_desktop": "no desktop followed",
    "attempt_over": "the attempt was over",
    "closed": "its network logons were closed",
    "lost_in_hole": "the logs have a hole after its last sign of life",
    "last_activity": "last activity seen",
    "hijacked": "taken over by another account's connection",
    "redirected_by_broker": "redirected by broker to another host",
    "out_of_memory": "host out of memory",
    "denied": "connection denied by the host",
    "denied_fips": "connection denied by the host's encryption policy",
    "insufficient_privileges": "no right to log on by Remote Desktop",
    "fresh_credentials": "fresh credentials required",
    "licence": "licence or encryption error",
    "protocol_error": "protocol error",
}
"""Why a session ended, by the code that derive leaves in `end_reason`."""


def status_words(code: str | None) -> str | None:
    """What a status code means; the code itself where nobody knows; None for None."""
    if code is None:
        return None
    return STATUS.get(code.lower(), f"status {code}")


def end_words(code: str | None) -> str | None:
    """Why a session ended: `reason:N` is a code of LSM 40 that has no word of its own."""
    if code is None:
        return None
    kind, _, number = code.partition(":")
    if kind == "reason" and number:
        return f"reason code {number}"
    if kind == "displaced" and number:
        return f"displaced by {number}"
    return END_REASON.get(code, code.replace("_", " "))
