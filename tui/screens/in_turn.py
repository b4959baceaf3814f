"""Keys in turn: each means what it would mean to a person who has seen what the one before it did.

Keys that come together, from a fast hand or over a slow line, would otherwise all go to the panel that has the focus
when they come, and be read against a network that the first of them changes.
"""

from __future__ import annotations

from collections import deque
from functools import partial

from textual import on
from textual.app import App
from textual.events import Event, Key
from textual.message import Message
from textual.widgets import Input

from tui.run.runner import Runner

LOST = 1.0  # seconds after which a key counts as done whatever became of it: who had it may be gone
PATIENCE = 0.5  # seconds that a key waits for what the run makes of those before it
PASTED = 50  # keys that wait, of which nobody typed each: whoever quits then has no patience for them
LOOK = 0.005  # seconds between two looks at whether the run has answered


class InTurn(App[None]):
    """The next key is let in when the last one is done, what it opened is drawn and the run has answered."""

    runner: Runner

    class Done(Message):
        """It follows a key on its way from the focused widget up to the app."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[Key] = deque()
        self._number = 0  # of keys that were let in
        self._under_way = False

    @property
    def keys_done(self) -> bool:
        """Whether no key is on its way, and none waits."""
        return not (self._under_way or self._waiting)

    async def on_event(self, event: Event) -> None:
        if not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._under_way and not (len(self._waiting) > PASTED and self.quits(event)):
            self._waiting.append(event)
        else:
            await self._let_in(event)

    def quits(self, key: Key) -> bool:
        """Whether this key ends the program whatever has the focus."""
        return False

    async def _let_in(self, key: Key) -> None:
        typed = isinstance(self.focused, Input) and key.is_printable  # it changes nothing but the line
        target = self.focused or self.screen
        self._under_way, self._number = not typed, self._number + 1
        await super().on_event(key)
        if not typed:
            self.set_timer(LOST, partial(self._end, self._number))
            target.post_message(self.Done(self._number))

    @on(Done)
    def draw_first(self, event: Done) -> None:
        self.screen.call_after_refresh(self.call_later, self._hear, event.number)

    def only_asks(self, key: Key) -> bool:
        """Whether all that a key can mean is said to the run itself, which reads it when its turn comes."""
        return False

    async def _hear(self, number: int) -> None:
        """Where a key waits that the screen must understand, what the run has to say comes first."""
        if self._waiting and not self.only_asks(self._waiting[0]):
            await self._await(number, self.runner.sent, PATIENCE)
        else:
            await self._end(number)

    async def _await(self, number: int, sent: int, patience: float) -> None:
        if self.runner.told(sent) or patience <= 0.0:
            await self._end(number)
        else:
            self.set_timer(LOOK, partial(self._await, number, sent, patience - LOOK))

    async def _end(self, number: int) -> None:
        if not self._under_way or number != self._number:
            return
        self._under_way = False
        while self._waiting and not self._under_way:
            await self._let_in(self._waiting.popleft())
