"""Under the update: where one number of its gradient comes from, by the chain rule and without it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.last_update import H, weights
from engine.layout import frozen_parameters
from engine.optimizers import OPTIMIZERS
from tui.draw.canvas import Canvas
from tui.draw.numbers import fixed, short
from tui.draw.palette import DARK
from tui.run.last_update import LastUpdate
from tui.views.step import chain
from tui.views.step.look import Look, look
from tui.views.step.names import symbol
from tui.views.step.rows import Words

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.facts import Request
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

TITLE = "Trace"
FIRST, PRODUCT = 14, 12  # columns before the factors, and of the product after them
FEWEST = 4  # rows that are worth a chain
OTHERS = 7  # rows beside those of examples
NUMBER = 8  # columns of a number with four decimals
WIDEST = 16  # columns of a factor


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """Where ∂L/∂w₁ comes from."""
    own = look(snapshot, 79, 8, DARK, state)
    if isinstance(own, str):
        return "where a number of the gradient comes from"
    return f"where ∂L/∂{symbol(own.index, own.network)} comes from   tab, ↑ ↓ another number"


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """The same update as the view's."""
    return (LastUpdate(),)


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """The chain, its mean, and the difference beside it; in one row what fits there."""
    canvas = Canvas(width, height)
    own = look(snapshot, width, height, palette, state)
    if not isinstance(own, str):
        (draw_line if height < FEWEST else draw)(canvas, own)
    return canvas


def draw_line(canvas: Canvas, of: Look) -> None:
    """∂L/∂w₁ = mean of 2(y − ŷ)·c₁·a₁(1−a₁)·x = −0.03005; by difference −0.03005 ✓."""
    own, found = chain.factors(of.update, of.index), chain.check(of.update, of.index)
    g = float(of.update.gradient[of.index])
    product = "·".join(factor.formula.replace(" ", "") for factor in own)
    parts: list[tuple[str, str, bool]] = [(f"∂L/∂{symbol(of.index, of.network)}", "bright", True)]
    mark = ("✓", "bright", True) if found.agrees else ("✗", "trouble", True)
    end = [(digits(g), "bright", True), ("; by difference ", "label", False)]
    end += [(f"{digits(found.slope)} ", "bright" if found.agrees else "trouble", True), mark]
    room = canvas.width - 2 - sum(len(text) for text, _, _ in [*parts, *end])
    forms = f" = mean of {product} = ", f" = mean of {len(own)} factors = "
    middle = next((form for form in forms if len(form) <= room), " = ")
    canvas.parts(0, 1, [*parts, (middle, "label", False), *end])


def draw(canvas: Canvas, of: Look) -> None:
    """The chain of as many examples as there is room for, their mean, the difference, and the step."""
    own = chain.factors(of.update, of.index)
    after = draw_chain(canvas, of, own, max(1, canvas.height - OTHERS))
    room = canvas.width - 2
    for row, words in enumerate((_mean(of, own, room), *_difference(of), _step(of, room)), after):
        canvas.parts(row, 1, words)


