"""The graph of maps on a narrow panel: two layers as lines of maps, one under the other, edges going down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import Canvas, cut
from tui.draw.numbers import short
from tui.run.choice import OUTPUT_BIAS
from tui.views.net import boxes, heads, shown
from tui.views.net.edges import Gap
from tui.views.net.units import Look, look_of

if TYPE_CHECKING:
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot
    from tui.views.net.flow import Flow

_NARROW, _HIGH = 66, 14  # columns under which it takes the place of the standing graph; rows that it needs
_LEFT, _ROWS = 2, 3  # columns for the names of layers; rows of a map
_SMALLEST, _LARGEST = 5, 8  # columns of a map


@dataclass(frozen=True, slots=True)
class Line:
    """One layer: its units from left to right."""

    layer: int
    top: int  # of the names; the maps begin a row below
    width: int  # of a map, with a blank column after it
    members: tuple[int, ...]
    hidden: int

    def left(self, place: int) -> int:
        return _LEFT + place * (self.width + 1)

    def middle(self, place: int) -> float:
        """In dots from the left of the canvas."""
        return 2.0 * self.left(place) + self.width


def fits(snapshot: Snapshot, width: int, height: int) -> bool:
    """Whether a network of several layers over a plane is drawn so."""
    return snapshot.dataset.kind == "plane" and len(snapshot.network.layers) > 1 and width < _NARROW and height >= _HIGH


def draw(canvas: Canvas, snapshot: Snapshot, numbers: Flow, palette: Palette) -> None:
    """The chosen layer with the one before it, or the first two."""
    network, chosen = snapshot.network, snapshot.chosen
    second = max(chosen.layer, 1)
    places = max(1, (canvas.width - _LEFT) // (_SMALLEST + 1))
    members = [shown.units(snapshot, layer, places) for layer in (second - 1, second)]
    hidden = [len(network.layers[layer]) - len(own) for layer, own in zip((second - 1, second), members, strict=True)]
    widest = max(len(own) + (more > 0) for own, more in zip(members, hidden, strict=True))
    width = min(_LARGEST, (canvas.width - _LEFT) // widest - 1)
    below = canvas.height - _ROWS - 3
    lines = [
        Line(layer, top, width, tuple(own), more)
        for layer, top, own, more in zip((second - 1, second), (0, below), members, hidden, strict=True)
    ]
    ground = boxes.ground(snapshot.dataset, numbers.x, 0, _ROWS, width)
    values = network.activations(ground.x)
    _draw_edges(canvas, snapshot, lines)
    for line in lines:
        _draw_line(canvas, snapshot, line, ground, values[line.layer], palette)
    _draw_end(canvas, snapshot, lines[1], numbers)


def _draw_edges(canvas: Canvas, snapshot: Snapshot, lines: list[Line]) -> None:
    """Between the lines, with the weights of the chosen unit where its edges begin or end."""
    first, second = lines
    W = snapshot.network.weights(second.layer)[0].astype(float)
    weights = W[np.ix_(second.members, first.members)]
    chosen, mask = snapshot.chosen, np.zeros(weights.shape, bool)
    top = first.top + 1 + _ROWS
    gap, numbers = (top, second.top), (top, first, W[0])
    if chosen.layer == second.layer and chosen.unit in second.members:
        mask[second.members.index(chosen.unit)] = True
        gap, numbers = (top + 1, second.top), (top, first, W[chosen.unit])
    elif chosen.layer == first.layer and chosen.unit in first.members:
        mask[:, first.members.index(chosen.unit)] = True
        gap, numbers = (top, second.top - 1), (second.top - 1, second, W[:, chosen.unit])
    Gap(gap[0], 0, gap[1] - gap[0], canvas.width, down=True).draw(
        canvas,
        [first.middle(place) for place in range(len(first.members))],
        [second.middle(place) for place in range(len(second.members))],
        weights,
        mask,
    )
    if mask.any():
        row, line, values = numbers
        canvas.text(row, 0, f"w{heads.prime(second.layer)}", "quiet")
        _draw_numbers(canvas, row, line, values, chosen.source if chosen.part == "w" and line is first else -1)


def _draw_numbers(canvas: Canvas, row: int, line: Line, values: np.ndarray, lit: int) -> None:
    """One under, or over, each unit's map."""
    for place, unit in enumerate(line.members):
        text, own = heads.brief(float(values[unit])), unit == lit
        start = line.left(place) + max(0, (line.width - len(text) + 1) // 2)
        canvas.text(row, start, cut(text, line.width + 1), "bright", own, "lit" if own else None)


def _draw_line(
    canvas: Canvas, snapshot: Snapshot, line: Line, ground: boxes.Ground, values: np.ndarray, palette: Palette
) -> None:
    """The names and the maps of a layer."""
    canvas.text(line.top, 0, f"a{heads.prime(line.layer)}", "quiet")
    for place, unit in enumerate(line.members):
        look, own, left = look_of(snapshot, line.layer, unit), values[:, unit], line.left(place)
        ends = boxes.limits(look.kind.name, own)
        boxes.draw(canvas, line.top + 1, left, ground, own, ends, look.colour, palette, apart=True)
        _name(canvas, line, place, look)
        for row in range(line.top + 1, line.top + 1 + _ROWS * look.chosen):
            canvas.text(row, left - 1, "▐", "bright")
            canvas.text(row, left + line.width, "▌", "bright")
    if line.hidden:
        canvas.text(line.top, line.left(len(line.members)), cut(f"+{line.hidden}", line.width), "label")


def _name(canvas: Canvas, line: Line, place: int, look: Look) -> None:
    left = line.left(place)
    canvas.text(line.top, left - 1, "▸" * look.chosen, "now")
    end = canvas.text(line.top, left, f"{look.name} ", look.colour, look.chosen)
    canvas.text(line.top, end, cut(look.trouble, max(0, left + line.width - end)), "trouble")


def _draw_end(canvas: Canvas, snapshot: Snapshot, line: Line, numbers: Flow) -> None:
    """c under the last layer, and what it adds up to; under another one how many layers follow."""
    layers, row = snapshot.network.layers, canvas.height - 2
    after = len(layers) - 1 - line.layer
    if after:
        canvas.text(row, _LEFT, f"{after} more layer{'s' * (after > 1)} to the output", "label")
    else:
        canvas.text(row, 0, "c", "quiet")
        chosen = snapshot.chosen
        lit = chosen.unit if chosen.part == "c" and chosen.layer == line.layer and chosen.unit != OUTPUT_BIAS else -1
        _draw_numbers(canvas, row, line, snapshot.network.weights(len(layers))[0][0], lit)
    x = " ".join(
        f"{name} {short(float(v))}" for name, v in zip(snapshot.dataset.feature_labels, numbers.x, strict=True)
    )
    end = canvas.text(row + 1, 0, "▸" if snapshot.chosen.unit == OUTPUT_BIAS else " ", "now")
    words = f"{heads.output_formula(snapshot)} = {short(numbers.y)}   ◆ {x}"
    canvas.text(row + 1, end, cut(words, canvas.width - end), "label")
