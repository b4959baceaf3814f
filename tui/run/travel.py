"""Travels: frozen descriptions of a move through what has been, and one `travel`.

A run is left where it is when somebody goes back to the run before it, so that coming forward again finds it so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tui.run.run import Run

NOTHING_BEFORE = "Nothing to undo: the program began here"
NOTHING_AHEAD = "Nothing to redo"
AHEAD = "space plays what is ahead again; an edit replaces it"


@dataclass(frozen=True, slots=True)
class Back:
    """This many updates back."""

    updates: int


@dataclass(frozen=True, slots=True)
class BackEpoch:
    """To the last end of an epoch before this moment."""


@dataclass(frozen=True, slots=True)
class Home:
    """To the beginning of the run, before its first edit."""


@dataclass(frozen=True, slots=True)
class End:
    """To the latest moment of the run."""


@dataclass(frozen=True, slots=True)
class Best:
    """To the best unseen loss on the whole curve."""


@dataclass(frozen=True, slots=True)
class Undo:
    """To just before the last step of edits; where there is none, to the run before this one."""


@dataclass(frozen=True, slots=True)
class Redo:
    """Forward again to where undo was pressed, or over the next step; then to the run after this one."""


Travel = Back | BackEpoch | Home | End | Best | Undo | Redo


def travel(wish: Travel, run: Run) -> tuple[Run, str]:
    """Move the run, or come to another one; returns the run then, and what is said."""
    match wish:
        case Back(updates):
            run.story.goto(max(0, run.story.update - updates))
        case BackEpoch():
            _back_epoch(run)
        case Home():
            run.story.home()
        case End():
            run.story.goto(run.story.end)
        case Best():
            if (update := _best(run)) is None:
                return run, "Nothing is unseen here, so there is no best unseen epoch"
            run.story.goto(update)
        case Undo():
            return _undo(run)
        case Redo():
            return _redo(run)
    return run, of_moment(run)


def _back_epoch(run: Run) -> None:
    story = run.story
    while story.update > 0:
        story.goto(max(0, story.update - story.trainer.updates_since_epoch))
        if story.trainer.progress == story.trainer.epoch:
            return


def _best(run: Run) -> int | None:
    """The update at which the unseen loss was least, as long as losses are of the present kind."""
    history, (since, until) = run.story.history, run.one_kind()
    own = (history.update > since) & (history.update <= until) & np.isfinite(history.test)
    if not own.any():
        return None
    return int(history.update[own][np.argmin(history.test[own])])


def _undo(run: Run) -> tuple[Run, str]:
    names = _names(run)
    if run.story.undo() is not None:
        undone = names[run.story.position[1] : len(names)]
        return run, f"Undone: {_list(undone)}; {of_moment(run)}"
    if run.before is None:
        return run, NOTHING_BEFORE
    run.before.after = run
    return run.before, "Back in the run before, as it was left; U comes forward again"


def _redo(run: Run) -> tuple[Run, str]:
    before = run.story.position[1]
    if run.story.redo() is not None:
        return run, f"Redone: {_list(_names(run)[before:])}"
    if run.after is None:
        return run, NOTHING_AHEAD
    return run.after, "Forward in the run after, as it was left"


def of_moment(run: Run) -> str:
    """What u, U, space and an edit do here, in this order."""
    story, notes = run.story, run.telling.notes
    applied = story.position[1]
    said = []
    if applied:
        said.append(f"u undoes {notes[applied - 1].name}")
    elif run.before is not None:
        said.append("u goes to the run before")
    if applied < len(story.entries):
        said.append(f"U redoes {notes[applied].name}")
    if story.at_end:
        said.append("this is the latest moment; space trains on")
        return _sentence(said)
    return _sentence([*said, AHEAD])


def _names(run: Run) -> list[str]:
    """What was done before the cursor, a name for each entry."""
    entries = run.story.entries[: run.story.position[1]]
    return [
        note.name + (f" at epoch {int(entry.progress)}" if entry.progress >= 1 else "")
        for note, entry in zip(run.telling.notes, entries, strict=False)
    ]


def _list(names: Iterable[str]) -> str:
    """Each once: several nudges of one parameter are one thing."""
    return ", ".join(dict.fromkeys(names))


def _sentence(parts: list[str]) -> str:
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] if not text.startswith("u ") else text
