"""Travels through the past of a run: where each leads, what it says, and that θ there is the one that was."""

from __future__ import annotations

import numpy as np
import pytest

from tui.run import words
from tui.run.beginnings import Restart
from tui.run.gestures import AddHere, Nudge, StepField, StepSeed
from tui.run.options import Options
from tui.run.player import RunEpochs, Step, Toggle
from tui.run.session import Session
from tui.run.telling import Note
from tui.run.travel import (
    NO_LOSS_YET,
    NOTHING_AHEAD,
    NOTHING_BEFORE,
    NOTHING_UNSEEN,
    RUN_AFTER,
    RUN_BEFORE,
    Back,
    BackEpoch,
    Best,
    End,
    Home,
    Redo,
    Undo,
)

WHOLE = "space plays what is ahead again; an edit replaces it"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def session(*wishes, **options) -> Session:
    """A session in which these wishes were done, one after the other, a second apart."""
    made = Session(Options(**options), lambda: None, Clock())
    do(made, *wishes)
    return made


def do(run: Session, *wishes) -> None:
    for wish in wishes:
        run.clock.now += 1.0
        run.perform(wish)
        while run.work() == 0.0:
            pass


def theta(run: Session) -> np.ndarray:
    return run.trainer.theta


@pytest.fixture
def grown() -> Session:
    """Ten epochs of 4 updates; unit 4 came at epoch 3, another rate at epoch 7."""
    few = [RunEpochs(1, long=False)]
    return session(*few * 3, AddHere("sigmoid"), *few * 4, StepField("lr", 1), *few * 3)


@pytest.mark.parametrize(
    ("wish", "update", "said"),
    [
        (Back(1), 39, f"u undoes: the rate 0.03 → 0.05; {WHOLE}"),
        (Back(20), 20, f"u undoes: unit 4 added; U redoes: the rate 0.03 → 0.05; {WHOLE}"),
        (Back(99), 0, f"The beginning; U redoes: unit 4 added; {WHOLE}"),
        (BackEpoch(), 36, f"u undoes: the rate 0.03 → 0.05; {WHOLE}"),
        (Home(), 0, f"The beginning; U redoes: unit 4 added; {WHOLE}"),
        (End(), 40, "The latest moment; u undoes: the rate 0.03 → 0.05; space trains on"),
        (Undo(), 28, f"Undone: the rate 0.03 → 0.05 at epoch 7; u undoes: unit 4 added; U redoes it; {WHOLE}"),
        (Redo(), 40, NOTHING_AHEAD),
    ],
    ids=lambda value: str(value) if isinstance(value, Back) else type(value).__name__,
)
def test_where_each_travel_leads_and_what_it_says(grown, wish, update, said):
    do(grown, wish)
    told = grown.snapshot()
    assert (told.update, told.behind, told.note, told.state) == (update, 40 - update, said, "paused")


def test_epochs_back_from_the_midst_of_one_end_where_epochs_ended(grown):
    do(grown, Back(2))
    updates = []
    for _ in range(3):
        do(grown, BackEpoch())
        updates.append(grown.trainer.update)
    assert updates == [36, 32, 28]
    do(grown, Home(), BackEpoch())
    assert grown.trainer.update == 0


def test_the_best_unseen_epoch_is_the_least_of_the_curve(grown):
    history = grown.story.history
    best = int(history.update[np.argmin(history.test)])
    do(grown, Home(), Best())
    assert grown.trainer.update == best
    assert grown.telling.note.text.startswith(f"The best unseen epoch, {best // 4}; ")


def test_a_moment_that_is_better_than_the_whole_curve_is_the_best():
    run = session(RunEpochs(1), Step(2))
    assert run.trainer.loss("test") < np.min(run.story.history.test)
    do(run, Best())
    assert run.trainer.update == 6


def test_without_unseen_data_or_losses_there_is_no_best():
    run = session(Step(3), Best(), test_fraction=0.0)
    assert (run.trainer.update, run.telling.note.text) == (3, NOTHING_UNSEEN)
    run = session(StepField("loss", 1), Best())
    assert run.telling.note.text == NO_LOSS_YET


