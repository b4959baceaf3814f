"""How layers are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.activations import KINDS
from engine.notation import format_layer, parse_layers

LAYERS = st.lists(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=12).map(tuple), max_size=8).map(tuple)


@pytest.mark.parametrize(
    ("given", "layers"),
    [
        ([], None),
        (["none"], ()),
        (["2:relu"], (("relu", "relu"),)),
        (["1:sigmoid + 2:relu", "1:tanh"], (("sigmoid", "relu", "relu"), ("tanh",))),
    ],
)
def test_layers(given: list[str], layers: object) -> None:
    assert parse_layers(given) == layers


@given(LAYERS)
def test_a_layer_is_written_as_it_is_read(layers: tuple[tuple[str, ...], ...]) -> None:
    assert parse_layers([format_layer(layer) for layer in layers] or ["none"]) == layers
