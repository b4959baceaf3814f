"""The shipped sets: whole files and entries, the contract's targets and splits, and the book's linear models."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import data
from data import DataError, catalog
from data.catalog import FOLDER, csv_of, read_entry, shipped
from data.examples import year_of
from data.generators import GENERATED

KINDS = ("curve", "series", "plane", "table")
ENTRY = """
about = "a"
source = "s"
target = "y"

[provenance]
origin = "o"
taken_from = "t"
rights = "r"
sha256 = "0"
"""


def test_every_table_has_its_entry() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(shipped())
    assert not set(shipped()) & set(GENERATED)


@pytest.mark.parametrize("name", shipped())
def test_a_table_is_whole_and_loads_as_its_entry_says(name: str) -> None:
    entry = shipped()[name]
    assert hashlib.sha256(csv_of(name).read_bytes()).hexdigest() == entry.provenance.sha256
    assert set(entry.columns) <= set(csv_of(name).read_text().partition("\n")[0].split(","))
    ds = data.load(name)
    assert (ds.target_name, ds.source) == (entry.target, entry.source)
    assert ds.labels == (entry.positive is not None)
    assert ds.kind in KINDS
    assert ds.notices == ()
    if entry.lags:
        assert ds.lags == tuple(range(1, entry.lags + 1))
    if entry.features:
        assert ds.feature_names == entry.features
    if entry.train_years:
        assert ds.times_train is not None and ds.times_test is not None
        assert year_of(ds.times_train).tolist()[:: len(ds.times_train) - 1] == list(entry.train_years)
        assert set(year_of(ds.times_test)) == {entry.train_years[1] + 1}
    shown = dict(zip((ds.target_name, *ds.feature_names), (ds.target_label, *ds.feature_labels), strict=True))
    assert all(shown[column] == label for column, (label, _) in entry.columns.items() if column in shown)


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("about = ", "Invalid value (at end of document): expected TOML"),
        (ENTRY.replace("about", "abuot"), "key='abuot': expected one of about, source, target"),
        (ENTRY.replace("rights", "right"), "did you mean 'provenance.rights'?"),
        (ENTRY.replace('target = "y"', ""), "target is missing: expected it too"),
        (ENTRY.replace('rights = "r"', ""), "provenance.rights is missing: expected it too"),
        (ENTRY.replace('"r"', '""'), "provenance.rights='': expected a text"),
        ("provenance = 3\n", "provenance=3: expected a table"),
        ("lags = 0\n" + ENTRY, "lags=0: expected a whole number of at least 1"),
        ("features = 'x'\n" + ENTRY, "features='x': expected a list of texts"),
        ("train_years = 2011\n" + ENTRY, "train_years=2011: expected the first and the last year"),
        ("columns = 3\n" + ENTRY, "columns=3: expected a table of columns"),
        ("columns.y = 'g'\n" + ENTRY, "columns.y='g': expected a word and a unit"),
        (ENTRY, "expected set.csv beside it"),
    ],
)
def test_a_broken_entry_is_refused_by_the_name_of_its_file(tmp_path: Path, entry: str, sentence: str) -> None:
    (tmp_path / "set.toml").write_text(entry)
    with pytest.raises(DataError) as refused:
        read_entry(tmp_path / "set.toml")
    assert str(refused.value).startswith("set.toml: ")
    assert sentence in str(refused.value)


def test_a_set_without_a_place_comes_after_those_with_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, place in (("new", ""), ("another", ""), ("second", "place = 2"), ("first", "place = 1")):
        (tmp_path / f"{name}.toml").write_text(place + ENTRY)
        (tmp_path / f"{name}.csv").write_text("x,y\n1,2\n2,1\n3,4\n4,5\n5,2\n")
    monkeypatch.setattr(catalog, "FOLDER", tmp_path)
    catalog.shipped.cache_clear()
    try:
        assert data.names() == ("first", "second", "another", "new", *GENERATED)
        assert data.load("new").source == "s"
    finally:
        catalog.shipped.cache_clear()


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
    with (FOLDER / "chicago.csv").open() as file:
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
    assert ds.feature_names == (
        "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "species=Adelie", "species=Chinstrap", "species=Gentoo"
    )  # fmt: skip
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


def test_names_keep_their_order_and_each_says_what_it_is() -> None:
    known = (
        "motorcycle", "chicago", "births_1994", "births_2000", "seattle", "sunspots", "concrete", "penguins",
        "hard_sigmoid", "triangle", "sine", "step", "cubic", "red_curve",
        "xor", "circles", "moons", "spiral", "gaussians",
    )  # fmt: skip
    assert tuple(name for name in data.names() if name in known) == known
    assert data.names() == (*shipped(), *GENERATED)
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
