"""View 3: the numbers of one example are right, and what is drawn is what they say."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import data
from engine import Network, Recipe
from engine.activations import KINDS
from engine.losses import LOSSES
from tui.draw.canvas import BLANK, Canvas
from tui.draw.palette import ANSI, CODES, DARK, PLAIN
from tui.run.choice import OUTPUT_BIAS, Choice
from tui.run.facts import ActiveShares
from tui.run.snapshot import Snapshot
from tui.views import ViewState, examples, net
from tui.views.fit import drawing
from tui.views.net import boxes, edges, example, graph
from tui.views.net.flow import flow
from tui.views.units.shapes import _DEAREST

load = lru_cache(data.load)
Told = Callable[..., Snapshot]
STATE = ViewState()
SIZES = ((79, 27), (50, 14), (120, 36), (151, 45), (30, 8))

SAME: dict[str, Callable[[float], float]] = {  # the kinds of unit once more, one number at a time
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "hard_sigmoid": lambda z: min(max(z / 4 + 0.5, 0.0), 1.0),
    "relu": lambda z: max(z, 0.0),
    "tanh": math.tanh,
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
}
LOSS_OF: dict[str, Callable[[float], float]] = {
    "mse": lambda e: e * e,
    "mae": abs,
    "huber": lambda e: 0.5 * e * e if abs(e) <= 1 else abs(e) - 0.5,
}


def random_network(rng: np.random.Generator) -> Network:
    layers = [rng.choice(list(SAME), rng.integers(1, 9)).tolist() for _ in range(rng.integers(0, 4))]
    network = Network(int(rng.integers(1, 9)), layers)
    network.theta = rng.normal(0.0, 1.5, network.n_parameters)
    return network


def by_hand(network: Network, x: list[float]) -> tuple[list[list[float]], list[list[float]], float]:
    """r and a of each layer, and y: sums of products in Python's own numbers."""
    sums, values, comes = [], [], x
    for layer, kinds in enumerate(network.layers):
        W, b = (each.tolist() for each in network.weights(layer))
        sums.append([b[i] + sum(w * v for w, v in zip(W[i], comes, strict=True)) for i in range(len(b))])
        comes = [SAME[kind](r) for kind, r in zip(kinds, sums[-1], strict=True)]
        values.append(comes)
    (c,), (bias,) = (each.tolist() for each in network.weights(len(network.layers)))
    return sums, values, bias + sum(w * v for w, v in zip(c, comes, strict=True))


@pytest.mark.parametrize("seed", range(50))
def test_the_numbers_are_those_of_an_independent_computation(seed: int):
    rng = np.random.default_rng(seed)
    network = random_network(rng)
    loss = str(rng.choice(list(LOSS_OF)))
    x, target = rng.normal(size=network.n_inputs).astype(np.float32), float(rng.normal())
    numbers = flow(network, x, target, Recipe(loss=loss))
    sums, values, y = by_hand(network, x.tolist())
    kinds = [*zip(numbers.r, sums, strict=True), *zip(numbers.a, values, strict=True)]
    kinds += [(np.array([numbers.y]), [y]), (np.array([numbers.loss]), [LOSS_OF[loss](y - target)])]
    for ours, theirs in kinds:
        assert np.abs(ours - theirs).max() <= 1e-5 * max(np.abs(theirs).max(), 1e-12)
    assert numbers.bias + numbers.parts.sum() == pytest.approx(numbers.y)
    assert numbers.miss == numbers.y - target


def test_the_independent_computation_knows_all_kinds_and_losses():
    assert set(SAME) == set(KINDS)
    assert set(LOSS_OF) == set(LOSSES)


# ------------------------------------------------------------------------------------------------- the example


@pytest.mark.parametrize("name", ["motorcycle", "chicago", "moons", "concrete"])
def test_the_arrows_walk_through_all_training_examples_and_stop_at_the_ends(told: Told, name: str):
    dataset = load(name)
    snapshot = told(dataset, Network(dataset.x_train.shape[1], []))
    assert sorted(examples.order(dataset).tolist()) == list(range(len(dataset.y_train)))
    state = examples.step(1, STATE, snapshot, 79, 27)
    assert examples.place(dataset, state) == examples.place(dataset, STATE) + (
        examples.place(dataset, STATE) < len(dataset.y_train) - 1
    )
    first = replace(STATE, example=0)
    assert examples.step(-1, first, snapshot, 79, 27).example == 0
    last = replace(STATE, example=len(dataset.y_train) - 1)
    assert examples.step(1, last, snapshot, 79, 27).example == len(dataset.y_train) - 1
    assert examples.place(dataset, replace(STATE, example=10**9)) == len(dataset.y_train) - 1


