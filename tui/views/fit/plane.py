"""Two features: the model's output as a map in nine bands, its zero line, and the points on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tui.draw.axes import columns_a_tick, linear, rows_a_tick
from tui.draw.canvas import Canvas, cut
from tui.draw.frame import Frame, draw_axes, finite_range, per_dataset
from tui.draw.maps import draw_map
from tui.draw.numbers import minus, short
from tui.run.batches import LastBatch
from tui.run.facts import Predictions, Request
from tui.views import examples
from tui.views.fit import extras

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

_LEGEND = 11  # columns of the legend, where the panel has at least 66
_SMALL, _LARGE = ("•", "∘"), ("●", "○")  # train and unseen: filled for +1, hollow for −1


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """What is fitted, after the panel's name."""
    return snapshot.dataset.target_label


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """The predictions at the map's pixels."""
    return (Predictions(points, (width, height)), *((LastBatch(),) if state.batch else ()))


def points(dataset: Dataset, width: int, height: int) -> np.ndarray:
    """The middles of the map's pixels, (2 · rows · columns, 2) scaled, row by row from the top."""
    frame = layout(dataset, width, height)
    x = frame.x.value(np.arange(frame.columns) + 0.5)
    y = frame.y.value(frame.rows - (np.arange(2 * frame.rows) + 0.5) / 2)
    across, up = np.meshgrid(x, y)
    return dataset.scale(np.stack((across.ravel(), up.ravel()), axis=1))


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """Map, zero line, points, axes, and the legend where there is room."""
    canvas = Canvas(width, height)
    dataset, frame = snapshot.dataset, layout(snapshot.dataset, width, height)
    draw_axes(canvas, frame, _name(dataset, 0), grid=False)
    low, high = bounds(dataset)
    if (probe := snapshot.answer(Predictions(points, (width, height)))) is not None:
        values = probe.y.reshape(2 * frame.rows, frame.columns)
        draw_map(canvas, frame.top, frame.left, (values - low) / (high - low), palette)
        if dataset.labels:
            canvas.braille(frame.top, frame.left, zero_line(values), "bright")
    canvas.text(0, frame.left + 1, _name(dataset, 1), "label")
    if width < 66:
        _name_glyphs(canvas, frame, dataset)
    _draw_points(canvas, frame, snapshot, state)
    examples.mark(canvas, frame, dataset, state)
    if width >= 66:
        _draw_legend(canvas, frame, dataset, palette, (low, high))
    return canvas


@per_dataset
def layout(dataset: Dataset, width: int, height: int) -> Frame:
    raw = [dataset.unscale_x(x) for x in (dataset.whole.x_train, dataset.x_test) if x is not None]
    rows = max(1, height - 3)
    y = linear(*_with_room(*(x[:, 1] for x in raw)), rows, rows_a_tick(rows))
    left = min(y.label_width + 1, max(1, width - 2)) + 1
    columns = max(1, width - left - 1 - (_LEGEND if width >= 66 else 0))
    x = linear(*_with_room(*(x[:, 0] for x in raw)), columns, columns_a_tick(columns))
    return Frame(1, left, rows, columns, x, y)


def _with_room(*values: np.ndarray) -> tuple[float, float]:
    low, high = finite_range(*values)
    return low - 0.04 * (high - low), high + 0.04 * (high - low)


def _name(dataset: Dataset, feature: int) -> str:
    return f"{dataset.feature_labels[feature]} {dataset.feature_units[feature]}".strip()


@per_dataset
def bounds(dataset: Dataset) -> tuple[float, float]:
    """What the lowest and the highest band stand for: ±1, or the range of the target."""
    if dataset.labels:
        return -1.0, 1.0
    low, high = finite_range(dataset.unscale(dataset.whole.y_train))
    return (low, high) if high > low else (low - 1.0, low + 1.0)


