"""What tests of several rooms share: the Neo4j server of the run, and no stopwatch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from neo4j_server import Server, the_server

SHARED = "neo4j_server"

settings.register_profile("untimed", deadline=None)  # a busy machine proves nothing wrong
settings.load_profile("untimed")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need the server, and keep them on one worker: one server a run."""
    for item in items:
        if SHARED in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.neo4j)
            item.add_marker(pytest.mark.xdist_group("neo4j"))


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Server]:
    """A Neo4j server, started once a run; what is in it is what the last test left."""
    with the_server() as server:
        yield server


@pytest.fixture
def neo4j(neo4j_server: Server) -> Server:
    """The server with an empty database."""
    neo4j_server.wipe()
    return neo4j_server
