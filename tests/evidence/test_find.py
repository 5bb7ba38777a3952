"""Tests of graphsess.evidence.find: what is given, sorted out."""

import gzip
import io
import itertools
import os
import random
import sys
import tarfile
import zipfile

import pytest

from graphsess.errors import EvidenceError
from graphsess.evidence import archives
from graphsess.evidence.find import find

LOG = b"LOG one"
OTHER = b"LOG two"


def name_of(head):
    """A reader for these tests: whatever begins with LOG."""
    return "log" if head.startswith(b"LOG") else None


def found(*given, **more):
    return find(given, name_of, **more)


def names(result):
    return [source.path for source in result.sources]


def problem(*given):
    """The sentence about the one refused file."""
    [source] = found(*given).sources
    assert source.kind == "refused"
    assert source.problem.startswith(source.path)
    return source.problem


@pytest.fixture
def folder(tmp_path):
    """A folder of logs and other things."""
    for path, content in {
        "a/one.evtx": LOG,
        "a/deep/er/two": OTHER,
        "a/notes.txt": b"hello",
        "b/copy.bin": LOG,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    return tmp_path


def zipped(path, members, **how):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **how) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_a_folder_is_searched_through_and_content_decides(folder):
    result = found(folder)
    assert names(result) == ["a/deep/er/two", "a/one.evtx"]
    assert result.passed_over == ("a/notes.txt",)


def test_the_same_bytes_count_once_under_the_smallest_name(folder):
    [_, source] = found(folder).sources
    assert (source.path, source.also) == ("a/one.evtx", ("b/copy.bin",))


def test_the_order_of_what_is_given_does_not_matter(folder):
    given = [folder / "a", folder / "b", folder / "a/one.evtx", str(folder / "*/*.evtx")]
    results = {found(*order) for order in itertools.permutations(given)}
    assert len(results) == 1


def test_globs_find_what_they_match(folder):
    assert names(found(str(folder / "**/*.evtx"))) == ["one.evtx"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path):
    (tmp_path / "log[1].evtx").write_bytes(LOG)
    assert names(found(tmp_path / "log[1].evtx")) == ["log[1].evtx"]


def test_what_is_not_there_is_said_so(tmp_path):
    assert problem(tmp_path / "nothing") == "nothing is not there; check the path"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x30\0\0\0LfLe" + bytes(40), "wevtutil epl"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"", "is empty"),
        (bytes(5000), "zeros only"),
        (b"Hello, world\n", "is text"),
        (b'{"some": "json"}', "JSON of a shape"),
        (b"7z\xbc\xaf\x27\x1c\0", "unpack it"),
        (b"\x89PNG\r\n\x1a\n", "is not an event log"),
    ],
)
def test_every_refusal_names_the_remedy(tmp_path, content, says):
    (tmp_path / "x.evtx").write_bytes(content)
    assert says in problem(tmp_path / "x.evtx")
    assert says in problem(tmp_path)  # a name that promises a log is enough


