"""Small curves of units of one feature, one under the other: all on one scale, each with its zero line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tui.draw import strips
from tui.draw.canvas import Canvas, fitting, pack
from tui.draw.lines import dotted, strokes
from tui.run.unit import Unit

if TYPE_CHECKING:
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot

DOTTED = ("  one scale ··· 0", "  one scale")
STANDING = ("  one scale: + up, − down", "  + up, − down")


def draw(
    canvas: Canvas,
    rows: Sequence[int],
    each: int,
    column: int,
    columns: int,
    units: Sequence[Unit],
    snapshot: Snapshot,
    palette: Palette,
) -> None:
    """What each of the units adds over the range of x, from its row on in `each` rows."""
    _draw_heading(canvas, column, columns, units, STANDING if each == 1 else DOTTED)
    x = np.linspace(-1.0, 1.0, 2 * columns + 1)[:, np.newaxis].astype(snapshot.network.dtype)
    values, span, most = _added(snapshot, x)
    for place, (row, unit) in enumerate(zip(rows, units, strict=True)):
        own, chosen = values[:, unit.number], unit.number == snapshot.chosen.unit
        colour = "bright" if chosen else "model"
        if each == 1:
            bars = strips.signed(own[1::2], colour, most, below="bright" if chosen else "label")
            strips.draw(canvas, row, column, bars, palette, odd=bool(place % 2))
        else:
            _draw_curve(canvas, row, each, column, own, span, colour)


def _draw_curve(canvas: Canvas, row: int, each: int, column: int, values: np.ndarray, span: float, colour: str) -> None:
    """Values (2 · columns + 1,) in the middle of `each` rows, less a gap of one dot, and dotted where 0 is."""
    dots, finite = 4 * each - 1, np.append(values[np.isfinite(values)], 0.0)
    middle = (float(finite.max()) + float(finite.min())) / 2.0
    with np.errstate(over="ignore", invalid="ignore"):
        down = dots / 2.0 + (middle - np.stack((np.zeros(len(values)), values))) / span * (dots - 1)
    zero, curve = (np.pad(line, ((0, 1), (0, 0))) for line in strokes(down, dots))
    zero, shared = dotted(zero), np.kron(pack(curve) > 0, np.ones((4, 2), bool))
    canvas.braille(row, column, zero, "quiet")
    canvas.braille(row, column, curve | (zero & shared), colour)  # where both are in a cell, both stay


def _draw_heading(canvas: Canvas, column: int, columns: int, units: Sequence[Unit], scale: Sequence[str]) -> None:
    """c·σ(b + wx)  one scale ··· 0."""
    symbols = {unit.kind: unit.symbol for unit in units}
    symbol = symbols.popitem()[1] if len(symbols) == 1 else "a"
    inner = "(b + wx)" if units[0].single else ""
    end = canvas.text(0, column, ("c·" if units[0].outgoing is not None else "") + symbol + inner, "quiet")
    canvas.text(0, end, fitting((*scale, ""), column + columns - end), "quiet")


def _added(snapshot: Snapshot, x: np.ndarray) -> tuple[np.ndarray, float, float]:
    """What all units of the layer add (M, units) at x (M, 1), the most that one spans with 0, and the largest size."""
    network, layer = snapshot.network, snapshot.chosen.layer
    values = network.activations(x)[layer].astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        if layer == len(network.layers) - 1:
            values = values * network.weights(layer + 1)[0][0]
        high, low = np.maximum(values.max(axis=0), 0.0), np.minimum(values.min(axis=0), 0.0)
        spans, sizes = high - low, np.maximum(high, -low)
    span, most = (float(np.max(each[np.isfinite(each)], initial=0.0)) for each in (spans, sizes))
    return values, span or 1.0, most or 1.0
