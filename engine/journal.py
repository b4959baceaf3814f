"""The journal of a story: its edits with the update of each, and what forks left behind."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from engine.edits import Edit
from engine.history import Curves


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the journal: an edit and the update that it was made at."""

    update: int
    edit: Edit
    joins: bool = False  # it belongs to the step of the entry before it
    progress: float = field(default=math.nan, compare=False)  # epochs at that update, once it was reached


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """What a fork left behind: a run of its own, with the same beginning."""

    fork: int  # the update from which on it differs from the story
    end: int  # the latest update that it had reached
    entries: tuple[Entry, ...]  # all of its edits, from the beginning
    curves: Curves | None  # its losses up to the end; None where they were never taken

    @property
    def journal(self) -> tuple[tuple[int, Edit], ...]:
        """(update, edit) of all of its edits."""
        return tuple((entry.update, entry.edit) for entry in self.entries)