def test_an_old_log_is_never_passed_over(tmp_path):
    (tmp_path / "noname").write_bytes(b"\x30\0\0\0LfLe" + bytes(40))
    assert "legacy .evt" in problem(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root reads all")
def test_a_file_that_may_not_be_read_is_said_so(tmp_path):
    (tmp_path / "x.evtx").write_bytes(LOG)
    (tmp_path / "x.evtx").chmod(0)
    assert "check its permissions" in problem(tmp_path)


def test_a_failing_disk_is_said_so(tmp_path, monkeypatch):
    (tmp_path / "x.evtx").write_bytes(LOG)

    def fail(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("graphsess.evidence.find.opened_member", fail)
    assert "check its permissions" in problem(tmp_path)


def test_a_folder_that_may_not_be_listed_is_said_so(folder, monkeypatch):
    real = type(folder).iterdir

    def deny(path):
        if path.name == "deep":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(type(folder), "iterdir", deny)
    sources = found(folder).sources
    assert [source.path for source in sources] == ["a/deep", "a/one.evtx"]
    assert "cannot be listed" in sources[0].problem


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_loops_of_links_end(folder):
    (folder / "a/loop").symlink_to(folder)
    (folder / "b/self").symlink_to(folder / "b")
    (folder / "b/gone").symlink_to(folder / "nowhere")
    assert names(found(folder)) == ["a/deep/er/two", "a/one.evtx"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes there")
def test_a_pipe_in_a_folder_is_not_waited_for(folder):
    os.mkfifo(folder / "pipe.evtx")
    assert len(found(folder).sources) == 2
    assert "no regular file" in problem(folder / "pipe.evtx")


def test_a_zip_is_read_in_place_whatever_its_name(tmp_path):
    path = zipped(tmp_path / "logs.evtx", [("in/one.evtx", LOG), ("in/readme.txt", b"hi")])
    result = found(path)
    assert names(result) == ["logs.evtx!in/one.evtx"]
    assert result.passed_over == ("logs.evtx!in/readme.txt",)
    [source] = result.sources
    with source.open() as file:
        assert (file.read(3), file.seek(0), file.read()) == (b"LOG", 0, LOG)


def test_a_log_inside_and_outside_an_archive_is_one(tmp_path):
    (tmp_path / "z.evtx").write_bytes(LOG)
    zipped(tmp_path / "a.zip", [("one", LOG)])
    [source] = found(tmp_path).sources
    assert (source.path, source.also) == ("a.zip!one", ("z.evtx",))


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_tar_archives_are_read_in_place(tmp_path, mode):
    path = tmp_path / "logs.tar.gz"
    with tarfile.open(path, mode) as archive:
        for name, content in {"d/one": LOG, "d/two": OTHER}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    result = found(path)
    assert names(result) == ["logs.tar.gz!d/one", "logs.tar.gz!d/two"]
    with result.sources[1].open() as file:
        assert file.read() == OTHER


def test_a_single_file_in_gzip_is_read(tmp_path):
    (tmp_path / "one.jsonl.gz").write_bytes(gzip.compress(LOG))
    [source] = found(tmp_path).sources
    assert source.path == "one.jsonl.gz!one.jsonl"
    with source.open() as file:
        assert file.read() == LOG


@pytest.mark.parametrize("name", ["../../etc/x.evtx", "/abs/x.evtx", "C:\\x.evtx", "a\\..\\x.evtx"])
def test_a_member_whose_name_leads_out_is_refused(tmp_path, name):
    zipped(tmp_path / "bad.zip", [(name, LOG)])
    [source] = found(tmp_path).sources
    assert "leads out of its archive" in source.problem
    assert not (tmp_path / "etc").exists()


def test_an_archive_in_an_archive_is_refused(tmp_path):
    inner = zipped(tmp_path / "inner.zip", [("one.evtx", LOG)]).read_bytes()
    (tmp_path / "inner.zip").unlink()
    zipped(tmp_path / "outer.zip", [("inner.zip", inner)])
    [source] = found(tmp_path).sources
    assert "archive inside an archive" in source.problem


def test_a_decompression_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "RATIO_FREE_BYTES", 1000)
    zipped(tmp_path / "bomb.zip", [("x.evtx", b"LOG" + bytes(10_000_000))])
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(b"LOG" + bytes(10_000_000)))
    assert all("decompression bomb" in source.problem for source in found(tmp_path).sources)


def test_what_lies_behind_the_limits_of_an_archive_is_said(tmp_path, monkeypatch):
    zipped(tmp_path / "many.zip", [(f"{n}.evtx", LOG + bytes([n])) for n in range(5)])
    monkeypatch.setattr(archives, "MEMBERS_MAX", 3)
    *kept, last = found(tmp_path).sources
    assert len(kept) == 3
    assert "behind the first 3 files" in last.problem
    monkeypatch.setattr(archives, "MEMBERS_MAX", 100)
    monkeypatch.setattr(archives, "TOTAL_BYTES_MAX", 20)
    assert sum(source.kind == "refused" for source in found(tmp_path).sources) == 3


def test_a_locked_member_is_refused(tmp_path):
    path = zipped(tmp_path / "locked.zip", [("x.evtx", LOG)])
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    content[6] |= 1
    path.write_bytes(content)
    assert "password" in found(path).sources[0].problem


def test_two_members_of_one_name_are_not_mixed_up(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        zipped(tmp_path / "twice.zip", [("x.evtx", LOG), ("x.evtx", OTHER)])
    assert "comes twice" in next(s.problem for s in found(tmp_path).sources if s.problem)


def test_an_archive_without_logs_is_refused_if_it_was_given_and_passed_over_if_not(tmp_path):
    zipped(tmp_path / "book.zip", [("sheet.xml", b"<x/>")])
    assert "holds no event logs" in problem(tmp_path / "book.zip")
    assert found(tmp_path) == found(tmp_path).__class__((), ("book.zip",))


@pytest.mark.parametrize("seed", range(25))
def test_a_damaged_archive_is_refused_or_read_and_never_raises(tmp_path, seed):
    rng = random.Random(seed)
    path = zipped(tmp_path / "d.zip", [(f"{n}.evtx", LOG * 50 + bytes([n])) for n in range(4)])
    if seed % 2:
        with tarfile.open(path, "w:gz") as archive:
            for n in range(4):
                info = tarfile.TarInfo(f"{n}.evtx")
                info.size = 350
                archive.addfile(info, io.BytesIO(LOG * 50))
    content = bytearray(path.read_bytes())
    for _ in range(rng.randint(1, 8)):
        content[rng.randrange(4, len(content))] = rng.randrange(256)
    path.write_bytes(content[: rng.randrange(8, len(content) + 1)])
    for source in found(path).sources:
        assert source.problem is None or source.problem.startswith(source.path)


def test_lines_on_stdin_are_kept_in_the_spool(tmp_path):
    result = found("-", spool=tmp_path / "spool", stdin=io.BytesIO(LOG))
    [source] = result.sources
    assert (source.path, source.kind, source.given.parent) == ("-", "log", tmp_path / "spool")
    with pytest.raises(EvidenceError, match="stdin"):
        found("-")


def test_names_that_are_no_text_do_not_stop_the_search(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.evtx")).write_bytes(LOG)
    except OSError:
        pytest.skip("this file system takes text only")
    assert names(found(tmp_path)) == ["caf\\xe9.evtx"]
