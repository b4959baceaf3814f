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


@pytest.mark.parametrize(
    ("name", "noise"),
    [
        ("hard_sigmoid", 0.05), ("triangle", 0.05), ("sine", 0.1), ("step", 0.05), ("cubic", 0.3), ("red_curve", 0.15),
        ("xor", 0.05), ("circles", 0.05), ("moons", 0.1), ("spiral", 0.02), ("gaussians", 0.6),
    ],
)  # fmt: skip
def test_the_usual_noise(name: str, noise: float) -> None:
    usual, named = everything(data.load(name)), everything(data.load(name, noise=noise))
    assert (usual[0] == named[0]).all()
    assert (usual[1] == named[1]).all()


@pytest.mark.parametrize(("name", "low", "high"), [("sine", -1, 1), ("red_curve", 0, 10)])
def test_a_target_is_even_over_its_range(name: str, low: float, high: float) -> None:
    x = np.sort(everything(data.load(name, n=11))[0][:, 0])
    assert x == pytest.approx(np.linspace(low, high, 11), abs=1e-5)


def clean_points(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Many noise-free points (x, y) of each class of a set: label +1, then −1."""
    x, y = everything(data.load(name, noise=0, n=4000))
    return x[y > 0], x[y < 0]


def test_xor_fills_opposite_quadrants_but_for_a_gap_at_the_axes() -> None:
    same, opposite = clean_points("xor")
    assert (np.sign(same[:, 0]) == np.sign(same[:, 1])).all()
    assert (np.sign(opposite[:, 0]) == -np.sign(opposite[:, 1])).all()
    for points in (same, opposite):
        assert np.abs(points).min() == pytest.approx(0.05, abs=0.005)
        assert np.abs(points).max() == pytest.approx(1, abs=0.005)
        assert np.abs(points).mean() == pytest.approx(0.525, abs=0.02)
        assert (points[:, 0] > 0).mean() == pytest.approx(0.5, abs=0.05)


def test_a_disc_is_evenly_filled_and_a_ring_lies_round_it() -> None:
    disc, ring = (np.hypot(*points.T) for points in clean_points("circles"))
    assert disc.max() == pytest.approx(0.5, abs=0.005)
    assert (disc < 0.25).mean() == pytest.approx(0.25, abs=0.04)  # half the radius holds a quarter of the area
    assert ring.min() == pytest.approx(0.7, abs=0.005)
    assert ring.max() == pytest.approx(1, abs=0.005)
    for points in clean_points("circles"):
        assert points.mean(axis=0) == pytest.approx([0, 0], abs=0.05)


def test_moons_are_half_circles_one_in_the_other() -> None:
    upper, lower = clean_points("moons")
    assert np.hypot(*upper.T) == pytest.approx(1, abs=1e-5)
    assert upper[:, 1].min() >= -1e-5
    assert np.hypot(*(lower - [1, 0.5]).T) == pytest.approx(1, abs=1e-5)
    assert lower[:, 1].max() <= 0.5 + 1e-5
    for points in (upper, lower):
        assert np.ptp(points, axis=0) == pytest.approx([2, 1], abs=0.02)


def test_spiral_arms_turn_one_and_a_half_times_at_an_even_pace() -> None:
    for arm, start in zip(clean_points("spiral"), (0, np.pi), strict=True):
        radius = np.hypot(*arm.T)
        assert radius.min() == pytest.approx(0.1, abs=0.05)
        assert radius.max() == pytest.approx(1, abs=0.005)
        angle = start + 3 * np.pi * (radius - 0.1) / 0.9
        assert arm == pytest.approx(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), abs=1e-4)
        assert (radius < 0.55).mean() == pytest.approx(
            0.25, abs=0.04
        )  # the outer half of the way is three times as long


def test_clouds_are_round_about_their_centres() -> None:
    x, y = everything(data.load("gaussians", n=4000))
    for label in (1, -1):
        assert x[y == label].mean(axis=0) == pytest.approx([label, label], abs=0.05)
        assert x[y == label].std(axis=0) == pytest.approx([0.6, 0.6], rel=0.05)


@pytest.mark.parametrize(
    ("name", "x", "label"),
    [
        ("xor", [0.5, 0.5], 1), ("xor", [-0.5, 0.5], -1), ("xor", [0, 0.5], 1), ("xor", [0.5, 0], 1),
        ("circles", [0.59, 0], 1), ("circles", [0, -0.61], -1), ("circles", [0.6, 0.0], -1),
        ("moons", [0, 1], 1), ("moons", [1, -0.5], -1), ("moons", [0, 0.4], -1), ("moons", [-1, -0.5], 1),
        ("moons", [1, -0.1], 1), ("moons", [2, 1.2], -1), ("moons", [0.5, 0.25], 1),
        ("spiral", [0.1, 0], 1), ("spiral", [-0.1, 0], -1), ("spiral", [0, 0.25], 1), ("spiral", [-1, 0], 1),
        ("gaussians", [0.2, -0.1], 1), ("gaussians", [0.1, -0.2], -1), ("gaussians", [0, 0], 1),
    ],
)  # fmt: skip
def test_the_truth_at_places_between_and_beyond_the_points(name: str, x: list[float], label: float) -> None:
    truth = data.load(name).truth
    assert truth is not None
    assert truth(np.array([x], float)).tolist() == [label]


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
