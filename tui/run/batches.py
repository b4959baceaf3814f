"""Which examples the last update saw, and which the epoch has seen so far."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.order import epoch_order
from tui.run.facts import Facts, Request


@dataclass(frozen=True, slots=True)
class Batch:
    """The present epoch, as far as it has come."""

    last: np.ndarray  # rows of the training data that the last update saw
    before: np.ndarray  # those that the updates of the epoch before it saw


@dataclass(frozen=True, slots=True)
class LastBatch(Request["Batch | None"]):
    """Which training examples the last update saw; None where there was none, or where others trained then."""

    def answer(self, facts: Facts) -> Batch | None:
        at = facts.evidence
        if at.update == 0 or at.batches is None:
            return None
        (seed, began), count, size = at.batches, len(at.dataset.y_train), at.recipe.batch_size
        epoch = math.ceil(at.progress) - 1  # a complete one is the one before
        position, first = round((at.progress - epoch) * count), max(0, round((began - epoch) * count))
        begin = first + (position - first - 1) // size * size
        order = epoch_order(seed, epoch, count)
        return Batch(order[begin:position], order[:begin])
