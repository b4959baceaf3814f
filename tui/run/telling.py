"""What a run has to tell: its edits on the loss plot, and one sentence of measured facts about the last of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from data import Dataset
from engine import Recipe
from tui.draw.numbers import short
from tui.run.measure import loss_words

FLAT = "All units of a layer are flat on the data: [ lowers the rate, 0 starts again"
PLATEAU = "; train is flat"
TROUBLES = {
    "dead": "dead: off on every training point; x removes it",
    "saturated": "saturated: flat on nearly every training point",
}


def brief(note: str) -> str:
    """The same in fewer words, for a narrow screen: "Since unit 4 was added: unseen 38.0 → 25.6 g"."""
    return re.sub(r" \(epoch \d+\):", ":", note.split(PLATEAU)[0])


@dataclass(frozen=True, slots=True)
class Note:
    """What is said of a change: `text` at once and, once updates follow, a sentence about what they brought."""

    text: str
    subject: str = ""  # of that sentence, "Since unit 4 was added"; "" where there is nothing to measure
    mark: str = ""  # on the loss plot; "" for none
    unit: tuple[int, int] | None = None  # (layer, unit) that the change added or moved
    name: str = ""  # of the change, after "undoes": "unit 4 added"
    shorter: tuple[str, ...] = ()  # the text in fewer and fewer words
    measured: str = ""  # what the text goes on with, as soon as the change is made: "curve" or "loss"


@dataclass(slots=True)
class Telling:
    """The notes of one run: of each edit of its story, and what is said now."""

    note: Note = Note("")
    notes: list[Note] = field(default_factory=list)  # one for each entry of the story
    _update: int = 0
    _loss: float = 0.0  # before the change

    def say(self, text: str, *shorter: str) -> None:
        """A note that stands by itself, and the same in fewer and fewer words."""
        self.note = Note(text, shorter=shorter)

    def edited(self, place: int, note: Note) -> None:
        """The note of the story's entry at this place; what was told of later ones goes."""
        self.notes[place:] = [note]

    def changed(self, note: Note, update: int, loss: float) -> None:
        """A change at this update; `loss` is that before it."""
        self.note, self._update, self._loss = note, update, loss

    @property
    def measures(self) -> bool:
        """Whether a change is being followed."""
        return bool(self.note.subject)

    def sentence(
        self,
        update: int,
        losses: tuple[float, float | None],
        recipe: Recipe,
        dataset: Dataset,
        trouble: str = "",
        overfit: tuple[float, float] | None = None,
        plateau: float | None = None,
    ) -> str:
        """The note as of now; `losses` are those of the training and, where there is one, of the unseen set.

        `trouble` is that of the changed unit, "dead" or "saturated": it brought nothing. "flat" is a whole layer of
        such units: steep ones may fit a step well, so this is told only where the loss has risen. `overfit` is epoch
        and loss of the best unseen moment, where unseen has risen since then and train fallen: what all training
        did is credited to no change. `plateau` is the epoch since which the training loss has hardly fallen.
        """
        subject, unit = self.note.subject, self.note.unit
        if not subject or update == self._update:
            return self.note.text
        which, loss = ("training", losses[0]) if losses[1] is None else ("unseen", losses[1])
        if trouble == "flat" and loss > self._loss:
            return FLAT
        if unit and trouble in TROUBLES:
            return f"Unit {unit[1] + 1} is {TROUBLES[trouble]}"
        after = loss_words(loss, recipe, dataset)
        if overfit is not None:
            epoch, best = overfit
            since = "since then it rises while train falls: overfitting"
            return f"Unseen was best at epoch {epoch:.0f} ({short(best)}); {since}"
        told = f"stays at {after}" if short(loss) == short(self._loss) else f"{short(self._loss)} → {after}"
        flat = "" if plateau is None else f"{PLATEAU} since epoch {plateau:.0f}"
        return f"{subject}: {which} {told}{flat}"
