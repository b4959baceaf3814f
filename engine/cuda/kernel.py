"""The mini-batch loop on the GPU: many updates of a model in one launch, by one block of threads.

All threads of a block keep the same clock in their registers; the last one, the keeper, adds up losses and keeps the
books. A launch begins with a copy of the model's state and works on the copy. After a step that is not finite it begins
again from the state that it had, and does all updates but the last: they come out the same to the bit.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.cuda.package import cuda, inlined, kernel, part
from engine.cuda.parts import (
    check_is_due,
    epoch_key,
    example,
    loss_slope,
    loss_value,
    optimizer_pace,
    optimizer_step,
    record_check,
    scheduled_rate,
    updates_done,
)
from engine.cuda.plan import (
    BAD,
    BROKEN,
    DECAY,
    EPSILON,
    FROZEN,
    HEAD,
    LANES,
    PACE,
    PACES,
    WEIGHT,
    Plan,
    Shape,
)
from engine.cuda.products import DEEP, ZERO, make_backwards, make_forwards, make_gradient, place
from engine.cuda.scalars import isfinite, sign
from engine.optimizers import KEEP_FIRST, KEEP_SECOND
from engine.run import BAD_GRADIENT, BAD_LOSS, BAD_THETA, FINE

Function = Callable[..., Any]
FLOAT = np.dtype(np.float32)
ONE = np.float32(1.0)
NO_END = 1 << 62


@part
def fill_paces(pool: Any, settings: Any, first: float, second: float, done: int, thread: int, threads: int) -> None:
    """The optimizer's numbers of the next PACES updates, of which `done` others come before the first."""
    horizon = updates_done(settings.epochs, 0, settings.batch_size, settings.examples)
    n = thread
    while n < PACES:
        one, two = first, second
        for _ in range(n + 1):
            one *= KEEP_FIRST
            two *= KEEP_SECOND
        rate = scheduled_rate(settings.schedule, settings.learning_rate, min(done + n, horizon), horizon)
        pace, epsilon = optimizer_pace(settings.optimizer, rate, one, two)
        pool[PACE + n] = pace
        pool[EPSILON + n] = epsilon
        pool[DECAY + n] = rate * settings.shrink
        n += threads


@part
def fill_order(order: Any, settings: Any, key: int, begin: int, count: int, thread: int, threads: int) -> None:
    """Which examples are at `count` places of the epoch from `begin` on."""
    i = thread
    while i < count:
        order[place(i)] = example(key, begin + i, settings.examples, settings.grid_rows, settings.grid_columns)
        i += threads


@part
def gather(
    a: Any, x: Any, y: Any, order: Any, ordered: bool, begin: int, rows: int, inputs: int, target: int, stride: int,
    across: int, width: int, down: int, height: int,
) -> None:  # fmt: skip
    """Inputs and targets of some examples → rows of activations; neighbouring threads take neighbouring inputs."""
    r = down
    while r < rows:
        own = cuda.local.array(DEEP, np.int64)
        value = cuda.local.array(DEEP, np.float32)
        for k in range(DEEP):
            at = begin + min(r + k * height, rows - 1)
            own[k] = int(order[place(at)]) if ordered else at
        j = across
        while j < inputs:
            for k in range(DEEP):
                value[k] = x[place(own[k] * inputs + j)]
            for k in range(DEEP):
                if r + k * height < rows:
                    a[place(j * stride + r + k * height)] = value[k]
            j += width
        if across == 0:
            for k in range(DEEP):
                value[k] = y[place(own[k])]
            for k in range(DEEP):
                if r + k * height < rows:
                    a[place(target * stride + r + k * height)] = value[k]
        r += DEEP * height


