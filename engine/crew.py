"""A crew: threads that take jobs from one queue, while the caller's thread hears how far they are.

The caller's thread works off none itself, so that Ctrl+C and a progress bar wait for nobody.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from engine.errors import EngineError
from engine.undisturbed import undisturbed

LOOK = 0.1  # seconds between two calls of `report` while no job ends
Job = TypeVar("Job")
Taken = TypeVar("Taken", contravariant=True)


class Bench(Protocol[Taken]):
    """Where one thread does one job at a time, in slices of some hundredths of a second."""

    def take(self, job: Taken) -> None:
        """Begin a job."""

    def slice(self) -> bool:
        """Work on it for a while; returns whether there is more to do."""

    def put(self) -> None:
        """Leave it as far as it has come."""


def work_off(
    jobs: Sequence[Job], benches: Sequence[Bench[Job]], report: Callable[[list[Job]], bool] = lambda done: False
) -> None:
    """Do the jobs in their order, a thread for each bench; returns when all are done or `report` returns True.

    `report` is called in the caller's thread with the jobs that ended since the last call. If it returns True or
    raises, or at Ctrl+C, no job is begun any more, and those in work are put down as they are. Raises EngineError where
    the system has no thread for it; of fewer than there are benches those do all.
    """
    waiting, done, stop = deque(jobs), queue.SimpleQueue[Job | None](), threading.Event()
    errors: list[BaseException] = []

    def work(bench: Bench[Job]) -> None:
        try:
            while waiting and not stop.is_set():
                try:
                    job = waiting.popleft()
                except IndexError:  # another thread was faster
                    return
                if _do(job, bench, stop):
                    done.put(job)
        except BaseException as error:
            errors.append(error)
            stop.set()
        finally:
            done.put(None)

    threads = [threading.Thread(target=work, args=(bench,), daemon=True) for bench in benches[: len(jobs)]]
    try:
        with undisturbed():
            working = _start(threads)
        while working:
            ended, gone = _drain(done)
            working -= gone
            if (ended or working) and report(ended):
                break
    finally:
        try:
            _call_home(threads, stop)
        finally:  # where Ctrl+C came just before it waits
            _call_home(threads, stop)
    if errors:
        raise errors[0]


def _start(threads: Sequence[threading.Thread]) -> int:
    """Start as many as the system has; returns how many. Raises EngineError where it has none."""
    for started, thread in enumerate(threads):
        try:
            thread.start()
        except (RuntimeError, MemoryError):
            if not started:
                raise EngineError("the system has no thread left to train in: end other programs") from None
            return started
    return len(threads)


def _call_home(threads: Sequence[threading.Thread], stop: threading.Event) -> None:
    """No job is begun any more, and all threads have gone; a second Ctrl+C must not leave one that nobody knows of."""
    stop.set()
    with undisturbed():
        for thread in threads:
            if thread.ident is not None:
                thread.join()


def _do(job: Job, bench: Bench[Job], stop: threading.Event) -> bool:
    """Returns whether the job was done to its end."""
    bench.take(job)
    try:
        while bench.slice():
            if stop.is_set():
                return False
        return True
    finally:
        bench.put()


def _drain(done: queue.SimpleQueue[Job | None]) -> tuple[list[Job], int]:
    """(the jobs that ended, how many threads have gone home), after at most LOOK seconds."""
    ended: list[Job] = []
    gone = 0
    try:
        while True:
            job = done.get(timeout=0 if ended or gone else LOOK)
            if job is None:
                gone += 1
            else:
                ended.append(job)
    except queue.Empty:
        return ended, gone
