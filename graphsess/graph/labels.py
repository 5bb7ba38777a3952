"""Every label of the graph: what its nodes are, and where their properties come from."""

from __future__ import annotations

from graphsess.graph.kinds import Label, texts, wholes
from graphsess.graph.properties import Form, Property

PLACE_IN_FILE = ("row", "boot_stamp_us", "sysmon_start_us")
"""What only reading and resolving need of an event."""

ACTED = (
    *texts("activity", "doer_sid", "doer_name", "doer_realm", "image", "parent_image",
           "service_file", "object_key"),
    *wholes("doer_id"),
    *(Property(f"doer_{name}", Form.TRUTH) for name in ("by_path", "is_service", "is_machine")),
)
"""What an event tells by itself of what was done and by whom; `graph.comparing` makes it."""
COMPARED = ("who", "tried", "sam", "client", "origin", "status_key", "account", "realm",
            "named", "outbound_account")
"""Names of an access in lower case, as rules compare them; `graph.comparing` makes them."""
SPAN = wholes("from_ord", "to_ord")
"""From which record to which; -1 where it was there before all, 2^62 where no end is known."""
ACTS_FOR = (*texts("at_host", "acts_at", "acts_in"), Property("acts_weak", Form.TRUTH))
"""Whose doing it is: `acts_at` a desktop, `acts_in` a session."""
OF_PROCESS = (
    *wholes("token", "ended_ord", "desk_number", "parent_number", "acts_confidence",
            "acts_above"),
    *texts("at_host", "guid", "parent_file", "acts_at", "acts_in", "acts_by"),
    Property("acts_fixed", Form.TRUTH),
)
"""What both records of a process tell, and whose doing it is."""
DERIVED_OF_ACCESS = (
    *texts("source", "session", "session_kind", "outcome", "end_kind", "end_reason"),
    *wholes("first_us", "start_us", "start_earliest_us", "start_latest_us", "auth_us",
            "session_us", "end_us", "end_earliest_us", "end_latest_us", "first_era", "end_era"),
    *(Property(name, Form.TRUTH) for name in ("joins", "desk", "takes_over")),
)
"""What `cypher/derive/` notes of an access before it makes sessions."""

SIGN = (
    *texts("sign", "aim", "aim_short", "aim_address", "aim_service", "own_address", "own_user",
           "own_account", "peer", "peer_user"),
    *wholes("aim_port", "own_port"), Property("by_person", Form.TRUTH),
)
"""What an event that is a sign of leaving says: which evidence it can be, its aim, its own end, and
the accounts here and there; `graph.comparing` makes them."""
DERIVED_OF_SIGN = (*texts("toward"), *wholes("at_us"), Property("met", Form.TRUTH))
"""Which host a sign aims at, when by the case's clock, and whether an arrival was found for it."""

DERIVED_OF_SESSION = (
    *texts("origin", "sam", "origin_address", "via", "account_key", "known_class", "account",
           "outbound_account", "first_of", "seat", "seat_before", "seat_after", "sole_logon"),
    *wholes("reached_us", "client_hours", "seat_to_ord", "seat_after_us"), *SPAN,
    Property("desk", Form.TRUTH),
    Property("access_flags", Form.TEXTS), Property("via_uids", Form.TEXTS),
    *texts("arrived_at", "came_from", "from_address"),
    *wholes("came_us", "came_auth_us", "came_desk_us", "came_weight", "there_from_us",
            "there_to_us"),
)
"""What `cypher/derive/` notes of a session for the derivations after it."""
EVIDENCE = (Property("evidence_rule", Form.TEXTS), Property("evidence_score", Form.WHOLES))
"""What speaks for a move: rule and points, item by item."""
DERIVED_OF_MOVE = (*texts("account", "from_id", "from_account", "to_id", "said_by"),
                   *wholes("came_us"))
"""What `cypher/derive/` notes of a move before it is tied to its ends."""
ALTERNATIVES = (
    Property("alternative_session", Form.TEXTS), Property("alternative_score", Form.WHOLES)
)
"""Sessions that come into question beside the named one, and how far."""
DERIVED_OF_GROUP = (
    *texts("account_key", "place", "came_host"),
    *wholes("came_us", "log_begins_us", "hours_of_user", "places_of_user", "places_before",
            "days_before", "users_of_area", "hosts_at_once"),
    Property("hours", Form.WHOLES),
)
"""What `cypher/derive/` notes of a group before it judges: its hours since 1970, and the first."""

