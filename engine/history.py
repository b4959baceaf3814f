"""The loss curves of a run, bounded however long it trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from engine.run import CURVE_COUNTS, STATE, Run, State, new_state

Floats = NDArray[np.float64]
BUCKET_IN_WORK = ("filled", "bucket_min", "bucket_sum", "bucket_max")


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
    """Losses of batches in buckets of equally many updates: the last update of each, least, mean and greatest loss.

    A bucket ends at a multiple of the buckets' size; where a curve begins or was cut, one may hold fewer losses.
    """

    update: NDArray[np.int64]
    min: Floats
    mean: Floats
    max: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """The loss curves up to an update, with what is in the bucket in work; nobody changes them."""

    points: Floats  # (4, points): update, epoch, train and test loss
    buckets: Floats  # (4, buckets): last update, min, mean and max of batch losses
    state: State  # of which only what belongs to the curves is meant

    @property
    def update(self) -> int:
        """The update that the curves had come to."""
        return int(self.state.update)

    @property
    def nbytes(self) -> int:
        """The bytes of its arrays."""
        return int(self.points.nbytes + self.buckets.nbytes)


class Branch:
    """A stretch of training without a step back; it stands for itself, in copies too."""

    __slots__ = ("__weakref__",)

    def __deepcopy__(self, memo: dict[int, Any]) -> Branch:
        return self


class Branches:
    """Up to which update the curves of a run are true for a checkpoint that was made on one of its branches."""

    def __init__(self) -> None:
        self.present = Branch()
        self._ends: WeakKeyDictionary[Branch, int] = WeakKeyDictionary()  # of branches that checkpoints still name

    def covered(self, branch: Branch, update: int) -> int | None:
        """The last update up to which the curves hold for a checkpoint at `update`; None if they are of another run."""
        end = update if branch is self.present else self._ends.get(branch)
        return None if end is None else min(end, update)

    def fork(self, update: int) -> None:
        """What follows this update is another branch."""
        for branch, end in self._ends.items():
            self._ends[branch] = min(end, update)
        self._ends[self.present] = update
        self.present = Branch()

    def __getstate__(self) -> dict[str, Any]:
        return {"present": self.present, "ends": dict(self._ends)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.present, self._ends = state["present"], WeakKeyDictionary(state["ends"])


def take_curves(run: Run) -> Curves:
    """A copy of the curves of a run."""
    state = new_state()
    for name in STATE.names or ():
        state[name] = run.state[name]
    points, buckets = _rows(run.points)[:, : state.points], _rows(run.buckets)[:, : state.buckets]
    return Curves(points.copy(), buckets.copy(), state)


def put_curves(run: Run, curves: Curves) -> None:
    """The run has these curves in place of its own, as far as its update."""
    names = CURVE_COUNTS if curves.update != run.state.update else (*CURVE_COUNTS, *BUCKET_IN_WORK)
    for name in names:
        run.state[name] = curves.state[name]
    _rows(run.points)[:, : run.state.points] = curves.points
    _rows(run.buckets)[:, : run.state.buckets] = curves.buckets
    if curves.update != run.state.update:
        cut(run, int(run.state.update))


def record_start(run: Run, train_loss: float, test_loss: float) -> None:
    """The loss curves begin at the present update, whose losses need not be taken again."""
    run.state.check_row = -1
    _rows(run.points)[:, 0] = run.state.update, run.state.epoch, train_loss, test_loss
    run.state.points = run.state.point_stride = run.state.bucket_size = 1
    run.state.buckets = run.state.filled = 0


def cut(run: Run, update: int) -> None:
    """Forget what the curves hold of later than this update, and the point whose losses are yet to be taken."""
    recorded = run.state.update - (run.state.check_row >= 0)
    for curve, count, last in ((run.points, "points", min(update, recorded)), (run.buckets, "buckets", update)):
        updates = _rows(curve)[0, : run.state[count]]
        run.state[count] = np.searchsorted(updates, last, side="right")


def history(run: Run) -> History:
    return history_of(_rows(run.points)[:, : run.state.points])


def history_of(points: Floats) -> History:
    """The losses on the whole sets from points (4, n)."""
    update, epoch, train, test = points
    return History(_frozen(update, np.int64), _frozen(epoch, np.int64), _frozen(train), _frozen(test))


def batch_history(run: Run) -> BatchHistory:
    return batch_history_of(_rows(run.buckets)[:, : run.state.buckets])


def batch_history_of(buckets: Floats) -> BatchHistory:
    """The losses of batches from buckets (4, n)."""
    update, least, mean, greatest = buckets
    return BatchHistory(_frozen(update, np.int64), _frozen(least), _frozen(mean), _frozen(greatest))


def _rows(curve: Floats) -> Floats:
    """The four columns of a curve, one behind the other in memory, as rows."""
    return curve.reshape(4, -1)


def _frozen(values: Floats, dtype: Any = np.float64) -> NDArray[Any]:
    array = values.astype(dtype)
    array.flags.writeable = False
    return array
