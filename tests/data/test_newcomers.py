"""Tables over which newcomers stumbled: thousands with points, titles with commas, long names, gaps, wrong roles."""

from __future__ import annotations

import numpy as np
import pytest
from made_tables import rows_of, wave

import data
from data import DataError, description
from data.header import clean_names
from data.rows import read_rows
from data.signature import Signature

LONG = "How many minutes do you walk to school on average, in "


def ranges(path, **options):
    return {column.name: (column.low, column.high) for column in data.describe(path, **options).columns}


@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [
        (["3.664.088", "330.579", "92.126", "990"], "990", "3.66409e+06"),  # one of them has two points
        (["1.500", "2.250", "990", "1.100"], "990", "2250"),  # the other column has decimal commas
        (["1.5", "2.250", "990", "1.100"], "1.1", "990"),  # a point with one digit behind it is a decimal one
    ],
)
def test_points_part_thousands_where_commas_are_decimal(table, cells, low, high):
    rows = "".join(f"{cell};{place},5\n" for place, cell in enumerate(cells))
    assert ranges(table("x;y\n" + rows))["x"] == (low, high)


def test_points_are_decimal_where_commas_are_not(table):
    assert ranges(table("x;y\n1.500;3.5\n2.250;4.5\n"))["x"] == ("1.5", "2.25")


def test_a_title_with_a_comma_above_semicolons(table):
    rows = "".join(f"{n % 7},5;{n * n % 11};{'AB'[n % 2]}\n" for n in range(20))
    path = table("Fridge, group 4;;\n;;\ntemp;light;place\n" + rows)
    assert [column.name for column in data.describe(path).columns] == ["temp", "light", "place"]


def test_features_whose_names_agree_in_their_first_letters_are_kept_apart_in_a_file(table):
    words = ["spring and summer", "autumn and winter"]
    header = f"{LONG}minutes,y\n"
    ds = data.load(table(header + "".join(f"{LONG}{words[n % 2]},{wave(n)}\n" for n in range(20))), target="y")
    kept = Signature.from_arrays(Signature.of(ds).arrays(), len(ds.feature_names))
    assert kept.feature_names == ds.feature_names


def test_the_names_of_a_table_come_back_as_they_are(table):
    names = (f"{LONG}summer", f"{LONG}winter")
    content = rows_of(",".join(f'"{name}"' for name in (*names, "y")), lambda n: (wave(n), n * n, n % 5))
    path = table(content)
    ds = data.load(path, target="y")
    assert read_rows(path, Signature.of(ds)).titles == (*names, "y")
    assert clean_names(names)[0] == list(ds.feature_names)


def test_rows_after_a_gap_have_no_prediction_until_their_past_is_whole(table):
    days = np.datetime64("2024-01-01") + np.array([*range(40), *range(42, 60)], "timedelta64[D]")
    path = table("day,y\n" + "".join(f"{day},{wave(n)}\n" for n, day in enumerate(days)))
    ds = data.load(path)
    assert "lags takes" not in " ".join(ds.notices)  # for other ones are refused where a date is missing
    whole = np.isfinite(read_rows(path, Signature.of(ds)).x(slice(None))).all(axis=1)
    assert np.flatnonzero(~whole).tolist() == [*range(7), *range(40, 47)]


def test_lags_with_features_are_refused_by_the_description_too(table):
    path = table(rows_of("x,y", lambda n: (wave(n), n % 7)))
    assert data.describe(path, features=["x"], lags=3).problem.startswith("lags=3 with features: expected one of them")


def test_what_was_asked_for_is_read_once_however_many_columns_there_are(table, monkeypatch):
    asked = []
    monkeypatch.setattr(description, "split_names", lambda *given: asked.append(given) or ())
    data.describe(table(",".join(map("c{}".format, range(99))) + "\n" + ",".join(["1"] * 99) + "\n"), "nothing", ["c1"])
    assert len(asked) == 1


