"""What the panel shows: the rows of an update, as many as fit, and under them where the next one goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.views.step import backwards, forwards, ghost, theta, trace
from tui.views.step.groups import groups
from tui.views.step.look import Look, look
from tui.views.step.rows import OPTIONAL, Row, kept

if TYPE_CHECKING:
    from tui.draw.canvas import Canvas
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

FEW = 3  # lines of units on either side that are worth more than the rows that can go


def draw(canvas: Canvas, snapshot: Snapshot, palette: Palette, state: ViewState) -> None:
    own = look(snapshot, canvas.width, canvas.height, palette, state)
    if isinstance(own, str):
        canvas.text(1, 2, own, "label")
        return
    if state.page:
        trace.draw(canvas, own)
        return
    shown = kept(rows(own), canvas.height)
    for row, each in enumerate(shown):
        each.paint(canvas, row)
    ghost.draw(canvas, len(shown), own)


def rows(of: Look) -> list[Row]:
    """All rows, with as many lines of units as there is room for beside the others."""
    units = groups(of.network, of.chosen, _lines(of))
    return [*forwards.rows(of, units), *backwards.rows(of, units), *theta.rows(of)]


def _lines(of: Look) -> int:
    """How many lines of units there are on either side."""
    others = [*forwards.rows(of, []), *backwards.rows(of, []), *theta.rows(of)]
    needed = sum(each.need < OPTIONAL for each in others)
    return max((of.height - len(others)) // 2, min(FEW, (of.height - needed) // 2), 1)
