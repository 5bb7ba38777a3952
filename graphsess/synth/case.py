"""A scenario that has been played: its records, one file a host and channel, and its truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from graphsess.synth.account import account
from graphsess.synth.evtx import Record, write_evtx
from graphsess.synth.world.logon import Logon
from graphsess.synth.world.sysmon import LogonGuid

if TYPE_CHECKING:
    from graphsess.synth.truth import Row
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.world import World


class Case:
    """The evidence and the truth of one world.

    Args:
        world: All that happened.
        copies: Older copies of the files are written too, with the first half of their records.

    Attributes:
        truth: Lists of rows by the name of graphsess's stream: `sessions`, `logons`, …
    """

    def __init__(self, world: World, *, copies: bool = False) -> None:
        for host in world.hosts:
            host.settle()
        self._world = world
        self._copies = copies
        self.truth: dict[str, list[Row]] = account(world)

    def files(self) -> dict[str, list[Record]]:
        """Records by relative path, e.g. `WS1/Security.evtx`; in the order of their ids."""
        return {name: [_record(draft) for draft in drafts] for name, drafts in self._drafts()}

    def write(self, folder: Path) -> int:
        """Write one EVTX file a host and channel into `folder`; returns how many records."""
        count = 0
        for name, drafts in self._drafts():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            count += write_evtx(path, map(_record, drafts))
        return count

    def _drafts(self) -> list[tuple[str, list[Draft]]]:
        found: dict[str, list[Draft]] = {}
        for host in self._world.hosts:
            folder = host.names[0].split(".")[0].upper()
            for draft in host.drafts:
                if draft.kept:
                    name = draft.log.channel.replace("/", "%4")
                    found.setdefault(f"{folder}/{name}.evtx", []).append(draft)
        for drafts in found.values():
            drafts.sort(key=lambda draft: draft.record_id)
        if self._copies:
            for name, drafts in list(found.items()):
                found[f"older/{name}"] = drafts[: (len(drafts) + 1) // 2]
        return sorted(found.items())


def write_case(case: Case, folder: Path) -> int:
    """Write the EVTX files and `truth.json` into `folder`; returns how many records.

    The same case gives the same bytes.
    """
    count = case.write(folder)
    text = json.dumps(case.truth, indent=1, sort_keys=True, ensure_ascii=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "truth.json").write_text(text + "\n", encoding="ascii", newline="\n")
    return count


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
    if isinstance(value, LogonGuid):
        return value.text()
    return value.luid if isinstance(value, Logon) else value
