"""Matrix products on register tiles: C = C₀ + A·B, lanes over the columns of B and C.

A may have any strides, so the forward pass, the gradient of the weights (A read by columns) and the way back are one
function. Rows of B and C are whole vectors, so no loop has a scalar tail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.kernels.emitter import LANES, MANY_REGISTERS, Emitter, Value
from engine.kernels.intrinsic import emitted
from engine.kernels.jit import inlined, internal

# rows of the register tile that is 1, 2, 3, 4 vectors wide: as many as the registers hold
TILE_ROWS = {1: 8, 2: 8, 3: 8, 4: 6} if MANY_REGISTERS else {1: 8, 2: 6}
WIDEST = max(TILE_ROWS)
BLOCK = 128  # steps of the inner dimension at a time: 128 rows of four vectors are half of a usual first-level cache


def tile(rows: int, vectors: int) -> Callable[..., None]:
    """C[rows, vectors] = max(C₀ + A·B, floor): per step `vectors` loads, `rows` broadcasts and rows·vectors FMAs."""

    @emitted
    def multiply(
        emit: Emitter,
        a: Value,
        a_row: Value,
        a_step: Value,
        b: Value,
        b_step: Value,
        c0: Value,
        c0_row: Value,
        c: Value,
        c_row: Value,
        steps: Value,
        floor: Value,
    ) -> None:
        columns = range(vectors)
        sums = [[emit.variable(emit.load(c0, c0_row * r + n * LANES)) for n in columns] for r in range(rows)]
        with emit.loop(steps) as step:
            b_row = [emit.load(b, step * b_step + n * LANES) for n in columns]
            for r in range(rows):
                factor = emit.vector(emit.load_float(a, a_row * r + step * a_step))
                for n in columns:
                    sums[r][n].set(emit.fma(factor, b_row[n], sums[r][n].get()))
        lowest = [emit.load(floor, n * LANES) for n in columns]
        for r in range(rows):
            for n in columns:
                total = sums[r][n].get()
                emit.store(emit.select(total < lowest[n], lowest[n], total), c, c_row * r + n * LANES)  # NaN survives

    return multiply


def panel(vectors: int) -> Callable[..., Any]:
    """A column panel of a product, `vectors` wide: tall tiles down the rows, then pairs of rows."""
    tall = TILE_ROWS[vectors]
    tall_tile, pair = tile(tall, vectors), tile(2, vectors)

    @inlined
    def multiply(
        a: int,
        a_row: int,
        a_step: int,
        b: int,
        b_step: int,
        c0: int,
        c0_row: int,
        c: int,
        c_row: int,
        rows: int,
        steps: int,
        floor: int,
    ) -> None:
        r = 0
        while r + tall <= rows:
            tall_tile(
                a + r * a_row, a_row, a_step, b, b_step, c0 + r * c0_row, c0_row, c + r * c_row, c_row, steps, floor
            )
            r += tall
        while r < rows:  # a lone last row is computed twice, by strides of zero
            two = 1 if r + 2 <= rows else 0
            pair(
                a + r * a_row,
                two * a_row,
                a_step,
                b,
                b_step,
                c0 + r * c0_row,
                two * c0_row,
                c + r * c_row,
                two * c_row,
                steps,
                floor,
            )
            r += 2

    return multiply


panel1, panel2 = panel(1), panel(2)
panel3, panel4 = (panel(3), panel(4)) if MANY_REGISTERS else (panel2, panel2)


@inlined
def panel_width(left: int) -> int:
    """Vectors of the next panel, so that no panel is left thin."""
    if WIDEST == 2:
        return min(left, 2)
    return 4 if left >= 8 or left == 4 or left == 7 else min(left, 3)


@internal
def product(
    a: int,
    a_row: int,
    a_step: int,
    b: int,
    b_step: int,
    c0: int,
    c0_row: int,
    c: int,
    c_row: int,
    rows: int,
    steps: int,
    vectors: int,
    floor: int,
    lowest: int,
) -> None:
    """C[rows, vectors] = max(C₀ + A[rows, steps]·B[steps, vectors], floor).

    Addresses of words, strides in words: A by row and step, B by step, C₀ (stride 0 repeats one row) and C by row.
    numba compiles it twice, for a literal a_step = 1 and for a literal a_row = 1, which saves arithmetic on addresses.
    `floor` is a row of lower bounds, `lowest` a row of −∞ for the blocks of steps before the last.
    """
    block = steps
    while block > BLOCK:  # blocks of equal size, without an integer division
        block = (block + 1) >> 1
    n = 0
    while n < vectors:
        width = panel_width(vectors - n)
        from_, from_row, into = c0 + LANES * n, c0_row, c + LANES * n
        done = 0
        while done < steps:
            count = min(block, steps - done)
            bound = floor + LANES * n if done + count == steps else lowest
            a_at, b_at = a + done * a_step, b + done * b_step + n * LANES
            if width == 4:
                panel4(a_at, a_row, a_step, b_at, b_step, from_, from_row, into, c_row, rows, count, bound)
            elif width == 3:
                panel3(a_at, a_row, a_step, b_at, b_step, from_, from_row, into, c_row, rows, count, bound)
            elif width == 2:
                panel2(a_at, a_row, a_step, b_at, b_step, from_, from_row, into, c_row, rows, count, bound)
            else:
                panel1(a_at, a_row, a_step, b_at, b_step, from_, from_row, into, c_row, rows, count, bound)
            from_, from_row, done = into, c_row, done + count
        n += width
