"""Files of known tools, by the columns that they alone have: which of them tell what.

Eric Zimmerman's tools, plaso (`l2t_csv`, `dynamic`), Timesketch, Hayabusa, mactime. A row with
several times is taken at the one that says when somebody did something; another one can be named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphsess.artefacts.roles import Columns, Role


@dataclass(frozen=True, slots=True)
class Tool:
    """One kind of file.

    Attributes:
        name: What it is called.
        has: Columns that tell it from all others, without case.
        columns: Which of its columns tell what; those that a file lacks are left out.
        dates: Order of dates with strokes, where the tool fixes it: mdy or dmy.
        flag: What must be said of its times.
        before_s: The artefact may be older than its time by so much.
    """

    name: str
    has: tuple[str, ...]
    columns: Columns
    dates: str | None = None
    flag: str | None = None
    before_s: int = 0


def _tool(
    name: str, has: str, time: str, path: str = "", **other: str
) -> Tool:
    columns: dict[Role, tuple[str, ...]] = {Role.TIME: (time,)}
    if path:
        columns[Role.PATH] = tuple(path.split("|"))
    settings = {name: other.pop(name) for name in ("dates", "flag", "before_s") if name in other}
    columns |= {Role(role): tuple(names.split("|")) for role, names in other.items()}
    return Tool(
        name, tuple(has.split(",")), columns, settings.get("dates"), settings.get("flag"),
        int(settings.get("before_s", 0)),
    )


NOT_WHEN_RUN = "time_is_the_files"
LAST_WRITE = "time_of_last_write"

TOOLS: tuple[Tool, ...] = (
    _tool("MFTECmd $MFT", "EntryNumber,ParentPath,FileName,Created0x10", "Created0x10",
          "ParentPath|FileName"),
    _tool("MFTECmd $J", "UpdateSequenceNumber,UpdateTimestamp,UpdateReasons", "UpdateTimestamp",
          "ParentPath|Name"),
    _tool("PECmd", "SourceFilename,ExecutableName,RunCount,LastRun", "LastRun", "ExecutableName"),
    _tool("PECmd timeline", "RunTime,ExecutableName", "RunTime", "ExecutableName"),
    _tool("EvtxECmd", "EventRecordId,TimeCreated,MapDescription,Computer", "TimeCreated",
          host="Computer", sid="UserId", pid="ProcessId"),
    _tool("LECmd", "SourceFile,TargetIDAbsolutePath,LocalPath,SourceModified", "SourceModified",
          "SourceFile"),
    _tool("JLECmd automatic", "SourceFile,DestListVersion,InteractionCount,LastModified",
          "LastModified", "SourceFile"),
    _tool("JLECmd custom", "SourceFile,AppId,AppIdDescription,EntryName", "SourceModified",
          "SourceFile"),
    _tool("AmcacheParser", "ProgramId,FileKeyLastWriteTimestamp,FullPath",
          "FileKeyLastWriteTimestamp", "FullPath", flag=LAST_WRITE),
    _tool("AppCompatCacheParser", "CacheEntryPosition,LastModifiedTimeUTC,Path",
          "LastModifiedTimeUTC", "Path", flag=NOT_WHEN_RUN),
    _tool("RBCmd", "SourceName,FileType,FileName,DeletedOn", "DeletedOn", "SourceName|FileName"),
    _tool("SBECmd", "BagPath,AbsolutePath,LastInteracted", "LastInteracted|LastWriteTime"),
    _tool("RECmd", "HivePath,HiveType,KeyPath,LastWriteTimestamp", "LastWriteTimestamp",
          "HivePath", flag=LAST_WRITE),
    _tool("WxTCmd", "ActivityType,Executable,DisplayText,StartTime", "StartTime", "Executable",
          end="EndTime"),
    _tool("SrumECmd", "ExeInfo,ExeInfoDescription,SidType,Timestamp", "Timestamp", "ExeInfo",
          sid="Sid|UserSid", user="UserName", before_s="3600"),
    _tool("Hayabusa", "Timestamp,RuleTitle,Computer,RecordID", "Timestamp", host="Computer"),
    _tool("plaso l2t_csv", "date,time,timezone,MACB,source,sourcetype,short,desc", "time",
          "filename|desc", date="date", zone="timezone", host="host", user="user", dates="mdy"),
    _tool("Timesketch", "message,timestamp,datetime,timestamp_desc", "datetime|timestamp",
          "display_name|filename|path|message", host="hostname|computer_name|host",
          user="username|user", sid="user_sid|sid"),
    _tool("plaso dynamic", "datetime,timestamp_desc,source_long,message", "datetime",
          "display_name|message", host="hostname|host", user="username|user", sid="user_sid"),
    _tool("mactime", "Date,Size,Type,Mode,Meta,File Name", "Date", "File Name"),
)
"""Known files; the first whose columns are all there is taken."""


def tool_of(headers: Sequence[str]) -> tuple[Tool, Mapping[Role, tuple[str, ...]]] | None:
    """The tool that wrote a file with these columns, and its roles as the file spells them."""
    spelled = {header.lower(): header for header in reversed(headers)}
    for tool in TOOLS:
        if all(name.lower() in spelled for name in tool.has):
            roles = {}
            for role, names in tool.columns.items():
                there = tuple(
                    spelled[name.lower()]
                    for part in names for name in part.split("|") if name.lower() in spelled
                )
                if there:
                    roles[role] = there
            return tool, roles
    return None


