"""The mini-batch loop on SIMD tiles, float32.

Activations are row-major, [rows, units], lanes over units. Forward Z = A·W + b and the gradient of the weights Aᵀ·G
both broadcast scalars of A over rows of lanes; only the way back, G·Wᵀ, needs a transpose: of W, once per update.
Padding lanes stay zero by construction (zero weights, masked output gradient). A batch is worked off in chunks of rows,
and every sum over rows is taken chunk by chunk, so its order never varies.

Inside, everything is reached by word addresses, which `packing` names; `of` reads the packed layout.
"""

from __future__ import annotations

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
    LOSS_SUM,
    LOWEST,
    MODE,
    ORDER,
    ORDER_BEGIN,
    ORDER_BLOCK,
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
from engine.kernels.tiles import ADJACENT, SAME, product
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


def advance(run: Run, buffers: Buffers, settings: Settings, target: int, budget: int) -> int:
    """As `plain.advance`; stops between chunks of rows."""
    spent = train(address(buffers.at), settings, target, budget)
    if run.state[STATUS] == BAD_THETA and not np.isfinite(buffers.gradient).all():
        run.state[STATUS] = BAD_GRADIENT
    return spent


def gradient(run: Run, buffers: Buffers, settings: Settings) -> Floats:
    """∇ objective over the whole training set, in θ's order."""
    scratch = aligned(buffers.gradient.size)
    at = buffers.at.copy()
    at[GRADIENT] = address(scratch)
    whole_gradient(address(at), settings)
    result = np.zeros_like(run.theta)
    unpack(scratch, result, run.layout, buffers.layout)
    return result


@kernel
def train(addresses: int, settings: Settings, target: int, budget: int) -> int:
    """The loop of `plain.advance` on the arrays whose addresses are given."""
    at = int64s(addresses)
    state, sums = int64s(at[STATE]), float64s(at[SUMS])
    points, buckets = float64s(at[POINTS_AT]), float64s(at[BUCKETS_AT])
    update_cost, check_cost = 3 * at[PARAMETERS], at[PARAMETERS]
    at[ORDER_BEGIN] = -1  # what was worked out before may be another seed's
    if state[ROW] > 0:
        transpose_weights(at)  # in the midst of a batch, and the buffers may be new
    flush_denormals(at)
    left = budget
    while left > 0 and state[STATUS] == FINE:
        if state[CHECK_ROW] >= 0:
            left -= check_cost * check_chunk(at, state, sums, settings)
            if state[CHECK_ROW] == settings.examples + settings.unseen:
                record_check(state, sums, points, settings)
        elif state[UPDATE] < target:
            left -= update_cost * train_chunk(at, state, sums, settings)
            size = min(settings.batch_size, settings.examples - state[POSITION])
            if state[ROW] == size:
                step(at, state, sums, settings)
                if state[STATUS] == FINE:
                    move_on(state, sums, buckets, settings, size)
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
def flush_denormals(at: Ints) -> None:
    """Keep the control word, and flush denormals until it is set again."""
    save_float_mode(at[MODE])
    mode = int32s(at[MODE])
    mode[1] = mode[0] | FLUSH_DENORMALS
    set_float_mode(at[MODE] + 1)


@inlined
def train_chunk(at: Ints, state: Ints, sums: Sums, settings: Settings) -> int:
    """The next chunk of the present batch into its gradient; returns the rows."""
    position, begin = state[POSITION], state[ROW]
    size = min(settings.batch_size, settings.examples - position)
    rows = min(CHUNK, size - begin)
    if begin == 0:
        sums[BATCH_LOSS] = 0.0
        transpose_weights(at)
    gather_rows(at, state[EPOCH], position + begin, rows, settings)
    sums[BATCH_LOSS] += train_rows(at, settings, rows, begin == 0, 1.0 / size)
    state[ROW] = begin + rows
    return int(rows)


@inlined
def gather_rows(at: Ints, epoch: int, place: int, rows: int, settings: Settings) -> None:
    """The examples at `rows` places of an epoch, from `place` on → the rows of the chunk."""
    stride, row = of(at, 0, INPUT_STRIDE), 0
    while row < rows:
        begin = (place + row) & -ORDER_BLOCK
        work_out_order(at, epoch, begin, settings)
        order, count = at[ORDER] + place + row - begin, min(rows - row, begin + ORDER_BLOCK - place - row)
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
    """Transpose the weights between hidden layers as they are now."""
    for layer in range(1, at[LAYERS] - 1):
        inputs, stride, across = of(at, layer, INPUTS), of(at, layer, STRIDE), of(at, layer, INPUT_STRIDE)
        source, into = at[THETA] + of(at, layer, WEIGHTS), at[TRANSPOSES] + of(at, layer, TRANSPOSED)
        for j in range(0, of(at, layer, VECTORS) * LANES, LANES):
            for i in range(0, inputs, LANES):
                transpose_block(source + i * stride + j, stride, into + j * across + i, across, inputs - i)


