"""Experiment: a run with its past. Any moment can be reached again, and any change can be taken back.

Training is a pure function of the start, the data and the edits, so a story is kept as a journal of edits; its cursor
goes from moment to moment.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import story_file
from engine.checkpoint import Checkpoint
from engine.cursor import Cursor
from engine.edits import Edit, SetTheta, Setup, apply
from engine.errors import LARGEST, EngineError, real, show, truth, whole
from engine.filling import twin
from engine.given_back import check_checkpoint, check_curves
from engine.history import BatchHistory, Branch, Curves, History, batch_history_of, history_of
from engine.journal import Entry, Tail
from engine.last_update import Way
from engine.marks import Position
from engine.network import Network
from engine.outcome import Outcome, data_sha256, version
from engine.recipe import COUNT
from engine.run import State
from engine.trainer import LONGEST_SLICE, Trainer
from engine.undisturbed import undisturbed

BUDGET, BUDGET_AT_REST = 64 * 2**20, 2**20
Array = NDArray[Any]
Moment = tuple[tuple[Array, Array, Array, Array], State]  # parameters and state, as a Checkpoint has them


class Experiment:
    """A trainer with its past, and a cursor in it.

    The cursor stands at an update, before or after some of the edits that were made there; the trainer is always at the
    cursor. `source` is a plain mapping that says where the data came from; it is kept and never interpreted. Raises
    EngineError for a trainer that has trained already, since its past is not known.
    """

    def __init__(self, trainer: Trainer, source: Mapping[str, Any] | None = None, budget: int = BUDGET) -> None:
        if not isinstance(trainer, Trainer):
            raise EngineError(f"trainer={show(trainer)}: expected a Trainer")
        if trainer.update or trainer.diverged:
            raise EngineError(f"a trainer at update {trainer.update}: expected one at update 0, whose past is known")
        if not (source is None or isinstance(source, Mapping)):
            raise EngineError(f"source={show(source)}: expected a mapping")
        self.trainer, self.source = trainer, dict(source or {})
        self._undone: list[Position] = []  # from where undos were asked for, one after the other
        self._tails: list[Tail] = []
        self._data_sha256 = ""  # worked out when it is first needed
        theta = trainer.theta
        self.initial = trainer.network.architecture  # of the network that the story begins with
        self.recipe, self.beginning = trainer.recipe, trainer.examples  # that it begins with
        self.outcome: Outcome | None = None  # what the file that it came from says of its end
        self._lanes_before = 0  # on which it was trained before it came from a file
        if theta.tobytes() != (initial := self.initial.initial_theta()).tobytes():
            trainer.restore(twin(trainer, Network.of(self.initial, initial)).snapshot())
        self._cursor = Cursor(trainer, whole("budget", budget, 1))
        if theta.tobytes() != initial.tobytes():
            self.apply(SetTheta(theta))

    # ------------------------------------------------------------------------------------------------ what it is

    @property
    def update(self) -> int:
        """The update at which the cursor stands."""
        return self._cursor.update

    @property
    def end(self) -> int:
        """The latest update that was reached."""
        return self._cursor.end

    @property
    def end_progress(self) -> float:
        """Epochs done at the latest update, as far as it was reached since the story was opened."""
        return self._cursor.end_progress

    @property
    def position(self) -> Position:
        """(the cursor's update, how many entries of the journal lie before it)."""
        return self._cursor.position

    @property
    def at_end(self) -> bool:
        """Whether nothing lies ahead of the cursor."""
        return self._cursor.at_end

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The journal with its steps, before the cursor and ahead of it."""
        return tuple(self._cursor.entries)

    @property
    def journal(self) -> tuple[tuple[int, Edit], ...]:
        """(update, edit) of every edit, before the cursor and ahead of it."""
        return tuple((entry.update, entry.edit) for entry in self._cursor.entries)

    @property
    def tails(self) -> tuple[Tail, ...]:
        """What forks left behind, the oldest first."""
        return tuple(self._tails)

    @property
    def history(self) -> History:
        """Losses on the whole sets of the whole story, ahead of the cursor too."""
        ahead = self._cursor.ahead
        return self.trainer.history if ahead is None else history_of(ahead.points)

    @property
    def batch_history(self) -> BatchHistory:
        """Losses of the batches of the whole story, thinned, ahead of the cursor too."""
        ahead = self._cursor.ahead
        return self.trainer.batch_history if ahead is None else batch_history_of(ahead.buckets)

    @property
    def nbytes(self) -> int:
        """The bytes of all checkpoints."""
        return self._cursor.marks.nbytes

    def __copy__(self) -> Experiment:
        return copy.deepcopy(self)  # two stories of one trainer would not agree where it stands

    # ------------------------------------------------------------------------------------------------ training

    def step(self, updates: int = 1) -> int:
        """Go this many updates on: along what was recorded, edits included, and beyond its end by training.

        Returns how many were done, fewer only where the run diverged.
        """
        before = self.update
        if whole("updates", updates, 0, LARGEST - before):
            self._undone.clear()
            self._cursor.forward(before + updates)
        return self.update - before

    def run(self, epochs: int = 1) -> int:
        """Go on to the n-th epoch boundary ahead; returns the updates done."""
        before, target = self.update, self.trainer.epoch + COUNT("epochs", epochs)
        self._undone.clear()
        self._cursor.apply_due()
        while rest := self.trainer.updates_to(target):
            self._cursor.forward(min(self.update + rest, self._cursor.next_entry()))
            if self.trainer.diverged:
                break
        return self.update - before

    def run_for(self, seconds: float) -> int:
        """Go on for about this long, at most 0.05 s; returns the updates done. A long update may take several calls."""
        before = self.update
        self._undone.clear()
        self._cursor.forward_for(min(real("seconds", seconds, above=0.0), LONGEST_SLICE))
        return self.update - before

    # ------------------------------------------------------------------------------------------------ changes

    def apply(self, edit: Edit, joins: bool = False) -> NDArray[np.intp]:
        """Make an edit at the cursor; returns its map of indices, see `edits.apply`.

        In the past it forks: what lay ahead becomes a tail. With `joins` it belongs to the step of the entry before it,
        and a value takes the place of one that this step has given the same parameter, where no update lies between.
        Raises EngineError, and changes nothing, for an edit that the run does not allow.
        """
        self._cursor.settle()
        return self._make(edit, truth("joins", joins))

    @undisturbed()
    def _make(self, edit: Edit, joins: bool) -> NDArray[np.intp]:
        mapping, tail = self._cursor.make(edit, joins)
        self._undone.clear()
        if tail is not None:
            self._tails.append(tail)
        return mapping

    def undo(self) -> tuple[Edit, ...] | None:
        """Go to just before the last step of edits before the cursor; returns its edits, None where there is none."""
        begin, here = self.before_step, self.position
        if begin is None:
            return None
        self._cursor.go(begin)
        self._undone.append(here)
        return tuple(entry.edit for entry in self._cursor.entries[begin[1] : here[1]])

    def redo(self) -> tuple[Edit, ...] | None:
        """Go forward over edits, and return them; None where none lies ahead.

        Right after undos to where the last of them was asked for; after any other move to just after the next step.
        """
        entries, first = self._cursor.entries, self._cursor.applied
        if first == len(entries):
            return None
        if self._undone:
            position = self._undone[-1]
        else:
            last = first + 1
            while last < len(entries) and entries[last].joins:
                last += 1
            position = (entries[last - 1].update, last)
        self._cursor.go(position)
        del self._undone[-1:]
        return tuple(entry.edit for entry in entries[first : self._cursor.applied])

    # ------------------------------------------------------------------------------------------------ moments

    @property
    def before_step(self) -> Position | None:
        """Just before the last step of edits before the cursor; None where there is none."""
        return self._cursor.before_step()

    def after(self, update: int) -> Position:
        """After all edits of this update."""
        return self._cursor.after(update)

    def goto(self, update: int) -> None:
        """Move the cursor to after all edits of this update, from 0 to `end`."""
        update = whole("update", update, 0, self.end)
        self._undone.clear()
        self._cursor.go(self.after(update))

    def home(self) -> None:
        """Move the cursor to the beginning, before the first edit."""
        self._undone.clear()
        self._cursor.go((0, 0))

    def near(self, position: Position) -> bool:
        """Whether the cursor comes there by training little more than lies between two checkpoints."""
        return self._cursor.distance(self._checked(position)) <= 2 * self._cursor.marks.spacing

    def _checked(self, position: Position) -> Position:
        """A moment of the story, or EngineError."""
        if not isinstance(position, tuple) or len(position) != 2:
            raise EngineError(f"position={show(position)}: expected (an update, how many edits lie before it)")
        update = whole("position's update", position[0], 0, self.end)
        return update, whole("position's edits", position[1], 0, len(self.entries))

    @property
    def filled(self) -> float:
        """How much of a past that was not passed through since the story was opened has its checkpoints, 0 to 1."""
        return self._cursor.filled

    def fill(self, seconds: float) -> bool:
        """For about this long have checkpoints laid that `adopt` left out; whether there is more to do."""
        return self._cursor.fill(seconds)

    @property
    def way(self) -> Way | None:
        """How it came here, from a checkpoint before the last update; None at update 0."""
        return self._cursor.way() if self.update else None

    def look_closely(self) -> None:
        """Leave a checkpoint here: somebody looks at single updates, and will soon want the one after this moment."""
        self._cursor.leave_close()

    def rest(self) -> None:
        """Keep few checkpoints: nobody will go back and forth in this story for a while."""
        self._cursor.rest(BUDGET_AT_REST)

    def left(self, tail: Tail) -> Experiment:
        """What a fork left behind, as a story of its own: at its beginning, all of it ahead with its losses."""
        if not isinstance(tail, Tail):
            raise EngineError(f"tail={show(tail)}: expected one of tails")
        network = Network.of(self.initial, self.initial.initial_theta())
        other = Experiment(twin(self.trainer, network, self.recipe, self.beginning), self.source)
        other._cursor.entries, other._cursor.end, other._cursor.ahead = list(tail.entries), tail.end, tail.curves
        return other

    # -------------------------------------------------------------------------------------------------- files

    def save(self, path: str | os.PathLike[str], over: bool = True) -> None:
        """Write the story up to the cursor to a file, see `engine.story_file`. Raises EngineError where that fails.

        So it does, unless it goes `over` what is there, where something is there already.
        """
        outcome = Outcome.of(self.trainer, self._lanes_before)
        story_file.save(self._told(self.entries[: self._cursor.applied], self.update, outcome), path, over)

    def draft(self) -> str:
        """The text of a file of the whole story, whatever lies ahead, that says nothing of its end: made in no time.

        Raises EngineError where no file can hold it.
        """
        nothing = Outcome(version(), self.trainer.lanes or self._lanes_before, "", ())
        return story_file.to_text(self._told(self.entries, self.end, nothing))

    def _told(self, entries: tuple[Entry, ...], updates: int, outcome: Outcome) -> story_file.Told:
        if not self._data_sha256:
            self._data_sha256 = data_sha256(self.beginning)
        beginning = (self.initial, self.recipe, self.trainer.seed, self._data_sha256)
        points = self.beginning.changes
        return story_file.Told(self.source, *beginning, points, entries, updates, outcome)

    @property
    def curves(self) -> Curves:
        """A copy of the loss curves of the whole story."""
        ahead = self._cursor.ahead
        return self.trainer.take_curves() if ahead is None else copy.deepcopy(ahead)

    def adopt(self, position: Position, moment: Moment, curves: Curves) -> None:
        """Stand at a moment of the story that was kept elsewhere, without training up to it.

        Raises EngineError where it is no moment of this story.
        """
        update, applied = self._checked(position)
        setup = Setup(self.initial, self.initial.initial_theta(), self.recipe, self.beginning)
        for entry in self._cursor.entries[:applied]:
            setup, _ = apply(entry.edit, setup)
        assert setup.recipe is not None and setup.examples is not None
        if not isinstance(moment, tuple) or len(moment) != 2:
            raise EngineError(f"moment={show(moment)}: expected parameters and a state")
        counts, seed = setup.examples.counts, self.trainer.seed
        checkpoint = Checkpoint(setup.architecture, setup.recipe, seed, counts, *moment, Branch())
        check_checkpoint(checkpoint, setup.architecture, setup.examples)
        if checkpoint.update != update:
            raise EngineError(f"a state of update {checkpoint.update}: expected one of update {update}")
        self._cursor.stand(applied, checkpoint, setup.examples, check_curves(curves))
        self.outcome = None

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], arrays: story_file.Arrays, threads: int | None = None, replay: bool = True
    ) -> Experiment:
        """The story of a file at its end; `arrays(source)` gives (x, y, x_test, y_test).

        Without `replay` it stands at its beginning, and all of it lies ahead. `outcome` is what the file says of its
        end. Raises EngineError for a file that is no story, or whose data are others now.
        """
        experiment = cls.of(story_file.read(path), arrays, threads)
        if truth("replay", replay):
            experiment.goto(experiment.end)
        return experiment

    @classmethod
    def of(cls, story: story_file.Story, arrays: story_file.Arrays, threads: int | None = None) -> Experiment:
        """The story that was read from a file, at its beginning. Raises EngineError where its data are others now."""
        experiment = cls(story.trainer(arrays, threads), story.source)
        experiment._cursor.entries, experiment._cursor.end = list(story.entries), story.updates
        experiment.outcome, experiment._lanes_before = story.outcome, story.outcome.lanes
        return experiment
