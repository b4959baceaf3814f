"""Editing: what one key comes to is made as one step of the story, with the notes of its edits."""

from __future__ import annotations

import numpy as np

from engine import Trainer
from engine.edits import Edit, Setup, apply
from tui.run.drawing import DrawHere
from tui.run.gestures import Nudge, Wish
from tui.run.hands import Drag
from tui.run.notes import note_in_step
from tui.run.run import Run
from tui.run.telling import Note

TOGETHER = 0.5  # seconds from one nudge to the next of the same parameter, up to which they are one step


def goes_on(before: Wish, wish: Wish, seconds: float) -> bool:
    """Whether a wish, so long after the one right before it, belongs to the same step."""
    match before, wish:
        case Nudge(part), Nudge(same):
            return part == same and seconds < TOGETHER
        case Drag(unit), Drag(same, joins=True):
            return unit == same
        case DrawHere(), DrawHere(joins=True):
            return True
    return False


def make(run: Run, edits: tuple[Edit, ...], joins: bool) -> Note:
    """Make the edits of one key, at least one, which are one step; with `joins` they belong to the step before.

    Returns the note of the step. Raises EngineError, and makes none of them, where one is refused.
    """
    _try(run.trainer, edits)
    note = _make(run, edits[0], joins)
    for edit in edits[1:]:
        note = _make(run, edit, joins=True, before=note)
    run.after = None  # the way forward led from what this run was
    return note


def _try(trainer: Trainer, edits: tuple[Edit, ...]) -> None:
    """EngineError where one of several edits would be refused."""
    setup = Setup(trainer.architecture, trainer.theta, trainer.recipe, trainer.examples)
    for edit in edits[: len(edits) * (len(edits) > 1)]:
        setup, _ = apply(edit, setup)


def _make(run: Run, edit: Edit, joins: bool, before: Note | None = None) -> Note:
    """Make one edit; `before` is the note of the edit of the same key that came before it."""
    place, moment = run.story.position[1], run.moment()
    mapping = run.story.apply(edit, joins)
    note = note_in_step(edit, moment, before)
    if not np.array_equal(mapping, np.arange(mapping.size)):
        run.gradient = None  # θ is in another order now
    if run.story.position[1] > place:  # else its value has taken the place of another one in this step
        run.telling.edited(place, note)
    return note
