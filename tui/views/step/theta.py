"""The step: θ as one table in its own order, with what the optimizer makes of each number under the same index."""

from __future__ import annotations

import math

import numpy as np

from engine.optimizers import OPTIMIZERS
from tui.draw.canvas import Canvas
from tui.draw.numbers import counted, fixed, short
from tui.views.step.look import LABEL, LOW, Look
from tui.views.step.names import symbol
from tui.views.step.rows import Row, Words, rule

CELL, FIRST = 7, 9  # columns of a number, and before the first
ENOUGH = 1e-5  # of the largest: how near a θ must be to the trainer's
_SMALL = 0.0095  # a row whose largest number is less is shown in thousandths, or millionths
SMALLER = {3: "‰", 6: "ppm"}


def rows(of: Look) -> list[Row]:
    """The optimizer's own rows between g and the step."""
    update = of.update
    optimizer = OPTIMIZERS[update.before.recipe.optimizer]
    own = [
        Row(1, lambda canvas, row: _draw_names(canvas, row, of)),
        _numbers(of, "g", update.gradient, "gradient"),
    ]
    for sign, values in zip(optimizer.signs, update.kept, strict=True):
        if sign:
            shown = np.sqrt(values) if sign.startswith("√") else values
            own.append(_numbers(of, sign, shown, "label", need=19))
    own.append(_numbers(of, "step", update.step, "text", signs=True))
    own.append(_numbers(of, "θ old", update.before.theta, "text", need=20))
    own.append(_numbers(of, "θ new", update.after.theta, "text", need=5))
    return [_head(of), *own]


def window(of: Look, width: int) -> range:
    """The places of θ that have a column: all, or the page on which the traced number is."""
    cells, count = max(1, (width - FIRST) // CELL), of.network.n_parameters
    start = min(of.index // cells * cells, max(0, count - cells))
    return range(start, min(start + cells, count))


def _head(of: Look) -> Row:
    optimizer = OPTIMIZERS[of.update.before.recipe.optimizer]
    moves, right = optimizer.moves.replace(" · ", "·").replace(" / ", "/"), _right(of)
    words, about = f"  {optimizer.name}: {moves}", f";  {optimizer.about}" if optimizer.about else ""
    room = of.width - len(" the step   ─  ") - len(words) - sum(len(text) for text, _, _ in right)
    words += about if of.height >= LOW and len(about) <= room else ""
    return rule([("the step", "bright", True), (words, "label", False)], right, need=1)


def _right(of: Look) -> Words:
    """Which part of θ is shown, or whether it is what the trainer came to."""
    shown, miss = window(of, of.width), of.last.miss
    if miss is not None and not miss <= ENOUGH:
        return [(f"✗ {short(miss)} from the trainer's θ", "trouble", False)]
    if len(shown) < of.network.n_parameters:
        return [(f"θ {shown.start + 1}…{shown.stop} of {counted(of.network.n_parameters)}", "label", False)]
    return [] if miss is None else [("✓ as trained", "quiet", False)]


def _draw_names(canvas: Canvas, row: int, of: Look) -> None:
    canvas.text(row, LABEL, "of θ", "label")
    for place, index in enumerate(window(of, canvas.width)):
        lit = index == of.index
        _draw_cell(canvas, row, place, symbol(index, of.network)[: CELL - 1], "bright" if lit else "label", lit)


def _numbers(of: Look, label: str, values: np.ndarray, colour: str, need: int = 0, signs: bool = False) -> Row:
    """One row; small numbers are shown in thousandths or millionths, which its label says."""

    def paint(canvas: Canvas, row: int) -> None:
        shown = window(of, canvas.width)
        own = values[shown.start : shown.stop]
        power = _power(own)
        canvas.text(row, LABEL, label, "bright")
        if power:
            canvas.text(row, LABEL + len(label) + 1, SMALLER[power], "label")
        for place, (index, value) in enumerate(zip(shown, own * 10.0**power, strict=True)):
            lit = index == of.index
            text = _text(float(value), signs)
            _draw_cell(canvas, row, place, text, "bright" if lit else colour, lit)

    return Row(need, paint)


def _draw_cell(canvas: Canvas, row: int, place: int, text: str, colour: str, lit: bool) -> None:
    end = FIRST + (place + 1) * CELL - 1
    if lit:
        canvas.tint(slice(row, row + 1), slice(end - CELL + 1, end + 1), "lit")
    canvas.text_right(row, end, text, colour, lit)


def _power(values: np.ndarray) -> int:
    finite = np.abs(values[np.isfinite(values)])
    most = float(finite.max()) if finite.size else 0.0
    return 0 if most >= _SMALL or most == 0.0 else 3 if most >= _SMALL / 1000 else 6


def _text(value: float, signs: bool) -> str:
    """Three decimals where a cell holds them, else fewer."""
    size = abs(value)
    places = 3 if size < 9.9995 else 2 if size < 99.995 else 1 if size < 999.95 else 0
    text = fixed(value, places) if math.isfinite(value) and size < 9999.5 else short(value)
    return f"+{text}" if signs and value > 0 and text.strip("0.") else text
