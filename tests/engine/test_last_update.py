"""The last update done again is the one that the trainer did: its batch, its gradient, its step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import Experiment, Network, Recipe, Trainer
from engine.activations import KINDS
from engine.edits import AddUnit, Freeze, SetRecipe
from engine.last_update import Moment, Update, last_update, next_update, open_update
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.schedules import SCHEDULES

UPDATES = 23


def random_run(seed: int, dtype: str) -> Trainer:
    """Some network on some data by some recipe: over 50 of them everything occurs, frozen units and penalties too."""
    rng = np.random.default_rng(seed)
    layers = [rng.choice(list(KINDS), rng.integers(1, 9)).tolist() for _ in range(rng.integers(0, 5))]
    network = Network(int(rng.integers(1, 9)), layers, seed=seed, init="uniform", dtype=dtype)
    recipe = Recipe(
        batch_size=int(rng.integers(1, 50)),
        learning_rate=float(10 ** rng.uniform(-3, -2)),
        optimizer=list(OPTIMIZERS)[seed % len(OPTIMIZERS)],
        loss=list(LOSSES)[seed % len(LOSSES)],
        schedule=str(rng.choice(list(SCHEDULES))),
        epochs=int(rng.integers(1, 10)),
        l1=float(rng.choice([0.0, 1e-3])),
        l2=float(rng.choice([0.0, 1e-2])),
    )
    x, y = rng.uniform(-1, 1, (37, network.n_inputs)), rng.normal(size=37)
    trainer = Trainer(network, x, y, recipe=recipe, seed=seed)
    if layers and seed % 3 == 0:
        trainer.apply(Freeze(0, 0))
    trainer.step(int(rng.integers(0, UPDATES)))
    return trainer


def a_run(recipe: Recipe, kinds: tuple[str, ...] = ("sigmoid", "relu"), dtype: str = "float32") -> Trainer:
    rng = np.random.default_rng(5)
    network = Network(2, [kinds], seed=5, init="uniform", dtype=dtype)
    return Trainer(network, rng.uniform(-1, 1, (37, 2)), rng.normal(size=37), recipe=recipe, seed=5)


def opened(trainer: Trainer) -> Update:
    """The trainer's next update, opened up and then done."""
    update = open_update(Moment.of(trainer.snapshot(), trainer.examples))
    trainer.step(1)
    return update