def test_neighbours_are_next_to_each_other_in_the_first_feature_in_time_or_in_the_target():
    for name, by in (
        ("motorcycle", lambda d: d.x_train[:, 0]),
        ("moons", lambda d: d.x_train[:, 0]),
        ("chicago", lambda d: d.times_train),
        ("concrete", lambda d: d.y_train),
    ):
        dataset = load(name)
        values = by(dataset)[examples.order(dataset)]
        assert (values[1:] >= values[:-1]).all()


def test_the_first_example_is_the_farthest_from_the_mean():
    dataset = load("motorcycle")
    assert examples.row(dataset, STATE) == np.argmax(np.abs(dataset.y_train))


async def test_the_arrows_belong_to_the_example_only_where_it_has_the_focus(drive: Any):
    async with drive(layer=(("sigmoid",) * 2,) * 2) as d:
        await d.press("3")
        assert "unit" in d.row(39)
        before = d.app.main.view.example
        await d.press("right")
        assert d.shown.chosen.layer == 1
        assert d.app.main.view.example == before
        await d.press("tab")
        assert "← → example" in d.row(39)
        place = examples.place(d.shown.dataset, d.app.main.view)
        await d.press("right", "right", "left")
        assert d.app.main.view.example == place + 1
        assert d.shown.chosen.layer == 1
        assert f"Example {place + 2} of 106" in d.row(29)
        await d.press("1")
        await d.press("tab", "left")
        assert d.app.main.view.example == place + 1
        assert d.shown.chosen.layer == 0


async def test_other_data_begin_with_their_own_example(drive: Any):
    async with drive() as d:
        await d.press("3", "tab", "right", "d")
        assert d.app.main.view.example is None


@pytest.mark.parametrize("name", ["motorcycle", "moons"])
async def test_a_click_on_a_point_of_the_fit_chooses_it(drive: Any, name: str):
    async with drive(data=name) as d:
        view, dataset = d.app.main.query_one("#view"), d.shown.dataset
        frame = drawing.frame_of(dataset, *view.size)
        raw = dataset.unscale_x(dataset.x_train[40:41])
        y = raw[:, 1] if name == "moons" else dataset.unscale(dataset.y_train[40:41])
        (row,), (column,) = frame.cells(raw[:, 0], y)
        await d.pilot.click(view, offset=(int(column), int(row)))
        await d.settle()
        chosen = examples.row(dataset, d.app.main.view)
        assert np.abs(dataset.x_train[chosen] - dataset.x_train[40]).max() < 0.1
        assert "◆" in d.rows()[view.region.y + row][: view.size.width]
        before = d.app.main.view
        await d.pilot.click(view, offset=(1, 0))
        assert d.app.main.view == before


def table(told: Told, name: str, network: Network, size: tuple[int, int] = (79, 8), **changes: Any) -> list[str]:
    """The rows under the graph."""
    canvas = example.paint(told(load(name), network, **changes), *size, DARK, STATE)
    return canvas.plain().split("\n")


def test_the_table_shows_the_numbers_of_the_flow(told: Told):
    dataset, network = load("motorcycle"), Network(1, [["sigmoid"] * 2 + ["relu"]], seed=3)
    row = examples.row(dataset, STATE)
    numbers = flow(network, dataset.x_train[row], float(dataset.y_train[row]), Recipe())
    rows = {line[:15].strip(): line[15:].replace("−", "-").split() for line in table(told, "motorcycle", network)}
    for label, values in (("r = b + w·x", numbers.r[0]), ("a = act(r)", numbers.a[0]), ("c·a", numbers.parts)):
        assert [float(text) for text in rows[label][:3]] == pytest.approx(values.tolist(), abs=5.1e-4)
    total = rows["c·a"]
    assert float(total[total.index("Σ") + 1]) == pytest.approx(numbers.parts.sum(), rel=5e-3)
    assert rows["unit"][:3] == ["▸1", "2", "3"]


def test_what_has_no_column_is_in_the_rest(told: Told):
    network = Network(1, [["relu"] * 100], seed=3)
    rows = table(told, "motorcycle", network)
    heading, products = (
        rows[0].split(),
        next(line for line in rows if line.startswith(" c·a")).replace("−", "-").split(),
    )
    shown = len(heading) - 3
    assert heading[-2:] == [f"+{100 - shown}", "more"]
    numbers = [float(text) for text in products[1 : 1 + shown]]
    rest, total = float(products[products.index("+") + 1]), float(products[products.index("Σ") + 1])
    assert sum(numbers) + rest == pytest.approx(total, abs=0.006 * shown + 0.01)


