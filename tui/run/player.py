"""How a run moves: played at a speed, or stepped to a goal, always in slices of about ten milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine import Experiment
from engine.schedules import SCHEDULES

FRAME = 1 / 30  # seconds: what the playing speed counts in
SLICE = 0.01  # seconds of training between two looks at the queue
SPEEDS = (1, 3, 10, 30, 100, 300, 1000, 3000, None)  # updates a frame; None is flat out
FIRST_SPEED = 1  # 3 a frame: the first scene, some 900 updates, takes about ten seconds
SHORT = 0.3  # seconds: a person who presses two keys means the second after the first
RATE_WINDOW = 0.5  # seconds over which updates a second are counted, at least


@dataclass(frozen=True, slots=True)
class Toggle:
    """Play, or pause whatever is running."""


@dataclass(frozen=True, slots=True)
class Step:
    """This many updates on, beyond those that are asked for already."""

    updates: int


@dataclass(frozen=True, slots=True)
class RunEpochs:
    """To the n-th end of an epoch ahead; a short stretch goes beyond those that are asked for already."""

    epochs: int
    long: bool = True  # a long stretch is a thing of its own, which the note tells


@dataclass(frozen=True, slots=True)
class StepSpeed:
    """This many playing speeds faster, or slower where it is negative."""

    steps: int


@dataclass(frozen=True, slots=True)
class Replay:
    """Along what was recorded, to the latest moment."""


Move = Toggle | Step | RunEpochs | StepSpeed | Replay


@dataclass(frozen=True, slots=True)
class Goal:
    """Where stepping ends: at this update, or else when this many epochs are complete."""

    update: int | None
    epoch: int
    since: float  # seconds, by the clock
    begun: float = 0.0  # epochs, for the progress of a long stretch; updates for that of a replay
    long: bool = False
    replay: bool = False


class Player:
    """Moves one story on, slice by slice; paused at first."""

    def __init__(self, story: Experiment, clock: Callable[[], float], level: int = FIRST_SPEED) -> None:
        self.story, self.trainer, self.clock, self.level = story, story.trainer, clock, level
        self.pace = 100.0  # updates a second within a slice: a low guess, measured from the first slice on
        self.ended: tuple[str, int] | None = None  # the schedule, and its epochs, at whose end playing has paused
        self.pause()

    def pause(self) -> None:
        self.playing = False
        self.goal: Goal | None = None
        self.updates_per_second = 0.0
        self._counted_from = (self.clock(), self.trainer.update)

    def do(self, move: Move) -> None:
        match move:
            case Toggle():
                self.pause() if self.moves else self._play()
            case Step(updates):
                self._step(updates)
            case RunEpochs(epochs, long):
                self._run(epochs, long)
            case Replay():
                self.pause()
                self.goal = Goal(self.story.end, 0, self.clock(), self.trainer.update, long=True, replay=True)
            case StepSpeed(steps):
                self.level = min(max(self.level + steps, 0), len(SPEEDS) - 1)

    @property
    def moves(self) -> bool:
        """Whether the run plays, or is on its way to a goal."""
        return self.playing or self.goal is not None

    def _play(self) -> None:
        self.pause()
        self.playing = True
        self._frame_due, self._frame_left = self.clock(), 0

    def _step(self, updates: int) -> None:
        start = self.goal.update if self.goal and self.goal.update is not None else self.trainer.update
        self.pause()
        self.goal = Goal(start + updates, 0, self.clock())

    def _run(self, epochs: int, long: bool) -> None:
        adds = self.goal is not None and self.goal.update is None and not self.goal.long and not long
        start = self.goal.epoch if self.goal and adds else self.trainer.epoch
        self.pause()
        self.goal = Goal(None, start + epochs, self.clock(), self.trainer.progress, long)

    @property
    def in_a_moment(self) -> bool:
        """Whether a short stretch is under way that began just now: what is asked for next can wait for its end."""
        goal = self.goal
        return goal is not None and not goal.long and self.clock() < goal.since + SHORT

    def work(self) -> float | None:
        """One slice of what is to be done; seconds until the next is due, None if nothing is. Pauses on divergence."""
        wait = self._work()
        if self.trainer.diverged:
            self.pause()
            return None
        return wait

    def _work(self) -> float | None:
        if self.goal:
            self._train(self._left(self.goal))
            if self._left(self.goal) > 0:
                return 0.0
            if self.goal.replay:
                self.story.goto(self.story.end)
            self.pause()
        if not self.playing:
            return None
        left, speed = self._to_zero(), SPEEDS[self.level]
        if left == 0:
            self.ended = self._schedule()
            self.pause()
            return None
        if speed is None:
            self.story.run_for(SLICE) if left is None else self._train(left)
            return 0.0
        if self._frame_left <= 0:
            now = self.clock()
            if now < self._frame_due:
                return self._frame_due - now
            next_due = self._frame_due + FRAME
            self._frame_due = next_due if next_due > now else now + FRAME  # frames that were missed are not made up for
            self._frame_left = speed
        self._frame_left -= self._train(min(self._frame_left, speed, left or speed))
        return 0.0

    def _schedule(self) -> tuple[str, int]:
        return self.trainer.recipe.schedule, self.trainer.recipe.epochs

    def _to_zero(self) -> int | None:
        """Updates until the schedule's rate is 0 for good; None where it never is, and where playing paused there."""
        name, epochs = self._schedule()
        if self.ended == (name, epochs) or SCHEDULES[name].last(1.0) > 0:
            return None
        return self.trainer.updates_to(epochs)

    def _train(self, updates: int) -> int:
        """As many of the updates as fit into a slice."""
        started = self.clock()
        done = self.story.step(max(1, min(updates, int(self.pace * SLICE))))
        measured = done / max(self.clock() - started, 1e-6)
        self.pace = min(max(measured, self.pace / 4), self.pace * 4)
        return done

    def _left(self, goal: Goal) -> int:
        """Updates to the goal, by the batch size of now."""
        trainer = self.trainer
        if goal.update is not None:
            return goal.update - trainer.update
        return trainer.updates_to(goal.epoch)

    # ------------------------------------------------------------------------------------------- in words

    def speed(self) -> str:
        speed = SPEEDS[self.level]
        if speed is None:
            return "flat out"
        return "1 update a frame" if speed == 1 else f"{speed} updates a frame"

    def progress(self) -> str | None:
        """How far a long stretch is: "running 10 epochs, 40 %"."""
        goal = self.goal
        if goal is None or not goal.long:
            return None
        if goal.update is not None:
            whole = max(goal.update - goal.begun, 1)
            return f"replaying, {100 * (self.trainer.update - goal.begun) / whole:.0f} %; space stops"
        epochs = goal.epoch - int(goal.begun)
        done = (self.trainer.progress - goal.begun) / (goal.epoch - goal.begun)
        return f"running {epochs} {'epoch' if epochs == 1 else 'epochs'}, {100 * done:.0f} %"

    def count_rate(self) -> float:
        """Updates a second, over the last half second or a little more."""
        since, update = self._counted_from
        elapsed = self.clock() - since
        if (self.playing or self.goal) and elapsed >= RATE_WINDOW:
            self.updates_per_second = (self.trainer.update - update) / elapsed
            self._counted_from = (self.clock(), self.trainer.update)
        return self.updates_per_second
