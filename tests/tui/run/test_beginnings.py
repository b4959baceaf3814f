"""Beginnings: each makes a run of its own, and the one before stays as it is."""

from __future__ import annotations

import pickle
from typing import get_args

import numpy as np
import pytest

from data import DataError
from engine import EngineError
from engine.edits import AddUnit, SetRecipe
from tui.run.beginnings import Begin, Beginning, Lags, Load, Open, Reinit, Reseed, Restart, begin, first_run
from tui.run.choice import OUTPUT_BIAS, Choice
from tui.run.options import Options
from tui.run.run import Run

EACH = [Restart(), Reseed(7), Reinit("he"), Load(Options(data="sine")), Load(Options(data="moons"))]


@pytest.fixture
def changed() -> Run:
    """A run with four units of which the last is chosen, another recipe, and some updates behind it."""
    run = first_run(Options(threads=1))
    run.story.apply(AddUnit("relu"))
    run.story.apply(SetRecipe(Options(training={"batch": 8, "lr": 0.1}).recipe(run.dataset)))
    run.choice = Choice(0, 3, part="b")
    run.story.step(5)
    return run


def test_each_beginning_is_tried_here():
    assert {type(beginning) for beginning in EACH} | {Open, Begin, Lags} == set(
        get_args(Beginning)
    )  # for the first two see test_saved and test_scenes, for lags below


@pytest.mark.parametrize("beginning", EACH)
def test_a_beginning_is_a_run_at_update_0_and_the_one_before_goes_on_as_if_nothing_were(changed, beginning):
    alone = pickle.loads(pickle.dumps(changed.trainer))
    made = begin(beginning, changed.moment())
    assert (made.trainer.update, made.telling.note.text, made.marks) == (0, "", ())
    made.trainer.step(3)
    assert (changed.trainer.update, changed.choice) == (5, Choice(0, 3, part="b"))
    for trainer in (alone, changed.trainer):
        trainer.step(20)
    assert np.array_equal(alone.theta, changed.trainer.theta)
    assert np.array_equal(alone.history.train, changed.trainer.history.train)


@pytest.mark.parametrize("beginning", EACH[:4])
def test_units_recipe_and_choice_of_now_stay(changed, beginning):
    made = begin(beginning, changed.moment())
    assert made.trainer.network.layers == [["sigmoid"] * 3 + ["relu"]]
    assert made.trainer.recipe == changed.trainer.recipe
    assert made.choice == changed.choice
    assert made.trainer.threads == 1


def test_a_restart_has_the_initial_weights_of_these_units(changed):
    network = begin(Restart(), changed.moment()).trainer.network
    assert np.array_equal(network.theta, changed.trainer.network.initial().theta)
    assert not np.array_equal(network.theta, begin(Reseed(7), changed.moment()).trainer.theta)


def test_the_seed_and_the_init_are_those_asked_for(changed):
    trainer = begin(Reseed(7), changed.moment()).trainer
    assert (trainer.seed, trainer.network.seed, trainer.network.init) == (7, 7, "auto")
    trainer = begin(Reinit("he"), changed.moment()).trainer
    assert (trainer.seed, trainer.network.seed, trainer.network.init) == (0, 0, "he")


def test_data_with_other_inputs_begin_by_their_options(changed):
    made = begin(Load(Options(data="moons", layer=(("tanh",) * 2,), seed=3)), changed.moment())
    assert made.trainer.network.layers == [["tanh"] * 2]
    assert (made.trainer.recipe.batch_size, made.trainer.recipe.learning_rate, made.trainer.seed) == (32, 0.001, 3)
    assert made.choice == Choice()
    assert begin(Load(Options(data="moons")), changed.moment()).choice == Choice(0, OUTPUT_BIAS)


def test_other_data_begin_at_their_first_input(changed):
    run = first_run(Options(data="concrete"))
    run.choice = Choice(0, OUTPUT_BIAS, source=5)
    assert begin(Load(Options(data="concrete", seed=1)), run.moment()).choice == Choice(0, OUTPUT_BIAS)


@pytest.mark.parametrize(
    ("beginning", "error"),
    [
        (Load(Options(data="nonsense")), DataError),
        (Load(Options(data="moons", training={"optimizer": "none"})), EngineError),
        (Reseed(-1), EngineError),
        (Reinit("nonsense"), EngineError),
    ],
)
def test_what_cannot_begin_is_an_error(changed, beginning, error):
    with pytest.raises(error):
        begin(beginning, changed.moment())


@pytest.mark.parametrize(("cores", "asked", "threads"), [(8, None, 7), (2, None, 1), (1, None, 1), (8, 8, 8)])
def test_training_leaves_one_core_for_the_screen(monkeypatch, cores, asked, threads):
    monkeypatch.setattr("tui.run.beginnings.default_threads", lambda: cores)
    assert first_run(Options(threads=asked)).trainer.threads == threads


def test_other_lags_keep_the_kinds_of_unit_the_recipe_and_the_choice():
    run = first_run(Options(data="sunspots", layer=(("relu", "tanh"),), training={"lr": 0.1}, seed=3, threads=1))
    run.choice = Choice(0, 1, source=9, part="b")
    made = begin(Lags(3), run.moment())
    assert (made.dataset.lags, made.options.lags, made.trainer.network.shape) == ((1, 2, 3), 3, (3, 2, 1))
    assert (made.trainer.network.layers, made.trainer.recipe) == ([["relu", "tanh"]], run.trainer.recipe)
    assert (made.trainer.seed, made.trainer.network.seed) == (3, 3)
    assert made.choice == Choice(0, 1, source=0, part="b")
    assert run.dataset.lags[-1] == 12