def draw_chain(canvas: Canvas, of: Look, own: Sequence[chain.Factor], count: int) -> int:
    """Signs, formulas, numbers of so many examples around the chosen one, a word for each; returns the next row."""
    room = min(WIDEST, max(9, (canvas.width - FIRST - PRODUCT) // len(own)))
    middles = [FIRST + place * room + (room - 1) // 2 for place in range(len(own))]
    _write(canvas, 0, f"∂e/∂{symbol(of.index, of.network)}", [factor.sign for factor in own], middles, room)
    _write(canvas, 1, "", [factor.formula for factor in own], middles, room)
    start = min(max(0, of.number - 1 - count // 2), max(0, of.size - count))
    shown = range(start, min(start + count, of.size))
    for row, place in enumerate(shown, 2):
        _write_example(canvas, row, of, own, place, middles, room)
    after, free = 2 + len(shown), FIRST
    for middle, factor in zip(middles, own, strict=True):
        free = canvas.text(after, max(free, middle - len(factor.word) // 2), factor.word, "label") + 2
    return after + 1


def _write_example(
    canvas: Canvas, row: int, of: Look, own: Sequence[chain.Factor], place: int, middles: list[int], room: int
) -> None:
    """The numbers of the example at a place in the order, and their product."""
    example = of.order[place]
    texts = [f"{fixed(float(factor.values[example]), 4):>{NUMBER}}" for factor in own]
    chosen = place + 1 == of.number
    colour = "bright" if chosen else "text"
    _write(canvas, row, f"example {place + 1}", texts, middles, room, colour)
    product = f"= {fixed(float(chain.products(own)[example]), 4):>{NUMBER - 1}}"
    canvas.text(row, FIRST + len(own) * room + 1, product, colour, bold=chosen)
    if chosen and canvas.height > OTHERS + 1:
        canvas.text(row, 0, "▸", "now")


def _write(
    canvas: Canvas, row: int, head: str, texts: list[str], middles: list[int], room: int, colour: str = "text"
) -> None:
    """One row of the chain: head = text · text · …"""
    canvas.text(row, 1, head, "bright" if row == 0 else "label", row == 0)
    canvas.text(row, FIRST - 2, "=", "label")
    for place, (text, middle) in enumerate(zip(texts, middles, strict=True)):
        canvas.text(row, middle - min(len(text), room - 1) // 2, text[: room - 1], "bright" if row == 0 else colour)
        if place:
            canvas.text(row, FIRST + place * room - 1, "·", "label")


def _mean(of: Look, own: Sequence[chain.Factor], room: int) -> Words:
    """∂L/∂w₁ = mean over the 32 = −0.03005   22 ask for more w₁, 10 for less."""
    name, each = symbol(of.index, of.network), chain.products(own)
    mean, g = float(of.update.backward.gradient[of.index]), float(of.update.gradient[of.index])
    words = [(f"∂L/∂{name}", "bright", True), (f"  = mean over the {of.size} = ", "label", False)]
    words.append((digits(mean), "bright", True))
    if g != mean:
        words += [("; with L1, L2: ", "label", False), (digits(g), "bright", True)]
    more, less = int((each < 0).sum()), int((each > 0).sum())
    asks = f"   {more} ask for more {name}, {less} for less"
    used = sum(len(text) for text, _, _ in words)
    return [*words, (asks if used + len(asks) <= room else f"   + {less}, − {more}", "label", False)]


def _difference(of: Look) -> tuple[Words, Words]:
    """L a little further up and down, and the slope between them."""
    found, name = chain.check(of.update, of.index), symbol(of.index, of.network)
    mean, g = float(of.update.backward.gradient[of.index]), float(of.update.gradient[of.index])
    what = f"{'L' if g == mean else 'L with its penalty'} at {name} + {H:g} is {loss(found.up)},"
    colour, verdict = ("bright", " ✓ the same") if found.agrees else ("trouble", f" ✗ not {digits(g)}")
    return [("check without the chain rule: ", "label", False), (what, "text", False)], [
        (f"at {name} − {H:g} is {loss(found.down)}", "text", False),
        (f"; the difference / {2 * H:g} is ", "label", False),
        (digits(found.slope), colour, True),
        (verdict, "text" if found.agrees else "trouble", not found.agrees),
    ]


def _step(of: Look, room: int) -> Words:
    """So w₁ goes from 6.440 to 6.474: −0.03 · −0.0137 / 0.0121."""
    update, name, at = of.update, symbol(of.index, of.network), of.index
    architecture = update.before.architecture
    old, new = (fixed(float(moment.theta[at]), 3) for moment in (update.before, update.after))
    if frozen_parameters(architecture.shape, architecture.frozen)[at]:
        return [(f"{name} belongs to a frozen unit: it stays at {old}", "text", False)]
    start, (moves, put_in) = f"so {name} goes from {old} to {new}", _moves(of)
    forms = f": {moves} = {put_in}", f": {put_in}", f": {put_in.replace(' ', '')}"
    fitting = next((form for form in forms if len(start) + len(form) <= room), forms[-1])
    return [(start, "text", False), (fitting, "label", False)]


def _moves(of: Look) -> tuple[str, str]:
    """The step of the traced number in the optimizer's signs, and with the numbers put in."""
    update, recipe, at = of.update, of.update.before.recipe, of.index
    optimizer, rate = OPTIMIZERS[recipe.optimizer], f"{update.before.rate:.3g}"
    numbers = {"η": rate, "g": short(float(update.gradient[at]))}
    for sign, values in zip(optimizer.signs, update.kept, strict=True):
        value = float(values[at])
        numbers[sign] = short(math.sqrt(value) if sign.startswith("√") and value >= 0 else value)
    put_in = re.sub("√v|√s|η|m|g", lambda match: numbers[match[0]], optimizer.moves)
    if optimizer.decoupled and recipe.l2 and weights(update.before.architecture)[at]:
        put_in += f" − {rate} · {recipe.l2:g} · {short(float(update.before.theta[at]))}"
        return f"{optimizer.moves} − η · l2 · w", put_in
    return optimizer.moves, put_in


def digits(value: float) -> str:
    """Four significant digits: −0.03005."""
    size = abs(value)
    if not math.isfinite(value) or size >= 1000 or size < 1e-6:
        return short(value)
    return fixed(value, max(0, 3 - math.floor(math.log10(size))))


def loss(value: float) -> str:
    """A loss with so many digits that a small change of it can be seen."""
    return fixed(value, 7) if abs(value) < 100 else fixed(value, 4)
