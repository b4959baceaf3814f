"""Filling: a second trainer goes through the past of a story, and leaves checkpoints where they are missing.

So a story that was opened at a late moment stays there while somebody looks at it.
"""

from __future__ import annotations

import math
from dataclasses import replace

from engine.examples import Examples
from engine.journal import Entry
from engine.marks import Mark, Marks, Position
from engine.network import Network
from engine.recipe import Recipe
from engine.trainer import Trainer
from engine.undisturbed import undisturbed


class Filler:
    """Goes through the gaps between the checkpoints of a journal, then to edits whose epoch is not known.

    The trainer is its own; the journal and the checkpoints are those of the story, which must not be cut meanwhile.
    """

    def __init__(self, trainer: Trainer, entries: list[Entry], marks: Marks) -> None:
        self.trainer, self._entries, self._marks = trainer, entries, marks
        self._applied = 0
        self._until = 0  # where the present gap ends

    def work(self, seconds: float) -> bool:
        """Go on for one slice of about this long; False once nothing is missing, or where the run diverges."""
        if self.trainer.update >= self._until and not self._enter_gap():
            return False
        target = min(self._until, self._next_entry(), self._marks.due(self.trainer.update))
        if self.trainer.update < target:
            self.trainer.run_for(seconds, target)
        if self.trainer.diverged:
            return False
        self._apply_due()
        if self._marks.wanted(self.trainer.update):
            self._marks.add(Mark(self.position, self.trainer.snapshot(), self.trainer.examples))
        return True

    @property
    def position(self) -> Position:
        return self.trainer.update, self._applied

    def _enter_gap(self) -> bool:
        """Stand where the next gap begins, if there is one."""
        gap = self._marks.gap(self.trainer.update) or self._before_unknown()
        if gap is None:
            return False
        begin, self._until = gap
        self._stand_at(begin)
        self._apply_due()
        return True

    @undisturbed()
    def _stand_at(self, mark: Mark) -> None:
        self.trainer.restore(mark.checkpoint, mark.examples)
        self._applied = mark.position[1]

    def _before_unknown(self) -> tuple[Mark, int] | None:
        """The stretch up to the first edit whose epoch is not known yet."""
        for place, entry in enumerate(self._entries):
            if math.isnan(entry.progress):
                return self._marks.nearest((entry.update, place)), entry.update
        return None

    def _next_entry(self) -> int:
        return self._entries[self._applied].update if self._applied < len(self._entries) else 2**62

    def _apply_due(self) -> None:
        """The edits that were made at this update; their place on the curve is known from now on."""
        while self._next_entry() == self.trainer.update:
            self.trainer.step(0)  # losses that are due come before whatever else happens
            self._apply_next()

    @undisturbed()
    def _apply_next(self) -> None:
        entry = self._entries[self._applied]
        self._entries[self._applied] = replace(entry, progress=self.trainer.progress)
        self.trainer.apply(entry.edit)
        self._applied += 1


def twin(trainer: Trainer, network: Network, recipe: Recipe | None = None, examples: Examples | None = None) -> Trainer:
    """Another trainer at update 0, of this network, by the same seed; recipe and examples of now, or given."""
    data = trainer.examples if examples is None else examples
    x_test, y_test = (data.x_test, data.y_test) if data.y_test.size else (None, None)
    own = trainer.recipe if recipe is None else recipe
    other = Trainer(network, data.x, data.y, x_test, y_test, own, trainer.seed, trainer.device, trainer.threads)
    other.restore(other.snapshot(), data)  # with what stands aside, and how it came to that
    return other
