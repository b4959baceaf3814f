"""Axes whose ticks sit on cell centres: limits follow from whole cells a tick and steps of 1, 2 or 5 · 10ⁿ.

An axis is a pure function of the values it must cover, so it stands still while a curve moves inside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from tui.draw.numbers import minus, tick_labels

_TINY = 1e-9  # of a cell: what rounding may cost before a value counts as outside


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of `cells` cells, counted in the direction in which values grow."""

    cells: int
    low: float  # the value (or its log10) at the outer edge of the first cell
    high: float
    ticks: tuple[tuple[int, str], ...]  # (cell, label), ascending
    log: bool = False
    bend: float = 0.0  # up to here linear and logarithmic beyond, without a corner; 0: nowhere

    def at(self, values: np.ndarray | float) -> np.ndarray:
        """Positions in cells, a cell's centre at half; not finite where the value has no place."""
        values = np.asarray(values, float)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            inner = np.log10(values) if self.log else _bent(values, self.bend) if self.bend else values
            return (inner - self.low) * (self.cells / (self.high - self.low))

    def value(self, position: np.ndarray | float) -> np.ndarray:
        """The values at positions in cells: the inverse of `at`."""
        inner = self.low + np.asarray(position, float) * ((self.high - self.low) / self.cells)
        if self.bend:
            return self.bend * np.where(inner > 1.0, np.exp(np.maximum(inner, 1.0) - 1.0), inner)
        return 10.0**inner if self.log else inner

    @property
    def label_width(self) -> int:
        return max((len(label) for _, label in self.ticks), default=0)


def rows_a_tick(rows: int) -> tuple[int, int]:
    """Fewest and most rows between ticks of a plot that is so high."""
    return (1, 2) if rows < 7 else (2, 3) if rows < 16 else (4, 6) if rows < 40 else (5, 8)


def columns_a_tick(columns: int) -> tuple[int, int]:
    """Fewest and most columns between ticks of a plot that is so wide."""
    return (5, 8) if columns < 24 else (7, 11) if columns < 40 else (9, 14) if columns < 110 else (12, 20)


