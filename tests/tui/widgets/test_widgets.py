"""The lines and panels around the views, as text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from engine import Network, Recipe
from tui.draw.palette import CODES, DARK
from tui.run.fields import PANEL_FIELDS
from tui.run.options import Options
from tui.run.session import Session
from tui.run.snapshot import Snapshot
from tui.views import ViewState
from tui.widgets.note_line import NoteLine
from tui.widgets.recipe_panel import RecipePanel, rows, shown_fields
from tui.widgets.rule import Rule, Title
from tui.widgets.top_line import TopLine

DEEP = Network(56, [["relu"] * 1000, ["relu"] * 100, ["relu"] * 100])


def told(**changes) -> Snapshot:
    """The first moment of the usual run; a note of one's own has no shorter forms unless they are given."""
    return replace(Session(Options(), lambda: None).snapshot(), **{"shorter": (), **changes})


def top(snapshot: Snapshot, width: int) -> str:
    return TopLine(DARK, "top").draw(snapshot, width, 1).plain()


def test_the_top_line_says_all_where_there_is_room():
    line = top(told(state="playing", epoch=120, update=480, updates_per_second=90.0), 160)
    assert line.startswith(" motorcycle  1-3-1  adam  η 0.03  mse  batch 32  ")
    assert line.endswith("  ▶ playing  3 updates a frame  90.0/s  epoch 120  update 480")


@pytest.mark.parametrize("width", [80, 100, 120, 200])
@pytest.mark.parametrize("state", ["paused", "playing", "stepping", "loading", "compiling", "diverged"])
@pytest.mark.parametrize("network", [Network(1, [["sigmoid"] * 5]), DEEP])
def test_shape_epoch_and_update_are_always_whole(width, state, network):
    big = {"epoch": 12345678, "update": 1234567890, "updates_per_second": 1.23e6, "speed": "1000 updates a frame"}
    recipe = Recipe(schedule="cosine", optimizer="nesterov", loss="huber", batch_size=4096)
    line = top(told(state=state, network=network, recipe=recipe, **big), width)
    assert len(line) <= width
    assert f"{'-'.join(map(str, network.shape))}  " in line
    assert "epoch 12345678  update 1234567890" in line
    assert line.rstrip().endswith("update 1234567890")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"behind": 192, "undone": 1}, "◂ 192 updates back"),
        ({"behind": 1}, "◂ 1 update back"),
        ({"undone": 1}, "◂ 1 edit back"),
        ({"undone": 3}, "◂ 3 edits back"),
        ({"behind": 192, "state": "playing"}, "▶ replaying"),
        ({"behind": 192, "state": "stepping"}, "▶ stepping"),
        ({"state": "playing"}, "▶ playing"),
        ({}, "‖ paused"),
    ],
)
@pytest.mark.parametrize("width", [80, 120])
def test_the_top_line_says_how_far_back_the_cursor_is(width, changes, words):
    line = top(told(epoch=72, update=288, **changes), width)
    assert f"  {words}  " in line
    assert line.endswith("  epoch 72  update 288")


def test_how_far_back_gives_way_to_what_is_always_there():
    line = top(told(network=DEEP, epoch=12345678, update=1234567890, behind=1234567890), 80)
    assert "back" not in line
    assert "epoch 12345678  update 1234567890" in line


def test_a_schedule_and_its_present_rate_are_shown():
    snapshot = told(recipe=Recipe(schedule="cosine", learning_rate=0.01), rate=0.005)
    assert "η 0.005  cosine → 0 at epoch 100" in top(snapshot, 160)
    panel = RecipePanel(DARK, "recipe").draw(snapshot, 48, 8).plain()
    assert "η 0.01 → 0 at epoch 100, now 0.005" in panel
    for width, words in ((44, "η 0.001 → 1e-05 at epoch 100"), (36, "η 0.001 → 1e-05")):
        panel = RecipePanel(DARK, "recipe").draw(replace(snapshot, recipe=Recipe(schedule="step")), width, 8).plain()
        assert f"{words}\n" in re.sub(r" +(\[ \])?\n", "\n", panel)


@pytest.mark.parametrize("name", ["a-table-with-a-very-long-name" * 3, "時間と温度" * 6, "時間と温度" * 3])
def test_a_long_name_gives_way(name):
    snapshot = told()
    long = top(replace(snapshot, dataset=replace(snapshot.dataset, name=name)), 80)
    assert "…  1-3-1  " in long or f" {name}  1-3-1  " in long
    assert long.endswith("  epoch 0  update 0")


def test_every_field_is_on_the_recipe_panel_in_the_order_of_the_keys():
    dated = Session(Options(data="sunspots"), lambda: None).snapshot()
    assert shown_fields(replace(dated, recipe=Recipe(schedule="step"))) == list(PANEL_FIELDS)
    assert shown_fields(told()) == [field for field in PANEL_FIELDS if field not in ("epochs", "lags")]


