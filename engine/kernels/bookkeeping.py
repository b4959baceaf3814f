"""What every mini-batch loop does beside the arithmetic: counters, loss curves, and when the whole sets are checked."""

from __future__ import annotations

import numpy as np

from engine import schedules
from engine.kernels.jit import by_code, compiled, inlined
from engine.optimizers import KEEP_FIRST, KEEP_SECOND, OPTIMIZERS
from engine.run import (
    BATCH_LOSS,
    BUCKET_CAPACITY,
    BUCKET_MAX,
    BUCKET_MIN,
    BUCKET_SIZE,
    BUCKET_SUM,
    BUCKETS,
    CHECK_ROW,
    EPOCH,
    FILLED,
    FIRST_POWER,
    FULL,
    POINT_CAPACITY,
    POINT_STRIDE,
    POINTS,
    POSITION,
    ROW,
    SECOND_POWER,
    STATUS,
    TEST_LOSS,
    TRAIN_LOSS,
    UPDATE,
    Ints,
    Settings,
    Sums,
)

scheduled_rate = by_code([compiled(schedule.function) for schedule in schedules.SCHEDULES.values()])
updates_done = inlined(schedules.updates_done)
optimizer_pace = by_code([compiled(optimizer.pace) for optimizer in OPTIMIZERS.values()])


@inlined
def present_rate(state: Ints, settings: Settings) -> float:
    """The scheduled rate of the update in work."""
    if settings.schedule == schedules.CONSTANT:
        return settings.learning_rate
    done = updates_done(state[EPOCH], state[POSITION], settings.batch_size, settings.examples)
    horizon = updates_done(settings.epochs, 0, settings.batch_size, settings.examples)
    return float(scheduled_rate(settings.schedule, settings.learning_rate, min(done, horizon), horizon))


@inlined
def present_pace(rate: float, sums: Sums, settings: Settings) -> tuple[float, float]:
    """The optimizer's numbers for the update in work; see `engine.optimizers`."""
    powers = sums[FIRST_POWER] * KEEP_FIRST, sums[SECOND_POWER] * KEEP_SECOND
    return optimizer_pace(settings.optimizer, rate, *powers)  # type: ignore[no-any-return]


@inlined
def move_on(state: Ints, sums: Sums, buckets: Sums, settings: Settings, size: int) -> None:
    """Count an update that succeeded on a batch of `size`, and have the whole sets checked where that is due."""
    sums[FIRST_POWER] *= KEEP_FIRST
    sums[SECOND_POWER] *= KEEP_SECOND
    state[ROW] = 0
    state[UPDATE] += 1
    state[POSITION] += size
    record_batch(state, sums, buckets, sums[BATCH_LOSS] / size)
    if state[POSITION] == settings.examples:
        state[POSITION] = 0
        state[EPOCH] += 1
        if check_is_due(state[EPOCH], state[POINT_STRIDE], settings):
            state[CHECK_ROW] = 0
            sums[TRAIN_LOSS] = 0.0
            sums[TEST_LOSS] = 0.0


@inlined
def check_is_due(epoch: int, point_stride: int, settings: Settings) -> bool:
    """A pure function of the epoch: every one at first, then one in `check_stride`; see `run.check_plan`."""
    stride = 1 if epoch <= settings.check_each else settings.check_stride
    return bool(epoch % max(stride, point_stride) == 0)


@inlined
def record_check(state: Ints, sums: Sums, points: Sums, settings: Settings) -> None:
    """Append the complete losses on the whole sets to the loss curve."""
    point = state[POINTS]
    points[point] = state[UPDATE]
    points[point + POINT_CAPACITY] = state[EPOCH]
    points[point + 2 * POINT_CAPACITY] = sums[TRAIN_LOSS] / settings.examples
    points[point + 3 * POINT_CAPACITY] = sums[TEST_LOSS] / settings.unseen if settings.unseen > 0 else np.nan
    state[CHECK_ROW] = -1
    state[POINTS] = point + 1
    if point + 1 == POINT_CAPACITY:
        state[STATUS] = FULL


@inlined
def record_batch(state: Ints, sums: Sums, buckets: Sums, batch_loss: float) -> None:
    """Add the loss of a batch to the present bucket, and file the bucket when it is full."""
    if state[FILLED] == 0:
        sums[BUCKET_MIN] = batch_loss
        sums[BUCKET_SUM] = 0.0
        sums[BUCKET_MAX] = batch_loss
    sums[BUCKET_MIN] = min(sums[BUCKET_MIN], batch_loss)
    sums[BUCKET_SUM] += batch_loss
    sums[BUCKET_MAX] = max(sums[BUCKET_MAX], batch_loss)
    state[FILLED] += 1
    if state[UPDATE] % state[BUCKET_SIZE] == 0:
        bucket = state[BUCKETS]
        buckets[bucket] = state[UPDATE]
        buckets[bucket + BUCKET_CAPACITY] = sums[BUCKET_MIN]
        buckets[bucket + 2 * BUCKET_CAPACITY] = sums[BUCKET_SUM] / state[FILLED]
        buckets[bucket + 3 * BUCKET_CAPACITY] = sums[BUCKET_MAX]
        state[FILLED] = 0
        state[BUCKETS] = bucket + 1
        if bucket + 1 == BUCKET_CAPACITY:
            state[STATUS] = FULL
