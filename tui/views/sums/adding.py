"""The running sums: bias, then with one more unit each, each brighter, up to the fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import Canvas, cut
from tui.draw.frame import Frame, draw_y_axis, mark_edges, per_dataset, words
from tui.draw.lines import dotted, stroke, strokes
from tui.draw.palette import SHADES
from tui.run.unit import source_name

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot
    from tui.views.sums.parts import Parts

_POINTS = 200  # of the training data, at most


def draw(canvas: Canvas, frame: Frame, snapshot: Snapshot, source: int, output: Parts, palette: Palette) -> None:
    """Over the training data along this input; the legend above it."""
    sums = output.sums
    draw_y_axis(canvas, frame, palette.depth != "none")
    canvas.glyphs(*frame.cells(*_points(snapshot.dataset, source)), "•", "truth")
    down = 4.0 * (frame.rows - frame.y.at(sums))
    for place, dots in enumerate(strokes(down[:-1], 4 * frame.rows)):
        canvas.braille(frame.top, frame.left, dots if place else dotted(dots), _shade(place, len(sums)))
        if palette.depth != "truecolor" and place:
            _name_line(canvas, frame, sums[place], str(output.units[place - 1] + 1))
    across, hero = np.arange(sums.shape[1], dtype=float), frame.raster()
    stroke(hero, across, down[-1], thick=True)
    canvas.braille(frame.top, frame.left, hero, "model")
    mark_edges(canvas, frame, frame.x.value(across / 2), sums[-1], "model")
    _draw_legend(canvas, frame.left + 1, snapshot, source, output)


@per_dataset
def _points(dataset: Dataset, source: int) -> tuple[np.ndarray, np.ndarray]:
    """x and y of the training data, or of evenly chosen ones among them."""
    every = -(-len(dataset.y_train) // _POINTS)
    return dataset.unscale_x(dataset.x_train)[::every, source], dataset.unscale(dataset.y_train[::every])


def _shade(place: int, count: int) -> str:
    """Each running sum is brighter than the one before; the last is the model itself."""
    if place == 0:
        return "label"
    return "model" if place == count - 1 else f"plus{1 + (SHADES - 1) * place // (count - 1)}"


def _name_line(canvas: Canvas, frame: Frame, line: np.ndarray, name: str) -> None:
    """The number of the unit at the right end of its sum, where shades cannot tell lines apart."""
    up = float(frame.y.at(line[-1]))
    if 0.0 <= up < frame.rows:
        canvas.text_right(frame.top + frame.rows - 1 - int(up), frame.left + frame.columns, name, "text")


def _draw_legend(canvas: Canvas, left: int, snapshot: Snapshot, source: int, output: Parts) -> None:
    """Adding up: ··· bias  ─ + 1  ─ + 2  ━ + 3 = the fit, as much of it as there is room for."""
    layers, dataset = snapshot.network.layers, snapshot.dataset
    names = [str(unit + 1) for unit in output.units] if layers else [f"w·{source_name(dataset, 0, source)}"]
    base = "bias" + (f" + {output.hidden} others" if output.hidden and layers else "")
    room, unit = canvas.width - left - 1, words(dataset.target_label, dataset.target_unit)
    parts = [("Adding up: ", "label", False), ("··· ", "label", False), (base, "text", False)]
    for place, name in enumerate(names, 1):
        last = place == len(names)
        parts.append(("  ━ " if last else "  ─ ", _shade(place, len(names) + 1), last))
        parts.append((f"+ {name}" + " = the fit" * last, "bright" if last else "text", last))
    if sum(len(text) for text, _, _ in parts) + len(unit) + 2 <= room:
        canvas.parts(0, left, parts)
        canvas.text_right(0, canvas.width - 1, unit, "quiet")
        return
    brief = f"{base} + {' + '.join(names)} = the fit"
    least = f"{base} + {names[0]} + … + {names[-1]} = the fit"
    canvas.text(0, left, brief if len(brief) <= room else cut(least, room), "label")
