"""What is done on hosts by chance, so that every rung of the ladder of R7.1 has acts to map."""

from __future__ import annotations

import random

from events_inline import event, rdp_on, sid_of
from stories import story

CMD, SERVICES, SVCHOST = (rf"C:\Windows\System32\{name}.exe" for name in
                          ("cmd", "services", "svchost"))  # fmt: skip
PATHS = (CMD, SERVICES, SVCHOST, r"C:\Windows\x.exe")
SERVICE, TASK = "PSEXESVC", r"\Job"
SYSTEM, SYSTEM_LUID = "NT AUTHORITY\\SYSTEM", 0x3E7
NUMBERS = (700, 704, 708, 712)
GAPS = (0.0, 0.5, 1.9, 2.1, 4.9, 5.1, 20, 29, 31, 200)
"""Seconds between acts; the windows of the rules lie among them."""


def busy(seed, *, security=True):
    """A story of `stories`, with acts all over it; without the Security log no SID is told."""
    dice = random.Random(seed)
    lines = story(seed)
    logons = [(SYSTEM, SYSTEM_LUID)] + [
        (line["values"]["target_user"], int(line["values"]["target_luid"], 0))
        for line in lines if line["kind"] == "security_4624"
    ]  # fmt: skip
    until = max(line["at"] for line in lines)
    if not security:
        lines = [line for line in lines if not line["kind"].startswith("security_")]
    at = 50.0
    if seed % 2:
        down = at + 0.6 * until
        lines += [event("kernel_13", down, stated=down), event("kernel_12", down + 60, stated=down),
                  event("security_4608", down + 61)]  # fmt: skip
    for number in range(60):
        at += dice.choice(GAPS) * max(1.0, until / 3_000)
        act = dice.choice(ACTS)
        made = act(dice, at, *dice.choice(logons), number)
        lines += [line for line in made if security or not line["kind"].startswith("security_")]
    return lines


def crowded():
    """More people at once on one host than are listed, then acts that name none of them."""
    lines = []
    for place in range(10):
        user, luid = f"LAB\\u{place}", 0xB0000 + place * 0x100
        lines += rdp_on(100.0 + place * 20, user, luid, f"10.0.1.{place}", 10 + place, 10 + place)
        lines.append(event("powershell_400", 115.0 + place * 20, detail="x"))
        lines += rdp_on(110.0 + place * 20, "LAB\\ann", luid + 0x80, f"10.0.2.{place}",
                        30 + place, 30 + place)  # fmt: skip
        lines.append(event("powershell_4104", 116.0 + place * 20, writer_sid=sid_of("ann")))
    return lines


def process(dice, at, user, luid, number):
    """A program begins, told by one log or both; it may end, and its number come back."""
    path, pid = dice.choice(PATHS), dice.choice(NUMBERS)
    parent = {"parent_id": dice.choice((*NUMBERS, 4)),
              "parent_process": dice.choice((None, *PATHS))}  # fmt: skip
    target = dice.choice(({}, {}, {"luid": luid, "user": user}))
    by = {"by": SYSTEM_LUID} if target else {"by": luid, "user": user}
    lines = [event("security_4688", at, process=path, process_id=pid, **by, **target, **parent)]
    guid = f"{{0000{pid:04x}-0000-0000-0000-0000{number:08x}}}"
    if dice.random() < 0.5:
        lines.append(
            event("sysmon_1", at + dice.choice((0.1, 1.9, 2.1)), user=user, by=luid, process=path,
                  process_id=pid, process_guid=guid, ts_id=dice.choice((0, 3, 5, 203)), **parent)
        )  # fmt: skip
        lines.append(event("sysmon_11", at + dice.choice((2.2, 40)), process=path, process_id=pid,
                           process_guid=guid, object=r"C:\x"))  # fmt: skip
    if dice.random() < 0.5:
        lines.append(event("security_4689", at + dice.choice((3, 60)), user=user, by=luid,
                           process=path, process_id=pid))  # fmt: skip
    return lines


def script(dice, at, user, luid, number):
    """PowerShell, which tells its process, its account, a name, or nothing."""
    del luid, number
    told = dice.choice(({}, {"writer_sid": sid_of(user)}, {"writer_sid": sid_of("LAB\\ghost")}))
    pid = dice.choice(({}, {"writer_pid": dice.choice(NUMBERS)}))
    if dice.random() < 0.3:
        return [event("powershell_4103", at, detail=f"User = {user}\n", **pid)]
    kind = dice.choice(("powershell_4104", "powershell_400"))
    return [event(kind, at, detail="x", **told, **pid)]


def service(dice, at, user, luid, number):
    """A service is installed, told by one log or both, and may be started."""
    del number
    lines = []
    detail = r"%SystemRoot%\x.exe" if dice.random() < 0.7 else CMD
    if dice.random() < 0.6:
        lines.append(event("security_4697", at, user=user, by=luid, object=SERVICE, detail=detail))
    if dice.random() < 0.6:
        lines.append(event("services_7045", at + dice.choice((0.2, 4.9, 5.2)), detail=detail,
                           object=SERVICE.lower(), writer_sid=sid_of(user)))  # fmt: skip
    lines.append(event("security_4688", at + dice.choice((0.3, 29, 31)), user=SYSTEM,
                       by=SYSTEM_LUID, process=r"C:\Windows\x.exe", parent_process=SERVICES,
                       process_id=dice.choice(NUMBERS), parent_id=500))  # fmt: skip
    return lines


def task(dice, at, user, luid, number):
    """A task is written or deleted, told by one log or both, and may run."""
    del number
    kind = dice.choice(("security_4698", "security_4702", "security_4699"))
    lines = [event(kind, at, user=user, by=luid, object=TASK)] if dice.random() < 0.6 else []
    if dice.random() < 0.5:
        kind = dice.choice(("tasks_106", "tasks_140", "tasks_141"))
        lines.append(event(kind, at + dice.choice((0.5, 5.5)), user=user, object=TASK.lower()))
    if dice.random() < 0.7:
        ran = at + dice.choice((1, 90, 90_000))
        pid = dice.choice(NUMBERS)
        lines.append(event("tasks_129", ran, object=TASK, process=CMD, process_id=pid))
        lines.append(event("tasks_200", ran + 0.1, object=TASK, process=CMD))
        lines.append(event("security_4688", ran + dice.choice((0.5, 2.5)), user=SYSTEM,
                           by=SYSTEM_LUID, process=CMD, process_id=dice.choice((pid, 720)),
                           parent_process=SVCHOST, parent_id=4))  # fmt: skip
    return lines


def file(dice, at, user, luid, number):
    """A file in somebody's profile, by a process that no log knows."""
    del luid, number
    name = user.rpartition("\\")[2]
    return [event("sysmon_11", at, process=CMD, process_id=dice.choice((9, *NUMBERS)),
                  object=rf"C:\Users\{name}\a.txt")]  # fmt: skip


ACTS = (process, process, script, service, task, file)
