"""The header of a Cypher file: what must stand there, and how parameters are read."""

from __future__ import annotations

import pytest

from graphsess.errors import QueryError, UsageError
from graphsess.queries import folder, load, names, parse

FILE = """\
// title:   One source, several accounts
// asks:    Which address opened sessions as at least $least accounts,
//          within the case?
// reads:   (:Session)-[:OF_USER]->(:User)
// events:  those of the sessions
// param:   least int = 3 ; accounts
// param:   user text = null ; one account only
// returns: source, accounts
// limits:  jump hosts
// see:     https://example.org/a
MATCH (s:Session) // "a;b"
RETURN s.source AS source, ';
' AS accounts;
MATCH (n) RETURN n;
"""


def spoilt(old, new):
    return FILE.replace(old, new, 1)


def test_a_file_is_its_header_and_its_statements():
    query = parse("hunt/several", FILE, "several.cypher")
    assert query.asks == (
        "Which address opened sessions as at least $least accounts, within the case?"
    )
    assert query.returns == ("source", "accounts")
    assert query.see == ("https://example.org/a",)
    assert query.writes == ""
    assert [(p.name, p.type, p.default, p.means) for p in query.params.values()] == [
        ("least", "int", 3, "accounts"),
        ("user", "text", None, "one account only"),
    ]
    assert query.statements[-1] == "MATCH (n) RETURN n"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("// title:", "// tittle:", ":1: unknown header 'tittle'", id="unknown key"),
        pytest.param("// limits:  jump hosts\n", "", "lacks limits", id="missing key"),
        pytest.param("jump hosts", "", "lacks limits", id="empty key"),
        pytest.param("least int = 3", "least int 3", "must read `name type", id="no default"),
        pytest.param("least int = 3", "least whole = 3", "with a type of int", id="unknown type"),
        pytest.param("least int = 3", "least int = three", "is no JSON value", id="no JSON"),
        pytest.param("least int = 3", 'least int = "3"', "is no int", id="default of another type"),
        pytest.param("// reads:", "// asks:", "lacks reads", id="asks twice"),
        pytest.param("// title:   One", "// One", "begins with", id="no title"),
    ],
)  # fmt: skip
def test_a_spoilt_header_is_told_with_its_file(old, new, told):
    with pytest.raises(QueryError, match=r"several\.cypher") as caught:
        parse("hunt/several", spoilt(old, new), "several.cypher")
    assert told in str(caught.value)


def test_a_parameter_reads_what_a_person_types():
    least, user = parse("hunt/several", FILE, "x").params.values()
    assert (least.read(" 7 "), user.read("null"), user.read("ann")) == (7, None, "ann")
    with pytest.raises(UsageError, match="takes a number, not 'many'"):
        least.read("many")


def test_values_are_the_given_ones_else_the_defaults():
    query = parse("hunt/several", FILE, "x")
    assert query.values({"user": "ann"}) == {"least": 3, "user": "ann"}
    with pytest.raises(UsageError, match="has no parameter 'ussr'; it has least, user"):
        query.values({"ussr": "ann"})


def test_every_file_reads_and_an_unknown_name_is_told():
    for path in folder().glob("*/*.cypher"):
        assert load(f"{path.parent.name}/{path.stem}").statements
    assert all(name.startswith("derive/") for name in names("derive"))
    with pytest.raises(UsageError, match="there is no query 'derive/none'"):
        load("derive/none")
