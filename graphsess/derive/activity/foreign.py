"""Artefacts of other tools, mapped to sessions by the same ladder; on the clock, not by records.

Events:  any artefact with a host and a time; LUID, LogonGuid, process, TS session, account or path
Key:     as `ladder`; the boot is that of the host at the time
Order:   none: each artefact by itself
Limits:  the clocks of host and tool are taken to agree within `skew_s`
See:     rules R7.1-R7.5
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from graphsess.derive.activity import accounts, causes, lineage, systems
from graphsess.derive.activity.clues import clues_of
from graphsess.derive.activity.ground import NEVER, Ground, by_clock, ground
from graphsess.derive.activity.intervals import spread
from graphsess.derive.activity.keys import identified
from graphsess.derive.activity.ladder import settled
from graphsess.derive.activity.shapes import CAUSES, CLUES, KNOWN, empty
from graphsess.settings import Settings

C = pl.col
GUID_US = 2_000_000
"""The start inside a LogonGuid has whole seconds; its logon's may be a second off."""


def mapped(
    tables: Mapping[str, pl.DataFrame], told: pl.DataFrame, settings: Settings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Row → session, local, logon, user, sid, method, confidence, flags; and the candidates.

    Args:
        tables: `hosts`, `boots`, `logons`, `locals`, `sessions` and `events` of the hosts that
            the artefacts are from; of the events only those that tell of processes are needed.
        told: row, host (an id of the case), time_us, width_us, user, sid, luid, logon_guid,
            process_guid, pid, ts_id, path.
        settings: For `skew_s`.
    """
    on = ground(tables, by_clock(tables))
    skew = settings.us("skew")
    clues = _clues(told, on)
    made, known = _processes(tables["events"], told, on, skew)
    clues = clues.drop("process").join(_doing(told, clues, made), on="n", how="left").select(
        list(CLUES)
    )
    identity = identified(clues, on, known, empty(CAUSES))
    found, beside = settled(clues, identity, on, skew_us=skew, slack=True)
    wide, shares = spread(clues, identity, on)
    found = _corrected(found, wide)
    beside = pl.concat([beside.join(wide, on="n", how="anti"), shares])
    for name in ("session", "local", "logon"):
        found = _with_id(found, on, name)
    return (
        found.rename({"n": "row", "owner": "user", "owner_sid": "sid"}).sort("row"),
        _with_id(beside, on, "session")
        .rename({"n": "row"})
        .sort("row", "confidence", "session", descending=[False, True, False]),
    )


def _clues(told: pl.DataFrame, on: Ground) -> pl.DataFrame:
    places = on.places.with_columns(C("begin_us").fill_null(NEVER)).sort("begin_us")
    where = (
        told.filter(C("time_us").is_not_null() & C("host").is_not_null())
        .sort("time_us")
        .join_asof(
            places.select("host", "place", "begin_us"), left_on="time_us", right_on="begin_us",
            by="host", strategy="backward", check_sortedness=False,
        )
    )
    by_guid = _by_logon_guid(where, on)
    where = where.join(by_guid, on="row", how="left").with_columns(
        place=pl.coalesce("guid_place", "place"), luid=pl.coalesce("guid_luid", "luid")
    )
    account = C("sid").is_null() & C("user").is_null()
    in_path = account & accounts.sid_in(C("path")).is_not_null()
    folder = accounts.profile_in(C("path"))
    of_profile = account & ~in_path & folder.is_not_null()
    known = on.stays.select("sam").drop_nulls().unique()["sam"].implode()
    plain = pl.when(folder.is_in(known)).then(folder).otherwise(
        pl.coalesce(
            *(
                pl.when(shorter.is_in(known)).then(shorter)
                for shorter in (
                    accounts.without_suffix(folder),
                    folder.str.replace(r"\.\d{3}$", ""),
                )
            ),
            folder,
        )
    )
    return where.with_columns(
        n="row",
        at="time_us",
        sid=pl.when(in_path).then(accounts.sid_in(C("path"))).otherwise("sid"),
        sam=pl.when(of_profile).then(plain).otherwise(accounts.sam_of(C("user"))),
        realm=accounts.realm_of(C("user")),
        by_path=of_profile | in_path,
        machine=pl.lit(value=False),
        logon_guid=C("guid_luid").is_not_null(),
        process=pl.lit(None, pl.Int64),
        ts_id=pl.when(C("ts_id") > 0).then("ts_id"),
    ).select([C(name).cast(dtype) for name, dtype in CLUES.items()])


def _by_logon_guid(where: pl.DataFrame, on: Ground) -> pl.DataFrame:
    """Row → the boot and LUID inside a LogonGuid, where the logon with that start is known."""
    digits = C("logon_guid").str.replace_all("-", "", literal=True)

    def number(start: int, length: int) -> pl.Expr:
        return digits.str.slice(start, length).str.to_integer(base=16, strict=False)

    def little(start: int, octets: int) -> pl.Expr:
        return pl.sum_horizontal(
            number(start + 2 * place, 2) * 256**place for place in range(octets)
        )

    older = digits.str.slice(16, 8) == "00000020"
    decoded = where.filter(C("logon_guid").is_not_null()).select(
        "row", "host",
        guid_luid=pl.when(older).then(little(24, 4)).otherwise(little(16, 8)),
        start_us=(number(12, 4) * 65_536 + number(8, 4)) * 1_000_000,
    )
    logons = on.logons.join(on.places.select("host", "place"), on="place").select(
        "host", "place", "start_us", guid_luid="luid"
    )
    return (
        decoded.join(logons, on=["host", "guid_luid"], how="inner", suffix="_of")
        .with_columns(off=(C("start_us") - C("start_us_of")).abs())
        .filter(C("off") <= GUID_US)
        .sort("row", "off", "place")
        .unique("row", keep="first", maintain_order=True)
        .select("row", "guid_luid", guid_place="place")
    )


def _processes(
    events: pl.DataFrame, told: pl.DataFrame, on: Ground, skew_us: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The processes of the logs and whose doing each is; none where no artefact names one."""
    named = told.filter(C("pid").is_not_null() | C("process_guid").is_not_null()).height
    kinds = {*lineage.BEGIN, *lineage.END, *causes.INSTALLS, *causes.WRITERS, *causes.RUNS}
    wanted = events.filter(
        C("kind").is_in(sorted(kinds)) & C("time_us").is_not_null() & pl.lit(value=named > 0)
    )
    numbered = systems.numbered(wanted, on, at="time_us")
    if numbered.is_empty():
        return lineage.processes(numbered), empty(KNOWN)
    actor = systems.actors(numbered, clues_of(numbered), on, skew_us)
    return systems.known_processes(numbered, on, actor)


def _doing(told: pl.DataFrame, clues: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """Number → the process that did it."""
    points = clues.select("n", "place", "at").join(
        told.select(n="row", guid="process_guid", pid="pid"), on="n", how="left"
    )
    return systems.doing(points, made)


def _corrected(found: pl.DataFrame, wide: pl.DataFrame) -> pl.DataFrame:
    """What was found at the first moment of a stretch, put right for the whole of it."""
    joined = found.join(
        wide.select("n", w_session="session", w_method="method", w_confidence="confidence"),
        on="n", how="left",
    )
    coarse = C("w_method").is_not_null()
    same = coarse & (C("w_session") == C("session")).fill_null(value=False)
    return joined.with_columns(
        session=pl.when(coarse).then("w_session").otherwise("session"),
        method=pl.when(coarse).then("w_method").otherwise("method"),
        confidence=pl.when(coarse).then("w_confidence").otherwise("confidence"),
        local=pl.when(~coarse | same).then("local"),
        while_disconnected=C("while_disconnected") & ~coarse,
    ).select(found.columns)


def _with_id(rows: pl.DataFrame, on: Ground, name: str) -> pl.DataFrame:
    ids = on.ids[name].rename({"number": name, "id": f"{name}_id"})
    return rows.join(ids, on=name, how="left").drop(name).rename({f"{name}_id": name})
