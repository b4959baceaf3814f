"""What a signal must not part, such as a team of threads, who would wait for ever for one that is not there."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = tuple(signal.valid_signals())


@contextmanager
def undisturbed() -> Iterator[None]:
    """Meanwhile signals wait that Python answers, as it does Ctrl+C; then they do what they would have done.

    Only the main thread ever hears of one. A handler that `ends` the process, and says so by an attribute, comes at any
    time. Also a decorator: `@undisturbed()`.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual: dict[int, Any] = {}  # handlers by signal
    came: dict[int, FrameType | None] = {}

    def wait(number: int, frame: FrameType | None) -> None:
        came[number] = frame

    try:
        for number in SIGNALS:
            if callable(handler := signal.getsignal(number)) and not getattr(handler, "ends", False):
                usual[number] = handler  # first, so that it comes back whatever happens here
                signal.signal(number, wait)
        yield
    finally:
        try:
            _give_back(dict(usual))
        finally:
            _answer(came, usual)


def _give_back(handlers: dict[int, Any]) -> None:
    """Each signal has its own handler again, even where one of them raises while others are still to come."""
    try:
        while handlers:
            number = next(iter(handlers))
            signal.signal(number, handlers[number])
            del handlers[number]
    finally:
        if handlers:
            _give_back(handlers)


def _answer(came: dict[int, FrameType | None], handlers: dict[int, Any]) -> None:
    """What came is answered, also where one answer raises while others are still to come.

    Not by raising the signal again: of the first one asyncio's loop has heard already.
    """
    try:
        while came:
            number = next(iter(came))
            handlers[number](number, came.pop(number))
    finally:
        if came:
            _answer(came, handlers)
