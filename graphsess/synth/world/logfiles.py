"""What happens to the logs themselves: cleared, rolled over, holes, clocks, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.world import activity, logs, security
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.request import Request

if TYPE_CHECKING:
    from graphsess.synth.world.desktop import Desktop
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.host import Host


def clear_security(host: Host, at: int, by: Desktop) -> Draft:
    """1102: the Security log is cleared; it is the first record of the new log (R6.1)."""
    fields = security.subject(host, Request("-", asker=by.elevated))
    version = 1 if host.build.logon_version > 2 else 0
    if version:
        fields |= {"ClientProcessId": host.pid(), "ClientProcessStartKey": 1}
    cleared = host.emit(logs.LOG_SERVICE, 1102, at, fields, version=version, process_id=1228)
    host.drop("Security", until=at)
    _during(host, at, by)
    activity.note(cleared, "Security log cleared", by.session, by.elevated)
    return cleared


def clear(host: Host, at: int, by: Desktop, channel: str) -> Draft:
    """104 in System: another log is cleared."""
    user = by.owner
    fields: dict[str, object] = {
        "SubjectUserName": user.name,
        "SubjectDomainName": user.domain,
        "Channel": channel,
        "BackupPath": "",
    }
    cleared = host.emit(logs.LOG_CLEARED, 104, at, fields, user_sid=user.sid)
    host.drop(channel, until=at)
    _during(host, at, by)
    activity.note(cleared, f"{channel} cleared", by.session)
    return cleared


def starts_at(host: Host, at: int) -> None:
    """The logs were taken after older records had been overwritten: nothing before `at`."""
    for channel in {draft.log.channel for draft in host.drafts}:
        host.drop(channel, until=at)


def _during(host: Host, at: int, by: Desktop) -> None:
    for session in host.world.sessions:
        if session.host is host and session.end_kind is None and session.outcome == "established":
            start = session.start
            if start is None or start.at <= at:
                session.flags.add("log_cleared_during")
    if by.session:
        by.session.flags.add("log_cleared_during")


def clock_change(host: Host, at: int, delta: float) -> None:
    """The host's clock is set by `delta` seconds: 4616 and Kernel-General 1 tell it."""
    old, host.offset = host.now(at), host.offset + seconds(delta)
    fields = security.subject(host, Request("-")) | {
        "PreviousTime": old,
        "NewTime": host.now(at),
        "ProcessId": host.pid(),
        "ProcessName": r"C:\Windows\System32\svchost.exe",
    }
    if abs(delta) > 5:
        for session in host.world.sessions:
            if session.host is host and session.end_kind is None:
                session.flags.add("clock_jump")
    host.emit(logs.SECURITY, 4616, at, fields, version=1, task=12288)
    kernel: dict[str, object] = {"NewTime": host.now(at), "OldTime": old, "Reason": 1}
    version = 1
    if host.build.logon_version >= 2:
        version = 2
        kernel |= {"ProcessName": r"\Device\HarddiskVolume3\Windows\System32\svchost.exe",
                   "ProcessID": 1032}  # fmt: skip
    host.emit(logs.KERNEL_GENERAL, 1, at + seconds(0.001), kernel, version=version)


def lost(host: Host) -> None:
    """The host is not in the case: nothing of its logs was taken."""
    starts_at(host, 1 << 63)


def rename(host: Host, name: str, *, domain: str) -> None:
    """From now on the host has another name; the files and record ids run on."""
    host.domain = domain
    host.name = name
    host.names.append(name)
