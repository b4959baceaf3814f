"""Rows forward through the network and their gradient back, on the packed layout; each thread its part."""

from __future__ import annotations

import numpy as np

from engine.kernels.elementwise import activate, back_from_output, back_through, output
from engine.kernels.emitter import LANES
from engine.kernels.intrinsic import int64s
from engine.kernels.jit import inlined, internal
from engine.kernels.moves import add, add_total, copy, store_total, total, transpose_block
from engine.kernels.packing import MIXED, Work, layer_of
from engine.kernels.team import barrier, begin_of_part, end_of_part
from engine.kernels.thin import dense, gradient_of_few
from engine.kernels.tiles import product, product_by_columns
from engine.run import Settings

THIN = 32  # inputs times vectors of units up to which a layer's sums are not worth a way through memory
FEW = 2  # inputs whose gradient is worked out by itself
FOUR = 4  # vectors that are summed together, in another order than single ones: no thread parts them


@internal
def transpose_weights(work: Work, layer: int) -> None:
    """Transpose this thread's part of the weights between hidden layers as they are now."""
    own = layer_of(work, layer)
    inputs, stride, across, columns = own.inputs, own.stride, own.input_stride, own.vectors * LANES
    source, into = work.theta + own.weights, work.transposes + own.transposed
    for j in range(begin_of_part(work, columns, LANES), end_of_part(work, columns, LANES), LANES):
        for i in range(0, inputs, LANES):
            transpose_block(source + i * stride + j, stride, into + j * across + i, across, inputs - i)


@internal
def forward(work: Work, source: int, rows: int) -> int:
    """Rows at `source` through the hidden layers; returns where the last layer's values are, `source` if there is none.

    Each thread works out its part of the units for all rows, so that its part of the weights stays in its own cache.
    """
    lowest, kind_of = work.lowest, int64s(work.kind_of)
    for layer in range(work.layers - 1):
        own, after = layer_of(work, layer), layer_of(work, layer + 1)
        inputs, stride, across = own.inputs, own.stride, own.input_stride
        begin, end = begin_of_part(work, own.vectors, FOUR), end_of_part(work, own.vectors, FOUR)
        skip, first = begin * LANES, after.first_vector + begin
        weights, into = work.theta + own.weights + skip, work.activations + after.input + skip
        bias, floor = weights + inputs * stride, work.floor + first * LANES
        if inputs * own.vectors <= THIN:
            for n in range(end - begin):
                at, kind = n * LANES, kind_of[first + n]
                dense(source, across, weights + at, stride, inputs, into + at, stride, rows, kind, floor + at)
                if kind <= MIXED:
                    activate(into + at, stride, rows, 1, kind_of, first + n, work.codes, work.floor)
        else:
            columns = min(own.units - skip, (end - begin) * LANES)
            product(source, across, weights, stride, bias, 0, into, stride, rows, inputs, columns, floor, lowest)
            activate(into, stride, rows, end - begin, kind_of, first, work.codes, work.floor)
        barrier(work)
        source = work.activations + after.input
    return source


