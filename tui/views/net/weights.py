"""Weights as numbers where edges begin or end: w of a single input, c, and in other gaps those of the chosen unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import Canvas
from tui.run.choice import OUTPUT_BIAS
from tui.views.net import heads
from tui.views.net.plan import NUMBER

if TYPE_CHECKING:
    from tui.run.snapshot import Snapshot
    from tui.views.net.plan import Column, Plan


def draw(canvas: Canvas, where: Plan, snapshot: Snapshot) -> None:
    """In every gap beside a shown layer."""
    network, chosen = snapshot.network, snapshot.chosen
    a_unit = chosen.unit != OUTPUT_BIAS
    for column, layer in zip(where.units, where.layers, strict=True):
        left, right = column.left - where.tag, column.left + column.width + where.scale + NUMBER
        if layer == len(network.layers) - 1:
            _beside_units(canvas, column, right, network.weights(layer + 1)[0][0], snapshot, (layer, "c"))
        elif a_unit and chosen.layer == layer + 1 in where.layers:
            _beside_sources(canvas, column, right, network.weights(layer + 1)[0][chosen.unit], snapshot)
        if layer == 0 and network.n_inputs == 1:
            _beside_units(canvas, column, left, network.weights(0)[0][:, 0], snapshot, (layer, "w"))
        elif a_unit and chosen.layer == layer - 1 in where.layers:
            _beside_units(canvas, column, left, network.weights(layer)[0][:, chosen.unit], snapshot, (layer, ""))
    if a_unit and chosen.layer == 0 in where.layers and network.n_inputs > 1:
        right = where.inputs.left + where.inputs.width + NUMBER
        _beside_sources(canvas, where.inputs, right, network.weights(0)[0][chosen.unit], snapshot)


def _beside_units(
    canvas: Canvas, column: Column, right: int, values: np.ndarray, snapshot: Snapshot, named: tuple[int, str]
) -> None:
    """A number for each unit, ending before `right`; that of the chosen parameter, named by layer and part, is lit."""
    (layer, part), chosen = named, snapshot.chosen
    for place, unit in enumerate(column.members):
        own = (layer, unit) == (chosen.layer, chosen.unit)
        _write(
            canvas, column, place, right, float(values[unit]), ("text", "bright")[own], own, own and part == chosen.part
        )


def _beside_sources(canvas: Canvas, column: Column, right: int, values: np.ndarray, snapshot: Snapshot) -> None:
    """The weights of the chosen unit beside what they come from; the one that w means is lit."""
    for place, source in enumerate(column.members):
        lit = source == snapshot.chosen.source and snapshot.chosen.part == "w"
        _write(canvas, column, place, right, float(values[source]), "bright", lit, lit)


def _write(
    canvas: Canvas, column: Column, place: int, right: int, value: float, colour: str, bold: bool, lit: bool
) -> None:
    text, row = heads.brief(value), column.box(place) + (column.rows - 1) // 2
    canvas.text(row, right - len(text), text, colour, bold, "lit" if lit else None)
