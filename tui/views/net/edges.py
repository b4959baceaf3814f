"""Edges between two columns or lines of boxes: solid for +, dashed for −, the thicker the larger."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui.draw.canvas import Canvas

_FEW = 12  # edges that can be told apart; of more only the chosen unit's are drawn in full
_DIM = 24  # others that are drawn then, at most
_THICKEST = 3  # dots
_DASH = 4  # dots on, and as many off
_COLOURS = ("rule", "text", "model", "bright")  # other large ones, −, +, the chosen unit's where all are drawn


@dataclass(frozen=True, slots=True)
class Gap:
    """The cells between two columns of boxes, or two lines of them."""

    top: int
    left: int
    rows: int
    columns: int
    down: bool = False  # whether edges go down, from one line to the next, and not from left to right

    def draw(
        self,
        canvas: Canvas,
        sources: list[float],
        targets: list[float],
        weights: np.ndarray,
        chosen: np.ndarray,
    ) -> None:
        """Edges with weights (targets, sources) between places along the sides, in dots; `chosen` is a mask like it."""
        if self.columns < 1 or self.rows < 1 or not weights.size:
            return
        rasters = {colour: np.zeros((4 * self.rows, 2 * self.columns), bool) for colour in _COLOURS}
        size = np.abs(np.nan_to_num(weights))
        largest = float(size.max()) or 1.0
        for target, source, colour, thick in _styles(weights, size / largest, chosen):
            ends, dots = (sources[source], targets[target]), rasters[colour]
            dashed = colour != "rule" and not weights[target, source] > 0
            _draw_line(dots.T if self.down else dots, ends, thick, dashed)
        for colour, dots in rasters.items():
            if dots.any():
                canvas.braille(self.top, self.left, dots, colour)


def _styles(weights: np.ndarray, share: np.ndarray, chosen: np.ndarray) -> list[tuple[int, int, str, int]]:
    """(target, source, colour, dots thick) of each edge that is drawn."""
    few = weights.size <= _FEW
    drawn = []
    others = np.argwhere(~chosen & (share > 0.0 if few else share > 0.5))
    if not few:
        others = others[np.argsort(-share[tuple(others.T)], kind="stable")[:_DIM]]
    for target, source in [*others.tolist(), *np.argwhere(chosen).tolist()]:
        own, part = bool(chosen[target, source]), float(share[target, source])
        colour = "model" if weights[target, source] > 0 else "text"
        if own and few:
            colour = "bright"
        elif not own and not few:
            colour = "rule"
        thick = 1 + min(_THICKEST - 1, int(part * _THICKEST)) if few else 1 + (own and part > 0.5)
        drawn.append((target, source, colour, thick))
    return drawn


def _draw_line(dots: np.ndarray, ends: tuple[float, float], thick: int, dashed: bool) -> None:
    """From the left edge at one height to the right edge at the other, `thick` dots across."""
    rows, columns = dots.shape
    rise = ends[1] - ends[0]
    count = int(max(columns, abs(rise)))
    way = (np.arange(count) + 0.5) / count
    if dashed:
        way = way[np.arange(count) // _DASH % 2 == 0]
    column, row = way * columns, ends[0] + way * rise
    steep = abs(rise) > columns
    for offset in np.arange(thick) - (thick - 1) / 2:
        x = np.floor(column + offset * steep).astype(int)
        y = np.floor(row + offset * (not steep)).astype(int)
        inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
        dots[y[inside], x[inside]] = True
