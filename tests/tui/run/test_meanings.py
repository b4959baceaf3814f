"""What the value that has the focus is, in words."""

from __future__ import annotations

import pytest

import data
from engine import Network
from engine.recipe import BY_FLAG
from tui.run.choice import OUTPUT_BIAS, Choice
from tui.run.fields import PANEL_FIELDS
from tui.run.meanings import OF_FIELDS, of_field, of_part

ROOM = 76  # cells of the note on 80 columns


def test_each_field_says_what_it_is_and_fits():
    assert set(PANEL_FIELDS) == {*OF_FIELDS, *BY_FLAG}
    for flag in PANEL_FIELDS:
        assert ": " in of_field(flag)
        assert len(of_field(flag)) <= ROOM
    assert of_field("lr") == "η, the learning rate: how far a step goes"


@pytest.mark.parametrize(
    ("name", "layers", "choice", "words"),
    [
        ("motorcycle", [["relu"]], Choice(part="w"), "w: how steep it is, with x scaled to −1…1"),
        ("motorcycle", [["relu"]], Choice(part="b"), "b: where it bends, at x = −b/w"),
        ("motorcycle", [["relu"]], Choice(part="c"), "c: how much of it is added to the curve"),
        ("motorcycle", [["relu"]], Choice(0, OUTPUT_BIAS, part="w"), "b: how high the whole curve stands"),
        ("motorcycle", [], Choice(0, OUTPUT_BIAS, part="w"), "w: how steep it is, with x scaled to −1…1"),
        ("concrete", [["relu"]], Choice(source=1), "w: what it makes of blast furnace slag, scaled"),
        ("concrete", [["relu"]], Choice(part="b"), "b: from where on it is on"),
        ("concrete", [["relu"] * 2] * 2, Choice(1, 0, 1), "w: what it makes of unit 2"),
    ],
)
def test_the_lit_parameter_says_what_it_is_and_fits(name, layers, choice, words):
    dataset = data.load(name)
    said = of_part(choice, Network(dataset.x_train.shape[1], layers), dataset)
    assert said == (f"{words}. ‖g‖: how hard the data pull at it", words)
    assert len(words) <= ROOM
