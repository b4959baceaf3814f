"""Wishes that come to one: what a held key or a mouse asks for faster than it can be done and shown."""

from __future__ import annotations

from tui.run.gestures import Wish
from tui.run.hands import Drag
from tui.run.player import Step
from tui.run.travel import Back


def together(first: Wish, second: Wish) -> Wish | None:
    """The one wish that leads where these two lead, one right after the other; None where there is none."""
    match first, second:
        case Back(one), Back(other):
            return Back(one + other)
        case Step(one), Step(other):
            return Step(one + other)
        case Drag(unit, _, lift, joins), Drag(same, x, further, True) if unit == same:
            return Drag(unit, x, lift + further, joins)
    return None
