"""Whether more threads pay at present: not while other processes want their cores.

Threads of a team wait for each other several times an update. If one of them shares its core with another process, all
of them wait for it, and one thread alone is faster. So a team whose threads did not get their time breaks up, and
tries again later. Results do not depend on the number of threads; see `team`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread

from engine.undisturbed import undisturbed

GOT = 0.9  # of a slice's time on the clock, that every thread of a team must have had on its core
LEAST_SECONDS = 0.002  # of a slice that tells anything
LONGEST_PAUSE = 64  # slices until another try


class Company:
    """One run's experience with teams."""

    def __init__(self) -> None:
        self._pause = 1  # slices alone after the next bad one
        self._alone = 1  # slices alone from now on; the first one may have to compile, which can fail

    def size(self, wanted: int) -> int:
        """Threads of the next slice, of this many that would pay on cores of their own."""
        if wanted > 1 and self._alone > 0:
            self._alone -= 1
            return 1
        return wanted

    def learn(self, seconds: float, on_cores: list[float]) -> None:
        """After a slice of a team: how long it took by the clock, and how long each thread was on a core."""
        if seconds < LEAST_SECONDS:
            return
        if min(on_cores) < GOT * seconds:
            self.miss()
        else:
            self._pause = 1

    def miss(self) -> None:
        """After a slice in which it did not pay: for a while there is none."""
        self._alone, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)


@undisturbed()
def work_together(take_part: Callable[[int], None], team: int) -> bool:
    """Have `take_part(number)` done by so many threads at a time, of which ours is number 0.

    Inside, they wait for each other. So none begins before all are there; False, and nothing is done, where the system
    has no more threads.
    """
    gate, complete = Event(), False

    def follow(number: int) -> None:
        gate.wait()
        if complete:
            take_part(number)

    threads = [Thread(target=follow, args=(number,)) for number in range(1, team)]
    try:
        with suppress(RuntimeError, MemoryError):
            for thread in threads:
                thread.start()
            complete = True
    finally:
        gate.set()
        if complete:
            take_part(0)
        for thread in threads:
            if thread.ident is not None:
                thread.join()
    return complete
