"""A run without thread and screen: moving it, changing it, and what it tells."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

import data
from data import DataError
from engine import EngineError, Network, Trainer
from engine.edits import AddLayer, AddUnit, RemoveLayer, RemoveUnit, SetRecipe, SetTheta, SetValue
from tui.run.beginnings import Restart
from tui.run.choice import OUTPUT_BIAS, Choice, nearest
from tui.run.facts import Accuracy, ActiveShares, BestUnseen, Gradient, Losses, Outputs
from tui.run.gestures import (
    AddHere,
    AddLayerLast,
    Change,
    LoadTable,
    Nudge,
    RemoveHere,
    RemoveLayerHere,
    StepData,
    StepField,
    StepSeed,
)
from tui.run.loss_curve import LossCurve
from tui.run.options import Options
from tui.run.player import FRAME, SPEEDS, RunEpochs, Step, StepSpeed, Toggle
from tui.run.session import Session
from tui.run.travel import Undo
from tui.run.words import FIRST_NOTE

FAR = 1 << 30  # as the number of a unit or a layer: the last one


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def session(**options) -> Session:
    clock = Clock()
    made = Session(Options(**options), lambda: None, clock)
    made.clock = made.player.clock = clock
    return made


def choose(run: Session, layer: int, unit: int = 0, source: int = 0) -> None:
    run.run.choice = nearest(Choice(layer, unit, source), run.trainer.network)


def finish(run: Session) -> None:
    """Work until nothing is left to do before the clock moves."""
    while run.work() == 0.0:
        pass


def unseen_loss(run: Session) -> float:
    return run.teller.facts(run.run).of(Losses())[1]


def headless(run: Session, options: Options) -> Trainer:
    dataset = options.load()
    sets = (dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test)
    return Trainer(options.network(dataset), *sets, options.recipe(dataset), options.seed)


# ---------------------------------------------------------------------------------------------------- training


def test_it_starts_on_motorcycle_with_three_sigmoids_paused_at_the_initial_curve():
    told = session().snapshot()
    assert (told.dataset.name, told.network.shape, told.network.layers) == ("motorcycle", (1, 3, 1), [["sigmoid"] * 3])
    assert (told.state, told.update, told.epoch, told.note) == ("paused", 0, 0, FIRST_NOTE)
    assert (told.recipe.learning_rate, told.recipe.batch_size) == (0.03, 32)


def test_playing_does_so_many_updates_a_frame():
    run = session()
    run.perform(Toggle())
    for frame in range(1, 11):
        finish(run)
        assert run.trainer.update == frame * SPEEDS[run.player.level]
        run.clock.now += FRAME


def test_a_frame_that_comes_late_is_not_made_up_for():
    run = session()
    run.perform(Toggle())
    finish(run)
    run.clock.now += 100 * FRAME
    finish(run)
    assert run.trainer.update == 2 * SPEEDS[run.player.level]


def test_playing_is_the_same_run_as_a_headless_one():
    run, options = session(), Options()
    run.perform(StepSpeed(1))
    run.perform(Toggle())
    for _ in range(20):
        finish(run)
        run.clock.now += FRAME
    trainer = headless(run, options)
    trainer.step(run.trainer.update)
    assert run.trainer.update == 200
    assert np.array_equal(run.trainer.theta, trainer.theta)


def test_flat_out_is_work_without_a_pause():
    run = session()
    run.perform(StepSpeed(len(SPEEDS)))
    run.perform(Toggle())
    assert run.snapshot().speed == "flat out"
    assert [run.work() for _ in range(3)] == [0.0] * 3
    assert run.trainer.update > 0


def play(run: Session, frames: int = 400) -> None:
    """Play on until it pauses, or this many frames."""
    run.perform(Toggle())
    while run.player.playing and frames:
        run.work()
        run.clock.now += FRAME
        frames -= 1


@pytest.mark.parametrize("speed", [0, 3, len(SPEEDS)])
def test_playing_pauses_once_where_the_schedule_has_brought_the_rate_to_0(speed):
    run = session(training={"schedule": "cosine", "epochs": 10})
    run.perform(StepSpeed(speed))
    play(run)
    assert (run.trainer.epoch, run.trainer.progress, run.trainer.learning_rate) == (10, 10.0, 0.0)
    assert run.snapshot().note.startswith("The schedule has ended at epoch 10: η is 0")
    play(run, frames=3)
    assert run.player.playing and run.trainer.update > 40


def test_stepping_goes_on_at_a_rate_of_0_and_playing_then_says_so():
    run = session(training={"schedule": "cosine", "epochs": 10})
    run.perform(RunEpochs(12))
    finish(run)
    run.perform(Step(1))
    finish(run)
    assert run.trainer.update == 49
    play(run)
    assert run.trainer.update == 49 and "η is 0" in run.snapshot().note


def test_a_schedule_that_ends_above_0_plays_on():
    run = session(training={"schedule": "step", "epochs": 10})
    play(run, frames=20)
    assert run.trainer.epoch > 10 and run.player.playing


def test_a_longer_schedule_gives_more_and_ends_with_a_pause_too():
    run = session(training={"schedule": "cosine", "epochs": 10})
    play(run)
    run.perform(StepField("epochs", 1))
    assert run.trainer.learning_rate > 0
    play(run)
    assert run.trainer.epoch == run.trainer.recipe.epochs > 10


def test_speed_stays_within_its_table():
    run = session()
    for direction, words in ((-99, "1 update a frame"), (1, "3 updates a frame"), (99, "flat out")):
        run.perform(StepSpeed(direction))
        assert run.snapshot().speed == words


def test_steps_add_up_and_pause_what_plays():
    run = session()
    run.perform(Toggle())
    run.perform(Step(1))
    run.perform(Step(1))
    finish(run)
    assert run.trainer.update == 2
    assert run.snapshot().state == "paused"


def test_a_second_key_waits_for_the_first_but_not_for_long():
    run = session()
    run.perform(RunEpochs(1, long=False))
    assert run.player.in_a_moment
    run.clock.now += 1.0
    assert not run.player.in_a_moment
    run.perform(RunEpochs(1))
    assert not run.player.in_a_moment


def test_epochs_end_at_their_boundary():
    run = session()  # 106 examples in batches of 32: 4 updates an epoch
    run.perform(Step(1))
    finish(run)
    run.perform(RunEpochs(1, long=False))
    run.perform(RunEpochs(1, long=False))
    finish(run)
    assert (run.trainer.update, run.trainer.epoch) == (8, 2)


def test_a_long_stretch_tells_how_far_it_is_and_heeds_a_changed_batch():
    run = session()
    run.perform(RunEpochs(10))
    run.work()
    told = run.snapshot()
    assert told.state == "stepping"
    assert told.busy is not None
    assert told.busy.startswith("running 10 epochs, ")
    run.perform(StepField("batch", -1))
    finish(run)
    assert run.trainer.epoch == 10
    assert run.trainer.update > 40
    assert run.snapshot().busy is None


def test_pause_breaks_a_long_stretch_off():
    run = session()
    run.perform(RunEpochs(1000))
    run.work()
    run.perform(Toggle())
    assert run.work() is None
    assert run.trainer.epoch < 1000


def test_updates_a_second_are_counted_while_playing():
    run = session()
    run.perform(Toggle())
    for _ in range(32):
        finish(run)
        told = run.snapshot()
        run.clock.now += FRAME
    assert told.updates_per_second == pytest.approx(90, rel=0.1)
    run.perform(Toggle())
    assert run.snapshot().updates_per_second == 0.0


def test_divergence_stops_with_a_note_that_says_what_to_do():
    run = session(training={"lr": 1e30, "optimizer": "sgd"})
    run.perform(Step(50))
    finish(run)
    told = run.snapshot()
    assert told.state == "diverged"
    assert told.diverged is not None
    assert "[ lowers the rate, 0 starts again" in told.note
    assert np.isfinite(run.trainer.theta).all()
    for command in (Toggle(), Step(1), RunEpochs(1)):
        run.perform(command)
        assert run.work() is None


def test_a_lower_rate_goes_on_from_where_a_run_diverged():
    run = session(training={"optimizer": "sgd"})
    run.perform(Step(5))
    finish(run)
    good = run.trainer.recipe
    run.perform(SetRecipe(replace(good, learning_rate=1e39)))
    run.perform(Step(1))
    finish(run)
    assert run.snapshot().state == "diverged"
    run.perform(lambda moment: Change((SetRecipe(good),)))
    told = run.snapshot()
    assert (told.state, told.update, told.recipe) == ("paused", 5, good)
    assert told.note == "The rate is now 0.03; space goes on from where it diverged, 0 starts again"
    run.perform(Step(200))
    finish(run)
    assert run.trainer.update == 205


def test_a_lower_rate_that_diverges_again_at_once_starts_over_and_u_takes_it_back():
    run = session(training={"lr": 30, "optimizer": "sgd"})
    first = run.trainer.theta
    run.perform(Step(50))
    finish(run)
    stopped = run.snapshot()
    assert stopped.state == "diverged"
    run.perform(StepField("lr", -1))
    told = run.snapshot()
    assert (told.state, told.update, told.recipe.learning_rate) == ("paused", 0, 20)
    assert np.array_equal(run.trainer.theta, first)
    assert told.note == "η 20 diverges at once from there too: started over with it; u takes it back"
    run.perform(Undo())
    told = run.snapshot()
    assert (told.state, told.update, told.recipe.learning_rate) == ("diverged", stopped.update, 30)


def test_a_higher_rate_is_no_cure_that_is_tried():
    run = session(training={"lr": 30, "optimizer": "sgd"})
    run.perform(Step(50))
    finish(run)
    run.perform(StepField("lr", 1))
    assert run.snapshot().update > 0


def test_a_rate_that_flattens_every_unit_is_told_with_what_to_do():
    run = session()
    run.perform(Toggle())
    network, theta = run.trainer.network, run.trainer.theta
    theta[[network.index(0, unit, "b") for unit in range(3)]] = 1e4
    theta[network.index(1, 0, "b")] = 100.0  # far from the data, and no unit can bend back
    run.trainer.theta = theta
    run.trainer.step(1)
    told = run.snapshot()
    assert told.note == "All units of a layer are flat on the data: [ lowers the rate, 0 starts again"


def test_steep_units_that_fit_a_step_are_no_trouble():
    run = session(data="step", layer=(("sigmoid",),))
    run.perform(Toggle())
    run.trainer.theta = np.array([400.0, 0.0, 2.0, -1.0])
    run.trainer.step(1)
    assert run.teller.facts(run.run).of(ActiveShares())[0][0] < 0.05
    assert run.snapshot().note.startswith("Training since epoch 0: unseen ")


def test_a_restart_mends_divergence():
    run = session(training={"lr": 1e30, "optimizer": "sgd"})
    run.perform(Step(50))
    finish(run)
    run.perform(Restart())
    told = run.snapshot()
    assert (told.state, told.update, told.diverged) == ("paused", 0, None)


# ---------------------------------------------------------------------------------------------------- changes


def test_restart_has_the_same_initial_weights_and_keeps_what_was_built():
    run = session()
    first = run.trainer.theta
    run.perform(Step(20))
    finish(run)
    run.perform(Restart())
    assert np.array_equal(run.trainer.theta, first)
    run.perform(AddHere("relu"))
    run.perform(StepField("lr", -1))
    run.perform(Restart())
    assert run.trainer.update == 0
    assert run.trainer.network.layers == [["sigmoid"] * 3 + ["relu"]]
    assert run.trainer.recipe.learning_rate == 0.02


def test_a_new_seed_draws_other_weights_and_shuffles_otherwise():
    run = session()
    first = run.trainer.theta
    run.perform(StepSeed(1))
    assert run.trainer.seed == run.trainer.network.seed == 1
    assert not np.array_equal(run.trainer.theta, first)
    run.perform(StepSeed(-1))
    run.perform(StepSeed(-1))
    assert run.trainer.seed == 0
    assert np.array_equal(run.trainer.theta, first)


def test_a_new_unit_leaves_the_curve_and_then_tells_what_has_been_since():
    run = session()
    run.perform(Step(40))
    finish(run)
    before = unseen_loss(run)
    run.perform(AddHere("sigmoid"))
    now = run.snapshot()
    assert unseen_loss(run) == pytest.approx(before, rel=1e-6)  # float32 sums in another order
    assert now.marks == ((10.0, "+4", False),)
    assert now.note.startswith("Unit 4 added")
    run.perform(Step(40))
    finish(run)
    told = run.snapshot()
    assert told.note.startswith(f"Since unit 4 was added (epoch 10): unseen {before:.1f} → ")
    assert told.note.endswith(f"{unseen_loss(run):.1f} g")


@pytest.mark.parametrize("nudged", [False, True])
def test_a_dead_unit_is_not_praised(nudged):
    run = session()
    run.perform(Step(42))
    finish(run)
    run.perform(AddHere("relu"))
    network, theta = run.trainer.network, run.trainer.theta
    theta[network.index(0, 3, "b")] = -99.0
    run.trainer.theta = theta
    if nudged:
        run.perform(Nudge("b", -1))
    run.perform(Step(4))
    finish(run)
    assert run.snapshot().note == "Unit 4 is dead: off on every training point; x removes it"


def test_the_gradient_is_there_in_the_midst_of_a_batch_too(monkeypatch):
    run = session()
    run.perform(Step(1))
    finish(run)
    run.ask([lambda dataset: [Gradient()]])
    known = run.snapshot().answer(Gradient())
    assert known is not None
    monkeypatch.setattr(Trainer, "last_gradient", property(lambda trainer: None))  # as a slice that ends there
    assert run.snapshot().answer(Gradient()) is known
    run.perform(AddHere("relu"))
    assert run.snapshot().answer(Gradient()) is None
    run.perform(Restart())
    assert run.snapshot().answer(Gradient()) is None


def test_units_and_layers_come_and_go():
    run = session()
    choose(run, 0, FAR)
    run.perform(RemoveHere())
    assert run.trainer.network.shape == (1, 2, 1)
    choose(run, 0)
    run.perform(AddLayerLast())
    assert run.trainer.network.layers[1] == ["sigmoid"] * 3
    choose(run, FAR)
    run.perform(AddHere("relu"))
    run.perform(AddLayerLast())
    assert run.trainer.network.layers[2] == ["relu"] * 3
    for layer in (1, FAR, 0):
        choose(run, layer)
        run.perform(RemoveLayerHere())
    assert run.trainer.network.shape == (1, 1)
    run.perform(AddHere("relu"))
    assert run.trainer.network.layers == [["relu"]]


@pytest.mark.parametrize(
    "edit", [AddUnit("relu", 9), AddUnit("square"), RemoveUnit(0, 9), RemoveUnit(9, 0), AddLayer(()), RemoveLayer(9),
             SetValue(99, 0.0), SetValue(0, np.inf), SetTheta(np.zeros(3)), SetRecipe("adam")]
)  # fmt: skip
def test_an_edit_that_does_not_fit_is_refused_and_nothing_changes(edit):
    run = session()
    run.perform(Step(3))
    finish(run)
    theta, told = run.trainer.theta, run.snapshot()
    with pytest.raises(EngineError):
        run.perform(edit)
    now = run.snapshot()
    assert np.array_equal(run.trainer.theta, theta)
    assert (now.note, now.marks, now.chosen, now.recipe) == (told.note, told.marks, told.chosen, told.recipe)


def test_of_several_edits_all_are_done_or_none():
    run = session()
    theta, told = run.trainer.theta, run.snapshot()
    with pytest.raises(EngineError, match="layer"):
        run.perform(lambda moment: Change((AddUnit("relu"), RemoveLayer(9)), choice=Choice(0, 3)))
    assert np.array_equal(run.trainer.theta, theta)
    assert (run.snapshot().note, run.snapshot().marks, run.snapshot().chosen) == (told.note, told.marks, told.chosen)
    run.perform(lambda moment: Change((AddUnit("relu"), AddUnit("tanh")), choice=Choice(0, 4)))
    assert run.trainer.network.layers == [["sigmoid"] * 3 + ["relu", "tanh"]]
    assert run.snapshot().note.startswith("Unit 5 added")
    assert run.snapshot().chosen == Choice(0, 4)


def test_what_is_chosen_is_there_after_every_change():
    run = session(layer=(("relu",) * 2, ("tanh",) * 3))
    choose(run, 1, 2, 1)
    for wish, chosen in (
        (RemoveUnit(0, 1), Choice(1, 2, 0)),  # it had come from the unit that is gone
        (RemoveHere(), Choice(1, 1, 0)),
        (RemoveLayer(1), Choice(0, 0, 0)),
        (RemoveLayer(0), Choice(0, OUTPUT_BIAS, 0)),
    ):
        run.perform(wish)
        assert run.snapshot().chosen == chosen


def test_the_output_bias_is_not_removed():
    run = session()
    choose(run, 0, OUTPUT_BIAS)
    run.perform(RemoveHere())
    assert run.trainer.network.shape == (1, 3, 1)
    assert "output bias stays" in run.snapshot().note


def test_the_last_unit_of_a_layer_is_refused_and_nothing_changes():
    run = session(layer=(("relu",),))
    theta = run.trainer.theta
    with pytest.raises(EngineError, match="unit 1 is the only one of layer 1: remove the layer instead, with L"):
        run.perform(RemoveHere())
    assert np.array_equal(run.trainer.theta, theta)


@pytest.mark.parametrize("edit", [RemoveHere(), RemoveLayerHere()])
def test_the_linear_model_has_nothing_to_remove_and_says_what_to_press(edit):
    run = session(layer=())
    run.perform(edit)
    assert run.snapshot().note == "The linear model has no units: s adds a sigmoid unit, r a ReLU"


def test_what_is_told_of_training_is_true_however_far_it_came():
    """Of epochs asked for and broken off, and of playing and stepping after them, the note tells all."""
    run = session()
    before = unseen_loss(run)
    run.perform(RunEpochs(1000))
    run.work()
    run.perform(Toggle())
    run.perform(Toggle())
    run.perform(Step(1))
    finish(run)
    told = run.snapshot()
    assert told.epoch < 1000
    assert told.note == f"Training since epoch 0: unseen {before:.1f} → {unseen_loss(run):.1f} g"


def test_a_loss_that_stays_is_not_said_to_have_moved():
    run = session(training={"lr": 1e-6})
    run.perform(AddHere("relu"))
    run.perform(Step(1))
    finish(run)
    assert run.snapshot().note == "Since unit 4 was added (epoch 0): unseen stays at 50.4 g"


@pytest.mark.parametrize(("unit", "part"), [(1, "w"), (1, "b"), (1, "c"), (OUTPUT_BIAS, "b")])
def test_a_nudge_moves_one_parameter(unit, part):
    run = session()
    before = run.trainer.theta
    choose(run, 0, unit)
    run.perform(Nudge(part, 1))
    moved = np.flatnonzero(run.trainer.theta != before)
    network = run.trainer.network
    expected = network.index(1, 0, "b") if unit == OUTPUT_BIAS else network.index(0, unit, part)
    assert moved.tolist() == [expected]
    assert run.trainer.theta[expected] > before[expected]


def test_a_nudge_names_the_unit_and_the_input():
    run = session(data="moons", layer=(("tanh",) * 2,))
    choose(run, FAR, FAR, 1)
    run.perform(Nudge("w", 1))
    assert run.snapshot().note.startswith("w from x2 ")
    run.perform(Step(1))
    finish(run)
    assert run.snapshot().note.startswith("Since w from x2 of unit 2 moved (epoch ")
    choose(run, 0, OUTPUT_BIAS)
    run.perform(Nudge("b", 1))
    run.perform(Step(1))
    finish(run)
    assert run.snapshot().note.startswith("Since b of the output moved (epoch ")


def test_a_nudge_of_what_is_not_there_says_so():
    run = session(layer=(("relu",) * 2, ("relu",) * 2))
    theta = run.trainer.theta
    run.perform(Nudge("c", 1))
    assert np.array_equal(run.trainer.theta, theta)
    assert run.snapshot().note == "c is not a parameter of this unit"


def test_the_recipe_changes_and_the_weights_stay():
    run = session()
    run.perform(Step(8))
    finish(run)
    theta = run.trainer.theta
    for field in ("batch", "lr", "schedule", "epochs", "optimizer", "l1", "l2"):
        run.perform(StepField(field, 1))
    recipe = run.trainer.recipe
    assert (recipe.batch_size, recipe.learning_rate, recipe.schedule, recipe.epochs) == (64, 0.05, "cosine", 200)
    assert (recipe.optimizer, recipe.l1, recipe.l2) == ("adamw", 1e-6, 1e-6)
    assert np.array_equal(run.trainer.theta, theta)
    assert run.trainer.update == 8


def test_another_loss_begins_another_curve():
    run = session()
    run.perform(Step(40))
    finish(run)
    run.perform(StepField("loss", 1))
    told = run.snapshot()
    assert (told.recipe.loss, told.measure.word) == ("mae", "mae")
    dataset, trainer, loss = run.dataset, run.trainer, run.teller.facts(run.run).of(Losses())[0]
    assert run.teller.facts(run.run).of(LossCurve(99)).train.tolist() == [loss]
    assert loss == pytest.approx(dataset.errors(trainer.predict(dataset.x_train), "train")["mae"], rel=1e-5)


def test_another_init_draws_anew_and_skips_what_the_data_do_not_allow():
    run = session(data="moons", layer=(("tanh",) * 3,))
    seen = []
    for _ in range(5):
        run.perform(StepField("init", 1))
        seen.append(run.trainer.network.init)
    assert seen == ["uniform", "he", "glorot", "zeros", "auto"]


# ------------------------------------------------------------------------------------------------------- data


def test_the_next_data_set_and_back():
    run, names = session(), data.names()
    run.perform(StepData(1))
    assert run.dataset.name == names[(names.index("motorcycle") + 1) % len(names)]
    run.perform(StepData(-1))
    assert run.dataset.name == "motorcycle"


def test_the_note_says_what_is_in_a_data_set_and_where_it_is_from():
    run = session()
    run.perform(StepData(1))
    assert run.snapshot().note.startswith("riders a day at Clark/Lake station from the days before, unseen 2015; ")
    assert run.snapshot().note.endswith(run.dataset.source)
    generated = session(data="moons")
    generated.perform(StepData(-1))
    assert generated.snapshot().note == "generated: a disc in a ring; noise 0.05"


def test_units_stay_where_the_number_of_inputs_does():
    run = session(data="sine")
    run.perform(AddHere("relu"))
    run.perform(StepData(1))
    assert run.dataset.x_train.shape[1] == 1
    assert run.trainer.network.layers == [["sigmoid"] * 3 + ["relu"]]
    assert run.trainer.update == 0


def test_ones_own_table_is_opened_and_stays_in_the_round(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("a,b,c\n" + "".join(f"{i},{i % 7},{i * i}\n" for i in range(50)))
    run = session()
    run.perform(LoadTable(str(path), target="c", features=("a",)))
    assert run.dataset.feature_names == ("a",)
    run.perform(StepData(1))
    assert run.dataset.name == data.names()[0]


def test_a_table_that_cannot_be_opened_leaves_the_run(tmp_path):
    run = session()
    run.perform(Step(5))
    finish(run)
    before = run.run
    with pytest.raises(DataError):
        run.perform(LoadTable(str(tmp_path / "missing.csv")))
    assert run.run is before
    assert run.snapshot().busy is None


# -------------------------------------------------------------------------------------------------- snapshots


def test_losses_are_those_of_the_trainer_in_the_units_of_the_data():
    run = session()
    run.perform(Step(40))
    finish(run)
    dataset, trainer = run.dataset, run.trainer
    for split, loss in zip(("train", "test"), run.teller.facts(run.run).of(Losses()), strict=True):
        assert loss == np.sqrt(trainer.loss(split)) * dataset.y_scale
        x = dataset.x_train if split == "train" else dataset.x_test
        assert loss == pytest.approx(dataset.errors(trainer.predict(x), split)["rmse"], rel=1e-5)


def test_a_snapshot_holds_what_is_asked_for_and_nothing_else():
    run = session()
    assert run.snapshot().answers == {}
    run.ask([lambda dataset: [Losses()], lambda dataset: [Losses(), Accuracy()]])
    told = run.snapshot()
    assert set(told.answers) == {Losses(), Accuracy()}
    assert told.answer(Gradient()) is None
    run.ask([])
    assert run.snapshot().answers == {}


def test_what_is_asked_for_holds_for_the_next_data_set_too():
    run = session()
    run.ask([lambda dataset: [Accuracy()] if dataset.labels else [Losses()]])
    assert set(run.snapshot().answers) == {Losses()}
    run.perform(LoadTable(data="moons"))
    assert set(run.snapshot().answers) == {Accuracy()}


def test_nothing_is_worked_out_twice_while_the_run_stands_still(monkeypatch):
    run, asked = session(), []
    predict = Network.predict
    monkeypatch.setattr(Network, "predict", lambda network, x: asked.append(len(x)) or predict(network, x))
    run.ask([lambda dataset: [Losses(), Outputs("test"), LossCurve(9), BestUnseen()]])
    first = run.snapshot()
    assert sorted(asked) == [27, 106]  # either split once
    assert run.snapshot().answers == first.answers
    assert len(asked) == 2
    for wish in (Nudge("w", 1), StepField("loss", 1)):
        before, _ = run.snapshot(), asked.clear()
        run.perform(wish)
        assert run.snapshot().answer(Losses()) != before.answer(Losses())
        assert sorted(asked) == [27, 106]


def test_a_snapshot_does_not_change_with_the_run():
    run = session()
    run.perform(Step(3))
    finish(run)
    run.ask([lambda dataset: [Gradient(), LossCurve(99)]])
    told = run.snapshot()
    gradient, curve = told.answer(Gradient()), told.answer(LossCurve(99))
    theta, slope, losses = told.network.theta, gradient.copy(), curve.train.copy()
    run.perform(Step(40))
    finish(run)
    assert np.array_equal(told.network.theta, theta)
    assert np.array_equal(gradient, slope)
    assert np.array_equal(curve.train, losses)


def test_a_divergence_with_plain_steps_says_from_which_rate_on_they_overshoot():
    run = session(data="chicago", lags=56, layer=(), training={"optimizer": "sgd", "lr": 0.2, "batch": 1461})
    run.perform(Step(5000))
    finish(run)
    note = run.snapshot().note
    rate = float(re.search(r"plain steps above η ([0-9.]+) overshoot here", note)[1])
    assert 0.055 < rate < 0.06  # 2 over the largest curvature, as measured elsewhere: 0.117 for half of this loss
    run.telling.say("")
    run.perform(Toggle())
    assert run.snapshot().note == note
