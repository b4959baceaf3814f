"""The beginnings: frozen descriptions of how a new run comes from the present one, and one `begin`.

The present run is never changed: whoever keeps it can go back to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from data import Dataset
from engine import Experiment, Network, Recipe, Trainer
from engine.edits import PointEdit
from engine.experiment import BUDGET
from engine.trainer import default_threads
from tui.run.choice import Choice, nearest
from tui.run.options import Options
from tui.run.run import Moment, Run
from tui.run.saved import notes_of, open_saved


@dataclass(frozen=True, slots=True)
class Restart:
    """Update 0 and the same initial weights, with the units, the recipe and the data of now; or with this recipe."""

    recipe: Recipe | None = None


@dataclass(frozen=True, slots=True)
class Reseed:
    """As Restart, but another seed draws the initial weights and shuffles the examples."""

    seed: int


@dataclass(frozen=True, slots=True)
class Reinit:
    """As Restart, but the initial weights are drawn in another way: `init` is one of the engine's names."""

    init: str


@dataclass(frozen=True, slots=True)
class Load:
    """The data that these options name. Units and recipe stay where the number of inputs does."""

    options: Options


@dataclass(frozen=True, slots=True)
class Lags:
    """The same dated data, predicted from this many steps back. Kinds of unit and recipe stay."""

    lags: int


@dataclass(frozen=True, slots=True)
class Open:
    """The run of a file, all of which lies ahead at first."""

    path: str


@dataclass(frozen=True, slots=True)
class Begin:
    """The first run of a scene."""

    options: Options


Beginning = Restart | Reseed | Reinit | Load | Lags | Open | Begin


def first_run(options: Options) -> Run:
    """The run that these options describe. Raises DataError, EngineError or OSError for options that describe none."""
    return _first(options, options.load()) if options.saved is None else _open(options.saved, options.threads)


def begin(beginning: Beginning, moment: Moment) -> Run:
    """A new run at update 0. Raises DataError, EngineError or OSError where there is none."""
    network = moment.network
    match beginning:
        case Restart(recipe):
            return _again(replace(moment, recipe=recipe or moment.recipe), network.initial(), moment.seed)
        case Reseed(seed):
            return _again(moment, network.initial(seed), seed)
        case Reinit(init):
            return _again(moment, network.initial(init=init), moment.seed)
        case Open(path):
            return _open(path, moment.options.threads)
        case Begin(options):
            return first_run(replace(options, threads=moment.options.threads))
        case Lags(lags):
            options = replace(moment.options, lags=lags)
            dataset = options.load()
            network = Network(dataset.x_train.shape[1], network.layers, moment.seed, network.init)
            return _on(options, dataset, network, moment)
        case Load(options):
            dataset = options.load()
            if dataset.x_train.shape[1] != network.n_inputs:
                return _first(options, dataset)
            return _on(options, dataset, network.initial(), moment)


def _first(options: Options, dataset: Dataset) -> Run:
    network, recipe, points = options.network(dataset), options.recipe(dataset), options.points_edits(dataset)
    return make_run(options, dataset, points, network, recipe, options.seed, Choice())


def _on(options: Options, dataset: Dataset, network: Network, moment: Moment) -> Run:
    """Other data, with the recipe and the choice of now."""
    points, choice = options.points_edits(dataset), replace(moment.choice, source=0)
    return make_run(options, dataset, points, network, moment.recipe, moment.seed, choice)


def _open(path: str, threads: int | None) -> Run:
    return run_of(*open_saved(path, _threads(threads)))


def run_of(options: Options, dataset: Dataset, story: Experiment) -> Run:
    """The run of a story that was read from a file. Raises EngineError for an edit in it that is refused."""
    run = Run(options, dataset, story, nearest(Choice(), story.trainer.network))
    run.telling.notes = notes_of(options, dataset, story)
    return run


def _again(moment: Moment, network: Network, seed: int) -> Run:
    dataset, points = moment.dataset.whole, moment.examples.changes
    return make_run(moment.options, dataset, points, network, moment.recipe, seed, moment.choice)


def make_run(
    options: Options,
    dataset: Dataset,
    points: Sequence[PointEdit],
    network: Network,
    recipe: Recipe,
    seed: int,
    choice: Choice,
    budget: int = BUDGET,
) -> Run:
    """A run of this network on the points that these edits lead to; `budget` bytes are for its checkpoints."""
    sets = (dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test)
    trainer = Trainer(network, *sets, recipe, seed, options.device, _threads(options.threads))
    for edit in points:
        trainer.apply(edit)
    return Run(options, dataset, Experiment(trainer, options.source(), budget), nearest(choice, network))


def _threads(asked: int | None) -> int:
    """All cores but one, the screen's, unless the options say otherwise."""
    return max(1, default_threads() - 1) if asked is None else asked
