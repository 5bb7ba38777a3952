"""What is done over the network: shares, PsExec, remote tasks, WMI, WinRM (semantics 2.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.world import activity, logs, network, security, services
from graphsess.synth.world.accounts import SYSTEM
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.logon import NETWORK_SERVICE_LUID, SYSTEM_LUID, Logon
from graphsess.synth.world.outbound import SYSTEM_PROCESS, Program
from graphsess.synth.world.request import SVCHOST, Request

if TYPE_CHECKING:
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.desktop import Peer
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.host import Host
    from graphsess.synth.world.network import Visit

_SHARE, _DETAIL, _TASK, _SERVICE = 12808, 12811, 12804, 12289
WMI_HOST = r"C:\Windows\System32\wbem\WmiPrvSE.exe"
POWERSHELL_HOST = r"C:\Windows\System32\wsmprovhost.exe"


def browse(
    host: Host, user: User, at: int, peer: Peer, share: str, files: tuple[str, ...] = (),
    *, stay: float = 12.0,
) -> Visit:  # fmt: skip
    """Open a share and some of its files over SMB."""
    visit = network.enter(host, user, at, peer)
    t = at + host.lag(0.005, 0.02)
    shared(visit, t, share)
    for name in files:
        t += host.lag(0.01, 0.4)
        shared(visit, t, share, name)
    network.depart(visit, t + seconds(stay))
    return visit


def psexec(
    host: Host, user: User, at: int, peer: Peer, command: str, *, service: str = "PSEXESVC"
) -> Visit:
    """PsExec and its kin: a copied program becomes a service that runs as SYSTEM."""
    visit = network.enter(host, user, at, peer)
    _at_source(peer, at, "PsExec64.exe", rf"PsExec64.exe \\{host.short} {command}")
    visit.session.flags.discard("dc_background")
    image = rf"%SystemRoot%\{service}.exe"
    shared(visit, at + seconds(0.02), "ADMIN$")
    shared(visit, at + seconds(0.03), "ADMIN$", f"{service}.exe")
    shared(visit, at + seconds(0.3), "IPC$")
    shared(visit, at + seconds(0.31), "IPC$", "svcctl")
    t = at + host.lag(0.4, 0.6)
    installed = _service_installed(visit, t, service, image)
    started = activity.as_system(host, t + host.lag(0.05, 0.2), rf"C:\Windows\{service}.exe")
    activity.note(installed, f"service {service}", visit.session, visit.logon)
    activity.note(started, rf"C:\Windows\{service}.exe", visit.session)
    child = activity.as_system(
        host, started.at + host.lag(0.1, 0.3), r"C:\Windows\System32\cmd.exe", command,
        parent=rf"C:\Windows\{service}.exe", parent_id=activity.process_id(started),
    )  # fmt: skip
    activity.note(child, command, visit.session)
    network.depart(visit, child.at + host.lag(3, 8))
    return visit


def task(host: Host, user: User, at: int, peer: Peer, name: str, command: str) -> Visit:
    """A scheduled task made from afar; it runs as SYSTEM a minute later."""
    visit = network.enter(host, user, at, peer)
    _at_source(peer, at, "schtasks.exe", rf"schtasks /create /s {host.short} /tn {name}")
    visit.session.flags.discard("dc_background")
    shared(visit, at + seconds(0.004), "IPC$")
    shared(visit, at + seconds(0.005), "IPC$", "atsvc")
    fields = security.subject(host, _by(visit.logon)) | {
        "TaskName": name,
        "TaskContent": f"<Task><Exec><Command>{command}</Command></Exec></Task>",
    }
    made = host.emit(
        logs.SECURITY, 4698, at + seconds(0.02), fields, task=_TASK, activity=host.stamp(),
        policy="task",
    )  # fmt: skip
    activity.note(network.did(visit, made), f"task {name}", visit.session, visit.logon)
    principal: dict[str, object] = {"TaskName": name, "UserContext": SYSTEM}
    host.emit(logs.TASKS, 106, at + seconds(0.021), principal, task=106)
    network.depart(visit, at + seconds(0.03))
    run = at + host.lag(58, 62)
    services.start(host, run - seconds(0.01), "Task Scheduler")
    process_id = host.pid()
    ran: dict[str, object] = {
        "TaskName": name, "Path": command, "ProcessID": process_id, "Priority": 16384,
    }  # fmt: skip
    activity.note(host.emit(logs.TASKS, 129, run, ran, task=129), command, visit.session)
    started = activity.as_system(
        host, run + seconds(0.002), command, parent=SVCHOST, parent_id=0x4A8, process_id=process_id
    )
    activity.note(started, command, visit.session)
    return visit


def wmi(host: Host, user: User, at: int, peer: Peer, command: str, *, stay: float = 0) -> Visit:
    """WMI process creation: four type 3 logons; the child runs under one of them.

    That one lives as long as the child, for `stay` seconds.
    """
    wmic = _at_source(
        peer, at, r"wbem\WMIC.exe", f"wmic /node:{host.short} process call create {command}"
    )
    visit = network.enter(host, user, at, peer, kind="wmi", count=4, port=network.RPC, program=wmic)
    visit.session.flags.discard("dc_background")
    t = at + host.lag(0.9, 1.2)
    provider_id = host.pid()
    loaded: dict[str, object] = {
        "ProviderName": "CIMWin32", "Code": 0, "HostProcess": "wmiprvse.exe",
        "ProcessID": provider_id, "ProviderPath": r"%systemroot%\system32\wbem\cimwin32.dll",
    }  # fmt: skip
    host.emit(logs.WMI, 5857, t - seconds(0.2), loaded)
    worker = visit.worker = visit.logons[-1]
    started = _for(host, t, worker, r"C:\Windows\System32\cmd.exe", command, WMI_HOST,
                   NETWORK_SERVICE_LUID, provider_id)  # fmt: skip
    network.did(visit, started)
    if telling := started if _names_target(host) else started.twin:
        activity.note(telling, command, visit.session, worker)
    _shows(visit, started)
    network.depart(visit, at + host.lag(11, 15), but=worker if stay else None)
    if stay:
        network.depart(visit, at + seconds(stay))
    return visit


def winrm(host: Host, user: User, at: int, peer: Peer, command: str, *, stay: float = 40) -> Visit:
    """PowerShell remoting: three type 3 logons without any address (finding 9)."""
    visit = network.enter(
        host, user, at, peer, kind="winrm", count=3, port=network.HTTP, address=False,
        kerberos=True,
    )  # fmt: skip
    _winrm_at_source(visit, at)
    visit.session.flags.discard("dc_background")
    shell = "http://schemas.microsoft.com/powershell/Microsoft.PowerShell"
    if host.build.client_in_91:
        shell += f" ({user.label} clientIP: {peer.address})"
        visit.session.source_address = peer.address
    fields: dict[str, object] = {"resourceUri": shell, "shellId": host.guid()}
    opened = host.emit(logs.WINRM, 91, at + host.lag(0.1, 0.2), fields, user_sid=user.sid, task=9)
    worker = visit.worker = visit.logons[-1]
    t = at + host.lag(0.3, 0.5)
    first = _for(host, t, worker, POWERSHELL_HOST, f"{POWERSHELL_HOST} -Embedding",
                 SVCHOST, SYSTEM_LUID, 0x39C)  # fmt: skip
    activity.note(network.did(visit, first), POWERSHELL_HOST, visit.session, worker)
    second = activity.process_of(
        host, t + host.lag(4, 9), worker, r"C:\Windows\System32\cmd.exe", command,
        parent=POWERSHELL_HOST, parent_id=activity.process_id(first),
    )  # fmt: skip
    activity.note(network.did(visit, second), command, visit.session, worker)
    visit.session.shown_by = [*(visit.session.shown_by or []), opened]
    _shows(visit, first, second)
    network.depart(visit, at + seconds(stay))
    return visit


def shared(visit: Visit, at: int, share: str, target: str = "") -> Draft:
    """5140 for a share, 5145 for something in it."""
    host = visit.host
    path = "" if share == "IPC$" else rf"\??\C:\{'Windows' if share == 'ADMIN$' else share}"
    fields = security.subject(host, _by(visit.logon)) | {
        "ObjectType": "File",
        "IpAddress": visit.peer.address,
        "IpPort": str(visit.ports[0]),
        "ShareName": rf"\\*\{share}",
        "ShareLocalPath": path,
    }
    if target:
        fields |= {"RelativeTargetName": target, "AccessMask": 0x12019F,
                   "AccessList": "%%1538\r\n\t\t\t\t", "AccessReason": "-"}  # fmt: skip
    else:
        fields |= {"AccessMask": 1, "AccessList": "%%4416\r\n\t\t\t\t"}
    draft = host.emit(
        logs.SECURITY, 5145 if target else 5140, at, fields, version=0 if target else 1,
        task=_DETAIL if target else _SHARE, policy="share",
    )  # fmt: skip
    if draft.kept:
        visit.session.facts["protocol"] = "smb"
        network.did(visit, draft)
    return draft


def _for(
    host: Host, at: int, target: Logon, path: str, command: str, parent: str, luid: int,
    parent_id: int,
) -> Draft:  # fmt: skip
    by = Logon(host.machine, 0, at, "system", elevated=True, luid=luid)
    return activity.process_of(
        host, at, by, path, command, target=target, parent=parent, parent_id=parent_id
    )


def _shows(visit: Visit, *started: Draft) -> None:
    """Processes show the kind of a visit, where 4688 names the logon they were started for."""
    known = visit.session.shown_by or []
    twins = [draft.twin for draft in started if draft.twin]
    visit.session.shown_by = [*known, *twins, *(started if _names_target(visit.host) else ())]


def _names_target(host: Host) -> bool:
    """4688 names the logon that a process was started for, not only who started it."""
    return host.build.logon_version >= 2


def _service_installed(visit: Visit, at: int, name: str, image: str) -> Draft:
    host = visit.host
    fields = security.subject(host, _by(visit.logon)) | {
        "ServiceName": name, "ServiceFileName": image, "ServiceType": 0x10,
        "ServiceStartType": 3, "ServiceAccount": "LocalSystem",
    }  # fmt: skip
    audited = host.emit(
        logs.SECURITY, 4697, at, fields, task=_SERVICE, activity=host.stamp(), policy="service"
    )
    installed: dict[str, object] = {
        "ServiceName": name, "ImagePath": image, "ServiceType": "user mode service",
        "StartType": "demand start", "AccountName": "LocalSystem",
    }  # fmt: skip
    written = host.emit(
        logs.SERVICES, 7045, at + seconds(0.002), installed, user_sid=visit.user.sid
    )
    return network.did(visit, audited) if audited.kept else written


def _at_source(peer: Peer, at: int, program: str, command: str) -> Program:
    """The tool is started at the source, in the session that it is used from."""
    path = rf"C:\Windows\System32\{program}"
    if peer.machine is None:
        return SYSTEM_PROCESS
    process_id = peer.machine.pid()
    t = at - seconds(0.6)
    if peer.session and peer.acting:
        by = peer.acting
        ts_id = peer.desktop.ts_id if peer.desktop else 0
        draft = activity.process_of(
            peer.machine, t, by, path, command, process_id=process_id, ts_id=ts_id
        )
        activity.note(draft, command, peer.session, by)
        peer.session.members += draft.forms
    elif peer.desktop:
        activity.process(peer.desktop, t, path, command, elevated=True, process_id=process_id)
    return Program(path, process_id)


def _winrm_at_source(visit: Visit, at: int) -> None:
    desktop = visit.peer.desktop
    if desktop is None:
        return
    fields: dict[str, object] = {"connection": f"{visit.host.name}/wsman?PSVersion=5.1.19041"}
    asked = desktop.host.emit(
        logs.WINRM, 6, at - seconds(0.2), fields, user_sid=desktop.owner.sid, task=3,
        activity=desktop.host.guid(),
    )  # fmt: skip
    network.moved(visit.peer, visit.session, asked)


def _by(logon: Logon) -> Request:
    return Request("-", asker=logon)
