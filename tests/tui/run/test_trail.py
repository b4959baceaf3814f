"""Where a run has been: few moments of it, the same network's, and none of a past that was left."""

from __future__ import annotations

import numpy as np

from engine import Experiment, Network, Recipe, Trainer
from engine.edits import AddLayer, AddUnit, SetRecipe, SetValue
from tui.run import trail
from tui.run.trail import Trail

X = np.linspace(-1, 1, 20)


def story() -> Experiment:
    return Experiment(Trainer(Network(1, [["tanh"]]), X, np.sin(3 * X), recipe=Recipe(batch_size=5)))


def walk(own: Experiment, seen: Trail, updates: int) -> None:
    for _ in range(updates):
        own.step()
        seen.look(own)


def updates(stops) -> list[int]:
    return [stop.update for stop in stops]


def test_every_update_of_a_short_run_is_remembered():
    own, seen = story(), Trail()
    walk(own, seen, 5)
    path = seen.path(own)
    assert updates(path.past) == [1, 2, 3, 4, 5] and not path.ahead
    np.testing.assert_array_equal(path.past[-1].theta, own.trainer.theta)


def test_a_long_run_is_remembered_more_and_more_thinly(monkeypatch):
    monkeypatch.setattr(trail, "MOST", 8)
    own, seen = story(), Trail()
    walk(own, seen, 100)
    past = updates(seen.path(own).past)
    assert 4 <= len(past) <= 8 and past[-1] > 80
    assert set(np.diff(past).tolist()) == {16}


def test_a_large_network_leaves_fewer_moments(monkeypatch):
    monkeypatch.setattr(trail, "BUDGET", 1)
    own, seen = story(), Trail()
    walk(own, seen, 100)
    assert len(seen.path(own).past) <= trail.FEWEST


def test_back_in_time_the_rest_lies_ahead():
    own, seen = story(), Trail()
    walk(own, seen, 6)
    own.goto(2)
    path = seen.path(own)
    assert (updates(path.past), updates(path.ahead)) == ([1, 2], [3, 4, 5, 6])
    own.step()
    seen.look(own)
    assert updates(seen.path(own).past) == [1, 2, 3]


def test_a_fork_forgets_what_it_leaves():
    own, seen = story(), Trail()
    walk(own, seen, 6)
    own.goto(2)
    own.apply(SetRecipe(Recipe(batch_size=5, learning_rate=0.1)))
    walk(own, seen, 1)
    path = seen.path(own)
    assert (updates(path.past), updates(path.ahead)) == ([1, 2, 3], [])
    np.testing.assert_array_equal(path.past[-1].theta, own.trainer.theta)


def test_only_moments_of_the_same_network_are_on_the_path():
    own, seen = story(), Trail()
    walk(own, seen, 2)
    own.apply(AddUnit("relu"))
    seen.look(own)
    walk(own, seen, 2)
    path = seen.path(own)
    assert (updates(path.past), path.reshaped) == ([2, 3, 4], 0)
    own.undo()
    path = seen.path(own)
    assert (updates(path.past), path.ahead, path.reshaped) == ([1, 2], (), -1)


def test_an_edit_in_the_place_of_one_that_was_undone_has_moments_of_its_own():
    own, seen = story(), Trail()
    own.apply(AddUnit("relu"))
    seen.look(own)
    own.undo()
    own.apply(AddLayer(("tanh",)))
    seen.look(own)
    (stop,) = seen.path(own).past
    np.testing.assert_array_equal(stop.theta, own.trainer.theta)


def test_a_value_that_is_set_twice_at_once_is_remembered_as_it_is_now():
    own, seen = story(), Trail()
    for value in (1.0, 2.0):
        own.apply(SetValue(0, value), joins=value > 1.0)
        seen.look(own)
    (stop,) = seen.path(own).past
    np.testing.assert_array_equal(stop.theta, own.trainer.theta)


def test_what_a_fork_left_is_none_of_its_own_before_it_was_looked_at():
    own, seen = story(), Trail()
    seen.look(own)
    own.apply(AddUnit("relu"))
    seen.look(own)
    own.undo()
    own.apply(SetValue(0, 1.0))
    assert [stop.theta.size for stop in seen.path(own).past] == [own.trainer.theta.size]
    own.undo()  # so that something lies ahead
    assert [stop.theta.size for stop in seen.path(own).past] == [own.trainer.theta.size]
