"""A connection to Neo4j, and the driver's errors as sentences for a person.

See: https://neo4j.com/docs/api/python-driver/current/api.html#errors
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import neo4j
from neo4j import exceptions

from graphsess.errors import StoreError, UsageError

USER, PASSWORD, DATABASE = "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE"
SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
OLDEST = (5, 23)
"""`CALL (x) { … }` is that old; the project is tested with 5.26."""
START = "start the one of docker-compose.yml"


def connect(url: str, password: str | None = None, **options: Any) -> neo4j.Driver:  # noqa: ANN401
    """A driver for the server at `url` that answers.

    Args:
        url: `bolt://host:7687`; a user may stand before the host, a password never.
        password: Else that of the environment.
        options: The driver's own.

    Raises:
        UsageError: the address is none, or holds a password.
        StoreError: nobody answers, the password is wrong, or the server is too old.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise UsageError(f"{url!r} is no address of a store; write it like bolt://127.0.0.1:7687")
    if parts.password:
        raise UsageError(f"give the password in {PASSWORD}, never in the address")
    user = parts.username or os.environ.get(USER) or "neo4j"
    secret = password if password is not None else os.environ.get(PASSWORD)
    if not secret:
        raise StoreError(f"no password for {parts.hostname}: set {PASSWORD}")
    bare = shown(url)
    quiet = {"notifications_min_severity": "OFF", **options}
    driver = neo4j.GraphDatabase.driver(bare, auth=(user, secret), **quiet)
    try:
        with said(bare):
            try:
                agent = driver.get_server_info().agent
            except exceptions.ConfigurationError:  # a 4.x knows no such option
                with neo4j.GraphDatabase.driver(bare, auth=(user, secret), **options) as plain:
                    agent = plain.get_server_info().agent
        _new_enough(bare, agent.rpartition("/")[2])
    except BaseException:
        driver.close()
        raise
    return driver


def shown(url: str) -> str:
    """An address as people may see it: without user, password and path."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "", "", ""))


def database() -> str | None:
    """The database of the server that is spoken to; None for its default."""
    return os.environ.get(DATABASE) or None


def _new_enough(url: str, version: str) -> None:
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < OLDEST or numbers[0] > 5:
        wanted = ".".join(map(str, OLDEST))
        raise StoreError(
            f"{url} is Neo4j {version}, and graphsess speaks to 5.26 (from {wanted} on); {START}"
        )


@contextmanager
def said(where: str) -> Iterator[None]:
    """Turn what the driver raises into a sentence that names the remedy.

    Args:
        where: The server's address.

    Raises:
        StoreError: for every error of the driver.
    """
    try:
        yield
    except (exceptions.Neo4jError, exceptions.DriverError) as error:
        raise StoreError(sentence(error, where)) from error


def sentence(error: Exception, where: str) -> str:
    """What happened and what to do about it, for any error of the driver."""
    code = getattr(error, "code", None) or ""
    text = " ".join(str(getattr(error, "message", None) or error).split())
    if isinstance(error, exceptions.AuthError) or "Security" in code:
        if "Forbidden" in code:
            return (f"this account of {where} may not do that: {text}; "
                    "ask as one with the right to make constraints and write")
        if "AuthenticationRateLimit" in code:
            return f"{where} takes no more passwords for now; wait five seconds, set {PASSWORD}"
        return f"{where} refuses the password: set {PASSWORD} (and {USER}, if not neo4j)"
    if "ReadOnly" in code or "read-only" in text.lower() or "read only" in text.lower():
        return (f"the database at {where} is read-only: set server.databases.read_only and "
                "server.databases.default_to_read_only so that it can be written, then go on")
    if isinstance(error, exceptions.UnsupportedServerProduct):
        return f"{where} is no Neo4j of a version that graphsess speaks to; {START}"
    if isinstance(error, exceptions.ServiceUnavailable | exceptions.SessionExpired | OSError):
        return (f"nobody answers at {where} ({text}): start the server, "
                "look at the port, then ask again")
    if isinstance(error, exceptions.ConfigurationError):
        return f"{where}: {text}; bolt:// is the form that every server takes"
    if "DatabaseNotFound" in code:
        return f"{where} has no database of that name; look at {DATABASE}"
    if "Memory" in code:
        return f"{where} ran out of memory: {text}; give the server more heap"
    if "Timeout" in code or "TimedOut" in code:
        return f"{where} took too long: {text}; ask for less, or with a longer --timeout"
    return f"{where} answers: {text}"
