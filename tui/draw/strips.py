"""Strips: rows in which each cell is a bar that stands for a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.palette import CODES

if TYPE_CHECKING:
    from tui.draw.canvas import Canvas
    from tui.draw.palette import Palette

TOP = 7  # eighths of a cell, at most
_STANDS = np.array([ord(glyph) for glyph in " ▁▂▃▄▅▆▇"], np.uint32)
_HANGS = np.array([ord(glyph) for glyph in " ▔▔▔▀▀▀▀"], np.uint32)  # where a block cannot be turned upside down
_FULL, _NOTHING = ord("█"), ord("·")


@dataclass(frozen=True, slots=True)
class Strip:
    """Values (columns,) and what the ends of a cell stand for; signed ones stand on its floor or hang from its top."""

    values: np.ndarray
    colour: str
    low: float
    high: float
    signed: bool = False
    below: str = ""  # the colour of what hangs, where it is another one


def from_nought(values: np.ndarray, colour: str) -> Strip:
    """Values that are never below 0."""
    return Strip(values, colour, 0.0, largest(values))


def signed(values: np.ndarray, colour: str, scale: float | None = None, below: str = "") -> Strip:
    """Values of either sign."""
    most = largest(np.abs(values)) if scale is None else scale
    return Strip(values, colour, -most, most, signed=True, below=below)


def between(values: np.ndarray, colour: str, *others: np.ndarray) -> Strip:
    """Values between the least and the greatest of them and of others that share their scale."""
    every = np.concatenate((values, *others))
    every = every[np.isfinite(every)]
    low, high = (float(every.min()), float(every.max())) if every.size else (0.0, 1.0)
    return Strip(values, colour, low, high)


def draw(
    canvas: Canvas, row: int, left: int, strip: Strip, palette: Palette, chosen: int = -1, odd: bool = False
) -> None:
    """The strip in a row; the chosen column is lit, and of neighbouring rows every other one has a ground."""
    count = min(len(strip.values), canvas.width - left)
    if count < 1 or row >= canvas.height:
        return
    area, values = (row, slice(left, left + count)), strip.values[:count]
    full = palette.depth == "truecolor"
    ground = np.full(count, CODES["weekend" if odd and full else "ground"], np.uint8)
    ink = np.full(count, CODES[strip.colour], np.uint8)
    if 0 <= chosen < count:
        ink[chosen] = CODES["bright"]
        ground[chosen] = CODES["lit"] if palette.depth != "none" else ground[chosen]
        canvas.bold[row, left + chosen] = True
    level = _levels(strip, values)
    hangs = level < 0
    ink[hangs & (np.arange(count) != chosen)] = CODES[strip.below or strip.colour]
    glyphs = np.where(hangs, _HANGS[-np.minimum(level, 0)], _STANDS[np.maximum(level, 0)])
    if strip.signed:
        glyphs = np.where((level == 0) & np.isfinite(values), _NOTHING, glyphs)
        ink = np.where((level == 0) & (np.arange(count) != chosen), CODES["quiet"], ink)
    if full:  # what hangs is the ground's block, standing in a cell of the strip's colour
        glyphs = np.where(hangs, _STANDS[TOP + 1 + np.minimum(level, -1)], glyphs)
        ink, ground = np.where(hangs, ground, ink), np.where(hangs, ink, ground)
    canvas.characters[area], canvas.foreground[area], canvas.background[area] = glyphs, ink, ground


def _levels(strip: Strip, values: np.ndarray) -> np.ndarray:
    """Eighths of a cell, below 0 for those that hang; what is not finite has none."""
    with np.errstate(all="ignore"):
        if strip.signed:
            share = TOP * values / (strip.high or 1.0)
        else:
            share = 1.0 + (TOP - 1) * (values - strip.low) / ((strip.high - strip.low) or 1.0)
    return np.clip(np.nan_to_num(share, nan=0.0), -TOP, TOP).round().astype(int)


def largest(values: np.ndarray) -> float:
    """The greatest that is finite, 1 without any."""
    finite = values[np.isfinite(values)]
    return float(finite.max()) if finite.size else 1.0
