"""One's own tables: CSV and Parquet, their columns, dates, lags and empty cells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars
import pytest

import data
from data import DataError
from data.steps import first_gap, time_period

Write = Callable[..., Path]
FRUIT = "name,weight,price\n" + "".join(f"apple {row},{row},{row * row}\n" for row in range(10))


def daily(values: list[float | str], first: str = "2024-01-01", step: int = 1) -> str:
    days = [date.fromisoformat(first) + timedelta(step * day) for day in range(len(values))]
    return "day,sales\n" + "".join(f"{day},{value}\n" for day, value in zip(days, values, strict=True))


def raw(ds: data.Dataset) -> tuple[list[list[float]], list[float]]:
    """Every row, train first, in the data's own units."""
    x = ds.x_train if ds.x_test is None else np.concatenate([ds.x_train, ds.x_test])
    y = ds.y_train if ds.y_test is None else np.concatenate([ds.y_train, ds.y_test])
    return np.round(ds.unscale_x(x), 3).tolist(), np.round(ds.unscale(y), 3).tolist()


def test_the_last_numeric_column_is_the_target_and_the_others_are_features(table: Write) -> None:
    ds = data.load(table(FRUIT))
    assert (ds.target_name, ds.feature_names, ds.kind) == ("price", ("weight",), "curve")
    assert (ds.name, ds.source) == ("table.csv", "table.csv, 10 rows")


def test_named_columns(table: Write) -> None:
    ds = data.load(table(FRUIT), target="weight", features=["price"])
    assert (ds.target_name, ds.feature_names) == ("weight", ("price",))


def test_the_path_may_be_a_string_or_a_path(table: Write) -> None:
    path = table(FRUIT)
    assert (data.load(str(path)).x_train == data.load(path).x_train).all()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators(table: Write, separator: str) -> None:
    assert data.load(table(FRUIT.replace(",", separator))).feature_names == ("weight",)


@pytest.mark.parametrize(
    "content",
    [
        FRUIT.replace("\n", "\r\n"),
        "\ufeff" + FRUIT,
        FRUIT.removesuffix("\n"),
        FRUIT + "\n\n,,\n",
        FRUIT.replace("apple 3", '"an ""apple"", cut"'),
        FRUIT.replace(",5,", ", 5 ,"),
    ],
    ids=["crlf", "bom", "no last newline", "blank lines at the end", "quotes", "blanks around"],
)
def test_ways_to_write_the_same_table(table: Write, content: str) -> None:
    plain, other = data.load(table(FRUIT)), data.load(table(content, "other.csv"))
    assert (plain.x_train == other.x_train).all()
    assert (plain.y_train == other.y_train).all()


