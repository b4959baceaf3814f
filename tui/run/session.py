"""One run as the runner's thread drives it: the trainer, what a person does to it, and what the screen is told of it.

In here is no thread and no screen. An error of the engine, the data or the system leaves the run as it was; the
runner catches it and says it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

import data
from data import Dataset
from engine import EngineError, Network, Recipe, Trainer, edits
from engine.initial import INITS
from engine.trainer import default_threads
from tui.draw.numbers import short
from tui.run.choice import OUTPUT_BIAS, Choice, resolve
from tui.run.facts import ActiveShares, Evidence, Facts, Losses, Request
from tui.run.fields import change_recipe, neighbour
from tui.run.player import FIRST_SPEED, SPEEDS, Player
from tui.run.snapshot import Snapshot, State
from tui.run.story import Story
from tui.run.unit import kind_name, source_name, trouble

if TYPE_CHECKING:
    from tui.run.options import Options

Want = Callable[[Dataset], Iterable[Request[Any]]]  # what one picture asks for, of whatever data set is at hand
NO_UNITS = "The linear model has no units: s adds a sigmoid unit, r a ReLU"
FIRST_NOTE = "space plays, . is one update; s adds a sigmoid unit, r a ReLU; ? all keys"  # whole at 80 columns


class Session:
    """A run at its initial curve, paused. `announce` is called where a long piece of work is about to begin."""

    def __init__(
        self, options: Options, announce: Callable[[], None], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.options, self.announce, self.clock = options, announce, clock
        self.wants: tuple[Want, ...] = ()
        self._facts: Facts | None = None  # of the last moment that was told
        self.busy: str | None = None
        self.prepared = False
        self.level = FIRST_SPEED
        self.begin(options, options.load())
        self.story.say("; ".join((*self.dataset.notices, FIRST_NOTE)))

    # ---------------------------------------------------------------------------------------------- beginnings

    def begin(self, options: Options, dataset: Dataset) -> None:
        """A new run, by the options, on this data set."""
        self._start(dataset, options.network(dataset), options.recipe(dataset), options.seed)
        self.options = options

    def restart(self) -> None:
        """Back to update 0 and the same initial weights."""
        self._start(self.dataset, self.trainer.network.initial(), self.trainer.recipe, self.trainer.seed)
        self.story.say("Back at update 0, with the same initial weights")

    def reseed(self, direction: int = 1) -> None:
        """A new random start."""
        seed = max(0, self.trainer.seed + direction)
        self._start(self.dataset, self.trainer.network.initial(seed), self.trainer.recipe, seed)
        self.story.say(f"A new random start: seed {seed}")

    def open(self, options: Options) -> None:
        """Load other data; the units and the recipe stay where the number of inputs does."""
        self.busy = f"loading {options.data} …"
        self.announce()
        try:
            dataset = options.load()
        finally:
            self.busy = None
        trainer = self.trainer
        if dataset.x_train.shape[1] == trainer.network.n_inputs:
            self._start(dataset, trainer.network.initial(), trainer.recipe, trainer.seed)
            self.options = options
        else:
            self.begin(options, dataset)
        about = data.about(options.data) if options.data in data.names() else ""
        facts = (*dataset.notices, "" if about in dataset.source else about, dataset.source)
        self.story.say("; ".join(filter(None, facts)))

    def open_table(self, **wanted: Any) -> None:
        """One's own table, by some of the options; the others stay as they are."""
        self.open(replace(self.options, **(self._no_table() | wanted)))

    def open_neighbour(self, direction: int) -> None:
        """The next or previous of the data sets that come with the program, then one's own table."""
        names = list(data.names())
        if self.options.data not in names:
            names.append(self.options.data)
        name = neighbour(names, self.options.data, direction)
        self.open(replace(self.options, data=name, **self._no_table()))

    def _no_table(self) -> dict[str, None]:
        """The options that belong to one data set and mean nothing for another."""
        return dict.fromkeys(("target", "features", "lags", "test_fraction", "n", "noise"))

    def _start(self, dataset: Dataset, network: Network, recipe: Recipe, seed: int) -> None:
        test = (dataset.x_test, dataset.y_test)
        self.trainer = Trainer(
            network, dataset.x_train, dataset.y_train, *test, recipe, seed, self.options.device, self._threads()
        )
        self.player = Player(self.trainer, len(dataset.y_train), self.clock, self.level)
        self.dataset = dataset
        self.story = Story()
        self.measured_from = 0  # the update since which the history's losses are of the present kind
        self._gradient: np.ndarray | None = None  # the last that was known

    def _threads(self) -> int:
        """All cores but one, which is the screen's, unless the person said otherwise."""
        if self.options.threads is not None:
            return self.options.threads
        return max(1, default_threads() - 1)

    # ------------------------------------------------------------------------------------------------ training

    def prepare(self) -> None:
        """Compile, or load what was compiled before: seconds at the very first time."""
        self.busy = "compiling the kernels; keys wait their turn …"
        self.announce()
        self.trainer.prepare()
        self.busy, self.prepared = None, True

    def ask(self, wants: Iterable[Want]) -> None:
        """From now on snapshots hold the answers to these, and to nothing else."""
        self.wants = tuple(wants)

    def toggle(self) -> None:
        """Play, or pause whatever is running."""
        if self.player.playing or self.player.goal:
            self.player.pause()
        elif not self._refused():
            if not self.story.measures:
                self._tell(f"Training since epoch {self._when()}", "space pauses")
            self.player.play()

    def faster(self, direction: int) -> None:
        self.level = self.player.level = min(max(self.level + direction, 0), len(SPEEDS) - 1)

    def step(self, updates: int) -> None:
        """So many updates on."""
        if not self._refused():
            self.player.step(updates)

    def run(self, epochs: int, long: bool = True) -> None:
        """To the n-th end of an epoch ahead; only of a long stretch the note tells."""
        if self._refused():
            return
        self.player.run(epochs, long)
        if long:
            self._tell(f"Training since epoch {self._when()}", "space pauses")  # true, however far it will come

    def work(self) -> float | None:
        """One slice of what is to be done; seconds until the next is due, None if nothing is."""
        wait = self.player.work()
        self._refused()
        return wait

    def _refused(self) -> bool:
        """Whether the run has diverged and cannot go on; then the note says what to do."""
        if self.trainer.diverged is None:
            return False
        update, what = self.trainer.diverged
        self.story.say(f"Diverged: the {what} was not finite at update {update}; [ lowers the rate, 0 starts again")
        return True

    # ------------------------------------------------------------------------------------------------- changes

    def add_unit(self, layer: int, kind: str) -> None:
        layer, _ = self._resolve(layer, 0)
        layers = self.trainer.network.layers
        number = len(layers[layer]) + 1 if layers else 1
        place = (layer, number - 1)
        stays = ": its outgoing weight is 0, so the curve stays until it learns" if layers else ""
        subject, note = f"Unit {number}, added at epoch {self._when()},", f"Unit {number} added{stays}"
        self._edit(edits.AddUnit(kind, layer), subject, note, f"+{number}", place)

    def remove_unit(self, layer: int, unit: int) -> None:
        layer, unit = self._resolve(layer, unit)
        layers = self.trainer.network.layers
        if unit == OUTPUT_BIAS:
            self.story.say("The output bias stays; ↑ and ↓ choose a unit" if layers else NO_UNITS)
            return
        if len(layers[layer]) == 1:
            raise EngineError(f"unit 1 is the only one of layer {layer + 1}: remove the layer instead, with L")
        subject, note = f"Removing unit {unit + 1} at epoch {self._when()}", f"Unit {unit + 1} removed"
        self._edit(edits.RemoveUnit(layer, unit), subject, note, f"−{unit + 1}")

    def add_layer(self, layer: int, unit: int) -> None:
        """Three units of the chosen unit's kind before the output; the output bias stands for the layer's last one."""
        layer, unit = self._resolve(layer, unit)
        layers = self.trainer.network.layers
        kind, number = layers[layer][unit] if layers else "sigmoid", len(layers) + 1
        note = f"Layer {number} added: 3 {kind_name(kind)} units with random weights, so the curve may jump"
        self._edit(edits.AddLayer((kind,) * 3), f"Layer {number}, added at epoch {self._when()},", note, "+L")

    def remove_layer(self, layer: int) -> None:
        layer, _ = self._resolve(layer, 0)
        if not self.trainer.network.layers:
            self.story.say(NO_UNITS)
            return
        subject, note = f"Removing layer {layer + 1} at epoch {self._when()}", f"Layer {layer + 1} removed"
        self._edit(edits.RemoveLayer(layer), subject, note, "−L")

    def nudge(self, layer: int, unit: int, part: str, source: int, direction: int) -> None:
        """Move a unit's w (from its input `source`), b or c by a twentieth of its size, at least 0.05."""
        network = self.trainer.network
        layer, unit = self._resolve(layer, unit)
        index = parameter(network, layer, unit, part, source)
        if index is None:
            self.story.say(f"{part} is not a parameter of this unit")
            return
        value = float(network.theta[index])
        moved = value + direction * max(0.05, abs(value) / 20)
        several = part == "w" and network.shape[layer] > 1
        origin = f" from {source_name(self.dataset, layer, min(source, network.shape[layer] - 1))}" if several else ""
        of = f" of unit {unit + 1}" if unit != OUTPUT_BIAS else " of the output" if part == "b" else ""
        name = f"{part}{origin}{of}"
        moving = None if unit == OUTPUT_BIAS else (layer, unit)
        self._tell(f"Moving {name}", f"{part}{origin} {short(value)} → {short(moved)}", moving)
        self.trainer.apply(edits.SetValue(index, moved))

    def _resolve(self, layer: int, unit: int) -> tuple[int, int]:
        """(layer, unit) that exist: a number past the end means the last one."""
        return resolve(Choice(layer, unit), self.trainer.network)

    def change(self, field: str, direction: int) -> None:
        """Move one field of the recipe panel a step."""
        if field == "data":
            self.open_neighbour(direction)
        elif field == "seed":
            self.reseed(direction)
        elif field == "init":
            self._change_init(direction)
        else:
            self._change_recipe(field, direction)

    def _change_init(self, direction: int) -> None:
        """The weights are drawn again in the next way that this network allows."""
        network, init = self.trainer.network, self.trainer.network.init
        while True:
            init = neighbour(INITS, init, direction)
            try:
                drawn = Network(network.n_inputs, network.layers, network.seed, init, network.dtype.name)
            except EngineError:
                continue  # `spread` is for one feature only; "auto" always goes, so this ends
            break
        self._start(self.dataset, drawn, self.trainer.recipe, self.trainer.seed)
        self.story.say(f"The initial weights are drawn anew: {init}")

    def _change_recipe(self, field: str, direction: int) -> None:
        trainer, old = self.trainer, self.trainer.recipe
        recipe = change_recipe(old, field, direction, len(self.dataset.y_train))
        if recipe == old:
            return
        words, attribute, label = CHANGES[field]
        value = getattr(recipe, attribute)
        note = f"{words} is now {value if isinstance(value, str) else format(value, 'g')}"
        if trainer.diverged:
            note += "; space goes on from where it diverged, 0 starts again"
        self._tell(f"{words}, changed at epoch {self._when()},", note)
        trainer.recipe = recipe
        self.story.mark(trainer.progress, label)
        if recipe.loss != old.loss:  # the numbers before and after are not of one kind
            self.measured_from = trainer.update
            self.story.say(self.story.note)

    def _edit(self, edit: edits.Edit, subject: str, note: str, label: str, unit: tuple[int, int] | None = None) -> None:
        """Apply it; `unit` is the one that it adds, (layer, unit)."""
        before = self._loss()
        self.trainer.apply(edit)
        self._gradient = None  # θ is in another order now
        self.story.changed(subject, note, self.trainer.update, before, unit)
        self.story.mark(self.trainer.progress, label)

    def _tell(self, subject: str, note: str, unit: tuple[int, int] | None = None) -> None:
        self.story.changed(subject, note, self.trainer.update, self._loss(), unit)

    # ------------------------------------------------------------------------------------------ what is told

    def snapshot(self) -> Snapshot:
        """The run as it is now, all copies, with the answers to what is asked for."""
        trainer, facts = self.trainer, self.facts()
        wanted = (request for want in self.wants for request in want(self.dataset))
        return Snapshot(
            dataset=self.dataset,
            network=facts.evidence.network,
            recipe=trainer.recipe,
            seed=trainer.seed,
            update=trainer.update,
            epoch=trainer.epoch,
            progress=trainer.progress,
            rate=trainer.learning_rate,
            updates_per_second=self.player.count_rate(),
            state=self._state(),
            speed=self.player.speed(),
            diverged=trainer.diverged,
            marks=tuple(self.story.marks),
            note=self._note(facts),
            busy=self.busy or self.player.progress(),
            answers=facts.answers(wanted),
        )

    def facts(self) -> Facts:
        """What there is to know of this moment; the same object, with all that it knows, until something changes."""
        trainer = self.trainer
        if (gradient := trainer.last_gradient) is not None:
            self._gradient = gradient  # in the midst of a batch there is none: that of the update before stands
        evidence = Evidence(
            dataset=self.dataset,
            network=trainer.network,
            recipe=trainer.recipe,
            update=trainer.update,
            progress=trainer.progress,
            history=trainer.history,
            since=self.measured_from,
            gradient=self._gradient,
        )
        if self._facts is None or not evidence.same(self._facts.evidence):
            self._facts = Facts(evidence)
        return self._facts

    def _note(self, facts: Facts) -> str:
        """A note that follows a change asks for the losses, and whether its unit is in trouble."""
        if not self.story.measures:
            return self.story.note
        at = facts.evidence
        trouble = self._trouble(at.network, facts.of(ActiveShares()))
        return self.story.sentence(at.update, facts.of(Losses()), at.recipe, at.dataset, trouble)

    def _state(self) -> State:
        if self.busy and not self.prepared:
            return "compiling"
        if self.trainer.diverged:
            return "diverged"
        return "stepping" if self.player.goal else "playing" if self.player.playing else "paused"

    def _trouble(self, network: Network, on: tuple[np.ndarray, ...]) -> str:
        """What hinders learning: "dead" or "saturated", of the unit that the note is about; "flat", a whole layer."""
        troubles = [
            [trouble(kind, float(share)) for kind, share in zip(kinds, shares, strict=True)]
            for kinds, shares in zip(network.layers, on, strict=True)
        ]
        if any(map(all, troubles)):
            return "flat"
        layer, unit = self.story.unit or (0, 0)
        return troubles[layer][unit] if self.story.unit else ""

    def _loss(self) -> float:
        train, test = self.facts().of(Losses())
        return train if test is None else test

    def _when(self) -> int:
        """The epoch as the top line says it."""
        return self.trainer.epoch


CHANGES = {  # field of the recipe panel → (words, attribute of Recipe, mark on the loss plot)
    "batch": ("The batch size", "batch_size", "B"),
    "rate": ("The rate", "learning_rate", "η"),
    "schedule": ("The schedule", "schedule", "η"),
    "epochs": ("The schedule's length", "epochs", "η"),
    "optimizer": ("The optimizer", "optimizer", "opt"),
    "loss": ("The loss", "loss", "loss"),
    "l1": ("L1", "l1", "L1"),
    "l2": ("L2", "l2", "L2"),
}


def parameter(network: Network, layer: int, unit: int, part: str, source: int) -> int | None:
    """The place in θ of "w", "b" or "c" of a unit, or of the output where that is chosen; None where it has none."""
    last = len(network.layers)
    if unit == OUTPUT_BIAS:
        if part == "b":
            return network.index(last, 0, "b")
        return network.index(0, 0, "w", min(source, network.n_inputs - 1)) if part == "w" and not last else None
    if part == "c" and layer != last - 1:
        return None
    return network.index(layer, unit, part, min(source, network.shape[layer] - 1) if part == "w" else 0)
