"""Two features: a small map of what each unit adds over the plane, and under it the sum so far, up to the fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.activations import KINDS
from tui.draw.axes import round_up
from tui.draw.canvas import Canvas, cut
from tui.draw.maps import draw_map
from tui.draw.numbers import short
from tui.run.facts import ActiveShares
from tui.run.unit import trouble
from tui.views.fit.plane import bounds, zero_line
from tui.views.sums.parts import Parts, of_layer, of_output
from tui.views.units.shapes import sides

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

_LEFT, _LEAST = 1, 2  # columns before the first map; rows of a map, at least
_MOST = 16  # maps: more would be a blur


@dataclass(frozen=True, slots=True)
class Grid:
    """Bands of maps, `across` of them side by side, `rows` × `columns` cells each."""

    across: int
    rows: int
    columns: int
    lines: int  # maps above each other in a band: a unit's, and the sum up to it
    shown: int

    def place(self, number: int, line: int = 0) -> tuple[int, int]:
        """(row, column) of the heading of a map; the map itself begins a row below."""
        band, column = divmod(number, self.across)
        return 1 + (band * self.lines + line) * (self.rows + 1), _LEFT + column * (self.columns + 1)


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """What is added up."""
    return snapshot.dataset.target_label


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[ActiveShares]:
    """On how much of the data each unit acts."""
    return (ActiveShares(),)


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """A map for each unit of the chosen layer; in the last layer with the sums."""
    canvas = Canvas(width, height)
    network, dataset, chosen = snapshot.network, snapshot.dataset, snapshot.chosen
    last = chosen.layer >= len(network.layers) - 1
    count = len(network.layers[chosen.layer]) if network.layers else network.n_inputs
    grid = fit_grid(count, width, height, 1 + last)
    x = np.stack(np.meshgrid(*sides(dataset, grid.rows, grid.columns)), axis=-1).reshape(-1, 2)
    most = max(1, grid.shown - (grid.shown < count))
    if last:
        parts = of_output(network, dataset, x, most, chosen.unit)
    else:
        parts = of_layer(network, x, chosen.layer, most, chosen.unit)
    scale = _scale(parts)
    _draw_heading(canvas, snapshot, scale, last)
    first = int(parts.hidden > 0 and grid.shown > len(parts.units))
    if first:
        _draw_others(canvas, grid, snapshot, parts, scale, last, palette)
    for number, unit in enumerate(parts.units):
        row, column = grid.place(first + number)
        _name_unit(canvas, (row, column, grid.columns), snapshot, unit)
        _draw_map(canvas, grid, (row, column), parts.values[number], (-scale, scale), palette)
        _draw_corner(canvas, grid, (row, column), snapshot, x, unit)
    if last:
        _draw_sums(canvas, grid, snapshot, parts, palette)
    return canvas


def fit_grid(count: int, width: int, height: int, lines: int) -> Grid:
    """The grid with the largest maps that shows this many units, or as many as can be shown at all."""
    most = max(1, (width - _LEFT) // (4 * _LEAST + 1)) * max(1, (height - 1) // (lines * (_LEAST + 1)))
    shown = min(count, most, _MOST)
    best: Grid | None = None
    for bands in range(1, shown + 1):
        across = -(-shown // bands)
        columns = (width - _LEFT) // across - 1
        rows = min(columns // 2, (height - 1) // (bands * lines) - 1)
        grid = Grid(across, max(1, rows), max(1, min(columns, 4 * rows)), lines, shown)
        if best is None or (grid.rows, grid.columns) > (best.rows, best.columns):
            best = grid
    assert best is not None  # there is at least one unit
    return best


def _scale(parts: Parts) -> float:
    """What the strongest band stands for, in steps."""
    values = np.abs(parts.values[np.isfinite(parts.values)])
    largest = float(values.max(initial=0.0))
    return round_up(largest) if largest > 0.0 else 1.0


def _draw_map(
    canvas: Canvas,
    grid: Grid,
    place: tuple[int, int],
    values: np.ndarray,
    limits: tuple[float, float],
    palette: Palette,
) -> np.ndarray:
    """One map under its heading; returns its pixels."""
    pixels = values.reshape(2 * grid.rows, grid.columns)
    low, high = limits
    with np.errstate(over="ignore", invalid="ignore"):
        draw_map(canvas, place[0] + 1, place[1], (pixels - low) / (high - low), palette)
    return pixels


def _draw_corner(
    canvas: Canvas, grid: Grid, place: tuple[int, int], snapshot: Snapshot, x: np.ndarray, unit: int
) -> None:
    """Where the unit has its corner or its middle: the line b + w x = 0."""
    network, layer = snapshot.network, snapshot.chosen.layer
    if not network.layers:
        return
    W, b = network.weights(layer)
    before = network.activations(x)[layer - 1] if layer else x
    with np.errstate(over="ignore", invalid="ignore"):
        r = (before @ W[unit] + b[unit]).astype(float)
    dots = zero_line(r.reshape(2 * grid.rows, grid.columns))
    canvas.braille(place[0] + 1, place[1], dots, "gradient")


def _name_unit(canvas: Canvas, area: tuple[int, int, int], snapshot: Snapshot, unit: int) -> None:
    """▸1 σ c 2.94; in trouble: ▸1 dead."""
    row, column, width = area
    layers, layer = snapshot.network.layers, snapshot.chosen.layer
    if not layers:
        weight = float(snapshot.network.weights(0)[0][0, unit])
        canvas.text(row, column, cut(f"w·{snapshot.dataset.feature_labels[unit]} {short(weight)}", width), "model")
        return
    chosen, shares = unit == snapshot.chosen.unit, snapshot.answer(ActiveShares())
    kind = layers[layer][unit]
    bad = "" if shares is None else trouble(kind, float(shares[layer][unit]))
    end = canvas.text(row, column, "▸" * chosen, "now")
    end = canvas.text(row, end, f"{unit + 1} ", "bright" if chosen else "model", chosen)
    on = "" if shares is None else f" {100 * float(shares[layer][unit]):.0f}%"
    text = bad or KINDS[kind].symbol + on
    if not bad and layer == len(layers) - 1:
        c = f" c {short(float(snapshot.network.weights(layer + 1)[0][0, unit]))}"
        text = next(
            (t for t in (KINDS[kind].symbol + c + on, KINDS[kind].symbol + c) if len(t) <= column + width - end), text
        )
    canvas.text(row, end, cut(text, column + width - end), "trouble" if bad else "label")


def _draw_others(
    canvas: Canvas, grid: Grid, snapshot: Snapshot, parts: Parts, scale: float, last: bool, palette: Palette
) -> None:
    """The first map: the sum of all units that have none of their own."""
    place = grid.place(0)
    canvas.text(*place, cut(f"{parts.hidden} more", grid.columns), "label")
    if last:
        _draw_map(canvas, grid, place, parts.rest, (-scale, scale), palette)


def _draw_sums(canvas: Canvas, grid: Grid, snapshot: Snapshot, parts: Parts, palette: Palette) -> None:
    """Under each unit the sum up to it, on the scale of the fit."""
    first = int(parts.hidden > 0 and grid.shown > len(parts.units))
    names = ["bias + them"] * first + [f"+ {unit + 1}" for unit in parts.units]
    if not first:
        names[0] = "bias " + names[0]
    names[-1] = "= the fit"
    sums = parts.sums[1 - first :]
    for number, (name, values) in enumerate(zip(names, sums, strict=True)):
        place, fit = grid.place(number, 1), number == len(names) - 1
        canvas.text(*place, cut(name, grid.columns), "bright" if fit else "text", fit)
        pixels = _draw_map(canvas, grid, place, values, bounds(snapshot.dataset), palette)
        if snapshot.dataset.labels:
            canvas.braille(place[0] + 1, place[1], zero_line(pixels), "bright")


def _draw_heading(canvas: Canvas, snapshot: Snapshot, scale: float, last: bool) -> None:
    layer, layers = snapshot.chosen.layer, snapshot.network.layers
    what = "c·act(b + Wx)" if len(layers) == 1 else "c·act(r)" if last else "act(r)"
    name = "Each unit" if last else f"Each unit of layer {layer + 1}"
    text = f"{name}  {what if layers else 'w·x'}   all from −{short(scale)} to {short(scale)}"
    under = "; under it the sum so far" * last
    line = "   ·· b + Wx = 0" * bool(layers)
    room = canvas.width - _LEFT
    canvas.text(
        0,
        _LEFT,
        next((t for t in (text + under + line, text + under, text) if len(t) <= room), cut(text, room)),
        "label",
    )