@part
def output(
    a: Any, d: Any, theta: Any, layer: Any, loss: int, share: Any, rows: int, stride: int, thread: int, threads: int
) -> None:
    """The last layer, and what it is off by: losses, and ∂loss/∂z times the example's share, over all rows."""
    inputs = layer.fan_in + 1
    r = thread
    while r < rows:
        z, at, row, down = ZERO, place(layer.weight), place(layer.source * stride + r), place(stride)
        for _ in range(inputs // DEEP):
            z += theta[at] * a[row]
            z += theta[at + place(1)] * a[row + down]
            z += theta[at + place(2)] * a[row + place(2) * down]
            z += theta[at + place(3)] * a[row + place(3) * down]
            at += place(DEEP)
            row += place(DEEP) * down
        for _ in range(inputs % DEEP):
            z += theta[at] * a[row]
            at += place(1)
            row += down
        error = z - a[place(layer.target * stride + r)]
        d[place(layer.delta * stride + r)] = loss_slope(loss, error) * share
        d[place((layer.delta + 1) * stride + r)] = loss_value(loss, error)
        r += threads


@part
def total_loss(d: Any, layer: Any, rows: int, stride: int) -> Any:
    """The losses of all rows, which one thread adds up."""
    total, at = ZERO, place((layer.delta + 1) * stride)
    for _ in range(rows // DEEP):
        total += (d[at] + d[at + place(1)]) + (d[at + place(2)] + d[at + place(3)])
        at += place(DEEP)
    for _ in range(rows % DEEP):
        total += d[at]
        at += place(1)
    return total


@inlined
def step_of_one(
    pool: Any, theta: Any, g: Any, first: Any, second: Any, code: int, flag: int, i: Any, value: Any, slope: Any,
    m: Any, v: Any, l1: Any, l2: Any, pace: Any, epsilon: Any, decay: Any,
) -> None:  # fmt: skip
    """As `optimize`, of one parameter."""
    shrink = ZERO
    if flag & WEIGHT:
        slope += l1 * np.float32(sign(value)) + l2 * value
        g[i] = slope
        shrink = decay
    if not isfinite(slope):
        pool[BROKEN] = ONE
    if not flag & FROZEN:
        step, m, v = optimizer_step(code, slope, m, v, pace, epsilon)
        value -= step + shrink * value
        theta[i], first[i], second[i] = value, m, v
        if not (isfinite(value) and isfinite(v)):
            pool[BAD] = ONE
        if not (isfinite(m) and isfinite(v)):
            pool[BROKEN] = ONE


@part
def optimize(
    pool: Any, theta: Any, g: Any, first: Any, second: Any, flags: Any, settings: Any, marked: bool, at: int, size: int,
    thread: int, threads: int,
) -> None:  # fmt: skip
    """Penalties, and the optimizer's step in place; what is not finite is marked at the head of the shared memory.

    `marked`: whether anything depends on the parameters' flags.
    """
    pace, epsilon, decay = pool[PACE + at], pool[EPSILON + at], pool[DECAY + at]
    l1, l2, code = np.float32(settings.l1), np.float32(settings.l2), settings.optimizer
    n = thread
    while n < size:
        two = n + threads < size  # at a time, so that the second's loads do not wait
        i, j = place(n), place(n + threads if two else n)
        flag, flag2 = flags[i] if marked else 0, flags[j] if marked else 0
        value, slope, m, v = theta[i], g[i], first[i], second[i]
        value2, slope2, m2, v2 = theta[j], g[j], first[j], second[j]
        step_of_one(pool, theta, g, first, second, code, flag, i, value, slope, m, v, l1, l2, pace, epsilon, decay)
        if two:
            step_of_one(
                pool, theta, g, first, second, code, flag2, j, value2, slope2, m2, v2, l1, l2, pace, epsilon, decay
            )
        n += 2 * threads


@part
def load(kept: Any, theta: Any, g: Any, first: Any, second: Any, size: int, thread: int, threads: int) -> None:
    """What the model was at the end of the last launch → the arrays that are worked on."""
    n = thread
    while n < size:
        i = place(n)
        theta[i], g[i] = kept[i], kept[place(size + n)]
        first[i], second[i] = kept[place(2 * size + n)], kept[place(3 * size + n)]
        n += threads


@part
def save(kept: Any, theta: Any, g: Any, first: Any, second: Any, size: int, thread: int, threads: int) -> None:
    """And back."""
    n = thread
    while n < size:
        i = place(n)
        kept[i], kept[place(size + n)] = theta[i], g[i]
        kept[place(2 * size + n)], kept[place(3 * size + n)] = first[i], second[i]
        n += threads


@part
def in_pool(pool: Any, work: Any) -> Any:
    return pool


@part
def in_work(pool: Any, work: Any) -> Any:
    return work


def numbers_of(fixed: Plan | None) -> tuple[Function, Function, Function, Function]:
    """How the kernel learns how large a model is, its inputs, its last layer and its threads: from tables, or fixed."""
    if fixed is None:
        return (
            part(lambda own: own),
            part(lambda layers, own: layers[own.layer].fan_in),
            part(lambda layers, own: layers[own.layer + own.hidden]),
            part(lambda: cuda.blockDim.x),
        )
    room, inputs, top, threads = fixed.room, fixed.layers[0].fan_in, fixed.layers[-1], fixed.threads
    return (
        part(lambda own: room),
        part(lambda layers, own: inputs),
        part(lambda layers, own: top),
        part(lambda: threads),
    )


@functools.cache
def kernel_for(shape: Shape, fixed: Plan | None) -> Any:
    """The kernel `train(members, …)` for models whose plans have this shape, or for those of one plan."""
    return kernel(make_kernel(shape, fixed), shape.registers)


def make_kernel(shape: Shape, fixed: Plan | None) -> Function:
    """The loop, to be compiled: a block a member. A `fixed` plan's numbers are part of the code, which is faster."""
    forward, backward, gradient = make_forwards(shape, fixed), make_backwards(shape, fixed), make_gradient(shape)
    theta_of, moments_of = (in_pool if shape.level >= level else in_work for level in (2, 3))
    room_of, inputs_of, top_of, threads_of = numbers_of(fixed)

    def train(
        members: Any,  # (blocks,) which models
        places: Any,  # of PLACE, by model
        settings_of: Any,  # of SETTINGS
        states: Any,  # of STATE
        layers: Any,  # of LAYER, all models one behind the other, as are
        tiles: Any,  # of TILE
        kinds: Any,  # (units,)
        flags: Any,  # (P′,)
        kept: Any,  # (4 · P′,) θ, gradient, first and second moments
        work: Any,  # as `kept`, for what does not fit into shared memory
        orders: Any,  # examples, in their order
        points: Any,  # (4 · capacity,) the loss curve
        batches: Any,  # the losses of the batches of this launch
        x: Any,  # (N · inputs,)
        y: Any,
        x_test: Any,
        y_test: Any,
        targets: Any,  # the updates to stop at, by model
        budget: int,  # multiply-adds to stop after
    ) -> None:
        if budget < 0:
            return
        thread, threads = cuda.threadIdx.x, threads_of()
        keeper = thread == threads - 1
        lane, column, columns = thread % LANES, thread // LANES, threads // LANES
        member = members[cuda.blockIdx.x]
        own, settings, state = places[member], settings_of[member], states[member]
        room = room_of(own)

        # where everything is
        pool = cuda.shared.array(0, FLOAT)
        size, stride = room.floats, room.stride
        a = pool[HEAD : HEAD + room.a_rows * stride]
        end = HEAD + room.a_rows * stride + room.d_rows * stride
        d = pool[HEAD + room.a_rows * stride : end]
        mine, spare = kept[own.kept : own.kept + 4 * size], work[own.work : own.work + 4 * size]
        theta_at, moments_at = theta_of(end, 0), moments_of(end, 0) + size
        theta = theta_of(pool, spare)[theta_at : theta_at + size]
        g = moments_of(pool, spare)[moments_at : moments_at + size]
        first = moments_of(pool, spare)[moments_at + size : moments_at + 2 * size]
        second = moments_of(pool, spare)[moments_at + 2 * size : moments_at + 3 * size]
        order = orders[own.order : own.order + room.order_size]
        flag = flags[own.marks : own.marks + size]
        kind = kinds[own.kinds : own.kinds + room.units]
        curve = points[own.points : own.points + 4 * own.capacity]
        top = top_of(layers, own)
        first_layer, top_layer = own.layer, own.layer + room.hidden
        inputs, answer = inputs_of(layers, own), top.target
        cost = settings.parameters
        width = min(inputs, threads)
        height = threads // width
        across, high = thread % width, thread // width
        if high >= height:
            high = NO_END  # more threads than whole rows of inputs: it gathers nothing

        # the clock
        update, epoch, position, row = state.update, state.epoch, state.position, state.row
        check_row, point_stride, status = state.check_row, state.point_stride, state.status
        train_loss, test_loss = state.train_loss, state.test_loss
        first_power, second_power = state.first_power, state.second_power
        begun, begun_epoch, begun_position, begun_row = update, epoch, position, row
        replays, goal, left = False, targets[member], budget
        paces_from, paced = update, False
        order_epoch, order_begin, order_end = epoch, 0, 0

        load(mine, theta, g, first, second, size, thread, threads)
        r = thread
        while r < stride:
            for layer in range(first_layer, top_layer + 1):
                a[(layers[layer].source + layers[layer].fan_in) * stride + r] = ONE
            r += threads
        if keeper:
            pool[BAD], pool[BROKEN] = ZERO, ZERO
        cuda.syncthreads()

        while status == FINE or replays:
            if replays and update == goal:
                break
            if not replays and (left <= 0 or (check_row < 0 and update >= goal)):
                break
            checks = check_row >= 0 and not replays

            # examples
            if checks:
                unseen = check_row >= settings.examples
                begin = check_row - settings.examples if unseen else check_row
                rows = min(room.check_rows, (settings.unseen if unseen else settings.examples) - begin)
                share = ZERO
                left -= rows * cost
                if unseen:
                    gather(
                        a,
                        x_test,
                        y_test,
                        order,
                        False,
                        begin,
                        rows,
                        inputs,
                        answer,
                        stride,
                        across,
                        width,
                        high,
                        height,
                    )
                else:
                    gather(a, x, y, order, False, begin, rows, inputs, answer, stride, across, width, high, height)
            else:
                if row == 0 and (not paced or update == paces_from + PACES):
                    if paced:
                        for _ in range(PACES):
                            first_power *= KEEP_FIRST
                            second_power *= KEEP_SECOND
                    done = updates_done(epoch, position, settings.batch_size, settings.examples)
                    fill_paces(pool, settings, first_power, second_power, done, thread, threads)
                    paces_from, paced = update, True
                batch = min(settings.batch_size, settings.examples - position)
                rows = min(room.batch_rows, batch - row)
                share = ONE / np.float32(batch)
                begin = position + row
                if epoch != order_epoch or begin < order_begin or begin + rows > order_end:
                    order_epoch, order_begin = epoch, begin
                    order_end = min(begin + room.order_size, settings.examples)
                    key = epoch_key(int(settings.seed), int(epoch))
                    fill_order(order, settings, key, int(begin), order_end - begin, thread, threads)
                    cuda.syncthreads()
                left -= 3 * rows * cost
                gather(
                    a, x, y, order, True, begin - order_begin, rows, inputs, answer, stride, across, width, high, height
                )
            cuda.syncthreads()

            # forward
            forward(a, theta, kind, layers, first_layer, top_layer, rows, stride, lane, column, columns)
            output(a, d, theta, top, settings.loss, share, rows, stride, thread, threads)
            cuda.syncthreads()

            if checks:
                if keeper:
                    if unseen:
                        test_loss += total_loss(d, top, rows, stride)
                    else:
                        train_loss += total_loss(d, top, rows, stride)
                check_row += rows
                if check_row == settings.examples + settings.unseen:
                    check_row = -1
                    if keeper:
                        state.update, state.epoch = update, epoch
                        state.train_loss, state.test_loss = train_loss, test_loss
                        record_check(state, curve, own.capacity, settings)
                    cuda.syncthreads()
                    point_stride = state.point_stride
                continue

            # back
            backward(a, d, theta, kind, layers, first_layer, top_layer, rows, stride, lane, column, columns)
            gradient(a, d, g, tiles, own.tile, own.tile + room.tiles, rows, stride, row > 0, thread, threads)
            cuda.syncthreads()
            row += rows
            if row < batch:
                continue

            # the step
            row = 0
            loss = g[place(size - 1)]
            if not isfinite(loss):
                status = BAD_LOSS
                break
            at = update - paces_from
            optimize(pool, theta, g, first, second, flag, settings, own.marked, at, size - 1, thread, threads)
            cuda.syncthreads()
            if pool[BAD] != ZERO:
                status = BAD_GRADIENT if pool[BROKEN] != ZERO else BAD_THETA
                replays, goal = True, update
                update, epoch, position, row = begun, begun_epoch, begun_position, begun_row
                first_power, second_power, paced = state.first_power, state.second_power, False
                order_epoch = -1
                cuda.syncthreads()
                load(mine, theta, g, first, second, size, thread, threads)
                if keeper:
                    pool[BAD], pool[BROKEN] = ZERO, ZERO
                if update == goal:
                    row = 0
                cuda.syncthreads()
                continue

            # the books
            if keeper and not replays and own.log >= 0:
                batches[own.log + update - begun] = loss
            update += 1
            position += batch
            if position == settings.examples:
                position = 0
                epoch += 1
                if not replays and check_is_due(epoch, point_stride, settings):
                    check_row = 0
                    train_loss = test_loss = np.float64(0.0)

        cuda.syncthreads()
        save(mine, theta, g, first, second, size, thread, threads)
        if keeper:
            if paced:
                for _ in range(update - paces_from):
                    first_power *= KEEP_FIRST
                    second_power *= KEEP_SECOND
            state.update, state.epoch, state.position, state.row = update, epoch, position, row
            state.check_row, state.status, state.batch_loss = check_row, status, g[size - 1]
            state.train_loss, state.test_loss = train_loss, test_loss
            state.first_power, state.second_power = first_power, second_power

    return train
