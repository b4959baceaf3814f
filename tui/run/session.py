"""One run as the runner's thread drives it: what a person wishes is done to it, and the screen is told of it.

In here is no thread and no screen. An error of the engine, the data or the system leaves the run as it was; the
runner catches it and says it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from data import Dataset
from engine import EngineError, Experiment, Trainer
from engine.edits import Edit, SetRecipe
from engine.outcome import Outcome
from tui.run import words
from tui.run.beginnings import Begin, Beginning, Load, Open, Restart, begin, first_run
from tui.run.choice import Choice, nearest
from tui.run.diverged import diverges_again, steepness
from tui.run.editing import goes_on, make
from tui.run.enacting import Enact, Stage, race_of, sentences
from tui.run.gestures import Change, Gesture, Wish
from tui.run.hands import while_it_looks
from tui.run.outcome import with_outcome
from tui.run.player import FIRST_SPEED, SLICE, Move, Player, Replay, RunEpochs, StepSpeed, Toggle
from tui.run.race import Racing
from tui.run.racing import LineUp, RaceWish, join, race
from tui.run.run import Run
from tui.run.scenes import Scene, find
from tui.run.snapshot import Snapshot
from tui.run.sweep.begun import begun as sweep_of
from tui.run.sweep.live import Live
from tui.run.sweeping import BeginSweep, OpenSetting, SweepWish, change, joined, options_of
from tui.run.teller import Teller, Want
from tui.run.telling import Telling
from tui.run.together import together
from tui.run.travel import End, Travel, aim, choice_after, of_moment, travel

if TYPE_CHECKING:
    from tui.run.options import Options

CLOSE_SHARE = 0.05  # of the time, at most, that checkpoints for a close look may take


class Session:
    """A run at its initial curve, or one that is given, paused. `announce` is called where long work is to begin."""

    def __init__(
        self,
        options: Options,
        announce: Callable[[], None],
        clock: Callable[[], float] = time.perf_counter,
        run: Run | None = None,
        live: Live | None = None,
    ) -> None:
        self.announce, self.clock = announce, clock
        self.teller = Teller(live)
        self.news: Callable[[], None] | None = None  # to call where a thread of its own has something to tell
        self.kept: tuple[Path, ...] = ()  # the files of runs that were cut off, the newest first
        self.taken: Path | None = None  # that of one that goes on here
        self._edited: tuple[Wish, float] | None = None  # the last wish, if it came to edits, and when
        self._looks_back = False  # whether the note is to say what lies behind and ahead whenever the run rests
        self._awaited: Travel | None = None  # to a moment that is yet to be trained again
        self.busy: str | None = None
        self._steep: tuple[object, float] = None, math.nan  # where the run diverged, and how steep the loss is there
        self._close_due = 0.0  # when the next checkpoint for a close look may be made
        self.loading = False  # whether the kernels are being loaded: nothing trains until they are there
        self.compiling = False  # whether that takes long, since the cache has not all of them
        self.stage: Stage | None = None
        scene = None if options.scene is None else find(options.scene)
        own = options if scene is None else replace(scene.runs[0], threads=options.threads)
        self.runs = [first_run(own) if run is None else run]  # of this start, the first one first
        self._enter(self.runs[0], FIRST_SPEED)
        if scene is not None:
            self._set(scene)
        elif options.saved is None:
            self.telling.say(*words.of_first(self.dataset))
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
        last, self._edited = self._edited, None
        if self._awaited is not None:  # what comes after it takes its place
            wish, self._awaited = together(self._awaited, wish) or wish, None
        if isinstance(wish, Move):
            self._move(wish)
        elif isinstance(wish, Travel):
            self._travel(wish)
        elif isinstance(wish, RaceWish):
            self._race(wish)
        elif isinstance(wish, SweepWish):
            self._sweep(wish)
        elif isinstance(wish, Enact):
            self._begin(Begin(wish.scene.runs[0]))
            self._set(wish.scene)
        elif isinstance(wish, Edit):
            self._edit((wish,), self.run.choice, joins=False)
        elif isinstance(wish, Beginning):
            self._begin(wish)
        else:
            change = self._look(wish)
            if change.beginning is not None:
                self._begin(change.beginning)
            else:
                now = self.clock()
                joins = last is not None and goes_on(last[0], wish, now - last[1])
                self._edit(change.edits, change.choice or self.run.choice, joins)
                self._edited = (wish, now) if change.edits else None
            if change.words:
                self.telling.say(change.words)

    def _look(self, gesture: Gesture) -> Change:
        """What a gesture comes to; one that takes long is announced.

        A lower rate that would not help a run that has diverged starts over instead.
        """
        moment = self.run.moment()
        with self._busy_with(while_it_looks(gesture, moment)):
            change = gesture(moment)
        match change.edits:
            case (SetRecipe(recipe) as edit,) if diverges_again(self.trainer, edit):
                return Change(beginning=Restart(recipe))
        return change

    @contextmanager
    def _busy_with(self, what: str | None) -> Iterator[None]:
        self.busy = what
        if what:
            self.announce()
        try:
            yield
        finally:
            self.busy = None

    def _edit(self, edits: tuple[Edit, ...], choice: Choice, joins: bool) -> None:
        """Make the edits of one key, or none of them where one is refused."""
        if edits:
            before, loss = self.teller.facts(self.run), self.teller.loss(self.run)
            note = make(self.run, edits, joins and self.story.at_end)
            self._looks_back = False
            text = with_outcome(note, before, self.teller.facts(self.run))
            self.telling.changed(replace(note, text=text), self.trainer.update, loss)
        self.run.choice = nearest(choice, self.trainer.network)

    def _travel(self, wish: Travel) -> None:
        """Through the past, paused: whoever goes back wants to look. What is far away comes when it can."""
        self.player.pause()
        self._looks_back = True
        if self._is_far(wish):
            self._awaited = wish
            return
        if isinstance(wish, End) and not self.story.near(aim(wish, self.run)):
            self.player.do(Replay())
            return
        run, said = travel(wish, self.run)
        if run is not self.run:
            self._enter(run, self.player.level)
        self.run.gradient = None
        self.run.choice = choice_after(wish, self.run)
        self.telling.say(*said)

    def _race(self, wish: RaceWish) -> None:
        """Of the runs that stand side by side; while they train the present one rests."""
        self.player.pause()
        with self._busy_with(words.LINING_UP if isinstance(wish, LineUp) else None):
            run, said = race(wish, self.teller.race, self.run)
        if run is not self.run:
            self._enter(run, self.player.level)
            if not run.story.update and run.story.end:  # what a fork left behind
                self.player.do(Replay())
        self.telling.say(said)

    def _sweep(self, wish: SweepWish) -> None:
        """Of the sweep, which goes on whatever the present run does."""
        live = self.teller.live
        if isinstance(wish, BeginSweep):
            with self._busy_with(words.SWEEPING):
                begun = Live(sweep_of(wish.name, self.run.moment()))
            if live is not None:
                live.end()
            self.teller.live = begun
        elif live is None:
            raise EngineError(words.NO_SWEEP)
        elif isinstance(wish, OpenSetting):
            self._begin(Begin(options_of(wish, live)))
            name = live.words(wish.setting)
            self.telling.say(*words.of_opened(name, self.run, joined(self.teller.race, self.run, name)))
            self.player.do(RunEpochs(self.trainer.recipe.epochs))
        else:
            change(wish, live)

    def _is_far(self, wish: Travel) -> bool:
        """Whether the kernels are still missing, or checkpoints in the past, so that it would take long."""
        target = aim(wish, self.run)
        return self.loading or (self.story.filled < 1 and target < self.story.position and not self.story.near(target))

    def _begin(self, beginning: Beginning) -> None:
        """A new run takes the place of the present one, which stays as it is where that fails."""
        with self._busy_with(words.while_it_begins(beginning)):
            run = begin(beginning, self.run.moment())
        self.run.after, run.before, self._looks_back = None, self.run, False
        self.runs.append(run)
        self.stage = None
        self._enter(run, self.player.level)
        self._begun(beginning)

    def _begun(self, beginning: Beginning) -> None:
        shorter = words.briefly(self.dataset) if isinstance(beginning, Load) else ()
        self.telling.say(words.of_beginning(beginning, self.run), *shorter)
        if isinstance(beginning, Open) and self.story.outcome is not None:
            self.player.do(Replay())

    def _set(self, scene: Scene) -> None:
        """The stage for a scene whose run is the present one."""
        self.teller.race, self.stage = race_of(scene, self.run), Stage(scene)
        if scene.speed is not None:
            self.player.level = scene.speed
        self.telling.say(*sentences(f"{scene.do[0].upper()}{scene.do[1:]}"))

    def _look_for(self) -> None:
        """Once its time has come, the note says what a scene is about."""
        if self.stage and self.stage.due(self.run, self.teller.race):
            scene, self.stage = self.stage.scene, None
            self.telling.say(*sentences(f"Look: {scene.look}"))

    def offer(self, kept: tuple[Path, ...]) -> None:
        """A run that was cut off can be gone on with; a scene says what to do in it instead."""
        self.kept = kept
        if kept and self.stage is None:
            self.telling.say(*words.of_offer(self.dataset))

    def go_on(self) -> None:
        """The run that was cut off; where it cannot be opened, the one before it is next."""
        if not self.kept:
            self.telling.say(words.NOTHING_LEFT)
            return
        file, self.kept = self.kept[0], self.kept[1:]
        try:
            self.perform(Open(str(file)))
        except Exception:
            self.telling.say(words.ONE_BEFORE if self.kept else words.NOTHING_LEFT)
            raise
        self.taken, self.kept = file, ()

    def _enter(self, run: Run, level: int) -> None:
        if run.before is not None:
            run.before.story.rest()
        self.run, self.player = run, Player(run.story, self.clock, level)

    def _move(self, move: Move) -> None:
        self.teller.race.playing = False
        trains = not (isinstance(move, StepSpeed) or (isinstance(move, Toggle) and self.player.moves))
        if trains and self._diverged():
            return
        plays = isinstance(move, Toggle) and not self.telling.measures  # what is followed already is followed on
        if trains and (plays or (isinstance(move, RunEpochs) and move.long)):
            if not self.story.at_end:
                self.telling.say(words.REPLAYING)
            elif self.stage is None:  # what is to be done in a scene stays until there is something to look for
                self._follow_training()
        moved = self.player.moves
        self.player.do(move)
        self._rested(moved)

    def _follow_training(self) -> None:
        """From here on the note says what training brings."""
        self._looks_back = False
        self.telling.changed(words.of_training(self.run.moment()), self.trainer.update, self.teller.loss(self.run))

    def _rested(self, moved: bool) -> None:
        """Where a run that moved through its past has come to rest, the note says what lies behind and ahead."""
        if moved and self._looks_back and not self.player.moves:
            self.telling.say(*of_moment(self.run))

    # ------------------------------------------------------------------------------------------------ training

    def load(self, done: bool = False) -> None:
        """The kernels are being loaded; until they are there, only what needs none is done."""
        self.loading = not done

    def compile(self) -> None:
        """What is being loaded has to be compiled."""
        self.compiling = True

    @property
    def racing(self) -> bool:
        """Whether several runs train in lockstep, whatever the present one does."""
        return self.teller.race.playing

    @property
    def awaits(self) -> bool:
        """Whether somebody wants to go to a moment that cannot be reached yet."""
        return self._awaited is not None

    @property
    def in_a_moment(self) -> bool:
        """Whether what is asked for next can wait for the end of a short stretch."""
        return not self.loading and self.player.in_a_moment

    def ask(self, wants: Iterable[Want]) -> None:
        """From now on snapshots hold the answers to these, and to nothing else."""
        self.teller.wants = tuple(wants)
        if any(Racing() in want(self.dataset) for want in self.teller.wants):
            join(self.teller.race, self.runs, self.run)

    def snapshot(self) -> Snapshot:
        """The run as it is now, all copies, with the answers to what is asked for."""
        return self.teller.snapshot(self.run, self.player, self.busy or self._delay(), self._loads())

    def _loads(self) -> Literal["loading", "compiling"] | None:
        """What is to be seen of the kernels that are not there yet: nothing, where nobody has to wait for long."""
        if not self.loading:
            return None
        return "compiling" if self.compiling else "loading" if self.player.moves or self.awaits else None

    def _delay(self) -> str | None:
        """Why nothing comes yet of what was asked for."""
        if self.loading and (self.player.moves or self.awaits):
            return words.COMPILING if self.compiling else words.LOADING
        return words.of_filling(self.story.filled) if self.awaits else None

    def work(self) -> float | None:
        """One slice of what is to be done; seconds until the next is due, None if nothing is.

        Where it fails all pauses, or it would fail again and again.
        """
        if self.loading:
            return None
        self._look_after_sweep()
        try:
            return self._slice()
        except BaseException:
            self.player.pause()
            self.teller.race.playing, self._awaited = False, None
            raise

    def _slice(self) -> float | None:
        if self._awaited is not None and not self._is_far(self._awaited):
            wish, self._awaited = self._awaited, None
            self._travel(wish)
        architecture, moved, behind = self.trainer.architecture, self.player.moves, not self.story.at_end
        self._look_closely()
        ended = self.player.ended
        wait = self._race_on() if self.racing else self.player.work()
        if self.player.ended != ended:
            self.telling.say(*words.of_ended_schedule(self.trainer.recipe.epochs))
        if behind and self.story.at_end and self.player.playing:  # what was recorded is over, and training goes on
            self._follow_training()
        self.run.trail.look(self.story)
        self._rested(moved)
        self._look_for()
        if self.trainer.architecture is not architecture:  # an edit that was recorded
            self.run.choice = nearest(self.run.choice, self.trainer.network)
        self._diverged()
        if self.story.outcome is not None and self.story.at_end:
            verdict = self.story.outcome.verdict(Outcome.of(self.trainer))
            self.story.outcome = None  # it is told once
            self.telling.say(words.of_replay(verdict))
        if wait is None and (self.story.fill(SLICE) or self.awaits):
            return 0.0
        return wait

    def _look_after_sweep(self) -> None:
        """It begins once the kernels are there; what stopped it is said."""
        live = self.teller.live
        if live is None:
            return
        if self.news is not None:
            live.start(self.news)
        if live.problem is not None:
            problem, live.problem = live.problem, None
            raise problem

    def close(self) -> None:
        """No thread of its own works any more."""
        self.teller.bench.stop()
        if self.teller.live is not None:
            self.teller.live.end()

    def _race_on(self) -> float | None:
        """One slice of the race; at its end the note says who learnt the training rows best, and nothing else."""
        own = self.teller.race
        wait = own.work()
        if not own.playing:
            self.telling.say(words.of_race(own.rows(self.run)))
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
        place = self.trainer, *self.trainer.diverged
        if self._steep[0] != place:  # it is worked out once
            self._steep = place, steepness(self.trainer)
        brief = words.of_divergence(*self.trainer.diverged)
        self.telling.say(words.of_divergence(*self.trainer.diverged, self._steep[1]), brief)
        return True
