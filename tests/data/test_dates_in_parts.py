"""Dates whose year, quarter, month or day stand in columns of their own."""

from __future__ import annotations

import polars
import pytest

from data.columns import read_columns
from data.dates_in_parts import joined_dates


def joined(table):
    """(name, dates as text, missing) of the column that the parts make, or None."""
    header, *rows = [line.split(",") for line in table.split("|")]
    cells = {
        name: [cell or None for cell in column]
        for name, column in zip(header, zip(*rows, strict=True), strict=True)
    }  # fmt: skip
    found = joined_dates(read_columns([polars.Series(name, cells[name], polars.String) for name in header]))
    return found and (found[0].name, [str(value) for value in found[0].values], found[0].missing)


@pytest.mark.parametrize(
    ("table", "name", "dates"),
    [
        ("year,month,y|2024,1,5|2024,2,6|2024,12,7", "year and month", ["2024-01-01", "2024-02-01", "2024-12-01"]),
        ("year,quarter,y|2024,1,5|2024,2,6|2024,4,7", "year and quarter", ["2024-01-01", "2024-04-01", "2024-10-01"]),
        ("Yr,Mo,day,y|2024,1,31,5|2024,2,29,6", "Yr and Mo and day", ["2024-01-31", "2024-02-29"]),
        ("month,year|Jan,2024|Feb,2024|January,2025|Feb,2025|Jan,2026|Feb,2026|Jan,2027|Feb,2027|Jan,2028",
         "year and month", [f"{year}-0{month}-01" for year in range(2024, 2029) for month in (1, 2)][:-1]),
        ("day,month,year|31,1,2024|29,2,2024", "year and month and day", ["2024-01-31", "2024-02-29"]),
        ("Year,Period|1959,Q1|1959,Q2|1959,Q3|1959,Q1|1959,Q2|1959,Q3|1959,Q1|1959,Q2|1959,Q3", "Year and Period",
         ["1959-01-01", "1959-04-01", "1959-07-01"] * 3),
        ("year,period|2024,M01|2024,M12|2024,M01|2024,M12|2024,M01|2024,M12", "year and period",
         ["2024-01-01", "2024-12-01"] * 3),
        ("Jahr,Monat|2024,März|2024,Dezember|2024,März|2024,Dezember|2024,März|2024,Dezember", "Jahr and Monat",
         ["2024-03-01", "2024-12-01"] * 3),
        ("year,qtr|1959,1|1959,2", "year and qtr", ["1959-01-01", "1959-04-01"]),
    ],
)  # fmt: skip
def test_parts_make_dates(table, name, dates):
    assert joined(table) == (name, dates, 0)


def test_a_missing_part_is_a_missing_date():
    assert joined("year,month|2024,1|2024,|2024,3") == ("year and month", ["2024-01-01", "NaT", "2024-03-01"], 1)


@pytest.mark.parametrize(
    "table",
    [
        "month,y|1,5|2,6",
        "year,y|2024,5|2025,6",
        "year,day|2024,5|2025,6",
        "year,month|2024,13|2024,1",
        "year,month|2024,0|2024,1",
        "year,month|2024,1.5|2024,1",
        "year,month|2024,warm|2024,cold",
        "year,quarter|2024,M1|2024,M2",
        "year,month,day|2024,2,30|2024,3,1",
        "year,month|7,1|8,2",
    ],
    ids=[
        "no year",
        "year alone",
        "no month",
        "13",
        "0",
        "half",
        "words",
        "months as quarters",
        "30 February",
        "no years",
    ],
)
def test_columns_that_are_no_parts(table):
    assert joined(table) is None
