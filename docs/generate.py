"""The parts of docs/ that the code already says, written out for reading.

    python docs/generate.py            write them anew
    python docs/generate.py --check    name those that are out of date; exit code 1 if any is

`events.md`, `commands.md` and `hunts.md` are made as a whole; in other pages only what stands
between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import atexit
import dataclasses
import inspect
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import Path

import click
import polars as pl
from click.testing import CliRunner

from graphsess.case.schema import Stage, tables_of
from graphsess.catalogue import COLUMNS, KINDS, Form, Kind
from graphsess.cli import main as group
from graphsess.graph.schema import LABELS, RELATIONSHIPS
from graphsess.queries import load, names
from graphsess.records.registry import STREAMS
from graphsess.settings import Settings
from graphsess.stores.neo4j.derive import ACROSS as ACROSS_HOSTS
from graphsess.stores.neo4j.derive import OF_HOSTS
from graphsess.synth.case import write_case
from graphsess.synth.scenarios import SCENARIOS

DOCS = Path(__file__).parent
PACKAGE = DOCS.parent / "graphsess"
NOTE = "<!-- made by docs/generate.py; change the code, then run `make docs` -->\n\n"

RULES: dict[str, str] = {
    "N1": "an event means something only by provider and id",
    "N2": "channels and providers compare without case",
    "N3": "where in a record its fields stand",
    "N4": "times and order come from the record's body, never from its header",
    "N5": "GUIDs in one spelling",
    "N6": "LUIDs as numbers, hexadecimal or decimal",
    "N7": "one account under its many spellings",
    "N8": "addresses in one spelling, and their class",
    "N9": "the same record counts once, whatever files hold it",
    "N10": "which computer names are one host",
    "R0.3": "what the logs cover, and where they have holes",
    "R0.4": "the order of events, and clock jumps",
    "R1.1": "what tells that a host started",
    "R1.2": "which of these are the same boot",
    "R1.3": "when a boot ended, and how",
    "R1.4": "hosts without any evidence of a boot",
    "R1.5": "fast startup ends sessions and keeps the boot",
    "R2.1": "a logon session for each LUID",
    "R2.2": "what is known of a logon session",
    "R2.3": "the constant LUIDs of every boot",
    "R2.4": "the two halves of a UAC pair",
    "R2.5": "logons that are only a part of another access",
    "R2.6": "logons of DWM, UMFD and sshd beside the user's own",
    "R2.7": "when a logon session ended",
    "R2.8": "one LUID, two contradicting owners",
    "R3.0": "desktops known from the System log alone",
    "R3.1": "when a desktop opens, and what confirms it",
    "R3.2": "whose desktop it is",
    "R3.3": "which logon sessions run on which desktop",
    "R3.4": "attached, disconnected, closed",
    "R3.5": "one desktop over all its connections; when it was locked",
    "R3.6": "desktops that were open before the log begins",
    "R4.1": "which events are one RDP connection",
    "R4.2": "to whom an end belongs when one connection takes over from another",
    "R4.3": "connections of old builds, without an ActivityID",
    "R4.4": "Security events joined to their connection",
    "R4.5": "connections through a gateway",
    "R4.6": "how far a connection got",
    "R4.7": "a failure without an address inside one connection",
    "R5.1": "kinds of access",
    "R5.2": "what makes a session, and which address is its source",
    "R5.3": "when a session starts",
    "R5.4": "when a session ends, and how",
    "R5.5": "ends that no event states",
    "R5.6": "failed attempts, their runs, and what these are over all hosts",
    "R5.7": "network logons taken together; what is hidden",
    "R5.8": "the sessions of one desktop in their order",
    "R5.9": "one user's connection continued by another's session",
    "R5.10": "the part that each event has in a session",
    "R5.11": "confidence",
    "R5.12": "what must not count as missing, because no log covers it",
    "R6.1": "logs cleared during a session",
    "R6.2": "sessions across a hole in the logs",
    "R7.1": "what tells whose an activity was, the surest first",
    "R7.2": "between two connections, an activity belongs to the one before",
    "R7.3": "near a boundary, or with a coarse time, the neighbour is named too",
    "R7.4": "what one account did is never another one's",
    "R7.5": "a logon's own activity is its own after its end too",
    "R8": "moves from host to host",
    "R8.1": "who came to a host, and from which address",
    "R8.2": "what speaks for an origin, in points; R8.2a: steps to a target outside the case",
    "R8.3": "from how many points on an origin is named; alternatives",
    "R8.4": "workstation names that are the target itself",
    "R8.5": "when an origin can have been one",
    "R8.6": "paths over several hosts",
    "R8.7": "who is the same person; credential switches",
    "R8.8": "repeated steps as one",
    "R8.9": "machines and controllers among themselves",
    "R8.10": "gateways and shared addresses",
    "R9.1": "what a record says about whose an address was",
    "R9.2": "which host had an address, from when to when",
    "R9.3": "all addresses of one host",
    "R9.4": "two hosts on one address",
    "R9.5": "addresses behind which several machines stand",
}
"""Every rule in a few words. R7 stands for all its parts."""

_ALSO: dict[str, tuple[str, ...]] = {
    "N2": ("catalogue/__init__.py", "events/uid.py"),
    "N3": ("readers/record.py",),
    "R2.6": ("resolve/desktops.py", "resolve/logons.py"),
}
"""Modules that follow a rule without naming it."""

_WHERE_NOT = ("synth",)
_SPOKEN = re.compile(
    r"\b([NR])(\d{1,2})(?:\.(\d{1,2}))?[a-h]?\b(?:-[NR]?(?:(\d{1,2})\.)?(\d{1,2})\b)?"
)
_WIDEST = 60
"""An arrow that is longer does not push what is said of the others to the right."""
_SHARED = "Options of all reading commands"


def pages() -> dict[Path, str]:
    """Every page with generated parts, as it should be."""
    made = {
        DOCS / "events.md": NOTE + "".join(_events()),
        DOCS / "commands.md": NOTE + "".join(_commands()),
        DOCS / "hunts.md": NOTE + "".join(_hunts()),
    }
    for path, parts in _PARTS.items():
        text = path.read_text("utf-8")
        for name, lines in parts.items():
            begin, end = f"<!-- generated: {name} -->\n", "<!-- end -->"
            before, found, rest = text.partition(begin)
            if not found or end not in rest:
                raise ValueError(f"{path.name} has no place for {name}")
            text = before + begin + "".join(lines()) + end + rest.partition(end)[2]
        made[path] = text
    return made


def spoken_rules(text: str) -> set[str]:
    """The rules that a text names; `R5.3-R5.5` names three."""
    found: set[str] = set()
    for letter, first, part, last_first, last in _SPOKEN.findall(text):
        if letter == "N":
            numbers = range(int(first), int(last or first) + 1)
            found |= {f"N{number}" for number in numbers}
        elif not part:
            found.add(f"R{first}")
        elif last and (last_first or first) == first:
            found |= {f"R{first}.{number}" for number in range(int(part), int(last) + 1)}
        else:
            found.add(f"R{first}.{part}")
    return found


def rules_by_module() -> dict[str, list[str]]:
    """Each rule with the modules that name it, as paths within the package."""
    found = {rule: list(modules) for rule, modules in _ALSO.items()}
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.parts[0] not in _WHERE_NOT:
            for rule in spoken_rules(path.read_text("utf-8")):
                found.setdefault(rule, []).append(place.as_posix())
    return found


def settings_used() -> dict[str, list[str]]:
    """Each window with the modules that ask for it, as paths within the package."""
    found: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name != "settings.py":
            text = path.read_text("utf-8")
            for name in set(re.findall(r'settings\.us\(\s*"(\w+)"', text)):
                found.setdefault(f"{name}_s", []).append(path.relative_to(PACKAGE).as_posix())
            for name in set(re.findall(r"settings\.(internal_ranges|aliases)\b", text)):
                found.setdefault(name, []).append(path.relative_to(PACKAGE).as_posix())
    return found


def _events() -> Iterator[str]:
    yield "# Events\n\n"
    yield (
        f"The {len(KINDS)} kinds of event that graphsess keeps. An event is known by its provider "
        "and its id together; the same id from another provider is another event, or none of "
        "these. Whatever is not listed here is counted as *not wanted* and left out.\n\n"
        "`says` is what the event means. The last column lists our columns, each with the field "
        "of the event that fills it; of several fields the first that holds a value is taken. "
        "Fields called 0, 1, … are unnamed and counted by position. *More from its text*: "
        "further columns are read out of the event's own wording. *Activity*: something that was "
        "done, not a way in.\n\n"
    )
    providers: dict[str, list[Kind]] = {}
    for kind in KINDS.values():
        providers.setdefault(kind.provider, []).append(kind)
    for provider, kinds in providers.items():
        yield f"## {provider}\n\n"
        if aliases := sorted({alias for kind in kinds for alias in kind.aliases}):
            yield f"Also written as {', '.join(aliases)}.\n\n"
        yield from _table(
            ("id", "kind", "says", "columns"),
            ((kind.event_id, f"`{kind.name}`", kind.says, _fields(kind))
             for kind in sorted(kinds, key=lambda kind: kind.event_id)),
        )  # fmt: skip
    yield "## Columns\n\nWhat each column holds, and how its text is read.\n\n"
    yield from _table(
        ("column", "holds", "read as"),
        ((f"`{name}`", column.means, column.form.value) for name, column in COLUMNS.items()),
    )
    yield from _table(
        ("read as", "how"), ((form.value, says) for form, says in _forms().items())
    )


def _fields(kind: Kind) -> str:
    told = [
        f"`{column}` {' or '.join(_names(fields))}" for column, fields in kind.fields.items()
    ]
    if kind.parse:
        told.append("*more from its text*")
    if kind.activity:
        told.append("*activity*")
    return "; ".join(told) or "-"


def _names(fields: str | tuple[str, ...]) -> tuple[str, ...]:
    return (fields,) if isinstance(fields, str) else fields


def _forms() -> dict[Form, str]:
    """Each form with the docstring under it in the code."""
    source = inspect.getsource(Form)
    told = re.findall(r'^\s+(\w+) = "\w+"\n\s+"""(.*?)"""', source, re.DOTALL | re.MULTILINE)
    says = {name: " ".join(text.replace("\\\\", "\\").split()) for name, text in told}
    return {form: says[form.name] for form in Form}


def _commands() -> Iterator[str]:
    yield "# Commands\n\n"
    yield f"{_prose(group.help or '')}"
    yield "`-h` works everywhere. Results go to stdout, everything else to stderr.\n\n"
    commands = dict(_named(group, ""))
    reading = [commands[name] for name in STREAMS if name in commands]
    shared = _shared(reading)
    for name, command in commands.items():
        yield f"## {name}\n\n{_prose(command.help or '')}"
        has_all = set(shared) <= {param.opts[0] for param in command.params}
        yield from _options(command, without=shared if has_all else ())
        if has_all:
            anchor = _SHARED.lower().replace(" ", "-")
            yield f"Takes the [{_SHARED.lower()}](#{anchor}) too.\n\n"
        if command in reading:
            fields = ", ".join(f"`{field}`" for field in STREAMS[name].fields)
            yield f"Fields of a record: {fields}.\n\n"
    yield f"## {_SHARED}\n\n"
    yield from _options(reading[0], only=shared)


def _named(parent: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(parent)
    for name in parent.list_commands(context):
        command = parent.get_command(context, name)
        if command is None or command.hidden:
            continue
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield f"{before}{name}", command
            yield from _named(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def _shared(commands: list[click.Command]) -> tuple[str, ...]:
    """Options that all of the commands have, in their order."""
    names = [[opt for p in command.params for opt in p.opts[:1]] for command in commands]
    return tuple(name for name in names[0] if name[0] == "-" and all(name in n for n in names))


def _prose(help_text: str) -> str:
    """A command's help: paragraphs as they are, what stands behind `\\b` as code."""
    told = []
    for paragraph in inspect.cleandoc(help_text).split("\n\n"):
        lines = paragraph.split("\n")
        if lines[0].strip() != "\b":
            told.append(" ".join(line.strip() for line in lines))
            continue
        head = [line for line in lines[1:] if not line.startswith(" ")]
        code = inspect.cleandoc("\n" + "\n".join(line for line in lines[1:] if line[:1] == " "))
        told.append("\n".join(head))
        told.append(f"```\n{code}\n```")
    return "\n\n".join(text for text in told if text) + "\n\n"


