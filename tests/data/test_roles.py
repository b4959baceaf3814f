"""Who does what in a table: the target, the features, the dates; asked for or guessed, and said."""

from __future__ import annotations

import numpy as np
import pytest

import data
from data import DataError

LAST = "fits {!r}, the last column of numbers: name another as target"


def rows_of(header, row, count=30):
    """A table whose n-th row is made by a function of n."""
    return header + "\n" + "".join(",".join(map(str, row(number))) + "\n" for number in range(count))


def wave(number):
    """A number that neither rises nor comes again soon."""
    return number * number % 29 + 0.5


def day(number):
    return np.datetime64("2024-01-01") + number


def roles(path, **options):
    """(target, features, time) and, by their names, why other columns are left out."""
    found = data.describe(path, **options)
    assert not found.problem, found.problem
    target, time = (
        next((column.name for column in found.columns if column.role == role), "") for role in ("target", "time")
    )
    return (target, found.features, time), {column.name: column.note for column in found.columns if not column.role}


def refusal(path, **options):
    with pytest.raises(DataError) as caught:
        data.load(path, **options)
    assert data.describe(path, **options).problem == str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("header", "row", "target"),
    [
        ("x,y", lambda n: (wave(n), n % 7), "y"),
        ("x,y,id", lambda n: (wave(n), n % 7, n + 1), "y"),
        ("x,y,n", lambda n: (wave(n), n % 7, n), "y"),
        ("x,y,year", lambda n: (wave(n), n % 7, 1990 + n % 5), "y"),
        ("x,y,customer_id", lambda n: (wave(n), n % 7, n * 7 % 31 + 100), "y"),
        ("x,y,patientID", lambda n: (wave(n), n % 7, n * 7 % 31 + 100), "y"),
        ("x,y,index", lambda n: (wave(n), n % 7, n * 7 % 31 + 100), "y"),
        ("x,y,acid", lambda n: (wave(n), n % 7, n * 7 % 31 + 100), "acid"),
        ("x,y,date_sold", lambda n: (wave(n), n % 7, n * 7 % 31 + 100), "date_sold"),
        ("x,y,station", lambda n: (wave(n), n % 7, 3), "y"),
        ("x,y,note", lambda n: (wave(n), n % 7, f"note {n}"), "y"),
        ("x,y,kind", lambda n: (wave(n), n % 7, "abc"[n % 3]), "y"),
        ("x,y,cured", lambda n: (wave(n), n % 7, "yn"[n % 2]), "y"),
        ("x,y,z", lambda n: (wave(n), n % 7, n % 5 if n > 20 else ""), "y"),
        ("x,y,when", lambda n: (wave(n), n % 7, day(n)), "y"),
        ("x,y,z", lambda n: (wave(n), n % 7, "NA"), "y"),
        ("day,y", lambda n: (day(n), wave(n)), "y"),
        ("kind,cured", lambda n: ("abc"[n % 3], "yn"[n % 2]), "cured"),
        ("a,b,c", lambda n: (n + 1, "ab"[n % 2], "xyz"[n % 3]), "b"),
    ],
    ids=[
        "the last", "before row numbers", "before what counts from 0", "before years", "before _id", "before ID",
        "before an index", "though it ends like an id", "though it begins like a date", "before a constant",
        "before text", "before words", "before yes and no", "before what is mostly missing", "before dates",
        "before what is empty", "beside dates", "two values where no numbers are", "rather than row numbers",
    ],
)  # fmt: skip
def test_the_target_where_none_is_named(table, header, row, target):
    assert roles(table(rows_of(header, row)))[0][0] == target


def test_a_guessed_target_is_said_and_a_named_one_is_not(table):
    path = table(rows_of("x,y", lambda n: (wave(n), n % 7)))
    assert data.load(path).notices == (LAST.format("y"),)
    assert data.load(path, target="y").notices == ()
    only = data.load(table(rows_of("x,y", lambda n: (wave(n), "ab"[n % 2]))))
    assert only.notices[0] == "fits 'x', the only column of numbers: name another as target"
    alone = data.load(table("y\n" + "".join(f"{wave(n)}\n" for n in range(30))))
    assert LAST.format("y") not in alone.notices


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
    ("cells", "target", "names", "positive"),
    [
        (["cat", "dog"], "z", ("cat", "dog"), 1),
        (["dog", "cat"], "z", ("cat", "dog"), 0),
        (["yes", "no"], "z", ("no", "yes"), 0),
        (["Yes", "No"], "z", ("No", "Yes"), 0),
        (["TRUE", "FALSE"], "z", ("FALSE", "TRUE"), 0),
        (["n", "y"], "z", ("n", "y"), 1),
        ([1, 0], "z", ("0", "1"), 0),
        ([1, 2], "z", ("1", "2"), 1),
        ([0.5, 2.5], "z", ("0.5", "2.5"), 1),
        ([-1, 1], "z", ("-1", "1"), 1),
        (["a", "b", "c"], "z=b", ("others", "b"), 1),
        (["a", "b"], "z=a", ("others", "a"), 0),
        (["Yes", "No"], "z=no", ("others", "No"), 1),
        ([1, 2, 3], "z=2", ("others", "2"), 1),
        ([1, 2, 3], "z=2.0", ("others", "2.0"), 1),
    ],
)
def test_a_target_of_two_values_is_labels_under_its_own_names(table, cells, target, names, positive):
    path = table(rows_of("x,z", lambda n: (wave(n), cells[n % len(cells)])))
    ds = data.load(path, target=target, test_fraction=0)
    assert (ds.labels, ds.label_names) == (True, names)
    assert ds.y_train.tolist() == [1 if n % len(cells) == positive else -1 for n in range(30)]
    rest = "for all others" if names[0] == "others" else f"for {names[0]!r}"
    said = (f"'z' is fitted as +1 for {names[1]!r}, −1 {rest}",) if cells != [-1, 1] else ()
    assert ds.notices == said


