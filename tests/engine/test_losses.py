"""What an entry of the table of losses says of its function is what the function does."""

from __future__ import annotations

import numpy as np
import pytest

from engine.losses import LOSSES

ERROR = np.linspace(-5.0, 5.0, 1001)  # every whole number is one of them
STEP = 1e-6


@pytest.fixture(params=LOSSES.values(), ids=LOSSES)
def loss(request: pytest.FixtureRequest):
    return request.param


def test_a_perfect_prediction_costs_nothing_and_any_other_something(loss):
    assert loss.function(0.0) == loss.slope(0.0) == 0.0
    assert (loss.function(ERROR[ERROR != 0.0]) > 0.0).all()


def test_the_slope_is_that_of_the_function(loss):
    smooth = ERROR[~np.isin(ERROR.round(9), loss.kinks)]
    numeric = (loss.function(smooth + STEP) - loss.function(smooth - STEP)) / (2 * STEP)
    assert loss.slope(smooth) == pytest.approx(numeric, abs=1e-8)


def test_its_slope_jumps_or_bends_at_its_kinks_and_nowhere_else(loss):
    turn = np.diff(loss.slope(ERROR), 2) / np.diff(ERROR[:2])
    assert np.unique(ERROR[1:-1][np.abs(turn) > 0.4].round()) == pytest.approx(np.array(loss.kinks))


def test_it_is_in_the_power_of_the_unit_that_its_entry_says(loss):
    double, single = loss.function(2.0 * ERROR), loss.function(ERROR)
    powers = [degree for degree in (1, 2, 3) if np.allclose(double, 2.0**degree * single)]
    assert powers == [degree for degree in (loss.degree,) if degree is not None]
    assert bool(loss.root) == (loss.degree == 2)


def test_no_two_are_called_the_same():
    words = [word for loss in LOSSES.values() for word in (loss.word, loss.root) if word]
    assert len(set(words)) == len(words)
