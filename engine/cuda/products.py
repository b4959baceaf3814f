"""The three matrix products of a layer, in tiles that a thread holds in its registers.

Indices are unsigned: a signed one is compared with zero at every access, since −1 means the last element. A loop over
every n-th is a `while`: a range would divide, to count its turns, which takes a GPU longer than they do. The inner
loops take DEEP steps at a time, so that loads are under way while others are waited for.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from engine.cuda.package import cuda, inlined, part
from engine.cuda.parts import activation, activation_slope
from engine.cuda.plan import LANES, Layer, Plan, Shape

Function = Callable[..., Any]
place = np.uint64
ZERO = np.float32(0.0)
DEEP = 4


def make_multiply(outer: int, inner: int, step: int) -> Function:
    """Adds to a tile's totals (outer · inner): each of `outer` numbers times each of `inner` others, `step` apart."""

    def multiply(total: Any, left: Any, at: Any, by: int, right: Any, row: Any) -> None:
        for p in range(outer):
            value = left[at[p] + place(by)]
            for q in range(inner):
                total[p * inner + q] += value * right[row + place(q * step)]

    return inlined(multiply)


def make_forward(shape: Shape) -> Function:
    """a = activation(W a + b) of a hidden layer, over all rows."""
    rows_of_tile, units_of_tile = shape.rows, shape.units
    numbers, block = rows_of_tile * units_of_tile, rows_of_tile * LANES
    multiply = make_multiply(units_of_tile, rows_of_tile, LANES)

    def forward(
        a: Any, theta: Any, kinds: Any, layer: Any, rows: int, stride: int, lane: int, column: int, columns: int
    ) -> None:
        inputs, units, down = layer.fan_in + 1, layer.fan_out, place(stride)
        step = (units + units_of_tile - 1) // units_of_tile
        first = lane
        while first < rows + lane:
            unit = column
            while unit < step:
                total = cuda.local.array(numbers, np.float32)
                at = cuda.local.array(units_of_tile, np.uint64)
                for n in range(numbers):
                    total[n] = ZERO
                for p in range(units_of_tile):
                    at[p] = place(layer.weight + min(unit + p * step, units - 1) * layer.stride)
                row = place(layer.source * stride + first)
                for _ in range(inputs // DEEP):
                    multiply(total, theta, at, 0, a, row)
                    multiply(total, theta, at, 1, a, row + down)
                    multiply(total, theta, at, 2, a, row + place(2) * down)
                    multiply(total, theta, at, 3, a, row + place(3) * down)
                    row += place(DEEP) * down
                    for p in range(units_of_tile):
                        at[p] += place(DEEP)
                for _ in range(inputs % DEEP):
                    multiply(total, theta, at, 0, a, row)
                    row += down
                    for p in range(units_of_tile):
                        at[p] += place(1)
                for p in range(units_of_tile):
                    own = unit + p * step
                    if own < units:
                        kind = kinds[place(layer.unit + own)]
                        into = place((layer.target + own) * stride + first)
                        for q in range(rows_of_tile):
                            a[into + place(q * LANES)] = activation(kind, total[p * rows_of_tile + q])
                unit += columns
            first += block

    return inlined(forward)


def make_forwards(shape: Shape, fixed: Plan | None) -> Function:
    """All hidden layers, one after the other, each when all threads have come there."""
    forward = make_forward(shape)

    def forwards(
        a: Any, theta: Any, kinds: Any, layers: Any, begin: int, end: int, rows: int, stride: int, lane: int,
        column: int, columns: int,
    ) -> None:  # fmt: skip
        for layer in range(begin, end):
            forward(a, theta, kinds, layers[place(layer)], rows, stride, lane, column, columns)
            cuda.syncthreads()

    def with_one_more(before: Function, layer: Layer) -> Function:
        def forwards(
            a: Any, theta: Any, kinds: Any, layers: Any, begin: int, end: int, rows: int, stride: int, lane: int,
            column: int, columns: int,
        ) -> None:  # fmt: skip
            before(a, theta, kinds, layers, begin, end, rows, stride, lane, column, columns)
            forward(a, theta, kinds, layer, rows, stride, lane, column, columns)
            cuda.syncthreads()

        return part(forwards)

    if fixed is None:
        return part(forwards)
    return functools.reduce(with_one_more, fixed.layers[:-1], part(nothing_forwards))


def make_backward(shape: Shape) -> Function:
    """∂loss/∂z of a hidden layer from that of the next one: Wᵀ δ times the slopes, over all rows."""
    rows_of_tile, units_of_tile = shape.rows, shape.units
    numbers, block = rows_of_tile * units_of_tile, rows_of_tile * LANES
    multiply = make_multiply(units_of_tile, rows_of_tile, LANES)

    def backward(
        a: Any, d: Any, theta: Any, kinds: Any, layer: Any, above: Any, rows: int, stride: int, lane: int, column: int,
        columns: int,
    ) -> None:  # fmt: skip
        units, down, across = layer.fan_out, place(stride), place(above.stride)
        step = (units + units_of_tile - 1) // units_of_tile
        first = lane
        while first < rows + lane:
            unit = column
            while unit < step:
                total = cuda.local.array(numbers, np.float32)
                at = cuda.local.array(units_of_tile, np.uint64)
                for n in range(numbers):
                    total[n] = ZERO
                for p in range(units_of_tile):
                    at[p] = place(above.weight + min(unit + p * step, units - 1))
                row = place(above.delta * stride + first)
                for _ in range(above.fan_out // 2):
                    multiply(total, theta, at, 0, d, row)
                    for p in range(units_of_tile):
                        at[p] += across
                    multiply(total, theta, at, 0, d, row + down)
                    for p in range(units_of_tile):
                        at[p] += across
                    row += place(2) * down
                for _ in range(above.fan_out % 2):
                    multiply(total, theta, at, 0, d, row)
                for p in range(units_of_tile):
                    own = unit + p * step
                    if own < units:
                        kind = kinds[place(layer.unit + own)]
                        of = place((layer.target + own) * stride + first)
                        into = place((layer.delta + own) * stride + first)
                        for q in range(rows_of_tile):
                            slope = activation_slope(kind, a[of + place(q * LANES)])
                            d[into + place(q * LANES)] = total[p * rows_of_tile + q] * slope
                unit += columns
            first += block

    return inlined(backward)


def make_backwards(shape: Shape, fixed: Plan | None) -> Function:
    """All hidden layers, from the last to the first."""
    backward = make_backward(shape)

    def backwards(
        a: Any, d: Any, theta: Any, kinds: Any, layers: Any, begin: int, end: int, rows: int, stride: int, lane: int,
        column: int, columns: int,
    ) -> None:  # fmt: skip
        for layer in range(end - 1, begin - 1, -1):
            own, above = layers[place(layer)], layers[place(layer + 1)]
            backward(a, d, theta, kinds, own, above, rows, stride, lane, column, columns)
            cuda.syncthreads()

    def with_one_more(before: Function, pair: tuple[Layer, Layer]) -> Function:
        own, above = pair

        def backwards(
            a: Any, d: Any, theta: Any, kinds: Any, layers: Any, begin: int, end: int, rows: int, stride: int,
            lane: int, column: int, columns: int,
        ) -> None:  # fmt: skip
            before(a, d, theta, kinds, layers, begin, end, rows, stride, lane, column, columns)
            backward(a, d, theta, kinds, own, above, rows, stride, lane, column, columns)
            cuda.syncthreads()

        return part(backwards)

    if fixed is None:
        return part(backwards)
    return functools.reduce(with_one_more, reversed(list(pairwise(fixed.layers))), part(nothing_backwards))


def nothing_forwards(
    a: Any, theta: Any, kinds: Any, layers: Any, begin: int, end: int, rows: int, stride: int, lane: int, column: int,
    columns: int,
) -> None:  # fmt: skip
    """The linear model's."""


def nothing_backwards(
    a: Any, d: Any, theta: Any, kinds: Any, layers: Any, begin: int, end: int, rows: int, stride: int, lane: int,
    column: int, columns: int,
) -> None:  # fmt: skip
    """The linear model's."""


def make_gradient(shape: Shape) -> Function:
    """The weights' gradient, δ aᵀ summed over the rows, set or added to what is there."""
    units_of_tile, inputs_of_tile = shape.own, shape.inputs
    numbers = units_of_tile * inputs_of_tile

    def multiply(total: Any, d: Any, left: Any, a: Any, right: Any, by: int) -> None:
        for p in range(units_of_tile):
            delta = d[left[p] + place(by)]
            for q in range(inputs_of_tile):
                total[p * inputs_of_tile + q] += delta * a[right[q] + place(by)]

    multiply = inlined(multiply)

    def gradient(
        a: Any, d: Any, g: Any, tiles: Any, begin: int, end: int, rows: int, stride: int, adds: bool, thread: int,
        threads: int,
    ) -> None:  # fmt: skip
        t = begin + thread
        while t < end:
            tile = tiles[place(t)]
            total = cuda.local.array(numbers, np.float32)
            left = cuda.local.array(units_of_tile, np.uint64)
            right = cuda.local.array(inputs_of_tile, np.uint64)
            for n in range(numbers):
                total[n] = ZERO
            for p in range(units_of_tile):
                left[p] = place((tile.delta + min(p, tile.units - 1)) * stride)
            for q in range(inputs_of_tile):
                right[q] = place((tile.source + min(q, tile.inputs - 1) * tile.step) * stride)
            for _ in range(rows // DEEP):
                multiply(total, d, left, a, right, 0)
                multiply(total, d, left, a, right, 1)
                multiply(total, d, left, a, right, 2)
                multiply(total, d, left, a, right, 3)
                for p in range(units_of_tile):
                    left[p] += place(DEEP)
                for q in range(inputs_of_tile):
                    right[q] += place(DEEP)
            for r in range(rows % DEEP):
                multiply(total, d, left, a, right, r)
            for p in range(units_of_tile):
                for q in range(inputs_of_tile):
                    if p < tile.units and q < tile.inputs:
                        into = place(tile.place + p * tile.stride + q * tile.step)
                        g[into] = g[into] + total[p * inputs_of_tile + q] if adds else total[p * inputs_of_tile + q]
            t += threads

    return part(gradient)
