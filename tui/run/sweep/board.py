"""The board: what the screen is told of a sweep, a frozen moment of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

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
class Board:
    """A sweep as the screen shows it: its map, and its settings by either measure."""

    tally: Tally
    data: str  # the name of the data, "" of several
    unit: str  # of the errors
    down: Side
    across: Side
    others: tuple[str, ...]  # factors beside those of the map, of which it shows the best
    seeds: tuple[int, ...]  # that are asked for, of each row
    unseen: bool  # whether anything is
    found: Mapping[Measure, tuple[Result, ...]]  # the best first, those with one seed of several behind the others
    cells: Mapping[Measure, Mapping[Place, Result]]  # of each place the best by this measure
    running: Mapping[Place, int]  # the seeds in work

    def place(self, result: Result) -> Place:
        """Where a setting is on the map."""
        return self.down.place(result.setting), self.across.place(result.setting)

    def ranked(self, result: Result) -> bool:
        """Whether it can be compared with others."""
        return is_ranked(result, self.seeds[self.down.place(result.setting)])

    def best(self, measure: Measure) -> Result | None:
        """The best setting with a rank, None before there is one."""
        first = next(iter(self.found[measure]), None)
        return first if first is not None and first.finite and self.ranked(first) else None

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
    found, cells = {}, {}
    for measure in MEASURES:

        def rank(result: Result, measure: Measure = measure) -> tuple[bool, bool, float]:
            ranked = is_ranked(result, seeds[down.place(result.setting)])
            return not result.finite, not ranked, spread(result, measure).mean if result.finite else 0.0

        found[measure] = tuple(sorted(results, key=rank))
        own = {(down.place(each.setting), across.place(each.setting)): each for each in reversed(found[measure])}
        cells[measure] = own
    unseen = any(row.test is not None for result in results for row in result.rows[:1])
    return Board(tally, *about, down, across, others, tuple(seeds), unseen, found, cells, {})
