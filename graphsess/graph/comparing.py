"""Names as rules compare them, made once and for all: engines differ in what lower case is.

What a text says of itself is told here too: the file's name of a path, the account of a profile,
the program of a service. Whatever needs a second record is derived in the database.
"""

from __future__ import annotations

import polars as pl

from graphsess.across.move_evidence import hours_of_client, hours_of_host, person
from graphsess.derive.activity import causes, clues, lineage
from graphsess.derive.activity.accounts import is_service, realm_of
from graphsess.derive.activity.scene import ACTS, READ
from graphsess.derive.arrivals import client_name
from graphsess.graph.ids import short
from graphsess.resolve.identities import sam_of

C = pl.col
SAM = r"([^\\]+)$"
"""The account's name without its realm."""


def of_accesses(accesses: pl.DataFrame) -> pl.DataFrame:
    """Accesses with the columns `graph.schema.COMPARED`.

    `who` bears network logons, `tried` is the account or the name that was tried, `sam` the same
    without realm, `client` the client's name, `origin` what failed attempts come from, `status_key`
    why they failed, `account` and `realm` whose access it is as acts name accounts, `named` and
    `outbound_account` the bare names that movement compares, `client_hours` the client's distance
    from UTC.
    """
    tried = pl.coalesce("user", "attempted_user").str.to_lowercase()
    client = C("source_name").str.to_lowercase()
    made = _accounts(accesses).with_columns(
        who=pl.coalesce("sid", C("user").str.to_lowercase(), pl.lit("-")),
        tried=tried,
        sam=tried.str.extract(SAM, 1),
        client=client,
        origin=pl.coalesce("source_address", client, pl.lit("-")),
        status_key=C("status").str.to_lowercase(),
        named=sam_of(pl.coalesce("user", "attempted_user")),
        outbound_account=sam_of(C("outbound_user")),
        client_hours=hours_of_client(C("client_time_zone")),
    )
    return made.with_columns(short(made["origin"]))


def of_hosts(hosts: pl.DataFrame) -> pl.DataFrame:
    """Hosts with `own_hours`, their zone's distance from UTC."""
    return hosts.with_columns(own_hours=hours_of_host(C("time_zone")))


def of_locals(desks: pl.DataFrame) -> pl.DataFrame:
    """Desktops with `account` and `realm`, whose they are as acts name accounts."""
    return _accounts(desks)


def _accounts(rows: pl.DataFrame) -> pl.DataFrame:
    made = rows.with_columns(account=sam_of(C("user")), realm=realm_of(C("user")))
    return made.with_columns(short(made["account"]))


def of_events(events: pl.DataFrame, signs: pl.DataFrame) -> pl.DataFrame:
    """Events with `sam`, `client`, and the columns `graph.labels.ACTED` and `graph.labels.SIGN`.

    `activity` is what an act is, `doer_…` what it tells of who did it, `image`, `parent_image` and
    `service_file` are files by name, `object_key` is the service or task; `client` is the short
    name that the client says of itself.

    Args:
        events: Some events.
        signs: Of `signs_of`, of the same hosts.
    """
    told = events.with_columns(
        sam=C("target_user").str.to_lowercase(),
        client=_first_label(client_name(C("kind").cast(pl.String))),
    ).with_row_index("n")
    told = told.with_columns(short(told["client"]))
    read = told.filter(C("kind").is_in(READ)).with_columns(
        C("n").cast(pl.Int64), C("kind").cast(pl.String), at=C("ord"),
        place=pl.lit(0, pl.Int64),
    )
    return (
        told.join(_acted(read), on="n", how="left", maintain_order="left")
        .join(signs, on="uid", how="left", maintain_order="left")
        .drop("n")
    )


def _acted(read: pl.DataFrame) -> pl.DataFrame:
    kind = C("kind")
    doer = clues.clues_of(read)
    begins, runs = kind.is_in(lineage.BEGIN), kind.is_in(causes.RUNS)
    named = kind.is_in((*causes.INSTALLS, *causes.WRITERS, *causes.REGISTERED, *causes.DELETED))
    made = read.select(
        C("n").cast(pl.UInt32),
        activity=kind.replace_strict(ACTS, default=None, return_dtype=pl.String),
        doer_sid=doer["sid"],
        doer_name=doer["sam"],
        doer_realm=doer["realm"],
        doer_by_path=doer["by_path"],
        doer_is_service=doer.select(is_service(C("sid"), C("sam"))).to_series(),
        doer_is_machine=doer["machine"],
        doer_id=clues.process_id_of(),
        image=pl.when(begins | runs).then(lineage.image(C("process"))),
        parent_image=pl.when(begins).then(lineage.image(C("parent_process"))),
        service_file=pl.when(kind.is_in(causes.INSTALLS)).then(causes.service_file(C("detail"))),
        object_key=pl.when(named | runs).then(causes.named()),
    )
    return made.with_columns(short(made[name]) for name in ("doer_sid", "doer_name"))


def signs_of(departures: pl.DataFrame) -> pl.DataFrame:
    """What each sign of leaving says, once an event: `uid` and the columns `graph.labels.SIGN`.

    Args:
        departures: Table `departures` of some hosts.
    """
    made = departures.unique("uid", keep="first", maintain_order=True).select(
        "uid", "own_address", "own_port", "peer_user", sign="rule", aim="name",
        aim_short=_first_label(C("name")), aim_address="address", aim_port="port",
        aim_service="service", peer=sam_of(C("peer_user")), own_user="user",
        own_account=sam_of(C("user")), by_person=person(C("user")),
    )
    return made.with_columns(short(made["aim_short"]))


def _first_label(name: pl.Expr) -> pl.Expr:
    return name.str.split(".").list.first()
