"""What a sweep ends with: a table, a map and a command, or one JSON object."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from data import Dataset
from tui.console.report import many, words
from tui.console.sweep.heat_map import heat_map
from tui.console.sweep.table import table
from tui.console.sweep.watched import Swept
from tui.draw.numbers import counted, duration
from tui.draw.palette import Palette
from tui.run.plain import finite
from tui.run.sweep.factors import arguments
from tui.run.sweep.plan import Plan
from tui.run.sweep.results import Result, Spread
from tui.run.sweep.rows import Row

MOST_LINES = 40  # settings in the table
TARGETS = ("data", "target")  # factors that change what is fitted
UNLIKE = "note: errors of different data or targets do not compare"


def as_json(swept: Swept, found: list[Result], dataset: Dataset) -> dict[str, Any]:
    """The sweep as one object; a number that is not finite is None."""
    plan, sweep = swept.sweep.plan, swept.sweep
    best = best_row(found)
    result = {
        "data": dataset.name,
        "target": dataset.target_name,
        "unit": dataset.target_unit,
        "factors": [factor.name for factor in plan.factors],
        "runs": len(plan),
        "finished": len(sweep.rows),
        "seeds": list(plan.seeds),
        "seconds": swept.seconds,
        "side_by_side": sweep.lanes,
        "interrupted": swept.interrupted,
        "settings": [setting_object(result) for result in found],
        "best": best and {**best.flat(), "command": command(plan, best, sweep.rows)},
        "rows": [row.flat() for _, row in sorted(sweep.rows.items())],
        "notices": dataset.notices,
    }
    return {key: finite(value) for key, value in result.items()}


def setting_object(result: Result) -> dict[str, Any]:
    def spread(own: Spread) -> dict[str, float]:
        return {"mean": own.mean, "deviation": own.deviation}

    return {
        **result.setting,
        "train_rmse": spread(result.train),
        "test_rmse": None if result.rows[0].test is None else spread(result.unseen),
        "seeds": len(result.rows),
        "diverged": result.diverged,
        "parameters": result.rows[0].parameters,
        "seconds": result.seconds,
    }


def best_row(found: Sequence[Result]) -> Row | None:
    """Of the best setting the seed in the middle; None where nothing is finite."""
    return found[0].median if found else None


def command(plan: Plan, best: Row, rows: dict[int, Row]) -> str:
    """What trains this row alone, for a shell."""
    run = next(run for run, row in rows.items() if row is best)
    return shlex.join(["unitfit", "train", *arguments(plan.run(run))])


def as_text(swept: Swept, found: list[Result], dataset: Dataset, width: int, palette: Palette) -> str:
    """The table, a map of two factors, what one should know of them, and the command of the best run."""
    plan, done = swept.sweep.plan, len(swept.sweep.rows)
    lines = [
        f"{fitted(plan, dataset)}{many(done, 'run')} of {many(len(found), 'setting')} in {duration(swept.seconds)}",
        *table(found[:MOST_LINES], [factor.name for factor in plan.factors], len(plan.seeds)),
    ]
    if len(found) > MOST_LINES:
        lines.append(f"… {counted(len(found) - MOST_LINES)} settings more, which --json and --out have")
    if plan.draws is None and (drawn := heat_map(found, plan.factors, width, palette)):
        lines += ["", drawn, ""]
    return "\n".join([*lines, *closing(swept, found, dataset)])


def fitted(plan: Plan, dataset: Dataset) -> str:
    """What the settings have in common: "sine: y; ", or nothing where it is a factor."""
    if has_targets(plan):
        return ""
    return f"{dataset.name}: {words(dataset.target_label, dataset.target_unit)}; "


def has_targets(plan: Plan) -> bool:
    """Whether the settings differ in what they fit."""
    return any(factor.name in TARGETS and len(factor.ends()) > 1 for factor in plan.factors)


def closing(swept: Swept, found: list[Result], dataset: Dataset) -> list[str]:
    """What one should know of the table, and the command of the best run."""
    plan, rows = swept.sweep.plan, swept.sweep.rows
    lines = [UNLIKE] if has_targets(plan) else []
    diverged = sum(result.diverged for result in found)
    if diverged:
        lines.append(f"diverged: {many(diverged, 'run')}, which {'is' if diverged == 1 else 'are'} in no mean")
    if swept.interrupted:
        lines.append(f"interrupted: {counted(len(rows))} of {many(len(plan), 'run')} were reached")
    lines += (f"note: {notice}" for notice in dataset.notices)
    if (best := best_row(found)) is not None:
        which = f"the best setting with its median seed, {best.seed}" if len(plan.seeds) > 1 else "the best run"
        lines += [f"{which}:", f"  {command(plan, best, rows)}"]
    return lines
