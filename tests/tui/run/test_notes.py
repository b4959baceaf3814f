"""What is said of changes."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import get_args

import numpy as np
import pytest

from engine import Recipe
from engine.edits import (
    AddLayer,
    AddUnit,
    DrawPoint,
    Edit,
    ErasePoint,
    Freeze,
    RemoveLayer,
    RemoveUnit,
    SetExamples,
    SetKind,
    SetOutput,
    SetPoints,
    SetRecipe,
    SetTheta,
    SetValue,
    SplitUnit,
)
from tui.run.beginnings import first_run
from tui.run.notes import note_of
from tui.run.options import Options
from tui.run.words import of_divergence

STAYS = ": its outgoing weight is 0, so the curve stays until it learns"
EDITS = {
    AddUnit("relu"): (f"Unit 4 added{STAYS}", "Since unit 4 was added (epoch 10)", "+4"),
    AddUnit("relu", 0, (1.0,), 0.0): (
        "Unit 4 added where it helps most: ReLU, with c = 0; a solves for c", "Since unit 4 was added (epoch 10)", "+4",
    ),
    SetKind(0, 1, "relu"): (
        "Unit 2: sigmoid → ReLU, same weights", "Since unit 2 turned sigmoid → ReLU (epoch 10)", "2ReLU",
    ),
    SplitUnit(0, 1): ("Unit 2 is two ReLUs now, units 2 and 4", "Since unit 2 was split (epoch 10)", "÷2"),
    RemoveUnit(0, 1): ("Unit 2 removed", "Since unit 2 was removed (epoch 10)", "−2"),
    AddLayer(("relu",) * 3): ("Layer 2 added: 3 ReLU units", "Since layer 2 was added (epoch 10)", "+L"),
    RemoveLayer(0): ("Layer 1 removed", "Since layer 1 was removed (epoch 10)", "−L"),
    Freeze(0, 1): ("Unit 2 is frozen: training moves none of its weights", "Since unit 2 was frozen (epoch 10)", "❄2"),
    Freeze(0, 1, False): ("Unit 2 is no longer frozen", "Since unit 2 was freed (epoch 10)", ""),
    SetValue(4, 2.0): ("b 0 → 2.00", "Since b of unit 2 moved (epoch 10)", ""),
    SetOutput((1.0, 2.0, 3.0, 4.0)): ("All c solved", "Since all c were solved (epoch 10)", "c"),
    SetTheta(np.zeros(10)): ("All weights and biases are set", "Since all weights were set (epoch 10)", "θ"),
    SetRecipe(Recipe(batch_size=8)): ("The batch size is now 8", "Since the batch size 32 → 8 (epoch 10)", "B"),
    SetExamples(np.zeros((2, 1)), np.zeros(2)): ("The examples are other ones now", "", "data"),
    DrawPoint((0.0,), 0.0): ("A point at time 30.0 ms: accel −26.2 g", "", "•"),
    ErasePoint(3): ("A point erased", "", "•"),
    SetPoints(50, 4): (
        "50 of 106 training points train: the first in an order of data seed 4",
        "Since points 106 → 50 (epoch 10)", "pts",
    ),
    SetPoints(50): ("50 of 106 training points train: the latest", "Since points 106 → 50 (epoch 10)", "pts"),
    SetPoints(106, 4): ("106 of 106 training points train", "Since points 106 → 106 (epoch 10)", "pts"),
}  # fmt: skip


@pytest.fixture
def moment():
    now = replace(first_run(Options()).moment(), epoch=10, recipe=Recipe())
    now.network.theta = np.zeros(10)
    return now


def test_there_are_words_for_every_edit():
    assert {type(edit) for edit in EDITS} == set(get_args(Edit))


@pytest.mark.parametrize(("edit", "said"), EDITS.items(), ids=lambda value: type(value).__name__)
def test_the_note_of_an_edit(moment, edit, said):
    note = note_of(edit, moment)
    assert (note.text, note.subject, note.mark) == said


@pytest.mark.parametrize(
    ("options", "w", "text"),
    [
        (Options(layer=()), (1.0,), "Unit 1 added where it helps most: ReLU, with c = 0"),
        (
            Options(layer=(("relu",),) * 2),
            (1.0,),
            "Unit 2 added where the data ask for it; the curve stays until it learns",
        ),
        (Options("penguins"), (1.0, 2.0), "Unit 1 added where the data ask for it"),
    ],
    ids=["line", "deep", "plane"],
)
def test_a_placed_unit_says_by_what_it_is_placed(options, w, text):
    assert note_of(AddUnit("relu", 0, w, 0.0), first_run(options).moment()).text == text


def test_the_first_unit_of_the_linear_model_may_move_the_curve():
    note = note_of(AddUnit("relu"), first_run(Options(layer=())).moment())
    assert (note.text, note.mark, note.unit) == ("Unit 1 added", "+1", (0, 0))


@pytest.mark.parametrize("field", [field.name for field in fields(Recipe)])
def test_every_setting_of_the_recipe_has_words_and_a_mark(moment, field):
    other = {"batch_size": 8, "epochs": 7, "optimizer": "sgd", "loss": "mae", "schedule": "cosine"}.get(field, 0.5)
    note = note_of(SetRecipe(replace(moment.recipe, **{field: other})), moment)
    assert note.text.endswith(f" is now {other}")
    assert note.mark
    assert bool(note.subject) == (field != "loss")  # the losses before and after are not of one kind


def test_several_settings_are_all_told(moment):
    note = note_of(SetRecipe(replace(moment.recipe, batch_size=8, l1=0.5)), moment)
    assert note.text == "The batch size is now 8; L1 is now 0.5"
    assert note.subject == "Since the batch size 32 → 8 and L1 0 → 0.5 (epoch 10)"
    assert note.mark == "B"


@pytest.mark.parametrize(("what", "word"), [("loss", "loss"), ("gradient", "gradient"), ("theta", "weights")])
def test_a_run_that_diverged_says_what_grew_too_large_and_what_to_do(what, word):
    """A moment of the optimizer may overflow where the gradient is finite, so "too large" is what is true of both."""
    note = of_divergence(1600, what)
    assert note == f"The {word} grew too large at update 1600; [ lowers the rate, 0 starts again"
    assert len(note) <= 77  # whole at 80 columns
