"""A signature goes through plain arrays unharmed, and what is none is a sentence."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

import data
from data import DataError
from data.scaling import Scaling
from data.signature import NAMES, Signature


@pytest.mark.parametrize("name", ["motorcycle", "chicago", "concrete", "penguins", "spiral", "sunspots", "seattle"])
def test_it_comes_back_the_same(name):
    dataset = data.load(name)
    signature = Signature.of(dataset)
    assert set(signature.arrays()) == set(NAMES)
    again = Signature.from_arrays(signature.arrays(), dataset.x_train.shape[1])
    for field in fields(Signature):
        own, other = getattr(signature, field.name), getattr(again, field.name)
        if isinstance(own, Scaling):
            np.testing.assert_array_equal(other.scale(dataset.unscale_x(dataset.x_train)), dataset.x_train)
            np.testing.assert_array_equal(other.unscale(dataset.y_train), dataset.unscale(dataset.y_train))
        else:
            assert other == own


def test_names_are_safe_to_print():
    arrays = Signature.of(data.load("sine")).arrays()
    arrays["target_name"] = np.array("\x1b[31m" + "y" * 100)
    assert Signature.from_arrays(arrays, 1).target_name.isprintable()


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"y_scale": None}, "y_scale is missing: expected a network with its data's scaling"),
        ({"x_factor": np.array([1.0, 0.0])}, "x_factor and y_scale: expected numbers above 0"),
        ({"y_scale": np.array(0.0)}, "x_factor and y_scale: expected numbers above 0"),
        ({"x_offset": np.zeros(3)}, r"x_offset of shape \(3,\), 'float64': expected one of shape \(2,\)"),
        ({"x_offset": np.array([0, np.nan])}, "x_offset: expected finite numbers"),
        ({"y_offset": np.array("far")}, r"y_offset of shape \(\), 'str"),
        ({"feature_names": np.array(["a", "a"])}, "feature_names=.*: expected a name of its own for each feature"),
        ({"feature_names": np.array([1, 2])}, r"feature_names of shape \(2,\), 'int64'"),
        ({"labels": np.array(3)}, r"labels of shape \(\), 'int64'"),
        ({"lags": np.array([2, 1])}, r"lags=\(2, 1\): expected 1 to 2, one for each input, or none"),
        ({"lags": np.array([1])}, r"lags of shape \(1,\)"),
        ({"period": np.array("fortnight")}, "period='fortnight': expected one of hour, day, business day, week"),
    ],
)
def test_arrays_that_say_none_are_one_sentence(other, sentence):
    arrays = {**Signature.of(data.load("penguins")).arrays(), **other}
    with pytest.raises(DataError, match=f"^{sentence}"):
        Signature.from_arrays({name: array for name, array in arrays.items() if array is not None}, 2)
