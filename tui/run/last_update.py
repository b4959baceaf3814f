"""What view 5 asks: the last update opened up, and the one that would come next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.last_update import Update, last_update, next_update
from tui.draw.numbers import counted
from tui.run.facts import Evidence
from tui.run.workbench import Heavy

MOST = 2**22  # values of units, over a whole batch, that a pass may keep
PACE = 0.1  # seconds from one update that is opened up to the next


@dataclass(frozen=True, slots=True, eq=False)
class Last:
    """The last update, and where the next one would go."""

    done: Update
    ahead: Update  # begins with the θ of now, which somebody may have changed since
    miss: float | None  # how far its θ is from the trainer's, as a share of the largest; None where that was changed


@dataclass(frozen=True, slots=True)
class LastUpdate(Heavy["Last | str | None"]):
    """The last update, done again; None before the first, and a sentence where it is too large to be opened up."""

    rest = PACE
    looks_closely = True

    def work(self, evidence: Evidence) -> Last | str | None:
        way, batch = evidence.way, min(evidence.recipe.batch_size, len(evidence.dataset.y_train))
        if way is None:
            return None
        values = batch * sum(evidence.network.shape[1:])
        if values > MOST:
            return f"{counted(values)} values of units in one update: it is opened up to {counted(MOST)}; {{ and x help"
        done = last_update(way)
        theta = evidence.network.theta.astype(np.float64)
        miss = None if way.edited else float(np.abs(done.after.theta - theta).max() / max(1.0, np.abs(theta).max()))
        return Last(done, next_update(way, done), miss)
