"""The sides of a map: which factors they are, in which order their values stand, and what they are called."""

from __future__ import annotations

import pytest

from tui.run.sweep.factors import parse_factor
from tui.run.sweep.sides import Side, sides_of


def side(text: str) -> Side:
    return Side.of(parse_factor(text))


@pytest.mark.parametrize(
    ("grid", "name", "labels", "words"),
    [
        ("lr=0.1,0.001,0.01", "η", ("0.001", "0.01", "0.1"), "η 0.001"),
        ("layer=none,10:relu,100:relu", "units", ("none", "10", "100"), "no units"),
        ("layer=1:tanh,3:tanh", "units", ("1", "3"), "1 unit"),
        ("layer=3:tanh,1:tanh", "units", ("3", "1"), "3 units"),
        ("layer=5:relu,5:relu/5:relu,5:relu/5:relu/5:relu", "layers", ("1", "2", "3"), "1 layer"),
        ("layer=3:relu,3:tanh", "layers", ("3:relu", "3:tanh"), "3:relu"),
        ("layer=3:relu,3:relu/2:relu", "layers", ("3:relu", "3:relu/2:relu"), "3:relu"),
        ("lags=28,7", "lags", ("7", "28"), "7 lags"),
        ("optimizer=sgd,adam", "optimizer", ("sgd", "adam"), "optimizer sgd"),
        ("no-header=true,false", "no-header", ("false", "true"), "no-header false"),
        ("data=sine,xor", "data", ("sine", "xor"), "data sine"),
    ],
)
def test_a_factor_is_called_as_people_call_it(grid: str, name: str, labels: tuple[str, ...], words: str) -> None:
    own = side(grid)
    assert (own.name, own.labels, own.words(0)) == (name, labels, words)


def test_the_map_is_of_the_two_factors_with_the_most_values() -> None:
    grid = [parse_factor(text) for text in ("batch=8,16", "lr=0.1,0.2,0.3", "l2=0,1", "epochs=1,2,3,4")]
    down, across, others = sides_of(grid)
    assert (down.factor, across.factor, others) == ("lr", "epochs", ("batch", "l2"))
    assert down.place({"lr": 0.2}) == 1


def test_one_factor_is_one_row_and_none_is_one_cell() -> None:
    down, across, others = sides_of([parse_factor("lr=0.1,0.2")])
    assert (down.values, across.factor, others) == ((None,), "lr", ())
    down, across, _ = sides_of([])
    assert down.place({}) == across.place({}) == 0
