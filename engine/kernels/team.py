"""How threads share the work on one model: who does which part, and where they wait for each other.

One thread alone has every part and never waits.
"""

from __future__ import annotations

from engine.kernels.jit import internal
from engine.kernels.moves import wait_for_all
from engine.kernels.packing import Work


@internal
def barrier(work: Work) -> None:
    """Wait until every thread has come here."""
    if work.threads > 1:
        wait_for_all(work.arrivals, work.threads)


@internal
def begin_of_part(work: Work, count: int, step: int) -> int:
    """Where this thread's part of `count` things begins, a multiple of `step`."""
    if work.threads == 1:
        return 0
    return int(min(count, (count + step - 1) // step * work.thread // work.threads * step))


@internal
def end_of_part(work: Work, count: int, step: int) -> int:
    """Where it ends."""
    if work.threads == 1:
        return count
    return int(min(count, (count + step - 1) // step * (work.thread + 1) // work.threads * step))


@internal
def part_of_vectors(work: Work, count: int) -> tuple[int, int]:
    """(where this thread's part of `count` vectors begins, how many they are)."""
    begin = begin_of_part(work, count, 1)
    return begin, end_of_part(work, count, 1) - begin