def test_of_many_units_it_is_told_how_few_do_most(told: Told):
    network = Network(1, [["relu"] * 100], seed=3)
    row = examples.row(load("motorcycle"), STATE)
    numbers = flow(network, load("motorcycle").x_train[row], 0.0, Recipe())
    (line,) = (row for row in table(told, "motorcycle", network) if "of all 100" in row)
    assert f"{np.count_nonzero(numbers.a[0])} of 100 ReLU on" in line
    sizes = sorted(np.abs(numbers.parts), reverse=True)
    most = int(re.findall(r"(\d+) units make 90%", line)[0])
    assert sum(sizes[: most - 1]) < 0.9 * sum(sizes) <= sum(sizes[:most])


def test_a_relu_that_is_off_is_named(told: Told):
    network = Network(1, [["relu", "sigmoid"]])
    network.theta = [1.0, 1.0, -9.0, 0.0, 1.0, 1.0, 0.0]
    assert any("ReLU 1: off" in row for row in table(told, "motorcycle", network))


def test_of_two_layers_the_products_into_the_chosen_unit_are_shown(told: Told):
    network = Network(2, [["tanh"] * 3, ["tanh"] * 3], seed=2)
    dataset = load("moons")
    row = examples.row(dataset, STATE)
    numbers = flow(network, dataset.x_train[row], float(dataset.y_train[row]), Recipe())
    (line,) = (row for row in table(told, "moons", network, chosen=Choice(1, 2)) if "w′₃·a" in row)
    products = network.weights(1)[0][2] * numbers.a[0]
    texts = line.replace("−", "-").split()
    assert [float(text) for text in texts[1:4]] == pytest.approx(products.tolist(), abs=5.1e-4)
    assert float(texts[-1]) == pytest.approx(products.sum(), rel=5e-3)
    (line,) = (row for row in table(told, "moons", network, chosen=Choice(0, 1)) if "w′·a₂ →" in row)
    given = network.weights(1)[0][:, 1] * numbers.a[0][1]
    assert [float(t) for t in line.replace("−", "-").split()[2:5]] == pytest.approx(given.tolist(), abs=5.1e-4)


def test_the_lines_that_matter_most_stay_where_rows_are_few(told: Told):
    rows = table(told, "motorcycle", Network(1, [["sigmoid"] * 3]), (80, 5))
    assert [row.split("  ")[0].strip() for row in rows] == [
        *("r = b + w·x", "a = σ(r)", "c·a", "y = b + Σ c·a", "e = (y − ŷ)²"),
    ]


@pytest.mark.parametrize("loss", LOSSES)
def test_e_is_named_by_the_recipes_loss(told: Told, loss: str):
    row = table(told, "motorcycle", Network(1, [["sigmoid"]]), recipe=Recipe(loss=loss))[-1]
    assert {"mse": "(y − ŷ)²", "mae": "|y − ŷ|", "huber": "huber(y − ŷ)"}[loss] in row


# --------------------------------------------------------------------------------------------------- the graph


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("name", "widths"),
    [
        *[("motorcycle", widths) for widths in ([], [1], [5], [12], [300], [8, 8], [3, 4, 5, 6])],
        *[("moons", widths) for widths in ([], [3], [8, 8], [40, 2, 40])],
        *[("chicago", widths) for widths in ([], [100], [5, 5])],
    ],
)
def test_columns_stand_beside_each_other_and_boxes_inside(told: Told, name: str, widths: list[int], size: Any):
    dataset = load(name)
    network = Network(dataset.x_train.shape[1], [["tanh"] * width for width in widths])
    for layer in range(max(1, len(widths))):
        snapshot = told(dataset, network, chosen=Choice(layer, 0 if widths else OUTPUT_BIAS))
        row = examples.row(dataset, STATE)
        where = graph.layout(snapshot, flow(network, dataset.x_train[row], 0.0, Recipe()), *size)
        assert not widths or layer in where.layers
        for one, other in pairwise(where.columns):
            assert one.left + one.width <= other.left
        for column in where.columns[:-1]:
            assert column.box(column.places - 1) + column.rows <= max(size[1] - 1, 4)
        for column, each in zip(where.units, where.layers, strict=True):
            assert len(column.members) + column.hidden == widths[each]
        if size[0] >= 50:
            assert where.output.left + where.output.width == size[0]
            assert all(gap.columns >= 2 for gap, _ in graph.gaps(where, snapshot, size[1]))


