"""A sweep on the screen through its keys: what is chosen, covered, paused, added, opened and exported."""

from __future__ import annotations

from pathlib import Path

import polars
import pytest

from engine.outcome import theta_sha256
from tui.app import UnitfitApp
from tui.run.options import Options
from tui.run.runner import Runner
from tui.run.session import Session
from tui.run.sweep.factors import parse_factor
from tui.run.sweep.live import Live
from tui.run.sweep.plan import make_plan
from tui.run.sweep.sweep import Sweep

QUICK = Options(training={"epochs": 3})
GRID = ("lr=0.001,0.01,0.1", "layer=2:relu,4:relu")
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


def made(*grid: str, seeds: int = 2, options: Options = QUICK) -> Live:
    """A sweep whose runs are those of `train` to the bit: none beside others in lanes."""
    sweep = Sweep(make_plan(options, [parse_factor(text) for text in grid or GRID], seeds, None))
    sweep.lanes = False
    return Live(sweep)


def done(live: Live | None) -> Live:
    assert live is not None
    while live.step():
        pass
    return live


def text(d) -> str:
    return "\n".join(d.rows())


def note(d) -> str:
    return d.rows()[-2]


@SIZES
async def test_the_program_opens_with_the_sweep_in_view_6(drive, size):
    async with drive(size=size, live=made()) as d:
        assert d.app.main.view.number == 6
        assert "sweep: η × units" in d.row(1) and "▶ sweeping" in d.row(0) and "run 1 of 12" in d.row(0)
        assert "waits" in text(d)
        done(d.session.teller.live)
        await d.press("v")
        assert "12 of 12 runs" in text(d) and "best" in text(d) and "sweeping" not in d.row(0)
        assert "epoch 0  update 0" in d.row(0)


@SIZES
async def test_arrows_choose_a_cell_and_v_and_y_what_is_seen_of_it(drive, size):
    async with drive(size=size, live=done(made())) as d:
        assert "train rmse g, unseen covered" in d.row(2) and "train" in note(d)
        await d.press("v")
        assert "unseen rmse g" in d.row(2) and "unseen" in note(d)
        await d.press("y")
        assert "train rmse g" in d.row(2) and "unseen" in note(d)
        await d.press("y", *["up"] * 3, *["left"] * 2)
        assert d.app.main.view.sweep.cell == (2, 0)
        assert "▾2" in d.row(3)
        await d.press("down", "right")
        assert d.app.main.view.sweep.cell == (1, 1)
        assert "▾4" in d.row(3)
        await d.press("v")
        assert "unseen covered" in d.row(2)


async def test_space_pauses_and_goes_on_and_leaves_the_present_run_alone(drive):
    async with drive(live=made()) as d:
        live = d.session.teller.live
        await d.press("space")
        assert not live.step() and "sweep paused" in d.row(0) and "space goes on" in note(d)
        assert d.rows()[-1].startswith(" space go on")
        await d.press("space")
        assert live.step()
        assert d.shown.update == 0
        done(live)
        await d.press("v")
        assert "space" not in d.rows()[-1]


async def test_esc_stops_the_sweep_then_shows_the_runs_then_the_sweep_again(drive):
    async with drive(live=made()) as d:
        live = d.session.teller.live
        live.step()
        await d.press("escape")
        assert "sweep stopped" in d.row(0) and "Stopped, and kept" in note(d)
        await d.press("escape")
        assert "Guess first" in text(d) and "esc the sweep" in d.rows()[-1]
        await d.press("space", "escape")
        assert "1 of 12 runs" in text(d)
        assert not live.step()
        await d.press("space")
        assert len(done(live).rows) == 12


async def test_a_adds_a_seed_to_the_chosen_row(drive):
    async with drive(live=done(made())) as d:
        await d.press("v", *["down"] * 3, "a")
        assert "12 of 14 runs" in text(d) and "2/3" in text(d)
        live = done(d.session.teller.live)
        assert {row.seed for row in live.rows if row.setting["lr"] == 0.001} == {0, 1, 2}
        assert {row.seed for row in live.rows if row.setting["lr"] == 0.01} == {0, 1}


