"""Work in other processes: the only place that starts any.

Input is hostile and a decoder may hang or die; the rest of the case must not notice. So a worker
costs its own item only, a job that runs too long is ended from within by a C thread that needs no
interpreter lock, and no worker outlives the parent. Always spawned, never forked: polars does not
survive a fork.
"""

from __future__ import annotations

import concurrent.futures as cf
import faulthandler
import multiprocessing as mp
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib import import_module
from multiprocessing.connection import wait
from typing import Generic, TypeVar

from graphsess.errors import UnitError

Item = TypeVar("Item")
Result = TypeVar("Result")

LIMIT_S = 900.0
"""How long one item may take. A 16 MB unit takes seconds; a host of 5 million events a minute."""

_POLARS_THREADS = "POLARS_MAX_THREADS"
_ARROW_POOL = "ARROW_DEFAULT_MEMORY_POOL"
"""Arrow's own pools keep some 20 MB that nobody uses any more."""


def _shut(pool: cf.Executor, lost: bool) -> None:
    pool.shutdown(wait=not lost, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Workers:
    """A pool that can be made, and made again.

    Attributes:
        make: A new pool.
        width: Items in flight.
        died: What a future raises when its worker was lost.
        survives: True if the pool outlives a lost worker, as a cluster does.
        limit_s: How long one item may take; None where it cannot be enforced.
        leave: What becomes of a pool after its run, or when one of its workers was lost.
    """

    make: Callable[[], cf.Executor]
    width: int
    died: tuple[type[BaseException], ...] = (BrokenProcessPool,)
    survives: bool = False
    limit_s: float | None = LIMIT_S
    leave: Callable[[cf.Executor, bool], None] = _shut

    def narrowed(self, width: int) -> Workers:
        """The same with no more than `width` items in flight."""
        return replace(self, width=max(1, min(self.width, width)))


def local(jobs: int, *, limit_s: float = LIMIT_S) -> Workers:
    """`jobs` processes on this machine; one job, too, has its own process, as it may hang.

    Each process gets its share of the cores for polars, unless POLARS_MAX_THREADS is set already.
    """
    jobs = max(1, jobs)
    share = str(max(1, (os.cpu_count() or 1) // jobs))

    def make() -> cf.Executor:
        return cf.ProcessPoolExecutor(
            jobs,
            mp_context=mp.get_context("spawn"),
            initializer=_prepare,
            initargs=(os.environ.get(_POLARS_THREADS, share),),
        )

    return Workers(make, jobs, limit_s=limit_s)


def inline() -> Workers:
    """No process at all, for tests and for evidence that we made: a hang would hang the caller."""
    return Workers(_Inline, 1, limit_s=None)


@contextmanager
def kept(workers: Workers) -> Iterator[Workers]:
    """The same workers with one pool for several runs: what one run started, the next finds.

    A worker costs half a second of a processor before it does anything.
    """
    pools: list[cf.Executor] = []

    def make() -> cf.Executor:
        if not pools:
            pools.append(workers.make())
        return pools[-1]

    def leave(pool: cf.Executor, lost: bool) -> None:
        if lost:
            pools.remove(pool)
            workers.leave(pool, lost)

    try:
        yield replace(workers, make=make, leave=leave)
    finally:
        for pool in pools:
            workers.leave(pool, False)


def started(workers: Workers, count: int, module: str) -> None:
    """Start `count` kept workers before there is work; each imports what its work will need."""
    pool = workers.make()
    with suppress(*workers.died):
        for _ in range(min(count, workers.width)):
            pool.submit(_import, module)


def _import(module: str) -> None:
    import_module(module)


def run_each(
    workers: Workers, job: Callable[[Item], Result], items: Iterable[Item]
) -> Iterator[tuple[Item, Result | UnitError]]:
    """Each item with the job's result, or with the error that it ended in, as they finish.

    What was in flight when a worker was lost runs again, one at a time: what loses its worker
    when alone is to blame, all else is innocent. A job must therefore be repeatable; it takes and
    returns small picklable things. Errors that a job raises come wrapped; the cause is kept.
    """
    todo = list(items)[::-1]
    suspects: list[Item] = []
    limited = _Limited(job, workers.limit_s)
    pool = workers.make()
    live: dict[cf.Future[Result], Item] = {}
    try:
        while todo or suspects:
            alone = not todo
            queue, width = (suspects, 1) if alone else (todo, workers.width)
            live, broken = {}, False
            while (queue or live) and not broken:
                while queue and len(live) < width and not broken:
                    try:
                        live[pool.submit(limited, queue[-1])] = queue[-1]
                        queue.pop()
                    except workers.died:  # between two submits: nobody to blame yet
                        broken = True
                for done in cf.wait(live, return_when=cf.FIRST_COMPLETED).done:
                    item, error = live.pop(done), done.exception()
                    if isinstance(error, workers.died):
                        broken |= not workers.survives
                        if not alone:
                            suspects.append(item)
                            continue
                    yield item, done.result() if error is None else _told(error, workers)
            if broken:
                suspects += live.values()
                workers.leave(pool, True)
                pool = workers.make()
    finally:
        for future in live:  # left in the middle: nothing goes on writing behind the caller
            future.cancel()
        cf.wait(live)
        workers.leave(pool, False)


@dataclass(frozen=True, slots=True)
class _Limited(Generic[Item, Result]):
    """A job that ends its process when it takes too long."""

    job: Callable[[Item], Result]
    limit_s: float | None

    def __call__(self, item: Item) -> Result:
        if self.limit_s is None:
            return self.job(item)
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - where the traceback goes
            faulthandler.dump_traceback_later(self.limit_s, exit=True, file=nowhere)
            try:
                return self.job(item)
            finally:
                faulthandler.cancel_dump_traceback_later()


class _Inline(cf.Executor):
    """Runs each job when it is submitted."""

    def submit(
        self, fn: Callable[..., Result], /, *args: object, **kwargs: object
    ) -> cf.Future[Result]:
        """A future that is done already."""
        future: cf.Future[Result] = cf.Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # the job's outcome, handed on
            future.set_exception(error)
        return future


def _prepare(polars_threads: str) -> None:
    """Set up a worker before polars and Arrow are imported; and it leaves with us."""
    os.environ[_POLARS_THREADS] = polars_threads
    os.environ.setdefault(_ARROW_POOL, "system")
    parent = mp.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()


def _leave_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _told(error: BaseException, workers: Workers) -> UnitError:
    if isinstance(error, workers.died):
        text = (
            f"its worker was lost: it crashed, or took longer than {workers.limit_s} s; "
            "leave it out and report it"
        )
    else:
        text = str(error) or type(error).__name__
    told = UnitError(text)
    told.__cause__ = error
    return told
