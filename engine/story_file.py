"""The file of a story: TOML, kilobytes, and no weights but those that an edit gave.

It holds how the run began, its edits with the update of each, and where it stood. All that stands in a file is checked
before memory is taken for it: what does not fit is an EngineError in one sentence.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine import files
from engine.architecture import Architecture
from engine.edits import AddLayer, AddUnit, Edit, RemoveLayer, RemoveUnit, SplitUnit
from engine.entry_tables import (
    MOST_UPDATES,
    by_flags,
    check_keys,
    edit_to_plain,
    from_plain,
    point_from_plain,
    recipe_of,
    to_plain,
)
from engine.errors import EngineError, clean, real, show, whole
from engine.journal import Entry
from engine.layout import count_parameters
from engine.network import Network
from engine.notation import format_layer, parse_layers
from engine.outcome import Outcome, data_sha256
from engine.recipe import BY_FLAG, Recipe
from engine.trainer import Trainer

FORMAT = 1
LARGEST = 8 * 2**20  # bytes of a file
Arrays = Callable[[dict[str, Any]], tuple[Any, Any, Any, Any]]
KEYS = {"format", "version", "lanes", "updates", "parameters", "theta_sha256", "data_sha256", "losses", "run", "source"}
RUN_KEYS = {"layer", "frozen", "init", "seed", "network_seed", "dtype", "changes", *BY_FLAG}


@dataclass(frozen=True, slots=True)
class Told:
    """What of a story goes into its file: how it began, its edits, and where it ends."""

    source: dict[str, Any]
    initial: Architecture
    recipe: Recipe
    seed: int
    data_sha256: str
    points: tuple[Edit, ...]  # what was drawn, erased or set aside before it began
    entries: tuple[Entry, ...]
    updates: int
    outcome: Outcome


# ----------------------------------------------------------------------------------------------------- to the file


def save(story: Told, path: str | os.PathLike[str], over: bool) -> None:
    """Write the story to a file, see `files.save`. Raises EngineError where it cannot be written."""
    files.save(path, to_text(story).encode(), over)


def to_text(story: Told) -> str:
    """The file's content. Raises EngineError for what no file can hold."""
    import tomli_w

    initial, entries, outcome = story.initial, story.entries, story.outcome
    run = {
        "layer": [format_layer(layer) for layer in initial.layers] or ["none"],
        "frozen": [list(units) for units in initial.frozen] if any(map(any, initial.frozen)) else [],
        "init": initial.init,
        "seed": story.seed,
        "network_seed": initial.seed,
        "dtype": initial.dtype.name,
        "changes": initial.edits,
        **by_flags(story.recipe),
    }
    document = {
        "format": FORMAT,
        "version": outcome.version,
        "lanes": outcome.lanes,
        "updates": story.updates,
        "parameters": most_parameters(initial, [entry.edit for entry in entries]),
        "theta_sha256": outcome.theta_sha256,
        "data_sha256": story.data_sha256,
        "losses": [loss for loss in outcome.losses if np.isfinite(loss)],
        "source": {key: value for key, value in story.source.items() if value is not None},
        "run": run,
        **({"points": [edit_to_plain(edit) for edit in story.points]} if story.points else {}),
        "edits": [to_plain(entry) for entry in entries],
    }
    try:
        text = tomli_w.dumps(document)
        size = len(text.encode())  # which a name that is no Unicode fails
        files.check_keys(text)  # as whoever reads it does
    except (TypeError, ValueError, RecursionError):
        raise EngineError(f"source={show(story.source)}: expected plain values, as a text can hold them") from None
    if size > LARGEST:  # nobody could read it
        raise EngineError(
            f"the run takes {size >> 10} kB as a text: expected at most {LARGEST >> 10} kB; "
            "edits that give all weights or examples of a large network take most of it"
        )
    return text


# --------------------------------------------------------------------------------------------------- from the file


@dataclass(frozen=True, slots=True)
class Story:
    """What stands in a file, checked as far as that goes without the data."""

    source: dict[str, Any]
    run: dict[str, Any]
    points: tuple[Edit, ...]
    entries: tuple[Entry, ...]
    updates: int
    parameters: int
    data_sha256: str
    outcome: Outcome

    def trainer(self, arrays: Arrays, threads: int | None = None) -> Trainer:
        """A trainer at the beginning of the story, on the same data. Raises EngineError where they are other ones."""
        if not callable(arrays):
            raise EngineError(f"arrays={show(arrays)}: expected a function of the source")
        given = arrays(dict(self.source))
        if not (isinstance(given, tuple) and len(given) == 4):
            raise EngineError(f"arrays gave {show(given)}: expected (x, y, x_test, y_test)")
        x, y, x_test, y_test = given
        layers = _layers(self.run["layer"])
        initial = Architecture(_inputs(x), layers, self.run["network_seed"], self.run["init"], self.run["dtype"])
        frozen, changes = _frozen(self.run["frozen"]), whole("changes", self.run["changes"], 0)
        initial = replace(initial, frozen=frozen, edits=changes)
        most = most_parameters(initial, [entry.edit for entry in self.entries])
        if most != self.parameters:
            raise EngineError(f"parameters={self.parameters}: expected {most}, as the layers and edits of the file say")
        recipe = recipe_of({flag: self.run[flag] for flag in BY_FLAG})
        network = Network.of(initial, initial.initial_theta())
        trainer = Trainer(network, x, y, x_test, y_test, recipe, self.run["seed"], threads=threads)
        for edit in self.points:
            trainer.apply(edit)
        if data_sha256(trainer.examples) != self.data_sha256:
            raise EngineError("the data are not those of the file any more: expected the same table and split")
        return trainer


