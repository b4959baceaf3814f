"""The file of a story: TOML, kilobytes, and no weights but those that an edit gave.

It holds how the run began, its edits with the update of each, and where it stood. All that stands in a file is checked
before memory is taken for it: what does not fit is an EngineError in one sentence.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from importlib import metadata
from pathlib import Path
from typing import Any, get_args

import numpy as np

from engine import files
from engine.architecture import Architecture
from engine.edits import AddLayer, AddUnit, Edit, PlaceUnit, PointEdit, RemoveLayer, RemoveUnit, SplitUnit
from engine.errors import EngineError, show, whole
from engine.examples import Examples
from engine.journal import Entry
from engine.layout import count_parameters
from engine.network import Network
from engine.notation import format_layer, parse_layers
from engine.recipe import BY_FLAG, FIELDS, Recipe
from engine.trainer import Trainer

FORMAT = 1
LARGEST = 8 * 2**20  # bytes of a file
MOST_UPDATES = 10**12
LOSSES_AGREE = 0.01  # by which losses may differ where sums are taken in another order
Arrays = Callable[[dict[str, Any]], tuple[Any, Any, Any, Any]]
EDITS: dict[str, type] = {kind.__name__: kind for kind in get_args(Edit)}
KEYS = {"format", "version", "lanes", "updates", "parameters", "theta_sha256", "data_sha256", "losses", "run", "source"}
RUN_KEYS = {"layer", "frozen", "init", "seed", "network_seed", "dtype", "changes", *BY_FLAG}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a file says of the moment at which it was saved, to compare a replay with."""

    version: str
    lanes: int
    theta_sha256: str
    losses: tuple[float, ...]  # train and, if there is one, test

    @classmethod
    def of(cls, trainer: Trainer) -> Outcome:
        losses = [trainer.loss("train"), *([trainer.loss("test")] if trainer.examples.y_test.size else [])]
        return cls(version(), lanes(trainer), theta_sha256(trainer.theta), tuple(losses))

    def verdict(self, now: Outcome) -> str:
        """A sentence about a replay that came to another θ; "" where it is the same, or where the file does not say."""
        if self.theta_sha256 in ("", now.theta_sha256):
            return ""
        if (self.lanes, self.version) == (now.lanes, now.version):
            return "θ is another one than when the file was saved, though program and CPU are alike: was it edited?"
        there, here = f"unitfit {self.version} with {self.lanes} lanes", f"{now.version} with {now.lanes}"
        near = np.allclose(self.losses, now.losses, rtol=LOSSES_AGREE) if len(self.losses) == len(now.losses) else False
        how = f"the losses agree within {LOSSES_AGREE:.0%}" if near else f"the losses differ by over {LOSSES_AGREE:.0%}"
        return f"θ differs from the file's, which was saved by {there} (here {here}): {how}"


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


def save(story: Told, path: str | os.PathLike[str]) -> None:
    """Write the story to a file, in one piece or not at all. Raises EngineError where it cannot be written."""
    files.save(path, to_text(story).encode())


def to_text(story: Told) -> str:
    """The file's content."""
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
        **({"points": [_edit_to_plain(edit) for edit in story.points]} if story.points else {}),
        "edits": [to_plain(entry) for entry in entries],
    }
    return tomli_w.dumps(document)


def to_plain(entry: Entry) -> dict[str, Any]:
    """An entry of the journal as a table."""
    joins = {"joins": True} if entry.joins else {}
    return {"update": entry.update, **joins, **_edit_to_plain(entry.edit)}


def _edit_to_plain(edit: Edit) -> dict[str, Any]:
    own = {each.name: _plain(getattr(edit, each.name)) for each in fields(edit)}
    return {"edit": type(edit).__name__, **{name: value for name, value in own.items() if value is not None}}


def _plain(value: Any) -> Any:
    if isinstance(value, Recipe):
        return by_flags(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, np.ndarray):
        if value.ndim > 1:
            return [_plain(row) for row in value]
        return [float(str(number)) for number in value]  # the shortest text that is read as the same number
    return value.item() if isinstance(value, np.generic) else value


