"""Experiment: a run with its past. Any moment can be reached again, and any change can be taken back.

Training is a pure function of the start, the data and the edits. So a story is kept as a journal of edits, each with
the update at which it was made, and some checkpoints. Any moment is reached from the nearest checkpoint by training
again, to the bit.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import story_file
from engine.checkpoint import Checkpoint
from engine.edits import Edit, SetTheta, Setup, SetValue, apply
from engine.errors import EngineError, real, show, whole
from engine.filling import Filler
from engine.history import BatchHistory, Branch, Curves, History, batch_history_of, history_of
from engine.journal import Entry, Tail, owned
from engine.marks import Mark, Marks, Position, first_spacing
from engine.network import Network
from engine.run import State
from engine.trainer import LONGEST_SLICE, Trainer

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
        self.trainer, self.source = trainer, dict(source or {})
        self._entries: list[Entry] = []
        self._applied = 0  # how many of them lie before the cursor
        self._end, self._end_progress = 0, 0.0
        self._ahead: Curves | None = None  # the whole story's curves, once the cursor has gone back from its end
        self._undone: list[Position] = []  # from where undos were asked for, one after the other
        self._tails: list[Tail] = []
        self._gaps = False  # whether checkpoints before the cursor are missing
        self._filler: Filler | None = None  # what goes through them
        self._data_sha256 = ""  # worked out when it is first needed
        theta = trainer.theta
        self.initial = trainer.network.architecture  # of the network that the story begins with
        self.recipe, self.beginning = trainer.recipe, trainer.examples  # that it begins with
        self.outcome: story_file.Outcome | None = None  # what the file that it came from says of its end
        if theta.tobytes() != (initial := self.initial.initial_theta()).tobytes():
            trainer.restore(self._twin(Network.of(self.initial, initial)).snapshot())
        spacing = first_spacing(theta.size, min(trainer.recipe.batch_size, trainer.examples.y.size))
        self._marks = Marks(self._mark(), spacing, whole("budget", budget, 1))
        if theta.tobytes() != initial.tobytes():
            self.apply(SetTheta(theta))

    # ------------------------------------------------------------------------------------------------ what it is

    @property
    def update(self) -> int:
        """The update at which the cursor stands."""
        return self.trainer.update

    @property
    def end(self) -> int:
        """The latest update that was reached."""
        return self._end

    @property
    def end_progress(self) -> float:
        """Epochs done at the latest update, as far as it was reached since the story was opened."""
        return self._end_progress

    @property
    def position(self) -> Position:
        """(the cursor's update, how many entries of the journal lie before it)."""
        return self.update, self._applied

    @property
    def at_end(self) -> bool:
        """Whether nothing lies ahead of the cursor."""
        return self.position == (self._end, len(self._entries))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The journal with its steps, before the cursor and ahead of it."""
        return tuple(self._entries)

    @property
    def journal(self) -> tuple[tuple[int, Edit], ...]:
        """(update, edit) of every edit, before the cursor and ahead of it."""
        return tuple((entry.update, entry.edit) for entry in self._entries)

    @property
    def tails(self) -> tuple[Tail, ...]:
        """What forks left behind, the oldest first."""
        return tuple(self._tails)

    @property
    def history(self) -> History:
        """Losses on the whole sets of the whole story, ahead of the cursor too."""
        return self.trainer.history if self._ahead is None else history_of(self._ahead.points)

    @property
    def batch_history(self) -> BatchHistory:
        """Losses of the batches of the whole story, thinned, ahead of the cursor too."""
        return self.trainer.batch_history if self._ahead is None else batch_history_of(self._ahead.buckets)

    @property
    def nbytes(self) -> int:
        """The bytes of all checkpoints."""
        return self._marks.nbytes

    # ------------------------------------------------------------------------------------------------ training

    def step(self, updates: int = 1) -> int:
        """Go this many updates on: along what was recorded, edits included, and beyond its end by training.

        Returns how many were done, fewer only where the run diverged.
        """
        before = self.update
        if whole("updates", updates, 0):
            self._undone.clear()
            self._forward(before + updates)
        return self.update - before

    def run(self, epochs: int = 1) -> int:
        """Go on to the n-th epoch boundary ahead; returns the updates done."""
        before, target = self.update, self.trainer.epoch + whole("epochs", epochs, 1)
        self._undone.clear()
        self._apply_due()
        while rest := self.trainer.updates_to(target):
            self._forward(min(self.update + rest, self._next_entry()))
            if self.trainer.diverged:
                break
        return self.update - before

    def run_for(self, seconds: float) -> int:
        """Go on for about this long, at most 0.05 s; returns the updates done. A long update may take several calls."""
        before, left = self.update, min(real("seconds", seconds, above=0.0), LONGEST_SLICE)
        ends = time.perf_counter() + left
        self._undone.clear()
        self._apply_due()
        while left > 0:
            self.trainer.run_for(left, self._next_stop(2**62))
            self._arrived()
            left = ends - time.perf_counter()
            if self.trainer.diverged:
                break
        return self.update - before

    # ------------------------------------------------------------------------------------------------ changes

    def apply(self, edit: Edit, joins: bool = False) -> NDArray[np.intp]:
        """Make an edit at the cursor; returns its map of indices, see `edits.apply`.

        In the past it forks: what lay ahead becomes a tail. With `joins` it belongs to the step of the entry before it,
        and a value takes the place of one that this step has given the same parameter, where no update lies between.
        Raises EngineError, and changes nothing, for an edit that the run does not allow.
        """
        self._settle()
        before, progress = self._mark(), self.trainer.progress
        mapping = self.trainer.apply(edit)
        self._fork(before.position)
        self._undone.clear()
        if joins and (place := self._given(edit)) is not None:
            self._entries[place] = replace(self._entries[place], edit=edit)
            self._marks.cut((self.update, place))
            return mapping
        self._marks.add(before)
        self._entries.append(Entry(self.update, owned(edit), bool(joins and self._entries), progress))
        self._applied += 1
        return mapping

    def undo(self) -> tuple[Edit, ...] | None:
        """Go to just before the last step of edits before the cursor; returns its edits, None where there is none."""
        begin = self.before_step
        if begin is None:
            return None
        undone = tuple(entry.edit for entry in self._entries[begin[1] : self._applied])
        stack = [*self._undone, self.position]
        self._go(begin)
        self._undone = stack
        return undone

    def redo(self) -> tuple[Edit, ...] | None:
        """Go forward over edits, and return them; None where none lies ahead.

        Right after undos to where the last of them was asked for; after any other move to just after the next step.
        """
        if self._applied == len(self._entries):
            return None
        stack = self._undone[:-1]
        if self._undone:
            position = self._undone[-1]
        else:
            last = self._applied + 1
            while last < len(self._entries) and self._entries[last].joins:
                last += 1
            position = (self._entries[last - 1].update, last)
        begin = self._applied
        self._go(position)
        self._undone = stack
        return tuple(entry.edit for entry in self._entries[begin : self._applied])

    # ------------------------------------------------------------------------------------------------ moments

    @property
    def before_step(self) -> Position | None:
        """Just before the last step of edits before the cursor; None where there is none."""
        if self._applied == 0:
            return None
        first = self._applied - 1
        while self._entries[first].joins and first > 0:
            first -= 1
        return self._entries[first].update, first

    def after(self, update: int) -> Position:
        """After all edits of this update."""
        return update, sum(entry.update <= update for entry in self._entries)

    def goto(self, update: int) -> None:
        """Move the cursor to after all edits of this update, from 0 to `end`."""
        update = whole("update", update, 0, self._end)
        self._undone.clear()
        self._go(self.after(update))

    def home(self) -> None:
        """Move the cursor to the beginning, before the first edit."""
        self._undone.clear()
        self._go((0, 0))

    def near(self, position: Position) -> bool:
        """Whether a move of the cursor to this position trains no more than from one checkpoint to the next."""
        begin = self._marks.nearest(position).position
        if begin <= self.position <= position:
            begin = self.position
        return position[0] - begin[0] <= 2 * self._marks.spacing

    @property
    def filled(self) -> float:
        """How much of a past that was not passed through since the story was opened has its checkpoints, 0 to 1."""
        if not self._gaps:
            return 1.0
        return self._filler.position[0] / max(self._end, 1) if self._filler else 0.0

    def fill(self, seconds: float) -> bool:
        """Train for about this long to leave checkpoints that are missing; whether there is more to do.

        It is for a story that `adopt` has put at a late moment: its cursor, and the trainer there, stay.
        """
        if self._gaps and self._filler is None:
            self._filler = Filler(self._twin(self.trainer.network), self._entries, self._marks)
        if self._filler is not None and not self._filler.work(seconds):
            self._gaps, self._filler = False, None
        return self._gaps

    def rest(self) -> None:
        """Keep few checkpoints: nobody will go back and forth in this story for a while."""
        self._filler = None
        self._marks.shrink(BUDGET_AT_REST)

    def _go(self, target: Position) -> None:
        """Move the cursor, from the nearest checkpoint or from where it is."""
        if target == self.position:
            self._settle()
            return
        if self._ahead is None and self.at_end:
            self._settle()
            self._ahead = self.trainer.take_curves()
        mark = self._marks.nearest(target)
        if not mark.position <= self.position <= target or self.trainer.diverged:
            self.trainer.restore(mark.checkpoint, mark.examples)
            self._applied = mark.position[1]
        for update in (*self._marks.close_ones(self.update, target[0]), target[0]):
            while self._applied < target[1] and self._entries[self._applied].update <= update:
                self._train_to(self._entries[self._applied].update)
                self._apply_next()
            self._train_to(update)
            if update != target[0]:
                self._marks.add_close(self._mark())
        self._come_to_end()

    # -------------------------------------------------------------------------------------------------- files

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the story up to the cursor to a file, see `engine.story_file`. Raises EngineError where that fails."""
        outcome = story_file.Outcome.of(self.trainer)
        story_file.save(self._told(self.entries[: self._applied], self.update, outcome), path)

    def draft(self) -> str:
        """The text of a file of the whole story, whatever lies ahead, that says nothing of its end: made in no time."""
        nothing = story_file.Outcome(story_file.version(), story_file.lanes(self.trainer), "", ())
        return story_file.to_text(self._told(self.entries, self._end, nothing))

    def _told(self, entries: tuple[Entry, ...], updates: int, outcome: story_file.Outcome) -> story_file.Told:
        if not self._data_sha256:
            self._data_sha256 = story_file.data_sha256(self.beginning)
        beginning = (self.initial, self.recipe, self.trainer.seed, self._data_sha256)
        points = self.beginning.changes
        return story_file.Told(self.source, *beginning, points, entries, updates, outcome)

    @property
    def curves(self) -> Curves:
        """A copy of the loss curves of the whole story."""
        return self.trainer.take_curves() if self._ahead is None else self._ahead

    def adopt(self, position: Position, moment: Moment, curves: Curves) -> None:
        """Stand at a moment of the story that was kept elsewhere, without training up to it.

        Raises EngineError where it is no moment of this story.
        """
        update, applied = position
        if not (0 <= applied <= len(self._entries) and 0 <= update <= self._end):
            raise EngineError(f"position={show(position)}: expected a moment of the story")
        setup = Setup(self.initial, self.initial.initial_theta(), self.recipe, self.beginning)
        for entry in self._entries[:applied]:
            setup, _ = apply(entry.edit, setup)
        assert setup.recipe is not None and setup.examples is not None
        parameters, state = moment
        if any(array.shape != setup.theta.shape or array.dtype != setup.theta.dtype for array in parameters):
            raise EngineError(f"parameters: expected {setup.theta.size} numbers of {setup.theta.dtype.name}")
        if int(state.update) != update:
            raise EngineError(f"a state of update {int(state.update)}: expected one of update {update}")
        counts, seed = setup.examples.counts, self.trainer.seed
        checkpoint = Checkpoint(setup.architecture, setup.recipe, seed, counts, parameters, state, Branch())
        self.trainer.restore(checkpoint, setup.examples)
        self.outcome = None
        self._applied = applied
        self._marks.add(self._mark())
        self._gaps = True
        self._ahead = curves
        self._end_progress = self.trainer.progress
        if self.at_end:
            self.trainer.put_curves(curves)
            self._ahead = None

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], arrays: story_file.Arrays, threads: int | None = None, replay: bool = True
    ) -> Experiment:
        """The story of a file at its end; `arrays(source)` gives (x, y, x_test, y_test).

        Without `replay` it stands at its beginning, and all of it lies ahead. `outcome` is what the file says of its
        end. Raises EngineError for a file that is no story, or whose data are others now.
        """
        experiment = cls.of(story_file.read(path), arrays, threads)
        if replay:
            experiment.goto(experiment.end)
        return experiment

    @classmethod
    def of(cls, story: story_file.Story, arrays: story_file.Arrays, threads: int | None = None) -> Experiment:
        """The story that was read from a file, at its beginning. Raises EngineError where its data are others now."""
        experiment = cls(story.trainer(arrays, threads), story.source)
        experiment._entries, experiment._end = list(story.entries), story.updates
        experiment.outcome = story.outcome
        return experiment

    # ------------------------------------------------------------------------------------------------ helpers

    def _forward(self, target: int) -> None:
        """Towards an update, along what was recorded and beyond it."""
        self._apply_due()
        while self.update < target:
            self.trainer.step(self._next_stop(target) - self.update)
            self._arrived()
            if self.trainer.diverged:
                return

    def _next_entry(self) -> int:
        """The update of the next recorded edit."""
        return self._entries[self._applied].update if self._applied < len(self._entries) else 2**62

    def _next_stop(self, target: int) -> int:
        """The nearest update ahead, up to the target, at which something is to be done beside training."""
        ahead = (target, self._next_entry(), self._end, self._marks.due(self.update))
        return min(update for update in ahead if update > self.update)

    def _arrived(self) -> None:
        """What is to be done at the present update: a recorded edit, or a checkpoint."""
        self._apply_due()
        if self.update >= self._end:
            self._end, self._end_progress = self.update, self.trainer.progress
        self._leave_mark()

    def _apply_due(self) -> None:
        """The recorded edits of the present update that lie ahead of the cursor."""
        while self._next_entry() == self.update:
            self._settle()
            self._apply_next()
        self._come_to_end()

    def _apply_next(self) -> None:
        entry, progress = self._entries[self._applied], self.trainer.progress
        self.trainer.apply(entry.edit)
        self._entries[self._applied] = replace(entry, progress=progress)
        self._applied += 1

    def _come_to_end(self) -> None:
        """Where nothing lies ahead any more, the recorded curves are the trainer's again."""
        if self._ahead is not None and self.at_end:
            self._settle()
            self.trainer.put_curves(self._ahead)
            self._ahead = None

    def _given(self, edit: Edit) -> int | None:
        """The place in the journal of a value for the same parameter, in the last step and at this update."""
        for place in range(len(self._entries) - 1, -1, -1):
            entry = self._entries[place]
            if not (isinstance(edit, SetValue) and isinstance(entry.edit, SetValue) and entry.update == self.update):
                break
            if entry.edit.index == edit.index:
                return place
            if not entry.joins:
                break
        return None

    def _fork(self, position: Position) -> None:
        """What lies ahead of this position leaves the story."""
        if position == (self._end, len(self._entries)):
            return
        update, applied = position
        self._filler = None  # it may stand in what is cut away
        self._tails.append(Tail(update, self._end, tuple(self._entries), self._ahead))
        self._marks.cut(position)
        del self._entries[applied:]
        self._end, self._end_progress = update, self.trainer.progress
        if self._ahead is not None:
            self.trainer.put_curves(self._ahead)
            self._ahead = None

    def _train_to(self, update: int) -> None:
        """Along what was recorded, between two edits."""
        while self.update < update:
            self.trainer.step(min(update, self._marks.due(self.update)) - self.update)
            self._leave_mark()
        self._settle()

    def _leave_mark(self) -> None:
        """A checkpoint, where the last one is far enough behind."""
        if self._marks.wanted(self.update) and not self.trainer.diverged:
            self._marks.add(self._mark())

    def _settle(self) -> None:
        """Take the losses on the whole sets that are due here, before anything else happens."""
        if not self.trainer.diverged:
            self.trainer.step(0)

    def _mark(self) -> Mark:
        return Mark(self.position, self.trainer.snapshot(), self.trainer.examples)

    def _twin(self, network: Network) -> Trainer:
        """Another trainer at update 0, of this network on the same data, by the same recipe and seed."""
        own = self.trainer
        x, y, x_test, y_test = (getattr(own.examples, name) for name in ("x", "y", "x_test", "y_test"))
        unseen = (x_test, y_test) if y_test.size else (None, None)
        return Trainer(network, x, y, unseen[0], unseen[1], own.recipe, own.seed, own.device, own.threads)
