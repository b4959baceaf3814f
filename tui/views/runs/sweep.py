"""A sweep in view 6: the map of two factors, beside it the best settings, under it what each factor does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.views.runs import best, heat, slices

if TYPE_CHECKING:
    from tui.draw.canvas import Canvas
    from tui.draw.palette import Palette
    from tui.run.sweep.board import Board
    from tui.views.state import ViewState

WIDE, HIGH = 100, 32  # columns from which on the table has a place, and rows from which on the slices have
TABLE = {160: 46, 120: 40, WIDE: 38}  # columns of the table, by those of the view
LEAST, MOST = 11, 18  # rows of the slices


def draw(canvas: Canvas, board: Board, state: ViewState, palette: Palette) -> None:
    """All that there is room for: the map is always whole."""
    width, height = canvas.width, canvas.height
    table = next((columns for least, columns in TABLE.items() if width >= least), 0)
    under = 0
    if height >= HIGH and max(len(board.down.values), len(board.across.values)) > 1:
        under = min(max(height - heat.HEAD - 1 - 3 * len(board.down.values), LEAST), MOST)
    rows = height - under
    heat.draw(canvas, board, state, palette, width - table - bool(table), rows)
    if table:
        for row in range(rows):
            canvas.text(row, width - table - 1, "│", "rule")
        best.draw(canvas, board, state, width - table, rows)
    if under:
        slices.draw(canvas, board, state, rows, palette)
        if table and canvas.characters[rows, width - table - 1] == ord("─"):
            canvas.text(rows, width - table - 1, "┴", "rule")
