"""Layers of few inputs, whose products are too small for tiles."""

from __future__ import annotations

from engine.activations import CODES, KINDS
from engine.kernels.elementwise import APPLIED, sum_of
from engine.kernels.emitter import Emitter, Value, Variable
from engine.kernels.intrinsic import emitted

ROWS = 4  # that are worked out side by side: one alone would wait for its sums


@emitted
def dense(
    emit: Emitter,
    x: Value,
    x_row: Value,
    weights: Value,
    stride: Value,
    steps: Value,
    into: Value,
    row: Value,
    rows: Value,
    kind: Value,
    floor: Value,
) -> None:
    """into[rows, one vector] ← activation(max(x[rows, steps]·W + b, floor)); b lies behind W, ROWS rows at a time.

    For few steps: the sums go into their activation without a way through memory. Of lanes of MIXED kinds only relu
    is applied.
    """
    bias, lowest = emit.load(weights, steps * stride), emit.load(floor)
    with emit.loop(rows, ROWS) as r:
        sums = [emit.variable(bias) for _ in range(ROWS)]
        with emit.loop(steps) as i:
            w = emit.load(weights, i * stride)
            for u, total in enumerate(sums):
                total.set(emit.fma(emit.vector(emit.load_float(x, (r + u) * x_row + i)), w, total.get()))
        for total in sums:
            total.set(emit.select(total.get() < lowest, lowest, total.get()))
        for name in APPLIED:
            with emit.when(kind, CODES[name]):
                for total in sums:
                    total.set(KINDS[name].function(total.get()))
        for u, total in enumerate(sums):
            emit.store(total.get(), into, (r + u) * row)


@emitted
def gradient_of_few(
    emit: Emitter, x: Value, x_row: Value, inputs: Value, g: Value, row: Value, into: Value, rows: Value, fresh: Value
) -> None:
    """into[inputs, one vector] ← xᵀ·g over an even number of rows, added to what is there unless `fresh`.

    For few inputs: ROWS rows at a time have sums of their own, so that additions need not wait for one another.
    """
    with emit.loop(inputs) as i:
        place = i * row
        start = emit.load(into, place)
        sums = [
            emit.variable(emit.select(fresh > 0, emit.vector(0.0), start)),
            *(emit.variable() for _ in range(ROWS - 1)),
        ]

        def add_row(total: Variable, r: Value, i: Value = i) -> None:
            total.set(emit.fma(emit.vector(emit.load_float(x, r * x_row + i)), emit.load(g, r * row), total.get()))

        whole = rows & -ROWS
        with emit.loop(whole, ROWS) as r:
            for u, total in enumerate(sums):
                add_row(total, r + u)
        with emit.loop(rows - whole) as r:
            add_row(sums[1], whole + r)
        emit.store(sum_of([total.get() for total in sums]), into, place)