def test_a_value_of_text_with_many_values_against_the_rest(table):
    path = table(rows_of("x,z", lambda n: (wave(n), f"note {n % 14}")))
    ds = data.load(path, target="z=note 3", test_fraction=0)
    assert np.flatnonzero(ds.y_train == 1).tolist() == [3, 17]


@pytest.mark.parametrize(
    ("cells", "target", "sentence"),
    [
        ("abc", "z",
         "target='z' has 3 values (a, b, c): expected numbers or two values; 'z=a' is one against the rest"),
        ("abc", "z=d", "target='z=d': expected a value of 'z', such as a, b, c"),
        ([1, 2, 3], "z=4", "target='z=4': expected a value of 'z', such as 1, 2, 3"),
        ([1, 2, 3], "z=x", "target='z=x': expected a value of 'z', such as 1, 2, 3"),
        ([f"n{place}" for place in range(20)], "z",
         "target='z' holds text of many values: expected numbers, two values, or one against the rest as 'z=n0'"),
        ([f"n{place}" for place in range(20)], "z=m",
         "target='z=m': expected a value of 'z', such as n0, n1, n2, n3, n4, n5"),
        ("aa", "z=b", "target='z=b': expected a value of 'z', such as a"),
        ("abc", "w=a", "target='w=a': expected one of x, z"),
    ],
)  # fmt: skip
def test_a_target_that_cannot_be_fitted_is_a_sentence(table, cells, target, sentence):
    assert refusal(table(rows_of("x,z", lambda n: (wave(n), cells[n % len(cells)]))), target=target) == sentence


def test_words_alone_say_how_one_of_them_is_fitted(table):
    path = table(rows_of("a,b", lambda n: ("xyz"[n % 3], "uvw"[n % 3])))
    assert refusal(path) == "table.csv has no column of numbers: expected one, or a target such as 'b=u'"


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
    ],
)
def test_features_that_are_none(table, features, sentence):
    path = table(rows_of('"Oil, bbl",Gas,kind,note,y', lambda n: (wave(n), n % 5, "abc"[n % 3], f"n{n}", n % 7)))
    assert refusal(path, target="y", features=features).startswith(sentence)


@pytest.mark.parametrize(
    ("header", "row", "time"),
    [
        ("when,x,y", lambda n: (day(n), wave(n), n % 7), "when"),
        ("x,when,y", lambda n: (wave(n), day(n), n % 7), "when"),
        ("a,b,x,y", lambda n: (day(n), day(99 - n), wave(n), n % 7), "a"),
        ("year,x,y", lambda n: (1990 + n, wave(n), n % 7), "year"),
        ("year,x,y", lambda n: (1990 + n // 2, wave(n), n % 7), ""),
        ("a,b,x,y", lambda n: (day(0), day(n), wave(n), n % 7), "b"),
        ("when,x,y", lambda n: (f"2024-01-{n + 1:02}T00:00Z", wave(n), n % 7), "when"),
    ],
    ids=["first", "amid", "the first of two", "years", "years that come again", "not one date", "ISO"],
)
def test_what_dates_the_rows(table, header, row, time):
    assert roles(table(rows_of(header, row)))[0][2] == time


def test_years_that_date_nothing_are_numbers_and_that_is_said(table):
    ds = data.load(table(rows_of("year,x,y", lambda n: (1990 + n // 2, wave(n), n % 7))))
    assert ds.feature_names == ("year", "x")
    assert "years taken as numbers: 'year'" in ds.notices


def test_dates_in_two_columns_are_said(table):
    ds = data.load(table(rows_of("year,month,x,y", lambda n: (2020 + n // 12, n % 12 + 1, wave(n), n % 7))))
    assert (ds.feature_names, ds.period, ds.in_time) == (("x",), "month", True)
    assert "dates are year and month" in ds.notices
    assert ds.times_test[-1] == np.datetime64("2022-06-01")


def test_a_date_that_is_named_as_a_feature_is_no_number(table):
    path = table(rows_of("when,x,y", lambda n: (day(n), wave(n), n % 7)))
    assert "column 'when' is '2024-01-01': expected a finite number" in refusal(path, target="y", features=["when"])


def test_a_table_without_anything_to_fit_from_names_the_reasons(table):
    path = table(rows_of("note,z,y", lambda n: (f"n{n}", 7, wave(n))))
    assert refusal(path) == (
        "table.csv has nothing to fit 'y' from: 'note' (text of many values), 'z' (always '7'); "
        "expected features, or lags for its own past"
    )
