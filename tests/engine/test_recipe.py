from __future__ import annotations

import numpy as np
import pytest

from engine import EngineError, Recipe


def test_defaults():
    assert Recipe() == Recipe(32, 1e-3, "adam", "mse", "constant", 100, 0.0, 0.0)


def test_numpy_numbers_become_plain_ones():
    recipe = Recipe(batch_size=np.int64(8), learning_rate=np.float32(0.5), l2=1)
    assert (type(recipe.batch_size), type(recipe.learning_rate), type(recipe.l2)) == (int, float, float)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"batch_size": 0}, "batch_size=0: expected a whole number from 1"),
        ({"batch_size": 2.0}, r"batch_size=2\.0: expected a whole number"),
        ({"batch_size": "32"}, "batch_size='32': expected a whole number"),
        ({"learning_rate": -1}, "learning_rate=-1: expected a finite number above 0"),
        ({"learning_rate": float("nan")}, "learning_rate=nan: expected a finite number above 0"),
        ({"learning_rate": float("inf")}, "learning_rate=inf: expected a finite number above 0"),
        ({"learning_rate": 0.0}, r"learning_rate=0\.0: expected a finite number above 0"),
        ({"epochs": 0}, "epochs=0: expected a whole number from 1"),
        ({"l1": -0.1}, r"l1=-0\.1: expected a finite number of at least 0"),
        ({"l2": None}, "l2=None: expected a finite number of at least 0"),
        ({"optimizer": "adm"}, "did you mean 'adam'"),
        ({"loss": "rmse"}, "loss='rmse': expected one of mse, mae, huber"),
        ({"schedule": 1}, "schedule=1: expected one of constant, cosine, step"),
    ],
)
def test_wrong_values_are_refused_in_one_sentence(options, sentence):
    with pytest.raises(EngineError, match=sentence):
        Recipe(**options)
