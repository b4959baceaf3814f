"""Dated data: a window of the unseen span, true against predicted, and where the errors lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tui.draw.axes import Axis, linear, rows_a_tick
from tui.draw.canvas import Canvas
from tui.draw.frame import Frame, draw_axes, finite_range, mark_edges, per_dataset, say_where, words
from tui.draw.lines import bars, stroke
from tui.draw.numbers import short
from tui.run.dated import MONDAY, ON_WEEKDAYS, naive
from tui.run.facts import Outputs, Request
from tui.run.ghosts import GhostCurves
from tui.views.fit import calendar, extras
from tui.views.fit.span import MONTHS, Span, date_words, span

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

_STRIP = 4  # rows of the errors over the whole span: a heading, two of bars, the months
_BARS = " ▁▂▃▄▅▆▇█"


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """What is fitted, after the panel's name."""
    return ""


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """The predictions of the whole span: the strip of errors needs them whatever the window."""
    return (_outputs(dataset), *((GhostCurves(inputs),) if state.ghosts else ()))


def _outputs(dataset: Dataset) -> Outputs:
    return Outputs("test" if span(dataset).unseen else "train")


def inputs(dataset: Dataset) -> np.ndarray:
    """Scaled x (N, n_inputs) of the rows that the view shows, in order of time."""
    shown = span(dataset)
    x = dataset.x_test if shown.unseen else dataset.x_train
    assert x is not None
    rows: np.ndarray = x[shown.rows]
    return rows


def last_window(dataset: Dataset, width: int, height: int) -> int:
    """The largest `ViewState.window`: the one whose right end is the last day."""
    return max(0, span(dataset).length - _days(_layout(dataset, width, height, 0, False)))


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """Legend, plot, and where there is room the strip of errors with the window lit; zoomed days are a calendar."""
    dataset, shown = snapshot.dataset, span(snapshot.dataset)
    outputs = snapshot.answer(_outputs(dataset))
    predicted = None if outputs is None else dataset.unscale(outputs)[shown.rows]
    if state.zoom and shown.period in ON_WEEKDAYS:
        return calendar.paint(dataset, predicted, state.window, width, height, palette)
    canvas = Canvas(width, height)
    start = min(max(0, state.window), 0 if state.zoom else last_window(dataset, width, height))
    frame = _layout(dataset, width, height, start, state.zoom)
    draw_axes(canvas, frame, grid=palette.depth != "none")
    if shown.period == "day":
        _draw_weekends(canvas, frame, shown, palette)
    _draw_legend(canvas, frame, dataset, shown, palette)
    if state.bars and shown.unseen:
        _draw_baselines(canvas, frame, shown, dataset)
    ghosts = (snapshot.answer(GhostCurves(inputs)) if state.ghosts else None) or ()
    for (_, values), shade in zip(ghosts, extras.shades(len(ghosts)), strict=True):
        _draw_line(canvas, frame, shown, values, shade)
    _draw_series(canvas, frame, shown, predicted)
    if predicted is not None:
        say_where(canvas, frame, predicted[_near(frame, shown)].astype(float), dataset.target_unit)
    if predicted is not None and frame.top + frame.rows + 2 + _STRIP <= height:
        _draw_errors(canvas, frame, shown, predicted)
        whole = "calendar" if shown.period in ON_WEEKDAYS else "all"
        moves = f"← → move the window   z {whole}" if last_window(dataset, width, height) else ""
        hint = "z window" if state.zoom else moves
        if frame.columns > 36 + len(hint):
            canvas.text_right(frame.top + frame.rows + 2, frame.left + frame.columns, hint, "quiet")
    return canvas


@per_dataset
def _layout(dataset: Dataset, width: int, height: int, start: int, zoom: bool) -> Frame:
    """The plot under the legend; y from all of the span, so that moving the window leaves it alone."""
    shown = span(dataset)
    strip = _STRIP if height >= 20 and shown.length > 2 else 0
    rows = max(1, height - 3 - strip)
    y = linear(*finite_range(shown.true), rows, rows_a_tick(rows))
    labels = max(y.label_width, 5 if strip else 0)  # 5: the scale of the strip, 14.5k
    left = min(labels + 1, max(1, width - 2)) + 1
    columns = max(1, width - left - 1)
    per = columns / shown.length
    if not zoom:
        per = 2.0 if shown.period == "day" else min(4.0, max(1.0, np.floor(per)))
    days = columns / per
    ticks = _date_ticks(shown, start, int(np.ceil(days)), per)
    return Frame(1, left, rows, columns, Axis(columns, float(start), start + days, ticks), y)


def _days(frame: Frame) -> int:
    return int(frame.x.high - frame.x.low)


