"""The normalised columns that every event is brought into, and how each one's text is read.

A reader hands over what the log says as text, under these names; `graphsess.events.normalise`
turns whole columns into the types given here. `None` means that the log does not say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """How a column's text is read (rules N4-N8)."""

    TEXT = "text"
    """Trimmed; "" and "-" are null."""
    ACCOUNT = "account"
    """As TEXT; `DOMAIN\\name` and `name@realm` are taken apart into name and domain."""
    SID = "sid"
    """Upper case; the null SID is null."""
    GUID = "guid"
    """Upper case without braces; all-zero is null."""
    LUID = "luid"
    """Hexadecimal or decimal to int64; zero is null."""
    NUMBER = "number"
    """Hexadecimal or decimal to int64."""
    ADDRESS = "address"
    """Canonical address; port and IPv6 scope taken off; Windows' own words for none are null."""
    TIME = "time"
    """int64 microseconds UTC since 1970; 1601 and earlier are null."""
    YES_NO = "yes_no"
    """Yes/No or %%1842/%%1843 to a boolean."""
    CODE = "code"
    """A status code as lower-case hexadecimal text, `0xc000006a`."""


@dataclass(frozen=True, slots=True)
class Column:
    """One normalised column.

    Attributes:
        form: How its text is read.
        means: What it holds, for the docs.
    """

    form: Form
    means: str


COLUMNS: dict[str, Column] = {
    "activity_id": Column(Form.GUID, "System/Correlation/@ActivityID"),
    "writer_sid": Column(Form.SID, "System/Security/@UserID: in whose name it was written"),
    "writer_pid": Column(Form.NUMBER, "System/Execution/@ProcessID"),
    "actor_sid": Column(Form.SID, "who did it (Subject)"),
    "actor_user": Column(Form.ACCOUNT, "who did it: account name"),
    "actor_domain": Column(Form.TEXT, "who did it: domain, workgroup or computer"),
    "actor_luid": Column(Form.LUID, "under which logon session it was done"),
    "target_sid": Column(Form.SID, "the account that the event is about"),
    "target_user": Column(Form.ACCOUNT, "its name"),
    "target_domain": Column(Form.TEXT, "its domain, workgroup or computer"),
    "target_luid": Column(Form.LUID, "the logon session that the event is about"),
    "linked_luid": Column(Form.LUID, "the other half of a UAC pair"),
    "outbound_user": Column(Form.ACCOUNT, "network identity of a NewCredentials logon"),
    "outbound_domain": Column(Form.TEXT, "its domain"),
    "logon_type": Column(Form.NUMBER, "LogonType"),
    "logon_process": Column(Form.TEXT, "LogonProcessName, trailing blanks cut"),
    "package": Column(Form.TEXT, "AuthenticationPackageName"),
    "logon_guid": Column(Form.GUID, "LogonGuid of Security events"),
    "elevated": Column(Form.YES_NO, "ElevatedToken"),
    "restricted_admin": Column(Form.YES_NO, "RestrictedAdminMode"),
    "credential_guard": Column(Form.YES_NO, "RemoteCredentialGuard"),
    "process": Column(Form.TEXT, "the process that acted, or was started: path"),
    "process_id": Column(Form.NUMBER, "its id"),
    "parent_process": Column(Form.TEXT, "the process that started it: path"),
    "parent_id": Column(Form.NUMBER, "its id"),
    "command_line": Column(Form.TEXT, "command line of a started process"),
    "process_guid": Column(Form.GUID, "Sysmon's ProcessGuid"),
    "address": Column(Form.ADDRESS, "the peer's address"),
    "port": Column(Form.NUMBER, "the peer's port"),
    "client_name": Column(Form.TEXT, "the peer's own name for itself"),
    "other_address": Column(Form.ADDRESS, "the other end: destination, or the host's own address"),
    "other_port": Column(Form.NUMBER, "its port"),
    "ts_id": Column(Form.NUMBER, "TS session id"),
    "other_ts_id": Column(Form.NUMBER, "the TS session that caused it (LSM 39)"),
    "session_name": Column(Form.TEXT, "window-station name: Console, RDP-Tcp#N"),
    "status": Column(Form.CODE, "SubStatus where set, else Status"),
    "reason": Column(Form.NUMBER, "LSM 40 reason, RdpCoreTS 103 reason, RDPClient 1026 value"),
    "server": Column(Form.TEXT, "the computer or service that was asked for"),
    "spn": Column(Form.TEXT, "its service principal name"),
    "object": Column(Form.TEXT, "the thing acted on: share, service, task, channel, file, account"),
    "detail": Column(Form.TEXT, "what else a person wants to read about it"),
    "verb": Column(Form.TEXT, "what happened, where the event says it in text or in a code"),
    "stated_us": Column(Form.TIME, "the time that the event speaks of: boot, stop, last alive"),
    "before_us": Column(Form.TIME, "the clock before it was changed"),
    "os_build": Column(Form.TEXT, "build number of the operating system"),
    "sysmon_logon": Column(Form.GUID, "Sysmon's LogonGuid: holds the logon's start time"),
}
"""All normalised columns beside the event's own identity, in the order of the event table."""
