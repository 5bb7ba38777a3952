"""How well a case's records agree with the truth of the world that made its evidence.

A record counts as right if every field that the world knows agrees: texts without case, times to
the tolerance that whole seconds and bursts allow, LUIDs as sets. Pairs are found one to one, the
most alike first, so that a wrong end costs one miss and not two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

Row = Mapping[str, object]
NEAR_S = 0.05
END_S = 1.0


@dataclass(frozen=True, slots=True)
class Miss:
    """One row that does not agree.

    Attributes:
        stream: One of `FIELDS`.
        truth: What the world knows; None for a record that stands for nothing.
        record: The record that comes nearest; None for a truth without any.
        fields: Names of the fields that differ.
    """

    stream: str
    truth: Row | None
    record: Row | None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """Agreement of one stream."""

    stream: str
    right: int
    told: int
    true: int
    misses: tuple[Miss, ...] = field(default=())

    @property
    def precision(self) -> float:
        """Part of the records that are right; 1 where there are none."""
        return self.right / self.told if self.told else 1.0

    @property
    def recall(self) -> float:
        """Part of the truth that was found; 1 where there is none."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


Same = Callable[[object, object], bool]


def score(stream: str, records: Iterable[Row], truth: Iterable[Row]) -> Score:
    """Compare one stream's records with the truth.

    Args:
        stream: One of `FIELDS`.
        records: All of them, hidden ones too, as `graphsess STREAM --all` prints them.
        truth: The rows of the same name in `truth.json`.
    """
    rules = FIELDS[stream]
    told = [dict(row) for row in records if _compared(stream, row)]
    true = [dict(row) for row in truth]
    near: dict[tuple[str, ...], list[int]] = {}
    for r, record in enumerate(told):
        near.setdefault(_anchor(stream, record), []).append(r)
    pairs = sorted(
        (len(wrong), t, r, wrong)
        for t, row in enumerate(true)
        for r in near.get(_anchor(stream, row), [])
        for wrong in [_wrong(rules, row, told[r])]
    )
    taken_t: set[int] = set()
    taken_r: set[int] = set()
    misses: list[Miss] = []
    right = 0
    for count, t, r, wrong in pairs:
        if t in taken_t or r in taken_r:
            continue
        taken_t.add(t)
        taken_r.add(r)
        if count:
            misses.append(Miss(stream, true[t], told[r], tuple(wrong)))
        else:
            right += 1
    misses += [Miss(stream, row, None) for t, row in enumerate(true) if t not in taken_t]
    misses += [Miss(stream, None, row) for r, row in enumerate(told) if r not in taken_r]
    return Score(stream, right, len(told), len(true), tuple(misses))


def _wrong(rules: Mapping[str, Same], truth: Row, record: Row) -> list[str]:
    return [
        name
        for name, same in rules.items()
        if name in truth and not same(truth[name], record.get(name))
    ]


def _anchor(stream: str, row: Row) -> tuple[str, ...]:
    """What two rows have in common that are about the same thing."""
    return tuple(_plain(name, row.get(name)) for name in ANCHORS[stream])


def _plain(name: str, value: object) -> str:
    text = str(value).casefold()
    if name.endswith("host"):
        return text.split(".")[0]
    return text.rsplit("\\", 1)[-1].split("@")[0] if name == "user" else text


def _compared(stream: str, record: Row) -> bool:
    """Whether the world tells of such rows at all.

    It leaves out the constants of every boot and the desktops that never came to life.
    """
    if stream == "locals":
        return bool(record.get("established"))
    if stream != "logons":
        return True
    return str(record.get("logon_id")) not in ("0x3e7", "0x3e4", "0x3e5", "0x3e6")


def _text(truth: object, record: object) -> bool:
    if truth is None or record is None:
        return truth is record
    return str(truth).casefold() == str(record).casefold()


def _host(truth: object, record: object) -> bool:
    return _text(str(truth).split(".")[0], str(record).split(".")[0])


def _account(truth: object, record: object) -> bool:
    if truth is None or record is None:
        return truth is record
    one, other = (str(value).rsplit("\\", 1)[-1].split("@")[0] for value in (truth, record))
    return one.casefold() == other.casefold()


