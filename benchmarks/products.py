"""The matrix products of one update and nothing else, by numpy's BLAS: what a library call for each could reach."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from benchmarks.works import Floats, Work

CALL = 4  # updates between two looks at the clock

Product = tuple[np.ufunc, Floats, Floats, Floats]  # the function of the next two writes into the last


def products(work: Work) -> Iterator[Product]:
    """For each layer A·W forward, Aᵀ·G to the weights, and, but for the first one, G·Wᵀ back.

    A (batch, fan_in) are the values that come in, G (batch, fan_out) the gradient that comes back, W (fan_in, fan_out).
    A column by a row is a product of each two numbers, for which NumPy calls no BLAS and has a faster function.
    """
    rng = np.random.default_rng(0)

    def drawn(*shape: int) -> Floats:
        return rng.standard_normal(shape, np.float32)

    batch = work.recipe.batch_size
    for number, (fan_in, fan_out) in enumerate(pairwise(work.shape)):
        A, W, G = drawn(batch, fan_in), drawn(fan_in, fan_out), drawn(batch, fan_out)
        yield product(fan_in), A, W, np.empty_like(G)
        yield product(batch), A.T, G, np.empty_like(W)
        if number:
            yield product(fan_out), G, W.T, np.empty_like(A)


def product(terms: int) -> np.ufunc:
    """What multiplies matrices with this many columns and rows between them."""
    return np.multiply if terms == 1 else np.matmul


class Blas:
    """A contestant whose unit of work is one update's products; see `machine.set_blas` for its threads."""

    name = "BLAS"

    def __init__(self, work: Work) -> None:
        self._products = list(products(work))

    def ready(self) -> None:
        """Nothing to prepare."""

    def advance(self, seconds: float) -> int:
        done, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            for _ in range(CALL):
                for multiply, left, right, into in self._products:
                    multiply(left, right, out=into)
            done += CALL
        return done
