"""The table of units: kind, parameters, gradient, what each does in the data's units, and its shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import Canvas, fitting
from tui.draw.numbers import column
from tui.run.choice import OUTPUT_BIAS
from tui.run.facts import ActiveShares, Gradient
from tui.run.unit import FROZEN, TROUBLES, Unit, collect, norm, on_word, sentence, source_name
from tui.views.units import curves, maps, shapes, strips, weights

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.choice import Choice
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

TITLE = "Units"
LEAST_SHAPES = 8  # columns of a curve or a strip
MANY_ROWS = 4  # for units, from which on the chosen one's sentence may take one of them


@dataclass(frozen=True, slots=True)
class Page:
    """Which units are shown, and in which rows."""

    first: int
    each: int  # rows for each of them
    rows: list[int]  # the first row of each
    said: bool  # whether the chosen one alone has a row more, for its sentence
    end: int  # the row of the bias
    below: int  # how many more there are


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
        maps.paint(canvas, snapshot, palette)
        return canvas
    units, chosen = collect(snapshot, snapshot.chosen.layer), snapshot.chosen
    page = _page(len(units), height, chosen.unit)
    shown = units[page.first : page.first + len(page.rows)]
    columns = _columns(snapshot, shown)
    left, names = _left(len(units)), _name_width(shown)
    right = _draw_table(canvas, left, names, columns, shown, page, chosen)
    _draw_sentences(canvas, left, right, shown, page, snapshot)
    _draw_bias(canvas, page.end, snapshot, columns, left, names)
    room = width - right - 4
    if room >= LEAST_SHAPES:
        _draw_shapes(canvas, right + 2, room, page, shown, snapshot, palette)
    _draw_rest(canvas, page, right + 2, units, snapshot)
    if not units:
        weights.draw(canvas, 3 if height > 6 else 2, snapshot)
    return canvas


def _page(units: int, height: int, chosen: int) -> Page:
    """Four rows for each unit where there is plenty of room, two for a sentence, else one, and one for the chosen's."""
    most = max(0, height - 2)
    each = next((each for each in (4, 2) if most >= each * units), 1)
    said = int(each == 1 and chosen != OUTPUT_BIAS and (units < most or most >= MANY_ROWS))
    fit = max(0, (most - said) // each)
    middle = units if chosen == OUTPUT_BIAS else chosen
    first = int(np.clip(middle - fit // 2, 0, max(0, units - fit)))
    rows = [1 + place * each + said * (first + place > chosen) for place in range(min(fit, units))]
    end = min(1 + len(rows) * each + said, height - 1)
    return Page(first, each, rows, bool(said), end, units - first - len(rows))


def _left(units: int) -> int:
    """Where the kind begins, after the marker and the largest number of a unit."""
    return 3 + max(2, len(str(units)))


def _name_width(units: list[Unit]) -> int:
    """Room for what a unit may be called as long as nobody changes it: its kind, or that it is in trouble."""
    sign = max([len(FROZEN) + 1 for unit in units if unit.frozen], default=0)
    return max([len(unit.name) for unit in units] + [len(word) for word in TROUBLES]) + sign + 1 if units else 7


def _columns(snapshot: Snapshot, units: list[Unit]) -> list[Column]:
    """w, from the chosen input, b, c in the last hidden layer, and room for the gradient."""
    network, gradient, source = snapshot.network, snapshot.answer(Gradient()), snapshot.chosen.source
    W, b = network.weights(len(network.layers))
    width = 8 if (units[0].weights if units else W[0]).size == 1 else 7
    single = W.size == 1
    own = None if network.layers else float(W[0, 0]) if single else norm(W)
    heading = "w" if units or single else "‖w‖"  # the weights of the linear model stand below, each by itself
    columns = [_column(heading, "w", [float(unit.weights[source]) for unit in units], own, width)]
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


def _draw_table(
    canvas: Canvas, left: int, names: int, columns: list[Column], units: list[Unit], page: Page, chosen: Choice
) -> int:
    """The table with its heading; returns the column after it."""
    canvas.text(0, left - 2, "# kind" if units else "", "quiet")
    for place, (line, unit) in enumerate(zip(page.rows, units, strict=True)):
        bright = unit.number == chosen.unit
        colour = "bright" if bright else "text"
        if bright:
            canvas.text(line, 1, "▸", "now")
        canvas.text_right(line, left - 1, str(unit.number + 1), colour, bright)
        canvas.text(line, left, unit.state, "trouble" if unit.trouble else colour)
        _draw_numbers(canvas, line, left + names, columns, place, bright, chosen.part)
    x = left + names
    for each_column in columns:
        width = len(each_column.texts[-1])
        canvas.text_right(0, x + width - 1, each_column.heading, "quiet")
        x += width + 1
    return x if not units or units[0].single else _draw_shares(canvas, x, units, page)


def _draw_shares(canvas: Canvas, x: int, units: list[Unit], page: Page) -> int:
    """On how much of the data each unit is on, or learns; returns the column after it."""
    heading = on_word(unit.kind for unit in units)
    end = x + max(4, len(heading))
    canvas.text_right(0, end, heading, "quiet")
    for line, unit in zip(page.rows, units, strict=True):
        if unit.on is not None:
            canvas.text_right(line, end, f"{100 * unit.on:.0f}%", "label")
    return end


def _draw_sentences(canvas: Canvas, left: int, right: int, units: list[Unit], page: Page, snapshot: Snapshot) -> None:
    """What each unit does, under its numbers; where there is a row for the chosen one alone, as long as that is."""
    for line, unit in zip(page.rows, units, strict=True):
        if page.each > 1 or (page.said and unit.number == snapshot.chosen.unit):
            room = (canvas.width if page.said else right) - left
            text = fitting(sentence(unit, snapshot.dataset), room)
            canvas.text(line + 1, left, text, "trouble" if unit.trouble else "quiet")


def _draw_shapes(
    canvas: Canvas, left: int, room: int, page: Page, units: list[Unit], snapshot: Snapshot, palette: Palette
) -> None:
    """A curve or the weights beside each unit; those of the linear model where there are several."""
    network = snapshot.network
    if units and network.n_inputs == 1 and shapes.cheap(network):
        curves.draw(canvas, page.rows, page.each, left, room, units, snapshot, palette)
    elif units:
        strips.draw(canvas, page.rows, left, room, [unit.weights for unit in units], palette)
        strips.draw_names(canvas, left, room, snapshot)
    elif network.n_inputs > 1:
        strips.draw(canvas, [1], left, room, [network.weights(0)[0][0]], palette)
        canvas.parts(0, left, strips.legend(snapshot))


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


def _draw_rest(canvas: Canvas, page: Page, start: int, units: list[Unit], snapshot: Snapshot) -> None:
    """Beside the bias: the chosen unit's sentence if it has no row, how many units are hidden, or what shades mean."""
    hidden = [
        (count, where, arrow)
        for count, where, arrow in ((page.first, "above", "↑"), (page.below, "below", "↓"))
        if count
    ]
    chosen, room = snapshot.chosen.unit, canvas.width - start
    if units and chosen != OUTPUT_BIAS and page.each == 1 and not page.said:
        more = "  ".join(f"{count} {arrow}" for count, _, arrow in hidden)
        canvas.text_right(page.end, canvas.width - 1, more, "label")
        text = fitting(sentence(units[chosen], snapshot.dataset), room - len(more) - 3)
        canvas.text(page.end, start, text, "trouble" if units[chosen].trouble else "bright")
    elif hidden:
        canvas.text(page.end, start, fitting(_more(hidden), room), "label")
    elif units and not units[0].single:
        canvas.parts(page.end, start, strips.legend(snapshot))


def _more(hidden: list[tuple[int, str, str]]) -> tuple[str, ...]:
    """How many units the table hides above and below, in fewer and fewer words."""
    units = [(f"{count} more unit{'s' * (count > 1)}", count, where, arrow) for count, where, arrow in hidden]
    whole = "   ".join(f"{name} {where}  {arrow}" for name, _, where, arrow in units)
    brief = "  ".join(f"{name} {arrow}" for name, _, _, arrow in units)
    return whole, brief, "  ".join(f"{count} {arrow}" for _, count, _, arrow in units)
