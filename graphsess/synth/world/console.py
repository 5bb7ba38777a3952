"""Somebody at the keyboard: logon, failed logon, lock, unlock (semantics 2.2, 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.truth import Interval, LocalTruth, SessionTruth
from graphsess.synth.world import companions, dc, security, terminal
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.desktop import CONSOLE_ACTIVITY, Desktop
from graphsess.synth.world.request import LSASS, Request

if TYPE_CHECKING:
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.host import Host
    from graphsess.synth.world.logon import Logon

HERE = "127.0.0.1"


def logon(host: Host, user: User, at: int, *, cached: bool = False) -> Desktop:
    """`user` logs on at the console, with cached credentials if no DC answers."""
    desktop = host.running.console or companions.new_desktop(host, at, at_console=True)
    desktop.user = user
    guid = "" if cached else dc.interactive(host, at, user)
    how = asked(host, HERE)
    session = SessionTruth(host, "console", user, ts_id=desktop.ts_id)
    session.starts = [security.explicit(host, at, user, how, guid=guid or security.ZERO_GUID)]
    desktop.logons = tokens(host, at + seconds(0.0002), user, 11 if cached else 2, how, guid)
    session.starts += (token_starts := [made.start for made in desktop.logons if made.start])
    session.auths = sorted(token_starts, key=lambda draft: draft.at)
    begin = arbitration(desktop, at + host.lag(0.01, 0.2), CONSOLE_ACTIVITY, session)
    opened(desktop, begin + host.lag(0.05, 3.7), CONSOLE_ACTIVITY, terminal.LOCAL, session)
    return desktop


def fail(
    host: Host, name: str, at: int, user: User | None = None, status: int = 0xC000006A
) -> None:
    """A wrong password at the logon screen: 4625 type 2."""
    how = asked(host, HERE)
    domain = user.domain if user else host.short
    draft = security.failure(host, at, name, domain, 2, status, how)
    dc.wrong_password(host, user, at - seconds(0.02), [draft])
    session = SessionTruth(host, "console", user, "failed", "attempt", attempted_user=name)
    session.attempt, session.end_kind = [draft], "attempt_over"
    session.facts["failure_status"] = f"{status:#x}"
    host.world.sessions.append(session)


def lock(desktop: Desktop, at: int, *, screen_saver: bool = False) -> None:
    """The user locks the screen, or the screen saver does."""
    host = desktop.host
    if screen_saver:
        security.screen(host, 4802, at - seconds(0.02), desktop.limited, desktop.ts_id)
    locked = security.screen(host, 4800, at, desktop.limited, desktop.ts_id)
    notified = terminal.winlogon(host, at + seconds(0.01), 4, desktop.owner)
    terminal.task_trigger(host, 124, at + seconds(0.05), desktop.owner)
    if desktop.local:
        desktop.local.locked.append(Interval([locked, notified]))


def unlock(desktop: Desktop, at: int, *, cached: bool = False, plain: bool = False) -> None:
    """The user unlocks the screen: a type 7 pair that dies in the same second.

    `cached`: type 13, no DC answers. `plain`: logged as type 2, as seen after sleep.
    """
    host, user = desktop.host, desktop.owner
    guid = "" if cached else dc.interactive(host, at, user)
    how = asked(host, HERE)
    security.explicit(host, at, user, how, guid=guid or security.ZERO_GUID)
    made = tokens(host, at + seconds(0.0002), user, 13 if cached else 2 if plain else 7, how, guid)
    unlocked = security.screen(host, 4801, at + host.lag(0.02, 0.1), desktop.limited, desktop.ts_id)
    notified = terminal.winlogon(host, at + host.lag(0.1, 0.12), 5, user)
    terminal.task_trigger(host, 125, at + host.lag(0.12, 0.15), user)
    for number, logon_ in enumerate(made):
        security.destroyed(host, at + host.lag(0.15, 0.2) + number, logon_)
    byproduct(desktop, made, "unlock")
    if desktop.local and desktop.local.locked:
        desktop.local.locked[-1].last = [unlocked, notified]


def fail_unlock(desktop: Desktop, at: int) -> None:
    """A wrong password at the lock screen: 4625 type 7, a failed console attempt."""
    host, user = desktop.host, desktop.owner
    how = asked(host, HERE)
    draft = security.failure(host, at, user.name, user.domain, 7, 0xC000006A, how)
    dc.wrong_password(host, user, at - seconds(0.02), [draft])
    session = SessionTruth(host, "console", user, "failed", "attempt", attempted_user=user.name)
    session.attempt, session.end_kind = [draft], "attempt_over"
    session.facts["failure_status"] = "0xc000006a"
    host.world.sessions.append(session)


def refresh(desktop: Desktop, at: int) -> None:
    """A DC can be reached again: LSA renews a cached logon by a type 7 pair of its own."""
    host, user = desktop.host, desktop.owner
    how = Request("Negotiat", executable=LSASS, process_id=696)
    guid = dc.interactive(host, at, user)
    security.explicit(host, at, user, how, guid=guid)
    made = tokens(host, at + seconds(0.0002), user, 7, how, guid)
    for number, logon_ in enumerate(made):
        security.destroyed(host, at + host.lag(0.01, 0.02) + number, logon_)
    byproduct(desktop, made, "refresh")


def asked(host: Host, address: str, *, restricted: bool | None = None) -> Request:
    """A request by the broker of the build, for a desktop."""
    return Request(
        "User32", workstation=host.short, address=address, port="0", process_id=0x3BC,
        executable=host.build.broker, restricted=restricted,
    )  # fmt: skip


def tokens(
    host: Host, at: int, user: User, logon_type: int, how: Request, guid: str
) -> list[Logon]:
    """The 4624s of an interactive logon, limited token first; 4672 comes before its 4624."""
    full = host.logon(user, logon_type, at, "session")
    full.guid = guid or full.guid
    if not user.split:
        full.elevated = user.admin
        if user.admin:
            security.privileges(host, at - seconds(0.00005), full)
        security.logon(host, at, full, how)
        return [full]
    limited = host.logon(user, logon_type, at + seconds(0.0001), "session")
    full.elevated, full.linked, limited.linked = True, limited, full
    security.privileges(host, at - seconds(0.00005), full)
    security.logon(host, at, full, how)
    security.logon(host, at + seconds(0.0001), limited, how)
    return [limited, full]


def byproduct(desktop: Desktop, made: list[Logon], role: str) -> None:
    """`made` are no sessions of their own: they belong to the desktop's session."""
    for logon_ in made:
        logon_.role, logon_.owner = role, desktop.limited
    if desktop.session:
        desktop.session.byproducts += made


