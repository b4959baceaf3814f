"""What an entry of the table of kinds says of its function is what the function does."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.activations import KINDS

FAR = 1e4
STEP = 1e-3


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def kind(request: pytest.FixtureRequest):
    return request.param


def test_no_two_kinds_are_called_the_same():
    for names in ("symbol", "word", "formula"):
        assert len({getattr(kind, names) for kind in KINDS.values()}) == len(KINDS)


def test_far_out_it_has_the_slopes_and_limits_of_its_entry(kind):
    for side, limit, slope in zip((-FAR, FAR), kind.limits, kind.slopes, strict=True):
        a = kind.function(side)
        assert kind.slope(a) == pytest.approx(slope, abs=1e-9)
        assert (kind.function(2 * side) - a) / side == pytest.approx(slope, abs=1e-9)
        if slope == 0.0:
            assert a == pytest.approx(limit, abs=1e-9)
        else:
            assert limit == np.copysign(np.inf, side * slope)


def test_its_slope_jumps_at_its_kinks_and_nowhere_else(kind):
    z = np.arange(-8, 8 + STEP, STEP) + STEP / 2  # no kink of a kind stands between two thousandths
    jump = np.abs(np.diff(kind.slope(kind.function(z))))
    places = (z[:-1] + z[1:]) / 2
    assert places[jump > 0.1] == pytest.approx(np.array(kind.kinks), abs=1e-9)
    assert jump[jump <= 0.1].max() < 2 * STEP  # no slope changes faster than by 2 for each unit of z


def test_it_dies_where_its_slope_is_exactly_0_and_else_saturates_where_it_comes_close(kind):
    with_signal = np.array([-3.0, 3.0])  # within the reach of initial weights
    off = kind.slope(kind.function(with_signal)) == 0.0
    assert kind.can_die == (off.any() and kind.bends)
    assert (kind.can_die or kind.can_saturate) == (0.0 in kind.slopes)
    assert not (kind.can_die and kind.can_saturate)


def test_a_step_begins_steep_enough_to_fit_many_and_others_gently(kind):
    for units in (1, 4, 30):
        steepest = kind.start_slope(units) * float(kind.slope(kind.function(0.0)))
        if kind.step:  # from end to end on its way through the middle, over 4 of 2 + units, of a range of 2
            assert steepest / kind.step == pytest.approx((2 + min(units, 10)) / 4)
        else:
            assert kind.start_slope(units) == 1.0


def test_its_python_says_the_same_and_overflows_nowhere(kind):
    for z in (-1e308, -1e4, -800.0, -3.0, -2.0, -0.5, 0.0, 0.7, 2.0, 5.0, 800.0, 1e4, 1e308):
        a = eval(kind.python, {"math": math}, {"z": z})
        assert a == pytest.approx(float(kind.function(np.float64(z))), rel=1e-12, abs=1e-15)
    for z in (-math.inf, math.inf, math.nan):
        eval(kind.python, {"math": math}, {"z": z})


def test_no_two_kinds_have_the_same_symbol_in_latex():
    assert len({kind.latex[0] for kind in KINDS.values()}) == len(KINDS)
