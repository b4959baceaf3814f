"""plotext behind one door: thin lines as dot patterns, and the fit as plain text for the command line.

plotext ends the whole process on NaN, on infinity and on values far outside its limits, so segments are made finite
and clipped first. Its figure is one per process: call this from one thread. It is imported with the first line.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tui.draw.axes import Axis, columns_a_tick, linear, rows_a_tick
from tui.draw.lines import clip_box

_BRAILLE = 0x2800
_MANY = 20_000  # points of which none is left out
_PLACES = 4  # in a cell, each way: of more points than many the first in each place is drawn


def line(x: np.ndarray, y: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """The polyline x (N,), y (N,) as eight-dot patterns (rows, columns), one dot thick.

    x and y are in dots of a raster of 4 · rows by 2 · columns, y downwards, a dot's centre at half. Points that are
    not finite break the line, what lies outside is cut off.
    """
    width, height = 2.0 * columns, 4.0 * rows
    runs = _runs(x, y, (0.5, width - 0.5), (0.5, height - 0.5)) if min(rows, columns) > 0 else []
    if not runs:
        return np.zeros((max(0, rows), max(0, columns)), np.int64)
    import plotext

    figure = _figure(plotext, columns, rows)
    figure.axes(False)
    for name, size in (("x", width), ("y", height)):
        ruler = figure.ruler(name)
        ruler.alignment("edge")  # the limits are the centres of the outermost dots
        ruler.lim(0.5, size - 0.5)
        ruler.ticks([], [])
    for run_x, run_y in runs:
        figure.draw(figure.signal(run_x, (height - run_y).tolist(), marker=plotext.marker("braille")).lines())
    return _patterns(figure.build().string(), rows, columns)


def plot_fit_text(
    curve: tuple[np.ndarray, np.ndarray],
    points: tuple[np.ndarray, np.ndarray],
    width: int = 72,
    height: int = 18,
    labels: tuple[str, str] = ("x", "y"),
    line: str = "the fit",
) -> str:
    """A fit as plain text of `width` by about `height` characters: the curve (x, y), named `line`, over the points.

    All in raw units, the curve's x ascending. What is not finite, or outside the range of the points, is left out;
    without a finite point the text is empty.
    """
    x, y = (np.asarray(values, float) for values in points)
    keep = np.isfinite(x) & np.isfinite(y)
    x, y = x[keep], y[keep]
    if not len(x):
        return ""
    import plotext

    across = linear(float(x.min()), float(x.max()), width - 8, columns_a_tick(width - 8))
    up = linear(float(y.min()), float(y.max()), height - 4, rows_a_tick(height - 4))
    figure = _figure(plotext, width, height)
    figure.title(f"{labels[1]} by {labels[0]}: • data, line {line}")
    for name, axis in (("x", across), ("y", up)):
        ruler = figure.ruler(name)
        ruler.alignment("edge")
        ruler.lim(axis.low, axis.high)
        ruler.ticks([float(axis.value(cell + 0.5)) for cell, _ in axis.ticks], [label for _, label in axis.ticks])
    x, y = _seen(x, y, across, up)
    figure.draw(figure.signal(x.tolist(), y.tolist(), marker=plotext.marker("•")))
    for run_x, run_y in _runs(*curve, (across.low, across.high), (up.low, up.high)):
        figure.draw(figure.signal(run_x, run_y.tolist(), marker=plotext.marker("braille")).lines())
    return "\n".join(row.rstrip() for row in _rows(figure.build().string()))


def _seen(x: np.ndarray, y: np.ndarray, across: Axis, up: Axis) -> tuple[np.ndarray, np.ndarray]:
    """Few enough of the points (N,) for plotext, which needs 8 s for a million: those that hide the others."""
    if len(x) <= _MANY:
        return x, y
    column, row = (np.floor(axis.at(values) * _PLACES) for axis, values in ((across, x), (up, y)))
    _, first = np.unique(column + row * (across.cells * _PLACES), return_index=True)
    return x[first], y[first]


def _figure(plotext: Any, columns: int, rows: int) -> Any:
    """The process's figure, emptied, colourless and of the given size."""
    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear.data()
    figure.title("")
    figure.theme("colorless")
    figure.plot_size(columns, rows)
    return figure


def _rows(text: str) -> list[str]:
    return text.replace("\x1b[0m", "").split("\n")


def _patterns(text: str, rows: int, columns: int) -> np.ndarray:
    lines = [row.ljust(columns)[:columns] for row in _rows(text)[:rows]]
    codes = np.frombuffer("".join(lines).encode("utf-32-le"), "<u4").reshape(rows, columns).astype(np.int64)
    return np.where(codes > _BRAILLE, codes - _BRAILLE, 0)


def _runs(
    x: np.ndarray, y: np.ndarray, across: tuple[float, float], up: tuple[float, float]
) -> list[tuple[list[float], np.ndarray]]:
    """Connected finite pieces of a polyline inside a box: what plotext can be given."""
    xs, ys = clip_box(x, y, across, up)
    if not len(xs):
        return []
    breaks = np.flatnonzero((xs[1:, 0] != xs[:-1, 1]) | (ys[1:, 0] != ys[:-1, 1])) + 1
    starts, stops = np.r_[0, breaks], np.r_[breaks, len(xs)]
    return [
        ([*xs[a:b, 0].tolist(), float(xs[b - 1, 1])], np.append(ys[a:b, 0], ys[b - 1, 1]))
        for a, b in zip(starts, stops, strict=True)
    ]
