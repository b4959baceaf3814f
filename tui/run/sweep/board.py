"""The board: what the screen is told of a sweep, a frozen moment of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tui.draw.numbers import shared_decimals
from tui.run.facts import Facts, Request
from tui.run.sweep.results import Result, Spread, is_ranked
from tui.run.sweep.rows import Row
from tui.run.sweep.sides import Side, shown

Place = tuple[int, int]  # row and column of the map, from the least values on
Measure = Literal["train", "unseen"]
MEASURES: tuple[Measure, ...] = ("train", "unseen")
SweepState = Literal["running", "pausing", "paused", "stopped", "done"]


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a sweep is."""

    state: SweepState
    finished: int
    runs: int
    seconds: float  # that it ran
    left: float  # seconds; NaN before the first run

    @property
    def busy(self) -> bool:
        """Whether runs are in work."""
        return self.state in ("running", "pausing")


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The map by one error: its cells in order, those with a rank first, then single seeds, then what diverged."""

    cells: Mapping[Place, Result]  # of each place the best setting
    ranked: tuple[Place, ...]
    single: tuple[Place, ...]  # with one seed of several
    lost: int  # cells of which all runs diverged
    digits: int  # decimals that their means share

    @classmethod
    def of(cls, results: Sequence[tuple[Place, Result]], measure: Measure, seeds: Sequence[int]) -> Ranking:
        """Of settings with their places; `seeds` are those asked for of each row."""

        def order(own: tuple[Place, Result]) -> tuple[bool, bool, float]:
            (row, _), result = own
            mean = spread(result, measure).mean if result.finite else 0.0
            return not result.finite, not is_ranked(result, seeds[row]), mean

        cells: dict[Place, Result] = {}
        for place, result in sorted(results, key=order):
            cells.setdefault(place, result)
        finite = [place for place, result in cells.items() if result.finite]
        ranked = tuple(place for place in finite if is_ranked(cells[place], seeds[place[0]]))
        digits = shared_decimals(spread(cells[place], measure).mean for place in finite)
        return cls(cells, ranked, tuple(finite[len(ranked) :]), len(cells) - len(finite), digits)


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """A sweep as the screen shows it."""

    tally: Tally
    data: str  # the name of the data, "" of several
    unit: str  # of the errors
    down: Side
    across: Side
    others: tuple[str, ...]  # factors beside those of the map, of which it shows the best
    seeds: tuple[int, ...]  # that are asked for, of each row
    unseen: bool  # whether anything is
    diverged: int  # runs
    by: Mapping[Measure, Ranking]
    running: Mapping[Place, int]  # the seeds in work

    def best(self, measure: Measure) -> Place | None:
        """The cell of the best setting with a rank, None before there is one."""
        return next(iter(self.by[measure].ranked), None)

    def words(self, result: Result) -> str:
        """A setting in words."""
        return words_of(result.setting, (self.down, self.across, self.others))


@dataclass(frozen=True, slots=True)
class Sweeping(Request["Board | None"]):
    """The board of the sweep, None where there is none."""

    def answer(self, facts: Facts) -> Board | None:
        board: Board | None = facts.evidence.board
        return board


def words_of(setting: Mapping[str, Any], sides: tuple[Side, Side, tuple[str, ...]]) -> str:
    """A setting in words: "300 units, η 0.003"."""
    down, across, others = sides
    own = [across.words(across.place(setting)), down.words(down.place(setting))]
    return ", ".join([*filter(None, own), *(f"{name} {shown(setting[name])}" for name in others)]) or "the one setting"


def spread(result: Result, measure: Measure) -> Spread:
    """A setting's error by this measure."""
    return result.unseen if measure == "unseen" else result.train


def error(row: Row, measure: Measure) -> float:
    """A run's."""
    return row.unseen if measure == "unseen" else row.train["rmse"]


def median(result: Result, measure: Measure) -> Row | None:
    """The run in the middle by this measure, the lower one of two; None where all diverged."""
    ordered = sorted(result.finite, key=lambda row: error(row, measure))
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def board_of(
    results: Sequence[Result],
    tally: Tally,
    about: tuple[str, str],
    sides: tuple[Side, Side, tuple[str, ...]],
    seeds: Sequence[int],
) -> Board:
    """The board of what was found so far; `about`: data and unit; `seeds` are those asked for of each row."""
    down, across, others = sides
    rows, columns = ({value: place for place, value in enumerate(side.values)} for side in (down, across))
    placed = [
        ((rows[each.setting.get(down.factor)], columns[each.setting.get(across.factor)]), each) for each in results
    ]
    by = {measure: Ranking.of(placed, measure, seeds) for measure in MEASURES}
    unseen = bool(results) and results[0].rows[0].test is not None
    diverged = sum(result.diverged for result in results)
    return Board(tally, *about, down, across, others, tuple(seeds), unseen, diverged, by, {})