@pytest.mark.parametrize(("width", "height"), [(34, 8), (40, 8), (80, 5)])
def test_the_recipe_fits_its_place(width, height):
    text = RecipePanel(DARK, "recipe").draw(told(), width, height).plain()
    for label, *_ in rows(told()):
        assert label in text
    assert "106 train, 27 unseen" in text


@pytest.mark.parametrize("width", [29, 34, 40, 44, 48, 80])
def test_a_number_of_the_recipe_is_whole_or_not_there(width):
    snapshot = told(recipe=Recipe(schedule="cosine", learning_rate=0.03), rate=0.02999)
    (row,) = (row for row in RecipePanel(DARK, "recipe").draw(snapshot, width, 8).plain().split("\n") if "η" in row)
    assert "now" not in row or "now 0.03" in row


def test_the_chosen_field_is_always_in_sight():
    snapshot, panel = told(recipe=Recipe(schedule="step")), RecipePanel(DARK, "recipe")
    panel.view = ViewState(focus=True)
    for panel.chosen in map(PANEL_FIELDS.index, shown_fields(snapshot)):
        canvas = panel.draw(snapshot, 44, 5)
        assert (canvas.background == CODES["lit"]).any()
        start = PANEL_FIELDS[panel.chosen] in ("init", "seed")
        assert canvas.plain().split("\n")[-1].endswith("↓") == (not start)  # below is the device, which is no field
    panel.view = ViewState()
    assert panel.draw(snapshot, 44, 5).plain().startswith(" data")


@pytest.mark.parametrize("width", [30, 34, 40, 80])
def test_the_chosen_field_is_in_sight_on_a_narrow_panel_too(width):
    snapshot, panel = told(recipe=Recipe(schedule="step", epochs=10_000, learning_rate=0.0005)), RecipePanel(DARK, "r")
    panel.view = ViewState(focus=True)
    for panel.chosen in map(PANEL_FIELDS.index, shown_fields(snapshot)):
        lit = panel.draw(snapshot, width, 8)
        assert (lit.background == CODES["lit"]).any()
    panel.chosen = PANEL_FIELDS.index("epochs")
    assert "at epoch 10000" in panel.draw(snapshot, width, 8).plain()


def test_a_batch_that_holds_all_is_called_full():
    assert "128, full batch" in RecipePanel(DARK, "recipe").draw(told(recipe=Recipe(batch_size=128)), 40, 8).plain()


def test_what_has_the_focus_is_said_in_place_of_the_note_unless_something_takes_long():
    line = NoteLine(DARK, "note")
    line.meaning = ("η: how far a step goes",)
    assert line.draw(told(note="a note"), 80, 1).plain() == " ▸ η: how far a step goes"
    assert line.draw(told(note="a note", busy="loading x …"), 80, 1).plain() == " … loading x …"


def test_what_takes_long_stands_before_the_note():
    assert NoteLine(DARK, "note").draw(told(busy="loading x …"), 80, 1).plain() == " … loading x …"


def test_a_note_gives_way_before_its_numbers_do():
    facts = told(
        note="Since the optimizer momentum → rmsprop (epoch 1200): unseen 43.9 → 41.9 g; train is flat since epoch 40"
    )
    assert NoteLine(DARK, "note").draw(facts, 120, 1).plain() == f" ▸ {facts.note}"
    line = NoteLine(DARK, "note").draw(facts, 80, 1).plain()
    assert line == " ▸ Since the optimizer momentum → rmsprop: unseen 43.9 → 41.9 g"


@pytest.mark.parametrize(("width", "shown"), [(40, "one two three"), (14, "one two"), (9, "one"), (6, "o…")])
def test_the_longest_form_of_a_note_that_fits_is_shown(width, shown):
    snapshot = told(note="one two three", shorter=("one two", "one"))
    assert NoteLine(DARK, "note").draw(snapshot, width, 1).plain() == f" ▸ {shown}"


def test_a_long_note_is_cut_with_a_sign():
    line = NoteLine(DARK, "note").draw(told(note="word " * 50), 80, 1).plain()
    assert line.startswith(" ▸ word ")
    assert line.endswith("…")
    assert len(line) <= 80


def test_a_long_title_keeps_off_the_other_panel():
    titles = [Title("units", ("Units",), "none: the linear model, w: from blast furnace slag")]
    titles.append(Title("recipe", ("Recipe",)))
    rule = Rule(DARK, "rule", lambda snapshot, view: titles, "┼")
    rule.split = 29
    assert rule.draw(told(), 80, 1).plain() == (
        "─ Units none: the linear model, w: from blast fu… ┼─ Recipe ────────────────────"
    )
