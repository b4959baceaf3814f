"""Hands on the network: what each key comes to, and what a run says of it at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import data
from engine import Network, Recipe, Trainer
from engine.activations import KINDS
from engine.edits import Freeze, SetKind, SetValue, SplitUnit
from engine.solving import best_unit, solve_output
from tui.run.choice import OUTPUT_BIAS, Choice, nearest
from tui.run.facts import Losses
from tui.run.gestures import AddLayerLast, Change, Nudge
from tui.run.hands import AddBest, Drag, FreezeHere, NextKind, SetPart, Solve, SplitHere, while_it_looks
from tui.run.options import Options
from tui.run.player import Step
from tui.run.run import Moment
from tui.run.session import Session
from tui.run.travel import Undo

NO_UNITS = "The linear model has no units: s adds a sigmoid unit, r a ReLU"
KINDS_NOW = [["sigmoid", "hard_sigmoid"], ["relu", "tanh"]]


def moment(layers=KINDS_NOW, choice=None, name="motorcycle") -> Moment:
    dataset = data.load(name)
    network = Network(dataset.x_train.shape[1], layers)
    examples = Trainer(network, dataset.x_train, dataset.y_train).examples
    chosen = nearest(choice or Choice(), network)
    return Moment(Options(data=name), dataset, network, Recipe(), 0, chosen, 10, False, examples)


def session(clock=lambda: 0.0, **options) -> Session:
    return Session(Options(**options), lambda: None, clock)


def said(run: Session) -> str:
    return run.snapshot().note


def finish(run: Session) -> None:
    while run.work() == 0.0:
        pass


@pytest.mark.parametrize(
    ("gesture", "choice", "change"),
    [
        (FreezeHere(), Choice(1, 1), Change((Freeze(1, 1, True),))),
        (NextKind(), Choice(0, 0), Change((SetKind(0, 0, "hard_sigmoid"),))),
        (SplitHere(), Choice(0, 1), Change((SplitUnit(0, 1),))),
        (SetPart("b", 1.5), Choice(0, 1), Change((SetValue(3, 1.5),), choice=Choice(0, 1, part="b"))),
        (SetPart("b", 1.5, Choice(0, 1)), Choice(0, 0), Change((SetValue(3, 1.5),), choice=Choice(0, 1, part="b"))),
        (SetPart("b", 1.5, Choice(0, 7)), Choice(0, 0), Change()),
        (SetPart("b", 1.5), Choice(0, OUTPUT_BIAS), Change((SetValue(12, 1.5),), choice=Choice(0, -1, part="b"))),
    ],
)
def test_what_a_key_comes_to(gesture, choice, change):
    assert gesture(moment(choice=choice)) == change


def test_f_frees_what_is_frozen():
    now = moment()
    now.network.apply(Freeze(0, 0))
    assert FreezeHere()(now) == Change((Freeze(0, 0, False),))


def test_k_goes_round_all_kinds():
    now, seen = moment([["sigmoid"]]), []
    for _ in KINDS:
        (edit,) = NextKind()(now).edits
        now.network.apply(edit)
        seen.append(edit.kind)
    assert sorted(seen) == sorted(KINDS)
    assert seen[-1] == "sigmoid"


def test_a_and_capital_a_look_at_the_training_examples():
    now = moment([["sigmoid"] * 2])
    x, y = now.dataset.x_train, now.dataset.y_train
    assert Solve()(now) == Change((solve_output(now.network, x, y),))
    assert AddBest()(now) == Change((best_unit(now.network, x, y),), choice=Choice(0, 2))
    linear = moment(())
    assert AddBest()(linear) == Change((best_unit(linear.network, x, y),), choice=Choice(0, 0))


@pytest.mark.parametrize(
    ("gesture", "layers", "choice", "words"),
    [
        (FreezeHere(), (), Choice(), NO_UNITS),
        (NextKind(), (), Choice(), NO_UNITS),
        (SplitHere(), (), Choice(), NO_UNITS),
        (FreezeHere(), KINDS_NOW, Choice(0, -1), "The output bias cannot be frozen; ↑ and ↓ choose a unit"),
        (NextKind(), KINDS_NOW, Choice(0, -1), "The output bias has no kind; ↑ and ↓ choose a unit"),
        (SplitHere(), KINDS_NOW, Choice(0, -1), "The output bias cannot be split; ↑ and ↓ choose a unit"),
        (SplitHere(), KINDS_NOW, Choice(1, 1), "Unit 2 is tanh: only sigmoid and hard σ split into two ReLUs"),
        (SetPart("c", 1.0), KINDS_NOW, Choice(0, 0), "c is not a parameter of this unit"),
    ],
)
def test_what_cannot_be_says_why_and_changes_nothing(gesture, layers, choice, words):
    change = gesture(moment(layers, choice))
    assert (change.words, change.edits, change.beginning) == (words, (), None)


# ------------------------------------------------------------------------------------------- what is said at once


def largest_move(run: Session, wish) -> float:
    """How far the prediction moves over the training points, in g."""
    x = run.dataset.x_train
    before = run.trainer.predict(x).astype(float)
    run.perform(wish)
    return float(np.abs(run.trainer.predict(x) - before).max() * run.dataset.y_scale)


@pytest.mark.parametrize("wish", [NextKind(), SplitHere()])
def test_the_note_says_by_how_much_the_curve_moved(wish):
    run = session()
    run.perform(Step(40))
    finish(run)
    moved = largest_move(run, wish)
    assert said(run).endswith(f"; the curve moved by up to {moved:.3g} g")
    assert len(said(run)) <= 76  # whole at 80 columns
    run.perform(Step(1))
    finish(run)
    assert "(epoch 10): unseen" in said(run)


@pytest.mark.parametrize(
    ("kind", "wish", "note"),
    [
        ("hard_sigmoid", SplitHere(), "Unit 1 is exactly two ReLUs now, units 1 and 3; the curve stays"),
        ("hard_sigmoid", AddLayerLast(), "Layer 2 added: 3 hard σ units; the curve stays"),
        ("relu", AddLayerLast(), "Layer 2 added: 3 ReLU units; the curve stays"),
    ],
)
def test_a_curve_that_stays_is_said_to_stay(kind, wish, note):
    run = session(layer=((kind,) * 2,))
    largest_move(run, wish)
    assert said(run) == note


def test_a_kind_that_is_never_off_on_the_data_leaves_the_curve():
    run = session(layer=(("identity",),))
    theta = run.trainer.theta
    theta[:2] = 1.0, 5.0  # z > 0 on all of the data, so tanh would move it and a ReLU would not
    run.trainer.theta = theta
    run.perform(SetKind(0, 0, "relu"))
    assert said(run) == "Unit 1: identity → ReLU, same weights; the curve stays"


def test_the_first_unit_of_the_linear_model_is_told_to_move_the_curve():
    run = session(layer=())
    moved = largest_move(run, AddBest())
    assert said(run) == f"Unit 1 added where it helps most: ReLU, with c = 0; the curve moved by up to {moved:.3g} g"
    assert run.snapshot().chosen == Choice(0, 0)


@pytest.mark.parametrize(("layers", "name"), [((("sigmoid",) * 3,), "c"), ((), "w")])
def test_a_says_the_loss_before_and_after(layers, name):
    run = session(layer=layers)
    before = run.teller.facts(run.run).of(Losses())[0]
    run.perform(Solve())
    after = run.teller.facts(run.run).of(Losses())[0]
    assert after < before
    assert said(run) == f"All {name} solved: training loss {before:.1f} → {after:.1f} g"
    run.perform(Undo())
    assert said(run).startswith(f"Undone: all {name} solved; ")


def test_what_is_frozen_stands_still_while_all_else_is_solved_and_trained():
    run = session()
    run.perform(FreezeHere())
    assert said(run) == "Unit 1 is frozen: training moves none of its weights"
    network = run.trainer.network
    own = [network.index(0, 0, part) for part in "wbc"]
    before = run.trainer.theta
    run.perform(Solve())
    run.perform(Step(20))
    finish(run)
    moved = run.trainer.theta != before
    assert not moved[own].any()
    assert moved.sum() == moved.size - 3


def test_a_layer_is_one_step_with_one_note_and_one_mark():
    run = session()
    run.perform(Step(8))
    finish(run)
    theta = run.trainer.theta
    moved = largest_move(run, AddLayerLast())
    assert 0 < moved < 2
    assert said(run) == f"Layer 2 added: 3 sigmoid units; the curve moved by up to {moved:.3g} g"
    assert run.snapshot().marks == ((2.0, "+L", False),)
    run.perform(Undo())
    assert said(run).startswith("Undone: layer 2 added at epoch 2; ")
    assert np.array_equal(run.trainer.theta, theta)


def test_a_typed_value_is_a_step_of_its_own_among_nudges():
    run = session()
    values = []
    for wish in (Nudge("b", 1), SetPart("b", 9.0), Nudge("b", 1)):
        values.append(run.trainer.theta[3])
        run.perform(wish)
    for value in reversed(values):
        run.perform(Undo())
        assert run.trainer.theta[3] == value


@pytest.mark.parametrize(("lift", "moved"), [(0.0, "b"), (0.3, "bc")])
def test_a_drag_puts_the_bend_where_the_mouse_is(lift, moved):
    now = moment([["sigmoid"] * 2])
    network = now.network
    change = Drag(1, 0.25, lift)(now)
    theta = network.theta
    for edit in change.edits:
        network.apply(edit)
    W, b = network.weights(0)
    assert -b[1] / W[1, 0] == pytest.approx(0.25)
    assert np.flatnonzero(network.theta != theta).tolist() == [network.index(0, 1, part) for part in moved]
    assert network.weights(1)[0][0, 1] == pytest.approx(theta[network.index(0, 1, "c")] + lift)
    assert change.choice == Choice(0, 1, part="b")


def test_a_drag_is_one_step_and_leaves_one_value_a_parameter_where_no_update_lies_between():
    run = session()
    before = run.trainer.theta
    for x, joins in ((0.1, False), (0.2, True), (0.4, True)):
        run.perform(Drag(1, x, 0.25, joins))
    assert [type(edit) for _, edit in run.story.journal] == [SetValue, SetValue]
    assert len(run.telling.notes) == 2
    W, b = run.trainer.network.weights(0)
    assert -b[1] / W[1, 0] == pytest.approx(0.4)
    run.perform(Step(1))
    finish(run)
    run.perform(Drag(1, 0.3, 0.0))
    assert len(run.story.journal) == 3
    run.perform(Undo())
    assert run.trainer.update == 1
    run.perform(Undo())
    assert np.array_equal(run.trainer.theta, before)


def test_a_drag_of_a_unit_that_has_gone_or_has_no_c_does_what_it_can():
    assert Drag(2, 0.0, 0.1)(moment([["sigmoid"] * 2])) == Change()
    assert Drag(0, 0.0, 0.1)(moment(())) == Change()
    assert len(Drag(1, 0.0, 0.1)(moment()).edits) == 1  # a unit of the first of two layers


# --------------------------------------------------------------------------------------------- what takes long


@pytest.mark.parametrize(
    ("gesture", "text"),
    [
        (Solve(), "solving all c …"),
        (AddBest(), "looking for the unit that helps most …"),
        (AddLayerLast(), "finding a place for the layer …"),
    ],
)
def test_what_takes_long_is_said_and_what_does_not_is_not(gesture, text):
    now = moment([["sigmoid"] * 50])
    assert while_it_looks(gesture, now) is None
    large = replace(now.dataset, y_train=np.zeros(1_000_000, np.float32))
    assert while_it_looks(gesture, replace(now, dataset=large)) == text
    assert while_it_looks(NextKind(), replace(now, dataset=large)) is None


def test_a_gesture_that_takes_long_is_announced_before_it_begins(monkeypatch):
    told = []
    run = Session(Options(), lambda: told.append((run.snapshot().busy, run.trainer.theta)))
    monkeypatch.setattr("tui.run.hands.FELT", 0.0)
    theta = run.trainer.theta
    run.perform(Solve())
    ((busy, then),) = told
    assert busy == "solving all c …"
    assert np.array_equal(then, theta)
    assert run.snapshot().busy is None
