"""The fit of one feature: data, the model's curve, and where on the x axis each unit acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tui.draw import plotting
from tui.draw.axes import columns_a_tick, linear, rows_a_tick
from tui.draw.canvas import Canvas
from tui.draw.frame import Frame, draw_axes, finite_range, mark_edges, per_dataset, say_where, words
from tui.draw.lines import stroke
from tui.run.facts import Predictions, Probe, Request
from tui.run.ghosts import GhostCurves
from tui.views import examples, knots
from tui.views.fit import extras

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """What is fitted, after the panel's name, where nothing else is to be said: there is room for one."""
    told = snapshot.dataset.truth is None or extras.subtitle(snapshot, state)
    return "" if told else "thin line: without noise"


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """The predictions across the whole frame."""
    return (Predictions(points, (width, height)), *extras.requests(state, points, width, height))


def points(dataset: Dataset, width: int, height: int) -> np.ndarray:
    """Scaled x, (2 · columns + 1, 1): the borders of the dot columns."""
    frame = layout(dataset, width, height)
    return dataset.scale(frame.x.value(np.arange(2 * frame.columns + 1) / 2)[:, np.newaxis])


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """The plot: grid, known target, data, and on top the curve, two dots thick."""
    canvas = Canvas(width, height)
    dataset, frame = snapshot.dataset, layout(snapshot.dataset, width, height)
    draw_axes(canvas, frame, words(dataset.feature_labels[0], dataset.feature_units[0]), palette.depth != "none")
    if dataset.truth is not None:
        canvas.codes(frame.top, frame.left, _truth_line(dataset, frame), "truth")
    points_of = _examples(dataset)
    assert points_of["train"] is not None  # only of unseen examples there may be none
    x, y = points_of["train"]
    if state.ghosts and (ghosts := snapshot.answer(GhostCurves(points, (width, height)))) is not None:
        extras.draw_ghosts(canvas, frame, ghosts, palette.depth != "truecolor")
    if state.bars:
        extras.draw_bars(canvas, frame, snapshot, x, y)
    groups = extras.groups(snapshot, state)
    for rows, (glyph, _), colour in groups:
        canvas.glyphs(*frame.cells(x[rows], y[rows]), glyph, colour)
    if (pair := points_of["unseen"]) is not None:
        canvas.glyphs(*frame.cells(*pair), "∘", "unseen")
    if (probe := _probe(snapshot, width, height)) is not None:
        _draw_curve(canvas, frame, dataset, probe, small=width < 60)
    for rows, (glyph, _), colour in groups[2:]:  # those of the last update are seen on the curve too
        canvas.glyphs(*frame.cells(x[rows], y[rows]), glyph, colour)
    examples.mark(canvas, frame, dataset, state)
    knots.draw(canvas, frame, snapshot)
    canvas.text(frame.top, frame.left + 1, words(dataset.target_label, dataset.target_unit), "quiet")
    return canvas


@per_dataset
def layout(dataset: Dataset, width: int, height: int) -> Frame:
    """The frame for a panel of this size: a function of the data alone, so it stands still."""
    sets = [pair for pair in _examples(dataset.whole).values() if pair is not None]
    low, high = finite_range(*(y for _, y in sets))
    rows = max(1, height - 2)
    y = linear(low, high, rows, rows_a_tick(rows))
    left = min(y.label_width + 1, max(1, width - 2)) + 1
    columns = max(1, width - left - 1)
    x = linear(*finite_range(*(x for x, _ in sets)), columns, columns_a_tick(columns))
    return Frame(0, left, rows, columns, x, y)


@per_dataset
def _examples(dataset: Dataset) -> dict[str, tuple[np.ndarray, np.ndarray] | None]:
    """x (N,) and y (N,) of either split in the data's own units."""
    train = (dataset.unscale_x(dataset.x_train)[:, 0], dataset.unscale(dataset.y_train))
    if dataset.x_test is None or dataset.y_test is None:
        return {"train": train, "unseen": None}
    return {"train": train, "unseen": (dataset.unscale_x(dataset.x_test)[:, 0], dataset.unscale(dataset.y_test))}


@per_dataset
def _truth_line(dataset: Dataset, frame: Frame) -> np.ndarray:
    """The noise-free target across the frame, as eight-dot patterns."""
    assert dataset.truth is not None
    x = frame.x.value(np.arange(2 * frame.columns + 1) / 2)
    return plotting.line(*frame.dots(x, dataset.truth(x[:, np.newaxis])), frame.rows, frame.columns)


def _probe(snapshot: Snapshot, width: int, height: int) -> Probe | None:
    """The predictions to draw; until those for a new size are there, the ones for the size before."""
    asked = Predictions(points, (width, height))
    others = (request for request in snapshot.answers if isinstance(request, Predictions) and request.points is points)
    return snapshot.answer(asked) or next(map(snapshot.answer, others), None)


def _draw_curve(canvas: Canvas, frame: Frame, dataset: Dataset, probe: Probe, small: bool) -> None:
    """The hero; where it covers a point, the point tints the cell."""
    x = dataset.unscale_x(probe.x)[:, 0]
    dots = frame.raster()
    stroke(dots, *frame.dots(x, probe.y), thick=True)
    taken = np.zeros((canvas.height, canvas.width), bool)
    covered = canvas.braille(frame.top, frame.left, dots, "model")
    taken[frame.top : frame.top + covered.shape[0], frame.left : frame.left + covered.shape[1]] = covered
    for name, pair in _examples(dataset).items():
        if pair is not None:
            row, column = frame.cells(*pair)
            inside = (row < canvas.height) & (column < canvas.width)
            row, column = row[inside], column[inside]
            hidden = taken[row, column]
            canvas.tint(row[hidden], column[hidden], f"{name}_tint" + "_small" * small)
    mark_edges(canvas, frame, x, probe.y, "model")
    say_where(canvas, frame, probe.y, dataset.target_unit)


def grab(snapshot: Snapshot, width: int, height: int, row: int, column: int) -> int | None:
    """The unit whose number stands in this cell or right beside it; None where there is none."""
    return knots.grab(layout(snapshot.dataset, width, height), snapshot, row, column)


def dragged(snapshot: Snapshot, width: int, height: int, column: int, rows: int) -> tuple[float, float]:
    """(the scaled x of a column, how much this many rows are in scaled y)."""
    return knots.dragged(layout(snapshot.dataset, width, height), snapshot.dataset, column, rows)
