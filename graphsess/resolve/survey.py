"""Which logged computer names are one host (rule N10): small, over all files.

Events:  all records, by their ids and computer names only
Key:     (file, channel): a name that takes over where another one's record ids end
Order:   by position in the file
Limits:  a host that was renamed between two files without a common one stays two hosts
See:     rule N10; record ids run on across a rename, never across two machines
"""

from __future__ import annotations

import polars as pl

C = pl.col
LONG = 8  # records without a gap: no chance meeting of two machines' ids


def hosts_of(runs: pl.DataFrame) -> pl.DataFrame:
    """Computer → host, for every computer name in the runs.

    The host's id is the name that was logged last, in lower case.

    Args:
        runs: Schema `RUNS`, of all files.
    """
    named = runs.filter(C("computer").is_not_null()).with_columns(
        computer=C("computer").str.to_lowercase()
    )
    names = named["computer"].unique().sort().to_list()
    renames = _renames(named)
    groups = _joined(names, renames + _short_names(names))
    last_us = dict(
        named.group_by("computer").agg(last_us=C("last_us").max()).sort("computer").iter_rows()
    )
    after = {new for _, new in renames}
    before = {old for old, _ in renames}
    rows = []
    for group in groups:
        newest = max(
            group,
            key=lambda name: (
                name in after and name not in before,
                last_us.get(name) or -1,
                "." in name,
                name,
            ),
        )
        full = [name for name in group if name.startswith(f"{newest}.")]
        host = min(full) if full and "." not in newest else newest
        rows += [(name, host) for name in group]
    return pl.DataFrame(
        sorted(rows), schema={"computer": pl.String, "host": pl.String}, orient="row"
    )


def _renames(named: pl.DataFrame) -> list[tuple[str, str]]:
    """(old, new) names: in one file and channel the new one's ids run on where the old one's end.

    The old name never comes back. In a filtered or forwarded file two machines' ids could meet
    by chance, so there both names need a long unbroken stretch.
    """
    of = ["evidence", "channel"]
    spans = (
        named.group_by(*of, "computer")
        .agg(
            first_id=C("first_id").min(),
            last_id=C("last_id").max(),
            trusted=C("trusted").all(),
            longest=C("count").max(),
        )
        .filter(C("trusted") | (C("longest") >= LONG))
        .sort(*of, "first_id", "computer")
        .with_columns(
            new=C("computer").shift(-1).over(of),
            new_first=C("first_id").shift(-1).over(of),
        )
        .filter(C("new").is_not_null() & (C("new_first") == C("last_id") + 1))
    )
    return sorted(set(spans.select("computer", "new").rows()))


def _short_names(names: list[str]) -> list[tuple[str, str]]:
    """A bare name is the host of that short name where only one domain is seen with it."""
    pairs = []
    for name in names:
        if "." in name:
            continue
        full = [other for other in names if other.startswith(f"{name}.")]
        if len(full) == 1:
            pairs.append((name, full[0]))
    return pairs


def _joined(names: list[str], pairs: list[tuple[str, str]]) -> list[list[str]]:
    """The names in groups that pairs hold together, each sorted."""
    leader = {name: name for name in names}

    def find(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    for one, other in pairs:
        low, high = sorted((find(one), find(other)))
        leader[high] = low
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(find(name), []).append(name)
    return [sorted(group) for _, group in sorted(groups.items())]
