"""The whole screen, as the terminal gets it: what stands where, by which run, focus and key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import made_sweeps
import pytest
from picture_files import PANELS, check, check_names, picture
from picture_states import NOTHING, Still, alone, in_past, still

from tui.app import UnitfitApp
from tui.draw.palette import DARK
from tui.run.choice import Choice
from tui.run.gestures import Wish
from tui.run.options import Options
from tui.run.runner import Command, Runner
from tui.run.words import FIRST_NOTE, of_divergence
from tui.widgets.number_prompt import NumberPrompt

SIZES = {size: tuple(map(int, size.split("x"))) for size in PANELS}


@dataclass(frozen=True)
class Scene:
    """A moment, and the keys that are pressed in it; keys that ask something of the run are not answered."""

    run: Callable[[], Still]
    keys: tuple[str, ...] = ()
    plain: dict[str, Any] = field(default_factory=dict)  # fields of the snapshot


def begun() -> Still:
    of = still("motorcycle")
    return Still(of.but(history=NOTHING, update=0, progress=0.0, gradient=None).evidence)


def sweeping() -> Still:
    return still("chicago").but(board=made_sweeps.live())


SWEEP = {"sweep": made_sweeps.live().tally}
PLAYING = {"state": "playing", "speed": "30 updates a frame", "updates_per_second": 912.0}
DIVERGED = {"state": "diverged", "diverged": (1600, "theta"), "note": of_divergence(1600, "theta")}
TOLD = {"note": "Unit 5 added at epoch 120; since then unseen 26.0 → 23.1 g", "chosen": Choice(unit=4)}
PAST = {
    "behind": 480,
    "undone": 1,
    "end": 400.0,
    "undoes": True,
    "redoes": True,
    "note": "u undoes: unit 5 added; U redoes: the rate changed; space plays what is ahead again; an edit replaces it",
    "shorter": ("u undoes +5; U redoes η; space replays what is ahead; an edit replaces it",),
}
SCENES = {
    "begun": Scene(begun, plain={"note": FIRST_NOTE}),
    "motorcycle": Scene(lambda: still("motorcycle"), plain=TOLD | PLAYING),
    "diverged": Scene(lambda: still("motorcycle"), plain=DIVERGED),
    "past": Scene(lambda: in_past(still("motorcycle"), 280, "η"), plain=PAST),
    "busy": Scene(lambda: alone(still("motorcycle")), plain={"busy": "loading sales.csv …"}),
    "chicago": Scene(lambda: still("chicago")),
    "spiral": Scene(lambda: still("spiral")),
    "concrete": Scene(lambda: still("concrete"), keys=("tab",)),
    "recipe": Scene(lambda: still("motorcycle"), keys=("tab", "tab", "down", "down")),
    "zoomed": Scene(lambda: still("motorcycle"), keys=("z",)),
    "moved_window": Scene(lambda: still("chicago"), keys=("right", "right")),
    "epochs": Scene(lambda: still("motorcycle"), keys=("n",)),
    "units": Scene(lambda: still("motorcycle"), keys=("2",)),
    "units_zoomed": Scene(lambda: still("motorcycle"), keys=("2", "z")),
    "net": Scene(lambda: still("motorcycle"), keys=("3",)),
    "net_example": Scene(lambda: still("spiral"), keys=("3", "tab", "right")),
    "net_zoomed": Scene(lambda: still("chicago"), keys=("3", "z")),
    "step": Scene(lambda: still("motorcycle").updated(), keys=("5",)),
    "step_example": Scene(lambda: still("spiral").updated(), keys=("5", "tab", "right", "down")),
    "step_recipe": Scene(lambda: still("motorcycle").updated(), keys=("5", "tab", "tab")),
    "step_zoomed": Scene(lambda: still("motorcycle").updated(), keys=("5", "z")),
    "sweep": Scene(sweeping, keys=("6",), plain=SWEEP),
    "sweep_seen": Scene(sweeping, keys=("6", "v", "left", "up"), plain=SWEEP),
    "drawing": Scene(lambda: still("motorcycle"), keys=("P", "left", "left", "up")),
    "drawing_classes": Scene(lambda: still("spiral"), keys=("P", "left", "left", "up")),
    "export": Scene(lambda: still("motorcycle"), keys=("e", "down")),
    "help": Scene(lambda: still("motorcycle"), keys=("question_mark",)),
}


class StillRunner(Runner):
    """A runner, and its session, of a run that stands still: it answers what is asked, and does nothing else."""

    run: Still
    plain: dict[str, Any]

    def start(self) -> None:
        self.ask(())

    def send(self, command: Command) -> None:
        command(self)  # type: ignore[arg-type]

    def ask(self, wants: Any) -> None:
        """What a session is asked; the answer comes at once."""
        dataset = self.run.evidence.dataset
        requests = [request for want in wants for request in want(dataset)]
        self._slot.append(self.run.snapshot(requests, **self.plain))
        self.wake()

    def perform(self, wish: Wish) -> None:
        """It stands still."""

    def told(self, sent: int) -> bool:
        return not self._slot

    def prepare(self, load: Callable[[Callable[[], None]], None]) -> None:
        """There is nothing to compile."""


async def screen(scene: Scene, width: int, height: int) -> str:
    runner = type("SceneRunner", (StillRunner,), {"run": scene.run(), "plain": scene.plain})
    app = UnitfitApp(Options(), runner, Path("no-such-keys"))
    async with app.run_test(size=(width, height)) as pilot:
        for _ in range(1000):
            if app.main.plots_ready:
                break
            await pilot.pause()
        assert app.main.plots_ready, "the program stopped before it drew anything"
        await pilot.pause()
        app.main.query_one(NumberPrompt).line.cursor_blink = False
        await pilot.press(*scene.keys)
        await pilot.pause()
        places = {"view": ("fit", "whole", "spread", "over"), "loss": ("loss",), "units": ("units", "line")}
        for name, panels in places.items():
            if (widget := app.main.query_one(f"#{name}")).size.area and (size := PANELS.get(f"{width}x{height}")):
                assert tuple(widget.size) in [size[panel] for panel in panels], "PANELS is not true any more"
        strips = app.screen._compositor.render_strips()
        return picture(strips, DARK, f"screen   {width}×{height}")


@pytest.fixture(autouse=True)
def truecolor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", SCENES)
async def test_the_screen_is_drawn_as_it_is_kept(name: str, size: str, write: bool) -> None:
    check(f"screen_{name}_{size}", await screen(SCENES[name], *SIZES[size]), write)


async def test_a_screen_that_is_too_small_says_so(write: bool) -> None:
    check("screen_too_small", await screen(SCENES["motorcycle"], 79, 24), write)


def test_each_kept_screen_is_drawn(write: bool) -> None:
    check_names({f"screen_{name}_{size}" for name in SCENES for size in SIZES} | {"screen_too_small"}, True, write)
