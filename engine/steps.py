"""The values that a person would choose next: a step up (+1) or down (−1) from a present one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import count
from typing import Any

Step = Callable[[Any, int, int], Any]  # (value, direction, examples) → the next value, or the same where it ends
PENALTIES = (1e-6, 10.0)


def between(least: float, most: float) -> Step:
    """Nice numbers from `least` to `most`, of the type of the value."""
    return lambda value, direction, examples: type(value)(nice_step(value, direction, least, most))


def among(names: Collection[str]) -> Step:
    """The next or previous of these names, as they are when it is asked for."""
    return lambda name, direction, examples: neighbour(tuple(names), name, direction)


def nice_step(value: float, direction: int, least: float, most: float) -> float:
    """The next of … 1, 2, 3, 5, 10, 20 … above (+1) or below (−1) the value, kept within the bounds."""
    exponent = count(-9) if direction > 0 else count(9, -1)
    digits = (1, 2, 3, 5) if direction > 0 else (5, 3, 2, 1)
    for power in exponent:
        for digit in digits:
            candidate = float(f"{digit}e{power}")
            if (candidate - value) * direction > 1e-6 * abs(value):
                return min(candidate, max(most, value)) if direction > 0 else max(candidate, min(least, value))
    raise AssertionError("unreachable: every value has a neighbour")


def penalty_step(value: float, direction: int, examples: int) -> float:
    """As `nice_step`, with 0 below the least penalty."""
    least, most = PENALTIES
    if direction > 0:
        return least if value < least else nice_step(value, 1, least, most)
    return 0.0 if value <= least else nice_step(value, -1, least, most)


def batch_step(size: int, direction: int, examples: int) -> int:
    """Twice or half the batch size; it stops at 1 and at the first size that holds every example."""
    if direction > 0:
        return size if size >= examples else size * 2
    return max(size // 2, 1)


def neighbour(names: Sequence[str], name: str, direction: int) -> str:
    """The next or previous name, round and round."""
    return names[(names.index(name) + direction) % len(names)]
