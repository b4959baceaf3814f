"""Dated data as a calendar: weekdays down, weeks across, colour by how far off a day is, a glyph for the worst."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import Canvas
from tui.draw.frame import per_dataset, words
from tui.draw.maps import draw_map
from tui.draw.numbers import short
from tui.views.fit.span import MONTHS, Span, date_words, dates_of, span

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ABOVE, BELOW = "▲", "▼"  # the truth, of the prediction
LEFT = 5  # columns of the weekdays' names
WEEKS = 54  # that a year touches, at most
TOP = 1.5  # standard deviations of the truth that the last colour stands for: it stays while errors shrink
FAR = 2.0  # how many times the rmse a day must be off to be one of the worst
MOST = 12  # of them
_THURSDAY = 3  # 1 January 1970 was one
_ITEM = 52  # columns of one of the worst days in the list


@dataclass(frozen=True, slots=True)
class Places:
    """Where the days of a span stand. A band is a calendar year, or all of a span that is no longer."""

    band: np.ndarray  # (N,) int from 0
    week: np.ndarray  # (N,) int: the column in the band
    weekday: np.ndarray  # (N,) int: Monday is 0
    first: tuple[int, ...]  # the Monday with which each band begins, in days since 1970

    @property
    def bands(self) -> int:
        return len(self.first)


@per_dataset
def places(dataset: Dataset) -> Places:
    """Those of the days that the fit shows."""
    shown = span(dataset)
    date = dates_of(shown).astype(int)
    week, weekday = np.divmod(date + _THURSDAY, 7)
    if week[-1] - week[0] < WEEKS:
        band, start = np.zeros(len(week), int), week[:1]
    else:
        year = date.astype("datetime64[D]").astype("datetime64[Y]")
        band = (year - year[0]).astype(int)
        opening = (year[0] + np.arange(band[-1] + 1).astype("timedelta64[Y]")).astype("datetime64[D]").astype(int)
        start = (opening + _THURSDAY) // 7
    return Places(band, week - start[band], weekday, tuple((7 * start - _THURSDAY).tolist()))


def paint(
    dataset: Dataset, predicted: np.ndarray | None, window: int, width: int, height: int, palette: Palette
) -> Canvas:
    """The days; `predicted` (N,) are those of the span's rows, `window` is the day at which the marked week begins."""
    canvas = Canvas(width, height)
    shown, at = span(dataset), places(dataset)
    error = np.full(len(shown.true), np.nan) if predicted is None else shown.true - predicted
    top = TOP * float(shown.true.std()) or 1.0
    chosen = int(np.searchsorted(shown.day, window).clip(0, len(shown.day) - 1))
    across = min(max((width - LEFT) // WEEKS, 1), 3)
    below = 1 + MOST // max(1, (width - LEFT) // _ITEM)
    down = min(max((height - 3 - below) // 7, 1), 3) if at.bands == 1 else 1
    each = 7 * down + 2  # a row for the mark, and one for the months
    count = min(at.bands, max(1, (height - 1) // each))
    first = min(int(at.band[chosen]), at.bands - count)
    worst = _worst(error)
    _draw_head(canvas, dataset, shown, top, palette)
    for place in range(count):
        row, band = 2 + place * each, first + place
        _draw_names(canvas, row, down)
        share = np.full((7, WEEKS), np.nan)
        own = at.band == band
        share[at.weekday[own], at.week[own]] = np.abs(error[own]) / top
        draw_map(canvas, row, LEFT, share.repeat(2 * down, axis=0).repeat(across, axis=1), palette)
        _draw_months(canvas, row + 7 * down, across, at, band, dates_of(shown))
        for day in worst[own[worst]]:
            glyph = ABOVE if error[day] > 0 else BELOW
            line = row + down * int(at.weekday[day]) + (down - 1) // 2
            canvas.text(line, LEFT + across * int(at.week[day]), glyph, "bright", True)
        if at.band[chosen] == band:
            canvas.text(row - 1, LEFT + across * int(at.week[chosen]), "▾", "now")
    if predicted is not None:
        _draw_list(canvas, 1 + count * each, shown, predicted, error, worst)
    return canvas


def _worst(error: np.ndarray) -> np.ndarray:
    """The days that are far more off than usual, the worst one first."""
    size = np.where(np.isfinite(error), np.abs(error), 0.0)
    order = np.argsort(-size, kind="stable")[:MOST]
    far: np.ndarray = order[size[order] > FAR * _rmse(error)]
    return far


def _rmse(error: np.ndarray) -> float:
    """That of the finite errors (N,); inf where it is none."""
    finite = error[np.isfinite(error)]
    with np.errstate(over="ignore"):
        return float(np.sqrt((finite**2).mean())) if finite.size else np.inf


def _draw_head(canvas: Canvas, dataset: Dataset, shown: Span, top: float, palette: Palette) -> None:
    """What the colours and the glyphs mean."""
    where = "unseen" if shown.unseen else "training"
    end = canvas.text(
        0, LEFT, f"|error| of the {where} days, {words(dataset.target_label, dataset.target_unit)}", "quiet"
    )
    ends = ("0 ", f" {short(top)} and more")
    glyphs = f"   {ABOVE} {BELOW} true far above, below"
    start = canvas.width - 1 - len(ends[0]) - 9 - len(ends[1]) - len(glyphs)
    if start < end + 2:
        glyphs, start = "", start + len(glyphs)
    if start >= end + 2:
        column = canvas.text(0, start, ends[0], "label")
        draw_map(canvas, 0, column, np.linspace(0.0, 1.0, 9)[np.newaxis].repeat(2, axis=0), palette)
        canvas.text(0, column + 9, ends[1] + glyphs, "label")


def _draw_names(canvas: Canvas, row: int, down: int) -> None:
    for weekday, name in enumerate(WEEKDAYS):
        canvas.text(row + down * weekday + (down - 1) // 2, 1, name, "label")


def _draw_months(canvas: Canvas, row: int, across: int, at: Places, band: int, dates: np.ndarray) -> None:
    """The year, and each month under the week in which it begins; a January of another year is told by that."""
    first = at.first[band]
    year = 1970 + int(np.datetime64(first + 6, "D").astype("datetime64[Y]").astype(int))
    canvas.text(row, 0, str(year), "quiet")
    free = 0
    for month in range(12 * (year - 1970), 12 * (year - 1970 + (1 if at.bands > 1 else 2))):
        opening = np.datetime64(month, "M").astype("datetime64[D]")
        column = LEFT + across * ((int(opening.astype(int)) - first) // 7)
        label = str(year + 1) if month == 12 * (year + 1 - 1970) else MONTHS[month % 12]
        if column >= free and dates[0] <= opening <= dates[-1]:
            free = canvas.text(row, column, label, "label") + 1


def _draw_list(
    canvas: Canvas, top: int, shown: Span, predicted: np.ndarray, error: np.ndarray, worst: np.ndarray
) -> None:
    """The worst days in words, as many as have room."""
    if top + 2 > canvas.height:
        return
    dates = dates_of(shown)
    said = "Off by more than" if len(worst) else "No day is off by more than"
    canvas.text(top, LEFT, f"{said} twice the rmse, which is {short(_rmse(error))}", "quiet")
    if canvas.width > 80:
        canvas.text_right(top, canvas.width - 1, "← → the week ▾   z shows it", "quiet")
    columns = max(1, (canvas.width - LEFT) // _ITEM)
    rows = min(canvas.height - top - 1, -(-len(worst) // columns))
    for place, day in enumerate(worst[: rows * columns].tolist()):
        row, left = top + 1 + place % rows, LEFT + _ITEM * (place // rows)
        date = dates[day]
        weekday = WEEKDAYS[int(date.astype(int) + _THURSDAY) % 7]
        canvas.text(row, left, ABOVE if error[day] > 0 else BELOW, "bright", True)
        canvas.text(row, left + 2, f"{weekday} {date_words(date, True)} {date.astype('datetime64[Y]')}", "text")
        column = canvas.text(row, left + 20, f"true {short(float(shown.true[day]))}", "unseen")
        canvas.text(row, max(column + 2, left + 32), f"predicted {short(float(predicted[day]))}", "model")
