"""The lanes: what each unit adds, in a strip of its own with its zero line, all on one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.activations import KINDS
from tui.draw.axes import round_up
from tui.draw.canvas import Canvas, cut
from tui.draw.frame import DASHED, Frame, draw_x_axis, words
from tui.draw.lines import dotted, strokes
from tui.draw.numbers import short
from tui.run.facts import ActiveShares
from tui.run.unit import kind_name, trouble
from tui.views import knots

if TYPE_CHECKING:
    from tui.run.snapshot import Snapshot
    from tui.views.sums.parts import Parts

TWINS = {"sigmoid": "hard_sigmoid", "hard_sigmoid": "sigmoid"}  # alike but for the corners


@dataclass(frozen=True, slots=True)
class Lane:
    """The strip of one unit on the canvas."""

    top: int
    left: int
    rows: int
    columns: int
    middle: float  # the value half way up
    span: float  # from its lower to its upper end

    def line(self, canvas: Canvas, values: np.ndarray, colour: str, faint: bool = False) -> None:
        """Values (2 · columns + 1,) at the borders of its dot columns."""
        with np.errstate(over="ignore", invalid="ignore"):
            down = 2.0 * self.rows + (self.middle - values) / self.span * (4 * self.rows - 1)
            (dots,) = strokes(down[np.newaxis], 4 * self.rows)
        canvas.braille(self.top, self.left, dotted(dots) if faint else dots, colour)


def draw(canvas: Canvas, frame: Frame, each: int, snapshot: Snapshot, source: int, x: np.ndarray, shown: Parts) -> None:
    """A lane of `each` rows for each of the shown units, and the axis under them."""
    layers, layer, dataset = snapshot.network.layers, snapshot.chosen.layer, snapshot.dataset
    low, high = (np.nan_to_num(ends) for ends in (shown.values.min(axis=1), shown.values.max(axis=1)))
    low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)
    span = round_up(min(max(float((high - low).max(initial=0.0)), 1e-300), 1e300))
    corners = {} if layer or not layers else _places(frame, snapshot, source)
    for place, unit in enumerate(shown.units):
        lane = Lane(frame.top + place * each, frame.left, each, frame.columns, (high[place] + low[place]) / 2, span)
        lane.line(canvas, np.zeros(len(x)), "rule", faint=True)
        if layers:
            _draw_knots(canvas, lane, corners, layers[layer][unit], unit)
            _draw_unit(canvas, lane, snapshot, x, unit, shown.values[place])
        else:
            lane.line(canvas, shown.values[place], "bright")
            _draw_gutter(canvas, lane, "w", "", None, True)
    if len(shown.units) * each < frame.rows:
        _draw_others(canvas, frame, each, shown, span, last=layer == len(layers) - 1)
    _draw_heading(canvas, frame, snapshot, span)
    draw_x_axis(canvas, frame, words(dataset.feature_labels[source], dataset.feature_units[source]))
    if layer == 0:
        knots.draw(canvas, frame, snapshot, source)


def _draw_unit(canvas: Canvas, lane: Lane, snapshot: Snapshot, x: np.ndarray, unit: int, values: np.ndarray) -> None:
    """What the unit adds, behind it its twin where it is the chosen one; and what is wrong with it, if anything is."""
    layer, shares = snapshot.chosen.layer, snapshot.answer(ActiveShares())
    kind, chosen = snapshot.network.layers[layer][unit], unit == snapshot.chosen.unit
    on = None if shares is None else float(shares[layer][unit])
    bad = "" if on is None else trouble(kind, on)
    if chosen and kind in TWINS:
        lane.line(canvas, _twin(snapshot, x, unit), "label", faint=True)
    lane.line(canvas, values, "bright" if chosen else "trouble" if bad else "model")
    canvas.text_right(lane.top, lane.left + lane.columns, bad, "trouble")
    _draw_gutter(canvas, lane, str(unit + 1), KINDS[kind].symbol, on, chosen)


def _places(frame: Frame, snapshot: Snapshot, source: int) -> dict[float, np.ndarray]:
    """Where along x, in cells, each unit of the first layer has b + wx = z, for each z at which one has a corner."""
    all_z = {z for kind in snapshot.network.layers[0] for z in _corners(kind)}
    return {z: knots.places(frame, snapshot, source, z) for z in all_z}


def _corners(kind: str) -> tuple[float, ...]:
    """Where a kind of unit has its corners, or its middle where it has none, as values of b + wx."""
    return KINDS[kind].kinks or (0.0,)


def _draw_knots(canvas: Canvas, lane: Lane, corners: dict[float, np.ndarray], kind: str, unit: int) -> None:
    """Dashed, where the unit has its corners."""
    rows = np.arange(lane.top, lane.top + lane.rows)
    for place in (float(corners[z][unit]) for z in _corners(kind) if z in corners):
        if 0.0 <= place < lane.columns:
            canvas.glyphs(rows, np.full(len(rows), lane.left + int(place)), DASHED, "gradient")


def _twin(snapshot: Snapshot, x: np.ndarray, unit: int) -> np.ndarray:
    """What the unit would add if it were its twin, at x (M, n_inputs)."""
    network, layer = snapshot.network, snapshot.chosen.layer
    W, b = network.weights(layer)
    before = network.activations(x)[layer - 1] if layer else x
    last = layer == len(network.layers) - 1
    scale = float(network.weights(layer + 1)[0][0, unit]) * snapshot.dataset.y_scale if last else 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        values: np.ndarray = KINDS[TWINS[network.layers[layer][unit]]].function(before @ W[unit] + b[unit])
        return values.astype(float) * scale


def _draw_gutter(canvas: Canvas, lane: Lane, name: str, symbol: str, on: float | None, chosen: bool) -> None:
    """The unit's number, its kind, and on how much of the data it acts, as many of them as there are rows."""
    end = lane.left - 2
    if chosen:
        canvas.text(lane.top, max(0, end - len(name) - 1), "▸", "now")
    canvas.text_right(lane.top, end, name, "bright" if chosen else "model", chosen)
    if lane.rows > 1:
        canvas.text_right(lane.top + 1, end, symbol, "label")
    if lane.rows > 2 and on is not None:
        canvas.text_right(lane.top + 2, end, f"{100 * on:.0f}%", "quiet")
    for row in range(lane.top, lane.top + lane.rows):
        canvas.text(row, lane.left - 1, "│", "rule")


