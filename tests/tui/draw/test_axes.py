"""Axes: ticks on cell centres, steps of 1, 2 or 5 · 10ⁿ, data covered."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tui.draw.axes import bent, columns_a_tick, linear, logarithmic, round_down, round_up, rows_a_tick

VALUES = st.floats(-1e6, 1e6, allow_subnormal=False)
CELLS = st.integers(3, 200)


def number(label: str) -> float:
    scale = {"k": 1e3, "M": 1e6}.get(label[-1], 1.0)
    return float(label.rstrip("kM").replace("−", "-")) * scale


def mantissa(step: float) -> float:
    return round(step / 10.0 ** math.floor(math.log10(step) + 1e-9), 6)


@given(VALUES, VALUES, CELLS)
def test_ticks_stand_on_cell_centres_with_a_round_step(a: float, b: float, cells: int) -> None:
    low, high = min(a, b), max(a, b)
    assume(high - low > 1e-3 * max(abs(low), abs(high), 1e-3))  # closer values are told apart by no short label
    axis = linear(low, high, cells, rows_a_tick(cells))
    slack = 1e-6 * (axis.high - axis.low)
    assert axis.low - slack <= low and high <= axis.high + slack
    values = [number(label) for _, label in axis.ticks]
    centres = axis.value(np.array([cell + 0.5 for cell, _ in axis.ticks]))
    step = (axis.high - axis.low) / cells * (axis.ticks[1][0] - axis.ticks[0][0]) if len(values) > 1 else 1.0
    assert values == pytest.approx(centres.tolist(), abs=1e-6 * step)
    assert mantissa(step) in (1.0, 2.0, 5.0)
    assert {right - left for (left, _), (right, _) in zip(axis.ticks, axis.ticks[1:], strict=False)} <= set(
        range(1, 11)
    )


@given(VALUES, VALUES, st.integers(24, 200))
def test_an_axis_wastes_less_than_half(a: float, b: float, cells: int) -> None:
    low, high = min(a, b), max(a, b)
    assume(high - low > 1e-3 * max(abs(low), abs(high), 1e-3))
    axis = linear(low, high, cells, columns_a_tick(cells))
    assert axis.high - axis.low < 1.9 * (high - low)
    assert len(axis.ticks) >= 2


@pytest.mark.parametrize(("low", "high"), [(3.0, 3.0), (0.0, 0.0), (math.nan, 1.0), (-math.inf, math.inf), (5.0, 1.0)])
def test_any_range_makes_an_axis(low: float, high: float) -> None:
    axis = linear(low, high, 20, (4, 6))
    assert math.isfinite(axis.low) and axis.low < axis.high
    assert logarithmic(low, high, 20).ticks


def test_the_axes_of_the_main_screen() -> None:
    fit = linear(-134.0, 75.0, 25, rows_a_tick(25))
    assert [label for _, label in fit.ticks] == ["−150", "−100", "−50", "0", "50"]
    epochs = linear(0.0, 150.0, 34, columns_a_tick(34), True)
    assert epochs.ticks[0] == (0, "0")
    loss = logarithmic(22.0, 52.0, 23)
    assert [label for _, label in loss.ticks] == ["30", "40", "50"] or [label for _, label in loss.ticks][-1] == "50"


@given(st.floats(1e-9, 1e6), st.floats(1.0, 1e9), st.integers(4, 60))
def test_log_ticks_lie_in_their_cells_and_rise(low: float, ratio: float, cells: int) -> None:
    axis = logarithmic(low, low * ratio, cells)
    assert axis.at(low) >= -1e-6 and axis.at(low * ratio) <= cells + 1e-6
    places = [cell for cell, _ in axis.ticks]
    assert places == sorted(set(places))
    assert all(0 <= cell < cells for cell in places)


@pytest.mark.parametrize(("low", "label"), [(1e19, "1e20"), (1e-7, "1e−6"), (3e4, "100k")])
def test_ticks_of_a_log_axis_are_written_as_elsewhere(low: float, label: str) -> None:
    assert label in [text for _, text in logarithmic(low, 100 * low, 30).ticks]


def test_a_log_axis_knows_no_zero() -> None:
    axis = logarithmic(0.01, 1.0, 20)
    assert not np.isfinite(axis.at(0.0))
    assert np.isnan(axis.at(-1.0))


@given(st.floats(1e-12, 1e12))
def test_rounded_bounds_enclose_and_move_in_steps(value: float) -> None:
    assert round_down(value) <= value * (1 + 1e-9) and value * (1 - 1e-9) <= round_up(value)
    assert round_up(value) <= 1.4 * value and round_down(value) >= value / 1.4
    assert round_up(round_up(value)) == pytest.approx(round_up(value))


def test_ticks_are_as_far_apart_as_a_screen_of_24_and_one_of_40_rows_want_them() -> None:
    assert [rows_a_tick(rows) for rows in (5, 12, 25)] == [(1, 2), (2, 3), (4, 6)]
    assert [columns_a_tick(columns) for columns in (23, 34, 73)] == [(5, 8), (7, 11), (9, 14)]


@pytest.mark.parametrize(
    ("covers", "ends", "ticks"),
    [
        ((-134.0, 75.0, 25, (4, 6)), (-155.0, 95.0), "0:−150 5:−100 10:−50 15:0 20:50"),
        ((2.4, 57.6, 73, (9, 14)), (1.923077, 58.076923), "10:10 23:20 36:30 49:40 62:50"),
        ((0.0, 3000.0, 24, (7, 11), True), (-71.428571, 3357.142857), "0:0 7:1000 14:2000 21:3000"),
        ((-1.0, 1.0, 12, (2, 3)), (-1.375, 1.625), "1:−1.0 3:−0.5 5:0 7:0.5 9:1.0 11:1.5"),
        ((100.0, 101.0, 10, (2, 3)), (99.9375, 101.1875), "0:100.0 4:100.5 8:101.0"),
        ((5.0, 5.0, 10, (2, 3)), (1.666667, 8.333333), "0:2 3:4 6:6 9:8"),
    ],
)
def test_linear_axes_waste_little_and_centre_the_data(covers, ends, ticks) -> None:
    axis = linear(*covers)
    assert (axis.low, axis.high) == pytest.approx(ends, abs=1e-6)
    assert " ".join(f"{cell}:{label}" for cell, label in axis.ticks) == ticks


@pytest.mark.parametrize(
    ("covers", "ends", "ticks"),
    [
        ((22.0, 52.0, 23), (1.297967, 1.723849), "5:25 9:30 16:40 21:50"),
        ((0.01, 1.0, 20), (-2.048, 0.192), "0:0.01 4:0.03 9:0.1 13:0.3 18:1"),
        ((0.5, 2000.0, 14), (-0.481133, 3.481133), "1:1 5:10 8:100 12:1000"),
        ((1e-9, 1e9, 20), (-9.54, 10.62), "0:1e−9 3:1e−6 6:0.001 9:1 12:1000 15:1M 18:1e9"),
        ((30.0, 40.0, 23), (1.474622, 1.604559), "0:30 22:40"),
        ((0.02, 0.9, 15), (-1.818001, 0.033597), "2:0.03 6:0.1 10:0.3"),
    ],
)
def test_logarithmic_axes_have_the_densest_ticks_with_room_between(covers, ends, ticks) -> None:
    axis = logarithmic(*covers)
    assert (axis.low, axis.high) == pytest.approx(ends, abs=1e-6)
    assert " ".join(f"{cell}:{label}" for cell, label in axis.ticks) == ticks


@pytest.mark.parametrize(
    ("value", "up", "down"), [(1.0, 1.0, 1.0), (1.01, 1.2, 1.0), (7.0, 8.0, 6.0), (8.0, 8.0, 8.0), (0.95, 1.0, 0.8)]
)
def test_bounds_move_along_a_ladder(value: float, up: float, down: float) -> None:
    assert (round_up(value), round_down(value)) == (pytest.approx(up), pytest.approx(down))


@given(st.floats(20.5, 1e6), st.integers(10, 200))
def test_a_bent_axis_is_even_at_first_and_has_room_for_all_of_it(high: float, cells: int) -> None:
    axis = bent(20.0, high, cells)
    assert float(axis.at(0.0)) == pytest.approx(0.5) and float(axis.at(high)) == pytest.approx(cells - 0.5)
    assert np.diff(axis.at(np.arange(0.0, 20.5))) == pytest.approx(float(axis.at(1.0)) - 0.5)
    assert (np.diff(axis.at(np.linspace(20.0, high, 50)), 2) < 1e-9).all()
    assert np.diff(axis.at(np.geomspace(20.0, high, 50)), 2) == pytest.approx(0.0, abs=1e-6)
    values = np.linspace(0.0, high, 30)
    assert axis.value(axis.at(values)) == pytest.approx(values)
    assert axis.ticks[0] == (0, "0")
    for (cell, label), (following, other) in pairwise(axis.ticks):
        assert cell == int(axis.at(number(label)))
        assert cell - (len(label) - 1) // 2 + len(label) < following - (len(other) - 1) // 2
