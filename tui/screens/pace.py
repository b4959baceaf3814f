"""How often the screen is drawn: whenever the run tells something, but over a slow line at most 15 times a second.

What is written faster than a terminal takes it waits in a queue, and all that a person does then is seen behind it.
"""

from __future__ import annotations

import select
import sys
import time
from collections.abc import Callable, Mapping

FRAME = 1 / 15  # seconds between two frames over a slow line
TOO_LONG = 0.02  # seconds of waiting for a terminal that show its line to be slow; on a busy machine 5 ms are common
SLOW = 5.0  # seconds for which a line counts as slow after that
AT_ONCE = 0.2  # seconds after a key in which what came of it is not held back
PATIENCE = 0.06  # seconds after a key in which nothing else is drawn
LOOK = 0.005  # seconds between two looks at what is waited for


class Pace:
    """When the next frame may be drawn. `takes` says whether the terminal has room for more."""

    def __init__(
        self,
        environment: Mapping[str, str],
        takes: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.takes, self.clock = takes, clock
        self.far = bool(environment.get("SSH_CONNECTION"))
        self._last = self._slow_until = self._key = -SLOW
        self._waits_since: float | None = None  # for the terminal

    def hurry(self) -> None:
        """A person has done something, and wants to see what came of it."""
        self._key = self.clock()

    def wait(self, answered: bool) -> float:
        """Seconds until a frame may be drawn: 0 where it may now, and then it counts as drawn.

        `answered` is whether the frame knows what came of all keys.
        """
        now = self.clock()
        if not answered and now < self._key + PATIENCE:
            return LOOK
        if not self.takes():
            self._waits_since = now if self._waits_since is None else self._waits_since
            if now >= self._waits_since + TOO_LONG:
                self._slow_until = now + SLOW
            return LOOK
        self._waits_since = None
        slow = self.far or now < self._slow_until
        if slow and now >= self._key + AT_ONCE and now < self._last + FRAME:
            return self._last + FRAME - now
        self._last = now
        return 0.0


def stderr_takes() -> bool:
    """Whether the terminal at stderr, on which Textual draws, would take more just now; True where nobody can tell."""
    if sys.platform == "win32" or sys.__stderr__ is None:
        return True
    try:
        return bool(select.select([], [sys.__stderr__], [], 0.0)[1])
    except (OSError, ValueError):  # it has no descriptor, or one that select does not know
        return True
