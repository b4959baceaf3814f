"""The mini-batch loop on SIMD tiles, float32.

Activations are row-major, [rows, units], lanes over units. Forward Z = A·W + b and the gradient of the weights Aᵀ·G
both broadcast scalars of A over rows of lanes; only the way back, G·Wᵀ, needs a transpose: of W, once per update.
Padding lanes stay zero by construction (zero weights, masked output gradient). A batch is worked off in chunks of rows,
and every sum over rows is taken chunk by chunk, so its order never varies.

Inside, everything is reached by word addresses, which `packing` names; `of` reads the packed layout.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread
from typing import cast

import numpy as np
from numpy.typing import NDArray

from engine.kernels.bookkeeping import move_on, record_check
from engine.kernels.elementwise import copy, gather, save_float_mode, set_float_mode, total
from engine.kernels.emitter import LANES
from engine.kernels.intrinsic import float64s, int32s, int64s
from engine.kernels.jit import inlined, kernel
from engine.kernels.packing import (
    ACTIVATIONS,
    BUCKETS_AT,
    CHUNK,
    CHUNK_ROWS,
    FINITE,
    FIRST,
    GRADIENT,
    INPUT_STRIDE,
    INPUTS,
    LAYERS,
    MODE,
    NEXT,
    ORDER,
    ORDER_BEGIN,
    ORDER_BLOCK,
    OUTPUT_SUMS,
    PARAMETERS,
    POINTS_AT,
    SECOND,
    STATE,
    STRIDE,
    SUMS,
    TARGETS,
    THETA,
    THREAD,
    THREADS,
    TURNED,
    X_TEST,
    Y_TEST,
    Buffers,
    X,
    Y,
    address,
    aligned,
    make_buffers,
    of,
)
from engine.kernels.passes import forward, output_rows, train_rows, transpose_weights
from engine.kernels.shuffle import GROUP, epoch_key, fill_order, rounds_for
from engine.kernels.step import optimize, penalize
from engine.kernels.team import begin_of_part, end_of_part, meet_others
from engine.run import (
    BAD_GRADIENT,
    BAD_LOSS,
    BAD_THETA,
    BATCH_LOSS,
    CHECK_ROW,
    EPOCH,
    FINE,
    POSITION,
    ROW,
    STATUS,
    TEST_LOSS,
    TRAIN_LOSS,
    UPDATE,
    Floats,
    Ints,
    Run,
    Settings,
    Sums,
)

__all__ = ["advance", "gradient", "make_buffers", "pull", "push", "write"]

PASS_COST = 60  # multiply-adds that take as long as a parameter of a wide network does from memory and back
PAYING = 10_000_000  # multiply-adds of an update that a thread must get: below that, waiting costs what it saves
FLUSH_DENORMALS = 0x8040  # FTZ and DAZ of x86's control word: dead units turn moments denormal, which is slow


def push(run: Run, buffers: Buffers) -> None:
    """θ, gradient and moments of the run → its buffers, the next state's too: what an optimizer leaves alone stays."""
    for half in buffers.states:
        for into, values in zip(half, (run.theta, run.first, run.second), strict=True):
            into[buffers.places] = values
    buffers.gradient[buffers.places] = run.gradient
    buffers.at[:, TURNED] = 1


def pull(run: Run, buffers: Buffers, names: Sequence[str]) -> None:
    """Some of "theta", "gradient", "first" and "second" from the buffers → the run."""
    theta, first, second = present_state(buffers)
    packed = {"theta": theta, "gradient": buffers.gradient, "first": first, "second": second}
    for name in names:
        np.take(packed[name], buffers.places, out=getattr(run, name))


def write(buffers: Buffers, places: NDArray[np.intp], values: Floats) -> None:
    """New values of θ at these places of its own order → the buffers."""
    present_state(buffers)[0][buffers.places[places]] = values
    buffers.at[:, TURNED] = 1


def present_state(buffers: Buffers, ahead: int = 0) -> Floats:
    """θ, first and second (3, P), packed; with ahead = 1 those of the update that was tried last."""
    present = int(buffers.at[0, THETA] != address(buffers.states[0]))
    return cast(Floats, buffers.states[(present + ahead) % 2])


