"""The last update, opened up for the screen: of which moment it is, and how a session makes it cheap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tui.run.facts import Losses
from tui.run.last_update import Last, LastUpdate
from tui.run.options import Options
from tui.run.player import Step, Toggle
from tui.run.session import Session


class Clock:
    """Each look at it takes this many seconds."""

    def __init__(self, step: float = 0.0) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def session(clock: Callable[[], float] | None = None, **options: Any) -> Session:
    return Session(Options(**options), lambda: None, clock or Clock())


def asked(run: Session) -> Session:
    run.ask([lambda dataset: (LastUpdate(),)])
    run.snapshot()
    return run


def answer(run: Session) -> Last:
    found = run.snapshot().answer(LastUpdate())
    assert isinstance(found, Last)
    return found


def step(run: Session, updates: int) -> None:
    run.perform(Step(updates))
    while run.work() == 0.0:
        pass


def test_before_the_first_update_there_is_none():
    assert asked(session()).snapshot().answer(LastUpdate()) is None


def test_it_is_of_the_moment_that_is_told():
    run = asked(session())
    for _ in range(3):
        step(run, 7)
        found = answer(run)
        assert found.done.number == run.trainer.update
        assert found.miss is not None and found.miss <= 3e-7
        np.testing.assert_array_equal(found.ahead.before.theta, found.done.after.theta)


def test_an_update_that_is_too_large_is_refused_in_a_sentence():
    run = asked(session(data="chicago", layer=(("relu",) * 3000,), training={"batch": 1461}))
    run.story.step(1)
    found = run.snapshot().answer(LastUpdate())
    assert found == "4 384 461 values of units in one update: it is opened up to 4 194 304; { and x help"


@pytest.mark.parametrize("asks", [True, False])
def test_who_asks_has_checkpoints_right_before_each_slice(asks: bool):
    run = session()
    if asks:
        asked(run)
    run.perform(Toggle())
    run.work()
    first = run.trainer.update
    run.clock.now = run.player.clock.now = 1.0
    run.work()
    assert run.story.way.checkpoint.update == (first if asks else 0)
    assert run.trainer.update > first


def test_who_asks_no_more_has_none():
    run = asked(session())
    run.ask([lambda dataset: (Losses(),)])
    run.snapshot()
    step(run, 2)
    step(run, 2)
    assert run.story.way.checkpoint.update == 0


def test_a_checkpoint_that_takes_long_is_made_now_and_then():
    run = asked(session(Clock(step=1.0)))
    step(run, 1)
    step(run, 1)
    assert run.story.way.checkpoint.update == 0  # one more would take more than a twentieth of the time


def test_a_paused_run_gets_none():
    run = asked(session())
    step(run, 2)
    size = run.story.nbytes
    for _ in range(5):
        run.work()
    assert run.story.nbytes == size
