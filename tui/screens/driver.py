"""Textual's way to the terminal, for one that stops the program, sends what no key means, or has two sizes."""

from __future__ import annotations

import asyncio
import os
import re
import select
import signal
import time
from codecs import getincrementaldecoder
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Resize
from textual.keys import Keys
from textual.message import Message

LOOK = 0.1  # seconds between two looks at whether the terminal is wanted still
PIECE = 4096  # bytes read at a time
MOMENT = 0.01  # seconds in which what belongs behind an escape comes, where it was cut from it
LATE = 1.0  # seconds of silence after which no answer goes on
PATIENCE = 5.0  # seconds of silence after which a paste is over, whether or not its end has come
CTRL_C = "\x03", "\x1b[99;5u"
# What a terminal answers to a question: a string (OSC, DCS and the like), or a report of what it is. Textual asks for
# two of the reports, modes 2026 and 2048, and is told a new size by one that begins with 48.
STRING = r"\x1b(?:\](?=[\dlL])|P(?=[\d>!$+])|[_X^])[^\x03\x07\x1b]*"  # ctrl+C is a key in any case
REPORT = r"\x1b\[(?:(?!\?20(?:26|48);)[?>=][0-?]*[ -/]*[@-~]|[\d;:]*[mnx]|[\d;]+(?:&w|\$y)|(?!48;)[\d;]+t)"
ANSWER = re.compile(rf"{STRING}(?:\x07|\x1b\\)|{REPORT}")
UNENDED = re.compile(rf"(?:{STRING}\x1b?|\x1b[\]P]|\x1b\[[0-?]*[ -/]*)\Z")
TYPED = 4  # letters, at most, that a person types as fast: alt+[ and so on


class SturdyDriver(LinuxDriver):
    """As Textual's; but what is no key is ignored, and being stopped and continued leaves one thread that reads."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self._loop = asyncio.get_running_loop()
        super().__init__(*args, **named)

    def _get_terminal_size(self) -> tuple[int, int]:
        """One opinion of the size: a second one, of where stdout goes or of a message, repaints for ever."""
        width, height = self._app.console.size
        return width, height

    def start_application_mode(self) -> None:
        """As Textual's; the terminal's first modes stay those that it is left with, for later ones may be ours."""
        before = self.attrs_before
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if before is not None:
            self.attrs_before = before

    def _sigtstp_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop)  # in the midst of a write its lock would never be free

    def _sigcont_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._come_back)

    def _stop(self) -> None:
        if not self._stays:
            return  # it would be in the midst of giving the terminal back
        if self._in_use:
            self.suspend_application_mode()
            self._must_signal_resume = True
        os.kill(os.getpid(), signal.SIGSTOP)  # and SIGCONT brings `_come_back`

    def _come_back(self) -> None:
        """Take the terminal, which others had meanwhile, whether or not we could leave it in order."""
        if self._in_use:
            self.suspend_application_mode()
        if self._stays:
            self.resume_application_mode()
            self._app.refresh()

    @property
    def _stays(self) -> bool:
        """Whether the program is not about to end."""
        return self._app.is_running and self._app.return_code is None

    @property
    def _in_use(self) -> bool:
        """Whether the terminal is ours at present."""
        return self._key_thread is not None and self._key_thread.is_alive()

    def run_input_thread(self) -> None:
        """Post what the terminal sends until nobody wants it, or there is no terminal any more."""
        decode = getincrementaldecoder("utf-8")("ignore").decode
        parser, heard = TolerantParser(), time.monotonic()
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], LOOK)[0]:
                content = self._read()
                if not content:
                    return
                if text := decode(content):
                    self._post(parser.feed(text))
                heard = time.monotonic()
            elif parser.unended:
                self._post(parser.give_up(time.monotonic() - heard))
            elif parser.pasting and time.monotonic() - heard > PATIENCE:
                self._post(parser.feed(BRACKETED_PASTE_END))
            self._post(parser.tick())

    def _read(self) -> bytes:
        """What there is, no escape cut off from what it begins; nothing where there is no terminal any more."""
        content = b""
        with suppress(OSError):
            content = os.read(self.fileno, PIECE)
            if content.endswith(b"\x1b") and select.select([self.fileno], [], [], MOMENT)[0]:
                content += os.read(self.fileno, PIECE)
        return content

    def _post(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if not isinstance(message, Resize) or message.size == self._get_terminal_size():
                self.process_message(message)


class TolerantParser(XTermParser):
    """Textual's, which fails at keys beyond Unicode and at a mouse on a screen without pixels.

    What is pasted has no keys in it: they would be lost as long as its end does not come. So ctrl+C is one.
    A terminal's late answer to another program's question, such as its colours, is none either.
    """

    pasting = False  # whether the end of a paste is still to come
    unended = ""  # the beginning of an answer
    _seen = ""  # the last letters, with which a mark may have begun

    def feed(self, data: str) -> Iterable[Message]:
        data, self.unended = self.unended + data, ""
        if not self.pasting and BRACKETED_PASTE_START not in data:
            data = ANSWER.sub("", data)
            if found := UNENDED.search(data):
                data, self.unended = data[: found.start()], found.group()
                if len(self.unended) > PIECE:  # it goes on and on: all that matters is where it ends
                    self.unended = self.unended[:3] + self.unended[-1]
        return self._feed(data) if data else ()

    def give_up(self, silence: float) -> Iterable[Message]:
        """What begins like an answer and does not go on for so many seconds was typed, or its end is lost."""
        begun = self.unended
        if len(begun) > TYPED and silence < LATE:
            return ()
        self.unended = ""
        return self._feed(begun) if len(begun) <= TYPED else ()

    def _feed(self, data: str) -> Iterable[Message]:
        if self.pasting:
            for key in CTRL_C:
                data = data.replace(key, BRACKETED_PASTE_END + key)
        seen = self._seen + data
        begin, end = seen.rfind(BRACKETED_PASTE_START), seen.rfind(BRACKETED_PASTE_END)
        if begin != end:
            self.pasting = begin > end
        self._seen = seen[1 - len(BRACKETED_PASTE_END) :]
        return super().feed(data)

    def parse_mouse_code(self, code: str) -> Message | None:
        try:
            return super().parse_mouse_code(code)
        except ZeroDivisionError:
            return None

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        try:
            keys = list(super()._sequence_to_key_events(sequence, alt))
            for key in keys:
                (key.character or "").encode()
        except (ValueError, OverflowError):  # UnicodeEncodeError, of half a character, is a ValueError
            return [Key(Keys.Ignore, sequence)]
        return keys
