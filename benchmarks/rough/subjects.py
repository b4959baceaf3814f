"""What is interrupted: runs, edits, stories and populations, each with its undisturbed twin to be compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from random import Random
from typing import Any, Protocol

import numpy as np

from engine import EngineError, Experiment, Network, Population, Recipe, Trainer, edits
from engine.optimizers import OPTIMIZERS

Call = tuple[str, Callable[[], object]]
Log = list[tuple[int, edits.Edit]]
KINDS = ("sigmoid", "relu", "tanh")
LARGE = 0.2  # of the runs are of a network that a team trains
MOST_UNITS, FURTHEST = 12, 3000


@dataclass(frozen=True, slots=True)
class Begin:
    """The beginning of a run, from which it can be made as often as one likes."""

    network: Network
    arrays: tuple[Any, ...]
    recipe: Recipe
    threads: int

    def trainer(self, threads: int | None = None) -> Trainer:
        return Trainer(self.network, *self.arrays, recipe=self.recipe, threads=threads or self.threads)

    def __str__(self) -> str:
        shape = "-".join(map(str, self.network.shape))
        return f"{shape} {self.network.dtype}, {self.recipe.optimizer}, {self.threads} threads"


def beginning(draw: Random, small: bool = False) -> Begin:
    """Any number type, optimizer and number of threads; `small`: nothing that takes milliseconds an update."""
    large = not small and draw.random() < LARGE
    dtype = "float32" if large else draw.choice(("float32", "float32", "float64"))
    inputs, rows = (64, 2048) if large else (draw.choice((1, 3)), draw.choice((12, 100, 500)))
    layers = [["relu"] * draw.choice((128, 192))] * 2 if large else [[draw.choice(KINDS)] * draw.choice((1, 3, 8))]
    noise = np.random.default_rng(draw.randrange(2**32))
    x, y = noise.standard_normal((rows, inputs)), noise.standard_normal(rows)
    unseen = (x[: rows // 4], y[: rows // 4]) if draw.random() < 0.5 else ()
    batch = 1024 if large else draw.choice((1, 7, 32))
    recipe = Recipe(batch, 1e-3, draw.choice((*OPTIMIZERS,)))
    return Begin(Network(inputs, layers, dtype=dtype), (x, y, *unseen), recipe, draw.choice((1, 2, 3)))


class Subject(Protocol):
    """Something that can be interrupted."""

    begin: Begin

    def call(self) -> Call:
        """The next thing that it does, with its name."""

    def wrong(self) -> str:
        """After an interrupt: in what it is not as an undisturbed twin at the same moment; "" if in nothing."""


class Training:
    """Trainer.step, run, run_for, prepare."""

    def __init__(self, draw: Random) -> None:
        self.draw, self.begin = draw, beginning(draw)
        self.trainer, self.twin = self.begin.trainer(), self.begin.trainer(1)

    def call(self) -> Call:
        trainer, count = self.trainer, self.draw.choice((1, 1, 5, 50))
        calls = {
            "Trainer.step": lambda: trainer.step(count),
            "Trainer.run": lambda: trainer.run(1),
            "Trainer.run_for": lambda: trainer.run_for(0.0002 * count),
            "Trainer.prepare": trainer.prepare,
        }
        return self.draw.choice((*calls.items(),))

    def wrong(self) -> str:
        self.twin.step(self.trainer.update - self.twin.update)
        return unlike(self.trainer, self.twin)


class Editing:
    """Trainer.apply, with some updates in between."""

    def __init__(self, draw: Random) -> None:
        self.draw, self.begin = draw, beginning(draw, small=True)
        self.trainer, self.log = self.begin.trainer(), Log()
        self.current: edits.Edit | None = None

    def call(self) -> Call:
        if self.draw.random() < 0.2 and self.trainer.update < FURTHEST:
            return "Trainer.step", lambda: self.trainer.step(self.draw.choice((0, 1, 9)))
        edit = an_edit(self.draw, self.trainer)
        return "Trainer.apply", lambda: self.apply(edit)

    def apply(self, edit: edits.Edit) -> None:
        self.current = edit
        if allowed(lambda: self.trainer.apply(edit)):
            self.log.append((self.trainer.update, edit))
        self.current = None

    def wrong(self) -> str:
        update = self.trainer.update
        found = unlike(self.trainer, replayed(self.begin, self.log, update), curves=False)
        if found and self.current is not None:
            log = [*self.log, (update, self.current)]
            found = unlike(self.trainer, replayed(self.begin, log, update), curves=False)
            if not found:
                self.log = log
        self.current = None
        return found


class Story:
    """Experiment.step, goto, apply, undo, redo."""

    def __init__(self, draw: Random) -> None:
        self.draw, self.begin = draw, beginning(draw, small=True)
        self.story = Experiment(self.begin.trainer(), budget=draw.choice((2**14, 2**26)))
        self.before = self.after = self.told()

    def told(self) -> Log:
        return list(self.story.journal)

    def call(self) -> Call:
        story, draw = self.story, self.draw
        count, there, edit = draw.choice((1, 5, 90)), draw.randrange(story.end + 1), an_edit(draw, story.trainer)
        if story.update > FURTHEST:
            return "Experiment.goto", lambda: self.keep(lambda: story.goto(there))
        calls = {
            "Experiment.step": lambda: story.step(count),
            "Experiment.goto": lambda: story.goto(there),
            "Experiment.undo": story.undo,
            "Experiment.redo": story.redo,
        }
        if len(story.journal) < 30:
            calls["Experiment.apply"] = lambda: story.apply(edit)
        name, call = draw.choice((*calls.items(),))
        return name, lambda: self.keep(call, edit if name == "Experiment.apply" else None)

    def keep(self, call: Callable[[], object], edit: edits.Edit | None = None) -> None:
        """Note what the journal may be afterwards."""
        self.before = self.after = self.told()
        if edit is not None:
            self.after = [*self.before[: self.story.position[1]], (self.story.update, edit)]
        allowed(call)
        self.before = self.after = self.told()

    def wrong(self) -> str:
        story = self.story
        told, (update, applied) = self.told(), story.position
        if not any(same_log(told, log) for log in (self.before, self.after)):
            return f"the journal has {len(told)} entries, before {len(self.before)}, after {len(self.after)}"
        if update > story.end:
            return f"it stands at update {update}, beyond its end {story.end}"
        if story.trainer.update != update or not story_order(told, update, applied):
            return f"it stands at update {update} after {applied} of {[at for at, _ in told]}"
        return unlike(story.trainer, replayed(self.begin, told[:applied], update), curves=False)


class Many:
    """Population.run, side by side in lanes and one by one."""

    def __init__(self, draw: Random) -> None:
        self.draw, self.begin = draw, beginning(draw, small=True)
        own = self.begin.network, *self.begin.arrays
        seeds = [draw.randrange(2**63) for _ in range(draw.choice((1, 3, 20)))]
        options = {"recipes": self.begin.recipe, "seeds": seeds, "lanes": draw.choice((None, True, False))}
        self.population = Population(*own, **options, threads=self.begin.threads)
        self.twin, self.known = Population(*own, **options, threads=1), list[list[bytes]]()
        self.updates = Trainer(*own, recipe=self.begin.recipe).updates_to(1)  # of an epoch

    def call(self) -> Call:
        return "Population.run", lambda: self.population.run(self.draw.choice((1, 2, 20)))

    def wrong(self) -> str:
        """Where each member is at its next end of an epoch; they may be at different ones."""
        self.population.run(1)
        for member, updates in enumerate(self.population.updates):
            epoch, rest = divmod(int(updates), self.updates)
            if rest or self.of(self.population, member) != self.of_twin(epoch)[member]:
                return f"member {member}: not as undisturbed at update {updates}"
        return ""

    def of_twin(self, epoch: int) -> list[bytes]:
        """All members after this many epochs."""
        while len(self.known) < epoch:
            self.twin.run(1)
            self.known.append([self.of(self.twin, member) for member in range(len(self.twin))])
        return self.known[epoch - 1]

    @staticmethod
    def of(population: Population, member: int) -> bytes:
        """What is compared of a member."""
        return population.theta(member).tobytes() + bits(population.history(member))


SUBJECTS: tuple[tuple[int, Callable[[Random], Subject]], ...] = ((4, Training), (2, Editing), (2, Story), (2, Many))


def an_edit(draw: Random, trainer: Trainer) -> edits.Edit:
    """Any edit, allowed or not; networks stay small."""
    layers = trainer.architecture.layers
    units = sum(map(len, layers))
    made: list[edits.Edit] = [
        edits.SetValue(draw.randrange(trainer.theta.size), draw.uniform(-1, 1)),
        edits.SetRecipe(Recipe(draw.choice((1, 7, 32)), 1e-3, draw.choice((*OPTIMIZERS,)))),
        edits.DrawPoint((draw.uniform(-1, 1),) * trainer.examples.x.shape[1], draw.uniform(-1, 1)),
        edits.ErasePoint(int(draw.choice(trainer.examples.rows.tolist()))),
        edits.RemoveUnit(0, draw.randrange(3)),
        edits.RemoveLayer(0),
        edits.Freeze(0, 0, draw.random() < 0.5),
        edits.SetKind(0, 0, draw.choice(KINDS)),
        edits.SplitUnit(0, 0),
    ]
    if units < MOST_UNITS:
        made += [edits.AddUnit(draw.choice(KINDS)), edits.AddUnit("relu"), edits.AddLayer((draw.choice(KINDS),) * 2)]
    return draw.choice(made)


def allowed(call: Callable[[], object]) -> bool:
    """Whether it was done; a refusal changes nothing."""
    try:
        call()
    except EngineError:
        return False
    return True


def replayed(begin: Begin, log: Iterable[tuple[int, edits.Edit]], update: int) -> Trainer:
    """Another trainer at the same moment, that nobody disturbed."""
    trainer = begin.trainer(1)
    for at, edit in log:
        trainer.step(at - trainer.update)
        trainer.apply(edit)
    trainer.step(update - trainer.update)
    return trainer


def unlike(own: Trainer, twin: Trainer, curves: bool = True) -> str:
    """In what two trainers at the same moment differ, to the bit; "" if in nothing."""
    found = unequal(own, twin)
    if found or own.diverged:
        return found
    own.step(0)  # losses that are due here
    if curves and bits(own.history) + bits(own.batch_history) != bits(twin.history) + bits(twin.batch_history):
        return f"at update {own.update}: other loss curves"
    return ""


def unequal(own: Trainer, twin: Trainer) -> str:
    one, other = own.snapshot(), twin.snapshot()
    if (own.update, own.epoch, one.counts, own.recipe) != (twin.update, twin.epoch, other.counts, twin.recipe):
        return f"update {own.update} of epoch {own.epoch}: expected {twin.update} of {twin.epoch}, or other settings"
    if one.architecture != other.architecture:
        return f"at update {own.update}: another network"
    names = ("theta", "gradient", "first moments", "second moments")
    for name, mine, expected in zip(names, one.parameters, other.parameters, strict=True):
        if name != "gradient" and mine.tobytes() != expected.tobytes():
            return f"at update {own.update}: other {name}"
    return ""


def bits(curves: Any) -> bytes:
    """Of all arrays of a history."""
    return b"".join(getattr(curves, field.name).tobytes() for field in fields(curves))


def same_log(one: Log, other: Log) -> bool:
    return len(one) == len(other) and all(
        at == then and edit == given for (at, edit), (then, given) in zip(one, other, strict=True)
    )


def story_order(told: Log, update: int, applied: int) -> bool:
    """Whether a cursor can stand there: what is before it was made by then, what is ahead was not made earlier."""
    return all(at <= update for at, _ in told[:applied]) and all(at >= update for at, _ in told[applied:])
