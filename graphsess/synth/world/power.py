"""Switching a host on and off: boot, shutdown, crash, sleep, fast startup (semantics 2.1)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from graphsess.synth.world import clock, companions, leave, logs, security, services
from graphsess.synth.world.accounts import LOCAL_SERVICE, NETWORK_SERVICE, SYSTEM
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.host import Boot, Unwritten
from graphsess.synth.world.logon import LOCAL_SERVICE_LUID, NETWORK_SERVICE_LUID, SYSTEM_LUID
from graphsess.synth.world.request import Request

if TYPE_CHECKING:
    from graphsess.synth.world.desktop import Desktop
    from graphsess.synth.world.host import Host

_SERVICE_ACCOUNTS = (
    (SYSTEM, SYSTEM_LUID),
    (NETWORK_SERVICE, NETWORK_SERVICE_LUID),
    (LOCAL_SERVICE, LOCAL_SERVICE_LUID),
)


def boot(host: Host, at: int, *, after_crash: bool = False) -> Boot:
    """The host starts cold at `at`; it reaches the logon screen about 12 s later.

    System.evtx gets 6009 and 6005 first, then what had to wait for the log service, with the
    earlier times of its own.
    """
    made = Boot(at, host.now(at), host.now(at) + host.lag(0, 1.79))
    host.boot = made
    host.boots.append(made)
    security_up = at + host.lag(7.0, 8.5)
    log_up = security_up + host.lag(2.5, 3.5)
    _system_log(host, at, log_up, after_crash=after_crash)
    _first_logons(host, security_up)
    host.emit(logs.LSM, 32, security_up + host.lag(1.7, 2.0), {"messageName": "RDSAppXPlugin"})
    companions.new_desktop(host, security_up + host.lag(1.9, 2.2), at_console=True)
    listening = log_up + host.lag(0.1, 0.4)
    activity = f"F462{host.guid()[4:-4]}0000" if host.build.activities else None
    name: dict[str, object] = {"listenerName": "RDP-Tcp"}
    host.emit(logs.RCM, 258, listening, name, activity=activity)
    services.state(host, listening + host.lag(0.5, 3.0), "Remote Desktop Services", "running")
    return made


def shutdown(host: Host, at: int, *, by: Desktop | None = None, restart: bool = False) -> None:
    """A clean shutdown or restart: whoever is logged on is logged off, then the kernel stops."""
    _asked(host, at, by, restart=restart)
    leaving = at + host.lag(2.2, 2.6)
    for desktop in list(host.running.desktops.values()):
        if desktop.user:
            leave.at_shutdown(desktop, leaving)
            leaving += host.lag(0.01, 0.05)
    host.emit(logs.LSM, 54, leaving + host.lag(0.02, 0.15))
    stopping = leaving + host.lag(0.8, 1.0)
    log = logs.LOG_SERVICE._replace(task=103)
    host.emit(log, 1100, stopping)
    host.emit(
        logs.EVENT_LOG, 6006, stopping + seconds(0.015), {"Data": [""], "Binary": b"\x01" * 8}
    )
    _stop(host, stopping + host.lag(4.5, 5.5), "clean")


def crash(host: Host, at: int) -> None:
    """Power is lost at `at`: nothing is written; the next boot tells (41, 6008)."""
    ended = host.running
    alive = host.now(at - host.lag(5, 55))
    since = [draft.time for draft in host.drafts if draft.at >= ended.start and draft.at < at]
    last = max([alive, *since])
    for session in host.world.sessions:
        if session.host is host and session.end is None and session.end_kind is None:
            session.inferred = (last, max(since, default=alive), last)
            session.end_kind = "inferred"
    for local in host.world.locals:
        if local.host is host and not local.ends and local.inferred is None:
            local.inferred = last
    host.drafts[:] = [draft for draft in host.drafts if draft.at < at]
    ended.end_time, ended.end_kind = last, "crash"
    stamps = b"".join(_system_time(alive) for _ in range(2))
    moment = clock.moment(alive)
    text = [f"{moment:%H:%M:%S}", f"\u200e{moment:%d/\u200e%m/\u200e%Y}", "", "", "3600", "", ""]
    power: dict[str, object] = {
        "BugcheckCode": 0, "BugcheckParameter1": 0, "BugcheckParameter2": 0,
        "BugcheckParameter3": 0, "BugcheckParameter4": 0, "SleepInProgress": 0,
        "PowerButtonTimestamp": 0, "BootAppStatus": 0, "Checkpoint": 0,
        "ConnectedStandbyInProgress": False, "SystemSleepTransitionsToOn": 0,
        "CsEntryScenarioInstanceId": 0, "BugcheckInfoFromEFI": False, "CheckpointStatus": 0,
    }  # fmt: skip
    host.unwritten = [
        Unwritten(logs.EVENT_LOG, 6008, -1, {"Data": text, "Binary": stamps}),
        Unwritten(logs.KERNEL_POWER._replace(level=1), 41, -1, power, 6),
    ]
    host.boot = None


def sleep(host: Host, at: int) -> None:
    """The host goes to sleep. Sessions and LUIDs live on."""
    fields: dict[str, object] = {
        "TargetState": 4, "EffectiveState": 4, "Reason": 0, "Flags": 4, "TransitionsToOn": 1,
    }  # fmt: skip
    host.emit(logs.KERNEL_POWER, 42, at, fields, version=3)


def resume(host: Host, at: int, *, slept: int) -> None:
    """The host wakes at `at`; `slept` is the world's time of falling asleep."""
    _slept(host, at, slept)
    fields: dict[str, object] = {"SleepTime": host.now(slept), "WakeTime": host.now(at)}
    later = at + host.lag(1, 3)
    host.emit(logs.POWER_TROUBLE, 1, later, fields, version=3, activity=host.guid())