def miss(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(np.abs(ours - theirs).max())


@pytest.mark.parametrize("seed", range(50))
def test_gradient_and_step_are_those_of_the_trainer(seed: int):
    """Float32 rounds by the size of the targets, which is 1; what is meant agrees with the plain loops in float64."""
    for dtype, of_gradient, of_theta in (("float32", 3e-7, 3e-7), ("float64", 1e-14, 1e-14)):
        trainer = random_run(seed, dtype)
        update = opened(trainer)
        assert trainer.last_gradient is not None
        assert miss(update.gradient, trainer.last_gradient) <= of_gradient * max(1.0, np.abs(update.gradient).max())
        assert miss(update.after.theta, trainer.theta) <= of_theta
        assert update.number == trainer.update


def test_the_random_runs_have_all_that_an_update_depends_on():
    recipes = [random_run(seed, "float64").recipe for seed in range(len(OPTIMIZERS) * len(LOSSES))]
    assert {(recipe.optimizer, recipe.loss) for recipe in recipes} == {(o, e) for o in OPTIMIZERS for e in LOSSES}
    assert {(bool(recipe.l1), bool(recipe.l2)) for recipe in recipes} == {(a, b) for a in (0, 1) for b in (0, 1)}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_whole_run_can_be_opened_from_its_beginning(optimizer: str):
    """What is kept, the rate, and the places of epoch and batch go on from update to update."""
    recipe = Recipe(batch_size=8, learning_rate=0.02, optimizer=optimizer, schedule="cosine", epochs=3, l2=0.01)
    trainer = a_run(recipe, dtype="float64")
    moment = Moment.of(trainer.snapshot(), trainer.examples)
    for _ in range(UPDATES):
        assert moment.rate == trainer.learning_rate
        trainer.step(1)
        moment = open_update(moment).after
        assert (moment.update, moment.epoch) == (trainer.update, trainer.epoch)
        np.testing.assert_allclose(moment.theta, trainer.theta, rtol=1e-12, atol=1e-14)


def test_a_batch_is_as_large_as_what_is_left_of_the_epoch_and_an_epoch_takes_each_example_once():
    trainer = a_run(Recipe(batch_size=10))
    rows = [opened(trainer).rows for _ in range(4)]
    assert [len(own) for own in rows] == [10, 10, 10, 7]
    assert sorted(np.concatenate(rows).tolist()) == list(range(37))


@pytest.mark.parametrize("before", [0, 1])
def test_of_a_full_batch_all_examples_are_taken(before: int):
    trainer = a_run(Recipe(batch_size=10))
    trainer.step(before)
    trainer.recipe = replace(trainer.recipe, batch_size=100)
    assert len(opened(trainer).rows) == 37 - 10 * before


@pytest.mark.parametrize("recipe", [Recipe(), Recipe(l1=0.1, l2=0.2), Recipe(l2=0.2, optimizer="adamw")])
def test_each_derivative_is_a_difference_of_the_objective(recipe: Recipe):
    update = opened(a_run(recipe, kinds=("tanh", "sigmoid")))
    for index, g in enumerate(update.gradient):
        up, down, found = update.difference(index)
        assert found == pytest.approx(g, rel=1e-4, abs=1e-7)
        assert (up - down) / 2e-3 == found
        assert update.objective_at(index, float(update.before.theta[index])) == pytest.approx((up + down) / 2, abs=1e-5)


def test_the_losses_are_those_of_the_batch_before_and_after():
    trainer = a_run(Recipe(l2=0.5))
    before = trainer.network
    update = opened(trainer)
    x, y = trainer.examples.x[update.rows], trainer.examples.y[update.rows]
    for loss, network in ((update.loss, before), (update.loss_after, trainer.network)):
        assert loss == pytest.approx(np.mean((network.predict(x) - y) ** 2), rel=1e-5)
    np.testing.assert_allclose(update.losses, (before.predict(x) - y) ** 2, rtol=1e-4, atol=1e-6)


def test_what_adam_keeps_is_shown_without_its_bias():
    """At the first update the mean of g is g, and that of its squares g²."""
    update = opened(a_run(Recipe(optimizer="adam")))
    np.testing.assert_allclose(update.kept[0], update.gradient, rtol=1e-12)
    np.testing.assert_allclose(update.kept[1], update.gradient**2, rtol=1e-9)
    np.testing.assert_allclose(update.step, -1e-3 * np.sign(update.gradient), rtol=1e-3)


# ------------------------------------------------------------------------------------------------ from a story


def agrees(story: Experiment) -> None:
    """The last update of a story ends where its trainer is; the next one ends where that goes."""
    way = story.way
    assert way is not None
    last = last_update(way)
    assert last.number == story.update
    if not way.edited:
        assert miss(last.after.theta, story.trainer.theta) <= 3e-7
    ahead = next_update(way, last)
    twin = a_run(story.recipe)
    twin.restore(story.trainer.snapshot(), story.trainer.examples)
    twin.step(1)
    assert miss(ahead.after.theta, twin.theta) <= 3e-7


def test_the_last_update_of_a_story_wherever_its_cursor_stands():
    story = Experiment(a_run(Recipe(batch_size=10)))
    assert story.way is None
    story.step(9)
    agrees(story)
    story.apply(SetRecipe(replace(story.trainer.recipe, learning_rate=0.02, optimizer="momentum")))
    agrees(story)
    story.step(5)
    agrees(story)
    story.apply(AddUnit("tanh", 0))
    agrees(story)
    story.step(2)
    agrees(story)
    for update in (14, 13, 10, 9, 1):
        story.goto(update)
        agrees(story)
    story.redo()
    agrees(story)
    story.undo()
    agrees(story)
    story.home()
    assert story.way is None


def test_the_story_stands_still_while_its_last_update_is_opened():
    story = Experiment(a_run(Recipe()))
    story.step(9)
    before, marks = story.trainer.snapshot(), story.nbytes
    last_update(story.way)
    after = story.trainer.snapshot()
    assert all(np.array_equal(a, b) for a, b in zip(before.parameters, after.parameters, strict=True))
    assert (before.state == after.state, story.nbytes) == (True, marks)


def test_whoever_looks_closely_has_a_checkpoint_right_before():
    story = Experiment(a_run(Recipe()))
    story.step(9)
    assert story.way.checkpoint.update == 0
    story.look_closely()
    story.step(1)
    assert story.way.checkpoint.update == 9
    agrees(story)
