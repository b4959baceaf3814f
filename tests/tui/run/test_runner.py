"""The runner's thread: what is asked for is done, what went wrong is said, and nothing is left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count

import numpy as np
import pytest

from engine import Experiment, Trainer
from engine.edits import AddUnit, RemoveUnit
from tui.run.gestures import AddLayerLast, LoadTable, RemoveHere
from tui.run.hands import Drag
from tui.run.options import Options
from tui.run.player import Step, StepSpeed, Toggle
from tui.run.race import Racing
from tui.run.racing import LineUp, TrainAll
from tui.run.runner import Perform, Runner, one_sentence
from tui.run.session import Session
from tui.run.together import together
from tui.run.travel import Back, Home

PATIENCE = 1200  # seconds until a test gives up: kernels may be compiled first, on a machine that has other work, too


class Awake(Runner):
    """A runner that tells when it has something to take."""

    def __init__(self, options: Options) -> None:
        self.news = threading.Condition()
        super().__init__(options, self._tell)

    def _tell(self) -> None:
        with self.news:
            self.news.notify_all()

    def until(self, condition) -> object:
        """The first true value of `condition`, which is tried whenever there is news."""
        with self.news:
            return self.news.wait_for(condition, PATIENCE)


@pytest.fixture
def runner() -> Iterator[Awake]:
    made = Awake(Options())
    made.start()
    yield made
    assert made.stop(PATIENCE)


def test_the_first_snapshot_comes_by_itself_and_once(runner):
    assert runner.until(lambda: runner.take()).update == 0
    assert runner.take() is None


def test_whether_a_snapshot_knows_what_was_asked_for_before_it():
    runner = Runner(Options(), lambda: None)
    runner.open()
    for wish in (Back(1), Back(1), AddUnit("relu")):  # the first two are one
        runner.send(Perform(wish))
    asked = runner.sent
    assert not runner.answered(asked)
    runner.turn()
    assert not runner.answered(asked)  # the edit is yet to come
    runner.turn()
    assert runner.answered(asked)
    assert not runner.told(asked)
    assert runner.take().network.layers == [["sigmoid"] * 3 + ["relu"]]
    assert runner.told(asked)
    runner.send(Perform(AddUnit("relu")))
    assert not runner.answered(runner.sent)


def test_commands_are_done_in_their_order(runner):
    for wish in (AddUnit("relu"), RemoveUnit(0, 0), Step(7)):
        runner.send(Perform(wish))
    told = runner.until(lambda: (s := runner.take()) and s.update == 7 and s)
    assert told.network.layers == [["sigmoid", "sigmoid", "relu"]]


def test_a_race_is_shown_while_it_runs_though_the_present_run_rests():
    runner = Awake(Options(training={"epochs": 10**6}))
    runner.start()
    runner.send(lambda session: session.ask([lambda dataset: [Racing()]]))
    runner.send(Perform(LineUp("rates")))
    runner.send(Perform(TrainAll()))
    told = runner.until(
        lambda: (s := runner.take()) and s.answers and all(r.epoch > 5 for r in s.answer(Racing())) and s
    )
    assert told.state == "playing"
    assert told.update == 0
    assert runner.stop(PATIENCE)


def test_playing_goes_on_without_a_screen_that_takes_anything(runner):
    """The slot holds the newest moment only, and the run equals a headless one."""
    reached = threading.Event()
    runner.send(Perform(StepSpeed(99)))
    runner.send(Perform(Toggle()))

    def look(session: Session) -> None:
        reached.set() if session.trainer.update >= 2000 else runner.send(look)

    runner.send(look)
    assert reached.wait(PATIENCE)
    runner.send(Perform(Toggle()))
    told = runner.until(lambda: (s := runner.take()) and s.state == "paused" and s)
    options = Options()
    dataset = options.load()
    trainer = Trainer(
        options.network(dataset), dataset.x_train, dataset.y_train, recipe=options.recipe(dataset), seed=options.seed
    )
    trainer.step(told.update)
    assert np.array_equal(told.network.theta, trainer.theta)


def test_a_run_that_diverges_in_its_next_update_is_shown_as_such():
    """That update is not done, so the run stands where the last snapshot was made."""
    clock = count()  # a second later at every look
    options = Options(training={"optimizer": "sgd", "lr": 10.0}, layer=())
    runner = Runner(options, lambda: None, lambda: float(next(clock)))
    runner.open()
    runner.send(Perform(StepSpeed(-99)))  # one update a turn
    runner.send(Perform(Toggle()))
    while runner.session.trainer.diverged is None:
        runner.take()
        assert runner.turn()
    told = runner.take()
    assert told is not None
    assert told.state == "diverged"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (Perform(LoadTable("/no/such/file.csv")), "file.csv"),
        (lambda s: [s.perform(RemoveHere()) for _ in range(3)], "remove the layer instead"),
        (lambda s: [s.perform(AddLayerLast()) for _ in range(9)], "hidden layers: expected at most 8"),
    ],
)
def test_an_error_is_one_sentence_and_the_run_goes_on(runner, command, words):
    runner.send(command)
    found = runner.until(runner.notices)
    assert len(found) == 1
    assert words in found[0]
    assert "\n" not in found[0]
    runner.send(Perform(Step(3)))
    assert runner.until(lambda: (s := runner.take()) and s.update == 3)


@pytest.mark.parametrize("kind", [OSError, ImportError])
@pytest.mark.parametrize(
    "wish", [Toggle(), Step(3), TrainAll()], ids=["playing", "on its way to a goal", "in lockstep"]
)
def test_what_fails_at_each_update_is_said_once_and_pauses(monkeypatch, wish, kind):
    def fails(*given: object) -> None:
        raise kind("no kernels")

    runner = Runner(Options(), lambda: None)
    runner.open()
    monkeypatch.setattr(Experiment, "step", fails)
    for first in (LineUp("rates"), wish):
        runner.send(Perform(first))
        runner.turn()
    assert runner.notices() == ["no kernels"]
    assert runner.turn() and runner.turn()
    assert runner.notices() == []
    assert runner.take().state == "paused"


def test_steps_of_a_held_key_that_wait_together_are_one_and_keep_their_place(monkeypatch):
    done = []
    monkeypatch.setattr(Session, "perform", lambda session, wish: done.append(wish))
    runner = Runner(Options(), lambda: None)
    runner.open()
    for wish in (Back(1), Back(1), Back(1), Home(), Step(1), Step(1), Back(1)):
        runner.send(Perform(wish))
    while runner.pending:
        runner.turn()
    assert done == [Back(3), Home(), Step(2), Back(1)]


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        (Drag(1, 0.5, 0.125), Drag(1, -0.5, 0.25, joins=True), Drag(1, -0.5, 0.375)),
        (Drag(1, 0.5, 0.125), Drag(1, -0.5, 0.25), None),
        (Drag(1, 0.5, 0.125), Drag(2, -0.5, 0.25, joins=True), None),
        (Back(1), Step(1), None),
        (Home(), Home(), None),
    ],
)
def test_two_wishes_are_one_only_where_that_leads_to_the_same(first, second, both):
    assert together(first, second) == both


def test_options_that_fail_give_way_to_the_first_scene():
    runner = Awake(Options(data="nonsense"))
    runner.start()
    told = runner.until(lambda: runner.take())
    assert told.dataset.name == "motorcycle"
    assert "nonsense" in runner.notices()[0]
    assert runner.stop(PATIENCE)


def test_a_fault_of_the_program_ends_the_thread_and_is_kept_for_the_screen():
    runner = Awake(Options())
    runner.start()
    runner.send(lambda session: session.no_such_method())
    assert runner.until(lambda: runner.failure) is not None
    assert isinstance(runner.failure, AttributeError)
    assert runner.stop(PATIENCE)


def test_stop_ends_the_thread_in_the_midst_of_playing():
    runner = Awake(Options())
    runner.start()
    runner.send(Perform(StepSpeed(99)))
    runner.send(Perform(Toggle()))
    assert runner.stop(PATIENCE)
    assert "unitfit runner" not in [thread.name for thread in threading.enumerate()]


def test_stop_of_a_runner_that_never_began():
    assert Runner(Options(), lambda: None).stop()


def test_an_error_without_words_is_named():
    assert one_sentence(MemoryError()).startswith("MemoryError: ")
    assert one_sentence(OSError("two\nlines")) == "two lines"
