"""Small pictures of units: curves over one feature, maps over two, weights as a strip of shades."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import Canvas, cut
from tui.draw.lines import stroke
from tui.draw.maps import draw_map
from tui.draw.numbers import counted, minus, short
from tui.draw.palette import CODES, SHADES
from tui.run.choice import OUTPUT_BIAS
from tui.run.unit import FROZEN, Unit, collect, norm

if TYPE_CHECKING:
    from data import Dataset
    from engine import Network
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot

_DEAREST = 400_000  # weights of a network whose units may be computed while painting


def cheap(network: Network) -> bool:
    """Whether the network is small enough to compute its units on a small grid while painting."""
    return network.n_parameters <= _DEAREST


def too_large(network: Network, room: int) -> str:
    """What stands in place of the units of a network that is not cheap, in at most `room` cells."""
    text = f"{counted(network.n_parameters)} parameters: units are drawn up to {counted(_DEAREST)}; x and L remove some"
    return cut(text, room)


def draw(
    canvas: Canvas,
    area: tuple[int, int, int, int],
    each: int,
    units: list[Unit],
    chosen: int,
    snapshot: Snapshot,
    palette: Palette,
) -> None:
    """The right part of the table, area = (row, column, rows, columns): a curve, or the weights, for each unit."""
    layer = snapshot.chosen.layer
    if not units:
        if snapshot.network.n_inputs > 1:
            weights = [snapshot.network.weights(0)[0][0]]
            _draw_strips(canvas, (area[0], area[1], 1, area[3]), 1, weights, _sources(snapshot, 0), palette)
    elif snapshot.network.n_inputs == 1 and cheap(snapshot.network):
        _draw_curves(canvas, area, each, units, chosen, snapshot, layer)
    else:
        _draw_strips(canvas, area, each, [unit.weights for unit in units], _sources(snapshot, layer), palette)


def _draw_curves(
    canvas: Canvas,
    area: tuple[int, int, int, int],
    each: int,
    units: list[Unit],
    chosen: int,
    snapshot: Snapshot,
    layer: int,
) -> None:
    row, column, _, columns = area
    symbols = {unit.kind: unit.symbol for unit in units}
    symbol = symbols.popitem()[1] if len(symbols) == 1 else "a"
    inner = "(b + wx)" if units[0].single else ""
    canvas.text(row - 1, column, ("c·" if units[0].outgoing is not None else "") + symbol + inner, "quiet")
    x = np.linspace(-1.0, 1.0, 2 * columns + 1)[:, np.newaxis].astype(snapshot.network.dtype)
    values = snapshot.network.activations(x)[layer].astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        values = values[:, [unit.number for unit in units]] * [1.0 if u.outgoing is None else u.outgoing for u in units]
        least, most = values.min(axis=0), values.max(axis=0)
        span = most - least
        widest = np.nanmax(span, initial=0.0)
        share = np.where(span > 0.02 * widest, (values - least) / span, 0.5)
    for number, unit in enumerate(units):
        dots = np.zeros((4 * each, 2 * columns), bool)
        stroke(dots, np.arange(2 * columns + 1), (1.0 - share[:, number]) * (4 * each - 1) + 0.5)
        canvas.braille(row + number * each, column, dots, "bright" if unit.number == chosen else "model")


def _sources(snapshot: Snapshot, layer: int) -> str:
    """What the weights of this layer are by: "days back", "feature", "unit"."""
    if layer > 0:
        return "unit before"
    if snapshot.dataset.lags:
        return f"{snapshot.dataset.period}s back" if snapshot.dataset.period else "lag"
    return "feature"


def _draw_strips(
    canvas: Canvas,
    area: tuple[int, int, int, int],
    each: int,
    weights: list[np.ndarray],
    source: str,
    palette: Palette,
) -> None:
    """Each unit's weights in a row, in order, darker the weaker: + blue, − white."""
    row, column, rows, columns = area
    table = np.array(weights, float)
    count = table.shape[1]
    width = min(columns, max(1, columns * 2 // count) * count // 2 + count % 2) if count < 2 * columns else columns
    canvas.parts(
        row - 1,
        column,
        [(f"w by {source}: ", "quiet", False), ("+", "model", False), (" ", "quiet", False), ("−", "bright", False)],
    )
    if width > 27:
        canvas.text_right(row - 1, column + width, str(count), "quiet")
    signed = _resample(table, 2 * width)
    largest = float(np.nanmax(np.abs(signed), initial=0.0))
    level = np.zeros(signed.shape, int)
    if 0.0 < largest < np.inf:
        level = np.rint(np.nan_to_num(np.abs(signed)) / largest * SHADES).astype(int).clip(0, SHADES)
    for number in range(len(table)):
        line = row + number * each
        if line >= row + rows or line >= canvas.height:
            break
        _draw_strip(canvas, line, column, signed[number], level[number], palette)


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


def paint_maps(canvas: Canvas, snapshot: Snapshot, palette: Palette) -> None:
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


def sides(dataset: Dataset, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Scaled values of either feature at the middles of a map's pixels, over the range of the training points."""
    x = dataset.whole.x_train
    low, high = x.min(axis=0), x.max(axis=0)
    across = low[0] + (high[0] - low[0]) * (np.arange(columns) + 0.5) / columns
    up = high[1] - (high[1] - low[1]) * (np.arange(2 * rows) + 0.5) / (2 * rows)
    return across, up


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
    unit = collect(snapshot, snapshot.chosen.layer)[snapshot.chosen.unit]
    w = " ".join(short(float(value)) for value in unit.weights[:2]) if len(unit.weights) == 2 else None
    size = short(norm(unit.weights))
    parts = [("▸ ", "now", False), (f"{unit.number + 1} {unit.name}", "bright", True)]
    pairs = [("w" if w else "‖w‖", w or size), ("b", short(unit.bias))]
    if unit.outgoing is not None:
        pairs.append(("c", short(unit.outgoing)))
    if np.isfinite(unit.gradient):
        pairs.append(("‖g‖", short(unit.gradient)))
    if unit.on is not None:
        pairs.append(("on", f"{100 * unit.on:.0f}%"))
    if unit.frozen:
        pairs.append((FROZEN, ""))
    for name, text in pairs:
        parts += [(f"   {name} ", "quiet", False), (text, "gradient" if name == "‖g‖" else "text", False)]
    canvas.parts(row, 1, parts)
