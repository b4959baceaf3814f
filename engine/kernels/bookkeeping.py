"""What every mini-batch loop does beside the arithmetic: counters, loss curves, and when the whole sets are checked."""

from __future__ import annotations

import numpy as np

from engine import schedules
from engine.kernels.jit import by_code, inlined, internal
from engine.optimizers import KEEP_FIRST, KEEP_SECOND, OPTIMIZERS
from engine.run import Curve, Settings, State

scheduled_rate = by_code([internal(schedule.function) for schedule in schedules.SCHEDULES.values()])
updates_done = inlined(schedules.updates_done)
optimizer_pace = by_code([internal(optimizer.pace) for optimizer in OPTIMIZERS.values()])


@inlined
def present_rate(state: State, settings: Settings) -> float:
    """The scheduled rate of the update in work."""
    if settings.schedule == schedules.CONSTANT:
        return settings.learning_rate
    done = updates_done(state.epoch, state.position, settings.batch_size, settings.examples)
    horizon = updates_done(settings.epochs, 0, settings.batch_size, settings.examples)
    return float(scheduled_rate(settings.schedule, settings.learning_rate, min(done, horizon), horizon))


@inlined
def present_pace(rate: float, state: State, settings: Settings) -> tuple[float, float]:
    """The optimizer's numbers for the update in work; see `engine.optimizers`."""
    powers = state.first_power * KEEP_FIRST, state.second_power * KEEP_SECOND
    return optimizer_pace(settings.optimizer, rate, *powers)  # type: ignore[no-any-return]


@inlined
def move_on(state: State, buckets: Curve, capacity: int, settings: Settings, size: int) -> None:
    """Count an update that succeeded on a batch of `size`, and have the whole sets checked where that is due."""
    state.first_power *= KEEP_FIRST
    state.second_power *= KEEP_SECOND
    state.row = 0
    state.update += 1
    state.position += size
    record_batch(state, buckets, capacity, state.batch_loss / size)
    if state.position == settings.examples:
        state.position = 0
        state.epoch += 1
        if check_is_due(state.epoch, state.point_stride, settings):
            state.check_row = 0
            state.train_loss = 0.0
            state.test_loss = 0.0


@inlined
def check_is_due(epoch: int, point_stride: int, settings: Settings) -> bool:
    """A pure function of the epoch: every one at first, then one in `check_stride`; see `run.check_plan`."""
    stride = 1 if epoch <= settings.check_each else settings.check_stride
    return bool(epoch % max(stride, point_stride) == 0)


@internal
def record_check(state: State, points: Curve, capacity: int, settings: Settings) -> None:
    """Append the complete losses on the whole sets to the loss curve; where it is full, every second point goes."""
    point = state.points
    points[point] = state.update
    points[point + capacity] = state.epoch
    points[point + 2 * capacity] = state.train_loss / settings.examples
    points[point + 3 * capacity] = state.test_loss / settings.unseen if settings.unseen > 0 else np.nan
    state.check_row = -1
    state.points = point + 1
    if point + 1 == capacity:
        thin_points(state, points, capacity)


@internal
def thin_points(state: State, points: Curve, capacity: int) -> None:
    """Every second point goes."""
    half = capacity // 2
    for row in range(0, 4 * capacity, capacity):
        for point in range(half):
            points[row + point] = points[row + 2 * point]
    state.points = half
    state.point_stride *= 2


@inlined
def record_batch(state: State, buckets: Curve, capacity: int, batch_loss: float) -> None:
    """Add the loss of a batch to the present bucket, and file the bucket when it is full."""
    if state.filled == 0:
        state.bucket_min = batch_loss
        state.bucket_sum = 0.0
        state.bucket_max = batch_loss
    state.bucket_min = min(state.bucket_min, batch_loss)
    state.bucket_sum += batch_loss
    state.bucket_max = max(state.bucket_max, batch_loss)
    state.filled += 1
    if state.update & (state.bucket_size - 1) == 0:  # the size is a power of two
        bucket = state.buckets
        buckets[bucket] = state.update
        buckets[bucket + capacity] = state.bucket_min
        buckets[bucket + 2 * capacity] = state.bucket_sum / state.filled
        buckets[bucket + 3 * capacity] = state.bucket_max
        state.filled = 0
        state.buckets = bucket + 1
        if bucket + 1 == capacity:
            merge_buckets(state, buckets, capacity)


@internal
def merge_buckets(state: State, buckets: Curve, capacity: int) -> None:
    """Buckets merge in pairs: those that lie in one bucket of twice the size, which ends at a multiple of it."""
    size = 2 * state.bucket_size
    kept = begin = 0
    while begin < capacity:
        end, pair = begin, (buckets[begin] + size - 1) // size
        least, total, greatest = buckets[begin + capacity], 0.0, buckets[begin + 3 * capacity]
        while end < capacity and (buckets[end] + size - 1) // size == pair:
            least = min(least, buckets[end + capacity])
            total += buckets[end + 2 * capacity]
            greatest = max(greatest, buckets[end + 3 * capacity])
            end += 1
        buckets[kept] = buckets[end - 1]
        buckets[kept + capacity] = least
        buckets[kept + 2 * capacity] = total / (end - begin)
        buckets[kept + 3 * capacity] = greatest
        kept, begin = kept + 1, end
    state.buckets, state.bucket_size = kept, size
