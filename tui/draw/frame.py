"""What every plot shares: room for its parts, left and lower axis, grid, and marks for what left the frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from rich.cells import cell_len

from tui.draw.axes import Axis
from tui.draw.canvas import Canvas
from tui.draw.numbers import short

if TYPE_CHECKING:
    from data import Dataset

T = TypeVar("T")
_SIZES = 64  # answers kept for one data set: a resize asks for many sizes
GRID, DASHED = "┈", "┊"  # fainter than any dots


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot on the canvas: `rows` × `columns` cells from (top, left); the axis lines lie just outside."""

    top: int
    left: int
    rows: int
    columns: int
    x: Axis
    y: Axis

    def cells(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns on the canvas of the points (x, y) that are inside the frame."""
        across, up = self.x.at(x), self.y.at(y)
        with np.errstate(invalid="ignore"):
            inside = (across >= 0) & (across <= self.columns) & (up >= 0) & (up <= self.rows)
        column = np.minimum(across[inside].astype(int), self.columns - 1)
        row = self.rows - 1 - np.minimum(up[inside].astype(int), self.rows - 1)
        return row + self.top, column + self.left

    def dots(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x and y in dots of the frame, y downwards, for `lines.stroke` and `plotting.line`."""
        return 2.0 * self.x.at(x), 4.0 * (self.rows - self.y.at(y))

    def raster(self) -> np.ndarray:
        """An empty raster of the frame's dots (4 · rows, 2 · columns)."""
        return np.zeros((4 * self.rows, 2 * self.columns), bool)

    def area(self) -> tuple[slice, slice]:
        """The frame's cells, to index the canvas's arrays."""
        return slice(self.top, self.top + self.rows), slice(self.left, self.left + self.columns)


def draw_axes(canvas: Canvas, frame: Frame, unit: str = "", grid: bool = True) -> None:
    """Left and lower axis with ticks and labels, and a nearly invisible grid at the ticks of y.

    Without colours a grid would be as loud as the data: leave it out. `unit` is that of x and stands at the right
    end of the row of tick labels.
    """
    draw_y_axis(canvas, frame, grid)
    draw_x_axis(canvas, frame, unit)


def draw_y_axis(canvas: Canvas, frame: Frame, grid: bool = True) -> None:
    """The left axis alone."""
    axis, floor = frame.left - 1, frame.top + frame.rows
    for row in range(frame.top, floor):
        canvas.text(row, axis, "│", "rule")
    for cell, label in frame.y.ticks:
        row = floor - 1 - cell
        canvas.text(row, axis, "┤", "rule")
        canvas.text_right(row, axis, label, "label")
        if grid:
            canvas.text(row, frame.left, GRID * frame.columns, "grid")


def draw_x_axis(canvas: Canvas, frame: Frame, unit: str = "") -> None:
    """The lower axis alone."""
    floor, end = frame.top + frame.rows, frame.left + frame.columns
    canvas.text(floor, frame.left - 1, "└" + "─" * frame.columns, "rule")
    room = cell_len(unit)
    reserved = end - room - 2 if unit else canvas.width + 1
    free = 0
    for cell, label in frame.x.ticks:
        column = frame.left + cell
        start = min(column - (len(label) - 1) // 2, canvas.width - len(label))
        if start >= free and start + len(label) <= reserved:  # a tick without its number would say nothing
            canvas.text(floor, column, "┬", "rule")
            free = canvas.text(floor + 1, start, label, "label") + 1
    if unit and end - room > free:
        canvas.text_right(floor + 1, end, unit, "quiet")


def mark_edges(canvas: Canvas, frame: Frame, x: np.ndarray, y: np.ndarray, colour: str, bold: bool = True) -> None:
    """▲ and ▼ at the frame's edge where the line x (N,), y (N,) leaves it, and where it comes back."""
    column = np.floor(frame.x.at(x))
    with np.errstate(invalid="ignore"):
        within = (column >= 0) & (column < frame.columns)
        for outside, row, glyph in (
            (y > frame.y.value(frame.rows), frame.top, "▲"),
            (y < frame.y.value(0.0), frame.top + frame.rows - 1, "▼"),
        ):
            out = outside & within
            turns = np.flatnonzero(np.diff(out.astype(np.int8), prepend=0, append=0))
            ends = np.r_[turns[0::2], turns[1::2] - 1]
            at = column[ends].astype(int) + frame.left
            canvas.glyphs(np.full(len(at), row), at, glyph, colour, bold)


def say_where(canvas: Canvas, frame: Frame, y: np.ndarray, unit: str) -> None:
    """In words where a fit y (N,) is, of which the frame shows nothing: "the fit is above: 512 … 1.3k g"."""
    finite = y[np.isfinite(y)]
    above, below = (finite > frame.y.value(frame.rows)).all(), (finite < frame.y.value(0.0)).all()
    if not y.size or (finite.size and not (above or below)):
        return
    row, text = frame.top + 1, "the fit is not finite"
    if finite.size:
        low, high = short(float(finite.min())), short(float(finite.max()))
        row = frame.top + (1 if above else frame.rows - 2)
        text = f"the fit is {'above' if above else 'below'}: {words(low if low == high else f'{low} … {high}', unit)}"
    canvas.text(row, frame.left + max(0, frame.columns - cell_len(text) - 2) // 2, f" {text} ", "model", True)


def words(label: str, unit: str) -> str:
    """A quantity and its unit: "accel g", "riders"."""
    return f"{label} {unit}".strip()


def finite_range(*arrays: np.ndarray | None) -> tuple[float, float]:
    """The least and greatest finite value of all arrays, (0, 1) without any."""
    kept = [
        values[np.isfinite(values)] for array in arrays if array is not None for values in [np.asarray(array, float)]
    ]
    kept = [values for values in kept if values.size]
    if not kept:
        return 0.0, 1.0
    return min(float(values.min()) for values in kept), max(float(values.max()) for values in kept)


def per_dataset(function: Callable[..., T]) -> Callable[..., T]:
    """Remember the answers for the latest data set, which stays the same object while it is trained on."""
    memory: list[tuple[Any, dict[tuple[Any, ...], T]]] = [(None, {})]

    def remembered(dataset: Dataset, *arguments: Any) -> T:
        owner, answers = memory[0]
        if owner is not dataset or len(answers) > _SIZES:
            answers = {}
            memory[0] = (dataset, answers)
        if arguments not in answers:
            answers[arguments] = function(dataset, *arguments)
        return answers[arguments]

    return remembered
