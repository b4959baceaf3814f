"""Gradients against central differences, in float64, over activation × loss × depth, away from kinks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine import Network, Recipe, Trainer
from engine.activations import KINDS
from engine.losses import LOSSES
from engine.network import split

STEP = 1e-5
KINKS = {kink for kind in KINDS.values() for kink in kind.kinks}
ERROR_KINKS = {kink for loss in LOSSES.values() for kink in loss.kinks}


def objective(network: Network, x, y, recipe: Recipe) -> float:
    """Mean loss + l1·Σ|w| + ½·l2·Σw² by NumPy alone."""
    weights = [W for W, _ in split(network.theta, network.shape)]
    penalty = sum(recipe.l1 * np.abs(W).sum() + 0.5 * recipe.l2 * np.square(W).sum() for W in weights)
    return float(np.mean(LOSSES[recipe.loss].function(network.predict(x) - y)) + penalty)


def away_from_kinks(network: Network, x, y) -> np.ndarray:
    """The rows on which no pre-activation and no error is within 1e-3 of a kink."""
    good = np.ones(len(x), bool)
    a = x
    for number in range(len(network.layers)):
        W, b = network.weights(number)
        z = a @ W.T + b
        for kink in KINKS:
            good &= (np.abs(z - kink) > 1e-3).all(axis=1)
        a = network.activations(x)[number]
    error = network.predict(x) - y
    for kink in ERROR_KINKS:
        good &= np.abs(error - kink) > 1e-3
    return good


def check(network: Network, recipe: Recipe, seed: int = 0) -> None:
    rng = np.random.default_rng(seed)
    network.theta = rng.standard_normal(network.n_parameters)  # large enough to reach through four layers
    x = rng.standard_normal((40, network.n_inputs))
    y = 2.0 * rng.standard_normal(40)
    good = away_from_kinks(network, x, y)
    rows = np.flatnonzero(good)
    rows = rows[: len(rows) - 1 + len(rows) % 2]  # an odd number: the slopes ±1 of MAE cannot cancel
    assert len(rows) >= 20
    x, y = x[rows], y[rows]

    gradient = Trainer(network, x, y, recipe=recipe).gradient()
    numeric = np.empty_like(gradient)
    theta = network.theta
    for i in range(theta.size):
        sides = []
        for step in (STEP, -STEP):
            moved = theta.copy()
            moved[i] += step
            network.theta = moved
            sides.append(objective(network, x, y, recipe))
        numeric[i] = (sides[0] - sides[1]) / (2 * STEP)
    for tensors in zip(split(gradient, network.shape), split(numeric, network.shape), strict=True):
        for got, expected in zip(*tensors, strict=True):
            largest = np.abs(expected).max()
            assert largest > 1e-4  # central differences themselves err by some 1e-11
            assert np.abs(got - expected).max() <= 1e-6 * largest


@pytest.mark.parametrize("depth", range(5))
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("kind", KINDS)
def test_gradient_is_that_of_central_differences(kind, loss, depth):
    check(Network(2, [[kind] * 4] * depth, seed=depth + 1, init="uniform", dtype="float64"), Recipe(loss=loss))


@pytest.mark.parametrize("depth", [1, 3])
def test_mixed_layers_and_penalties(depth):
    network = Network(3, [list(KINDS)] * depth, seed=depth, dtype="float64")
    check(network, Recipe(l1=0.01, l2=0.1))


def test_adamw_keeps_its_decay_out_of_the_gradient():
    network = Network(2, [["tanh"] * 3], seed=4, dtype="float64")
    x, y = np.random.default_rng(0).standard_normal((9, 2)), np.ones(9)
    plain = Recipe(optimizer="adamw")
    decayed = dataclasses.replace(plain, l2=0.5)
    np.testing.assert_array_equal(
        Trainer(network, x, y, recipe=decayed).gradient(), Trainer(network, x, y, recipe=plain).gradient()
    )


def test_slopes_at_the_kinks():
    expected = {"identity": 1.0, "sigmoid": 0.25, "hard_sigmoid": 0.25, "relu": 0.0, "tanh": 1.0, "leaky_relu": 0.01}
    assert {name: float(KINDS[name].slope(KINDS[name].function(0.0))) for name in expected} == expected
    hard = KINDS["hard_sigmoid"]
    assert [float(hard.slope(hard.function(z))) for z in (-2.0, 2.0)] == [0.0, 0.0]
    assert LOSSES["mae"].slope(0.0) == 0.0
