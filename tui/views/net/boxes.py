"""What a box shows: a unit's value along one feature as a curve, or over two as a map, with the example on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.activations import KINDS
from tui.draw.canvas import Canvas
from tui.draw.frame import DASHED
from tui.draw.lines import strokes
from tui.draw.maps import draw_map
from tui.views.units.shapes import sides

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette


@dataclass(frozen=True, slots=True)
class Ground:
    """What all boxes of one size are drawn over: the inputs, and where among them the example is."""

    x: np.ndarray  # (M, n_inputs) scaled
    rows: int
    columns: int
    over_plane: bool
    example: tuple[float, float]  # in cells from the upper left; of curves only the column counts

    def values(self, values: np.ndarray) -> np.ndarray:
        """The values (M,) as pixels of a map."""
        return values.reshape(2 * self.rows, self.columns)


def ground(dataset: Dataset, example: np.ndarray, feature: int, rows: int, columns: int) -> Ground:
    """Of two features their plane; of one, or of many, a line along `feature` with all others as in the example."""
    if dataset.kind == "plane":
        across, up = sides(dataset, rows, columns)
        x = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
        column = float(np.interp(example[0], across, np.arange(columns) + 0.5))
        row = float(np.interp(-example[1], -up, np.arange(2 * rows) + 0.5)) / 2
        return Ground(x.astype(np.float32), rows, columns, True, (row, column))
    own = dataset.x_train[:, feature]
    low, high = float(own.min()), float(own.max())
    x = np.repeat(example[np.newaxis].astype(np.float32), 2 * columns + 1, axis=0)
    x[:, feature] = np.linspace(low, high, len(x))
    column = (float(example[feature]) - low) / ((high - low) or 1.0) * columns
    return Ground(x, rows, columns, False, (0.0, min(column, columns - 0.5)))


def limits(kind: str, values: np.ndarray) -> tuple[float, float]:
    """What the lower and the upper end of a unit's box stand for: its own limits, or those of its values."""
    low, high = KINDS[kind].limits
    finite = values[np.isfinite(values)]
    least, most = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    low, high = low if np.isfinite(low) else min(least, 0.0), high if np.isfinite(high) else max(most, 0.0)
    return (low, high) if high > low else (low, low + 1.0)


def draw(
    canvas: Canvas,
    top: int,
    left: int,
    on: Ground,
    values: np.ndarray,
    ends: tuple[float, float],
    colour: str,
    palette: Palette,
    thick: bool = False,
    apart: bool = False,
) -> None:
    """Values (M,) at the ground's inputs between the ends of the box's scale; ◆ where the example is.

    The last pixels of a map stay blank where it has to stand `apart` from the next one.
    """
    low, high = ends
    with np.errstate(over="ignore", invalid="ignore"):
        share = (values.astype(float) - low) / (high - low)
    row, column = int(on.example[0]), int(on.example[1])
    if on.over_plane:
        pixels = on.values(share)
        if apart:
            pixels[-1] = np.nan
        draw_map(canvas, top, left, pixels, palette)
    else:
        cells = np.arange(on.rows)
        canvas.glyphs(top + cells, np.full(on.rows, left + column), DASHED, "rule")
        down = (1.0 - share) * (4 * on.rows - 1) + 0.5
        for line in (down, down - 1.0) if thick else (down,):
            canvas.braille(top, left, strokes(line[np.newaxis], 4 * on.rows)[0], colour)
        here = down[min(2 * column + 1, len(down) - 1)]
        row = int(np.clip(here / 4, 0, on.rows - 1)) if np.isfinite(here) else 0
    canvas.text(top + row, left + column, "◆", "now")
