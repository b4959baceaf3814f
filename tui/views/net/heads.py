"""The words around the graph: the formula over each column, and under it what the signs mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.activations import KINDS
from tui.draw.canvas import Canvas, cut
from tui.draw.maps import draw_map
from tui.draw.numbers import minus, short
from tui.run.choice import OUTPUT_BIAS
from tui.views.net.plan import NUMBER, Plan

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot
    from tui.views.net.flow import Flow

PRIMES = ("", "′", "″", "‴")


def prime(layer: int) -> str:
    """What tells the letters of one layer from those of another: a, a′, a″, then a⁽⁵⁾."""
    digits = str(layer + 1).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return PRIMES[layer] if layer < len(PRIMES) else f"⁽{digits}⁾"


def value_formula(snapshot: Snapshot, layer: int) -> str:
    """a = σ(b + wx), a′ = tanh(b′ + W′a); act for units of several kinds."""
    kinds = set(snapshot.network.layers[layer])
    symbol = KINDS[kinds.pop()].symbol if len(kinds) == 1 else "act"
    if layer == 0:
        inner = "b + wx" if snapshot.network.n_inputs == 1 else "b + Wx"
    else:
        inner = f"b{prime(layer)} + W{prime(layer)}a{prime(layer - 1)}"
    return f"a{prime(layer)} = {symbol}({inner})"


def brief(value: float) -> str:
    """A weight in six cells: −0.31, 16.4, 120."""
    return minus(f"{value:.{2 if abs(value) < 9.995 else 1}f}") if abs(value) < 99.95 else short(value)


def truth(dataset: Dataset, target: float) -> str:
    """A target in the data's own unit; a label as it is: −1."""
    return minus(f"{target:.0f}") if dataset.labels else short(float(dataset.unscale(target)))


def output_formula(snapshot: Snapshot) -> str:
    """y = b + Σ c·a."""
    layers = snapshot.network.layers
    return f"y = b + Σ c·a{prime(len(layers) - 1)}" if layers else "y = b + Σ w·x"


def draw(canvas: Canvas, where: Plan, snapshot: Snapshot) -> None:
    """x, w, a = act(b + wx), c, y = b + Σ c·a: each over its column, as much of it as there is room for."""
    network = snapshot.network
    columns = where.columns
    canvas.text(0, 1, "x", "label")
    for place, (column, layer) in enumerate(zip(where.units, where.layers, strict=True), 1):
        room = columns[place + 1].left - column.left - 1
        formula = value_formula(snapshot, layer)
        canvas.text(0, column.left, formula if len(formula) <= room else cut(formula.replace(" ", ""), room), "label")
        right = column.left + column.width + where.scale + NUMBER
        if layer == len(network.layers) - 1 and len(formula) < right - column.left - 2:
            canvas.text(0, right - 1, "c", "label")
    if where.layers and where.layers[0] == 0 and network.n_inputs == 1:
        canvas.text(0, where.units[0].left - where.tag - 1, "w", "label")
    text = output_formula(snapshot)
    room = canvas.width - where.output.left
    text = text if len(text) <= room else text.replace(" ", "")
    canvas.text(0, where.output.left, text if len(text) <= room else "y", "label")


def draw_legend(canvas: Canvas, snapshot: Snapshot, numbers: Flow, palette: Palette) -> None:
    """━━ w > 0   ╍╍ w < 0   thick: large   ◆ this example, and at the right end what the chosen unit does to it."""
    row = canvas.height - 1
    column = canvas.text(row, 1, "━━", "model")
    column = canvas.text(row, column, " w > 0  ", "quiet")
    column = canvas.text(row, column, "╍╍", "text")
    column = canvas.text(row, column, " w < 0  thick: large  ", "quiet")
    column = canvas.text(row, column, "◆", "now")
    column = canvas.text(row, column, " this example", "quiet")
    text = effect(snapshot, numbers)
    if column + 2 + len(text) < canvas.width:
        canvas.text_right(row, canvas.width - 1, text, "text")
    if snapshot.dataset.kind == "plane" and column + 24 + len(text) <= canvas.width:
        ramp = np.linspace(0.0, 1.0, 9)[np.newaxis] * np.ones((2, 1))
        draw_map(canvas, row, column + 2, ramp, palette)
        canvas.text(row, column + 12, "low, high", "quiet")


def effect(snapshot: Snapshot, numbers: Flow) -> str:
    """ "unit 3 lowers y by 28.3 g" or "unit 5 is off here"; nothing of units before the last layer."""
    layers, chosen, dataset = snapshot.network.layers, snapshot.chosen, snapshot.dataset
    if chosen.unit == OUTPUT_BIAS or chosen.layer != len(layers) - 1:
        return ""
    change, name = float(numbers.parts[chosen.unit]) * dataset.y_scale, f"unit {chosen.unit + 1}"
    if KINDS[layers[-1][chosen.unit]].can_die and numbers.a[-1][chosen.unit] == 0.0:
        return f"{name} is off here"
    verb = "raises" if change > 0 else "lowers"
    return f"{name} {verb} y by {short(abs(change))} {dataset.target_unit}".rstrip()
