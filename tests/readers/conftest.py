"""Reading made short: bytes in, batch out; and where the real evidence lies."""

import os
from pathlib import Path

import pytest

from graphsess.evidence.find import find
from graphsess.readers import READERS, reader_for


def batches_of(path, *, carve=False):
    """The batches of the one log in a file."""
    [source] = find([path], reader_for).sources
    assert source.problem is None, source.problem
    reader = READERS[source.kind]
    return [reader.read(unit) for unit in reader.units(source, carve=carve)]


@pytest.fixture
def read(tmp_path):
    """Bytes or text to the batch of a file that holds them."""

    def read_content(content, name="log", *, carve=False):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        [batch] = batches_of(path, carve=carve)
        assert batch.seen == batch.events.height + batch.not_wanted + batch.unreadable
        assert batch.events.height == len(batch.bodies)
        return batch

    return read_content


@pytest.fixture(scope="session")
def evidence():
    """The folder of real and broken logs, which is no part of the project."""
    beside = Path(__file__).parents[3] / "shared"
    folder = Path(os.environ.get("GRAPHSESS_SHARED", beside)) / "evidence"
    if not folder.is_dir():
        pytest.skip(f"no real evidence at {folder}; set GRAPHSESS_SHARED to test with it")
    return folder