def test_what_was_asked_for_stays_marked_where_it_cannot_be(table):
    path = table(rows_of("kind,note,x,y", lambda n: ("abc"[n % 3], f"n{n}", wave(n), n % 7)))
    found = data.describe(path, target="kind", features=["x", "note"])
    assert found.problem.startswith("target='kind' has 3 values (a, b, c): expected numbers or two values;")
    assert [column.role for column in found.columns] == ["target", "feature", "feature", ""]


def test_columns_that_give_way_to_the_past_say_so(table):
    path = table(rows_of("x,y", lambda n: (wave(n), n % 7)))
    notes = {column.name: column.note for column in data.describe(path, lags=3).columns}
    assert notes["x"] == "the target's own past takes its place"


def test_unseen_values_that_cannot_be_held_are_refused(table):
    rows = "".join(f"2024-01-{n + 1:02},{wave(n)},{1e60 if n > 17 else n % 7}\n" for n in range(20))
    with pytest.raises(DataError, match="has unseen values that are too far from those that train"):
        data.load(table("day,x,y\n" + rows), target="y", features=["x"])


def test_lines_of_kinds_and_roles_under_a_header_are_no_rows(table):
    rows = "".join(f"{wave(n)}\t{'ab'[n % 2]}\n" for n in range(20))
    ds = data.load(table("x\tkind\ncontinuous\tdiscrete\n\tclass\n" + rows), target="kind")
    assert (len(ds.y_train) + len(ds.y_test), ds.label_names) == (20, ("a", "b"))
    assert ds.notices[0] == "two lines of kinds and roles under the header left out"


def test_a_quote_with_a_blank_behind_it_ends_there(table):
    path = table('"x" ,"y" \n' + "".join(f'"{wave(n)}" ,"{n % 7}" \n' for n in range(20)))
    assert set(ranges(path)) == {"x", "y"}


@pytest.mark.parametrize("clock", ["{:02}.00.00", "{}:00", "{}"])
def test_a_time_of_day_in_a_column_of_its_own(table, clock):
    name = "hour" if clock == "{}" else "Time"
    rows = "".join(f"{1 + n // 24:02}/03/2004,{clock.format(n % 24)},{wave(n)}\n" for n in range(72))
    ds = data.load(table(f"Date,{name},y\n" + rows))
    assert (ds.lags[-1], ds.period) == (23, "hour")  # a third of the rows
    assert f"dates are Date and {name}" in ds.notices


def test_a_stray_among_dates_with_a_time_of_day_is_named_as_it_is_written(table):
    rows = [f"{1 + n // 24:02}/03/2004,{n % 24}:00,{wave(n)}" for n in range(72)]
    rows[5] = f"soon,5:00,{wave(5)}"
    ds = data.load(table("Date,Time,y\n" + "\n".join(rows) + "\n"))
    assert "1 cell of 'Date and Time' taken as missing, such as 'soon'" in ds.notices


@pytest.mark.parametrize("hour", ["24", "-1", "1e100"])
def test_numbers_that_no_day_has_are_no_times_of_day(table, hour):
    rows = "".join(f"2024-01-0{1 + n // 12},{n % 12},{n % 5}\n" for n in range(30))
    assert data.load(table(f"day,hour,y\n2024-01-01,{hour},1\n{rows}")).feature_names == ("hour",)


def test_hours_that_overflow_as_seconds_are_named(table):
    rows = "".join(f"2024-01-0{1 + n // 12},{n % 12},{n % 5}\n" for n in range(30))
    with pytest.raises(data.DataError, match="row 1, column 'hour' is '1e306'"):
        data.load(table(f"day,hour,y\n2024-01-01,1e306,1\n{rows}"))


def test_a_time_of_day_that_says_nothing_more_is_a_feature(table):
    rows = "".join(f"2024-01-{n + 1:02},{n * n % 24},{wave(n)}\n" for n in range(28))
    assert data.load(table("day,hour,y\n" + rows)).feature_names == ("hour",)


def test_dates_of_six_digits_under_their_name(table):
    rows = "".join(f"2401{n + 1:02},{wave(n)}\n" for n in range(28))
    ds = data.load(table("date,y\n" + rows), test_fraction=0)
    assert str(ds.times_train[-1]) == "2024-01-28"
