"""Dated data as a picture: ticks, misses and the strip of errors, to the cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import data
from data import Dataset
from engine import Network, Recipe
from tui.draw.canvas import Canvas
from tui.draw.palette import CODES, DARK
from tui.run.choice import Choice, nearest
from tui.run.facts import Outputs
from tui.run.snapshot import Snapshot
from tui.views import ViewState
from tui.views.fit import series

WIDTH, HEIGHT = 48, 22
STATE = ViewState()
DAYS = np.arange("2024-02-10", "2024-03-31", dtype="datetime64[D]")
YEAR = np.arange("2023-01-01", "2024-03-31", dtype="datetime64[D]")
MONTHS = np.arange("2000-01", "2024-03", dtype="datetime64[M]").astype("datetime64[D]")
WEEKS = np.arange("2021-01-04", "2024-11-04", 7, dtype="datetime64[D]")


def dated(folder: Path, times: np.ndarray, unseen: float) -> Dataset:
    """0, 1, 2, 3, 4, 0, … at these times, the last part of them unseen."""
    path = folder / "own.csv"
    path.write_text("when,y\n" + "".join(f"{time},{row % 5}\n" for row, time in enumerate(times)))
    return data.load(path, lags=1, test_fraction=unseen)


def paint(dataset: Dataset, misses: dict[int, float], width: int = WIDTH, state: ViewState = STATE) -> Canvas:
    """The picture where the prediction is off by `misses`, {row of the span: by how much}, and right elsewhere."""
    shown = series.span(dataset)
    off = np.array([misses.get(row, 0.0) for row in range(len(shown.true))])
    outputs = np.empty(len(off), np.float32)
    outputs[shown.rows] = off / dataset.y_scale + np.asarray(dataset.y_test)[shown.rows]
    network = Network(1, [])
    snapshot = Snapshot(
        dataset=dataset,
        network=network,
        chosen=nearest(Choice(), network),
        recipe=Recipe(),
        seed=0,
        update=0,
        epoch=0,
        progress=0.0,
        rate=0.001,
        answers={Outputs("test"): outputs},
    )
    return series.paint(snapshot, width, HEIGHT, DARK, state)


def lines(canvas: Canvas) -> list[str]:
    return canvas.plain().split("\n")


def test_a_miss_is_a_column_of_dots_between_the_truth_and_the_prediction(tmp_path: Path) -> None:
    """The first unseen day is Thursday, 7 March 2024; days stand two cells apart."""
    canvas = paint(dated(tmp_path, DAYS, 0.5), {0: -2.9, 7: -2.9, 9: 0.07})
    # the prediction's line takes over the cells that it shares with the dots
    assert np.argwhere(canvas.foreground == CODES["miss"]).tolist() == [[5, 22], [11, 8]]
    rows = lines(canvas)
    assert rows[0] == "       y           ∘ true, unseen   ━ predicted"
    assert (rows[-7][7:9], rows[-4], rows[-1]) == (" ▼", "       |error| over the unseen days", "")
    assert rows[-5] == "             11 Mar        18 Mar        25 Mar"


def test_bars_of_the_errors_are_in_sixteenths_of_the_largest(tmp_path: Path) -> None:
    off = {0: 16.0, 2: 0.5, 4: -3.5, 6: 7.5, 8: 8.5, 10: -11.5, 14: 14.5, 15: 1.5, 23: 15.5}
    rows = lines(paint(dated(tmp_path, DAYS, 0.5), off, width=32))
    assert rows[-3] == "  16.0 █       ▁ ▄   ▇        █"
    assert rows[-2] == "     0 █ ▁ ▄ █ █ █   █▂       █"


def test_the_window_is_lit_in_the_strip_and_months_stand_under_it(tmp_path: Path) -> None:
    """363 unseen days; the last window has 20 of them, 40 columns for all."""
    dataset = dated(tmp_path, YEAR, 0.8)
    last = series.last_window(dataset, WIDTH, HEIGHT)
    canvas = paint(dataset, {}, state=ViewState(window=last))
    lit = np.flatnonzero((canvas.background == CODES["window"])[-3]) - 7
    first, end = last * 40 // 363, (last + 20) * 40 // 363
    assert (last, lit.tolist()) == (343, list(range(first, end)))
    assert lines(canvas)[-1] == "                Jul       Oct        Jan"
    assert lines(canvas)[-5] == "     11 Mar        18 Mar        25 Mar"


@pytest.mark.parametrize(
    ("times", "unseen", "ticks"),
    [
        (MONTHS, 0.5, "               2015             2020"),
        (WEEKS, 0.5, "       2023       Jul       2024      Jul"),
    ],
    ids=["months", "weeks"],
)
def test_the_whole_span_has_ticks_with_room_between(
    tmp_path: Path, times: np.ndarray, unseen: float, ticks: str
) -> None:
    assert lines(paint(dated(tmp_path, times, unseen), {}, state=ViewState(zoom=True)))[-5] == ticks


@pytest.mark.parametrize(("width", "told"), [(60, True), (51, True), (50, False), (48, False)])
def test_the_weekend_has_its_words_where_they_fit(tmp_path: Path, width: int, told: bool) -> None:
    legend = lines(paint(dated(tmp_path, DAYS, 0.5), {}, width=width))[0]
    assert ("█ weekend" in legend) == told
    assert legend.startswith("       y ") and "∘ true, unseen   ━ predicted" in legend


def test_saturdays_and_sundays_have_another_ground(tmp_path: Path) -> None:
    """From Thursday, 7 March: 9, 10, 16, 17, 23 and 24 March, two cells each."""
    ground = paint(dated(tmp_path, DAYS, 0.5), {}).background == CODES["weekend"]
    columns = np.flatnonzero(ground[3]) - 7
    assert columns.tolist() == [2 * day + half for day in (2, 3, 9, 10, 16, 17) for half in (0, 1)]
    assert np.flatnonzero(ground.any(axis=1)).tolist() == list(range(1, HEIGHT - 6))
