"""Rows forward through the network and their gradient back, on the packed layout; each thread its part."""

from __future__ import annotations

import numpy as np

from engine.kernels.elementwise import (
    activate,
    add,
    add_total,
    back_from_output,
    back_through,
    clear,
    output,
    store_total,
    total,
    transpose_block,
)
from engine.kernels.emitter import LANES
from engine.kernels.intrinsic import int64s
from engine.kernels.jit import compiled, inlined
from engine.kernels.packing import (
    ACTIVATIONS,
    CODE,
    DELTAS,
    FIRST_VECTOR,
    FLOOR,
    GRADIENT,
    INCOMING,
    INPUT,
    INPUT_STRIDE,
    INPUTS,
    KIND_OF,
    LAYERS,
    LOWEST,
    OUTPUT_SUMS,
    PART,
    STRIDE,
    TARGETS,
    THETA,
    THREAD,
    TRANSPOSED,
    TRANSPOSES,
    UNITS,
    VECTORS,
    WEIGHTS,
    ZEROS,
    of,
)
from engine.kernels.team import begin_of_part, end_of_part, meet_others
from engine.kernels.tiles import product
from engine.run import Ints, Settings

FOUR = 4  # vectors that are summed together, in another order than single ones: no thread parts them


@compiled
def transpose_weights(at: Ints, layer: int) -> None:
    """Transpose this thread's part of the weights between hidden layers as they are now."""
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
    back_from_output(h, row, 0, at[DELTAS], c, weight, bias, even, width, kind_of, first, at[CODE], inputs, begin, end)
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
    """From ∂loss/∂z of a hidden layer: its weights' gradient, and ∂loss/∂z of the layer before.

    A thread's part of the first is of the units whose ∂loss/∂z it has worked out itself.
    """
    kind_of = int64s(at[KIND_OF])
    inputs, width, stride = of(at, layer, INPUTS), of(at, layer, VECTORS), of(at, layer, STRIDE)
    a, across = at[ACTIVATIONS] + of(at, layer, INPUT), of(at, layer, INPUT_STRIDE)
    g, lowest = at[ACTIVATIONS] + of(at, layer + 1, INPUT), at[LOWEST]
    begin, end = begin_of_part(at, width, FOUR), end_of_part(at, width, FOUR)
    into, mine = at[GRADIENT] + of(at, layer, WEIGHTS) + begin * LANES, g + begin * LANES
    begun, begun_stride = into, stride
    if begins:
        begun, begun_stride = at[ZEROS], 0
    product(a, 1, across, mine, stride, begun, begun_stride, into, stride, inputs, rows, end - begin, lowest, lowest)
    if layer == 0:
        return
    meet_others(at)
    before, units, turned = of(at, layer - 1, VECTORS), of(at, layer, UNITS), at[TRANSPOSES]
    turned += of(at, layer, TRANSPOSED)
    row = begin_of_part(at, even, LANES)
    count, mine, into = end_of_part(at, even, LANES) - row, g + row * stride, at[INCOMING] + row * across
    product(mine, stride, 1, turned, across, at[ZEROS], 0, into, across, count, units, before, lowest, lowest)
    meet_others(at)
    begin, end, bias = begin_of_part(at, before, FOUR), end_of_part(at, before, FOUR), bias_gradient(at, layer - 1)
    place, vector = bias if begins else at[PART], of(at, layer, FIRST_VECTOR)
    back_through(a, across, at[INCOMING], 0, 0, 0, place, even, before, kind_of, vector, at[CODE], 0, begin, end)
    if not begins:
        add(place + begin * LANES, bias + begin * LANES, end - begin)


@inlined
def bias_gradient(at: Ints, layer: int) -> int:
    """Where the gradient of a hidden layer's biases is."""
    return int(at[GRADIENT]) + of(at, layer, WEIGHTS) + of(at, layer, INPUTS) * of(at, layer, STRIDE)
