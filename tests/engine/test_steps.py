"""Steps of the recipe's fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Recipe
from engine.recipe import FIELDS
from engine.steps import among, batch_step, between, neighbour, nice_step, penalty_step

RATES = (1e-6, 100.0)


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


def test_a_whole_number_stays_one():
    stepped = between(10, 10_000)(100, 1, 50)
    assert (stepped, type(stepped)) == (200, int)


def test_penalties_begin_at_zero():
    assert penalty_step(0.0, 1, 50) == 1e-6
    assert penalty_step(1e-6, -1, 50) == 0.0
    assert penalty_step(0.0, -1, 50) == 0.0
    assert penalty_step(0.01, -1, 50) == 0.005


def test_batches_double_until_they_hold_every_example():
    assert [batch_step(size, 1, 106) for size in (32, 64, 128, 106)] == [64, 128, 128, 106]
    assert [batch_step(size, -1, 106) for size in (32, 1, 106)] == [16, 1, 53]


def test_names_go_round():
    assert neighbour("abc", "c", 1) == "a"
    assert neighbour("abc", "a", -1) == "c"
    assert among({"x": 1, "y": 2})("y", 1, 50) == "x"


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_of_the_recipe_moves_both_ways(name):
    recipe = Recipe().step(name, 1, 1000)  # at the start a penalty cannot go down
    for direction in (1, -1):
        changed = recipe.step(name, direction, 1000)
        assert [field for field in FIELDS if getattr(changed, field) != getattr(recipe, field)] == [name]
        assert type(getattr(changed, name)) is type(getattr(recipe, name))


def test_every_field_of_the_recipe_says_all_of_itself():
    for name, field in FIELDS.items():
        assert all((field.flag, field.about, field.subject, field.mark, field.row)), name
        assert field.text(getattr(Recipe(), name)), name
    assert len({field.flag for field in FIELDS.values()}) == len(FIELDS)


def test_penalties_end_at_ten():
    assert [penalty_step(value, 1, 50) for value in (5.0, 10.0, 20.0)] == [10.0, 10.0, 20.0]


@pytest.mark.parametrize(
    ("name", "least", "most"), [("learning_rate", 1e-6, 100.0), ("epochs", 10, 10_000), ("batch_size", 1, 1024)]
)
def test_where_the_fields_of_the_recipe_end(name, least, most):
    for direction, end in ((-1, least), (1, most)):
        recipe = Recipe()
        for _ in range(100):
            recipe = recipe.step(name, direction, 1000)
        assert getattr(recipe, name) == end


@pytest.mark.parametrize(("value", "up", "down"), [(2e-9, 3e-9, 1e-9), (3e9, 5e9, 2e9)])
def test_steps_reach_from_the_least_to_the_greatest_powers(value, up, down):
    assert (nice_step(value, 1, 1e-9, 1e10), nice_step(value, -1, 1e-9, 1e10)) == (up, down)
