"""The features: which columns, words as 0 and 1, and why the others are left out."""

from __future__ import annotations

import numpy as np
import pytest
from made_tables import LAST, day, refusal, roles, rows_of, wave

import data


@pytest.mark.parametrize(
    ("header", "row", "why"),
    [
        ("z,x,y", lambda n: (7, wave(n), n % 7), "always '7'"),
        ("z,x,y", lambda n: ("a", wave(n), n % 7), "always 'a'"),
        ("z,x,y", lambda n: ("", wave(n), n % 7), "empty"),
        ("z,x,y", lambda n: (f"note {n}", wave(n), n % 7), "text of many values"),
        ("z,x,y", lambda n: (n + 100, wave(n), n % 7), "looks like the numbers or the names of the rows"),
        ("z,x,y", lambda n: (n if n < 10 else "", wave(n), n % 7), "67% missing"),
        ("z,x,y", lambda n: (wave(n) if n % 4 else "x", wave(n), n % 7), "not only numbers: 'x' in row 1"),
        ("z,x,y", lambda n: (2**60 + n % 8, wave(n), n % 7), "differs by less than can be held"),
        ("z,x,y,when", lambda n: (n // 26, wave(n), n % 7, day(n)), "always the same where it trains"),
        (",x,y", lambda n: (f"name {n}", wave(n), n % 7), "looks like the numbers or the names of the rows"),
    ],
)
def test_columns_that_are_left_out_are_said(table, header, row, why):
    path = table(rows_of(header, row))
    (target, features, _), left_out = roles(path)
    assert (target, features) == ("y", ("x",))
    assert next(iter(left_out.values())) == why
    assert f"({why})" in data.load(path).notices[-1]


def test_prices_in_two_currencies_are_no_one_column_of_numbers(table):
    path = table(rows_of("x,price,y", lambda n: (wave(n), f"{'$€'[n % 2]}{n}", n % 7)))
    assert roles(path) == (("y", ("x",), ""), {"price": "not only numbers: '€1' in row 2"})
    assert refusal(path, target="price").startswith("row 2, column 'price' is '€1': expected a finite number")


def test_many_columns_that_are_left_out_are_counted(table):
    path = table(rows_of(",".join(f"c{place}" for place in range(9)) + ",x,y", lambda n: (7,) * 9 + (wave(n), n % 7)))
    left_out = "left out: 'c0', 'c1', 'c2', 'c3', 'c4', 'c5' and 3 more (always '7')"
    assert data.load(path).notices == (LAST.format("y"), left_out)


def test_words_that_would_take_too_much_room_are_left_out(table, monkeypatch):
    monkeypatch.setattr("data.features.MOST_FLAGS", 150)
    path = table(rows_of("many,few,x,y", lambda n: (f"w{n % 9}", "ab"[n % 2], wave(n), n % 7)))
    assert roles(path) == (("y", ("few=b", "x"), ""), {"many": "too many words for so many rows"})


def test_row_numbers_are_used_where_nothing_else_is_there(table):
    path = table(rows_of("n,y", lambda n: (n, wave(n))))
    assert roles(path) == (("y", ("n",), ""), {})
    assert roles(path, target="n")[0] == ("n", ("y",), "")


def test_half_empty_columns_go_before_half_of_the_rows_do(table):
    path = table(rows_of("a,b,x,y", lambda n: (n % 5 if n % 2 else "", n % 3 if n % 2 - 1 else "", wave(n), n % 7)))
    ds = data.load(path, test_fraction=0)
    assert len(ds.x_train) >= 15
    assert len(ds.feature_names) == 2
    assert "% missing" in ds.notices[1]


def test_a_column_that_is_asked_for_is_used_even_if_it_is_half_empty(table):
    path = table(rows_of("a,y", lambda n: (n % 5 if n % 3 else "", wave(n))))
    ds = data.load(path, features=["a"], target="y", test_fraction=0)
    assert len(ds.x_train) == 20
    assert ds.notices == ("10 rows left out that lack 'a' (10)",)


@pytest.mark.parametrize(
    ("cells", "features"),
    [
        ("ab", ("z=b", "x")),
        ("abc", ("z=a", "z=b", "z=c", "x")),
        (["yes", "no"], ("z=yes", "x")),
        (["False", "True"], ("z=True", "x")),
        ("01", ("z", "x")),
        ([f"w{place:02}" for place in range(10)], (*(f"z=w{place:02}" for place in range(10)), "x")),
        ([f"w{place:02}" for place in range(13)], ("x",)),
    ],
    ids=["two words", "three", "yes and no", "true and false", "0 and 1", "ten", "thirteen"],
)
def test_words_as_features(table, cells, features):
    path = table(rows_of("z,x,y", lambda n: (cells[n % len(cells)], wave(n), n % 7), 40))
    ds = data.load(path, test_fraction=0)
    assert ds.feature_names == features
    said = "words as 0 and 1: 'z'" in ds.notices
    assert said == any("=" in feature for feature in features)


def test_one_hot_features_hold_0_and_1_for_each_word(table):
    path = table(rows_of("z,y", lambda n: ("abc"[n % 3] if n else "", wave(n))))
    ds = data.load(path, target="y", test_fraction=0)
    raw = np.round(ds.unscale_x(ds.x_train))
    np.testing.assert_array_equal(raw, [[n % 3 == place for place in range(3)] for n in range(1, 30)])
    assert ds.notices[-1] == "1 row left out that lacks 'z' (1)"


@pytest.mark.parametrize(
    ("features", "names"),
    [
        (["Oil, bbl"], ("Oil, bbl",)),
        (['"Oil, bbl"'], ("Oil, bbl",)),
        (['"Oil, bbl",Gas'], ("Oil, bbl", "Gas")),
        (['Gas, "Oil, bbl"'], ("Gas", "Oil, bbl")),
        (["Gas,depth"], ("Gas", "depth")),
        (["Gas", "depth"], ("Gas", "depth")),
        (["Gas,"], ("Gas",)),
        ([" Gas "], ("Gas",)),
        (["kind"], ("kind=a", "kind=b", "kind=c")),
        (["kind=b"], ("kind=b",)),
        (["kind=b,Gas"], ("kind=b", "Gas")),
        (["a=b"], ("a=b",)),
        (["a=b=1"], ("a=b=1",)),
    ],
)
def test_features_by_their_names_or_as_lines_of_csv(table, features, names):
    row = lambda n: (wave(n), n % 5, n % 3, "abc"[n % 3], n % 2, n % 7)  # noqa: E731
    path = table(rows_of('"Oil, bbl",Gas,depth,kind,a=b,y', row))
    assert data.load(path, target="y", features=features).feature_names == names


@pytest.mark.parametrize(
    ("features", "sentence"),
    [
        (["Oil"], "features='Oil': expected one of Oil, bbl, Gas, kind, note, y"),
        (["Gas,Gas"], "features='Gas' stands twice: expected each column once"),
        (["Gas", "Gas"], "features='Gas' stands twice: expected each column once"),
        (["y"], "features='y' is the target: expected other columns, or lags for its past"),
        (["kind=d"], "features='kind=d': expected a value of 'kind', such as a, b, c"),
        (["note"], "column 'note' of table.csv holds text of many values: expected numbers, or at most a dozen words"),
        ([""], "features='': expected one of "),
        ([7], "features=7: expected the name of a column"),
        (["Gas\nkind"], "features='Gas\\nkind': expected columns with commas between them, on one line"),
        (["Gas", "x" * 200_000], "features='xxxxxxxxxxxx"),
        (["x=" * 60_000], "features='x=x=x=x=x=x="),
    ],
)
def test_features_that_are_none(table, features, sentence):
    path = table(rows_of('"Oil, bbl",Gas,kind,note,y', lambda n: (wave(n), n % 5, "abc"[n % 3], f"n{n}", n % 7)))
    assert refusal(path, target="y", features=features).startswith(sentence)
