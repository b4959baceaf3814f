"""Tables of the kinds that people bring, through `data.load`: rows, names, split and notices.

What is guessed or left out must be said: the notices are compared as a whole.
"""

from __future__ import annotations

import numpy as np
import pytest
from peoples_tables import CASES, DEPTH, HEADED, PLAIN, POWER, ROWS, WIND, days, joined, lines

import data
from data import DataError


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_table_opens_and_what_was_guessed_is_said(table, case):
    ds = data.load(table(case.content, case.name), **case.options)
    assert (ds.feature_names, ds.target_name) == (case.features, case.target)
    assert len(ds.y_train) + len(ds.y_test) == case.rows
    assert len(ds.y_test) == round(case.rows / 5)
    assert ds.in_time == case.in_time
    assert ds.notices == case.notices


@pytest.mark.parametrize(
    "name", ["decimal commas", "bars", "CR", "UTF-16", "gzip", "row names", "semicolons", "blanks"]
)
def test_the_same_numbers_however_they_are_written(table, name):
    ds, plain = data.load(table(CASES[name].content)), data.load(table(joined(HEADED)))
    np.testing.assert_array_equal(ds.x_train, plain.x_train)
    np.testing.assert_array_equal(ds.y_train, plain.y_train)


def test_months_leave_the_last_ones_unseen(table):
    ds = data.load(table(CASES["months"].content), target="power")
    assert ds.period == "month"
    assert list(map(str, ds.times_test)) == [f"2019-{month:02}-01" for month in range(1, 13)]


def test_newest_first_the_last_unseen_target_is_the_newest(table):
    ds = data.load(table(CASES["newest first, day, month, year"].content), target="power", lags=3)
    assert str(ds.times_test[-1]) == str(days(60)[-1])
    assert ds.unscale(ds.y_test)[-1] == pytest.approx(POWER[-1])


def test_labels_have_an_accuracy(table):
    ds = data.load(table(CASES["yes and no"].content), target="cured")
    assert ds.label_names == ("No", "Yes")
    assert ds.errors(ds.y_train, "train")["accuracy"] == 1


def test_whole_numbers_that_differ_by_less_than_can_be_held(table):
    numbers = [2**60 + number for number in range(ROWS)]
    with pytest.raises(DataError, match=r"nothing to fit 'depth' from: 'count' \(differs by less than can be held\);"):
        data.load(table(joined([["depth", "count"], *lines(DEPTH, numbers)])))


def test_two_shops_have_no_past_in_common(table):
    with pytest.raises(DataError, match="has 2021-03-01 once for each 'shop', such as 'A': expected one series"):
        data.load(table(CASES["two shops"].content), target="sales", lags=3)


def test_dates_that_could_be_either_are_said(table):
    times = [f"{day:%m/%d/%Y}" for day in days(12) if day.day <= 12]
    ds = data.load(table(joined([["date", "wind", "power"], *lines(times, WIND[:12], POWER[:12])])), target="power")
    assert ds.notices == ("read month first, as far as can be told: 'date'",)
    assert str(ds.times_train[0]) == "2021-03-01"


def test_as_many_features_as_memory_holds_are_counted_before_they_are_made(table, monkeypatch):
    monkeypatch.setattr("data.reading.MOST_CELLS", 100)
    path = table(joined([["kind", "salt"], *(["abc"[number % 3], row[1]] for number, row in enumerate(PLAIN))]))
    with pytest.raises(DataError, match=r"^table\.csv gives 3 features of 40 rows: expected fewer; name some$"):
        data.load(path)
