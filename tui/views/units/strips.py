"""The weights of units as strips of shades, one for each unit, and over them the names of what they weigh."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import Canvas, cut
from tui.draw.palette import CODES, SHADES
from tui.run.unit import source_name

if TYPE_CHECKING:
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot

_LEAST_ROOM = 2  # cells for a name over its weights and a blank; where there are fewer, the chosen one alone is named


def draw(
    canvas: Canvas, rows: Sequence[int], column: int, columns: int, weights: Sequence[np.ndarray], palette: Palette
) -> None:
    """The weights (fan_in,) of each unit in its row, in order, darker the weaker: + blue, − white."""
    table = np.array(weights, float)
    signed = _resample(table, 2 * _width(table.shape[1], columns))
    largest = float(np.nanmax(np.abs(signed), initial=0.0))
    level = np.zeros(signed.shape, int)
    if 0.0 < largest < np.inf:
        level = np.rint(np.nan_to_num(np.abs(signed)) / largest * SHADES).astype(int).clip(0, SHADES)
    for row, own, shades in zip(rows, signed, level, strict=True):
        if row < canvas.height:
            _draw_strip(canvas, row, column, own, shades, palette)


def draw_names(canvas: Canvas, column: int, columns: int, snapshot: Snapshot) -> None:
    """Over the strips the beginning of each name, where there is room for it, and the chosen one in full."""
    chosen, count = snapshot.chosen, snapshot.network.shape[snapshot.chosen.layer]
    width = _width(count, columns)
    starts = [column + -(-i * 2 * width // count) // 2 for i in range(count)]
    whole = cut(source_name(snapshot.dataset, chosen.layer, chosen.source), columns)
    first = max(column, min(starts[chosen.source], column + width - len(whole)))
    canvas.text(0, first, whole, "bright", True)
    canvas.tint(slice(0, 1), slice(first, first + len(whole)), "lit")
    if width // count < _LEAST_ROOM:
        return
    for i, (start, following) in enumerate(zip(starts, [*starts[1:], column + width + 1], strict=True)):
        name = source_name(snapshot.dataset, chosen.layer, i).removeprefix("unit ")[: following - start - 1].rstrip()
        if start + len(name) < first or start > first + len(whole):
            canvas.text(0, start, name, "label")


def _width(count: int, columns: int) -> int:
    """The columns of a strip of so many weights: as many as can be, so that few weights are equally wide."""
    return min(columns, max(1, columns * 2 // count) * count // 2 + count % 2) if count < 2 * columns else columns


def legend(snapshot: Snapshot) -> list[tuple[str, str, bool]]:
    """w by days back: + −, in the colours of the signs."""
    source = _sources(snapshot, snapshot.chosen.layer)
    return [(f"w by {source}: ", "quiet", False), ("+", "model", False), (" ", "quiet", False), ("−", "bright", False)]


def _sources(snapshot: Snapshot, layer: int) -> str:
    """What the weights of this layer are by: "days back", "feature", "unit"."""
    if layer > 0:
        return "unit before"
    if snapshot.dataset.lags:
        return f"{snapshot.dataset.period}s back" if snapshot.dataset.period else "lag"
    return "feature"


def _draw_strip(canvas: Canvas, row: int, column: int, signed: np.ndarray, level: np.ndarray, palette: Palette) -> None:
    if palette.depth != "truecolor":
        signs = {True: ("model", "+"), False: ("bright", "−")}
        pairs = np.where(level[0::2] >= level[1::2], 0, 1) + np.arange(0, len(level), 2)
        for offset, at in enumerate(pairs):
            colour, glyph = signs[bool(signed[at] > 0)]
            strong = level[at] > SHADES // 2
            canvas.text(
                row, column + offset, glyph if level[at] > 1 else "·", colour if level[at] > 1 else "quiet", strong
            )
        return
    codes = np.where(signed > 0, CODES["plus0"], CODES["minus0"]) + level
    cells = (row, slice(column, column + len(codes) // 2))
    canvas.characters[cells] = ord("▌")
    canvas.foreground[cells], canvas.background[cells] = codes[0::2], codes[1::2]


def _resample(table: np.ndarray, size: int) -> np.ndarray:
    """Rows stretched to `size` values, or thinned to them keeping the largest by size of each slice."""
    count = table.shape[1]
    if count <= size:
        return table[:, np.arange(size) * count // size]
    edges = np.arange(size) * count // size
    high, low = np.maximum.reduceat(table, edges, axis=1), np.minimum.reduceat(table, edges, axis=1)
    return np.where(high >= -low, high, low)
