"""The board of a sweep: what has a rank, what a cell stands for, and what is in no mean."""

from __future__ import annotations

import math
from typing import Any

from made_sweeps import RATES, WIDTHS, board, train_of, unseen_of

from tui.run.sweep.board import Board, Measure, median, spread


def best(made: Board, measure: Measure) -> dict[str, Any]:
    place = made.best(measure)
    assert place is not None
    return made.by[measure].cells[place].setting


def test_the_best_by_either_measure_comes_first() -> None:
    made = board()
    for measure, error in (("train", train_of), ("unseen", unseen_of)):
        own = made.by[measure]
        means = [spread(own.cells[place], measure).mean for place in own.ranked]
        assert means == sorted(means)
        assert best(made, measure) == min((each.setting for each in own.cells.values()), key=error)
    assert best(made, "train") != best(made, "unseen")


def test_a_rank_needs_two_seeds_where_there_are_to_be_several() -> None:
    column = board().best("unseen")[1]
    own = board(finished=lambda row, each: 1 if each == column else 5).by["unseen"]
    assert {place[1] for place in own.single} == {column}
    assert (len(own.ranked), len(own.single)) == (30, 6)
    assert len(board(seeds=1).by["unseen"].ranked) == 36


def test_a_sweep_without_a_rank_has_no_best_setting() -> None:
    assert board(finished=lambda row, column: 1).best("unseen") is None
    assert board(finished=lambda row, column: 0).best("train") is None


def test_runs_that_diverged_are_counted_and_in_no_mean() -> None:
    made = board(diverged=lambda row, column: 5 if (row, column) == (5, 5) else 2 if row == 5 else 0)
    some, none = made.by["unseen"].cells[5, 0], made.by["unseen"].cells[5, 5]
    assert (some.diverged, len(some.finite), none.diverged) == (2, 3, 5)
    assert math.isfinite(some.unseen.mean)
    assert median(none, "train") is None
    assert made.diverged == 2 * 5 + 5
    for own in made.by.values():
        assert [*own.cells.values()][-1] is none
        assert own.lost == 1


def test_a_cell_is_the_best_of_all_other_factors_by_the_measure_in_question() -> None:
    def train(setting: dict) -> float:
        return train_of(setting) + setting["batch"]

    def unseen(setting: dict) -> float:
        return unseen_of(setting) - setting["batch"]

    made = board((RATES, "batch=8,32,128", WIDTHS), train=train, unseen=unseen)
    assert made.others == ("batch",)
    assert {result.setting["batch"] for result in made.by["train"].cells.values()} == {8}
    assert {result.setting["batch"] for result in made.by["unseen"].cells.values()} == {128}
    assert made.words(made.by["train"].cells[0, 0]) == "3 units, η 0.0001, batch 8"


def test_the_median_is_that_of_a_measure_the_lower_one_of_two() -> None:
    result = board(seeds=4).by["unseen"].cells[0, 0]
    assert median(result, "unseen").seed == median(result, "train").seed == 1
