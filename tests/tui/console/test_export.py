"""Exports say what the network predicts, in the data's own units, whatever the columns are called."""

from __future__ import annotations

import ast
import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from latex_reader import read as read_latex

import data
from data import DataError
from data.scaling import Scaling
from data.signature import Signature
from engine import EngineError, Experiment, Network, Recipe, Trainer
from engine.activations import KINDS
from engine.edits import SetRecipe
from tui.console.export import FORMATS
from tui.console.export_latex import MOST_NUMBERS
from tui.console.fitted import Fitted, in_own_units, read_fitted

EXACT = 1e-5  # of the target's scale


def fitted(layers, inputs: int = 1, labels: bool = False, **changes) -> Fitted:
    """A network of random weights, with features of all sizes."""
    network = Network(inputs, layers, seed=4)
    network.theta = 1.5 * network.theta + 0.3 * np.random.default_rng(3).standard_normal(network.n_parameters)
    scaling = Scaling(
        x_offset=10.0 ** np.arange(-2, 6)[:inputs] * (-1.0) ** np.arange(inputs),
        x_factor=10.0 ** np.array([-1, 2, -1, 0, 5, 3, 4, 3])[:inputs],
        y_offset=0.0 if labels else -1234.5,
        y_scale=1.0 if labels else 67.8,
    )
    names = tuple(f"x_{number}" for number in range(inputs))
    signature = Signature(
        "made", names, names, ("",) * inputs, "y", "y", "", labels=labels, lags=(), period=None, scaling=scaling
    )
    return Fitted(network, replace(signature, **changes))


def examples(made: Fitted, count: int = 1000) -> tuple[np.ndarray, np.ndarray]:
    """Inputs in their own units, and what the network predicts of them."""
    scaling = made.signature.scaling
    x = scaling.x_offset + scaling.x_factor * np.random.default_rng(5).uniform(-2, 2, (count, scaling.x_offset.size))
    return x, scaling.unscale(made.network.predict(scaling.scale(x)))


def text(made: Fitted, name: str) -> str:
    return FORMATS[name].content(made).decode()


def function(source: str):
    names: dict = {}
    exec(compile(source, "exported", "exec"), names)
    return names["predict"]


LAYERS = [(), *(((kind,) * 3,) for kind in KINDS), (tuple(KINDS),), (("relu", "tanh"),) * 2, (("sigmoid", "relu"),) * 3]


@pytest.mark.parametrize("labels", [False, True], ids=["values", "labels"])
@pytest.mark.parametrize("inputs", [1, 2, 8])
@pytest.mark.parametrize("layers", LAYERS, ids=str)
def test_the_python_function_predicts_what_the_network_predicts(layers, inputs, labels):
    made = fitted(layers, inputs, labels)
    x, y = examples(made)
    predict = function(text(made, "python"))
    error = np.abs(np.array([predict(*row) for row in x.tolist()]) - y).max()
    assert error <= EXACT * made.signature.scaling.y_scale


@pytest.mark.parametrize("labels", [False, True], ids=["values", "labels"])
@pytest.mark.parametrize("inputs", [1, 2, 8])
@pytest.mark.parametrize("layers", LAYERS, ids=str)
def test_the_formula_in_latex_says_the_same(layers, inputs, labels):
    made = fitted(layers, inputs, labels)
    assert made.network.n_parameters <= MOST_NUMBERS
    x, y = examples(made)
    error = np.abs(read_latex(text(made, "latex"))(x) - y).max()
    assert error <= EXACT * made.signature.scaling.y_scale


def test_a_formula_has_no_more_digits_than_it_needs():
    network = Network(1, [["relu"]])
    network.theta = [0.5, 0.25, 2.0, 0.0]
    signature = replace(fitted([["relu"]]).signature, scaling=Scaling(np.zeros(1), np.ones(1), 0.0, 1.0))
    assert r"\hat y ={}& 2\,\operatorname{ReLU}(0.25 + 0.5\,x)" in text(Fitted(network, signature), "latex")


def test_a_formula_that_would_fill_pages_is_in_matrices():
    made = fitted([["relu"] * 30 + ["tanh"], ["sigmoid"] * 4], 2)
    document = text(made, "latex")
    assert r"\mathbf h_{2} ={}& f_{2}(W_{2}\,\mathbf h_{1} + \mathbf b_{2})" in document
    assert r"$W_{1}$ is $31 \times 2$" in document
    assert r"$f_{1}$ is $\operatorname{ReLU}$ (30 units), then $\tanh$ (1 unit)" in document
    assert f"The {made.network.n_parameters} numbers would fill pages" in document
    assert document.count("\n") < 30


def test_many_features_have_room_in_python():
    made = replace(fitted([["sigmoid"]]), signature=Signature.of(data.load("chicago")))
    made = replace(made, network=Network(56, [["sigmoid"] * 40], init="he"))
    source = text(made, "python")
    x, y = examples(made, 3)
    assert [function(source)(*row) for row in x.tolist()] == pytest.approx(y, rel=1e-5)
    assert max(map(len, source.splitlines())) <= 120
    assert "riders_lag_2: riders a day, 2 days before" in source


HOSTILE = ("class", "x", "x", "1st", 'a"""b\\', "math", "sum", "")


def test_names_of_columns_become_names_of_python_and_text():
    names = tuple(f"{name}" for name in HOSTILE)
    made = fitted([["tanh"]], 8, feature_names=names, feature_labels=names, target_label='"""\nimport os\\')
    source = text(made, "python")
    tree = ast.parse(source)
    assert [type(node) for node in tree.body] == [ast.Expr, ast.Import, ast.FunctionDef]
    arguments = [argument.arg for argument in tree.body[2].args.args]
    assert arguments == ["class_2", "x", "x_2", "x_1st", "a_b", "math_2", "sum_2", "x_3"]
    x, y = examples(made, 5)
    assert [function(source)(*row) for row in x.tolist()] == pytest.approx(y, rel=1e-5)
    assert 'a"""b\\' in ast.get_docstring(tree.body[2])


def test_names_of_columns_are_text_in_latex():
    document = text(fitted((), target_label=r"50% of a_b & \x{y} #1 $ ~ ^"), "latex")
    assert r"50\% of a\_b \& \textbackslash{}x\{y\} \#1 \$ \textasciitilde{} \textasciicircum{}." in document


def test_python_far_from_the_data_overflows_nowhere():
    predict = function(text(fitted([list(KINDS)]), "python"))
    for x in (-1e300, 1e300, float("inf"), float("-inf"), float("nan")):
        predict(x)


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
