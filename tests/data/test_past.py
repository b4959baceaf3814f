"""The target's own past as features: how many steps, over which gaps, and what is refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

import data
from data import DataError
from data.past import usual_lags


def series(times, name="date"):
    """A table of times and one column of numbers, none of which comes again soon."""
    return f"{name},level\n" + "".join(f"{time},{number * number % 101}.5\n" for number, time in enumerate(times))


def daily(values):
    return "day,sales\n" + "".join(f"{day},{value}\n" for day, value in zip(days(len(values)), values, strict=True))


def level(number):
    return number * number % 101 + 0.5


def days(count, first="2024-01-01", step=1):
    return [date.fromisoformat(first) + timedelta(step * number) for number in range(count)]


def hours(count):
    return [datetime(2024, 1, 1) + timedelta(hours=number) for number in range(count)]


def months(count, form="{}-{:02}"):
    return [form.format(2000 + number // 12, number % 12 + 1) for number in range(count)]


def quarters(count):
    return [f"{2000 + number // 4}Q{number % 4 + 1}" for number in range(count)]


def business_days(count):
    return np.busday_offset("2024-01-01", np.arange(count), roll="forward").tolist()


@pytest.mark.parametrize(
    ("times", "lags", "period"),
    [
        (hours(120), 24, "hour"),
        (days(120), 7, "day"),
        (business_days(120), 5, "business day"),
        (months(120), 12, "month"),
        (quarters(80), 4, "quarter"),
        (days(80, step=7), 10, "week"),
        (range(1900, 1980), 10, "year"),
        (days(80, step=3)[::-1], None, "day"),
    ],
    ids=["hours", "days", "business days", "months", "quarters", "weeks", "years", "newest first"],
)
def test_a_date_and_one_number_are_its_own_past(table, times, lags, period):
    ds = data.load(table(series(times, "year" if period == "year" else "date")))
    assert (ds.period, ds.kind, ds.in_time) == (period, "series", True)
    assert ds.lags == (tuple(range(1, lags + 1)) if lags else ds.lags)
    assert f"from its own past, the last {len(ds.lags)} " in " ".join(ds.notices)
    assert ds.target_name == "level"


@pytest.mark.parametrize(
    ("rows", "lags"), [(120, 7), (24, 7), (23, 6), (12, 3), (9, 2), (6, 1), (4, 1), (10**6, 7)]
)  # fmt: skip
def test_fewer_steps_back_of_a_short_series(rows, lags):
    assert usual_lags(np.datetime64("2024-01-01") + np.arange(rows), rows) == lags


@pytest.mark.parametrize("length", [33, 34, 35, 40, 99])
def test_lags_of_a_target_of_a_long_name_have_names_of_their_own(table, length):
    rows = "".join(f"{number * number % 17}\n" for number in range(40))
    names = data.load(table("x" * length + "\n" + rows), lags=10).feature_names
    assert [name.partition(" ")[2] for name in names] == [f"lag {lag}" for lag in range(1, 11)]
    assert max(map(len, names)) <= 40


def test_a_series_that_is_too_short(table):
    with pytest.raises(DataError, match="has 'level' alone and 3 rows: expected features, or at least 4 rows for its"):
        data.load(table(series(days(3))))
    assert len(data.load(table(series(days(4))), test_fraction=0).x_train) == 3


def test_numbers_alone_are_a_series_in_the_order_in_which_they_stand(table):
    ds = data.load(table("level\n" + "".join(f"{level(number)}\n" for number in range(60))))
    assert (ds.lags, ds.period, ds.times_train) == (tuple(range(1, 11)), None, None)
    assert "no column of dates: rows are taken in the order in which they stand" in ds.notices


def test_newest_first_is_sorted_and_that_is_said(table):
    straight, reverse = (
        data.load(table(series(times)), lags=2, target="level") for times in (days(40), days(40)[::-1])
    )
    assert reverse.notices == ("rows were sorted by 'date'",)
    assert straight.unscale(straight.y_train)[0] == pytest.approx(level(2))
    assert reverse.unscale(reverse.y_train)[0] == pytest.approx(level(37))
    assert (straight.times_test == reverse.times_test).all()


def test_the_last_rows_are_unseen(table):
    ds = data.load(table(series(days(57))), lags=7)
    assert (len(ds.y_train), len(ds.y_test)) == (40, 10)
    assert ds.times_test.tolist() == days(57)[-10:]


@pytest.mark.parametrize(
    ("missing", "lost"),
    [([50], 8), ([50, 51], 9), ([20, 80], 16), ([0], 0), ([119], 0)],
    ids=["one", "two in a row", "two apart", "the first", "the last"],
)
def test_a_missing_day_costs_the_rows_whose_past_it_is_in(table, missing, lost):
    times = [time for number, time in enumerate(days(120)) if number not in missing]
    ds = data.load(table(series(times)), test_fraction=0)
    between = [number for number in missing if number not in (0, 119)]
    assert len(ds.y_train) == 120 - 7 - lost - (len(missing) - len(between))
    dates = "1 date is missing" if len(between) == 1 else f"{len(between)} dates are missing"
    said = [f"{dates}: rows whose past is not whole were left out"] if between else []
    assert [notice for notice in ds.notices if "past is not whole" in notice] == said


def test_so_many_missing_days_that_no_past_is_whole_count_rows(table):
    ds = data.load(table(series([time for number, time in enumerate(days(120)) if number % 3])), test_fraction=0)
    assert len(ds.y_train) == 80 - 7
    assert "39 dates are missing: lags count rows" in ds.notices


def test_a_missing_day_is_refused_where_lags_are_asked_for(table):
    path = table(series([time for time in days(60) if time != date(2024, 2, 1)]))
    with pytest.raises(DataError, match=r"has no row for 2024-02-01 in column 'date': .*; fill the gap"):
        data.load(path, lags=7)


@pytest.mark.parametrize("holidays", [[], ["2024-01-15", "2024-03-29", "2024-04-01"]])
def test_holidays_are_no_gap_among_business_days(table, holidays):
    times = [time for time in business_days(120) if str(time) not in holidays]
    ds = data.load(table(series(times)), lags=3, test_fraction=0)
    assert (ds.period, len(ds.y_train)) == ("business day", len(times) - 3)
    said = [notice for notice in data.load(table(series(times))).notices if "no row" in notice]
    assert said == [f"{len(holidays)} business days have no row: lags count rows"] * bool(holidays)


@pytest.mark.parametrize(
    ("times", "steps"),
    [
        (hours(120), "24 hours"), (days(120), "7 days"), (months(120), "12 months"), (days(80, step=7), "10 weeks"),
        (days(80, step=3), "10 rows"), (days(80, step=14), "10 rows"), (hours(240)[::2], "10 rows"),
    ],
    ids=["hours", "days", "months", "weeks", "three days", "fortnights", "two hours"],
)  # fmt: skip
def test_what_a_step_back_is_called(table, times, steps):
    assert f"from its own past, the last {steps} (lags takes another number)" in data.load(table(series(times))).notices


def test_dates_without_any_common_step_count_rows(table):
    generator = np.random.default_rng(0)
    times = np.datetime64("2024-01-01") + np.cumsum(generator.integers(1, 60, 80))
    ds = data.load(table(series(times)), test_fraction=0)
    assert len(ds.y_train) == 80 - len(ds.lags)
    assert "lags count rows" in " ".join(ds.notices)


def test_a_panel_is_split_by_time(table):
    rows = "".join(f"{time},{shop},{n},{n * n % 17}\n" for n, time in enumerate(days(30)) for shop in "AB")
    ds = data.load(table("date,shop,visits,sales\n" + rows), target="sales")
    assert len(ds.y_train) + len(ds.y_test) == 60
    assert ds.in_time
    assert ds.unscale_x(ds.x_train)[:, 1].max() < ds.unscale_x(ds.x_test)[:, 1].max()
    assert any("dates that stand several times: rows are split by time" in notice for notice in ds.notices)


@pytest.mark.parametrize(
    ("header", "row", "sentence"),
    [
        ("date,shop,sales", "{time},{shop},{n}", "column 'date' has 2024-01-01 once for each 'shop', such as 'A': "
         "expected one series with lags; keep the rows of one 'shop'"),
        ("date,sales", "{time},{n}", "column 'date' has 2024-01-01 twice: expected each date once with lags"),
        ("date,shop,sales", "{time},A,{n}", "column 'date' has 2024-01-01 twice: expected each date once with lags"),
    ],
)  # fmt: skip
def test_lags_of_a_panel_are_refused_with_the_column_that_tells_its_rows_apart(table, header, row, sentence):
    rows = [row.format(time=time, shop=shop, n=n * n % 17) for n, time in enumerate(days(30)) for shop in "AB"]
    with pytest.raises(DataError) as caught:
        data.load(table("\n".join([header, *rows])), target="sales", lags=3)
    assert str(caught.value) == sentence


def test_a_panel_of_one_number_has_no_past_of_its_own(table):
    rows = [f"{time},{shop},{n * n % 17}" for n, time in enumerate(days(30)) for shop in ("north", "south")]
    ds = data.load(table("\n".join(["date,shop,sales", *rows])))
    assert ds.feature_names == ("shop=south",)
    names = [f"{time},shop {shop},{n * n % 17 + shop}" for n, time in enumerate(days(30)) for shop in range(20)]
    with pytest.raises(DataError, match="once for each 'shop', such as 'shop 0': expected one series with lags"):
        data.load(table("\n".join(["date,shop,sales", *names])))


def test_missing_values_of_a_series_are_refused_with_lags_and_skipped_without(table):
    lines = series(days(80)).splitlines()
    lines[41] = lines[41].split(",")[0] + ",NA"
    path = table("\n".join(lines))
    with pytest.raises(DataError, match="has an empty cell at 2024-02-10, column 'level': expected none with lags"):
        data.load(path, lags=7)
    assert len(data.load(path, test_fraction=0).y_train) == 80 - 7 - 8


def test_lags_are_the_targets_own_past_with_yesterday_first(table, raw):
    ds = data.load(table(daily([1, 4, 9, 16, 25, 36, 49])), lags=2)
    assert raw(ds) == ([[4, 1], [9, 4], [16, 9], [25, 16], [36, 25]], [9, 16, 25, 36, 49])
    assert ds.feature_names == ("sales lag 1", "sales lag 2")
    assert (ds.lags, ds.kind, ds.period) == ((1, 2), "series", "day")
    assert ds.times_train is not None
    assert str(ds.times_train[0]) == "2024-01-03"


@pytest.mark.parametrize(
    ("dates", "period"),
    [
        (["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22", "2024-01-29", "2024-02-05"], "week"),
        (["2023-11-01", "2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"], "month"),
        (["2023-10-31", "2023-11-30", "2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31"], "month"),
        (["2023-01-01", "2023-04-01", "2023-07-01", "2023-10-01", "2024-01-01", "2024-04-01"], "quarter"),
        (["2019-07-01", "2020-07-01", "2021-07-01", "2022-07-01", "2023-07-01", "2024-07-01"], "year"),
    ],
    ids=["weeks", "months", "ends of months", "quarters", "years"],
)
def test_even_steps_other_than_days(table, dates, period):
    rows = "".join(f"{day},{value}\n" for day, value in zip(dates, [1, 4, 9, 16, 25, 36], strict=True))
    ds = data.load(table("day,y\n" + rows), lags=1)
    assert len(ds.x_train) == 4
    assert ds.period == period


def test_lags_without_dates_follow_the_file(table, raw):
    ds = data.load(table("y\n1\n4\n9\n16\n25\n36\n"), lags=1)
    assert raw(ds) == ([[1], [4], [9], [16], [25]], [4, 9, 16, 25, 36])
    assert ds.times_train is None
    assert ds.notices == ("no column of dates: rows are taken in the order in which they stand",)


def test_few_rows_are_enough_for_lags(table, raw):
    ds = data.load(table(daily([1, 4, 9, 16, 25])), lags=2, test_fraction=0)
    assert raw(ds) == ([[4, 1], [9, 4], [16, 9]], [9, 16, 25])


def test_years_are_times_unless_they_are_named_as_a_feature(table):
    path = table("year,y\n" + "".join(f"{1990 + row},{row * row}\n" for row in range(10)))
    assert data.load(path, lags=2).period == "year"
    assert data.load(path).lags == (1, 2)
    assert data.load(path, features=["year"]).feature_names == ("year",)
