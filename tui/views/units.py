"""The table of units: kind, parameters, gradient, what each does in the data's units, and its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui.canvas import Canvas
from tui.numbers import column
from tui.views import shapes
from tui.views.unit import Unit, chosen_layer, collect, sentence

if TYPE_CHECKING:
    from tui.palette import Palette
    from tui.snapshot import Snapshot
    from tui.views.state import ViewState

_NAME, _NUMBER = 9, 8  # columns of a kind's name and of a number
_LEFT = 5  # where the kind begins, after the marker and the unit's number


def title(snapshot: Snapshot, state: ViewState) -> tuple[str, str]:
    """The panel's name, and which layer it shows where there are several."""
    layers = len(snapshot.network.layers)
    if layers < 2:
        return "Units", "" if layers else "none: the linear model"
    return "Units", f"layer {chosen_layer(snapshot.network, state) + 1} of {layers}"


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """One row for each unit of the chosen layer, or small maps for two features; the bias stays at the end."""
    canvas = Canvas(width, height)
    if snapshot.dataset.kind == "plane" and snapshot.network.layers and shapes.cheap(snapshot.network):
        shapes.paint_maps(canvas, snapshot, palette, state)
        return canvas
    units = collect(snapshot, chosen_layer(snapshot.network, state))
    each = _rows_each(len(units), height)
    room = max(0, (height - 2) // each)
    chosen = state.unit if 0 <= state.unit < len(units) else len(units) - 1 if state.unit >= 0 else -1
    first = int(np.clip((chosen if chosen >= 0 else len(units)) - room // 2, 0, max(0, len(units) - room)))
    shown = units[first : first + room]
    columns = _columns(snapshot, shown, state)
    right = _draw_table(canvas, columns, shown, each, chosen, state)
    if each > 1:
        for row, unit in enumerate(shown):
            text, trouble = sentence(unit, snapshot.dataset)
            canvas.text(2 + row * each, _LEFT, text[: right - _LEFT], "trouble" if trouble else "quiet")
    end = min(1 + len(shown) * each, height - 1)
    _draw_bias(canvas, end, snapshot, state, columns, chosen)
    area = (1, right + 3, max(0, end - 1), width - right - 6)
    if area[3] >= 8:
        shapes.draw(canvas, area, each, shown, chosen, snapshot, palette, state)
    _draw_more(canvas, end, right + 3, first, len(units) - first - len(shown))
    return canvas


def _rows_each(units: int, height: int) -> int:
    """Rows for each unit: four where there is plenty of room, two for a sentence, else one."""
    return next((each for each in (4, 2) if height - 2 >= each * units), 1)


def _columns(snapshot: Snapshot, units: list[Unit], state: ViewState) -> list[tuple[str, str, list[float], str]]:
    """(heading, part, values, colour) of each column of numbers; a unit's own w where it has one only."""
    single = snapshot.network.n_inputs == 1 and chosen_layer(snapshot.network, state) == 0
    weights = [float(unit.weights[0]) if single else float(np.linalg.norm(unit.weights)) for unit in units]
    columns = [("w" if single else "‖w‖", "w", weights, "text"), ("b", "b", [unit.bias for unit in units], "text")]
    if units and units[0].outgoing is not None:
        columns.append(("c", "c", [float(unit.outgoing or 0.0) for unit in units], "text"))
    if snapshot.gradient is not None:
        columns.append(("‖g‖", "g", [unit.gradient for unit in units], "gradient"))
    return columns


def _draw_table(
    canvas: Canvas,
    columns: list[tuple[str, str, list[float], str]],
    units: list[Unit],
    each: int,
    chosen: int,
    state: ViewState,
) -> int:
    """The table with its heading; returns the column after it."""
    canvas.text(0, 3, "# kind", "quiet")
    for row, unit in enumerate(units):
        bright = unit.number == chosen
        line = 1 + row * each
        colour = "bright" if bright else "text"
        if bright:
            canvas.text(line, 1, "▸", "now")
        canvas.text_right(line, _LEFT - 1, str(unit.number + 1), colour, bright)
        canvas.text(line, _LEFT, unit.name[:_NAME], "trouble" if unit.trouble else colour)
    x = _LEFT + _NAME
    for heading, part, values, colour in columns:
        canvas.text_right(0, x + _NUMBER - 2, heading, "quiet")
        for row, (unit, text) in enumerate(zip(units, column(values, _NUMBER - 1), strict=True)):
            bright = unit.number == chosen
            line = 1 + row * each
            lit = bright and part == state.part
            shade = colour if colour != "text" else "bright" if bright else "text"
            canvas.text(line, x, text, shade, lit)
            if lit:
                canvas.tint(slice(line, line + 1), slice(x - 1 + (len(text) - len(text.lstrip())), x + _NUMBER), "lit")
        x += _NUMBER
    if any(unit.trouble for unit in units) or columns[0][0] != "w":
        canvas.text_right(0, x + 5, "on", "quiet")
        for row, unit in enumerate(units):
            if unit.on is not None:
                text = unit.trouble or f"{100 * unit.on:.0f}%"
                canvas.text(1 + row * each, x + 5 - min(len(text), 4), text, "trouble" if unit.trouble else "label")
        x += 6 + 5 * any(unit.trouble == "saturated" for unit in units)
    return x


def _draw_bias(
    canvas: Canvas,
    row: int,
    snapshot: Snapshot,
    state: ViewState,
    columns: list[tuple[str, str, list[float], str]],
    chosen: int,
) -> None:
    """The output bias (for the linear model: its weights too), in the columns of the units."""
    network = snapshot.network
    W, b = network.weights(len(network.layers))
    bright = chosen < 0
    colour = "bright" if bright else "text"
    if bright:
        canvas.text(row, 1, "▸", "now")
    words = "b bias" if network.layers else "y = b + wx" if W.size == 1 else "y = b + Σwx"
    canvas.text(row, _LEFT - 2, words, colour)
    values = {"b": float(b[0])}
    if not network.layers:
        values["w"] = float(W[0, 0]) if W.size == 1 else float(np.linalg.norm(W))
    if snapshot.gradient is not None:
        values["g"] = float(np.linalg.norm(snapshot.gradient[-1 if network.layers else slice(None)]))
    for number, (_, part, _, shade) in enumerate(columns):
        if part in values:
            text = column([values[part]], _NUMBER - 1)[0]
            lit = bright and part == "b"
            x = _LEFT + _NAME + number * _NUMBER
            canvas.text(row, x, text, shade if shade != "text" else colour, lit)


def _draw_more(canvas: Canvas, row: int, start: int, above: int, below: int) -> None:
    """How many units the table hides above and below."""
    parts = [f"{count} more {word}" for count, word in ((above, "above ↑"), (below, "below ↓")) if count]
    if parts:
        canvas.text(row, min(start, canvas.width - len("   ".join(parts))), "   ".join(parts), "label")
