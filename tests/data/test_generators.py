"""Generated sets: pure functions of their options, with a truth that the noise surrounds."""

from __future__ import annotations

import numpy as np
import pytest

import data
from data.generators import GENERATED

TARGETS = [name for name, generated in GENERATED.items() if len(generated.features) == 1]
CLASSES = [name for name in GENERATED if name not in TARGETS]


def everything(ds: data.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Raw x and y of all examples, train first."""
    assert ds.x_test is not None
    assert ds.y_test is not None
    x, y = np.concatenate([ds.x_train, ds.x_test]), np.concatenate([ds.y_train, ds.y_test])
    return ds.unscale_x(x), ds.unscale(y)


@pytest.mark.parametrize("name", GENERATED)
def test_seed_and_options_make_the_data(name: str) -> None:
    first, again, other = (everything(data.load(name, seed=seed)) for seed in (0, 0, 1))
    assert (first[1] == again[1]).all()
    assert (first[0] == again[0]).all()
    assert not np.array_equal(first, other) if name in CLASSES else not np.array_equal(first[1], other[1])


@pytest.mark.parametrize("name", TARGETS)
def test_targets_scatter_round_the_truth(name: str) -> None:
    ds = data.load(name, noise=0.2)
    x, y = everything(ds)
    assert (ds.kind, len(y), ds.feature_names, ds.target_name) == ("curve", 200, ("x",), "y")
    assert ds.truth is not None
    assert np.std(y - ds.truth(x)) == pytest.approx(0.2, rel=0.2)  # 4 standard errors of a deviation from 200


@pytest.mark.parametrize("name", TARGETS)
def test_without_noise_a_target_is_its_truth(name: str) -> None:
    ds = data.load(name, noise=0, n=51)
    x, y = everything(ds)
    assert ds.truth is not None
    assert y == pytest.approx(ds.truth(x), abs=1e-5)


@pytest.mark.parametrize(("name", "x", "y"), [
    ("hard_sigmoid", [-1, -0.25, 0, 0.25, 1], [0, 0, 0.5, 1, 1]),
    ("triangle", [-1, 0, 0.5], [-1, 1, 0]),
    ("sine", [0, 0.25, 0.5, 1], [0, 1.25, 0.5, 1]),
    ("step", [-0.01, 0, 1], [0, 1, 1]),
    ("cubic", [-1, 0.5, 1], [-1, -1, 1]),
    ("red_curve", [0, 3, 6, 10], [1, 4, 0.5, 2]),
])  # fmt: skip
def test_truth(name: str, x: list[float], y: list[float]) -> None:
    truth = data.load(name).truth
    assert truth is not None
    assert truth(np.array(x)[:, np.newaxis]) == pytest.approx(y, abs=1e-12)


@pytest.mark.parametrize("name", CLASSES)
def test_classes_are_even_and_keep_their_labels(name: str) -> None:
    ds = data.load(name)
    _, y = everything(ds)
    assert (ds.kind, ds.feature_names, ds.target_name, ds.labels) == ("plane", ("x1", "x2"), "label", True)
    assert sorted(y.tolist()) == [-1.0] * 200 + [1.0] * 200


@pytest.mark.parametrize("name", CLASSES)
def test_without_noise_the_truth_tells_the_classes_apart(name: str) -> None:
    ds = data.load(name, noise=0, n=1000, seed=1)
    x, y = everything(ds)
    assert ds.truth is not None
    assert (ds.truth(x) == y).all()


def test_n_and_noise_do_not_touch_the_default() -> None:
    assert len(data.load("moons", n=50).x_train) == 40
    quiet, loud = (everything(data.load("sine", noise=noise))[1] for noise in (0.1, 0.2))
    truth = everything(data.load("sine", noise=0))[1]
    assert loud - truth == pytest.approx(2 * (quiet - truth), abs=1e-5)
