"""Small and large maps: half-block pixels in nine bands, or shades of grey."""

from __future__ import annotations

import numpy as np

from tui.draw.canvas import Canvas
from tui.draw.palette import BANDS, CODES, Palette

SHADES = np.array([ord(glyph) for glyph in " ░▒▓█"])  # a map without its own colours


def draw_map(canvas: Canvas, row: int, column: int, share: np.ndarray, palette: Palette) -> None:
    """Pixels (2 · rows, columns), 0 low to 1 high, two in a cell; what is not finite stays ground."""
    finite = np.isfinite(share)
    rows = min(len(share) // 2, canvas.height - row)
    columns = min(share.shape[1], canvas.width - column)
    if rows < 1 or columns < 1:
        return
    filled = np.clip(np.nan_to_num(share), 0.0, 1.0)
    if palette.depth == "truecolor":
        band = CODES["band0"] + np.minimum((filled * BANDS).astype(int), BANDS - 1)
        canvas.halves(row, column, np.where(finite, band, CODES["ground"])[: 2 * rows, :columns])
        return
    cell = filled.reshape(-1, 2, share.shape[1]).mean(axis=1)[:rows, :columns]
    area = (slice(row, row + rows), slice(column, column + columns))
    shade = np.minimum((cell * len(SHADES)).astype(int), len(SHADES) - 1)
    canvas.foreground[area] = CODES["band0"]
    if palette.depth == "ansi":  # the darker ones are cut out of a ground of their own: points stand in no holes then
        filled_in = shade >= len(SHADES) // 2
        shade = np.where(filled_in, len(SHADES) - 1 - shade, shade)
        canvas.background[area] = np.where(filled_in, CODES["band0"], CODES["ground"])
    canvas.characters[area] = SHADES[shade]
