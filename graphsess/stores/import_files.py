"""The whole graph of a case as the files that `neo4j-admin database import full` reads.

A file a label and a file a kind of relationship, each with its header; `arguments.txt` names them
to the command. A text is always quoted, so that an empty one is no null and a line may break inside
it; lists are parted by a character that no value of the case holds. An empty list cannot be said:
it is a property that is not there.

See: https://neo4j.com/docs/operations-manual/5/import/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from graphsess.case.tables import Tables
from graphsess.errors import UsageError
from graphsess.graph.nodes import nodes
from graphsess.graph.properties import Form
from graphsess.graph.schema import ID, LABELS, RELATIONSHIPS, WHOLE_ID, statements
from graphsess.graph.whole import all_edges, all_nodes

C = pl.col
ARGUMENTS, README, SCHEMA = "arguments.txt", "README.txt", "schema.cypher"
SECOND_LABEL = "Activity"
_PARTERS = ("\x1f", "\x1e", "\x1d", "\x1c", "\ue000", "\ue001", "\uf8ff")
"""Characters that hardly any text holds; one that none does parts the items of lists."""
_TYPES = {
    Form.TEXT: "string", Form.WHOLE: "long", Form.TRUTH: "boolean", Form.TEXTS: "string[]",
    Form.WHOLES: "long[]",
}  # fmt: skip
Columns = dict[str, Form]
_HOW = """\
The graph of a case, for a Neo4j 5 server that is stopped and a database that may be replaced:

    neo4j-admin database import full neo4j --overwrite-destination=true @arguments.txt

Run it in this folder, then start the server. Constraints and indexes are not part of an import;
make them with the statements of schema.cypher. A list without items is not there afterwards.
"""


def import_files(tables: Tables, folder: Path) -> Iterator[str]:
    """Write all files into a folder that is there; what was written, for a person.

    Raises:
        UsageError: a list of the case holds every character that could part its items.
    """
    parter = _parter(tables)
    files: dict[str, list[str]] = {"nodes": [], "relationships": []}
    written: dict[str, int] = {}
    second = tables.table("activities").select("id")
    for label, frame in all_nodes(tables):
        if label == SECOND_LABEL:
            continue
        told = frame
        if label == "Event":
            acts = _acts(tables, frame.select("id").join(second, on="id", how="semi"))
            told = frame.join(acts, on="id", how="left", maintain_order="left").with_columns(
                labels=pl.when(C("id").is_in(acts["id"].implode()))
                .then(pl.lit([label, SECOND_LABEL]))
                .otherwise(pl.lit([label]))
            )
        name = f"{label}.csv"
        if name not in written:
            files["nodes"].append(f"--nodes={'' if label == 'Event' else f'{label}='}{name}")
        _append(folder / name, told, _node_columns(label), _node_header(label), parter, written)
    carries = {(it.start, it.type, it.end): it.properties for it in RELATIONSHIPS}
    for (start, kind, end), frame in all_edges(tables):
        tail = "Event" if start == SECOND_LABEL else start
        name = f"{start}-{kind}-{end}.csv"
        if name not in written:
            files["relationships"].append(f"--relationships={kind}={name}")
        columns: Columns = {"start": Form.TEXT, "end": Form.TEXT}
        columns |= {it.name: it.form for it in carries.get((start, kind, end), ())}
        head = {"start": f":START_ID({tail})", "end": f":END_ID({end})"}
        once = frame if kind == "RESOLVES_TO" else frame.unique(
            ["start", "end"], keep="first", maintain_order=True
        )
        _append(folder / name, once, columns, head, parter, written)
    _tell(folder, files, parter)
    yield from (f"{name}: {rows:,} rows" for name, rows in written.items())


def _tell(folder: Path, files: dict[str, list[str]], parter: str) -> None:
    options = [
        "--multiline-fields=true", "--ignore-empty-strings=false", "--trim-strings=false",
        "--legacy-style-quoting=false", f"--array-delimiter=U+{ord(parter):04X}",
        "--id-type=string", "--bad-tolerance=0",
    ]  # fmt: skip
    lines = [*options, *files["nodes"], *files["relationships"]]
    (folder / ARGUMENTS).write_text("\n".join(lines) + "\n", "utf-8")
    (folder / README).write_text(_HOW, "utf-8")
    (folder / SCHEMA).write_text(";\n".join(statements()) + ";\n", "utf-8")


def _node_columns(label: str) -> Columns:
    found: Columns = {ID: Form.TEXT, WHOLE_ID: Form.TEXT}
    found |= {it.name: it.form for it in LABELS[label].properties}
    if label == "Event":
        found |= {it.name: it.form for it in LABELS[SECOND_LABEL].properties}
        found["labels"] = Form.TEXTS
    return found


def _node_header(label: str) -> dict[str, str]:
    return {ID: f"{ID}:ID({label})", "labels": ":LABEL"}


def _acts(tables: Tables, events: pl.DataFrame) -> pl.DataFrame:
    """What an activity adds to its event."""
    rows = tables.table("activities").join(events, on="id", how="semi")
    return nodes(SECOND_LABEL, rows).drop(WHOLE_ID)


def _append(
    path: Path, frame: pl.DataFrame, columns: Columns, head: dict[str, str], parter: str,
    written: dict[str, int],
) -> None:  # fmt: skip
    names = [name for name in columns if name in frame.columns]
    with path.open("ab") as file:
        if path.name not in written:
            titles = (head.get(name, f"{name}:{_TYPES[columns[name]]}") for name in names)
            file.write((",".join(titles) + "\n").encode())
        cells = frame.select(_cell(name, columns[name], parter) for name in names)
        cells.write_csv(file, include_header=False, quote_style="never", null_value="")
    written[path.name] = written.get(path.name, 0) + frame.height


def _cell(name: str, form: Form, parter: str) -> pl.Expr:
    column = C(name)
    if form in (Form.WHOLE, Form.TRUTH):
        return column
    if form is Form.WHOLES:
        column = column.cast(pl.List(pl.String))
    text = column.list.join(parter) if form in (Form.TEXTS, Form.WHOLES) else column
    quoted = text.str.replace_all('"', '""', literal=True)
    return pl.concat_str(pl.lit('"'), quoted, pl.lit('"')).alias(name)


def _parter(tables: Tables) -> str:
    """A character that stands in no list of texts."""
    left = list(_PARTERS)
    for _, frame in (*all_nodes(tables), *all_edges(tables)):
        for name, dtype in frame.schema.items():
            if dtype == pl.List(pl.String) and left:
                items = frame[name].explode(empty_as_null=False)
                left = [one for one in left if not items.str.contains(one, literal=True).any()]
    if not left:
        raise UsageError("the case holds every character that could part a list; use `load`")
    return left[0]