ALL = (
    Label("Event", "one kept record of a log", "events", ("uid",), left_out=PLACE_IN_FILE,
          extra=(*texts("sam", "client"), *ACTED, *SIGN, *DERIVED_OF_SIGN),
          indexes=("kind", "time_us", "client", "aim_short", "own_address, own_port",
                   "sign, logon_guid", "sign", "toward, sign, at_us",
                   "toward, sign, own_address, at_us")),
    Label("Host", "a machine whose logs the case holds", "hosts",
          extra=(*texts("loading", "loaded", "derived"), *wholes("own_hours", "ahead_us"),
                 Property("called", Form.TEXTS))),
    Label("Outside", "a machine that is only spoken of: the name it was called, or its address",
          extra=texts("name")),
    Label("User", "an account: its SID where that is its own, else its name in lower case",
          extra=texts("name", "sid", "class")),
    Label("Address", "a network address", "addresses", ("address",), extra=texts("address")),
    Label("Boot", "one run of one host's kernel", "boots"),
    Label("LogonSession", "what Windows opens at 4624 and names by a LUID", "logons",
          extra=ACTS_FOR, indexes=("at_host, boot, luid",)),
    Label("LocalSession", "a desktop (TS session), over all its connections", "locals",
          extra=(*texts("at_host", "account", "realm"), *SPAN),
          indexes=("at_host, boot, ts_id, from_ord",)),
    Label("Connection", "one transport: an RDP or SSH connection", "connections"),
    Label("Access", "one attempt or one attachment; it holds events, each in a role", "accesses",
          extra=(*texts(*COMPARED), *wholes("client_hours"), *DERIVED_OF_ACCESS)),
    Label("Coverage", "one stretch of one log without a hole", "coverage",
          ("host", "channel", "first_us", "last_us", "broken_by")),
    Label("Evidence", "one file that was handed over", "evidence", ("sha256",)),
    Label("Case", "the case that the database holds, one node",
          extra=(*texts("tool", "settings", "across", "derived"), *wholes("schema", "rules"),
                 *(Property(name, Form.TEXTS) for name in ("files", "renamed", "formerly")))),
    Label("Session", "a triage session: who got in or tried to, from where, when, how it ended",
          "sessions", derived=True, extra=DERIVED_OF_SESSION,
          indexes=("start_us", "origin, reached_us", "arrived_at, came_us",
                   "seat, from_ord", "first_of")),
    Label("FailureRun", "consecutive failed attempts shown as one", "failure_runs", derived=True,
          extra=(*texts("origin", "wider", "wider_rule"), Property("at_controller", Form.TRUTH))),
    Label("Flag", "what an examiner must know of a session", "flags", ("session", "flag"),
          after="flag", derived=True),
    Label("Activity", "an event that tells what somebody did; second label of an Event",
          "activities", ("id",), derived=True,
          renamed={"kind": "activity", "flags": "activity_flags", "rule": "activity_rule"}),
    Label("Process", "an event that begins a process, the first of it; second label of an Event",
          derived=True, extra=OF_PROCESS,
          indexes=("at_host, boot, process_id, ord", "at_host, boot, guid",
                   "at_host, boot, time_us")),
    Label("Stay", "how long somebody was at a host, by what acts can be mapped by: `sid` or `sam` "
          "of an account, `seat` where somebody was attached, `desk` where a desktop was open",
          derived=True, extra=(*texts("host", "key", "local", "session", "sid", "realm"),
                               *wholes("boot", "reach"), *SPAN),
          indexes=("host, boot, key, reach, from_ord",)),
    Label("Move", "a step from a session on one host to the one it opened on another", "moves",
          derived=True, extra=(*EVIDENCE, *ALTERNATIVES, *DERIVED_OF_MOVE)),
    Label("Chain", "moves that follow each other in time", "chains", derived=True),
    Label("Group", "the sessions of one user from one address, range or host", "groups",
          derived=True, extra=DERIVED_OF_GROUP, indexes=("by",)),
)
"""In the order of the docs: what is logged, what is resolved, what is derived."""
