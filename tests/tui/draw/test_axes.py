"""Axes: ticks on cell centres, steps of 1, 2 or 5 · 10ⁿ, data covered."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tui.draw.axes import columns_a_tick, linear, logarithmic, round_down, round_up, rows_a_tick

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
