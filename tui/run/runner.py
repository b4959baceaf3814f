"""The one thread that touches the run: it applies what a person asks for, trains in slices, and posts snapshots.

Commands wait in a queue and are applied between updates; steps of a held key that wait together are one. The newest
snapshot lies in a slot with room for one: while training, a new one is made at the screen's pace, and only when the
last has been taken. So the screen never waits for the engine, and the engine never for the screen.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue

from data import DataError
from engine import EngineError
from tui.run.gestures import Wish
from tui.run.keeper import Keeper
from tui.run.options import Options, in_options
from tui.run.session import Session
from tui.run.snapshot import Snapshot
from tui.run.together import together

Command = Callable[[Session], None]
Load = Callable[[Callable[[], None]], str]  # has the kernels in memory: see `app.load`
# What a person, or the machine, can bring about; all else is a fault of ours.
EXPECTED = (EngineError, DataError, OSError, MemoryError, ImportError)
SCREEN_FRAME = 1 / 32  # seconds between snapshots: a little less than a frame of playing, so that each is shown
SNAPSHOT_SHARE = 0.1  # of the time, at most, that making them may take while training


@dataclass(frozen=True, slots=True)
class Perform:
    """The command to do a wish."""

    wish: Wish

    def __call__(self, session: Session) -> None:
        session.perform(self.wish)


class Runner:
    """Drives one session, which `begin` makes. `wake` is called on its thread whenever there is something to take."""

    def __init__(
        self,
        options: Options,
        wake: Callable[[], None],
        clock: Callable[[], float] = time.perf_counter,
        keeper: Keeper | None = None,
        begin: Callable[..., Session] = Session,
    ) -> None:
        self.options, self.wake, self.clock, self.keeper, self.begin = options, wake, clock, keeper, begin
        self.failure: BaseException | None = None  # a fault of the program, which ended the thread
        self._commands: SimpleQueue[Command | None] = SimpleQueue()
        self._taken: deque[Command | None] = deque()  # from the queue, and not done yet
        self._notices: SimpleQueue[str] = SimpleQueue()
        self._slot: deque[Snapshot] = deque(maxlen=1)
        self._changed = False  # since the last snapshot
        self._post_due = 0.0
        self._sent, self._begun, self._done, self._told = 0, 0, 0, 0  # commands; told: in the newest snapshot
        self._sending = threading.Lock()
        self._thread = threading.Thread(target=self._live, name="unitfit runner")
        self._loader: threading.Thread | None = None

    # ------------------------------------------------------------------------------------------ the screen's side

    def start(self) -> None:
        self._thread.start()

    def send(self, command: Command) -> None:
        """Have something done to the session, between two updates."""
        with self._sending:
            self._sent += 1
            self._commands.put(command)

    @property
    def sent(self) -> int:
        """How much was asked for so far."""
        return self._sent

    def answered(self, sent: int) -> bool:
        """Whether the newest snapshot knows what came of so much."""
        return self._told >= sent

    def told(self, sent: int) -> bool:
        """Whether the screen has taken that snapshot."""
        return self.answered(sent) and not self._slot

    def prepare(self, load: Load) -> None:
        """Have the kernels loaded on a thread of their own; meanwhile the session does what needs none."""
        self.send(Session.load)
        self._loader = threading.Thread(target=self._load, args=(load,), name="unitfit loader")
        self._loader.start()

    @property
    def loading(self) -> bool:
        """Whether the kernels are being loaded, which cannot be interrupted."""
        return self._loader is not None and self._loader.is_alive()

    def take(self) -> Snapshot | None:
        """The newest snapshot, once."""
        try:
            return self._slot.pop()
        except IndexError:
            return None

    def notices(self) -> list[str]:
        """The sentences that a person must see, each once."""
        return [self._notices.get() for _ in range(self._notices.qsize())]

    def stop(self, patience: float | None = None) -> bool:
        """End the thread after its present piece of work; False if that takes longer than `patience` seconds."""
        self._commands.put(None)
        if self._thread.is_alive():
            self._thread.join(patience)
        return not self._thread.is_alive()

    # ------------------------------------------------------------------------------------------ the runner's side

    def _live(self) -> None:
        try:
            self.open()
            self.session.news = partial(self.send, look_again)
            self.session.teller.bench.start(self.session.news)
            wait: float | None = 0.0
            while self.turn(wait):
                wait = self.patience()
        except BaseException as failure:  # the screen's thread raises it again
            self.failure = failure
            self.wake()
        else:
            self.session.close()

    def _load(self, load: Load) -> None:
        try:
            with suppress(*EXPECTED):  # the first update meets it again, and says it
                if problem := load(partial(self.send, Session.compile)):
                    self._notices.put(problem)
        except BaseException as failure:
            self.failure = failure
            self.wake()
        self.send(lambda session: session.load(done=True))

    def open(self) -> None:
        """Load the data and make the run; where that fails the first scene takes its place, with a notice."""
        try:
            self.session = self.begin(self.options, self.post, self.clock)
        except EXPECTED as error:
            self._notices.put(one_sentence(error))
            self.session = Session(Options(), self.post, self.clock)
        if self.keeper is not None:
            self.session.offer(self.keeper.left())
        self.post()

    def turn(self, wait: float | None = 0.0) -> bool:
        """Wait at most `wait` seconds for a command, apply it, train a slice, post. False once it is to stop."""
        command = nothing if self.session.in_a_moment else self._next(wait)
        if command is None:
            return False
        update = self.session.trainer.update
        self._attempt(command)
        self._done = self._begun
        self._changed |= command is not nothing
        self._due = self._attempt(Session.work)
        self._changed |= self.session.trainer.update != update or self._due is None  # a run that ends does not move on
        self._changed |= self.session.awaits or self.session.racing
        self._keep()
        if self._changed and not self.pending:
            on_time = not self._slot and self.clock() >= self._post_due
            if on_time or command is not nothing or self._due is None:
                self.post()
        return True

    def _keep(self) -> None:
        """Have the run written where it is time; that it cannot be is told once."""
        if self.keeper is None:
            return
        if self.session.taken is not None:
            self.keeper.take_over(self.session.taken)
            self.session.taken = None
        if self.keeper.look(self.session.story):
            self._notices.put(self.keeper.problem)
            self._changed = True

    def patience(self) -> float | None:
        """How long the next turn may wait for a command: until the next slice, snapshot or file is due."""
        waits = [self._due]
        if self._due is not None and self._changed and not self._slot:
            waits.append(max(0.0, self._post_due - self.clock()))
        if self.keeper is not None:
            waits.append(self.keeper.wait(self.session.story))
        return min((wait for wait in waits if wait is not None), default=None)

    def post(self) -> None:
        """Lay a snapshot of this moment into the slot."""
        started, done = self.clock(), self._done
        self._slot.append(self.session.snapshot())
        self._told = done
        self._changed = False
        cost = self.clock() - started
        self._post_due = max(self._post_due + SCREEN_FRAME, started + cost / SNAPSHOT_SHARE)
        self.wake()

    @property
    def pending(self) -> bool:
        """Whether somebody asks for something that was not begun."""
        return bool(self._taken) or not self._commands.empty()

    def _next(self, wait: float | None) -> Command | None:
        """The next command; those behind it that come to one with it are part of it."""
        try:
            if not self._taken:
                self._taken.append(self._commands.get(wait != 0.0, wait))
        except Empty:
            return nothing
        while not self._commands.empty():
            self._taken.append(self._commands.get())
        command = self._begin_next()
        while isinstance(command, Perform) and self._taken and isinstance(behind := self._taken[0], Perform):
            both = together(command.wish, behind.wish)
            if both is None:
                break
            command = Perform(both)
            self._begin_next()
        return command

    def _begin_next(self) -> Command | None:
        self._begun += 1
        return self._taken.popleft()

    def _attempt(self, action: Callable[[Session], float | None]) -> float | None:
        """Do it; an error that a person can bring about becomes a notice."""
        try:
            return action(self.session)
        except EXPECTED as error:
            self._notices.put(one_sentence(error))
            self._changed = True
            return 0.0


def nothing(session: Session) -> None:
    """The command of a turn in which nobody asked for anything."""


def look_again(session: Session) -> None:
    """Nothing has changed in the run, but there is more to tell of it."""


def one_sentence(error: BaseException) -> str:
    """An error in words, its kind where it has none of its own; never more than one line."""
    words = " ".join(in_options(error).split())
    return words or f"{type(error).__name__}: expected this to work; try something smaller"