@lru_cache(512)
def linear(low: float, high: float, cells: int, spacing: tuple[int, int], anchor: bool = False) -> Axis:
    """The axis that covers [low, high] with least waste.

    `spacing` is the range of whole cells from tick to tick, taken more widely where that saves much; with `anchor`
    the first tick is `low`, on the first cell.
    """
    low, high = _span(low, high)
    cells = max(1, cells)
    fit = _least_waste(low, high, cells, spacing, anchor)
    if fit[0] * cells > 1.15 * (high - low):
        wider = (max(min(2, spacing[0]), spacing[0] - max(1, spacing[0] // 4)), spacing[1] + max(1, spacing[1] // 4))
        fit = _least_waste(low, high, cells, wider, anchor)
    unit, step, each, zero = fit
    origin = low if anchor else 0.0
    first = math.ceil(-zero / each)
    count = max(0, (cells - 1 - zero - first * each) // each + 1)
    numbers = range(first, first + count)
    labels = tick_labels([origin + step * k for k in numbers], step)
    ticks = tuple((zero + k * each, label) for k, label in zip(numbers, labels, strict=True))
    return Axis(cells, origin - (zero + 0.5) * unit, origin + (cells - zero - 0.5) * unit, ticks)


def _least_waste(
    low: float, high: float, cells: int, spacing: tuple[int, int], anchor: bool
) -> tuple[float, float, int, int]:
    """(value of a cell, step, cells a tick, the cell on whose centre the value 0 or the anchor lies)."""
    best: tuple[float, float, int, int] | None = None
    best_shows_step = False  # two ticks: one alone says nothing about the scale
    for each in range(spacing[0], spacing[1] + 1):
        for step in _steps((high - low) / cells * each):
            unit = step / each
            least = 0 if anchor else math.ceil(-low / unit - 0.5 - _TINY)
            most = math.floor(cells - (high - (low if anchor else 0.0)) / unit - 0.5 + _TINY)
            if least > most:
                continue
            zero = least if anchor else _place_of_zero(least, most, each, cells)
            shows_step = zero % each + each < cells
            if best is None or (not shows_step, unit) < (not best_shows_step, best[0] * (1 - _TINY)):
                best, best_shows_step = (unit, step, each, zero), shows_step
    assert best is not None, "the largest step covers any span"
    return best


def _place_of_zero(least: int, most: int, each: int, cells: int) -> int:
    """The cell of the value 0 that centres the data, among those that leave room for two ticks if any does."""
    middle = (least + most) // 2
    by_distance = sorted(
        range(max(least, middle - each), min(most, middle + each) + 1), key=lambda cell: abs(cell - middle)
    )
    return next((cell for cell in by_distance if cell % each + each < cells), middle)


def _span(low: float, high: float) -> tuple[float, float]:
    """A usable range: finite, and with some room where both ends are the same."""
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = 0.0, 1.0
    low, high = min(low, high), max(low, high)
    room = max(abs(low), abs(high)) * 1e-6
    if high - low <= room:
        middle = (low + high) / 2
        half = abs(middle) / 2 or 1.0
        low, high = middle - half, middle + half
    return low, high


def _steps(least: float) -> list[float]:
    """The steps 1, 2, 5 · 10ⁿ from just under `least` up."""
    power = math.floor(math.log10(least))
    return [digit * 10.0**exponent for exponent in (power, power + 1) for digit in (1, 2, 5)]


@lru_cache(512)
def logarithmic(low: float, high: float, cells: int) -> Axis:
    """A log axis that covers [low, high], 0 < low, with ticks at 1, 2, 3, 5 · 10ⁿ, or at 10ⁿ over many decades.

    Log ticks cannot all be whole cells apart; of the scales that waste little, this is the one whose ticks lie
    nearest to cell centres.
    """
    cells = max(1, cells)
    low, high = _log_span(low, high)
    need = math.log10(high / low)
    values = _log_ticks(low, high, cells)
    places = np.log10(values)
    # A scale is (decades a cell, position of low): tried on a grid, the waste up to one fifth of the axis.
    scale = np.linspace(1.0, 1.2, 11)[:, None] * need / cells
    free = cells - need / scale
    offset = np.linspace(0.0, 1.0, 21)[None, :] * free
    cell = offset[..., None] + (places - math.log10(low)) / scale[..., None]
    error = np.abs(cell - np.floor(cell) - 0.5).max(axis=-1) + 0.2 * free / cells
    i, j = np.unravel_index(np.argmin(error), error.shape)
    start = math.log10(low) - float(offset[i, j] * scale[i, 0])
    axis = Axis(cells, start, start + float(scale[i, 0]) * cells, (), True)
    ticks = tuple((min(cells - 1, int(axis.at(value))), _log_label(value)) for value in values)
    return Axis(cells, axis.low, axis.high, ticks, True)


@lru_cache(512)
def bent(bend: float, high: float, cells: int) -> Axis:
    """From 0 on the first cell to `high` on the last: linear up to `bend`, logarithmic beyond, where high > bend.

    Ticks at 0 and at 1, 2, 5 · 10ⁿ whose labels stay apart; whole decades before the others.
    """
    cells = max(2, cells)
    unit = (cells - 1) / float(_bent(np.array(high), bend))
    axis = Axis(cells, -0.5 / unit, (cells - 0.5) / unit, (), bend=bend)
    labels = {0: "0"}
    powers = range(math.floor(math.log10(bend)), math.floor(math.log10(high)) + 1)
    for value in (digit * 10.0**power for digit in (1, 5, 2) for power in powers):
        cell, label = int(axis.at(value)), _log_label(value)
        if value <= high and all(_apart((cell, label), tick) for tick in labels.items()):
            labels[cell] = label
    return Axis(cells, axis.low, axis.high, tuple(sorted(labels.items())), bend=bend)


def _apart(*ticks: tuple[int, str]) -> bool:
    """Whether there is a blank between the labels of two ticks (cell, label), each centred under its tick."""
    (_, label), _ = sorted(ticks)
    starts = [cell - (len(label) - 1) // 2 for cell, label in sorted(ticks)]
    return starts[0] + len(label) < starts[1]


def _bent(values: np.ndarray, bend: float) -> np.ndarray:
    """values/bend up to 1, and 1 + ln of it beyond: the slope is the same on both sides."""
    share = values / bend
    return np.where(share > 1.0, 1.0 + np.log(np.maximum(share, 1.0)), share)


def _log_span(low: float, high: float) -> tuple[float, float]:
    if not (math.isfinite(low) and math.isfinite(high) and 0.0 < low <= high):
        low, high = 0.1, 1.0
    if high / low < 1.2:  # less would leave an axis without two ticks
        low, high = low / 1.2, high * 1.2
    return low, high


def _log_ticks(low: float, high: float, cells: int) -> list[float]:
    """Ticks in [low, high] from the densest ladder that leaves room between them, else whole decades, evenly."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)

    def inside(values: list[float]) -> list[float]:
        return [value for value in values if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]

    room = math.log10(high / low) / cells * (3 if cells > 14 else 2)
    usual = len(inside([digit * 10.0**e for e in decades for digit in (1, 2, 3, 5)]))
    for digits in ((1, 1.5, 2, 2.5, 3, 4, 5, 6, 8), (1, 2, 3, 5), (1, 3), (1,)):
        ticks = inside([digit * 10.0**e for e in decades for digit in digits])
        if (len(digits) > 4 and usual > 2) or not ticks:
            continue
        if all(math.log10(b / a) >= room for a, b in pairwise(ticks)):
            return ticks
    every = math.ceil(room)
    return inside([10.0**e for e in decades if e % every == 0]) or [low]


def _log_label(value: float) -> str:
    """A tick of a log axis: 0.02, 1.5, 300, 25k."""
    if not 1e-4 <= value < 1e9:
        mantissa, exponent = f"{value:.0e}".split("e")
        return minus(f"{mantissa}e{int(exponent)}")
    scale, letter = (1e6, "M") if value >= 1e6 else (1e3, "k") if value >= 1e4 else (1.0, "")
    return f"{value / scale:.4g}{letter}"


_LADDER = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def round_up(value: float, ladder: tuple[float, ...] = _LADDER) -> float:
    """The least number of the ladder · 10ⁿ that is at least `value` > 0: bounds that move in steps."""
    power = 10.0 ** math.floor(math.log10(value))
    return next((step * power for step in ladder if step * power >= value * (1 - 1e-9)), 10.0 * power)


def round_down(value: float) -> float:
    """The greatest number of the ladder · 10ⁿ that is at most `value` > 0."""
    power = 10.0 ** math.floor(math.log10(value))
    return max((step * power for step in _LADDER if step * power <= value * (1 + 1e-9)), default=power)
