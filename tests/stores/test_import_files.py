"""Import files: `neo4j-admin` reads them, and the database is the one that Bolt would have made."""

from __future__ import annotations

import subprocess

import pytest
from graph_of_tables import write
from neo4j_server import ADMIN, Server
from town import Town, town
from whole_graph import everything

from graphsess.errors import UsageError
from graphsess.stores import import_files as module

HOSTILE = [
    'quote"d', "it's", "a,b;c|d", "line\nbreak\r\nand\rmore", "\u202eevil", "nul\0byte",
    "back\\slash", "`tick` }) DETACH DELETE (n) //", "=cmd|' /C calc'!A0", "  blanks  ",
    "x" * 65_536, "𝕏", "\x1f",
]  # fmt: skip


@pytest.fixture(scope="module")
def tables():
    """The town, and sessions whose names are hostile, in texts and in lists."""
    made = Town()
    for n, name in enumerate(HOSTILE):
        made.session(f"session|{n}|{name[:9]}", name, "10.0.0.1", 1_000_000 * (n + 1),
                     flags=[name, "takeover"], client_os=name)  # fmt: skip
        made.logon("ws1.corp.example", 0x900 + n, name, workstation=name)
    frames = made.tables().frames
    for name, frame in town().frames.items():
        keys = [key for key in ("id", "address", "host") if key in frame.columns][:1]
        frames[name] = frame.vstack(
            frames[name].join(frame, on=keys, how="anti") if keys else frames[name]
        )
    from town import Tables

    return Tables(frames)


def test_the_admin_tool_imports_what_bolt_would_write(tables, neo4j, tmp_path):
    told = list(module.import_files(tables, tmp_path))
    assert any(line.startswith("Session.csv: ") for line in told)
    with neo4j.driver() as driver:
        write(driver, tables)
        wanted = everything(driver)
    server = Server()
    done = subprocess.run(
        server.java(ADMIN, "database", "import", "full", "neo4j", "--overwrite-destination=true",
                    f"@{tmp_path / module.ARGUMENTS}"),
        env=server.environment(), cwd=tmp_path, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    try:
        with server.start(limit_s=300).driver() as driver:
            found = everything(driver)
    finally:
        server.__exit__()
    assert len(found) == len(wanted)
    assert sorted(set(found) - set(wanted))[:2] == []
    assert sorted(set(wanted) - set(found))[:2] == []



def test_the_same_case_gives_the_same_files(tables, tmp_path):
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
        list(module.import_files(tables, folder))
    one, two = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert one == two


def test_the_files_say_how_to_import_them(tables, tmp_path):
    list(module.import_files(tables, tmp_path))
    assert "neo4j-admin database import full" in (tmp_path / module.README).read_text("utf-8")
    for line in (tmp_path / module.ARGUMENTS).read_text("utf-8").splitlines():
        name = line.rpartition("=")[2]
        assert not name.endswith(".csv") or (tmp_path / name).is_file()


def test_lists_are_parted_by_what_no_value_holds(tables, tmp_path, monkeypatch):
    list(module.import_files(tables, tmp_path))
    assert "--array-delimiter=U+001E" in (tmp_path / module.ARGUMENTS).read_text("utf-8")
    monkeypatch.setattr(module, "_PARTERS", ("\x1f",))
    with pytest.raises(UsageError, match="use `load`"):
        list(module.import_files(tables, tmp_path))
