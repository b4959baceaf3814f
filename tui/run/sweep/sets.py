"""The data sets of a sweep: each is loaded once for the runs that share it, and told from others by its content."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass

from data import Dataset
from engine.examples import Examples, check_examples
from engine.outcome import data_sha256
from engine.points import take
from tui.run.options import Options
from tui.run.points import set_points

KEPT = 16  # data sets in memory


@dataclass(frozen=True, slots=True, eq=False)
class Set:
    """A data set with the points that train, and the sha256 of all examples."""

    dataset: Dataset
    examples: Examples
    sha256: str


def name_of(options: Options) -> str:
    """What tells the data set of these options from others, as text."""
    return json.dumps([options.source(), options.points], sort_keys=True)


def load(options: Options) -> Set:
    """The data set that these options name. Raises DataError or EngineError for what cannot be used."""
    loaded = options.load()
    sets = (loaded.x_train, loaded.y_train, loaded.x_test, loaded.y_test)
    examples = check_examples(*sets, loaded.x_train.shape[1], loaded.x_train.dtype)
    if options.points is not None:
        asked = set_points(loaded, options.points, options.data_seed)
        examples = take(examples, asked.points, asked.seed)
        loaded = loaded.with_points(examples.x, examples.y, examples.rows)
    return Set(loaded, examples, data_sha256(examples))


class Sets:
    """Loads data sets, and keeps the ones that were asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Set] = OrderedDict()

    def of(self, options: Options) -> Set:
        """As `load`."""
        name = name_of(options)
        if name not in self._kept:
            self._kept[name] = load(options)
        self._kept.move_to_end(name)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[name]