def _draw_others(canvas: Canvas, frame: Frame, each: int, shown: Parts, span: float, last: bool) -> None:
    """The last lane: the sum of all units that have none of their own; one that needs more than a lane says so."""
    low, high = (float(np.nan_to_num(end)) for end in (shown.rest.min(), shown.rest.max()))
    own = max(span, min(high - low, 1e300))
    lane = Lane(frame.top + len(shown.units) * each, frame.left, each, frame.columns, low / 2 + high / 2, own)
    if last:
        lane.line(canvas, shown.rest, "quiet")
    _draw_gutter(canvas, lane, f"+{shown.hidden}", "", None, False)
    words = ", their sum" * last + " on a scale of its own" * (last and own > span)
    canvas.text_right(lane.top, frame.left + frame.columns, f"{shown.hidden} more units{words}", "label")


def _draw_heading(canvas: Canvas, frame: Frame, snapshot: Snapshot, span: float) -> None:
    """Each unit  c·σ(b + wx)   one scale: a lane is 200 g."""
    layers, layer, dataset = snapshot.network.layers, snapshot.chosen.layer, snapshot.dataset
    if not layers:
        text, kinds = "The one weight  w·x", []
    else:
        kinds = layers[layer]
        symbol = KINDS[kinds[0]].symbol if len(set(kinds)) == 1 else "act"
        inner = "b + wx" if layer == 0 and snapshot.network.n_inputs == 1 else "r"
        last = layer == len(layers) - 1
        text = f"Each unit{'' if last else f' of layer {layer + 1}'}  {'c·' * last}{symbol}({inner})"
    unit = f" {dataset.target_unit or dataset.target_label}" if layer == len(layers) - 1 or not layers else ""
    row, left = frame.top - 1, frame.left + 1
    end = canvas.text(row, left, text, "label")
    twin = TWINS.get(kinds[snapshot.chosen.unit]) if kinds and snapshot.chosen.unit >= 0 else None
    scale = f"   one scale: a lane is {short(span)}{unit}"
    beside = f"   ··· as {kind_name(twin)}" if twin else ""
    room = frame.left + frame.columns - end
    canvas.text(row, end, scale + beside if len(scale + beside) <= room else cut(beside or scale, room), "quiet")
