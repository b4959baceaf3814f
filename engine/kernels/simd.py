"""The mini-batch loop on SIMD tiles, float32.

Activations are row-major, [rows, units], lanes over units. Forward Z = A·W + b and the gradient of the weights Aᵀ·G
both broadcast scalars of A over rows of lanes; only the way back, G·Wᵀ, needs a transpose: of W, once per update.
Padding lanes stay zero by construction (zero weights, masked output gradient). A batch is worked off in chunks of rows,
and every sum over rows is taken chunk by chunk, so its order never varies.

Inside, everything is reached by word addresses, which a record of `packing.WORK` holds for each thread.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.kernels.bookkeeping import move_on, record_check
from engine.kernels.company import work_together
from engine.kernels.emitter import LANES
from engine.kernels.intrinsic import float64s
from engine.kernels.jit import inlined, internal, kernel
from engine.kernels.moves import copy, flush_denormals, gather, set_float_mode, total
from engine.kernels.order import GROUP, fill_order
from engine.kernels.packing import (
    CHUNK,
    LINE,
    ORDER_BLOCK,
    Buffers,
    Work,
    address,
    aligned,
    layer_of,
    make_buffers,
    state_at,
    work_at,
)
from engine.kernels.passes import FOUR, forward, output_rows, train_rows, transpose_weights
from engine.kernels.shuffle import epoch_key, rounds_for
from engine.kernels.step import hold_frozen, optimize, penalize
from engine.kernels.team import barrier, begin_of_part, end_of_part
from engine.layout import FAN_OUT
from engine.run import (
    BAD_GRADIENT,
    BAD_LOSS,
    BAD_THETA,
    FINE,
    Floats,
    Run,
    Settings,
    State,
)
from engine.undisturbed import undisturbed

__all__ = ["advance", "gradient", "make_buffers", "pull", "push", "write"]

PASS_COST = 60  # multiply-adds that take as long as a parameter of a wide network does from memory and back
NO_END = 1 << 62
PAYING = 5_000_000  # multiply-adds of an update that a thread must get: below that, waiting costs what it saves
UNITS = FOUR * LANES  # which no two threads share


def push(run: Run, buffers: Buffers) -> None:
    """θ, gradient and moments of the run → its buffers."""
    for into, values in zip(buffers.state, (run.theta, run.first_moment, run.second_moment), strict=True):
        into[buffers.places] = values
    buffers.gradient[buffers.places] = run.gradient
    changed(buffers)


def pull(run: Run, buffers: Buffers, names: Sequence[str]) -> None:
    """Some of "theta", "gradient", "first_moment" and "second_moment" from the buffers → the run."""
    theta, first, second = buffers.state
    packed = {"theta": theta, "gradient": buffers.gradient, "first_moment": first, "second_moment": second}
    for name in names:
        np.take(packed[name], buffers.places, out=getattr(run, name))


def copies(run: Run, buffers: Buffers) -> tuple[Floats, ...]:
    """Copies of θ, gradient, first and second moments, in θ's own order."""
    theta, first, second = buffers.state
    return tuple(values[buffers.places] for values in (theta, buffers.gradient, first, second))


def write(buffers: Buffers, places: NDArray[np.intp], values: Floats) -> None:
    """New values of θ at these places of its own order → the buffers."""
    buffers.state[0][buffers.places[places]] = values
    changed(buffers)


def changed(buffers: Buffers) -> None:
    """What is worked out from θ and the moments is not of these."""
    buffers.work["turned"] = 1
    buffers.held[...] = buffers.state[:, buffers.frozen]
    buffers.past.forget()


def advance(run: Run, buffers: Buffers, settings: Settings, target: int, budget: int) -> int:
    """As `plain.advance`, but no piece goes beyond the budget unless it is the first. Threads share where that pays."""
    counts, arrays = np.asarray(run.state), [buffers.state, buffers.gradient]
    buffers.past.keep(arrays, counts, settings)
    try:
        spent = train_together(buffers, threads_that_pay(run, settings, len(buffers.work)), settings, target, budget)
    finally:  # after Ctrl+C too, which is raised as soon as the kernel returns
        if run.state.status == BAD_THETA:
            go_back(run, buffers, settings)
        buffers.past.leave(counts)
    return int(spent)


