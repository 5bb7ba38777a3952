"""Every label of the graph: what its nodes are, and where their properties come from."""

from __future__ import annotations

from graphsess.graph.kinds import Label, texts, wholes
from graphsess.graph.properties import Form, Property

PLACE_IN_FILE = ("row", "boot_stamp_us", "sysmon_start_us")
"""What only reading and resolving need of an event."""

COMPARED = ("who", "tried", "sam", "client", "origin", "status_key")
"""Names of an access in lower case, as rules compare them; `graph.comparing` makes them."""
DERIVED_OF_ACCESS = (
    *texts("source", "session", "session_kind", "outcome", "end_kind", "end_reason"),
    *wholes("first_us", "start_us", "start_earliest_us", "start_latest_us", "auth_us",
            "session_us", "end_us", "end_earliest_us", "end_latest_us", "first_era", "end_era"),
    *(Property(name, Form.TRUTH) for name in ("joins", "desk", "takes_over")),
)
"""What `cypher/derive/` notes of an access before it makes sessions."""

DERIVED_OF_SESSION = (
    *texts("origin", "sam", "origin_address", "via", "account_key", "known_class"),
    *wholes("reached_us"),
    Property("desk", Form.TRUTH),
    Property("access_flags", Form.TEXTS), Property("via_uids", Form.TEXTS),
)
"""What `cypher/derive/` notes of a session for the derivations after it."""
EVIDENCE = (Property("evidence_rule", Form.TEXTS), Property("evidence_score", Form.WHOLES))
"""What speaks for a move: rule and points, item by item."""
ALTERNATIVES = (
    Property("alternative_session", Form.TEXTS), Property("alternative_score", Form.WHOLES)
)
DERIVED_OF_GROUP = (
    *texts("account_key", "place", "came_host"),
    *wholes("came_us", "log_begins_us", "hours_of_user", "places_of_user", "places_before",
            "days_before"),
    Property("hours", Form.WHOLES),
)
"""What `cypher/derive/` notes of a group before it judges: its hours since 1970, and the first."""
CANDIDATES = (
    Property("candidate_session", Form.TEXTS), Property("candidate_confidence", Form.WHOLES)
)
"""Sessions that come into question beside the named one, and how far."""

ALL = (
    Label("Event", "one kept record of a log", "events", ("uid",), left_out=PLACE_IN_FILE,
          extra=texts("sam"), indexes=("kind", "time_us")),
    Label("Host", "a machine whose logs the case holds", "hosts",
          extra=texts("loading", "loaded", "derived")),
    Label("Outside", "a machine that is only spoken of: the name it was called, or its address",
          extra=texts("name")),
    Label("User", "an account: its SID where that is its own, else its name in lower case",
          extra=texts("name", "sid", "class")),
    Label("Address", "a network address", "addresses", ("address",), extra=texts("address")),
    Label("Boot", "one run of one host's kernel", "boots"),
    Label("LogonSession", "what Windows opens at 4624 and names by a LUID", "logons"),
    Label("LocalSession", "a desktop (TS session), over all its connections", "locals"),
    Label("Connection", "one transport: an RDP or SSH connection", "connections"),
    Label("Access", "one attempt or one attachment; it holds events, each in a role", "accesses",
          extra=(*texts(*COMPARED), *DERIVED_OF_ACCESS)),
    Label("Coverage", "one stretch of one log without a hole", "coverage",
          ("host", "channel", "first_us", "last_us", "broken_by")),
    Label("Evidence", "one file that was handed over", "evidence", ("sha256",)),
    Label("Case", "the case that the database holds, one node",
          extra=(*texts("tool", "settings", "across", "derived"), *wholes("schema", "rules"),
                 *(Property(name, Form.TEXTS) for name in ("files", "renamed", "formerly")))),
    Label("Session", "a triage session: who got in or tried to, from where, when, how it ended",
          "sessions", derived=True, extra=DERIVED_OF_SESSION,
          indexes=("start_us", "origin, reached_us")),
    Label("FailureRun", "consecutive failed attempts shown as one", "failure_runs", derived=True,
          extra=(*texts("origin", "wider", "wider_rule"), Property("at_controller", Form.TRUTH))),
    Label("Flag", "what an examiner must know of a session", "flags", ("session", "flag"),
          after="flag", derived=True),
    Label("Activity", "an event that tells what somebody did; second label of an Event",
          "activities", ("id",), derived=True,
          renamed={"kind": "activity", "flags": "activity_flags", "rule": "activity_rule"},
          extra=CANDIDATES),
    Label("Move", "a step from a session on one host to the one it opened on another", "moves",
          derived=True, extra=(*EVIDENCE, *ALTERNATIVES)),
    Label("Chain", "moves that follow each other in time", "chains", derived=True),
    Label("Group", "the sessions of one user from one address, range or host", "groups",
          derived=True, extra=DERIVED_OF_GROUP, indexes=("by",)),
)
"""In the order of the docs: what is logged, what is resolved, what is derived."""
