"""What a column of another tool's file can tell, and the names that such columns go by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a column tells of an artefact."""

    TIME = "time"
    """When; with DATE beside it, the time of day alone."""
    DATE = "date"
    """The day, where it has a column of its own."""
    ZONE = "zone"
    """The time zone of the row."""
    END = "end"
    """When it was over: the artefact is an interval."""
    HOST = "host"
    """The computer: name, full or short."""
    USER = "user"
    """The account: name, DOMAIN\\name, name@realm, or a SID."""
    DOMAIN = "domain"
    """Its domain, where it has a column of its own."""
    SID = "sid"
    """Its SID."""
    LUID = "luid"
    """The logon session's id; of several columns the first that is set."""
    LOGON_GUID = "logon_guid"
    """Sysmon's LogonGuid."""
    PROCESS_GUID = "process_guid"
    """Sysmon's ProcessGuid."""
    PID = "pid"
    """The number of the process that did it."""
    TS_ID = "ts_id"
    """The TS session id."""
    PATH = "path"
    """A path in whose profile it may lie; of several columns, one after the other."""


Columns = Mapping[Role, tuple[str, ...]]

_NAMES: dict[Role, tuple[str, ...]] = {
    Role.TIME: (
        "time", "timestamp", "datetime", "timeutc", "utctime", "timestamputc", "datetimeutc",
        "timecreated", "eventtime", "eventtimestamp", "timegenerated", "starttime", "start",
        "lastrun", "lastruntime", "lastexecuted", "runtime", "visittime", "lastvisited",
        "created", "createdon", "creationtime", "timecreatedutc", "createdtime", "btime",
        "modified", "modifiedon", "lastmodified", "mtime", "lastwritetime",
        "lastwritetimestamp", "accessed", "accessedon", "lastaccess", "atime", "ctime", "when",
        "utc", "ts",
    ),
    Role.DATE: (),
    Role.ZONE: ("timezone", "tz", "zone"),
    Role.END: ("end", "endtime", "stop", "stoptime", "until"),
    Role.HOST: (
        "host", "hostname", "computer", "computername", "machine", "machinename", "endpoint",
        "device", "devicename", "fqdn", "systemname", "agenthostname", "winlogcomputername",
        "asset", "system",
    ),
    Role.USER: (
        "user", "username", "account", "accountname", "subjectusername", "actor", "owner",
        "useraccount", "accountusername", "logonuser", "profile",
    ),
    Role.DOMAIN: ("domain", "userdomain", "accountdomain", "subjectdomainname", "realm",
                  "domainname"),
    Role.SID: ("sid", "usersid", "subjectusersid", "accountsid", "securityid",
               "securityuserid", "userid"),
    Role.LUID: ("targetlogonid", "luid", "logonid", "subjectlogonid", "authenticationid"),
    Role.LOGON_GUID: ("logonguid", "sysmonlogonguid"),
    Role.PROCESS_GUID: ("processguid", "sourceprocessguid"),
    Role.PID: ("pid", "processid", "newprocessid"),
    Role.TS_ID: ("tsid", "terminalsessionid", "tssessionid", "tssession", "terminalsession",
                 "sessionid"),
    Role.PATH: (
        "path", "fullpath", "filepath", "targetfilename", "absolutepath", "localpath",
        "filename", "file", "objectname", "imagepath", "image", "process", "executable",
        "application", "commandline", "displayname", "url", "hivepath", "sourcefile",
    ),
}
"""Names by their letters and digits only, in lower case; the first that a file has is taken."""
_SEVERAL = (Role.LUID,)


def guessed(headers: Iterable[str]) -> dict[Role, tuple[str, ...]]:
    """Roles by the names of columns. A column has one role at most."""
    by_name: dict[str, str] = {}
    for header in headers:
        by_name.setdefault(_plain(header), header)
    found: dict[Role, tuple[str, ...]] = {}
    taken: set[str] = set()
    for role, names in _NAMES.items():
        mine = [by_name[name] for name in names if name in by_name and by_name[name] not in taken]
        if mine:
            found[role] = tuple(mine) if role in _SEVERAL else (mine[0],)
            taken.update(found[role])
    if Role.TIME not in found:
        loose = [
            header for plain, header in by_name.items()
            if header not in taken and re.search(r"time|date", plain)
        ]
        if loose:
            found[Role.TIME] = (loose[0],)
    return found


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", header.lower())
