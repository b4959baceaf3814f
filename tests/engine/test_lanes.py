"""Models side by side, a model a lane, against lone Trainers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from engine import Network, Population, Recipe, Trainer, benches
from engine.activations import KINDS
from engine.edits import Freeze
from engine.kernels import side_by_side
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS

LANES = side_by_side("float32")
pytestmark = pytest.mark.skipif(not LANES, reason="a model a lane is machine code only")


def data(examples, inputs, unseen=9):
    rng = np.random.default_rng([examples, inputs])
    x = rng.standard_normal((examples + unseen, inputs)).astype(np.float32)
    y = np.sin(2 * x[:, 0]) + 0.5 * x.mean(axis=1) + 0.1 * rng.standard_normal(len(x)).astype(np.float32)
    return x[:examples], y[:examples], x[examples:], y[examples:]


def train(networks, own, recipes, seeds, epochs, lanes=True):
    population = Population(networks, *own, recipes, seeds, lanes=lanes)
    assert population.lanes is lanes
    population.run(epochs)
    return population


def furthest(population, networks, own, recipes, seeds, epochs):
    """The largest difference to the lone Trainers' θ, in parts of the largest entry of each tensor."""
    worst = 0.0
    for member, (network, recipe, seed) in enumerate(zip(networks, recipes, seeds, strict=True)):
        trainer = Trainer(network, *own, recipe=recipe, seed=seed, threads=1)
        trainer.run(epochs)
        assert population.updates[member] == trainer.update and population.diverged[member] is None
        mine, its = population[member].network, trainer.network
        for layer in range(len(network.layers) + 1):
            for one, other in zip(mine.weights(layer), its.weights(layer), strict=True):
                worst = max(worst, float(np.abs(one - other).max() / max(np.abs(other).max(), 1e-3)))
        np.testing.assert_array_equal(population.history(member).epoch, trainer.history.epoch)
        np.testing.assert_allclose(population.history(member).train, trainer.history.train, rtol=2e-5)
        np.testing.assert_allclose(population.history(member).test, trainer.history.test, rtol=2e-5)
    return worst


@pytest.mark.parametrize(("kind", "loss", "optimizer"), list(product(KINDS, LOSSES, OPTIMIZERS)))
def test_every_kind_loss_and_optimizer(kind, loss, optimizer):
    own = data(23, 2)
    networks = [Network(2, [[kind] * 3, [kind, "tanh"]], seed=seed) for seed in range(3)]
    recipes = [Recipe(5, rate, optimizer, loss, l1=1e-3, l2=1e-2) for rate in (1e-3, 3e-3, 5e-3)]
    population = train(networks, own, recipes, [1, 2, 3], 1)
    assert furthest(population, networks, own, recipes, [1, 2, 3], 1) < 1e-5


@pytest.mark.parametrize(
    ("inputs", "layers", "examples", "batch"),
    [
        (1, [["sigmoid"] * 10], 256, 16),
        (1, [], 30, 7),
        (9, [], 30, 30),
        (2, [["relu", "sigmoid", "relu", "tanh", "tanh"]], 41, 1),
        (3, [["tanh"] * 17] * 2, 50, 23),
        (7, [["leaky_relu"] * 5, ["hard_sigmoid"] * 2, ["identity"] * 3], 33, 33),
        (1, [["tanh"] * 40] * 2, 700, 700),  # a batch in several chunks
        (56, [["relu"] * 30], 100, 32),
    ],
)
def test_any_shape_and_batch(inputs, layers, examples, batch):
    own, seeds = data(examples, inputs), [5, 2**62 + 3, 7]
    networks = [Network(inputs, layers, seed=seed, init="uniform") for seed in range(3)]
    population = train(networks, own, Recipe(batch), seeds, 2)
    assert furthest(population, networks, own, [Recipe(batch)] * 3, seeds, 2) < 2e-5  # Adam divides small by small


