"""Windows logon sessions, first pass: every LUID that any event of the boot names.

Events:  Security 4624 opens; every event with a target or subject LUID bears witness
Key:     (host, boot, LUID); the constants 0x3e7, 0x3e4, 0x3e5, 0x3e6 recur in every boot
Order:   by boot, then LUID
Limits:  a LUID of which only other events remain has bounds for its start, no start
See:     rules R2.1-R2.4; https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4624
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.identities import ANONYMOUS_SID, COMPANION_SID, account, account_class

C = pl.col
CONSTANT_LUIDS = {0x3E7: "system", 0x3E4: "service", 0x3E5: "service", 0x3E6: "anonymous"}
HIGHEST_CONSTANT = 0x3E7
PAIR_US = 1_000_000  # both halves of a UAC pair are written within this
PAIR_LUIDS = 0x1000  # … and their LUIDs lie this near
DESKTOP_TYPES = (2, 10, 11, 12)
SSHD = r"(?i)(^|[\\/])sshd(-session|-auth)?\.exe$"
MADE_OR_GONE = (
    "security_4624", "security_4627", "security_4634", "security_4647", "security_4672",
    "security_4825", "security_4964",
)
"""Events that make or unmake a logon session; all others are signs of life under it."""
KEY = ["boot", "luid"]
OPENED = (
    "logon_type", "logon_process", "process", "process_id", "package", "logon_guid",
    "restricted_admin", "credential_guard", "elevated",
)
"""What a logon takes from its 4624 as it stands there."""


def logon_skeletons(events: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """One row a (boot, LUID): what 4624 says of it, else what the first witness says.

    Args:
        events: One host's events in order, with `boot` and `sam`.
        names: SID → name, of `identities.names_by_sid`.
    """
    seen = _witnesses(events)
    opened = _opened(events)
    marks = _marks(events)
    logons = (
        seen.join(opened, on=KEY, how="left")
        .join(marks, on=KEY, how="left")
        .with_columns(strange=_contradicts())
        .with_columns(
            destroyed_us=pl.when(~C("strange")).then("destroyed_us"),
            destroyed_ord=pl.when(~C("strange")).then("destroyed_ord"),
            opened_twice=C("opened_twice").fill_null(value=False) | C("strange"),
            sid=pl.coalesce("sid", "seen_sid"),
            sam=pl.coalesce("sam", "seen_sam"),
            user=pl.coalesce("user", "seen_user"),
            logon_type=pl.coalesce("logon_type", "closed_type"),
            privileged=C("privileged").fill_null(value=False),
        )
        .join(names, on="sid", how="left")
        .with_columns(user=pl.coalesce("name", "user"))
        .drop("name", "seen_sid", "seen_sam", "seen_user", "closed_type", "closed_sid", "strange")
        .sort(KEY)
    )
    logons = _with_pairs(logons)
    return _with_start(logons).with_columns(
        role=base_role(), class_=account_class(C("sid"), C("sam"), C("logon_type"))
    ).rename({"class_": "class"}).sort(KEY)


def _contradicts() -> pl.Expr:
    """The 4634 speaks of another logon than the 4624 (R2.8); cached types are written plain."""
    plain = C("logon_type").replace({11: 2, 12: 10, 13: 7})
    return (
        ((C("closed_type") != plain) & (C("closed_type") != C("logon_type"))).fill_null(value=False)
        | (C("closed_sid") != C("sid")).fill_null(value=False)
    )


def _witnesses(events: pl.DataFrame) -> pl.DataFrame:
    """Every LUID of a boot with its first and last event, and what those say of the user."""
    base = ("boot", "ord", "time_us", "kind", "sysmon_start_us")
    about, under = (
        events.select(*base, luid=f"{who}_luid", sid=f"{who}_sid", sam=name,
                      realm=f"{who}_domain", name=f"{who}_user")
        .filter(C("time_us").is_not_null() & C("luid").is_not_null())
        for who, name in (("target", C("sam")), ("actor", C("actor_user").str.to_lowercase()))
    )  # fmt: skip
    # whom it is about speaks before who did it; of each, the earlier event
    ranked = pl.concat([about, under]).sort(KEY, maintain_order=True)
    told = ranked.sort(*KEY, "ord", maintain_order=True)
    seen = told.group_by(KEY, maintain_order=True).agg(
        first_ord=C("ord").first(), first_us=C("time_us").first()
    )
    alive = told.filter(~C("kind").is_in(MADE_OR_GONE)).group_by(KEY, maintain_order=True).agg(
        last_seen_ord=C("ord").last(), last_seen_us=C("time_us").last()
    )
    named = {
        "seen_sid": C("sid"), "seen_sam": C("sam"), "seen_user": account(C("realm"), C("name")),
    }
    firsts = [
        ranked.select(*KEY, value.alias(column))
        .drop_nulls(column)
        .unique(KEY, keep="first", maintain_order=True)
        for column, value in named.items()
    ]
    sysmon = (
        told.select(*KEY, "sysmon_start_us")
        .drop_nulls("sysmon_start_us")
        .unique(KEY, keep="first", maintain_order=True)
    )
    for part in (alive, *firsts, sysmon):
        seen = seen.join(part, on=KEY, how="left", maintain_order="left")
    return seen


def _opened(events: pl.DataFrame) -> pl.DataFrame:
    """What the LUID's 4624 says; the first one, if a boot is missing between two."""
    return (
        events.select(
            "boot", "ord", "time_us", "kind", "sam", "target_luid", "target_sid", "target_domain",
            "target_user", "address", "port", "client_name", "outbound_domain", "outbound_user",
            "actor_luid", "linked_luid", *OPENED,
        )
        .filter(
            (C("kind") == "security_4624")
            & C("target_luid").is_not_null()
            & C("time_us").is_not_null()
        )
        .sort("boot", "target_luid", "ord")
        .group_by("boot", luid=C("target_luid"), maintain_order=True)
        .agg(
            start_ord=C("ord").first(),
            logged_us=C("time_us").first(),
            opened_twice=C("target_sid").n_unique() > 1,
            user=account(C("target_domain"), C("target_user")).first(),
            sid=C("target_sid").first(),
            sam=C("sam").first(),
            source_address=C("address").first(),
            source_port=C("port").first(),
            workstation=C("client_name").first(),
            outbound_user=account(C("outbound_domain"), C("outbound_user")).first(),
            actor_luid=C("actor_luid").first(),
            linked_luid=C("linked_luid").first(),
            **{name: C(name).first() for name in OPENED},
        )
        .with_columns(
            outbound_user=pl.when(C("logon_type") == 9).then("outbound_user")
        )
    )


