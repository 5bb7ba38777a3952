"""A server as docker-compose.yml sets it up: closed to files, killed in the middle, read-only."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from neo4j import exceptions
from neo4j_server import VERSION, Server

from graphsess.errors import StoreError
from graphsess.stores.neo4j import connect
from graphsess.stores.neo4j.store import Neo4jStore

COMPOSE = (Path(__file__).parents[2] / "docker-compose.yml").read_text("utf-8")
SETTING = re.compile(r'^ +NEO4J_([a-z]\w+): "(.*)"$', re.MULTILINE)


def settings():
    """The settings of the compose file by the names of neo4j.conf, memory left out."""
    found = {
        name.replace("__", " ").replace("_", ".").replace(" ", "_"): value
        for name, value in SETTING.findall(COMPOSE)
    }
    return {name: value for name, value in found.items() if ".memory." not in name}


@pytest.fixture(scope="module")
def server(request):
    """A server of its own: it is killed, and set up otherwise."""
    request.getfixturevalue("neo4j_server")  # on the worker of the other one
    with Server(**settings()) as own:
        yield own


@pytest.fixture
def own(server):
    opened = Neo4jStore.open(server.uri, server.password)
    yield opened
    opened.close()


def test_the_compose_file_is_as_safe_as_it_says():
    [image] = re.findall(r"^ +image: neo4j:(.*)$", COMPOSE, re.MULTILINE)
    assert image == VERSION.rpartition(".")[0]
    ports = re.findall(r'^ +- "(\S+):\d+:\d+"$', COMPOSE, re.MULTILINE)
    assert ports == ["127.0.0.1", "127.0.0.1"]
    assert re.search(r'NEO4J_AUTH: "neo4j/\$\{NEO4J_PASSWORD:\?', COMPOSE)
    assert "healthcheck:" in COMPOSE
    assert "PLUGINS" not in COMPOSE
    assert len(settings()) == 3


@pytest.mark.parametrize("place", ["file:///etc/hostname", "http://127.0.0.1:9/x"])
def test_its_settings_close_load_csv_to_everyone(server, place):
    with server.driver() as driver, pytest.raises(exceptions.ClientError):
        driver.execute_query("LOAD CSV FROM $place AS line RETURN line", place=place)


def test_a_server_killed_in_the_middle_of_a_load_is_waited_for(own, server, demo):
    later = []

    def kill(_, events, __):
        if events and not later:
            server.stop(kill=True)
            later.append(threading.Thread(target=server.start))
            later[0].start()

    done = own.load(demo, report=kill)
    later[0].join()
    own.derive()
    assert done.lost > 0
    assert own.verify(demo, every=True).rows() == []
    assert own.load(demo).created == 0


def test_a_derivation_whose_server_is_killed_goes_on(own, server, demo):
    own.load(demo)
    later = []

    def kill(name, *_):
        if name == "failure_runs" and not later:
            server.stop(kill=True)
            later.append(threading.Thread(target=server.start))
            later[0].start()

    own.derive(again=True, report=kill)
    later[0].join()
    assert own.verify(demo, every=True).rows() == []


def test_a_read_only_database_is_told(own, server, demo):
    server.stop()
    server.configure(**{"server.databases.read_only": "neo4j"})
    server.start()
    with pytest.raises(StoreError, match=r"is read-only: set server\.databases\.read_only"):
        own.load(demo, replace=True)


def leaves(kind):
    """Every class of errors that the driver may raise."""
    below = kind.__subclasses__()
    return {kind}.union(*(leaves(one) for one in below))


@pytest.mark.parametrize(
    "kind", sorted(leaves(exceptions.Neo4jError) | leaves(exceptions.DriverError), key=str)
)
def test_every_error_of_the_driver_becomes_ours(kind):
    with pytest.raises(StoreError, match=r"bolt://h:1"), connect.said("bolt://h:1"):
        raise kind("x")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("Neo.ClientError.Security.Unauthorized", "refuses the password: set NEO4J_PASSWORD"),
        ("Neo.ClientError.Security.AuthenticationRateLimit", "wait five seconds"),
        ("Neo.ClientError.Security.Forbidden", "may not do that: no; ask as one with the right"),
        ("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", "is read-only: set"),
        ("Neo.ClientError.Database.DatabaseNotFound", "no database of that name; look at"),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "give the server more heap"),
        ("Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration", "took too long"),
        ("Neo.ClientError.Statement.SyntaxError", "answers: no"),
    ],
)
def test_what_the_server_says_is_a_sentence_with_a_remedy(code, told):
    error = exceptions.Neo4jError._hydrate_neo4j(code=code, message="no")
    assert told in connect.sentence(error, "bolt://h:1")


@pytest.mark.parametrize("version", ["4.4.48", "5.22.0", "2025.01.0", "unknown"])
def test_a_server_of_another_version_is_told(version):
    with pytest.raises(StoreError, match=rf"is Neo4j {version}, and graphsess speaks to 5\.26"):
        connect._new_enough("bolt://h:1", version)


def test_the_version_that_is_tested_is_taken():
    connect._new_enough("bolt://h:1", VERSION)
