"""Workspace: the arrays of one run, and the kernel calls on them.

They exist in θ's own order, which everyone reads, and once more in the layout of the kernels. Only this module knows
which of the two is the newest.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from engine.run import DIVERGED, GRADIENT_OF, ROW, STATE, STATUS, UPDATE, Run, Settings, counts_of, new_state
from engine.undisturbed import undisturbed

Floats = NDArray[Any]
PARAMETER_ARRAYS = ("theta", "gradient", "first_moment", "second_moment")


class Speed:
    """How many multiply-adds kernel calls do in a second, measured anew by each of them."""

    def __init__(self) -> None:
        self.guess = 1e8  # a low one

    def spend(self, seconds: float, call: Callable[[int], int]) -> None:
        """One call of `call`, which gets a budget of multiply-adds for about this long and returns what it spent."""
        started = time.perf_counter()
        spent = call(max(int(self.guess * seconds), 1))
        elapsed = time.perf_counter() - started
        self.guess = min(max(spent / max(elapsed, 1e-6), self.guess / 4), self.guess * 4)


class Workspace:
    """Holds a run and moves it on. Not for several threads at a time."""

    def __init__(self, run: Run, threads: int, like: Workspace | None = None, device: str = "cpu") -> None:
        """`like`: a workspace on the same examples, whose copies of them serve here too."""
        self.threads, self._like, self._device = threads, like, device
        self._loops: Any = None  # the compiled side, once it is loaded
        self._speed = Speed()
        self.replace(run)

    def replace(self, run: Run) -> None:
        """Go on with other arrays."""
        self.run = run  # its counters, sums and curves, of which there is one copy; for the others see `canonical`
        self.counts = counts_of(run.state)
        self._newest: Literal["canonical", "packed", "both"] = "canonical"
        self._buffers: Any = None  # the arrays that the loops work on

    @property
    def lanes(self) -> int:
        """How many numbers the loops take at a time: 1 if they are the plain ones, 0 while none are loaded."""
        return int(getattr(self._loops, "LANES", 1)) if self._loops else 0

    def canonical(self) -> Run:
        """The run with all arrays up to date, in θ's own order; only to be read."""
        if self._newest == "packed":
            self._pull()
        return self.run

    @undisturbed()  # a handler may train this run
    def _pull(self) -> None:
        self._loops.pull(self.run, self._buffers, PARAMETER_ARRAYS)
        self._newest = "both"

    def theta(self) -> Floats:
        """θ alone up to date, which is all that a prediction needs; only to be read."""
        if self._newest == "packed":
            self._loops.pull(self.run, self._buffers, ("theta",))
        return self.run.theta

    def copies(self) -> tuple[Floats, ...]:
        """Copies of the parameters' arrays, up to date and in θ's own order."""
        if self._newest == "packed":
            return cast(tuple[Floats, ...], self._loops.copies(self.run, self._buffers))
        return tuple(getattr(self.run, name).copy() for name in PARAMETER_ARRAYS)

    def writable(self) -> Run:
        """As `canonical`, for somebody who changes the parameters' arrays."""
        run = self.canonical()
        self._newest = "canonical"
        return run

    def overwritten(self) -> Run:
        """As `writable`, for somebody who writes all of the parameters' arrays: what they hold may be old."""
        self._newest = "canonical"
        return self.run

    def write_theta(self, places: NDArray[np.intp], values: Floats) -> None:
        """Values of θ at some places, wherever it is the newest; nothing else is copied."""
        self.run.theta[places] = values
        if self._newest != "canonical":
            self._loops.write(self._buffers, places, values)

    def load(self) -> None:
        """Import numba, compile, and bring the kernels' arrays up to date."""
        if self._buffers is None or self._newest == "canonical":
            self._load()

    @undisturbed()  # a handler may train this run, which loads as well
    def _load(self) -> None:
        if self._buffers is None:
            from engine.kernels import loops_for

            self._loops = loops_for(self.run.theta.dtype, self._device)
            like = self._like._buffers if self._like else None
            self._buffers = self._loops.make_buffers(self.run, self.threads, like)
        if self._newest == "canonical":
            self._loops.push(self.run, self._buffers)
            self._newest = "both"

    def prepare(self, settings: Settings) -> None:
        """Compile the kernels, and do nothing with them."""
        self.load()
        self._loops.advance(self.run, self._buffers, settings, self.counts[UPDATE], 0)

    def gradient(self, settings: Settings) -> Floats:
        """∇ objective over the whole training set at the present θ, in θ's order."""
        self.load()
        with np.errstate(all="ignore"):
            return cast(Floats, self._loops.gradient(self.run, self._buffers, settings))

    def advance(self, settings: Settings, target: int, seconds: float) -> None:
        """One kernel call of about this long, towards update `target`; a run that diverges keeps its last finite θ."""
        self.load()
        self._newest, counts = "packed", self.counts
        counts[GRADIENT_OF] = -1  # should Ctrl+C come in between
        with np.errstate(all="ignore"):
            self._speed.spend(
                seconds, lambda budget: self._loops.advance(self.run, self._buffers, settings, target, budget)
            )
        counts[GRADIENT_OF] = -1 if counts[ROW] or counts[STATUS] in DIVERGED else counts[UPDATE]

    def __getstate__(self) -> dict[str, Any]:
        """For deep copies and pickles: without the buffers, whose addresses are this workspace's own."""
        self.canonical()
        return {
            **self.__dict__,
            "_newest": "canonical",
            "_loops": None,
            "_buffers": None,
            "_like": None,
            "counts": None,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        own = new_state()
        for name in STATE.names or ():
            own[name] = self.run.state[name]
        self.run = self.run._replace(state=own)
        self.counts = counts_of(own)
