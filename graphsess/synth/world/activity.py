"""What people and attackers do once they are in: processes, services, tasks, shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.steps import Activity
from graphsess.synth.truth import SessionTruth
from graphsess.synth.world import logs, security, sysmon
from graphsess.synth.world.desktop import Desktop
from graphsess.synth.world.logon import SYSTEM_LUID, Logon
from graphsess.synth.world.request import SERVICES, SERVICES_ID, Request

if TYPE_CHECKING:
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.host import Host

_PROCESS, _SHARE, _DETAIL, _TASK, _SERVICE = 13312, 12808, 12811, 12804, 12289
EXPLORER = r"C:\Windows\explorer.exe"


def process(
    desktop: Desktop,
    at: int,
    path: str,
    command: str = "",
    *,
    elevated: bool = False,
    process_id: int = 0,
) -> Draft:
    """A process starts on a desktop; elevated ones run under the full token."""
    logon = desktop.elevated if elevated else desktop.limited
    desktop.shell_id = desktop.shell_id or desktop.host.pid()
    draft = process_of(desktop.host, at, logon, path, command, parent_id=desktop.shell_id,
                       process_id=process_id, ts_id=desktop.ts_id)  # fmt: skip
    away = desktop.connection is None and not desktop.at_console
    note(draft, f"{command or path}", desktop.session, logon, while_disconnected=away)
    return draft


def process_of(
    host: Host,
    at: int,
    logon: Logon,
    path: str,
    command: str = "",
    *,
    target: Logon | None = None,
    parent: str = EXPLORER,
    parent_id: int = 0,
    process_id: int = 0,
    ts_id: int = 0,
) -> Draft:
    """4688 under `logon`; with a `target`, started by `logon` for that other logon."""
    process_id, parent_id = process_id or host.pid(), parent_id or host.pid()
    fields = security.subject(host, Request("-", asker=logon)) | {
        "NewProcessId": process_id,
        "NewProcessName": path,
        "TokenElevationType": "%%1937" if logon.linked and logon.elevated else
        "%%1938" if logon.linked else "%%1936",
        "ProcessId": parent_id,
        "CommandLine": command,
    }  # fmt: skip
    version = 1
    if host.build.logon_version >= 2:
        version = 2
        if target:
            fields |= security.target(target)
        else:
            fields |= {
                "TargetUserSid": "S-1-0-0",
                "TargetUserName": "-",
                "TargetDomainName": "-",
                "TargetLogonId": 0,
            }
        level = "S-1-16-12288" if logon.elevated else "S-1-16-8192"
        fields |= {"ParentProcessName": parent, "MandatoryLabel": level}
    made = host.emit(
        logs.SECURITY, 4688, at, fields, version=version, task=_PROCESS, policy="process"
    )
    made.twin = sysmon.started(
        host, at, target or logon, process_id, path, command, (parent_id, parent), ts_id
    )
    return made


def as_system(
    host: Host,
    at: int,
    path: str,
    command: str = "",
    *,
    parent: str = SERVICES,
    parent_id: int = SERVICES_ID,
    process_id: int = 0,
) -> Draft:
    """4688 as SYSTEM, by default a child of services.exe."""
    system = Logon(host.machine, 0, at, "system", elevated=True, luid=SYSTEM_LUID)
    return process_of(
        host, at, system, path, command or path, parent=parent, parent_id=parent_id,
        process_id=process_id,
    )  # fmt: skip


def process_id(draft: Draft) -> int:
    """PID of the process whose 4688 this is."""
    found = draft.fields["NewProcessId"]
    return found if isinstance(found, int) else 0


def note(
    draft: Draft,
    what: str,
    session: SessionTruth | None,
    logon: Logon | None = None,
    *,
    while_disconnected: bool = False,
) -> None:
    """Remember that `draft` is an activity of `session`."""
    if session:
        session.host.world.activities += [
            Activity(form, what, session, logon, while_disconnected) for form in draft.forms
        ]
