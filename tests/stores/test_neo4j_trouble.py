"""Trouble on the way to Neo4j: lost connections, lost answers, and servers that are none."""

from __future__ import annotations

import pytest
from whole_graph import everything
from wire import MAGIC, Proxy, Stranger, neo4j_of

from graphsess.errors import StoreError
from graphsess.stores.neo4j.connect import connect
from graphsess.stores.neo4j.store import Neo4jStore

HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture(scope="module")
def undisturbed(neo4j_server, demo):
    """What the database holds after a load without trouble."""
    neo4j_server.wipe()
    store = Neo4jStore.open(neo4j_server.uri, neo4j_server.password)
    store.load(demo)
    found = everything(store.driver)
    store.close()
    return found


@pytest.mark.parametrize("answers", [False, True], ids=["before a commit", "before its answer"])
def test_a_connection_cut_in_the_middle_of_a_load_costs_nothing(
    answers, undisturbed, neo4j, demo, neo4j_server
):
    with Proxy(neo4j_server.port, at=(1, 4, 8), answers=answers) as proxy:
        store = Neo4jStore.open(proxy.uri, neo4j_server.password)
        done = store.load(demo)
        store.close()
        assert proxy.cuts == 3
        assert done.lost >= 3  # a cut takes connections along that were waiting for work
    with neo4j.driver() as driver:
        assert everything(driver) == undisturbed


def test_a_load_that_gave_up_goes_on_where_it_was(undisturbed, neo4j, demo, neo4j_server):
    with Proxy(neo4j_server.port, at=range(9, 10_000)) as proxy:
        store = Neo4jStore.open(proxy.uri, neo4j_server.password)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("graphsess.stores.neo4j.store.Writer", impatient)
            with pytest.raises(StoreError, match=r"nobody answers at bolt://127\.0\.0\.1:\d+ "):
                store.load(demo)
        store.close()
    with neo4j.driver() as driver:
        part = everything(driver)
    store = Neo4jStore.open(neo4j_server.uri, neo4j_server.password)
    done = store.load(demo)
    whole = everything(store.driver)
    store.close()
    assert 0 < len(part) < len(whole)
    assert 0 < done.created < done.sent
    assert whole == undisturbed


def impatient(driver, where):
    from graphsess.stores.neo4j.writing import Writer

    return Writer(driver, where, patience_s=0.5)


@pytest.mark.parametrize("version", ["4.4.48", "5.22.0", "2025.06.2"])
def test_a_server_of_another_version_is_told_by_its_greeting(version):
    with Stranger(*neo4j_of(version)) as stranger, pytest.raises(StoreError) as caught:
        connect(stranger.uri, "any")
    assert str(caught.value) == (
        f"{stranger.uri} is Neo4j {version}, and graphsess speaks to 5.26 (from 5.23 on); "
        "start the one of docker-compose.yml"
    )


@pytest.mark.parametrize(
    "answer",
    [pytest.param(b"\0\0\0\0", id="knows no Bolt of ours"), pytest.param(HTTP, id="speaks HTTP"),
     pytest.param(b"", id="hangs up"), pytest.param(MAGIC, id="talks nonsense")],
)  # fmt: skip
def test_what_is_no_neo4j_is_told_in_one_sentence(answer):
    with Stranger(answer) as stranger, pytest.raises(StoreError) as caught:
        connect(stranger.uri, "any", connection_timeout=5)
    told = str(caught.value)
    assert stranger.uri in told
    assert "\n" not in told
    assert len(told) < 400
