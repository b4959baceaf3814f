"""View 2: the parts are all of the output, whatever is shown of them, and stand where the data say."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

import data
from engine import Network
from tui.draw.canvas import Canvas
from tui.draw.palette import CODES, DARK
from tui.run.choice import Choice
from tui.run.facts import ActiveShares
from tui.run.snapshot import Snapshot
from tui.views import ViewState, sums
from tui.views.sums import along, maps
from tui.views.sums.parts import largest, of_layer, of_output
from tui.views.units.shapes import _DEAREST

load = lru_cache(data.load)
Told = Callable[..., Snapshot]
STATE = ViewState()


@pytest.mark.parametrize("most", [1, 3, 12, 40])
@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("motorcycle", [["sigmoid", "relu", "tanh", "hard_sigmoid"] * 3]),
        ("motorcycle", []),
        ("concrete", [["tanh"] * 4, ["leaky_relu", "identity"] * 10]),
        ("concrete", []),
        ("moons", [["relu"] * 9]),
    ],
)
def test_the_last_running_sum_is_the_prediction(name: str, layers: list[list[str]], most: int):
    dataset = load(name)
    network = Network(dataset.x_train.shape[1], layers, seed=2)
    x = dataset.x_train[:50]
    parts = of_output(network, dataset, x, most, 0)
    predicted = dataset.unscale(network.predict(x))
    np.testing.assert_allclose(parts.sums[-1], predicted, atol=1e-5 * max(1.0, np.abs(predicted).max()))
    assert len(parts.units) + parts.hidden == (len(layers[-1]) if layers else dataset.x_train.shape[1])
    assert len(parts.units) <= most
    assert 0 in parts.units
    assert list(parts.units) == sorted(parts.units)


def test_each_part_is_c_times_the_units_value():
    dataset, network = load("motorcycle"), Network(1, [["sigmoid"] * 2])
    network.theta = [2.0, -3.0, 0.5, 1.0, 4.0, -0.5, 0.25]
    parts = of_output(network, dataset, np.array([[0.0]], np.float32), 2, -1)
    expected = np.array([[4.0 / (1 + np.exp(-0.5))], [-0.5 / (1 + np.exp(-1.0))]]) * dataset.y_scale
    np.testing.assert_allclose(parts.values, expected, rtol=1e-6)
    assert parts.bias == pytest.approx(0.25 * dataset.y_scale + dataset.y_offset)


def test_the_units_that_move_most_are_shown_and_the_chosen_one():
    assert largest(np.array([3.0, 1.0, 5.0, 2.0]), 2) == [0, 2]
    assert largest(np.array([3.0, 1.0, 5.0, 2.0]), 2, always=1) == [1, 2]
    assert largest(np.array([np.nan, 1.0, 5.0]), 2) == [1, 2]
    assert largest(np.array([3.0, 1.0]), 2) == [0, 1]
    assert largest(np.array([1.0, 0.0, 0.0]), 2) == [0, 1]


def test_sizes_that_are_nearly_the_same_change_no_places():
    sizes = np.array([1.0, 1.02, 1.04, 1.06, 9.0])
    assert largest(sizes, 3) == largest(sizes[[3, 2, 1, 0, 4]], 3) == [0, 1, 4]


def test_units_before_the_last_layer_are_those_that_can_move_the_next_one_most():
    network = Network(1, [["sigmoid"] * 3, ["relu"]], seed=1)
    theta = network.theta
    theta[6:9] = (0.0, 9.0, 1.0)  # from the first layer to the second
    theta[:3] = 2.0
    network.theta = theta
    x = np.linspace(-1, 1, 9, dtype=np.float32)[:, np.newaxis]
    parts = of_layer(network, x, 0, 1, -1)
    assert parts.units == (1,)
    assert parts.hidden == 2
    np.testing.assert_array_equal(parts.values[0], network.activations(x)[0][:, 1])


def test_other_features_are_at_their_mean(told: Told):
    dataset = load("concrete")
    snapshot = told(dataset, Network(8, [["tanh"]]), chosen=Choice(source=3))
    plan = along.layout(snapshot, 79, 27)
    x = along.inputs(snapshot, plan.plot)
    raw = dataset.unscale_x(x)
    means = dataset.unscale_x(dataset.x_train).mean(axis=0)
    np.testing.assert_allclose(np.delete(raw, 3, axis=1), np.tile(np.delete(means, 3), (len(x), 1)), rtol=1e-4)
    assert raw[0, 3] <= dataset.unscale_x(dataset.x_train)[:, 3].min()
    assert raw[-1, 3] >= dataset.unscale_x(dataset.x_train)[:, 3].max()


def drawn(told: Told, dataset: Any, network: Network, share: float, **changes: Any) -> Canvas:
    shares = tuple(np.full(len(layer), share) for layer in network.layers)
    return sums.paint(told(dataset, network, answers={ActiveShares(): shares}, **changes), 79, 27, DARK, STATE)


@pytest.mark.parametrize(("size", "words"), [(0.01, "their sum"), (1.0, "their sum on a scale of its own")])
def test_the_sum_of_the_others_stays_in_its_lane(told: Told, size: float, words: str):
    network = Network(1, [["tanh"] * 60])
    c = np.full(60, size)
    c[:9] = 1.0  # only these have lanes
    network.theta = [*np.full(60, 3.0), *np.zeros(60), *c, 0.0]
    canvas = drawn(told, load("motorcycle"), network, 0.5)
    assert canvas.plain().rstrip().split("\n")[-3].endswith(f"more units, {words}")
    row = canvas.foreground[-3] == CODES["quiet"]
    assert row.sum() > 20


@pytest.mark.parametrize(("kind", "word"), [("relu", "dead"), ("sigmoid", "saturated"), ("hard_sigmoid", "saturated")])
@pytest.mark.parametrize("name", ["motorcycle", "moons"])
def test_units_in_trouble_are_marked(told: Told, name: str, kind: str, word: str):
    dataset = load(name)
    network = Network(dataset.x_train.shape[1], [[kind] * 2])
    canvas = drawn(told, dataset, network, 0.0)
    assert canvas.plain().count(word) == 2
    row, column = next((row, line.index(word)) for row, line in enumerate(canvas.plain().split("\n")) if word in line)
    assert canvas.foreground[row, column] == CODES["trouble"]
    assert word not in drawn(told, dataset, network, 0.5).plain()


def test_a_chosen_sigmoid_is_shown_beside_its_hard_twin(told: Told):
    network = Network(1, [["sigmoid", "tanh"]], seed=1)
    dataset = load("motorcycle")
    assert "as hard σ" in drawn(told, dataset, network, 0.5).plain()
    assert "as hard σ" not in drawn(told, dataset, network, 0.5, chosen=Choice(unit=1)).plain()


@pytest.mark.parametrize(("kind", "corners"), [("hard_sigmoid", 2), ("sigmoid", 1), ("relu", 1)])
def test_the_corners_of_a_unit_are_dashed_in_its_lane(told: Told, kind: str, corners: int):
    network = Network(1, [[kind]])
    network.theta = [8.0, 0.0, 1.0, 0.0]
    plan = along.layout(told(load("motorcycle"), network), 79, 27)
    canvas = drawn(told, load("motorcycle"), network, 0.5, chosen=Choice(unit=-1))
    area = canvas.foreground[plan.lanes.area()] == CODES["gradient"]
    assert area.any(axis=0).sum() == corners


def test_a_frame_stands_still_until_sums_leave_it_and_then_moves_in_steps(told: Told):
    dataset = load("motorcycle")
    tops = []
    for c in (0.1, 0.2, 2.5, 2.6):
        network = Network(1, [["tanh"]])
        network.theta = [3.0, 0.0, c, 0.0]
        rows = drawn(told, dataset, network, 0.5).plain().split("\n")
        tops.append([row[:6] for row in rows[1:15]])
    assert tops[0] == tops[1] != tops[2] == tops[3]


@pytest.mark.parametrize(("count", "width", "height", "lines"), [(1, 79, 27, 2), (8, 50, 14, 2), (300, 79, 27, 1)])
def test_small_maps_keep_inside_the_panel(count: int, width: int, height: int, lines: int):
    grid = maps.fit_grid(count, width, height, lines)
    row, column = grid.place(grid.shown - 1, lines - 1)
    assert row + grid.rows < height
    assert column + grid.columns <= width
    assert grid.rows >= 2


def test_a_network_that_is_too_large_is_refused_in_a_sentence(told: Told):
    units = round(_DEAREST**0.5) + 1
    canvas = sums.paint(told(load("moons"), Network(2, [["relu"] * units] * 2)), 79, 27, DARK, STATE)
    assert canvas.plain().strip().endswith("remove some")


async def test_a_unit_can_be_dragged_under_its_lane(drive: Any):
    async with drive(seed=18) as d:
        await d.press("2")
        view = d.app.main.query_one("#view")
        row = view.size.height - 2
        column = d.rows()[view.region.y + row].index("2", 8)
        before = d.shown.network.theta
        await d.pilot.mouse_down(view, offset=(column, row))
        await d.pilot.hover(view, offset=(column + 3, row))
        await d.settle()
        await d.pilot.mouse_up(view, offset=(column + 3, row))
        changed = np.flatnonzero(d.shown.network.theta != before).tolist()
        assert changed == [d.shown.network.index(0, 1, "b")]


async def test_j_chooses_the_feature_along_which_view_2_looks(drive: Any):
    async with drive(data="concrete") as d:
        await d.press("2")
        assert "along cement" in d.row(1)
        await d.press("j")
        assert "along cement" not in d.row(1) and "along" in d.row(1)
