"""The notes of one run."""

from __future__ import annotations

from functools import lru_cache

import pytest

import data
from engine import Recipe
from tui.run.telling import Note, Telling, brief

load = lru_cache(data.load)


def sentence(telling: Telling, update: int, losses: tuple[float, float | None], trouble: str = "") -> str:
    return telling.sentence(update, losses, Recipe(), load("motorcycle"), trouble)


def test_each_edit_has_its_note_until_another_takes_its_place():
    telling = Telling()
    for place, name in ((0, "a"), (1, "b"), (2, "c"), (1, "d")):
        telling.edited(place, Note("", name=name))
    assert [note.name for note in telling.notes] == ["a", "d"]


def test_a_change_is_told_as_it_happens_and_then_by_what_has_been_since():
    telling = Telling()
    telling.changed(Note("Unit 4 added", "Unit 4"), 40, 30.0)
    assert telling.measures
    assert sentence(telling, 40, (20.0, 30.0)) == "Unit 4 added"
    assert sentence(telling, 41, (20.0, 25.0)) == "Unit 4: unseen 30.0 → 25.0 g"
    assert sentence(telling, 41, (20.0, None)) == "Unit 4: training 30.0 → 20.0 g"
    assert sentence(telling, 41, (20.0, 30.0)) == "Unit 4: unseen stays at 30.0 g"


def test_what_stands_by_itself_is_not_measured():
    telling = Telling()
    telling.changed(Note("Unit 4 added", "Unit 4, added at epoch 10,"), 40, 30.0)
    telling.say("Hello")
    assert not telling.measures
    assert sentence(telling, 99, (1.0, 1.0)) == "Hello"


@pytest.mark.parametrize("trouble", ["dead", "saturated"])
def test_trouble_is_told_of_the_unit_that_changed(trouble):
    telling = Telling()
    telling.changed(Note("", "Unit 4,", unit=(0, 3)), 40, 30.0)
    assert sentence(telling, 41, (1.0, 1.0), trouble).startswith(f"Unit 4 is {trouble}: ")
    telling.changed(Note("", "The rate"), 40, 30.0)
    assert sentence(telling, 41, (1.0, 1.0), trouble) == "The rate: unseen 30.0 → 1.00 g"


def test_a_flat_layer_is_told_where_the_loss_has_risen():
    telling = Telling()
    telling.changed(Note("", "The rate"), 40, 30.0)
    assert sentence(telling, 41, (1.0, 31.0), "flat").startswith("All units of a layer are flat")
    assert sentence(telling, 41, (1.0, 29.0), "flat").startswith("The rate: unseen 30.0 → 29.0 g")


def test_a_note_in_fewer_words():
    assert (
        brief("Since unit 4 was added (epoch 50): unseen 38.0 → 25.6 g")
        == "Since unit 4 was added: unseen 38.0 → 25.6 g"
    )


def test_overfitting_is_told_rather_than_praised():
    telling = Telling()
    telling.changed(Note("Unit 4 added", "Unit 4 added at epoch 10"), 40, 30.0)
    words = telling.sentence(41, (10.0, 25.0), Recipe(), load("motorcycle"), overfit=(68.0, 22.0))
    assert words == "Unseen was best at epoch 68 (22.0); since then it rises while train falls: overfitting"


def test_a_plateau_is_told_after_what_has_been_since():
    telling = Telling()
    telling.changed(Note("", "Training since epoch 0"), 0, 30.0)
    words = telling.sentence(41, (10.0, 25.0), Recipe(), load("motorcycle"), plateau=40.0)
    assert words == "Training since epoch 0: unseen 30.0 → 25.0 g; train is flat since epoch 40"
    assert brief(words) == "Training since epoch 0: unseen 30.0 → 25.0 g"
