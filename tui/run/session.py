"""One run as the runner's thread drives it: what a person wishes is done to it, and the screen is told of it.

In here is no thread and no screen. An error of the engine, the data or the system leaves the run as it was; the
runner catches it and says it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data import Dataset
from engine import Experiment, Trainer
from engine.edits import DrawPoint, Edit, SetTheta, Setup, SetValue, apply
from engine.outcome import Outcome
from tui.run import words
from tui.run.beginnings import Beginning, Open, begin, first_run
from tui.run.choice import Choice, nearest
from tui.run.gestures import Change, Gesture, Nudge, Wish
from tui.run.hands import Drag, while_it_looks
from tui.run.notes import note_of
from tui.run.outcome import with_outcome
from tui.run.player import FIRST_SPEED, Move, Player, Replay, RunEpochs, StepSpeed, Toggle
from tui.run.run import Run
from tui.run.saved import free_name
from tui.run.snapshot import Snapshot
from tui.run.teller import Teller, Want
from tui.run.telling import Note, Telling
from tui.run.travel import Redo, Travel, of_moment, travel

if TYPE_CHECKING:
    from tui.run.options import Options

TOGETHER = 0.5  # seconds from one nudge to the next of the same parameter, up to which they are one step
CLOSE_SHARE = 0.05  # of the time, at most, that checkpoints for a close look may take
GRADUAL = (Nudge, Drag)  # what moves a parameter little by little


class Session:
    """A run at its initial curve, paused. `announce` is called where a long piece of work is about to begin."""

    def __init__(
        self, options: Options, announce: Callable[[], None], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.announce, self.clock = announce, clock
        self.teller = Teller()
        self.kept: Path | None = None  # the file of a run that was cut off
        self.taken: Path | None = None  # that of one that goes on here
        self._nudged: tuple[int, float] | None = None  # the parameter of the last wish, if that was a nudge, and when
        self._looks_back = False  # whether the note is to say what lies behind and ahead whenever the run rests
        self.busy: str | None = None
        self.prepared = False
        self._close_due = 0.0  # when the next checkpoint for a close look may be made
        self._enter(first_run(options), FIRST_SPEED)
        if options.saved is None:
            self.telling.say(words.of_first(self.dataset))
        else:
            self._begun(Open(options.saved))

    @property
    def trainer(self) -> Trainer:
        return self.run.trainer

    @property
    def dataset(self) -> Dataset:
        return self.run.dataset

    @property
    def story(self) -> Experiment:
        return self.run.story

    @property
    def telling(self) -> Telling:
        return self.run.telling

    # ------------------------------------------------------------------------------------------------- wishes

    def perform(self, wish: Wish) -> None:
        """Do what an action asks for, between two updates. Raises EngineError, DataError or OSError."""
        self._nudged = self._nudged if isinstance(wish, GRADUAL) else None
        if isinstance(wish, Move):
            self._move(wish)
        elif isinstance(wish, Travel):
            self._travel(wish)
        elif isinstance(wish, Edit):
            self._edit((wish,), self.run.choice, nudge=False)
        elif isinstance(wish, Beginning):
            self._begin(wish)
        else:
            change = self._look(wish)
            if change.beginning is not None:
                self._begin(change.beginning)
            else:
                gradual = change.joins or isinstance(wish, GRADUAL)
                self._edit(change.edits, change.choice or self.run.choice, gradual)
            if change.words:
                self.telling.say(change.words)

    def _look(self, gesture: Gesture) -> Change:
        """What a gesture comes to; one that takes long is announced."""
        moment = self.run.moment()
        with self._busy_with(while_it_looks(gesture, moment)):
            return gesture(moment)

    @contextmanager
    def _busy_with(self, what: str | None) -> Iterator[None]:
        self.busy = what
        if what:
            self.announce()
        try:
            yield
        finally:
            self.busy = None

    def _edit(self, edits: tuple[Edit, ...], choice: Choice, nudge: bool) -> None:
        """Make the edits of one key, which are one step, or none of them where one is refused."""
        if edits:
            self._looks_back = False
            before, loss, joins = (
                self.teller.facts(self.run),
                self.teller.loss(self.run),
                nudge and self._goes_on(edits[0]),
            )
            self._try(edits)
            note = self._apply(edits[0], joins)
            for edit in edits[1:]:
                note = self._apply(edit, joins=True, before=note)
            self._tell(replace(note, text=with_outcome(note, before, self.teller.facts(self.run))), loss)
        self.run.choice = nearest(choice, self.trainer.network)

    def _try(self, edits: tuple[Edit, ...]) -> None:
        """EngineError where one of several edits would be refused."""
        trainer = self.trainer
        setup = Setup(trainer.architecture, trainer.theta, trainer.recipe, trainer.examples)
        for edit in edits[: len(edits) * (len(edits) > 1)]:
            setup, _ = apply(edit, setup)

    def _apply(self, edit: Edit, joins: bool, before: Note | None = None) -> Note:
        """Make one edit; values for what an edit of the same key has added belong to the note of that one."""
        moment = self.run.moment()
        mapping = self.story.apply(edit, joins)
        note = before if before and isinstance(edit, SetTheta) else note_of(edit, moment)
        if not np.array_equal(mapping, np.arange(mapping.size)):
            self.run.gradient = None  # θ is in another order now
        self.telling.edited(self.story.position[1] - 1, note)
        return note

    def _goes_on(self, edit: Edit) -> bool:
        """Whether this nudge belongs to the one just before it: of the same parameter, within half a second."""
        if isinstance(edit, DrawPoint):
            return self.story.at_end and bool(self.story.position[1])
        before, now = self._nudged, self.clock()
        self._nudged = (edit.index, now) if isinstance(edit, SetValue) else None
        if before is None or self._nudged is None or not self.story.at_end:
            return False
        return before[0] == self._nudged[0] and now - before[1] < TOGETHER

    def _travel(self, wish: Travel) -> None:
        """Through the past, paused: whoever goes back wants to look."""
        self.player.pause()
        run, said = travel(wish, self.run)
        if run is not self.run:
            self._enter(run, self.player.level)
        self.run.gradient = None
        self.run.choice = nearest(self._redone(wish) or self.run.choice, self.trainer.network)
        self._looks_back = True
        self.telling.say(*said)

    def _begin(self, beginning: Beginning) -> None:
        """A new run takes the place of the present one, which stays as it is where that fails."""
        with self._busy_with(words.while_it_begins(beginning)):
            run = begin(beginning, self.run.moment())
        run.before, self._looks_back = self.run, False
        self._enter(run, self.player.level)
        self._begun(beginning)

    def _begun(self, beginning: Beginning) -> None:
        self.telling.say(words.of_beginning(beginning, self.run))
        if isinstance(beginning, Open) and self.story.outcome is not None:
            self.player.do(Replay())

    def offer(self, kept: Path | None) -> None:
        """A run that was cut off can be gone on with."""
        self.kept = kept
        if kept is not None:
            self.telling.say(words.OFFER)

    def go_on(self) -> None:
        """The run that was cut off."""
        if self.kept is None:
            self.telling.say(words.NOTHING_LEFT)
            return
        self.perform(Open(str(self.kept)))
        self.taken, self.kept = self.kept, None

    def save(self, path: Path | None = None) -> None:
        """Write the run up to this moment to a file, by default to one of a name that is free in this folder."""
        path = free_name(self.dataset, self.trainer.network) if path is None else path
        self.story.save(path)
        opens = f"Saved as {path}: unitfit {path} opens it"
        self.telling.say(f"{opens}, unitfit replay {path} tells its losses", opens, f"Saved as {path}")

    def _enter(self, run: Run, level: int) -> None:
        if run.before is not None:
            run.before.story.rest()
        self.run = run
        self.player = Player(run.story, self.clock, level)

    def _move(self, move: Move) -> None:
        trains = not (isinstance(move, StepSpeed) or (isinstance(move, Toggle) and self.player.moves))
        if trains and self._diverged():
            return
        plays = isinstance(move, Toggle) and not self.telling.measures  # what is followed already is followed on
        if trains and (plays or (isinstance(move, RunEpochs) and move.long)):
            if self.story.at_end:
                self._looks_back = False
                self._tell(words.of_training(self.run.moment()), self.teller.loss(self.run))
            else:
                self.telling.say(words.REPLAYING)
        moved = self.player.moves
        self.player.do(move)
        self._rested(moved)

    def _rested(self, moved: bool) -> None:
        """Where a run that moved through its past has come to rest, the note says what lies behind and ahead."""
        if moved and self._looks_back and not self.player.moves:
            self.telling.say(*of_moment(self.run))

    def _tell(self, note: Note, loss: float) -> None:
        """`loss` is that before what the note tells."""
        self.telling.changed(note, self.trainer.update, loss)

    def _redone(self, wish: Travel) -> Choice | None:
        """The unit that redo has just brought or changed, as the edit itself chose it."""
        applied = self.story.position[1]
        place = self.telling.notes[applied - 1].unit if isinstance(wish, Redo) and applied else None
        return None if place is None else replace(self.run.choice, layer=place[0], unit=place[1])

    # ------------------------------------------------------------------------------------------------ training

    def prepare(self) -> None:
        """Compile, or load what was compiled before: seconds at the very first time."""
        self.busy = words.COMPILING
        self.announce()
        self.trainer.prepare()
        self.busy, self.prepared = None, True

    def ask(self, wants: Iterable[Want]) -> None:
        """From now on snapshots hold the answers to these, and to nothing else."""
        self.teller.wants = tuple(wants)

    def snapshot(self) -> Snapshot:
        """The run as it is now, all copies, with the answers to what is asked for."""
        return self.teller.snapshot(self.run, self.player, self.busy, compiling=bool(self.busy) and not self.prepared)

    def work(self) -> float | None:
        """One slice of what is to be done; seconds until the next is due, None if nothing is."""
        architecture, moved = self.trainer.architecture, self.player.moves
        self._look_closely()
        wait = self.player.work()
        self.run.trail.look(self.story)
        self._rested(moved)
        if self.trainer.architecture is not architecture:  # an edit that was recorded
            self.run.choice = nearest(self.run.choice, self.trainer.network)
        self._diverged()
        if self.story.outcome is not None and self.story.at_end:
            verdict = self.story.outcome.verdict(Outcome.of(self.trainer))
            self.story.outcome = None  # it is told once
            self.telling.say(words.of_replay(verdict))
        return wait

    def _look_closely(self) -> None:
        """A checkpoint before each slice, for who asks after single updates; of a large network one now and then."""
        started = self.clock()
        if self.player.moves and self.teller.looks_closely and started >= self._close_due:
            self.story.look_closely()
            self._close_due = started + (self.clock() - started) / CLOSE_SHARE

    def _diverged(self) -> bool:
        """Whether the run has diverged and cannot go on; then the note says what to do."""
        if self.trainer.diverged is None:
            return False
        self.telling.say(words.of_divergence(*self.trainer.diverged))
        return True