def _marks(events: pl.DataFrame) -> pl.DataFrame:
    """Privileges (4672 by LUID, never by record order), destruction (4634) and logoff (4647)."""
    return (
        events.select(
            "boot", "ord", "time_us", "kind", "target_luid", "target_sid", "logon_type"
        )
        .filter(
            C("kind").is_in(["security_4672", "security_4634", "security_4647"])
            & C("target_luid").is_not_null()
            & C("time_us").is_not_null()
        )
        .sort("boot", "target_luid", "ord")
        .group_by("boot", luid=C("target_luid"), maintain_order=True)
        .agg(
            privileged=(C("kind") == "security_4672").any(),
            destroyed_us=C("time_us").filter(C("kind") == "security_4634").last(),
            destroyed_ord=C("ord").filter(C("kind") == "security_4634").last(),
            closed_type=C("logon_type").filter(C("kind") == "security_4634").last(),
            closed_sid=C("target_sid").filter(C("kind") == "security_4634").last(),
            logoff_us=C("time_us").filter(C("kind") == "security_4647").last(),
            logoff_ord=C("ord").filter(C("kind") == "security_4647").last(),
        )
    )


def _with_pairs(logons: pl.DataFrame) -> pl.DataFrame:
    """Both halves of a UAC pair name each other (R2.4); old builds do not log the link.

    There a pair is two desktop logons of one user by one process within a second, of which
    exactly one has administrator privileges.
    """
    beside = ["boot", "sid", "logon_type", "process_id"]
    unlinked = (
        logons.filter(
            C("logged_us").is_not_null()
            & C("linked_luid").is_null()
            & C("elevated").is_null()
            & C("logon_type").is_in(DESKTOP_TYPES)
            & ((C("logon_process") == "User32") | C("sid").str.contains(COMPANION_SID))
        )
        .sort(*beside, "start_ord")
        .with_columns(
            other=C("luid").shift(-1).over(beside),
            other_us=C("logged_us").shift(-1).over(beside),
            other_privileged=C("privileged").shift(-1).over(beside),
            nth=pl.int_range(pl.len()).over(beside),
        )
        .filter(
            (C("other_us") - C("logged_us") <= PAIR_US)
            & (C("privileged") != C("other_privileged"))
        )
        .select("boot", "luid", "other")
    )
    both = pl.concat(
        [unlinked, unlinked.select("boot", luid="other", other="luid")]
    ).unique(["boot", "luid"], keep="first", maintain_order=True)
    named = logons.filter(C("linked_luid").is_not_null()).select(
        "boot", luid="linked_luid", other="luid"
    )
    link = pl.concat([named, both, _orphan_pairs(logons)]).unique(
        ["boot", "luid"], keep="first", maintain_order=True
    )
    return (
        logons.join(link, on=KEY, how="left")
        .with_columns(linked_luid=pl.coalesce("linked_luid", "other"))
        .drop("other")
        .with_columns(elevated=pl.coalesce("elevated", C("privileged")))
    )