def read(path: str | os.PathLike[str]) -> Story:
    """What stands in a file. Raises EngineError for a file that is no story, or one of a newer kind."""
    text = files.read_text(path, LARGEST, "a saved run")
    try:
        return from_text(text)
    except EngineError as error:
        raise EngineError(f"{clean(Path(path).name)}: {error}") from None


def from_text(text: str) -> Story:
    """What stands in the text of a file. Raises EngineError."""
    try:
        document = files.table_of(text)
    except ValueError as error:
        raise EngineError(f"no saved run, or a damaged one ({clean(str(error)[:80])})") from None
    if "format" not in document:
        raise EngineError("no format in it: expected a saved run; this one is empty, or damaged")
    if document["format"] != FORMAT:
        raise EngineError(f"format={show(document['format'])}: expected a saved run of format {FORMAT}")
    entries, points = document.pop("edits", []), document.pop("points", [])
    check_keys("", document, KEYS)
    check_keys("run.", document["run"], RUN_KEYS)
    updates = whole("updates", document["updates"], 0, MOST_UPDATES)
    if not (isinstance(document["source"], dict) and isinstance(entries, list) and isinstance(points, list)):
        raise EngineError("source, points and edits: expected a table and lists of tables")
    for key in ("version", "theta_sha256", "data_sha256"):
        if not isinstance(document[key], str):
            raise EngineError(f"{key}={show(document[key])}: expected text")
    lanes = whole("lanes", document["lanes"], 0)
    return Story(
        source=document["source"],
        run=document["run"],
        points=tuple(map(point_from_plain, points)),
        entries=_entries(entries, updates),
        updates=updates,
        parameters=whole("parameters", document["parameters"], 1),
        data_sha256=document["data_sha256"],
        outcome=Outcome(document["version"], lanes, document["theta_sha256"], _losses(document["losses"])),
    )


def _losses(value: Any) -> tuple[float, ...]:
    if not isinstance(value, list):
        raise EngineError(f"losses={show(value)}: expected numbers")
    return tuple(real("losses", loss, at_least=0.0) for loss in value)


def _entries(tables: list[Any], updates: int) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for number, table in enumerate(tables, 1):
        try:
            entry = from_plain(table)
        except EngineError as error:
            raise EngineError(f"edit {number}: {error}") from None
        if not (entries[-1].update if entries else 0) <= entry.update <= updates:
            raise EngineError(f"edit {number} at update {entry.update}: expected edits in order, up to {updates}")
        entries.append(entry)
    return tuple(entries)


def _inputs(x: Any) -> int:
    """The features of x; what they are is checked where they train."""
    try:
        shape = np.shape(x)
    except ValueError:
        raise EngineError(f"x={show(x)}: expected numbers, as many in each row") from None
    return shape[1] if len(shape) == 2 else 1


def _layers(value: Any) -> tuple[tuple[str, ...], ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise EngineError(f"layer={show(value)}: expected a list such as ['3:sigmoid']")
    return parse_layers(value) or ()


def _frozen(value: Any) -> tuple[tuple[bool, ...], ...]:
    layers = value if isinstance(value, list) else [value]
    if not all(isinstance(units, list) and all(isinstance(unit, bool) for unit in units) for units in layers):
        raise EngineError(f"frozen={show(value)}: expected true or false for each unit of each layer")
    return tuple(map(tuple, layers))


# ------------------------------------------------------------------------------------------------ how large it grows


def most_parameters(initial: Architecture, journal: list[Edit]) -> int:
    """The largest number of parameters that the network has on its way, worked out from its shape alone."""
    shape = list(initial.shape)
    most = count_parameters(shape)
    for edit in journal:
        _reshape(edit, shape)
        most = max(most, count_parameters(shape))
    return most


def _reshape(edit: Edit, shape: list[int]) -> None:
    """What an edit does to the shape; one that is impossible is refused when it is made."""
    match edit:
        case AddUnit() if len(shape) == 2:
            shape.insert(1, 1)
        case AddUnit(layer=layer) | SplitUnit(layer=layer) if _within(layer, shape):
            shape[layer + 1] += 1
        case RemoveUnit(layer, _) if _within(layer, shape):
            shape[layer + 1] -= 1
        case AddLayer(kinds) if isinstance(kinds, tuple):
            shape.insert(-1, len(kinds))
        case RemoveLayer(layer) if _within(layer, shape):
            del shape[layer + 1]


def _within(layer: Any, shape: list[int]) -> bool:
    return isinstance(layer, int) and 0 <= layer < len(shape) - 2
