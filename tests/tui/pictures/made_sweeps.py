"""Sweeps that nobody trained, at any moment of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tui.run.options import Options
from tui.run.sweep.board import Board, SweepState, Tally, board_of
from tui.run.sweep.factors import parse_factor, plain
from tui.run.sweep.plan import make_plan
from tui.run.sweep.results import Result
from tui.run.sweep.rows import Row
from tui.run.sweep.sides import sides_of

RATES = "lr=0.03,0.01,0.003,0.001,0.0003,0.0001"
WIDTHS = "layer=3:relu,10:relu,30:relu,100:relu,300:relu,1000:relu"
Error = Callable[[dict[str, Any]], float]


def row(setting: dict[str, Any], seed: int, train: float, unseen: float | None, diverged: bool = False) -> Row:
    def errors(value: float) -> dict[str, float]:
        own = math.nan if diverged else value
        return {"mse": own**2, "rmse": own, "mae": own}

    test = None if unseen is None else errors(unseen)
    stopped = "theta" if diverged else None
    return Row("key", setting, seed, errors(train), test, 100, 7, 0.5, stopped, 16, False, "", "")


def train_of(setting: dict[str, Any]) -> float:
    """It falls with the width, and is least at a rate of 0.005."""
    rate, units = setting.get("lr", 0.005), int(str(setting.get("layer", "10:relu")).split(":")[0])
    return 1100.0 + 1500.0 * units**-0.4 + 150.0 * math.log10(rate / 0.005) ** 2


def unseen_of(setting: dict[str, Any]) -> float:
    """It rises again with the width."""
    units = int(str(setting.get("layer", "10:relu")).split(":")[0])
    return train_of(setting) + 250.0 + 180.0 * math.log10(units)


def board(
    grid: Sequence[str] = (RATES, WIDTHS),
    seeds: int = 5,
    finished: Callable[[int, int], int] = lambda row, column: 5,
    diverged: Callable[[int, int], int] = lambda row, column: 0,
    running: dict[tuple[int, int], int] | None = None,
    state: SweepState = "running",
    train: Error = train_of,
    unseen: Error | None = unseen_of,
) -> Board:
    """`finished` and `diverged`: how many of the seeds, by the place on the map."""
    plan = make_plan(Options("chicago"), [parse_factor(text) for text in grid], seeds, None)
    down, across, _ = sides = sides_of(plan.factors)
    results = []
    for number in range(plan.settings):
        own = {
            factor.name: plain(factor.name, value)
            for factor, value in zip(plan.factors, plan.setting(number), strict=True)
        }
        place = down.place(own), across.place(own)
        count, lost = min(finished(*place), seeds), diverged(*place)
        rows = []
        for seed in range(count):
            spread = 1.0 + 0.007 * (seed - (count - 1) / 2)
            error = None if unseen is None else unseen(own) * spread
            rows.append(row(own, seed, train(own) * spread, error, seed < lost))
        if rows:
            results.append(Result.of(rows))
    done = sum(len(result.rows) for result in results)
    tally = Tally(state, done, len(plan), 49.0, 0.0 if state == "done" else 110.0)
    made = board_of(results, tally, ("chicago", "riders a day"), sides, [seeds] * len(down.values))
    return replace(made, running=running or {})


def live() -> Board:
    """The widest column has one seed each as yet, and two settings none."""

    def finished(row: int, column: int) -> int:
        return (5, 5, 5, 5, 2, row > 1)[column]

    return board(finished=finished, diverged=lambda row, column: (row == 5) * (column == 0) * 2, running={(1, 5): 0})


def begun() -> Board:
    """The first run is in work."""
    return board(finished=lambda row, column: 0, running={(0, 0): 0})


def one_factor() -> Board:
    return board((WIDTHS,), state="done")


def three_factors() -> Board:
    return board((RATES, "batch=8,32", WIDTHS), state="paused")


def many_values() -> Board:
    """More than there are cells."""
    rates = ",".join(f"{0.0007 * each:.4f}" for each in range(1, 31))
    widths = ",".join(f"{units}:relu" for units in range(10, 410, 10))
    return board((f"lr={rates}", f"layer={widths}"))