@compiled
def forward(at: Ints, source: int, rows: int) -> int:
    """Rows at `source` through the hidden layers; returns where the last one's values are, `source` if none."""
    lowest, kind_of = at[LOWEST], int64s(at[KIND_OF])
    for layer in range(at[LAYERS] - 1):
        inputs, width, stride = of(at, layer, INPUTS), of(at, layer, VECTORS), of(at, layer, STRIDE)
        weights, into = at[THETA] + of(at, layer, WEIGHTS), at[ACTIVATIONS] + of(at, layer + 1, INPUT)
        first, across = of(at, layer + 1, FIRST_VECTOR), of(at, layer, INPUT_STRIDE)
        bias, floor = weights + inputs * stride, at[FLOOR] + first * LANES
        product(source, across, ADJACENT, weights, stride, bias, SAME, into, stride, rows, inputs, width, floor, lowest)
        activate(into, stride, rows, width, kind_of, first, at[CODE])
        source = into
    return source


@inlined
def train_rows(at: Ints, settings: Settings, rows: int, begins: bool, share: float) -> float:
    """The gathered rows forward and back; adds to the gradient, or begins it; returns the sum of their losses."""
    last = at[LAYERS] - 1
    even = rows + (rows & 1)  # a last row of zeros for the passes that take two at a time; its delta is 0
    if even > rows:
        stride = of(at, 0, INPUT_STRIDE)
        clear(at[ACTIVATIONS] + rows * stride, stride // LANES)
    h = forward(at, at[ACTIVATIONS], even)
    losses = output_rows(at, settings.loss, h, at[TARGETS], rows, share)
    back_from_deltas(at, h, even, begins)
    for layer in range(last - 1, -1, -1):
        back_layer(at, layer, rows, even, begins)
    return losses


@inlined
def back_from_deltas(at: Ints, h: int, even: int, begins: bool) -> None:
    """From at[DELTAS] to the gradient of c and of the output bias, and ∂loss/∂z of the last hidden layer, in place."""
    last, kind_of = at[LAYERS] - 1, int64s(at[KIND_OF])
    row, width = of(at, last, INPUT_STRIDE), of(at, last, VECTORS)
    c, into = at[THETA] + of(at, last, WEIGHTS), at[GRADIENT] + of(at, last, WEIGHTS)
    weight, bias = at[PART], at[PART] + row
    if begins:
        weight = into
        if last > 0:
            bias = bias_gradient(at, last - 1)
    first, inputs = of(at, last, FIRST_VECTOR), of(at, last, INPUTS)
    back_from_output(h, row, at[DELTAS], c, weight, bias, even, width, kind_of, first, at[CODE], inputs)
    if begins:
        store_total(at[LOSS_SUM] + LANES, into + row)
    else:
        add_total(at[LOSS_SUM] + LANES, into + row)
        add(weight, into, width)
        if last > 0:
            add(bias, bias_gradient(at, last - 1), width)


@compiled
def output_rows(at: Ints, loss: int, h: int, targets: int, rows: int, share: float) -> float:
    """The output for rows of last hidden values: fills deltas and their sum; returns the sum of the losses."""
    last = at[LAYERS] - 1
    row, width, c = of(at, last, INPUT_STRIDE), of(at, last, VECTORS), at[THETA] + of(at, last, WEIGHTS)
    sums = at[LOSS_SUM]
    clear(sums, 2)
    for r in range(0, rows, LANES):
        output(h + r * row, row, c, width, targets + r, at[DELTAS] + r, sums, rows - r, loss, np.float32(share))
    return float(total(sums))


@inlined
def back_layer(at: Ints, layer: int, rows: int, even: int, begins: bool) -> None:
    """From ∂loss/∂z of a hidden layer: its weights' gradient, and ∂loss/∂z of the layer before."""
    kind_of = int64s(at[KIND_OF])
    inputs, width, stride = of(at, layer, INPUTS), of(at, layer, VECTORS), of(at, layer, STRIDE)
    a, across = at[ACTIVATIONS] + of(at, layer, INPUT), of(at, layer, INPUT_STRIDE)
    g, into, lowest = at[ACTIVATIONS] + of(at, layer + 1, INPUT), at[GRADIENT] + of(at, layer, WEIGHTS), at[LOWEST]
    begun, begun_stride = into, stride
    if begins:
        begun, begun_stride = at[ZEROS], SAME
    product(a, ADJACENT, across, g, stride, begun, begun_stride, into, stride, inputs, rows, width, lowest, lowest)
    if layer == 0:
        return
    before, units, incoming = of(at, layer - 1, VECTORS), of(at, layer, UNITS), at[INCOMING]
    turned = at[TRANSPOSES] + of(at, layer, TRANSPOSED)
    product(g, stride, ADJACENT, turned, across, at[ZEROS], SAME, incoming, across, even, units, before, lowest, lowest)
    bias = bias_gradient(at, layer - 1)
    place = bias if begins else at[PART]
    back_through(a, across, incoming, place, even, before, kind_of, of(at, layer, FIRST_VECTOR), at[CODE])
    if not begins:
        add(place, bias, before)


@inlined
def bias_gradient(at: Ints, layer: int) -> int:
    """Where the gradient of a hidden layer's biases is."""
    return int(at[GRADIENT]) + of(at, layer, WEIGHTS) + of(at, layer, INPUTS) * of(at, layer, STRIDE)


@inlined
def check_chunk(at: Ints, state: Ints, sums: Sums, settings: Settings) -> int:
    """The next chunk of the losses on the whole sets; returns the rows."""
    begin, x, y, count, which = state[CHECK_ROW], at[X], at[Y], settings.examples, TRAIN_LOSS
    if begin >= settings.examples:
        begin -= settings.examples
        x, y, count, which = at[X_TEST], at[Y_TEST], settings.unseen, TEST_LOSS
    rows = min(CHUNK, count - begin)
    h = forward(at, x + begin * of(at, 0, INPUT_STRIDE), rows)
    sums[which] += output_rows(at, settings.loss, h, y + begin, rows, 0.0)
    state[CHECK_ROW] += rows
    return int(rows)


@inlined
def step(at: Ints, state: Ints, sums: Sums, settings: Settings) -> None:
    """The optimizer's step with the complete gradient of a batch; state[STATUS] says if something is not finite."""
    if not np.isfinite(sums[BATCH_LOSS]):
        state[STATUS] = BAD_LOSS
        state[ROW] = 0
        return
    penalize(at, settings)
    advance_powers(sums)
    optimize(at, settings, present_rate(state, settings), sums)
    if total(at[LOSS_SUM] + 2 * LANES) != 0.0:
        state[STATUS] = BAD_THETA


@inlined
def penalize(at: Ints, settings: Settings) -> None:
    """Add the gradient of l1·Σ|w| + ½·l2·Σw²; adamw takes its l2 apart from the gradient."""
    l1 = np.float32(settings.l1)
    l2 = np.float32(0.0 if settings.optimizer == ADAMW else settings.l2)
    if l1 == 0 and l2 == 0:
        return
    for layer in range(at[LAYERS]):
        weights = of(at, layer, WEIGHTS)
        optimizers.penalize(at[THETA] + weights, at[GRADIENT] + weights, weight_vectors(at, layer), l1, l2)


@inlined
def weight_vectors(at: Ints, layer: int) -> int:
    """Vectors of a layer's weights, without its biases."""
    rows, stride = of(at, layer, INPUTS), of(at, layer, STRIDE)
    return rows * stride // LANES if layer < at[LAYERS] - 1 else of(at, layer, VECTORS)


@inlined
def optimize(at: Ints, settings: Settings, rate: float, sums: Sums) -> None:
    """One step of the optimizer over all vectors of θ."""
    theta, g, first, second, finite = at[THETA], at[GRADIENT], at[FIRST], at[SECOND], at[LOSS_SUM] + 2 * LANES
    vectors = at[PARAMETER_VECTORS]
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
                optimizers.shrink(theta + of(at, layer, WEIGHTS), weight_vectors(at, layer), keep)
        correction = np.sqrt(1.0 - sums[SECOND_POWER])
        pace = np.float32(rate * correction / (1.0 - sums[FIRST_POWER]))
        optimizers.adam(theta, g, first, second, vectors, finite, pace, np.float32(1e-8 * correction))