@pytest.mark.parametrize("wish", [Back(1), BackEpoch(), Home(), End(), Best(), Undo(), Redo()])
def test_a_run_in_which_nothing_was_done_has_nowhere_to_go(wish):
    run = session()
    before = theta(run)
    do(run, wish)
    told = run.snapshot()
    assert (told.update, told.behind, told.undone, told.undoes, told.redoes) == (0, 0, 0, False, False)
    assert np.array_equal(theta(run), before)
    ends = {Undo: NOTHING_BEFORE, Redo: NOTHING_AHEAD, Best: "The best unseen epoch, 0; space trains"}
    assert told.note == ends.get(type(wish), "The beginning; space trains")


def test_back_at_update_0_does_not_go_on_over_the_edits_made_there():
    run = session(AddHere("sigmoid"), Home(), Back(1))
    assert run.story.position == (0, 0)
    assert run.snapshot().note == f"The beginning; U redoes: unit 4 added; {WHOLE}"
    do(run, Redo(), Back(1))
    assert run.story.position == (0, 1)


def test_edits_at_update_0_are_one_edit_back():
    run = session(AddHere("sigmoid"), Undo())
    told = run.snapshot()
    assert (told.behind, told.undone, told.in_past, told.redoes) == (0, 1, True, True)


def test_theta_is_what_it_was_wherever_undo_and_redo_lead():
    run, thetas = session(), []
    for wish in (AddHere("relu"), StepField("lr", 1), Nudge("b", 1), StepField("batch", -1)):
        do(run, RunEpochs(1, long=False))
        thetas.append(theta(run))
        do(run, wish)
    do(run, RunEpochs(2))
    last = theta(run)
    for before in reversed(thetas):
        do(run, Undo())
        assert np.array_equal(theta(run), before)
    for _ in thetas:
        do(run, Redo())
    assert np.array_equal(theta(run), last)
    assert run.snapshot().in_past is False


def test_playing_from_the_past_repeats_what_was_recorded(grown):
    last, marks = theta(grown), grown.run.marks
    do(grown, Home(), Toggle())
    assert grown.snapshot().note == words.REPLAYING
    do(grown, Toggle())
    assert grown.telling.note.text == f"U redoes: unit 4 added; {WHOLE}"  # paused again, on the way
    do(grown, RunEpochs(9))
    assert grown.trainer.update == 36
    assert grown.telling.note.text == f"u undoes: the rate 0.03 → 0.05; {WHOLE}"
    do(grown, RunEpochs(1))
    assert np.array_equal(theta(grown), last)
    assert grown.run.marks == marks
    assert grown.telling.note.text == "The latest moment; u undoes: the rate 0.03 → 0.05; space trains on"


def test_playing_beyond_what_was_recorded_is_told_as_training(grown):
    do(grown, Back(2), Toggle())
    grown.clock.now += 1.0
    while grown.work() == 0.0:
        pass
    assert grown.story.at_end
    assert grown.trainer.update > 40
    assert grown.snapshot().note.startswith("Training since epoch 10: ")


def test_a_moment_before_all_edits_has_none_to_undo_and_says_what_lies_ahead(grown):
    do(grown, Undo(), Undo(), Undo())
    assert grown.snapshot().note == f"No edit was made before this moment; U redoes: unit 4 added; {WHOLE}"


def test_marks_ahead_are_told_as_such(grown):
    do(grown, Back(20))
    assert grown.run.marks == ((3.0, "+4", False), (7.0, "η", True))


def test_an_edit_in_the_past_takes_the_place_of_what_was_ahead(grown):
    do(grown, Back(20), AddHere("relu"))
    told = grown.snapshot()
    assert (told.in_past, told.redoes, len(grown.story.tails)) == (False, False, 1)
    assert [label for _, label, _ in told.marks] == ["+4", "+5"]


def test_several_nudges_are_undone_together_and_named_once():
    run = session(RunEpochs(1, long=False))
    before = theta(run)
    for _ in range(4):
        run.clock.now += 0.1
        run.perform(Nudge("b", 1))
    do(run, Undo())
    assert np.array_equal(theta(run), before)
    assert run.telling.note.text == f"Undone: b of unit 1 moved at epoch 1; U redoes it; {WHOLE}"


