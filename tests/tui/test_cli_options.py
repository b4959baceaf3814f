"""Options: the defaults that depend on the data."""

from __future__ import annotations

import pytest

from tui.run.options import Options


@pytest.mark.parametrize(
    ("data", "shape", "rate"), [("motorcycle", (1, 3, 1), 0.03), ("concrete", (8, 1), 0.001), ("xor", (2, 1), 0.001)]
)
def test_defaults_depend_on_the_number_of_features(data: str, shape: tuple[int, ...], rate: float) -> None:
    options = Options(data)
    dataset = options.load()
    assert options.network(dataset).shape == shape
    assert options.recipe(dataset).learning_rate == rate


def test_the_seed_is_never_that_of_the_split() -> None:
    one, other = Options("sine", seed=1), Options("sine", seed=2)
    assert (one.load().y_train == other.load().y_train).all()
    assert not (one.network(one.load()).theta == other.network(other.load()).theta).all()
    assert not (Options("sine", data_seed=1).load().y_train == one.load().y_train).all()
