"""The small prompt that asks for one number: how many epochs to run, or the value of a parameter."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label

from tui.draw.numbers import minus

MOST = 1_000_000
DIGITS = "[0-9]*"  # Textual's own pattern for integers takes exponential time on a long row of digits
NUMBER = "[-+−0-9.,eE]*"


@dataclass(frozen=True, slots=True)
class Question:
    """What the prompt asks, and what is done with the answer."""

    label: str
    hint: str
    value: str  # what stands in the line at first
    restrict: str  # the characters that can be typed, as a pattern
    length: int
    read: Callable[[str], float]  # the number of a text; ValueError, in one sentence, where it is none
    answered: Callable[[float], None]


def read_epochs(text: str) -> int:
    """How many epochs; nothing typed means 100."""
    text = text or "100"
    if not text.isdigit() or not 1 <= int(text) <= MOST:
        raise ValueError(f"epochs={text}: expected a whole number from 1 to {MOST}")
    return int(text)


def read_value(text: str) -> float:
    """A finite number, with − or - as its minus."""
    if "," in text:
        raise ValueError(f"{text}: expected a point before the decimals, as in 1.5")
    try:
        value = float(text.replace("−", "-"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{text or 'nothing'}: expected a number, such as −1.5")
    return value


def exact(value: float) -> str:
    """A value of θ as it stands in the line: as many digits as float32 has."""
    return minus(f"{value:.7g}")


class NumberPrompt(Horizontal):
    """A question, the line to answer in, and what the keys do; hidden while nothing is asked."""

    class Left(Message):
        """The prompt has closed, answered or not."""

    class Next(Message):
        """Tab asks for the next thing of the same sort."""

    def compose(self) -> ComposeResult:
        yield Label(id="question")
        yield Line()
        yield Label(id="hint")

    @property
    def line(self) -> Line:
        return self.query_one(Line)

    def ask(self, question: Question) -> None:
        self.question = question
        self.query_one("#question", Label).update(question.label)
        self.query_one("#hint", Label).update(question.hint)
        line = self.line
        line.restrict, line.max_length, line.value = question.restrict, question.length, question.value
        self.display = True
        line.focus()
        line.select_all()

    @property
    def untouched(self) -> bool:
        """Whether the line is as it was asked: all of it selected, so that what is typed takes its place."""
        line = self.line
        return (line.value, line.selected_text) == (self.question.value, self.question.value)

    @on(Input.Submitted)
    def answer(self, event: Input.Submitted) -> None:
        event.stop()
        number = self._number()
        if number is not None:
            self.leave()
            self.question.answered(number)

    def take(self) -> bool:
        """Do with what was typed what is done with an answer, and stay open; False where it is none."""
        number = None if self.untouched else self._number()
        if number is not None:
            self.question.answered(number)
        return self.untouched or number is not None

    def _number(self) -> float | None:
        """What was typed; a notice says why it is no answer."""
        try:
            return self.question.read(self.line.value.strip())
        except ValueError as error:
            self.app.notify(str(error), severity="error", markup=False)
            return None

    def leave(self) -> None:
        """Close, and leave things as they were."""
        self.display = False
        self.post_message(self.Left())


class Line(Input):
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "Leave"), ("tab", "next", "Next")]

    def __init__(self) -> None:
        super().__init__(compact=True)

    def action_leave(self) -> None:
        prompt = self.parent
        assert isinstance(prompt, NumberPrompt)
        prompt.leave()

    def action_next(self) -> None:
        self.post_message(NumberPrompt.Next())
