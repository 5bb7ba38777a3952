"""Tests of graphsess.events.accounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsess.events.accounts import apart


@pytest.mark.parametrize(
    ("name", "domain", "expected"),
    [
        ("ann", "CORP", ("ann", "CORP")),
        ("CORP\\ann", None, ("ann", "CORP")),
        ("corp\\\\ann", None, ("ann", "corp")),
        ("CORP\\ann", "OTHER", ("ann", "OTHER")),
        ("ann@corp.example", None, ("ann", "corp.example")),
        ("ann@CORP.EXAMPLE", "corp.example", ("ann", "corp.example")),
        ("ann@corp.example", "CORP", ("ann", "CORP")),
        ("WS1$@CORP.EXAMPLE", None, ("WS1$", "CORP.EXAMPLE")),
        ("AzureAD\\ann@contoso.example", None, ("ann@contoso.example", "AzureAD")),
        ("ann@mail.example", "MicrosoftAccount", ("ann@mail.example", "MicrosoftAccount")),
        (".\\ann", None, ("ann", ".")),
        ("\\ann", None, ("ann", None)),
        ("CORP\\", None, ("CORP", None)),
        ("@", None, ("@", None)),
        (None, "CORP", (None, "CORP")),
        ("NT AUTHORITY\\SYSTEM", None, ("SYSTEM", "NT AUTHORITY")),
    ],
)
def test_how_names_are_taken_apart(name, domain, expected):
    assert apart(name, domain) == expected


@given(st.text(), st.none() | st.text(min_size=1))
def test_no_logged_domain_is_ever_changed(name, domain):
    found = apart(name, domain)
    assert domain is None or found.domain == domain
    assert (found.name is None) == (not name)
