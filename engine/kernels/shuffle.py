"""The order of examples in an epoch: a keyed bijection, so that no random state is kept.

The k-th example of an epoch is a pure function of (seed, epoch, k) and the number of examples: a Feistel network on
the cells (left, right) of a near-square grid that just holds them, with modular additions (Black & Rogaway 2002), and
cycle walking over the few cells left over. All arithmetic is on 32-bit words kept in wider integers, so compiled
scalars, SIMD lanes, GPU threads and plain Python agree.
"""

from __future__ import annotations

from typing import Any

from engine.kernels.jit import compiled, kernel

WORD = 0xFFFFFFFF


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
def example(key: int, position: int, examples: int, rows: int, columns: int) -> int:
    """Index of the example at `position` of the epoch with this key; rows and columns as `grid` gives them."""
    left = position // columns
    right = position - left * columns
    rounds = rounds_for(examples)
    while True:
        left_key = key
        right_key = key ^ 0x5BD1E995
        for _ in range(rounds):
            left += scaled(right, left_key, rows)
            if left >= rows:
                left -= rows
            right += scaled(left, right_key, columns)
            if right >= columns:
                right -= columns
            left_key = (left_key + 0x9E3779B9) & WORD
            right_key = (right_key + 0x85EBCA6B) & WORD
        index = left * columns + right
        if index < examples:
            return index


@kernel
def fill(order: Any, key: int, rows: int, columns: int) -> None:
    """order[k] = index of the example at position k of the epoch with this key."""
    for position in range(order.size):
        order[position] = example(key, position, order.size, rows, columns)
