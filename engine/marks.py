"""Marks: checkpoints along a story, within a budget of memory, so that any moment of it is reached by a short replay.

Even ones cover the whole of it; their spacing doubles when the budget is full. Beside them stand some that are close
together, in the stretch through which somebody walks back.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

from engine.checkpoint import Checkpoint
from engine.examples import Examples
from engine.undisturbed import undisturbed

Position = tuple[int, int]  # (update, how many entries of the journal are applied)

OBJECT_BYTES = 1_500  # of a checkpoint beside its arrays' own
# what a checkpoint, with the kernel call that ends for it, and an update cost, in multiply-adds that take as long
CHECKPOINT_COST, PARAMETER_COST, UPDATE_COST = 3_000_000, 1_000, 10_000
SHARE = 200  # a checkpoint may take one part in this many of the training between two
CLOSE = 64  # close ones: the last is at most the spacing over this before the moment that was asked for
MOST_CLOSE = 48


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A checkpoint, and where in the story it stands."""

    position: Position
    checkpoint: Checkpoint = field(compare=False)
    examples: Examples = field(compare=False)  # those of that moment, which all marks share

    @property
    def nbytes(self) -> int:
        return self.checkpoint.nbytes + OBJECT_BYTES


def first_spacing(parameters: int, batch: int) -> int:
    """Updates between checkpoints at first, so that making them takes little time: a function of the sizes only."""
    checkpoint, update = CHECKPOINT_COST + PARAMETER_COST * parameters, UPDATE_COST + 3 * parameters * batch
    return max(1, SHARE * checkpoint // update)


class Marks:
    """The checkpoints of one story; `first` is where it begins and is always kept."""

    def __init__(self, first: Mark, spacing: int, budget: int) -> None:
        self.budget, self.spacing = budget, spacing
        self._even, self._close = [first], list[Mark]()
        self.nbytes = first.nbytes

    def __len__(self) -> int:
        return len(self._even) + len(self._close)

    def due(self, update: int) -> int:
        """The next update after this one at which an even one is to be made, or where there is one already."""
        place = bisect_right(self._even, update, key=lambda mark: mark.position[0])
        last = self._even[place - 1].position[0]
        if place < len(self._even) and (ahead := self._even[place].position[0]) < last + 2 * self.spacing:
            return ahead
        return max(last + self.spacing, update + 1)

    def wanted(self, update: int) -> bool:
        """Whether the last even one before this update is as far behind as they stand apart."""
        place = bisect_right(self._even, update, key=lambda mark: mark.position[0])
        return update - self._even[place - 1].position[0] >= self.spacing

    def gap(self, update: int) -> tuple[Mark, int] | None:
        """The first stretch that ends after this update and lacks an even one: its begin, and the update of its end."""
        place = bisect_right(self._even, update, key=lambda mark: mark.position[0])
        for before, after in pairwise(self._even[place - 1 :]):
            if after.position[0] - before.position[0] >= 2 * self.spacing:
                return before, after.position[0]
        return None

    def nearest(self, position: Position) -> Mark:
        """The last one that is not behind this position."""
        candidates = [marks[place - 1] for marks in (self._even, self._close) if (place := _place(marks, position))]
        return max(candidates)

    @undisturbed()
    def add(self, mark: Mark) -> None:
        """Keep an even one, where there is none at its update yet."""
        place = _place(self._even, mark.position)
        if self._even[place - 1].position[0] == mark.position[0]:
            return
        self._even.insert(place, mark)
        self.nbytes += mark.nbytes
        while self.nbytes > self.budget and (self._close or len(self._even) > 1):
            self._drop(self._close, 0) if self._close else self._thin()

    @undisturbed()
    def add_close(self, mark: Mark) -> None:
        """Keep one beside the even ones; those that are farthest from it go where there are too many."""
        place = _place(self._close, mark.position)
        if self.nearest(mark.position).position == mark.position:
            return
        self._close.insert(place, mark)
        self.nbytes += mark.nbytes
        update = mark.position[0]
        while self._close and (len(self._close) > MOST_CLOSE or self.nbytes > self.budget):
            ends = (0, -1)
            self._drop(self._close, max(ends, key=lambda end: abs(self._close[end].position[0] - update)))

    def close_ones(self, update: int, target: int) -> list[int]:
        """The updates between these two at which a replay to the target leaves close ones: denser towards it."""
        ahead, least = (target - update) // 2, max(1, self.spacing // CLOSE)
        updates = []
        while ahead >= least:
            updates.append(target - ahead)
            ahead //= 2
        return updates

    @undisturbed()
    def shrink(self, budget: int) -> None:
        """Forget as many as it takes to stay within this budget, the first one excepted."""
        self._close.clear()
        self.nbytes = sum(mark.nbytes for mark in self._even)
        while self.nbytes > budget and len(self._even) > 1:
            self._thin()

    @undisturbed()
    def cut(self, position: Position) -> None:
        """Forget those behind this position."""
        for marks in (self._even, self._close):
            place = _place(marks, position)
            self.nbytes -= sum(mark.nbytes for mark in marks[place:])
            del marks[place:]

    def _thin(self) -> None:
        """Twice the spacing; of those that are closer now every one goes but the first."""
        self.spacing *= 2
        kept = self._even[:1]
        for mark in self._even[1:]:
            if mark.position[0] >= kept[-1].position[0] + self.spacing:
                kept.append(mark)
        self._even = kept
        self.nbytes = sum(mark.nbytes for mark in (*kept, *self._close))

    def _drop(self, marks: list[Mark], place: int) -> None:
        self.nbytes -= marks.pop(place).nbytes


def _place(marks: list[Mark], position: Position) -> int:
    """How many of the marks are not behind the position."""
    return bisect_right(marks, position, key=lambda mark: mark.position)
