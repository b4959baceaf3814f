"""What a change did at once, as measured: how far the curve moved, or what became of the training loss."""

from __future__ import annotations

import numpy as np

from tui.draw.numbers import short
from tui.run.facts import Facts, Losses, Outputs
from tui.run.measure import loss_words
from tui.run.telling import Note

STILL = 1e-5  # of the targets' spread: less than that is rounding, and no dot on any screen


def with_outcome(note: Note, before: Facts, after: Facts) -> str:
    """The text of a note with what it asks to be measured: "All c solved: training loss 38.0 → 25.6 g"."""
    match note.measured:
        case "curve":
            return f"{note.text}; {_of_curve(before, after)}"
        case "loss":
            loss, at = before.of(Losses())[0], after.evidence
            return (
                f"{note.text}: training loss {short(loss)} → {loss_words(after.of(Losses())[0], at.recipe, at.dataset)}"
            )
    return note.text


def _of_curve(before: Facts, after: Facts) -> str:
    """The largest change of the prediction over the training points, in the target's own unit."""
    own, other = before.of(Outputs("train")), after.of(Outputs("train"))
    assert own is not None and other is not None  # only of unseen examples there may be none
    with np.errstate(all="ignore"):
        moved = float(np.abs(other.astype(np.float64) - own).max())
    if moved <= STILL:
        return "the curve stays"
    dataset = after.evidence.dataset
    return f"the curve moved by up to {short(moved * dataset.y_scale)} {dataset.target_unit}".rstrip()
