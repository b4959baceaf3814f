"""The shipped sets: whole files, the contract's targets, features and splits, and the book's linear models."""

from __future__ import annotations

import csv
import hashlib
import re
import subprocess
import sys

import numpy as np
import pytest

import data
from data.catalog import FOLDER, SHIPPED

PROVENANCE = dict(re.findall(r"^\| (\S+\.csv) .*\| ([0-9a-f]{64}) \|$", (FOLDER / "PROVENANCE.md").read_text(), re.M))


def test_every_shipped_file_has_its_checksum() -> None:
    assert set(PROVENANCE) == {entry.file for entry in SHIPPED.values()} == {path.name for path in FOLDER.glob("*.csv")}


@pytest.mark.parametrize("file", PROVENANCE)
def test_file_is_whole(file: str) -> None:
    assert hashlib.sha256((FOLDER / file).read_bytes()).hexdigest() == PROVENANCE[file]


@pytest.mark.parametrize(
    ("name", "kind", "n_inputs", "train", "test", "target"),
    [
        ("motorcycle", "curve", 1, 106, 27, "accel_g"),
        ("chicago", "series", 56, 1461, 365, "riders"),
        ("births_1994", "series", 56, 1461, 365, "births"),
        ("births_2000", "series", 56, 1461, 365, "births"),
        ("seattle", "curve", 1, 1096, 365, "temp_max_c"),
        ("sunspots", "series", 12, 238, 59, "sunspots"),
        ("concrete", "table", 8, 824, 206, "compressive_strength"),
        ("penguins", "plane", 2, 274, 68, "species"),
    ],
)
def test_shape_and_split(name: str, kind: str, n_inputs: int, train: int, test: int, target: str) -> None:
    ds = data.load(name)
    assert ds.x_test is not None
    assert ds.y_test is not None
    assert (ds.kind, ds.target_name) == (kind, target)
    assert ds.x_train.shape == (train, n_inputs)
    assert ds.y_train.shape == (train,)
    assert ds.x_test.shape == (test, n_inputs)
    assert ds.y_test.shape == (test,)
    assert len(ds.feature_names) == len(ds.feature_labels) == len(ds.feature_units) == n_inputs
    for array in (ds.x_train, ds.y_train, ds.x_test, ds.y_test):
        assert array.dtype == np.float32
        assert array.flags.c_contiguous
        assert not array.flags.writeable


@pytest.mark.parametrize(
    ("name", "first", "last", "unseen_first", "unseen_last"),
    [
        ("chicago", "2011-01-01", "2014-12-31", "2015-01-01", "2015-12-31"),
        ("births_1994", "1999-01-01", "2002-12-31", "2003-01-01", "2003-12-31"),
        ("births_2000", "2010-01-01", "2013-12-31", "2014-01-01", "2014-12-31"),
        ("seattle", "2012-01-01", "2014-12-31", "2015-01-01", "2015-12-31"),
    ],
)
def test_years(name: str, first: str, last: str, unseen_first: str, unseen_last: str) -> None:
    ds = data.load(name)
    assert ds.times_train is not None
    assert ds.times_test is not None
    dates = [ds.times_train[0], ds.times_train[-1], ds.times_test[0], ds.times_test[-1]]
    assert list(map(str, dates)) == [first, last, unseen_first, unseen_last]
    assert ds.period == "day"


def test_sunspots_are_dated_by_year() -> None:
    ds = data.load("sunspots")
    assert ds.times_train is not None
    assert ds.times_test is not None
    assert ds.period == "year"
    assert ds.times_train[0] == 1712
    assert ds.times_test[-1] == 2008


def test_lags_reach_back_before_the_first_target() -> None:
    with (FOLDER / "chicago_station_daily.csv").open() as file:
        riders = {row["date"]: float(row["riders"]) for row in csv.DictReader(file)}
    raw = data.load("chicago", lags=3)
    assert raw.unscale_x(raw.x_train)[0] == pytest.approx(
        [riders["2010-12-31"], riders["2010-12-30"], riders["2010-12-29"]], rel=1e-6
    )
    assert raw.unscale(raw.y_train)[0] == pytest.approx(riders["2011-01-01"], rel=1e-6)
    assert raw.lags == (1, 2, 3)