def _cells_a_day(frame: Frame) -> float:
    return frame.columns / (frame.x.high - frame.x.low)


def _date_ticks(shown: Span, start: int, days: int, per: float) -> tuple[tuple[int, str], ...]:
    """Mondays, or firsts of months where those are too close; months; round years; or round row numbers."""
    first = shown.first + start
    if shown.period == "hour":
        return _hour_ticks(first, days, per)
    if shown.period in ("day", "business day"):
        number = np.arange(first, first + days)
        daily = shown.period == "day"
        dates = number.astype("datetime64[D]") if daily else np.busday_offset(MONDAY, number)
        monday = (dates - MONDAY).astype(int) % 7 == 0
        before = dates - np.timedelta64(1, "D") if daily else np.busday_offset(dates, -1)
        opening = dates.astype("datetime64[M]") > before.astype("datetime64[M]")
        months = dates.astype("datetime64[M]").astype(int)
        far = max(1, int(np.ceil(7 / (30.4 * per))))
        at = np.flatnonzero(monday) if per >= 1.0 else np.flatnonzero(opening & (months % 12 % far == 0))
        return tuple((int(day * per), date_words(dates[day], per >= 1.0)) for day in at)
    if shown.period in ("week", "month", "quarter"):
        return _month_ticks(first, days, per, shown.period)
    step = next(s * 10**e for e in range(9) for s in (1, 2, 5) if s * 10**e * per >= 8)
    at = np.arange(-(-first // step) * step, first + days, step)
    return tuple((int((value - first) * per), str(value)) for value in at.tolist())


def _month_ticks(first: int, count: int, per: float, period: str) -> tuple[tuple[int, str], ...]:
    """Of weeks, months or quarters the first in a month, as many as have room; a January is told by its year."""
    place = np.arange(first - 1, first + count)
    length = {"month": 1, "quarter": 3}.get(period)
    mondays = MONDAY + (7 * place).astype("timedelta64[D]")
    months = length * place if length else mondays.astype("datetime64[M]").astype(int)
    opens, months = np.diff(months) > 0, months[1:]
    cells = per / length if length else per * 30.4 / 7
    far = next((far for far in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600) if far * cells >= 8), 1200)
    return tuple(
        (int(at * per), str(1970 + months[at] // 12) if months[at] % 12 == 0 else MONTHS[months[at] % 12])
        for at in np.flatnonzero(opens & (months % far == 0)).tolist()
    )


def _hour_ticks(first: int, count: int, per: float) -> tuple[tuple[int, str], ...]:
    """Midnights by their date, and even hours between them where there is room."""
    hours = np.arange(first, first + count)
    far = next((far for far in (3, 6, 12, 24, 48, 168, 336, 720, 1440, 4320) if far * per >= 8), 8760)
    return tuple(
        (int((hour - first) * per), f"{hour % 24}:00" if hour % 24 else date_words(midnight, True))
        for hour in hours[hours % far == 0].tolist()
        for midnight in [np.datetime64(hour // 24, "D")]
    )


def _draw_legend(canvas: Canvas, frame: Frame, dataset: Dataset, shown: Span, palette: Palette) -> None:
    end = canvas.text(0, frame.left, words(dataset.target_label, dataset.target_unit), "quiet")
    split = ("∘", "unseen", "true, unseen") if shown.unseen else ("•", "train", "true")
    parts = [(split[0] + " ", split[1], False), (split[2] + "   ", "label", False)]
    parts += [("━ ", "model", False), ("predicted", "label", False)]
    if shown.period == "day":
        glyph = ("█ ", "weekend", False) if palette.depth != "none" else ("┊ ", "quiet", False)
        more = [*parts, ("   ", "label", False), glyph, ("weekend", "label", False)]
        if end + 2 + sum(len(text) for text, _, _ in more) < canvas.width:
            parts = more
    start = canvas.width - 1 - sum(len(text) for text, _, _ in parts)
    if start > end + 1:
        canvas.parts(0, start, parts)


def _draw_weekends(canvas: Canvas, frame: Frame, shown: Span, palette: Palette) -> None:
    """Saturdays and Sundays as another ground; without colours as a dashed column."""
    day = np.floor(frame.x.low + (np.arange(frame.columns) + 0.5) / _cells_a_day(frame)).astype(int)
    weekday = (shown.first + day + 3) % 7  # 1 January 1970 was a Thursday
    columns = np.flatnonzero(weekday >= 5) + frame.left
    if palette.depth == "none":
        row, column = np.meshgrid(np.arange(frame.top, frame.top + frame.rows), columns, indexing="ij")
        canvas.glyphs(row.ravel(), column.ravel(), "┊", "quiet")
    else:
        canvas.tint(slice(frame.top, frame.top + frame.rows), columns, "weekend")


def _draw_series(canvas: Canvas, frame: Frame, shown: Span, predicted: np.ndarray | None) -> None:
    """True values as glyphs, misses as columns of dots from them to the prediction, the prediction on top."""
    near = _near(frame, shown)
    day, true = shown.day[near] + 0.5, shown.true[near]
    if predicted is not None:
        _draw_misses(canvas, frame, day, true, predicted[near])
    row, column = frame.cells(day - 0.5 + 0.5 / max(1.0, _cells_a_day(frame)), true)
    canvas.glyphs(row, column, "∘" if shown.unseen else "•", "unseen" if shown.unseen else "train")
    if predicted is None:
        return
    covered = _draw_line(canvas, frame, shown, predicted, "model", thick=True)
    row, column = row - frame.top, column - frame.left
    inside = (row < covered.shape[0]) & (column < covered.shape[1])
    row, column = row[inside], column[inside]
    hidden = covered[row, column]
    tint = "unseen_tint" if shown.unseen else "train_tint"
    canvas.tint(row[hidden] + frame.top, column[hidden] + frame.left, tint if frame.columns > 55 else tint + "_small")
    mark_edges(canvas, frame, day, predicted[near].astype(float), "model")


def _draw_baselines(canvas: Canvas, frame: Frame, shown: Span, dataset: Dataset) -> None:
    """A sign each day for each prediction that needs no learning."""
    near = _near(frame, shown)
    day = shown.day[near] + 0.5 / max(1.0, _cells_a_day(frame))
    for (_, values), sign in zip(naive(dataset), extras.BASELINES, strict=False):
        canvas.glyphs(*frame.cells(day, values[shown.rows][near]), sign, "label")


def _near(frame: Frame, shown: Span) -> np.ndarray:
    """Which rows lie in the window, or right beside it."""
    return (shown.day >= frame.x.low - 1) & (shown.day <= frame.x.high + 1)


def _draw_line(
    canvas: Canvas,
    frame: Frame,
    shown: Span,
    values: np.ndarray,
    colour: str,
    thick: bool = False,
) -> np.ndarray:
    """Values (N,) of the span's rows, broken where rows are missing; returns which cells of the frame it took."""
    near = _near(frame, shown)
    day, value, dots = shown.day[near] + 0.5, values[near].astype(float), frame.raster()
    gaps = np.flatnonzero(np.diff(day) > 1) + 1
    stroke(dots, *frame.dots(np.insert(day, gaps, np.nan), np.insert(value, gaps, np.nan)), thick)
    return canvas.braille(frame.top, frame.left, dots, colour)


def _draw_misses(canvas: Canvas, frame: Frame, day: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> None:
    dots = frame.raster()
    bars(dots, *frame.dots(day, true), frame.dots(day, predicted)[1])
    canvas.braille(frame.top, frame.left, dots, "miss")


def _draw_errors(canvas: Canvas, frame: Frame, shown: Span, predicted: np.ndarray) -> None:
    """Bars of the largest |error| in each slice of the span, its window lit, months under it."""
    top, columns = frame.top + frame.rows + 2, frame.columns
    where = "unseen" if shown.unseen else "training"
    canvas.text(top, frame.left, f"|error| over the {where} {shown.period or 'row'}s", "quiet")
    error = np.abs(predicted - shown.true)
    slot = shown.day * columns // shown.length
    each = np.zeros(columns)
    keep = np.isfinite(error)
    np.maximum.at(each, slot[keep], error[keep])
    largest = float(each.max())
    level = np.ceil(each / largest * 16).astype(int) if largest > 0 else np.zeros(columns, int)
    scale = short(largest)
    canvas.text_right(top + 1, frame.left - 1, scale[: frame.left - 1], "label")
    canvas.text_right(top + 2, frame.left - 1, "0", "label")
    left = int(frame.x.low) * columns // shown.length
    right = max(left + 1, int(min(frame.x.high, shown.length)) * columns // shown.length)
    for row, eighths in ((top + 1, level - 8), (top + 2, level)):
        text = "".join(_BARS[k] for k in np.clip(eighths, 0, 8))
        canvas.text(row, frame.left, text, "label")
        canvas.text(row, frame.left + left, text[left:right], "bright", background="window")
    per = columns / shown.length
    free = 0
    for cell, label in _date_ticks(shown, 0, shown.length, min(per, 0.99) if shown.period == "day" else per):
        start = frame.left + int(cell * (per / min(per, 0.99))) if shown.period == "day" else frame.left + cell
        if start >= free and start + len(label) <= canvas.width:
            free = canvas.text(top + 3, start, label, "label") + 1
