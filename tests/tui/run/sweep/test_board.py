"""The board of a sweep: what has a rank, what a cell stands for, and what is in no mean."""

from __future__ import annotations

import math

from made_sweeps import RATES, WIDTHS, board, train_of, unseen_of

from tui.run.sweep.board import MEASURES, median, spread


def test_the_best_by_either_measure_comes_first() -> None:
    made = board()
    for measure, error in (("train", train_of), ("unseen", unseen_of)):
        means = [spread(result, measure).mean for result in made.found[measure]]
        assert means == sorted(means)
        assert made.best(measure) is made.found[measure][0]
        least = min(made.found[measure], key=lambda result: error(result.setting))
        assert made.best(measure).setting == least.setting
    assert made.best("train").setting != made.best("unseen").setting


def test_a_rank_needs_two_seeds_where_there_are_to_be_several() -> None:
    first = board().best("unseen")
    column = board().place(first)[1]
    made = board(finished=lambda row, each: 1 if each == column else 5)
    assert made.place(made.best("unseen"))[1] != column
    assert [made.ranked(result) for result in made.found["unseen"]] == [True] * 30 + [False] * 6
    alone = board(seeds=1)
    assert all(map(alone.ranked, alone.found["unseen"]))


def test_a_sweep_without_a_rank_has_no_best_setting() -> None:
    assert board(finished=lambda row, column: 1).best("unseen") is None
    assert board(finished=lambda row, column: 0).best("train") is None


def test_runs_that_diverged_are_counted_and_in_no_mean() -> None:
    made = board(diverged=lambda row, column: 5 if (row, column) == (5, 5) else 2 if row == 5 else 0)
    some, none = made.cells["unseen"][5, 0], made.cells["unseen"][5, 5]
    assert (some.diverged, len(some.finite), none.diverged) == (2, 3, 5)
    assert math.isfinite(some.unseen.mean)
    assert median(none, "train") is None
    for measure in MEASURES:
        assert made.found[measure][-1] is none


def test_a_cell_is_the_best_of_all_other_factors_by_the_measure_in_question() -> None:
    def train(setting: dict) -> float:
        return train_of(setting) + setting["batch"]

    def unseen(setting: dict) -> float:
        return unseen_of(setting) - setting["batch"]

    made = board((RATES, "batch=8,32,128", WIDTHS), train=train, unseen=unseen)
    assert made.others == ("batch",)
    assert {result.setting["batch"] for result in made.cells["train"].values()} == {8}
    assert {result.setting["batch"] for result in made.cells["unseen"].values()} == {128}
    assert made.words(made.cells["train"][0, 0]) == "3 units, η 0.0001, batch 8"


def test_the_median_is_that_of_a_measure_the_lower_one_of_two() -> None:
    result = board(seeds=4).cells["unseen"][0, 0]
    assert median(result, "unseen").seed == median(result, "train").seed == 1
