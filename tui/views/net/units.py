"""The boxes of the units: a marker, a name, the curve or map, and what is wrong with a unit, if anything is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.activations import KINDS
from tui.draw.canvas import Canvas, cut
from tui.draw.numbers import minus
from tui.run.facts import ActiveShares
from tui.run.unit import trouble
from tui.views.net import boxes, heads

if TYPE_CHECKING:
    from engine.activations import Activation
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot
    from tui.views.net.flow import Flow
    from tui.views.net.plan import Column, Plan


@dataclass(frozen=True, slots=True)
class Look:
    """How one unit is to be shown."""

    name: str
    kind: Activation
    bias: float
    chosen: bool
    trouble: str

    @property
    def colour(self) -> str:
        return "bright" if self.chosen else "trouble" if self.trouble else "model"


def draw(canvas: Canvas, where: Plan, snapshot: Snapshot, numbers: Flow, palette: Palette) -> None:
    """All columns of units, each box over the same inputs."""
    feature = snapshot.chosen.source if snapshot.chosen.layer == 0 else 0
    for rows in {column.rows for column in where.units}:
        ground = boxes.ground(snapshot.dataset, numbers.x, feature, rows, where.units[0].width)
        values = snapshot.network.activations(ground.x)
        for column, layer in zip(where.units, where.layers, strict=True):
            if column.rows == rows:
                _draw_layer(canvas, column, layer, ground, values[layer], snapshot, numbers, palette, where.scale > 0)


def _draw_layer(
    canvas: Canvas,
    column: Column,
    layer: int,
    ground: boxes.Ground,
    values: np.ndarray,
    snapshot: Snapshot,
    numbers: Flow,
    palette: Palette,
    scale: bool,
) -> None:
    """Values (M, units) of a layer at the ground's inputs, a box for each unit that has one."""
    for place, unit in enumerate(column.members):
        look, own = look_of(snapshot, layer, unit), values[:, unit]
        ends = boxes.limits(look.kind.name, own)
        _draw_box(canvas, column, place, look, ground, own, ends, palette)
        _name(canvas, column, place, look)
        if scale and column.rows > 2:
            for row, end in ((column.box(place), ends[1]), (column.box(place) + column.rows - 1, ends[0])):
                canvas.text(row, column.left + column.width, minus(f"{end:.3g}"), "quiet")
    if column.hidden:
        _draw_others(canvas, column, layer, ground, values, snapshot, numbers, palette)


def look_of(snapshot: Snapshot, layer: int, unit: int) -> Look:
    """All of it from the network, the choice and the shares."""
    kind, shares = snapshot.network.layers[layer][unit], snapshot.answer(ActiveShares())
    chosen = (layer, unit) == (snapshot.chosen.layer, snapshot.chosen.unit)
    bad = "" if shares is None else trouble(kind, float(shares[layer][unit]))
    bias = float(snapshot.network.weights(layer)[1][unit])
    return Look(str(unit + 1), KINDS[kind], bias, chosen, bad)


def _draw_box(
    canvas: Canvas,
    column: Column,
    place: int,
    look: Look,
    ground: boxes.Ground,
    values: np.ndarray,
    ends: tuple[float, float],
    palette: Palette,
) -> None:
    """The curve on a ground of its own, or the map; bars beside the chosen one's map."""
    top, left, close = column.box(place), column.left, column.rows == column.each
    if palette.depth == "truecolor" and not ground.over_plane:
        tint = "window" if look.chosen else "ground" if place % 2 and close else "weekend"
        canvas.tint(slice(top, top + column.rows), slice(left, left + column.width), tint)
    boxes.draw(canvas, top, left, ground, values, ends, look.colour, palette, apart=close)
    for row in range(top, top + column.rows * (look.chosen and ground.over_plane)):
        canvas.text(row, left - 1, "▐", "bright")
        canvas.text(row, left + column.width, "▌", "bright")


def _name(canvas: Canvas, column: Column, place: int, look: Look) -> None:
    """▸3 sigmoid   b 6.14 over the box, or the number beside it where there is no such row."""
    top, left, name = column.box(place), column.left, look.name
    if not column.lead:
        middle = top + (column.rows - 1) // 2
        canvas.text_right(middle, left - 1, name, look.colour, look.chosen)
        canvas.text(middle, left - 2 - len(name), "▸" * look.chosen, "now")
        canvas.text(top + column.rows - 1, left, cut(look.trouble, column.width), "trouble")
        return
    canvas.text(top - 1, left - 2, "▸" * look.chosen, "now")
    end = canvas.text(top - 1, left, f"{name} ", look.colour, look.chosen)
    ink = "trouble" if look.trouble else "bright" if look.chosen else "text"
    canvas.text(top - 1, end, look.trouble or look.kind.word, ink, look.chosen)
    bias = f"b {heads.brief(look.bias)}"
    if end + len(look.trouble or look.kind.word) + 1 <= left + column.width - len(bias):
        canvas.text_right(top - 1, left + column.width, bias, "bright" if look.chosen else "label", look.chosen)


def _draw_others(
    canvas: Canvas,
    column: Column,
    layer: int,
    ground: boxes.Ground,
    values: np.ndarray,
    snapshot: Snapshot,
    numbers: Flow,
    palette: Palette,
) -> None:
    """The last box: what all units without one add together; before the last layer only how many they are."""
    network, top = snapshot.network, column.box(len(column.members))
    if layer == len(network.layers) - 1:
        c = np.delete(network.weights(layer + 1)[0][0], column.members).astype(float)
        with np.errstate(over="ignore", invalid="ignore"):
            total = np.delete(values, column.members, axis=1).astype(float) @ c
        finite = total[np.isfinite(total)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        boxes.draw(canvas, top, column.left, ground, total, (low, max(high, low + 1e-9)), "label", palette)
    kinds = [KINDS[kind] for kind in network.layers[layer]]
    on = sum(
        kind.can_die and value > 0.0
        for unit, (kind, value) in enumerate(zip(kinds, numbers.a[layer], strict=True))
        if unit not in column.members
    )
    text = f"{column.hidden} more"
    whole = f"{text}, {on} on" if any(kind.can_die for kind in kinds) else text
    canvas.text(top, column.left, whole if len(whole) <= column.width else cut(text, column.width), "label")
    canvas.text_right(top + column.rows // 2, column.left - 1, "+", "label")
