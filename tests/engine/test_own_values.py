"""However its values were given, an edit has plain ones of its own: a story repeats and saves them to the bit."""

from __future__ import annotations

import array
from fractions import Fraction

import numpy as np
import pytest

from engine import EngineError, Experiment, Network, Recipe, Trainer
from engine.edits import (
    AddLayer,
    AddUnit,
    DrawPoint,
    ErasePoint,
    Freeze,
    SetExamples,
    SetOutput,
    SetPoints,
    SetTheta,
    SetValue,
    own,
)

X = np.linspace(-1, 1, 20)[:, np.newaxis]
Y = np.sin(3 * X[:, 0])
SEVEN = np.linspace(0, 1, 7)
NINE = np.linspace(-0.9, 0.9, 9)
FLOAT32, FLOAT64 = np.dtype("f4"), np.dtype("f8")


def make(dtype: str) -> Trainer:
    return Trainer(Network(1, [["relu"] * 2], dtype=dtype), X, Y, recipe=Recipe(batch_size=7), threads=1)


GIVEN = [
    AddLayer(["relu", "relu"]),
    AddUnit("relu", np.int8(0), [0.1], np.array(0.1)),
    AddUnit("relu", 0, np.array([0.1], "f4"), np.float16(0.1)),
    Freeze(np.uint64(0), np.int64(1)),
    SetValue(0, np.array(0.1)),
    SetValue(np.int32(0), np.float32(0.1)),
    SetValue(0, Fraction(1, 3)),
    SetValue(0, np.longdouble(1) / 3),
    SetOutput(np.linspace(0, 1, 3).astype("f2")),
    SetOutput(range(3)),
    SetTheta(SEVEN.astype("f4")),
    SetTheta(SEVEN.astype("f2")),
    SetTheta(SEVEN.astype(">f8")),
    SetTheta(np.ones(7, bool)),
    SetTheta(array.array("d", SEVEN)),
    SetTheta(memoryview(SEVEN)),
    SetTheta([*map(np.array, SEVEN)]),
    SetExamples(NINE.astype("f4")[:, np.newaxis], np.cos(NINE).astype("f4")),
    SetExamples(range(5), range(5), [[1]], (Fraction(1, 3),)),
    DrawPoint(np.array([0.1], "f4"), np.array(0.1)),
    DrawPoint((np.array(0.1),), 0.3),
    DrawPoint(0.5, True),
    ErasePoint(np.int64(3)),
    SetPoints(np.int16(9), np.uint8(4)),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("edit", GIVEN, ids=lambda edit: type(edit).__name__)
def test_what_a_story_takes_it_repeats_and_saves_to_the_bit(edit, dtype, tmp_path):
    story = Experiment(make(dtype))
    story.step(5)
    story.apply(edit)
    story.step(5)
    theta = story.trainer.theta.tobytes()
    story.goto(2)
    story.goto(10)
    assert story.trainer.theta.tobytes() == theta
    story.save(tmp_path / "run.toml")
    again = Experiment.load(tmp_path / "run.toml", lambda source: (X, Y, None, None))
    assert again.trainer.theta.tobytes() == theta


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_points_of_before_a_story_are_saved_to_the_bit(dtype, tmp_path):
    trainer = make(dtype)
    trainer.apply(SetExamples(NINE.astype("f2"), np.cos(NINE).astype("f4")))
    trainer.apply(DrawPoint(np.array([0.1], "f4"), np.array(0.1)))
    story = Experiment(trainer)
    story.step(5)
    story.save(tmp_path / "run.toml")
    again = Experiment.load(tmp_path / "run.toml", lambda source: (X, Y, None, None))
    assert again.trainer.theta.tobytes() == story.trainer.theta.tobytes()


LIST, WORDS, ARRAY = [0.5] * 7, array.array("d", [0.5] * 7), np.full(7, 0.5)
ROWS, POINT, TARGETS, KINDS = [[0.5], [0.2]], np.array(0.5), [0.1, 0.2], ["relu"]


@pytest.mark.parametrize(
    ("edit", "change"),
    [
        (SetTheta(LIST), lambda: LIST.reverse() or LIST.__setitem__(0, 9.0)),
        (SetTheta(WORDS), lambda: WORDS.__setitem__(0, 9.0)),
        (SetTheta(memoryview(ARRAY)), lambda: ARRAY.fill(9.0)),
        (SetExamples(tuple(ROWS), TARGETS), lambda: ROWS[0].__setitem__(0, 9.0) or TARGETS.reverse()),
        (DrawPoint((POINT,), 1.0), lambda: POINT.fill(9.0)),
        (AddLayer(KINDS), lambda: KINDS.append("tanh")),
    ],
    ids=["list", "array.array", "memoryview", "rows", "0-d array", "kinds"],
)
def test_a_story_does_not_change_with_what_its_edits_were_given(edit, change):
    story = Experiment(make("float32"))
    story.step(5)
    story.apply(edit)
    story.step(5)
    theta = story.trainer.theta
    change()
    story.goto(2)
    story.goto(10)
    np.testing.assert_array_equal(story.trainer.theta, theta)


def test_arrays_have_the_networks_precision_and_other_numbers_their_own():
    kept = own(SetTheta(SEVEN), FLOAT32)
    assert kept.theta.dtype == FLOAT32 and not kept.theta.flags.writeable
    assert own(SetValue(0, 0.1), FLOAT32) == SetValue(0, 0.1)  # and not the float32 next to it
    assert own(SetOutput([1, 2]), FLOAT64).values == (1.0, 2.0)


@pytest.mark.parametrize("value", ["0.5", None, 1j, [1.0], np.datetime64(0, "s"), {}, np.ma.masked])
def test_what_is_no_number_is_none_in_an_edit_either(value):
    with pytest.raises(EngineError, match="expected"):
        Experiment(make("float32")).apply(SetValue(0, value))
