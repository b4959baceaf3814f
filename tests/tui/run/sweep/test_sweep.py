"""A sweep does each run of its plan once, as `unitfit train` would."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.outcome import theta_sha256
from tui.console.headless import make_trainer
from tui.run.options import Options
from tui.run.sweep import sweep as sweep_module
from tui.run.sweep.chunk import train
from tui.run.sweep.factors import parse_factor
from tui.run.sweep.plan import Plan, make_plan
from tui.run.sweep.sweep import Sweep

QUICK = Options(training={"epochs": 3})


def plan_of(*grid: str, seeds: int | None = None, options: Options = QUICK) -> Plan:
    return make_plan(options, [parse_factor(text) for text in grid], seeds, None)


def kept_at(plan: Plan, path: Path) -> Sweep:
    sweep = Sweep(plan)
    sweep.keep(path)
    return sweep


def thetas(sweep: Sweep) -> list[str]:
    return [sweep.rows[run].theta_sha256 for run in range(len(sweep.plan))]


def all_rows(sweep: Sweep) -> Sweep:
    sweep.run(lambda rows: None)
    assert sorted(sweep.rows) == list(range(len(sweep.plan)))
    return sweep


@pytest.mark.parametrize(
    "grid",
    [
        ("lr=0.01,0.1", "layer=none,3:relu/2:tanh"),
        ("points=40,60", "batch=7,16"),
        ("data=sine,xor", "n=40"),
        ("noise=0.1,0.4", "data-seed=1,2"),
        ("loss=mae,huber", "optimizer=sgd,adamw", "l2=0.1"),
    ],
)
def test_every_row_is_the_run_of_its_own_command(grid: tuple[str, ...]) -> None:
    options = QUICK if grid[0].startswith(("lr", "points", "loss")) else Options("sine", training={"epochs": 3})
    sweep = all_rows(Sweep(plan_of(*grid, seeds=2, options=options)))
    for run, row in sweep.rows.items():
        dataset, trainer = make_trainer(sweep.plan.run(run))
        trainer.run(epochs=3)
        assert row.theta_sha256 == theta_sha256(trainer.theta)
        assert (row.updates, row.lanes, row.parameters) == (trainer.update, trainer.lanes, trainer.theta.size)
        assert row.test == dataset.errors(trainer.predict(dataset.x_test), "test")


@pytest.mark.parametrize("lanes", [False, True])
def test_however_it_is_cut_the_rows_are_the_same(lanes: bool) -> None:
    plan = plan_of("lr=0.01,0.1", "batch=16,32", seeds=10)
    whole, cut = Sweep(plan), Sweep(plan)
    whole.lanes = cut.lanes = lanes
    all_rows(whole)
    while (chunk := cut.take(most=7)) is not None:
        train(chunk, cut.finish, threads=1)
    assert thetas(cut) == thetas(whole)
    assert {row.side_by_side for row in cut.rows.values()} == {lanes}


def test_what_was_stopped_can_go_on() -> None:
    sweep = Sweep(plan_of("lr=0.01,0.1", seeds=3))
    chunk = sweep.take(most=4)
    assert chunk is not None
    sweep.give_back(chunk)
    all_rows(sweep)


def test_it_ends_when_it_is_told_to() -> None:
    """At the latest when the runs on the first of two data sets are done."""
    sweep = Sweep(plan_of("points=40,60", "lr=0.01,0.1", seeds=2))
    sweep.run(lambda rows: True)
    assert len(sweep.rows) < len(sweep.plan)
    all_rows(sweep)


def test_what_a_journal_holds_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, path = plan_of("lr=0.01,0.1", seeds=3), tmp_path / "journal"
    begun = kept_at(plan, path)
    chunk = begun.take(most=2)
    assert chunk is not None
    train(chunk, begun.finish)
    kept = dict(begun.rows)
    assert len(kept) == 2

    again = kept_at(plan, path)
    assert again.rows == kept
    assert thetas(all_rows(again)) == thetas(all_rows(Sweep(plan)))
    assert len(path.read_text().splitlines()) == 1 + len(plan)

    monkeypatch.setattr("tui.run.sweep.sweep.train", None)  # nothing is left to be called for
    assert kept_at(plan, path).rows == again.rows
    more = kept_at(plan_of("lr=0.01,0.1,1", seeds=4), path)
    assert len(more.rows) == len(plan)


def test_what_auto_is_is_decided_once_from_all_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[int] = []

    def choose(device: str, architectures: list[object]) -> str:
        asked.append(len(architectures))
        return "cuda"

    monkeypatch.setattr(sweep_module, "choose", choose)
    plan = plan_of("device=cpu,auto", "lr=0.1,0.2,0.3", seeds=5)
    sweep = kept_at(plan, tmp_path / "all.csv.journal")
    assert asked == [15]
    devices = {}
    while (chunk := sweep.take(most=2)) is not None:
        devices[chunk.options[0].device] = chunk.device
    assert devices == {"cpu": "cpu", "auto": "cuda"}
    monkeypatch.setattr(sweep_module, "choose", lambda device, architectures: "cpu")
    again = kept_at(plan, tmp_path / "all.csv.journal")
    assert again.auto == "cuda"  # as the journal says
