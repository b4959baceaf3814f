"""The map of the loss: bands, the trail, where it stands now, and the lowest place."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import Canvas, cut
from tui.draw.frame import Frame, draw_axes
from tui.draw.lines import dotted, stroke
from tui.draw.maps import draw_map
from tui.draw.numbers import short
from tui.draw.palette import BANDS
from tui.run.choice import OUTPUT_BIAS, choice_of
from tui.views.surface import LEFT, Plan

if TYPE_CHECKING:
    from engine import Network
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot
    from tui.run.surface import Surface
    from tui.run.trail import Path

STEEPEST = 0.98  # the share of the map that its bands cover; the steepest corners have the last one
DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def draw(canvas: Canvas, plan: Plan, surface: Surface, path: Path, snapshot: Snapshot, palette: Palette) -> None:
    frame = Frame(1, LEFT, plan.rows, plan.columns, surface.x, surface.y)
    names = axis_names(surface)
    low, high = bounds(surface.losses)
    draw_axes(canvas, frame, names[0], grid=False)
    draw_map(canvas, frame.top, frame.left, np.sqrt(np.clip((surface.losses - low) / (high - low), 0, 1)), palette)
    canvas.text(frame.top, frame.left + 1, names[1], "bright")
    canvas.parts(0, frame.left, title(surface, names, len(path.past) + len(path.ahead), snapshot))
    draw_trail(canvas, frame, surface, path, snapshot)
    if plan.legend:
        draw_legend(canvas, frame, surface, (low, high), snapshot, palette)


def axis_names(surface: Surface) -> tuple[str, str]:
    if surface.axes is None:
        return "1st", "2nd"
    first, second = surface.axes
    return symbol(first, surface.network), symbol(second, surface.network)


def symbol(index: int, network: Network) -> str:
    """A parameter as the book writes it: b₃, c₁, w′₂ of the second layer, and from where, if that could be several."""
    choice = choice_of(index, network)
    if choice.unit == OUTPUT_BIAS:
        source = f" {choice.source + 1}" if choice.part == "w" and network.n_inputs > 1 else ""
        return choice.part + source
    source = f" from {choice.source + 1}" if choice.part == "w" and network.shape[choice.layer] > 1 else ""
    return f"{choice.part}{'′' * choice.layer}{str(choice.unit + 1).translate(DIGITS)}{source}"


def bounds(losses: np.ndarray) -> tuple[float, float]:
    """What the lowest and the highest band begin and end at."""
    finite = losses[np.isfinite(losses)]
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(np.quantile(finite, STEEPEST))
    return low, high if high > low else low + 1.0


def title(surface: Surface, names: tuple[str, str], stops: int, snapshot: Snapshot) -> list[tuple[str, str, bool]]:
    """What the map is of, and of when."""
    when = "now" if surface.update == snapshot.update else f"at update {surface.update}"
    if surface.axes is None:
        share = f"{100 * surface.share:.0f} % of the trail's motion" if stops else "no trail yet"
        return [("Loss over the plane of the trail, ", "label", False), (share, "text", False)]
    return [
        ("Loss over ", "label", False),
        (names[0], "bright", True),
        (" and ", "label", False),
        (names[1], "bright", True),
        (f", the rest as {when}", "label", False),
    ]


def draw_trail(canvas: Canvas, frame: Frame, surface: Surface, path: Path, snapshot: Snapshot) -> None:
    """Where it was in full dots, what lies ahead in every other one; ○ its start, ◇ its end, ◆ here, + the lowest."""
    now = snapshot.network.theta.astype(np.float64)
    for ways, colour in ((surface.starts, "label"), (surface.full, "model")):
        for way in ways:
            dots = frame.raster()
            stroke(dots, *frame.dots(*surface.spots(way)))
            canvas.braille(frame.top, frame.left, dots, colour)
            _mark(canvas, frame, surface, way[-1], "∘", colour)
    for stops, ahead in ((path.ahead, True), (path.past, False)):
        thetas = [stop.theta for stop in stops]
        thetas = [now, *thetas] if ahead else [*thetas, now]
        x, y = surface.spots(np.array(thetas, np.float64))
        dots = frame.raster()
        stroke(dots, *frame.dots(x, y))
        canvas.braille(frame.top, frame.left, dotted(dots, 2) if ahead else dots, "gradient" if ahead else "now")
    if path.ahead:
        _mark(canvas, frame, surface, path.ahead[-1].theta, "◇", "gradient")
    _glyph(canvas, frame, *surface.lowest[:2], "+", "bright")
    if path.past:
        _mark(canvas, frame, surface, path.past[0].theta, "○", "now")
    _mark(canvas, frame, surface, now, "◆", "now")


def _mark(canvas: Canvas, frame: Frame, surface: Surface, theta: np.ndarray, glyph: str, colour: str) -> None:
    x, y = surface.spots(theta[np.newaxis].astype(np.float64))
    _glyph(canvas, frame, float(x[0]), float(y[0]), glyph, colour)


def _glyph(canvas: Canvas, frame: Frame, x: float, y: float, glyph: str, colour: str) -> None:
    canvas.glyphs(*frame.cells(np.array([x]), np.array([y])), glyph, colour, bold=True)


def draw_legend(
    canvas: Canvas, frame: Frame, surface: Surface, ends: tuple[float, float], snapshot: Snapshot, palette: Palette
) -> None:
    """The bands, the lowest loss at the bottom, and what the signs mean."""
    column = frame.left + frame.columns + 1
    measure = snapshot.measure
    unit = f"{measure.word} {snapshot.dataset.target_unit}".strip() if measure.in_unit else measure.word
    canvas.text(0, column, cut(unit, canvas.width - column), "quiet")
    bands = BANDS if frame.rows >= BANDS + 4 else min(5, frame.rows)
    edges = ends[0] + (ends[1] - ends[0]) * (np.arange(bands + 1) / bands) ** 2
    ramp = np.repeat((np.arange(bands)[::-1, np.newaxis] + 0.5) / bands, 2, axis=0) * np.ones((1, 2))
    draw_map(canvas, frame.top, column, ramp, palette)
    for place, (low, _) in enumerate(pairwise(edges)):
        canvas.text_right(frame.top + bands - 1 - place, column + 8, short(float(low)), "label")
    signs = {
        ("◆", "now", "here"): True,
        ("+", "bright", "lowest"): True,
        ("○", "now", "start"): True,
        ("◇", "gradient", "latest"): snapshot.in_past,
        ("∘", "label", "starts"): bool(surface.starts),
        ("∘", "model", "full"): bool(surface.full),
    }
    shown = [sign for sign, there in signs.items() if there][: max(0, frame.rows - bands - 1)]
    for row, (glyph, colour, word) in enumerate(shown, frame.top + bands + 1):
        canvas.text(row, column, glyph, colour, True)
        canvas.text(row, column + 2, word, "label")
