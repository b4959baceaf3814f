"""Losses over two parameters, over a plane and along a line, against the plain way to compute them."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Network
from engine.losses import LOSSES
from engine.surface import Landscape, main_directions

RNG = np.random.default_rng(3)
NETWORKS = [
    (1, []),
    (1, [["sigmoid", "relu", "tanh"]]),
    (3, [["hard_sigmoid", "leaky_relu"], ["tanh", "sigmoid", "relu"]]),
    (2, [["tanh"] * 4, ["relu"] * 3, ["sigmoid"] * 2]),
]


def landscape(n_inputs: int, layers, loss: str = "mse", seed: int = 0) -> tuple[Network, Landscape]:
    network = Network(n_inputs, layers, seed=seed, dtype="float64", init="uniform")
    x = RNG.normal(size=(17, n_inputs))
    return network, Landscape(network.architecture, network.theta, x, np.sin(x.sum(axis=1)), loss)


def plain(network: Network, own: Landscape, theta: np.ndarray) -> float:
    other = network.copy()
    other.theta = theta
    return float(np.mean(own.loss.function(other.predict(own.passed.x) - own.y)))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("n_inputs", "layers"), NETWORKS)
def test_a_pair_is_as_if_all_were_computed_again(n_inputs, layers, loss):
    for seed in range(8):
        network, own = landscape(n_inputs, layers, loss, seed)
        first, second = RNG.choice(network.n_parameters, 2, replace=False)
        us, vs = RNG.uniform(-2, 2, 3), RNG.uniform(-2, 2, 4)
        expected = np.empty((4, 3))
        for row, v in enumerate(vs):
            for column, u in enumerate(us):
                theta = network.theta
                theta[first], theta[second] = u, v
                expected[row, column] = plain(network, own, theta)
        np.testing.assert_allclose(own.over_pair(int(first), int(second), us, vs), expected, rtol=1e-9)


def test_a_pair_is_the_same_however_many_places_are_done_at_once(monkeypatch):
    _, own = landscape(2, [["tanh"] * 4, ["relu"] * 3])
    us, vs = np.linspace(-1, 1, 9), np.linspace(-2, 2, 5)
    whole = own.over_pair(0, 20, us, vs)
    monkeypatch.setattr("engine.surface.ROOM", 1)
    np.testing.assert_array_equal(own.over_pair(0, 20, us, vs), whole)


def test_a_plane_and_a_line_go_through_theta():
    network, own = landscape(2, [["tanh"] * 3])
    across, up = RNG.normal(size=(2, network.n_parameters))
    us, vs = np.array([-1.0, 0.0, 0.5]), np.array([0.0, 2.0])
    losses = own.over_plane(across, up, us, vs)
    np.testing.assert_array_equal(losses[0], own.along(across, us))
    assert losses[0, 1] == own.at(network.theta)
    assert losses[1, 2] == pytest.approx(plain(network, own, network.theta + 0.5 * across + 2 * up))


def test_a_place_beyond_theta_is_refused():
    _, own = landscape(1, [["relu"]])
    with pytest.raises(IndexError, match="4: expected a place in θ, which has 4"):
        own.over_pair(0, 4, np.zeros(1), np.zeros(1))


def test_costs_grow_with_what_is_reached():
    _, own = landscape(2, [["tanh"] * 4, ["relu"] * 3])
    last = own.theta.size - 1
    assert own.cost_of_pair(last, last - 1) < own.cost_of_pair(0, last) < own.cost_of_place()


def test_the_main_directions_hold_most_of_the_motion():
    one, two, three = np.linalg.qr(RNG.normal(size=(6, 3)))[0].T
    t = np.linspace(0, 1, 30)[:, np.newaxis]
    thetas = 5 * np.cos(3 * t) * one + 2 * np.sin(5 * t) * two + 0.1 * np.sin(20 * t) * three
    across, up, share = main_directions(thetas)
    assert 0.99 < share < 1
    np.testing.assert_allclose([across @ across, up @ up, across @ up], [1, 1, 0], atol=1e-12)
    assert abs(across @ three) < 0.1 and abs(up @ three) < 0.1


@pytest.mark.parametrize("thetas", [np.zeros((1, 4)), np.array([[0.0, 1.0], [0.0, 0.0]])])
def test_where_nothing_or_one_way_was_gone_there_are_two_directions_all_the_same(thetas):
    across, up, share = main_directions(thetas)
    assert share == 1
    assert across.shape == up.shape == thetas[0].shape
    assert abs(across @ up) < 1e-12
