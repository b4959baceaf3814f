"""The plan of a sweep: which runs there are, told before any is made."""

from __future__ import annotations

import tracemalloc

import pytest

from engine import EngineError
from tui.run.options import Options
from tui.run.sweep.factors import parse_factor
from tui.run.sweep.plan import MOST_RUNS, Plan, make_plan


def plan_of(*grid: str, seeds: int | None = None, draws: int | None = None, first: int = 0) -> Plan:
    return make_plan(Options(seed=first), [parse_factor(text) for text in grid], seeds, draws)


def test_every_combination_with_every_seed() -> None:
    plan = plan_of("lr=1,2", "batch=4,8,16", seeds=2, first=5)
    runs = [plan.run(number) for number in range(len(plan))]
    assert [(run.training["lr"], run.training["batch"], run.seed) for run in runs] == [
        (lr, batch, seed) for lr in (1, 2) for batch in (4, 8, 16) for seed in (5, 6)
    ]


def test_without_factors_there_is_one_setting() -> None:
    assert [plan_of(seeds=3).run(number) for number in range(3)] == [Options(seed=seed) for seed in range(3)]


def test_the_last_seed_is_one_of_them() -> None:
    last = 2**63 - 1
    assert [plan_of(seeds=2, first=last - 1).run(number).seed for number in range(2)] == [last - 1, last]
    with pytest.raises(EngineError, match="--seeds=2"):
        plan_of(seeds=2, first=last)


def test_seeds_may_be_listed() -> None:
    plan = plan_of("lr=1,2", "seed=3,9")
    assert [(plan.run(number).training["lr"], plan.run(number).seed) for number in range(len(plan))] == [
        (1, 3), (1, 9), (2, 3), (2, 9),
    ]  # fmt: skip


def test_draws_are_different_within_their_ends_and_more_only_add() -> None:
    grid = ("lr=1e-4..1e-1", "batch=8..64", "layer=none,3:relu")
    plan = plan_of(*grid, draws=200)
    drawn = [plan.setting(number) for number in range(200)]
    assert len({*drawn}) == len(plan) == 200
    assert all(1e-4 <= lr <= 1e-1 and 8 <= batch <= 64 for lr, batch, _ in drawn)
    assert 40 < sum(lr < 1e-3 for lr, *_ in drawn) < 90  # a third of the decades
    assert {layers for *_, layers in drawn} == {(), (("relu",) * 3,)}
    assert [plan_of(*grid, draws=50).setting(number) for number in range(50)] == drawn[:50]
    assert plan_of(*grid, draws=50, first=1).drawn != drawn[:50]


def test_few_settings_are_all_looked_at_and_of_many_every_value() -> None:
    assert len({*map(str, plan_of("lr=1,2", "batch=4,8", seeds=9).probes())}) == 4
    rates, batches = ",".join(map(str, range(1, 102))), ",".join(map(str, range(1, 102)))
    probes = [
        (run.training["lr"], run.training["batch"]) for run in plan_of(f"lr={rates}", f"batch={batches}").probes()
    ]
    assert len(probes) == 201
    assert {lr for lr, _ in probes} == {*range(1, 102)} == {batch for _, batch in probes}
    assert [run.training["lr"] for run in plan_of("lr=1..2", draws=2000).probes()] == [1, 2]


@pytest.mark.parametrize(
    ("grid", "seeds", "draws", "sentence"),
    [
        (("lr=1,2", "lr=3"), None, None, "--grid lr is given twice"),
        ((), 0, None, "--seeds=0: expected a whole number of at least 1"),
        (("seed=1,2",), 3, None, "--seeds=3 with --grid seed: expected one of them"),
        (("seed=1..9",), None, 3, "--grid seed has a range"),
        (("lr=0.1..1",), 1, None, "--grid lr has a range: expected a list of values, or --random N"),
        ((), 1, 5, "--random without --grid"),
        (("lr=0.1..1",), 1, 0, "--random=0: expected a whole number of at least 1"),
        (("batch=1..3",), 1, 5, "expected at most 3, as no more"),
        (("batch=1..3",), 1, 1_000_000, "expected at most 3, as no more"),
        (("device=cpu",), 1, 2, "expected at most 1, as no more"),
        ((), 10**9, None, "1 000 000 000 runs: expected at most 1 000 000"),
        (("lr=0.1..1",), 1, 10**18, "runs: expected at most"),
        (("lr=0.1..1",), 10**18, 10**18, "runs: expected at most"),
    ],
)
def test_plans_that_cannot_be(grid: tuple[str, ...], seeds: int | None, draws: int | None, sentence: str) -> None:
    tracemalloc.start()
    with pytest.raises(EngineError) as caught:
        plan_of(*grid, seeds=seeds, draws=draws)
    assert sentence in str(caught.value)
    assert tracemalloc.get_traced_memory()[1] < 10 * 2**20  # refused before memory is taken
    tracemalloc.stop()


def test_a_large_plan_takes_no_memory() -> None:
    tracemalloc.start()
    plan = plan_of(f"lr={','.join(map(str, range(1, 101)))}", "batch=1,2,3,4,5,6,7,8,9,10", seeds=MOST_RUNS // 1000)
    assert plan.run(len(plan) - 1).seed == 999
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()
