"""Ghosts: which earlier moments are kept, and what becomes of them when the run goes back and takes another way."""

from __future__ import annotations

from engine import Network
from tui.run.ghosts import LARGEST, MOST, Ghosts
from tui.run.options import Options
from tui.run.player import RunEpochs
from tui.run.session import Session
from tui.run.travel import Back, Home

NETWORK = Network(1, [["relu"]])


def seen(*epochs: float) -> Ghosts:
    """A run with ten updates an epoch that was looked at after these epochs."""
    ghosts = Ghosts()
    for epoch in epochs:
        ghosts.see(round(10 * epoch), epoch, NETWORK, [])
    return ghosts


def test_the_first_moment_is_kept_and_then_each_at_twice_the_epochs():
    ghosts = seen(*(k / 10 for k in range(400)))
    assert [ghost.progress for ghost in ghosts.kept] == [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0]


def test_only_the_latest_before_now_are_shown():
    ghosts = seen(*range(100))
    assert [ghost.progress for ghost in ghosts.before(990)] == [16, 32, 64]
    assert [ghost.progress for ghost in ghosts.before(320)] == [4, 8, 16]
    assert ghosts.before(0) == ()
    assert len(ghosts.before(10**9)) == MOST


def test_going_back_keeps_them_and_another_way_on_forgets_what_never_was():
    ghosts = seen(*range(100))
    ghosts.see(200, 20.0, NETWORK, [])
    assert len(ghosts.kept) == 8
    ghosts.see(200, 20.0, NETWORK, [200])
    assert [ghost.progress for ghost in ghosts.kept] == [0, 1, 2, 4, 8, 16]
    ghosts.see(400, 40.0, NETWORK, [200])
    assert ghosts.kept[-1].progress == 40.0


def test_no_past_is_kept_of_a_large_network():
    ghosts = Ghosts()
    ghosts.see(0, 0.0, Network(LARGEST, []), [])
    assert ghosts.kept == []


def test_a_session_tells_them():
    session = Session(Options(seed=1), lambda: None)
    start = session.snapshot().network.theta
    for _ in range(4):
        session.perform(RunEpochs(1, long=False))
        while session.player.moves:
            session.work()
        session.snapshot()
    ghosts = session.run.evidence().ghosts
    assert [ghost.progress for ghost in ghosts] == [0.0, 1.0, 2.0]
    assert (ghosts[0].network.theta == start).all()
    session.perform(Home())
    assert session.run.evidence().ghosts == ()
    session.perform(Back(1))
