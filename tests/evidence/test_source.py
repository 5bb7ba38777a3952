"""Tests of graphsess.evidence.source: a file may change between being found and being read."""

import pickle
import zipfile

import pytest

from graphsess.errors import EvidenceError
from graphsess.evidence.source import Source


def source_of(path, member=None, size=None):
    size = path.stat().st_size if size is None else size
    return Source(path, path.name, "0" * 64, "evtx", size, member)


def test_a_source_travels_to_other_processes(tmp_path):
    source = Source(tmp_path / "x", "x", "0" * 64, "evtx", 3, also=("y",))
    assert pickle.loads(pickle.dumps(source)) == source  # noqa: S301 - our own


def test_a_file_that_vanished_is_said_so(tmp_path):
    path = tmp_path / "x.evtx"
    path.write_bytes(b"abc")
    source = source_of(path)
    path.unlink()
    with pytest.raises(EvidenceError, match="vanished"), source.open():
        pass


@pytest.mark.parametrize("content", [b"ab", b"abcd"])
def test_a_file_that_changed_is_said_so(tmp_path, content):
    path = tmp_path / "x.evtx"
    path.write_bytes(b"abc")
    source = source_of(path)
    path.write_bytes(content)
    with pytest.raises(EvidenceError, match="changed while it was being read"), source.open():
        pass


def test_a_member_that_vanished_or_broke_is_said_so(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one", b"abc" * 100)
    with pytest.raises(EvidenceError, match="vanished"), source_of(path, "two").open():
        pass
    content = path.read_bytes()
    path.write_bytes(content.replace(b"abcabc", b"abcabd", 1))
    source = source_of(path, "one", 300)
    with pytest.raises(EvidenceError, match="cannot be read any more"), source.open() as file:
        file.read()


def test_a_mistake_of_the_caller_stays_what_it_is(tmp_path):
    path = tmp_path / "x.evtx"
    path.write_bytes(b"abc")
    with pytest.raises(ValueError, match="mine"), source_of(path).open():
        raise ValueError("mine")
