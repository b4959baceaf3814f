"""Lines as dots: many at once are those that are drawn one by one."""

from __future__ import annotations

import numpy as np
import pytest

from tui.draw.lines import dotted, stroke, strokes


def test_many_lines_at_once_are_those_drawn_one_by_one():
    across = np.arange(41, dtype=float)
    lines = np.stack((8 + 7.3 * np.sin(across / 5), 3.2 + 0.31 * across, np.full(41, 6.5)))
    for dots, line in zip(strokes(lines, 16), lines, strict=True):
        alone = np.zeros((16, 40), bool)
        stroke(alone, across, line)
        assert not (alone & ~dots).any()
        assert (dots.sum(axis=0) <= 1 + np.ceil(np.abs(np.diff(line)))).all()


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
def test_pieces_without_an_end_are_left_out(hole: float):
    (dots,) = strokes(np.array([[1.5, 1.5, hole, 1.5, 1.5]]), 4)
    assert dots.any(axis=0).tolist() == [True, False, False, True]


def test_what_is_outside_is_cut_off():
    (dots,) = strokes(np.array([[-9.0, 2.5, 99.0]]), 4)
    assert dots[:, 0].tolist() == [True, True, True, False]
    assert dots[:, 1].tolist() == [False, False, True, True]


def test_a_dotted_line_has_one_column_of_four():
    assert dotted(np.ones((2, 9), bool)).any(axis=0).tolist() == [k % 4 == 0 for k in range(9)]
