"""Several runs side by side: in lockstep, on the same unseen rows, and each a run that can be opened."""

from __future__ import annotations

import numpy as np
import pytest

from engine import EngineError
from engine.edits import SetValue
from tui.run.beginnings import Load, Reseed
from tui.run.options import Options
from tui.run.player import Toggle
from tui.run.presets import PRESETS, line_up
from tui.run.race import Race, Racing, same_unseen
from tui.run.racing import AddRacer, LineUp, OpenRacer, RemoveRacer, TrainAll
from tui.run.session import Session
from tui.run.travel import Undo

EPOCHS = {"epochs": 3}


def session(**options) -> Session:
    return Session(Options(**{"training": EPOCHS, **options}), lambda: None, lambda: 0.0)


def asked(run: Session) -> None:
    run.ask([lambda dataset: [Racing()]])


def rows(run: Session):
    asked(run)
    return run.snapshot().answer(Racing())


def finish(run: Session) -> None:
    while run.work() == 0.0:
        pass


def test_runs_train_in_lockstep_to_their_ends():
    run = session()
    run.perform(LineUp("width"))
    run.perform(TrainAll())
    apart = 0
    while run.work() == 0.0:
        epochs = [racer.run.trainer.progress for racer in run.teller.race.racers]
        apart = max(apart, max(epochs) - min(epochs))
    assert [row.epoch for row in rows(run)] == [3] * 5
    assert apart <= 1
    assert {row.state for row in rows(run)} == {"done"}
    assert run.snapshot().note.startswith("All are done: ")
    assert not run.teller.race.playing


def test_a_race_of_epochs_that_are_shorter_than_a_slice_may_be_as_long_as_it_likes():
    run = session(training={"epochs": 700, "batch": 200})
    run.perform(LineUp("rates"))
    race = run.teller.race
    race.clock = lambda: 0.0
    run.perform(TrainAll())
    while race.work() == 0.0:
        pass
    assert {racer.run.trainer.epoch for racer in race.racers} == {700}


def test_all_of_them_go_over_the_examples_in_the_same_order_and_as_by_themselves():
    run = session()
    run.perform(LineUp("batches"))
    run.perform(TrainAll())
    finish(run)
    alone = session(layer=(("sigmoid",) * 3,))
    alone.trainer.run(3)
    same = next(racer for racer in run.teller.race.racers if racer.name == "batch 32")
    assert same.run.trainer.theta.tobytes() == alone.trainer.theta.tobytes()


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", ["motorcycle", "moons", "births_1994"])
def test_every_preset_lines_up_runs_that_can_be_compared_or_says_why_not(preset, name):
    run = session(data=name)
    if preset == "lags" and name != "births_1994":
        with pytest.raises(EngineError, match=f"{name} has no lags: this race is for dated data"):
            run.perform(LineUp(preset))
        return
    racers = line_up(preset, run.run.moment())
    assert 3 <= len(racers) <= 6
    assert len({racer.name for racer in racers}) == len(racers)
    assert all(same_unseen(racer.run.dataset.whole, run.dataset.whole) for racer in racers)
    assert all(racer.run.trainer.update == 0 and racer.epochs == 3 for racer in racers)


def test_the_remedies_differ_in_what_they_say():
    run = session(layer=(("relu",) * 8,))
    few, every, small, decayed = (racer.run for racer in line_up("remedies", run.run.moment()))
    assert (len(few.dataset.y_train), len(every.dataset.y_train)) == (26, 106)
    assert small.trainer.architecture.layers == (("relu", "relu"),)
    assert decayed.trainer.recipe.l2 == 0.01


def test_without_a_race_the_runs_of_this_start_stand_there():
    run = session()
    run.perform(Reseed(4))
    run.perform(Load(run.run.options.for_data("triangle")))
    run.perform(Load(run.run.options.for_data("motorcycle")))
    found = rows(run)
    assert [row.name.split(" ")[-1] for row in found] == ["0", "4", "4"]
    assert [row.present for row in found] == [False, False, True]
    assert {row.state for row in found} == {""}


def test_what_a_fork_left_behind_stands_there_with_its_losses_and_can_be_opened():
    run = session()
    run.story.run(3)
    left = run.trainer.theta
    losses = run.trainer.loss("train")
    run.story.goto(4)
    run.perform(SetValue(0, 1.0))
    found = rows(run)
    assert [row.name.split(", ")[-1] for row in found] == ["left at update 4", "1-3-1 adam η 0.03 seed 0"]
    assert found[0].train == pytest.approx(np.sqrt(losses) * run.dataset.y_scale, rel=1e-5)
    run.perform(OpenRacer(0))
    finish(run)
    assert run.trainer.theta.tobytes() == left.tobytes()


def test_a_run_is_opened_and_u_goes_back():
    run = session()
    first = run.run
    run.perform(LineUp("rates"))
    run.perform(OpenRacer(2))
    assert run.run is run.teller.race.racers[2].run and rows(run)[2].present
    run.perform(Undo())
    assert run.run is first


def test_runs_come_and_go():
    run = session()
    run.perform(LineUp("rates"))
    run.perform(AddRacer())
    assert len(rows(run)) == 6
    run.perform(RemoveRacer(0))
    assert rows(run)[0].name == "η 0.003"
    with pytest.raises(EngineError, match="run 9: expected one of the 5 in the race"):
        run.perform(RemoveRacer(8))


def test_a_race_has_room_for_so_many_and_for_the_same_unseen_rows_only():
    run = session()
    run.perform(LineUp("rates"))
    for _ in range(7):
        run.perform(AddRacer())
    with pytest.raises(EngineError, match="12 runs are in the race already"):
        run.perform(AddRacer())
    run.perform(RemoveRacer(0))
    run.perform(Load(run.run.options.for_data("triangle")))
    with pytest.raises(EngineError, match="the unseen rows are others than those of the race"):
        run.perform(AddRacer())


def test_the_present_run_rests_while_they_train_and_the_other_way_round():
    run = session()
    run.perform(LineUp("rates"))
    run.perform(Toggle())
    run.perform(TrainAll())
    assert (run.player.playing, run.teller.race.playing) == (False, True)
    run.perform(Toggle())
    assert (run.player.playing, run.teller.race.playing) == (True, False)


def test_a_run_that_diverges_does_not_hold_the_others_up():
    run = session()
    run.perform(LineUp("rates"))
    run.teller.race.racers[4].run.trainer.theta = np.full(10, 1e38)
    run.perform(TrainAll())
    finish(run)
    states = [row.state for row in rows(run)]
    assert states == ["done"] * 4 + ["diverged"]


def test_an_empty_race_has_nothing_to_do():
    assert Race().work() is None
    assert Race().done
