"""What can be asked of the sweep on the screen: frozen wishes, and what is said once they are done."""

from __future__ import annotations

from dataclasses import dataclass

from engine import EngineError
from tui.run.options import Options
from tui.run.race import MOST, Race, Racer, same_unseen
from tui.run.run import Run
from tui.run.sweep.board import Measure
from tui.run.sweep.live import Live, Setting


@dataclass(frozen=True, slots=True)
class BeginSweep:
    """The sweep of this name, of `sweep.begun`, takes the place of the one that is there."""

    name: str


@dataclass(frozen=True, slots=True)
class PauseSweep:
    """Pause after the runs in work, or go on."""


@dataclass(frozen=True, slots=True)
class StopSweep:
    """Stop at once, and keep what there is."""


@dataclass(frozen=True, slots=True)
class AddSeed:
    """One more seed for all settings of this row of the map."""

    row: int


@dataclass(frozen=True, slots=True)
class OpenSetting:
    """The run in the middle of this setting by this measure becomes the present one."""

    setting: Setting
    by: Measure


SweepWish = BeginSweep | PauseSweep | StopSweep | AddSeed | OpenSetting


def change(wish: PauseSweep | StopSweep | AddSeed, live: Live) -> None:
    """Do it. Raises EngineError or DataError where more runs cannot be had."""
    match wish:
        case PauseSweep():
            live.toggle()
        case StopSweep():
            live.stop()
        case AddSeed(row):
            live.add_seed(row)


def options_of(wish: OpenSetting, live: Live) -> Options:
    """The options of the run that is to be opened. Raises EngineError where there is none."""
    options = live.options_of(wish.setting, wish.by)
    if options is None:
        raise EngineError("no run of this setting has come to its end: expected one that has; ↑ ↓ ← → choose another")
    return options


def joined(own: Race, run: Run, name: str) -> str:
    """Have a run among those of view 6 where it can be compared with them; what is said of it."""
    if len(own.racers) >= MOST:
        return f"view 6 has {MOST} runs already, so it is none of them"
    if own.racers and not same_unseen(own.racers[0].run.loaded, run.loaded):
        return "its unseen rows are others than those of view 6, so it is none of them"
    own.racers.append(Racer(run, name, run.trainer.recipe.epochs))
    return "6 has it among its runs"
