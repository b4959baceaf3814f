"""Choosing units and layers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Network
from tui.run.choice import LAST, OUTPUT_BIAS, move_layer, move_source, move_unit, resolve
from tui.views import ViewState

NETWORK = Network(2, [["sigmoid"] * 3, ["relu"] * 2])
LINEAR = Network(2, [])


@pytest.mark.parametrize(
    ("layer", "unit", "real"),
    [(0, 1, (0, 1)), (0, LAST, (0, 2)), (LAST, 0, (1, 0)), (LAST, LAST, (1, 1)), (1, OUTPUT_BIAS, (1, OUTPUT_BIAS))],
)
def test_a_number_past_the_end_means_the_last(layer, unit, real):
    assert resolve(ViewState(layer=layer, unit=unit), NETWORK) == real


def test_the_linear_model_has_only_the_output_bias():
    assert resolve(ViewState(), LINEAR) == (0, OUTPUT_BIAS)
    assert move_unit(ViewState(), LINEAR, -1).unit == OUTPUT_BIAS


def test_down_goes_through_the_units_to_the_output_bias_and_up_comes_back():
    view, seen = ViewState(), []
    for direction in (1, 1, 1, 1, -1, -1, -1, -1):
        view = move_unit(view, NETWORK, direction)
        seen.append(view.unit)
    assert seen == [1, 2, OUTPUT_BIAS, OUTPUT_BIAS, 2, 1, 0, 0]


def test_layers_stop_at_both_ends():
    view = move_layer(ViewState(unit=2), NETWORK, 1)
    assert (view.layer, view.unit) == (1, 2)
    assert move_layer(view, NETWORK, 1).layer == 1
    assert move_layer(ViewState(), NETWORK, -1).layer == 0


@given(st.integers(0, 9), st.integers(-1, 9), st.sampled_from((-1, 1)), st.sampled_from((NETWORK, LINEAR)))
def test_whatever_is_chosen_exists(layer, unit, direction, network):
    for move in (move_unit, move_layer, move_source):
        view = move(ViewState(layer=layer, unit=unit), network, direction)
        real = resolve(view, network)
        assert real[1] == OUTPUT_BIAS or 0 <= real[1] < len(network.layers[real[0]])
        assert 0 <= view.source < network.shape[real[0]]


def test_inputs_go_round():
    assert [move_source(ViewState(source=s), NETWORK, 1).source for s in (0, 1)] == [1, 0]
