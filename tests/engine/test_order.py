"""The order of an epoch, for those who want to see it: the one in which the kernels take its examples."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Network, Recipe, Trainer
from engine.order import epoch_order


@pytest.mark.parametrize("examples", [1, 2, 7, 106, 1000])
def test_an_epoch_takes_each_example_once(examples: int):
    orders = [epoch_order(3, epoch, examples) for epoch in range(3)]
    for order in orders:
        assert sorted(order.tolist()) == list(range(examples))
    assert np.array_equal(orders[2], epoch_order(3, 2, examples))
    if examples > 7:
        assert not np.array_equal(orders[0], orders[1])
        assert not np.array_equal(orders[0], epoch_order(4, 0, examples))


def test_training_takes_them_in_this_order():
    """Each update of a linear model on one example moves the weight by the rate times that example's gradient."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 1)), rng.normal(size=20)
    network = Network(1, [], dtype="float64")
    trainer = Trainer(network, x, y, recipe=Recipe(batch_size=1, learning_rate=0.1, optimizer="sgd"), seed=7)
    w, b = network.theta
    for row in (*epoch_order(7, 0, 20), *epoch_order(7, 1, 20)):
        miss = w * x[row, 0] + b - y[row]
        w, b = w - 0.2 * miss * x[row, 0], b - 0.2 * miss
        trainer.step()
        np.testing.assert_allclose(trainer.theta, (w, b), rtol=1e-12)