@undisturbed()
def go_back(run: Run, buffers: Buffers, settings: Settings) -> None:
    """To the state before the step that is not finite, by way of the one that was kept."""
    only_theta = all(np.isfinite(array).all() for array in (buffers.gradient, *buffers.state[1:]))
    last = run.state.update
    buffers.past.restore([buffers.state, buffers.gradient], np.asarray(run.state))
    buffers.work["threads"] = buffers.work["turned"] = 1
    train(buffers.addresses[0], settings, last, NO_END)
    run.state.row = 0  # where the copy was made in the midst of the batch that fails
    run.state.status = BAD_THETA if only_theta else BAD_GRADIENT


def train_together(buffers: Buffers, wanted: int, settings: Settings, target: int, budget: int) -> int:
    """`train` by so many threads, or by one where their company does not pay at present, or cannot be had."""
    team = buffers.company.size(wanted)
    if team == 1:
        buffers.work["threads"] = 1
        return train(buffers.addresses[0], settings, target, budget)
    spent, on_cores = [0] * team, [0.0] * team

    def take_part(number: int) -> None:
        begun = time.thread_time()
        spent[number] = train(buffers.addresses[number], settings, target, budget)
        on_cores[number] = time.thread_time() - begun

    buffers.work["threads"] = team
    buffers.work["turned"][1:] = buffers.work["turned"][0]
    buffers.arrivals[:] = 0
    begun = time.perf_counter()
    if work_together(take_part, team):
        buffers.company.learn(time.perf_counter() - begun, on_cores)
        return spent[0]
    buffers.company.miss()
    return train_together(buffers, 1, settings, target, budget)


