"""Single events of Terminal Services: LSM, RemoteConnectionManager, RdpCoreTS; and of Winlogon.

Field names: the providers' manifests (semantics 1.4 to 1.6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.world import logs

if TYPE_CHECKING:
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.desktop import Connection
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.host import Host

_WITH_ADDRESS = (21, 22, 24, 25)
_OPCODES = {65: 13, 66: 13, 98: 15, 102: 17, 103: 17, 131: 15, 139: 14, 140: 14, 141: 11}
LOCAL = "LOCAL"


def session(
    host: Host,
    event_id: int,
    at: int,
    user: User,
    ts_id: int,
    activity: str | None,
    address: str | None = LOCAL,
) -> Draft:
    """LSM 21, 22, 23, 24, 25, 41 or 42: something happened to a user's session."""
    fields: dict[str, object] = {"User": user.label, "SessionID": ts_id}
    if event_id in _WITH_ADDRESS:
        fields["Address"] = address or None
    return host.emit(logs.LSM, event_id, at, fields, activity=_known(host, activity))


def disconnected_by(host: Host, at: int, ts_id: int, by: int, activity: str | None = None) -> Draft:
    """LSM 39: session `ts_id` was disconnected by session `by` (itself: the user chose to)."""
    fields: dict[str, object] = {"TargetSession": ts_id, "Source": by}
    return host.emit(logs.LSM, 39, at, fields, activity=_known(host, activity))


def reason(host: Host, at: int, ts_id: int, code: int, activity: str | None) -> Draft:
    """LSM 40: session `ts_id` was disconnected, with an ExtendedDisconnectReasonCode."""
    fields: dict[str, object] = {"Session": ts_id, "Reason": code}
    return host.emit(logs.LSM, 40, at, fields, activity=_known(host, activity))


def logon_lost(host: Host, at: int, ts_id: int, activity: str | None) -> Draft:
    """LSM 36: the client was gone when the logon came."""
    fields: dict[str, object] = {
        "SessionId": ts_id,
        "State": 2,
        "StateName": "Connected",
        "Event": 4,
        "EventName": "EvLogon",
        "ErrorCode": 0x80004005,
    }
    return host.emit(logs.LSM, 36, at, fields, activity=_known(host, activity))


def listener(connection: Connection, at: int) -> Draft:
    """RCM 261: something reached the port."""
    host = connection.host
    fields: dict[str, object] = {"listenerName": "RDP-Tcp"}
    return host.emit(logs.RCM, 261, at, fields, activity=connection.activity)


def authenticated(
    connection: Connection, at: int, name: str, domain: str | None, address: str
) -> Draft:
    """RCM 1149: network level authentication succeeded (empty without it)."""
    fields: dict[str, object] = {"Param1": name, "Param2": domain, "Param3": address}
    return connection.host.emit(logs.RCM, 1149, at, fields, activity=connection.activity)


def core(connection: Connection, event_id: int, at: int, **fields: object) -> Draft | None:
    """An event of RdpCoreTS; none on builds that have no such channel."""
    host = connection.host
    if not host.build.activities:
        return None
    log = logs.RDP_CORE._replace(opcode=_OPCODES.get(event_id, 0))
    return host.emit(log, event_id, at, dict(fields), activity=connection.activity)


def method(connection: Connection, at: int, name: str) -> Draft | None:
    """RdpCoreTS 72: an interface method was called."""
    return core(connection, 72, at, MethodName=name)


def notified(host: Host, event_id: int, at: int, user: User, ts_id: int) -> Draft:
    """System 7001 logon or 7002 logoff, of Winlogon."""
    log = logs.WINLOGON._replace(task=1101 if event_id == 7001 else 1102)
    return host.emit(log, event_id, at, {"TSId": ts_id, "UserSid": user.sid})


def profile(host: Host, event_id: int, at: int, user: User, ts_id: int) -> Draft:
    """User Profile Service 1 and 2 (logon), 3 and 4 (logoff); 67 names the profile."""
    if event_id == 67:
        path = rf"C:\Users\{user.name}"
        fields: dict[str, object] = {
            "LogonType": "Regular",
            "LocalPath": path,
            "ProfileType": "Regular",
        }
        return host.emit(logs.PROFILE, 67, at, fields, user_sid="S-1-5-18")
    return host.emit(logs.PROFILE, event_id, at, {"Session": ts_id}, user_sid=user.sid)


def winlogon(host: Host, at: int, event: int, user: User) -> Draft:
    """Winlogon 811 and 812 around a notification: 2 logon, 3 logoff, 4 lock, 5 unlock."""
    fields: dict[str, object] = {"Event": event, "SubscriberName": "Sens"}
    notified = host.emit(logs.NOTIFY, 811, at, fields, user_sid=user.sid)
    after = logs.NOTIFY._replace(opcode=2)
    host.emit(after, 812, at + host.lag(0.001, 0.02), dict(fields), user_sid=user.sid)
    return notified


def task_trigger(host: Host, event_id: int, at: int, user: User) -> Draft:
    """TaskScheduler 119 logon, 120/121 console connect/disconnect, 124 lock, 125 unlock."""
    fields: dict[str, object] = {
        "TaskName": r"\Corp\Inventory",
        "UserName": user.label,
        "InstanceId": host.guid(),
    }
    return host.emit(logs.TASKS, event_id, at, fields, task=event_id)


def _known(host: Host, activity: str | None) -> str | None:
    return activity if host.build.activities else None
