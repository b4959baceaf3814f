"""The schedule's clock counts a batch from its first example on."""

from __future__ import annotations

import pytest

from engine.schedules import updates_done


@pytest.mark.parametrize(
    ("epoch", "position", "done"),
    [(0, 0, 0), (0, 1, 1), (0, 5, 1), (0, 6, 2), (1, 0, 5), (1, 4, 6), (3, 20, 19), (3, 23, 20)],
)
def test_updates_of_five_examples_out_of_23(epoch, position, done):
    assert updates_done(epoch, position, 5, 23) == done


def test_an_even_number_of_batches():
    assert updates_done(1, 0, 5, 20) == 4
    assert updates_done(1, 0, 30, 20) == 1
