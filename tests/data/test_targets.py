"""The target: which column, whether as numbers or as labels, and what is said of it."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from made_tables import LAST, day, refusal, roles, rows_of, wave

import data


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


def test_many_signs_before_a_value_are_looked_at_as_far_as_names_are_told_apart(table):
    path = table(rows_of("a=b,x,y", lambda n: ("pq"[n % 2], wave(n), n % 7)))
    assert data.load(path, target="a=b=q").label_names == ("others", "q")
    tracemalloc.start()
    try:
        assert refusal(path, target="x=" * 20_000).startswith("target='x=x=x=x=")
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()


def test_words_alone_say_how_one_of_them_is_fitted(table):
    path = table(rows_of("a,b", lambda n: ("xyz"[n % 3], "uvw"[n % 3])))
    assert refusal(path) == "table.csv has no column of numbers: expected one, or a target such as 'b=u'"
