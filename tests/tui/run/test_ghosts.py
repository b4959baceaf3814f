"""Ghosts: which earlier moments of the trail are shown, and what the network predicted there."""

from __future__ import annotations

import numpy as np

from tui.run.facts import Facts, Predictions
from tui.run.ghosts import MOST, GhostCurves, ghosts
from tui.run.options import Options
from tui.run.player import Step
from tui.run.session import Session
from tui.run.trail import NOWHERE, Path, Stop
from tui.run.travel import Home

NOTHING = np.zeros(1)


def shown(update: int, *stops: int) -> list[int]:
    return [stop.update for stop in ghosts(Path(tuple(Stop(stop, 0, NOTHING) for stop in stops)), update)]


def test_they_are_powers_of_two_after_the_first():
    assert shown(100, *range(101)) == [16, 32, 64]
    assert shown(128, *range(129)) == [16, 32, 64]
    assert shown(129, *range(129)) == [32, 64, 128]
    assert shown(150, *range(50, 151)) == [66, 82, 114]


def test_they_stand_still_while_the_run_goes_on():
    assert len({tuple(shown(update, *range(0, 1000, 4))) for update in range(520, 1000)}) == 1


def test_where_few_are_kept_none_is_shown_twice():
    assert shown(1000, 0, 400, 800) == [0, 400]
    assert shown(1000, 990) == [990]
    assert shown(5, 0, 1, 2, 3, 4, 5) == [1, 2, 4]
    assert shown(1, 0, 1) == [0]


def test_there_is_none_before_the_first_update():
    assert shown(0, 0) == []
    assert ghosts(NOWHERE, 100) == []


def points(dataset):
    return dataset.x_train[:5]


def test_their_curves_are_what_the_network_predicted_then():
    session = Session(Options(seed=1), lambda: None)
    known, asked = {}, Predictions(points)
    for update in range(20):
        known[update] = Facts(session.run.evidence()).of(asked).y
        session.perform(Step(1))
        while session.player.moves:
            session.work()
    answer = Facts(session.run.evidence()).of(GhostCurves(points))
    assert 0 < len(answer) <= MOST
    for update, y in answer:
        np.testing.assert_allclose(y, known[update], rtol=1e-5)
    session.perform(Home())
    assert Facts(session.run.evidence()).of(GhostCurves(points)) == ()
