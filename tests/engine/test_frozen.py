"""Frozen units: their parameters and moments stand still to the bit, and all others move as if by a masked step."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import EngineError, Network, Recipe, Trainer
from engine.architecture import Architecture
from engine.edits import Freeze, SetValue
from engine.kernels import simd
from engine.layout import split
from engine.optimizers import OPTIMIZERS

RNG = np.random.default_rng(7)
X, Y = RNG.uniform(-1, 1, (37, 2)), RNG.standard_normal(37)
LAYERS = [["tanh", "sigmoid", "tanh"], ["sigmoid", "tanh"]]
FROZEN = [[False, True, False], [True, False]]
RECIPE = Recipe(batch_size=5, learning_rate=0.01)


def frozen_network(layers=LAYERS, frozen=FROZEN, inputs: int = 2, dtype: str = "float32") -> Network:
    network = Network(inputs, layers, seed=3, init="uniform")
    freeze(network, frozen)
    return Network.of(dataclasses.replace(network.architecture, dtype=np.dtype(dtype)), network.theta.astype(dtype))


def freeze(target: Network | Trainer, frozen) -> None:
    for layer, units in enumerate(frozen):
        for unit, on in enumerate(units):
            target.apply(Freeze(layer, unit, on))


def still_of(network: Network) -> np.ndarray:
    """Which parameters stand still, found one by one: what goes into a frozen unit, and what goes out of it."""
    still = np.zeros(network.n_parameters, bool)
    widths = network.shape
    for layer, units in enumerate(network.frozen):
        for unit in np.flatnonzero(units):
            still[network.index(layer, unit, "b")] = True
            for source in range(widths[layer]):
                still[network.index(layer, unit, "w", source)] = True
            for target in range(widths[layer + 2]):
                still[network.index(layer + 1, target, "w", unit)] = True
    return still


def state_of(trainer: Trainer) -> np.ndarray:
    """θ, first and second moments, (3, n_parameters)."""
    theta, _, first, second = trainer.snapshot().parameters
    return np.stack([theta, first, second])


def bits(values: np.ndarray) -> np.ndarray:
    return values.view(f"u{values.itemsize}")


# ------------------------------------------------------------------------------------------------ the step


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_frozen_entries_and_their_moments_stay_to_the_bit_and_the_others_move(optimizer, dtype):
    recipe = dataclasses.replace(RECIPE, optimizer=optimizer, l1=1e-3, l2=0.1)
    trainer = Trainer(Network(2, LAYERS, seed=3, dtype=dtype), X, Y, recipe=recipe)
    trainer.step(11)  # so that there are moments
    before = state_of(trainer)
    freeze(trainer, FROZEN)
    still = still_of(trainer.network)
    np.testing.assert_array_equal(bits(state_of(trainer)), bits(before))
    trainer.step(11)
    after = state_of(trainer)
    np.testing.assert_array_equal(bits(after[:, still]), bits(before[:, still]))
    kept = np.array([True, *map(bool, OPTIMIZERS[optimizer].keeps)])
    assert (after[kept][:, ~still] != before[kept][:, ~still]).all()
    freeze(trainer, [[False] * 3, [False] * 2])
    trainer.step(1)
    assert (state_of(trainer)[kept] != after[kept]).all()


def by_hand(network: Network, still: np.ndarray, recipe: Recipe, updates: int) -> np.ndarray:
    """θ after full-batch updates in float64, in which the entries that are `still` take no part."""
    optimizer, free = OPTIMIZERS[recipe.optimizer], Network.of(unfrozen(network.architecture), network.theta)
    weights = np.concatenate([np.repeat([1.0, 0.0], [W.size, b.size]) for W, b in split(free.theta, free.shape)])
    theta, first, second = free.theta, np.zeros(still.size), np.zeros(still.size)
    for t in range(1, updates + 1):
        free.theta = theta
        g = Trainer(free, X, Y, recipe=recipe).gradient()
        step, new_first, new_second = optimizer.step(
            g, first, second, *optimizer.pace(recipe.learning_rate, 0.9**t, 0.999**t)
        )
        if optimizer.decoupled:
            step = step + recipe.learning_rate * recipe.l2 * weights * theta
        theta, first, second = (
            np.where(still, old, new) for old, new in ((theta, theta - step), (first, new_first), (second, new_second))
        )
    return theta


def unfrozen(architecture: Architecture) -> Architecture:
    return dataclasses.replace(architecture, frozen=())


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_others_move_by_the_masked_step(optimizer):
    recipe = Recipe(len(X), 0.02, optimizer, l1=1e-3, l2=0.05)
    exact, single = frozen_network(dtype="float64"), frozen_network()
    expected = by_hand(exact, still_of(exact), recipe, 12)
    for network, tolerance in ((exact, 1e-11), (single, 1e-4)):
        trainer = Trainer(network, X, Y, recipe=recipe)
        trainer.step(12)
        np.testing.assert_allclose(trainer.theta, expected, rtol=tolerance, atol=tolerance)


def test_a_frozen_network_moves_its_output_bias_alone():
    network = frozen_network(frozen=[[True] * 3, [True] * 2])
    trainer = Trainer(network, X, Y, recipe=RECIPE)
    trainer.step(8)
    assert list(np.flatnonzero(trainer.theta != network.theta)) == [network.n_parameters - 1]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gradients_tell_the_truth(dtype):
    network = frozen_network(dtype=dtype)
    free = Network.of(unfrozen(network.architecture), network.theta)
    recipe = Recipe(len(X), 0.02, l1=1e-3, l2=0.05)
    trainer, twin = (Trainer(each, X, Y, recipe=recipe) for each in (network, free))
    np.testing.assert_array_equal(trainer.gradient(), twin.gradient())
    for each in (trainer, twin):
        each.step(1)
    np.testing.assert_array_equal(trainer.last_gradient, twin.last_gradient)
    assert trainer.last_gradient[still_of(network)].all()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_tiles_and_plain_loops_freeze_the_same(optimizer, jit_only):
    """Mixed kinds, so that the tiles have the units in another order, over more vectors than one."""
    layers = [["relu", "tanh", "sigmoid"] * 7, ["tanh", "hard_sigmoid"] * 9]
    frozen = [[unit % 5 == 2 for unit in range(len(layer))] for layer in layers]
    recipe = Recipe(8, 0.01, optimizer, l1=1e-3, l2=1e-2)
    one, other = (
        Trainer(frozen_network(layers, frozen, dtype=dtype), X, Y, recipe=recipe) for dtype in ("float32", "float64")
    )
    still = still_of(one.network)
    start = one.theta
    for trainer in (one, other):
        trainer.step(30)
        np.testing.assert_array_equal(trainer.theta[still], start[still])
    assert np.abs(one.theta - other.theta).max() <= 1e-3 * np.abs(other.theta).max()


@pytest.mark.parametrize("frozen", [[[True] + [False] * 39, [False] * 29 + [True]], [[True] * 40, [False] * 30]])
def test_theta_is_the_same_to_the_bit_for_any_number_of_threads(monkeypatch, frozen, jit_only):
    monkeypatch.setattr(simd, "PAYING", 1)
    network = frozen_network([["relu", "tanh"] * 20, ["sigmoid"] * 30], frozen)
    alone, *teams = (
        Trainer(network, X, Y, recipe=Recipe(37, 0.01, "adamw", l2=0.1), threads=threads) for threads in (1, 2, 3)
    )
    for trainer in (alone, *teams):
        trainer.step(20)
    still = still_of(network)
    np.testing.assert_array_equal(alone.theta[still], network.theta[still])
    for team in teams:
        np.testing.assert_array_equal(state_of(team), state_of(alone))


def test_frozen_denormals_stay(jit_only):
    """The tiles flush what is denormal where they compute; what is frozen they only move."""
    trainer = Trainer(frozen_network(), X, Y, recipe=RECIPE)
    still = still_of(trainer.network)
    trainer._work.run.first_moment[:] = 1e-39
    trainer.step(3)
    assert (trainer.snapshot().parameters[2][still] == np.float32(1e-39)).all()


# ------------------------------------------------------------------------------------------------ edits and runs


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_that_are_set_move_what_is_frozen_and_then_stay(dtype):
    trainer = Trainer(frozen_network(dtype=dtype), X, Y, recipe=RECIPE)
    place = trainer.network.index(0, 1, "b")
    for updates in (1, 2):
        trainer.step(updates)
        trainer.apply(SetValue(place, 0.75))
        trainer.step(updates)
        assert trainer.theta[place] == 0.75
    theta = trainer.theta + 1
    trainer.theta = theta
    trainer.step(3)
    still = still_of(trainer.network)
    np.testing.assert_array_equal(trainer.theta[still], theta[still])
    assert (trainer.theta[~still] != theta[~still]).all()


def test_freezing_twice_and_freezing_for_no_update_are_nothing():
    trainer, twin = (Trainer(Network(2, LAYERS, seed=3), X, Y, recipe=RECIPE) for _ in range(2))
    for each in (trainer, twin):
        each.step(4)
    for on in (True, True, False, False):
        np.testing.assert_array_equal(trainer.apply(Freeze(0, 1, on)), np.arange(twin.theta.size))
        assert trainer.network.frozen == [[False, on, False], [False, False]]
    for each in (trainer, twin):
        each.step(4)
    np.testing.assert_array_equal(state_of(trainer), state_of(twin))
    architecture = trainer.network.architecture
    trainer.apply(Freeze(0, 1, False))
    assert trainer.network.architecture is architecture


def test_frozen_says_which_units_are_and_is_a_copy():
    network = frozen_network()
    assert network.frozen == FROZEN
    network.frozen[0][0] = True
    assert network.frozen == FROZEN
    assert Network(1).frozen == []
    assert Network(1, LAYERS).frozen == [[False] * 3, [False] * 2]


@given(st.lists(st.lists(st.booleans(), min_size=2, max_size=4), min_size=1, max_size=3), st.data())
def test_frozen_follows_the_units_through_edits(frozen, data):
    network = frozen_network([["tanh"] * len(units) for units in frozen], frozen)
    layer = data.draw(st.integers(0, len(frozen) - 1))
    unit = data.draw(st.integers(0, len(frozen[layer]) - 1))
    network.add_unit("relu", layer)
    frozen[layer] = [*frozen[layer], False]
    assert network.frozen == frozen
    network.remove_unit(layer, unit)
    frozen[layer] = frozen[layer][:unit] + frozen[layer][unit + 1 :]
    assert network.frozen == frozen
    network.add_layer(["relu"] * 2)
    assert network.frozen == [*frozen, [False] * 2]
    network.remove_layer(layer)
    assert network.frozen == [*frozen[:layer], *frozen[layer + 1 :], [False] * 2]
    assert {type(unit) for units in network.frozen for unit in units} == {bool}


def test_a_frozen_unit_draws_no_other_weights_for_those_after_it():
    one, other = frozen_network(), Network(2, LAYERS, seed=3, init="uniform")
    for network in (one, other):
        network.add_unit("relu")
    np.testing.assert_array_equal(one.theta, other.theta)


def test_a_unit_that_begins_the_hidden_layer_of_the_linear_model_is_not_frozen():
    network = Network(2)
    network.add_unit("tanh")
    assert network.frozen == [[False]]
    trainer = Trainer(network, X, Y, recipe=RECIPE)
    trainer.apply(Freeze(0, 0))
    trainer.remove_layer(0)
    assert trainer.network.frozen == []
    before = trainer.theta
    trainer.step(2)
    assert (trainer.theta != before).all()


@pytest.mark.parametrize(
    "copy_of",
    [copy.deepcopy, lambda network: pickle.loads(pickle.dumps(network)), Network.copy, Network.initial],
    ids=["deepcopy", "pickle", "copy", "initial"],
)
def test_copies_and_the_initial_network_keep_what_is_frozen(copy_of):
    network = frozen_network()
    network.add_unit("relu")
    assert copy_of(network).frozen == network.frozen == [[False, True, False, False], FROZEN[1]]


def test_another_seed_or_init_draws_what_is_frozen_anew():
    network = frozen_network()
    for other in (network.initial(seed=8), network.initial(init="he")):
        assert other.frozen == FROZEN
        assert (other.theta[still_of(network)] != network.theta[still_of(network)]).any()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_snapshot_brings_back_what_was_frozen(dtype):
    trainer = Trainer(frozen_network(dtype=dtype), X, Y, recipe=RECIPE)
    trainer.step(5)
    state = trainer.snapshot()
    trainer.step(9)
    end = state_of(trainer)
    freeze(trainer, [[True] * 3, [False] * 2])
    trainer.step(2)
    copies = copy.deepcopy(trainer), pickle.loads(pickle.dumps(trainer)), Trainer(Network(2, dtype=dtype), X, Y)
    for each in (trainer, *copies):
        each.restore(state)
        assert each.network.frozen == FROZEN
        each.step(9)
        np.testing.assert_array_equal(state_of(each), end)


def test_an_architecture_has_a_bool_for_each_unit():
    with pytest.raises(EngineError, match=r"frozen=.*expected a bool for each unit of each hidden layer"):
        Architecture(1, (("relu",),), 0, "auto", np.dtype("f4"), frozen=((True, False),))


# ------------------------------------------------------------------------------------------------ what is not finite


def held_at_the_limit(optimizer: str, dtype: str, on: bool) -> Trainer:
    """A saturated unit whose weight is near the limit, so that the gradient of l2 there is beyond it."""
    network = Network(1, [["tanh"] * 2], dtype=dtype)
    network.apply(Freeze(0, 1, on))
    network.apply(SetValue(network.index(0, 1, "w"), 0.9 * float(np.finfo(dtype).max)))
    return Trainer(network, np.sign(X[:, :1]), Y, recipe=Recipe(5, 0.01, optimizer, l2=1.5))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", [name for name, own in OPTIMIZERS.items() if not own.decoupled])
def test_a_step_that_is_not_taken_does_not_diverge(optimizer, dtype):
    trainer = held_at_the_limit(optimizer, dtype, on=True)
    start = state_of(trainer)
    assert trainer.step(20) == 20 and trainer.diverged is None
    still = still_of(trainer.network)
    np.testing.assert_array_equal(state_of(trainer)[:, still], start[:, still])
    assert np.isfinite(state_of(trainer)).all() and np.isinf(trainer.last_gradient).any()
    free = held_at_the_limit(optimizer, dtype, on=False)
    free.step(20)
    assert free.diverged == (1, "gradient")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_what_moves_diverges_as_before_at_the_last_finite_state(optimizer, dtype):
    """At this rate l2 alone throws c, or the square of its gradient, beyond the precision; the loss stays finite."""
    rate = 1e30 if dtype == "float32" else 1e200

    def make() -> Trainer:
        network = frozen_network([["tanh"] * 2], [[False, True]], dtype=dtype)
        return Trainer(network, 1e-10 * X, np.sign(Y), recipe=Recipe(37, rate, optimizer, "mae", l2=0.01))

    diverging, twin = make(), make()
    still, start = still_of(twin.network), twin.theta
    diverging.step(100_000)
    assert diverging.diverged == (2, "gradient" if optimizer in ("adagrad", "rmsprop", "adam") else "theta")
    twin.step(1)
    np.testing.assert_array_equal(state_of(diverging), state_of(twin))
    np.testing.assert_array_equal(diverging.theta[still], start[still])
    assert np.isfinite(state_of(diverging)).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["adagrad", "rmsprop"])
def test_a_square_that_overflows_is_found_where_its_step_is_none(optimizer, dtype):
    largest = float(np.finfo(dtype).max)
    network = frozen_network([["identity"] * 2], [[False, True]], inputs=1, dtype=dtype)
    trainer = Trainer(network, [[0.2 * largest]], [0.0], recipe=Recipe(1, 0.1 / largest, optimizer, "mae"))
    trainer.step(1)
    assert trainer.diverged == (1, "gradient")
