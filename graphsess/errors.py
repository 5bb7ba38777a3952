"""The errors that graphsess raises on purpose; every other exception is a bug.

GraphsessError
 ├── EvidenceError    a file cannot be used as evidence; the case goes on without it
 ├── CaseError        a case folder cannot be read or written
 ├── SettingsError    a settings file says something that graphsess does not know
 ├── QueryError       a file of cypher/ is not what such a file must be
 ├── StoreError       a graph store cannot be reached, or refused what was asked of it
 ├── UsageError       what was asked for makes no sense; exit code 2
 └── UnitError        one unit of work failed in its worker; costs that unit only
"""

from __future__ import annotations


class GraphsessError(Exception):
    """Base of all errors raised on purpose. Its text is one sentence for a person."""


class EvidenceError(GraphsessError):
    """A file cannot be used as evidence. Says which file, why, and what to do."""


class CaseError(GraphsessError):
    """A case folder cannot be read or written. Says which and what to do."""


class SettingsError(GraphsessError):
    """A settings file holds an unknown name or a value of the wrong kind."""


class QueryError(GraphsessError):
    """A Cypher file lacks a header line, or has one that means nothing. Names file and line."""


class StoreError(GraphsessError):
    """A graph store cannot be reached, holds something else, or refused. Says what to do."""


class UsageError(GraphsessError):
    """The question itself is wrong (an unknown id, a moment that is no time)."""


class UnitError(GraphsessError):
    """One unit of work died, hung or raised in its worker."""
