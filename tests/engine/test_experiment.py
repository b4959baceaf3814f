"""A story: whatever moment one goes to, and by whatever way, it is that of a run that went straight there."""

from __future__ import annotations

import random

import numpy as np
import pytest

from engine import EngineError, Experiment, Network, Recipe, Trainer, experiment, marks
from engine.edits import (
    AddLayer,
    AddUnit,
    DrawPoint,
    ErasePoint,
    RemoveLayer,
    RemoveUnit,
    SetExamples,
    SetPoints,
    SetRecipe,
    SetTheta,
    SetValue,
)

RNG = np.random.default_rng(5)
X, X_TEST = RNG.uniform(-1, 1, (40, 1)), RNG.uniform(-1, 1, (10, 1))
Y, Y_TEST = np.sin(3 * X[:, 0]), np.sin(3 * X_TEST[:, 0])
RECIPE = Recipe(batch_size=7, learning_rate=0.01)
UNIT = AddUnit("relu")


def make(threads: int = 1, recipe: Recipe = RECIPE, **options) -> Trainer:
    network = Network(1, [["sigmoid"] * 3], seed=2, dtype=options.pop("dtype", "float32"))
    return Trainer(network, X, Y, X_TEST, Y_TEST, recipe, seed=3, threads=threads)


@pytest.fixture(params=[200, 0], ids=["few checkpoints", "checkpoints at every update"])
def story(request, monkeypatch) -> Experiment:
    monkeypatch.setattr(marks, "SHARE", request.param)
    return Experiment(make())


def straight(story: Experiment, threads: int = 1) -> Trainer:
    """A run that goes straight to where the cursor of the story is."""
    update, entries = story.position
    trainer = make(threads)
    for at, edit in story.journal[:entries]:
        trainer.step(at - trainer.update)
        trainer.apply(edit)
    trainer.step(update - trainer.update)
    return trainer


def state(trainer: Trainer) -> tuple:
    now = trainer.snapshot()
    theta, _, first, second = (array.tobytes() for array in now.parameters)
    counters = [getattr(now.state, name) for name in ("update", "epoch", "position", "first_power", "second_power")]
    return theta, first, second, *counters, now.architecture, now.recipe, now.counts


def curves(trainer: Trainer) -> list:
    own, batches = trainer.history, trainer.batch_history
    return [getattr(own, name).tolist() for name in ("update", "epoch", "train", "test")] + [batches.mean.tolist()]


def random_edit(choose: random.Random, trainer: Trainer):
    network = trainer.network
    layers = network.layers
    other = Recipe(choose.choice((3, 7, 64)), choose.choice((0.01, 0.03)), choose.choice(("adam", "momentum", "sgd")))
    fewer = choose.choice((30, 40))
    edits = [
        AddUnit(choose.choice(("relu", "sigmoid")), choose.randrange(max(1, len(layers)))),
        SetRecipe(other),
        SetExamples(X[:fewer], Y[:fewer], X_TEST, Y_TEST),
        DrawPoint((choose.uniform(-1, 1),), choose.uniform(-1, 1)),
        ErasePoint(int(choose.choice(trainer.examples.rows))),
        SetPoints(choose.choice((5, 20, trainer.examples.y.size)), choose.choice((None, 3))),
        SetValue(choose.randrange(network.n_parameters), choose.uniform(-1, 1)),
        SetTheta(network.theta * 0.9),
    ]
    if layers:
        edits.append(RemoveLayer(choose.randrange(len(layers))))
    if layers and len(layers[0]) > 1:
        edits.append(RemoveUnit(0, choose.randrange(len(layers[0]))))
    if len(layers) < 3:
        edits.append(AddLayer(("tanh", "relu")))
    return choose.choice(edits)


def random_story(choose: random.Random, story: Experiment) -> None:
    for _ in range(choose.randrange(3, 25)):
        match choose.choices(("step", "run", "for", "edit", "undo", "redo", "go", "home"), (40, 10, 5, 25, 7, 5, 5, 3))[
            0
        ]:
            case "step":
                story.step(choose.randrange(60))
            case "run":
                story.run(choose.randrange(1, 4))
            case "for":
                story.run_for(0.001)
            case "edit":
                story.apply(random_edit(choose, story.trainer), joins=choose.random() < 0.3)
            case "undo":
                story.undo()
            case "redo":
                story.redo()
            case "go":
                story.goto(choose.randint(0, story.end))
            case "home":
                story.home()