def _options(
    command: click.Command, *, only: Iterable[str] | None = None, without: Iterable[str] = ()
) -> Iterator[str]:
    rows = []
    for param in command.params:
        if not isinstance(param, click.Option) or param.hidden:
            continue
        if param.opts[0] in without or (only is not None and param.opts[0] not in only):
            continue
        value = param.metavar or ""
        if isinstance(param.type, click.Choice):
            value = " or ".join(str(choice) for choice in param.type.choices)
        names = ", ".join(f"`{opt}`" for opt in (*param.opts, *param.secondary_opts))
        needed = " Required." if param.required else ""
        rows.append((names, value, f"{param.help or ''}{needed}"))
    if rows:
        yield from _table(("option", "value", "what it does"), rows)


def _settings() -> Iterator[str]:
    told = re.findall(
        r"^    (\w+): (.*?)(?=^    \w+: |\Z)",
        inspect.getdoc(Settings) or "",
        re.MULTILINE | re.DOTALL,
    )
    says = {name: " ".join(text.split()) for name, text in told}
    used = settings_used()
    yield "\n"
    yield from _table(
        ("setting", "default", "what it is, and where its value comes from", "asked for by"),
        (
            (
                f"`{field.name}`",
                _default(field.name),
                says[field.name],
                ", ".join(used.get(field.name, ())) or "no rule",
            )
            for field in dataclasses.fields(Settings)
        ),
    )


