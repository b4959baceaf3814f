"""Options: the settings of a run, by the same names on the command line, in panels and in run files."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import data
from data import DataError
from engine import EngineError, Network, Recipe
from engine.edits import SetPoints
from engine.errors import show
from engine.notation import Layers
from engine.recipe import BY_FLAG
from tui.run.points import set_points

if TYPE_CHECKING:
    from data import Dataset

ONE_FEATURE_LAYERS: Layers = (("sigmoid",) * 3,)
ONE_FEATURE_RATE = 0.03
RATE = 0.001


SOURCE = {  # the options that name the data, and the fields that hold them
    "data": "data",
    "no-header": "no_header",
    "target": "target",
    "features": "features",
    "lags": "lags",
    "test-fraction": "test_fraction",
    "data-seed": "data_seed",
    "n": "n",
    "noise": "noise",
}
OF_DATA = {"test_fraction": "test-fraction", "seed": "data-seed"}  # arguments of `data.load` under other names
OF_ENGINE = {name: flag for flag, name in BY_FLAG.items()}  # and of Recipe
NO_FOLDER = "the folder that this was started in has been removed: expected one that is there"
SAME = ("target", "features", "lags", "n", "noise", "points", "layer", "init", "seed", "device", "threads")
SOURCE_KINDS: dict[str, Any] = {
    "data": str, "no-header": bool, "target": str, "features": list, "lags": int, "test-fraction": (int, float),
    "data-seed": int, "n": int, "noise": (int, float),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """What to fit, with what, and how. None stands for a default that depends on the data set.

    The values are checked where they are used: `load` raises DataError, `network` and `recipe` raise EngineError.
    """

    data: str = "motorcycle"
    no_header: bool = False  # whether the first row of a table holds values
    target: str | None = None
    features: tuple[str, ...] | None = None
    lags: int | None = None
    test_fraction: float | None = None
    data_seed: int = 0
    n: int | None = None
    noise: float | None = None
    points: int | None = None  # how many of the training examples train
    layer: Layers | None = None
    init: str = "auto"
    seed: int = 0
    device: str = "cpu"
    threads: int | None = None
    training: Mapping[str, Any] = field(default_factory=dict)  # of the recipe, by the names of its options
    saved: str | None = None  # the file of a saved run, which says all of the others
    scene: str | None = None  # the name or the file of a scene, which says all of the others

    def source(self) -> dict[str, Any]:
        """What names the data, by the names of the options: what a saved run keeps of them."""
        own = {option: getattr(self, name) for option, name in SOURCE.items()}
        usual = {option: getattr(USUAL, name) for option, name in SOURCE.items() if option != "data"}
        return {
            option: list(value) if isinstance(value, tuple) else value
            for option, value in own.items()
            if option == "data" or value != usual[option]
        }

    @classmethod
    def from_source(cls, source: Mapping[str, Any]) -> Options:
        """The options of a saved run's data. Raises EngineError for what is none."""
        for option, value in source.items():
            kinds = SOURCE_KINDS.get(option)
            if kinds is None or not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
                raise EngineError(f"source.{option[:40]}={show(value)}: expected an option of the data, as in --help")
        given: dict[str, Any] = {
            SOURCE[option]: tuple(value) if isinstance(value, list) else value for option, value in source.items()
        }
        return cls(**given)

    def load(self) -> Dataset:
        """The data set that these options name."""
        return data.load(
            self.data,
            target=self.target,
            features=self.features,
            lags=self.lags,
            test_fraction=self.test_fraction,
            seed=self.data_seed,
            n=self.n,
            noise=self.noise,
            header=False if self.no_header else None,
        )

    def points_edits(self, dataset: Dataset) -> tuple[SetPoints, ...]:
        """What these options ask for of the points."""
        return () if self.points is None else (set_points(dataset, self.points, self.data_seed),)

    def for_data(
        self,
        data: str,
        target: str | None = None,
        features: tuple[str, ...] | None = None,
        lags: int | None = None,
    ) -> Options:
        """The same options for other data: what means something for the present ones only is as if not given."""
        own = replace(self, data=data, no_header=False, target=target, features=features, lags=lags)
        return replace(own, test_fraction=None, n=None, noise=None, points=None)

    def network(self, dataset: Dataset) -> Network:
        """A network at its initial weights; without `layer` three sigmoids for one feature, else the linear model."""
        n_inputs = dataset.x_train.shape[1]
        return Network(n_inputs, self.layers(n_inputs), self.seed, self.init)

    def layers(self, n_inputs: int) -> Layers:
        """The kinds of unit of its hidden layers, for data of this many inputs."""
        return self.layer if self.layer is not None else ONE_FEATURE_LAYERS if n_inputs == 1 else ()

    def recipe(self, dataset: Dataset) -> Recipe:
        """How it is trained; without `lr` a rate that suits the number of features."""
        return self.recipe_for(dataset.x_train.shape[1])

    def recipe_for(self, n_inputs: int) -> Recipe:
        """As `recipe`, for data of this many inputs."""
        usual = {"lr": ONE_FEATURE_RATE if n_inputs == 1 else RATE}
        return Recipe(**{BY_FLAG[flag]: value for flag, value in {**usual, **self.training}.items()})


USUAL = Options()


def in_options(error: BaseException, dashes: str = "") -> str:
    """What an error says, with the name of an option where engine and data name their argument.

    `dashes` stand before an option with which the sentence begins; after the name of a file it is a word of that file.
    """
    if is_folder_gone(error):
        return NO_FOLDER
    names = {**dict(zip(SAME, SAME, strict=True)), **(OF_DATA if isinstance(error, DataError) else OF_ENGINE)}

    def named(match: re.Match[str]) -> str:
        begin, name = match.groups()
        return f"{begin or dashes}{names[name]}" if name in names else match.group()

    return re.sub(r"(^|: )(\w+)(?==)", named, str(error), count=1)


def is_folder_gone(error: BaseException) -> bool:
    """Whether this is what anything says that asks where we are, once the folder has been removed."""
    if not isinstance(error, FileNotFoundError) or error.filename is not None:
        return False
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False
