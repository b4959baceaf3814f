"""Split and scaling: by training rows only, there and back again, errors in the data's own units."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import data
from data import DataError
from data.scaling import as_numbers, fit_scaling
from data.split import split_at_random, unseen_count

Write = Callable[..., Path]


def test_one_feature_comes_to_its_train_minimum_and_maximum() -> None:
    ds = data.load("motorcycle", seed=5)
    assert ds.x_train.min() == -1
    assert ds.x_train.max() == 1
    assert ds.y_train.mean(dtype=float) == pytest.approx(0, abs=1e-6)
    assert ds.y_train.std(dtype=float) == pytest.approx(1, abs=1e-6)


def test_several_features_are_standardised_each() -> None:
    ds = data.load("concrete")
    assert ds.x_train.mean(axis=0, dtype=float) == pytest.approx(np.zeros(8), abs=1e-5)
    assert ds.x_train.std(axis=0, dtype=float) == pytest.approx(np.ones(8), abs=1e-5)


def test_unseen_rows_have_no_say_in_the_scaling(table: Write) -> None:
    rows = "\n".join(f"{2020 + day // 28}-01-{day % 28 + 1:02},{day},{day % 7}" for day in range(56))
    quiet = data.load(table(f"date,x,y\n{rows}\n"), features=["x"])
    loud = data.load(table(f"date,x,y\n{rows[: rows.rindex(',')]},1e6\n"), features=["x"])
    assert (quiet.x_offset, quiet.x_factor) == (loud.x_offset, loud.x_factor)
    assert (quiet.y_offset, quiet.y_scale) == (loud.y_offset, loud.y_scale)


@pytest.mark.parametrize("name", ["motorcycle", "concrete", "chicago", "spiral"])
def test_scaled_and_back(name: str) -> None:
    ds = data.load(name)
    raw = ds.unscale_x(ds.x_train)
    assert ds.scale(raw) == pytest.approx(ds.x_train, abs=1e-6)
    assert ds.scale(raw).dtype == np.float32
    assert (ds.unscale(ds.y_train) - ds.y_offset) / ds.y_scale == pytest.approx(ds.y_train, abs=1e-6)


def test_one_feature_may_be_flat_and_far_beyond_the_data() -> None:
    ds = data.load("motorcycle")
    assert ds.scale([2.4, 10.0]).tolist() == ds.scale([[2.4], [10.0]]).tolist()
    assert np.isinf(ds.scale([1e300])).all()


def test_what_is_no_number_is_refused() -> None:
    ds = data.load("motorcycle")
    for call in (ds.scale, ds.unscale, ds.unscale_x, lambda values: ds.errors(values, "train")):
        for wrong in (["a"], [10**400], [[1], [2, 3]]):
            with pytest.raises(DataError, match="expected numbers"):
                call(wrong)


def test_errors_of_tiny_units_do_not_vanish(table: Write) -> None:
    ds = data.load(table("x,y\n" + "".join(f"{row},{row % 3}e-300\n" for row in range(10))))
    errors = ds.errors(ds.y_train + 1, "train")
    assert errors["rmse"] == pytest.approx(ds.y_scale, rel=1e-6)
    assert errors["mae"] == pytest.approx(ds.y_scale, rel=1e-6)


@pytest.mark.parametrize("name", ["motorcycle", "sine", "spiral"])
def test_a_data_set_can_be_pickled(name: str) -> None:
    ds = data.load(name)
    twin = pickle.loads(pickle.dumps(ds))
    np.testing.assert_array_equal(twin.x_train, ds.x_train)
    if ds.truth is not None:
        x = ds.unscale_x(ds.x_train)
        np.testing.assert_array_equal(twin.truth(x), ds.truth(x))


def test_one_row_of_several_features_is_no_column() -> None:
    with pytest.raises(DataError, match=r"^x of shape \(2,\): expected \(N, 2\), a column for each feature"):
        data.load("moons").scale([0.5, 0.5])


def test_scale_refuses_another_number_of_features() -> None:
    with pytest.raises(DataError, match=r"^x of shape \(5, 2\): expected \(N, 1\)"):
        data.load("motorcycle").scale(np.zeros((5, 2)))


def test_errors_are_in_the_datas_own_units() -> None:
    ds = data.load("motorcycle")
    assert ds.y_test is not None
    off_by_ten = ds.y_test + 10 / ds.y_scale
    assert ds.errors(off_by_ten, "test") == pytest.approx({"mse": 100, "rmse": 10, "mae": 10}, rel=1e-5)


def test_labels_have_an_accuracy_too() -> None:
    ds = data.load("xor")
    wrong_once = ds.y_train.copy()
    wrong_once[0] *= -1
    assert ds.errors(wrong_once, "train") == pytest.approx(
        {"mse": 4 / 320, "rmse": (4 / 320) ** 0.5, "mae": 2 / 320, "accuracy": 319 / 320}
    )


def test_a_prediction_of_0_counts_as_plus_one() -> None:
    ds = data.load("moons")
    nothing, slightly = np.zeros(len(ds.y_train)), np.full(len(ds.y_train), -1e-9)
    positive = (ds.y_train > 0).mean()
    assert ds.errors(nothing, "train")["accuracy"] == pytest.approx(positive)
    assert ds.errors(slightly, "train")["accuracy"] == pytest.approx(1 - positive)
    assert "accuracy" not in data.load("sine").errors(np.zeros(160), "train")


def test_errors_of_a_broken_network_are_not_finite() -> None:
    ds = data.load("motorcycle")
    assert np.isnan(list(ds.errors(np.full(106, np.nan), "train").values())).all()


@pytest.mark.parametrize(
    ("split", "rows", "message"),
    [
        ("unseen", 106, "split='unseen': expected 'train' or 'test'"),
        ("train", 105, r"predictions of shape \(105,\): expected \(106,\)"),
    ],
)
def test_errors_refuses(split: str, rows: int, message: str) -> None:
    with pytest.raises(DataError, match=message):
        data.load("motorcycle").errors(np.zeros(rows), split)


def test_nothing_unseen() -> None:
    ds = data.load("motorcycle", test_fraction=0)
    assert ds.x_test is None
    assert ds.y_test is None
    assert len(ds.x_train) == 133
    with pytest.raises(DataError, match="expected 'train', for no example is unseen"):
        ds.errors([0.0], "test")


def test_the_seed_draws_the_unseen_rows() -> None:
    first, again, other = (data.load("motorcycle", seed=seed) for seed in (0, 0, 1))
    assert (first.y_train == again.y_train).all()
    assert not np.array_equal(first.y_train, other.y_train)


@pytest.mark.parametrize(
    ("rows", "fraction", "unseen"),
    [(10, None, 2), (13, None, 3), (10, 0.34, 3), (10, 0.36, 4), (10, 0.01, 1), (3, 0.01, 1), (4, 0.5, 2), (2, 0, 0)],
)
def test_how_many_are_unseen(rows: int, fraction: float | None, unseen: int) -> None:
    assert unseen_count("table", rows, fraction) == unseen


@pytest.mark.parametrize(
    ("rows", "fraction", "message"),
    [
        (1, 0, "table: 1 usable row, 0 of them unseen: expected at least 2 rows to train on"),
        (2, 0.1, "table: 2 usable rows, 1 of them unseen: expected at least 2 rows to train on"),
    ],
)
def test_two_rows_are_left_to_train_on(rows: int, fraction: float, message: str) -> None:
    with pytest.raises(DataError, match=message):
        unseen_count("table", rows, fraction)


@given(rows=st.integers(5, 500), fraction=st.floats(0, 0.6), seed=st.integers(0, 2**40))
def test_a_random_split_is_a_partition_in_order(rows: int, fraction: float, seed: int) -> None:
    train, test = split_at_random(rows, unseen_count("table", rows, fraction), seed)
    assert sorted([*train, *test]) == list(range(rows))
    assert (np.diff(train) > 0).all()
    assert (np.diff(test) > 0).all()
    assert len(test) == unseen_count("table", rows, fraction)


@given(st.lists(st.lists(st.floats(-1e100, 1e100), min_size=3, max_size=3), min_size=2, max_size=20))
@settings(suppress_health_check=[HealthCheck.filter_too_much])
def test_whatever_varies_can_be_scaled(rows: list[list[float]]) -> None:
    values = np.array(rows)
    assume((np.ptp(values, axis=0) > 0).all())
    for x in (values[:, :1], values[:, :2]):
        scaling = fit_scaling(x, values[:, 2], ("a", "b")[: x.shape[1]], "y", labels=False)
        scaled = (x - scaling.x_offset) / scaling.x_factor
        assert np.isfinite(scaled).all()
        assert np.abs(scaled).max() <= np.sqrt(len(x)) * (1 + 1e-9) + 1e-9


def test_every_array_is_read_only(table: Write) -> None:
    rows = "".join(f"2024-01-{day:02},{day % 4},{day % 3}\n" for day in range(1, 11))
    ds = data.load(table("day,x,y\n" + rows))
    for array in (
        ds.x_train,
        ds.y_train,
        ds.x_test,
        ds.y_test,
        ds.times_train,
        ds.times_test,
        ds.x_offset,
        ds.x_factor,
    ):
        assert array is not None
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_options_are_all_that_was_asked_for() -> None:
    asked = {"name_or_path": "penguins", "target": None, "features": ("bill_depth_mm",), "lags": None}
    more = {"test_fraction": 0.5, "seed": 7, "n": None, "noise": None, "header": None}
    assert data.load("penguins", features=["bill_depth_mm"], test_fraction=0.5, seed=7).options == asked | more


def test_naming_the_usual_target_changes_nothing() -> None:
    for name in ("chicago", "penguins"):
        usual = data.load(name)
        named = data.load(name, target=usual.target_name)
        assert (named.x_train == usual.x_train).all()
        assert (named.y_train == usual.y_train).all()
        assert named.lags == usual.lags


@pytest.mark.parametrize("nest", [lambda values: values, lambda values: [values, values], lambda values: [*values]])
def test_what_is_masked_is_no_number(nest):
    masked = np.ma.array([1.0, 9e9], mask=[False, True])
    with pytest.raises(DataError, match=r"^y=.*: expected numbers$"):
        as_numbers("y", nest(masked))
    assert as_numbers("y", nest(np.ma.array([1.0, 2.0]))).size >= 2
