"""Where there is room: the curve of now, and dashed where the next update will take it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.opened import forward
from tui.draw.axes import linear, rows_a_tick
from tui.draw.canvas import Canvas
from tui.draw.frame import draw_axes, finite_range, words
from tui.draw.lines import dotted, stroke
from tui.views.fit import curve
from tui.views.step.look import Look

FEWEST = 8  # rows, with those of the axis and the rule


def draw(canvas: Canvas, top: int, of: Look) -> None:
    """Under the rows of the update, of data of one feature: the batch, the curve, and the curve to come."""
    dataset, rows = of.dataset, canvas.height - top
    if dataset.kind != "curve" or rows < FEWEST:
        return
    words_ = "  moves the curve to where the dashes are; y by the two curves"
    canvas.rule(top, [("the next update", "bright", True), (words_, "label", False)])
    frame = curve.layout(dataset, canvas.width, rows - 1)
    at = frame.x.value(np.arange(2 * frame.columns + 1) / 2)
    now, to_come = (_curve(of, at, moment.theta) for moment in (of.last.ahead.before, of.last.ahead.after))
    y = linear(*finite_range(now, to_come), frame.rows, rows_a_tick(frame.rows))
    frame = replace(frame, top=frame.top + top + 1, y=y)
    draw_axes(canvas, frame, words(dataset.feature_labels[0], dataset.feature_units[0]), grid=False)
    x = dataset.x_offset[0] + of.update.passed.x[:, 0] * dataset.x_factor[0]
    canvas.glyphs(*frame.cells(x, dataset.unscale(of.update.y)), "•", "train")
    for values, colour in ((to_come, "gradient"), (now, "model")):
        dots = frame.raster()
        stroke(dots, *frame.dots(at, values))
        canvas.braille(frame.top, frame.left, dotted(dots, 2) if values is to_come else dots, colour)


def _curve(of: Look, at: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """The predictions at these x, in the data's own units."""
    y = forward(of.last.ahead.before.architecture, theta, of.dataset.scale(at[:, np.newaxis])).y
    own: np.ndarray = of.dataset.unscale(y)
    return own
