"""One run as the runner's thread drives it: what a person wishes is done to it, and the screen is told of it.

In here is no thread and no screen. An error of the engine, the data or the system leaves the run as it was; the
runner catches it and says it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from data import Dataset
from engine import EngineError, Network, Trainer
from engine.edits import Edit
from tui.run import words
from tui.run.beginnings import Beginning, begin, first_run
from tui.run.choice import Choice, nearest
from tui.run.gestures import Wish
from tui.run.measure import best_of, history_of, losses_now, measure_of, right_now, shares_on
from tui.run.player import FIRST_SPEED, Move, Player, RunEpochs, StepSpeed, Toggle
from tui.run.run import Run
from tui.run.snapshot import Probe, Snapshot, State
from tui.run.story import Note, Story
from tui.run.unit import trouble

if TYPE_CHECKING:
    from tui.run.options import Options


class Session:
    """A run at its initial curve, paused. `announce` is called where a long piece of work is about to begin."""

    def __init__(
        self, options: Options, announce: Callable[[], None], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.announce, self.clock = announce, clock
        self.probe_points: Callable[[Dataset], np.ndarray] | None = None
        self.busy: str | None = None
        self.prepared = False
        self._enter(first_run(options), FIRST_SPEED)
        self.story.say(words.of_first(self.dataset))

    @property
    def trainer(self) -> Trainer:
        return self.run.trainer

    @property
    def dataset(self) -> Dataset:
        return self.run.dataset

    @property
    def story(self) -> Story:
        return self.run.story

    # ------------------------------------------------------------------------------------------------- wishes

    def perform(self, wish: Wish) -> None:
        """Do what an action asks for, between two updates. Raises EngineError, DataError or OSError."""
        if isinstance(wish, Move):
            self._move(wish)
        elif isinstance(wish, Edit):
            self._edit((wish,), self.run.choice)
        elif isinstance(wish, Beginning):
            self._begin(wish)
        else:
            change = wish(self.run.moment())
            if change.beginning is not None:
                self._begin(change.beginning)
            else:
                self._edit(change.edits, change.choice or self.run.choice)
            if change.words:
                self.story.say(change.words)

    def _edit(self, edits: tuple[Edit, ...], choice: Choice) -> None:
        loss, kind = self._loss() if edits else 0.0, self.trainer.recipe.loss
        for note in self._apply(edits):
            self._tell(note, loss)
        if self.trainer.recipe.loss != kind:
            self.run.measured_from = self.trainer.update
        self.run.choice = nearest(choice, self.trainer.network)

    def _apply(self, edits: tuple[Edit, ...]) -> list[Note]:
        """Apply all of them, or none where one is refused; returns what is said of each."""
        trainer, notes = self.trainer, []
        state = trainer.snapshot() if len(edits) > 1 else None
        try:
            for edit in edits:
                moment = self.run.moment()
                mapping = trainer.apply(edit)
                notes.append(words.note_of(edit, moment))
                if not np.array_equal(mapping, np.arange(mapping.size)):
                    self.run.gradient = None  # θ is in another order now
        except EngineError:
            if state is not None:
                trainer.restore(state)
            raise
        return notes

    def _begin(self, beginning: Beginning) -> None:
        """A new run takes the place of the present one, which stays as it is where that fails."""
        self.busy = words.while_it_begins(beginning)
        if self.busy:
            self.announce()
        try:
            run = begin(beginning, self.run.moment())
        finally:
            self.busy = None
        self._enter(run, self.player.level)
        self.story.say(words.of_beginning(beginning, run))

    def _enter(self, run: Run, level: int) -> None:
        self.run = run
        self.player = Player(run.trainer, len(run.dataset.y_train), self.clock, level)

    def _move(self, move: Move) -> None:
        trains = not (isinstance(move, StepSpeed) or (isinstance(move, Toggle) and self.player.moves))
        if trains and self._diverged():
            return
        plays = isinstance(move, Toggle) and not self.story.measures  # what is followed already is followed on
        if trains and (plays or (isinstance(move, RunEpochs) and move.long)):
            self._tell(words.of_training(self.run.moment()), self._loss())
        self.player.do(move)

    def _tell(self, note: Note, loss: float) -> None:
        """`loss` is that before what the note tells."""
        self.story.changed(note, self.trainer.update, self.trainer.progress, loss)

    # ------------------------------------------------------------------------------------------------ training

    def prepare(self) -> None:
        """Compile, or load what was compiled before: seconds at the very first time."""
        self.busy = words.COMPILING
        self.announce()
        self.trainer.prepare()
        self.busy, self.prepared = None, True

    def probe_at(self, points: Callable[[Dataset], np.ndarray]) -> None:
        """From now on snapshots hold the predictions at these points (M, n), scaled."""
        self.probe_points = points

    def work(self) -> float | None:
        """One slice of what is to be done; seconds until the next is due, None if nothing is."""
        wait = self.player.work()
        self._diverged()
        return wait

    def _diverged(self) -> bool:
        """Whether the run has diverged and cannot go on; then the note says what to do."""
        if self.trainer.diverged is None:
            return False
        self.story.say(words.of_divergence(*self.trainer.diverged))
        return True

    # ------------------------------------------------------------------------------------------ what is told

    def snapshot(self) -> Snapshot:
        """The run as it is now, all copies."""
        trainer, dataset = self.trainer, self.dataset
        network, now = trainer.network, losses_now(trainer, dataset)
        history = history_of(trainer, dataset, self.run.measured_from, now)
        on, gradient = shares_on(network, dataset.x_train), trainer.last_gradient
        if gradient is not None:
            self.run.gradient = gradient
        return Snapshot(
            dataset=dataset,
            network=network,
            chosen=self.run.choice,
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
            loss_train=now[0],
            loss_test=now[1],
            history=history,
            best=best_of(history),
            marks=tuple(self.story.marks),
            gradient=self.run.gradient,  # in the midst of a batch: that of the update before
            on=on,
            probe=self._probe(network),
            note=self.story.sentence(trainer.update, now, trainer.recipe, dataset, self._trouble(network, on)),
            busy=self.busy or self.player.progress(),
            right=right_now(trainer, dataset),
            measure=measure_of(trainer.recipe, dataset),
        )

    def _probe(self, network: Network) -> Probe | None:
        if self.probe_points is None:
            return None
        x = self.probe_points(self.dataset)
        return Probe(x, self.dataset.unscale(network.predict(x)))

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
        if self.story.note.unit is None:
            return ""
        layer, unit = self.story.note.unit
        return troubles[layer][unit]

    def _loss(self) -> float:
        train, test = losses_now(self.trainer, self.dataset)
        return train if test is None else test
