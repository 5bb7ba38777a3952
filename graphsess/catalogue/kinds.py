"""What an entry of the catalogue is, and the one table of all of them.

An event means something only by provider *and* id (rule N1): System 7001 is a logon notice from
Winlogon and a failed dependency from the Service Control Manager. Adding a kind of event is one
entry in one of the sibling modules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphsess.catalogue.columns import COLUMNS

Fields = Mapping[str, str | tuple[str, ...]]
"""Our column → the event's field, or several in order of preference."""


ACTS: Mapping[str, str] = {
    "process": "a process was started",
    "service": "a service was installed",
    "task": "a scheduled task was made, changed, deleted or run",
    "share": "a share, or a file on it, was opened by the network",
    "file": "a file was made, changed, opened or deleted",
    "registry": "a registry value was changed",
    "network": "a connection was made",
    "name_lookup": "a name was looked up",
    "powershell": "PowerShell ran a script or a command",
    "wmi": "a WMI subscription was made",
    "account_change": "an account or a group was changed",
    "policy": "the audit policy was changed",
    "privilege": "a sensitive privilege was used",
    "credentials": "stored credentials were read",
    "account_lookup": "accounts or groups were listed",
    "log_cleared": "a log was cleared",
}
"""Kinds of act that events speak of, for the table `activities`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of Windows event.

    Attributes:
        name: Our name for it, `security_4624`: channel family and event id.
        provider: Provider name as Microsoft spells it; compared without case.
        event_id: Unique within the provider only.
        fields: Our column → the event's field, or several in order of preference.
            Unnamed Data are called "0", "1", … by position.
        says: What the event means, in a few words.
        parse: Name of the text parser that fills further columns from this kind's own text.
        aliases: Other provider names that write the same event.
        activity: What was done, where the event is something done: one of `ACTS`.
        channel: The channel, where the provider writes the same id elsewhere with other meaning.
    """

    name: str
    provider: str
    event_id: int
    fields: Fields
    says: str
    parse: str | None = None
    aliases: tuple[str, ...] = ()
    activity: str | None = None
    channel: str | None = field(default=None)

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.fields) - set(COLUMNS)):
            raise ValueError(f"{self.name}: no such column: {unknown[0]}")
        if self.activity is not None and self.activity not in ACTS:
            raise ValueError(f"{self.name}: no such kind of act: {self.activity}")


SUBJECT: Fields = {
    "actor_sid": "SubjectUserSid",
    "actor_user": "SubjectUserName",
    "actor_domain": "SubjectDomainName",
    "actor_luid": "SubjectLogonId",
}
"""The Subject block of Security events: the requester, seldom the user of a logon."""

TARGET: Fields = {
    "target_sid": ("TargetUserSid", "TargetSid"),
    "target_user": "TargetUserName",
    "target_domain": "TargetDomainName",
}
"""The Target block without its LUID."""

TARGET_LOGON: Fields = {**TARGET, "target_luid": "TargetLogonId"}
"""The Target block of events that are about a logon session."""

PEER: Fields = {"address": "IpAddress", "port": "IpPort"}
"""The peer's address as most Security events spell it."""
