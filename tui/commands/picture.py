"""The screen of a run as SVG, drawn without a terminal."""

from __future__ import annotations

import asyncio
import os
from functools import partial

from tui.app import UnitfitApp
from tui.draw.palette import THEMES, choose
from tui.run.run import Run
from tui.run.runner import Runner
from tui.run.session import Session
from tui.run.settings import THEME, recall
from tui.screens.main import MainScreen

SIZE = (120, 40)
MOMENT = 0.01  # seconds between two looks at whether it is drawn


def picture(run: Run) -> str:
    """What the program shows of this moment at 120×40, in the theme that is remembered; NO_COLOR leaves colours out."""
    palette = choose({**os.environ, "COLORTERM": "truecolor"}, recall(THEME, THEMES))
    app = UnitfitApp(run.options, partial(Runner, begin=partial(Session, run=run)), palette=palette)
    try:
        return asyncio.run(drawn(app))
    finally:
        app.runner.stop()


async def drawn(app: UnitfitApp) -> str:
    """The screen, once all of it is there."""
    async with app.run_test(size=SIZE) as pilot:
        while app.is_running and not is_whole(app.main):
            await pilot.pause(MOMENT)
        return app.export_screenshot(title="unitfit")


def is_whole(main: MainScreen) -> bool:
    """Whether the plots are drawn, with the answers to all that they ask for."""
    shown = main.snapshot
    if shown is None or shown.busy or not (main.plots_ready and main.asked):
        return False
    return all(request in shown.answers for want in main.asked for request in want(shown.dataset))
