"""The losses of all runs over the epochs, on train and on unseen, on one scale; the chosen one is coloured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.axes import Axis, columns_a_tick, linear, logarithmic, round_down, round_up, rows_a_tick
from tui.draw.canvas import Canvas
from tui.draw.frame import Frame, draw_axes
from tui.draw.lines import envelope, stroke

if TYPE_CHECKING:
    from tui.draw.palette import Palette
    from tui.run.race import Row
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

LEAST_ROWS, ENDS = 6, 4  # rows of a plot, and columns for the numbers at the lines' ends
HIDDEN = ("what was not trained on is covered", "enter takes your guess and shows it", "v shows it without one")


def draw(canvas: Canvas, top: int, rows: Sequence[Row], snapshot: Snapshot, state: ViewState, palette: Palette) -> None:
    if canvas.height - top < LEAST_ROWS + 3:
        return
    canvas.rule(top, [("Loss over the epochs", "label", False)])
    unseen = any(np.isfinite(row.test_curve).any() for row in rows)
    half = canvas.width // 2 if unseen else canvas.width
    y = loss_axis(rows, canvas.height - top - 4, state.log_loss, state.covered or not unseen)
    for place, split in enumerate(("train", "unseen")[: 1 + unseen]):
        left = place * half + y.label_width + 2
        columns = max(8, half - y.label_width - 3 - ENDS)
        x = linear(0.0, _end(rows), columns, columns_a_tick(columns), True)
        frame = Frame(top + 2, left, canvas.height - top - 4, columns, x, y)
        sign = ("•", "train", " on training rows") if split == "train" else ("∘", "unseen", " on unseen rows")
        canvas.text(top + 1, canvas.text(top + 1, left + 1, sign[0], sign[1]), sign[2], "label")
        draw_axes(canvas, frame, "epoch", palette.depth != "none")
        if split == "unseen" and state.covered:
            _cover(canvas, frame)
        else:
            _draw_lines(canvas, frame, rows, split, state.racer)


def loss_axis(rows: Sequence[Row], cells: int, log: bool, only_train: bool) -> Axis:
    """The same for both plots: from the least to nearly the greatest loss, whose first epochs may leave it."""
    curves = [row.train_curve for row in rows] + ([] if only_train else [row.test_curve for row in rows])
    losses = np.concatenate([curve[np.isfinite(curve) & (curve > 0)] for curve in curves] or [np.zeros(0)])
    if not losses.size:
        losses = np.array([0.1, 1.0])
    low, high = float(losses.min()), float(np.quantile(losses, 0.99))
    if not log:
        return linear(0.0, round_up(1.02 * high), cells, rows_a_tick(cells))
    return logarithmic(round_down(0.97 * low), round_up(1.03 * high), cells)


def _end(rows: Sequence[Row]) -> float:
    return max(10.0, 1.02 * max((float(row.epochs[-1]) for row in rows if len(row.epochs)), default=10.0))


def _draw_lines(canvas: Canvas, frame: Frame, rows: Sequence[Row], split: str, chosen: int) -> None:
    """The others first, in grey; each has its number at the end, where it does not cover another's."""
    ends: dict[int, str] = {}
    order = [place for place in range(len(rows)) if place != chosen] + [chosen] * (chosen < len(rows))
    for place in order:
        row = rows[place]
        curve = row.train_curve if split == "train" else row.test_curve
        x, y = envelope(row.epochs.astype(float), curve, 0.0, float(frame.x.value(frame.columns)), frame.columns)
        if not len(x):
            continue
        dots = frame.raster()
        stroke(dots, *frame.dots(x, y))
        canvas.braille(frame.top, frame.left, dots, split if place == chosen else "quiet")
        spot = frame.cells(x[-1:], y[-1:])
        if len(spot[0]):
            ends.setdefault(int(spot[0][0]), "")
            ends[int(spot[0][0])] += str(place + 1)
    for line, text in ends.items():
        mine = str(chosen + 1) in text
        canvas.text(line, frame.left + frame.columns + 1, text[:ENDS], "bright" if mine else "label", mine)


def _cover(canvas: Canvas, frame: Frame) -> None:
    """A faint hatch, and what to do."""
    for row in range(frame.top, frame.top + frame.rows):
        canvas.text(row, frame.left, "░" * frame.columns, "grid")
    middle = frame.top + frame.rows // 2 - len(HIDDEN) // 2
    for place, words in enumerate(HIDDEN[: max(1, frame.rows - 2)]):
        start = frame.left + max(0, (frame.columns - len(words)) // 2 - 1)
        canvas.text(middle + place, start, f" {words} "[: frame.columns], "label")
