"""What each init draws, layer by layer: bounds, spreads, signs, and what stays 0."""

from __future__ import annotations

import numpy as np
import pytest

from engine import EngineError, Network
from engine.initial import draw_layer, draw_output, resolve_init

WIDE = ["relu"] * 900


def network(n_inputs: int, layers: list[list[str]], init: str) -> Network:
    return Network(n_inputs, layers, seed=2, init=init, dtype="float64")


def test_auto_is_spread_for_one_feature_and_uniform_for_more():
    assert [resolve_init("auto", inputs) for inputs in (1, 2, 8)] == ["spread", "uniform", "uniform"]
    assert resolve_init("spread", 1) == "spread"
    with pytest.raises(EngineError, match="init='spread' with 2 features: expected one feature, or another init"):
        resolve_init("spread", 2)


@pytest.mark.parametrize(
    ("init", "widest", "deviation", "biased"),
    [
        ("uniform", 1 / 30, 1 / 30 / np.sqrt(3), True),
        ("he", np.inf, np.sqrt(2) / 30, False),
        ("glorot", np.sqrt(6 / 901), np.sqrt(2 / 901), False),
        ("spread", np.inf, 1 / 30, False),
    ],
)
def test_output_weights_suit_the_width_below(init, widest, deviation, biased):
    c, bias = network(1, [WIDE], init).weights(1)
    assert np.abs(c).max() <= widest
    assert np.sqrt(np.mean(np.square(c))) == pytest.approx(deviation, rel=0.1)  # 4 standard errors at 900 weights
    assert bias.any() == biased


def test_spread_bends_upwards_and_downwards_at_even_chances():
    W, b = network(1, [WIDE], "spread").weights(0)
    assert np.mean(W > 0) == pytest.approx(0.5, abs=0.06)
    bends = -b / W[:, 0]
    assert bends.min() == pytest.approx(-1, abs=0.01)
    assert bends.max() == pytest.approx(1, abs=0.01)
    assert (
        abs(np.corrcoef(np.arange(900), bends)[0, 1]) < 0.15
    )  # in no order, or units of one kind would stand together


def test_only_the_first_layer_is_spread_over_the_feature():
    W, b = network(1, [["relu"], WIDE], "spread").weights(1)
    for drawn in (W, b):
        assert np.abs(drawn).max() <= 1
        assert drawn.std() == pytest.approx(1 / np.sqrt(3), rel=0.1)


def test_a_linear_model_has_no_unit_to_spread():
    drawn = np.array([Network(1, [], seed).theta for seed in range(300)])
    assert np.abs(drawn).max() <= 1
    assert drawn.std(axis=0) == pytest.approx([1 / np.sqrt(3)] * 2, rel=0.15)


def test_zeros_are_zeros():
    assert not network(3, [["tanh"] * 4, ["relu"]], "zeros").theta.any()


@pytest.mark.parametrize("init", ["uniform", "he", "glorot", "spread", "zeros"])
def test_shapes(init):
    rng = np.random.default_rng(0)
    inputs = 1 if init == "spread" else 3
    W, b = draw_layer(init, rng, inputs, ["relu", "tanh"], first=True)
    c, bias = draw_output(init, rng, 5, hidden=True)
    assert (W.shape, b.shape, c.shape, bias.shape) == ((2, inputs), (2,), (1, 5), (1,))
