"""The table of what becomes of new units."""

from __future__ import annotations

import pytest

from benchmarks.lesson import HEADING, KEYS, lesson, row


@pytest.mark.parametrize(("key", "new"), [("", 0), ("s", 1), ("r", 1), ("l", 3), ("r l", 4)])
def test_a_key_adds_its_units_and_the_curve_stays(key, new):
    own = lesson(KEYS[key], 2, seed=1)
    before, after, end = own.losses
    assert after == pytest.approx(before, rel=0.01)
    assert end[0] < before[0]
    assert own.new == new


def test_a_row_stands_under_its_heading():
    text = row("s", 0, seeds=[0])
    assert text.startswith("s        0  0 of 1")
    assert text.index("0 of 1") == HEADING.index("ill")
