"""A story with its newest moment as one archive: it goes on at once, to the bit; and nothing else gets in."""

from __future__ import annotations

import random
import zipfile

import numpy as np
import pytest

from engine import EngineError, Experiment, Network, Recipe, Trainer, story_file, story_state
from engine.edits import AddLayer, AddUnit, Freeze, SetExamples, SetRecipe, SetValue

RNG = np.random.default_rng(5)
X, X_TEST = RNG.uniform(-1, 1, (40, 1)), RNG.uniform(-1, 1, (10, 1))
Y, Y_TEST = np.sin(3 * X[:, 0]), np.sin(3 * X_TEST[:, 0])


def arrays(source):
    return X, Y, X_TEST, Y_TEST


def told(dtype: str = "float32") -> Experiment:
    network = Network(1, [["sigmoid"] * 3], seed=2, dtype=dtype)
    trainer = Trainer(network, X, Y, X_TEST, Y_TEST, Recipe(batch_size=7, learning_rate=0.01), seed=3, threads=1)
    story = Experiment(trainer)
    story.step(10)
    for edit in (AddUnit("relu"), Freeze(0, 1), SetRecipe(Recipe(batch_size=3)), AddLayer(("relu", "tanh"))):
        story.apply(edit)
        story.step(10)
    story.apply(SetExamples(X[:30], Y[:30], X_TEST, Y_TEST))
    story.step(7)
    return story


def kept(story: Experiment, path) -> Experiment:
    path.write_bytes(story_state.pack(story))
    return story_state.load(path, arrays, threads=1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_kept_story_goes_on_to_the_bit_and_remembers_all_of_its_past(tmp_path, dtype):
    story = told(dtype)
    again = kept(story, tmp_path / "run.npz")
    assert (again.position, again.end, again.at_end) == (story.position, story.end, True)
    np.testing.assert_array_equal(again.trainer.theta, story.trainer.theta)
    assert again.history.train.tolist() == story.history.train.tolist()
    for each in (story, again):
        each.step(50)
    np.testing.assert_array_equal(again.trainer.theta, story.trainer.theta)
    assert again.history.train.tolist() == story.history.train.tolist()
    for update in (44, 12, 90):
        for each in (story, again):
            each.goto(update)
        np.testing.assert_array_equal(again.trainer.theta, story.trainer.theta)


def test_a_kept_story_names_its_lanes_though_nothing_is_trained_again(tmp_path):
    story = told()
    again = kept(story, tmp_path / "run.npz")
    assert again.trainer.lanes == 0 < story.trainer.lanes
    for written in (story, again):
        written.save(tmp_path / "run.toml")
        assert story_file.read(tmp_path / "run.toml").outcome.lanes == story.trainer.lanes
    assert kept(again, tmp_path / "again.npz").draft() == story.draft()


def test_a_cursor_in_the_past_is_kept_there(tmp_path):
    story = told()
    theta = story.trainer.theta
    story.undo()
    story.goto(15)
    again = kept(story, tmp_path / "run.npz")
    assert (again.position, again.end, again.at_end) == (story.position, story.end, False)
    assert again.history.train.tolist() == story.history.train.tolist()
    again.goto(again.end)
    np.testing.assert_array_equal(again.trainer.theta, theta)
    assert again.history.train.tolist() == story.history.train.tolist()
    again.undo()
    again.apply(SetValue(0, 1.0))
    assert again.at_end


def test_what_does_not_fit_is_a_sentence(tmp_path):
    path = tmp_path / "run.npz"
    content = story_state.pack(told())

    def changed(**other):
        with np.load(path, allow_pickle=False) as file:
            own = dict(file)
        np.savez(path, **{**own, **other})

    for other in (
        {"theta": np.zeros(3, np.float32)},
        {"theta": np.array([object()], dtype=object)},
        {"position": np.array([10**9, 0])},
        {"position": np.array([0, 99])},
        {"position": np.array([3, 1])},
        {"position": np.zeros(2)},
        {"state": np.zeros(3, np.uint8)},
        {"points": np.zeros((4, 10**6))},
        {"points": np.zeros(8)},
        {"more": np.zeros(1)},
        {"story": np.frombuffer(b"format = 1", np.uint8)},
    ):
        path.write_bytes(content)
        changed(**other)
        with pytest.raises(EngineError) as caught:
            story_state.load(path, arrays)
        assert "\n" not in str(caught.value)


def test_a_file_cut_or_changed_anywhere_is_a_story_or_a_sentence(tmp_path):
    path, content, choose = tmp_path / "run.npz", story_state.pack(told()), random.Random(3)
    told_of = 0
    for _ in range(300):
        changed = bytearray(content)
        if choose.random() < 0.5:
            del changed[choose.randrange(len(changed)) :]
        else:
            changed[choose.randrange(len(changed))] ^= 1 << choose.randrange(8)
        path.write_bytes(bytes(changed))
        try:
            story_state.load(path, arrays)
        except EngineError:
            told_of += 1
    assert told_of > 200  # the others are changed where it means nothing


def test_an_archive_that_unpacks_to_much_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "run.npz"
    path.write_bytes(story_state.pack(told()))
    with np.load(path) as file:
        own = dict(file)
    own["theta"] = np.zeros(10**6, np.float32)
    np.savez_compressed(path, **own)
    assert zipfile.is_zipfile(path)
    with pytest.raises(EngineError, match="larger than"):
        story_state.load(path, arrays)