@pytest.mark.parametrize("seed", range(200))
def test_every_moment_of_a_random_story_is_that_of_a_straight_run(seed, monkeypatch, jit_only):
    choose = random.Random(seed)
    monkeypatch.setattr(marks, "SHARE", choose.choice((0, 1, 200)))
    story = Experiment(make(), budget=choose.choice((2**26, 20_000)))
    random_story(choose, story)
    story.goto(story.end)
    end, losses = state(story.trainer), curves(story.trainer)
    assert story.at_end
    if not story.tails:
        assert losses == curves(straight(story))
    for _ in range(20):
        story.goto(choose.randint(0, story.end))
        assert state(story.trainer) == state(straight(story, threads=2))
    while story.undo() is not None:
        assert state(story.trainer) == state(straight(story))
    assert story.position[1] == 0
    while story.redo() is not None:
        pass
    assert story.position[1] == len(story.journal)
    story.goto(story.end)
    assert (state(story.trainer), curves(story.trainer)) == (end, losses)


def test_a_story_begins_at_its_trainer(story):
    assert (story.update, story.end, story.journal, story.tails) == (0, 0, (), ())
    assert story.undo() is None
    assert story.redo() is None
    assert story.step(0) == 0


def test_going_back_and_forth_trains_nothing_anew(story):
    assert story.step(30) == 30
    history, theta = story.history, story.trainer.theta
    story.goto(11)
    assert (story.update, story.end, story.at_end) == (11, 30, False)
    np.testing.assert_array_equal(story.history.train, history.train)  # what lies ahead is known
    np.testing.assert_array_equal(story.batch_history.update, np.arange(1, 31))
    assert story.run(epochs=3) == 13  # six updates an epoch
    assert story.step(10) == 10
    assert (story.update, story.end) == (34, 34)
    story.goto(30)
    np.testing.assert_array_equal(story.trainer.theta, theta)


def test_undo_goes_to_just_before_the_step_and_redo_to_where_undo_was_asked_for(story):
    story.step(5)
    story.apply(UNIT)
    story.step(5)
    assert story.undo() == (UNIT,)
    assert story.position == (5, 0)
    assert story.trainer.network.layers == [["sigmoid"] * 3]
    assert story.redo() == (UNIT,)
    assert story.position == (10, 1)


def test_several_undos_come_back_one_after_the_other(story):
    for kind in ("relu", "tanh"):
        story.step(5)
        story.apply(AddUnit(kind))
    story.step(5)
    story.undo()
    story.undo()
    assert story.position == (5, 0)
    assert story.redo() == (AddUnit("relu"),)
    assert story.position == (10, 1)
    assert story.redo() == (AddUnit("tanh"),)
    assert story.position == (15, 2)
    assert story.redo() is None


MOVES = {
    "step": lambda story: story.step(1),
    "run": lambda story: story.run(1),
    "run_for": lambda story: story.run_for(1e-9),
    "goto": lambda story: story.goto(2),
    "home": lambda story: story.home(),
}


@pytest.mark.parametrize("move", MOVES)
def test_after_another_move_redo_goes_to_just_after_the_next_edit(story, move):
    for _ in range(2):
        story.step(20)
        story.apply(UNIT)
    story.step(5)
    story.undo()
    story.undo()
    assert story.position == (20, 0)
    MOVES[move](story)
    passed = story.position[1]
    assert story.redo() == (UNIT,)
    assert story.position == (20 * (passed + 1), passed + 1)


def test_an_edit_stands_alone_unless_it_joins(story):
    assert [story.apply(SetValue(0, 0.1)) is None, *(entry.joins for entry in story.entries)] == [False, False]


def test_what_joins_is_one_step_at_its_own_updates(story):
    story.apply(SetValue(0, 0.1))
    story.step(2)
    story.apply(SetValue(0, 0.2), joins=True)
    story.step(2)
    assert story.undo() == (SetValue(0, 0.1), SetValue(0, 0.2))
    assert story.position == (0, 0)
    story.home()
    assert story.redo() == (SetValue(0, 0.1), SetValue(0, 0.2))
    assert story.position == (2, 2)


def test_a_value_takes_the_place_of_one_that_its_step_gave_the_same_parameter_here(story):
    story.step(10)
    before = state(story.trainer)
    for index, value in ((0, 0.5), (3, 0.1), (0, 0.7), (3, 0.2)):
        story.apply(SetValue(index, value), joins=index == 3 or value > 0.5)
    assert story.journal == ((10, SetValue(0, 0.7)), (10, SetValue(3, 0.2)))
    story.step(5)
    story.apply(SetValue(0, 0.9), joins=True)  # later, so beside it
    story.apply(SetValue(0, 1.0))  # a step of its own
    assert [update for update, _ in story.journal] == [10, 10, 15, 15]
    now = state(story.trainer)
    assert now == state(straight(story))
    story.undo()
    assert story.position == (15, 3)
    story.undo()
    assert state(story.trainer) == before
    story.goto(story.end)
    assert state(story.trainer) == now


