"""The function in Python predicts what the network predicts, whatever the columns are called."""

from __future__ import annotations

import ast
from dataclasses import replace

import numpy as np
import pytest
from made_fits import EXACT, LAYERS, examples, fitted, text, told

import data
from data.signature import Signature
from engine import Network
from engine.activations import KINDS
from engine.outcome import version


def function(source: str):
    names: dict = {}
    exec(compile(source, "exported", "exec"), names)
    return names["predict"]


@pytest.mark.parametrize("labels", [False, True], ids=["values", "labels"])
@pytest.mark.parametrize("inputs", [1, 2, 8])
@pytest.mark.parametrize("layers", LAYERS, ids=str)
def test_the_python_function_predicts_what_the_network_predicts(layers, inputs, labels):
    made = fitted(layers, inputs, labels)
    x, y = examples(made)
    predict = function(text(made, "python"))
    error = np.abs(np.array([predict(*row) for row in x.tolist()]) - y).max()
    assert error <= EXACT * made.signature.scaling.y_scale


def test_many_features_have_room_in_python():
    made = replace(fitted([["sigmoid"]]), signature=Signature.of(data.load("chicago")))
    made = replace(made, network=Network(56, [["sigmoid"] * 40], init="he"))
    source = text(made, "python")
    x, y = examples(made, 3)
    assert [function(source)(*row) for row in x.tolist()] == pytest.approx(y, rel=1e-5)
    assert max(map(len, source.splitlines())) <= 120
    assert "riders_lag_2: riders a day, 2 days before" in source


def test_the_whole_of_a_function_in_python():
    assert (
        text(told([0.5, -2.0, 0.25, 1.0, 3.0, -4.0, 0.5], [["relu", "tanh"]]), "python")
        == f'''\
"""made 1-2-1: fitted by unitfit {version()}"""

import math


def predict(time_ms):
    """Predicts accel in g.

    time_ms: time in ms
    """

    def identity(z):
        return z

    def relu(z):
        return max(z, 0.0)

    def tanh(z):
        return math.tanh(z)

    layers = (  # of units: (kind, bias, weights)
        (
            (relu, 0.25, (0.5,)),
            (tanh, 1.0, (-2.0,)),
        ),
        (
            (identity, 0.5, (3.0, -4.0)),
        ),
    )
    values = (time_ms,)
    for layer in layers:
        values = [kind(bias + sum(w * v for w, v in zip(weights, values))) for kind, bias, weights in layer]
    return values[0]
'''
    )


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


def test_python_far_from_the_data_overflows_nowhere():
    predict = function(text(fitted([list(KINDS)]), "python"))
    for x in (-1e300, 1e300, float("inf"), float("-inf"), float("nan")):
        predict(x)