def zero_line(values: np.ndarray) -> np.ndarray:
    """Dots (4 · rows, 2 · columns) where the pixels (2 · rows, columns), interpolated, change their sign."""
    fine = _twice(_twice(np.clip(np.nan_to_num(values), -1e30, 1e30)).T).T
    dots = np.zeros(fine.shape, bool)
    for axis in (0, 1):
        a, b = (fine[:-1], fine[1:]) if axis == 0 else (fine[:, :-1], fine[:, 1:])
        change = (a > 0) != (b > 0)
        first = change & (np.abs(a) <= np.abs(b))
        near, far = (dots[:-1], dots[1:]) if axis == 0 else (dots[:, :-1], dots[:, 1:])
        near |= first
        far |= change & ~first
    return dots


def _twice(values: np.ndarray) -> np.ndarray:
    """Two rows for each, interpolated between the middles of the neighbours."""
    before, after = np.vstack((values[:1], values[:-1])), np.vstack((values[1:], values[-1:]))
    fine = np.empty((2 * len(values), values.shape[1]))
    fine[0::2], fine[1::2] = 0.75 * values + 0.25 * before, 0.75 * values + 0.25 * after
    return fine


def _draw_points(canvas: Canvas, frame: Frame, snapshot: Snapshot, state: ViewState) -> None:
    dataset = snapshot.dataset
    sets = []
    for rows, glyphs, colour in extras.groups(snapshot, state):
        sets.append(
            (dataset.x_train[rows], dataset.y_train[rows], glyphs, "train_map" if colour == "train" else colour)
        )
    if dataset.x_test is not None and dataset.y_test is not None:
        sets.insert(1, (dataset.x_test, dataset.y_test, _LARGE, "unseen"))
    for x, y, (filled, hollow), colour in sets:
        raw = dataset.unscale_x(x)
        high = y > 0 if dataset.labels else np.ones(len(y), bool)
        for chosen, glyph in ((high, filled), (~high, hollow)):
            row, column = frame.cells(raw[chosen, 0], raw[chosen, 1])
            canvas.glyphs(row, column, glyph, colour)


def _name_glyphs(canvas: Canvas, frame: Frame, dataset: Dataset) -> None:
    """What the glyphs mean, in the top row where there is no room for the legend."""
    low, high = dataset.label_names
    labels = [f"●{high} ○{low} large: unseen", f"●{high} ○{low}"] if dataset.labels else []
    for text in labels or ["• train ● unseen"]:
        if len(_name(dataset, 1)) + len(text) + 3 <= frame.columns:
            canvas.text_right(0, frame.left + frame.columns - 1, text, "label")
            return


def _draw_legend(canvas: Canvas, frame: Frame, dataset: Dataset, palette: Palette, bounds: tuple[float, float]) -> None:
    """The bands with their values, and what the glyphs mean; the last lines first give way."""
    column = frame.left + frame.columns + 2
    unseen = dataset.x_test is not None
    canvas.text(0, column, "output", "quiet")
    bands = 9 if frame.rows >= 22 else 5
    ramp = np.linspace(1.0, 0.0, 2 * bands)[:, np.newaxis] * np.ones((1, 2))
    draw_map(canvas, 1, column, ramp, palette)
    for row, value in ((1, bounds[1]), (1 + bands // 2, sum(bounds) / 2), (bands, bounds[0])):
        text = minus(f"{value:+g}") if dataset.labels and value else short(value)
        canvas.text(row, column + 3, text, "label")
    lines: list[tuple[str, str, str]] = []
    for name, (filled, hollow), colour in (("train", _SMALL, "train_map"), ("unseen", _LARGE, "unseen")):
        if name == "train" or unseen:
            low, high = (cut(label, _LEGEND - 3) for label in dataset.label_names)
            both = [("", "label", name), (filled, colour, high), (hollow, colour, low)]
            lines += both if dataset.labels else [(filled, colour, name)]
    if dataset.labels:
        lines.append(("••", "bright", "0"))
    row = bands + 2
    for glyph, colour, text in lines[: max(0, frame.rows - row)]:
        if glyph == "••":
            canvas.codes(row, column, np.full((1, 2), 0x12), colour)
        else:
            canvas.text(row, column, glyph, colour)
        canvas.text(row, column + (3 if glyph == "••" else 2 if glyph else 0), text, "label")
        row += 1
