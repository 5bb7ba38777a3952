"""The tables that are made over all hosts together."""

from __future__ import annotations

import polars as pl

from graphsess.derive.tables import FAILURE_RUNS
from graphsess.resolve.tables import TEXT, TEXTS, TRUTH, WHOLE, Schema

BINDINGS: Schema = {
    "address": TEXT,
    "host": TEXT,
    "name": TEXT,
    "valid_from_us": WHOLE,
    "valid_to_us": WHOLE,
    "weight": WHOLE,
    "observations": WHOLE,
    "rule": TEXT,
    "uids": TEXTS,
}
"""An address belonged to a host from one observation to another (R9.2). `host` is null where the
host is not in the case; `name` is then what it was called."""

ADDRESSES: Schema = {
    "address": TEXT,
    "class": TEXT,
    "range": TEXT,
    "shared": TRUTH,
    "probes": WHOLE,
    "first_us": WHOLE,
    "last_us": WHOLE,
}

ORIGINS: Schema = {
    "session": TEXT,
    "source_host": TEXT,
    "weight": WHOLE,
    "origin_address": TEXT,
    "via": TEXT,
    "rule": TEXT,
    "uids": TEXTS,
}
"""Overlay on sessions: which host owned the source address then (R9.2); where a gateway stands
between, the address it was reached from and the gateway (R4.5)."""

MOVES: Schema = {
    "id": TEXT,
    "from_session": TEXT,
    "to_session": TEXT,
    "from_host": TEXT,
    "to_host": TEXT,  # a host's id; of a target outside the case its name or address as seen
    "from_user": TEXT,
    "to_user": TEXT,
    "source_address": TEXT,
    "kind": TEXT,
    "start_us": WHOLE,
    "last_us": WHOLE,
    "outcome": TEXT,
    "score": WHOLE,  # null: nothing of the case is the origin
    "band": TEXT,
    "exact": TRUTH,
    "credential_switch": TRUTH,
    "background": TRUTH,
    "count": WHOLE,
    "rule": TEXT,
    "hidden": TEXT,
}
"""A step from a session on one host to the session it opened on another (R8)."""

MOVE_EVIDENCE: Schema = {"move": TEXT, "rule": TEXT, "score": WHOLE, "uids": TEXTS}

MOVE_ALTERNATIVES: Schema = {"move": TEXT, "from_session": TEXT, "score": WHOLE}

CHAINS: Schema = {
    "id": TEXT,
    "hops": pl.List(
        pl.Struct(
            {"move": pl.String(), "session": pl.String(), "host": pl.String(), "user": pl.String()}
        )
    ),
    "entry_address": TEXT,
    "entry_class": TEXT,
    "start_us": WHOLE,
    "end_us": WHOLE,
    "score": WHOLE,
    "total": WHOLE,
    "credential_switches": WHOLE,
    "causal_user": TEXT,
    "new_host": TRUTH,
    "rank": WHOLE,
    "rule": TEXT,
    "hidden": TEXT,
}
"""A time-respecting path over several hosts (R8.6)."""

CORROBORATION: Schema = {"dc_session": TEXT, "session": TEXT, "rule": TEXT}
"""A controller's record of an attempt that the asked host logged too: no attempt of its own."""

RUNS_AT_CONTROLLERS: Schema = FAILURE_RUNS
"""Failure runs of attempts that only a controller saw."""

RUN_OF: Schema = {"session": TEXT, "failure_run": TEXT}
"""Overlay on sessions: the run at a controller that an attempt belongs to."""

FAILURE_PATTERNS: Schema = {"failure_run": TEXT, "pattern": TEXT, "rule": TEXT}
"""Overlay on failure runs: the pattern that only a day over all hosts shows."""

GROUPS: Schema = {
    "id": TEXT,
    "by": TEXT,
    "user": TEXT,
    "sid": TEXT,
    "source_address": TEXT,
    "source_range": TEXT,
    "host": TEXT,
    "source_class": TEXT,
    "sessions": WHOLE,
    "failures": WHOLE,
    "addresses": TEXTS,
    "hosts": TEXTS,
    "kinds": TEXTS,
    "first_us": WHOLE,
    "last_us": WHOLE,
    "new_for_user": TRUTH,
    "outlier_score": WHOLE,
    "reasons": TEXTS,  # codes; words are made in records
    "points": pl.List(pl.Int64()),
    "seen": pl.List(pl.Int64()),
    "of": pl.List(pl.Int64()),
    "rule": TEXT,
    "hidden": TEXT,
}
"""Each account with each address, range and host, and why that stands out. `points`, `seen` and
`of` (0 where there is no second count) go with `reasons`, item by item; the score is the sum of
the points."""

TABLES: dict[str, Schema] = {
    "bindings": BINDINGS,
    "addresses": ADDRESSES,
    "origins": ORIGINS,
    "moves": MOVES,
    "move_evidence": MOVE_EVIDENCE,
    "move_alternatives": MOVE_ALTERNATIVES,
    "chains": CHAINS,
    "corroboration": CORROBORATION,
    "runs_at_controllers": RUNS_AT_CONTROLLERS,
    "run_of": RUN_OF,
    "failure_patterns": FAILURE_PATTERNS,
    "groups": GROUPS,
}
