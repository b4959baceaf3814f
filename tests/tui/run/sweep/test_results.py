"""Settings compared over their seeds."""

from __future__ import annotations

import math

import pytest

from tui.run.sweep.results import results
from tui.run.sweep.rows import Row


def row(rate: float, seed: int, unseen: float, diverged: str | None = None) -> Row:
    errors = {"mse": unseen**2, "rmse": unseen, "mae": unseen}
    return Row(f"{rate} {seed}", {"lr": rate}, seed, {**errors, "rmse": unseen / 2}, errors, 10, 7, 0.5, diverged, 16,
               False, "", "")  # fmt: skip


def test_mean_and_deviation_over_the_seeds() -> None:
    (result,) = results([row(1, 1, 30.0), row(1, 0, 10.0), row(1, 2, 20.0)], seeds=3)
    assert (result.unseen.mean, result.unseen.deviation) == (20.0, 10.0)
    assert (result.train.mean, result.train.deviation) == (10.0, 5.0)
    assert [own.seed for own in result.rows] == [0, 1, 2]
    assert result.median is result.rows[2]


def test_diverged_runs_are_counted_and_in_no_mean() -> None:
    rows = [row(1, 0, 10.0), row(1, 1, 1e30, "theta"), row(2, 0, math.inf, "loss"), row(2, 1, math.nan, "loss")]
    one, other = results(rows, seeds=2)
    assert (one.unseen.mean, one.diverged, math.isnan(one.unseen.deviation)) == (10.0, 1, True)
    assert (other.diverged, other.median, math.isnan(other.unseen.mean)) == (2, None, True)


@pytest.mark.parametrize(("seeds", "order"), [(1, [3, 1, 2]), (2, [1, 2, 3])])
def test_one_seed_of_several_ranks_behind(seeds: int, order: list[float]) -> None:
    rows = [row(1, 0, 2.0), row(1, 1, 4.0), row(2, 0, 5.0), row(2, 1, 5.0), row(3, 0, 1.0)]
    assert [result.setting["lr"] for result in results(rows, seeds)] == order


def test_without_unseen_rows_the_training_error_ranks() -> None:
    errors = {"mse": 4.0, "rmse": 2.0, "mae": 1.0}
    (result,) = results([Row("k", {}, 0, errors, None, 1, 1, 0.1, None, 16, False, "", "")])
    assert result.unseen.mean == 2.0
