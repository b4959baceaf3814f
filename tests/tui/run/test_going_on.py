"""A run that was cut off, opened again: what can be done at once, and what comes once it can."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from engine import EngineError, marks, story_state
from tui.run import words
from tui.run.gestures import AddHere, ChooseUnit
from tui.run.options import Options
from tui.run.player import RunEpochs, Step, Toggle
from tui.run.runner import Perform, Runner
from tui.run.session import Session
from tui.run.travel import Back, BackEpoch, Best, End, Home, Undo

PATIENCE = 60.0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def kept(monkeypatch, tmp_path):
    """(the session of a run of 1000 updates, unit 4 added at update 400; the file of it); checkpoints are close."""
    monkeypatch.setattr(marks, "SHARE", 0)
    run = Session(Options(), lambda: None, Clock())
    for wish in (Step(400), AddHere("sigmoid"), Step(600)):
        run.perform(wish)
        finish(run)
    path = tmp_path / "run.npz"
    path.write_bytes(story_state.pack(run.story))
    return run, path


@pytest.fixture
def again(kept) -> Session:
    """The run in another program, right after it was opened."""
    made = Session(Options(), lambda: None, Clock())
    made.offer((kept[1],))
    made.go_on()
    return made


def finish(run: Session) -> None:
    while run.work() == 0.0:
        pass


def test_it_stands_where_it_was_and_moments_follow_by_the_way(kept, again):
    theta = again.trainer.theta
    assert again.story.filled == 0.0
    finish(again)
    assert again.story.filled == 1.0
    assert again.trainer.update == 1000
    assert again.snapshot().note == "Back in the run that was cut off, as it was in its last seconds"
    assert np.array_equal(theta, kept[0].trainer.theta)
    assert again.run.marks == kept[0].run.marks


def test_a_run_that_cannot_be_opened_makes_way_for_the_one_before_it(kept, tmp_path):
    damaged = tmp_path / "damaged.npz"
    damaged.write_bytes(kept[1].read_bytes()[:1000])
    run = Session(Options(), lambda: None, Clock())
    run.offer((damaged, kept[1], damaged))
    with pytest.raises(EngineError):
        run.go_on()
    assert run.snapshot().note == words.ONE_BEFORE and run.taken is None
    run.go_on()
    assert (run.trainer.update, run.taken) == (1000, kept[1])
    run.go_on()
    assert run.snapshot().note == words.NOTHING_LEFT


@pytest.mark.parametrize("wish", [Back(300), BackEpoch(), Best(), Undo()])
def test_a_travel_into_what_is_not_there_yet_comes_when_it_is(kept, again, wish):
    again.perform(wish)
    told = again.snapshot()
    assert (told.update, told.state) == (1000, "paused")
    assert told.busy == "earlier moments are being trained again, 0 %; then it goes there"
    finish(again)
    kept[0].perform(wish)
    assert again.snapshot().busy is None
    assert again.story.position == kept[0].story.position
    assert np.array_equal(again.trainer.theta, kept[0].trainer.theta)
    assert again.snapshot().note.split(";")[0] == kept[0].snapshot().note.split(";")[0]


def test_an_edit_that_was_not_passed_here_yet_can_be_undone_and_is_named(kept, again, monkeypatch):
    again.story._cursor.marks.spacing = 1000  # so it is near
    again.perform(Undo())
    assert again.story.position == (400, 0)
    assert again.snapshot().note.startswith("Undone: unit 4 added at epoch 100; ")


@pytest.mark.parametrize("wish", [Home(), End()])
def test_what_is_near_comes_at_once(again, wish):
    again.perform(wish)
    assert not again.awaits
    assert again.trainer.update == (0 if wish == Home() else 1000)


def test_steps_back_that_wait_add_up_and_another_wish_takes_their_place(again):
    for wish in (Back(1), Back(2)):
        again.perform(wish)
    assert again.trainer.update == 1000
    finish(again)
    assert again.trainer.update == 997


def test_another_wish_takes_the_place_of_a_travel_that_waits(again):
    for wish in (Back(1), ChooseUnit(1)):
        again.perform(wish)
    finish(again)
    assert (again.trainer.update, again.run.choice.unit) == (1000, 1)


def test_the_way_ahead_that_was_never_trained_here_is_a_replay_with_its_progress(kept, tmp_path):
    story = kept[0].story
    story.home()
    kept[1].write_bytes(story_state.pack(story))
    again = Session(Options(), lambda: None, Clock())
    again.offer((kept[1],))
    again.go_on()
    again.perform(End())
    assert again.snapshot().busy == "replaying, 0 %; space stops"
    finish(again)
    assert (again.trainer.update, again.story.at_end) == (1000, True)
    assert again.snapshot().note.startswith("The latest moment; ")


def test_while_the_kernels_are_loaded_all_is_done_that_needs_none(kept):
    run = Session(Options(), lambda: None, Clock())
    run.load()
    assert (run.snapshot().state, run.snapshot().busy) == ("paused", None)
    run.offer((kept[1],))
    run.go_on()
    run.perform(ChooseUnit(1))
    assert (run.trainer.update, run.run.choice.unit) == (1000, 1)
    for wish in (Back(1), Toggle(), RunEpochs(1)):
        run.perform(wish)
        assert run.work() is None
        told = run.snapshot()
        assert (told.update, told.state, told.busy) == (1000, "loading", words.LOADING)
    run.compile()
    assert (run.snapshot().state, run.snapshot().busy) == ("compiling", words.COMPILING)
    run.load(done=True)
    finish(run)
    assert (run.trainer.update, run.snapshot().state) == (1004, "paused")


def test_that_kernels_are_compiled_is_seen_even_where_nobody_waits():
    run = Session(Options(), lambda: None, Clock())
    run.load()
    run.compile()
    assert (run.snapshot().state, run.snapshot().busy) == ("compiling", None)
    run.load(done=True)
    assert run.snapshot().state == "paused"


def test_why_nothing_comes_yet_is_whole_at_80_columns():
    assert max(map(len, (words.LOADING, words.COMPILING, words.of_filling(1.0)))) <= 76


def test_the_runner_takes_commands_while_the_kernels_are_loaded():
    loads, arrived, trained = threading.Event(), threading.Event(), threading.Event()
    runner = Runner(Options(), lambda: None)
    runner.start()
    runner.prepare(lambda compiles: "" if loads.wait(PATIENCE) else "late")
    runner.send(Perform(Step(3)))
    runner.send(lambda session: arrived.set())
    assert arrived.wait(PATIENCE)
    assert runner.loading
    assert runner.session.trainer.update == 0
    loads.set()
    runner._loader.join(PATIENCE)
    runner.send(lambda session: trained.set())
    assert trained.wait(PATIENCE)
    assert runner.stop(PATIENCE)
    assert runner.session.trainer.update == 3
    assert not runner.loading


def test_what_a_person_must_know_of_the_kernels_is_a_notice():
    runner = Runner(Options(), lambda: None)
    runner.prepare(lambda compiles: "compiled each time")
    runner._loader.join(PATIENCE)
    assert runner.notices() == ["compiled each time"]


@pytest.mark.parametrize(("error", "kept_for_the_screen"), [(OSError("no room"), False), (ZeroDivisionError(), True)])
def test_kernels_that_cannot_be_loaded(error, kept_for_the_screen):
    done = threading.Event()
    runner = Runner(Options(), lambda: None)
    runner.start()

    def load(compiles) -> None:
        raise error

    runner.prepare(load)
    runner._loader.join(PATIENCE)
    runner.send(lambda session: done.set())
    assert done.wait(PATIENCE)
    assert not runner.session.loading
    assert (runner.failure is error) is kept_for_the_screen
    assert runner.stop(PATIENCE)
