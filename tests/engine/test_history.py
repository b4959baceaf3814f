"""Loss curves stay within bounds, and whole-set losses within their share of the work."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Network, Recipe, Trainer
from engine.kernels import bookkeeping
from engine.kernels.jit import compiled
from engine.run import BUCKET_CAPACITY, POINT_CAPACITY, check_plan

X, Y = np.linspace(-1, 1, 4)[:, np.newaxis], np.array([0.5, -1.0, 1.0, -0.5])


@compiled
def check_is_due(epoch, point_stride, settings):
    return bookkeeping.check_is_due(epoch, point_stride, settings)


def due(epochs: range, parameters: int, examples: int, unseen: int) -> np.ndarray:
    each, stride = check_plan(parameters, examples, unseen)
    settings = Trainer(Network(1), X, Y)._settings._replace(check_each=each, check_stride=stride)
    return np.array([epoch for epoch in epochs if check_is_due(epoch, 1, settings)])


@pytest.mark.parametrize(
    ("parameters", "examples", "unseen"),
    [(4, 10, 0), (31, 256, 64), (10_000, 1_000, 250), (5801, 1408, 365), (300_000, 65_536, 16_384), (10**8, 50, 0)],
)
def test_whole_sets_are_checked_by_the_rule(parameters, examples, unseen):
    """Every epoch while all losses together cost under 5e9; then at the first power of two that costs at most 2 %."""
    loss, training = (parameters + 1_000) * (examples + unseen), 3 * (parameters + 1_000) * examples
    stride = next(2**k for k in range(20) if loss <= 0.02 * 2**k * training)
    last = max(epoch for epoch in range(int(5e9 / loss) + 2) if epoch * loss < 5e9)
    for begin in (1, max(1, last - 200)):
        epochs = range(begin, begin + 400)
        expected = [epoch for epoch in epochs if epoch <= last or epoch % stride == 0]
        np.testing.assert_array_equal(due(epochs, parameters, examples, unseen), expected)


@pytest.fixture(scope="module")
def long_run(request):
    """Many epochs of one update each: more than both curves hold."""
    import numba

    if numba.config.DISABLE_JIT:
        pytest.skip("too many updates for interpreted loops")
    trainer = Trainer(Network(1, [["tanh"]]), X, Y, recipe=Recipe(batch_size=4, learning_rate=1e-5))
    trainer.run(2 * POINT_CAPACITY + 10)
    return trainer


def test_points_thin_to_even_strides_and_stay_the_truth(long_run):
    history = long_run.history
    assert POINT_CAPACITY // 2 <= len(history.epoch) < POINT_CAPACITY
    assert set(np.diff(history.epoch)) == {4}
    assert history.epoch[0] == 0
    replay = Trainer(Network(1, [["tanh"]]), X, Y, recipe=Recipe(batch_size=4, learning_rate=1e-5))
    replay.run(int(history.epoch[100]))
    assert replay.history.train[-1] == history.train[100]


def test_batch_losses_merge_in_pairs(long_run):
    batches = long_run.batch_history
    assert BUCKET_CAPACITY // 2 <= len(batches.update) < BUCKET_CAPACITY
    assert set(np.diff(batches.update)) == {64}
    assert (batches.min <= batches.mean).all() and (batches.mean <= batches.max).all()
    # at a constant full batch the bucket's mean is that of the loss curve over the same updates
    assert batches.mean[0] == pytest.approx(long_run.history.train[:16].mean(), rel=1e-3)


def test_a_snapshot_outlives_the_thinning_of_the_curves():
    """The curve is cut at the snapshot's update, however coarse it has become since."""
    import numba

    if numba.config.DISABLE_JIT:
        pytest.skip("too many updates for interpreted loops")
    trainer = Trainer(Network(1, [["tanh"]]), X, Y, recipe=Recipe(batch_size=4, learning_rate=1e-5))
    trainer.run(1001)
    early, theta = trainer.snapshot(), trainer.theta
    trainer.run(POINT_CAPACITY)
    trainer.restore(early)
    np.testing.assert_array_equal(trainer.theta, theta)
    assert trainer.history.update[-1] == 1000
    assert trainer.batch_history.update[-1] <= 1001
    trainer.run(POINT_CAPACITY)
    assert set(np.diff(trainer.history.update)) == {2}
    ends = trainer.batch_history.update
    assert set(np.diff(ends)) == {ends[0]}
