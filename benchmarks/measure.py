"""Measuring contestants in turn, so that a drifting clock meets all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

Clock = Callable[[], float]
CLOCKS: Mapping[str, Clock] = {"wall": time.perf_counter, "cpu": time.process_time}


class Contestant(Protocol):
    """Something that does work, counted in updates (or in floating-point operations)."""

    name: str

    def ready(self) -> None:
        """Whatever shall not be timed, before each turn."""

    def advance(self, seconds: float) -> int:
        """Work for about this many seconds; returns the units of work done, all of them finished."""


Rates = dict[str, list[float]]  # work a second, one figure for each round


def interleave(contestants: Sequence[Contestant], rounds: int, seconds: float, clock: Clock) -> Rates:
    """Warm each contestant up, then let all have a turn of about `seconds` in each round, every other one reversed."""
    for contestant in contestants:
        contestant.ready()
        contestant.advance(seconds)
    rates: Rates = {contestant.name: [] for contestant in contestants}
    for number in range(rounds):
        for contestant in contestants if number % 2 == 0 else reversed(contestants):
            contestant.ready()
            started = clock()
            done = contestant.advance(seconds)
            rates[contestant.name].append(done / (clock() - started))
    return rates


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Round by round, which the drift of the clock leaves alone."""
    return [a / b for a, b in zip(above, below, strict=True)]


def fastest(rates: Rates, names: Sequence[str]) -> str:
    """The contestant with the highest median."""
    return max(names, key=lambda name: statistics.median(rates[name]))
