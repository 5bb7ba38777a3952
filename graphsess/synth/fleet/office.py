"""A day in the office: logging on, programs, shares, mail, a lunch behind a locked screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from graphsess.synth.fleet.estate import seat
from graphsess.synth.world import activity, addresses, console, leave, network, power, remote
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.outbound import SYSTEM_PROCESS, Program

if TYPE_CHECKING:
    from random import Random

    from graphsess.synth.fleet.agenda import Script
    from graphsess.synth.fleet.estate import Fleet, Person
    from graphsess.synth.world.host import Host
    from graphsess.synth.world.network import Visit

Task = Callable[[int], object]
_OFFICE = r"C:\Program Files\Microsoft Office\root\Office16"
_BROWSER = r"C:\Program Files\Google\Chrome\Application\chrome.exe"
_PROGRAMS = (
    rf"{_OFFICE}\WINWORD.EXE", rf"{_OFFICE}\EXCEL.EXE", rf"{_OFFICE}\OUTLOOK.EXE",
    r"C:\Windows\System32\calc.exe", r"C:\Windows\System32\notepad.exe",
    r"C:\Program Files\Erp\erp.exe", r"C:\Windows\System32\mspaint.exe",
)  # fmt: skip
_FILES = (r"2026\budget.xlsx", r"2026\plan.docx", r"minutes\monday.docx", r"prices.xlsx",
          r"offers\0231.pdf", r"photos\fair.jpg")  # fmt: skip
_SHARES = ("Finance", "Public", "Projects")
_APART = seconds(75)  # between two things that one person does
LUNCH = (11.9, 13.2)


def week(fleet: Fleet, person: Person) -> Script:
    """All the person's days; what is left at an evening is taken up in the next morning."""
    for day in fleet.workdays():
        yield from _day(fleet, person, day)


def _day(fleet: Fleet, person: Person, day: int) -> Script:
    rng = fleet.rng("office", person.user.name, day)
    station, at = person.station, fleet.at(day, rng.uniform(7.4, 9.1))
    yield fleet.at(day, 6.5)
    if station.boot is None:
        yield at - seconds(rng.uniform(60, 150))
        power.boot(station, at - seconds(70))
    elif rng.random() < 0.1 and not person.desk:
        yield at - seconds(1800)
        last = int(station.address.rpartition(".")[2])
        addresses.lease(station, at - seconds(1800), f"10.0.1.{last % 100 + 100}")
    if rng.random() < 0.12:
        yield at - seconds(rng.uniform(5, 40))
        _mistype(person, at - seconds(5))
    yield at
    _sit_down(person, at)
    yield at + seconds(rng.uniform(3, 9))
    remote.browse(fleet.controller, person.user, at + seconds(3), seat(person), "SYSVOL")
    for moment, task in _tasks(fleet, person, day, rng, at):
        yield moment
        task(moment)
    at = fleet.at(day, rng.uniform(16.2, 18.1))
    yield at
    _go_home(person, at)


def _mistype(person: Person, at: int) -> None:
    if person.desk:
        console.fail_unlock(person.desk, at)
    else:
        console.fail(person.station, person.user.name, at, person.user)


def _sit_down(person: Person, at: int) -> None:
    if person.desk:
        console.unlock(person.desk, at)
    else:
        person.desk, person.browser = console.logon(person.station, person.user, at), None
    person.away = False


def _go_home(person: Person, at: int) -> None:
    desk = person.desk
    if desk is None:
        return
    person.away = True
    if person.habit == "lock":
        console.lock(desk, at)
        return
    person.desk = None
    if person.habit == "shutdown":
        power.shutdown(person.station, at, by=desk)
    else:
        leave.logoff(desk, at)


def _tasks(
    fleet: Fleet, person: Person, day: int, rng: Random, since: int
) -> list[tuple[int, Task]]:
    """What the person does at the desk, in time order, never two things within a minute."""
    until, noon = fleet.at(day, 16.1), fleet.at(day, rng.uniform(*LUNCH))
    back = noon + seconds(rng.uniform(1200, 3300))
    drawn = [_draw(fleet, person, rng) for _ in range(rng.randrange(14, 24))]
    spans = [(since + seconds(120), noon - seconds(120)), (back + seconds(60), until)]
    planned: list[tuple[int, Task]] = [
        (rng.randrange(*spans[number % 2]), task) for number, task in enumerate(drawn)
    ]
    planned += [(noon, lambda at: _lock(person, at)), (back, lambda at: _return(person, at))]
    planned.sort(key=lambda item: item[0])
    found: list[tuple[int, Task]] = []
    for moment, task in planned:
        earliest = found[-1][0] + _APART if found else moment
        found.append((max(moment, earliest), task))
    return found


def _lock(person: Person, at: int) -> None:
    if person.desk:
        console.lock(person.desk, at)
        person.away = True


def _return(person: Person, at: int) -> None:
    if person.desk:
        console.unlock(person.desk, at)
        person.away = False


def _draw(fleet: Fleet, person: Person, rng: Random) -> Task:
    what = rng.random()
    mails, webs, files = (fleet.servers.get(role, []) for role in ("mail", "web", "files"))
    if what < 0.45 or not files:
        program = rng.choice(_PROGRAMS)
        return lambda at: person.desk and activity.process(person.desk, at, program)
    if what < 0.75 or not mails:
        share = rng.choice(_SHARES)
        names = tuple(rng.sample(_FILES, rng.randrange(1, 4)))
        server, stay = rng.choice(files), rng.uniform(4, 40)
        return lambda at: (
            person.desk
            and remote.browse(server, person.user, at, seat(person), share, names, stay=stay)
        )
    server, stay = rng.choice(mails + webs), rng.uniform(1, 60)
    return lambda at: person.desk and _visit_service(server, person, at, stay)


def _visit_service(server: Host, person: Person, at: int, stay: float) -> Visit:
    """Mail or the intranet: a network logon by HTTP, without any share."""
    if person.browser is None and person.desk:
        person.browser = Program(_BROWSER, person.station.pid())
        started = at - seconds(2.5)
        activity.process(person.desk, started, _BROWSER, process_id=person.browser.process_id)
    program = person.browser or SYSTEM_PROCESS
    visit = network.enter(
        server, person.user, at, seat(person), port=network.HTTPS, program=program
    )
    network.depart(visit, at + seconds(stay))
    return visit