def _default(name: str) -> str:
    value = getattr(Settings(), name)
    return f"{value:g} s" if name.endswith("_s") and value < 1e6 else str(list(value))


def _rules() -> Iterator[str]:
    found = rules_by_module()
    yield "\n"
    rows = []
    for rule, says in RULES.items():
        parts = [name for name in found if name == rule or name.startswith(f"{rule}.")]
        modules = sorted({module for name in parts for module in found[name]})
        rows.append((rule, says, ", ".join(f"`{module}`" for module in modules) or "not built"))
    yield from _table(("rule", "about", "modules"), rows)


def _demo() -> Iterator[str]:
    """What `graphsess sessions` prints of the demo evidence."""
    fields = "start,user,outcome,kind,source_address,host,end,end_kind"
    yield "\n"
    yield from _printed("sessions", _demo_case(), "--format", "table", "--fields", fields)


def _asked(hunt: str, fields: str, *params: str) -> Iterator[str]:
    """What a hunt finds in the demo evidence."""
    yield "\n"
    given = (word for param in params for word in ("--param", param))
    yield from _printed(
        "hunt", _demo_case(), hunt, "--format", "table", "--fields", fields, *given
    )


def _printed(*words: object) -> Iterator[str]:
    """The table that a command prints, without what stands under it."""
    told = CliRunner().invoke(group, list(map(str, words)), env={"COLUMNS": "140"})
    if told.exit_code:
        raise RuntimeError(f"the demo cannot be shown: {told.output}") from told.exception
    yield "```\n"
    yield from (f"{line.rstrip()}\n" for line in told.stdout.partition("\n\n")[0].split("\n"))
    yield "```\n\n"