@pytest.mark.parametrize(("keys", "measure"), [((), "train"), (("v",), "unseen")])
async def test_enter_opens_the_median_run_while_the_sweep_goes_on(drive, monkeypatch, keys, measure):
    monkeypatch.setattr("tui.run.sweep.live.AT_A_TIME", 0.0)  # a run at a time
    live = made(seeds=3)
    while len(live.rows) < 17:
        live.step()
    async with drive(live=live) as d:
        board = live.board()
        setting = board.by[measure].cells[board.best(measure)].setting
        rows = [row for row in live.rows if row.setting == setting]
        middle = sorted(rows, key=lambda row: row.unseen if measure == "unseen" else row.train["rmse"])
        middle = middle[(len(rows) - 1) // 2]
        await d.press(*keys, "enter")
        assert d.app.main.view.number == 1
        await d.frames(100)
        await d.settle()
        assert d.shown.epoch == 3
        assert theta_sha256(d.session.trainer.theta) == middle.theta_sha256
        assert f"seed {middle.seed}" in note(d) and "u goes back" in note(d)
        assert (live.tally().state, len(live.rows)) == ("running", 17)
        assert live.step() and len(live.rows) == 18
        await d.press("6", "escape", "escape")
        racers = d.session.teller.race.racers
        assert racers[-1].run is d.session.run
        await d.press("1", "u")
        assert d.shown.epoch == 0


async def test_how_one_looks_at_the_sweep_stays_when_a_run_is_opened(drive):
    async with drive(live=done(made())) as d:
        await d.press("v", "up", "left", "enter", "6")
        assert "unseen rmse" in d.row(2)
        assert d.app.main.view.sweep.cell is not None


async def test_a_cell_without_a_run_is_not_opened(drive):
    async with drive(live=made()) as d:
        await d.press("enter")
        assert d.app.main.view.number == 6
        assert d.session.teller.race.racers == [] or len(d.session.runs) == 1


@pytest.mark.parametrize(("down", "ending", "read"), [(0, "csv", polars.read_csv), (1, "jsonl", polars.read_ndjson)])
async def test_e_exports_all_runs(drive, tmp_path, monkeypatch, down, ending, read):
    monkeypatch.chdir(tmp_path)
    async with drive(live=done(made()), notifications=True) as d:
        await d.press("e", *["down"] * down, "enter")
        path = Path(f"motorcycle_sweep.{ending}")
        assert f"Exported as {path}" in d.notices
        assert d.app.screen is d.app.main
        table = read(path)
        assert len(table) == 12 and {"lr", "layer", "seed", "test_rmse"} <= {*table.columns}
        await d.press("e", *["down"] * down, *["tab"], "enter")
        assert Path(f"motorcycle_sweep_2.{ending}").exists()


@SIZES
async def test_p_begins_a_sweep_from_the_run_of_now(drive, size):
    async with drive(size=size, training={"epochs": 2}) as d:
        await d.press("6", "p", "end", "enter")
        live = d.session.teller.live
        assert d.app.screen is d.app.main
        assert "sweep: η × units" in d.row(1) and len(live.plan) == 5 * 5 * 5
        assert live.plan.options.training["epochs"] == 2
        assert live.plan.factors[0].values == (0.0003, 0.003, 0.03, 0.3, 3.0)


async def test_a_sweep_of_the_palette_takes_the_place_of_the_one_that_is_there(drive):
    async with drive(live=done(made())) as d:
        await d.press("v", "1")
        before = d.session.teller.live
        d.app.main.action_begin_sweep("depth")
        await d.settle()
        assert d.session.teller.live is not before and before._ended
        assert ("sweep: layers" in d.row(1) and "covered" in d.row(2)) or "waits" in text(d)


async def test_the_palette_has_all_sweeps(drive):
    async with drive() as d:
        titles = [command.title for command in d.app.get_system_commands(d.app.main)]
        assert [title for title in titles if title.startswith("Sweep: ")] == [
            "Sweep: more and more past days", "Sweep: one layer, wider and wider", "Sweep: one layer after the other",
            "Sweep: width × η",
        ]  # fmt: skip
        assert not any(title.startswith("In a sweep") for title in titles)


async def test_a_sweep_that_cannot_be_is_one_sentence(drive):
    async with drive() as d:
        d.app.main.action_begin_sweep("lags")
        await d.settle()
        assert d.session.teller.live is None
        assert any("motorcycle has no lags" in notice for notice in d.notices) or "motorcycle has no lags" in text(d)


async def test_lined_up_runs_stand_in_place_of_the_sweep(drive):
    async with drive(live=done(made())) as d:
        await d.press("p", "down", "enter")
        assert "1 sigmoid" in text(d) and "sweep:" not in d.row(1)
        await d.press("escape")
        assert "sweep:" in d.row(1)


async def test_keys_of_a_sweep_mean_what_they_always_do_elsewhere(drive):
    async with drive(live=done(made())) as d:
        await d.press("1", "a", "y", "space")
        assert d.session.teller.live.tally().runs == 12
        assert d.shown.state == "playing"
        assert not d.app.main.view.log_loss or not d.app.main.view.early


async def test_the_sweep_says_of_which_data_it_is_where_the_present_run_has_others(drive):
    async with drive(live=done(made())) as d:
        await d.press("d")
        assert "sweep: η × units, motorcycle" in d.row(1)


def test_the_programs_end_is_that_of_the_sweep() -> None:
    """Runs of which one takes for ever: quitting does not wait for it."""
    live = made("lr=0.01", options=Options("chicago", layer=(("relu",) * 1000,), training={"epochs": 100_000}))
    runner = Runner(Options(), lambda: None, begin=lambda *given: Session(*given, live=live))
    runner.start()
    while not live.board().running:
        pass
    assert runner.stop(20.0)
    assert live.rows == []
    assert not any(thread.is_alive() for thread in live._threads)


@pytest.mark.parametrize("closed", [False, True], ids=["", "stdout closed"])
def test_what_is_to_be_done_at_the_end_is_done_even_where_the_runner_takes_too_long(
    monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    class Slow(Runner):
        def stop(self, patience: float | None = None) -> bool:
            order.append("stop")
            return False

    order: list[object] = []
    app = UnitfitApp(Options(), Slow, Path("no-such-keys"), afterwards=lambda: order.append("table"))
    monkeypatch.setattr("textual.app.App.run", lambda self: None)
    monkeypatch.setattr("os._exit", order.append)
    if closed:
        monkeypatch.setattr("sys.stdout", None)
    app.run()
    assert order == ["stop", "table", 0]
