"""Steps in time: by which step rows follow each other, and where one is missing."""

from __future__ import annotations

import numpy as np
import pytest

from data.steps import first_gap, time_period


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
