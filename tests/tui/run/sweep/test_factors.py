"""Factors as people write them, and options as arguments again."""

from __future__ import annotations

from typing import Any

import pytest

from engine import EngineError
from engine.recipe import BY_FLAG
from tui.run.options import SAME, SOURCE, Options
from tui.run.sweep.factors import PARSERS, Range, given, parse_factor, plain, with_values

RELU, TANH = ("relu",) * 2, ("tanh",)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("lr=0.001, 3e-3", (0.001, 0.003)),
        ("lags=1,7", (1, 7)),
        ("layer=none,2:relu,2:relu/1:tanh,1:tanh+2:relu", ((), (RELU,), (RELU, TANH), (TANH + RELU,))),
        ('features="a,b",c', (("a,b",), ("c",))),
        ("optimizer=adam,sgd", ("adam", "sgd")),
        ('data="a,b.csv",../x..csv', ("a,b.csv", "../x..csv")),
        ("no-header=true,No", (True, False)),
        ("lr=1e-4..0.1", Range(0.0001, 0.1, whole=False)),
        ("batch = 8 .. 64", Range(8, 64, whole=True)),
    ],
)
def test_values_are_as_options_take_them(text: str, values: Any) -> None:
    assert parse_factor(text).values == values


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("lr", "--grid lr: expected an option and its values"),
        ("lr=", "--grid lr=: expected at least one value"),
        ("lr=1,,2", "--grid lr='': expected a number"),
        ("lr=fast", "--grid lr='fast': expected a number"),
        ("lr=nan", "--grid lr='nan': expected a number"),
        ("lags=1.5", "--grid lags='1.5': expected a whole number"),
        ("lags=" + "9" * 5000, "expected a whole number"),
        ("lr=2,2.0", "--grid lr: 2.0 stands there twice"),
        ("lr=1..0.1", "expected the smaller end first"),
        ("lr=1e-4...1e-1", "expected two points between the ends"),
        ("batch=8..8", "expected the smaller end first"),
        ("lr=1..x", "--grid lr='x': expected a number"),
        ("laer=2:relu", "did you mean 'layer'?"),
        ("threads=1,2", "no result depends on the threads"),
        ("layer=2:relo", "expected one of identity"),
        ('features="a', "one with a comma in quotes"),
        ("target=", "--grid target=: expected at least one value"),
        ("target=a,", "--grid target=: expected a value"),
        ("no-header=maybe", "expected true or false"),
        ("lr=\x1b[31m", "expected a number"),
    ],
)
def test_what_is_no_factor_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(EngineError) as caught:
        parse_factor(text)
    assert sentence in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_every_option_of_a_run_can_be_a_factor_but_the_threads() -> None:
    assert {*PARSERS} == {*SOURCE, *SAME, *BY_FLAG} - {"threads"}


@pytest.mark.parametrize(
    ("low", "high", "middle"), [(1e-4, 1e-2, 1e-3), (1.0, 9.0, 5.0), (-1.0, 1.0, 0.0), (0.0, 100.0, 50.0)]
)
def test_a_range_whose_ends_differ_by_ten_is_even_by_its_logarithm(low: float, high: float, middle: float) -> None:
    span = Range(low, high, whole=False)
    assert [span.at(share) for share in (0.0, 0.5, 1.0)] == pytest.approx([low, middle, high])


def test_a_range_of_whole_numbers_has_whole_numbers() -> None:
    values = {Range(8, 64, whole=True).at(share / 1000) for share in range(1001)}
    assert values == {*range(8, 65)}
    assert all(isinstance(value, int) for value in values)


def test_a_drawn_number_can_be_typed_and_stays_within_its_ends() -> None:
    span = Range(0.12345601, 0.12345909, whole=False)
    assert {span.at(share / 10) for share in range(11)} == {0.12345601, 0.123457, 0.123458, 0.123459}
    assert all(span.low <= span.at(share / 10) <= span.high for share in range(11))


def test_plain_values_are_what_a_factor_is_written_as() -> None:
    for text in ("layer=none", "layer=2:relu/1:tanh+2:relu", "lr=0.003", "lags=7", 'features="a,b"', "loss=mae"):
        factor = parse_factor(text)
        assert f"{plain(factor.name, factor.ends()[0])}" == text.partition("=")[2].strip('"')


def test_what_is_given_is_what_differs_from_the_defaults() -> None:
    assert given(Options()) == {}
    assert given(Options(threads=2, training={"batch": 32, "epochs": 100})) == {}
    assert given(with_values(Options(layer=()), {"lr": 0.03})) == {"layer": (), "lr": 0.03}
