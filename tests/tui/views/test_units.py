"""The table of units: what is chosen is seen, what can be compared has one scale, and nothing moves by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

import data
from engine import Network
from tui.draw.canvas import BRAILLE, Canvas
from tui.draw.palette import CODES, DARK
from tui.run.choice import OUTPUT_BIAS, Choice
from tui.run.facts import ActiveShares, Gradient
from tui.run.snapshot import Snapshot
from tui.run.unit import collect, sentence
from tui.views import ViewState
from tui.views.units import table

load = lru_cache(data.load)
Told = Callable[..., Snapshot]
STATE = ViewState()
LEFT = 49  # of the curves of one feature, 28 columns at a width of 79


def paint(snapshot: Snapshot, choice: Choice, size: tuple[int, int] = (79, 5)) -> Canvas:
    return table.paint(replace(snapshot, chosen=choice), *size, DARK, STATE)


def lit(canvas: Canvas, row: int) -> str:
    return "".join(map(chr, canvas.characters[row][canvas.background[row] == CODES["lit"]])).strip()


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("name", ["chicago", "concrete"])
def test_the_chosen_input_is_named_over_its_weights_and_w_is_what_comes_from_it(told: Told, name: str, layer: int):
    dataset = load(name)
    network = Network(dataset.x_train.shape[1], [["relu"] * 9, ["tanh"] * 4], seed=1)
    snapshot, starts = told(dataset, network, [Gradient(), ActiveShares()]), []
    for source in range(network.shape[layer]):
        canvas = paint(snapshot, Choice(layer, 1, source))
        assert lit(canvas, 0) == (f"unit {source + 1}" if layer else dataset.feature_labels[source])
        starts.append(int(np.flatnonzero(canvas.background[0] == CODES["lit"])[0]))
        assert float(lit(canvas, 2).replace("−", "-")) == pytest.approx(network.weights(layer)[0][1, source], abs=0.006)
    assert starts == sorted(starts)
    assert starts[-1] > starts[0]


def test_all_inputs_are_named_where_there_is_room(told: Told):
    snapshot = told(load("concrete"), Network(8, [["relu"] * 3]), [ActiveShares()])
    heading = paint(snapshot, Choice(source=3)).plain().split("\n")[0]
    assert heading.split(" on ", 1)[1].split() == ["ce", "bla", "fl", "water", "coa", "fi", "age"]


@pytest.mark.parametrize("size", [(79, 8), (80, 5), (79, 12)])
@pytest.mark.parametrize("units", [1, 3, 5, 40])
def test_the_chosen_unit_says_what_it_does_however_many_there_are(told: Told, units: int, size: tuple[int, int]):
    snapshot = told(load("motorcycle"), Network(1, [["sigmoid"] * units], seed=2), [ActiveShares()])
    for chosen in {0, units // 2, units - 1}:
        text = paint(snapshot, Choice(unit=chosen), size).plain()
        assert any(form in text for form in sentence(collect(snapshot, 0)[chosen], snapshot.dataset))
        assert f"{chosen + 1} sigmoid" in text
        assert "b bias" in text


@pytest.mark.parametrize(("name", "kinds"), [("motorcycle", ["relu", "sigmoid", "relu"]), ("concrete", ["relu"] * 3)])
def test_columns_stand_still_when_a_unit_falls_ill(told: Told, name: str, kinds: list[str]):
    dataset = load(name)
    network, rows = Network(dataset.x_train.shape[1], [kinds]), []
    for shares in ((0.5, 0.5, 0.5), (0.0, 0.0, 0.5)):
        snapshot = told(dataset, network, answers={ActiveShares(): (np.array(shares),), Gradient(): None})
        rows.append(paint(snapshot, Choice()).plain().split("\n"))
    well, ill = rows
    assert (well[0], well[3]) == (ill[0], ill[3])
    assert ill[1].split()[:3] == ["▸", "1", "dead"]
    assert well[1].replace("ReLU", "dead").split("%")[-1] == ill[1].split("%")[-1]


# ------------------------------------------------------------------------------------------------- small curves


def cells(told: Told, c: list[float], height: int) -> list[np.ndarray]:
    """The cells of the curves of steep sigmoids with these c, (rows, columns) for each; none is chosen."""
    network = Network(1, [["sigmoid"] * len(c)])
    network.theta = [40.0] * len(c) + [0.0] * len(c) + c + [0.0]
    canvas = paint(told(load("motorcycle"), network, [ActiveShares()]), Choice(unit=OUTPUT_BIAS), (79, height))
    each = (height - 2) // len(c)
    return [canvas.characters[1 + each * unit :][:each, LEFT : LEFT + 28] for unit in range(len(c))]


def unpacked(characters: np.ndarray) -> np.ndarray:
    """Dots (4 · rows, 2 · columns) of cells in braille, bool."""
    bits = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
    codes = np.where(characters >= BRAILLE, characters - BRAILLE, 0).astype(int)
    dots = (codes[:, np.newaxis, :, np.newaxis] & bits[np.newaxis, :, np.newaxis, :]) > 0
    return dots.reshape(4 * characters.shape[0], 2 * characters.shape[1])


def test_small_curves_share_one_scale_and_show_their_zero_line(told: Told):
    tall, low, none = map(unpacked, cells(told, [4.0, -1.9, 0.0], 8))
    assert not any(dots[-1].any() for dots in (tall, low, none))  # the gap
    assert [int(np.ptp(np.flatnonzero(dots[:, 1::2].any(axis=1)))) for dots in (tall, low, none)] == [6, 2, 0]
    for dots, zero, curve in ((tall, 6, 0), (low, 2, 4)):  # on the right: dotted where 0 is, and what it adds
        assert np.flatnonzero(dots[:, 44:].all(axis=1)).tolist() == [curve]
        assert np.flatnonzero(dots[:, 44::4].all(axis=1)).tolist() == sorted([zero, curve])


def test_where_each_has_one_row_bars_stand_and_hang_on_one_scale(told: Told):
    up, down, none = ("".join(map(chr, own[0])) for own in cells(told, [4.0, -1.9, 0.0], 5))
    assert (up[0], up[-1]) == ("·", "▇")
    assert (down[0], down[-1]) == ("·", "▅")  # the ground's block in a cell of its colour
    assert set(none) == {"·"}
