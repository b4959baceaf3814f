"""The order of examples: a permutation for every size, a pure function of seed and epoch, and even."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.jit import compiled
from engine.kernels.shuffle import epoch_key, example
from engine.layout import grid
from engine.order import epoch_order


@compiled
def fill(orders, seed, first_epoch, rows, side):
    """orders[e, k] = index of the k-th example of epoch first_epoch + e."""
    for epoch in range(orders.shape[0]):
        key = epoch_key(seed, first_epoch + epoch)
        for position in range(orders.shape[1]):
            orders[epoch, position] = example(key, position, orders.shape[1], rows, side)


def orders(examples: int, epochs: int = 1, seed: int = 0, first_epoch: int = 0) -> np.ndarray:
    table = np.empty((epochs, examples), np.int64)
    fill(table, seed, first_epoch, *grid(examples))
    return table


def spread_of(counts: np.ndarray, expected: float, freedom: int, exclusive: int = 0) -> float:
    """How many deviations the χ² of the counts is from its mean under an even distribution (Wilson & Hilferty 1931).

    Where each epoch fills `exclusive` classes once or nearly so, rather than one class by chance, counts vary more.
    """
    chi2 = np.square(counts - expected).sum() / expected * (1 - 1 / exclusive if exclusive else 1)
    variance = 2 / (9 * freedom)
    return float((np.cbrt(chi2 / freedom) - 1 + variance) / math.sqrt(variance))


@pytest.mark.parametrize("examples", [1, 7, 106])
def test_the_order_that_is_shown_is_that_of_the_kernels(examples):
    for epoch in range(3):
        np.testing.assert_array_equal(epoch_order(5, epoch, examples), orders(examples, 1, 5, epoch)[0])


@compiled
def tally(places, gaps, pairs, epochs, rows, side):
    """Count, over epochs, which example comes where, the gaps between neighbours, the first two, and odd orders."""
    examples, odd = gaps.size, 0
    order = np.empty(examples, np.int64)
    for epoch in range(epochs):
        key = epoch_key(2, epoch)
        for k in range(examples):
            order[k] = example(key, k, examples, rows, side)
            places[k, order[k]] += 1
        for k in range(1, examples):
            gaps[(order[k] - order[k - 1]) % examples] += 1
        pairs[order[0], order[1]] += 1
        swaps = 0
        for k in range(examples):
            while order[k] != k:
                other = order[k]
                order[k], order[other] = order[other], other
                swaps += 1
        odd += swaps % 2
    return odd


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3000), st.integers(0, 2**63 - 1), st.integers(0, 2**40))
def test_every_epoch_is_a_permutation(examples, seed, epoch):
    order = orders(examples, 1, seed, epoch)[0]
    np.testing.assert_array_equal(np.sort(order), np.arange(examples))


@pytest.mark.parametrize("examples", [1, 2, 3, 65_536, 99_991, 100_000])
def test_sizes_up_to_1e5(examples, jit_only):
    np.testing.assert_array_equal(np.sort(orders(examples, 2)[1]), np.arange(examples))


def test_it_depends_on_seed_and_epoch_with_all_their_bits():
    first = orders(50, 1, seed=5, first_epoch=7)[0]
    for seed, epoch in ((6, 7), (5, 8), (5 + 2**32, 7), (5, 7 + 2**32)):
        assert (orders(50, 1, seed, epoch)[0] != first).any()
    np.testing.assert_array_equal(orders(50, 1, seed=5, first_epoch=7)[0], first)


@pytest.mark.parametrize("examples", [2, 3, 4, 5])
def test_all_orders_of_few_examples_are_equally_likely(examples, jit_only):
    table = orders(examples, 24_000, seed=1)
    code = (table * examples ** np.arange(examples)).sum(axis=1)
    possible = [sum(v * examples**k for k, v in enumerate(order)) for order in permutations(range(examples))]
    counts = np.array([(code == value).sum() for value in possible])
    assert abs(spread_of(counts, 24_000 / len(possible), len(possible) - 1)) < 4.5


@pytest.mark.parametrize("examples", [*range(2, 41), 49, 50, 64, 81, 101, 256, 289])
def test_places_neighbours_and_parity_are_even(examples, jit_only):
    epochs = 1_000_000 if examples <= 12 else 1_500_000 // examples
    places, gaps, pairs = (
        np.zeros(shape, np.int64) for shape in ((examples, examples), examples, (examples, examples))
    )
    odd = tally(places, gaps, pairs, epochs, *grid(examples))
    assert abs(spread_of(places, epochs / examples, (examples - 1) ** 2, examples)) < 4.5
    if examples > 2:
        assert abs(spread_of(gaps[1:], epochs, examples - 2, examples - 1)) < 4.5
    apart = pairs[~np.eye(examples, dtype=bool)]
    assert abs(spread_of(apart, epochs / apart.size, apart.size - 1)) < 4.5
    if math.prod(grid(examples)) % 2 == 0:
        assert abs(odd - epochs / 2) / math.sqrt(epochs / 4) < 4.5
    else:  # a permutation of all cells is even there; the walk past those that are left over flips most of them
        assert 0.03 < odd / epochs < 0.97


@pytest.mark.parametrize("examples", [10_000, 100_000])
def test_places_are_even_in_large_sets(examples, jit_only):
    """Where the first hundred places point, in 50 equal parts of the set."""
    epochs = 200_000 // 100
    table = np.concatenate([orders_head(examples, 100, epoch) for epoch in range(epochs)])
    counts = np.bincount(table * 50 // examples, minlength=50)
    assert abs(spread_of(counts, table.size / 50, 49)) < 4.5


def orders_head(examples: int, count: int, epoch: int) -> np.ndarray:
    key = epoch_key(3, epoch)
    return np.array([example(key, position, examples, *grid(examples)) for position in range(count)])
