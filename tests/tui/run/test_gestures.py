"""Gestures: what each comes to, read from one moment of a run that nobody drives."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

import data
from engine import EngineError, Network, Recipe, Trainer
from engine.edits import AddLayer, RemoveLayer, RemoveUnit, SetPoints, SetRecipe, SetValue
from engine.solving import place_layer, place_unit
from tui.run.beginnings import Lags, Load, Reinit, Reseed
from tui.run.choice import OUTPUT_BIAS, Choice
from tui.run.gestures import (
    AddHere,
    AddLayerLast,
    Change,
    ChooseInput,
    ChooseLayer,
    ChooseUnit,
    LoadTable,
    Nudge,
    RemoveHere,
    RemoveLayerHere,
    StepData,
    StepField,
    StepInit,
    StepSeed,
)
from tui.run.options import Options
from tui.run.run import Moment

NO_UNITS = "The linear model has no units: s adds a sigmoid unit, r a ReLU"
TWO_LAYERS = [["sigmoid"] * 2, ["relu", "tanh"]]


def moment(layers=TWO_LAYERS, choice=None, name="motorcycle", **changes) -> Moment:
    dataset = data.load(name)
    network = Network(dataset.x_train.shape[1], layers)
    made = Moment(
        options=Options(data=name),
        dataset=dataset,
        network=network,
        recipe=Recipe(),
        seed=0,
        choice=choice or Choice(unit=0 if layers else OUTPUT_BIAS),
        epoch=10,
        diverged=False,
        examples=Trainer(network, dataset.x_train, dataset.y_train).examples,
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("gesture", "choice", "change"),
    [
        (RemoveHere(), Choice(1, 1), Change((RemoveUnit(1, 1),))),
        (RemoveLayerHere(), Choice(1, 1), Change((RemoveLayer(1),))),
        (ChooseUnit(1), Choice(), Change(choice=Choice(0, 1))),
        (ChooseLayer(1), Choice(), Change(choice=Choice(1, 0))),
        (ChooseInput(-1), Choice(1), Change(choice=Choice(1, 0, source=1))),
        (StepField("lr", 1), Choice(), Change((SetRecipe(Recipe(learning_rate=2e-3)),))),
        (StepField("seed", 1), Choice(), Change(beginning=Reseed(1))),
        (StepInit(-1), Choice(), Change(beginning=Reinit("zeros"))),
        (StepField("points", -1), Choice(), Change((SetPoints(100, 0),))),
        (StepField("points", 1), Choice(), Change(words="All points train already")),
        (StepField("init", 1), Choice(), Change(beginning=Reinit("uniform"))),
    ],
)
def test_what_a_gesture_comes_to(gesture, choice, change):
    assert gesture(moment(choice=choice)) == change


@pytest.mark.parametrize(
    ("choice", "then"), [(Choice(), Choice(0, 2)), (Choice(1, OUTPUT_BIAS), Choice(1, 2))], ids=["first", "last"]
)
def test_a_new_unit_stands_where_the_training_examples_want_it(choice, then):
    now = moment(choice=choice)
    edit = place_unit(now.network, "relu", choice.layer, now.dataset.x_train, now.dataset.y_train)
    assert edit.w is not None
    assert AddHere("relu")(now) == Change((edit,), choice=then)


def test_the_linear_model_gets_its_first_unit_and_its_first_layer():
    change = AddHere("relu")(moment(()))
    assert (change.edits[0].layer, change.choice) == (0, Choice())
    change = AddLayerLast()(moment(()))
    assert (change.edits[0], change.choice) == (AddLayer(("sigmoid",) * 3), Choice())


@pytest.mark.parametrize(
    ("lags", "direction", "change"),
    [
        (56, -1, Change(beginning=Lags(28))),
        (30, 1, Change(beginning=Lags(56))),
        (1, -1, Change(words="From 1 back is the least")),
        (400, 1, Change(words="From 400 back is the most")),
    ],
)
def test_lags_go_by_weeks_where_the_data_are_days(lags, direction, change):
    dated = moment(name="chicago")
    assert dated.dataset.period == "day"
    dataset = replace(dated.dataset, lags=tuple(range(1, lags + 1)))
    assert StepField("lags", direction)(replace(dated, dataset=dataset)) == change


def test_what_has_no_lags_gets_none():
    assert StepField("lags", 1)(moment()).words.startswith("motorcycle has no lags")


@pytest.mark.parametrize(("unit", "kind"), [(0, "relu"), (OUTPUT_BIAS, "tanh")])
def test_a_new_layer_is_one_of_the_chosen_kind_and_then_its_place(unit, kind):
    now = moment(choice=Choice(1, unit, part="b"))
    change = AddLayerLast()(now)
    add, place = place_layer(now.network, [kind] * 3, now.dataset.x_train)
    assert (change.edits[0], change.choice) == (add, Choice(2, part="b"))
    assert np.array_equal(change.edits[1].theta, place.theta)


@pytest.mark.parametrize(
    ("gesture", "layers", "choice", "words"),
    [
        (RemoveHere(), (), Choice(0, OUTPUT_BIAS), "The linear model has no units: s adds a sigmoid unit, r a ReLU"),
        (
            RemoveLayerHere(),
            (),
            Choice(0, OUTPUT_BIAS),
            "The linear model has no units: s adds a sigmoid unit, r a ReLU",
        ),
        (RemoveHere(), TWO_LAYERS, Choice(0, OUTPUT_BIAS), "The output bias stays; ↑ and ↓ choose a unit"),
        (Nudge("c", 1), TWO_LAYERS, Choice(), "c is not a parameter of this unit"),
    ],
)
def test_what_cannot_be_says_why_and_changes_nothing(gesture, layers, choice, words):
    change = gesture(moment(layers, choice))
    assert (change.words, change.edits, change.beginning) == (words, (), None)


def test_the_only_unit_of_a_layer_is_refused():
    with pytest.raises(EngineError, match="unit 1 is the only one of layer 1: remove the layer instead, with L"):
        RemoveHere()(moment([["relu"]]))


@pytest.mark.parametrize(("value", "moved"), [(0.5, 0.55), (-4.0, -3.8), (0.0, 0.05)])
def test_a_nudge_is_a_twentieth_and_at_least_a_twentieth(value, moved):
    now = moment(choice=Choice(0, 1))
    place = now.network.index(0, 1, "b")
    now.network.theta = np.full(now.network.n_parameters, value)
    change = Nudge("b", 1)(now)
    (edit,) = change.edits
    assert isinstance(edit, SetValue)
    assert (edit.index, edit.value) == (place, pytest.approx(moved))
    assert change.choice == Choice(0, 1, part="b")


@pytest.mark.parametrize(
    ("gesture", "recipe", "words"),
    [
        (StepField("batch", -1), Recipe(batch_size=1), "The batch size stays at 1, its last step"),
        (StepField("batch", 1), Recipe(batch_size=512), "The batch size stays at 512, its last step"),
        (StepField("lr", 1), Recipe(learning_rate=100.0), "The rate stays at 100, its last step"),
        (StepField("l2", -1), Recipe(), "L2 stays at 0, its last step"),
        (StepField("seed", -1), Recipe(), "Seed 0 is the first one"),
    ],
)
def test_a_field_at_its_end_says_so_and_changes_nothing(gesture, recipe, words):
    assert gesture(moment(recipe=recipe)) == Change(words=words)


def test_a_seed_has_one_before_it():
    assert StepSeed(-1)(moment(seed=3)) == Change(beginning=Reseed(2))


def test_other_data_keep_the_options_that_are_not_of_one_data_set():
    options = Options(data="sine", n=50, noise=0.3, seed=4, data_seed=5, training={"batch": 7})
    assert StepData(1)(moment(options=options)).beginning == Load(
        Options(data="step", seed=4, data_seed=5, training={"batch": 7})
    )
    own = LoadTable("own.csv", "y", ("a", "b"), 3)(moment(options=options)).beginning
    assert own == Load(replace(options, data="own.csv", target="y", features=("a", "b"), lags=3, n=None, noise=None))


def test_ones_own_table_is_the_last_in_the_round():
    now = moment(options=Options(data="own.csv", target="y"))
    assert StepData(1)(now).beginning == Load(Options(data=data.names()[0]))
    assert StepData(-1)(now).beginning == Load(Options(data=data.names()[-1]))


def test_a_gesture_looks_and_does_nothing_itself():
    now = moment()
    before = pickle.dumps((now.network, now.recipe, now.options, now.choice))
    for gesture in (
        AddHere("relu"),
        RemoveHere(),
        AddLayerLast(),
        RemoveLayerHere(),
        Nudge("w", 1),
        StepField("l1", 1),
    ):
        assert pickle.dumps(gesture(now)) == pickle.dumps(gesture(now))
    assert pickle.dumps((now.network, now.recipe, now.options, now.choice)) == before
