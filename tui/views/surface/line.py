"""The loss along −g: one plain step of any size from here, with the recipe's own marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui.draw.axes import columns_a_tick, linear, rows_a_tick
from tui.draw.canvas import Canvas, cut
from tui.draw.frame import Frame, draw_axes, finite_range
from tui.draw.lines import stroke
from tui.draw.numbers import short
from tui.views.surface import LEFT, LINE_ROWS, Plan

if TYPE_CHECKING:
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot
    from tui.run.surface import Line, Surface

SMALL, LARGE = 1 / 4, 2.0  # of the best rate: from where to where a rate is a good one


def verdict(line: Line, here: float) -> str:
    """How the recipe's rate does as one plain step of the whole training set."""
    if not line.lands < here:
        return "too large"
    return "small" if line.rate < SMALL * line.best else "good" if line.rate <= LARGE * line.best else "large"


def near(loss: float, line: Line) -> str:
    """A loss with as many decimals as tell it from the others of the line."""
    span = np.ptp(line.losses[np.isfinite(line.losses)])
    places = int(np.clip(2 - np.floor(np.log10(span)), 0, 6)) if span > 0 else 2
    return f"{loss:.{places}f}" if abs(loss) < 1e5 else short(loss)


def draw(canvas: Canvas, plan: Plan, surface: Surface, snapshot: Snapshot, palette: Palette) -> None:
    line, top = surface.line, plan.line
    words = [("Along −g", "label", False)]
    if line is None:
        canvas.rule(top, [*words, ("  the gradient is 0: no step moves anything", "quiet", False)], LEFT - 1)
        return
    said = f"a plain step: η {line.rate:g} ({verdict(line, surface.here)}) to {near(line.lands, line)}"
    said = f"{said}, best {short(line.best)} ▴ {near(line.least, line)}"
    said = cut(f"  {said}", canvas.width - LEFT - 12)
    canvas.rule(top, [*words, (said, "text", False)], LEFT - 1)
    rows, columns = LINE_ROWS - 3, canvas.width - LEFT - 1
    x = linear(0.0, float(line.rates[-1]), columns, columns_a_tick(columns))
    y = linear(*finite_range(line.losses), rows, rows_a_tick(rows))
    frame = Frame(top + 1, LEFT, rows, columns, x, y)
    draw_axes(canvas, frame, "η", palette.depth != "none")
    dots = frame.raster()
    stroke(dots, *frame.dots(line.rates, line.losses))
    canvas.braille(frame.top, frame.left, dots, "model")
    place = int(frame.x.at(line.best))
    canvas.text(frame.top + rows, frame.left + min(max(place, 0), columns - 1), "▴", "bright")
    spots = np.array([min(line.rate, float(line.rates[-1]))]), np.array([line.lands])
    canvas.glyphs(*frame.cells(*spots), "◆", "now", bold=True)
