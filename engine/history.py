"""The loss curves of a run, bounded however long it trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.run import (
    BUCKET_CAPACITY,
    BUCKET_SIZE,
    BUCKETS,
    EPOCH,
    POINT_CAPACITY,
    POINT_STRIDE,
    POINTS,
    UPDATE,
    Run,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class History:
    """Losses on the whole sets, in the scaled target's units: read-only arrays of equal length, oldest first.

    `test` is NaN where there is no test set. Past 65 536 points every second one goes.
    """

    update: NDArray[np.int64]
    epoch: NDArray[np.int64]
    train: Floats
    test: Floats


@dataclass(frozen=True, slots=True)
class BatchHistory:
    """Losses of batches in buckets of equally many updates: the last update of each, least, mean and greatest loss."""

    update: NDArray[np.int64]
    min: Floats
    mean: Floats
    max: Floats


def record_start(run: Run, train_loss: float, test_loss: float) -> None:
    """The loss curve's first point, before any update."""
    _rows(run.points)[:, 0] = run.state[UPDATE], run.state[EPOCH], train_loss, test_loss
    run.state[POINTS] = 1


def history(run: Run) -> History:
    update, epoch, train, test = _rows(run.points)[:, : run.state[POINTS]]
    return History(_frozen(update, np.int64), _frozen(epoch, np.int64), _frozen(train), _frozen(test))


def batch_history(run: Run) -> BatchHistory:
    update, least, mean, greatest = _rows(run.buckets)[:, : run.state[BUCKETS]]
    return BatchHistory(_frozen(update, np.int64), _frozen(least), _frozen(mean), _frozen(greatest))


def thin(run: Run) -> None:
    """Halve whatever is full: every second point goes, and buckets merge in pairs."""
    state, points, buckets = run.state, _rows(run.points), _rows(run.buckets)
    if state[POINTS] == POINT_CAPACITY:
        half = POINT_CAPACITY // 2
        points[:, :half] = points[:, ::2].copy()
        state[POINTS] = half
        state[POINT_STRIDE] *= 2
    if state[BUCKETS] == BUCKET_CAPACITY:
        half = BUCKET_CAPACITY // 2
        even, odd = buckets[:, ::2].copy(), buckets[:, 1::2].copy()
        buckets[0, :half] = odd[0]
        buckets[1, :half] = np.minimum(even[1], odd[1])
        buckets[2, :half] = (even[2] + odd[2]) / 2
        buckets[3, :half] = np.maximum(even[3], odd[3])
        state[BUCKETS] = half
        state[BUCKET_SIZE] *= 2


def _rows(curve: Floats) -> Floats:
    """The four columns of a curve, one behind the other in memory, as rows."""
    return curve.reshape(4, -1)


def _frozen(values: Floats, dtype: Any = np.float64) -> NDArray[Any]:
    array = values.astype(dtype)
    array.flags.writeable = False
    return array
