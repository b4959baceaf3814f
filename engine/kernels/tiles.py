"""Matrix products on register tiles: C = C₀ + A·B, lanes over the columns of B and C.

A is read by rows on the way forward and back, by columns for the gradient of the weights. Rows of B and C are whole
vectors, so no loop has a scalar tail. Where the last of them holds no more than four columns, `few_columns` works out
four rows in one vector.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from engine.kernels.emitter import LANES, MANY_REGISTERS, Emitter, Value, Variable
from engine.kernels.intrinsic import emitted
from engine.kernels.jit import inlined, internal

# rows of the register tile that is 1, 2, 3, 4 vectors wide: as many as the registers hold
TILE_ROWS = {1: 8, 2: 8, 3: 8, 4: 6} if MANY_REGISTERS else {1: 8, 2: 6}
WIDEST = max(TILE_ROWS)
LOWER = (4, 2, 1)  # rows of the tiles for what is left below the tall ones
PACKED_ROWS = LANES // 4 if LANES > 8 else 1  # rows of few columns in one vector; two of them would save nothing
FEW = 4 if PACKED_ROWS > 1 else 0  # columns that are few
LEAST_ROWS = 32  # for which few columns are worth a way of their own
BLOCK = 128  # steps of the inner dimension at a time: 128 rows of four vectors are half of a usual first-level cache


class Operands(NamedTuple):
    """Addresses and strides of words: A's by row and step, B's by step, those of C₀ (0 repeats a row) and C by row.

    One of A's strides is 1.
    """

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


def multiply(by_columns: bool) -> Callable[..., None]:
    """The product of A read by its rows, or by its columns."""

    @emitted
    def run(
        emit: Emitter,
        a: Value,
        a_stride: Value,
        b: Value,
        b_step: Value,
        c0: Value,
        c0_row: Value,
        c: Value,
        c_row: Value,
        rows: Value,
        steps: Value,
        columns: Value,
        floor: Value,
        lowest: Value,
        block: Value,
    ) -> None:
        one = emit.whole(1)
        a_strides = (one, a_stride) if by_columns else (a_stride, one)
        operands = Operands(a, *a_strides, b, b_step, c0, c0_row, c, c_row)
        done, rest = Variable(emit.whole(0)), Variable(columns)
        few = emit.select(rows > LEAST_ROWS - 1, emit.whole(FEW), emit.whole(0))
        with emit.loop_while(lambda: rest.get() > few):
            left = (rest.get() + (LANES - 1) - few) >> (LANES.bit_length() - 1)
            width, column = Variable(panel_width(emit, left)), done.get()
            for vectors in TILE_ROWS:
                with emit.when(width.get(), vectors):
                    panel(emit, vectors, operands.at_column(column), rows, steps, floor + column, lowest, block)
            done.set(column + width.get() * LANES)
            rest.set(rest.get() - width.get() * LANES)
        if FEW:
            with emit.loop(emit.select(rest.get() > 0, one, emit.whole(0))):
                few_columns(emit, operands.at_column(done.get()), rows, steps, floor + done.get(), by_columns)

    return run


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


def few_columns(emit: Emitter, operands: Operands, rows: Value, steps: Value, floor: Value, by_columns: bool) -> None:
    """At most four columns, PACKED_ROWS rows in a vector, then single rows. What lies behind the four stays 0."""
    r = Variable(emit.whole(0))

    def are_left(height: int) -> Callable[[], Value]:
        return lambda: rows - r.get() > height - 1

    for vectors in (8, 6, 2, 1):
        with emit.loop_while(are_left(vectors * PACKED_ROWS)):
            packed_tile(emit, vectors, operands.at_row(r.get()), steps, floor, by_columns)
            r.set(r.get() + vectors * PACKED_ROWS)
    with emit.loop_while(are_left(1)):
        tile(emit, 1, 1, operands.at_row(r.get()), steps, floor)
        r.set(r.get() + 1)


def packed_tile(emit: Emitter, vectors: int, operands: Operands, steps: Value, floor: Value, by_columns: bool) -> None:
    """`tile` for PACKED_ROWS · vectors rows of four columns: lane 4k + n holds column n of row k."""
    a, a_row, a_step, b, b_step, c0, c0_row, c, c_row = operands
    packed = range(PACKED_ROWS)
    everywhere = [n for _ in packed for n in range(4)]
    each_for_four = [k for k in packed for _ in range(4)]
    rows = [[v * PACKED_ROWS + k for k in packed] for v in range(vectors)]
    sums = [emit.variable(emit.joined([emit.quad(c0, c0_row * r) for r in own])) for own in rows]

    def add_steps(step: Value, count: int) -> None:
        """Some steps; by rows, up to four of them are loaded together."""
        b_vectors = [emit.spread(emit.quad(b, (step + s) * b_step), everywhere) for s in range(count)]
        for own, total in zip(rows, sums, strict=True):
            if by_columns:
                factors = [emit.spread(emit.quad(a, step * a_step + own[0]), each_for_four)]
            else:
                loaded = emit.joined([emit.quad(a, a_row * r + step) for r in own])
                factors = [emit.shuffle(loaded, loaded, [4 * k + s for k in each_for_four]) for s in range(count)]
            for factor, b_vector in zip(factors, b_vectors, strict=True):
                total.set(emit.fma(factor, b_vector, total.get()))

    together = 1 if by_columns else 4
    whole = steps & -together
    with emit.loop(whole, together) as step:
        add_steps(step, together)
    if together > 1:
        with emit.loop(steps - whole) as step:
            add_steps(whole + step, 1)
    lowest, zero = emit.load(floor), emit.vector(0.0)
    for own, total in zip(rows, sums, strict=True):
        for k, r in enumerate(own):
            row = emit.shuffle(total.get(), zero, [4 * k + n for n in range(4)] + [LANES] * (LANES - 4))
            emit.store(emit.select(row < lowest, lowest, row), c, c_row * r)


by_rows, by_columns = multiply(by_columns=False), multiply(by_columns=True)


@internal
def product(
    a: int,
    a_row: int,
    b: int,
    b_step: int,
    c0: int,
    c0_row: int,
    c: int,
    c_row: int,
    rows: int,
    steps: int,
    columns: int,
    floor: int,
    lowest: int,
) -> None:
    """C[rows, columns] = max(C₀ + A[rows, steps]·B[steps, columns], floor); places and strides as in Operands.

    `floor` is a row of lower bounds, `lowest` a row of −∞ for the blocks of steps before the last.
    """
    by_rows(a, a_row, b, b_step, c0, c0_row, c, c_row, rows, steps, columns, floor, lowest, block_of(steps))


@internal
def product_by_columns(
    a: int,
    a_step: int,
    b: int,
    b_step: int,
    c0: int,
    c0_row: int,
    c: int,
    c_row: int,
    rows: int,
    steps: int,
    columns: int,
    lowest: int,
) -> None:
    """As `product`, of A whose columns lie one behind the other, without lower bounds."""
    by_columns(a, a_step, b, b_step, c0, c0_row, c, c_row, rows, steps, columns, lowest, lowest, block_of(steps))


@inlined
def block_of(steps: int) -> int:
    """Steps of a block, all of about one size, without an integer division."""
    block = steps
    while block > BLOCK:
        block = (block + 1) >> 1
    return block
