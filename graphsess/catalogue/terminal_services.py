"""Remote desktop: LocalSessionManager, RemoteConnectionManager, RdpCoreTS, the client, the gateway.

`text` parsers named `lsm_message` and `rcm_message` fill the columns where a collector kept only
the rendered message (UserData is lost there).
"""

from __future__ import annotations

from graphsess.catalogue.kinds import Fields, Kind

LSM = "Microsoft-Windows-TerminalServices-LocalSessionManager"
RCM = "Microsoft-Windows-TerminalServices-RemoteConnectionManager"
CORE = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS"
CLIENT = "Microsoft-Windows-TerminalServices-ClientActiveXCore"
GATEWAY = "Microsoft-Windows-TerminalServices-Gateway"
BROKER = "Microsoft-Windows-TerminalServices-SessionBroker-Client"
MESSAGE = "Message"
"""Field under which readers of collectors' files hand over the rendered text."""

_USER: Fields = {"target_user": "User", "ts_id": ("SessionID", "SessionId")}
_USER_ADDRESS: Fields = {**_USER, "address": "Address"}
_THROUGH: Fields = {"target_user": "Username", "address": "IpAddress", "server": "Resource"}


def _lsm(event_id: int, says: str, fields: Fields) -> Kind:
    told = {**fields, "detail": MESSAGE}
    return Kind(f"lsm_{event_id}", LSM, event_id, told, says, parse="lsm_message")


def _rcm(event_id: int, says: str, fields: Fields) -> Kind:
    told = {**fields, "detail": MESSAGE}
    return Kind(f"rcm_{event_id}", RCM, event_id, told, says, parse="rcm_message")


def _core(event_id: int, says: str, fields: Fields,
          parse: str | None = None) -> Kind:
    return Kind(f"core_{event_id}", CORE, event_id, fields, says, parse=parse)


def _client(event_id: int, says: str, fields: Fields) -> Kind:
    return Kind(f"client_{event_id}", CLIENT, event_id, fields, says)


def _gateway(event_id: int, says: str) -> Kind:
    return Kind(f"gateway_{event_id}", GATEWAY, event_id, _THROUGH, says)


KINDS = (
    _lsm(21, "session logon succeeded", _USER_ADDRESS),
    _lsm(22, "shell start notification received", _USER_ADDRESS),
    _lsm(23, "session logoff succeeded", _USER),
    _lsm(24, "session was disconnected", _USER_ADDRESS),
    _lsm(25, "session reconnection succeeded", _USER_ADDRESS),
    _lsm(32, "plug-in was initialised", {}),
    _lsm(36, "a session state transition failed",
         {"ts_id": "SessionId", "verb": "EventName", "status": "ErrorCode"}),
    _lsm(39, "session was disconnected by a session",
         {"ts_id": "TargetSession", "other_ts_id": "Source"}),
    _lsm(40, "session was disconnected for a reason", {"ts_id": "Session", "reason": "Reason"}),
    _lsm(41, "session arbitration began", _USER),
    _lsm(42, "session arbitration ended", _USER),
    _lsm(54, "system shutdown message received", {}),
    _lsm(57, "session process started", _USER),
    _lsm(58, "session process started", _USER),
    _lsm(59, "a process asked the session manager",
         {"ts_id": "SessionId", "verb": "Function", "process": "CallerImageName",
          "process_id": "ClientProcessId"}),
    _lsm(61, "session state (newest builds)", _USER_ADDRESS),
    _rcm(258, "listener started", {"session_name": "listenerName"}),
    _rcm(261, "listener received a connection", {"session_name": "listenerName"}),
    _rcm(1149, "user authentication succeeded",
         {"target_user": "Param1", "target_domain": "Param2", "address": "Param3"}),
    _rcm(1158, "accepted a connection from an address", {"address": "Param1"}),
    *(
        _rcm(event_id, f"session shadowing: {what}",
             {"target_user": "Param1", "client_name": "Param2", "ts_id": ("Param4", "Param3")})
        for event_id, what in (
            (20503, "view started"), (20504, "view stopped"),
            (20506, "control started"), (20507, "control stopped"),
            (20508, "view permission granted"), (20509, "view permission denied"),
            (20510, "control permission granted"), (20511, "control permission denied"),
        )
    ),
    _core(65, "connection created", {"session_name": "ConnectionName"}),
    _core(66, "connection assigned to a session",
          {"session_name": "ConnectionName", "ts_id": ("SessionID", "SessionId")}),
    _core(68, "connection timing", {"session_name": "ConnectionName"}),
    _core(72, "interface method called", {"verb": "MethodName"}, parse="interface_method"),
    _core(98, "TCP connection established", {}),
    _core(102, "main transport ended", {}),
    _core(103, "disconnect reason", {"reason": "ReasonCode"}),
    _core(104, "client time zone", {"detail": "TimezoneBiasHour"}),
    _core(131, "accepted a connection from a client", {"verb": "ConnType", "address": "ClientIP"}),
    _core(139, "security layer error", {"address": "IPString", "status": "ResultCode"}),
    _core(140, "connection failed: user name or password not correct", {"address": "IPString"}),
    _core(141, "performance counters started", {"reason": "InstanceID"}),
    _core(142, "TCP write failed", {"reason": ("error", "ErrorCode")}),
    _core(143, "TCP read failed", {"reason": ("error", "ErrorCode")}),
    _core(148, "channel closed", {"object": "ChannelName"}),
    _core(169, "client operating system", {"detail": ("MajorType",), "verb": "MinorType"}),
    _client(1024, "connecting to a server", {"server": "Value"}),
    _client(1025, "connected", {}),
    _client(1026, "disconnected", {"reason": "Value"}),
    _client(1027, "logged on at the server", {"server": "DomainName", "ts_id": "SessionId"}),
    _client(1028, "server supports SSL", {"detail": "TraceMessage"}),
    _client(1029, "hash of the user name", {"detail": "TraceMessage"}),
    _client(1102, "multi-transport to an address", {"address": "Value"}),
    _client(1103, "multi-transport established", {}),
    _client(1105, "multi-transport disconnected", {}),
    _client(226, "client state changed", {"verb": "EventName"}),
    _gateway(200, "gateway: connection authorised"),
    _gateway(300, "gateway: resource authorised"),
    _gateway(302, "gateway: connected through"),
    _gateway(303, "gateway: disconnected"),
    _gateway(312, "gateway: HTTP connection"),
    _gateway(313, "gateway: HTTP connection ended"),
    Kind("broker_1301", BROKER, 1301, {"target_user": "Param1", "server": "Param2"},
         "broker was asked for a session"),
    Kind("broker_1307", BROKER, 1307, {"target_user": "Param1", "server": "Param2"},
         "broker redirected to a host"),
)