def test_an_edge_is_solid_or_dashed_by_its_sign_and_thicker_the_larger():
    canvas = Canvas(12, 9)
    weights = np.array([[3.0, -3.0, 1.0]])
    edges.Gap(0, 0, 9, 12).draw(canvas, [6.0, 18.0, 30.0], [18.0], weights * [[1, 1, 0]], np.zeros((1, 3), bool))
    solid, dashed = canvas.foreground == CODES["model"], canvas.foreground == CODES["text"]
    dots = [
        sum(bin(code - 0x2800).count("1") for code in canvas.characters[mask & (canvas.characters > 0x2800)])
        for mask in (solid, dashed)
    ]
    assert dots[0] > 1.5 * dots[1] > 0
    counts = []
    for share in (0.2, 0.5, 1.0):
        canvas = Canvas(12, 9)
        edges.Gap(0, 0, 9, 12).draw(canvas, [18.0, 99.0], [18.0], np.array([[share, 1.0]]), np.zeros((1, 2), bool))
        row = canvas.characters[3:6]
        counts.append(sum(bin(int(code) - 0x2800).count("1") for code in row[row > 0x2800].tolist()) // 24)
    assert counts == [1, 2, 3]


def test_of_many_edges_only_the_chosen_ones_and_the_large_ones_are_drawn():
    weights = np.full((5, 5), 0.1)
    weights[4, 4] = 1.0
    chosen = np.zeros((5, 5), bool)
    chosen[1] = True
    drawn = edges._styles(weights, np.abs(weights), chosen)
    assert {(target, source) for target, source, _, _ in drawn} == {(4, 4), *((1, source) for source in range(5))}
    assert {colour for target, _, colour, _ in drawn if target == 1} == {"model"}
    assert (4, 4, "rule", 1) in drawn


def shown(told: Told, name: str, network: Network, size: tuple[int, int] = (79, 27), **changes: Any) -> Canvas:
    return net.paint(told(load(name), network, **changes), *size, changes.pop("palette", DARK), STATE)


def test_the_example_stands_on_each_curve(told: Told):
    dataset, network = load("motorcycle"), Network(1, [["sigmoid", "relu", "tanh"]], seed=5)
    canvas = shown(told, "motorcycle", network)
    assert canvas.plain().count("◆") == 3 + 2 + 1  # units, the output and its number, the legend
    row = examples.row(dataset, STATE)
    ground = boxes.ground(dataset, dataset.x_train[row], 0, 3, 18)
    at = ground.x[round(2 * ground.example[1]), 0]
    assert abs(at - dataset.x_train[row, 0]) <= 2.0 / 18


def test_the_example_stands_where_it_is_on_the_plane():
    dataset = load("moons")
    for row in (0, 17, 200):
        ground = boxes.ground(dataset, dataset.x_train[row], 0, 6, 14)
        down, across = int(2 * ground.example[0]), int(ground.example[1])
        distance = np.abs(ground.x.reshape(12, 14, 2) - dataset.x_train[row]).sum(axis=2)
        assert distance[min(down, 11), across] <= 2.1 * distance.min() + 0.3


def test_weights_stand_beside_their_units_and_the_chosen_one_is_lit(told: Told):
    network = Network(1, [["tanh"] * 2])
    network.theta = [1.25, -2.5, 0.1, 0.2, 0.75, -4.5, 0.3]
    canvas = shown(told, "motorcycle", network, chosen=Choice(unit=1, part="c"))
    plain = canvas.plain().split("\n")
    for first, second in (("1.25", "0.75"), ("−2.50", "−4.50")):
        assert any(first in row and second in row for row in plain)
    row = next(i for i, line in enumerate(plain) if "−4.50" in line)
    assert canvas.background[row, plain[row].index("−4.50")] == CODES["lit"]
    assert canvas.background[row, plain[row].index("−2.50")] != CODES["lit"]


def test_it_says_what_the_chosen_unit_does_to_the_example(told: Told):
    dataset, network = load("motorcycle"), Network(1, [["sigmoid", "relu"]])
    network.theta = [1.0, 1.0, 0.5, -9.0, -2.0, 1.0, 0.0]
    row = examples.row(dataset, STATE)
    a = 1 / (1 + np.exp(-(dataset.x_train[row, 0] + 0.5)))
    line = shown(told, "motorcycle", network).plain().split("\n")[-1]
    pulled = float(re.findall(r"unit 1 lowers y by ([\d.]+) g$", line)[0])
    assert pulled == pytest.approx(2.0 * a * dataset.y_scale, rel=5e-3)
    assert shown(told, "motorcycle", network, chosen=Choice(unit=1)).plain().endswith("unit 2 is off here")
    assert "unit" not in shown(told, "motorcycle", network, chosen=Choice(unit=OUTPUT_BIAS)).plain().split("\n")[-1]


@pytest.mark.parametrize("size", [(79, 27), (50, 14)])
def test_a_dead_unit_is_marked(told: Told, size: Any):
    network, dead = Network(1, [["relu"] * 5]), (np.array([0.5, 0.0, 0.5, 0.5, 0.5]),)
    canvas = shown(told, "motorcycle", network, size, answers={ActiveShares(): dead})
    (row,) = (row for row, line in enumerate(canvas.plain().split("\n")) if "dead" in line)
    assert (canvas.foreground[row] == CODES["trouble"]).any()


def test_a_hundred_units_are_the_largest_ones_and_the_sum_of_the_others(told: Told):
    network = Network(1, [["relu"] * 100], seed=1)
    c = np.abs(network.weights(1)[0][0])
    plain = shown(told, "motorcycle", network, chosen=Choice(unit=77)).plain()
    assert "89 more" in plain
    snapshot = told(load("motorcycle"), network, chosen=Choice(unit=77))
    members = graph.shown.units(snapshot, 0, 12)
    assert 77 in members
    assert len(members) == 11
    others = np.delete(c, members)
    assert c[[unit for unit in members if unit != 77]].min() > others.max() / 1.25


def test_layers_without_a_column_are_counted(told: Told):
    network = Network(2, [["tanh"] * 3] * 4)
    for layer, hidden in ((0, ["2"]), (1, ["2"]), (2, ["1", "1"]), (3, ["2"])):
        rows = shown(told, "moons", network, chosen=Choice(layer)).plain().split("\n")
        more = next(i for i, row in enumerate(rows) if "more" in row)
        columns = [match.start() for match in re.finditer("more", rows[more])]
        assert [rows[more - 1][column] for column in columns] == hidden


@pytest.mark.parametrize("chosen", [Choice(0, 2), Choice(1, 6), Choice(1, OUTPUT_BIAS)])
def test_on_a_narrow_panel_two_layers_of_maps_lie_under_each_other(told: Told, chosen: Choice):
    network = Network(2, [["tanh"] * 8] * 2, seed=3)
    canvas = shown(told, "moons", network, (50, 14), chosen=chosen)
    rows = canvas.plain().split("\n")
    for top, layer in ((0, 0), (8, 1)):
        assert re.findall(r"\d", rows[top]) == list("12345678")
        marked = [i for i, glyph in enumerate(rows[top]) if glyph == "▸"]
        assert len(marked) == (chosen.layer == layer and chosen.unit >= 0)
    assert sum(row.count("◆") for row in rows[:13]) == 16
    edges_rows = canvas.characters[4:8]
    assert ((edges_rows > 0x2800) & (edges_rows <= 0x28FF)).any()
    if chosen.unit >= 0:
        W = network.weights(1)[0]
        row = rows[7] if chosen.layer == 0 else rows[4]
        values = W[:, chosen.unit] if chosen.layer == 0 else W[chosen.unit]
        found = re.findall(r"−?\d+\.\d+", row)
        assert [float(text.replace("−", "-")) for text in found] == pytest.approx(values.tolist(), abs=0.051)


def test_a_network_that_is_too_large_is_refused_in_a_sentence(told: Told):
    units = round(_DEAREST**0.5) + 1
    canvas = shown(told, "moons", Network(2, [["relu"] * units] * 2))
    assert canvas.plain().strip().endswith("remove some")
    assert not table(told, "moons", Network(2, [["relu"] * units] * 2))[0]


@pytest.mark.parametrize("palette", [DARK, ANSI, PLAIN])
@pytest.mark.parametrize("theta", [np.nan, np.inf, 1e38, 0.0])
def test_no_theta_stops_the_view(told: Told, palette: Any, theta: float):
    for name in ("motorcycle", "moons", "concrete"):
        inputs = load(name).x_train.shape[1]
        network = Network(inputs, [["relu", "sigmoid"], ["tanh"]], dtype="float32")
        network._theta[:] = theta
        snapshot = told(load(name), network)
        for picture, size in ((net, (79, 27)), (example, (79, 8))):
            canvas = picture.paint(snapshot, *size, palette, STATE)
            assert (canvas.characters != BLANK).any()
