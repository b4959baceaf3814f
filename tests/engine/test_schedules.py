"""What an entry of the table of schedules says of its function is what the function does, compiled too."""

from __future__ import annotations

import numpy as np
import pytest

from engine.kernels import bookkeeping
from engine.kernels.jit import compiled
from engine.schedules import SCHEDULES, updates_done

RATES = {"constant": [1, 1, 1, 1, 1], "cosine": [1, 0.75, 0.25, 0, 0], "step": [1, 0.1, 0.01, 0.01, 0.01]}


@pytest.mark.parametrize(("name", "rates"), list(RATES.items()))
def test_rates_at_each_third_and_after_the_horizon(name, rates):
    rate = SCHEDULES[name].rate
    assert [rate(1.0, done, 30) for done in (0, 10, 20, 30, 99)] == pytest.approx(rates, abs=1e-15)


def test_the_steps_are_at_the_thirds_and_not_before():
    rates = [SCHEDULES["step"].rate(1.0, done, 30) for done in (9, 10, 19, 20)]
    assert rates == pytest.approx([1, 0.1, 0.1, 0.01])


@pytest.mark.parametrize("name", SCHEDULES)
def test_it_moves_if_it_says_so_within_the_rate_of_the_recipe_and_up_to_its_horizon(name):
    rates = np.array([SCHEDULES[name].rate(0.3, done, 30) for done in range(40)])
    assert (np.ptp(rates) > 0) == SCHEDULES[name].moves
    assert (rates >= 0).all() and rates.max() == pytest.approx(0.3)
    assert (rates[30:] == rates[30]).all() and SCHEDULES[name].last(0.3) == rates[30]


@compiled
def scheduled_rate(code, rate, done, horizon):
    return bookkeeping.scheduled_rate(code, rate, done, horizon)


@pytest.mark.parametrize(("code", "name"), [*enumerate(SCHEDULES)])
def test_the_kernels_take_the_rate_of_the_entry_to_the_bit(code, name):
    for done in range(31):
        assert scheduled_rate(code, 0.3, done, 30) == SCHEDULES[name].rate(0.3, done, 30)


def test_the_clock_counts_updates_and_keeps_step_with_epochs():
    examples, batch = 23, 5
    clock = [updates_done(epoch, position, batch, examples) for epoch in range(3) for position in range(0, 23, batch)]
    assert clock == list(range(15))
    assert updates_done(2, 10, 10, examples) == 2 * 3 + 1  # after the batch size changed
