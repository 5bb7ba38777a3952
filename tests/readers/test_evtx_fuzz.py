"""The EVTX reader on many damaged files. GRAPHSESS_FUZZ says how many; `make fuzz` takes 10,000."""

import faulthandler
import os
import resource
from pathlib import Path

import pytest
from evtx_mutations import mutated

from graphsess.events.normalise import normalise
from graphsess.evidence.source import Source
from graphsess.readers.evtx import reader
from graphsess.synth.evtx import Record, write_evtx

FILES = int(os.environ.get("GRAPHSESS_FUZZ", "160"))
BLOCKS = 16
"""Files are read in so many lots, so that all cores have some."""
LIMIT_S = 300
"""Of a file that should take a fraction of a second; what takes longer hangs."""
MEMORY_KB = 600_000
T0 = (1_600_000_000 + 11_644_473_600) * 10_000_000
AUDITING = "Microsoft-Windows-Security-Auditing"
LSM = "Microsoft-Windows-TerminalServices-LocalSessionManager"


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A small sound file of all shapes of records."""
    path = tmp_path_factory.mktemp("seeds") / "sound.evtx"
    write_evtx(path, _records())
    return path.read_bytes()


def _records():
    logon = {"TargetUserName": "ann", "TargetLogonId": 0x1A2B, "LogonType": 3, "IpAddress": "::1"}
    for number in range(1, 160):
        provider, event_id, channel, fields = (
            (AUDITING, 4624, "Security", logon),
            (AUDITING, 4634, "Security", {"TargetUserName": f"user{number}"}),
            (AUDITING, 4670, "Security", {"A": "b" * number}),
            (LSM, 21, f"{LSM}/Operational", {"User": "CORP\\ann", "SessionID": number}),
        )[number % 4]
        yield Record(
            provider=provider,
            event_id=event_id,
            version=0,
            channel=channel,
            computer="ws1",
            record_id=number,
            time=T0 + number * 10_000_000,
            fields=fields,
            forwarded=number % 40 == 0,
        )


def read(path, content, *, carve):
    """Read a damaged file and see that its account adds up."""
    path.write_bytes(content)
    source = Source(path, path.name, "0" * 64, "evtx", len(content))
    faulthandler.dump_traceback_later(LIMIT_S, exit=True)
    try:
        for unit in reader.units(source, carve=carve):
            batch = reader.read(unit)
            assert batch.seen == batch.kept + batch.not_wanted + batch.unreadable
            assert bool(batch.problem) == bool(batch.unreadable or batch.chunks_bad)
            rows = normalise(batch.pieces, source.sha256)
            assert rows.height == batch.kept == len(batch.bodies)
            assert rows["uid"].null_count() == 0
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.mark.fuzz
@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_damage_raises_hangs_or_bursts_the_memory(sound, tmp_path, block):
    for seed in range(block, FILES, BLOCKS):
        content = mutated(sound, seed)
        try:
            read(tmp_path / "damaged.evtx", content, carve=seed % 3 == 0)
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MEMORY_KB


def test_the_files_that_hang_another_parser_are_read(evidence, tmp_path):
    hangs = sorted(Path(evidence).rglob("evtx014_hang*.evtx"))
    assert len(hangs) == 2
    for path in hangs:
        read(tmp_path / "hang.evtx", path.read_bytes(), carve=True)
