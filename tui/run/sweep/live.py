"""A sweep on the screen: threads of its own do its runs, while it can be looked at, paused and given more seeds.

Each thread takes a few runs at a time, the next by the order of the sweep, as a population of one thread. So a pause
comes soon, no thread waits for another, and what was measured meanwhile says which runs come next.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from engine.trainer import default_threads
from tui.run.options import Options
from tui.run.sweep.board import Board, Measure, Place, SweepState, Tally, board_of, median, words_of
from tui.run.sweep.chunk import Chunk, train
from tui.run.sweep.factors import Factor, plain
from tui.run.sweep.plan import Plan
from tui.run.sweep.results import Result
from tui.run.sweep.rows import Row
from tui.run.sweep.sides import sides_of
from tui.run.sweep.sweep import MOST_MEMBERS, Sweep

AT_A_TIME = 0.5  # seconds of runs that a thread takes at most, unless one is longer
FRAME, CLOCK = 0.1, 1.0  # seconds between two pieces of news, at least and at most
BOARD_SHARE = 0.1  # of the time, at most, that making boards may take
Setting = tuple[Any, ...]  # the values of the factors, as rows have them


@dataclass(slots=True, eq=False)
class Work:
    """Runs that a thread has taken."""

    sweep: Sweep
    chunk: Chunk
    left: list[int]  # places in the chunk of those that are not finished; the first is in work
    begun: float
    abandoned: bool = False  # what is in work is to stop where it is


class Live:
    """Until `start` nothing happens but by `step`, which does the next runs on the thread that calls it."""

    def __init__(self, sweep: Sweep, clock: Callable[[], float] = time.perf_counter) -> None:
        self.clock = clock
        self.sides = sides_of(sweep.plan.factors)
        dataset, factors = sweep.sets.of(sweep.plan.run(0)).dataset, [factor.name for factor in sweep.plan.factors]
        self._about = ("" if "data" in factors else dataset.name), dataset.target_unit
        self.problem: BaseException | None = None  # that stopped it, until somebody takes it
        rows = len(self.sides[0].values)
        self._seeds, self._last = [len(sweep.plan.seeds)] * rows, [max(sweep.plan.seeds)] * rows  # of each row
        self._sweeps = [sweep]  # the one that was asked for, then more seeds of some of its settings
        self._found: dict[Setting, Result] = {}
        self._working: list[Work] = []
        self._playing, self._stopped, self._ended = True, False, False
        self._seconds, self._since = 0.0, 0.0  # in work before, and since when it is in work again
        self._changed = threading.Condition(threading.RLock())  # holds all of the above, and the sweeps
        self._threads: list[threading.Thread] = []
        self._news: Callable[[], None] | None = None
        self._told, self._untold = 0.0, True  # when the last news came, and whether there are others
        self._board: Board | None = None  # the last one
        self._outdated, self._board_due = True, 0.0
        for row in sweep.rows.values():
            self._keep(row)

    # ----------------------------------------------------------------------------------- what a person wants of it

    def start(self, news: Callable[[], None]) -> None:
        """Have threads do the runs from now on; `news` is called there when there is something to see."""
        if self._news is None:
            self._news = news
            asked = self.plan.options.threads
            for number in range(max(1, default_threads() - 1) if asked is None else asked):  # one core is the screen's
                self._threads.append(threading.Thread(target=self._live, name=f"unitfit sweep {number}", daemon=True))
                self._threads[-1].start()

    def toggle(self) -> None:
        """Pause after the runs in work, or go on."""
        with self._changed:
            self._play(not self._playing)

    def stop(self) -> None:
        """Pause at once: what is in work is given up, and done anew if the sweep goes on."""
        with self._changed:
            self._play(False)
            self._stopped = True
            for work in self._working:
                work.abandoned = True

    def end(self) -> None:
        """Stop for good; returns when the threads are gone."""
        self.stop()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def add_seed(self, row: int) -> int:
        """One more seed for the settings in a row of the map, before all else; returns the seed."""
        with self._changed:
            self._last[row] += 1
            self._seeds[row] += 1
            more = self._sweeps[0].more(Plan(self.plan.options, self._factors(row), (self._last[row],)))
            self._sweeps.append(more)
            for each in more.rows.values():
                self._keep(each)
            self._outdated = True
            self._play(True)
            return self._last[row]

    def _play(self, playing: bool) -> None:
        self._playing, self._stopped = playing, False
        self._changed.notify_all()

    def _factors(self, row: int) -> tuple[Factor, ...]:
        """All factors, that of the rows with the value of this one only."""
        down, factors = self.sides[0], []
        for factor in self.plan.factors:
            same = tuple(value for value in factor.ends() if plain(factor.name, value) == down.values[row])
            factors.append(Factor(factor.name, same) if factor.name == down.factor else factor)
        return tuple(factors)

    # ------------------------------------------------------------------------------------------ what is known of it

    @property
    def plan(self) -> Plan:
        """What was asked for first."""
        return self._sweeps[0].plan

    @property
    def rows(self) -> list[Row]:
        """All finished runs."""
        with self._changed:
            return [row for sweep in self._sweeps for _, row in sorted(sweep.rows.items())]

    def options_of(self, setting: Setting, measure: Measure) -> Options | None:
        """What `unitfit train` is given for the run in the middle of a setting; None where none came to its end."""
        with self._changed:
            found = self._found.get(setting)
            row = None if found is None else median(found, measure)
            if row is None:
                return None
            values = {
                factor.name: {plain(factor.name, own): own for own in factor.ends()} for factor in self.plan.factors
            }
            own = tuple(values[name][value] for name, value in row.setting.items())
            return self.plan.of_setting(own, row.seed)

    def words(self, setting: Setting) -> str:
        """A setting that was found, in words."""
        with self._changed:
            return words_of(self._found[setting].setting, self.sides)

    def tally(self) -> Tally:
        """How far it is."""
        with self._changed:
            now, seconds = self.clock(), self._seconds
            if self._working:
                seconds += now - self._since
            finished = sum(len(sweep.rows) for sweep in self._sweeps)
            runs = sum(len(sweep.plan) for sweep in self._sweeps)
            left = self._left() - sum(now - work.begun for work in self._working)
            left = max(left, 0.0) / max(1, len(self._threads)) if finished < runs else 0.0
            return Tally(self._state(finished == runs), finished, runs, seconds, left)

    def _left(self) -> float:
        """Seconds of one thread; more seeds of which none was measured take what the runs before took on average."""
        known = [sweep for sweep in self._sweeps if sweep.order.done]
        mean = sum(sweep.order.done for sweep in known) / max(1, sum(len(sweep.rows) for sweep in known))
        others = (len(sweep.plan) - len(sweep.rows) for sweep in self._sweeps if sweep not in known)
        return sum(sweep.order.left for sweep in known) + mean * sum(others) if known else math.nan

    def _state(self, done: bool) -> SweepState:
        if done:
            return "done"
        if self._playing:
            return "running"
        return "stopped" if self._stopped else "pausing" if self._working else "paused"

    def board(self) -> Board:
        """The sweep of now; where a new order would take too much of the time, with that of a moment ago."""
        with self._changed:
            tally, started = self.tally(), self.clock()
            if self._board is None or (self._outdated and (started >= self._board_due or not tally.busy)):
                self._board = board_of(list(self._found.values()), tally, self._about, self.sides, self._seeds)
                self._outdated = False
                self._board_due = started + (self.clock() - started) / BOARD_SHARE
            self._board = replace(self._board, tally=tally, running=self._running())
            return self._board

    def _running(self) -> dict[Place, int]:
        """The places on the map and the seeds of the runs in work."""
        down, across, _ = self.sides
        own = [work.chunk.own[work.left[0]] for work in self._working if work.left]
        return {(down.place(each["setting"]), across.place(each["setting"])): each["seed"] for each in own}

    # ----------------------------------------------------------------------------------------------------- the runs

    def step(self) -> bool:
        """Do the next runs; False where there are none, or the sweep is paused."""
        work = self._take()
        if work is not None:
            self._do(work)
        return work is not None

    def _live(self) -> None:
        while not self._ended:
            try:
                if (work := self._next()) is not None:
                    self._do(work)
            except BaseException as problem:  # whoever looks at the sweep next raises it
                self.stop()
                self.problem = problem
                self._tell(at_once=True)

    def _next(self) -> Work | None:
        """The next runs, as soon as there are any; None once it is to end."""
        with self._changed:
            while not self._ended:
                if (work := self._take()) is not None:
                    return work
                self._changed.wait()
            return None

    def _take(self) -> Work | None:
        with self._changed:
            for sweep in reversed(self._sweeps if self._playing and not self._ended else ()):
                most = MOST_MEMBERS if sweep.order.done else 1  # what they take is not known yet
                chunk = sweep.take(most, AT_A_TIME, as_listed=True)
                if chunk is not None:
                    now = self.clock()
                    self._since = self._since if self._working else now
                    self._working.append(Work(sweep, chunk, list(range(len(chunk.runs))), now))
                    self._outdated = True
                    return self._working[-1]
            return None

    def _do(self, work: Work) -> None:
        try:
            train(work.chunk, partial(self._hear, work), threads=1)
        finally:
            with self._changed:
                work.sweep.give_back(work.chunk)
                self._working.remove(work)
                if not self._working:
                    self._seconds += self.clock() - self._since
                self._changed.notify_all()
            self._tell(at_once=not self._working)

    def _hear(self, work: Work, finished: list[tuple[int, Row]]) -> bool:
        """Keep what has come; returns whether the rest is to be given up."""
        with self._changed:
            work.sweep.finish(finished)
            for run, row in finished:
                work.left.remove(work.chunk.runs.index(run))
                work.begun = self.clock()
                self._keep(row)
        self._tell()
        return work.abandoned

    def _keep(self, row: Row) -> None:
        setting = tuple(row.setting.values())
        rows = self._found[setting].rows if setting in self._found else ()
        self._found[setting] = Result.of(sorted((*rows, row), key=lambda each: each.seed))
        self._outdated = self._untold = True

    def _tell(self, at_once: bool = False) -> None:
        """That there is something to see, now and then."""
        now = self.clock()
        if self._news and (at_once or now >= self._told + (FRAME if self._untold else CLOCK)):
            self._told, self._untold = now, False
            self._news()
