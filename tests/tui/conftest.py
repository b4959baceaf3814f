"""What the tests of the screen stand on: a snapshot of a run that nobody trained, and the app turned by hand.

The app's runner has no thread, and a clock that only the test moves.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from picture_updates import way_to
from textual.pilot import Pilot

from data import Dataset
from engine import History, Network, Recipe
from tui.app import UnitfitApp
from tui.run.choice import Choice, nearest
from tui.run.facts import Evidence, Facts, Request
from tui.run.options import Options
from tui.run.player import FRAME
from tui.run.race import Row
from tui.run.runner import Load, Runner
from tui.run.session import Session
from tui.run.snapshot import Snapshot
from tui.run.sweep.live import Live
from tui.widgets.too_small import too_small

PATIENCE = 20.0  # seconds after which a test that waits has failed


class HandRunner(Runner):
    """A runner without a thread: the test says when its turns come."""

    def __init__(self, options: Options, wake: Callable[[], None], **own: Any) -> None:
        self.now = 0.0
        super().__init__(options, wake, lambda: self.now, **own)

    def start(self) -> None:
        self.open()

    def prepare(self, load: Load) -> None:
        load(lambda: None)

    def settle(self) -> None:
        """All that is asked for, until nothing is due before the clock moves; then a snapshot."""
        while self.turn() and (self.pending or self.patience() == 0.0):
            pass
        self.post()

    def told(self, sent: int) -> bool:
        self.settle()
        return super().told(sent)

    def frames(self, count: int) -> None:
        """So many frames of playing."""
        for _ in range(count):
            self.now += FRAME
            self.settle()


class Drive:
    """The app, its keyboard, and the run under it."""

    def __init__(self, app: UnitfitApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        """Until all that was typed is done and drawn; what stays behind for so long is said."""
        await self.pilot.pause()
        self.runner.settle()
        await self.pilot.pause()
        deadline = time.monotonic() + PATIENCE
        while behind := self.behind():
            assert time.monotonic() < deadline, f"not settled: {behind}"
            if not self.runner.answered(self.runner.sent):
                self.runner.settle()  # and only then, for each time it tells something there is one more frame to come
            await self.pilot.pause()

    def behind(self) -> str:
        """What is still to come: a key, what the run makes of it, or a frame; "" for nothing."""
        keys = "" if self.app.keys_done else "keys"
        answer = "" if self.runner.answered(self.runner.sent) else "the run's answer"
        return " ".join(filter(None, (keys, answer, "a frame" if self.app.late else "")))

    def is_drawn(self) -> bool:
        """Whether the first scene is complete: the plots come a paint later, and what they ask for later still."""
        main = self.app.main
        if main.snapshot is None or not main.plots_ready:
            return False
        return len(main.snapshot.answers) > 0 or too_small(*main.size)

    async def frames(self, count: int) -> None:
        self.runner.frames(count)
        await self.pilot.pause()

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.settle()

    @property
    def runner(self) -> HandRunner:
        assert isinstance(self.app.runner, HandRunner)
        return self.app.runner

    @property
    def session(self) -> Session:
        return self.runner.session

    @property
    def shown(self) -> Snapshot:
        """What is on the screen."""
        assert self.app.main.snapshot is not None
        return self.app.main.snapshot

    @property
    def notices(self) -> list[str]:
        return [notification.message for notification in self.app._notifications]

    def row(self, number: int) -> str:
        return self.rows()[number]

    def rows(self) -> list[str]:
        """The screen as text."""
        return ["".join(segment.text for segment in strip) for strip in self.app.screen._compositor.render_strips()]


@pytest.fixture(autouse=True)
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the tests run, frames are not held back for the sake of a slow line."""
    monkeypatch.delenv("SSH_CONNECTION", raising=False)


@asynccontextmanager
async def driving(
    size: tuple[int, int] = (120, 40),
    keys: Path = Path("no-such-keys"),
    notifications: bool = False,
    live: Live | None = None,
    **options: Any,
) -> AsyncIterator[Drive]:
    app = UnitfitApp(Options(**options), HandRunner, keys, live=live)
    async with app.run_test(size=size, notifications=notifications) as pilot:
        drive = Drive(app, pilot)
        await drive.settle()
        while not drive.is_drawn():
            await drive.settle()
        yield drive


def tell(
    dataset: Dataset,
    network: Network,
    requests: Iterable[Request[Any]] = (),
    answers: Mapping[Request[Any], Any] | None = None,
    **changes: Any,
) -> Snapshot:
    """A paused run after 120 epochs of falling losses, nothing of it trained: its answers follow from the network.

    `answers` stand in the place of those to `requests`.
    """
    epochs = np.arange(121)
    losses = 0.1 + np.exp(-epochs / 30)
    recipe = changes.pop("recipe", Recipe())
    evidence = Evidence(
        dataset,
        network,
        recipe,
        update=480,
        progress=120.0,
        history=History(4 * epochs, epochs, losses, losses + 0.1),
        gradient=np.linspace(-0.1, 0.1, network.n_parameters),
        rows=(Row("one", 10, 22.8, 25.6, 90, 120, "done", epochs, losses, losses + 0.1, True),),
        way=way_to(dataset, network, recipe, 480),
    )
    made = Snapshot(
        dataset=dataset,
        network=network,
        chosen=nearest(Choice(), network),
        recipe=recipe,
        seed=0,
        update=480,
        epoch=120,
        progress=120.0,
        rate=0.03,
        marks=((23.0, "+2", False), (50.0, "+3", False)),
        answers=Facts(evidence).answers(requests) if answers is None else answers,
    )
    return replace(made, **changes)


@pytest.fixture
def told() -> Callable[..., Snapshot]:
    """`told(dataset, network, requests)` is a snapshot with the answers to these requests."""
    return tell


@pytest.fixture
def drive() -> Callable[..., Any]:
    """`async with drive(size=…, data=…) as d` runs the app without a terminal and without a thread."""
    return driving
