"""Sweep: the runs of a plan, done chunk by chunk, each once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine import EngineError
from engine.errors import clean
from tui.run.sweep.chunk import Chunk, train
from tui.run.sweep.journal import INSTEAD, Journal, header_of
from tui.run.sweep.order import Order, work_of
from tui.run.sweep.plan import Plan
from tui.run.sweep.rows import Row, key_of, named
from tui.run.sweep.sets import Sets, name_of

MOST_MEMBERS = 1024  # of a population
MOST_PARAMETERS = 2**22  # of all its members
Look = Callable[[list[Row]], object]


class Sweep:
    """What a plan came to so far. With a journal nothing that it holds is done again, and all that is done is kept.

    Every value is checked when it is made. Raises DataError or EngineError for options that cannot be used, and for
    a journal of other data or of another sweep.
    """

    def __init__(self, plan: Plan, journal: Path | None = None) -> None:
        self.plan, self.sets = plan, Sets()
        self.rows: dict[int, Row] = {}  # by the number of the run
        self._sizes = self._checked()
        self.lanes = False
        self.order = self._ordered()
        self.journal = None if journal is None else self._opened(journal)

    def _checked(self) -> dict[str, tuple[int, int]]:
        """Inputs and examples of the data sets, by name, after all values were looked at."""
        sizes = {}
        for options in self.plan.probes():
            data = self.sets.of(options)
            options.recipe(data.dataset)
            options.network(data.dataset)
            sizes[name_of(options)] = (data.examples.x.shape[1], data.examples.y.size)
        return sizes

    def _ordered(self) -> Order:
        some = next(iter(self._sizes.values()))
        groups: dict[str, int] = {}
        work, group = np.empty(self.plan.settings), np.empty(self.plan.settings, np.intp)
        for number in range(self.plan.settings):
            options = self.plan.of_setting(self.plan.setting(number))
            name = name_of(options)
            group[number] = groups.setdefault(name, len(groups))
            work[number] = work_of(options, *self._sizes.get(name, some))
        return Order(work, len(self.plan.seeds), group)

    def _opened(self, path: Path) -> Journal:
        if not path.exists():
            return Journal.begin(path, header_of(self.plan) | {"lanes": self.lanes})
        journal = Journal.read(path, self.plan)
        self.lanes = journal.header["lanes"]
        same: set[str] = set()
        for run in range(len(self.plan) if journal.rows else 0):
            options = self.plan.run(run)
            row = journal.rows.get(key_of(options))
            if row is None:
                continue
            if (name := name_of(options)) not in same:
                if self.sets.of(options).sha256 != row.data_sha256:
                    raise EngineError(f"{clean(path.name)}: its runs are of other data; {INSTEAD}")
                same.add(name)
            self.rows[run] = row
            self.order.finish(run, None)
        return journal

    def more(self, plan: Plan) -> Sweep:
        """Other runs of the same options and factors, which go to the same journal."""
        other = Sweep(plan)
        other.lanes, other.journal = self.lanes, self.journal
        return other

    def take(self, most: int = MOST_MEMBERS, most_seconds: float = np.inf, as_listed: bool = False) -> Chunk | None:
        """The next runs, None when all are taken."""
        runs = self.order.take(most, most_seconds)
        if not runs:
            return None
        chosen = [self.plan.run(run) for run in runs]
        data = self.sets.of(chosen[0])
        settings = [named(self.plan.factors, self.plan.setting(run // len(self.plan.seeds))) for run in runs]
        own = [
            {"key": key_of(options), "setting": setting, "seed": options.seed}
            for options, setting in zip(chosen, settings, strict=True)
        ]
        return Chunk(tuple(runs), tuple(chosen), tuple(own), data, self.lanes, as_listed)

    def finish(self, run: int, row: Row) -> None:
        """Keep what came of a run. Raises EngineError where the journal has no room for it."""
        self.rows[run] = row
        self.order.finish(run, row.seconds)
        if self.journal is not None:
            self.journal.add(row)

    def run(self, look: Look, as_listed: bool = False) -> None:
        """Do what is left; `look` hears now and then of the rows that came, and stops it by returning True."""
        stopped = False

        def hear(finished: list[tuple[int, Row]]) -> bool:
            nonlocal stopped
            for run, row in finished:
                self.finish(run, row)
            stopped = stopped or bool(look([row for _, row in finished]))
            return stopped

        while not stopped and (chunk := self.take(as_listed=as_listed)) is not None:
            train(chunk, hear, self.plan.options.threads)
