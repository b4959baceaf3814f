"""The weights of the linear model, one for each input, as numbers or in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.draw.canvas import Canvas
from tui.draw.numbers import column
from tui.run.unit import Unit, sentence, source_name

if TYPE_CHECKING:
    from tui.run.snapshot import Snapshot

_LEFT, _VALUE, _GAP = 2, 6, 2
_WEEK = 7  # days in a row, so that a column is a day of the week


def draw(canvas: Canvas, top: int, snapshot: Snapshot) -> None:
    """A grid from row `top` on: the input and its weight; the chosen one is lit and always in sight.

    Of one input the table has the weight already: then what it means in the data's units.
    """
    network, dataset = snapshot.network, snapshot.dataset
    values = network.weights(0)[0][0]
    if len(values) == 1:
        line = Unit(0, "identity", values, 0.0, 1.0, gradient=0.0, on=None, single=True)
        canvas.text(2, _LEFT + 1, sentence(line, dataset)[0], "quiet")
        return
    names = [str(lag) for lag in dataset.lags] or [source_name(dataset, 0, i) for i in range(len(values))]
    texts = column([float(value) for value in values], _VALUE)
    label = max(map(len, names))
    cell = label + 1 + _VALUE + _GAP
    across = max(1, (canvas.width - _LEFT + _GAP) // cell)
    if dataset.period == "day":
        across = min(across, _WEEK)
    rows, chosen = canvas.height - top, snapshot.chosen.source
    first = max(0, chosen // across - rows + 1) * across
    if first:
        canvas.text(top, 0, "↑", "label")
    if first + rows * across < len(values):
        canvas.text(canvas.height - 1, 0, "↓", "label")
    for place, i in enumerate(range(first, min(len(values), first + rows * across))):
        row, left = top + place // across, _LEFT + place % across * cell
        lit = i == chosen and snapshot.chosen.part == "w"
        canvas.text_right(row, left + label, names[i], "label")
        canvas.text_right(row, left + label + 1 + _VALUE, texts[i], "bright" if lit else "text", lit)
        if lit:
            start = left + label + 1 + len(texts[i]) - len(texts[i].lstrip()) - 1
            canvas.tint(slice(row, row + 1), slice(start, left + label + 2 + _VALUE), "lit")
