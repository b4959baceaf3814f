"""The table of units: kind, parameters, gradient, what each does in the data's units, and its shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import Canvas, cut
from tui.draw.numbers import column
from tui.run.choice import OUTPUT_BIAS
from tui.run.facts import ActiveShares, Gradient
from tui.run.unit import Unit, collect, norm, sentence, source_name
from tui.views.units import shapes, weights

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.choice import Choice
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

TITLE = "Units"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of numbers; the last text is that of the bias row, "" where it has no such number."""

    heading: str
    part: str
    texts: list[str]
    colour: str


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """Which layer it shows where there are several, and which of several inputs w means."""
    network, layer = snapshot.network, snapshot.chosen.layer
    layers, inputs = len(network.layers), network.shape[layer]
    words = [] if layers == 1 else [f"layer {layer + 1} of {layers}" if layers else "none: the linear model"]
    if inputs > 1:
        words.append(f"w: from {source_name(snapshot.dataset, layer, snapshot.chosen.source)}")
    return ", ".join(words)


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Gradient, ActiveShares]:
    """The last gradient, and on how much of the data each unit acts."""
    return Gradient(), ActiveShares()


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """One row for each unit of the chosen layer, or small maps for two features; the bias stays at the end."""
    canvas = Canvas(width, height)
    if snapshot.dataset.kind == "plane" and snapshot.network.layers and shapes.cheap(snapshot.network):
        shapes.paint_maps(canvas, snapshot, palette)
        return canvas
    units = collect(snapshot, snapshot.chosen.layer)
    each = _rows_each(len(units), height)
    room = max(0, (height - 2) // each)
    chosen = snapshot.chosen.unit
    first = int(np.clip((len(units) if chosen == OUTPUT_BIAS else chosen) - room // 2, 0, max(0, len(units) - room)))
    shown = units[first : first + room]
    columns = _columns(snapshot, shown)
    left = _left(len(units))
    right = _draw_table(canvas, left, columns, shown, each, snapshot.chosen)
    if each > 1:
        for row, unit in enumerate(shown):
            text, trouble = sentence(unit, snapshot.dataset)
            if len(text) > right - left:
                text = cut(text.partition(",")[0], right - left)
            canvas.text(2 + row * each, left, text, "trouble" if trouble else "quiet")
    end = min(1 + len(shown) * each, height - 1)
    _draw_bias(canvas, end, snapshot, columns, left, _name_width(shown))
    area = (1, right + 2, max(0, end - 1), width - right - 4)
    if area[3] >= 8:
        shapes.draw(canvas, area, each, shown, chosen, snapshot, palette)
    _draw_more(canvas, end, right + 2, first, len(units) - first - len(shown))
    if not units:
        weights.draw(canvas, 3 if height > 6 else 2, snapshot)
    return canvas


def _rows_each(units: int, height: int) -> int:
    """Rows for each unit: four where there is plenty of room, two for a sentence, else one."""
    return next((each for each in (4, 2) if height - 2 >= each * units), 1)


def _left(units: int) -> int:
    """Where the kind begins, after the marker and the largest number of a unit."""
    return 3 + max(2, len(str(units)))


def _name_width(units: list[Unit]) -> int:
    return max([len(unit.name) for unit in units] + [6]) + 1


def _columns(snapshot: Snapshot, units: list[Unit]) -> list[Column]:
    """w (its norm where there are several), b, c in the last hidden layer, and room for the gradient."""
    network, gradient = snapshot.network, snapshot.answer(Gradient())
    W, b = network.weights(len(network.layers))
    single = (units[0].weights if units else W[0]).size == 1
    sizes = [float(unit.weights[0]) if single else norm(unit.weights) for unit in units]
    own = None if network.layers else float(W[0, 0]) if single else norm(W)
    width = 8 if single else 7
    columns = [_column("w" if single else "‖w‖", "w", sizes, own, width)]
    columns.append(_column("b", "b", [unit.bias for unit in units], float(b[0]), width))
    if units and units[0].outgoing is not None:
        columns.append(_column("c", "c", [float(unit.outgoing or 0.0) for unit in units], None, width))
    if gradient is None:  # nothing moves sideways when it comes
        return [*columns, Column("‖g‖", "g", [" " * (width - 1)] * (len(units) + 1), "gradient")]
    own = norm(gradient[-1:] if network.layers else gradient)
    return [*columns, _column("‖g‖", "g", [unit.gradient for unit in units], own, width, "gradient")]


def _column(
    heading: str, part: str, values: list[float], own: float | None, width: int, colour: str = "text"
) -> Column:
    texts = column([*values, *([] if own is None else [own])], width - 1)
    return Column(heading, part, texts if own is not None else [*texts, " " * (width - 1)], colour)


def _draw_table(canvas: Canvas, left: int, columns: list[Column], units: list[Unit], each: int, chosen: Choice) -> int:
    """The table with its heading; returns the column after it."""
    canvas.text(0, left - 2, "# kind" if units else "", "quiet")
    names = _name_width(units)
    for row, unit in enumerate(units):
        bright = unit.number == chosen.unit
        line = 1 + row * each
        colour = "bright" if bright else "text"
        if bright:
            canvas.text(line, 1, "▸", "now")
        canvas.text_right(line, left - 1, str(unit.number + 1), colour, bright)
        canvas.text(line, left, unit.name, "trouble" if unit.trouble else colour)
        _draw_numbers(canvas, line, left + names, columns, row, bright, chosen.part)
    x = left + names
    for each_column in columns:
        width = len(each_column.texts[-1])
        canvas.text_right(0, x + width - 1, each_column.heading, "quiet")
        x += width + 1
    if not any(unit.state for unit in units) and (not units or len(columns[0].heading) == 1):
        return x
    canvas.text_right(0, x + 4, "on", "quiet")
    for row, unit in enumerate(units):
        if unit.state:
            canvas.text(1 + row * each, x, unit.state, "trouble" if unit.trouble else "label")
        elif unit.on is not None:
            canvas.text_right(1 + row * each, x + 4, f"{100 * unit.on:.0f}%", "label")
    return x + max([4] + [len(unit.state) for unit in units])


def _draw_numbers(canvas: Canvas, line: int, x: int, columns: list[Column], row: int, bright: bool, part: str) -> None:
    """One row of numbers; the chosen one of a bright row is lit."""
    for each in columns:
        text = each.texts[row]
        lit = bright and each.part == part and bool(text.strip())
        canvas.text(line, x, text, "bright" if bright and each.colour == "text" else each.colour, lit)
        if lit:
            canvas.tint(slice(line, line + 1), slice(x - 1 + len(text) - len(text.lstrip()), x + len(text) + 1), "lit")
        x += len(text) + 1


def _draw_bias(canvas: Canvas, row: int, snapshot: Snapshot, columns: list[Column], left: int, names: int) -> None:
    """The output bias (for the linear model: its weights too), in the columns of the units."""
    bright = snapshot.chosen.unit == OUTPUT_BIAS
    if bright:
        canvas.text(row, 1, "▸", "now")
    canvas.text(row, left - 2, "b bias" if snapshot.network.layers else "y = b+wx", "bright" if bright else "text")
    single = snapshot.network.layers or snapshot.network.n_inputs == 1
    part = "b" if snapshot.network.layers else snapshot.chosen.part if single else ""
    _draw_numbers(canvas, row, left + names, columns, -1, bright, part)


def _draw_more(canvas: Canvas, row: int, start: int, above: int, below: int) -> None:
    """How many units the table hides above and below."""
    hidden = [
        (f"{count} more unit{'s' * (count > 1)}", where, arrow)
        for count, where, arrow in ((above, "above", "↑"), (below, "below", "↓"))
        if count
    ]
    whole = "   ".join(f"{units} {where}  {arrow}" for units, where, arrow in hidden)
    brief = "  ".join(f"{units} {arrow}" for units, _, arrow in hidden)
    least = brief.replace(" more units", "").replace(" more unit", "")
    text = next((text for text in (whole, brief) if start + len(text) <= canvas.width), least)
    canvas.text(row, start, text, "label")