def by_flags(recipe: Recipe) -> dict[str, Any]:
    """The recipe by the names of its options."""
    return {field.flag: getattr(recipe, name) for name, field in FIELDS.items()}


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
        x, y, x_test, y_test = arrays(dict(self.source))
        inputs = np.shape(x)[1] if np.ndim(x) == 2 else 1
        layers = _layers(self.run["layer"])
        initial = Architecture(inputs, layers, self.run["network_seed"], self.run["init"], self.run["dtype"])
        frozen, changes = _frozen(self.run["frozen"]), whole("changes", self.run["changes"], 0)
        initial = replace(initial, frozen=frozen, edits=changes)
        most = most_parameters(initial, [entry.edit for entry in self.entries])
        if most != self.parameters:
            raise EngineError(f"parameters={self.parameters}: expected {most}, as the layers and edits of the file say")
        recipe = _recipe({flag: self.run[flag] for flag in BY_FLAG})
        network = Network.of(initial, initial.initial_theta())
        trainer = Trainer(network, x, y, x_test, y_test, recipe, self.run["seed"], threads=threads)
        for edit in self.points:
            trainer.apply(edit)
        if data_sha256(trainer.examples) != self.data_sha256:
            raise EngineError("the data are not those of the file any more: expected the same table and split")
        return trainer


def read(path: str | os.PathLike[str]) -> Story:
    """What stands in a file. Raises EngineError for a file that is no story, or one of a newer kind."""
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise EngineError(f"{Path(path).name}: cannot be read ({error.strerror}): expected a saved run") from None
    if len(content) > LARGEST:
        raise EngineError(f"{Path(path).name}: larger than {LARGEST >> 20} MB: expected a saved run")
    try:
        return from_text(content.decode())
    except UnicodeDecodeError:
        raise EngineError(f"{Path(path).name}: not a text: expected a saved run") from None
    except EngineError as error:
        raise EngineError(f"{Path(path).name}: {error}") from None


