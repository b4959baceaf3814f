"""Lines as dots: our own raster, and plotext behind its adapter, which must survive any numbers."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.draw.canvas import pack
from tui.draw.lines import clip, slot_means, stroke
from tui.draw.plotting import line, plot_fit_text

HOSTILE = arrays(float, st.integers(0, 12), elements=st.floats(allow_nan=True, allow_infinity=True, width=64))


def test_clip_cuts_at_the_limits_and_breaks_at_gaps() -> None:
    x, y = clip(np.array([0.0, 1.0, 2.0, 3.0, 4.0]), np.array([0.0, 10.0, np.nan, 4.0, 5.0]), 0.0, 5.0)
    assert x.tolist() == [[0.0, 0.5], [3.0, 4.0]]
    assert y.tolist() == [[0.0, 5.0], [4.0, 5.0]]


@given(HOSTILE, st.floats(-10, 0), st.floats(0, 10))
def test_clip_leaves_only_finite_ends_inside(y: np.ndarray, low: float, high: float) -> None:
    xs, ys = clip(np.arange(float(len(y))), y, low, high)
    assert np.isfinite(xs).all() and ((ys >= low) & (ys <= high)).all()
    assert (xs[:, 0] <= xs[:, 1] + 1e-12).all()


def test_a_thick_line_lies_around_its_course() -> None:
    dots = np.zeros((4, 8), bool)
    stroke(dots, np.arange(9.0), np.full(9, 2.0), thick=True)
    assert np.flatnonzero(dots.any(axis=1)).tolist() == [1, 2]
    assert dots[1:3].all()


def test_a_steep_line_is_connected() -> None:
    dots = np.zeros((40, 4), bool)
    stroke(dots, np.array([0.5, 1.5, 2.5]), np.array([0.5, 30.0, 30.5]))
    assert dots.any(axis=1)[:31].all()


@given(HOSTILE)
def test_a_stroke_takes_any_numbers(y: np.ndarray) -> None:
    up, down = np.zeros((12, 20), bool), np.zeros((12, 20), bool)
    stroke(up, np.arange(float(len(y))), y, thick=True)
    stroke(down, y, np.arange(float(len(y))))
    if not np.isfinite(y).any():
        assert not up.any()
        assert not down.any()


def test_plotext_and_our_raster_agree_on_where_a_dot_is() -> None:
    x, y = np.array([0.5, 10.2, 19.5]), np.array([11.5, 0.7, 6.3])
    codes = line(x, y, 3, 10)
    ours = np.zeros((12, 20), bool)
    stroke(ours, x, y)
    bits = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
    theirs = (np.kron(codes, np.ones((4, 2), int)) & np.tile(bits, (3, 10))) > 0
    for row, column in ((11, 0), (0, 10), (6, 19)):
        assert theirs[row, column] and ours[row, column]
    rows, columns = np.nonzero(theirs)
    near = [ours[max(0, r - 1) : r + 2, max(0, c - 1) : c + 2].any() for r, c in zip(rows, columns, strict=True)]
    assert all(near) and (pack(ours) > 0).sum() > 8


@settings(max_examples=40, deadline=None)
@given(HOSTILE, HOSTILE)
def test_no_number_ends_the_process(x: np.ndarray, y: np.ndarray) -> None:
    n = min(len(x), len(y))
    assert line(x[:n], y[:n], 5, 9).shape == (5, 9)


def test_no_room_is_no_line() -> None:
    assert line(np.arange(3.0), np.arange(3.0), 0, 4).shape == (0, 4)
    assert not line(np.array([50.0, 60.0]), np.array([1.0, 2.0]), 3, 4).any()


def test_a_long_line_is_one_dot_thick_at_the_means_of_its_columns() -> None:
    x = np.linspace(0.0, 59.99, 9_000)
    y = 20.4 + 15.0 * (-1.0) ** np.arange(9_000)
    y[7000] = np.nan
    short_x, short_y = slot_means(x, y)
    assert np.array_equal(np.floor(short_x), np.arange(60))
    assert np.abs(short_y - 20.4).max() < 0.2
    assert (np.count_nonzero(line(short_x, 40.0 - short_y, 10, 30), axis=0) == 1).all()
    assert slot_means(np.zeros(2), np.full(2, np.nan))[0].size == 0


def test_the_fit_as_plain_text() -> None:
    x = np.linspace(0.0, 60.0, 30)
    text = plot_fit_text((x, np.where(x > 50, np.nan, x)), (x, x + 5 * np.sin(x)), 60, 14, ("time, ms", "accel, g"))
    rows = text.split("\n")
    assert len(rows) <= 15 and max(map(len, rows)) <= 60
    assert "accel, g by time, ms" in rows[0]
    assert "•" in text and any("\u2801" <= character <= "\u28ff" for character in text)
    assert "\x1b" not in text
    assert plot_fit_text((x, x), (np.array([np.nan]), np.array([1.0]))) == ""


def test_points_that_hide_each_other_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import plotext

    signal, drawn = plotext.figure.signal, []
    monkeypatch.setattr(plotext.figure, "signal", lambda x, y, **more: drawn.append(len(x)) or signal(x, y, **more))
    curve, few = (np.arange(9.0), np.arange(9.0)), np.divmod(np.arange(81.0), 9)
    text = plot_fit_text(curve, few)
    assert plot_fit_text(curve, tuple(np.tile(values, 2_000) for values in few)) == text
    assert drawn == [81, 9, 81, 9]


@pytest.mark.parametrize(
    "module", ["tui.draw.plotting", "tui.views.fit.curve", "tui.views.loss", "tui.views.units.table"]
)
def test_plotext_waits_for_the_first_line(module: str) -> None:
    code = f"import sys, {module}; print('plotext' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
