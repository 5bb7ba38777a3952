"""`activity FILE`: dated artefacts of other tools, each with the session that it belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import polars as pl

from graphsess.artefacts.read import Artefacts
from graphsess.artefacts.roles import Role
from graphsess.derive.activity import causes, lineage
from graphsess.derive.activity.foreign import mapped
from graphsess.errors import UsageError
from graphsess.records.activity import MAPPED, with_candidates, with_session
from graphsess.records.ask import Ask
from graphsess.records.names import with_host
from graphsess.records.stream import Stream, Tables, host_pattern
from graphsess.settings import Settings

C = pl.col
OURS = ("id", "row", "time", "host", "logged_user", "logged_sid", *MAPPED)
RENAMED = "artefact_"
"""Before an own field of an artefact that has the name of one of ours."""
_TABLES = ("hosts", "boots", "logons", "locals", "sessions")
_PROCESSES = sorted(
    {*lineage.BEGIN, *lineage.END, *causes.INSTALLS, *causes.WRITERS, *causes.RUNS}
)


def artefact_stream(
    tables: Tables, artefacts: Artefacts, content: bytes, ask: Ask, settings: Settings
) -> Stream:
    """A stream of the file's artefacts: their own fields, then what they are mapped to.

    Raises:
        UsageError: the file does not say which host it is from, and the case has several.
    """
    silent = artefacts.told["host"].null_count() == artefacts.told.height
    one = None
    if silent or ask.hosts:
        one = _only_host(tables, artefacts.name, ask.hosts, silent=silent)
    told = _on_hosts(tables, artefacts.told, one)
    found, beside = mapped(_of_case(tables, told), told, settings)
    own = _renamed(artefacts.own)
    frame = _frame(tables, artefacts, told, found, own, content)
    beside = beside.select(
        "session", "confidence", activity=_ident(content, C("row"))
    )
    shown = [name for name in own.columns if name.removeprefix(RENAMED) in _seen(artefacts)][:2]

    def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
        del tables, ask
        return frame

    def finish(tables: Tables, wanted: pl.DataFrame) -> pl.DataFrame:
        return with_candidates(tables, wanted, beside)

    return Stream(
        name="activity",
        says="artefacts of other tools, and the session that each belongs to",
        rows=rows,
        finish=finish,
        fields=(*OURS[:4], *own.columns, *OURS[4:]),
        shown=(
            "time", *shown, "user", "source_address", "kind", "host", "method", "confidence",
            "while_disconnected", "session_start", "flags", "session",
        ),
        users=("user", "sid", "logged_user", "logged_sid"),
        kind="kinds",
        span=("time", "time"),
    )


def told_of(artefacts: Artefacts) -> str:
    """What the columns of the file were taken for, in one sentence."""
    tool = f"{artefacts.tool.name}'s" if artefacts.tool else "no known tool's"
    parts = [
        f"{role.value} = {' + '.join(names)}" for role, names in sorted(artefacts.roles.items())
    ]
    return (
        f"{artefacts.name} is {tool}; taken: {', '.join(parts)} "
        "(--column ROLE=NAME says otherwise)"
    )


def _seen(artefacts: Artefacts) -> set[str]:
    """The columns that a person wants to see first."""
    named = artefacts.roles.get(Role.PATH, ())
    rest = [
        name for name in artefacts.own.columns
        if not any(name in names for names in artefacts.roles.values())
    ]
    return {*named[-1:], *rest[:1]}


def _only_host(
    tables: Tables, name: str, asked: Sequence[str], *, silent: bool
) -> str | None:
    """The one host that rows without a name are from; None where the rows that lack it are few."""
    hosts = tables.table("hosts")
    if asked:
        hosts = hosts.filter(
            pl.any_horizontal(
                C(column).str.contains(host_pattern(given))
                for given in asked for column in ("id", "name")
            )
        )
    if hosts.height == 1:
        return str(hosts["id"][0])
    if not silent:
        return None
    raise UsageError(
        f"{name} does not say which host it is from, and {'--host' if asked else 'the case'} "
        f"means {hosts.height}; name one with --host, or the column with --column host=NAME"
    )


def _on_hosts(tables: Tables, told: pl.DataFrame, one: str | None) -> pl.DataFrame:
    """Rows with the id of their host; null where it is not in the case, or two go by the name."""
    hosts = tables.table("hosts").select("id", name=pl.concat_list("id", "name", "names"))
    names = hosts.explode("name").select("id", name=C("name").str.to_lowercase()).drop_nulls()
    short = names.with_columns(name=C("name").str.extract(r"^([^.]+)", 1))
    by_name = (
        pl.concat([names.with_columns(rank=0), short.with_columns(rank=1)])
        .unique(["name", "id"], keep="first", maintain_order=True)
        .with_columns(first=C("rank").min().over("name"))
        .filter(C("rank") == C("first"))
        .filter(C("id").n_unique().over("name") == 1)
        .select(found="id", key="name")
        .unique()
    )
    key = C("host").str.to_lowercase().str.strip_chars(" .\\")
    full = told.with_columns(named="host", key=key, label=key.str.extract(r"^([^.]+)", 1))
    return (
        full.join(by_name, on="key", how="left")
        .join(by_name.rename({"found": "by_label", "key": "label"}), on="label", how="left")
        .with_columns(
            host=pl.coalesce(
                "found",
                pl.when(~C("key").str.contains(".", literal=True)).then("by_label"),
                pl.when(C("named").is_null()).then(pl.lit(one, pl.String)),
            )
        )
        .sort("row")
        .drop("found", "by_label", "key", "label")
    )


def _of_case(tables: Tables, told: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The tables of the hosts in question."""
    hosts = told["host"].drop_nulls().unique().implode()
    found = {
        name: tables.table(name).filter(C("id" if name == "hosts" else "host").is_in(hosts))
        for name in _TABLES
    }
    needs = told.select((C("pid").is_not_null() | C("process_guid").is_not_null()).any()).item()
    events = tables.scan("events").filter(
        C("kind").is_in(_PROCESSES), C("host").is_in(hosts), pl.lit(value=bool(needs))
    )
    return found | {"events": events.collect()}


