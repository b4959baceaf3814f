"""Backwards: what each example asks of y and of each unit, and what the batch asks of each number of θ."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.losses import LOSSES
from tui.draw.canvas import Canvas
from tui.draw.numbers import fixed
from tui.draw.strips import from_nought, largest, signed
from tui.views.net.heads import prime
from tui.views.step.groups import Group
from tui.views.step.look import LABEL, WORDS, Look
from tui.views.step.names import delta, slope_formula, symbol
from tui.views.step.rows import Row, draw_here, line, rule

CELL, AFTER = 14, 3  # of a sum: its columns at least, and those after its number


def rows(of: Look, units: list[Group]) -> list[Row]:
    """From the rule to the sums over the batch."""
    y = of.update.backward.y / of.size
    slope = LOSSES[of.update.before.recipe.loss].slope_formula
    of_y = line(
        of, f"∂L/∂y = {slope}/{of.size}", number=_number(of, y[of.example]), strip=signed(of.cells(y), "gradient")
    )
    c, w, b = sums(of)
    return [_head(of), of_y, *c, *_deltas(of, units), *w, *b]


def _head(of: Look) -> Row:
    """backwards ↑  the chain rule …, with the example's ◆ over its column."""
    words = "  chain rule; + stands, − hangs"
    own = rule([("backwards ↑", "bright", True), (words, "label", False)], need=1)

    def paint(canvas: Canvas, row: int) -> None:
        own.paint(canvas, row)
        draw_here(canvas, row, of)

    return Row(own.need, paint)


def _deltas(of: Look, units: list[Group]) -> list[Row]:
    """∂L/∂r of each line of units, deeper layers first; single ones share a scale."""
    own = sorted(units, key=lambda group: -group.layer)
    values = [group.of(of.update.backward.r[group.layer]) / of.size for group in own]
    single = [np.abs(of.cells(each)) for group, each in zip(own, values, strict=True) if group.single]
    scale = largest(np.concatenate(single)) if single else 1.0
    lines = []
    for place, (group, each) in enumerate(zip(own, values, strict=True)):
        cells = of.cells(each)
        strip = signed(cells, "gradient", scale) if group.single else from_nought(cells, "gradient")
        label, words = _label(of, group, first=place == 0)
        lines.append(line(of, label, words, _number(of, each[of.example]), strip, need=2))
    return lines


def _label(of: Look, group: Group, first: bool) -> tuple[str, str]:
    if not group.single:
        some = len(group.units) < of.network.shape[group.layer + 1]
        return f"{delta(group.layer)}  {len(group.units)} {'more' if some else 'units'}", "√ Σ (∂L/∂r)²"
    (unit,) = group.units
    name = delta(group.layer, unit)
    last = group.layer == len(of.network.layers) - 1
    slope = slope_formula(of.network, group.layer, unit)
    formula = f"{name} = ∂L/∂y·{symbol(of.network.index(group.layer, unit, 'c'), of.network)}·{slope}" if last else name
    return (formula if first and len(formula) <= 30 else name), ""


def _number(of: Look, value: float) -> str:
    return fixed(float(value), of_gradients(of))


def of_gradients(of: Look) -> int:
    """Decimals of the numbers of one example, by the largest ∂L/∂y of the batch."""
    most = largest(np.abs(of.update.backward.y) / of.size)
    return int(np.clip(3 - math.floor(math.log10(most)), 3, 6)) if most > 0 else 4


# ------------------------------------------------------------------------------------------------- sums over the batch


def sums(of: Look) -> tuple[list[Row], list[Row], list[Row]]:
    """Of c and the output bias, of w, and of b: of one layer's units all, where there are several the chosen one's."""
    network, last = of.network, len(of.network.layers)
    bias, over = network.index(last, 0, "b"), f"Σ over the {of.size}"
    if not last:
        inputs = _sum(of, "∂L/∂w = Σ ∂L/∂y·x", range(bias), of.chosen.source, 16, over)
        return [], [inputs], [_sum(of, "∂L/∂b = Σ ∂L/∂y", (bias,), 0, 17)]
    layer, unit = of.chosen.layer, max(of.chosen.unit, 0)
    own, came = prime(layer), f"a{prime(layer - 1)}" if layer else "x"
    c = range(network.index(last, 0, "w"), bias + 1)
    first, fan_in, fan_out = network.index(layer, 0, "w"), *network.shape[layer : layer + 2]
    several = fan_in > 1
    w = range(first + unit * fan_in, first + (unit + 1) * fan_in) if several else range(first, first + fan_out)
    b = range(first + fan_in * fan_out, first + (fan_in + 1) * fan_out)
    return (
        [_sum(of, f"∂L/∂c = Σ ∂L/∂y·a{prime(last - 1)}", c, unit if layer == last - 1 else 0, 15)],
        [_sum(of, f"∂L/∂w{own} = Σ ∂L/∂r{own}·{came}", w, of.chosen.source if several else unit, 16, over)],
        [_sum(of, f"∂L/∂b{own} = Σ ∂L/∂r{own}", b, unit, 17)],
    )


def _sum(of: Look, label: str, indices: Sequence[int], near: int, need: int, tail: str = "") -> Row:
    """As many of these sums as there is room for, the traced one among them, else the one at the place `near`."""
    g, places = of.update.backward.gradient, max(4, of_gradients(of) - 1)
    longest = max(len(symbol(index, of.network)) for index in indices[-2:])  # the last of c's is b
    cell = max(CELL, longest + 11)
    at = indices.index(of.index) if of.index in indices else near

    def paint(canvas: Canvas, row: int) -> None:
        canvas.text(row, LABEL, label if len(label) < WORDS - LABEL else label.partition(" ")[0], "text")
        room = max(1, (canvas.width - WORDS) // cell)
        start = min(at // room * room, max(0, len(indices) - room))
        shown = range(start, min(start + room, len(indices)))
        for place, column in zip(shown, range(WORDS, canvas.width, cell), strict=False):
            lit = indices[place] == of.index
            canvas.text(row, column, symbol(indices[place], of.network), "bright" if lit else "label", lit)
            text = fixed(float(g[indices[place]]), places)
            canvas.text_right(row, column + cell - AFTER, text, "bright" if lit else "gradient", lit)
        after = WORDS + len(shown) * cell
        if after + len(tail) + 1 <= canvas.width:
            canvas.text(row, after, tail, "quiet")

    return Row(need, paint)
