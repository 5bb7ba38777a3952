"""Tests of graphsess.readers.xml."""

import pytest

from graphsess.readers.xml import XmlError, parsed

EVENT = """<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>
<Provider Name='Microsoft-Windows-Security-Auditing' Guid='{{54849625}}'/><EventID>4634</EventID>
<Version>0</Version><TimeCreated SystemTime='2020-09-13T12:26:41.1234567Z'/>
<EventRecordID>{number}</EventRecordID><Correlation ActivityID='{{A}}'/>
<Execution ProcessID='4' ThreadID='8'/><Channel>Security</Channel><Computer>ws1</Computer>
<Security UserID='S-1-5-18'/></System>
<EventData>
<Data Name='TargetUserName'>{user}</Data><Data Name='TargetLogonId'>0x7</Data></EventData>
<RenderingInfo Culture='de-DE'><Message>Ein Konto wurde abgemeldet.</Message></RenderingInfo>
</Event>"""
LSM = """<Event><System><Provider Name="Microsoft-Windows-TerminalServices-LocalSessionManager"/>
<EventID Qualifiers="0">21</EventID><EventRecordID>5</EventRecordID></System><UserData>
<EventXML xmlns="Event_NS"><User>CORP\\ann</User><SessionID>2</SessionID>
<Address>LOCAL</Address></EventXML></UserData></Event>"""
CLASSIC = """<Event><System><Provider Name="EventLog"/><EventID Qualifiers="32768">6009</EventID>
</System><EventData><Data>10.00.</Data><Data>20348</Data><Binary>00</Binary></EventData></Event>"""


def event(number=1, user="ann"):
    return EVENT.format(number=number, user=user)


BOTH = f"<Events>{event()}{event(2)}</Events>"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"<?xml version='1.0' encoding='utf-8'?>\n{BOTH}", id="Event Viewer"),
        pytest.param(event() + event(2), id="wevtutil without a root"),
        pytest.param(event() + "\r\n\r\n" + event(2) + "\n", id="lines between"),
        pytest.param(f"\ufeff{BOTH}".encode("utf-16-le"), id="UTF-16"),
        pytest.param(f"\ufeff{BOTH}", id="UTF-8 with a mark"),
    ],
)  # fmt: skip
def test_every_form_of_export_is_read(read, content):
    batch = read(content)
    assert batch.events["record_id"].to_list() == [1, 2]
    row = batch.events.to_dicts()[0]
    assert (row["target_user"], row["activity_id"], row["writer_sid"], row["writer_pid"]) == (
        "ann",
        "{A}",
        "S-1-5-18",
        "4",
    )
    assert batch.bodies[0].startswith("<Event ")
    assert batch.bodies[0].endswith("</Event>")


@pytest.mark.parametrize(
    "name", ["utf-8", "utf-7", "zlib", "rot13", "idna", "cp9999", "utf-16", "x"]
)
def test_only_harmless_encodings_are_believed(read, name):
    batch = read(f"<?xml version='1.0' encoding='{name}'?>{BOTH}")
    assert batch.events["record_id"].to_list() == [1, 2]


def test_a_windows_code_page_is_believed(read):
    content = f"<?xml version='1.0' encoding='windows-1252'?>{event(user='Jürgen')}"
    assert read(content.encode("cp1252")).events["target_user"].to_list() == ["Jürgen"]


def test_user_data_and_unnamed_data_are_found(read):
    lsm, classic = read(f"<Events>{LSM}{CLASSIC}</Events>").events.to_dicts()
    assert (lsm["target_user"], lsm["ts_id"], lsm["address"]) == ("CORP\\ann", "2", "LOCAL")
    assert classic["os_build"] == "20348"


def test_markup_in_a_value_is_text(read):
    batch = read(event(user="&lt;/Data&gt;&amp;&#x202e;"))
    assert batch.events["target_user"].to_list() == ["</Data>&\u202e"]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("<Event><System></Event>", id="not well-formed"),
        pytest.param(event(user="&nothing;"), id="unknown entity"),
        pytest.param("<Event><System><EventID>x</EventID></System></Event>", id="no event id"),
        pytest.param("<Event>" + "<a>" * 200 + "</a>" * 200 + "</Event>", id="nested too deep"),
        pytest.param("<Event><System>", id="cut short"),
    ],
)
def test_one_broken_event_costs_itself_only(read, broken):
    batch = read(f"<Events>{event()}{broken}{event(2)}</Events>")
    assert batch.events["record_id"].to_list() == [1, 2]
    assert batch.unreadable == 1
    assert "event 2" in batch.problem


def test_a_document_type_is_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with pytest.raises(XmlError, match="document type"):
        parsed(bomb)


def test_text_of_megabytes_without_an_end_is_bounded(read):
    batch = read(event() + "<Event " + "x" * (18 << 20))
    assert batch.events["record_id"].to_list() == [1]
    assert batch.unreadable == 1
