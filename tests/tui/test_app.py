"""The app through its keyboard: what each key does to the run or to the view, and how the screen bears sizes."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest
from textual.command import CommandList
from textual.events import Key
from textual.geometry import Region
from textual.widgets import OptionList, Static

import data
from engine import EngineError, Network, Trainer
from tui.actions import ACTIONS, of_wishes, place_of
from tui.app import UnitfitApp
from tui.run.choice import OUTPUT_BIAS
from tui.run.facts import Gradient, Predictions, Probe
from tui.run.hands import SetPart
from tui.run.options import Options
from tui.run.player import FIRST_SPEED
from tui.run.settings import recall
from tui.run.writing import export
from tui.screens.help import HelpScreen
from tui.widgets.number_prompt import NumberPrompt
from tui.widgets.panel import Panel
from tui.widgets.recipe_panel import RecipePanel

TWO_LAYERS = (("sigmoid",) * 2, ("relu",) * 2)


# -------------------------------------------------------------------------------------------------- first sight


async def test_the_first_scene(drive):
    async with drive() as d:
        assert d.shown.dataset.name == "motorcycle"
        assert d.shown.state == "paused"
        assert d.row(0).startswith(" motorcycle  1-3-1  ")
        assert d.row(0).rstrip().endswith("‖ paused  epoch 0  update 0")
        assert d.row(38).startswith(" ▸ space plays")
        assert "⣤" in "".join(d.rows()[2:29]) or "⠛" in "".join(d.rows()[2:29])  # the initial curve
        assert not d.session.player.playing


@pytest.mark.parametrize(("size", "split"), [((80, 24), 50), ((100, 30), 65), ((120, 40), 79), ((200, 60), 151)])
async def test_all_that_is_drawn_before_the_first_key_is_in_its_place(drive, monkeypatch, size, split):
    drawn = []
    display = UnitfitApp._display

    def watch(app, screen, update):
        if not app._batch_count:
            strips = screen._compositor.render_strips()
            drawn.append("".join(segment.text for segment in strips[1]))
        display(app, screen, update)

    monkeypatch.setattr(UnitfitApp, "_display", watch)
    async with drive(size=size):
        assert {line.find("┬") for line in drawn} == {split}
        assert len(drawn) <= 5


async def test_the_first_note_is_whole_at_80_columns(drive):
    async with drive(size=(80, 24)) as d:
        assert d.row(22).rstrip().endswith("? all keys")


async def test_data_that_cannot_be_opened_give_way_with_a_notice(drive):
    async with drive(data="nonsense") as d:
        assert d.shown.dataset.name == "motorcycle"
        assert "nonsense" in d.notices[0]


async def test_news_that_arrives_on_the_way_out_is_let_be(drive):
    async with drive() as d:
        pass
    assert not d.app.main.query("#loss")
    d.runner.frames(1)
    d.app.take_news()


# ------------------------------------------------------------------------------------------- keys: training


async def test_space_plays_and_pauses(drive):
    async with drive() as d:
        await d.press("space")
        assert d.shown.state == "playing"
        assert d.row(39).startswith(" space pause ")
        await d.frames(4)
        assert d.shown.update == 15
        await d.press("space")
        assert d.shown.state == "paused"
        assert d.row(39).startswith(" space play ")


async def test_theta_after_playing_is_that_of_a_headless_run(drive):
    async with drive() as d:
        await d.press("space")
        await d.frames(30)
        await d.press("space")
        options, dataset = Options(), d.shown.dataset
        network, recipe = options.network(dataset), options.recipe(dataset)
        trainer = Trainer(network, dataset.x_train, dataset.y_train, recipe=recipe, seed=options.seed)
        trainer.step(d.shown.update)
        assert d.shown.update == 93
        assert np.array_equal(d.shown.network.theta, trainer.theta)


@pytest.mark.parametrize(
    ("keys", "update", "epoch"),
    [(".", 1, 0), ("...", 3, 0), (">", 4, 1), (".>", 4, 1), (">>", 8, 2), (".0", 0, 0), (".i", 0, 0), (">}>", 6, 2),
     (">s>", 8, 2)],
)  # fmt: skip
async def test_steps_and_beginnings(drive, keys, update, epoch):
    async with drive() as d:
        await d.press(*keys)
        assert (d.shown.update, d.shown.epoch, d.shown.state) == (update, epoch, "paused")


@pytest.mark.parametrize(
    ("keys", "update", "state", "note"),
    [
        (["comma"], 7, "◂ 1 update back", "u undoes: unit 4 added; space plays"),
        (["comma"] * 3, 5, "◂ 3 updates back", "u undoes: unit 4 added; space plays"),
        (["<"], 4, "◂ 4 updates back", "u undoes: unit 4 added; space plays"),
        (["home"], 0, "◂ 8 updates back", "The beginning; U redoes: unit 4 added; space plays"),
        (["home", "end"], 8, "‖ paused", "The latest moment; u undoes: unit 4 added; space trains"),
        (["u"], 4, "◂ 4 updates back", "Undone: unit 4 added at epoch 1; U redoes it; space plays"),
        (["u", "U"], 8, "‖ paused", "Redone: unit 4 added at epoch 1; u undoes it; space trains"),
        (["home", "*"], 8, "‖ paused", "The best unseen epoch, 2; u undoes"),
        (["comma", "."], 8, "‖ paused", "The latest moment; u undoes: unit 4 added; space trains"),
    ],
)  # fmt: skip
async def test_travels(drive, keys, update, state, note):
    async with drive() as d:
        await d.press(">", "s", ">")
        theta = d.shown.network.theta
        await d.press(*keys)
        assert d.shown.update == update
        assert f"  {state}  " in d.row(0)
        assert d.row(38).startswith(f" ▸ {note}")
        await d.press("end")
        assert np.array_equal(d.shown.network.theta, theta)


async def test_back_pauses_and_space_replays_with_the_edits(drive):
    async with drive() as d:
        await d.press(">", "s", ">", "space")
        await d.frames(10)
        reached, theta = d.shown.update, d.shown.network.theta
        await d.press("comma")
        assert (d.shown.state, d.shown.update) == ("paused", reached - 1)
        await d.press("home", "space")
        assert "  ▶ replaying  " in d.row(0)
        assert d.shown.network.layers == [["sigmoid"] * 3]
        await d.frames(1)
        assert d.shown.network.layers == [["sigmoid"] * 4]
        while d.shown.update < reached:
            await d.frames(1)
        await d.press("space", "home", "end")
        assert "  ▶ " not in d.row(0)
        await d.press(*["comma"] * (d.shown.update - reached))
        assert np.array_equal(d.shown.network.theta, theta)


async def test_undo_comes_back_from_a_new_start(drive):
    async with drive() as d:
        await d.press(">", "s", ">")
        theta = d.shown.network.theta
        await d.press("i", "u")
        assert (d.shown.seed, d.shown.update) == (0, 8)
        assert np.array_equal(d.shown.network.theta, theta)
        await d.press("U")
        assert (d.shown.seed, d.shown.update) == (1, 0)


async def test_the_footer_offers_the_way_back_once_there_is_one(drive):
    async with drive() as d:
        assert d.row(39).startswith(" space play  . update  > epoch  s sigmoid ")
        await d.press(">", "s")
        assert d.row(39).startswith(" space play  , . update  < > epoch  u undo  s sigmoid ")
        await d.press("u")
        assert d.row(39).startswith(" space play  , . update  < > epoch  U redo  end latest  s sigmoid ")


async def test_zero_has_the_same_initial_weights_and_i_has_others(drive):
    async with drive() as d:
        first = d.shown.network.theta
        await d.press(".", ".", "0")
        assert np.array_equal(d.shown.network.theta, first)
        await d.press("i")
        assert d.shown.seed == 1
        assert not np.array_equal(d.shown.network.theta, first)


@pytest.mark.parametrize(("key", "change"), [("+", 1), ("=", 1), ("-", -1)])
async def test_speed(drive, key, change):
    async with drive() as d:
        await d.press(key)
        assert d.session.player.level == FIRST_SPEED + change


async def test_n_asks_once_and_capital_n_asks_again(drive):
    async with drive() as d:
        await d.press("n")
        assert d.app.main.query_one(NumberPrompt).line.has_focus
        await d.press("q", "5", "enter")  # q is no digit, and does not quit from here
        assert d.shown.epoch == 5
        await d.press("n")
        assert d.shown.epoch == 10
        await d.press("N")
        assert " ".join(d.row(38).split()) == "epochs to run 5 enter runs, esc leaves"
        await d.press("backspace", "2", "enter")
        assert d.shown.epoch == 12
        await d.press("N", "escape")
        assert not d.app.main.query_one(NumberPrompt).display
        await d.press("n")
        assert d.shown.epoch == 14
        assert d.app.main.focused is not None
        assert d.app.main.focused.id == "view"


async def test_the_prompt_refuses_nothing_and_too_much(drive):
    async with drive() as d:
        await d.press("n", "0", "enter")
        assert d.shown.update == 0
        assert d.notices == ["epochs=0: expected a whole number from 1 to 1000000"]
        assert d.app.main.query_one(NumberPrompt).line.has_focus


# --------------------------------------------------------------------------------------------- keys: recipe


@pytest.mark.parametrize(
    ("key", "field", "value"),
    [("[", "learning_rate", 0.02), ("]", "learning_rate", 0.05), ("{", "batch_size", 16), ("}", "batch_size", 64)],
)
async def test_rate_and_batch(drive, key, field, value):
    async with drive() as d:
        theta = d.shown.network.theta
        await d.press(key)
        assert getattr(d.shown.recipe, field) == value
        assert np.array_equal(d.shown.network.theta, theta)


async def test_data_sets_forth_and_back(drive):
    async with drive(data="sine") as d:
        await d.press("d")
        there = d.shown.dataset.name
        assert there != "sine"
        await d.press("D")
        assert d.shown.dataset.name == "sine"
        assert d.row(0).startswith(" sine  ")


async def test_the_recipe_is_changed_field_by_field(drive):
    async with drive() as d:
        await d.press("tab", "tab")
        assert d.app.main.focused.id == "recipe"
        await d.press("down", "down", "right")
        assert d.shown.recipe.learning_rate == 0.05
        await d.press("up", "left")
        assert d.shown.recipe.batch_size == 16
        await d.press("up", "up", "up", "right")  # round the top to the last field, the seed
        assert d.shown.seed == 1
        await d.press("left")
        assert d.shown.seed == 0


# ------------------------------------------------------------------------------------------- keys: building


@pytest.mark.parametrize(
    ("keys", "layers"),
    [
        ("s", [["sigmoid"] * 3 + ["relu", "sigmoid"]]),
        ("rr", [["sigmoid"] * 3 + ["relu"] * 3]),
        ("x", [["sigmoid"] * 2 + ["relu"]]),
        ("rx", [["sigmoid"] * 3 + ["relu"]]),
        ("l", [["sigmoid"] * 3 + ["relu"], ["sigmoid"] * 3]),
        ("ls", [["sigmoid"] * 3 + ["relu"], ["sigmoid"] * 4]),
        ("lL", [["sigmoid"] * 3 + ["relu"]]),
        ("L", []),
    ],
)
async def test_building(drive, keys, layers):
    async with drive(layer=(("sigmoid",) * 3 + ("relu",),)) as d:
        await d.press(*keys)
        assert d.shown.network.layers == layers


async def test_a_new_layer_is_of_the_chosen_kind(drive):
    async with drive(layer=(("sigmoid", "relu"),)) as d:
        await d.press("down", "l")
        assert d.shown.network.layers[1] == ["relu"] * 3
        assert d.shown.note == "Layer 2 added: 3 ReLU units; the curve stays"


async def test_arrows_choose_units_and_layers(drive):
    async with drive(layer=TWO_LAYERS) as d:
        await d.press("down")
        assert (d.shown.chosen.layer, d.shown.chosen.unit) == (0, 1)
        await d.press("right")
        assert (d.shown.chosen.layer, d.shown.chosen.unit) == (1, 1)
        await d.press("down")
        assert d.shown.chosen.unit == OUTPUT_BIAS
        await d.press("up", "up", "left")
        assert (d.shown.chosen.layer, d.shown.chosen.unit) == (0, 0)
        await d.press("down", "x")
        assert d.shown.network.shape == (1, 1, 2, 1)


async def test_a_new_unit_is_the_chosen_one_on_every_panel(drive):
    async with drive(data="moons", layer=(("tanh",) * 2,)) as d:
        await d.press("s")
        assert "▸3 sigmoid" in "".join(d.rows())
        assert (d.shown.chosen.layer, d.shown.chosen.unit) == (0, 2)
        await d.press("w")
        assert d.shown.note.startswith("w from x1 ")
        await d.press(".")
        assert d.shown.note.startswith("Since w from x1 of unit 3 moved (epoch 0): unseen stays at")


@pytest.mark.parametrize(
    ("key", "before", "after"), [("s", "▸ 1 sigmoid", "▸ 4 sigmoid"), ("down", "▸ 1 sigmoid", "▸ 2 sigmoid"),
                                 ("l", "▸ 1 sigmoid", "▸ 1 sigmoid")]
)  # fmt: skip
async def test_the_mark_stays_until_the_run_answers_and_then_goes_straight_to_its_place(drive, key, before, after):
    def marks() -> list[str]:
        return re.findall(r"▸ \d+ \w+", "\n".join(d.rows()[31:38]))

    async with drive() as d:
        shown = d.shown
        await d.pilot.press(key)
        assert d.shown is shown  # the run has not had its turn yet
        assert marks() == [before]
        d.app.main.repaint()  # what a resize or another focus does
        assert marks() == [before]
        await d.settle()
        assert marks() == [after]
        assert d.shown.chosen.layer == (1 if key == "l" else 0)


@pytest.mark.parametrize("keys", ["sx", "sxs", "rl", "lxxx"])
async def test_keys_that_come_before_the_answer_mean_what_will_be_chosen_then(drive, keys):
    async with drive() as quick, drive() as slow:
        await quick.pilot.press(*keys)
        await quick.settle()
        for key in keys:
            await slow.press(key)
        assert quick.shown.network.layers == slow.shown.network.layers
        assert quick.shown.chosen == slow.shown.chosen


@pytest.mark.parametrize(
    ("keys", "layers", "theta"),
    [
        (("s", "enter", "2", ".", "5", "enter"), [["sigmoid"] * 4], {3: 2.5}),
        (("x", "r", "tab", "enter", "9", "enter"), [["sigmoid"] * 2 + ["relu"]], {2: 9.0}),
        (("l", "x", "x", "enter", "2", "enter"), [["sigmoid"] * 3, ["sigmoid"]], {6: 2.0}),
    ],
)
async def test_keys_that_come_together_mean_what_they_would_one_by_one(drive, keys, layers, theta):
    async with drive() as d:
        for key in keys:
            d.app.post_message(Key(key if key.isalnum() else "full_stop", key if len(key) == 1 else None))
        await d.settle()
        assert d.shown.network.layers == layers
        assert {place: float(d.shown.network.theta[place]) for place in theta} == theta
        assert d.app.main.view.number == 1


async def test_a_key_that_is_lost_holds_nothing_up(drive, monkeypatch):
    monkeypatch.setattr("tui.screens.in_turn.LOST", 0.01)
    monkeypatch.setattr(UnitfitApp, "draw_first", lambda app, event: None)
    async with drive() as d:
        await d.press("s", "r")
        assert d.shown.network.layers == [["sigmoid"] * 4 + ["relu"]]


def test_the_keys_that_only_ask_are_those_that_mean_the_same_everywhere():
    keys = of_wishes(ACTIONS)
    assert {".", ">", "comma", "[", "w", "B", "i"} <= keys
    assert keys.isdisjoint({"s", "space", "up", "left", "enter", "tab", "1"})


@pytest.mark.parametrize(("key", "part", "sign"), [(k, k.lower(), 1 if k.islower() else -1) for k in "wWbBcC"])
async def test_nudges(drive, key, part, sign):
    async with drive() as d:
        before = d.shown.network.theta
        await d.press("down", key)
        change = d.shown.network.theta - before
        place = d.shown.network.index(0, 1, part)
        assert np.flatnonzero(change).tolist() == [place]
        assert np.sign(change[place]) == sign
        assert d.shown.chosen.part == part


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_f_freezes_and_frees(drive, size):
    async with drive(size=size) as d:
        await d.press("down", "f")
        assert d.shown.network.frozen == [[False, True, False]]
        assert sum("2 sigmoid ❄" in row for row in d.rows()) == 1
        assert "Unit 2 is frozen" in d.rows()[-2]
        await d.press("f")
        assert d.shown.network.frozen == [[False] * 3]
        assert "❄" not in "".join(d.rows())


async def test_frozen_units_are_marked_on_maps(drive):
    async with drive(data="moons", layer=(("tanh",) * 2,)) as d:
        await d.press("f")
        assert "".join(d.rows()).count("1 tanh ❄") == 2  # over its map and before its numbers


async def test_k_and_capital_s_change_the_kind(drive):
    async with drive() as d:
        await d.press("k")
        assert d.shown.network.layers == [["hard_sigmoid", "sigmoid", "sigmoid"]]
        await d.press("S")
        assert d.shown.network.layers == [["relu", "sigmoid", "sigmoid", "relu"]]
        assert d.shown.note == "Unit 1 is exactly two ReLUs now, units 1 and 4; the curve stays"
        await d.press("u", "u")
        assert d.shown.network.layers == [["sigmoid"] * 3]


async def test_a_solves_and_capital_a_adds_the_best_unit(drive):
    async with drive() as d:
        await d.press("a")
        assert d.shown.note == "All c solved: training loss 56.5 → 36.6 g"
        await d.press("A")
        assert d.shown.network.shape == (1, 4, 1)
        assert d.shown.chosen.unit == 3
        assert d.shown.note.startswith("Unit 4 added where it helps most: ")


async def test_capital_a_on_several_features_is_one_sentence(drive):
    async with drive(data="moons") as d:
        await d.press("A")
        assert d.notices == ["a network of 2 features: expected one feature to look for a place along"]


async def test_enter_types_the_value_of_the_lit_parameter(drive):
    async with drive() as d:
        place = d.shown.network.index(0, 1, "b")
        await d.press("down", "b", "enter")
        shown = f"{d.shown.network.theta[place]:.7g}".replace("-", "−")
        said = "enter sets, tab too and goes on, esc leaves"
        assert " ".join(d.row(38).split()) == f"b of unit 2 {shown} {said}"
        await d.press(*"q-1.5", "enter")  # q is no part of a number, and does not quit
        assert d.shown.network.theta[place] == -1.5
        assert d.shown.note.startswith("b ")
        assert d.shown.update == 0
        assert d.app.main.focused.id == "view"
        await d.press("enter", "7", "escape")
        assert d.shown.network.theta[place] == -1.5


async def test_what_stands_in_the_prompt_follows_the_run_until_something_is_typed(drive):
    async with drive() as d:
        await d.press("enter")
        before = d.row(38).split()[4]
        d.session.perform(SetPart("w", 3.0))
        await d.settle()
        assert d.row(38).split()[4] == "3"
        assert before != "3"
        await d.press("5")
        d.session.perform(SetPart("w", 4.0))
        await d.settle()
        assert d.row(38).split()[4] == "5"


async def test_what_is_typed_goes_to_the_unit_that_the_prompt_names(drive):
    async with drive() as d:
        await d.press("enter", "9", "down")
        assert d.row(38).split()[:5] == ["w", "of", "unit", "1", "9"]
        await d.press("enter")
        first, second = (d.shown.network.theta[d.shown.network.index(0, unit, "w")] for unit in (0, 1))
        assert first == 9 != second
        assert d.shown.chosen.unit == 0


async def test_tab_in_the_prompt_goes_round_the_parameters_of_the_unit(drive):
    async with drive(layer=TWO_LAYERS) as d:
        await d.press("enter")
        asked = [d.row(38).split()[0]]
        for _ in range(2):
            await d.press("tab")
            asked.append(d.row(38).split()[0])
        assert asked == ["w", "b", "w"]  # its c are the w of the next layer
        await d.press("tab", *"-2", "enter")
        assert d.shown.network.theta[d.shown.network.index(0, 0, "b")] == -2
        await d.press("enter", *"3", "tab", *"4", "tab", "tab", "escape")  # what was typed is set
        network = d.shown.network
        assert network.theta[[network.index(0, 0, part) for part in ("b", "w")]].tolist() == [3, 4]
        await d.press("enter", *"1-", "tab")
        assert d.row(38).split()[4] == "1−" or d.row(38).split()[4] == "1-"
        assert d.notices == ["1-: expected a number, such as −1.5"]
        await d.press("escape", "up", "down", "down", "enter")
        assert d.row(38).split()[:4] == ["b", "of", "the", "output"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1,5", "1,5: expected a point before the decimals, as in 1.5"),
        ("", "nothing: expected a number, such as −1.5"),
        ("1e999", "1e999: expected a number, such as −1.5"),
        ("--", "--: expected a number, such as −1.5"),
    ],
)
async def test_what_is_no_number_is_one_sentence_and_the_prompt_stays(drive, typed, sentence):
    async with drive() as d:
        theta = d.shown.network.theta
        await d.press("enter", "backspace", *typed, "enter")
        assert d.notices == [sentence]
        assert d.app.main.query_one(NumberPrompt).line.has_focus
        assert np.array_equal(d.shown.network.theta, theta)


async def test_tab_does_nothing_while_epochs_are_asked(drive):
    async with drive() as d:
        await d.press("enter", "escape", "N", "5", "tab")
        assert " ".join(d.row(38).split()) == "epochs to run 5 enter runs, esc leaves"
        assert d.app.main.query_one(NumberPrompt).line.has_focus


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_units_number_is_dragged_sideways_and_up(drive, size):
    async with drive(size=size) as d:
        view = d.app.main.query_one("#view")
        row = view.size.height - 2
        column = d.rows()[view.region.y + row].index("2", 5)
        network = d.shown.network
        w, b, c = (network.index(0, 1, part) for part in "wbc")
        before = network.theta
        await d.pilot.mouse_down(view, offset=(column, row))
        for step in (1, 2):
            await d.pilot.hover(view, offset=(column + step, row - step))
            await d.settle()
        await d.pilot.mouse_up(view, offset=(column + 2, row - 2))
        after = d.shown.network.theta
        assert sorted(np.flatnonzero(after != before)) == [b, c]
        assert (-after[b] + before[b]) / after[w] > 0  # −b/w has gone to the right
        assert after[c] > before[c]
        assert d.rows()[view.region.y + row][column + 2] == "2"
        assert d.shown.chosen.unit == 1
        await d.pilot.hover(view, offset=(column, row))
        await d.settle()
        assert np.array_equal(d.shown.network.theta, after)  # let go
        assert len(d.session.story.journal) == 2  # a value of b and one of c
        await d.press("u")
        assert np.array_equal(d.shown.network.theta, before)  # all of it is one step


async def test_nothing_is_dragged_from_elsewhere_or_on_other_data(drive):
    for name in ("motorcycle", "moons"):
        async with drive(data=name) as d:
            theta = d.shown.network.theta
            await d.pilot.mouse_down("#view", offset=(20, 10))
            await d.pilot.hover("#view", offset=(25, 12))
            await d.settle()
            assert np.array_equal(d.shown.network.theta, theta)


async def test_j_chooses_the_input_that_w_means(drive):
    async with drive(data="moons", layer=(("tanh",) * 2,)) as d:
        before = d.shown.network.theta
        await d.press("j", "w")
        network = d.shown.network
        assert np.flatnonzero(network.theta - before).tolist() == [network.index(0, 0, "w", 1)]
        await d.press("J")
        assert d.shown.chosen.source == 0


# -------------------------------------------------------------------------------------------- keys: looking


async def test_tab_goes_round_the_panels_and_1_comes_back_to_the_fit(drive):
    async with drive() as d:
        seen = []
        for _ in range(3):
            await d.press("tab")
            seen.append(d.app.main.focused.id)
        assert seen == ["units", "recipe", "view"]
        await d.press("tab", "1")
        assert d.app.main.focused.id == "view"


async def test_what_has_the_focus_is_explained_until_something_is_done(drive):
    async with drive() as run:
        note = run.row(-2)
        await run.press("tab")
        assert "▸ w: how steep it is" in run.row(-2)
        await run.press("b")
        assert "▸ b " in run.row(-2)
        await run.press("down")
        assert "▸ b: where it bends" in run.row(-2)
        await run.press("tab", "down", "down")
        assert "▸ η, the learning rate: how far a step goes" in run.row(-2)
        await run.press("right")
        assert "▸ The rate is now 0.05" in run.row(-2)
        await run.press("up")
        assert "▸ batch: " in run.row(-2)
        await run.press("tab")
        assert "▸ The rate is now 0.05" in run.row(-2)
        assert note != run.row(-2)


async def test_the_recipe_of_dated_data_has_their_lags(drive):
    async with drive(data="sunspots", layer=(("relu",) * 2,)) as run:
        await run.press("tab", "tab", "down", "left")
        assert run.shown.network.shape == (10, 2, 1)
        assert "▸ Each year is predicted from 10 years before it; u goes to the run before" in run.row(-2)
        await run.press("u")
        assert run.shown.network.shape == (12, 2, 1)


async def test_y_goes_round_the_axes_of_the_loss(drive):
    async with drive() as d:
        await d.press("n", "1", "0", "0", "enter")
        shown = [[row[80:] for row in d.rows()]]
        for _ in range(3):
            await d.press("y")
            shown.append([row[80:] for row in d.rows()])
        assert shown[3] == shown[0]
        assert len({tuple(rows) for rows in shown}) == 3


async def test_z_gives_the_fit_the_whole_screen_and_takes_it_back(drive):
    async with drive() as d:
        size = d.app.main.query_one("#view").size
        await d.press("z")
        assert d.app.main.query_one("#view").size == (120, 36)
        assert [type(request) for request in d.shown.answers] == [Predictions]
        await d.press("z")
        assert d.app.main.query_one("#view").size == size


async def test_what_the_zoomed_fit_hides_has_neither_the_keys_nor_the_footer(drive):
    async with drive() as d:
        await d.press("tab", "tab", "z", "down", "right")
        assert d.app.main.focused.id == "view"
        assert "field" not in d.row(39)
        assert d.shown.recipe.batch_size == 32
        await d.press("tab")  # the next panel comes back
        assert d.app.main.focused.id == "units"
        assert d.app.main.query_one("#loss").display


async def test_other_data_end_the_zoom(drive):
    async with drive() as d:
        await d.press("z", "d")
        assert not d.app.main.view.zoom
        assert all(d.app.main.query_one(f"#{panel}").display for panel in ("loss", "units", "recipe"))


async def test_dated_data_have_a_window_that_the_arrows_move(drive):
    async with drive(data="births_1994") as d:
        assert d.shown.dataset.kind == "series"
        fit = [row[:79] for row in d.rows()[2:28]]
        await d.press("right")
        assert d.app.main.view.window > 0
        moved = [row[:79] for row in d.rows()[2:28]]
        assert moved != fit
        await d.press(*["right"] * 60)
        end = d.app.main.view.window
        await d.press("left", "left")
        assert d.app.main.view.window == end - 14
        await d.press(*["left"] * 60)
        assert d.app.main.view.window == 0
        await d.press("tab", "right")  # in the units the arrows choose
        assert d.app.main.view.window == 0


async def test_z_shows_the_days_as_a_calendar_on_which_the_arrows_choose_the_week_that_z_opens(drive):
    async with drive(data="chicago") as d:
        await d.press("z")
        assert d.app.main.query_one("#view").size == (120, 36)
        assert [row[:4] for row in d.rows()[5:8:2]] == [" Mon", "    "]
        assert "errors" not in d.row(39) and "window" in d.row(39)
        mark = d.row(3).index("▾")
        await d.press(*["right"] * 60)
        assert d.row(3).index("▾") == mark + 2 * 52
        await d.press("h", "g")
        assert not (d.app.main.view.bars or d.app.main.view.ghosts)
        await d.press(*["left"] * 26, "z")
        assert any("6 Jul         13 Jul" in row for row in d.rows())


# -------------------------------------------------------------------------------------------- keys: program


async def test_help_shows_what_is_offered_and_escape_closes_it(drive):
    async with drive(size=(80, 24)) as d:
        await d.press("?")
        assert isinstance(d.app.screen, HelpScreen)
        text = str(d.app.screen.text())
        for action in ACTIONS:
            assert not action.keys or re.search(f" {re.escape(action.title)}  +{action.id}$", text, re.MULTILINE)
        room = d.app.screen.query_one(Static).size.width
        assert all(len(line) <= room for line in text.split("\n") if line.startswith("  "))
        assert "no-such-keys" in text
        assert "escape closes" in d.row(0)  # in sight without scrolling
        await d.press("escape")
        assert d.app.screen is d.app.main


@pytest.mark.parametrize("keys", [["q"], ["ctrl+c"], ["?", "q"], ["o", "ctrl+c"], ["n", "ctrl+c"]])
async def test_quitting_has_exit_code_0(drive, keys):
    async with drive() as d:
        await d.pilot.press(*keys)
        await d.pilot.pause()
        assert d.app.return_code == 0
        assert not d.app.is_running or d.app._exit


async def test_the_palette_runs_actions_by_name(drive):
    async with drive() as d:
        commands = {command.title: command for command in d.app.get_system_commands(d.app.main)}
        assert set(commands) == {a.title for a in ACTIONS if place_of(a) in ("main", "app")}
        await commands["One epoch on"].callback()
        await d.settle()
        assert d.shown.epoch == 1
        await d.press("ctrl+p")
        assert d.app.screen is not d.app.main


@pytest.mark.parametrize("key", ["pagedown", "pageup"])
async def test_a_page_in_a_palette_that_is_not_laid_out_yet(drive, key):
    async with drive() as d:
        await d.press("ctrl+p")
        commands = d.app.screen.query_one(CommandList)
        commands.display = False  # what is found now has no place, as before the first layout
        await d.press("u")
        commands.highlighted = 0
        await d.press(key)
        assert commands.highlighted == 0
        commands.display = True
        await d.pilot.pause()
        await d.press("pagedown")
        assert commands.highlighted > 0


@pytest.mark.parametrize("keys", [["t"], ["e"], ["6", "p"]], ids=["scenes", "export", "runs"])
async def test_a_page_in_a_list_that_is_not_laid_out_yet(drive, monkeypatch, keys):
    async with drive() as d:
        await d.press(*keys)
        options = d.app.screen.query_one(OptionList)
        options.highlighted = 1
        monkeypatch.setattr(OptionList, "scrollable_content_region", Region())
        options._clear_caches()
        await d.app.run_action("page_down", options)
        assert options.highlighted == 1


async def test_a_palette_opens_while_the_last_one_is_leaving(drive):
    async with drive() as d:
        await d.press("ctrl+p")
        d.app.screen.dismiss()
        d.app.action_command_palette()
        palette = d.app.screen
        await d.settle()
        assert d.app.screen is palette is not d.app.main


async def test_two_quick_enters_in_the_palette_are_no_more_than_one(drive):
    async with drive() as d:
        await d.press("ctrl+p")
        palette = d.app.screen
        palette.dismiss()
        palette.dismiss()
        await d.settle()
        assert d.app.screen is d.app.main


async def test_the_picture_is_an_svg_of_a_free_name_in_the_current_folder(drive, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("motorcycle_1-3-1.svg").write_text("mine")
    async with drive() as d:
        await d.press(".")
        d.app.main.action_save_picture()
        await d.settle()
        picture = Path("motorcycle_1-3-1_2.svg").read_text("utf-8")
        assert "<svg" in picture
        assert "motorcycle" in picture
        assert d.shown.note == "Exported as motorcycle_1-3-1_2.svg"
    assert Path("motorcycle_1-3-1.svg").read_text() == "mine"


async def test_a_picture_that_cannot_be_written_is_one_sentence(drive, tmp_path):
    async with drive() as d:
        await d.press("e", *["down"] * 4, "tab")
        await type_in(d, str(tmp_path / "nowhere" / "screen.svg"))
        await d.press("enter")
        assert d.notices == ["screen.svg: cannot be written (No such file or directory): expected a folder with room"]


async def test_own_keys(drive, tmp_path):
    path = tmp_path / "keys.toml"
    path.write_text('update = "p"\n')
    async with drive(keys=path) as d:
        await d.press("p")
        assert d.shown.update == 1
        await d.press(".")
        assert d.shown.update == 1
        assert " p update " in d.row(39)


@pytest.mark.parametrize("text", ['dance = "p"', 'play = "\\u001b[2J"'])
async def test_own_keys_that_cannot_be_used_are_told(drive, tmp_path, text):
    path = tmp_path / "keys.toml"
    path.write_text(text)
    async with drive(keys=path) as d:
        assert d.notices[0].startswith("keys.toml: ")
        await d.press(".")
        assert d.shown.update == 1


async def type_in(d, text: str) -> None:
    d.app.screen.focused.value = text
    await d.settle()


# --------------------------------------------------------------------------------------------------- exporting


@pytest.mark.parametrize(
    ("down", "file", "words"),
    [
        (0, "motorcycle_1-3-1.py", "def predict(time_ms):"),
        (1, "motorcycle_1-3-1.tex", r"\hat y"),
        (3, "motorcycle_1-3-1.csv", "update,epoch,measure"),
        (4, "motorcycle_1-3-1.svg", "<svg"),
    ],
)
async def test_e_exports_to_a_free_name_and_the_note_says_it(drive, tmp_path, monkeypatch, down, file, words):
    monkeypatch.chdir(tmp_path)
    async with drive() as d:
        await d.press(".", "e", *["down"] * down)
        assert d.app.screen.query_one("#file").value == file
        await d.press("enter")
        assert d.app.screen is d.app.main
        assert words in Path(file).read_text("utf-8")
        assert d.shown.note == f"Exported as {file}"
        assert "Export the fit" not in Path(file).read_text("utf-8").replace("&#160;", " ")


async def test_an_exported_network_is_that_of_the_screen(drive, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with drive() as d:
        await d.press(">", "s")
        await d.press("e", "down", "down", "enter")
        assert d.row(38).startswith(" ▸ Exported as motorcycle_1-4-1.npz")
        np.testing.assert_array_equal(Network.load("motorcycle_1-4-1.npz").theta, d.shown.network.theta)


async def test_a_file_that_is_there_is_never_written_over(drive, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("motorcycle_1-3-1.py", "mine.py"):
        Path(name).write_text("mine")
    async with drive() as d:
        await d.press("e")
        assert d.app.screen.query_one("#file").value == "motorcycle_1-3-1_2.py"
        await d.press("tab")
        await type_in(d, "mine.py")
        await d.press("enter")
        answer = d.app.screen.query_one("#answer")
        assert str(answer.content) == "mine.py: is there already; expected another name"
        with pytest.raises(EngineError, match=r"^mine\.py: is there already; expected another name$"):
            export(d.session.run, lambda run: b"", Path("mine.py"))
    assert Path("mine.py").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "file: expected the name of a new file"),
        ("no/where.py", "where.py: cannot be written (No such file or directory): expected a folder with room"),
    ],
)
async def test_what_cannot_be_exported_is_said_in_the_dialog_and_the_run_stays(
    drive, tmp_path, monkeypatch, name, words
):
    monkeypatch.chdir(tmp_path)
    async with drive() as d:
        await d.press(".", "e", "tab")
        await type_in(d, name)
        await d.press("enter")
        assert str(d.app.screen.query_one("#answer").content) == words
        await d.press("escape")
        assert (d.app.screen, d.shown.update) == (d.app.main, 1)
    assert not list(tmp_path.iterdir())


async def test_a_typed_name_stays_when_another_form_is_chosen(drive):
    async with drive() as d:
        await d.press("e", "tab")
        await type_in(d, "own.txt")
        await d.press("shift+tab", "down")
        assert d.app.screen.query_one("#file").value == "own.txt"


# ---------------------------------------------------------------------------------------------------- notices


async def test_a_refused_edit_is_a_notice_and_the_run_is_untouched(drive):
    async with drive(layer=(("relu",),)) as d:
        await d.press(".", "x")
        assert len(d.notices) == 1
        assert "remove the layer instead" in d.notices[0]
        assert d.shown.network.layers == [["relu"]]
        assert d.shown.update == 1


async def test_a_notice_stands_in_the_place_of_the_keys_and_covers_nothing_else(drive):
    async with drive(layer=(("relu",),), notifications=True) as d:
        before = d.rows()
        await d.press("x")
        await d.pilot.pause()
        assert d.row(39).lstrip("▌ ").startswith("unit 1 is the only one of layer 1")
        assert d.rows()[:38] == before[:38]


async def test_a_notice_said_again_stands_once(drive):
    async with drive(layer=(("relu",),)) as d:
        await d.press("x", "x", "x")
        await d.press("x")
        assert len(d.notices) == 1


async def test_divergence_is_told_and_can_be_mended(drive):
    async with drive(training={"lr": 1e30, "optimizer": "sgd"}) as d:
        await d.press(*["."] * 40)
        assert d.shown.state == "diverged"
        assert "✗ diverged" in d.row(0)
        assert "0 starts again" in d.row(38)
        await d.press("0")
        assert (d.shown.state, d.shown.update) == ("paused", 0)


# ------------------------------------------------------------------------------------------------------ sizes


@pytest.mark.parametrize(
    ("size", "loss", "lower"),
    [((80, 24), 29, 5), ((100, 30), 34, 5), ((120, 40), 40, 8), ((160, 45), 44, 8), ((200, 60), 48, 14)],
)
async def test_everything_has_its_place_at_every_size(drive, size, loss, lower):
    async with drive(size=size) as d:
        width, height = size
        main = d.app.main
        assert main.query_one("#loss").size == (loss, height - lower - 5)
        assert main.query_one("#view").size == (width - loss - 1, height - lower - 5)
        assert main.query_one("#units").size.height == lower
        assert main.query_one("#recipe").display is (width >= 100)
        assert all(len(row) == width for row in d.rows())
        assert d.row(height - 1).rstrip().endswith("? help")


async def test_at_80_columns_the_recipe_takes_the_units_place_while_it_has_the_focus(drive):
    async with drive(size=(80, 24)) as d:
        await d.press("tab", "tab")
        assert d.app.main.query_one("#recipe").size == (80, 5)
        assert not d.app.main.query_one("#units").display
        assert Gradient() not in d.shown.answers  # what is hidden asks for nothing
        assert d.row(16).startswith("─ Recipe ─")
        await d.press("down", "right")
        assert d.shown.recipe.batch_size == 64
        await d.press("tab")
        assert d.app.main.query_one("#units").display


async def test_no_key_shows_a_picture_whose_answers_are_still_to_come(drive, monkeypatch):
    missing, show = [], Panel.show

    def watched(panel, snapshot, view):
        show(panel, snapshot, view)
        if (want := panel.want()) is not None:
            missing.extend(set(want(snapshot.dataset)) - set(snapshot.answers))

    async with drive(data="moons") as d:
        monkeypatch.setattr(Panel, "show", watched)
        for _ in range(len(data.names())):
            await d.press("d", ">", "s", "tab", "y", "j", "1")
        assert len({panel.id for panel in d.app.main.query(Panel) if panel.want()}) == 3
        assert missing == []
        await d.press("z")
        assert {type(request) for request in missing} == {Predictions}  # its points belong to the size


async def test_resizing_lives(drive):
    async with drive() as d:
        for size in ((80, 24), (200, 60), (79, 24), (120, 23), (1, 1), (120, 40)):
            await d.resize(*size)
        assert d.row(0).rstrip().endswith("epoch 0  update 0")
        (probe,) = (answer for answer in d.shown.answers.values() if isinstance(answer, Probe))
        assert len(probe.x) > 79


async def test_too_small_a_screen_says_so_in_one_line_and_training_goes_on(drive):
    async with drive() as d:
        await d.press("space")
        await d.resize(79, 24)
        await d.frames(5)
        rows = [row.rstrip() for row in d.rows()]
        assert rows[0].startswith("unitfit needs 80×24, not 79×24; playing, update ")
        assert not any(rows[1:])
        assert d.shown.update > 5
        await d.resize(80, 24)
        assert d.row(0).startswith(" motorcycle")
        assert d.app.main.focused.id == "view"


@pytest.mark.parametrize("key", ["?", "o", "e", "t", "ctrl+o", "ctrl+p", "n", "enter"])
async def test_dialogs_close_on_too_small_a_screen_and_none_opens_there(drive, key):
    async with drive() as d:
        await d.press(key)
        await d.resize(20, 5)
        assert d.app.screen is d.app.main
        await d.press(key, "pageup")
        assert d.app.screen is d.app.main
        assert d.row(0).startswith("unitfit needs 80×2")
        await d.resize(80, 24)
        assert d.app.main.focused.id == "view"
        assert d.row(22).startswith(" ▸ space plays")
        await d.press(key)
        assert d.app.screen is not d.app.main or d.app.main.query_one(NumberPrompt).line.has_focus


@pytest.mark.parametrize("key", ["p", "enter"])
async def test_nothing_opens_from_the_runs_on_too_small_a_screen(drive, key):
    async with drive() as d:
        await d.press("6")
        await d.resize(20, 5)
        await d.press(key)
        assert d.app.screen is d.app.main
        assert not d.app.main.query_one(NumberPrompt).display


async def test_n_runs_on_too_small_a_screen_once_it_knows_how_many(drive):
    async with drive() as d:
        await d.press("n", "2", "enter")
        await d.resize(20, 5)
        await d.press("n")
        assert d.shown.epoch == 4


async def test_only_rows_that_changed_are_sent(drive):
    async with drive() as d:
        panel = d.app.main.query_one(RecipePanel)
        before = list(panel._strips)
        await d.press(".")
        after = panel._strips
        assert all(a is b for a, b in zip(before, after, strict=True))
        await d.press("]")
        assert [a is b for a, b in zip(after, panel._strips, strict=True)].count(False) == 1


@pytest.mark.parametrize("key", ["?", "o", "e", "ctrl+p", "n", "enter"])
@pytest.mark.parametrize(
    "environment", [{"NO_COLOR": "1"}, {"TERM": "xterm", "COLORTERM": ""}, {"COLORTERM": "truecolor"}]
)
async def test_dialogs_can_be_read_in_any_colours(drive, monkeypatch, key, environment):
    monkeypatch.delitem(os.environ, "NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setitem(os.environ, name, value)
    async with drive(size=(80, 24)) as d:
        await d.press(key)
        segments = [segment for strip in d.app.screen._compositor.render_strips() for segment in strip]
        styles = [segment.style for segment in segments if re.search(r"\w", segment.text) and segment.style]
        assert len(styles) > 5
        pairs = [(s.color.triplet, s.bgcolor.triplet) for s in styles if s.color and s.bgcolor and not s.reverse]
        assert all(ink is None or ink != ground for ink, ground in pairs)  # None: a name, which the terminal paints


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "xterm", "COLORTERM": ""}])
async def test_few_colours_or_none(drive, monkeypatch, environment):
    for name, value in environment.items():
        monkeypatch.setitem(os.environ, name, value)
    async with drive() as d:
        await d.press(">", "?", "escape", "o", "escape")
        colours = {
            segment.style.color
            for panel in d.app.main.query(Panel)
            for strip in panel._strips
            for segment in strip
            if segment.style and segment.style.color
        }
        assert all(colour.triplet is None for colour in colours)  # names of the terminal's own colours, if any
        assert bool(colours) != ("NO_COLOR" in environment)


# ------------------------------------------------------------------------------------------------ dark and light


async def test_the_theme_is_switched_at_once_and_remembered(drive, monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_config_path", lambda name="": tmp_path / name)
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    async with drive() as d:
        grounds = []
        for _ in range(3):
            strips = d.app.screen._compositor.render_strips()
            grounds.append({str(segment.style.bgcolor.name) for strip in strips for segment in strip if segment.style})
            d.app.action_switch_theme()
            await d.settle()
        assert "#0e1216" in grounds[0] and "#ffffff" not in grounds[0]
        assert "#ffffff" in grounds[1] and "#0e1216" not in grounds[1]
        assert grounds[2] == grounds[0]
        assert recall("theme", ["light"]) == "light"


async def test_with_sixteen_colours_there_is_nothing_to_switch(drive, monkeypatch):
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    async with drive() as d:
        d.app.action_switch_theme()
        await d.settle()
        assert d.notices == ["Dark and light need 256 colours; with 16, and with NO_COLOR, they are the terminal's own"]
