"""Sweep: the runs of a plan, done chunk by chunk, each once."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine import EngineError
from engine.architecture import Architecture
from engine.devices import DEVICES, choose
from engine.errors import clean, one_of, whole
from engine.members import Kin, lanes_pay
from tui.run.sweep.chunk import Chunk, prepare, train
from tui.run.sweep.journal import INSTEAD, Journal, header_of
from tui.run.sweep.order import Order, work_of
from tui.run.sweep.plan import Plan
from tui.run.sweep.rows import Row, key_of, named
from tui.run.sweep.sets import Sets, name_of

FLOAT32 = np.dtype("float32")
MOST_THREADS = 1024
MOST_MEMBERS = 1024  # of a population
Look = Callable[[list[Row]], object]


class Sweep:
    """What a plan came to so far.

    Every value is checked when it is made. Raises DataError or EngineError for options that cannot be used.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan, self.sets = plan, Sets()
        self.rows: dict[int, Row] = {}  # by the number of the run
        self._sizes = self._checked()
        self.lanes, self.auto, self.order = self._decided()
        self.journal: Journal | None = None

    def _checked(self) -> dict[str, tuple[int, int]]:
        """Inputs and examples of the data sets, by name, after all values were looked at."""
        sizes = {}
        if self.plan.options.threads is not None:
            whole("threads", self.plan.options.threads, 1, MOST_THREADS)
        for options in self.plan.probes():
            one_of("device", options.device, DEVICES)
            data = self.sets.of(options)
            options.recipe(data.dataset)
            options.network(data.dataset)
            sizes[name_of(options)] = (data.examples.x.shape[1], data.examples.y.size)
        return sizes

    def _decided(self) -> tuple[bool, str, Order]:
        """What is decided by all runs, once for all chunks: whether small models train side by side, what the device
        "auto" is, and the order of the runs.
        """
        some, seeds = next(iter(self._sizes.values())), len(self.plan.seeds)
        places: dict[str, int] = {}
        alike: list[Counter[Kin]] = []  # the runs of each population
        automatic: list[Architecture] = []
        work, groups, parameters = np.empty((3, self.plan.settings))
        for number in range(self.plan.settings):
            options = self.plan.of_setting(self.plan.setting(number))
            name = name_of(options)
            n_inputs, examples = self._sizes.get(name, some)
            shape = Architecture(n_inputs, options.layers(n_inputs), options.seed, options.init, FLOAT32)
            place = places.setdefault(f"{name} {options.device}", len(places))
            if place == len(alike):
                alike.append(Counter())
            alike[place][Kin.of(shape, options.recipe_for(n_inputs))] += seeds
            if options.device == "auto":
                automatic += [shape] * seeds
            work[number] = work_of(options, n_inputs, examples)
            groups[number], parameters[number] = place, shape.n_parameters
        auto = choose("auto", automatic) if automatic else "cpu"
        return all(map(lanes_pay, alike)), auto, Order(work, seeds, groups, parameters)

    def keep(self, path: Path, anew: bool = False) -> None:
        """Keep a journal of what is done. Nothing that one of this name holds is done again, unless it is begun `anew`.

        Raises EngineError for a journal of another sweep or of other data, and where none can be written.
        """
        if anew or not os.path.exists(path):  # of too long a name, too
            self.journal = Journal.begin(path, header_of(self.plan) | {"lanes": self.lanes, "auto": self.auto})
            return
        self.journal = Journal.read(path, self.plan)
        self.lanes, self.auto = self.journal.header["lanes"], self.journal.header["auto"]
        if self.journal.rows:
            self._take_over(path, self.journal.rows)

    def _take_over(self, path: Path, rows: dict[str, Row]) -> None:
        """Have the runs that are among these rows, by their keys, as finished."""
        same: set[str] = set()
        for run in range(len(self.plan)):
            options = self.plan.run(run)
            row = rows.get(key_of(options))
            if row is None:
                continue
            if (name := name_of(options)) not in same:
                if self.sets.of(options).sha256 != row.data_sha256:
                    raise EngineError(f"{clean(path.name)}: its runs are of other data; {INSTEAD}")
                same.add(name)
            self.rows[run] = row
            self.order.finish(run, None)

    def more(self, plan: Plan) -> Sweep:
        """Other runs of the same options and factors, which go to the same journal."""
        other = Sweep(plan)
        other.lanes, other.auto, other.journal = self.lanes, self.auto, self.journal
        if self.journal is not None:
            other._take_over(self.journal.path, self.journal.rows)
        return other

    def take(self, most: int = MOST_MEMBERS, most_seconds: float = np.inf, as_listed: bool = False) -> Chunk | None:
        """The next runs, None when all are taken; `as_listed`: they are begun in their order, not the longest first."""
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
        device = self.auto if chosen[0].device == "auto" else chosen[0].device
        return Chunk(tuple(runs), tuple(chosen), tuple(own), data, device, self.lanes, as_listed)

    def finish(self, finished: list[tuple[int, Row]]) -> None:
        """Keep what came of some runs. Raises EngineError where the journal has no room for it."""
        if self.journal is not None:
            self.journal.add([row for _, row in finished])
        for run, row in finished:
            self.rows[run] = row
            self.order.finish(run, row.seconds)

    def give_back(self, chunk: Chunk) -> None:
        """What of a chunk is not finished waits again."""
        for run in chunk.runs:
            if run not in self.rows:
                self.order.wait(run)

    def prepare(self) -> None:
        """Have the kernels compiled, before what the runs take is measured."""
        prepare(self.lanes)

    def run(self, look: Look) -> None:
        """Do what is left; `look` hears now and then of the rows that came, and stops it by returning True."""
        stopped = False

        def hear(finished: list[tuple[int, Row]]) -> bool:
            nonlocal stopped
            self.finish(finished)
            stopped = stopped or bool(look([row for _, row in finished]))
            return stopped

        while not stopped and (chunk := self.take()) is not None:
            try:
                train(chunk, hear, self.plan.options.threads)
            finally:
                self.give_back(chunk)