def _renamed(own: pl.DataFrame) -> pl.DataFrame:
    taken = {*OURS, "host_id", "kinds", "activity", "hidden"}
    return own.rename(
        {name: f"{RENAMED}{name}" for name in own.columns if name in taken}, strict=False
    )


def _frame(
    tables: Tables,
    artefacts: Artefacts,
    told: pl.DataFrame,
    found: pl.DataFrame,
    own: pl.DataFrame,
    content: bytes,
) -> pl.DataFrame:
    tool_flag = artefacts.tool.flag if artefacts.tool else None
    no = pl.lit([], dtype=pl.List(pl.String))

    def flag(condition: pl.Expr, name: str) -> pl.Expr:
        return pl.when(condition).then(pl.lit([name])).otherwise(no)

    joined = told.join(found, on="row", how="left", suffix="_found").sort("row").with_columns(
        id=_ident(content, C("row")),
        user=pl.coalesce("user_found", "user"),
        sid=pl.coalesce("sid_found", "sid"),
        kind=pl.lit(None, pl.String),
        method=C("method").fill_null("no_session"),
        confidence=C("confidence").fill_null(0),
        while_disconnected=C("while_disconnected").fill_null(value=False),
        flags=pl.concat_list(
            C("flags").fill_null(no),
            flag(C("time_us").is_null(), "time_unreadable"),
            flag(C("host").is_null() & C("named").is_not_null(), "host_not_in_case"),
            flag(C("host").is_null() & C("named").is_null(), "host_unknown"),
            flag((C("width_us") > 0) & C("time_us").is_not_null(), "time_is_coarse"),
            flag(C("ambiguous"), "local_time_came_twice"),
            pl.lit([tool_flag]) if tool_flag else no,
        ),
    )
    mapped_rows = with_session(tables, with_host(tables, joined)).sort("row")
    ours = mapped_rows.select(
        *[name for name in (*OURS, "kinds", "host_id") if name != "candidates"], "named"
    )
    return pl.concat(
        [ours.with_columns(host=pl.coalesce("host", "named")).drop("named"), own],
        how="horizontal",
    )


def _ident(content: bytes, row: pl.Expr) -> pl.Expr:
    return pl.format(
        "artefact|{}|{}", pl.lit(hashlib.sha256(content).hexdigest()[:16]), row
    )
