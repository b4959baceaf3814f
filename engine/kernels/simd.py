"""The mini-batch loop on SIMD tiles, float32.

Activations are row-major, [rows, units], lanes over units. Forward Z = A·W + b and the gradient of the weights Aᵀ·G
both broadcast scalars of A over rows of lanes; only the way back, G·Wᵀ, needs a transpose: of W, once per update.
Padding lanes stay zero by construction (zero weights, masked output gradient). A batch is worked off in chunks of rows,
and every sum over rows is taken chunk by chunk, so its order never varies.

Inside, everything is reached by word addresses, which `packing` names; `of` reads the packed layout.
"""

from __future__ import annotations

from threading import Thread

import numpy as np

from engine.kernels import optimizers
from engine.kernels.bookkeeping import advance_powers, move_on, present_rate, record_check
from engine.kernels.elementwise import (
    activate,
    add,
    add_total,
    back_from_output,
    back_through,
    clear,
    copy,
    gather,
    meet,
    output,
    save_float_mode,
    set_float_mode,
    store_total,
    total,
    transpose_block,
)
from engine.kernels.emitter import LANES, float64s, int32s, int64s
from engine.kernels.jit import compiled, inlined, kernel
from engine.kernels.packing import (
    ACTIVATIONS,
    BUCKETS_AT,
    CHUNK,
    CODE,
    COLUMNS,
    DELTAS,
    FINITE,
    FIRST,
    FIRST_VECTOR,
    FLOOR,
    GRADIENT,
    INCOMING,
    INPUT,
    INPUT_STRIDE,
    INPUTS,
    KIND_OF,
    LAYERS,
    LAYOUT,
    LOWEST,
    MEETING,
    MODE,
    ORDER,
    ORDER_BEGIN,
    ORDER_BLOCK,
    OUTPUT_SUMS,
    PARAMETER_VECTORS,
    PARAMETERS,
    PART,
    POINTS_AT,
    SECOND,
    STATE,
    STRIDE,
    SUMS,
    TARGETS,
    THETA,
    THREAD,
    THREADS,
    TRANSPOSED,
    TRANSPOSES,
    UNITS,
    VECTORS,
    WEIGHTS,
    X_TEST,
    Y_TEST,
    ZEROS,
    Buffers,
    X,
    Y,
    address,
    aligned,
    make_buffers,
    pack,
    unpack,
)
from engine.kernels.shuffle import GROUP, epoch_key, fill_order
from engine.kernels.tiles import product
from engine.recipe import OPTIMIZERS
from engine.run import (
    BAD_GRADIENT,
    BAD_LOSS,
    BAD_THETA,
    BATCH_LOSS,
    CHECK_ROW,
    EPOCH,
    FINE,
    FIRST_POWER,
    POSITION,
    ROW,
    SECOND_POWER,
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

__all__ = ["advance", "gradient", "make_buffers", "parameters", "pull", "push"]

SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM, ADAMW = range(len(OPTIMIZERS))
PAYING = 4_000_000  # multiply-adds of an update that a thread must get: below that, waiting costs what it saves
FOUR = 4  # vectors that are summed together, in another order than single ones: no thread parts them
FLUSH_DENORMALS = 0x8040  # FTZ and DAZ of x86's control word: dead units turn moments denormal, which is slow


def push(run: Run, buffers: Buffers) -> None:
    """θ, gradient and moments of the run → its buffers."""
    for name in ("theta", "gradient", "first", "second"):
        pack(getattr(run, name), getattr(buffers, name), run.layout, buffers.layout)


def pull(run: Run, buffers: Buffers) -> None:
    """θ, gradient and moments from the buffers → the run."""
    for name in ("theta", "gradient", "first", "second"):
        unpack(getattr(buffers, name), getattr(run, name), run.layout, buffers.layout)


def parameters(run: Run, buffers: Buffers) -> tuple[Floats, ...]:
    """θ, gradient and moments as the loops change them."""
    return buffers.theta, buffers.gradient, buffers.first, buffers.second


def advance(run: Run, buffers: Buffers, settings: Settings, target: int, budget: int) -> int:
    """As `plain.advance`; stops between chunks of rows. Threads share the work where that pays."""
    team = threads_that_pay(run, settings, len(buffers.at))
    buffers.at[:, THREADS] = team
    buffers.meeting[:] = 0
    others = [Thread(target=train, args=(address(at), settings, target, budget)) for at in buffers.at[1:team]]
    for thread in others:
        thread.start()
    spent = train(address(buffers.at[0]), settings, target, budget)
    for thread in others:
        thread.join()
    if run.state[STATUS] == BAD_THETA and not np.isfinite(buffers.gradient).all():
        run.state[STATUS] = BAD_GRADIENT
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
    result = np.zeros_like(run.theta)
    unpack(scratch, result, run.layout, buffers.layout)
    return result


@kernel
def train(addresses: int, settings: Settings, target: int, budget: int) -> int:
    """The loop of `plain.advance` on the arrays whose addresses are given, as one of at[THREADS] threads.

    All threads go the same way through this loop, each does its part of rows, columns or parameters, and where one
    needs what the others did they wait for each other. Only the first changes the run's state. Which part is whose has
    no effect on any result: every sum is one thread's, in the same order.
    """
    at = int64s(addresses)
    state, sums = int64s(at[STATE]), float64s(at[SUMS])
    update_cost, check_cost = 3 * at[PARAMETERS], at[PARAMETERS]
    at[ORDER_BEGIN] = -1  # what was worked out before may be another seed's
    if state[ROW] > 0:
        transpose_weights(at)  # in the midst of a batch, and the buffers may be new
    flush_denormals(at)
    left = budget
    while left > 0 and state[STATUS] == FINE:
        if state[CHECK_ROW] >= 0:
            left -= check_cost * check_chunk(at, state, sums, settings)
        elif state[UPDATE] < target:
            size = min(settings.batch_size, settings.examples - state[POSITION])
            left -= update_cost * train_chunk(at, state, sums, settings, size)
            if state[ROW] == size and state[STATUS] == FINE:
                finish_update(at, state, sums, settings, size)
        else:
            break
    set_float_mode(at[MODE])
    return int(budget - left)


@kernel
def whole_gradient(addresses: int, settings: Settings) -> None:
    """The gradient of the objective over the whole training set → at[GRADIENT]."""
    at = int64s(addresses)
    transpose_weights(at)
    stride = of(at, 0, INPUT_STRIDE)
    for begin in range(0, settings.examples, CHUNK):
        rows = min(CHUNK, settings.examples - begin)
        copy(at[X] + begin * stride, at[ACTIVATIONS], rows * stride // LANES)
        copy(at[Y] + begin, at[TARGETS], (rows + LANES - 1) // LANES)
        train_rows(at, settings, rows, begin == 0, 1.0 / settings.examples)
    penalize(at, settings)


@inlined
def of(at: Ints, layer: int, column: int) -> int:
    """An entry of the packed layout."""
    return int(int64s(at[LAYOUT])[layer * COLUMNS + column])


@inlined
def meet_others(at: Ints) -> None:
    """Wait until every thread has come here."""
    if at[THREADS] > 1:
        meet(at[MEETING], at[THREADS])


@inlined
def begin_of_part(at: Ints, count: int, step: int) -> int:
    """Where this thread's part of `count` things begins, a multiple of `step`."""
    if at[THREADS] == 1:
        return 0
    return int(min(count, (count + step - 1) // step * at[THREAD] // at[THREADS] * step))


@inlined
def end_of_part(at: Ints, count: int, step: int) -> int:
    """Where it ends."""
    if at[THREADS] == 1:
        return count
    return int(min(count, (count + step - 1) // step * (at[THREAD] + 1) // at[THREADS] * step))


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
    rows = min(CHUNK, size - begin)
    if begin == 0:
        transpose_weights(at)
    gather_rows(at, state[EPOCH], position + begin, rows, settings)
    losses = train_rows(at, settings, rows, begin == 0, 1.0 / size)
    meet_others(at)
    if at[THREAD] == 0:
        sums[BATCH_LOSS] = losses if begin == 0 else sums[BATCH_LOSS] + losses
        state[ROW] = begin + rows
        if state[ROW] == size:
            advance_powers(sums)
            if not np.isfinite(sums[BATCH_LOSS]):
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
    key, wraps = epoch_key(settings.seed, epoch), (LANES - 1) // settings.side + 1
    fill_order(at[ORDER], begin, groups, key, settings.examples, settings.rows, settings.side, wraps)


@compiled
def transpose_weights(at: Ints) -> None:
    """Transpose this thread's part of the weights between hidden layers as they are now."""
    for layer in range(1, at[LAYERS] - 1):
        inputs, stride, across = of(at, layer, INPUTS), of(at, layer, STRIDE), of(at, layer, INPUT_STRIDE)
        source, into = at[THETA] + of(at, layer, WEIGHTS), at[TRANSPOSES] + of(at, layer, TRANSPOSED)
        columns = of(at, layer, VECTORS) * LANES
        for j in range(begin_of_part(at, columns, LANES), end_of_part(at, columns, LANES), LANES):
            for i in range(0, inputs, LANES):
                transpose_block(source + i * stride + j, stride, into + j * across + i, across, inputs - i)


@compiled
def forward(at: Ints, source: int, begin: int, rows: int) -> int:
    """Rows at `source` through the hidden layers, to the rows from `begin` on of the chunk's values.

    Returns where the last layer's values are, `source` if there is none.
    """
    lowest, kind_of = at[LOWEST], int64s(at[KIND_OF])
    for layer in range(at[LAYERS] - 1):
        inputs, width, stride = of(at, layer, INPUTS), of(at, layer, VECTORS), of(at, layer, STRIDE)
        into = at[ACTIVATIONS] + of(at, layer + 1, INPUT) + begin * stride
        first, across = of(at, layer + 1, FIRST_VECTOR), of(at, layer, INPUT_STRIDE)
        weights, floor = at[THETA] + of(at, layer, WEIGHTS), at[FLOOR] + first * LANES
        bias = weights + inputs * stride
        product(source, across, 1, weights, stride, bias, 0, into, stride, rows, inputs, width, floor, lowest)
        activate(into, stride, rows, width, kind_of, first, at[CODE])
        source = into
    return source


@inlined
def train_rows(at: Ints, settings: Settings, rows: int, begins: bool, share: float) -> float:
    """The gathered rows forward and back; adds to the gradient, or begins it; returns the sum of their losses."""
    last = at[LAYERS] - 1
    even = rows + (rows & 1)  # a last row of zeros for the passes that take two at a time; its delta is 0
    begin, end, stride = begin_of_part(at, even, LANES), end_of_part(at, even, LANES), of(at, 0, INPUT_STRIDE)
    if begin <= rows < end:
        clear(at[ACTIVATIONS] + rows * stride, stride // LANES)
    h = forward(at, at[ACTIVATIONS] + begin * stride, begin, end - begin)
    output_rows(at, settings.loss, h, at[TARGETS], begin, end, rows, share)
    meet_others(at)
    back_from_deltas(at, even, begins)
    meet_others(at)
    for layer in range(last - 1, -1, -1):
        back_layer(at, layer, rows, even, begins)
    return float(total(at[OUTPUT_SUMS], (rows + LANES - 1) // LANES, 2 * LANES))


@compiled
def output_rows(at: Ints, loss: int, h: int, targets: int, begin: int, end: int, rows: int, share: float) -> None:
    """The output for the rows from `begin` to `end`, whose last hidden values are at h: deltas, and sums of LANES rows.

    Rows from `rows` on count nothing.
    """
    last = at[LAYERS] - 1
    row, width, c = of(at, last, INPUT_STRIDE), of(at, last, VECTORS), at[THETA] + of(at, last, WEIGHTS)
    for r in range(begin, end, LANES):
        values, deltas, sums = h + (r - begin) * row, at[DELTAS] + r, at[OUTPUT_SUMS] + 2 * r
        output(values, row, c, width, targets + r, deltas, sums, rows - r, loss, np.float32(share))


@compiled
def back_from_deltas(at: Ints, even: int, begins: bool) -> None:
    """From at[DELTAS] to the gradient of c and of the output bias, and ∂loss/∂z of the last hidden layer, in place."""
    last, kind_of = at[LAYERS] - 1, int64s(at[KIND_OF])
    row, width, h = of(at, last, INPUT_STRIDE), of(at, last, VECTORS), at[ACTIVATIONS] + of(at, last, INPUT)
    c, into = at[THETA] + of(at, last, WEIGHTS), at[GRADIENT] + of(at, last, WEIGHTS)
    weight, bias = at[PART], at[PART] + row
    if begins:
        weight = into
        if last > 0:
            bias = bias_gradient(at, last - 1)
    first, inputs = of(at, last, FIRST_VECTOR), of(at, last, INPUTS)
    begin, end = begin_of_part(at, width, FOUR), end_of_part(at, width, FOUR)
    back_from_output(h, row, at[DELTAS], c, weight, bias, even, width, kind_of, first, at[CODE], inputs, begin, end)
    if not begins:
        add(weight + begin * LANES, into + begin * LANES, end - begin)
        if last > 0:
            add(bias + begin * LANES, bias_gradient(at, last - 1) + begin * LANES, end - begin)
    if at[THREAD] == 0:
        deltas, groups = at[OUTPUT_SUMS] + LANES, (even + LANES - 1) // LANES
        if begins:
            store_total(deltas, groups, 2 * LANES, into + row)
        else:
            add_total(deltas, groups, 2 * LANES, into + row)


@inlined
def back_layer(at: Ints, layer: int, rows: int, even: int, begins: bool) -> None:
    """From ∂loss/∂z of a hidden layer: its weights' gradient, and ∂loss/∂z of the layer before."""
    kind_of = int64s(at[KIND_OF])
    inputs, width, stride = of(at, layer, INPUTS), of(at, layer, VECTORS), of(at, layer, STRIDE)
    a, across = at[ACTIVATIONS] + of(at, layer, INPUT), of(at, layer, INPUT_STRIDE)
    g, lowest = at[ACTIVATIONS] + of(at, layer + 1, INPUT), at[LOWEST]
    first = begin_of_part(at, inputs, 2)
    count, into = end_of_part(at, inputs, 2) - first, at[GRADIENT] + of(at, layer, WEIGHTS) + first * stride
    begun, begun_stride = into, stride
    if begins:
        begun, begun_stride = at[ZEROS], 0
    product(a + first, 1, across, g, stride, begun, begun_stride, into, stride, count, rows, width, lowest, lowest)
    if layer == 0:
        return
    before, units, turned = of(at, layer - 1, VECTORS), of(at, layer, UNITS), at[TRANSPOSES]
    turned += of(at, layer, TRANSPOSED)
    row = begin_of_part(at, even, LANES)
    count, mine, into = end_of_part(at, even, LANES) - row, g + row * stride, at[INCOMING] + row * across
    product(mine, stride, 1, turned, across, at[ZEROS], 0, into, across, count, units, before, lowest, lowest)
    meet_others(at)
    begin, end, bias = begin_of_part(at, before, FOUR), end_of_part(at, before, FOUR), bias_gradient(at, layer - 1)
    place, vector = bias if begins else at[PART], of(at, layer, FIRST_VECTOR)
    back_through(a, across, at[INCOMING], place, even, before, kind_of, vector, at[CODE], begin, end)
    if not begins:
        add(place + begin * LANES, bias + begin * LANES, end - begin)
    meet_others(at)


@inlined
def bias_gradient(at: Ints, layer: int) -> int:
    """Where the gradient of a hidden layer's biases is."""
    return int(at[GRADIENT]) + of(at, layer, WEIGHTS) + of(at, layer, INPUTS) * of(at, layer, STRIDE)


@inlined
def check_chunk(at: Ints, state: Ints, sums: Sums, settings: Settings) -> int:
    """The next chunk of the losses on the whole sets, recorded when they are complete; returns the rows."""
    begin, x, y, count, which = state[CHECK_ROW], at[X], at[Y], settings.examples, TRAIN_LOSS
    if begin >= settings.examples:
        begin -= settings.examples
        x, y, count, which = at[X_TEST], at[Y_TEST], settings.unseen, TEST_LOSS
    rows = min(CHUNK, count - begin)
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
    """The optimizer's step with the complete gradient of a batch; state[STATUS] says if something is not finite."""
    penalize(at, settings)
    optimize(at, settings, present_rate(state, settings), sums)
    meet_others(at)
    if at[THREAD] == 0:
        if total(at[FINITE], at[THREADS], LANES) == 0.0:
            move_on(state, sums, float64s(at[BUCKETS_AT]), settings, size)
        else:
            state[STATUS] = BAD_THETA
    meet_others(at)


@inlined
def penalize(at: Ints, settings: Settings) -> None:
    """Add the gradient of l1·Σ|w| + ½·l2·Σw²; adamw takes its l2 apart from the gradient."""
    l1 = np.float32(settings.l1)
    l2 = np.float32(0.0 if settings.optimizer == ADAMW else settings.l2)
    if l1 == 0 and l2 == 0:
        return
    for layer in range(at[LAYERS]):
        weights = of(at, layer, WEIGHTS)
        begin, count = part_of_vectors(at, weight_vectors(at, layer))
        weights += begin * LANES
        optimizers.penalize(at[THETA] + weights, at[GRADIENT] + weights, count, l1, l2)
    meet_others(at)


@inlined
def weight_vectors(at: Ints, layer: int) -> int:
    """Vectors of a layer's weights, without its biases."""
    rows, stride = of(at, layer, INPUTS), of(at, layer, STRIDE)
    return rows * stride // LANES if layer < at[LAYERS] - 1 else of(at, layer, VECTORS)


@inlined
def part_of_vectors(at: Ints, count: int) -> tuple[int, int]:
    """(where this thread's part of `count` vectors begins, how many they are)."""
    begin = begin_of_part(at, count, 1)
    return begin, end_of_part(at, count, 1) - begin


@inlined
def optimize(at: Ints, settings: Settings, rate: float, sums: Sums) -> None:
    """One step of the optimizer over this thread's part of θ."""
    begin, vectors = part_of_vectors(at, at[PARAMETER_VECTORS])
    skip, finite = begin * LANES, at[FINITE]
    theta, g, first, second = at[THETA] + skip, at[GRADIENT] + skip, at[FIRST] + skip, at[SECOND] + skip
    eta, one, zero = np.float32(rate), np.float32(1), np.float32(0)
    if settings.optimizer == SGD:
        optimizers.sgd(theta, g, vectors, finite, eta)
    elif settings.optimizer == MOMENTUM:
        optimizers.momentum(theta, g, first, vectors, finite, eta, zero)
    elif settings.optimizer == NESTEROV:
        optimizers.momentum(theta, g, first, vectors, finite, eta, one)
    elif settings.optimizer == ADAGRAD:
        optimizers.adagrad_rmsprop(theta, g, second, vectors, finite, eta, one, one, np.float32(1e-10))
    elif settings.optimizer == RMSPROP:
        keep, part = np.float32(0.9), np.float32(0.1)
        optimizers.adagrad_rmsprop(theta, g, second, vectors, finite, eta, keep, part, np.float32(1e-8))
    else:
        if settings.optimizer == ADAMW:
            keep = np.float32(1.0 - rate * settings.l2)
            for layer in range(at[LAYERS]):
                begin, count = part_of_vectors(at, weight_vectors(at, layer))
                optimizers.shrink(at[THETA] + of(at, layer, WEIGHTS) + begin * LANES, count, keep)
            meet_others(at)
        correction = np.sqrt(1.0 - sums[SECOND_POWER])
        pace = np.float32(rate * correction / (1.0 - sums[FIRST_POWER]))
        optimizers.adam(theta, g, first, second, vectors, finite, pace, np.float32(1e-8 * correction))
