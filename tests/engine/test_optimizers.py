"""Every optimizer against its recurrence, written out in NumPy; `tests/reference` has the same against optax."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine import Network, Recipe, Trainer
from engine.optimizers import OPTIMIZERS

X, Y = np.random.default_rng(1).standard_normal((8, 3)), np.random.default_rng(2).standard_normal(8)
RATE, L2 = 0.05, 0.3
WEIGHTS = np.array([1.0, 1.0, 1.0, 0.0])  # the linear model's three weights, then its bias


def sgd(theta, g, state, t):
    return theta - RATE * g, state


def momentum(theta, g, trace, t):
    trace = 0.9 * trace + g
    return theta - RATE * trace, trace


def nesterov(theta, g, trace, t):
    trace = 0.9 * trace + g
    return theta - RATE * (0.9 * trace + g), trace


def adagrad(theta, g, squares, t):
    squares = squares + g**2
    return theta - RATE * g / np.sqrt(squares + 1e-10), squares


def rmsprop(theta, g, squares, t):
    squares = 0.9 * squares + 0.1 * g**2
    return theta - RATE * g / np.sqrt(squares + 1e-8), squares


def adam(theta, g, state, t):
    m, v = state * np.ones((2, 1))
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return theta - RATE * step, np.stack([m, v])


def adamw(theta, g, state, t):
    moved, state = adam(theta, g, state, t)
    return moved - RATE * L2 * WEIGHTS * theta, state


RULES = (sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw)


def test_every_optimizer_is_written_out_here():
    assert [rule.__name__ for rule in RULES] == list(OPTIMIZERS)


def by_hand(theta, rules):
    """θ of the linear model after a full-batch update by each of the rules."""
    state = np.zeros(4)
    for t, rule in enumerate(rules, start=1):
        error = X @ theta[:3] + theta[3] - Y
        g = 2 * np.append(X.T @ error, error.sum()) / 8 + 0.01 * WEIGHTS * np.sign(theta)
        if rule is not adamw:
            g = g + L2 * WEIGHTS * theta
        theta, state = rule(theta, g, state, t)
    return theta


def recipe_of(rule) -> Recipe:
    return Recipe(8, RATE, rule.__name__, l1=0.01, l2=L2)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_five_full_batch_updates(rule):
    trainer = Trainer(Network(3, seed=1, dtype="float64"), X, Y, recipe=recipe_of(rule))
    expected = by_hand(trainer.theta, [rule] * 5)
    trainer.step(5)
    np.testing.assert_allclose(trainer.theta, expected, rtol=1e-12)


@pytest.mark.parametrize("pair", [(momentum, nesterov), (adam, adamw)], ids=lambda pair: pair[0].__name__)
def test_optimizers_of_the_same_moments_hand_them_over(pair):
    one, other = pair
    trainer = Trainer(Network(3, seed=1, dtype="float64"), X, Y, recipe=recipe_of(one))
    expected = by_hand(trainer.theta, [one] * 3 + [other] * 3 + [one] * 3)
    for rule in (one, other, one):
        trainer.recipe = recipe_of(rule)
        trainer.step(3)
    np.testing.assert_allclose(trainer.theta, expected, rtol=1e-12)


@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_a_parameter_without_a_gradient_stays(rule):
    x = np.column_stack([X[:, :2], np.zeros(8)])
    trainer = Trainer(Network(3, seed=1), x, Y, recipe=dataclasses.replace(Recipe(), optimizer=rule))
    before = trainer.theta
    trainer.step(5)
    assert trainer.theta[2] == before[2]


@pytest.mark.parametrize(("size", "rate", "l2"), [(100.0, 1e-4, 2e-5), (1.0, 1e-3, 1e-4)])
def test_a_small_decay_is_exact_in_the_mean_in_float32(size, rate, l2, jit_only):
    """1 − η·l2 would be rounded, to 1 or to 20 % too little: only beside a step of its own does η·l2 count."""
    x, far = np.random.default_rng(3).standard_normal((64, 3)), np.resize([1e6, -1e6], 64)  # gradients know no θ
    theta = []
    for decay in (0.0, l2):
        for dtype in ("float32", "float64"):
            network = Network(3, seed=1, dtype=dtype)
            network.theta = network.theta + size
            trainer = Trainer(network, x, far, recipe=Recipe(8, rate, "adamw", "mae", l2=decay), threads=1)
            trainer.step(20_000)
            theta.append(trainer.theta[:3].astype(float))
    without, exact_without, with_decay, exact_with_decay = theta
    assert (without - with_decay).mean() == pytest.approx((exact_without - exact_with_decay).mean(), rel=0.05)