def test_a_checkpoint_with_a_value_that_was_replaced_is_forgotten(story):
    story.apply(SetValue(0, 0.5))
    story.step(20)
    story.goto(0)
    story.goto(20)
    story.apply(SetValue(0, 0.6))
    story.home()
    story.goto(20)
    story.apply(SetValue(0, 0.7), joins=True)
    for update in (0, 20):
        story.goto(update)
        assert state(story.trainer) == state(straight(story))


def test_playing_from_the_past_repeats_the_edits(story):
    story.step(5)
    story.apply(UNIT)
    story.apply(SetRecipe(Recipe(batch_size=20)))
    story.step(5)
    end = state(story.trainer)
    story.home()
    story.step(3)
    assert story.position == (3, 0)
    story.step(2)
    assert story.position == (5, 2)  # at an update that is passed, all of its edits are made
    story.run_for(0.01)  # and beyond the end it trains
    story.goto(10)
    assert state(story.trainer) == end


def test_an_edit_in_the_past_forks(story):
    story.step(10)
    story.apply(UNIT)
    story.step(10)
    history = story.history
    story.goto(12)
    story.apply(SetValue(0, 0.5))
    assert story.journal == ((10, UNIT), (12, SetValue(0, 0.5)))
    assert (story.end, story.at_end) == (12, True)
    (tail,) = story.tails
    assert (tail.fork, tail.end, tail.journal) == (12, 20, ((10, UNIT),))
    assert tail.curves.points[0].tolist() == history.update.tolist()
    assert story.history.update.tolist() == [0, 6, 12]
    story.step(6)
    assert state(story.trainer) == state(straight(story))
    story.undo()
    assert story.position == (12, 1)


def test_an_edit_after_undo_forks_at_the_same_update(story):
    story.apply(UNIT)
    story.undo()
    story.apply(AddUnit("tanh"))
    assert story.journal == ((0, AddUnit("tanh")),)
    assert [tail.journal for tail in story.tails] == [((0, UNIT),)]


def test_a_refused_edit_leaves_the_story_as_it_is(story):
    story.step(5)
    story.goto(3)
    with pytest.raises(EngineError):
        story.apply(RemoveUnit(0, 7))
    assert (story.position, story.end, story.journal, story.tails) == ((3, 0), 5, (), ())


def test_home_is_before_the_first_edit_and_goto_after_all_of_an_update(story):
    story.apply(UNIT)
    story.step(3)
    story.home()
    assert story.position == (0, 0)
    story.goto(0)
    assert story.position == (0, 1)


def test_edits_keep_their_own_arrays(story):
    theta = story.trainer.theta * 2
    story.apply(SetTheta(theta))
    theta[:] = 0
    story.home()
    story.redo()
    assert story.trainer.theta.any()


@pytest.mark.parametrize("update", [10, 30], ids=["in the past", "at the end"])
def test_curves_are_a_copy(story, update):
    story.step(30)
    story.goto(update)
    losses = story.history.train.copy(), story.batch_history.mean.copy()
    curves = story.curves
    curves.points[:], curves.buckets[:] = -5, -5
    curves.state.update = 7
    for _ in range(2):
        np.testing.assert_array_equal(story.history.train, losses[0])
        np.testing.assert_array_equal(story.batch_history.mean, losses[1])
        story.goto(30)


@pytest.mark.parametrize("update", [-1, 6, 2.5])
def test_there_are_no_moments_but_those_that_were(story, update):
    story.step(5)
    with pytest.raises(EngineError, match=r"update=.*expected a whole number from 0 to 5"):
        story.goto(update)


def test_a_trainer_with_a_past_is_refused():
    trainer = make()
    trainer.step(3)
    with pytest.raises(EngineError, match="a trainer at update 3: expected one at update 0"):
        Experiment(trainer)


def test_weights_that_are_not_the_initial_ones_are_an_edit():
    trainer = make()
    trainer.theta = trainer.theta * 2
    theta = trainer.theta
    story = Experiment(trainer)
    ((update, edit),) = story.journal
    assert update == 0
    np.testing.assert_array_equal(edit.theta, theta)
    np.testing.assert_array_equal(story.trainer.theta, theta)
    story.home()
    np.testing.assert_array_equal(story.trainer.theta, make().theta)


