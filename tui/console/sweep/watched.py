"""A sweep while it runs: a bar with rate and time left where somebody looks, and ctrl+C."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass

import click

from tui.console.headless import BAR_COLUMNS, until_interrupted
from tui.console.out import is_terminal, note
from tui.draw.numbers import counted, duration, short
from tui.run.sweep.rows import Row
from tui.run.sweep.sweep import Sweep

MANY = 10_000  # runs whose time is told in a sentence, too
ENOUGH = 0.5  # seconds of work from which on it can be told


@dataclass(frozen=True, slots=True)
class Swept:
    """A sweep that ended: after how many seconds, and whether ctrl+C ended it."""

    sweep: Sweep
    seconds: float
    interrupted: bool


class Clock:
    """How fast the runs come, and how long those that are left will take."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep, self._before = sweep, len(sweep.rows)
        self.start()

    def start(self) -> None:
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._started

    @property
    def left(self) -> float:
        """Seconds; NaN before the first run."""
        order = self._sweep.order
        return self.seconds * order.left / order.done if order.done else float("nan")

    def words(self, _: int | None = None) -> str:
        """12.3 runs/s, ≈ 1 min 50 s left"""
        done = len(self._sweep.rows) - self._before
        return f"{short(done / self.seconds)} runs/s, ≈ {duration(self.left)} left" if done else ""


def watched(sweep: Sweep, dask: str | None, quiet: bool) -> Swept:
    """The sweep, done to its end or until ctrl+C, on this machine or on the workers of a Dask scheduler."""
    hidden = quiet or shutil.get_terminal_size().columns < BAR_COLUMNS or not is_terminal(sys.stderr)
    total, clock = len(sweep.plan), Clock(sweep)
    told = quiet or total < MANY
    with (
        until_interrupted() as interrupted,  # from before the bar hides the cursor
        click.progressbar(
            length=total, label="compiling", file=sys.stderr, hidden=hidden, show_pos=True, show_eta=False, width=0,
            item_show_func=clock.words,
        ) as bar,
    ):  # fmt: skip
        if dask is None:
            sweep.prepare()
        clock.start()
        bar.label = "sweeping "
        bar.update(len(sweep.rows))

        def look(rows: list[Row]) -> bool:
            nonlocal told
            if not told and clock.seconds >= ENOUGH and sweep.order.done:
                told = True
                if not hidden:
                    click.echo(err=True)  # leave the bar's line
                first = counted(len(sweep.rows))
                note([f"{counted(total)} runs, by the first {first} of them ≈ {duration(clock.left)} in all"])
            bar.update(len(rows))
            return interrupted()

        if dask is None:
            sweep.run(look)
        else:
            from tui.run.sweep.many import run_on

            run_on(dask, sweep, look)
        stopped = interrupted() and len(sweep.rows) < total
    return Swept(sweep, clock.seconds, stopped)