def test_penguins_are_labelled() -> None:
    ds = data.load("penguins")
    assert ds.labels
    assert set(ds.y_train.tolist()) == {-1.0, 1.0}
    assert (ds.y_offset, ds.y_scale) == (0.0, 1.0)
    assert ds.y_test is not None
    assert int((ds.y_train > 0).sum() + (ds.y_test > 0).sum()) == 151  # Adelie penguins in the file


@pytest.mark.parametrize(
    ("lags", "train", "test"),
    [
        (1, {"rmse": 6030, "mae": 5201}, {"rmse": 6401, "mae": 5755}),
        (7, {"rmse": 2944, "mae": 1743}, {"rmse": 3052, "mae": 1836}),
        (28, {"rmse": 2405, "mae": 1292}, {"rmse": 2468, "mae": 1424}),
        (56, {"rmse": 2271, "mae": 1208}, {"rmse": 2405, "mae": 1389}),
    ],
)
def test_linear_models_of_the_book(lags: int, train: dict[str, float], test: dict[str, float]) -> None:
    ds = data.load("chicago", lags=lags)
    assert ds.x_test is not None
    inputs = {"train": with_ones(ds.x_train), "test": with_ones(ds.x_test)}
    weights = np.linalg.lstsq(inputs["train"], ds.y_train.astype(float), rcond=None)[0]
    for split, expected in (("train", train), ("test", test)):
        errors = ds.errors(inputs[split] @ weights, split)
        assert {name: round(errors[name]) for name in expected} == expected


def with_ones(x: np.ndarray) -> np.ndarray:
    return np.column_stack([x.astype(float), np.ones(len(x))])


def test_other_columns_of_a_shipped_set() -> None:
    ds = data.load("penguins", target="body_mass_g")
    assert ds.feature_names == ("bill_length_mm", "bill_depth_mm", "flipper_length_mm")
    assert not ds.labels
    assert (ds.target_label, ds.target_unit) == ("body mass", "g")
    assert data.load("penguins", features=["flipper_length_mm"]).kind == "curve"
    assert data.load("sunspots", features=["year"]).feature_names == ("year",)


def test_a_fraction_instead_of_years() -> None:
    ds = data.load("seattle", test_fraction=0.5)
    assert ds.x_test is not None
    assert (len(ds.x_train), len(ds.x_test)) == (731, 730)
    assert ds.times_train is not None
    assert ds.times_test is not None
    assert ds.times_train[-1] < ds.times_test[0]


def test_units_are_words_for_people() -> None:
    ds = data.load("motorcycle")
    assert (ds.feature_labels, ds.feature_units) == (("time",), ("ms",))
    assert (ds.target_label, ds.target_unit) == ("accel", "g")


def test_names_are_all_there_and_each_says_what_it_is() -> None:
    assert data.names() == (
        "motorcycle", "chicago", "births_1994", "births_2000", "seattle", "sunspots", "concrete", "penguins",
        "hard_sigmoid", "triangle", "sine", "step", "cubic", "red_curve",
        "xor", "circles", "moons", "spiral", "gaussians",
    )  # fmt: skip
    assert all(data.about(name) for name in data.names())


@pytest.mark.parametrize("name", data.names())
def test_options_make_the_set_again(name: str) -> None:
    ds = data.load(name, seed=3, test_fraction=0.3)
    again = data.load(**ds.options)
    assert (again.x_train == ds.x_train).all()
    assert (again.y_train == ds.y_train).all()


def test_a_shipped_set_needs_no_table_reader() -> None:
    program = (
        "import sys, data; data.load('motorcycle'); print(sorted({'polars', 'numba', 'textual'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