def test_parquet_holds_the_same_numbers(table: Write, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = polars.DataFrame({"a": rng.normal(size=50), "b": rng.normal(size=50) * 1e-30, "c": np.arange(50)})
    frame.write_parquet(tmp_path / "table.parquet")
    ds = data.load(tmp_path / "table.parquet", target="c", test_fraction=0)
    assert ds.unscale_x(ds.x_train)[:, 0] == pytest.approx(frame["a"].to_numpy(), abs=1e-6)
    assert ds.unscale_x(ds.x_train)[:, 1] == pytest.approx(frame["b"].to_numpy(), abs=1e-36)


def test_parquet_dates_are_dates(tmp_path: Path) -> None:
    days = [date(2024, 1, 1) + timedelta(day) for day in range(20)]
    frame = polars.DataFrame({"day": days, "sales": [float(day % 7) for day in range(20)]})
    for number, dtype in enumerate((polars.Date, polars.Datetime("us"), polars.Datetime("ms", "UTC"))):
        path = tmp_path / f"{number}.parquet"
        frame.with_columns(polars.col("day").cast(dtype)).write_parquet(path)
        ds = data.load(path, lags=2)
        assert ds.times_train is not None
        assert ds.times_train[0] == np.datetime64("2024-01-03")


def test_rows_with_an_empty_cell_are_left_out_and_counted(table: Write) -> None:
    ds = data.load(table("x,y,note\n1,2,\n2,,a\n3,5,b\n,7,c\n5,1,d\n6,2,e\n"), test_fraction=0)
    assert raw(ds) == ([[1], [3], [5], [6]], [2, 5, 1, 2])
    assert ds.notices[-1] == "2 rows left out that lack 'y' (1), 'x' (1)"


def test_one_row_with_an_empty_cell(table: Write) -> None:
    ds = data.load(table("x,y\n1,2\n2,\n3,5\n4,5\n5,1\n"), target="y")
    assert ds.notices == ("1 row left out that lacks 'y' (1)",)


def test_own_labels_stay(table: Write) -> None:
    ds = data.load(table("a,b,class\n" + "".join(f"{row * row},{row % 5},{(-1) ** row}\n" for row in range(20))))
    assert ds.labels
    assert ds.kind == "plane"
    assert set(ds.y_train.tolist()) == {-1, 1}


def test_dated_rows_are_split_by_time(table: Write) -> None:
    rows = "".join(f"2024-01-{day:02},{day % 4},{day % 3},{day}\n" for day in range(1, 21))
    ds = data.load(table("when,a,b,y\n" + rows), target="y")
    assert ds.kind == "series"
    assert ds.feature_names == ("a", "b")
    assert ds.times_test is not None
    assert list(map(str, ds.times_test)) == ["2024-01-17", "2024-01-18", "2024-01-19", "2024-01-20"]
    assert raw(ds)[1] == list(range(1, 21))


def test_a_header_that_begins_like_a_compressed_file(table: Write) -> None:
    assert data.load(table("x^2,y\n1,2\n4,3\n9,5\n16,1\n")).feature_names == ("x^2",)


def test_lags_are_the_targets_own_past_with_yesterday_first(table: Write) -> None:
    ds = data.load(table(daily([1, 4, 9, 16, 25, 36, 49])), lags=2)
    assert raw(ds) == ([[4, 1], [9, 4], [16, 9], [25, 16], [36, 25]], [9, 16, 25, 36, 49])
    assert ds.feature_names == ("sales lag 1", "sales lag 2")
    assert (ds.lags, ds.kind, ds.period) == ((1, 2), "series", "day")
    assert ds.times_train is not None
    assert str(ds.times_train[0]) == "2024-01-03"


def test_unsorted_dates_are_sorted_with_a_notice(table: Write) -> None:
    header, *rows = daily([1, 4, 9, 16, 25, 36, 49]).splitlines()
    straight = data.load(table("\n".join([header, *rows])), lags=2)
    shuffled = data.load(table("\n".join([header, *reversed(rows)])), lags=2)
    assert raw(straight) == raw(shuffled)
    assert (straight.notices, shuffled.notices) == ((), ("rows were sorted by 'day'",))


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
def test_even_steps_other_than_days(table: Write, dates: list[str], period: str | None) -> None:
    rows = "".join(f"{day},{value}\n" for day, value in zip(dates, [1, 4, 9, 16, 25, 36], strict=True))
    ds = data.load(table("day,y\n" + rows), lags=1)
    assert len(ds.x_train) == 4
    assert ds.period == period


def test_years_are_times_unless_they_are_named_as_a_feature(table: Write) -> None:
    path = table("year,y\n" + "".join(f"{1990 + row},{row * row}\n" for row in range(10)))
    assert data.load(path, lags=2).period == "year"
    assert data.load(path).lags == (1, 2)
    assert data.load(path, features=["year"]).feature_names == ("year",)


def test_lags_without_dates_follow_the_file(table: Write) -> None:
    ds = data.load(table("y\n1\n4\n9\n16\n25\n36\n"), lags=1)
    assert raw(ds) == ([[1], [4], [9], [16], [25]], [4, 9, 16, 25, 36])
    assert ds.times_train is None
    assert ds.notices == ("no column of dates: rows are taken in the order in which they stand",)


def test_names_are_made_harmless_and_can_still_be_used(table: Write) -> None:
    header = "\x1b]0;owned\x07x,y\u202etxt,a\u0085b\u009b31m\n"
    ds = data.load(table(header + "1,2,3\n2,3,5\n3,5,1\n4,1,2\n"))
    assert ds.feature_names == ("�]0;owned�x", "y�txt")
    assert ds.target_name == "a b�31m"
    assert data.load(table(header + "1,2,3\n2,3,5\n3,5,1\n4,1,2\n"), target="y\u202etxt").target_name == "y�txt"


def test_long_names_are_cut_and_kept_apart(table: Write) -> None:
    long = "how much do you agree with this long statement"
    ds = data.load(table(f"{long} (1),{long} (2),y\n1,2,3\n2,3,5\n3,5,1\n4,1,2\n"))
    assert len(set(ds.feature_names)) == 2
    assert all(len(name) <= 40 for name in ds.feature_names)


def test_units_from_names(table: Write) -> None:
    ds = data.load(table("flow_kg,time_of_day,load_MPa\n1,2,3\n2,3,5\n3,5,1\n4,1,2\n"))
    assert (ds.feature_labels, ds.feature_units) == (("flow", "time of day"), ("kg", ""))
    assert (ds.target_label, ds.target_unit) == ("load", "MPa")


@pytest.mark.parametrize(
    "form",
    [
        "{}", "{}T00:00", "{} 00:00", "{}T00:00:00", "{} 00:00:00.000", "{}T00:00Z", "{}T00:00:00Z",
        "{}T00:00:00.0+00:00",
    ],
)  # fmt: skip
def test_a_date_may_have_the_time_of_midnight(table: Write, form: str) -> None:
    rows = "".join(f"{form.format(f'2024-01-{day:02}')},{day % 4}\n" for day in range(1, 11))
    ds = data.load(table("day,y\n" + rows), lags=1, test_fraction=0)
    assert ds.times_train is not None
    assert ds.times_train.tolist() == [date(2024, 1, day) for day in range(2, 11)]


@pytest.mark.parametrize(
    ("dates", "period"),
    [
        (["2024-01-01"], "day"),
        (["2024-01-03", "2024-01-01", "2024-01-05"], "day"),  # every other day, in any order
        (["2024-01-01", "2024-01-07"], "day"),
        (["2024-01-01", "2024-01-08", "2024-01-29"], "week"),  # two weeks are missing
        (["2024-01-01", "2024-01-08", "2024-01-16"], None),
        (["2024-01-01", "2024-01-15", "2024-01-29"], None),
        (["2023-02-01", "2023-03-01", "2023-06-01"], "month"),
        (["2024-01-31", "2024-02-27"], None),
        (["2024-01-01", "2024-03-01"], None),
        (["2023-07-01", "2024-07-01", "2026-07-01"], "year"),
        (["2022-01-01", "2023-01-01"], "year"),
        (["2022-01-02", "2023-01-01", "2024-01-01"], None),
        (["2022-01-01", "2024-01-01"], None),
    ],
)
def test_the_usual_step_of_dates(dates: list[str], period: str | None) -> None:
    assert time_period(np.array([*dates, "NaT"], "datetime64[D]")) == period


@pytest.mark.parametrize(
    ("times", "gap"),
    [
        (["2024-01-01", "2024-01-02", "2024-01-03"], None),
        (["2024-02-27", "2024-02-28", "2024-03-01"], "2024-02-29"),
        (["2024-01-01", "2024-01-08", "2024-01-29"], "2024-01-15"),
        (["2023-01-01", "2023-02-01", "2023-03-01", "2023-04-01"], None),
        (["2023-01-15", "2023-02-15", "2023-04-15"], "2023-03-15"),
        (["2022-12-31", "2023-01-31", "2023-02-28", "2023-03-31"], None),
        (["2022-12-31", "2023-02-28", "2023-03-31"], "2023-01-31"),
        (["2023-01-01", "2023-04-01", "2023-10-01"], "2023-07-01"),
        (["2019-07-01", "2020-07-01", "2022-07-01"], "2021-07-01"),
        ([1990.0, 1991.0, 1992.0], None),
        ([1990.0, 1990.5, 1991.5], 1991.0),
    ],
)
def test_the_first_gap(times: list[str] | list[float], gap: str | float | None) -> None:
    found = first_gap(np.array(times, "datetime64[D]" if isinstance(times[0], str) else float))
    assert found == (np.datetime64(gap, "D") if isinstance(gap, str) else gap)


def test_words_become_labels_and_an_empty_cell_is_left_out(table: Write) -> None:
    pets = table("age,pet\n1,cat\n2,dog\n3,\n4,cat\n")
    ds = data.load(pets, target="pet=cat", test_fraction=0)
    assert (ds.y_train.tolist(), ds.label_names) == ([1, -1, 1], ("others", "cat"))
    assert ds.notices == (
        "'pet' is fitted as +1 for 'cat', −1 for all others",
        "1 row left out that lacks 'pet' (1)",
    )
    with pytest.raises(DataError, match="target='pet=cow': expected a value of 'pet', such as cat, dog"):
        data.load(pets, target="pet=cow")


def test_the_year_is_no_target_for_lags_and_any_case_will_do(table: Write) -> None:
    rows = "".join(f"{row * row},{1990 + row}\n" for row in range(10))
    ds = data.load(table("y,YEAR\n" + rows), lags=2)
    assert (ds.target_name, ds.period) == ("y", "year")
    dated = "".join(f"2024-01-{day:02},{1990 + day},{day % 3}\n" for day in range(1, 11))
    ds = data.load(table("day,year,y\n" + dated), lags=2)
    assert ds.period == "day"


def test_the_first_of_two_columns_of_dates_dates_the_rows(table: Write) -> None:
    rows = "".join(f"2024-02-{day:02},2023-01-{30 - day},{day * day},{day % 3}\n" for day in range(1, 11))
    ds = data.load(table("sold,made,x,y\n" + rows), target="y", test_fraction=0)
    assert ds.times_train is not None
    assert str(ds.times_train[0]) == "2024-02-01"
    assert (ds.feature_names, ds.notices) == (("x",), ("left out: 'made' (more dates)",))


def test_few_rows_are_enough_for_lags(table: Write) -> None:
    ds = data.load(table(daily([1, 4, 9, 16, 25])), lags=2, test_fraction=0)
    assert raw(ds) == ([[4, 1], [9, 4], [16, 9]], [9, 16, 25])


def test_nothing_unseen_of_dated_rows(table: Write) -> None:
    ds = data.load(table(daily([1, 4, 9, 16, 25])), lags=1, test_fraction=0)
    assert ds.times_train is not None
    assert (ds.x_test, ds.y_test, ds.times_test) == (None, None, None)


def test_three_long_names_are_kept_apart(table: Write) -> None:
    long = "how much do you agree with this long statement"
    header = ",".join(f"{long} ({number})" for number in (1, 2, 3))
    names = [column.name for column in data.describe(table(f"{header}\n1,2,3\n")).columns]
    assert names == [f"{long[:39]}…", f"{long[:37]}… 2", f"{long[:37]}… 3"]


def test_parquet_without_a_value_is_an_empty_cell(tmp_path: Path) -> None:
    frame = polars.DataFrame(
        {"x": [1.0, None, 3.0, 4.0, 5.0], "y": [2, 3, 5, 1, 2], "note": [" a ", None, "", "b", "c"]}
    )
    frame.write_parquet(tmp_path / "table.parquet")
    ds = data.load(tmp_path / "table.parquet", features=["x"], target="y", test_fraction=0)
    assert raw(ds) == ([[1], [3], [4], [5]], [2, 5, 1, 2])
    assert ds.notices == ("1 row left out that lacks 'x' (1)",)
