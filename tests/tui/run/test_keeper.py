"""The present run in the state folder: what is written when, and what the next program finds."""

from __future__ import annotations

import os

import pytest

from engine import story_file
from engine.edits import AddUnit, SetValue
from tui.run.beginnings import Open, begin, first_run
from tui.run.keeper import EVERY, LOCK, MOST_RUNS, STORY, Keeper, cut_off, hold
from tui.run.options import Options
from tui.run.runner import Perform, Runner


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def keeper(tmp_path):
    made = Keeper(tmp_path / "runs", Clock())
    yield made
    made.close()


@pytest.fixture
def story():
    return first_run(Options(threads=1)).story


def die(keeper: Keeper) -> None:
    """As the system does for a program that was killed."""
    keeper._lock.close()


def test_nothing_is_written_before_anything_was_done(keeper, story):
    keeper.look(story)
    assert not keeper.folder.exists()


def test_a_run_is_written_every_now_and_then_where_it_went_on(keeper, story):
    story.step(1)
    keeper.look(story)
    file = keeper.path.with_suffix(STORY)
    first = file.stat().st_ino
    story.step(1)
    keeper.look(story)
    assert file.stat().st_ino == first
    keeper.clock.now += EVERY
    keeper.look(story)
    second = file.stat().st_ino
    assert second != first
    keeper.clock.now += EVERY
    keeper.look(story)  # nothing was done since
    assert file.stat().st_ino == second


def test_what_is_not_written_yet_is_waited_for(keeper, story):
    assert keeper.wait(story) is None
    story.step(1)
    assert keeper.wait(story) == 0.0
    keeper.look(story)
    assert keeper.wait(story) is None
    story.apply(AddUnit("relu"))
    keeper.clock.now += 0.5
    assert keeper.wait(story) == pytest.approx(EVERY - 0.5)


def test_a_value_that_takes_the_place_of_another_is_written_too(keeper, story):
    for index, joins in ((0, False), (3, True)):
        story.apply(SetValue(index, 0.5), joins)
    keeper.look(story)
    story.apply(SetValue(0, 0.6), joins=True)
    assert keeper.wait(story) is not None


def test_the_last_edit_of_a_run_that_rests_is_written_without_another_key(keeper):
    runner = Runner(Options(threads=1), lambda: None, keeper.clock, keeper)
    runner.open()
    for wish in (AddUnit("relu"), AddUnit("sigmoid")):
        runner.send(Perform(wish))
        runner.turn()
    assert runner.patience() == pytest.approx(EVERY)
    keeper.clock.now += EVERY
    runner.turn(runner.patience())
    assert runner.patience() is None
    again = begin(Open(str(keeper.path.with_suffix(STORY))), runner.session.run.moment())
    assert again.story.trainer.network.layers == [["sigmoid"] * 3 + ["relu", "sigmoid"]]


def test_the_runner_does_not_wait_for_the_disk(keeper, story, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: keeper.clock.__dict__.update(now=1e9))
    story.step(1)
    keeper.look(story)
    assert keeper.clock.now < 1e9
    assert keeper.path.with_suffix(STORY).exists()


def test_a_pipe_in_place_of_a_lock_is_not_waited_for(keeper):
    keeper.folder.mkdir(parents=True, exist_ok=True)
    os.mkfifo(keeper.folder / f"1-1{LOCK}")
    assert cut_off(keeper.folder) == ()


def test_a_run_that_was_cut_off_is_found_and_opened_as_it_was(keeper, story):
    story.step(30)
    story.apply(AddUnit("relu"))
    keeper.look(story)
    assert cut_off(keeper.folder) == ()  # it goes on
    die(keeper)
    (found,) = cut_off(keeper.folder)
    run = begin(Open(str(found)), first_run(Options(threads=1)).moment())
    assert (run.story.position, run.trainer.theta.tolist()) == (story.position, story.trainer.theta.tolist())
    assert [note.name for note in run.telling.notes] == ["unit 4 added"]
    assert run.story.outcome is None  # nothing has to be replayed


def test_a_run_that_goes_on_keeps_its_file(keeper, story):
    story.step(1)
    keeper.look(story)
    die(keeper)
    other = Keeper(keeper.folder, keeper.clock)
    other.take_over(*cut_off(keeper.folder))
    assert cut_off(keeper.folder) == ()
    story.step(1)
    assert not other.look(story)
    assert sorted(path.suffix for path in keeper.folder.iterdir()) == [LOCK, STORY]
    other.close()


def test_a_run_that_two_programs_go_on_with_has_two_files(keeper, story):
    story.step(1)
    keeper.look(story)
    die(keeper)
    (left,) = cut_off(keeper.folder)
    first, second = Keeper(keeper.folder, keeper.clock), Keeper(keeper.folder, keeper.clock)
    for each in (first, second):
        each.take_over(left)
        each.look(story)
    assert first.path.with_suffix(STORY) == left
    assert second.path != first.path
    assert second.path.with_suffix(STORY).exists()
    first.close()
    second.close()
    assert list(keeper.folder.iterdir()) == []


def test_a_program_that_ends_as_it_should_leaves_nothing(keeper, story):
    story.step(1)
    keeper.look(story)
    keeper.close()
    assert list(keeper.folder.iterdir()) == []


def test_of_two_programs_each_has_its_own(keeper, story):
    other = Keeper(keeper.folder, keeper.clock)
    story.step(1)
    for each in (keeper, other):
        each.look(story)
    assert len(list(keeper.folder.glob(f"*{STORY}"))) == 2
    die(other)
    assert cut_off(keeper.folder) == (other.path.with_suffix(STORY),)


def test_old_ones_are_tidied_away(keeper, story):
    story.step(1)
    for number in range(MOST_RUNS + 3):
        each = Keeper(keeper.folder, Clock())
        each.path = keeper.folder / f"{number}"
        each.look(story)
        die(each)
        os.utime(each.path.with_suffix(LOCK), (number, number))
    newest = range(MOST_RUNS + 2, 2, -1)
    assert cut_off(keeper.folder) == tuple(keeper.folder / f"{number}{STORY}" for number in newest)
    assert len(list(keeper.folder.glob(f"*{STORY}"))) == MOST_RUNS


@pytest.mark.parametrize("make", ["file", "no folder"])
def test_a_folder_that_cannot_be_written_is_told_once(tmp_path, story, make):
    blocked = tmp_path / "blocked"
    blocked.write_text("") if make == "file" else None
    keeper = Keeper(blocked / "runs" if make == "file" else tmp_path / "\0", Clock())
    story.step(1)
    if make == "no folder":
        with pytest.raises(ValueError, match="null"):
            keeper.folder.mkdir()
        return
    assert keeper.look(story)
    assert keeper.problem == f"{keeper.folder}: cannot be written (Not a directory), so a crash would lose this run"
    story.step(1)
    keeper.clock.now += 100
    assert not keeper.look(story)
    assert cut_off(keeper.folder) == ()


def test_a_run_that_no_file_can_hold_is_told_once(keeper, story, monkeypatch):
    monkeypatch.setattr(story_file, "LARGEST", 100)
    story.step(1)
    assert keeper.look(story)
    assert keeper.problem.startswith("A crash would lose this run: the run takes 0 kB as a text: expected at most 0 kB")
    story.step(1)
    keeper.clock.now += 100
    assert not keeper.look(story)


def test_a_lock_is_one_programs(tmp_path):
    held = hold(tmp_path / "a.lock")
    assert held is not None
    assert hold(tmp_path / "a.lock") is None
    held.close()
    again = hold(tmp_path / "a.lock")
    assert again is not None
    again.close()