def _value(truth: object, record: object) -> bool:
    return truth == record


def _near(seconds: float) -> Same:
    def same(truth: object, record: object) -> bool:
        if truth is None or record is None:
            return truth is record
        one, other = (datetime.fromisoformat(str(value)) for value in (truth, record))
        return abs((one - other).total_seconds()) <= seconds

    return same


def _if_told(same: Same) -> Same:
    """Compared only where the world tells: no event of it may be left where it does not."""

    def told(truth: object, record: object) -> bool:
        return truth is None or same(truth, record)

    return told


def _set(truth: object, record: object) -> bool:
    return _as_set(truth) == _as_set(record)


def _within(truth: object, record: object) -> bool:
    """All that the world names is there; more may be."""
    return _as_set(truth) <= _as_set(record)


def _as_set(value: object) -> set[str]:
    return {str(item).casefold() for item in value} if isinstance(value, Sequence) else set()


def _counts(key: str) -> Same:
    def same(truth: object, record: object) -> bool:
        return _counted(truth, key) == _counted(record, key)

    return same


def _counted(value: object, key: str) -> dict[str, int]:
    if not isinstance(value, Sequence):
        return {}
    return {
        str(item[key]).rsplit("\\", 1)[-1].split("@")[0].casefold(): int(item["count"])
        for item in value
        if item[key] not in (None, "None")
    }


def _stretches(truth: object, record: object) -> bool:
    one, other = (list(value) if isinstance(value, Sequence) else [] for value in (truth, record))
    near = _near(END_S)
    return len(one) == len(other) and all(
        near(a["start"], b["start"]) and near(a["end"], b["end"])
        for a, b in zip(one, other, strict=True)
    )


def _there(truth: object, record: object) -> bool:
    """A host, or none."""
    return truth is record if truth is None or record is None else _host(truth, record)


FIELDS: dict[str, dict[str, Same]] = {
    "sessions": {
        "host": _host,
        "kind": _text,
        "class": _text,
        "outcome": _text,
        "user": _account,
        "source_address": _text,
        "source_port": _value,
        "start": _near(NEAR_S),
        "auth_time": _near(0.2),
        "session_time": _near(NEAR_S),
        "end": _near(END_S),
        "end_kind": _text,
        "opened_by": _text,
        "ts_id": _value,
        "logon_ids": _set,
        "byproduct_logon_ids": _set,
        "flags": _within,
    },
    "logons": {
        "host": _host,
        "logon_id": _text,
        "user": _account,
        "logon_type": _if_told(_value),
        "start": _near(NEAR_S),
        "access_end": _if_told(_near(END_S)),
        "destroyed": _near(NEAR_S),
        "linked_logon_id": _text,
    },
    "locals": {
        "host": _host,
        "ts_id": _value,
        "user": _account,
        "start": _near(END_S),
        "end": _near(END_S),
        "established": _value,
        "logon_ids": _set,
        "disconnected": _stretches,
        "locked": _stretches,
    },
    "failures": {
        "host": _host,
        "kind": _text,
        "source_address": _text,
        "count": _value,
        "first": _near(NEAR_S),
        "last": _near(NEAR_S),
        "users": _counts("user"),
        "statuses": _counts("code"),
        "pattern": _text,
    },
    "moves": {
        "from_host": _there,
        "from_session_start": _near(END_S),
        "from_user": _if_told(_account),
        "to_host": _host,
        "to_session_start": _near(END_S),
        "to_user": _account,
        "kind": _text,
        "outcome": _text,
        "credential_switch": _value,
    },
    "activities": {
        "host": _host,
        "channel": _text,
        "record_id": _value,
        "logon_id": _if_told(_text),
        "user": _if_told(_account),
        "kind": _text,
        "session_start": _near(END_S),
        "while_disconnected": _value,
    },
}
"""What is compared, stream by stream."""

ANCHORS: dict[str, tuple[str, ...]] = {
    "sessions": ("host", "user"),
    "logons": ("host", "logon_id"),
    "locals": ("host", "ts_id"),
    "failures": ("host",),
    "moves": ("to_host",),
    "activities": ("host", "channel", "record_id"),
}
"""Without these two rows are not about the same thing."""
