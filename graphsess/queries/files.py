"""Where the Cypher files lie, which there are, and one of them read."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from graphsess.errors import QueryError, UsageError
from graphsess.queries.query import Query, parse

_PACKAGE = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """The folder `cypher`: in the installed package, or in a checkout beside it.

    Raises:
        QueryError: the installation is incomplete.
    """
    for path in (_PACKAGE / "_cypher", _PACKAGE.parent / "cypher"):
        if (path / "README.md").is_file():
            return path
    raise QueryError("the Cypher files are missing from the installation; install graphsess again")


def names(group: str) -> list[str]:
    """Every query of a group (`derive`, `hunt`) by `group/stem`, in alphabetical order."""
    return sorted(f"{group}/{path.stem}" for path in (folder() / group).glob("*.cypher"))


@cache
def load(name: str) -> Query:
    """The query with this name, `hunt/shared_source`.

    Raises:
        UsageError: there is none.
        QueryError: its file is not what such a file must be.
    """
    path = _path(name)
    return parse(name, path.read_text("utf-8"), str(path))


def source(name: str) -> str:
    """The file of this query, as it stands.

    Raises:
        UsageError: there is none.
    """
    return _path(name).read_text("utf-8")


def _path(name: str) -> Path:
    group, _, stem = name.partition("/")
    if name not in names(group):
        raise UsageError(f"there is no query {name!r}; there are {', '.join(names(group))}")
    return folder() / group / f"{stem}.cypher"
