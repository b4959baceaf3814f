"""What all screens have in common: one that is leaving takes nothing any more, for its parts leave before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from textual.await_complete import AwaitComplete
from textual.events import Callback, Compose, Unmount
from textual.message import Message
from textual.messages import Prune
from textual.screen import Screen

Result = TypeVar("Result")
STILL_HEARD = (Callback, Compose, Prune, Unmount)  # Textual's own, with which a screen comes and goes


class Standing(Screen[Result]):
    """A screen that is deaf from the moment it is left, or the program is: what was typed ahead finds no part of it.

    It comes after Textual's own kinds of screen among the bases, for of the first one only Textual takes the styles.
    """

    @property
    def stands(self) -> bool:
        app = self.app
        return app.is_running and app.return_code is None and self in app.screen_stack

    async def _dispatch_message(self, message: Message) -> None:
        if self.stands or isinstance(message, STILL_HEARD):
            await super()._dispatch_message(message)

    def call_after_refresh(self, callback: Callable[..., Any], *args: Any, **named: Any) -> bool:
        """As Textual's, where the screen still stands by then."""
        return super().call_after_refresh(lambda: callback(*args, **named) if self.stands else None)

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """As Textual's, once: the second of two quick enters would close what is under it."""
        return super().dismiss(result) if self.stands else AwaitComplete()
