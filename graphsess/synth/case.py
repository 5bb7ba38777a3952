"""A scenario that has been played: its records, one file a host and channel, and its truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from graphsess.synth.account import account
from graphsess.synth.evtx import Record, write_evtx
from graphsess.synth.world.logon import Logon

if TYPE_CHECKING:
    from graphsess.synth.truth import Row
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.world import World


class Case:
    """The evidence and the truth of one world.

    Attributes:
        truth: Lists of rows by the name of graphsess's stream: `sessions`, `logons`, …
    """

    def __init__(self, world: World) -> None:
        for host in world.hosts:
            host.settle()
        self._world = world
        self.truth: dict[str, list[Row]] = account(world)

    def files(self) -> dict[str, list[Record]]:
        """Records by relative path, e.g. `WS1/Security.evtx`; in the order of their ids."""
        found: dict[str, list[Record]] = {}
        for host in self._world.hosts:
            folder = host.names[0].split(".")[0].upper()
            for draft in host.drafts:
                if draft.kept:
                    name = draft.log.channel.replace("/", "%4")
                    found.setdefault(f"{folder}/{name}.evtx", []).append(_record(draft))
        for records in found.values():
            records.sort(key=lambda record: record.record_id)
        return dict(sorted(found.items()))


def write_case(case: Case, folder: Path) -> None:
    """Write the EVTX files and `truth.json` into `folder`. The same case gives the same bytes."""
    for name, records in case.files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_evtx(path, records)
    text = json.dumps(case.truth, indent=1, sort_keys=True, ensure_ascii=True)
    (folder / "truth.json").write_text(text + "\n", encoding="ascii", newline="\n")


def _record(draft: Draft) -> Record:
    return Record(
        provider=draft.log.provider,
        event_id=draft.event_id,
        version=draft.version,
        channel=draft.log.channel,
        computer=draft.computer,
        record_id=draft.record_id,
        time=draft.time,
        fields={name: _value(value) for name, value in draft.fields.items()},
        activity_id=draft.activity,
        user_sid=draft.user_sid,
        process_id=draft.process_id,
        thread_id=draft.process_id + 4,
        level=draft.log.level,
        task=draft.task,
        opcode=draft.opcode,
        keywords=draft.keywords,
    )


def _value(value: object) -> object:
    return value.luid if isinstance(value, Logon) else value
