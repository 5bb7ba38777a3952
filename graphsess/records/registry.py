"""Every stream of records by the name of its command."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from graphsess.records.activity import ACTIVITY
from graphsess.records.addresses import ADDRESSES
from graphsess.records.alive import ALIVE
from graphsess.records.chains import CHAINS
from graphsess.records.connections import CONNECTIONS
from graphsess.records.evidence import COVERAGE, EVIDENCE
from graphsess.records.failures import FAILURES
from graphsess.records.groups import GROUPS
from graphsess.records.hosts import HOSTS
from graphsess.records.locals import LOCALS
from graphsess.records.logons import LOGONS
from graphsess.records.moves import MOVES
from graphsess.records.sessions import SESSIONS
from graphsess.records.stream import Stream
from graphsess.records.trace import TRACE
from graphsess.records.users import USERS

STREAMS: Mapping[str, Stream] = MappingProxyType(
    {
        stream.name: stream
        for stream in (
            SESSIONS,
            LOGONS,
            LOCALS,
            CONNECTIONS,
            FAILURES,
            USERS,
            GROUPS,
            HOSTS,
            ADDRESSES,
            MOVES,
            CHAINS,
            TRACE,
            ALIVE,
            ACTIVITY,
            EVIDENCE,
            COVERAGE,
        )
    }
)
