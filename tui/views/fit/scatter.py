"""Many undated features: predicted against true, with the diagonal on which a perfect model lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui.draw import plotting
from tui.draw.axes import columns_a_tick, linear, rows_a_tick
from tui.draw.canvas import Canvas
from tui.draw.frame import Frame, draw_axes, finite_range, per_dataset, say_where, words
from tui.run.facts import Outputs, Split

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

_SPLITS: tuple[tuple[Split, str, str, str], ...] = (("train", "•", "●", "train"), ("test", "∘", "○", "unseen"))
_MANY = 4  # points of one split in a cell: a larger glyph
_MOST = 2000  # points of either split that are drawn


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """What is drawn, after the panel's name."""
    return "predicted against true"


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Outputs, ...]:
    """The predictions of both splits."""
    return (Outputs("train"),) if dataset.y_test is None else (Outputs("train"), Outputs("test"))


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """The points; those that leave the frame stand at its edge as ▲ or ▼.

    Where both splits share a cell, the sparser one is on top, and training points tint the cell.
    """
    canvas = Canvas(width, height)
    dataset, frame = snapshot.dataset, _layout(snapshot.dataset, width, height)
    draw_axes(canvas, frame, words("true", dataset.target_unit), palette.depth != "none")
    _draw_head(canvas, frame, dataset)
    canvas.codes(frame.top, frame.left, _diagonal(dataset, frame), "quiet")
    told, train = [], np.zeros((2, 0), int)
    for split, few, many, colour in _SPLITS:
        if (outputs := snapshot.answer(Outputs(split))) is None:
            continue
        rows, true = _rows(dataset)[split]
        value = dataset.unscale(outputs[rows])
        told.append(value)
        cells, count = np.unique(np.stack(frame.cells(true, value)), axis=1, return_counts=True)
        for glyph, own in ((few, count < _MANY), (many, count >= _MANY)):
            canvas.glyphs(cells[0, own], cells[1, own], glyph, colour)
        _mark_edges(canvas, frame, true, value, colour)
        if split == "train":
            train = cells
        else:
            _tint(canvas, train, cells)
    if told:
        say_where(canvas, frame, np.concatenate(told), dataset.target_unit)
    return canvas


def _draw_head(canvas: Canvas, frame: Frame, dataset: Dataset) -> None:
    """What is up, and what the glyphs mean where there is room for it."""
    end = canvas.text(0, frame.left + 1, f"predicted {words(dataset.target_label, dataset.target_unit)}", "quiet")
    unseen = dataset.y_test is not None
    parts = [("• ", "train", False), ("train", "label", False)]
    parts += [("   ∘ ", "unseen", False), ("unseen", "label", False)] if unseen else []
    more = [*parts, ("   ●" + " ○" * unseen, "label", False), (f" {_MANY} and more", "label", False)]
    for pieces in (more, parts):
        start = frame.left + frame.columns - sum(len(text) for text, _, _ in pieces)
        if start >= end + 2:
            canvas.parts(0, start, pieces)
            return


def _mark_edges(canvas: Canvas, frame: Frame, true: np.ndarray, value: np.ndarray, colour: str) -> None:
    """The points above and below the frame."""
    for edge, row, mark in (
        (value > frame.y.high, frame.top, "▲"),
        (value < frame.y.low, frame.top + frame.rows - 1, "▼"),
    ):
        column = frame.x.at(true[edge]).astype(int) + frame.left
        canvas.glyphs(np.full(len(column), row), column, mark, colour)


def _tint(canvas: Canvas, train: np.ndarray, unseen: np.ndarray) -> None:
    """The cells, each (2, N), in which unseen points cover training points."""
    shared = set(zip(*train.tolist(), strict=True)) & set(zip(*unseen.tolist(), strict=True))
    for row, column in shared:
        canvas.tint(slice(row, row + 1), slice(column, column + 1), "train_tint")


@per_dataset
def _rows(dataset: Dataset) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """For each split which of its rows are drawn, evenly chosen, and their true y in the data's own units."""
    found = {}
    for split, y in (("train", dataset.y_train), ("test", dataset.y_test)):
        if y is not None:
            rows = np.linspace(0, len(y) - 1, min(len(y), _MOST)).astype(int)
            found[split] = rows, dataset.unscale(y[rows])
    return found


@per_dataset
def _layout(dataset: Dataset, width: int, height: int) -> Frame:
    low, high = finite_range(*(true for _, true in _rows(dataset.whole).values()))
    rows = max(1, height - 3)
    y = linear(low, high, rows, rows_a_tick(rows))
    left = min(y.label_width + 1, max(1, width - 2)) + 1
    columns = max(1, width - left - 1)
    return Frame(1, left, rows, columns, linear(low, high, columns, columns_a_tick(columns)), y)


@per_dataset
def _diagonal(dataset: Dataset, frame: Frame) -> np.ndarray:
    """predicted = true, one dot on, one off."""
    ends = np.array([max(frame.x.low, frame.y.low), min(frame.x.high, frame.y.high)])
    return plotting.line(*frame.dots(ends, ends), frame.rows, frame.columns) & 0x47
