"""The mini-batch loop on SIMD tiles, float32.

Activations are row-major, [rows, units], lanes over units. Forward Z = A·W + b and the gradient of the weights Aᵀ·G
both broadcast scalars of A over rows of lanes; only the way back, G·Wᵀ, needs a transpose: of W, once per update.
Padding lanes stay zero by construction (zero weights, masked output gradient). A batch is worked off in chunks of rows,
and every sum over rows is taken chunk by chunk, so its order never varies.

Inside, everything is reached by word addresses in `at` and the packed `layout`; see `packing`.
"""

from __future__ import annotations

from typing import Any

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
    gather,
    output,
    save_float_mode,
    set_float_mode,
    store_total,
    total,
    transpose_block,
)
from engine.kernels.emitter import LANES
from engine.kernels.jit import inlined, kernel
from engine.kernels.packing import (
    ACTIVATIONS,
    CHUNK,
    CODE,
    DELTAS,
    FIRST,
    FIRST_VECTOR,
    FLOOR,
    GRADIENT,
    INCOMING,
    INPUT,
    INPUT_STRIDE,
    INPUTS,
    LOSS_SUM,
    LOWEST,
    MODE,
    ORDER,
    ORDER_BLOCK,
    PART,
    SECOND,
    STRIDE,
    TARGETS,
    THETA,
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
    aligned,
    make_buffers,
    pack,
    unpack,
)
from engine.kernels.shuffle import epoch_key, fill_order
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


def gradient(run: Run, buffers: Buffers, settings: Settings) -> Floats:
    """∇ objective over the whole training set, in θ's order."""
    scratch = aligned(buffers.gradient.size)
    at = buffers.at.copy()
    at[GRADIENT] = scratch.ctypes.data >> 2
    whole_gradient(at, buffers.layout, buffers.kind_of, settings)
    result = np.zeros_like(run.theta)
    unpack(scratch, result, run.layout, buffers.layout)
    return result


@kernel
def advance(run: Run, buffers: Buffers, settings: Settings, target: int, budget: int) -> int:
    """As `plain.advance`; stops between chunks of rows."""
    state, sums, at, layout, kind_of = run.state, run.sums, buffers.at, buffers.layout, buffers.kind_of
    mode, order, order_of, points, buckets = buffers.mode, buffers.order, buffers.order_of, run.points, run.buckets
    packed_gradient = buffers.gradient
    parameter_vectors = packed_gradient.size // LANES
    update_cost, check_cost = 3 * run.theta.size, run.theta.size
    save_float_mode(at[MODE])
    mode[1] = mode[0] | np.uint32(FLUSH_DENORMALS)
    set_float_mode(at[MODE] + 1)
    left = budget
    while left > 0 and state[STATUS] == FINE:
        if state[CHECK_ROW] >= 0:
            left -= check_cost * check_chunk(at, layout, kind_of, state, sums, settings)
            if state[CHECK_ROW] == settings.examples + settings.unseen:
                record_check(state, sums, points, settings)
        elif state[UPDATE] < target:
            left -= update_cost * train_chunk(at, layout, kind_of, order, order_of, state, sums, settings)
            size = min(settings.batch_size, settings.examples - state[POSITION])
            if state[ROW] == size:
                step(at, layout, state, sums, settings, size, parameter_vectors)
                if state[STATUS] == FINE:
                    move_on(state, sums, buckets, settings, size)
                elif state[STATUS] == BAD_THETA and not np.isfinite(packed_gradient).all():
                    state[STATUS] = BAD_GRADIENT
        else:
            break
    set_float_mode(at[MODE])
    return int(budget - left)


@kernel
def whole_gradient(at: Ints, layout: Ints, kind_of: Ints, settings: Settings) -> None:
    """The gradient of the objective over the whole training set → at[GRADIENT]."""
    transpose_weights(at, layout)
    stride = layout[0, INPUT_STRIDE]
    for begin in range(0, settings.examples, CHUNK):
        rows = min(CHUNK, settings.examples - begin)
        for row in range(rows):
            gather_example(at, stride, row, begin + row)
        train_rows(at, layout, kind_of, settings, rows, begin == 0, 1.0 / settings.examples)
    penalize(at, layout, settings)