def test_u_names_a_nudge_in_every_form_of_the_note():
    run = session(RunEpochs(1, long=False), Nudge("b", 1), Nudge("w", 1))
    do(run, Undo())
    for form in (run.telling.note.text, *run.telling.note.shorter[:-1]):
        assert "b of unit 1 moved" in form


def test_the_unit_that_is_redone_is_the_chosen_one(grown):
    do(grown, Undo(), Undo())
    assert grown.run.choice.unit == 2
    do(grown, Redo())
    assert grown.run.choice.unit == 3
    do(session(), Redo())  # where nothing was done, nothing is chosen


def test_travel_pauses_what_plays(grown):
    grown.perform(Toggle())
    do(grown, Back(1))
    assert grown.snapshot().state == "paused"


@pytest.mark.parametrize("begins", [Restart(), StepSeed(1)])
def test_undo_goes_back_to_the_run_before_and_redo_comes_forward(grown, begins):
    first, thetas = grown.run, [theta(grown)]
    do(grown, Back(1))
    left = theta(grown)
    do(grown, begins, RunEpochs(2), AddHere("relu"))
    second = grown.run
    thetas.append(theta(grown))
    do(grown, Undo())
    assert grown.telling.note.text.startswith("Undone: unit 5 added at epoch 2; u goes to the run before; U redoes it")
    do(grown, Undo())
    assert (grown.run, grown.telling.note.text) == (first, RUN_BEFORE)
    assert np.array_equal(theta(grown), left)
    do(grown, End())
    assert np.array_equal(theta(grown), thetas[0])
    assert grown.telling.note.text.endswith("u undoes: the rate 0.03 → 0.05; U goes to the run after; space trains on")
    do(grown, Redo())
    assert (grown.run, grown.telling.note.text) == (second, RUN_AFTER)
    do(grown, Redo())
    assert np.array_equal(theta(grown), thetas[1])


def test_an_edit_in_the_run_before_cuts_the_way_forward_but_no_run_is_lost(grown):
    first = grown.run
    do(grown, Restart(), Step(3))
    second = grown.run
    do(grown, Undo(), Back(1))
    assert grown.snapshot().redoes
    do(grown, Nudge("b", 1))
    assert not grown.snapshot().redoes
    do(grown, Redo())
    assert (grown.run, grown.telling.note.text) == (first, NOTHING_AHEAD)
    assert grown.runs == [first, second]


def test_a_new_run_from_the_run_before_is_the_one_after_it(grown):
    first = grown.run
    do(grown, Restart(), Undo(), Restart())
    third = grown.run
    do(grown, Undo(), Redo())
    assert grown.run is third
    assert grown.runs[0] is first
    assert len(grown.runs) == 3


def test_a_run_that_diverged_can_be_gone_back_from():
    run = session(training={"lr": 1e30, "optimizer": "sgd"})
    do(run, *[Step(1)] * 40)
    last = run.trainer.update
    assert run.snapshot().state == "diverged"
    do(run, Back(1))
    told = run.snapshot()
    assert (told.update, told.state, told.diverged) == (last - 1, "paused", None)
    do(run, RunEpochs(100))
    assert run.snapshot().state == "diverged"


def test_each_form_of_a_note_says_less(grown):
    for wish in (Back(1), Undo(), Undo(), Home(), Redo(), Best(), End()):
        do(grown, wish)
        note = grown.telling.note
        lengths = [len(form) for form in (note.text, *note.shorter)]
        assert lengths == sorted(lengths, reverse=True)
        assert lengths[-1] <= 76, note  # what 80 columns have room for


def test_at_80_columns_undo_still_says_what_becomes_of_what_is_ahead(grown):
    do(grown, Undo(), Undo())
    fitting = next(form for form in grown.telling.note.shorter if len(form) <= 76)
    assert fitting.endswith(("an edit replaces it", "edits replace what is ahead"))


def test_a_note_is_kept_with_its_shorter_forms():
    run = session()
    run.telling.say("long", "short")
    assert run.telling.note == Note("long", shorter=("short",))
    assert (run.snapshot().note, run.snapshot().shorter) == ("long", ("short",))
