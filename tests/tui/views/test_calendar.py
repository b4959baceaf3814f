"""The calendar of dated data: where days stand, which are marked, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import data
from data import Dataset
from tui.draw.canvas import Canvas
from tui.draw.palette import ANSI, BANDS, CODES, DARK, Palette
from tui.views.fit import calendar
from tui.views.fit.span import span

SEASON = np.arange("2023-11-01", "2024-04-01", dtype="datetime64[D]")  # the unseen half begins on 16 January, a Tuesday
YEARS = np.arange("2019-06-01", "2024-07-01", dtype="datetime64[D]")


def dated(folder: Path, times: np.ndarray, unseen: float = 0.5) -> Dataset:
    """−1, 1, −1, 1, … at these times: their standard deviation is 1."""
    path = folder / "own.csv"
    path.write_text("when,y\n" + "".join(f"{time},{row % 2 * 2 - 1}\n" for row, time in enumerate(times)))
    return data.load(path, lags=1, test_fraction=unseen)


def day(dataset: Dataset, date: str) -> int:
    return int(np.datetime64(date, "D").astype(int)) - span(dataset).first


def paint(
    dataset: Dataset, off: dict[str, float], size: tuple[int, int] = (80, 20), window: int = 0, palette: Palette = DARK
) -> Canvas:
    """With predictions that are too high by so much on these dates, and right on all others."""
    predicted = span(dataset).true.astype(float)
    for date, much in off.items():
        predicted[day(dataset, date)] += much
    return calendar.paint(dataset, predicted, window, *size, palette)


def lines(canvas: Canvas) -> list[str]:
    return canvas.plain().split("\n")


def test_a_day_stands_by_its_weekday_and_week_in_the_colour_of_its_error(tmp_path: Path) -> None:
    dataset = dated(tmp_path, SEASON)
    first = np.datetime64(span(dataset).first, "D")
    assert str(first) == "2024-01-16"
    canvas = paint(dataset, {"2024-01-16": 0.75, "2024-03-31": 9.0})
    at = canvas.background - CODES["band0"]
    assert at[3, 5] == BANDS // 2  # half of 1.5 standard deviations
    assert (at[8, 15], at[4, 5]) == (BANDS - 1, 0)
    assert (canvas.background[2, 5], canvas.background[8, 16]) == (CODES["ground"], CODES["ground"])
    rows = lines(canvas)
    assert [row[:4] for row in rows[2:9]] == [f" {name}" for name in calendar.WEEKDAYS]
    assert rows[9] == "2024   Feb Mar"


def test_the_worst_days_are_marked_and_listed_the_worst_first(tmp_path: Path) -> None:
    canvas = paint(dated(tmp_path, SEASON), {"2024-02-14": 5.0, "2024-03-29": -6.0, "2024-02-15": 0.5})
    marked = {glyph: np.argwhere(canvas.characters[2:9] == ord(glyph)).tolist() for glyph in "▲▼"}
    assert marked == {"▲": [[4, 15]], "▼": [[2, 9]]}
    rows = lines(canvas)
    assert rows[10] == "     Off by more than twice the rmse, which is 0.898"
    assert rows[11].split() == ["▲", "Fri", "29", "Mar", "2024", "true", "1.00", "predicted", "−5.00"]
    assert rows[12].split() == ["▼", "Wed", "14", "Feb", "2024", "true", "1.00", "predicted", "6.00"]
    assert len(rows) == 20 and not any(rows[13:])


def test_where_no_day_stands_out_none_is_marked(tmp_path: Path) -> None:
    dataset = dated(tmp_path, SEASON)
    canvas = calendar.paint(dataset, span(dataset).true + 1.0, 0, 80, 20, DARK)
    assert lines(canvas)[10] == "     No day is off by more than twice the rmse, which is 1.00"
    assert not set("▲▼") & set(canvas.plain())


@pytest.mark.parametrize(("date", "shown"), [("2022-01-10", ["2022", "2023"]), ("2024-06-20", ["2023", "2024"])])
def test_of_several_years_each_is_a_band_and_those_around_the_marked_week_are_shown(
    tmp_path: Path, date: str, shown: list[str]
) -> None:
    dataset = dated(tmp_path, YEARS, 0.6)
    rows = lines(paint(dataset, {}, window=day(dataset, date)))
    assert [row[:4] for row in (rows[9], rows[18])] == shown
    mark = 1 if date.startswith(shown[0]) else 10
    weeks = (np.datetime64(date) - np.datetime64(f"{date[:4]}-01-01")).astype(int) // 7
    assert rows[mark].index("▾") - calendar.LEFT in (weeks, weeks + 1)


def test_business_days_have_their_weekdays_and_no_weekends(tmp_path: Path) -> None:
    working = SEASON[np.is_busday(SEASON)]
    dataset = dated(tmp_path, working)
    assert dataset.period == "business day"
    predicted = span(dataset).true.astype(float)
    predicted[-1] += 9.0
    canvas = calendar.paint(dataset, predicted, 0, 80, 20, DARK)
    rows = lines(canvas)
    assert rows[11].split()[:5] == ["▼", "Fri", "29", "Mar", "2024"]
    assert (canvas.background[7:9, 5:] == CODES["ground"]).all()
    assert (canvas.background[2:7, 6:16] != CODES["ground"]).all()
    assert rows[9] == "2024   Feb Mar"


def test_larger_screens_have_larger_days(tmp_path: Path) -> None:
    canvas = paint(dated(tmp_path, SEASON), {"2024-01-16": 9.0}, (120, 36))
    assert np.argwhere(canvas.background == CODES[f"band{BANDS - 1}"])[:, 0].tolist()[-6:] == [5, 5, 6, 6, 7, 7]
    assert (lines(canvas)[6][5], lines(canvas)[3][:4]) == ("▼", " Mon")


def test_without_colours_of_its_own_the_terminal_shades_the_days(tmp_path: Path) -> None:
    rows = lines(paint(dated(tmp_path, SEASON), {"2024-01-16": 0.75, "2024-03-31": 9.0}, palette=ANSI))
    assert rows[3][5] == "▒"


def test_before_anything_is_predicted_the_calendar_is_empty(tmp_path: Path) -> None:
    canvas = calendar.paint(dated(tmp_path, SEASON), None, 0, 80, 20, DARK)
    assert not any(lines(canvas)[10:])
    assert (canvas.background[2:9] == CODES["ground"]).all()


def test_a_diverged_network_has_no_colours(tmp_path: Path) -> None:
    dataset = dated(tmp_path, SEASON)
    with np.errstate(all="raise"):
        canvas = calendar.paint(dataset, np.full(len(span(dataset).true), np.nan), 0, 80, 20, DARK)
    assert (canvas.background[2:9] == CODES["ground"]).all()
