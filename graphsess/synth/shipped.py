"""The demonstration's evidence as it ships: one small zip of EVTX files, and where it lies.

`python -m graphsess.synth.shipped` writes it anew; the same code gives the same bytes.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from pathlib import Path

from graphsess.synth.case import write_case
from graphsess.synth.scenarios import SCENARIOS

NAME = "demo.zip"
SEED = 1
HIDDEN = frozenset({"dc_background", "seen_at_dc_only"})
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold: its times say nothing
_PACKAGE = Path(__file__).resolve().parent.parent


def demo_evidence() -> Path:
    """The shipped zip: in the installed package, or in a checkout beside it.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for folder in (_PACKAGE / "_fixtures", _PACKAGE.parent / "fixtures"):
        if (path := folder / NAME).is_file():
            return path
    raise FileNotFoundError(f"{NAME} is missing from the installation; install graphsess again")


def write_demo(folder: Path) -> Path:
    """Write the zip into `folder`, and the sessions that are shown of it under `expected/`."""
    path = folder / NAME
    case = SCENARIOS["demo"].run(seed=SEED)
    shown = [
        json.dumps(row, sort_keys=True, ensure_ascii=True)
        for row in case.truth["sessions"]
        if row["class"] == "user" and not HIDDEN.intersection(_flags(row))
    ]
    expected = folder / "expected" / "demo.sessions.jsonl"
    expected.parent.mkdir(parents=True, exist_ok=True)
    expected.write_text("".join(f"{line}\n" for line in shown), "ascii", newline="\n")
    with tempfile.TemporaryDirectory() as made:
        write_case(case, Path(made))
        with zipfile.ZipFile(path, "w") as archive:
            for file in sorted(Path(made).rglob("*.evtx")):
                entry = zipfile.ZipInfo(file.relative_to(made).as_posix(), LONG_AGO)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = 3  # the same on every platform
                archive.writestr(entry, file.read_bytes(), compresslevel=9)
    return path


def _flags(row: dict[str, object]) -> list[str]:
    flags = row.get("flags")
    return [str(flag) for flag in flags] if isinstance(flags, list) else []


if __name__ == "__main__":
    write_demo(_PACKAGE.parent / "fixtures")
