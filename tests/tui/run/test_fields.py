"""Steps of the recipe's fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Recipe
from tui.run.fields import FIELDS, RATES, batch_step, change_recipe, neighbour, nice_step, penalty_step


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [(0.03, 0.05, 0.02), (0.05, 0.1, 0.03), (1.0, 2.0, 0.5), (0.004, 0.005, 0.003), (100.0, 100.0, 50.0),
     (1e-6, 2e-6, 1e-6), (500.0, 500.0, 300.0)],
)  # fmt: skip
def test_rates_go_by_1_2_3_5(value, up, down):
    assert nice_step(value, 1, *RATES) == up
    assert nice_step(value, -1, *RATES) == down


@given(st.sampled_from((1, 2, 3, 5)), st.integers(-5, 1))
def test_up_and_down_again_is_where_one_was(digit, power):
    value = float(f"{digit}e{power}")
    assert nice_step(nice_step(value, 1, *RATES), -1, *RATES) == value


def test_penalties_begin_at_zero():
    assert penalty_step(0.0, 1) == 1e-6
    assert penalty_step(1e-6, -1) == 0.0
    assert penalty_step(0.0, -1) == 0.0
    assert penalty_step(0.01, -1) == 0.005


def test_batches_double_until_they_hold_every_example():
    assert [batch_step(size, 1, 106) for size in (32, 64, 128, 106)] == [64, 128, 128, 106]
    assert [batch_step(size, -1, 106) for size in (32, 1, 106)] == [16, 1, 53]


def test_names_go_round():
    assert neighbour("abc", "c", 1) == "a"
    assert neighbour("abc", "a", -1) == "c"


@pytest.mark.parametrize("field", [name for name in FIELDS if name not in ("data", "init", "seed")])
def test_every_field_of_the_recipe_moves_both_ways(field):
    recipe = Recipe(learning_rate=0.03, l1=0.01, l2=0.01)
    assert change_recipe(recipe, field, 1, 1000) != recipe
    assert change_recipe(recipe, field, -1, 1000) != recipe


def test_an_unknown_field_is_an_error():
    with pytest.raises(ValueError, match="field='colour': expected a field of the recipe"):
        change_recipe(Recipe(), "colour", 1, 100)
