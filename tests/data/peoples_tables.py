"""Tables of the kinds that people bring, each made up here, and what is to come of them."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

SALT = "fits 'salt', the last column of numbers: name another as target"
ROWS = 40
DEPTH = [round(0.37 + number * 7.31 % 9.6, 2) for number in range(ROWS)]
SALTS = [round(20 + number * 13.7 % 71, 1) for number in range(ROWS)]


def lines(*columns):
    """Columns as lines of cells."""
    return [list(map(str, cells)) for cells in zip(*columns, strict=True)]


def joined(rows, separator=",", end="\n"):
    return "".join(separator.join(row) + end for row in rows)


def days(count, step=1):
    return [date(2021, 3, 1) + timedelta(step * number) for number in range(count)]


@dataclass(frozen=True)
class Case:
    """A table and what is to come of it."""

    content: str | bytes
    rows: int = ROWS
    features: tuple[str, ...] = ("depth",)
    target: str = "salt"
    notices: tuple[str, ...] = (SALT,)
    options: dict[str, Any] = field(default_factory=dict)
    in_time: bool = False
    name: str = "table.csv"


PLAIN = lines(DEPTH, SALTS)
HEADED = [["depth", "salt"], *PLAIN]
MISSING = [["NA", row[1]] if number in (4, 9) else row for number, row in enumerate(PLAIN)]
POWER = [50 + round(10 * np.sin(number / 3), 2) + number / 100 for number in range(60)]
WIND = [5.5 + number % 6 for number in range(60)]
MONTHS = [f"{2015 + number // 12}-{number % 12 + 1:02}" for number in range(60)]
BUSINESS = np.busday_offset("2021-03-01", np.arange(60), roll="forward")

CASES = {
    "no header": Case(
        joined(PLAIN),
        features=("column 1",),
        target="column 2",
        notices=(
            "no header: the first row holds values, as the others do",
            "fits 'column 2', the last column of numbers: name another as target",
        ),
    ),
    "one name twice": Case(
        joined([["depth", "depth", "salt"], *lines(DEPTH, [depth + 0.5 for depth in DEPTH], SALTS)]),
        features=("depth", "depth 2"),
        notices=("columns of one name were numbered: 'depth 2'", SALT),
    ),
    "comments above": Case("# written by a logger\n# three, small, remarks\n" + joined(HEADED)),
    "a header in a comment": Case("# depth,salt\n" + joined(PLAIN)),
    "a title": Case("Measured in May\n\n" + joined(HEADED), notices=("1 line before the table left out", SALT)),
    "row names": Case(
        '"depth","salt"\n' + joined([[f'"{number}"', *row] for number, row in enumerate(PLAIN, 1)]),
        notices=(SALT, "left out: 'row names' (looks like the numbers or the names of the rows)"),
    ),
    "an unnamed first column": Case(
        joined([["", "depth", "salt"], *([f"s{number * 7 % 40}", *row] for number, row in enumerate(PLAIN))]),
        notices=(SALT, "left out: 'column 1' (looks like the numbers or the names of the rows)"),
    ),
    "trailing separators": Case(joined([[*row, "", ""] for row in HEADED])),
    "bars": Case(joined(HEADED, "|")),
    "semicolons": Case(joined(HEADED, ";")),
    "tabs": Case(joined(HEADED, "\t"), name="table.tsv"),
    "blanks": Case(joined(HEADED, "   "), name="table.txt"),
    "decimal commas": Case(
        joined([[cell.replace(".", ",") for cell in row] for row in HEADED], ";"),
        notices=(SALT, "read with decimal commas: 'salt', 'depth'"),
    ),
    "thousands": Case(
        joined(
            [
                ["rooms", "income", "rent"],
                *([row[0], f'"{50_000 + 100 * n * n:,}"', row[1]] for n, row in enumerate(PLAIN)),
            ]
        ),
        features=("rooms", "income"),
        target="rent",
        notices=(SALT.replace("salt", "rent"), "read with thousands separators: 'income'"),
    ),
    "currency": Case(
        joined(
            [
                ["rooms", "deposit", "rent"],
                *([row[0], f'"${5000 + 10 * n * n:,}"', row[1]] for n, row in enumerate(PLAIN)),
            ]
        ),
        features=("rooms", "deposit"),
        target="rent",
        notices=(
            SALT.replace("salt", "rent"),
            "read with thousands separators, without the signs of currency: 'deposit'",
        ),
    ),
    "per cent": Case(
        joined([["share", "salt"], *([f"{row[0]}%", row[1]] for row in PLAIN)]),
        features=("share",),
        notices=(SALT, "read as per cent: 'share'"),
    ),
    "missing NA": Case(
        joined([["depth", "salt"], *MISSING]), 38, notices=(SALT, "2 rows left out that lack 'depth' (2)")
    ),
    "missing dash": Case(
        joined([["depth", "salt"], *MISSING]).replace("NA", "-"),
        38,
        notices=(SALT, "2 rows left out that lack 'depth' (2)"),
    ),
    "a constant column": Case(
        joined([["depth", "station", "salt"], *([row[0], "7", row[1]] for row in PLAIN)]),
        notices=(SALT, "left out: 'station' (always '7')"),
    ),
    "row numbers": Case(
        joined([["id", "depth", "salt"], *([str(number), *row] for number, row in enumerate(PLAIN, 1))]),
        notices=(SALT, "left out: 'id' (looks like the numbers or the names of the rows)"),
    ),
    "text": Case(
        joined([["note", "depth", "salt"], *([f"note {number}", *row] for number, row in enumerate(PLAIN))]),
        notices=(SALT, "left out: 'note' (text of many values)"),
    ),
    "Latin-1": Case(
        joined([["tiefe_über_null", "grösse"], *PLAIN]).encode("latin-1"),
        features=("tiefe_über_null",),
        target="grösse",
        notices=("the text is no UTF-8 and was read as Latin-1", SALT.replace("salt", "grösse")),
    ),
    "UTF-8 with a mark": Case("\ufeff" + joined(HEADED)),
    "UTF-16": Case(joined(HEADED).encode("utf-16")),
    "UTF-16 without a mark": Case(joined(HEADED).encode("utf-16-be")),
    "CR": Case(joined(HEADED, end="\r")),
    "CRLF": Case(joined(HEADED, end="\r\n")),
    "gzip": Case(gzip.compress(joined(HEADED).encode()), name="table.csv.gz"),
    "yes and no": Case(
        joined([["age", "dose", "cured"], *([*row, ("No", "Yes")[n * n % 3 > 0]] for n, row in enumerate(PLAIN))]),
        features=("age", "dose"),
        target="cured",
        options={"target": "cured"},
        notices=("'cured' is fitted as +1 for 'Yes', −1 for 'No'",),
    ),
    "one of three words against the rest": Case(
        joined([["depth", "salt", "kind"], *([*row, "abc"[number % 3]] for number, row in enumerate(PLAIN))]),
        features=("depth", "salt"),
        target="kind",
        options={"target": "kind=b"},
        notices=("'kind' is fitted as +1 for 'b', −1 for all others",),
    ),
    "a comma in a name": Case(
        '"Oil, bbl","Gas, m3",depth\n' + joined(lines(DEPTH, SALTS, WIND[:40])),
        features=("Oil, bbl",),
        target="depth",
        options={"target": "depth", "features": ["Oil, bbl"]},
        notices=(),
    ),
    "a date and a value": Case(
        joined([["date", "level"], *lines(days(60), POWER)]),
        53,
        features=tuple(f"level lag {lag}" for lag in range(1, 8)),
        target="level",
        notices=("from its own past, the last 7 days (lags takes another number)",),
        in_time=True,
    ),
    "hours as ISO": Case(
        joined(
            [
                ["when", "wind", "power"],
                *lines(
                    [f"{datetime(2021, 3, 1) + timedelta(hours=n):%Y-%m-%dT%H:%M:%SZ}" for n in range(60)], WIND, POWER
                ),
            ]
        ),
        60,
        features=("wind",),
        target="power",
        options={"target": "power"},
        notices=(),
        in_time=True,
    ),
    "months": Case(
        joined(
            [["month", "wind", "power"], *lines([f"{2015 + n // 12}-{n % 12 + 1:02}" for n in range(60)], WIND, POWER)]
        ),
        60,
        features=("wind",),
        target="power",
        options={"target": "power"},
        notices=(),
        in_time=True,
    ),
    "newest first, day, month, year": Case(
        joined([["date", "wind", "power"], *lines([f"{day:%d/%m/%Y}" for day in days(60)], WIND, POWER)[::-1]]),
        57,
        features=("power lag 1", "power lag 2", "power lag 3"),
        target="power",
        options={"target": "power", "lags": 3},
        notices=("rows were sorted by 'date'",),
        in_time=True,
    ),
    "business days": Case(
        joined([["date", "close"], *lines(BUSINESS, POWER)]),
        57,
        features=("close lag 1", "close lag 2", "close lag 3"),
        target="close",
        options={"lags": 3},
        notices=(),
        in_time=True,
    ),
    "two shops": Case(
        joined([["date", "shop", "visits", "sales"], *lines(np.repeat(days(30), 2), ["A", "B"] * 30, WIND, POWER)]),
        60,
        features=("shop=B", "visits"),
        target="sales",
        options={"target": "sales"},
        notices=(
            "words as 0 and 1: 'shop'",
            "'date' has dates that stand several times: rows are split by time, and drawn as if undated",
        ),
        in_time=True,
    ),
    "two shops by one feature": Case(
        joined([["date", "shop", "visits", "sales"], *lines(np.repeat(days(30), 2), ["A", "B"] * 30, WIND, POWER)]),
        60,
        features=("visits",),
        target="sales",
        options={"target": "sales", "features": ["visits"]},
        notices=("'date' has dates that stand several times: rows are split by time, and drawn as if undated",),
        in_time=True,
    ),
}