@cache
def _demo_case() -> Path:
    """The demo evidence, built once a run."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    evidence, case = folder / "evidence", folder / "case"
    write_case(SCENARIOS["demo"].run(seed=1), evidence)
    told = CliRunner().invoke(group, ["build", str(evidence), "-o", str(case), "--jobs", "1"])
    if told.exit_code:
        raise RuntimeError(f"the demo cannot be built: {told.output}") from told.exception
    return case


def _hunts() -> Iterator[str]:
    yield "# Hunts\n\n"
    queries = [load(name) for name in names("hunt")]
    yield (
        f"The {len(queries)} questions that `graphsess hunt` and Neo4j answer, each with its "
        "limits: when a hit is innocent, and when a miss means nothing. Worked examples stand in "
        "[analysts](analysts.md#hunts). Every hunt with a parameter `hidden` takes `--all`.\n\n"
    )
    yield from _table(
        ("hunt", "asks"),
        (
            (f"[{stem}](#{stem})", query.title)
            for query in queries
            for stem in (query.name.partition("/")[2],)
        ),
    )
    for query in queries:
        yield f"## {query.name.partition('/')[2]}\n\n{query.title}. {query.asks}\n\n"
        yield f"Limits: {query.limits}.\n\n"
        yield f"Events: {query.events}. Reads `{query.reads}`.\n\n"
        columns = ", ".join(f"`{column.removesuffix('_us')}`" for column in query.returns)
        yield f"Fields: {columns}.\n\n"
        shown = [param for param in query.params.values() if param.name != "hidden"]
        if shown:
            yield from _table(
                ("parameter", "type", "default", "what it is"),
                ((f"`{it.name}`", it.type, json.dumps(it.default), it.means) for it in shown),
            )
        if query.see:
            yield f"See {', '.join(f'<{link}>' for link in query.see)}.\n\n"


def _tables() -> Iterator[str]:
    yield "\n"
    says = {
        Stage.READ: "one part for each computer and evidence file",
        Stage.HOSTS: "one part a host",
        Stage.ACROSS: "one part, made over all hosts",
        Stage.BESIDE: "no part, for it tells how the case grew",
    }
    for stage in Stage:
        yield f"Made by the stage *{stage.value}*, {says[stage]}:\n\n"
        yield from _table(
            ("table", "sorted by", "columns"),
            (
                (
                    f"`{table.name}`",
                    ", ".join(table.order),
                    ", ".join(_typed(name, kind) for name, kind in table.columns.items()),
                )
                for table in tables_of(stage)
            ),
        )


def _graph() -> Iterator[str]:
    yield "\n"
    for title, derived in (("Loaded", False), ("Derived", True)):
        yield f"**{title}.**\n\n"
        labels = [label for label in LABELS.values() if label.derived is derived]
        yield from _table(
            ("label", "one node is", "properties"),
            (
                (f"`{it.name}`", it.says, ", ".join(found.name for found in it.properties))
                for it in labels
            ),
        )
        yield "```\n"
        arrows = [it for it in RELATIONSHIPS if it.derived is derived]
        width = max(len(it.arrow) for it in arrows if len(it.arrow) <= _WIDEST)
        for it in arrows:
            yield f"{it.arrow:<{width}}  {it.says}\n"
        yield "```\n\n"


def _derivations() -> Iterator[str]:
    yield "\n"
    queries = [load(f"derive/{name}") for name in dict.fromkeys((*OF_HOSTS, *ACROSS_HOSTS))]
    yield from _table(
        ("file", "asks", "writes", "limits"),
        (
            (f"`{it.name}`", it.asks, f"`{it.writes}`", it.limits)
            for it in queries
        ),
    )


def _typed(name: str, kind: pl.DataType) -> str:
    """A column with its type, where that is not plain from the name: texts go without."""
    if isinstance(kind, pl.String):
        return name
    return f"{name} *{_type(kind)}*"


def _type(kind: object) -> str:
    if isinstance(kind, pl.List):
        return f"list of {_type(kind.inner)}"
    if isinstance(kind, pl.Struct):
        return "(" + ", ".join(field.name for field in kind.fields) + ")"
    named: tuple[tuple[type[pl.DataType], str], ...] = (
        (pl.Int64, "int"),
        (pl.Int32, "int"),
        (pl.Float64, "number"),
        (pl.Boolean, "yes/no"),
        (pl.String, "text"),
    )
    return next((word for form, word in named if kind == form), str(kind).lower())


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |\n|{' --- |' * len(head)}\n"
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in row)} |\n"
    yield "\n"


_QUESTIONS: dict[str, tuple[str, ...]] = {
    "brute_force": ("host,address,class,kind,failures,first,last,user,start,gap_s",),
    "outside_desktop": ("start,user,host,kind,address,source_name,privileged,end,end_kind",),
    "client_name": ("client,users,addresses,hosts,sessions,first,last",),
    "other_source": ("start,user,host,address,source_name,before_address,before_end,gap_s",),
    "credential_switch": ("start,from_host,from_user,to_host,to_user,kind,score,band",),
    "explicit_credentials": ("time,host,user,as_user,server,spn,address",),
    "movement_path": ("steps,hosts,users,score,start,end", "start=198.51.100.77", "end=dc1"),
    "only_through": ("host,via,users,sessions,first,last",),
    "admin_share": ("start,user,host,address,shares,files,ran",),
    "remote_service": ("time,host,service,image,user,address,method,confidence",),
    "log_clear": ("time,host,channel,by_user,by_session,user,kind,address,start,end",),
    "coverage_hole": ("host,channel,to,cause,user,kind,address,start,end",),
}
"""Hunts that the page for analysts works through: the fields shown, then parameters."""

_PARTS: dict[Path, dict[str, Callable[[], Iterator[str]]]] = {
    DOCS / "investigators.md": {"demo": _demo},
    DOCS / "rules.md": {"settings": _settings},
    DOCS / "developers.md": {"rules": _rules},
    DOCS / "graph.md": {"graph": _graph, "derivations": _derivations},
    DOCS / "analysts.md": {
        **{f"hunt {name}": partial(_asked, name, *more) for name, more in _QUESTIONS.items()},
        "tables": _tables,
    },
}


def main(arguments: list[str]) -> int:
    """Write what is out of date, or with `--check` only say so."""
    check = arguments == ["--check"]
    if arguments and not check:
        sys.stderr.write(__doc__ or "")
        return 2
    stale = {
        path: text
        for path, text in pages().items()
        if not path.exists() or path.read_text("utf-8") != text
    }
    for path, text in stale.items():
        if not check:
            path.write_text(text, "utf-8", newline="\n")
        sys.stdout.write(f"{path.name} {'is out of date' if check else 'written'}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