def arbitration(desktop: Desktop, at: int, activity: str | None, session: SessionTruth) -> int:
    """LSM 41 and 42, Winlogon 7001, the profile. Returns the world's time of 41."""
    host, user, ts_id = desktop.host, desktop.owner, desktop.ts_id
    session.starts.append(terminal.session(host, 41, at, user, ts_id, activity))
    ended = at + host.lag(0.005, 0.03)
    terminal.session(host, 42, ended, user, ts_id, activity)
    desktop.notified = terminal.notified(host, 7001, ended + seconds(0.003), user, ts_id)
    session.starts.append(desktop.notified)
    terminal.profile(host, 1, ended + seconds(0.004), user, ts_id)
    terminal.profile(host, 67, ended + seconds(0.006), user, ts_id)
    terminal.profile(host, 2, ended + seconds(0.012), user, ts_id)
    terminal.winlogon(host, ended + seconds(0.015), 2, user)
    return at


def opened(
    desktop: Desktop, at: int, activity: str | None, address: str | None, session: SessionTruth
) -> None:
    """LSM 21 and 22: the desktop is there. Starts the local session's account."""
    host, user, ts_id = desktop.host, desktop.owner, desktop.ts_id
    arrived = terminal.session(host, 21, at, user, ts_id, activity, address)
    shell = at + host.lag(0.04, 1.1)
    terminal.session(host, 22, shell, user, ts_id, activity, address)
    terminal.task_trigger(host, 119, shell + host.lag(0.1, 0.5), user)
    session.starts.append(arrived)
    session.opens = [arrived]
    session.logons = desktop.logons
    session.ts_id = ts_id
    local = LocalTruth(host, ts_id, desktop.boot.ordinals[ts_id], user, [arrived])
    if desktop.notified:
        local.starts.append(desktop.notified)
    local.logons = desktop.logons
    desktop.local, desktop.session = local, session
    host.world.sessions.append(session)
    host.world.locals.append(local)