def advance(run: Run, buffers: Buffers, settings: Settings, target: int, budget: int) -> int:
    """As `plain.advance`; stops between chunks of rows. Threads share the work where that pays."""
    team = threads_that_pay(run, settings, len(buffers.at))
    buffers.at[:, THREADS] = team
    buffers.at[1:, THETA : NEXT + 1] = buffers.at[0, THETA : NEXT + 1]
    buffers.at[1:, TURNED] = buffers.at[0, TURNED]
    buffers.meeting[:] = 0
    others = [Thread(target=train, args=(address(at), settings, target, budget)) for at in buffers.at[1:team]]
    for thread in others:
        thread.start()
    spent = train(address(buffers.at[0]), settings, target, budget)
    for thread in others:
        thread.join()
    if run.state[STATUS] == BAD_THETA:
        _, *moments = present_state(buffers, ahead=1)
        only_theta = all(np.isfinite(array).all() for array in (buffers.gradient, *moments))
        run.state[STATUS] = BAD_THETA if only_theta else BAD_GRADIENT
    return int(spent)


def threads_that_pay(run: Run, settings: Settings, most: int) -> int:
    """A fixed function of shape and batch: each thread gets PAYING multiply-adds of an update, and LANES rows."""
    rows = min(settings.batch_size, settings.examples)
    return max(1, min(most, 3 * run.theta.size * rows // PAYING, rows // LANES))


def gradient(run: Run, buffers: Buffers, settings: Settings) -> Floats:
    """∇ objective over the whole training set, in θ's order."""
    scratch = aligned(buffers.gradient.size)
    at = buffers.at[0].copy()
    at[GRADIENT], at[THREADS] = address(scratch), 1
    whole_gradient(address(at), settings)
    return scratch[buffers.places]


@kernel
def train(addresses: int, settings: Settings, target: int, budget: int) -> int:
    """The loop of `plain.advance` on the arrays whose addresses are given, as one of at[THREADS] threads.

    All threads go the same way through this loop, each does its part of rows, columns or parameters, and where one
    needs what the others did they wait for each other. Only the first changes the run's state. Which part is whose has
    no effect on any result: every sum is one thread's, in the same order.
    """
    at = int64s(addresses)
    state, sums = int64s(at[STATE]), float64s(at[SUMS])
    parameters = at[PARAMETERS]
    at[ORDER_BEGIN] = -1  # what was worked out before may be another seed's
    flush_denormals(at)
    left = budget
    while left > 0 and state[STATUS] == FINE:
        size = min(settings.batch_size, settings.examples - state[POSITION])
        if state[CHECK_ROW] >= 0:
            left -= parameters * check_chunk(at, state, sums, settings)
        elif state[UPDATE] >= target:
            break
        elif at[TURNED] < at[LAYERS] - 1:
            transpose_weights(at, at[TURNED])
            left -= PASS_COST * of(at, at[TURNED], INPUTS) * of(at, at[TURNED], STRIDE)
            at[TURNED] += 1
        elif state[ROW] < size:
            left -= 3 * parameters * train_chunk(at, state, sums, settings, size)
        else:
            finish_update(at, state, sums, settings, size)
            left -= PASS_COST * parameters
    set_float_mode(at[MODE])
    return int(budget - left)


@kernel
def whole_gradient(addresses: int, settings: Settings) -> None:
    """The gradient of the objective over the whole training set → at[GRADIENT]."""
    at = int64s(addresses)
    for layer in range(1, at[LAYERS] - 1):
        transpose_weights(at, layer)
    stride = of(at, 0, INPUT_STRIDE)
    for begin in range(0, settings.examples, CHUNK):
        rows = min(CHUNK, settings.examples - begin)
        copy(at[X] + begin * stride, at[ACTIVATIONS], rows * stride // LANES)
        copy(at[Y] + begin, at[TARGETS], (rows + LANES - 1) // LANES)
        train_rows(at, settings, rows, begin == 0, 1.0 / settings.examples)
    penalize(at, settings)


@inlined
def flush_denormals(at: Ints) -> None:
    """Keep the control word, and flush denormals until it is set again."""
    save_float_mode(at[MODE])
    mode = int32s(at[MODE])
    mode[1] = mode[0] | FLUSH_DENORMALS
    set_float_mode(at[MODE] + 1)


@inlined
def train_chunk(at: Ints, state: Ints, sums: Sums, settings: Settings, size: int) -> int:
    """The next chunk of the present batch, of `size` examples, into its gradient; returns the rows."""
    position, begin = state[POSITION], state[ROW]
    rows = min(at[CHUNK_ROWS], size - begin)
    gather_rows(at, state[EPOCH], position + begin, rows, settings)
    losses = train_rows(at, settings, rows, begin == 0, 1.0 / size)
    meet_others(at)
    if at[THREAD] == 0:
        sums[BATCH_LOSS] = losses if begin == 0 else sums[BATCH_LOSS] + losses
        state[ROW] = begin + rows
        if state[ROW] == size and not np.isfinite(sums[BATCH_LOSS]):
            state[STATUS] = BAD_LOSS
            state[ROW] = 0
    meet_others(at)
    return int(rows)


@inlined
def gather_rows(at: Ints, epoch: int, place: int, rows: int, settings: Settings) -> None:
    """The examples at `rows` places of an epoch, from `place` on → this thread's rows of the chunk."""
    stride = of(at, 0, INPUT_STRIDE)
    row, end = begin_of_part(at, rows, LANES), end_of_part(at, rows, LANES)
    while row < end:
        begin = (place + row) & -ORDER_BLOCK
        work_out_order(at, epoch, begin, settings)
        order, count = at[ORDER] + place + row - begin, min(end - row, begin + ORDER_BLOCK - place - row)
        into, target = at[ACTIVATIONS] + row * stride, at[TARGETS] + row
        gather(at[X], at[Y], order, into, target, count, stride // LANES)
        row += count


@inlined
def work_out_order(at: Ints, epoch: int, begin: int, settings: Settings) -> None:
    """Have the examples at the block of places from `begin` on in at[ORDER]."""
    since_start = epoch * settings.examples + begin
    if at[ORDER_BEGIN] == since_start:
        return
    at[ORDER_BEGIN] = since_start
    groups = (min(ORDER_BLOCK, settings.examples - begin) + GROUP * LANES - 1) // (GROUP * LANES)
    key, rounds = epoch_key(settings.seed, epoch), rounds_for(settings.examples)
    wraps = (LANES - 1) // settings.side + 1
    fill_order(at[ORDER], begin, groups, key, settings.examples, settings.rows, settings.side, wraps, rounds)


@inlined
def check_chunk(at: Ints, state: Ints, sums: Sums, settings: Settings) -> int:
    """The next chunk of the losses on the whole sets, recorded when they are complete; returns the rows."""
    begin, x, y, count, which = state[CHECK_ROW], at[X], at[Y], settings.examples, TRAIN_LOSS
    if begin >= settings.examples:
        begin -= settings.examples
        x, y, count, which = at[X_TEST], at[Y_TEST], settings.unseen, TEST_LOSS
    rows = min(at[CHUNK_ROWS], count - begin)
    first, end = begin_of_part(at, rows, LANES), end_of_part(at, rows, LANES)
    h = forward(at, x + (begin + first) * of(at, 0, INPUT_STRIDE), first, end - first)
    output_rows(at, settings.loss, h, y + begin, first, end, rows, 0.0)
    meet_others(at)
    if at[THREAD] == 0:
        sums[which] += total(at[OUTPUT_SUMS], (rows + LANES - 1) // LANES, 2 * LANES)
        state[CHECK_ROW] += rows
        if state[CHECK_ROW] == settings.examples + settings.unseen:
            record_check(state, sums, float64s(at[POINTS_AT]), settings)
    meet_others(at)
    return int(rows)


@inlined
def finish_update(at: Ints, state: Ints, sums: Sums, settings: Settings, size: int) -> None:
    """The optimizer's step with the complete gradient of a batch.

    The new state becomes the present one if it is finite; otherwise the old one stays, and state[STATUS] says so.
    """
    penalize(at, settings)
    optimize(at, state, sums, settings)
    meet_others(at)
    if at[THREAD] == 0:
        if total(at[FINITE], at[THREADS], LANES) == 0.0:
            move_on(state, sums, float64s(at[BUCKETS_AT]), settings, size)
        else:
            state[STATUS] = BAD_THETA
            state[ROW] = 0
    meet_others(at)
    if state[STATUS] != BAD_THETA:
        at[THETA] += at[NEXT]
        at[FIRST] += at[NEXT]
        at[SECOND] += at[NEXT]
        at[NEXT] = -at[NEXT]
        at[TURNED] = 1