@inlined
def train_rows(work: Work, settings: Settings, rows: int, fresh: bool, share: float) -> float:
    """The gathered rows forward and back; returns the sum of their losses.

    Adds to the gradient, which starts anew if `fresh`.
    """
    last = work.layers - 1
    even = rows + (rows & 1)  # the last row again, with delta 0, for the passes that take two at a time
    begin, end = begin_of_part(work, even, LANES), end_of_part(work, even, LANES)
    stride = layer_of(work, 0).input_stride
    if begin <= rows < end:
        copy(work.activations + (rows - 1) * stride, work.activations + rows * stride, stride // LANES)
    barrier(work)
    h = forward(work, work.activations, even)
    output_rows(work, settings.loss, h, work.targets, begin, end, rows, share)
    barrier(work)
    back_from_deltas(work, even, fresh)
    for layer in range(last - 1, -1, -1):
        back_layer(work, layer, rows, even, fresh)
    return float(total(work.output_sums, (rows + LANES - 1) // LANES, 2 * LANES))


@internal
def output_rows(work: Work, loss: int, h: int, targets: int, begin: int, end: int, rows: int, share: float) -> None:
    """The output for the rows from `begin` to `end` of the last hidden values h: deltas, and sums of LANES rows.

    Rows from `rows` on count nothing.
    """
    output_layer = layer_of(work, work.layers - 1)
    row, width, c = output_layer.input_stride, output_layer.vectors, work.theta + output_layer.weights
    for r in range(begin, end, LANES):
        values, deltas, sums = h + r * row, work.deltas + r, work.output_sums + 2 * r
        output(values, row, c, width, targets + r, deltas, sums, rows - r, loss, np.float32(share))


@internal
def back_from_deltas(work: Work, even: int, fresh: bool) -> None:
    """From work.deltas to the gradient of c and of the output bias, and ∂loss/∂z of the last hidden layer, in place."""
    last, kind_of = work.layers - 1, int64s(work.kind_of)
    own = layer_of(work, last)
    row, width, h = own.input_stride, own.vectors, work.activations + own.input
    c, into = work.theta + own.weights, work.gradient + own.weights
    weight, bias = work.part, work.part + row
    if fresh:
        weight = into
        if last > 0:
            bias = bias_gradient(work, last - 1)
    first, codes, inputs = own.first_vector, work.codes, own.inputs
    begin, end = begin_of_part(work, width, FOUR), end_of_part(work, width, FOUR)
    back_from_output(h, row, 0, work.deltas, c, weight, bias, even, width, kind_of, first, codes, inputs, begin, end)
    if not fresh:
        add(weight + begin * LANES, into + begin * LANES, end - begin)
        if last > 0:
            add(bias + begin * LANES, bias_gradient(work, last - 1) + begin * LANES, end - begin)
    if work.thread == 0:
        deltas, groups = work.output_sums + LANES, (even + LANES - 1) // LANES
        if fresh:
            store_total(deltas, groups, 2 * LANES, into + row)
        else:
            add_total(deltas, groups, 2 * LANES, into + row)


@internal
def back_layer(work: Work, layer: int, rows: int, even: int, fresh: bool) -> None:
    """From ∂loss/∂z of a hidden layer: its weights' gradient, and ∂loss/∂z of the layer before.

    A thread's part is of the units that are its own in `forward`.
    """
    kind_of = int64s(work.kind_of)
    own = layer_of(work, layer)
    inputs, width, stride = own.inputs, own.vectors, own.stride
    a, across = work.activations + own.input, own.input_stride
    g, lowest = work.activations + layer_of(work, layer + 1).input, work.lowest
    begin, end = begin_of_part(work, width, FOUR), end_of_part(work, width, FOUR)
    into, mine = work.gradient + own.weights + begin * LANES, g + begin * LANES
    base, base_stride = into, stride
    if fresh:
        base, base_stride = work.zeros, 0
    if inputs <= FEW:
        for n in range(0, (end - begin) * LANES, LANES):
            gradient_of_few(a, across, inputs, mine + n, stride, into + n, even, fresh)
    else:
        columns = min(own.units, end * LANES) - begin * LANES
        product_by_columns(a, across, mine, stride, base, base_stride, into, stride, inputs, rows, columns, lowest)
    if layer == 0:
        return
    barrier(work)
    before, units = layer_of(work, layer - 1).vectors, own.units
    begin, end = begin_of_part(work, before, FOUR), end_of_part(work, before, FOUR)
    skip, columns = begin * LANES, min(inputs, end * LANES) - begin * LANES
    turned, into = work.transposes + own.transposed + skip, work.incoming + skip
    product(g, stride, turned, across, work.zeros, 0, into, across, even, units, columns, lowest, lowest)
    bias = bias_gradient(work, layer - 1)
    place, vector = bias if fresh else work.part, own.first_vector
    back_through(a, across, work.incoming, 0, 0, 0, place, even, before, kind_of, vector, work.codes, 0, begin, end)
    if not fresh:
        add(place + begin * LANES, bias + begin * LANES, end - begin)


@inlined
def bias_gradient(work: Work, layer: int) -> int:
    """Where the gradient of a hidden layer's biases is."""
    own = layer_of(work, layer)
    return int(work.gradient + own.weights + own.inputs * own.stride)
