"""Sweeps that are begun from a run, and runs that are opened from a sweep."""

from __future__ import annotations

import pytest

from engine import EngineError
from engine.edits import SetPoints
from tui.run.gestures import StepField
from tui.run.options import Options
from tui.run.race import MOST
from tui.run.racing import AddRacer
from tui.run.session import Session
from tui.run.sweep.begun import SEEDS, SWEEPS, options_of, plan
from tui.run.sweep.factors import arguments
from tui.run.sweeping import AddSeed, BeginSweep, OpenSetting, PauseSweep, StopSweep

LINEAR = Options("chicago", lags=7, layer=(), seed=4, training={"epochs": 2, "lr": 0.02})


def session(options: Options = LINEAR) -> Session:
    return Session(options, lambda: None)


def swept(options: Options, name: str) -> Session:
    own = session(options)
    own.perform(BeginSweep(name))
    while own.teller.live.step():
        pass
    return own


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_is_of_the_data_and_the_recipe_of_now(name: str) -> None:
    own = session()
    own.perform(StepField("batch", 1))
    made = plan(name, own.run.moment())
    assert (made.options.data, made.options.lags) == ("chicago", 7)
    assert made.options.training["batch"] == 64
    assert list(made.seeds) == list(range(4, 4 + SEEDS))
    assert "--batch 64" in " ".join(arguments(made.run(0)))


def test_width_and_rate_are_those_of_the_run() -> None:
    made = plan("width_rate", session().run.moment())
    assert made.factors[0].values == (0.0002, 0.002, 0.02, 0.2, 2.0)
    assert [len(layers[0]) for layers in made.factors[1].values] == [10, 100, 1000]
    one_feature = plan("width_rate", session(Options()).run.moment())
    assert {kind for layers in one_feature.factors[1].values for kind in layers[0]} == {"sigmoid"}


def test_a_sweep_trains_as_many_points_as_the_run_and_refuses_those_that_were_drawn() -> None:
    own = session(Options("sine", points=40))
    assert options_of(own.run.moment()).points == 40
    own.perform(SetPoints(20, 0))
    assert options_of(own.run.moment()).points == 20
    drawn = session(Options("sine"))
    drawn.perform(SetPoints(20, 7))
    with pytest.raises(EngineError, match=r"points .* drawn .*: expected"):
        options_of(drawn.run.moment())


def test_a_sweep_of_lags_is_for_dated_data() -> None:
    own = session(Options())
    with pytest.raises(EngineError, match="motorcycle has no lags"):
        own.perform(BeginSweep("lags"))
    assert own.teller.live is None


@pytest.mark.parametrize("wish", [PauseSweep(), StopSweep(), AddSeed(0), OpenSetting((7,), "train")])
def test_without_a_sweep_its_wishes_are_refused_in_a_sentence(wish) -> None:
    with pytest.raises(EngineError, match="there is no sweep: expected one"):
        session().perform(wish)


def test_a_setting_without_a_finished_run_is_not_opened() -> None:
    own = session()
    own.perform(BeginSweep("lags"))
    run = own.run
    with pytest.raises(EngineError, match="no run of this setting"):
        own.perform(OpenSetting((7,), "train"))
    assert own.run is run


def test_an_opened_run_trains_to_where_the_sweep_trained_it_and_joins_the_others() -> None:
    own = swept(LINEAR, "lags")
    before = own.run
    own.perform(OpenSetting((28,), "unseen"))
    while own.player.moves:
        own.work()
    assert own.run.before is before
    assert (own.dataset.lags[-1], own.trainer.epoch) == (28, 2)
    own.perform(OpenSetting((7,), "unseen"))
    names = [racer.name for racer in own.teller.race.racers]
    assert [name.split(",")[0] for name in names] == ["28 lags", "7 lags"]
    assert "6 has it among its runs" in own.run.telling.note.text


def test_where_it_cannot_join_them_it_is_opened_all_the_same() -> None:
    own = swept(Options(training={"epochs": 2}), "width")
    for _ in range(MOST):
        own.perform(AddRacer())
    own.perform(OpenSetting(("4:sigmoid",), "unseen"))
    assert len(own.teller.race.racers) == MOST
    assert own.trainer.architecture.shape == (1, 4, 1)
    assert f"view 6 has {MOST} runs already" in own.run.telling.note.text


def test_runs_with_other_unseen_rows_do_not_join() -> None:
    own = swept(Options("sine", training={"epochs": 2}), "width")
    own.perform(AddRacer())
    racers = list(own.teller.race.racers)
    other = swept(Options("cubic", training={"epochs": 2}), "width")
    other.teller.race.racers = racers
    other.perform(OpenSetting(("4:sigmoid",), "unseen"))
    assert other.teller.race.racers == racers
    assert "its unseen rows are others" in other.run.telling.note.text


def test_what_stops_a_sweep_is_said_once() -> None:
    own = session()
    own.perform(BeginSweep("lags"))
    own.teller.live.problem = EngineError("runs.csv.journal: cannot be written")
    with pytest.raises(EngineError, match="cannot be written"):
        own.work()
    own.work()
