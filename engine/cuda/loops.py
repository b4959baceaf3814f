"""One run on the GPU: the same functions as `kernels.plain` and `kernels.simd` offer.

The GPU trains and takes the losses; what it did in a launch is then counted and recorded here, batch by batch, by the
same functions as on the processor.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.cuda.models import Member, Models
from engine.kernels import loops_for
from engine.kernels.bookkeeping import move_on, record_check
from engine.kernels.jit import kernel
from engine.run import COUNTS, SUMS, Floats, Run, Settings, State
from engine.undisturbed import undisturbed

LANES = 32  # threads of a warp, which do the same at a time
LOGGED = 1 << 16  # batches of one launch, at most
CHECKED = 1 << 12  # and losses on the whole sets
NAMES = ("theta", "gradient", "first_moment", "second_moment")
IN_WORK = (
    "status",
    "row",
    "check_row",
    "batch_loss",
    "train_loss",
    "test_loss",
)  # of what a launch may leave half done


class Buffers:
    """A run's arrays on the GPU, made when it is known by which settings it trains."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.models: Models | None = None
        self.fresh = False  # whether the GPU has the newest θ, gradient and moments


def make_buffers(run: Run, threads: int, like: Buffers | None = None) -> Buffers:
    """Room for a run; `threads` are for what the processor works out."""
    return Buffers(threads)


def push(run: Run, buffers: Buffers) -> None:
    """θ, gradient and moments of the run → the GPU, before the next launch."""
    buffers.fresh = False


def pull(run: Run, buffers: Buffers, names: Sequence[str]) -> None:
    """Some of "theta", "gradient", "first_moment" and "second_moment" from the GPU → the run."""
    if buffers.fresh:
        for name, values in zip(NAMES, copies(run, buffers), strict=True):
            if name in names:
                getattr(run, name)[:] = values


def copies(run: Run, buffers: Buffers) -> tuple[Floats, ...]:
    """Copies of θ, gradient, first and second moments, in θ's own order."""
    if not buffers.fresh:
        return tuple(getattr(run, name).copy() for name in NAMES)
    assert buffers.models is not None
    return tuple(buffers.models.parameters(0))


def write(buffers: Buffers, places: NDArray[np.intp], values: Floats) -> None:
    """New values of θ at these places of its own order → the GPU."""
    if buffers.fresh:
        assert buffers.models is not None
        parameters = buffers.models.parameters(0)
        parameters[0, places] = values
        buffers.models.set_parameters(0, list(parameters))


def gradient(run: Run, buffers: Buffers, settings: Settings) -> Floats:
    """∇ objective over the whole training set, in θ's order: once in a while, and so by the processor."""
    own = run._replace(**dict(zip(NAMES, copies(run, buffers), strict=True)))
    loops = loops_for(run.theta.dtype)
    rooms = loops.make_buffers(own, buffers.threads)
    loops.push(own, rooms)
    found: Floats = loops.gradient(own, rooms, settings)
    return found


def advance(run: Run, buffers: Buffers, settings: Settings, target: int, budget: int) -> int:
    """As `plain.advance`: one launch, or none where the budget is 0."""
    models, state = ready(run, buffers, settings), run.state
    per_epoch = -(-settings.examples // settings.batch_size)
    target = min(target, int(state.update) + min(LOGGED, (CHECKED - 2) * per_epoch))
    for name in (*COUNTS, *SUMS):
        models.states[name][0] = state[name]
    models.states["points"] = 0  # those of this launch only
    if not buffers.fresh:
        models.set_parameters(0, [getattr(run, name) for name in NAMES])
        buffers.fresh = True
    before = int(state.update)
    rows_before = done_rows(state, settings)
    with undisturbed():  # what was trained is counted
        models.launch(np.array([target]), budget)
        if budget == 0:
            return 0
        record(run, settings, models.batches(0, int(models.states["update"][0]) - before), models.points(0))
        for name in IN_WORK:
            state[name] = models.states[name][0]
    checks = int(models.states["points"][0]) * (settings.examples + settings.unseen)
    return int(run.theta.size * (3 * (done_rows(state, settings) - rows_before) + checks) + 1)


def ready(run: Run, buffers: Buffers, settings: Settings) -> Models:
    """The run on the GPU, laid out for these settings."""
    inputs = run.x.shape[1]
    member = Member(widths_of(run), tuple(run.kinds[inputs:-1].tolist()), tuple(run.frozen.tolist()), settings)
    if buffers.models is None:
        buffers.models = Models([member], (run.x, run.y, run.x_test, run.y_test), CHECKED, LOGGED)
    elif buffers.models.members[0] != member:
        buffers.models.members[0] = member
        buffers.models.lay_out()
    return buffers.models


def widths_of(run: Run) -> tuple[int, ...]:
    """(1, 3, 1)"""
    return (run.x.shape[1], *run.layout[:, 1].tolist())


def done_rows(state: State, settings: Settings) -> int:
    """Examples that were trained on so far, those of the batch in work too."""
    return int(state.epoch * settings.examples + state.position + state.row)


@kernel
def record(run: Run, settings: Settings, batches: Floats, taken: Floats) -> None:
    """Count the batches of a launch, and record their losses and those on the whole sets, which it took (4, points)."""
    state, used, done = run.state, 0, 0
    points, buckets = run.points.size // 4, run.buckets.size // 4
    while True:
        if state.check_row >= 0:
            while used < taken.shape[1] and taken[0, used] < state.update:
                used += 1  # of a launch that began before the curve was thinned
            if used == taken.shape[1]:
                return  # it is not complete yet
            state.train_loss = taken[2, used] * settings.examples
            state.test_loss = taken[3, used] * settings.unseen if settings.unseen > 0 else 0.0
            record_check(state, run.points, points, settings)
        elif done == batches.size:
            return
        else:
            state.batch_loss = float(batches[done])
            move_on(state, run.buckets, buckets, settings, min(settings.batch_size, settings.examples - state.position))
            done += 1


__all__ = ["LANES", "advance", "copies", "gradient", "make_buffers", "pull", "push", "write"]
