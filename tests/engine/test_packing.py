"""The tiles' layout: every parameter has its place there, with and without JIT."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Network, Trainer
from engine.kernels.packing import make_buffers, pack, unpack


@pytest.mark.parametrize("inputs", [1, 33])
@pytest.mark.parametrize("layers", [[], [["relu"]], [["tanh"] * 17, ["relu"] * 70, ["tanh"]]], ids=str)
def test_packing_and_back_is_exact(layers, inputs):
    run = Trainer(Network(inputs, layers), np.zeros((3, inputs)), np.zeros(3))._run
    buffers = make_buffers(run, 1)
    numbered = np.arange(1, run.theta.size + 1, dtype=np.float32)
    packed, back = np.zeros_like(buffers.theta), np.zeros_like(run.theta)
    pack(numbered, packed, run.layout, buffers.layout)
    assert np.count_nonzero(packed) == run.theta.size
    unpack(packed, back, run.layout, buffers.layout)
    np.testing.assert_array_equal(back, numbered)
