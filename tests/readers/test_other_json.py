"""Tests of graphsess.readers.json.winlogbeat, sentinel and evtx_dump."""

import orjson

AUDITING = "Microsoft-Windows-Security-Auditing"
RCM = "Microsoft-Windows-TerminalServices-RemoteConnectionManager"


def test_winlogbeat_6_tells_event_data_and_the_writer(read):
    value = {
        "@timestamp": "2019-05-18T20:36:46.254Z",
        "log_name": "Security",
        "computer_name": "dc1.corp.example",
        "source_name": AUDITING,
        "event_id": 4634,
        "record_number": "5402080",
        "process_id": 508,
        "user": {"identifier": "S-1-5-18", "name": "SYSTEM"},
        "event_data": {"TargetUserName": "ann", "TargetLogonId": "0x7"},
    }
    [row] = read(orjson.dumps(value)).events.to_dicts()
    assert (row["time"], row["record_id"], row["target_user"], row["writer_sid"]) == (
        "2019-05-18T20:36:46.254Z",
        5402080,
        "ann",
        "S-1-5-18",
    )


def test_winlogbeat_user_data_survive(read):
    value = {
        "@timestamp": "2019-05-18T20:37:12.451Z",
        "log_name": RCM + "/Operational",
        "computer_name": "hr1",
        "source_name": RCM,
        "event_id": 1149,
        "record_number": "7",
        "activity_id": "{f4620000-0000-0000-0000-000000000001}",
        "user_data": {
            "Param1": "ann",
            "Param2": "CORP",
            "Param3": "192.0.2.1",
            "xml_name": "EventXML",
        },
    }
    [row] = read(orjson.dumps(value)).events.to_dicts()
    assert (row["target_user"], row["address"]) == ("ann", "192.0.2.1")
    assert row["activity_id"].startswith("{f462")


def test_winlogbeat_unnamed_data_are_found_by_position(read):
    value = {
        "@timestamp": "2019-05-18T20:37:12.451Z",
        "winlog": {
            "channel": "System",
            "computer_name": "hr1",
            "provider_name": "EventLog",
            "event_id": "6009",
            "record_id": 9,
            "process": {"pid": 4},
            "event_data": {"param1": "10.00.", "param2": "20348"},
        },
    }
    [row] = read(orjson.dumps(value)).events.to_dicts()
    assert (row["os_build"], row["record_id"], row["writer_pid"]) == ("20348", 9, "4")


def test_sentinel_fields_come_from_the_top_or_from_event_data(read):
    base = {
        "TimeGenerated": "2022-05-13T08:54:05.21Z",
        "Computer": "WS5",
        "EventSourceName": AUDITING,
        "Channel": "Security",
    }
    named = '<Data Name="ProcessID">39</Data><Data Name="SourcePort">5</Data>'
    xml = f'<EventData xmlns="x">{named}</EventData>'
    lines = [
        base | {"EventID": 5156, "EventData": xml},
        base | {"EventID": 4688, "NewProcessName": "C:\\a.exe", "SubjectLogonId": "0x3e7"},
        base | {"EventID": 4634, "EventData_dynamic": {"TargetUserName": "ann"}},
        base | {"EventID": 4634, "EventData": '{"TargetUserName": "bob"}', "EventRecordId": "8"},
        base | {"EventID": 4634, "EventData": "<EventData><broken"},
    ]
    batch = read(b"\n".join(map(orjson.dumps, lines)))
    one, two, three, four, five = batch.events.to_dicts()
    assert (one["process_id"], one["port"]) == ("39", "5")
    assert (two["process"], two["actor_luid"]) == ("C:\\a.exe", "0x3e7")
    assert (three["target_user"], four["target_user"], five["target_user"]) == ("ann", "bob", None)
    assert (four["record_id"], batch.unreadable) == (8, 0)


def test_evtx_dump_of_either_crate_gives_the_same_facts(read):
    def dumped(time, event_id, record, data):
        system = {
            "Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}},
            "EventID": event_id,
            "TimeCreated": {"#attributes": {"SystemTime": time}},
            "EventRecordID": record,
            "Channel": "Microsoft-Windows-Sysmon/Operational",
            "Computer": "ws1",
        }
        return orjson.dumps({"Event": {"System": system, "EventData": data}})

    old = dumped(
        "2020-09-13T12:26:41.123456Z", 1, 7, {"Image": "a.exe", "LogonId": "0x3e7", "User": None}
    )
    new = dumped(
        "2020-09-13T12:26:41.1234567Z", {"#text": "1"}, "7", {"Image": "a.exe", "LogonId": "0x3e7"}
    )
    old_row, new_row = read(old + b"\n" + new).events.drop("time").to_dicts()
    assert old_row == new_row


def test_unnamed_data_may_be_a_list_a_text_or_an_element(read):
    def log(data):
        system = {
            "Provider": {"#attributes": {"Name": "EventLog"}},
            "EventID": {"#attributes": {"Qualifiers": 32768}, "#text": 6009},
            "EventRecordID": 1,
        }
        return orjson.dumps({"Event": {"System": system, "EventData": data}})

    shapes = [{"Data": ["10", "7601"]}, {"Data": {"#text": ["10", "7601"]}}, ["10", "7601"]]
    batch = read(b"\n".join(map(log, [*shapes, None, {"Data": "10"}])))
    assert batch.events["os_build"].to_list() == ["7601", "7601", "7601", None, None]
