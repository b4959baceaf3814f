"""The losses of all runs over the epochs, on train and on unseen, on one scale; the chosen one is coloured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.axes import Axis, linear, logarithmic, round_down, round_up, rows_a_tick
from tui.draw.canvas import Canvas
from tui.draw.frame import Frame, draw_axes
from tui.draw.lines import slot_means, stroke
from tui.views.loss import epoch_axis, epoch_word

if TYPE_CHECKING:
    from tui.draw.palette import Palette
    from tui.run.race import Row
    from tui.views.state import ViewState

LEAST_ROWS, ENDS = 6, 6  # rows of a plot, and columns for the numbers at the lines' ends
HIDDEN = (
    "unseen losses are covered",
    "enter takes your guess",
    "v shows them without one",
)  # short: half of 80 columns


def draw(canvas: Canvas, top: int, rows: Sequence[Row], state: ViewState, palette: Palette) -> None:
    if canvas.height - top < LEAST_ROWS + 3:
        return
    canvas.rule(top, [("Loss over the epochs", "label", False)])
    unseen = any(np.isfinite(row.test_curve).any() for row in rows)
    half = canvas.width // 2 if unseen else canvas.width
    y = loss_axis(rows, canvas.height - top - 4, state.log_loss, state.covered or not unseen)
    for place, split in enumerate(("train", "unseen")[: 1 + unseen]):
        left = place * half + y.label_width + 2
        columns = max(8, half - y.label_width - 3 - ENDS)
        frame = Frame(top + 2, left, canvas.height - top - 4, columns, epoch_axis(_last(rows), columns, state), y)
        sign = ("•", "train", " on training rows") if split == "train" else ("∘", "unseen", " on unseen rows")
        canvas.text(top + 1, canvas.text(top + 1, left + 1, sign[0], sign[1]), sign[2], "label")
        draw_axes(canvas, frame, epoch_word(frame), palette.depth != "none")
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


def _last(rows: Sequence[Row]) -> float:
    return max((float(row.epochs[-1]) for row in rows if len(row.epochs)), default=0.0)


def _draw_lines(canvas: Canvas, frame: Frame, rows: Sequence[Row], split: str, chosen: int) -> None:
    """The others first, in grey; each has its number at the end, where it does not cover another's."""
    ends: dict[int, list[int]] = {}
    order = [place for place in range(len(rows)) if place != chosen] + [chosen] * (chosen < len(rows))
    for place in order:
        row = rows[place]
        curve = row.train_curve if split == "train" else row.test_curve
        x, y = slot_means(2.0 * frame.x.at(row.epochs), curve)
        if not len(x):
            continue
        dots = frame.raster()
        stroke(dots, x, 4.0 * (frame.rows - frame.y.at(y)))
        canvas.braille(frame.top, frame.left, dots, split if place == chosen else "quiet")
        spot = frame.cells(frame.x.value(x[-1:] / 2.0), y[-1:])
        if len(spot[0]):
            ends.setdefault(int(spot[0][0]), []).append(place)
    for line, places in ends.items():
        canvas.parts(line, frame.left + frame.columns + 1, _numbers(sorted(places), chosen))


def _numbers(places: list[int], chosen: int) -> list[tuple[str, str, bool]]:
    """ "4,5,7" of the lines that end in one row, as far as there is room, and always the chosen one's."""
    shown = list(places)
    while len(",".join(str(place + 1) for place in shown)) + (len(shown) < len(places)) > ENDS - 1:
        shown.remove(next(place for place in reversed(shown) if place != chosen))
    parts: list[tuple[str, str, bool]] = []
    for place in shown:
        parts += [("," * bool(parts), "label", False)]
        parts += [(str(place + 1), "bright" if place == chosen else "label", place == chosen)]
    return [*parts, ("…" * (len(shown) < len(places)), "label", False)]


def _cover(canvas: Canvas, frame: Frame) -> None:
    """A faint hatch, and what to do."""
    for row in range(frame.top, frame.top + frame.rows):
        canvas.text(row, frame.left, "░" * frame.columns, "grid")
    middle = frame.top + frame.rows // 2 - len(HIDDEN) // 2
    for place, words in enumerate(HIDDEN[: max(1, frame.rows - 2)]):
        start = frame.left + max(0, (frame.columns - len(words)) // 2 - 1)
        canvas.text(middle + place, start, f" {words} "[: frame.columns], "label")
