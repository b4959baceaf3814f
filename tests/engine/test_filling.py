"""Checkpoints of a past that a story was not trained through since it was opened: the right ones, laid by the way."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Experiment, Network, Recipe, Trainer, marks, story_state
from engine.edits import AddUnit, SetExamples, SetRecipe, SetValue

RNG = np.random.default_rng(5)
X, X_TEST = RNG.uniform(-1, 1, (40, 1)), RNG.uniform(-1, 1, (10, 1))
Y, Y_TEST = np.sin(3 * X[:, 0]), np.sin(3 * X_TEST[:, 0])


@pytest.fixture
def kept(monkeypatch, tmp_path):
    """(a story of 1000 updates with edits, the same as it is opened after a crash); checkpoints are cheap."""
    monkeypatch.setattr(marks, "SHARE", 0)
    network = Network(1, [["sigmoid"] * 3], seed=2)
    story = Experiment(Trainer(network, X, Y, X_TEST, Y_TEST, Recipe(batch_size=7, learning_rate=0.01), seed=3))
    for edit in (AddUnit("relu"), SetExamples(X[:30], Y[:30], X_TEST, Y_TEST), SetRecipe(Recipe(batch_size=3))):
        story.step(250)
        story.apply(edit)
    story.step(250)
    return story, opened(story, tmp_path)


def opened(story: Experiment, folder) -> Experiment:
    path = folder / "run.npz"
    path.write_bytes(story_state.pack(story))
    return story_state.load(path, lambda source: (X, Y, X_TEST, Y_TEST))


def fill(story: Experiment) -> None:
    while story.fill(0.01):
        pass


def test_a_story_that_was_trained_here_lacks_nothing(kept):
    story, _ = kept
    assert not story.fill(0.01)
    assert story.filled == 1.0


def test_the_cursor_and_its_trainer_stay_while_checkpoints_are_laid(kept):
    story, again = kept
    theta, losses = again.trainer.theta, again.history.train.tolist()
    assert (again.filled, again.near((500, 2))) == (0.0, False)
    shares = []
    while again.fill(1e-9):
        shares.append(again.filled)
    assert shares == sorted(shares)
    assert len(set(shares)) > 5
    assert shares[0] < 0.5
    assert again.filled == 1.0
    assert (again.position, again.at_end) == (story.position, True)
    assert np.array_equal(again.trainer.theta, theta)
    assert again.history.train.tolist() == losses


def test_then_each_moment_is_near_and_what_it_was(kept, monkeypatch):
    story, again = kept
    fill(again)
    assert [entry.progress for entry in again.entries] == [entry.progress for entry in story.entries]
    trained, step = [], Trainer.step
    monkeypatch.setattr(Trainer, "step", lambda own, updates=1: trained.append(updates) or step(own, updates))
    for update in (999, 751, 750, 500, 251, 250, 30, 1000):
        trained.clear()
        assert again.near((update, sum(entry.update <= update for entry in again.entries)))
        again.goto(update)
        assert sum(trained) <= 16
        story.goto(update)
        assert np.array_equal(again.trainer.theta, story.trainer.theta)
    assert again.history.train.tolist() == story.history.train.tolist()
    assert story.undo() == again.undo()
    assert np.array_equal(again.trainer.theta, story.trainer.theta)


def test_an_edit_in_a_past_that_is_not_filled_yet(kept):
    story, again = kept
    assert again.fill(1e-9)
    for each in (story, again):
        each.goto(600)
        each.apply(SetValue(0, 1.0))
        each.step(100)
    fill(again)
    for update in (700, 650, 300, 10):
        for each in (story, again):
            each.goto(update)
        assert np.array_equal(again.trainer.theta, story.trainer.theta)


def test_the_epochs_of_edits_are_known_then_also_where_no_checkpoint_is_missing(kept, tmp_path, monkeypatch):
    story, _ = kept
    monkeypatch.setattr(marks, "SHARE", 10**6)
    again = opened(story, tmp_path)
    assert again.near((0, 0))
    fill(again)
    assert [entry.progress for entry in again.entries] == [entry.progress for entry in story.entries]


def test_a_story_at_rest_is_filled_once_somebody_is_back(kept):
    _, again = kept
    again.fill(1e-9)
    again.rest()
    assert again.filled == 0.0
    fill(again)
    assert again.filled == 1.0


def test_filling_ends_where_the_run_diverges_on_this_machine(kept):
    _, again = kept
    again.trainer.apply(SetValue(0, 1.0))
    first = again._cursor.marks._even[0].checkpoint
    first.parameters[0][:] = 3e38
    assert not again.fill(0.01)
    assert not again.fill(0.01)
