"""How threads share the work on one model: who does which part, and where they wait for each other.

One thread alone has every part and never waits.
"""

from __future__ import annotations

from engine.kernels.elementwise import meet
from engine.kernels.jit import compiled
from engine.kernels.packing import MEETING, THREAD, THREADS
from engine.run import Ints


@compiled
def meet_others(at: Ints) -> None:
    """Wait until every thread has come here."""
    if at[THREADS] > 1:
        meet(at[MEETING], at[THREADS])


@compiled
def begin_of_part(at: Ints, count: int, step: int) -> int:
    """Where this thread's part of `count` things begins, a multiple of `step`."""
    if at[THREADS] == 1:
        return 0
    return int(min(count, (count + step - 1) // step * at[THREAD] // at[THREADS] * step))


@compiled
def end_of_part(at: Ints, count: int, step: int) -> int:
    """Where it ends."""
    if at[THREADS] == 1:
        return count
    return int(min(count, (count + step - 1) // step * (at[THREAD] + 1) // at[THREADS] * step))


@compiled
def part_of_vectors(at: Ints, count: int) -> tuple[int, int]:
    """(where this thread's part of `count` vectors begins, how many they are)."""
    begin = begin_of_part(at, count, 1)
    return begin, end_of_part(at, count, 1) - begin
