"""The jars of the test server: fetched once, tried again, and told in one sentence if it fails."""

from __future__ import annotations

import threading

import neo4j_server as module
import pytest

MAVEN = """#!/bin/sh
echo x >> "{folder}/calls"
[ "$(wc -l < "{folder}/calls")" -gt {fails} ] || {{ echo "[ERROR] no route to host"; exit 1; }}
for word in "$@"; do
  case "$word" in -DoutputDirectory=*) touch "${{word#*=}}/neo4j.jar";; esac
done
"""


@pytest.fixture
def maven(tmp_path, monkeypatch):
    """A Maven that fails so many times, and the number of times it was asked."""

    def make(fails):
        program = tmp_path / "bin" / "mvn"
        program.parent.mkdir()
        program.write_text(MAVEN.format(folder=tmp_path, fails=fails))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
        return lambda: len((tmp_path / "calls").read_text().splitlines())

    monkeypatch.setattr(module, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(module, "PAUSES_S", (0, 0, 0))
    monkeypatch.setattr(module.shutil, "which", lambda name: f"/usr/bin/{name}")
    return make


def test_a_failing_repository_is_asked_again(maven, tmp_path):
    calls = maven(fails=2)
    assert [path.name for path in module.jars().iterdir()] == ["neo4j.jar"]
    assert calls() == 3
    assert [path.name for path in (tmp_path / "cache").iterdir() if path.is_dir()] == [
        f"neo4j-{module.VERSION}"
    ]


def test_what_never_comes_is_told_in_one_sentence_and_leaves_nothing(maven, tmp_path):
    calls = maven(fails=9)
    with pytest.raises(RuntimeError, match="Maven cannot fetch the jars of Neo4j") as caught:
        module.jars()
    assert "no route to host" in str(caught.value)
    assert "GRAPHSESS_TEST_NEO4J_URI" in str(caught.value)
    assert calls() == 3
    assert [path for path in (tmp_path / "cache").iterdir() if path.is_dir()] == []


def test_however_many_ask_one_fetches(maven):
    calls = maven(fails=0)
    asking = [threading.Thread(target=module.jars) for _ in range(8)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert calls() == 1


def test_without_maven_the_remedy_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CACHE", tmp_path)
    monkeypatch.setattr(module.shutil, "which", lambda name: None if name == "mvn" else name)
    with pytest.raises(RuntimeError, match="there is no mvn to fetch them: install Maven"):
        module.jars()


def test_two_servers_never_get_one_port():
    claims = [module.free_port() for _ in range(50)]
    try:
        assert len({port for _, port in claims}) == 50
        assert {port in module.PORTS for _, port in claims} == {True}
    finally:
        for claim, _ in claims:
            claim.close()
