"""The tiles' layout: every parameter has its place there, with and without JIT."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Network, Trainer
from engine.kernels import simd
from engine.kernels.emitter import LANES
from engine.kernels.packing import MIXED, make_buffers


@pytest.mark.parametrize("inputs", [1, 33])
@pytest.mark.parametrize("layers", [[], [["relu"]], [["tanh"] * 17, ["relu"] * 70, ["tanh"]]], ids=str)
def test_packing_and_back_is_exact(layers, inputs):
    run = Trainer(Network(inputs, layers), np.zeros((3, inputs)), np.zeros(3))._work.run
    buffers = make_buffers(run, 1)
    run.theta[:] = numbered = np.arange(1, run.theta.size + 1, dtype=np.float32)
    simd.push(run, buffers)
    assert np.count_nonzero(buffers.state[0]) == run.theta.size
    run.theta[:] = 0
    simd.pull(run, buffers, ["theta"])
    np.testing.assert_array_equal(run.theta, numbered)


def test_units_of_one_kind_lie_side_by_side_whatever_their_order():
    run = Trainer(Network(1, [["relu", "tanh", "sigmoid"] * 32]), np.zeros((3, 1)), np.zeros(3))._work.run
    buffers = make_buffers(run, 1)
    hidden = buffers.kind_of[1:]
    assert (hidden <= MIXED).sum() <= 2
    kinds = buffers.codes[-hidden.size * LANES :]
    np.testing.assert_array_equal(kinds, np.sort(kinds))
