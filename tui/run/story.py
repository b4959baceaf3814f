"""What a run has to tell: its edits on the loss plot, and one sentence of measured facts about the last of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from data import Dataset
from engine import Recipe
from tui.draw.numbers import short
from tui.run.measure import loss_words

FLAT = "All units of a layer are flat on the data: [ lowers the rate, 0 starts again"
TROUBLES = {
    "dead": "dead: off on every training point; x removes it",
    "saturated": "saturated: flat on nearly every training point",
}


def brief(note: str) -> str:
    """The same in fewer words, for a narrow screen: "took unseen from 38.0 to 25.6 g"."""
    return note.replace(" brought the ", " took ").replace(" loss from ", " from ")


@dataclass(slots=True)
class Story:
    """Marks and the note of one run."""

    note: str = ""
    marks: list[tuple[float, str]] = field(default_factory=list)  # (epoch, label)
    unit: tuple[int, int] | None = None  # (layer, unit) that the last change added or moved
    _subject: str = ""  # of the sentence about the last change; "" where there is nothing to measure
    _update: int = 0
    _loss: float = 0.0  # before the change

    def say(self, note: str) -> None:
        """A note that stands by itself."""
        self.note, self._subject, self.unit = note, "", None

    def changed(self, subject: str, note: str, update: int, loss: float, unit: tuple[int, int] | None = None) -> None:
        """A change: `note` says it now; once updates follow, the sentence about `subject` says what came of it."""
        self.note, self._subject, self._update, self._loss, self.unit = note, subject, update, loss, unit

    @property
    def measures(self) -> bool:
        """Whether a change is being followed."""
        return bool(self._subject)

    def mark(self, epoch: float, label: str) -> None:
        """An edit on the loss plot; at epoch 0 it would part nothing, and twice the same says no more."""
        if epoch > 0 and (epoch, label) not in self.marks[-1:]:
            self.marks.append((epoch, label))

    def sentence(
        self, update: int, losses: tuple[float, float | None], recipe: Recipe, dataset: Dataset, trouble: str = ""
    ) -> str:
        """The note as of now; `losses` are those of the training and, where there is one, of the unseen set.

        `trouble` is that of the changed unit, "dead" or "saturated": it brought nothing. "flat" is a whole layer of
        such units: steep ones may fit a step well, so this is told only where the loss has risen.
        """
        if not self._subject or update == self._update:
            return self.note
        which, loss = ("training", losses[0]) if losses[1] is None else ("unseen", losses[1])
        if trouble == "flat" and loss > self._loss:
            return FLAT
        if self.unit and trouble in TROUBLES:
            return f"Unit {self.unit[1] + 1} is {TROUBLES[trouble]}"
        after = loss_words(loss, recipe, dataset)
        if short(loss) == short(self._loss):
            return f"{self._subject} left the {which} loss at {after}"
        return f"{self._subject} brought the {which} loss from {short(self._loss)} to {after}"
