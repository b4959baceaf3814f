"""Choosing units, layers and parameters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Network
from tui.run.choice import OUTPUT_BIAS, Choice, choice_of, index_of, move_layer, move_source, move_unit, nearest

NETWORK = Network(2, [["sigmoid"] * 3, ["relu"] * 2])
LINEAR = Network(2, [])
FAR = 1 << 30


@pytest.mark.parametrize(
    ("layer", "unit", "real"),
    [(0, 1, (0, 1)), (0, FAR, (0, 2)), (FAR, 0, (1, 0)), (FAR, FAR, (1, 1)), (1, OUTPUT_BIAS, (1, OUTPUT_BIAS))],
)
def test_a_number_past_the_end_means_the_last(layer, unit, real):
    chosen = nearest(Choice(layer, unit, FAR), NETWORK)
    assert (chosen.layer, chosen.unit) == real
    assert chosen.source == NETWORK.shape[chosen.layer] - 1


def test_the_linear_model_has_only_the_output_bias():
    chosen = nearest(Choice(1, 1), LINEAR)
    assert chosen == Choice(0, OUTPUT_BIAS)
    assert move_unit(chosen, LINEAR, -1).unit == OUTPUT_BIAS


def test_down_goes_through_the_units_to_the_output_bias_and_up_comes_back():
    chosen, seen = Choice(), []
    for direction in (1, 1, 1, 1, -1, -1, -1, -1):
        chosen = move_unit(chosen, NETWORK, direction)
        seen.append(chosen.unit)
    assert seen == [1, 2, OUTPUT_BIAS, OUTPUT_BIAS, 2, 1, 0, 0]


def test_layers_stop_at_both_ends_and_begin_at_their_first_input():
    chosen = move_layer(Choice(unit=2, source=1), NETWORK, 1)
    assert chosen == Choice(1, 1)  # this layer has two units
    assert move_layer(chosen, NETWORK, 1).layer == 1
    assert move_layer(Choice(), NETWORK, -1).layer == 0


@given(st.integers(0, 9), st.integers(-1, 9), st.integers(0, 9), st.sampled_from((-1, 1)), st.sampled_from("wbc"),
       st.sampled_from((NETWORK, LINEAR)))  # fmt: skip
def test_whatever_is_chosen_exists(layer, unit, source, direction, part, network):
    for move in (move_unit, move_layer, move_source):
        chosen = move(nearest(Choice(layer, unit, source, part), network), network, direction)
        assert chosen == nearest(chosen, network)
        assert chosen.unit == OUTPUT_BIAS or 0 <= chosen.unit < len(network.layers[chosen.layer])
        assert 0 <= chosen.source < network.shape[chosen.layer]


def test_inputs_go_round():
    assert [move_source(Choice(source=s), NETWORK, 1).source for s in (0, 1)] == [1, 0]


@pytest.mark.parametrize("network", [NETWORK, LINEAR, Network(1, [["relu"]])])
def test_each_place_in_theta_is_one_choice(network):
    names = [choice_of(index, network) for index in range(network.n_parameters)]
    assert [index_of(name, network) for name in names] == list(range(network.n_parameters))
    assert all(name == nearest(name, network) for name in names)
    with pytest.raises(ValueError, match="expected a place in θ"):
        choice_of(network.n_parameters, network)


@pytest.mark.parametrize(
    ("index", "choice"),
    [(3, Choice(0, 1, 1)), (7, Choice(0, 1, part="b")), (13, Choice(1, 1, 1)), (17, Choice(1, 0, part="c")),
     (19, Choice(1, OUTPUT_BIAS, part="b"))],
)  # fmt: skip
def test_the_names_of_places(index, choice):
    """θ of 2-3-2-1: 6 weights and 3 biases, 6 and 2, then 2 and 1."""
    assert choice_of(index, NETWORK) == choice


@pytest.mark.parametrize(
    ("choice", "network"),
    [
        (Choice(part="c"), NETWORK),  # not of the last hidden layer
        (Choice(1, OUTPUT_BIAS, part="c"), NETWORK),
        (Choice(1, OUTPUT_BIAS, part="w"), NETWORK),
        (Choice(0, OUTPUT_BIAS, part="c"), LINEAR),
    ],
)
def test_what_a_unit_or_the_output_does_not_have(choice, network):
    assert index_of(choice, network) is None
