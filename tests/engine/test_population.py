"""A population's members are what lone Trainers are."""

from __future__ import annotations

import copy
import pickle
import threading

import numba
import numpy as np
import pytest

from engine import EngineError, Network, Population, Recipe, Trainer
from engine.benches import Bench, Job
from engine.kernels import side_by_side
from engine.members import POINTS
from engine.run import check_plan

RNG = np.random.default_rng(5)
X = RNG.standard_normal((70, 2)).astype(np.float32)
Y = np.sin(2 * X[:, 0]) - X[:, 1] + 0.1 * RNG.standard_normal(70).astype(np.float32)
DATA = X[:50], Y[:50], X[50:], Y[50:]
SHAPES = ([["relu"] * 3], [["sigmoid"] * 5 + ["relu"] * 2], [["tanh"] * 17, ["leaky_relu"] * 4], [])
LANES = side_by_side("float32")
lanes_only = pytest.mark.skipif(not LANES, reason="a model a lane is machine code only")


def mixed_members():
    """24 members of four shapes, three batch sizes, two optimizers, three losses."""
    networks = [Network(2, SHAPES[number % 4], seed=number) for number in range(24)]
    recipes = [
        Recipe([7, 16, 50][number % 3], 0.01, ["adam", "sgd"][number // 4 % 2], ["mse", "mae", "huber"][number // 8])
        for number in range(24)
    ]
    return networks, recipes, list(range(100, 124))


def lone(network, recipe, seed, epochs, data=DATA):
    trainer = Trainer(network, *data, recipe=recipe, seed=seed, threads=1)
    trainer.run(epochs)
    return trainer


def assert_same(population, member, trainer):
    np.testing.assert_array_equal(population.theta(member), trainer.theta)
    assert population.updates[member] == trainer.update and population.diverged[member] == trainer.diverged
    for name in ("update", "epoch", "train", "test"):
        mine, its = getattr(population.history(member), name), getattr(trainer.history, name)
        np.testing.assert_array_equal(mine, its)


@pytest.mark.parametrize("threads", [1, 3])
def test_members_of_all_kinds_equal_their_trainers_to_the_bit(threads):
    networks, recipes, seeds = mixed_members()
    population = Population(networks, *DATA, recipes, seeds, threads=threads)
    assert not population.lanes
    done = population.run(3)
    trainers = [lone(*own, 3) for own in zip(networks, recipes, seeds, strict=True)]
    assert done == sum(trainer.update for trainer in trainers) == population.updates.sum()
    for member, trainer in enumerate(trainers):
        assert_same(population, member, trainer)
        assert population.loss(member, "test") == trainer.loss("test")


def test_order_and_cuts_have_no_effect():
    networks, recipes, seeds = mixed_members()
    one = Population(networks, *DATA, recipes, seeds)
    other = Population(networks[::-1], *DATA, recipes[::-1], seeds[::-1], threads=2)
    one.run(4)
    for _ in range(4):
        other.run(1, order=[3, 1, 2])
    for member in range(24):
        np.testing.assert_array_equal(one.theta(member), other.theta(23 - member))


def test_a_member_in_float64_goes_through_the_plain_loops():
    networks = [Network(2, [["relu"] * 3], seed=1, dtype=dtype) for dtype in ("float64", "float32")]
    population = Population(networks, *DATA, seeds=7)
    population.run(2)
    for member, network in enumerate(networks):
        assert population.theta(member).dtype == network.dtype
        assert_same(population, member, lone(network, Recipe(), 7, 2))


def test_one_network_is_drawn_anew_for_each_of_a_list_of_seeds():
    population = Population(Network(2, [["relu"] * 3]), *DATA, seeds=[4, 9], lanes=False)
    population.run(2)
    for member, seed in enumerate((4, 9)):
        assert_same(population, member, lone(Network(2, [["relu"] * 3], seed=seed), Recipe(), seed, 2))


def test_one_network_with_several_recipes_is_taken_as_it_is():
    network = Network(2, [["relu"] * 3], seed=3)
    network.theta = np.linspace(-1, 1, network.n_parameters)
    recipes = [Recipe(learning_rate=rate) for rate in (0.1, 0.01)]
    population = Population(network, *DATA, recipes)
    population.run(1)
    for member, recipe in enumerate(recipes):
        assert_same(population, member, lone(network, recipe, 0, 1))


def test_without_epochs_each_trains_as_many_as_its_recipe_says():
    recipes = [Recipe(epochs=epochs, schedule="cosine") for epochs in (2, 5)]
    population = Population(Network(2), *DATA, recipes)
    population.run()
    assert [population.history(member).epoch[-1] for member in range(2)] == [2, 5]


@pytest.mark.parametrize("lanes", [False, pytest.param(True, marks=lanes_only)])
def test_a_member_as_a_trainer_goes_on_alone(lanes):
    network, recipe = Network(2, [["tanh"] * 4], seed=2), Recipe(16, 0.01, schedule="step", epochs=9)
    population = Population(network, *DATA, recipe, seeds=[5, 6], lanes=lanes)
    population.run(3)
    trainer = population[1]
    population.run(2)
    trainer.run(2)
    assert trainer.update == population.updates[1] and trainer.seed == 6
    np.testing.assert_allclose(trainer.theta, population.theta(1), rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(trainer.history.epoch, np.arange(6))
    np.testing.assert_allclose(trainer.history.test, population.history(1).test, rtol=1e-4)
    assert trainer.network.layers == network.layers and population[-1].seed == 6


@pytest.mark.parametrize("lanes", [False, pytest.param(True, marks=lanes_only)])
def test_curves_are_thinned_to_their_room(lanes):
    population = Population(Network(2), *DATA, Recipe(50), seeds=[1, 2], lanes=lanes)
    population.run(POINTS + 10)
    history = population.history(0)
    assert check_plan(3, 50, 20)[0] > POINTS + 10  # each epoch is due
    assert POINTS // 2 <= len(history.epoch) < POINTS
    assert set(np.diff(history.epoch)) == {2} and history.epoch[0] == 0


def test_progress_tells_of_each_member_once_and_stops_where_it_is_told_to():
    networks, recipes, seeds = mixed_members()
    heard, parts, callers = [], [], set()

    def progress(members, part):
        heard.extend(members)
        parts.append(part)
        callers.add(threading.current_thread())

    Population(networks, *DATA, recipes, seeds, threads=2).run(2, progress)
    assert sorted(heard) == list(range(24)) and callers == {threading.current_thread()}
    assert parts[-1] == pytest.approx(1.0) and min(parts) >= 0.0 and parts == sorted(parts)

    population = Population(networks, *DATA, recipes, seeds, threads=1)
    population.run(10**6, lambda members, part: part > 0)  # long before the first member has done so much
    assert 0 < np.count_nonzero(population.updates) < 24


def test_the_longest_begins_first_unless_an_order_is_given():
    recipes = [Recipe(epochs=epochs) for epochs in (1, 9, 3, 5, 2)]

    def begun(order=None):
        heard = []
        population = Population(Network(2), *DATA, recipes, seeds=[0] * 5, threads=1, lanes=False)
        population.run(progress=lambda members, part: heard.extend(members), order=order)
        return heard

    assert begun() == [1, 3, 2, 4, 0]
    assert begun([4, 2, 0, 3, 1]) == [4, 2, 0, 1, 3]  # the last two, of one thread, by their length


@lanes_only
def test_how_far_a_bench_is_can_be_asked_while_it_goes_from_one_kind_of_job_to_the_other():
    population = Population([Network(2)] * 3, *DATA, lanes=True)
    alone, abreast = Job((0,), 2, 2, abreast=False), Job((1, 2), 2, 2, abreast=True)
    bench = Bench(population._members, {}, {})
    bench.take(alone)

    def cost(job):
        bench.put()
        with pytest.raises(MemoryError):  # it has not yet come to what is done
            bench.take(abreast)
        return 1.0

    def no_room(*given):
        raise MemoryError

    bench._abreast._group_for = no_room
    assert bench.part(cost) == 0.0


def test_ctrl_c_keeps_what_was_reached_and_the_rest_follows():
    networks, recipes, seeds = mixed_members()
    population = Population(networks, *DATA, recipes, seeds, threads=2)

    def press(members, part):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        population.run(3, press)
    for member, own in enumerate(zip(networks, recipes, seeds, strict=True)):
        twin, again = lone(*own, 3), population[member]
        again.step(twin.update - again.update)
        np.testing.assert_array_equal(again.theta, twin.theta)


@pytest.mark.parametrize("lanes", [False, pytest.param(True, marks=lanes_only)])
def test_who_diverges_stops_at_its_last_finite_state_and_the_others_go_on(lanes):
    network = Network(2, [["relu"] * 4], seed=1)
    recipes = [Recipe(16, rate, "sgd") for rate in (0.01, 1e6, 0.02, 30.0)]
    population = Population(network, *DATA, recipes, seeds=[1, 1, 1, 1], lanes=lanes)
    population.run(30)
    trainers = [Trainer(network, *DATA, recipe=recipe, seed=1) for recipe in recipes]
    for trainer in trainers:
        trainer.run(30)
    assert population.diverged == tuple(trainer.diverged for trainer in trainers)
    assert population.diverged[1] is not None and population.diverged[0] is None
    assert np.isfinite(population.theta(1)).all()
    before = population.updates
    population.run(1)
    assert (population.updates > before).tolist() == [stopped is None for stopped in population.diverged]
    assert population.best("test") in (0, 2)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"networks": [Network(2), Network(3)]}, "networks of 2 and 3 inputs"),
        ({"recipes": [Recipe()] * 3, "seeds": [1, 2]}, "3 recipes, 2 seeds: expected lists of the same length"),
        ({"networks": []}, r"networks=\[\]: expected one entry a member"),
        ({"networks": range(10**30)}, r"^networks of \d+ members: expected at most 16777216$"),
        ({"seeds": range(10**30)}, r"^seeds of \d+ members: expected at most 16777216$"),
        ({"seeds": [1, -1]}, "seeds?=-1"),
        ({"recipes": ["adam"]}, "expected a Recipe"),
        ({"networks": [Network(2), None]}, "expected a Network"),
        ({"device": "tpu"}, "device"),
        ({"threads": 0}, "threads"),
        ({"lanes": 3}, "lanes=3: expected True, False or None"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(change, sentence):
    with pytest.raises(EngineError, match=sentence):
        Population(**{"networks": Network(2), "x": X, "y": Y, **change})


@pytest.mark.parametrize(
    "call",
    [
        lambda own: own[2],
        lambda own: own.loss(0, "unseen"),
        lambda own: own.run(-1),
        lambda own: own.best("test"),
        lambda own: own.run(1, order=[0, 7]),
        lambda own: own.run(2, progress=lambda members, part: own.run(1)),
        lambda own: own.run(2, progress=3),
        lambda own: own.run(2, progress=lambda members, part: X),
    ],
)
def test_what_cannot_be_asked_is_refused(call):
    with pytest.raises(EngineError):
        call(Population([Network(2), Network(2)], X, Y))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda own: pickle.loads(pickle.dumps(own))])
def test_a_copy_is_refused_while_it_runs_and_runs_when_it_was_made_after(copied):
    population = Population(Network(2), *DATA, seeds=[1, 2])
    with pytest.raises(EngineError, match=r"^a copy of a population that runs: "):
        population.run(2, lambda members, part: copied(population))
    other = copied(population)
    for own in (population, other):
        own.run(2)
    np.testing.assert_array_equal(other.theta(1), population.theta(1))


@lanes_only
def test_many_of_a_small_kind_go_a_model_a_lane_and_few_of_many_kinds_do_not():
    small = Network(1, [["sigmoid"] * 10])
    x = X[:, :1]
    assert Population(small, x, Y, seeds=range(4 * LANES)).lanes
    assert not Population(small, x, Y, seeds=range(4 * LANES), lanes=False).lanes
    assert not Population(Network(2, [["relu"] * 300] * 2), X, Y, seeds=range(4 * LANES)).lanes
    assert not Population([Network(1, [["relu"] * units]) for units in range(1, 9)], x, Y).lanes
    assert not Population(Network(2, dtype="float64"), X, Y, seeds=range(64), lanes=True).lanes
    assert not numba.config.DISABLE_JIT