def test_tiny_after_a_hundred_updates():
    own, count = data(256, 1), 2 * LANES + 3
    networks = [Network(1, [["sigmoid"] * 10], seed=seed) for seed in range(count)]
    recipe = Recipe(16, 1e-3)
    population = Population(networks[0], *own, recipe, seeds=range(count))
    assert population.lanes
    population.run(7)
    assert furthest(population, networks, own, [recipe] * count, range(count), 7) < 1e-5


@pytest.mark.parametrize("schedule", ["cosine", "step"])
def test_schedules_move_all_rates(schedule):
    own = data(40, 2)
    networks = [Network(2, [["tanh"] * 4], seed=seed) for seed in range(2)]
    recipes = [Recipe(9, rate, schedule=schedule, epochs=3) for rate in (1e-3, 4e-3)]
    population = train(networks, own, recipes, [0, 1], 4)
    assert furthest(population, networks, own, recipes, [0, 1], 4) < 1e-5


def test_frozen_units_stand_still():
    own, networks = data(40, 2), [Network(2, [["tanh"] * 4], seed=seed) for seed in range(2)]
    for network in networks:
        network.apply(Freeze(0, 1))
    population = train(networks, own, Recipe(9, 1e-2), [0, 1], 3)
    assert furthest(population, networks, own, [Recipe(9, 1e-2)] * 2, [0, 1], 3) < 1e-5
    still = [network.index(0, 1, name) for name in ("w", "b", "c")]
    for member, network in enumerate(networks):
        np.testing.assert_array_equal(population.theta(member)[still], network.theta[still])


def test_a_member_depends_on_nothing_but_itself():
    own = data(40, 2)
    layers = [["tanh"] * 5]
    seeds = list(range(LANES + 3))
    recipes = [Recipe(9, 1e-3 * (1 + seed), l2=1e-3 * (seed % 2)) for seed in seeds]
    recipes[2] = Recipe(9, 1e30)  # diverges at once
    networks = [Network(2, layers, seed=seed) for seed in seeds]
    together = train(networks, own, recipes, seeds, 3)
    assert together.diverged[2] is not None and together.diverged.count(None) == len(seeds) - 1
    backwards = train(networks[::-1], own, recipes[::-1], seeds[::-1], 3)
    for member in (0, 1, 2, LANES + 2):
        alone = train([networks[member]], own, [recipes[member]], [seeds[member]], 3)
        for other in (alone.theta(0), backwards.theta(len(seeds) - 1 - member)):
            np.testing.assert_array_equal(together.theta(member), other)


def test_cuts_have_no_effect():
    own, networks = data(60, 2), [Network(2, [["tanh"] * 5], seed=seed) for seed in range(LANES + 2)]
    one, other = (Population(networks, *own, Recipe(7), range(LANES + 2), lanes=True, threads=2) for _ in range(2))
    one.run(6)
    for epochs in (1, 2, 3):
        other.run(epochs)
    for member in range(len(networks)):
        np.testing.assert_array_equal(one.theta(member), other.theta(member))
        np.testing.assert_array_equal(one.history(member).train, other.history(member).train)


def test_a_group_put_down_in_the_midst_goes_on_to_the_same_end(monkeypatch):
    monkeypatch.setattr(benches, "SLICE_SECONDS", 1e-9)  # a piece at a time: within a batch and within a check, too
    own, networks = data(300, 2), [Network(2, [["tanh"] * 40] * 2, seed=seed) for seed in range(3)]
    one, other = (Population(networks, *own, Recipe(250), seeds=[1, 2, 3], lanes=True, threads=1) for _ in range(2))
    one.run(2)
    bench, pieces, more = benches.Bench(other._members, {}, {}), 0, True
    (job,) = other._jobs(2)
    while more:
        bench.take(job)
        for _ in range(1 + pieces % 2 * 30):
            more = bench.slice()
        bench.put()
        pieces += 1
    assert pieces > 2
    np.testing.assert_array_equal(one.theta(0), other.theta(0))
    np.testing.assert_array_equal(one.history(0).test, other.history(0).test)
