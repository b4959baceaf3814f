"""A sweep on the screen: every run once and in its order, while it is paused, stopped and given more seeds."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine import EngineError
from tui.run.options import Options
from tui.run.sweep import live as module
from tui.run.sweep.chunk import Chunk
from tui.run.sweep.factors import parse_factor
from tui.run.sweep.live import Live
from tui.run.sweep.plan import Plan, make_plan
from tui.run.sweep.rows import Row
from tui.run.sweep.sweep import Sweep

QUICK = Options(training={"epochs": 2})
GRID = ("lr=0.01,0.1", "layer=2:relu,4:relu,8:relu")
COSTS = {"2:relu": 1.0, "4:relu": 2.0, "8:relu": 4.0}  # seconds of a run
PATIENCE = 20.0


def plan_of(*grid: str, seeds: int = 2) -> Plan:
    return make_plan(QUICK, [parse_factor(text) for text in grid or GRID], seeds, None)


def done(live: Live) -> Live:
    while live.step():
        pass
    return live


def in_short(rows: list[Row]) -> list[tuple[Any, ...]]:
    return sorted((*row.setting.values(), row.seed, row.theta_sha256) for row in rows)


class Made:
    """Runs that nobody trains: they take seconds of a clock, and before each something may happen."""

    def __init__(self) -> None:
        self.now = 0.0
        self.order: list[tuple[Any, ...]] = []  # what is finished
        self.before: dict[int, Callable[[], object]] = {}  # by how much is finished

    def clock(self) -> float:
        return self.now

    def train(self, chunk: Chunk, look: Any, threads: int) -> None:
        assert threads == 1
        for run, own in zip(chunk.runs, chunk.own, strict=True):
            self.before.pop(len(self.order), lambda: None)()
            if look([]):
                return
            seconds = COSTS.get(own["setting"].get("layer"), 1.0)
            self.now += seconds
            self.order.append((*own["setting"].values(), own["seed"]))
            errors = {"mse": 1.0, "rmse": 1.0, "mae": 1.0}
            data, values = chunk.data.sha256, (own["key"], own["setting"], own["seed"])
            row = Row(*values, errors, errors, 7, 3, seconds, None, 16, False, "", data)
            if look([(run, row)]):
                return


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Made:
    own = Made()
    monkeypatch.setattr(module, "train", own.train)
    return own


def test_each_run_is_done_once_whether_by_hand_or_by_threads() -> None:
    plan = plan_of()
    by_hand = done(Live(Sweep(plan)))
    assert len(by_hand.rows) == len(plan)

    asked, ended = Live(Sweep(replace(plan, options=replace(QUICK, threads=3)))), threading.Event()
    asked.start(lambda: ended.set() if asked.tally().state == "done" else None)
    assert ended.wait(PATIENCE)
    asked.end()
    assert in_short(asked.rows) == in_short(by_hand.rows)


def test_the_next_run_has_the_least_cost_times_its_seeds(made: Made) -> None:
    done(Live(Sweep(plan_of("layer=2:relu,4:relu,8:relu", seeds=6)), made.clock))
    known = max(made.order.index((units, 0)) for units in COSTS)
    urgency = [COSTS[units] * (seed + 1) for units, seed in made.order[known + 1 :]]
    assert urgency == sorted(urgency)
    assert len(made.order) == len(set(made.order)) == 18


def test_a_pause_comes_after_the_runs_in_work(made: Made) -> None:
    live = Live(Sweep(plan_of()), made.clock)
    states = []

    def pause() -> None:
        live.toggle()
        states.append(live.tally().state)

    made.before[3] = pause
    done(live)
    assert states == ["pausing"]
    assert len(live.rows) == 4
    assert live.tally().state == "paused"
    live.toggle()
    assert live.tally().state == "running"
    assert len(done(live).rows) == 12


def test_stopping_gives_up_what_is_in_work_and_going_on_does_it_anew(made: Made) -> None:
    live = Live(Sweep(plan_of()), made.clock)
    made.before[3] = live.stop
    done(live)
    assert len(live.rows) == 3
    assert live.tally().state == "stopped"
    live.toggle()
    assert len(done(live).rows) == len(set(made.order)) == 12


def test_more_seeds_are_those_of_one_row_and_come_before_all_else(made: Made) -> None:
    live = Live(Sweep(plan_of()), made.clock)
    live.step()
    assert live.add_seed(1) == 2
    assert live.add_seed(1) == 3
    assert live.tally().runs == 12 + 6
    done(live)
    more = made.order[1:7]
    assert {rate for rate, _, _ in more} == {0.1}
    assert {seed for *_, seed in more} == {2, 3}
    board = live.board()
    assert board.seeds == (2, 4)
    assert {len(result.rows) for place, result in board.by["unseen"].cells.items() if place[0] == 1} == {4}
    assert {len(result.rows) for place, result in board.by["unseen"].cells.items() if place[0] == 0} == {2}


def test_more_seeds_wake_a_sweep_that_is_done(made: Made) -> None:
    live = done(Live(Sweep(plan_of()), made.clock))
    assert live.tally().state == "done"
    live.add_seed(0)
    assert live.tally().state == "running"
    assert len(done(live).rows) == 15


def test_a_journal_has_all_runs_and_more_seeds_and_is_there_at_once(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "journal"

    def begun() -> Live:
        sweep = Sweep(plan_of())
        sweep.keep(path)
        return Live(sweep, made.clock)

    live = begun()
    live.step()
    live.add_seed(0)
    done(live)
    assert len(path.read_text().splitlines()) == 1 + 15

    made.order.clear()
    again = done(begun())
    assert len(again.rows) == 12
    again.add_seed(0)
    assert len(again.rows) == 15
    assert made.order == []
    assert again.tally().state == "done"


def test_the_time_that_is_left_is_what_was_measured(made: Made) -> None:
    live = Live(Sweep(plan_of("layer=2:relu,8:relu", seeds=3)), made.clock)
    assert math.isnan(live.tally().left)
    while {units for units, _ in made.order} != {"2:relu", "8:relu"}:
        live.step()
    waits = [(units, seed) for units in ("2:relu", "8:relu") for seed in range(3) if (units, seed) not in made.order]
    assert live.tally().left == sum(COSTS[units] for units, _ in waits)
    assert live.tally().seconds == made.now
    live.toggle()
    made.now += 100.0
    assert live.tally().seconds == made.now - 100.0
    live.toggle()
    assert done(live).tally().left == 0.0


def test_what_stops_a_thread_is_kept_and_the_sweep_can_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise EngineError("disk full: expected room")

    news, came = [], threading.Event()
    monkeypatch.setattr(module, "train", fail)
    live = Live(Sweep(plan_of()))

    def hear() -> None:
        news.append(live.tally().state)
        came.set()

    live.start(hear)
    assert came.wait(PATIENCE)
    assert str(live.problem) == "disk full: expected room"
    assert live.tally().state == "stopped"
    monkeypatch.undo()
    live.problem = None
    came.clear()
    live.toggle()
    while live.tally().state != "done":
        assert came.wait(PATIENCE)
        came.clear()
    live.end()
    assert len(live.rows) == 12


def test_the_run_in_the_middle_is_opened_by_its_own_options() -> None:
    live = done(Live(Sweep(plan_of("lr=0.01,0.1", seeds=3))))
    for measure in ("train", "unseen"):
        options = live.options_of((0.1,), measure)
        rows = sorted(
            (row for row in live.rows if row.setting == {"lr": 0.1}),
            key=lambda row: row.unseen if measure == "unseen" else row.train["rmse"],
        )
        assert options is not None
        assert (options.seed, options.training) == (rows[1].seed, {"epochs": 2, "lr": 0.1})
    assert live.options_of((0.5,), "train") is None
