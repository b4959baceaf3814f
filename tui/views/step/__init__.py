"""View 5: one update opened up, forwards, backwards and the step; under it where one number of its gradient is from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.draw.canvas import Canvas
from tui.draw.numbers import short
from tui.run.facts import Losses
from tui.run.last_update import LastUpdate
from tui.views import KINDS as ALL
from tui.views import Key
from tui.views.step import trace

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.facts import Request
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

NUMBER, TITLE, ABOUT = 5, "Step", "the last update, opened up"
KINDS = tuple(ALL)
FOOTER, BELOW, ROOM = "view", trace, "spread"


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """The losses, where they have no panel: all else is said in the rules between its parts."""
    losses = snapshot.answer(Losses()) if state.whole else None
    if losses is None:
        return ""
    train, unseen = losses
    said = f"loss •{short(train)}" + ("" if unseen is None else f" ∘{short(unseen)}")
    return f"{said} {snapshot.dataset.target_unit if snapshot.measure.in_unit else ''}".rstrip()


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """The last update, which may be of an earlier moment; it says of which."""
    return (LastUpdate(), Losses()) if state.whole else (LastUpdate(),)


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """The rows of the update, or the page of the traced number."""
    from tui.views.step import page

    canvas = Canvas(width, height)
    page.draw(canvas, snapshot, palette, state)
    return canvas


def _example(direction: int) -> Any:
    def does(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
        from tui.views.step.look import step_example

        return step_example(direction, state, snapshot, width, height)

    return does


def _number(direction: int) -> Any:
    def does(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
        from tui.views.step.look import step_number

        return step_number(direction, state, snapshot, width, height)

    return does


def _page(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    return replace(state, page=not state.page)


KEYS = (
    Key("step_example_before", ("left",), "Under the step: the example before", "example", _example(-1), "units"),
    Key("step_example_after", ("right",), "Under the step: the example after", "example", _example(1), "units"),
    Key("number_before", ("up",), "Under the step: the number of θ before", "number", _number(-1), "units"),
    Key("number_after", ("down",), "Under the step: the number of θ after", "number", _number(1), "units"),
    Key("trace", ("enter",), "Under the step: all examples of that number, or back", "trace it", _page, "units"),
)
