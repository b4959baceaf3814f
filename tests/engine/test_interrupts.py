"""A signal that raises, as Ctrl+C does, leaves a run as it was before or after what it came into, its past whole."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable

import numba
import numpy as np
import pytest

from engine import Experiment, Network, Recipe, Trainer, kernels
from engine.cursor import Cursor
from engine.edits import AddUnit
from engine.kernels.cache import KernelCache
from engine.kernels.jit import kernel
from engine.workspace import Workspace

X = np.linspace(-1, 1, 40)[:, np.newaxis]
Y = np.sin(3 * X[:, 0])


def make() -> Trainer:
    return Trainer(Network(1, [["relu"] * 3]), X, Y, recipe=Recipe(batch_size=7), threads=1)


def in_the_midst(function: Callable[..., object], number: int = signal.SIGINT) -> Callable[..., object]:
    """As the function, with Ctrl+C pressed, or another signal, as soon as it has done its work for the first time."""
    numbers = iter([number])

    def pressed(*given: object) -> object:
        result = function(*given)
        for each in numbers:
            signal.raise_signal(each)
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


@pytest.mark.parametrize("place", ["the kernels' import", "a snapshot", "a look at the gradient"])
def test_a_handler_may_train_the_run_that_it_comes_into(monkeypatch, place):
    trainer = make() if place == "the kernels' import" else straight(5)
    owner, name, call = {
        "the kernels' import": (kernels, "loops_for", lambda: trainer.step(20)),
        "a snapshot": (Workspace, "copies", lambda: trainer.restore(trainer.snapshot())),
        "a look at the gradient": (trainer._work._loops, "pull", lambda: trainer.last_gradient),
    }[place]
    before = signal.signal(signal.SIGUSR1, lambda *given: trainer.step(3))
    try:
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, in_the_midst(getattr(owner, name), signal.SIGUSR1))
            call()
    finally:
        signal.signal(signal.SIGUSR1, before)
    np.testing.assert_array_equal(trainer.theta, straight(trainer.update).theta)


IMPORTS = """
import signal, sys
from engine import Network, Trainer

class Press:
    def find_spec(self, name, *more):
        if name == "numba.core.typing":
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Press())
trainer = Trainer(Network(1), [[0.0]], [0.0], threads=1)
try:
    trainer.step(1)
except KeyboardInterrupt:
    print("pressed", trainer.step(1))
"""


def test_while_numba_is_imported_it_waits():
    """Half an import would be all that this process ever has of it."""
    process = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=False)
    assert (process.stdout, process.stderr) == ("pressed 1\n", "")


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")
def test_while_a_kernel_is_compiled_it_waits(monkeypatch):
    @kernel
    def twice(x):
        return 2 * x

    monkeypatch.setattr(KernelCache, "_read", in_the_midst(lambda *given: None))
    monkeypatch.setattr(KernelCache, "save_overload", lambda *given: None)
    with pytest.raises(KeyboardInterrupt):
        twice(1)
    assert len(twice.signatures) == 1
