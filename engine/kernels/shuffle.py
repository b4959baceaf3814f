"""The order of examples in an epoch: a keyed bijection, so that no random state is kept.

The k-th example of an epoch is a pure function of (seed, epoch, k) and the number of examples: a Feistel network on
the cells (left, right) of a near-square grid that just holds them, with modular additions (Black & Rogaway 2002), and
cycle walking over the few cells left over. All arithmetic is on 32-bit words kept in wider integers, so compiled
scalars, SIMD lanes, GPU threads and plain Python agree.
"""

from __future__ import annotations

import functools
import math
import operator

from engine.kernels.emitter import LANES, Emitter, Value, Variable
from engine.kernels.intrinsic import emitted
from engine.kernels.jit import compiled

GROUP = 4  # vectors of positions that are worked out side by side
WORD = 0xFFFFFFFF


def grid(examples: int) -> tuple[int, int]:
    """(rows, side) of the smallest near-square grid with at least `examples` cells.

    Sums modulo an odd number make even permutations only. Where both numbers are odd and no cell is left over, one more
    row lets odd ones occur as often.
    """
    side = math.isqrt(max(examples, 1) - 1) + 1
    rows = -(-examples // side)
    return (rows + 1 if rows * side == examples and examples % 2 else rows), side


@compiled
def rounds_for(examples: int) -> int:
    """Double rounds of the network: with fewer, gaps between neighbours are uneven over a million epochs and more."""
    few = 12 if 5 <= examples <= 12 else 6
    return 4 if examples >= 256 else 5 if examples >= 64 else few


@compiled
def mix(word: int) -> int:
    """Scramble a 32-bit word (the `lowbias32` constants of Wellons' hash prospector)."""
    word = (word ^ (word >> 16)) & WORD
    word = (word * 0x7FEB352D) & WORD
    word = word ^ (word >> 15)
    word = (word * 0x846CA68B) & WORD
    return word ^ (word >> 16)


@compiled
def epoch_key(seed: int, epoch: int) -> int:
    """The 32-bit key of one epoch's order; seed and epoch count with all their 64 bits."""
    key = mix(seed & WORD)
    key = mix(key + ((seed >> 32) & WORD))
    key = mix(key + (epoch & WORD))
    return mix(key + ((epoch >> 32) & WORD) + 0x9E3779B9)


@compiled
def scaled(word: int, key: int, size: int) -> int:
    """A keyed hash of `word` in [0, size), for size < 2**16."""
    word = ((word + key) * 0x7FEB352D) & WORD
    word = word ^ (word >> 15)
    word = (word * 0x846CA68B) & WORD
    return ((word >> 16) * size) >> 16


@compiled
def example(key: int, position: int, examples: int, rows: int, side: int) -> int:
    """Index of the example at `position` of the epoch with this key; rows and side as `grid` gives them."""
    left = position // side
    right = position - left * side
    rounds = rounds_for(examples)
    while True:
        left_key = key
        right_key = key ^ 0x5BD1E995
        for _ in range(rounds):
            left += scaled(right, left_key, rows)
            if left >= rows:
                left -= rows
            right += scaled(left, right_key, side)
            if right >= side:
                right -= side
            left_key = (left_key + 0x9E3779B9) & WORD
            right_key = (right_key + 0x85EBCA6B) & WORD
        index = left * side + right
        if index < examples:
            return index


@emitted
def fill_order(
    emit: Emitter,
    into: Value,
    position: Value,
    groups: Value,
    key: Value,
    examples: Value,
    rows: Value,
    side: Value,
    wraps: Value,
    rounds: Value,
) -> None:
    """`example` for GROUP vectors of positions at a time, from `position` on → words at `into`.

    wraps = (LANES − 1) // side + 1: how often a lane's number may hold `side`.
    """
    rows_, side_, last = emit.words(rows), emit.words(side), emit.words(examples) - 1
    cells = [(Variable(emit.words(0)), Variable(emit.words(0))) for _ in range(GROUP)]
    with emit.loop(groups) as n:
        begin = position + n * (GROUP * LANES)
        for number, (left, right) in enumerate(cells):
            at = begin + number * LANES
            row = Value(emit, emit.builder.sdiv(at.ir, side.ir))
            left.set(emit.words(row))
            right.set(emit.words(at - row * side) + emit.lane_numbers())
        with emit.loop(wraps):
            for left, right in cells:
                over = right.get() > side_ - 1
                left.set(emit.select(over, left.get() + 1, left.get()))
                right.set(emit.select(over, right.get() - side_, right.get()))
        for left, right in cells:  # lanes behind the last example walk with the first
            past = left.get() * side_ + right.get() > last
            left.set(emit.select(past, emit.words(0), left.get()))
            right.set(emit.select(past, emit.words(0), right.get()))
        outside = [Variable(emit.lane_numbers() > -1) for _ in cells]

        def walk(outside: list[Variable] = outside) -> Value:
            before = [(left.get(), right.get()) for left, right in cells]
            feistel(emit, cells, emit.words(key), rows_, side_, rounds)
            for (left, right), (old_left, old_right), mask in zip(cells, before, outside, strict=True):
                left.set(emit.select(mask.get(), left.get(), old_left))
                right.set(emit.select(mask.get(), right.get(), old_right))
                mask.set(left.get() * side_ + right.get() > last)
            return functools.reduce(operator.or_, [mask.get() for mask in outside])

        emit.repeat_while_any(walk)
        for number, (left, right) in enumerate(cells):
            emit.store_words(left.get() * side_ + right.get(), into, (n * GROUP + number) * LANES)


def feistel(
    emit: Emitter, cells: list[tuple[Variable, Variable]], key: Value, rows: Value, side: Value, rounds: Value
) -> None:
    """The rounds of `example` on words, for several vectors side by side: one alone would wait for its products."""
    left_key, right_key = Variable(key), Variable(key ^ 0x5BD1E995)
    with emit.loop(rounds):
        for left, right in cells:
            left.set(_add_below(left.get(), scaled_words(right.get(), left_key.get(), rows), rows))
        for left, right in cells:
            right.set(_add_below(right.get(), scaled_words(left.get(), right_key.get(), side), side))
        left_key.set(left_key.get() + 0x9E3779B9)
        right_key.set(right_key.get() + 0x85EBCA6B)


def _add_below(x: Value, y: Value, size: Value) -> Value:
    """x + y modulo `size`, both being below it."""
    total = x + y
    return total.emit.select(total > size - 1, total - size, total)


def scaled_words(word: Value, key: Value, size: Value) -> Value:
    """`scaled` on words."""
    word = (word + key) * 0x7FEB352D
    word = (word ^ (word >> 15)) * 0x846CA68B
    return ((word >> 16) * size) >> 16