@inlined
def train_chunk(
    at: Ints,
    layout: Ints,
    kind_of: Ints,
    order: Any,
    order_of: Ints,
    state: Ints,
    sums: Sums,
    settings: Settings,
) -> int:
    """The next chunk of the present batch into its gradient; returns the rows."""
    position, begin = state[POSITION], state[ROW]
    size = min(settings.batch_size, settings.examples - position)
    rows = min(CHUNK, size - begin)
    if begin == 0:
        sums[BATCH_LOSS] = 0.0
        transpose_weights(at, layout)
    stride = layout[0, INPUT_STRIDE]
    for row in range(rows):
        place = position + begin + row
        if row == 0 or place % ORDER_BLOCK == 0:
            work_out_order(at, order_of, state[EPOCH], place // ORDER_BLOCK, settings)
        gather_example(at, stride, row, order[place % ORDER_BLOCK])
    sums[BATCH_LOSS] += train_rows(at, layout, kind_of, settings, rows, begin == 0, 1.0 / size)
    state[ROW] = begin + rows
    return int(rows)


@inlined
def work_out_order(at: Ints, order_of: Ints, epoch: int, block: int, settings: Settings) -> None:
    """Have the examples at a block of places of an epoch in the buffer at[ORDER]."""
    if order_of[0] == epoch and order_of[1] == block:
        return
    order_of[0], order_of[1] = epoch, block
    begin = block * ORDER_BLOCK
    vectors = (min(ORDER_BLOCK, settings.examples - begin) + LANES - 1) // LANES
    key, wraps = epoch_key(settings.seed, epoch), (LANES - 1) // settings.side + 1
    fill_order(at[ORDER], begin, vectors, key, settings.examples, settings.rows, settings.side, wraps)


@inlined
def gather_example(at: Ints, stride: int, row: int, i: int) -> None:
    """Example i → a row of the chunk."""
    gather(at[X] + i * stride, at[Y] + i, at[ACTIVATIONS] + row * stride, at[TARGETS] + row, stride // LANES)


@inlined
def transpose_weights(at: Ints, layout: Ints) -> None:
    """Transpose the weights between hidden layers as they are now."""
    for layer in range(1, layout.shape[0] - 1):
        inputs, stride, across = layout[layer, INPUTS], layout[layer, STRIDE], layout[layer, INPUT_STRIDE]
        source, into = at[THETA] + layout[layer, WEIGHTS], at[TRANSPOSES] + layout[layer, TRANSPOSED]
        for j in range(0, layout[layer, VECTORS] * LANES, LANES):
            for i in range(0, inputs, LANES):
                transpose_block(source + i * stride + j, stride, into + j * across + i, across, inputs - i)


@inlined
def forward(at: Ints, layout: Ints, kind_of: Ints, source: int, rows: int) -> int:
    """Rows at `source` through the hidden layers; returns where the last one's values are, `source` if none."""
    lowest = at[LOWEST]
    for layer in range(layout.shape[0] - 1):
        inputs, width, stride = layout[layer, INPUTS], layout[layer, VECTORS], layout[layer, STRIDE]
        weights, into = at[THETA] + layout[layer, WEIGHTS], at[ACTIVATIONS] + layout[layer + 1, INPUT]
        first, across = layout[layer + 1, FIRST_VECTOR], layout[layer, INPUT_STRIDE]
        bias, floor = weights + inputs * stride, at[FLOOR] + first * LANES
        product(source, across, 1, weights, stride, bias, 0, into, stride, rows, inputs, width, floor, lowest)
        activate(into, stride, rows, width, kind_of, first, at[CODE])
        source = into
    return source


@inlined
def train_rows(
    at: Ints, layout: Ints, kind_of: Ints, settings: Settings, rows: int, begins: bool, share: float
) -> float:
    """The gathered rows forward and back; adds to the gradient, or begins it; returns the sum of their losses."""
    last = layout.shape[0] - 1
    even = rows + (rows & 1)  # a last row of zeros for the passes that take two at a time; its delta is 0
    if even > rows:
        stride = layout[0, INPUT_STRIDE]
        clear(at[ACTIVATIONS] + rows * stride, stride // LANES)
    h = forward(at, layout, kind_of, at[ACTIVATIONS], even)
    losses = output_rows(at, layout, settings, h, at[TARGETS], rows, share)

    row, width = layout[last, INPUT_STRIDE], layout[last, VECTORS]
    c, into = at[THETA] + layout[last, WEIGHTS], at[GRADIENT] + layout[last, WEIGHTS]
    weight, bias = at[PART], at[PART] + row
    if begins:
        weight = into
        if last > 0:
            bias = bias_gradient(at, layout, last - 1)
    first, inputs = layout[last, FIRST_VECTOR], layout[last, INPUTS]
    back_from_output(h, row, at[DELTAS], c, weight, bias, even, width, kind_of, first, at[CODE], inputs)
    if begins:
        store_total(at[LOSS_SUM] + LANES, into + row)
    else:
        add_total(at[LOSS_SUM] + LANES, into + row)
        add(weight, into, width)
        if last > 0:
            add(bias, bias_gradient(at, layout, last - 1), width)
    for layer in range(last - 1, -1, -1):
        back_layer(at, layout, kind_of, layer, rows, even, begins)
    return losses


@inlined
def output_rows(at: Ints, layout: Ints, settings: Settings, h: int, targets: int, rows: int, share: float) -> float:
    """The output for rows of last hidden values: fills deltas and their sum; returns the sum of the losses."""
    last = layout.shape[0] - 1
    row, width, c = layout[last, INPUT_STRIDE], layout[last, VECTORS], at[THETA] + layout[last, WEIGHTS]
    sums = at[LOSS_SUM]
    clear(sums, 2)
    for r in range(0, rows, LANES):
        deltas = at[DELTAS] + r
        output(h + r * row, row, c, width, targets + r, deltas, sums, rows - r, settings.loss, np.float32(share))
    return float(total(sums))


@inlined
def back_layer(at: Ints, layout: Ints, kind_of: Ints, layer: int, rows: int, even: int, begins: bool) -> None:
    """From ∂loss/∂z of a hidden layer: its weights' gradient, and ∂loss/∂z of the layer before."""
    inputs, width, stride = layout[layer, INPUTS], layout[layer, VECTORS], layout[layer, STRIDE]
    a, across = at[ACTIVATIONS] + layout[layer, INPUT], layout[layer, INPUT_STRIDE]
    g, into, lowest = at[ACTIVATIONS] + layout[layer + 1, INPUT], at[GRADIENT] + layout[layer, WEIGHTS], at[LOWEST]
    begun, begun_stride = into, stride
    if begins:
        begun, begun_stride = at[ZEROS], 0
    product(a, 1, across, g, stride, begun, begun_stride, into, stride, inputs, rows, width, lowest, lowest)
    if layer == 0:
        return
    before, units, incoming = layout[layer - 1, VECTORS], layout[layer, UNITS], at[INCOMING]
    turned = at[TRANSPOSES] + layout[layer, TRANSPOSED]
    product(g, stride, 1, turned, across, at[ZEROS], 0, incoming, across, even, units, before, lowest, lowest)
    bias = bias_gradient(at, layout, layer - 1)
    place = bias if begins else at[PART]
    back_through(a, across, incoming, place, even, before, kind_of, layout[layer, FIRST_VECTOR], at[CODE])
    if not begins:
        add(place, bias, before)


@inlined
def bias_gradient(at: Ints, layout: Ints, layer: int) -> int:
    """Where the gradient of a hidden layer's biases is."""
    return int(at[GRADIENT] + layout[layer, WEIGHTS] + layout[layer, INPUTS] * layout[layer, STRIDE])


@inlined
def check_chunk(at: Ints, layout: Ints, kind_of: Ints, state: Ints, sums: Sums, settings: Settings) -> int:
    """The next chunk of the losses on the whole sets; returns the rows."""
    begin, x, y, count, which = state[CHECK_ROW], at[X], at[Y], settings.examples, TRAIN_LOSS
    state[CHECK_ROW] += min(CHUNK, count - begin)
    if begin >= settings.examples:
        begin -= settings.examples
        x, y, count, which = at[X_TEST], at[Y_TEST], settings.unseen, TEST_LOSS
        state[CHECK_ROW] = settings.examples + min(begin + CHUNK, count)
    rows = min(CHUNK, count - begin)
    h = forward(at, layout, kind_of, x + begin * layout[0, INPUT_STRIDE], rows)
    sums[which] += output_rows(at, layout, settings, h, y + begin, rows, 0.0)
    return int(rows)


@inlined
def step(at: Ints, layout: Ints, state: Ints, sums: Sums, settings: Settings, size: int, vectors: int) -> None:
    """The optimizer's step with the complete gradient of a batch; state[STATUS] says if something is not finite."""
    if not np.isfinite(sums[BATCH_LOSS]):
        state[STATUS] = BAD_LOSS
        state[ROW] = 0
        return
    penalize(at, layout, settings)
    advance_powers(sums)
    optimize(at, layout, settings, present_rate(state, settings), sums, vectors)
    if total(at[LOSS_SUM] + 2 * LANES) != 0.0:
        state[STATUS] = BAD_THETA


@inlined
def penalize(at: Ints, layout: Ints, settings: Settings) -> None:
    """Add the gradient of l1·Σ|w| + ½·l2·Σw²; adamw takes its l2 apart from the gradient."""
    l1 = np.float32(settings.l1)
    l2 = np.float32(0.0 if settings.optimizer == ADAMW else settings.l2)
    if l1 == 0 and l2 == 0:
        return
    for layer in range(layout.shape[0]):
        weights = layout[layer, WEIGHTS]
        optimizers.penalize(at[THETA] + weights, at[GRADIENT] + weights, weight_vectors(layout, layer), l1, l2)


@inlined
def weight_vectors(layout: Ints, layer: int) -> int:
    """Vectors of a layer's weights, without its biases."""
    rows = layout[layer, INPUTS] if layer < layout.shape[0] - 1 else 1
    return int(rows * layout[layer, STRIDE] // LANES)


@inlined
def optimize(at: Ints, layout: Ints, settings: Settings, rate: float, sums: Sums, vectors: int) -> None:
    """One step of the optimizer over all vectors of θ."""
    theta, g, first, second, finite = at[THETA], at[GRADIENT], at[FIRST], at[SECOND], at[LOSS_SUM] + 2 * LANES
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
            for layer in range(layout.shape[0]):
                optimizers.shrink(theta + layout[layer, WEIGHTS], weight_vectors(layout, layer), keep)
        correction = np.sqrt(1.0 - sums[SECOND_POWER])
        pace = np.float32(rate * correction / (1.0 - sums[FIRST_POWER]))
        optimizers.adam(theta, g, first, second, vectors, finite, pace, np.float32(1e-8 * correction))
