"""A signal that raises, as Ctrl+C does, leaves a run as it was before or after what it came into, its past whole."""

from __future__ import annotations

import signal
from collections.abc import Callable

import numpy as np
import pytest

from engine import Experiment, Network, Recipe, Trainer
from engine.cursor import Cursor
from engine.edits import AddUnit

X = np.linspace(-1, 1, 40)[:, np.newaxis]
Y = np.sin(3 * X[:, 0])


def make() -> Trainer:
    return Trainer(Network(1, [["relu"] * 3]), X, Y, recipe=Recipe(batch_size=7), threads=1)


def in_the_midst(function: Callable[..., object]) -> Callable[..., object]:
    """As the function, with Ctrl+C pressed as soon as it has done its work."""

    def pressed(*given: object) -> object:
        result = function(*given)
        signal.raise_signal(signal.SIGINT)
        return result

    return pressed


@pytest.mark.parametrize("piece", ["_rebuild", "_set", "_begin_batch_again"])
def test_an_edit_is_made_as_a_whole(monkeypatch, piece):
    story, other = Experiment(make()), Experiment(make())
    for each in (story, other):
        each.step(3)
    other.apply(AddUnit("relu"))
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, piece, in_the_midst(getattr(Trainer, piece)))
        with pytest.raises(KeyboardInterrupt):
            story.apply(AddUnit("relu"))
    for each in (story, other):
        each.step(5)
    assert story.journal == other.journal
    np.testing.assert_array_equal(story.trainer.theta, other.trainer.theta)


def test_what_was_trained_when_it_came_is_part_of_the_story(monkeypatch):
    story = Experiment(make())
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "step", in_the_midst(Trainer.step))
        with pytest.raises(KeyboardInterrupt):
            story.step(30)
    assert story.end == story.update == 30
    theta, history = story.trainer.theta, story.history
    story.goto(0)
    story.goto(story.end)
    np.testing.assert_array_equal(story.trainer.theta, theta)
    np.testing.assert_array_equal(story.history.train, history.train)


def test_a_way_back_that_it_cuts_short_leads_on_from_where_it_was_cut(monkeypatch):
    story = Experiment(make())
    story.step(200)
    theta = story.trainer.theta
    with monkeypatch.context() as patch:
        patch.setattr(Cursor, "_return_to", in_the_midst(Cursor._return_to))
        with pytest.raises(KeyboardInterrupt):
            story.goto(77)
    assert (story.update < 200, story.end, story.at_end) == (True, 200, False)
    story.goto(200)
    np.testing.assert_array_equal(story.trainer.theta, theta)
    assert story.history.update[-1] == straight(200).history.update[-1]


def straight(updates: int) -> Trainer:
    trainer = make()
    trainer.step(updates)
    return trainer
