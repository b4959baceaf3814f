"""The order of examples on SIMD lanes: the bijection of `shuffle` for many positions at a time."""

from __future__ import annotations

import functools
import operator

from engine.kernels.emitter import LANES, Emitter, Value, Variable
from engine.kernels.intrinsic import emitted

GROUP = 4  # vectors of positions that are worked out side by side


@emitted
def fill_order(
    emit: Emitter,
    into: Value,
    position: Value,
    groups: Value,
    key: Value,
    examples: Value,
    rows: Value,
    columns: Value,
    wraps: Value,
    rounds: Value,
) -> None:
    """`example` for GROUP vectors of positions at a time, from `position` on → words at `into`.

    wraps = (LANES − 1) // columns + 1: how often a lane's number may hold `columns`.
    """
    columns_, last = emit.words(columns), emit.words(examples) - 1
    cells = [(Variable(emit.words(0)), Variable(emit.words(0))) for _ in range(GROUP)]
    row, column = (Variable(value) for value in divided(position, columns))
    more_rows, more_columns = divided(emit.whole(LANES), columns)  # from a vector to the next, without more divisions
    with emit.loop(groups) as n:
        for left, right in cells:
            left.set(emit.words(row.get()))
            right.set(emit.words(column.get()) + emit.lane_numbers())
            further = column.get() + more_columns
            over = further > columns - 1
            row.set(row.get() + more_rows + emit.select(over, emit.whole(1), emit.whole(0)))
            column.set(emit.select(over, further - columns, further))
        with emit.loop(wraps):
            for left, right in cells:
                over = right.get() > columns_ - 1
                left.set(emit.select(over, left.get() + 1, left.get()))
                right.set(emit.select(over, right.get() - columns_, right.get()))
        for left, right in cells:  # lanes behind the last example walk with the first
            past = left.get() * columns_ + right.get() > last
            left.set(emit.select(past, emit.words(0), left.get()))
            right.set(emit.select(past, emit.words(0), right.get()))
        walk_until_inside(emit, cells, emit.words(key), examples, rows, columns, rounds)
        for number, (left, right) in enumerate(cells):
            emit.store_words(left.get() * columns_ + right.get(), into, (n * GROUP + number) * LANES)


def walk_until_inside(
    emit: Emitter,
    cells: list[tuple[Variable, Variable]],
    key: Value,
    examples: Value,
    rows: Value,
    columns: Value,
    rounds: Value,
) -> None:
    """From places to examples, several vectors side by side: `feistel`, again for the lanes that are in no example."""
    rows_, columns_, last = emit.words(rows), emit.words(columns), emit.words(examples) - 1
    outside = [Variable(emit.lane_numbers() > -1) for _ in cells]

    def walk() -> Value:
        before = [(left.get(), right.get()) for left, right in cells]
        feistel(emit, cells, key, rows_, columns_, rounds)
        for (left, right), (old_left, old_right), mask in zip(cells, before, outside, strict=True):
            left.set(emit.select(mask.get(), left.get(), old_left))
            right.set(emit.select(mask.get(), right.get(), old_right))
            mask.set(left.get() * columns_ + right.get() > last)
        return functools.reduce(operator.or_, [mask.get() for mask in outside])

    emit.repeat_while_any(walk)


def feistel(
    emit: Emitter, cells: list[tuple[Variable, Variable]], key: Value, rows: Value, columns: Value, rounds: Value
) -> None:
    """The rounds of `example` on words, for several vectors side by side: one alone would wait for its products."""
    left_key, right_key = Variable(key), Variable(key ^ 0x5BD1E995)
    with emit.loop(rounds):
        for left, right in cells:
            left.set(_add_below(left.get(), scaled_words(right.get(), left_key.get(), rows), rows))
        for left, right in cells:
            right.set(_add_below(right.get(), scaled_words(left.get(), right_key.get(), columns), columns))
        left_key.set(left_key.get() + 0x9E3779B9)
        right_key.set(right_key.get() + 0x85EBCA6B)


def divided(number: Value, by: Value) -> tuple[Value, Value]:
    """(quotient, remainder) of whole numbers."""
    quotient = Value(number.emit, number.emit.builder.sdiv(number.ir, by.ir))
    return quotient, number - quotient * by


def _add_below(x: Value, y: Value, size: Value) -> Value:
    """x + y modulo `size`, both being below it."""
    total = x + y
    return total.emit.smaller(total, total - size)  # as words without a sign, of which a negative one is large


def scaled_words(word: Value, key: Value, size: Value) -> Value:
    """`scaled` on words."""
    word = (word + key) * 0x7FEB352D
    word = (word ^ (word >> 15)) * 0x846CA68B
    return ((word >> 16) * size) >> 16
