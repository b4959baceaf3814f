"""Options: the defaults that depend on the data."""

from __future__ import annotations

import pytest

from data import DataError
from engine import EngineError
from tui.run.options import Options, in_options
from tui.run.runner import one_sentence


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


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (EngineError("batch_size=0: expected 1"), "--batch=0: expected 1"),
        (EngineError("seed=-1: expected 0"), "--seed=-1: expected 0"),
        (DataError("seed=-1: expected 0"), "--data-seed=-1: expected 0"),
        (DataError("test_fraction=2: expected 1"), "--test-fraction=2: expected 1"),
        (EngineError("run.toml: learning_rate=-1: expected 1"), "run.toml: lr=-1: expected 1"),
        (EngineError("index=7: expected 5"), "index=7: expected 5"),
        (DataError("a.csv has no rows"), "a.csv has no rows"),
    ],
)
def test_errors_name_the_option_and_not_the_argument(error: Exception, sentence: str) -> None:
    assert in_options(error, "--") == sentence
    assert one_sentence(error) == sentence.removeprefix("--")
