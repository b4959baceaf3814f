"""Travels: frozen descriptions of a move through what has been, and one `travel`.

A run is left where it is when somebody goes back to the run before it, so that coming forward again finds it so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from engine.marks import Position
from tui.run.choice import Choice, nearest
from tui.run.run import Run
from tui.run.telling import Note

Forms = tuple[str, ...]  # a note, and the same in fewer and fewer words

NOTHING_BEFORE = "Nothing to undo: no edit was made yet; , goes an update back"
NO_EDIT_BEFORE = "No edit was made before this moment"
NOTHING_AHEAD = "Nothing to redo"
NOTHING_UNSEEN = "Nothing is unseen here, so there is no best unseen epoch"
NO_LOSS_YET = "No unseen loss was taken yet, so there is no best one"
RUN_BEFORE = "Back in the run before, as it was left; U comes forward again"
RUN_AFTER = "Forward in the run after, as it was left; u goes back again"
BEGINNING, FIRST_UPDATE, LATEST = "The beginning", "Update 0", "The latest moment"
AHEAD = ("space plays what is ahead again", "an edit replaces it")
AHEAD_SHORT = ("space replays what is ahead", "an edit replaces it")
AHEAD_SHORTEST = "edits replace what is ahead"


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


def travel(wish: Travel, run: Run) -> tuple[Run, Forms]:
    """Move the run, or come to another one; returns the run then, and what is said."""
    match wish:
        case Back(updates):
            _back(run, updates)
        case BackEpoch():
            _back_epoch(run)
        case Home():
            run.story.home()
        case End():
            run.story.goto(run.story.end)
        case Best():
            return run, _go_to_best(run)
        case Undo():
            return _undo(run)
        case Redo():
            return _redo(run)
    return run, of_moment(run)


def aim(wish: Travel, run: Run) -> Position:
    """Where in the present run a travel leads, as far as that takes training; this moment, where it leads nowhere."""
    story = run.story
    update = story.update
    match wish:
        case Back(updates):
            update = max(0, update - updates)
        case BackEpoch():
            update -= min(update, story.trainer.updates_since_epoch)
        case Home():
            return 0, 0
        case End():
            update = story.end
        case Best() if run.dataset.y_test is not None:
            update = _best(run)[0] if _best(run)[0] >= 0 else update
        case Undo():
            return story.before_step or story.position
    return story.after(update)


def choice_after(wish: Travel, run: Run) -> Choice:
    """What is chosen after a travel: the unit that redo has just brought or changed, else the same as before."""
    applied, choice = run.story.position[1], run.choice
    place = run.telling.notes[applied - 1].unit if isinstance(wish, Redo) and applied else None
    if place is not None:
        choice = replace(choice, layer=place[0], unit=place[1])
    return nearest(choice, run.trainer.network)


def _back(run: Run, updates: int) -> None:
    if run.story.update > 0:  # at update 0 it would go on, over the edits that were made there
        run.story.goto(max(0, run.story.update - updates))


def _back_epoch(run: Run) -> None:
    story = run.story
    while story.update > 0:
        story.goto(max(0, story.update - story.trainer.updates_since_epoch))
        if story.trainer.progress == story.trainer.epoch:
            return


def _go_to_best(run: Run) -> Forms:
    if run.dataset.y_test is None:
        return (NOTHING_UNSEEN,)
    update, loss = _best(run)
    if update < 0:
        return (NO_LOSS_YET,)
    if not run.trainer.loss("test") <= loss:  # the loss of now may be the best, and stand on no curve
        run.story.goto(update)
    return of_moment(run, f"The best unseen epoch, {run.trainer.epoch}", "The best epoch")


def _best(run: Run) -> tuple[int, float]:
    """(update, loss) of the least unseen loss, as long as losses are of the present kind; (-1, nan) without any."""
    history, (since, until) = run.story.history, run.one_kind()
    own = (history.update > since) & (history.update <= until) & np.isfinite(history.test)
    if not own.any():
        return -1, float("nan")
    least = np.argmin(history.test[own])
    return int(history.update[own][least]), float(history.test[own][least])


def _undo(run: Run) -> tuple[Run, Forms]:
    before = run.story.position[1]
    if run.story.undo() is not None:
        return run, of_moment(run, *_news("Undone", run, run.story.position[1], before), redoes="it")
    if run.before is None:
        return run, of_moment(run, NO_EDIT_BEFORE) if run.story.entries else (NOTHING_BEFORE,)
    run.before.after = run
    return run.before, (RUN_BEFORE,)


def _redo(run: Run) -> tuple[Run, Forms]:
    before = run.story.position[1]
    if run.story.redo() is not None:
        return run, of_moment(run, *_news("Redone", run, before, run.story.position[1]), undoes="it")
    if run.after is None:
        return run, (NOTHING_AHEAD if run.story.at_end else f"{NOTHING_AHEAD}; {'; '.join(AHEAD)}",)
    return run.after, (RUN_AFTER,)


def _news(what: str, run: Run, first: int, last: int) -> tuple[str, str]:
    """ "Undone: unit 5 added at epoch 50", and the same without the epochs.

    Several nudges of one parameter are one thing, at the epoch of the first of them.
    """
    epochs: dict[str, int] = {}
    for note, entry in zip(run.telling.notes[first:last], run.story.entries[first:last], strict=True):
        known = not math.isnan(entry.progress)  # else it was not passed yet, and the cursor stands just before it
        epochs.setdefault(note.name, int(entry.progress if known else run.trainer.progress))
    long = _list(name + f" at epoch {epoch}" * (epoch > 0) for name, epoch in epochs.items())
    return f"{what}: {long}", f"{what}: {_list(epochs)}"


def of_moment(run: Run, news: str = "", short_news: str = "", undoes: str = "", redoes: str = "") -> Forms:
    """What u, U, space and an edit do here, in this order, after the news; each form is shorter than the one before.

    `undoes` and `redoes` are words for what was named in the news.
    """
    news = news or _place(run)
    short_news = short_news or news
    full, brief = list(_keys(run, undoes, redoes, brief=False)), list(_keys(run, undoes, redoes, brief=True))
    if run.story.at_end:
        space = "space trains on" if run.story.update else "space trains"
        return (
            _sentence(news, *full, space),
            _sentence(short_news, *brief, space),
            _sentence(short_news, *brief),
            _sentence(short_news),
        )
    return (
        _sentence(news, *full, *AHEAD),
        _sentence(news, *brief, *AHEAD_SHORT),
        _sentence(short_news, *brief, *AHEAD_SHORT),
        _sentence(short_news, *brief, AHEAD_SHORTEST),
        _sentence(short_news, *brief),
        _sentence(short_news),
    )


def _place(run: Run) -> str:
    """Where this is, if it is one of the ends."""
    story = run.story
    if story.position == (0, 0):
        return BEGINNING
    if story.at_end:
        return LATEST
    return FIRST_UPDATE if story.update == 0 else ""


def _keys(run: Run, undoes: str, redoes: str, brief: bool) -> Iterator[str]:
    """What u and U do here; in brief what they act on is named as on the loss plot, where it has a mark."""
    applied, notes = run.story.position[1], run.telling.notes

    def named(verb: str, word: str, note: Note) -> str:
        if brief or word:
            return f"{verb} {word or note.mark or note.name}"
        return f"{verb}: {note.name}"

    if applied:
        yield named("u undoes", undoes, notes[applied - 1])
    elif run.before is not None:
        yield "u goes to the run before"
    if applied < len(run.story.entries):
        yield named("U redoes", redoes, notes[applied])
    elif run.after is not None:
        yield "U goes to the run after"


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


def _sentence(*parts: str) -> str:
    return "; ".join(filter(None, parts))
