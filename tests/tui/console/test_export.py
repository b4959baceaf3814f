"""Exports as files: arrays, and the history of losses."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from made_fits import examples, fitted, text

import data
from data import DataError
from data.scaling import Scaling
from data.signature import Signature
from engine import EngineError, Experiment, Network, Recipe, Trainer
from engine.edits import SetRecipe
from tui.console.export import FORMATS
from tui.console.fitted import Fitted, in_own_units, read_fitted


def test_weights_beyond_all_numbers_are_a_sentence():
    made = fitted([["relu"]])
    made = replace(made, signature=replace(made.signature, scaling=Scaling(np.zeros(1), np.array([5e-324]), 0.0, 1.0)))
    with pytest.raises(DataError, match=r"^made 1-1-1: in the data's own units its weights are too large"):
        in_own_units(made)


def test_npz_comes_back_the_same(tmp_path):
    made = fitted([["relu"] * 3, ["tanh"]], 2, labels=True)
    (tmp_path / "fit.npz").write_bytes(FORMATS["npz"].content(made))
    again = read_fitted(str(tmp_path / "fit.npz"))
    x, y = examples(made)
    scaling = again.signature.scaling
    np.testing.assert_array_equal(scaling.unscale(again.network.predict(scaling.scale(x))), y)
    assert again.signature.labels
    assert again.story is None
    np.testing.assert_array_equal(Network.load(tmp_path / "fit.npz").theta, made.network.theta)


def test_a_network_without_scaling_is_a_sentence(tmp_path):
    Network().save(tmp_path / "bare.npz")
    with pytest.raises(DataError, match=r"^bare\.npz: data is missing: expected a network with its data's scaling"):
        read_fitted(str(tmp_path / "bare.npz"))


def story(name: str, **options) -> Fitted:
    dataset = data.load(name, **options)
    sets = dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test
    run = Experiment(Trainer(Network(dataset.x_train.shape[1]), *sets, Recipe(batch_size=64)))
    run.run(epochs=2)
    return Fitted(run.trainer.network, Signature.of(dataset), run)


def rows(made: Fitted) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(made, "csv"))))


def test_the_history_is_in_the_datas_own_units():
    made = story("motorcycle")
    *_, last = rows(made)
    trainer, dataset = made.story.trainer, data.load("motorcycle")
    assert (last["update"], last["epoch"], last["measure"]) == ("4", "2", "rmse")
    assert float(last["train"]) == pytest.approx(dataset.errors(trainer.predict(dataset.x_train), "train")["rmse"])
    assert float(last["unseen"]) == pytest.approx(dataset.errors(trainer.predict(dataset.x_test), "test")["rmse"])


def test_the_history_says_in_which_measure_each_loss_is():
    made = story("motorcycle")
    made.story.apply(SetRecipe(Recipe(batch_size=64, loss="mae")))
    made.story.run(epochs=1)
    assert [row["measure"] for row in rows(made)] == ["rmse", "rmse", "rmse", "mae"]
    dataset = data.load("motorcycle")
    mae = dataset.errors(made.story.trainer.predict(dataset.x_train), "train")["mae"]
    assert float(rows(made)[-1]["train"]) == pytest.approx(mae)


def test_where_nothing_is_unseen_its_cells_are_empty_and_labels_have_no_unit():
    made = story("xor", test_fraction=0)
    assert {(row["unseen"], row["measure"]) for row in rows(made)} == {("", "mse")}


def test_a_network_without_a_run_has_no_history():
    with pytest.raises(EngineError, match=r"^csv is the history of losses, which an \.npz file has not: expected"):
        FORMATS["csv"].content(fitted(()))
