"""A finite state of a run, kept to come back to.

An update changes θ and the moments in place, which is faster than to write each new state beside the old one. So a step
that is not finite destroys what it began with; the run then goes back to the kept state, and does all updates from
there again but the last.
"""

from __future__ import annotations

import time
from typing import Any

from numpy.typing import NDArray

SAVE_SECONDS = 0.25  # between copies, which cost a large network 4 % of its time if they are made every 0.02 s


class Past:
    """What a run was at most SAVE_SECONDS of training ago."""

    def __init__(self) -> None:
        self._kept: list[NDArray[Any]] = []
        self._settings: Any = None
        self._left: Any = None
        self._since = 0.0

    def forget(self) -> None:
        """The run does not come from there any more."""
        self._left = None

    def keep(self, arrays: list[NDArray[Any]], counts: Any, settings: Any) -> None:
        """Before a slice: a copy of the arrays and of the run's counters, unless there is one that still serves.

        It serves while the run goes on from where it was left, under the same settings.
        """
        now = time.perf_counter()
        if self._left == _moment(counts) and self._settings == settings and now - self._since < SAVE_SECONDS:
            return
        self._kept = [array.copy() for array in (*arrays, counts)]
        self._settings, self._since = settings, now

    def leave(self, counts: Any) -> None:
        """After a slice."""
        self._left = _moment(counts)

    def restore(self, arrays: list[NDArray[Any]], counts: Any) -> None:
        """The copies → the arrays and the counters."""
        for array, kept in zip((*arrays, counts), self._kept, strict=True):
            array[...] = kept


def _moment(counts: Any) -> bytes:
    """All counters but the one that tells of the gradient, which changes between slices."""
    copy = counts.copy()
    copy["gradient_of"] = -1
    return bytes(copy.tobytes())
