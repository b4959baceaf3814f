"""A pass with every number kept is that of the network, and its gradient that of the trainer."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Network, Recipe, Trainer
from engine.activations import KINDS
from engine.losses import LOSSES
from engine.opened import backward, curvature, forward, sensitivity

RNG = np.random.default_rng(1)
NETWORKS = [(1, []), (1, [[kind] for kind in KINDS][:1]), (3, [list(KINDS)]), (2, [["tanh"] * 4, ["relu", "sigmoid"]])]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("n_inputs", "layers"), NETWORKS)
def test_against_network_and_trainer(n_inputs, layers, loss):
    network = Network(n_inputs, layers, seed=1, dtype="float64", init="uniform")
    x, y = RNG.normal(size=(20, n_inputs)), RNG.normal(size=20)
    trainer = Trainer(network, x, y, recipe=Recipe(loss=loss))
    passed = forward(network.architecture, network.theta, x)
    np.testing.assert_allclose(passed.y, network.predict(x), rtol=1e-12)
    for own, other in zip(passed.a[:-1], network.activations(x), strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-12)
    found = backward(network.architecture, network.theta, passed, y, loss)
    np.testing.assert_allclose(found.gradient, trainer.gradient(), rtol=1e-9, atol=1e-12)
    assert [array.shape for array in found.r] == [(20, width) for width in network.shape[1:]]
    assert [array.shape for array in found.a] == [(20, width) for width in network.shape[1:-1]]


@pytest.mark.parametrize("unit", [0, 1])
def test_the_deltas_are_differences_of_one_example(unit):
    network = Network(1, [["tanh", "sigmoid"]], seed=1, dtype="float64")
    x, y, h = np.array([[0.3], [-0.4]]), np.array([1.0, 2.0]), 1e-6
    architecture, theta = network.architecture, network.theta
    found = backward(architecture, theta, forward(architecture, theta, x), y, "mse")
    moved = theta.copy()
    moved[network.index(0, unit, "b")] += h
    losses = [(forward(architecture, each, x).y - y) ** 2 for each in (theta, moved)]
    np.testing.assert_allclose((losses[1] - losses[0]) / h, found.r[0][:, unit], rtol=1e-4)
    np.testing.assert_allclose(found.y, 2 * (network.predict(x) - y))


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_the_reach_of_a_unit_times_the_slope_of_the_loss_is_its_derivative(layer):
    network = Network(2, [["tanh"] * 3, ["relu", "sigmoid"], list(KINDS)], seed=3, dtype="float64")
    x, y = RNG.normal(size=(9, 2)), RNG.normal(size=9)
    passed = forward(network.architecture, network.theta, x)
    found = backward(network.architecture, network.theta, passed, y, "mse")
    reach = sensitivity(network.architecture, network.theta, passed, layer)
    np.testing.assert_allclose(reach * found.y[:, np.newaxis], found.a[layer], rtol=1e-12)


def test_the_curvature_of_a_line_is_that_of_its_quadratic_loss():
    x, y = RNG.normal(size=(30, 3)), RNG.normal(size=30)
    network = Network(3, [], dtype="float64")
    own = network.architecture, network.theta
    inputs = np.column_stack((x, np.ones(30)))
    hessian = 2 * inputs.T @ inputs / 30
    g = backward(*own, forward(*own, x), y, "mse").gradient
    assert curvature(*own, x, y, "mse") == pytest.approx(g @ hessian @ g / (g @ g), rel=1e-5)


def test_where_it_is_flat_or_overflows_there_is_no_curvature():
    network = Network(1, [["relu"]], dtype="float64")
    x, y = np.ones((3, 1)), np.zeros(3)
    assert np.isnan(curvature(network.architecture, np.zeros(4), x, y, "mse"))
    assert not np.isfinite(curvature(network.architecture, np.full(4, 1e200), x, y, "mse"))
