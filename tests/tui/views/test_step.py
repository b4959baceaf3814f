"""View 5: what it says of an update is so, and its keys walk through examples and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

import data
from engine import Network, Recipe
from engine.activations import KINDS
from engine.last_update import Update
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from tui.draw import strips
from tui.draw.canvas import Canvas
from tui.draw.palette import ANSI, CODES, DARK, PLAIN
from tui.run.choice import FIRST, OUTPUT_BIAS, Choice
from tui.run.last_update import Last, LastUpdate
from tui.run.snapshot import Snapshot
from tui.views import ViewState, step
from tui.views.step import chain, trace
from tui.views.step.groups import groups
from tui.views.step.look import STRIP, Look, look

load = lru_cache(data.load)
Told = Callable[..., Snapshot]
STATE = ViewState()
SIZE = (79, 27)


def asked(told: Told, name: str, network: Network, **changes: Any) -> Snapshot:
    snapshot = told(load(name), network, (LastUpdate(),), **changes)
    last = snapshot.answer(LastUpdate())  # the network has the θ from before: nobody has trained it
    return replace(snapshot, answers={LastUpdate(): replace(last, miss=0.0)}) if isinstance(last, Last) else snapshot


def looked(told: Told, name: str, network: Network, state: ViewState = STATE, **changes: Any) -> Look:
    own = look(asked(told, name, network, **changes), *SIZE, DARK, state)
    assert isinstance(own, Look)
    return own


def rows(
    told: Told, name: str, network: Network, size: Any = SIZE, state: ViewState = STATE, **changes: Any
) -> list[str]:
    return step.paint(asked(told, name, network, **changes), *size, DARK, state).plain().split("\n")


def numbers(text: str) -> list[float]:
    """What stands in a row, signs as they are written."""
    return [float(each) for each in re.findall(r"[-+]?\d+\.?\d*", text.replace("−", "-"))]


# --------------------------------------------------------------------------------------------------- the chain rule


def networks() -> list[Network]:
    rng = np.random.default_rng(3)
    found = []
    for layers in ([], [list(KINDS)], [["tanh"] * 3, ["sigmoid", "relu"]], [["sigmoid"] * 2] * 4):
        network = Network(8, layers)
        network.theta = rng.normal(0.0, 0.7, network.n_parameters)
        found.append(network)
    return found


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("network", networks(), ids=lambda network: "-".join(map(str, network.shape)))
def test_the_mean_of_the_products_is_the_gradient_of_each_number(told: Told, network: Network, loss: str):
    for index in range(network.n_parameters):
        own = looked(told, "concrete", network, replace(STATE, traced=index), recipe=Recipe(loss=loss))
        products = chain.products(chain.factors(own.update, own.index))
        assert products.shape == (32,)
        assert products.mean() == pytest.approx(own.update.gradient[index], rel=1e-9, abs=1e-12)


def test_each_number_agrees_with_the_difference_beside_it(told: Told):
    network = Network(1, [["sigmoid"] * 3, ["tanh"] * 2], seed=2)
    for index in range(network.n_parameters):
        own = looked(told, "motorcycle", network, replace(STATE, traced=index))
        found = chain.check(own.update, own.index)
        assert found.agrees
        assert found.slope == pytest.approx(own.update.gradient[index], rel=1e-3, abs=1e-6)


def test_numbers_that_do_not_agree_are_both_told(told: Told):
    """The difference reaches over the kink of a ReLU, which the derivative does not see."""
    network, recipe = Network(1, [["relu"]]), Recipe(batch_size=1)
    network.theta = [1.0, 0.0, 1.0, 0.0]
    (x,) = looked(told, "motorcycle", network, recipe=recipe).update.passed.x[:, 0]
    network.theta = [1.0, 2e-4 - x, 1.0, 0.0]
    canvas = trace.paint(asked(told, "motorcycle", network, recipe=recipe), 79, 8, DARK, replace(STATE, traced=1))
    row = canvas.plain().split("\n")[6]
    (slope, g) = numbers(row.split(" is ")[-1])
    assert "✗ not" in row and slope == pytest.approx(0.6 * g, rel=1e-2)
    assert canvas.foreground[6, row.index("✗")] == CODES["trouble"]


@pytest.mark.parametrize(
    ("recipe", "ends"),
    [
        (Recipe(optimizer="sgd"), ": −η · g = −0.001 · "),
        (Recipe(optimizer="momentum"), ": −η · m = −0.001 · "),
        (Recipe(optimizer="adam"), ": −η · m / √v = −0.001 · "),
        (Recipe(optimizer="adamw", l2=0.5), "−0.001·0.5·"),
    ],
)
def test_the_step_of_the_traced_number_can_be_worked_out_again(told: Told, recipe: Recipe, ends: str):
    network = Network(1, [["sigmoid"] * 3], seed=2)
    snapshot = asked(told, "motorcycle", network, recipe=recipe)
    line = trace.paint(snapshot, 79, 8, DARK, STATE).plain().split("\n")[7]
    assert ends in line
    update = snapshot.answer(LastUpdate()).done  # type: ignore[union-attr]
    sum_of = line.replace("−", "-").replace("·", "*").split(" = ")[-1].split(": ")[-1]
    assert eval(sum_of) == pytest.approx(update.step[0], rel=0.01)


def test_every_optimizer_names_what_it_keeps_and_moves_by_it():
    for optimizer in OPTIMIZERS.values():
        assert [bool(sign) for sign in optimizer.signs] == [bool(kept) for kept in optimizer.keeps]
        assert all(sign in optimizer.moves for sign in (*optimizer.signs, "η"))


@pytest.mark.parametrize("loss", LOSSES.values(), ids=list(LOSSES))
def test_the_formulas_of_a_loss_are_those_of_its_functions(loss: Any):
    names = {"huber": lambda e: loss.function(e), "clip": lambda e: np.clip(e, -1, 1), "sign": np.sign}
    for error in (-3.0, -0.4, 0.7, 2.0):
        for formula, function in ((loss.formula, loss.function), (loss.slope_formula, loss.slope)):
            text = (
                formula.replace("|y − ŷ|", "abs(y − ŷ)").replace("y − ŷ", "e").replace("²", "**2").replace("2(", "2*(")
            )
            assert eval(text, names, {"e": error}) == pytest.approx(function(error))


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_the_formula_of_a_slope_is_that_of_its_function(kind: Any):
    for a in (0.3, 0.8):
        text = kind.slope_formula.replace("a(", "a*(").replace("−", "-").replace("²", "**2").replace("¼[", "0.25*[")
        text = re.sub(r"\[(.*)\]", r"(\1)", text)
        assert eval(text, {}, {"a": a}) == pytest.approx(kind.slope(a))


# ---------------------------------------------------------------------------------------------- what is on the screen


def test_the_rows_hold_the_numbers_of_the_update(told: Told):
    network = Network(1, [["sigmoid"] * 3], seed=2)
    own, drawn = looked(told, "motorcycle", network), rows(told, "motorcycle", network)
    update, at = own.update, own.example
    table = {row[:9].strip(): row[9:] for row in drawn}
    for label, values in (
        ("g", update.gradient),
        ("m", update.kept[0]),
        ("√v", np.sqrt(update.kept[1])),
        ("θ old", update.before.theta),
        ("θ new", update.after.theta),
    ):
        np.testing.assert_allclose(numbers(table[label]), values, atol=6e-4)
    np.testing.assert_allclose(numbers(table["step ‰"]), 1000 * update.step, atol=6e-4)
    of_example = {row[:20].strip(): numbers(row[21:41])[-1] for row in drawn[1:18] if numbers(row[21:41])}
    assert of_example["x"] == pytest.approx(update.passed.x[at, 0], abs=6e-4)
    assert of_example["a₂ = σ(b₂ + w₂x)"] == pytest.approx(update.passed.a[0][at, 1], abs=6e-4)
    assert of_example["y = b + Σ c·a"] == pytest.approx(update.passed.y[at], abs=6e-4)
    assert of_example["∂L/∂r₂"] == pytest.approx(update.backward.r[0][at, 1] / own.size, abs=6e-4)
    (sums,) = (row for row in drawn if row.startswith(" ∂L/∂b"))
    np.testing.assert_allclose(numbers(sums[21:]), update.gradient[3:6], atol=6e-5)


@pytest.mark.parametrize(("recipe", "ends"), [(Recipe(), "rmse"), (Recipe(loss="mae"), "mae"), (Recipe(l2=1.0), "+")])
def test_the_loss_of_the_batch_is_told_before_and_after_the_step(told: Told, recipe: Recipe, ends: str):
    network = Network(1, [["sigmoid"] * 3], seed=2)
    update = looked(told, "motorcycle", network, recipe=recipe).update
    (row,) = (row for row in rows(told, "motorcycle", network, recipe=recipe) if row.startswith(" L = mean of e"))
    assert numbers(row)[:2] == pytest.approx([update.loss, update.loss_after], abs=6e-5)
    assert row.split("→")[1].split()[1] == ends


def test_the_steps_of_a_window_are_those_of_its_numbers(told: Told):
    network = Network(1, [["tanh"] * 30], seed=2)
    own, drawn = looked(told, "motorcycle", network), rows(told, "motorcycle", network, state=replace(STATE, traced=47))
    assert "θ 41…50 of 91" in "\n".join(drawn)
    (old,) = (row for row in drawn if row.startswith(" θ old"))
    np.testing.assert_allclose(numbers(old[9:]), own.update.before.theta[40:50], atol=6e-4)


def test_a_trainer_that_came_elsewhere_is_told(told: Told):
    network = Network(1, [["sigmoid"] * 3], seed=2)
    snapshot = asked(told, "motorcycle", network)
    last = snapshot.answer(LastUpdate())
    for miss, text in ((1e-8, "✓ as trained"), (0.5, "✗ 0.500 from the trainer's θ"), (None, "")):
        own = replace(snapshot, answers={LastUpdate(): replace(last, miss=miss)})
        (rule,) = (row for row in step.paint(own, *SIZE, DARK, STATE).plain().split("\n") if "the step" in row)
        assert (text in rule, "✓" in rule, "✗" in rule) == (True, miss == 1e-8, miss == 0.5)


def test_the_first_update_has_to_be_done_first(told: Told):
    for snapshot, text in (
        (asked(told, "motorcycle", Network(1), update=0), "No update was done yet: . does the first."),
        (told(load("motorcycle"), Network(1)), "Opening the last update …"),
        (told(load("motorcycle"), Network(1), answers={LastUpdate(): "Too large."}), "Too large."),
    ):
        assert step.paint(snapshot, *SIZE, DARK, STATE).plain().strip() == text
        assert not trace.paint(snapshot, 79, 8, DARK, STATE).plain().strip()


def strip_of(values: list[float], palette: Any = DARK, chosen: int = -1) -> Canvas:
    canvas = Canvas(STRIP + len(values), 1)
    strips.draw(canvas, 0, STRIP, strips.signed(np.array(values), "gradient"), palette, chosen)
    return canvas


def test_what_is_above_nought_stands_and_what_is_below_hangs():
    assert strip_of([1.0, 0.5, 0.0, -0.5, -1.0, np.nan], ANSI).plain()[STRIP:] == "▇▄·▀▀"
    canvas = strip_of([1.0, -1.0, 0.2, -0.2])
    assert canvas.plain()[STRIP:] == "▇▁▁▇"  # a block of the ground in a cell of the colour
    ink, ground = canvas.foreground[0, STRIP:], canvas.background[0, STRIP:]
    assert [ink[0], ground[1], ink[2], ground[3]] == [CODES["gradient"]] * 4
    assert [ground[0], ink[1], ground[2], ink[3]] == [CODES["ground"]] * 4


@pytest.mark.parametrize(("palette", "ground"), [(DARK, "lit"), (ANSI, "lit"), (PLAIN, "ground")])
def test_the_chosen_column_is_lit_and_bold(palette: Any, ground: str):
    canvas = strip_of([1.0, 0.5, 0.2], palette, chosen=1)
    assert canvas.bold[0, STRIP:].tolist() == [0, 1, 0]
    assert canvas.background[0, STRIP + 1] == CODES[ground]
    assert canvas.foreground[0, STRIP + 1] == CODES["bright"]


def test_strips_are_sorted_so_that_they_look_like_curves(told: Told):
    for name in ("motorcycle", "chicago", "moons", "concrete"):
        network = Network(load(name).x_train.shape[1])
        own = looked(told, name, network)
        by = own.update.passed.x[:, 0] if network.n_inputs == 1 else own.update.y
        assert (np.diff(by[own.order]) >= 0).all()
        assert own.order[own.columns[own.column]] == own.example


def test_of_a_large_batch_some_are_shown_evenly_and_all_are_summed(told: Told):
    own = looked(told, "chicago", Network(56), recipe=Recipe(batch_size=10**6))
    assert (own.size, len(own.columns), own.columns[0], own.columns[-1]) == (1461, 32, 0, 1460)
    assert set(np.diff(own.columns).tolist()) <= {46, 47, 48}
    drawn = "\n".join(rows(told, "chicago", Network(56), recipe=Recipe(batch_size=10**6)))
    assert "32 of the 1 461" in drawn


def units_of(widths: list[int], lines: int, chosen: Choice = FIRST) -> list[tuple[int, int, bool]]:
    network = Network(2, [["tanh"] * width for width in widths])
    return [(group.layer, len(group.units), group.single) for group in groups(network, chosen, lines)]


def test_units_have_lines_of_their_own_where_there_is_room():
    assert units_of([3], 3) == [(0, 1, True)] * 3
    assert units_of([100], 3) == [(0, 1, True), (0, 1, True), (0, 98, False)]
    assert units_of([100], 1) == [(0, 1, True), (0, 99, False)]
    assert units_of([2, 2], 4) == [(0, 1, True)] * 2 + [(1, 1, True)] * 2
    assert units_of([8, 8], 3, Choice(1, 5)) == [(0, 8, False), (1, 8, False), (1, 1, True)]
    assert units_of([8, 8], 5, Choice(0, OUTPUT_BIAS)) == [(0, 8, False), *[(0, 1, True)] * 3, (1, 8, False)]
    assert units_of([8, 8], 2) == [(0, 8, False), (1, 8, False)]
    assert units_of([], 3) == []


def test_the_chosen_unit_has_a_line(told: Told):
    drawn = "\n".join(rows(told, "motorcycle", Network(1, [["tanh"] * 100], seed=1), chosen=Choice(unit=77)))
    assert "a₇₈ = " in drawn and "∂L/∂r₇₈" in drawn and "98 more" in drawn


def test_where_rows_are_few_the_least_needed_go_first(told: Told):
    network = Network(1, [["sigmoid"] * 3], seed=2)
    full, small = (rows(told, "motorcycle", network, size) for size in (SIZE, (80, 19)))
    gone = ("θ old", "m ", "√v", "y − ŷ", "∂L/∂c", "∂L/∂w", "∂L/∂b")
    heads = [[name for name in gone if any(row[1:].startswith(name) for row in drawn)] for drawn in (full, small)]
    assert heads == [list(gone), []]
    assert len(small) == 19 and sum(row.startswith(" ∂L/∂r") for row in small) == 3


def test_the_page_has_as_many_examples_as_fit_and_the_chosen_one_among_them(told: Told):
    network = Network(1, [["sigmoid"] * 3], seed=2)
    for height, count in ((27, 20), (19, 12), (60, 53)):
        state, recipe = replace(STATE, page=True, example=50), Recipe(batch_size=106)
        drawn = rows(told, "motorcycle", network, (79, height), state, recipe=recipe)
        shown = [row for row in drawn if "example" in row]
        assert len(shown) == count
        (chosen,) = (row for row in shown if row.startswith("▸"))
        assert np.prod(numbers(chosen)[1:-1]) == pytest.approx(numbers(chosen)[-1], abs=2e-3)


def test_where_there_is_room_the_next_update_is_a_dashed_curve(told: Told):
    network = Network(1, [["sigmoid"] * 3], seed=2)
    recipe = Recipe(optimizer="sgd", learning_rate=0.3)
    snapshot = asked(told, "motorcycle", network, recipe=recipe)
    canvas = step.paint(snapshot, 120, 40, DARK, STATE)
    below = canvas.plain().split("\n")[26:]
    assert "the next update" in canvas.plain()
    braille = canvas.characters >= 0x2800
    inks = set(canvas.foreground[braille & (canvas.characters < 0x2900)].tolist())
    assert inks == {CODES["model"], CODES["gradient"]}
    assert len(below) > 8
    assert "the next update" not in step.paint(snapshot, 79, 27, DARK, STATE).plain()


@pytest.mark.parametrize("palette", [DARK, ANSI, PLAIN])
@pytest.mark.parametrize("theta", [np.nan, np.inf, 1e38, 0.0])
def test_no_theta_stops_the_view(told: Told, palette: Any, theta: float):
    for name in ("motorcycle", "moons", "concrete"):
        inputs = load(name).x_train.shape[1]
        network = Network(inputs, [["relu", "sigmoid"], ["tanh"]])
        network._theta[:] = theta
        snapshot = asked(told, name, network)
        for state in (STATE, replace(STATE, page=True)):
            assert step.paint(snapshot, 120, 40, palette, state).plain()
        for height in (1, 8):
            assert trace.paint(snapshot, 79, height, palette, STATE).plain()


# ----------------------------------------------------------------------------------------------------------- the keys


def of_screen(d: Any) -> Update:
    last = d.shown.answer(LastUpdate())
    assert last is not None and not isinstance(last, str)
    done: Update = last.done
    return done


async def test_updates_are_opened_one_after_the_other(drive: Any):
    async with drive() as d:
        await d.press("5")
        assert "No update was done yet: . does the first." in d.row(3)
        for number in (1, 2, 3):
            await d.press(".")
            assert of_screen(d).number == number == d.shown.update
        assert "✓ as trained" in "\n".join(d.rows())
        theta = of_screen(d).before.theta
        await d.press("comma")
        assert of_screen(d).number == 2
        np.testing.assert_allclose(of_screen(d).after.theta, theta, rtol=1e-5)
        assert "θ of update 1" in d.row(2)


async def test_while_it_plays_the_update_is_that_of_now(drive: Any):
    async with drive() as d:
        await d.press("5", "space")
        for _ in range(5):
            await d.frames(3)
            assert of_screen(d).number == d.shown.update
            assert d.shown.answer(LastUpdate()).miss <= 3e-7


async def test_the_arrows_walk_through_examples_and_numbers(drive: Any):
    async with drive() as d:
        await d.press("5", ".", "tab")
        assert "← → example" in d.row(39) and "↑ ↓ number" in d.row(39)
        own = look(d.shown, 79, 27, DARK, d.app.main.view)
        await d.press("right")
        beside = look(d.shown, 79, 27, DARK, d.app.main.view)
        assert (beside.column, beside.index) == (own.column + 1, own.index)
        assert f"example {beside.number}" in d.row(2)
        await d.press("left", "down", "down", "up")
        after = look(d.shown, 79, 27, DARK, d.app.main.view)
        assert (after.column, after.index) == (own.column, own.index + 1)
        assert "∂L/∂w₂ comes from" in d.row(29)
        await d.press("up", "up")
        assert "∂L/∂b comes from" in d.row(29)


async def test_the_walk_ends_at_the_outermost_examples(drive: Any):
    async with drive() as d:
        await d.press("5", ".")
        await d.press("tab", *["left"] * 40)
        assert "example 1 " in d.row(2)
        await d.press(*["right"] * 50)
        assert "example 32" in d.row(2)


async def test_another_unit_brings_its_own_number_back(drive: Any):
    async with drive() as d:
        await d.press("5", ".")
        await d.press("tab", "down", "down", "down")
        assert d.app.main.view.traced == 3
        await d.press("tab", "tab", "down")
        assert d.shown.chosen.unit == 1
        assert d.app.main.view.traced is None
        assert "∂L/∂w₂ comes from" in d.row(29)


async def test_enter_shows_all_examples_and_the_update_again(drive: Any):
    async with drive() as d:
        await d.press("5", ".", "tab", "enter")
        assert sum("example" in row for row in d.rows()[2:28]) == 20
        await d.press("enter")
        assert "forwards ↓" in d.row(2)


async def test_after_a_change_the_update_stays_what_it_was_and_the_next_one_is_that_of_now(drive: Any):
    async with drive() as d:
        await d.press("5", ".", ".")
        before = d.shown.answer(LastUpdate())
        await d.press("]")
        after = d.shown.answer(LastUpdate())
        assert after.done.number == 2 and after.miss is None
        assert after.done.before.rate < after.ahead.before.rate
        np.testing.assert_array_equal(after.done.step, before.done.step)
        await d.press("s")
        assert d.shown.answer(LastUpdate()).ahead.before.architecture.shape == (1, 4, 1)
        assert d.shown.answer(LastUpdate()).done.before.architecture.shape == (1, 3, 1)
        await d.press(".")
        assert of_screen(d).before.architecture.shape == (1, 4, 1)


async def test_on_a_small_screen_it_has_the_width_and_one_row_is_under_it(drive: Any):
    async with drive(size=(80, 24)) as d:
        await d.press("5", ".")
        main = d.app.main
        sizes = {name: tuple(main.query_one(f"#{name}").size) for name in ("view", "units")}
        assert sizes == {"view": (80, 19), "units": (80, 1)}
        assert not main.query_one("#loss").display
        assert "loss •" in d.row(1)
        assert d.row(21).startswith(" ∂L/∂w₁ = mean of 2(y−ŷ)·c₁·a₁(1−a₁)·x = ")
        await d.press("tab", "down")
        assert d.row(21).startswith(" ∂L/∂w₂")
        await d.press("tab")
        assert "Recipe" in d.row(16)
        await d.press("1")
        assert main.query_one("#loss").display
        assert tuple(main.query_one("#units").size) == (80, 5)


async def test_a_low_wide_screen_keeps_its_loss(drive: Any):
    async with drive(size=(120, 24)) as d:
        await d.press("5", ".")
        assert d.app.main.query_one("#loss").display
        assert tuple(d.app.main.query_one("#view").size) == (79, 19)
        assert tuple(d.app.main.query_one("#units").size) == (120, 1)
