"""The races that can be lined up: the book's tables, and what one would try next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from data import Dataset
from engine import EngineError, Network, Recipe
from tui.run.beginnings import make_run
from tui.run.options import Options
from tui.run.race import Racer
from tui.run.run import Moment
from tui.run.unit import kind_name

BUDGET = 8 * 2**20  # bytes for the checkpoints of one run
LAGS = (1, 7, 28, 56)
LINEAR_RATE, DEEP_RATE = 0.01, 0.001
WIDTHS, SMALL_WIDTHS = (10, 100, 1000), (1, 2, 4, 8, 16)
DEPTHS, UNITS, SMALL_UNITS = 5, 100, 8
RATES = (1 / 100, 1 / 10, 1.0, 10.0, 100.0)  # times the present one
BATCHES = (4, 32, 256)
L2 = 0.01


@dataclass(frozen=True, slots=True)
class Entry:
    """A run to be, as far as it differs from the one at hand."""

    name: str
    network: Network
    recipe: Recipe
    dataset: Dataset
    options: Options
    points: int | None = None  # how many of the training examples train, None for those that do now


def by_lags(moment: Moment) -> Iterable[Entry]:
    """The linear model on more and more past days."""
    if not moment.dataset.lags:
        raise EngineError(f"{moment.dataset.name} has no lags: this race is for dated data, such as chicago")
    recipe = replace(moment.recipe, learning_rate=LINEAR_RATE, schedule="cosine")
    for lags in LAGS:
        options = replace(moment.options, lags=lags, features=None)
        network = Network(lags, [], moment.seed, "uniform")
        yield Entry(f"linear, {lags} day{'s' * (lags > 1)}", network, recipe, options.load(), options)


def by_width(moment: Moment) -> Iterable[Entry]:
    """One layer, wider and wider."""
    small = moment.network.n_inputs == 1
    kind, widths = ("sigmoid", SMALL_WIDTHS) if small else ("relu", WIDTHS)
    return [_layers(moment, [[kind] * width], f"{width} {kind_name(kind)}") for width in widths]


def by_depth(moment: Moment) -> Iterable[Entry]:
    """One layer after the other."""
    kind, units = ("tanh", SMALL_UNITS) if moment.network.n_inputs < 3 else ("relu", UNITS)
    name = f"{units} {kind_name(kind)}"
    return [
        _layers(moment, [[kind] * units] * depth, f"{depth} × {name}" if depth > 1 else name)
        for depth in range(1, DEPTHS + 1)
    ]


def by_rate(moment: Moment) -> Iterable[Entry]:
    """η too small, good, too large."""
    for factor in RATES:
        rate = float(f"{moment.recipe.learning_rate * factor:.3g}")
        yield _recipe(moment, f"η {rate:g}", learning_rate=rate)


def by_batch(moment: Moment) -> Iterable[Entry]:
    """Few examples an update, many, all."""
    examples = len(moment.dataset.y_train)
    for size in (*(size for size in BATCHES if size < examples), examples):
        yield _recipe(moment, f"batch {size}" if size < examples else "full batch", batch_size=size)


def remedies(moment: Moment) -> Iterable[Entry]:
    """What helps against overfitting: more data, fewer units, L2; and the best epoch is a column of the table."""
    examples, layers = len(moment.dataset.y_train), moment.network.layers
    yield replace(_recipe(moment, f"{max(examples // 4, 2)} points"), points=max(examples // 4, 2))
    yield _recipe(moment, f"all {examples} points")
    if layers:
        fewer = [layer[: max(1, len(layer) // 4)] for layer in layers]
        yield _layers(moment, fewer, f"a quarter of the units: {', '.join(str(len(layer)) for layer in fewer)}")
    yield _recipe(moment, f"L2 {L2:g}", l2=L2)


PRESETS: dict[str, Callable[[Moment], Iterable[Entry]]] = {
    "lags": by_lags,
    "width": by_width,
    "depth": by_depth,
    "rates": by_rate,
    "batches": by_batch,
    "remedies": remedies,
}


def line_up(preset: str, moment: Moment) -> list[Racer]:
    """The runs of a race, at update 0, from the present moment. Raises EngineError or DataError."""
    return [_racer(entry, moment) for entry in PRESETS[preset](moment)]


def again(moment: Moment) -> Racer:
    """The units, recipe and data of now as one more run."""
    shape = "-".join(map(str, moment.network.shape))
    recipe = moment.recipe
    return _racer(_recipe(moment, f"{shape} {recipe.optimizer} η {recipe.learning_rate:g} seed {moment.seed}"), moment)


def _racer(entry: Entry, moment: Moment) -> Racer:
    """At update 0, with the points of now unless the data are others."""
    points = moment.examples.changes if entry.dataset is moment.dataset else ()
    if entry.points is not None:
        points = (*points, *replace(entry.options, points=entry.points).points_edits(moment.dataset))
    network, dataset = entry.network, entry.dataset.whole
    run = make_run(entry.options, dataset, points, network, entry.recipe, moment.seed, moment.choice, BUDGET)
    return Racer(run, entry.name, entry.recipe.epochs)


def _layers(moment: Moment, layers: list[list[str]], name: str) -> Entry:
    inputs = moment.network.n_inputs
    network = Network(inputs, layers, moment.seed, "auto" if inputs == 1 else "uniform")
    recipe = moment.recipe if inputs == 1 else replace(moment.recipe, learning_rate=DEEP_RATE)
    return Entry(name, network, recipe, moment.dataset, moment.options)


def _recipe(moment: Moment, name: str, **changes: Any) -> Entry:
    recipe = replace(moment.recipe, **changes)
    return Entry(name, moment.network.initial(), recipe, moment.dataset, moment.options)
