"""The rows of the view: each paints itself, and says how soon it gives way where there are too few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui.draw import strips
from tui.draw.canvas import Canvas, cut
from tui.views.step.look import LABEL, NUMBER, STRIP, WORDS, Look

if TYPE_CHECKING:
    from tui.draw.strips import Strip

OPTIONAL = 10  # rows of this need and above are there only where all of them fit
Words = Sequence[tuple[str, str, bool]]  # (text, colour, bold)


@dataclass(frozen=True, slots=True)
class Row:
    """One row; those of the greatest `need` go first."""

    need: int
    paint: Callable[[Canvas, int], None]


def line(
    of: Look,
    label: str,
    words: str = "",
    number: str = "",
    strip: Strip | None = None,
    beside: Words = (),
    need: int = 0,
) -> Row:
    """Formula, words, the number of the chosen example, and a strip of the batch, or words beside it."""

    def paint(canvas: Canvas, row: int) -> None:
        room = WORDS if words else NUMBER - len(number)
        canvas.text(row, LABEL, cut(label, room - LABEL - 1), "text")
        canvas.text(row, WORDS, cut(words, NUMBER - WORDS - len(number) - 1), "label")
        canvas.text_right(row, NUMBER, number, "bright", bold=True)
        if strip is not None:
            strips.draw(canvas, row, STRIP, strip, of.palette, of.column, bool(row % 2))
        canvas.parts(row, STRIP, beside)

    return Row(need, paint)


def rule(parts: Words, right: Words = (), at: int | None = None, need: int = 0) -> Row:
    """A thin rule with words in it; others stand at its end, or from a column on."""

    def paint(canvas: Canvas, row: int) -> None:
        canvas.rule(row, parts)
        used = 3 + sum(len(text) for text, _, _ in parts)
        length = sum(len(text) for text, _, _ in right)
        start = canvas.width - length - 3 if at is None else at
        if right and start > used - (at is not None):
            canvas.text(row, canvas.parts(row, canvas.text(row, start - 1, " "), right), " ")

    return Row(need, paint)


def kept(rows: Sequence[Row], height: int) -> list[Row]:
    """As many as there is room for, in their order."""
    places = sorted(range(len(rows)), key=lambda place: rows[place].need)[: max(0, height)]
    return [rows[place] for place in sorted(places)]


def draw_here(canvas: Canvas, row: int, of: Look) -> None:
    """◆ in the column of the chosen example."""
    canvas.glyphs(np.array([row]), np.array([STRIP + of.column]), "◆", "now", bold=True)
