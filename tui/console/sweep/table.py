"""The settings of a sweep as lines of a table, the best first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean

from tui.draw.numbers import counted, placed, shared_decimals
from tui.run.sweep.results import Result, Spread, is_ranked
from tui.run.sweep.sides import shown

NOTHING = Spread.of([])


def table(found: Sequence[Result], factors: Sequence[str], seeds: int) -> list[str]:
    """Lines, a setting each: place, factors, unseen and train RMSE, parameters, seconds, and what is missing."""
    columns = {"#": [str(place) if is_ranked(result, seeds) else "" for place, result in enumerate(found, 1)]}
    columns |= {name: [shown(result.setting[name]) for result in found] for name in factors}
    tests = [result.rows[0].test or {} for result in found]  # each of its own data, where those are a factor
    if any(tests):
        columns["unseen rmse"] = spreads(
            [result.unseen if test else NOTHING for result, test in zip(found, tests, strict=True)]
        )
    columns["train rmse"] = spreads([result.train for result in found])
    if any("accuracy" in test for test in tests):
        columns["unseen accuracy"] = [accuracy(result) for result in found]
    columns["parameters"] = [counted(result.rows[0].parameters) for result in found]
    columns["seconds"] = seconds([result.seconds for result in found])
    columns[""] = [remark(result, seeds) for result in found]
    cells = [pad([head, *column], left=head == "" or head in factors) for head, column in columns.items()]
    return ["  ".join(line).rstrip() for line in zip(*cells, strict=True)]


def pad(column: list[str], left: bool) -> list[str]:
    width = max(map(len, column))
    return [text.ljust(width) if left else text.rjust(width) for text in column]


def spreads(values: Sequence[Spread]) -> list[str]:
    """2083 ±30, all with the same decimals and their ± under each other."""
    places = shared_decimals([value.mean for value in values])
    means = [placed(value.mean, places) for value in values]
    deviations = ["" if math.isnan(value.deviation) else f"±{placed(value.deviation, places)}" for value in values]
    wide = max(map(len, deviations), default=0)
    return [
        f"{mean} {deviation.ljust(wide)}" if wide else mean for mean, deviation in zip(means, deviations, strict=True)
    ]


def accuracy(result: Result) -> str:
    """The mean part of the unseen rows that is told right."""
    parts = [row.test["accuracy"] for row in result.finite if row.test and "accuracy" in row.test]
    return f"{100 * fmean(parts):.1f} %" if parts else "–"


def seconds(values: Sequence[float]) -> list[str]:
    places = shared_decimals(values)
    return [placed(value, places) for value in values]


def remark(result: Result, seeds: int) -> str:
    parts = []
    if len(result.rows) < seeds:
        parts.append(f"{len(result.rows)} of {seeds} seeds")
    if result.diverged:
        parts.append(f"✗ {result.diverged} of {len(result.rows)} diverged")
    return ", ".join(parts)
