"""How many points train, drawn ones and erased ones: in the run, on the screen's side and in its file."""

from __future__ import annotations

import numpy as np
import pytest

import data
from engine.edits import DrawPoint, ErasePoint, SetPoints
from tui.run.beginnings import Load, Restart
from tui.run.drawing import DrawHere, EraseHere, Here, refusal
from tui.run.gestures import StepField
from tui.run.options import Options
from tui.run.player import Step
from tui.run.saved import open_saved
from tui.run.session import Session
from tui.run.travel import Home, Undo
from tui.run.writing import save

HERE = Here((0.25, -0.5), (0.02, 0.1))


def session(**options) -> Session:
    return Session(Options(**options), lambda: None, lambda: 0.0)


def said(run: Session) -> str:
    return run.snapshot().note


def steps(run: Session, updates: int) -> None:
    run.perform(Step(updates))
    while run.work() == 0.0:
        pass


def test_a_run_begins_with_as_many_points_as_the_options_say():
    run = session(points=50)
    assert len(run.dataset.y_train) == run.trainer.examples.y.size == 50
    assert not run.story.journal  # so home and u find nothing before it
    assert run.dataset.whole is run.run.loaded


def test_points_have_the_scale_of_all():
    some, every = session(points=50).dataset, session().dataset
    assert (some.y_scale, some.x_offset) == (every.y_scale, every.x_offset)
    assert set(some.y_train.tolist()) < set(every.y_train.tolist())


def test_of_dated_data_the_latest_points_train():
    run = session(data="births_1994", lags=7, points=30)
    whole = run.dataset.whole
    np.testing.assert_array_equal(run.dataset.times_train, whole.times_train[-30:])
    np.testing.assert_array_equal(run.dataset.x_train, whole.x_train[-30:])


def test_the_field_steps_through_numbers_of_points_and_undo_takes_it_back():
    run = session()
    run.perform(StepField("points", -1))
    assert run.dataset.y_train.size == 100
    assert said(run) == "100 of 106 training points train: the first in an order of data seed 0"
    run.perform(StepField("points", -1))
    assert run.dataset.y_train.size == 50
    run.perform(Undo())
    assert run.dataset.y_train.size == 100
    run.perform(Undo())
    assert run.dataset is run.run.loaded


def test_the_curve_of_losses_goes_on_over_other_points():
    run = session()
    steps(run, 8)
    run.perform(StepField("points", -1))
    steps(run, 8)
    assert run.story.update == 16
    assert [mark[1] for mark in run.snapshot().marks] == ["pts"]


def test_a_drawn_point_trains_and_is_shown_where_it_was_drawn():
    run = session()
    run.perform(DrawHere(HERE))
    assert run.dataset.x_train[-1, 0] == 0.25 and run.dataset.y_train[-1] == -0.5
    assert said(run) == "A point at time 36.9 ms: accel −50.9 g"


def test_a_point_of_two_features_has_a_label():
    run = session(data="moons")
    run.perform(DrawHere(HERE, -1.0))
    np.testing.assert_allclose(run.dataset.x_train[-1], [0.25, -0.5])
    assert run.dataset.y_train[-1] == -1.0


def test_the_nearest_point_is_erased():
    run = session()
    run.perform(DrawHere(HERE))
    run.perform(EraseHere(Here((0.26, -0.45), HERE.cell)))
    assert [type(edit) for _, edit in run.story.journal] == [DrawPoint, ErasePoint]
    assert 106 not in run.trainer.examples.rows


def test_where_no_point_is_near_none_is_erased():
    run = session()
    run.perform(EraseHere(Here((0.0, 50.0), HERE.cell)))
    assert said(run) == "No training point is near: x erases the nearest to the crosshair"
    assert not run.story.journal


def test_a_stroke_is_one_step():
    run = session()
    for place in range(4):
        run.perform(DrawHere(Here((place / 10, 0.0), HERE.cell), joins=place > 0))
    run.perform(DrawHere(HERE))
    run.perform(Undo())
    assert len(run.dataset.y_train) == 110
    run.perform(Undo())
    assert len(run.dataset.y_train) == 106


@pytest.mark.parametrize("name", ["concrete", "chicago", "births_1994"])
def test_what_has_more_features_cannot_be_drawn_on(name):
    run = session(data=name)
    run.perform(DrawHere(HERE))
    assert (
        said(run)
        == refusal(run.dataset)
        == f"P draws points of one feature, or of two and a label ±1: {name} has others"
    )


@pytest.mark.parametrize("name", data.names())
def test_where_drawing_is_not_refused_the_engine_takes_the_point(name):
    run = session(data=name)
    run.perform(DrawHere(HERE))
    assert bool(run.story.journal) == (not refusal(run.dataset))


def test_starting_over_keeps_the_points_of_now():
    run = session()
    run.perform(StepField("points", -1))
    run.perform(DrawHere(HERE))
    steps(run, 3)
    run.perform(Restart())
    assert (run.story.update, len(run.dataset.y_train), run.story.journal) == (0, 101, ())
    run.perform(Undo())
    assert (run.story.update, len(run.dataset.y_train), len(run.story.journal)) == (3, 101, 2)


def test_other_data_have_all_of_their_points():
    run = session(points=50)
    run.perform(Load(run.run.options.for_data("triangle")))
    assert not run.trainer.examples.changes


def test_a_saved_run_has_its_points_again(tmp_path):
    path = tmp_path / "run.toml"
    run = session(points=50)
    run.perform(DrawHere(HERE))
    run.perform(Restart())
    run.perform(EraseHere(HERE))
    steps(run, 5)
    run.perform(StepField("points", 1))
    save(run.run, path)
    again = session(saved=str(path))
    while again.work() == 0.0:
        pass
    assert again.trainer.theta.tobytes() == run.trainer.theta.tobytes()
    np.testing.assert_array_equal(again.dataset.y_train, run.dataset.y_train)
    assert [note.name for note in again.telling.notes] == ["a point erased", "points 50 → 100"]
    again.perform(Home())
    assert len(again.dataset.y_train) == 51
    _, dataset, story = open_saved(str(path))
    assert dataset is dataset.whole and story.beginning.y.size == 51


def test_drawn_points_of_dated_rows_have_no_time():
    run = session(data="seattle")
    run.perform(DrawHere(HERE))
    assert np.isnat(run.dataset.times_train).tolist() == [False] * (len(run.dataset.y_train) - 1) + [True]


def test_too_many_points_are_refused():
    with pytest.raises(ValueError, match="points=500: expected a whole number from 1 to 106"):
        session(points=500)


def test_the_edit_of_undated_data_names_the_seed_that_drew_the_split():
    run = session(data_seed=3)
    run.perform(StepField("points", -1))
    assert run.story.journal[-1][1] == SetPoints(100, 3)