def hybrid_shutdown(host: Host, at: int, *, by: Desktop) -> None:
    """A "Shut down" with fast startup: people are logged off, the kernel only hibernates."""
    _asked(host, at, by, restart=False)
    leaving = at + host.lag(2.2, 2.6)
    for desktop in list(host.running.desktops.values()):
        if desktop.user:
            leave.logoff(desktop, leaving)
    sleep(host, leaving + host.lag(3, 4))


def hybrid_start(host: Host, at: int, *, slept: int) -> None:
    """Fast startup: the kernel resumes, and says so (BootType 1); LUIDs go on counting."""
    _slept(host, at, slept)
    fields: dict[str, object] = {"BootType": 1, "LoadOptions": ""}
    host.emit(logs.KERNEL_BOOT, 27, at + host.lag(0.2, 0.4), fields, version=1)


def _asked(host: Host, at: int, by: Desktop | None, *, restart: bool) -> None:
    user = by.owner if by else host.language.builtin(SYSTEM)
    fields: dict[str, object] = {
        "param1": rf"C:\Windows\System32\RuntimeBroker.exe ({host.short})",
        "param2": host.short,
        "param3": "Other (Unplanned)",
        "param4": "0x0",
        "param5": "restart" if restart else "power off",
        "param6": "",
        "param7": user.label,
    }
    host.emit(logs.USER32, 1074, at, fields, user_sid=user.sid)


def _stop(host: Host, at: int, kind: str) -> None:
    ended = host.running
    ended.end_time, ended.end_kind = host.now(at), kind
    stop: dict[str, object] = {"StopTime": host.now(at)}
    log = logs.KERNEL_GENERAL._replace(user_sid=None)
    host.unwritten.append(Unwritten(log, 13, at, stop))
    host.boot = None


def _system_log(host: Host, start: int, log_up: int, *, after_crash: bool) -> None:
    major, minor, number = host.build.number
    text = [f"{major}.{minor:02d}.", str(number), "", "Multiprocessor Free", "0"]
    host.emit(logs.EVENT_LOG, 6009, log_up, {"Data": text, "Binary": None})
    host.emit(logs.EVENT_LOG, 6005, log_up, {"Data": [""], "Binary": _system_time(log_up)})
    for late in host.unwritten:
        logged = late.logged if late.logged >= 0 else start + seconds(0.9)
        host.emit(late.log, late.event_id, log_up, late.fields, version=late.version, logged=logged)
    host.unwritten = []
    kernel: dict[str, object] = {
        "MajorVersion": major, "MinorVersion": minor, "BuildVersion": number, "QfeVersion": 1,
        "ServiceVersion": 0, "BootMode": 0, "StartTime": host.now(start),
    }  # fmt: skip
    early = start + host.lag(0.1, 0.2)
    host.emit(logs.KERNEL_GENERAL, 12, log_up, kernel, logged=early)
    good: dict[str, object] = {"LastShutdownGood": not after_crash, "LastBootGood": True}
    cold: dict[str, object] = {"BootType": 0, "LoadOptions": ""}
    host.emit(logs.KERNEL_BOOT, 20, log_up, good, logged=early + seconds(0.0001))
    host.emit(logs.KERNEL_BOOT, 27, log_up, cold, version=1, logged=early + seconds(0.0002))


def _first_logons(host: Host, at: int) -> None:
    host.emit(logs.SECURITY, 4608, at, task=12288, process_id=696)
    system = host.logon(host.language.builtin(SYSTEM), 0, at, "system")
    system.luid, system.elevated = SYSTEM_LUID, True
    how = Request("-", "-", nobody=True, process_id=4, executable="")
    security.logon(host, at + seconds(0.01), system, how)
    if host.build.font_driver:
        companions.font_driver(host, at + host.lag(1.0, 1.3), 0)
    for sid, luid in _SERVICE_ACCOUNTS:
        services.logon(host, at + host.lag(1.4, 1.6), host.language.builtin(sid), luid)


def _slept(host: Host, at: int, slept: int) -> None:
    host.emit(logs.KERNEL_POWER, 107, at, {"TargetState": 4, "EffectiveState": 4}, version=1)
    fields: dict[str, object] = {
        "NewTime": host.now(at), "OldTime": host.now(slept), "Reason": 2, "ProcessName": "",
        "ProcessID": 4,
    }  # fmt: skip
    host.emit(logs.KERNEL_GENERAL, 1, at + host.lag(0.1, 0.2), fields, version=2)


def _system_time(time: int) -> bytes:
    at = clock.moment(time)
    weekday = at.isoweekday() % 7
    parts = (at.year, at.month, weekday, at.day, at.hour, at.minute, at.second, 0)
    return struct.pack("<8H", *parts)
