"""Training examples that come, go and stand aside."""

from __future__ import annotations

import numpy as np
import pytest

from engine import EngineError, Network, Recipe, Trainer
from engine.edits import DrawPoint, ErasePoint, SetExamples, SetPoints

X, Y = np.linspace(-1, 1, 20), np.arange(20.0)


@pytest.fixture
def trainer() -> Trainer:
    return Trainer(Network(1, [["tanh"]]), X, Y, X[:3], Y[:3], Recipe(batch_size=4))


def rows(trainer: Trainer, *edits) -> list[int]:
    for edit in edits:
        trainer.apply(edit)
    own = trainer.examples
    given = own.rows < 20
    np.testing.assert_array_equal(own.y[given], own.rows[given])  # each still has its own target
    np.testing.assert_array_equal(own.x[given, 0], np.float32(X)[own.rows[given]])
    return own.rows.tolist()


def test_a_drawn_point_is_the_last_one(trainer):
    assert rows(trainer, DrawPoint((0.5,), -2.0)) == [*range(20), 20]
    assert (trainer.examples.x[-1, 0], trainer.examples.y[-1]) == (0.5, -2.0)


def test_an_erased_point_leaves_the_numbers_of_the_others(trainer):
    assert rows(trainer, ErasePoint(7), DrawPoint((0.5,), -2.0)) == [*range(7), *range(8, 21)]


def test_fewer_points_are_the_first_of_an_order_drawn_by_the_seed(trainer):
    five, eight = rows(trainer, SetPoints(5, 3)), rows(trainer, SetPoints(8, 3))
    assert len(five) == 5 and set(five) < set(eight)
    assert rows(trainer, SetPoints(5, 3)) == five
    assert rows(trainer, SetPoints(5, 4)) != five
    assert rows(trainer, SetPoints(20, 4)) == list(range(20))
    assert trainer.examples.aside is None


def test_without_a_seed_they_are_the_latest(trainer):
    assert rows(trainer, SetPoints(3)) == [17, 18, 19]


def test_drawn_points_come_before_those_that_were_given(trainer):
    seven = rows(trainer, SetPoints(5, 3), DrawPoint((0.5,), -2.0), DrawPoint((0.6,), -3.0))
    assert seven[-2:] == [20, 21]
    assert rows(trainer, SetPoints(7, 3)) == seven
    assert rows(trainer, SetPoints(2, 3)) == [20, 21]


def test_what_stands_aside_gives_no_number_away(trainer):
    rows(trainer, DrawPoint((0.5,), -2.0), DrawPoint((0.6,), -3.0), SetPoints(1, 3))
    assert rows(trainer, DrawPoint((0.7,), -4.0))[-1] == 22
    assert rows(trainer, SetPoints(23, 3)) == list(range(23))


def test_the_unseen_ones_stay(trainer):
    before = trainer.examples
    rows(trainer, SetPoints(5, 3), DrawPoint((0.5,), -2.0), ErasePoint(20))
    assert trainer.examples.x_test is before.x_test and trainer.examples.y_test is before.y_test


def test_the_changes_lead_there_again(trainer):
    rows(trainer, SetPoints(9, 3), SetPoints(5, 3), DrawPoint((0.5,), -2.0), SetPoints(7, 3), ErasePoint(20))
    assert trainer.examples.changes == (SetPoints(5, 3), DrawPoint((0.5,), -2.0), SetPoints(7, 3), ErasePoint(20))
    again = Trainer(Network(1, [["tanh"]]), X, Y, X[:3], Y[:3], Recipe(batch_size=4))
    assert rows(again, *trainer.examples.changes) == trainer.examples.rows.tolist()
    assert again.examples.aside.rows.tolist() == trainer.examples.aside.rows.tolist()


def test_other_examples_make_earlier_changes_void(trainer):
    rows(trainer, SetPoints(5, 3))
    targets = Y.copy()
    trainer.apply(SetExamples(X, targets))
    targets[:] = 0
    (change,) = trainer.examples.changes
    np.testing.assert_array_equal(change.y, Y)


def test_a_trainer_that_begins_with_these_points_goes_the_same_way(trainer):
    rows(trainer, SetPoints(9, 3))
    chosen = trainer.examples.rows
    other = Trainer(Network(1, [["tanh"]]), X[chosen], Y[chosen], X[:3], Y[:3], Recipe(batch_size=4))
    trainer.run(3), other.run(3)
    assert trainer.theta.tobytes() == other.theta.tobytes()
    np.testing.assert_array_equal(trainer.history.train, other.history.train)


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (DrawPoint((1.0, 2.0), 0.0), r"x of shape \(1, 2\): expected \(N, 1\)"),
        (DrawPoint((float("nan"),), 0.0), "x holds NaN or infinite values"),
        (DrawPoint((0.0,), 1e39), "y holds NaN or infinite values"),
        (DrawPoint("here", 0.0), "x=.here.: expected numbers side by side"),
        (ErasePoint(20), "row=20: expected one of the training examples"),
        (ErasePoint(-1), "row=-1: expected a whole number of at least 0"),
        (SetPoints(0), "points=0: expected a whole number from 1 to 20"),
        (SetPoints(21, 3), "points=21: expected a whole number from 1 to 20"),
        (SetPoints(3, -1), "seed=-1: expected a whole number of at least 0"),
    ],
)
def test_an_edit_that_is_refused_changes_nothing(trainer, edit, sentence):
    before = trainer.examples
    with pytest.raises(EngineError, match=sentence):
        trainer.apply(edit)
    assert trainer.examples is before


def test_the_last_point_stays(trainer):
    trainer.apply(SetPoints(1))
    with pytest.raises(EngineError, match="the only training example stays"):
        trainer.apply(ErasePoint(19))
