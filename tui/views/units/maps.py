"""Small maps of units over the plane, a line of them for each layer, and the chosen unit in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import Canvas, cut
from tui.draw.maps import draw_map
from tui.draw.numbers import minus, short
from tui.run.choice import OUTPUT_BIAS
from tui.run.unit import Unit, collect, on_word
from tui.views.units.shapes import sides

if TYPE_CHECKING:
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot


def paint(canvas: Canvas, snapshot: Snapshot, palette: Palette) -> None:
    """Small maps of the units over the plane, a line of them for each layer; the chosen one's numbers at the end."""
    network = snapshot.network
    layers = len(network.layers)
    lines = max(1, min(layers, canvas.height // 4))
    rows = max(1, min(6, canvas.height // lines - 1))
    numbers = canvas.height - lines * (rows + 1)
    if not numbers and lines == 1 and rows > 1:
        rows, numbers = rows - 1, 1
    columns = min(12, max(8, 2 * rows + 2))
    shown = snapshot.chosen.layer
    first = int(np.clip(shown - lines // 2, 0, layers - lines))
    grid = np.stack(np.meshgrid(*sides(snapshot.dataset, rows, columns)), axis=-1).reshape(-1, 2)
    activations = network.activations(grid)
    for line, layer in enumerate(range(first, first + lines)):
        values = activations[layer].reshape(2 * rows, columns, -1).astype(float)
        _draw_maps(canvas, line * (rows + 1), values, collect(snapshot, layer), layer, snapshot, palette)
    if numbers:
        _draw_numbers(canvas, lines * (rows + 1), snapshot)


def _draw_maps(
    canvas: Canvas,
    top: int,
    values: np.ndarray,
    units: list[Unit],
    layer: int,
    snapshot: Snapshot,
    palette: Palette,
) -> None:
    """One layer: a heading and a map for each unit that fits, around the chosen one."""
    layers = len(snapshot.network.layers)
    width = values.shape[1] + 1
    fit = max(1, (canvas.width - 3) // width)
    chosen = snapshot.chosen.unit if layer == snapshot.chosen.layer else OUTPUT_BIAS
    first = int(np.clip(chosen - fit // 2, 0, max(0, len(units) - fit)))
    canvas.text(top, 0, ("a", "a′", "a″", "a‴")[layer] if layer < 4 else f"a{layer + 1}", "quiet")
    for place, unit in enumerate(units[first : first + fit]):
        column = 3 + place * width
        bright = unit.number == chosen
        if bright:
            canvas.text(top, column - 1, "▸", "now")
        end = canvas.text(top, column, str(unit.number + 1), "bright" if bright else "label", bright)
        deep = unit.outgoing is not None and layers > 1
        room = column + width - end - 2
        sign = " ❄" * unit.frozen
        name = unit.name if len(unit.name + sign) <= room else unit.symbol
        text = (unit.trouble or (_tenths("c", unit.outgoing or 0.0) if deep else name)) + sign
        colour = "trouble" if unit.trouble else "bright" if bright else "quiet"
        canvas.text(top, end + 1, cut(text, room), colour, bright)
        value = values[:, :, unit.number]
        finite = value[np.isfinite(value)]
        low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
        with np.errstate(invalid="ignore", over="ignore"):
            share = (value - low) / (high - low) if high > low else np.zeros(value.shape)
        draw_map(canvas, top + 1, column, share, palette)
    hidden = len(units) - first - fit
    if hidden > 0:
        canvas.text_right(top, canvas.width, f"+{hidden} →", "label")


def _tenths(name: str, value: float) -> str:
    return name + (minus(f"{round(value, 1) + 0.0:.1f}") if abs(value) < 100 else short(value))  # no minus before 0.0


def _draw_numbers(canvas: Canvas, row: int, snapshot: Snapshot) -> None:
    """The chosen unit, or the output bias, in one line."""
    if snapshot.chosen.unit == OUTPUT_BIAS:
        bias = float(snapshot.network.weights(len(snapshot.network.layers))[1][0])
        canvas.parts(row, 1, [("▸ ", "now", False), ("b bias ", "bright", True), (short(bias), "bright", False)])
        return
    chosen = snapshot.chosen
    unit = collect(snapshot, chosen.layer)[chosen.unit]
    parts = [("▸ ", "now", False), (f"{unit.number + 1} {unit.state}", "trouble" if unit.trouble else "bright", True)]
    end = canvas.parts(row, 1, parts)
    sources = range(2) if len(unit.weights) == 2 else [chosen.source]
    end = canvas.text(row, end, "   w" if len(sources) == 2 else f"   w from unit {chosen.source + 1}", "quiet")
    for source in sources:
        end = _draw_number(canvas, row, end, float(unit.weights[source]), (chosen.part, chosen.source) == ("w", source))
    end = _draw_number(canvas, row, canvas.text(row, end, "   b", "quiet"), unit.bias, chosen.part == "b")
    if unit.outgoing is not None:
        end = _draw_number(canvas, row, canvas.text(row, end, "   c", "quiet"), unit.outgoing, chosen.part == "c")
    if np.isfinite(unit.gradient):
        end = canvas.parts(row, end, [("   ‖g‖ ", "quiet", False), (short(unit.gradient), "gradient", False)])
    if unit.on is not None:
        share = f"{100 * unit.on:.0f}%"
        canvas.parts(row, end, [(f"   {on_word([unit.kind])} ", "quiet", False), (share, "text", False)])


def _draw_number(canvas: Canvas, row: int, column: int, value: float, lit: bool) -> int:
    """A blank and a number; the chosen one is lit. Returns the column after it."""
    end = canvas.text(row, column + 1, short(value), "bright" if lit else "text", lit)
    if lit:
        canvas.tint(slice(row, row + 1), slice(column, end + 1), "lit")
    return end
