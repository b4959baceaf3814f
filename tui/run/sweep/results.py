"""Results: the rows of a sweep, setting by setting."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from tui.run.sweep.rows import Row


@dataclass(frozen=True, slots=True)
class Spread:
    """The mean of some numbers and their deviation (n − 1); NaN where there are too few."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        return cls(fmean(values) if values else math.nan, stdev(values) if len(values) > 1 else math.nan)


@dataclass(frozen=True, slots=True)
class Result:
    """What a setting came to over its seeds; those that diverged are counted, and in no mean."""

    setting: dict[str, Any]  # as Row.setting
    rows: tuple[Row, ...]  # by seed
    finite: tuple[Row, ...]  # those that did not diverge
    train: Spread  # RMSE
    unseen: Spread  # RMSE, of training where nothing is unseen
    seconds: float  # mean

    @classmethod
    def of(cls, rows: list[Row]) -> Result:
        finite = tuple(row for row in rows if row.diverged is None and math.isfinite(row.unseen))
        return cls(
            rows[0].setting,
            tuple(rows),
            finite,
            Spread.of([row.train["rmse"] for row in finite]),
            Spread.of([row.unseen for row in finite]),
            fmean(row.seconds for row in rows),
        )

    @property
    def diverged(self) -> int:
        """How many of the seeds did."""
        return len(self.rows) - len(self.finite)

    @property
    def median(self) -> Row | None:
        """The row in the middle by unseen error, the lower one of two; None where all diverged."""
        ordered = sorted(self.finite, key=lambda row: row.unseen)
        return ordered[(len(ordered) - 1) // 2] if ordered else None


def results(rows: Iterable[Row], seeds: int = 1) -> list[Result]:
    """The settings, the least unseen error first; of several `seeds` those with one alone stand behind the others."""
    settings: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        settings.setdefault(tuple(row.setting.values()), []).append(row)
    found = [Result.of(sorted(own, key=lambda row: row.seed)) for own in settings.values()]

    def rank(result: Result) -> tuple[bool, bool, float]:
        mean = result.unseen.mean
        return not result.finite, not is_ranked(result, seeds), mean if result.finite else 0.0

    return sorted(found, key=rank)


def is_ranked(result: Result, seeds: int) -> bool:
    """Whether it can be compared with others: one seed says little where there are to be several."""
    return len(result.finite) >= min(2, seeds)
