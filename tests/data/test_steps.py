"""Steps in time: by which step rows follow each other, and where one is missing."""

from __future__ import annotations

import numpy as np
import pytest

from data.steps import first_gap, places, time_period, when, year_of


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
def test_the_usual_step_of_dates(dates, period):
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
def test_the_first_gap(times, gap):
    found = first_gap(np.array(times, "datetime64[D]" if isinstance(times[0], str) else float))
    assert found == (np.datetime64(gap, "D") if isinstance(gap, str) else gap)


def test_a_step_of_hours():
    hours = np.datetime64("2024-01-01", "ms") + np.timedelta64(1, "h") * np.arange(48)
    assert time_period(hours) == "hour"
    assert time_period(hours[::2]) is None
    assert time_period(np.delete(hours, 20)) == "hour"
    assert first_gap(np.delete(hours, 20)) == hours[20]
    assert time_period(hours + (np.arange(48) % 2) * np.timedelta64(1, "m")) is None


def test_business_days_and_their_holidays():
    days = np.busday_offset("2024-01-01", np.arange(40), roll="forward")
    assert time_period(days) == time_period(np.delete(days, [10, 11, 30])) == "business day"
    assert first_gap(np.delete(days, 10)) is None
    assert time_period(days[:7]) == "day"
    assert time_period(np.delete(days, slice(10, 20))) == "day"
    assert time_period(np.append(days, np.datetime64("2024-03-02"))) == "day"
    assert time_period(days[::5]) == "week"


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (["2024-01-01", "2024-01-02", "2024-01-04"], [0, 1, 3]),
        (["2024-01-31", "2024-02-29", "2024-04-30"], [0, 1, 3]),
        (["2024-01-01", "2024-01-08", "2024-01-29"], [0, 1, 4]),
        (["2024-01-01", "2024-01-04", "2024-01-09"], None),
        (["2024-01-01", "2024-01-01"], None),
        (["2024-01-01"], [0]),
        ([1990.0, 1991.0, 1995.0], [0, 1, 5]),
    ],
)
def test_the_steps_at_which_times_stand(times, expected):
    found = places(np.array(times, "datetime64[D]" if isinstance(times[0], str) else float))
    assert found is None if expected is None else found.tolist() == expected


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (np.datetime64("2024-01-31"), "2024-01-31"),
        (np.datetime64("2024-01-31T05:06:00", "ms"), "2024-01-31 05:06"),
        (np.datetime64("2024-01-31T05:06:07", "ms"), "2024-01-31 05:06:07"),
        (np.datetime64("2024-01-31T05:00:00", "ms"), "2024-01-31 05:00"),
        (1990.0, "1990"),
        (1990.5, "1990.5"),
    ],
)
def test_times_in_words(time, words):
    assert when(time) == words


def test_the_year_of_a_time():
    assert year_of(np.array(["2024-01-31", "1969-12-31"], "datetime64[D]")).tolist() == [2024, 1969]
    assert year_of(np.array([1990.0, 1990.75])).tolist() == [1990, 1990]
