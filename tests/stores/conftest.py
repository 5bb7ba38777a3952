"""Cases for stores: of events written inline, of the demonstration, and loaded into the server."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from inline_case import DEMO

from graphsess.build import build
from graphsess.build import plan as build_plan
from graphsess.case import Case
from graphsess.graph import schema
from graphsess.stores.neo4j.store import Neo4jStore
from graphsess.workers import inline

sys.path.insert(0, str(Path(__file__).parents[1] / "queries"))  # the town of the hunts


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Build evidence into a case, without worker processes: they take longer than it."""

    def make(*evidence, **how):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(build_plan, "local", lambda width: inline())
            folder = how.pop("folder", None) or tmp_path_factory.mktemp("built") / "case"
            build(evidence, folder, jobs=1, **how)
        return Case.open(folder)

    return make


@pytest.fixture(scope="session")
def demo(built):
    return built(DEMO)


@pytest.fixture
def store(neo4j_server):
    """The run's server as a store; what a query is warned of fails the test that asks it."""
    opened = Neo4jStore.open(neo4j_server.uri, neo4j_server.password)
    yield opened
    opened.close()


@pytest.fixture
def empty(store, neo4j_server):
    """The same, with nothing in the database."""
    neo4j_server.wipe()
    return store


@pytest.fixture
def ready(empty):
    """The same, with all keys and indexes, for nodes that a test puts in itself."""
    for text in schema.statements():
        empty.driver.execute_query(text)
    return empty


@pytest.fixture
def holding(store, neo4j_server):
    """The same, holding a case, loaded and derived; a case that is there is not loaded again."""

    def hold(case):
        if neo4j_server.holds != case.path:
            neo4j_server.wipe()
            store.load(case)
            store.derive()
            neo4j_server.holds = case.path
        return store

    return hold
