"""What the works claim to be."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.works import BOOK, BY_NAME, DEEP, options


@pytest.mark.parametrize("work", BY_NAME.values(), ids=BY_NAME.keys())
def test_work_is_whole_batches_of_its_own_network(work):
    x, y = work.data()
    assert x.shape == (work.examples, work.n_inputs) and y.shape == (work.examples,)
    assert x.dtype == y.dtype == np.float32
    assert work.examples % work.recipe.batch_size == 0
    assert work.network().shape == (work.n_inputs, *map(len, work.layers), 1)
    assert y.mean() == pytest.approx(0, abs=1e-6) and y.std() == pytest.approx(1, abs=1e-6)


def test_flops_by_hand():
    assert BOOK.flops == 2 * 64 * (3 * 100 + 2 * 56 * 100)
    assert DEEP.flops == 2 * 64 * (3 * (100 + 2 * 100 * 100) + 2 * 56 * 100)


def test_descriptions():
    assert BY_NAME["tiny"].describe() == "1 feature, 10 sigmoid, N 256, batch 16"
    assert BY_NAME["uneven"].describe() == "17 features, 33 mixed + 47 tanh, N 1400, batch 70"
    assert BY_NAME["slim"].describe() == "90 features, 3 × 48 relu, N 1440, batch 40"


def test_every_option_differs_from_the_first():
    first, *others = options().values()
    assert first == BOOK
    assert len({first, *others}) == len(options())