def _orphan_pairs(logons: pl.DataFrame) -> pl.DataFrame:
    """Neighbouring LUIDs of one account of which only later events are left: one UAC pair.

    LSA makes both halves in one go, so no other LUID lies between them.
    """
    orphans = logons.sort("boot", "luid").with_columns(
        other=C("luid").shift(-1).over("boot"),
        other_sid=C("sid").shift(-1).over("boot"),
        other_logged=C("logged_us").shift(-1).over("boot"),
        other_type=C("logon_type").shift(-1).over("boot"),
        before_sid=C("sid").shift(1).over("boot"),
    )
    desktop = (C("logon_type").is_in(DESKTOP_TYPES)).fill_null(value=True)
    found = orphans.filter(
        C("logged_us").is_null()
        & C("other_logged").is_null()
        & (C("sid") == C("other_sid"))
        & (C("before_sid") != C("sid")).fill_null(value=True)
        & (C("other") - C("luid") <= PAIR_LUIDS)
        & desktop
        & C("other_type").is_in(DESKTOP_TYPES).fill_null(value=True)
        & (C("luid") > HIGHEST_CONSTANT)
        & C("linked_luid").is_null()
    ).select("boot", "luid", "other")
    return pl.concat([found, found.select("boot", luid="other", other="luid")])


def _with_start(logons: pl.DataFrame) -> pl.DataFrame:
    """The start: logged, by Sysmon's LogonGuid, or between the starts of the next LUIDs (R2.1)."""
    own = C("luid") > HIGHEST_CONSTANT
    known = pl.coalesce("logged_us", "sysmon_start_us")
    return (
        logons.sort("boot", "luid")
        .with_columns(start_us=pl.when(own).then(known))
        .with_columns(
            below=pl.when(own).then(C("start_us")).forward_fill().over("boot"),
            above=pl.when(own).then(C("start_us")).backward_fill().over("boot"),
        )
        .with_columns(
            start_kind=pl.when(C("logged_us").is_not_null())
            .then(pl.lit("logged"))
            .when(C("start_us").is_not_null())
            .then(pl.lit("sysmon"))
            .when(C("below").is_not_null() | C("above").is_not_null())
            .then(pl.lit("bracketed"))
            .otherwise(pl.lit("unknown")),
            start_earliest_us=pl.coalesce("start_us", "below"),
            start_latest_us=pl.coalesce("start_us", pl.min_horizontal("above", "first_us")),
        )
        .drop("below", "above")
    )


def base_role() -> pl.Expr:
    """What made the logon, by type, logon process and process (section 0.5 of the rules)."""
    kind, by = C("logon_type"), C("logon_process").str.to_lowercase()
    image = C("process").str.to_lowercase().str.extract(r"([^\\/]+)$", 1)
    desktop_process = image.is_in(["winlogon.exe", "svchost.exe"]).fill_null(value=True)
    steps: list[tuple[pl.Expr, str]] = [
        (C("luid") <= HIGHEST_CONSTANT, "system"),
        (C("sid").str.contains(COMPANION_SID), "companion"),
        (C("sam").str.contains(r"^(?:dwm|umfd)-\d+$"), "companion"),
        (C("sam").str.contains(r"^sshd_\d+$"), "companion"),
        (kind == 0, "system"),
        (kind == 5, "service"),
        (kind == 4, "batch"),
        ((C("sid") == ANONYMOUS_SID) | (C("sam") == "anonymous logon"), "anonymous"),
        (kind.is_in([2, 7, 11, 13]) & (by == "negotiat"), "refresh"),
        (kind.is_in([7, 13]), "unlock"),
        (kind.is_in([10, 12]), "desktop"),
        (by == "credpro", "elevation"),
        ((kind == 2) & (by == "seclogo"), "runas"),
        (kind == 9, "netonly"),
        (kind.is_in([2, 11]) & (by == "user32").fill_null(value=True) & desktop_process, "desktop"),
        (kind.is_in([2, 11]), "application"),
        ((kind == 3) & (by == "sshd"), "s4u"),
        ((kind == 3) & C("process").str.contains(SSHD), "s4u"),
        ((kind == 8) & C("process").str.contains(SSHD), "ssh"),
        ((kind == 3) & (by == "advapi"), "application"),
        (kind == 8, "cleartext"),
        (kind == 3, "network"),
    ]
    chain: pl.Expr = pl.lit("unknown")
    for condition, role in reversed(steps):
        chain = pl.when(condition).then(pl.lit(role)).otherwise(chain)
    return chain