def from_text(text: str) -> Story:
    """What stands in the text of a file. Raises EngineError."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise EngineError(f"no saved run, or a damaged one ({' '.join(str(error).split())[:80]})") from None
    if document.get("format") != FORMAT:
        raise EngineError(f"format={show(document.get('format'))}: expected a saved run of format {FORMAT}")
    entries, points = document.pop("edits", []), document.pop("points", [])
    _check_keys("", document, KEYS)
    _check_keys("run.", document["run"], RUN_KEYS)
    updates = whole("updates", document["updates"], 0, MOST_UPDATES)
    if not (isinstance(document["source"], dict) and isinstance(entries, list) and isinstance(points, list)):
        raise EngineError("source, points and edits: expected a table and lists of tables")
    losses = document["losses"]
    if not (isinstance(losses, list) and all(isinstance(loss, (int, float)) for loss in losses)):
        raise EngineError(f"losses={show(losses)}: expected numbers")
    for key in ("version", "theta_sha256", "data_sha256"):
        if not isinstance(document[key], str):
            raise EngineError(f"{key}={show(document[key])}: expected text")
    lanes_there = whole("lanes", document["lanes"], 1)
    return Story(
        source=document["source"],
        run=document["run"],
        points=tuple(map(_point, points)),
        entries=_entries(entries, updates),
        updates=updates,
        parameters=whole("parameters", document["parameters"], 1),
        data_sha256=document["data_sha256"],
        outcome=Outcome(document["version"], lanes_there, document["theta_sha256"], tuple(losses)),
    )


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


def from_plain(table: Any) -> Entry:
    """An entry of the journal from its table. Raises EngineError."""
    own = dict(table) if isinstance(table, dict) else {}
    update, joins = whole("update", own.pop("update", None), 0, MOST_UPDATES), own.pop("joins", False)
    if not isinstance(joins, bool):
        raise EngineError(f"joins={show(joins)}: expected true or false")
    return Entry(update, _edit_from_plain(own), joins)


def _edit_from_plain(table: Any) -> Edit:
    if not isinstance(table, dict) or not isinstance(table.get("edit"), str) or table["edit"] not in EDITS:
        raise EngineError(f"{show(table)}: expected a table with one of {', '.join(EDITS)} as edit")
    kind, own = EDITS[table["edit"]], {key: value for key, value in table.items() if key != "edit"}
    needed = {each.name for each in fields(kind) if each.default is MISSING}
    _check_keys("", own, {each.name for each in fields(kind)}, needed)
    edit: Edit = kind(**{name: _from_plain(name, value) for name, value in own.items()})
    return edit


def _point(table: Any) -> Edit:
    """One of what was drawn, erased or set aside before the run began."""
    edit = _edit_from_plain(table)
    if not isinstance(edit, PointEdit):
        expected = ", ".join(kind.__name__ for kind in get_args(PointEdit))
        raise EngineError(f"points: {type(edit).__name__}: expected one of {expected}")
    return edit


def _from_plain(name: str, value: Any) -> Any:
    if name == "recipe":
        if not isinstance(value, dict):
            raise EngineError(f"recipe={show(value)}: expected a table")
        _check_keys("recipe.", value, set(BY_FLAG))
        return _recipe(value)
    if isinstance(value, list) and not any(isinstance(each, list) for each in value):
        return tuple(value)
    return value


def _recipe(by_flag: Mapping[str, Any]) -> Recipe:
    return Recipe(**{BY_FLAG[flag]: value for flag, value in by_flag.items()})


def _layers(value: Any) -> tuple[tuple[str, ...], ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise EngineError(f"layer={show(value)}: expected a list such as ['3:sigmoid']")
    return parse_layers(value) or ()


def _frozen(value: Any) -> tuple[tuple[bool, ...], ...]:
    layers = value if isinstance(value, list) else [value]
    if not all(isinstance(units, list) and all(isinstance(unit, bool) for unit in units) for units in layers):
        raise EngineError(f"frozen={show(value)}: expected true or false for each unit of each layer")
    return tuple(map(tuple, layers))


def _check_keys(where: str, table: Any, known: set[str], needed: set[str] | None = None) -> None:
    """EngineError for a table that lacks a key, or has one that nobody knows."""
    if not isinstance(table, dict):
        raise EngineError(f"{where.rstrip('.')}={show(table)}: expected a table")
    for key in table.keys() - known:
        raise EngineError(f"{where}{show(key)[1:-1]}: unknown; a newer unitfit may know it")
    for key in sorted((known if needed is None else needed) - table.keys()):
        raise EngineError(f"{where}{key} is missing: the file is cut, or no saved run")


# ------------------------------------------------------------------------------------------------------- fingerprints


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
        case AddUnit() | PlaceUnit() if len(shape) == 2:
            shape.insert(1, 1)
        case AddUnit(layer=layer) | PlaceUnit(layer=layer) | SplitUnit(layer=layer) if _within(layer, shape):
            shape[layer + 1] += 1
        case RemoveUnit(layer, _) if _within(layer, shape):
            shape[layer + 1] -= 1
        case AddLayer(kinds) if isinstance(kinds, tuple):
            shape.insert(-1, len(kinds))
        case RemoveLayer(layer) if _within(layer, shape):
            del shape[layer + 1]


def _within(layer: Any, shape: list[int]) -> bool:
    return isinstance(layer, int) and 0 <= layer < len(shape) - 2


def theta_sha256(theta: np.ndarray[Any, Any]) -> str:
    """sha256 of θ's little-endian bytes."""
    return hashlib.sha256(theta.astype(theta.dtype.newbyteorder("<")).tobytes()).hexdigest()


def data_sha256(examples: Examples) -> str:
    """sha256 of the shapes and the little-endian bytes of all examples, train and test, and those set aside."""
    digest = hashlib.sha256()
    aside = () if examples.aside is None else (examples.aside.x, examples.aside.y)
    for array in (examples.x, examples.y, examples.x_test, examples.y_test, *aside):
        digest.update(repr((array.shape, array.dtype.name)).encode())
        digest.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return digest.hexdigest()


def version() -> str:
    """unitfit's version."""
    try:
        return metadata.version("unitfit")
    except metadata.PackageNotFoundError:
        return "unknown"


def lanes(trainer: Trainer) -> int:
    """How many numbers the kernels take at a time, on which the last bits of θ depend."""
    from engine.kernels import loops_for

    return int(getattr(loops_for(trainer.network.dtype), "LANES", 1))
