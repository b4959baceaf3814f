"""A heat map of a sweep over two factors: the unseen error of each pair of their values, the least one darkest."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from tui.draw.numbers import placed, shared_decimals
from tui.draw.palette import BANDS, Palette
from tui.run.sweep.factors import Factor, plain
from tui.run.sweep.results import Result
from tui.run.sweep.sides import shown

MOST_COLUMNS, MOST_ROWS = 12, 20
MISSING = "·"


def heat_map(found: Sequence[Result], factors: Sequence[Factor], width: int, palette: Palette) -> str:
    """The map in at most so many columns; "" where there are not two factors, no results, or too many values.

    With a palette of no colours it has no escape sequences.
    """
    if len(factors) != 2 or not found:
        return ""
    down, across = (values(factor) for factor in factors)
    if not (1 < len(down) <= MOST_ROWS and 1 < len(across) <= MOST_COLUMNS):
        return ""
    if isinstance(down[0], int | float):
        down = down[::-1]  # the largest on top, as on an axis
    places = shared_decimals([result.unseen.mean for result in found])
    bands = banded(found)
    cells = {tuple(result.setting.values()): lines(result, places, result is found[0]) for result in found}
    side = max(len(factors[0].name), *(len(shown(value)) for value in down)) + 1
    wide = 2 + max(*(len(shown(value)) for value in across), *(len(line) for cell in cells.values() for line in cell))
    if side + wide * len(across) > width:
        return ""
    text = Text(f"unseen rmse by {factors[0].name} and {factors[1].name}\n{factors[0].name:>{side - 1}} ")
    for value in across:
        text.append(f"{shown(value):^{wide}}")
    for row in down:
        for line in (0, 1):
            text.append(f"\n{'' if line else shown(row):>{side - 1}} ")
            for column in across:
                cell, best = cells.get((row, column), (MISSING, "")), (row, column) == tuple(found[0].setting.values())
                ground = bands.get((row, column), "ground")
                text.append(f"{cell[line]:^{wide}}", palette.style("bright" if best else "text", ground, bold=best))
    return rendered(text, palette, width)


def values(factor: Factor) -> list[Any]:
    """Numbers in their order, others as they were given."""
    own = [plain(factor.name, value) for value in factor.ends()]
    return sorted(own) if isinstance(own[0], int | float) else own


def lines(result: Result, places: int, best: bool) -> tuple[str, str]:
    """What stands in a cell: the mean, and under it the deviation or what went wrong."""
    under = "" if result.unseen.deviation != result.unseen.deviation else f"±{placed(result.unseen.deviation, places)}"
    if result.diverged:
        under = f"✗ {result.diverged}/{len(result.rows)}"
    return f"{placed(result.unseen.mean, places)}{' best' * best}", under


def banded(found: Sequence[Result]) -> dict[tuple[Any, ...], str]:
    """The band of each setting that has a mean: by its place among them, so that none hides the others."""
    means = sorted({result.unseen.mean for result in found if result.finite})
    band = {mean: f"band{place * (BANDS - 1) // max(len(means) - 1, 1)}" for place, mean in enumerate(means)}
    return {tuple(result.setting.values()): band[result.unseen.mean] for result in found if result.finite}


def rendered(text: Text, palette: Palette, width: int) -> str:
    """As a terminal takes it."""
    file = io.StringIO()
    coloured = palette.depth != "none"
    Console(file=file, force_terminal=coloured, no_color=not coloured, width=width, highlight=False).print(text)
    return file.getvalue().rstrip("\n")