def threads_that_pay(run: Run, settings: Settings, most: int) -> int:
    """A function of shape and batch: for each thread PAYING multiply-adds of an update, UNITS of the widest layer."""
    rows, widest = min(settings.batch_size, settings.examples), int(run.layout[:, FAN_OUT].max())
    return max(1, min(most, 3 * run.theta.size * rows // PAYING, widest // UNITS))


def gradient(run: Run, buffers: Buffers, settings: Settings) -> Floats:
    """∇ objective over the whole training set, in θ's order."""
    scratch = aligned(buffers.gradient.size)
    work = buffers.work[:1].copy()
    work["gradient"], work["threads"] = address(scratch), 1
    whole_gradient(address(work), settings)
    return scratch[buffers.places]


@kernel
def train(place: int, settings: Settings, target: int, budget: int) -> int:
    """The loop of `plain.advance` on the work that is at this place, as one of work.threads threads.

    All threads go the same way through this loop, each does its part of rows, columns or parameters, and where one
    needs what the others did they wait for each other. Only the first changes the run's state. Which part is whose has
    no effect on any result: every sum is one thread's, in the same order.
    """
    work = work_at(place)
    state = state_at(work.state)
    parameters = work.parameters
    work.order_begin = -1  # what was worked out before may be another seed's
    flush_denormals(work.mode)
    dearest = max(3 * work.chunk_rows, PASS_COST) * parameters
    enough = min(budget, max(1, budget - dearest))  # from there on the next piece might end beyond the budget
    spent = 0
    while spent < enough and state.status == FINE:
        size = min(settings.batch_size, settings.examples - state.position)
        if state.check_row >= 0:
            spent += parameters * check_chunk(work, state, settings)
        elif state.update >= target:
            break
        elif work.turned < work.layers - 1:
            transpose_weights(work, work.turned)
            spent += PASS_COST * layer_of(work, work.turned).inputs * layer_of(work, work.turned).stride
            work.turned += 1
        elif state.row < size:
            spent += 3 * parameters * train_chunk(work, state, settings, size)
        else:
            finish_update(work, state, settings, size)
            spent += PASS_COST * parameters
    set_float_mode(work.mode)
    return int(spent)


@kernel
def whole_gradient(place: int, settings: Settings) -> None:
    """The gradient of the objective over the whole training set → work.gradient."""
    work = work_at(place)
    for layer in range(1, work.layers - 1):
        transpose_weights(work, layer)
    stride = layer_of(work, 0).input_stride
    for begin in range(0, settings.examples, CHUNK):
        rows = min(CHUNK, settings.examples - begin)
        copy(work.x + begin * stride, work.activations, rows * stride // LANES)
        copy(work.y + begin, work.targets, (rows + LANES - 1) // LANES)
        train_rows(work, settings, rows, begin == 0, 1.0 / settings.examples)
    penalize(work, settings)


@inlined
def train_chunk(work: Work, state: State, settings: Settings, size: int) -> int:
    """The next chunk of the present batch, of `size` examples, into its gradient; returns the rows."""
    position, begin = state.position, state.row
    rows = min(work.chunk_rows, size - begin)
    gather_rows(work, state.epoch, position + begin, rows, settings)
    losses = train_rows(work, settings, rows, begin == 0, 1.0 / size)
    barrier(work)
    if work.thread == 0:
        state.batch_loss = losses if begin == 0 else state.batch_loss + losses
        state.row = begin + rows
        if state.row == size and not np.isfinite(state.batch_loss):
            state.status = BAD_LOSS
            state.row = 0
    barrier(work)
    return int(rows)


@inlined
def gather_rows(work: Work, epoch: int, place: int, rows: int, settings: Settings) -> None:
    """The examples at `rows` places of an epoch, from `place` on → this thread's rows of the chunk."""
    stride = layer_of(work, 0).input_stride
    row, end = begin_of_part(work, rows, LANES), end_of_part(work, rows, LANES)
    while row < end:
        begin = (place + row) & -ORDER_BLOCK
        work_out_order(work, epoch, begin, settings)
        order, count = work.order + place + row - begin, min(end - row, begin + ORDER_BLOCK - place - row)
        into, target = work.activations + row * stride, work.targets + row
        gather(work.x, work.y, order, into, target, count, stride // LANES)
        row += count


@internal
def work_out_order(work: Work, epoch: int, begin: int, settings: Settings) -> None:
    """Have the examples at the block of places from `begin` on in work.order."""
    since_start = epoch * settings.examples + begin
    if work.order_begin == since_start:
        return
    work.order_begin = since_start
    groups = (min(ORDER_BLOCK, settings.examples - begin) + GROUP * LANES - 1) // (GROUP * LANES)
    examples, rows, columns = settings.examples, settings.grid_rows, settings.grid_columns
    key, rounds, wraps = epoch_key(settings.seed, epoch), rounds_for(examples), (LANES - 1) // columns + 1
    fill_order(work.order, begin, groups, key, examples, rows, columns, wraps, rounds)


@internal
def check_chunk(work: Work, state: State, settings: Settings) -> int:
    """The next chunk of the losses on the whole sets, recorded when they are complete; returns the rows."""
    begin, x, y, count, unseen = state.check_row, work.x, work.y, settings.examples, False
    if begin >= settings.examples:
        begin -= settings.examples
        x, y, count, unseen = work.x_test, work.y_test, settings.unseen, True
    rows = min(work.chunk_rows, count - begin)
    first, end = begin_of_part(work, rows, LANES), end_of_part(work, rows, LANES)
    h = forward(work, x + begin * layer_of(work, 0).input_stride, rows)
    output_rows(work, settings.loss, h, y + begin, first, end, rows, 0.0)
    barrier(work)
    if work.thread == 0:
        losses = total(work.output_sums, (rows + LANES - 1) // LANES, 2 * LANES)
        if unseen:
            state.test_loss += losses
        else:
            state.train_loss += losses
        state.check_row += rows
        if state.check_row == settings.examples + settings.unseen:
            record_check(state, float64s(work.points), work.point_capacity, settings)
    barrier(work)
    return int(rows)


@inlined
def finish_update(work: Work, state: State, settings: Settings, size: int) -> None:
    """The optimizer's step with the complete gradient of a batch.

    If the new state is not finite, state.status says so; see `past`.
    """
    penalize(work, settings)
    optimize(work, state, settings)
    barrier(work)
    if work.frozen_parameters > 0:
        hold_frozen(work)
    if work.thread == 0:
        if total(work.finite, work.threads, LINE) == 0.0:
            move_on(state, float64s(work.buckets), work.bucket_capacity, settings, size)
        else:
            state.status = BAD_THETA
            state.row = 0
    barrier(work)
    work.turned = 1
