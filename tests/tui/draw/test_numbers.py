"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.draw.numbers import column, counted, gap, short, signed, tick_labels

ANY = st.floats(allow_nan=True, allow_infinity=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (22.8, "22.8"),
        (25.64, "25.6"),
        (9.999, "10.0"),
        (0.00156, "0.00156"),
        (-13.1, "−13.1"),
        (1895.2, "1895"),
        (9999.4, "9999"),
        (12345.0, "12.3k"),
        (999_600.0, "1.00M"),
        (4_560_000.0, "4.56M"),
        (2e9, "2.0e9"),
        (0.00001, "1.0e−5"),
        (math.nan, "nan"),
        (-math.inf, "−∞"),
    ],
)
def test_three_significant_digits(value: float, text: str) -> None:
    assert short(value) == text


@given(ANY)
def test_short_is_short_and_has_no_hyphen(value: float) -> None:
    assert 1 <= len(short(value)) <= 9
    assert "-" not in short(value)


@given(st.floats(1e-4, 9e8))
def test_short_is_near(value: float) -> None:
    text = short(value)
    scale = {"k": 1e3, "M": 1e6}.get(text[-1], 1.0)
    assert float(text.rstrip("kM")) * scale == pytest.approx(value, rel=0.0051)


def test_signs_and_groups() -> None:
    assert counted(4600) == "4 600"
    assert counted(-1_234_567) == "−1 234 567"
    assert signed(139.0) == "+139"
    assert signed(-62.0) == "−62.0"


@pytest.mark.parametrize(
    ("train", "unseen", "text"),
    [
        (22.8, 25.6, "+12%"),
        (10.0, 8.4, "−16%"),
        (10.0, 25.0, "×2.50"),
        (41.2, 41.1, "±0%"),
        (41.1, 41.2, "±0%"),
        (0.0, 1.0, ""),
        (math.nan, 1.0, ""),
    ],
)
def test_gap_turns_into_a_ratio(train: float, unseen: float, text: str) -> None:
    assert gap(train, unseen) == text


def test_a_column_aligns_on_the_decimal_point() -> None:
    assert column([-12.11, 14.94, 6.5], 7) == [" −12.11", "  14.94", "   6.50"]
    assert column([0.028, 0.229], 6) == [" 0.028", " 0.229"]
    assert column([-0.001, 5.0], 6) == ["  0.00", "  5.00"]


@given(st.lists(ANY, max_size=6))
def test_a_column_takes_any_number(values: list[float]) -> None:
    texts = column(values, 9)
    assert [len(text) for text in texts] == [9] * len(values)


@pytest.mark.parametrize(
    ("values", "step", "labels"),
    [
        ([-50.0, 0.0, 50.0], 50.0, ["−50", "0", "50"]),
        ([0.0, 0.2, 0.4], 0.2, ["0", "0.2", "0.4"]),
        ([5000.0, 25000.0], 5000.0, ["5k", "25k"]),
        ([0.0, 2e6], 2e6, ["0", "2M"]),
    ],
)
def test_tick_labels_share_their_decimals(values: list[float], step: float, labels: list[str]) -> None:
    assert tick_labels(values, step) == labels
