"""The sweeps that can be begun from a run: its data and recipe, with some of it as factors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine import EngineError
from engine.edits import SetPoints
from engine.recipe import BY_FLAG
from tui.run.options import Options
from tui.run.presets import DEPTHS, LAGS, RATES, SMALL_UNITS, SMALL_WIDTHS, UNITS, WIDTHS
from tui.run.run import Moment
from tui.run.sweep.factors import Factor
from tui.run.sweep.plan import Plan, make_plan
from tui.run.sweep.sweep import Sweep

SEEDS = 5


def lags(moment: Moment) -> list[Factor]:
    """Sweep: more and more past days"""
    if not moment.dataset.lags:
        raise EngineError(f"{moment.dataset.name} has no lags: this sweep is for dated data, such as chicago")
    return [Factor("lags", LAGS)]


def width(moment: Moment) -> list[Factor]:
    """Sweep: one layer, wider and wider"""
    small = moment.network.n_inputs == 1
    kind, widths = ("sigmoid", SMALL_WIDTHS) if small else ("relu", WIDTHS)
    return [Factor("layer", tuple(((kind,) * units,) for units in widths))]


def depth(moment: Moment) -> list[Factor]:
    """Sweep: one layer after the other"""
    kind, units = ("tanh", SMALL_UNITS) if moment.network.n_inputs < 3 else ("relu", UNITS)
    return [Factor("layer", tuple(((kind,) * units,) * layers for layers in range(1, DEPTHS + 1)))]


def width_rate(moment: Moment) -> list[Factor]:
    """Sweep: width × η"""
    rates = (float(f"{moment.recipe.learning_rate * share:.3g}") for share in RATES)
    return [Factor("lr", tuple(rates)), *width(moment)]


SWEEPS: dict[str, Callable[[Moment], list[Factor]]] = {
    "lags": lags,
    "width": width,
    "depth": depth,
    "width_rate": width_rate,
}


def begun(name: str, moment: Moment) -> Sweep:
    """The sweep of this name, from the data, the units and the recipe of now. Raises EngineError or DataError."""
    return Sweep(plan(name, moment))


def plan(name: str, moment: Moment) -> Plan:
    """Its plan."""
    return make_plan(options_of(moment), SWEEPS[name](moment), SEEDS, None)


def options_of(moment: Moment) -> Options:
    """What `unitfit train` would be given for a run as of now. Raises EngineError where points were drawn."""
    points, seed = moment.options.points, moment.options.data_seed
    for change in moment.examples.changes:
        if not isinstance(change, SetPoints) or change.seed not in (None, seed):
            raise EngineError("points were drawn or erased: expected the data as loaded, which a sweep loads anew")
        points = change.points
    return replace(
        moment.options,
        points=points,
        layer=tuple(map(tuple, moment.network.layers)),
        init=moment.network.init,
        seed=moment.seed,
        training={flag: getattr(moment.recipe, name) for flag, name in BY_FLAG.items()},
        saved=None,
        scene=None,
    )
