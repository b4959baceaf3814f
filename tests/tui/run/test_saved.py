"""Saved runs: what a person saves is opened, replayed and undone as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data import DataError
from engine import EngineError
from engine.edits import AddUnit, SetRecipe
from tui.run import words
from tui.run.beginnings import Open
from tui.run.gestures import AddLayerLast, StepField
from tui.run.hands import Drag
from tui.run.options import Options
from tui.run.player import Step, Toggle
from tui.run.saved import free_name, is_saved, open_saved
from tui.run.session import Session
from tui.run.travel import Undo
from tui.run.writing import save


@pytest.fixture
def session(monkeypatch, tmp_path) -> Session:
    monkeypatch.chdir(tmp_path)
    return Session(Options(data="sine", n=60, noise=0.2, data_seed=3, threads=1), lambda: None)


def finish(session: Session) -> None:
    while session.work() is not None:
        pass


def trained(session: Session) -> Session:
    session.perform(Step(10))
    finish(session)
    session.perform(AddUnit("relu"))
    session.perform(Step(10))
    finish(session)
    return session


def test_a_run_is_saved_under_a_name_that_is_free(session):
    for name in ("sine_1-3-1.toml", "sine_1-3-1_2.toml"):
        save(session.run)
        assert is_saved(name)
        assert session.snapshot().note.startswith(f"Saved as {name}: unitfit {name} opens it")
    assert free_name(session.dataset, session.trainer.network) == Path("sine_1-3-1_3.toml")


def test_notes_of_kept_and_saved_runs_are_whole_at_80_columns(session):
    save(session.run)
    told = session.snapshot()
    assert any(len(form) <= 76 and "opens it" in form for form in (told.note, *told.shorter))
    assert len(words.OFFER) <= 76
    assert len(words.of_replay("")) <= 76


def test_a_saved_run_is_opened_replayed_and_undone(session):
    theta = trained(session).trainer.theta
    save(session.run, Path("run.toml"))
    other = Session(Options(saved="run.toml", threads=1), lambda: None)
    told = other.snapshot()
    assert (told.update, told.behind, told.undone, told.dataset.name) == (0, 20, 1, "sine")
    assert told.note == "Opened run.toml: replaying; space stops that, end goes on with it"
    assert told.busy == "replaying, 0 %; space stops"
    finish(other)
    assert np.array_equal(other.trainer.theta, theta)
    assert other.snapshot().note.startswith("Replayed to the same θ as when it was saved")
    other.perform(Undo())
    assert other.snapshot().note.startswith("Undone: unit 4 added")
    assert other.story.position == (10, 0)


def test_edits_are_named_as_in_the_run_that_was_saved(session):
    for wish in (AddLayerLast(), StepField("lr", 1), Drag(0, 0.2, 0.1)):
        session.perform(wish)
    save(session.run, Path("run.toml"))
    session.perform(Open("run.toml"))
    first, second = (run.telling.notes for run in session.runs)
    assert [note.name for note in second] == [note.name for note in first]
    assert [note.name for note in first][:2] == ["layer 2 added"] * 2


def test_a_replay_can_be_stopped(session):
    save(trained(session).run, Path("run.toml"))
    session.perform(Open("run.toml"))
    session.perform(Toggle())
    assert session.work() is None
    assert session.snapshot().behind == 20
    session.perform(Undo())  # back to the run before, as it was left
    assert session.trainer.update == 20


def test_another_theta_is_told(session):
    save(trained(session).run, Path("run.toml"))
    path = Path("run.toml")
    path.write_text(path.read_text().replace("lr = 0.03", "lr = 0.02", 1))
    session.perform(Open("run.toml"))
    finish(session)
    assert "was it edited?" in session.snapshot().note


def test_the_data_are_those_of_the_options_that_made_them(session):
    trained(session).perform(SetRecipe(session.trainer.recipe))
    save(session.run, Path("run.toml"))
    options, dataset, story = open_saved("run.toml", threads=1)
    assert (options.data, options.n, options.noise, options.data_seed) == ("sine", 60, 0.2, 3)
    assert np.array_equal(dataset.x_train, session.dataset.x_train)
    assert story.source == {"data": "sine", "n": 60, "noise": 0.2, "data-seed": 3}


def test_a_table_that_is_beside_the_file_is_found(session, tmp_path, monkeypatch):
    rows = "\n".join(f"{x},{x * x}" for x in range(30))
    (tmp_path / "own.csv").write_text(f"a,b\n{rows}\n")
    own = Session(Options(data=str(tmp_path / "own.csv"), threads=1), lambda: None)
    save(own.run, tmp_path / "run.toml")
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in ("own.csv", "run.toml"):
        (tmp_path / name).rename(moved / name)
    _, dataset, _ = open_saved(str(moved / "run.toml"), threads=1)
    assert dataset.target_name == "b"
    (moved / "own.csv").unlink()
    with pytest.raises(DataError, match="there is no such file"):
        open_saved(str(moved / "run.toml"))


@pytest.mark.parametrize("line", ['colour = "red"', "n = true", 'n = "6"', "features = 3"])
def test_a_source_that_is_no_option_is_a_sentence(session, line):
    save(trained(session).run, Path("run.toml"))
    path = Path("run.toml")
    path.write_text(path.read_text().replace("n = 60", line))
    with pytest.raises(EngineError, match=r"source\..*: expected an option of the data"):
        open_saved("run.toml")
