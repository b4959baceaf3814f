"""Matrix products on register tiles: C = C₀ + A·B, lanes over the columns of B and C.

A may have any strides, so the forward pass, the gradient of the weights (A read by columns) and the way back are one
function. Rows of B and C are whole vectors, so no loop has a scalar tail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from engine.kernels.emitter import LANES, MANY_REGISTERS, Emitter, Value, Variable
from engine.kernels.intrinsic import emitted
from engine.kernels.jit import internal

# rows of the register tile that is 1, 2, 3, 4 vectors wide: as many as the registers hold
TILE_ROWS = {1: 8, 2: 8, 3: 8, 4: 6} if MANY_REGISTERS else {1: 8, 2: 6}
WIDEST = max(TILE_ROWS)
LOWER = (4, 2, 1)  # rows of the tiles for what is left below the tall ones
BLOCK = 128  # steps of the inner dimension at a time: 128 rows of four vectors are half of a usual first-level cache


class Operands(NamedTuple):
    """Addresses and strides of words: A's by row and step, B's by step, those of C₀ (0 repeats a row) and C by row."""

    a: Value
    a_row: Value
    a_step: Value
    b: Value
    b_step: Value
    c0: Value
    c0_row: Value
    c: Value
    c_row: Value

    def at_row(self, r: Value) -> Operands:
        return self._replace(a=self.a + r * self.a_row, c0=self.c0 + r * self.c0_row, c=self.c + r * self.c_row)

    def at_step(self, step: Value) -> Operands:
        return self._replace(a=self.a + step * self.a_step, b=self.b + step * self.b_step)

    def at_column(self, n: Value) -> Operands:
        return self._replace(b=self.b + n, c0=self.c0 + n, c=self.c + n)


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
    rows: Value,
    steps: Value,
    vectors: Value,
    floor: Value,
    lowest: Value,
    block: Value,
) -> None:
    """`product`, `block` steps at a time."""
    operands = Operands(a, a_row, a_step, b, b_step, c0, c0_row, c, c_row)
    done = Variable(emit.whole(0))
    with emit.loop_while(lambda: done.get() < vectors):
        left = vectors - done.get()
        width, column = Variable(panel_width(emit, left)), done.get() * LANES
        for vectors_wide in TILE_ROWS:
            with emit.when(width.get(), vectors_wide):
                panel(emit, vectors_wide, operands.at_column(column), rows, steps, floor + column, lowest, block)
        done.set(done.get() + width.get())


def panel_width(emit: Emitter, left: Value) -> Value:
    """Vectors of the next panel, so that no panel is left thin: 4 of 4, 7, 8 and more, else at most 3."""
    widest = emit.whole(WIDEST)
    if WIDEST == 2:
        return emit.select(left > 1, widest, left)
    few = emit.select(left > 3, emit.whole(3), left)
    four = (left > 3) & (left < 5)
    return emit.select((left > 6) | four, widest, few)


def panel(
    emit: Emitter, vectors: int, whole: Operands, rows: Value, steps: Value, floor: Value, lowest: Value, block: Value
) -> None:
    """A panel of columns, `vectors` wide, block by block of steps; only the last is bounded by `floor`."""
    done, source, source_row = Variable(emit.whole(0)), Variable(whole.c0), Variable(whole.c0_row)
    with emit.loop_while(lambda: done.get() < steps):
        left = steps - done.get()
        count = emit.select(left < block, left, block)
        bound = emit.select(left > count, lowest, floor)
        operands = whole.at_step(done.get())._replace(c0=source.get(), c0_row=source_row.get())
        column(emit, vectors, operands, rows, count, bound)
        source.set(whole.c)
        source_row.set(whole.c_row)
        done.set(done.get() + count)


def column(emit: Emitter, vectors: int, operands: Operands, rows: Value, steps: Value, floor: Value) -> None:
    """Tall tiles down the rows, then lower ones."""
    r = Variable(emit.whole(0))

    def are_left(height: int) -> Callable[[], Value]:
        return lambda: rows - r.get() > height - 1

    for height in (TILE_ROWS[vectors], *LOWER):
        with emit.loop_while(are_left(height)):
            tile(emit, height, vectors, operands.at_row(r.get()), steps, floor)
            r.set(r.get() + height)


def tile(emit: Emitter, rows: int, vectors: int, operands: Operands, steps: Value, floor: Value) -> None:
    """C[rows, vectors] = max(C₀ + A·B, floor): per step `vectors` loads, `rows` broadcasts and rows·vectors FMAs."""
    a, a_row, a_step, b, b_step, c0, c0_row, c, c_row = operands
    columns = range(vectors)
    sums = [[emit.variable(emit.load(c0, c0_row * r + n * LANES)) for n in columns] for r in range(rows)]
    with emit.loop(steps) as step:
        b_vectors = [emit.load(b, step * b_step + n * LANES) for n in columns]
        for r in range(rows):
            factor = emit.vector(emit.load_float(a, a_row * r + step * a_step))
            for n in columns:
                sums[r][n].set(emit.fma(factor, b_vectors[n], sums[r][n].get()))
    lowest = [emit.load(floor, n * LANES) for n in columns]
    for r in range(rows):
        for n in columns:
            total = sums[r][n].get()
            emit.store(emit.select(total < lowest[n], lowest[n], total), c, c_row * r + n * LANES)  # NaN survives


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
    """C[rows, vectors] = max(C₀ + A[rows, steps]·B[steps, vectors], floor); places and strides as in Operands.

    numba compiles it twice, for a literal a_step = 1 and for a literal a_row = 1, which saves arithmetic on addresses.
    `floor` is a row of lower bounds, `lowest` a row of −∞ for the blocks of steps before the last.
    """
    block = steps
    while block > BLOCK:  # blocks of equal size, without an integer division
        block = (block + 1) >> 1
    multiply(a, a_row, a_step, b, b_step, c0, c0_row, c, c_row, rows, steps, vectors, floor, lowest, block)
