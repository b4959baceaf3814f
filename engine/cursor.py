"""Cursor: a trainer that stands somewhere in a story, and its way to any other moment of it.

A story is a journal of edits, each with the update at which it was made, and some checkpoints. Any moment is reached
from the nearest checkpoint by training again, to the bit.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from engine.checkpoint import Checkpoint
from engine.edits import Edit, SetValue, own
from engine.examples import Examples
from engine.filling import Filler, twin
from engine.history import Curves
from engine.journal import Entry, Tail
from engine.last_update import Way
from engine.marks import Mark, Marks, Position, first_spacing
from engine.trainer import Trainer
from engine.undisturbed import undisturbed

FAR = 2**62  # an update that nobody reaches
SHORTEST = 0.1  # of the time for a slice: a rest that is shorter than this is worth no kernel call


class Cursor:
    """A place in a story: an update, before or after some of the edits that were made there. The trainer is there."""

    def __init__(self, trainer: Trainer, budget: int) -> None:
        self.trainer = trainer
        self.entries: list[Entry] = []
        self.applied = 0  # how many of them lie before the cursor
        self._end, self._end_progress = 0, 0.0  # as below, as far as the trainer is not beyond it
        self.ahead: Curves | None = None  # the whole story's curves, once the cursor has gone back from its end
        self._gaps = False  # whether checkpoints before this place may be missing
        self._filler: Filler | None = None  # what goes through them
        batch = min(trainer.recipe.batch_size, trainer.examples.y.size)
        self.marks = Marks(self._mark(), first_spacing(trainer.architecture.n_parameters, batch), budget)

    @property
    def update(self) -> int:
        """The update at which it stands."""
        return self.trainer.update

    @property
    def position(self) -> Position:
        """(the update, how many entries of the journal lie before it)."""
        return self.update, self.applied

    @property
    def end(self) -> int:
        """The latest update that was reached or, in a story that was opened, recorded."""
        return max(self._end, self.update)

    @end.setter
    def end(self, update: int) -> None:
        self._end = update

    @property
    def end_progress(self) -> float:
        """The epochs done there."""
        return self.trainer.progress if self.update >= self._end else self._end_progress

    @property
    def at_end(self) -> bool:
        """Whether nothing lies ahead."""
        return self.update == self.end and self.applied == len(self.entries)

    # ------------------------------------------------------------------------------------------------ onwards

    def next_entry(self) -> int:
        """The update of the next recorded edit; FAR where none lies ahead."""
        return self.entries[self.applied].update if self.applied < len(self.entries) else FAR

    def apply_due(self) -> None:
        """Make the recorded edits of the present update that lie ahead."""
        while self.next_entry() == self.update:
            self.settle()
            self._apply_next()
        self._come_to_end()

    def forward(self, target: int) -> None:
        """Towards an update, along what was recorded and beyond it."""
        self.apply_due()
        while self.update < target:
            stop = self._next_stop(target)
            self.trainer.step(stop - self.update)
            self._arrived()
            if self.update < stop:  # it diverged
                return

    def forward_for(self, seconds: float) -> None:
        """As `forward`, for about this long."""
        self.apply_due()
        ends, shortest = time.perf_counter() + seconds, SHORTEST * seconds
        while True:
            stop = self._next_stop(FAR)
            self.trainer.run_for(seconds, stop)
            self._arrived()
            seconds = ends - time.perf_counter()
            if self.update < stop or seconds < shortest:
                return

    def _next_stop(self, target: int) -> int:
        """The nearest update ahead, up to the target, at which something is to be done beside training."""
        ahead = (target, self.next_entry(), self.end, self.marks.due(self.update))
        return min(update for update in ahead if update > self.update)

    def _arrived(self) -> None:
        """What is to be done at the present update: a recorded edit, or a checkpoint."""
        self.apply_due()
        self._leave_mark()

    # ------------------------------------------------------------------------------------------------ anywhere

    def before_step(self) -> Position | None:
        """Just before the last step of edits before the cursor; None where there is none."""
        first = self.applied - 1
        if first < 0:
            return None
        while self.entries[first].joins and first > 0:
            first -= 1
        return self.entries[first].update, first

    def after(self, update: int) -> Position:
        """After all edits of this update."""
        return update, sum(entry.update <= update for entry in self.entries)

    def distance(self, target: Position) -> int:
        """The updates that `go` trains on the way to this moment."""
        begin = self.marks.nearest(target).position
        return target[0] - (self.update if begin <= self.position <= target else begin[0])

    def go(self, target: Position) -> None:
        """To any moment of the story, from the nearest checkpoint or from here."""
        if target == self.position:
            self.settle()
            return
        if self.ahead is None and self.at_end:
            self.settle()
            self.ahead = self.trainer.take_curves()
        mark = self.marks.nearest(target)
        if not mark.position <= self.position <= target or self.trainer.diverged:
            self._return_to(mark)
        for update in (*self.marks.close_ones(self.update, target[0]), target[0]):
            while self.applied < target[1] and self.entries[self.applied].update <= update:
                self._train_to(self.entries[self.applied].update)
                self._apply_next()
            self._train_to(update)
            if update != target[0]:
                self.marks.add_close(self._mark())
        self._come_to_end()

    @undisturbed()
    def _return_to(self, mark: Mark) -> None:
        self._end, self._end_progress = self.end, self.end_progress
        self.trainer.restore(mark.checkpoint, mark.examples)
        self.applied = mark.position[1]

    @undisturbed()
    def stand(self, applied: int, checkpoint: Checkpoint, examples: Examples, curves: Curves) -> None:
        """At a moment of the story that was kept elsewhere, with the curves of the whole story."""
        self.trainer.restore(checkpoint, examples)
        self.applied, self.ahead, self._end_progress = applied, curves, self.trainer.progress
        self.marks.add(self._mark())
        self._gaps = True
        if self.at_end:
            self._lay_back_curves()

    def way(self) -> Way:
        """From the nearest checkpoint before the last update to here."""
        entries, before = self.entries[: self.applied], self.update - 1
        mark = self.marks.nearest((before, sum(entry.update <= before for entry in entries)))
        return Way(mark.checkpoint, mark.examples, tuple(entries[mark.position[1] :]), self.update)

    def leave_close(self) -> None:
        """A checkpoint here, beside those along the story."""
        if not self.trainer.diverged and self.marks.nearest(self.position).position != self.position:
            self.marks.add_close(self._mark())

    def _train_to(self, update: int) -> None:
        """Along what was recorded, between two edits."""
        while self.update < update:
            self.trainer.step(min(update, self.marks.due(self.update)) - self.update)
            self._leave_mark()
        self.settle()

    # ------------------------------------------------------------------------------------------------ checkpoints

    @property
    def filled(self) -> float:
        """How much of the way from the beginning to where it was put has its checkpoints, 0 to 1."""
        if not self._gaps:
            return 1.0
        return self._filler.position[0] / max(self.end, 1) if self._filler else 0.0

    def fill(self, seconds: float) -> bool:
        """Have missing checkpoints laid for about this long; whether there is more to do."""
        if self._gaps and self._filler is None:
            self._filler = Filler(twin(self.trainer, self.trainer.network), self.entries, self.marks)
        if self._filler is not None and not self._filler.work(seconds):
            self._gaps, self._filler = False, None
        return self._gaps

    def rest(self, budget: int) -> None:
        """Keep no more checkpoints than this many bytes."""
        self._filler = None
        self.marks.shrink(budget)

    # ------------------------------------------------------------------------------------------------ edits

    def make(self, edit: Edit, joins: bool) -> tuple[NDArray[Any], Tail | None]:
        """An edit here; returns its map of indices, and what lay ahead, which is no part of the story any more.

        A value that joins takes the place of one for the same parameter, made here in the same step.
        Raises EngineError, and changes nothing, for an edit that the run does not allow.
        """
        before, progress = self._mark(), self.trainer.progress
        edit = own(edit, self.trainer.architecture.dtype)
        mapping = self.trainer.apply(edit)
        tail = None if self.at_end else self._fork()
        if joins and (place := self._given(edit)) is not None:
            self.entries[place] = replace(self.entries[place], edit=edit)
            self.marks.cut((self.update, place))
            return mapping, tail
        self.marks.add(before)
        self.entries.append(Entry(self.update, edit, joins and bool(self.entries), progress))
        self.applied += 1
        return mapping, tail

    def _given(self, edit: Edit) -> int | None:
        """The place in the journal of a value for the same parameter, in the last step and at this update."""
        for place in range(len(self.entries) - 1, -1, -1):
            entry = self.entries[place]
            if not (isinstance(edit, SetValue) and isinstance(entry.edit, SetValue) and entry.update == self.update):
                break
            if entry.edit.index == edit.index:
                return place
            if not entry.joins:
                break
        return None

    def _fork(self) -> Tail:
        """What lies ahead leaves the story."""
        tail = Tail(self.update, self.end, tuple(self.entries), self.ahead)
        self.marks.cut(self.position)
        del self.entries[self.applied :]
        self._filler = None  # it may have stood in what was cut away
        self._end, self._end_progress = self.update, self.trainer.progress
        self._lay_back_curves()
        return tail

    @undisturbed()
    def _apply_next(self) -> None:
        entry, progress = self.entries[self.applied], self.trainer.progress
        self.trainer.apply(entry.edit)
        self.entries[self.applied] = replace(entry, progress=progress)
        self.applied += 1

    # ------------------------------------------------------------------------------------------------ helpers

    def _come_to_end(self) -> None:
        """Where nothing lies ahead any more, the recorded curves are the trainer's again."""
        if self.ahead is not None and self.at_end:
            self.settle()
            self._lay_back_curves()

    @undisturbed()
    def _lay_back_curves(self) -> None:
        if self.ahead is not None:
            self.trainer.put_curves(self.ahead)
            self.ahead = None

    def _leave_mark(self) -> None:
        """A checkpoint, where the last one is far enough behind."""
        if self.marks.wanted(self.update) and not self.trainer.diverged:
            self.marks.add(self._mark())

    def settle(self) -> None:
        """Take the losses on the whole sets that are due here, before anything else happens."""
        if not self.trainer.diverged:
            self.trainer.step(0)

    def _mark(self) -> Mark:
        return Mark(self.position, self.trainer.snapshot(), self.trainer.examples)
