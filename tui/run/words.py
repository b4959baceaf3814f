"""What is said of a run: sentences for beginnings, for training, and for a run that stops."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import data
from data import Dataset
from tui.draw.numbers import short
from tui.run.beginnings import Begin, Beginning, Lags, Load, Open, Reinit, Reseed, Restart
from tui.run.race import Row
from tui.run.run import Moment, Run
from tui.run.telling import Note

FIRST_NOTE = "space plays, . is one update; s adds a sigmoid unit, r a ReLU; ? all keys"  # whole at 80 columns
NEXT = "space plays, ? all keys"
CUT_OFF = "a run was cut off: ctrl+r goes on with it"
OFFER = "A run was cut off: ctrl+r goes on with it; space plays this one, ? all keys"
TO_BEFORE = "; u goes to the run before"
ONE_BEFORE = "That run cannot be gone on with: ctrl+r goes on with the one that was cut off before it"
NOTHING_LEFT = "No run was cut off: there is nothing to go on with"
REPLAYING = "space pauses; what was recorded plays again, then training goes on"
LINING_UP = "lining the runs up …"
SWEEPING = "laying out the sweep …"
NO_SWEEP = "there is no sweep: expected one; p in view 6 begins it"
LOADING = "loading the kernels; then it goes on …"
COMPILING = "compiling the kernels, which is slow only the first time; then it goes on …"


def of_beginning(beginning: Beginning, run: Run) -> str:
    """The sentence of the run that has begun."""
    match beginning:
        case Restart(recipe) if recipe is not None:
            return f"η {recipe.learning_rate:g} diverges at once from there too: started over with it; u takes it back"
        case Restart():
            return f"Back at update 0, with the same initial weights{TO_BEFORE}"
        case Reseed(seed):
            return f"A new random start: seed {seed}{TO_BEFORE}"
        case Reinit(init):
            return f"The initial weights are drawn anew: {init}{TO_BEFORE}"
        case Lags(lags):
            period = run.dataset.period or "row"
            return f"Each {period} is predicted from {lags} {period}{'s' * (lags > 1)} before it{TO_BEFORE}"
        case Open(path):
            if run.story.outcome is None:
                return "Back in the run that was cut off, as it was in its last seconds"
            return f"Opened {path}: replaying; space stops that, end goes on with it"
        case Begin():
            return ""  # the scene itself says what to do
        case Load(options):
            about = data.about(options.data) if options.data in data.names() else ""
            dataset = run.dataset
            return "; ".join(filter(None, (*dataset.notices, "" if about in dataset.source else about, dataset.source)))


def of_first(dataset: Dataset) -> tuple[str, ...]:
    """What is said of the run that the program starts with, in fewer and fewer words."""
    return "; ".join((*dataset.notices, FIRST_NOTE)), *(f"{form}; {NEXT}" for form in briefly(dataset)), FIRST_NOTE


def of_offer(dataset: Dataset) -> tuple[str, ...]:
    """That a run was cut off, with how the present table was read, in fewer and fewer words."""
    return *(f"{form}; {CUT_OFF}" for form in briefly(dataset)), OFFER


def briefly(dataset: Dataset) -> tuple[str, ...]:
    """How a table was read, in fewer and fewer words; () where there is nothing to say."""
    if not dataset.notices:
        return ()
    return (
        f"{dataset.notices[0].partition(':')[0]}; o shows its columns",
        f"fits {dataset.target_label}; o shows the table's columns",
        "o shows the columns",
    )


def of_training(moment: Moment) -> Note:
    """The note of training that goes on for a while; it is true however far the training will come."""
    return Note("space pauses", f"Training since epoch {moment.epoch}")


def of_ended_schedule(epochs: int) -> tuple[str, str, str]:
    """The sentence where playing pauses because the rate has reached 0, and the same in fewer and fewer words."""
    return (
        f"The schedule has ended at epoch {epochs}: η is 0, nothing moves. "
        f"In the recipe (tab) → on its {epochs} gives it more; space goes on",
        f"η is 0 since epoch {epochs}: → on its {epochs} in the recipe gives more; space goes on",
        f"η is 0 since epoch {epochs}: tab, recipe, → on its {epochs}; space goes on",
    )


def of_race(rows: Sequence[Row]) -> str:
    """The sentence at the end of a race, of which the unseen losses may be covered yet."""
    known = [row for row in rows if math.isfinite(row.train)]
    if not known:
        return "All runs have diverged: lower the learning rate"
    best = min(known, key=lambda row: row.train)
    return f"All are done: {best.name} learnt the training rows best, {short(best.train)}; is it best on unseen ones?"


def of_opened(name: str, run: Run, among: str) -> tuple[str, ...]:
    """What is said of a run that was opened from a sweep, in fewer and fewer words; `among`: whether view 6 has it."""
    opened = f"{name}, seed {run.trainer.seed}"
    return (
        f"{opened}: trains as in the sweep, which goes on; {among}, u goes back",
        f"{opened}: trains as in the sweep; {among}, u goes back",
        f"{opened}: trains as in the sweep; u goes back",
        f"{opened}; u goes back",
    )


def of_divergence(update: int, what: str, curvature: float = math.nan) -> str:
    """`curvature` is that of the loss along its gradient, where plain steps were taken."""
    said = overflow(update, what)
    steep = f"; plain steps above η {short(2 / curvature)} overshoot here" if curvature > 0 else ""
    return f"{said[0].upper()}{said[1:]}{steep}; [ lowers the rate, 0 starts again"


def overflow(update: int, what: str) -> str:
    """What stopped a run, by `Trainer.diverged`: a finite gradient too, where its square was too large."""
    return f"the {'weights' if what == 'theta' else what} grew too large at update {update}"


def while_it_begins(beginning: Beginning) -> str | None:
    """What takes long just now."""
    match beginning:
        case Load(options):
            return f"loading {options.data} …"
        case Open(path):
            return f"opening {path} …"
    return None


def of_filling(share: float) -> str:
    """Where somebody wants to go back to a moment that was trained by a program that was cut off."""
    return f"earlier moments are being trained again, {100 * share:.0f} %; then it goes there"


def of_replay(verdict: str) -> str:
    """What is said at the end of a replay; `verdict` is that of `Outcome`."""
    return verdict or "Replayed to the same θ as when it was saved; space trains on, u goes back"


def exported(path: Path) -> str:
    """What is said of a file that was written."""
    return f"Exported as {path}"
