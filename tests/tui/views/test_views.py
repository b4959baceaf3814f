"""Views: what stands in the pictures, and that no state of a run can stop them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data
from data import Dataset
from engine import History, Network, Recipe
from engine.activations import KINDS
from engine.losses import LOSSES
from tui.draw.canvas import Canvas
from tui.draw.palette import ANSI, CODES, DARK, PLAIN, Palette
from tui.run.choice import Choice, nearest
from tui.run.dated import baselines
from tui.run.facts import (
    Accuracy,
    ActiveShares,
    BestUnseen,
    Evidence,
    Facts,
    Gradient,
    LossBounds,
    Losses,
    Outputs,
    Predictions,
    Probe,
    Request,
)
from tui.run.loss_curve import Curve, LossAhead, LossCurve
from tui.run.measure import Measure
from tui.run.snapshot import Snapshot
from tui.views import ViewState, fit, loss
from tui.views.fit import curve, plane, series
from tui.views.state import next_loss_axes
from tui.views.units import table

load = lru_cache(data.load)
STATE = ViewState()
RMSE = Measure(LOSSES["mse"], in_unit=True)
MOTORCYCLE = ([-12.11, 14.94, 6.5], [-5.73, 1.93, -1.6], [2.94, 4.04, -1.32], -2.28)  # w, b, c, bias: a trained fit


def snapshot(
    name: str,
    network: Network,
    width: int = 80,
    height: int = 27,
    state: ViewState = STATE,
    answers: dict[Request[Any], Any] | None = None,
    **changes: Any,
) -> Snapshot:
    """A paused run at epoch 120 with plausible losses, asked for all that panels of this size want to know."""
    return told(load(name), network, (width, height), state, answers, **changes)


def told(
    dataset: Dataset,
    network: Network,
    size: tuple[int, int] = (80, 27),
    state: ViewState = STATE,
    answers: dict[Request[Any], Any] | None = None,
    **changes: Any,
) -> Snapshot:
    recipe, epochs = changes.pop("recipe", Recipe()), np.arange(121)
    falling = 22.0 + 26.0 * np.exp(-epochs / 30)
    gradient = np.linspace(-0.1, 0.1, network.n_parameters)
    evidence = Evidence(
        dataset, network, recipe, 480, 120.0, History(4 * epochs, epochs, falling, falling), gradient=gradient
    )
    plausible = {
        Losses(): (22.8, 25.6),
        LossCurve(1024): Curve(epochs.astype(float), falling, falling + 3.0),
        BestUnseen(): (118.0, 25.4),
        ActiveShares(): tuple(np.full(len(layer), 0.5) for layer in network.layers),
    }
    made = Snapshot(
        dataset=dataset,
        network=network,
        chosen=nearest(Choice(), network),
        recipe=recipe,
        seed=0,
        update=480,
        epoch=120,
        progress=120.0,
        rate=0.03,
        marks=((23.0, "+2", False), (50.0, "+3", False)),
        answers=Facts(evidence).answers(fit.requests(dataset, *size, state)) | {Gradient(): gradient} | plausible,
    )
    return knowing(replace(made, **changes), answers or {})


def knowing(snap: Snapshot, answers: dict[Request[Any], Any]) -> Snapshot:
    """The same with these answers in place of its own."""
    return replace(snap, answers={**snap.answers, **answers})


def probe_of(snap: Snapshot) -> tuple[Predictions, Probe]:
    """The predictions that the fit asked for, as a request and its answer."""
    return next((request, answer) for request, answer in snap.answers.items() if isinstance(request, Predictions))


def choose(snap: Snapshot, layer: int = 0, unit: int = 0, source: int = 0, part: str = "w") -> Snapshot:
    return replace(snap, chosen=nearest(Choice(layer, unit, source, part), snap.network))


def trained() -> Network:
    w, b, c, bias = MOTORCYCLE
    network = Network(1, [["sigmoid"] * 3])
    network.theta = [*w, *b, *c, bias]
    return network


def whole(snap: Snapshot, size: tuple[int, int], palette: Palette, state: ViewState = STATE) -> list[Canvas]:
    canvases = [fit.paint(snap, *size, palette, state), loss.paint(snap, *size, palette, state)]
    canvases.append(table.paint(snap, *size, palette, state))
    for canvas in canvases:
        assert [strip.cell_length for strip in canvas.strips(palette)] == [size[0]] * size[1]
    return canvases


def test_a_covered_point_tints_the_cell() -> None:
    snap = snapshot("motorcycle", trained())
    tinted = curve.paint(snap, 80, 27, DARK, STATE).background == CODES["train_tint"]
    assert tinted.any()
    bare = curve.paint(replace(snap, answers={}), 80, 27, DARK, STATE)
    assert not (bare.background == CODES["train_tint"]).any()
    below = Canvas(80, 27).characters == bare.characters
    assert not below[tinted].any()


def test_the_frame_stands_still_while_the_curve_moves() -> None:
    first, other = snapshot("motorcycle", trained()), snapshot("motorcycle", Network(1, [["relu"]], seed=3))
    pictures = [curve.paint(snap, 80, 27, DARK, STATE).plain().split("\n") for snap in (first, other)]
    assert [row[:6] for row in pictures[0]] == [row[:6] for row in pictures[1]]
    assert pictures[0][-1] == pictures[1][-1]


def test_unit_numbers_stand_at_their_place_on_the_axis() -> None:
    snap = snapshot("motorcycle", trained())
    canvas = curve.paint(choose(snap, unit=1), 80, 27, DARK, STATE)
    axis = canvas.plain().split("\n")[-2]
    assert [glyph for glyph in axis if glyph.isdigit()] == ["1", "2", "3"]
    frame = curve.layout(snap.dataset, 80, 27)
    for number, (w, b) in enumerate(zip(*MOTORCYCLE[:2], strict=True), 1):
        at = frame.x.at(snap.dataset.unscale_x([[-b / w]])[0, 0])
        assert abs(axis.index(str(number)) - frame.left - int(at)) <= 1
    assert canvas.foreground[-2, axis.index("2")] == CODES["bright"]


def test_a_curve_that_leaves_the_frame_is_marked_at_the_edge() -> None:
    snap = snapshot("motorcycle", trained())
    request, probe = probe_of(snap)
    steep = knowing(snap, {request: Probe(probe.x, np.linspace(-1e9, 1e9, len(probe.y)))})
    rows = curve.paint(steep, 80, 27, DARK, STATE).plain().split("\n")
    assert "▲" in rows[0] and "▼" in rows[-3]


@pytest.mark.parametrize(
    ("shift", "words"),
    [
        (3e6, "the fit is above: 148M g"),
        (-20.0, "the fit is below: −1099 … −952 g"),
        (0.0, ""),
    ],
)
def test_a_fit_outside_the_frame_says_where_it_is(shift: float, words: str) -> None:
    network = trained()
    network.theta = [*network.theta[:-1], network.theta[-1] + shift]
    text = curve.paint(snapshot("motorcycle", network), 80, 27, DARK, STATE).plain()
    assert words in text and ("the fit is" in text) == bool(words)


def test_the_loss_numbers_are_the_legend() -> None:
    snap = snapshot("motorcycle", trained())
    assert loss.paint(snap, 39, 27, DARK, STATE).plain().startswith(" • train 22.8   ∘ unseen 25.6  +12%\n")
    assert loss.subtitle(snap, STATE) == "rmse g"
    tight = loss.paint(knowing(snap, {Losses(): (0.0141, 0.0277)}), 28, 15, DARK, STATE)
    assert tight.plain().startswith("•train 0.0141 ∘unseen 0.0277\n")


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("motorcycle", "mae", "mae g"),
        ("motorcycle", "huber", "huber of scaled y"),
        ("moons", "mse", "mse"),
        ("moons", "mae", "mae"),
        ("sine", "mse", "rmse y"),
    ],
)
def test_the_loss_panel_says_what_its_numbers_are(name: str, kind: str, words: str) -> None:
    network = Network(load(name).x_train.shape[1], [])
    assert loss.subtitle(snapshot(name, network, recipe=Recipe(loss=kind)), STATE) == words


def test_labels_have_their_shares_beside_the_loss() -> None:
    snap = snapshot("moons", Network(2, []), answers={Accuracy(): (0.999, 0.5)})
    assert loss.subtitle(snap, STATE) == "mse right •99% ∘50%"
    assert loss.subtitle(knowing(snap, {Accuracy(): (1.0, None)}), STATE) == "mse right •100%"


def test_without_colours_the_ends_of_the_loss_curves_are_named() -> None:
    def plot(palette: Palette) -> str:
        canvas = loss.paint(snapshot("motorcycle", trained()), 39, 27, palette, STATE)
        return "\n".join(canvas.plain().split("\n")[1:])  # under the legend

    assert (plot(PLAIN).count("•"), plot(PLAIN).count("∘")) == (1, 1)
    assert "•" not in plot(DARK) and "∘" not in plot(DARK)


def test_baselines_are_in_the_measure_that_is_shown() -> None:
    snap = snapshot("chicago", Network(56, []), recipe=Recipe(loss="mae"))
    (_, day), (_, week) = baselines(snap.dataset, snap.measure)
    unseen = snap.dataset.unscale(snap.dataset.y_test)
    assert day == pytest.approx(np.abs(np.diff(unseen)).mean(), rel=0.01)  # all but the first pair
    assert f"as last week  {week:.0f}" in loss.paint(snap, 39, 27, DARK, STATE).plain()
    assert "as last week" not in loss.paint(replace(snap, recipe=Recipe(loss="huber")), 39, 27, DARK, STATE).plain()


@pytest.mark.parametrize(("width", "height"), [(39, 27), (28, 15)])
def test_edits_and_the_best_epoch_stand_on_the_loss_plot(width: int, height: int) -> None:
    rows = loss.paint(snapshot("motorcycle", trained()), width, height, DARK, STATE).plain().split("\n")
    assert rows[1].index("+2") < rows[1].index("+3")
    assert sum("┊" in row for row in rows) > height // 2
    assert "▴" in rows[-2]
    assert rows[-1].split()[0] == "0"


def test_edits_at_one_epoch_share_a_label() -> None:
    def labels(*marks: tuple[float, str, bool]) -> list[str]:
        snap = snapshot("motorcycle", trained(), marks=marks)
        return loss.paint(snap, 39, 27, DARK, STATE).plain().split("\n")[1].split("  ")[-1].split()

    assert labels((50.0, "+4", False), (50.25, "η", False)) == ["+4", "η"]
    assert labels(*[(50.0, f"+{unit}", False) for unit in range(4, 9)]) == ["…+8"]
    assert labels((50.0, "+4", False), (148.0, "+5", False), (148.0, "η", False)) == ["+5", "η"]  # at the edge


@pytest.mark.parametrize("apart", [0.0, 0.02])
def test_where_both_losses_share_a_cell_each_has_every_other_one(apart: float) -> None:
    epochs, flat = np.arange(121.0), np.full(121, 22.0)
    snap = snapshot("motorcycle", trained(), answers={LossCurve(1024): Curve(epochs, flat, flat + apart)}, marks=())
    for palette in (DARK, PLAIN):
        canvas = loss.paint(snap, 39, 27, palette, STATE)
        train, unseen = (colours(canvas, name)[2:25].sum(axis=0) for name in ("train", "unseen"))
        both = np.flatnonzero(train + unseen)
        assert (train + unseen).max() == 1
        assert (np.diff(train[both][:-2]) != 0).all()


def test_a_loss_that_goes_up_and_down_is_one_dot_thick_on_a_dim_ground() -> None:
    epochs, low, high = np.arange(0.0, 1001.0), np.full(1001, 20.0), np.full(1001, 60.0)
    noisy = Curve(epochs, np.full(1001, 40.0), None, (np.array([low, high]),))
    snap = snapshot("motorcycle", trained(), answers={LossCurve(1024): noisy}, marks=(), progress=1000.0)
    canvas = loss.paint(snap, 39, 27, DARK, STATE)
    assert (colours(canvas, "train")[3:25].sum(axis=0) <= 1).all()
    ground = canvas.background == CODES["train_tint_small"]
    assert ground.any(axis=0).sum() > 30 and ground.sum(axis=0).max() > 10
    assert not (loss.paint(snap, 39, 27, PLAIN, STATE).background == CODES["train_tint_small"]).any()


def test_a_smooth_fall_has_no_ground() -> None:
    assert not (
        loss.paint(snapshot("motorcycle", trained()), 39, 27, DARK, STATE).background == CODES["train_tint_small"]
    ).any()


def test_early_epochs_have_room_and_y_makes_them_even() -> None:
    def column(state: ViewState, progress: float) -> int:
        snap = snapshot("motorcycle", trained(), marks=((50.0, "η", False),), progress=progress)
        return loss.paint(snap, 39, 27, DARK, state).plain().split("\n")[1].index("η")

    even = next_loss_axes(STATE)
    assert column(STATE, 1400.0) > 13 and column(even, 1400.0) < 8
    assert next_loss_axes(next_loss_axes(even)) == STATE


def test_the_best_unseen_epoch_has_its_numbers_once_it_is_past() -> None:
    snap = snapshot("motorcycle", trained(), answers={BestUnseen(): (40.0, 24.5)})
    assert "best unseen 24.5" in loss.paint(snap, 39, 27, DARK, STATE).plain()
    assert "best unseen" not in loss.paint(knowing(snap, {BestUnseen(): (118.0, 25.4)}), 39, 27, DARK, STATE).plain()


def in_past(epoch: int, size: tuple[int, int] = (39, 27), **changes: Any) -> Canvas:
    """The loss of a run of 120 epochs, with the cursor at one of them; it has the loss of the curve there."""
    epochs = np.arange(121.0)
    falling = 22.0 + 26.0 * np.exp(-epochs / 30)
    past, ahead = slice(0, epoch + 1), slice(epoch, 121)
    plain = {"progress": float(epoch), "update": 4 * epoch, "behind": 480 - 4 * epoch, "end": 120.0} | changes
    snap = snapshot("motorcycle", trained(), **plain)
    answers = {
        LossCurve(1024): Curve(epochs[past], falling[past], falling[past] + 3.0),
        LossAhead(1024): Curve(epochs[ahead], falling[ahead], falling[ahead] + 3.0),
        LossBounds(): (22.0, 51.0),
    }
    return loss.paint(knowing(snap, answers), *size, DARK, STATE)


def colours(canvas: Canvas, name: str) -> np.ndarray:
    return (canvas.foreground == CODES[name]) & (canvas.characters != ord(" "))


@pytest.mark.parametrize("size", [(39, 27), (28, 15)])
def test_the_cursor_in_the_past_is_a_dashed_line_that_curves_cross(size: tuple[int, int]) -> None:
    canvas = in_past(60, size)
    floor = size[1] - 2
    (column,) = np.flatnonzero(canvas.characters[floor] == ord("◆"))
    inside = canvas.characters[2:floor, column]
    assert np.isin(inside[canvas.foreground[2:floor, column] == CODES["now"]], ord("┊")).all()
    assert colours(canvas, "now")[2:floor, column].sum() >= floor - 6
    assert (colours(canvas, "train") | colours(canvas, "train_ahead"))[2:floor, column].any()
    assert not colours(canvas, "train")[:, column + 1 :].any()
    assert not colours(canvas, "train_ahead")[:, :column].any()
    assert colours(canvas, "unseen_ahead")[2:floor, column + 1 :].any()


@pytest.mark.parametrize("epoch", [0, 20, 60, 90, 119])
@pytest.mark.parametrize("size", [(39, 27), (28, 15)])
def test_the_axes_stand_still_on_the_way_through_the_past(epoch: int, size: tuple[int, int]) -> None:
    def axes(canvas: Canvas) -> list[str]:
        rows = canvas.plain().split("\n")
        return [row[:4] for row in rows[2:-2]] + rows[-1:]

    assert axes(in_past(epoch, size)) == axes(in_past(60, size))


@pytest.mark.parametrize(("epoch", "right"), [(0, True), (30, True), (110, False)])
def test_you_are_here_stands_on_the_side_with_more_room_and_covers_no_curve(epoch: int, right: bool) -> None:
    canvas = in_past(epoch)
    rows = canvas.plain().split("\n")
    row = next(row for row in rows if "you are here" in row)
    column = int(np.flatnonzero(canvas.characters[25] == ord("◆"))[0])
    assert (row.index("you are here") > column) == right
    assert any("dim: still ahead" in row for row in rows)
    without = in_past(epoch, behind=0, undone=0)
    for name in ("train", "unseen", "train_ahead", "unseen_ahead"):
        covered = colours(without, name) & ~colours(canvas, name)
        assert covered.sum() <= 1  # ▴ may be there


def test_what_is_ahead_has_paler_marks() -> None:
    marks = ((23.0, "+2", False), (90.0, "η", True))
    canvas = in_past(60, marks=marks)
    column = canvas.plain().split("\n")[1].index("η")
    assert canvas.foreground[1, column] == CODES["quiet"]
    assert canvas.foreground[20, column] == CODES["grid"]
    assert canvas.foreground[1, canvas.plain().split("\n")[1].index("+2")] == CODES["label"]


def test_nothing_is_called_dim_where_no_curve_is_ahead() -> None:
    snap = knowing(snapshot("motorcycle", trained(), undone=1, end=120.0), {LossAhead(1024): None})
    text = loss.paint(snap, 39, 27, DARK, STATE).plain()
    assert "here" in text
    assert "dim" not in text


def test_the_loss_axis_moves_in_steps() -> None:
    snap = snapshot("motorcycle", trained())
    now = snap.answer(LossCurve(1024))
    further = Curve(np.append(now.epoch, 121.0), np.append(now.train, 22.4), np.append(now.test, 25.4))
    later = knowing(replace(snap, progress=121.0), {LossCurve(1024): further})
    frames = [loss.paint(each, 39, 27, DARK, STATE).plain().split("\n") for each in (snap, later)]
    assert frames[0][-1] == frames[1][-1]
    assert [row[:5] for row in frames[0][1:]] == [row[:5] for row in frames[1][1:]]


def test_the_linear_loss_axis_begins_at_zero() -> None:
    rows = loss.paint(snapshot("motorcycle", trained()), 39, 27, DARK, replace(STATE, log_loss=False)).plain()
    assert [row.split("┤")[0].strip() for row in rows.split("\n") if "┤" in row][-1] == "0"


def test_units_say_in_the_data_s_units_what_they_do() -> None:
    snap = snapshot("motorcycle", trained())
    dataset = snap.dataset
    rows = table.paint(snap, 80, 9, DARK, STATE).plain().split("\n")
    assert rows[0].split() == ["#", "kind", "w", "b", "c", "‖g‖", "c·σ(b", "+", "wx)", "one", "scale", "···", "0"]
    assert rows[1].split()[:5] == ["▸", "1", "sigmoid", "−12.11", "−5.73"]
    place = dataset.unscale_x([[-5.73 / 12.11]])[0, 0]
    assert rows[2].strip().startswith(f"falls {2.94 * dataset.y_scale:.0f} g at {place:.1f} ms")
    assert rows[4].strip().startswith("rises") and rows[6].strip().startswith("falls")
    assert rows[7].split()[:3] == ["b", "bias", "−2.28"]
    assert rows[1].index(".") == rows[3].index(".") == rows[5].index(".")


def test_a_relu_bends_and_a_dead_one_is_named() -> None:
    network = Network(1, [["relu", "relu", "sigmoid"]])
    network.theta = [2.0, -1.0, 50.0, 0.5, -3.0, 99.0, 1.0, 1.0, 1.0, 0.0]
    snap = snapshot("motorcycle", network, answers={ActiveShares(): (np.array([0.6, 0.0, 0.0]),)})
    text = table.paint(snap, 90, 9, DARK, STATE).plain()
    assert "bends up" in text and "g per ms from" in text and text.count("dead") == 2
    assert "saturated" in text
    short = table.paint(snap, 90, 5, DARK, STATE).plain()
    assert "dead" in short and "saturated" in short and short.count("bends") == 1  # the chosen one's


def test_a_new_unit_says_that_it_adds_nothing_yet() -> None:
    network = trained()
    network.add_unit("relu")
    assert "adds nothing yet" in table.paint(snapshot("motorcycle", network), 80, 11, DARK, STATE).plain()


def test_the_table_scrolls_and_the_bias_stays() -> None:
    snap = snapshot("motorcycle", Network(1, [["sigmoid"] * 9]))
    for chosen in range(9):
        rows = table.paint(choose(snap, unit=chosen), 80, 8, DARK, STATE).plain().split("\n")
        assert len([row for row in rows if row.startswith(f" ▸ {chosen + 1} sigmoid")]) == 1
        assert rows[-1].startswith("   b bias") and "more unit" in rows[-1]
    bottom = table.paint(choose(snap, unit=-1), 80, 8, DARK, STATE).plain().split("\n")
    assert bottom[-1].startswith(" ▸ b bias") and "3 more units above  ↑" in bottom[-1]


@pytest.mark.parametrize("number", [1, 99, 100, 999, 1000, 1200])
def test_the_chosen_unit_is_marked_whatever_its_number(number: int) -> None:
    snap = choose(snapshot("motorcycle", Network(1, [["sigmoid"] * 1200])), unit=number - 1)
    rows = table.paint(snap, 80, 8, DARK, STATE).plain().split("\n")
    (marked,) = (row for row in rows if "▸" in row)
    assert marked.replace("▸", " ").split()[:2] == [str(number), "sigmoid"]
    assert rows[0].index("kind") == rows[1].index("sigmoid") == rows[-1].index("bias")


def test_how_many_units_are_hidden_leaves_the_bias_its_numbers() -> None:
    snap = choose(snapshot("motorcycle", Network(1, [["relu"] * 100])), unit=12)
    for width, words in ((100, "more units above  ↑   85 more units below  ↓"), (82, "more units ↑  85 more units ↓")):
        rows = table.paint(snap, width, 8, DARK, STATE).plain().split("\n")
        assert rows[-1].split("10 more", 1)[0].split() == ["b", "bias", "0.000", "0.100"]
        assert rows[-1].endswith(words)
    assert table.paint(snap, 70, 8, DARK, STATE).plain().endswith("  10 ↑  85 ↓")
    snap = choose(snapshot("motorcycle", Network(1, [["relu"] * 8])), unit=4)
    assert table.paint(snap, 70, 8, DARK, STATE).plain().endswith("  2 ↑  1 ↓")


def test_a_relu_that_is_on_wherever_there_are_data_is_a_straight_line() -> None:
    network = Network(1, [["relu"] * 3])
    network.theta = [-1.0, 1.0, -1.0, 3.0, 3.0, -3.0, -1.0, 1.0, 1.0, 0.0]  # w, b, c, the bias
    snap = snapshot("motorcycle", network, answers={ActiveShares(): (np.array([1.0, 1.0, 0.0]),)})
    rows = table.paint(snap, 79, 8, DARK, STATE).plain().split("\n")
    for row in (rows[2], rows[4]):
        assert row.strip().startswith("rises ") and " g per ms on all the data" in row


def test_the_chosen_number_is_lit() -> None:
    snap = snapshot("motorcycle", trained())
    for part in "wbc":
        canvas = table.paint(choose(snap, unit=1, part=part), 80, 9, DARK, STATE)
        lit = canvas.background == CODES["lit"]
        assert np.flatnonzero(lit.any(axis=1)).tolist() == [3]
        text = "".join(map(chr, canvas.characters[3][lit[3]])).strip()
        assert text == {"w": "14.94", "b": "1.93", "c": "4.04"}[part]


@pytest.mark.parametrize(("kinds", "heading"), [(["relu"] * 3, "on"), (["relu", "tanh", "relu"], "learns on")])
def test_several_features_have_shares_and_a_strip(kinds: list[str], heading: str) -> None:
    snap = snapshot("chicago", Network(56, [kinds]))
    rows = table.paint(snap, 80, 8, DARK, STATE).plain().split("\n")
    assert rows[0].split("lag")[0].split() == ["#", "kind", "w", "b", "c", "‖g‖", *heading.split()]
    assert rows[0].index(heading) + len(heading) == rows[1].index("50%") + 3
    assert "▌" in rows[1]
    assert rows[-1].endswith("w by days back: + −")


def test_deep_layers_are_named_and_have_no_c_before_the_last() -> None:
    snap = snapshot("motorcycle", Network(1, [["relu"] * 2, ["tanh"] * 3]))
    assert table.subtitle(snap, STATE) == "layer 1 of 2"
    assert table.subtitle(choose(snap, layer=1), STATE) == "layer 2 of 2, w: from unit 1"
    assert " c " not in table.paint(snap, 80, 8, DARK, STATE).plain().split("\n")[0]
    last = table.paint(choose(snap, layer=1), 80, 8, DARK, STATE).plain().split("\n")[0]
    assert " c " in last and " w " in last


def test_the_linear_model_shows_its_weight_and_bias() -> None:
    network = Network(1, [])
    network.theta = [0.5, -0.25]
    snap = snapshot("motorcycle", network)
    rows = table.paint(snap, 80, 6, DARK, STATE).plain().split("\n")
    assert rows[1].split()[:5] == ["▸", "y", "=", "b+wx", "0.500"] and "−0.250" in rows[1]
    low, high = snap.dataset.unscale(network.predict([[-1.0], [1.0]]))
    assert rows[2].strip() == f"rises {(high - low) / 2 / snap.dataset.x_factor[0]:.3f} g per ms everywhere"


@pytest.mark.parametrize("name", ["chicago", "concrete"])
def test_the_linear_model_shows_each_weight_and_lights_the_chosen_one(name: str) -> None:
    dataset = load(name)
    inputs = dataset.x_train.shape[1]
    network = Network(inputs, [])
    network.theta = np.linspace(-0.4, 0.9, inputs + 1)
    for source in range(inputs):
        canvas = table.paint(choose(snapshot(name, network), source=source), 80, 5, DARK, STATE)
        lit = canvas.background == CODES["lit"]
        (row,) = np.flatnonzero(lit.any(axis=1))
        text = "".join(map(chr, canvas.characters[row][lit[row]])).strip()
        assert text == f"{network.theta[source]:.3f}".replace("-", "−")
        label = str(source + 1) if dataset.lags else dataset.feature_labels[source]
        assert canvas.plain().split("\n")[row][: int(np.flatnonzero(lit[row])[0])].rstrip().endswith(label)


def test_arrows_say_that_there_are_more_weights() -> None:
    snap = snapshot("chicago", Network(56, []))
    for source, arrows in ((0, " ↓"), (30, "↑↓"), (55, "↑ ")):
        rows = table.paint(choose(snap, source=source), 80, 5, DARK, STATE).plain().split("\n")
        assert rows[2][0] + rows[4][0] == arrows
    assert not set("↑↓") & set(table.paint(snap, 200, 14, DARK, STATE).plain())


def test_the_title_says_which_input_w_means() -> None:
    snap = snapshot("concrete", Network(8, [["relu"] * 2, ["relu"] * 3]))
    assert table.subtitle(choose(snap, source=3), STATE) == "layer 1 of 2, w: from water"
    assert table.subtitle(choose(snap, layer=1, source=1), STATE) == "layer 2 of 2, w: from unit 2"
    assert table.subtitle(snapshot("concrete", Network(8, [["relu"]])), STATE) == "w: from cement"


def test_sentences_are_never_cut_within_a_word_unnoticed() -> None:
    network = Network(56, [["sigmoid", "tanh", "relu"]])
    text = table.paint(snapshot("chicago", network), 79, 8, DARK, STATE).plain()
    assert "y by up to" in text and "y where it is on" in text
    narrow = (
        table.paint(snapshot("motorcycle", trained(), answers={Gradient(): None}), 34, 8, DARK, STATE)
        .plain()
        .split("\n")
    )
    assert narrow[2].rstrip().endswith("ms") or narrow[2].rstrip().endswith("…")


def test_the_table_stands_still_when_the_first_gradient_comes() -> None:
    snap = snapshot("motorcycle", trained())
    before = table.paint(knowing(snap, {Gradient(): None}), 79, 8, DARK, STATE).plain().split("\n")
    after = table.paint(snap, 79, 8, DARK, STATE).plain().split("\n")
    assert before[0] == after[0]
    assert before[1][:32] == after[1][:32]


def test_dated_data_show_weekends_mondays_errors_and_baselines() -> None:
    state = ViewState(window=165)
    snap = snapshot("chicago", Network(56, [["relu"] * 4], seed=1))
    canvas = series.paint(snap, 80, 27, DARK, state)
    rows = canvas.plain().split("\n")
    assert "true, unseen" in rows[0] and "predicted" in rows[0] and "weekend" in rows[0]
    assert rows[-5].split()[:6] == ["15", "Jun", "22", "Jun", "29", "Jun"]
    weekend = np.flatnonzero((canvas.background == CODES["weekend"])[3])
    assert len(weekend) == 20 and (np.diff(weekend) == 1).sum() == 15
    assert "|error|" in rows[-4] and rows[-1].split()[0] == "Jan"
    assert (canvas.background == CODES["window"]).sum() > 4
    (yesterday, day), (week, last) = baselines(snap.dataset, snap.measure)
    assert (yesterday, week) == ("as yesterday", "as last week")
    assert day == pytest.approx(7603, abs=1) and last == pytest.approx(3311, abs=1)
    assert "as last week  3311" in loss.paint(snap, 39, 27, DARK, state).plain()


def test_the_window_ends_with_the_data() -> None:
    dataset = load("chicago")
    last = series.last_window(dataset, 80, 27)
    assert 320 < last < 340
    snap = snapshot("chicago", Network(56, []))
    ends = [series.paint(snap, 80, 27, DARK, ViewState(window=window)).plain() for window in (last, 10_000)]
    assert ends[0] == ends[1] and "28 Dec" in ends[0]
    assert "← → move the window   z calendar" in ends[0]
    zoomed = series.paint(snapshot("sunspots", Network(12, [])), 80, 27, DARK, ViewState(zoom=True)).plain()
    assert "z window" in zoomed and "move" not in zoomed


def test_a_point_never_stands_on_the_name_of_an_axis() -> None:
    snap = snapshot("penguins", Network(2, [["relu"]]))
    assert plane.layout(snap.dataset, 50, 14).top == 1
    assert (
        plane.paint(snap, 50, 14, DARK, STATE).plain().startswith("     bill depth mm ●Adelie ○others large: unseen\n")
    )
    curved = snapshot("motorcycle", Network(1, [["relu"]]))
    rows = np.zeros(len(curved.dataset.y_train)) + curved.dataset.y_train.max()
    high = replace(curved.dataset, y_train=rows.astype(np.float32))
    assert "accel g" in curve.paint(replace(curved, dataset=high), 80, 27, DARK, STATE).plain()


def test_years_have_no_weekends() -> None:
    canvas = series.paint(snapshot("sunspots", Network(12, [])), 80, 27, DARK, STATE)
    assert not (canvas.background == CODES["weekend"]).any()
    assert "1950" in canvas.plain() and "over the unseen years" in canvas.plain()
    assert baselines(load("sunspots"), RMSE)[0][0] == "as last year"


@pytest.mark.parametrize(
    ("times", "ticks", "period", "reached"),
    [
        (np.arange("1990-01", "2006-09", dtype="datetime64[M]"), "Jul 2004 Jul 2005 Jul 2006 Jul", "month", (3.74, 0)),
        (np.arange("2021-01-04", "2024-11-04", 7, dtype="datetime64[D]"), "Mar May Jul Sep", "week", (1.79,)),
    ],
)
def test_weeks_and_months_stand_side_by_side(tmp_path, times, ticks, period, reached) -> None:
    path = tmp_path / "own.csv"
    wave = 10 * np.sin(np.arange(len(times)) * 2 * np.pi / (12 if period == "month" else 25))
    path.write_text("when,y\n" + "".join(f"{time}-01"[:10] + f",{y}\n" for time, y in zip(times, wave, strict=True)))
    dataset = data.load(path, lags=12)
    network = Network(12, [])
    snap = told(dataset, network, recipe=Recipe(loss="mae"))
    canvas = series.paint(snap, 60, 27, DARK, STATE)
    rows = canvas.plain().split("\n")
    assert sum(row.count("∘") for row in rows[1:-5]) > 10
    assert not (canvas.background == CODES["weekend"]).any()
    assert " ".join(rows[-1].split()) == ticks
    assert f"over the unseen {period}s" in rows[-4]
    assert [loss for _, loss in baselines(dataset, RMSE)] == pytest.approx(reached, abs=0.01)
    assert f"w by {period}s back" in table.paint(snap, 79, 5, DARK, STATE).plain()


def test_maps_of_units_name_their_layer() -> None:
    snap = snapshot("moons", Network(2, [["tanh"] * 2] * 6))
    names = [table.paint(choose(snap, layer=layer), 79, 5, DARK, STATE).plain()[:2].strip() for layer in range(6)]
    assert names == ["a", "a′", "a″", "a‴", "a5", "a6"]


def test_the_zero_line_runs_between_the_signs() -> None:
    values = np.tile(np.arange(8.0) - 3.4, (4, 1))
    dots = plane.zero_line(values)
    assert dots.any(axis=1).all()
    assert set(np.flatnonzero(dots.any(axis=0))) <= {6, 7, 8}
    assert not plane.zero_line(np.ones((4, 8))).any()
    assert not plane.zero_line(np.full((4, 8), np.nan)).any()


def test_an_unchanged_row_is_the_same_strip() -> None:
    snap = snapshot("motorcycle", trained())
    request, probe = probe_of(snap)
    moved = knowing(snap, {request: Probe(probe.x, probe.y + 10.0)})
    before, after = (curve.paint(each, 80, 27, DARK, STATE).strips(DARK) for each in (snap, moved))
    same = [one is two for one, two in zip(before, after, strict=True)]
    assert same[-1] and same[-2] and not all(same)


NAMES = data.names()


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(NAMES),
    st.lists(
        st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=5),
        max_size=3,
    ),
    st.sampled_from((0.0, 1.0, 1e3, 1e30)),
    st.integers(0, 2**32 - 1),
    st.tuples(st.integers(1, 130), st.integers(1, 40)),
    st.sampled_from((DARK, ANSI, PLAIN)),
    st.builds(ViewState, zoom=st.booleans(), log_loss=st.booleans()),
    st.tuples(st.integers(0, 4), st.integers(-1, 9), st.integers(0, 60), st.sampled_from("wbc")),
    st.sampled_from((np.nan, np.inf, 0.0, 1e300, 1.0)),
)
def test_no_state_of_a_run_stops_a_view(
    name: str,
    layers: list[list[str]],
    size: float,
    seed: int,
    panel: tuple[int, int],
    palette: Palette,
    state: ViewState,
    chosen: tuple[int, int, int, str],
    odd: float,
) -> None:
    rng = np.random.default_rng(seed)
    network = Network(load(name).x_train.shape[1], layers)
    network.theta = size * rng.standard_normal(network.n_parameters)
    snap = choose(snapshot(name, network, *panel, state=state), *chosen)

    def spoilt(values: np.ndarray) -> np.ndarray:
        return np.where(rng.random(len(values)) < 0.3, odd, values.astype(float))

    odd_answers: dict[Request[Any], Any] = {
        Losses(): (odd, None),
        LossCurve(1024): Curve(np.arange(121.0), spoilt(np.arange(121.0)), None),
        BestUnseen(): None,
        Gradient(): None,
    }
    for request, answer in snap.answers.items():
        if isinstance(answer, Probe):
            odd_answers[request] = Probe(answer.x, spoilt(answer.y))
        elif isinstance(request, Outputs):
            odd_answers[request] = spoilt(answer)
    for each in (snap, knowing(snap, odd_answers), replace(snap, answers={})):
        whole(each, panel, palette, state)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", [1, 2])
def test_one_training_point_and_nothing_unseen(name: str, count: int) -> None:
    dataset = load(name)
    few = replace(
        dataset,
        x_train=dataset.x_train[:count],
        y_train=dataset.y_train[:1].repeat(count),
        times_train=None if dataset.times_train is None else dataset.times_train[:count],
        x_test=None,
        y_test=None,
        times_test=None,
    )
    network = Network(dataset.x_train.shape[1], [["relu"] * 2])
    begun = Curve(np.zeros(1), np.zeros(1), None)
    answers: dict[Request[Any], Any] = {Losses(): (0.0, None), LossCurve(1024): begun, BestUnseen(): None}
    snap = told(few, network, answers=answers, progress=0.0, marks=())
    canvases = whole(snap, (80, 27), DARK)
    assert "unseen" not in "".join(canvas.plain() for canvas in canvases)


def test_a_curve_for_another_size_stands_in_and_a_map_is_left_out() -> None:
    for name in NAMES:
        network = Network(load(name).x_train.shape[1], [["relu"] * 2])
        snap = snapshot(name, network, 40, 12)
        drawn, bare = (whole(each, (80, 27), DARK)[0].plain() for each in (snap, replace(snap, answers={})))
        assert (drawn == bare) == (snap.dataset.kind == "plane")  # pixels belong to one size, points to any
