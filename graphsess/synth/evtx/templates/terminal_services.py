"""This file holds the templates of Remote Desktop: both ends of a connection, and the gateway."""

from __future__ import annotations

from graphsess.synth.evtx.templates.base import Shape, events

_EVENT_XML = Shape("EventXML", "Event_NS", user_data=True)
_GATEWAY = Shape("EventInfo", "aag", user_data=True)
_LSM = "Microsoft-Windows-TerminalServices-LocalSessionManager"
_RCM = "Microsoft-Windows-TerminalServices-RemoteConnectionManager"

_ATTACHED = "User, SessionID:u32, Address"
_FAILED_STATE = "SessionId:u32, State:u32, StateName, Event:u32, EventName, ErrorCode:hex32"
_SHADOW = "Param1, Param2, Param3, Param4:i32"
_PERMISSION = "Param1, Param2, Param3:i32"
_TEXT_VALUE = "Name, Value, CustomLevel"
_NUMBER_VALUE = "Name, Value:u32, CustomLevel"
_THROUGH = "Username, IpAddress, AuthType, Resource"
_ASKED = f"{_THROUGH}, ConnectionProtocol, ErrorCode:u32"

TEMPLATES = (
    *events(
        _LSM,
        {
            **{(event_id, 0): _ATTACHED for event_id in (21, 22, 24, 25, 61)},
            **{(event_id, 0): "User, SessionID:u32" for event_id in (23, 41, 42)},
            (32, 0): "messageName",
            (33, 0): "messageName, errorCode:hex32",
            (39, 0): "TargetSession:u32, Source:u32",
            (40, 0): "Session:u32, Reason:u32",
        },
        _EVENT_XML,
    ),
    *events(
        _LSM,
        {
            (34, 0): "",
            (36, 0): _FAILED_STATE,
            (37, 0): _FAILED_STATE,
            (38, 0): (
                "SessionId:u32, PreviousState:u32, PreviousStateName, NewState:u32, "
                "NewStateName, Event:u32, EventName"
            ),
            (54, 0): "",
            (57, 0): "SessionID:u32, InitCmdPid:u32, Win32kPid:u32",
            (58, 0): "SessionID:u32, InitCmdPid:u32, Win32kPid:u32, InitCmdName",
            (59, 0): "Function, CallerImageName, SessionId:u32, ClientProcessId:u32",
            (60, 0): "SessionID:u32",
        },
    ),
    *events(
        _RCM,
        {
            (258, 0): "listenerName",
            (261, 0): "listenerName",
            (1149, 0): "Param1, Param2, Param3",
            (1158, 0): "Param1",
            (20499, 0): "ServerName, UserName",
            **{(event_id, 0): _SHADOW for event_id in (20503, 20504, 20506, 20507)},
            **{(event_id, 0): _PERMISSION for event_id in range(20508, 20512)},
            (20513, 0): "Param1, Param2:i32",
            (20514, 0): "Param1, Param2:i32",
            (20521, 0): "Param1",
            (20523, 0): "ListenerName, Class",
        },
        _EVENT_XML,
    ),
    *events(_RCM, {(1136, 0): "", (1155, 0): ""}),
    *events(
        "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS",
        {
            (65, 0): "ConnectionName",
            (66, 0): "ConnectionName, SessionID:u32",
            (68, 0): (
                "ConnectionName, PromptForCredentials:u32, PromptForCredentialsDone:u32, "
                "GfxChannelOpened:u32, FirstGraphicsReceived:u32"
            ),
            (72, 0): "MethodName",
            (98, 0): "",
            (100, 0): "",
            (101, 0): "ReasonString",
            (102, 0): "",
            (103, 0): "ReasonCode:u32",
            (104, 0): "TimezoneBiasHour",
            (131, 0): "ConnType, ClientIP",
            (132, 0): "ChannelName, TunnelID:u32",
            (135, 0): "TunnelID:u32, TransportType",
            (139, 0): "ResultCode:hex32, IPString",
            (140, 0): "IPString",
            (141, 0): "InstanceID:u32",
            (142, 0): "error:u32",
            (143, 0): "error:u32",
            (145, 0): "IdleSeconds:u32, IdleSeconds1:u32, IdleSeconds2:u32",
            (148, 0): "ChannelName, TunnelID:u32",
            (162, 0): (
                "Version:hex32, ClientMode:u32, AvcEnabled:u32, ProfileIdNum:u32, ServerName"
            ),
            (169, 0): "MajorType:u32, MinorType:u32, ServerName",
            (226, 0): (
                "StateTransition, PreviousState:u32, PreviousStateName, NewState:u32, "
                "NewStateName, Event:u32, EventName, ErrorCode:hex32"
            ),
            (227, 0): _NUMBER_VALUE,
            (228, 0): "ComponentName, Message, ErrorCode:u32",
        },
    ),
    *events(
        "Microsoft-Windows-TerminalServices-ClientActiveXCore",
        {
            (226, 0): (
                "StateTransitionName, PreviousState:u32, PreviousStateName, NewState:u32, "
                "NewStateName, Event:u32, EventName, Error Code:u32"
            ),
            (1024, 0): _TEXT_VALUE,
            (1025, 0): "",
            (1026, 0): _NUMBER_VALUE,
            (1027, 0): "DomainName, SessionId:u32",
            (1028, 0): "TraceMessage",
            (1029, 0): "TraceMessage",
            (1102, 0): _TEXT_VALUE,
            (1103, 0): "",
            (1104, 0): _NUMBER_VALUE,
            (1105, 0): "",
            (1106, 0): "Code:u32",
        },
    ),
    *events(
        "Microsoft-Windows-TerminalServices-Gateway",
        {
            (200, 0): _ASKED,
            (300, 0): _ASKED,
            (302, 0): _ASKED,
            (303, 0): (
                f"{_THROUGH}, BytesReceived:u64, BytesTransfered:u64, SessionDuration:u32, "
                "ConnectionProtocol, ErrorCode:u32"
            ),
            (312, 0): "Username, IpAddress",
            (313, 0): "Username, IpAddress",
        },
        _GATEWAY,
    ),
)
