"""The products of an update: all of them, each of the right matrices, and counted by updates."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.products import Blas, products
from benchmarks.works import BOOK, BY_NAME, DEEP


@pytest.mark.parametrize("work", BY_NAME.values(), ids=BY_NAME.keys())
def test_they_take_the_operations_of_an_update(work):
    assert sum(2 * into.size * left.shape[1] for _, left, _, into in products(work)) == work.flops


@pytest.mark.parametrize("name", ["book", "three", "odd"])
def test_each_is_the_product_of_its_matrices(name):
    for multiply, left, right, into in products(BY_NAME[name]):
        multiply(left, right, out=into)
        np.testing.assert_allclose(into, left @ right, rtol=1e-5, atol=1e-4)  # float32 sums in another order


def test_the_first_layer_has_no_way_back():
    shapes = [(left.shape, right.shape) for _, left, right, _ in products(BOOK)]
    hidden = [((64, 56), (56, 100)), ((56, 64), (64, 100))]
    output = [((64, 100), (100, 1)), ((100, 64), (64, 1)), ((64, 1), (1, 100))]
    assert shapes == hidden + output


def test_a_unit_of_work_is_one_update(monkeypatch):
    made = []
    monkeypatch.setattr(np, "matmul", lambda left, right, out: made.append(out))
    blas = Blas(DEEP)
    monkeypatch.undo()
    done = blas.advance(0.0001)
    each = sum(multiply is not np.multiply for multiply, *_ in products(DEEP))
    assert done > 0 and len(made) == done * each