def test_divergence_can_be_taken_back():
    story = Experiment(make(recipe=Recipe(optimizer="sgd", learning_rate=0.01)))
    story.step(4)
    story.apply(SetRecipe(Recipe(optimizer="sgd", learning_rate=1e20)))
    story.step(50)
    assert story.trainer.diverged
    end = story.end
    story.undo()
    assert story.trainer.diverged is None
    assert (story.update, story.end) == (4, end)
    story.goto(end)
    assert story.trainer.diverged is None
    assert story.step(50) == 0  # and it diverges again
    assert story.trainer.diverged


def test_checkpoints_keep_to_their_budget_and_their_distance_doubles(monkeypatch):
    monkeypatch.setattr(marks, "SHARE", 0)
    story = Experiment(make(), budget=40_000)
    story.step(500)
    assert len(story._cursor.marks) > 5
    assert story.nbytes <= 40_000
    updates = [mark.position[0] for mark in story._cursor.marks._even]
    gaps = np.diff(updates)
    assert gaps.min() >= story._cursor.marks.spacing > 8
    assert gaps.max() <= 2 * story._cursor.marks.spacing
    story.goto(250)
    assert story.nbytes <= 40_000
    assert state(story.trainer) == state(straight(story))


def test_a_story_at_rest_keeps_few_checkpoints_and_all_of_its_moments(monkeypatch):
    monkeypatch.setattr(marks, "SHARE", 0)
    monkeypatch.setattr(experiment, "BUDGET_AT_REST", 20_000)
    story = Experiment(make())
    story.step(200)
    story.goto(150)
    assert story.nbytes > 100_000
    story.rest()
    assert story.nbytes <= 20_000
    for update in (20, 120, 200):
        story.goto(update)
        assert state(story.trainer) == state(straight(story))


def test_moments_that_were_never_reached_here_are_replayed_once(monkeypatch):
    """As after `adopt`, or in a story that was read from a file: there is no checkpoint but the first and the last."""
    monkeypatch.setattr(marks, "SHARE", 0)
    story = Experiment(make())
    story.step(300)
    del story._cursor.marks._even[1:-1]
    trained = []
    step = Trainer.step
    monkeypatch.setattr(Trainer, "step", lambda own, updates=1: trained.append(updates) or step(own, updates))
    story.goto(240)
    assert sum(trained) == 240
    trained.clear()
    for update in (180, 60, 210):
        story.goto(update)
        assert state(story.trainer) == state(straight(story))
    assert sum(trained) - 180 - 60 - 210 < 20  # those of the straight runs


def test_walking_back_takes_short_replays(monkeypatch):
    monkeypatch.setattr(marks, "CLOSE", 10**6)
    story = Experiment(make())
    story.step(400)
    trained = []
    step = Trainer.step
    monkeypatch.setattr(Trainer, "step", lambda own, updates=1: trained.append(updates) or step(own, updates))
    story.goto(399)
    trained.clear()
    for update in range(398, 330, -1):
        story.goto(update)
    assert sum(trained) < 68 * 20  # without close checkpoints it would be 68 times some 365


def test_a_slice_is_one_kernel_call_unless_something_is_to_be_done_within_it(monkeypatch):
    monkeypatch.setattr(marks, "SHARE", 10**9)
    story, calls, run_for = Experiment(make()), [], Trainer.run_for
    monkeypatch.setattr(Trainer, "run_for", lambda own, *arguments: calls.append(arguments) or run_for(own, *arguments))
    for _ in range(3):
        story.run_for(0.001)
    assert len(calls) == 3


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_long_slice_is_cut_at_recorded_edits(dtype):
    story = Experiment(make(dtype=dtype))
    story.step(5)
    story.apply(UNIT)
    story.step(20)
    end = state(story.trainer)
    story.home()
    while story.update < 25:
        story.run_for(0.05)
    story.goto(25)
    assert state(story.trainer) == end


def test_what_a_fork_left_behind_is_a_story_of_its_own():
    trainer = make()
    trainer.apply(SetPoints(30, 4))
    own = Experiment(trainer, {"data": "here"})
    own.step(20)
    own.apply(SetRecipe(Recipe(batch_size=3)))
    own.apply(SetPoints(36, 4))
    own.step(20)
    end, curve = state(own.trainer), own.history.train
    own.goto(10)
    own.apply(UNIT)
    (tail,) = own.tails
    own.apply(SetPoints(33, 4))  # the examples of now are others than those of the beginning
    other = own.left(tail)
    assert (other.update, other.end, other.source) == (0, 40, {"data": "here"})
    np.testing.assert_array_equal(other.history.train, curve)
    other.goto(40)
    assert state(other.trainer) == end
    assert own.update == 10
