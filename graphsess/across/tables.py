"""The tables that are made over all hosts together."""

from __future__ import annotations

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
    "shared": TRUTH,
    "probes": WHOLE,
    "first_us": WHOLE,
    "last_us": WHOLE,
}

ORIGINS: Schema = {"session": TEXT, "source_host": TEXT, "weight": WHOLE, "rule": TEXT}
"""Overlay on sessions: which host owned the source address then."""

TABLES: dict[str, Schema] = {"bindings": BINDINGS, "addresses": ADDRESSES, "origins": ORIGINS}
