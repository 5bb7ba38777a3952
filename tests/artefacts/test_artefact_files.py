"""Files of dated artefacts: graphsess.artefacts.files, tools, roles, read."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphsess.artefacts.read import read
from graphsess.artefacts.roles import Role
from graphsess.artefacts.tools import TOOLS
from graphsess.errors import GraphsessError, UsageError


def reading(text, **other):
    content = text if isinstance(text, bytes) else text.encode()
    return read(content, "file", columns=other.pop("columns", {}), zone=dt.UTC, dates=None)


def rows(found, *columns):
    return found.told.select(columns).rows()


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separator_and_encoding_do_not_matter(sign, encoding):
    lines = [["time", "host", "note"], ["2020-09-19", "dc", "é"]]
    found = reading("\n".join(sign.join(line) for line in lines).encode(encoding))
    assert rows(found, "host") == [("dc",)]
    assert found.own["note"].to_list() == ["é"]


def test_a_row_that_does_not_fit_is_counted_and_the_others_kept():
    found = reading("time,host\n2020-09-19,a\n2020-09-19\n2020-09-19,b,c\n2020-09-19,d\n")
    assert found.bad == (2, 3)
    assert rows(found, "row", "host") == [(1, "a"), (4, "d")]


def test_quoted_separators_and_line_ends_are_no_rows():
    found = reading('time,path\n2020-09-19,"C:\\a,b\n""c"""\n2020-09-19,d\n')
    assert found.bad == ()
    assert found.own["path"].to_list() == ['C:\\a,b\n"c"', "d"]


def test_json_lines_keep_their_types_and_open_what_is_nested():
    lines = ['{"time":"2020-09-19","n":1,"host":{"name":"dc"},"l":[1]}', '{"time":1}', "[1]", "x"]
    found = reading("\n".join(lines))
    assert found.bad == (3, 4)
    assert found.own.to_dicts()[0] == {
        "time": "2020-09-19", "n": 1, "host.name": "dc", "l": "[1]",
    }
    assert found.undated == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"), (b"\0\1\2", "no text"), (b"time,host\n", "no rows"),
        (b"[1, 2", "no JSON"), (b"{}x\n", "no JSON object"),
    ],
)
def test_what_is_no_such_file_is_refused_in_a_sentence(content, says):
    with pytest.raises(GraphsessError, match=says):
        reading(content)


def test_a_file_without_a_time_is_refused_with_its_columns():
    with pytest.raises(UsageError, match=r"--column time=NAME \(it has a, b\)"):
        reading("a,b\n1,2\n")


def test_names_of_columns_are_guessed_whatever_their_spelling():
    found = reading("Event Time,Computer_Name,SubjectLogonId,TargetLogonId,User SID,Process ID\n"
                    "2020-09-19,dc,0x3e7,0x51c10f,S-1-5-21-1-2-3-500,0x10\n")
    assert rows(found, "host", "luid", "sid", "pid") == [
        ("dc", 0x51C10F, "S-1-5-21-1-2-3-500", 16)
    ]


def test_the_guess_can_be_put_right():
    found = reading(
        "seen,who,time\n2020-09-19,LAB\\ann,7\n",
        columns={Role.TIME: ("seen",), Role.USER: ("who",), Role.HOST: ("=dc",)},
    )
    assert rows(found, "user", "host") == [("LAB\\ann", "dc")]
    assert found.undated == 0


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match="no column 'when'"):
        reading("time\n2020-09-19\n", columns={Role.TIME: ("when",)})


def test_an_account_may_be_in_two_columns_or_be_a_sid():
    day = "2020-09-19"
    found = reading(f"time,user,domain\n{day},ann,LAB\n{day},S-1-5-18,\n{day},-,LAB\n")
    assert rows(found, "user", "sid") == [("LAB\\ann", None), (None, "S-1-5-18"), (None, None)]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_each_tool_is_known_by_its_columns(tool):
    """Every column of a tool that has a role may be there; the first tool that fits is taken."""
    names = list(dict.fromkeys([*tool.has, *(n for ns in tool.columns.values() for n in ns)]))
    names = list({name.lower(): name for name in "|".join(names).split("|")}.values())
    values = ["09/13/2020" if name.lower() == "date" else "03:22:36" if name == "time" else
              "2020-09-13 03:22:36" for name in names]
    found = reading(",".join(names) + "\n" + ",".join(values) + "\n")
    assert found.tool is tool


def test_a_plaso_row_is_read_in_its_own_zone():
    found = reading(
        "date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,filename\n"
        "09/01/2020,05:22:36,Europe/Berlin,M...,FILE,x,y,-,dc,s,d,/Users/ann/x\n"
        "09/01/2020,03:22:36,UTC,M...,FILE,x,y,LAB\\ann,dc,s,d,/Users/ann/x\n"
    )
    assert found.tool.name == "plaso l2t_csv"
    assert len(set(found.told["time_us"])) == 1
    assert rows(found, "user") == [(None,), ("LAB\\ann",)]


def test_a_parent_and_a_name_are_one_path():
    found = reading("EntryNumber,ParentPath,FileName,Created0x10\n1,.\\Users\\ann,x,2020-09-19\n")
    assert rows(found, "path") == [(".\\Users\\ann\\x",)]


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=300))
def test_no_content_breaks_the_reader(content):
    """Evidence is hostile: it is read, or refused in a sentence."""
    for before in (b"", b"time,host\n", b'{"time":"2020-09-19"}\n'):
        try:
            found = reading(before + content)
        except GraphsessError:
            continue
        assert found.own.height == found.told.height
