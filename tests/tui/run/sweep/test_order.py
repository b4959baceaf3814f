"""Which run comes next, what it costs, and how long the rest takes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui.run.options import Options
from tui.run.sweep.order import MOST_PARAMETERS, Order, work_of


def order_of(work: list[float], seeds: int, groups: list[int] | None = None) -> Order:
    return Order(np.array(work), seeds, np.array(groups or [0] * len(work)), np.ones(len(work)))


def drained(order: Order, most: int = 1) -> list[list[int]]:
    return list(iter(lambda: order.take(most), []))


def test_the_least_cost_times_seeds_comes_first() -> None:
    by = [divmod(run, 3) for (run,) in drained(order_of([1, 2.5, 10], seeds=3))]
    assert by == [(0, 0), (0, 1), (1, 0), (0, 2), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)]


def test_a_chunk_is_on_one_data_set() -> None:
    chunks = drained(order_of([1, 2, 3, 4], seeds=2, groups=[0, 1, 0, 1]), most=10)
    assert [sorted(chunk) for chunk in chunks] == [[0, 1, 4, 5], [2, 3, 6, 7]]


def test_what_was_measured_counts_for_more_than_what_was_guessed() -> None:
    order = order_of([1, 2, 4], seeds=2)
    assert math.isnan(order.left)
    order.finish(order.take(1)[0], seconds=10.0)
    assert list(order.costs) == [10, 20, 40]
    assert order.left == 10 + 2 * 20 + 2 * 40
    order.finish(2, seconds=4.0)
    assert order.costs[1] == 4.0
    assert order.costs[2] == pytest.approx(4 * 14 / 3)
    assert order.done == 14.0


def test_what_a_journal_held_says_nothing_of_this_machine() -> None:
    order = order_of([1, 1], seeds=1)
    order.finish(0, None)
    assert math.isnan(order.left)
    assert drained(order) == [[1]]


def test_chunks_last_about_as_long_as_asked_for() -> None:
    order = order_of([1.0] * 10, seeds=1)
    order.finish(order.take(1)[0], seconds=1.0)
    assert [len(order.take(100, most_seconds=seconds)) for seconds in (3.5, 0.1, 100)] == [3, 1, 5]


def test_large_networks_come_in_smaller_chunks() -> None:
    large = Order(np.ones(10), 1, np.zeros(10), np.full(10, MOST_PARAMETERS / 3))
    assert [len(chunk) for chunk in drained(large, most=10)] == [3, 3, 3, 1]
    larger = Order(np.ones(2), 1, np.zeros(2), np.full(2, MOST_PARAMETERS + 1))
    assert drained(larger, most=10) == [[0], [1]]


def test_work_grows_with_all_that_takes_time() -> None:
    small = work_of(Options(layer=(("relu",) * 10,)), 5, 100)
    assert work_of(Options(layer=(("relu",) * 100,)), 5, 100) > 2 * small
    assert work_of(Options(layer=(("relu",) * 10,)), 5, 1000) > 5 * small
    assert work_of(Options(layer=(("relu",) * 10,), training={"epochs": 200}), 5, 100) == 2 * small
    assert work_of(Options(layer=(("relu",) * 10,), training={"batch": 1}), 5, 100) > 5 * small
    assert work_of(Options(), 1, 100) > work_of(Options(layer=()), 1, 100)
