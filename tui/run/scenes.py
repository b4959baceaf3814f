"""Scenes: a file with one or more runs, a view, a speed, and what to do, to look for and to ask.

Those that come along show the ideas of the book in its order; a teacher's own are opened like a saved run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from engine import EngineError, files
from engine.errors import clean, one_of, show, whole
from engine.notation import parse_layers
from engine.recipe import BY_FLAG
from tui.run.options import SOURCE_KINDS, Options
from tui.run.player import SPEEDS
from tui.run.presets import PRESETS
from tui.run.saved import begins

FORMAT = 1
BEGINNING = b"scene = "  # of every file, whatever its format
LARGEST = 2**18  # bytes of a file
WORDS = ("title", "section", "about", "formula", "do", "look", "ask")
NUMBERS = ("view", "speed", "after", "minutes")
KNOWN = {"scene", *WORDS, *NUMBERS, "race", "show", "runs"}
SHOWS = ("bars", "batch", "ghosts")  # what view 1 can show besides
MOST_VIEWS, MOST_RUNS = 6, 12


@dataclass(frozen=True, slots=True)
class Scene:
    """What a scene sets and says."""

    name: str  # of its file, or the path of a person's own
    title: str
    section: str
    about: str
    formula: str
    do: str
    look: str
    ask: str
    runs: tuple[Options, ...]  # the first is the present one
    view: int = 1
    speed: int | None = None  # the place of a playing speed; None: as it is
    race: str = ""  # the preset that stands in view 6
    show: tuple[str, ...] = ()
    after: int = 20  # epochs after which the note says what to look for
    minutes: int = 3


@cache
def scenes() -> tuple[Scene, ...]:
    """The scenes that come along, in order."""
    folder = resources.files("tui") / "scenes"
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    return tuple(from_text(entry.read_text("utf-8"), entry.name[3:-5]) for entry in found)


def find(name: str) -> Scene:
    """A scene by its name, or a person's own by its path. Raises EngineError."""
    known = {scene.name: scene for scene in scenes()}
    if name in known:
        return known[name]
    if not Path(name).exists():
        one_of("scene", name, known)
    return read(name)


def is_scene(path: str) -> bool:
    """Whether this is the file of a scene."""
    return begins(path, BEGINNING)


def read(path: str) -> Scene:
    """The scene of a file; the files that it names lie beside it. Raises EngineError."""
    return from_text(files.read_text(path, LARGEST, "a scene"), path)


def from_text(text: str, name: str) -> Scene:
    """The scene in the text of a file. Raises EngineError."""
    try:
        table = files.table_of(text)
    except ValueError as error:
        raise EngineError(f"{clean(Path(name).name)}: no scene ({clean(str(error)[:80])})") from None
    try:
        return _scene(table, name)
    except EngineError as error:
        raise EngineError(f"{clean(Path(name).name)}: {error}") from None


def _scene(table: Mapping[str, Any], name: str) -> Scene:
    if table.get("scene") != FORMAT:
        raise EngineError(f"scene={show(table.get('scene'))}: expected a scene of format {FORMAT}")
    for key in sorted(table.keys() - KNOWN):
        raise EngineError(f"{show(key)[1:-1]}: unknown; expected one of {', '.join(sorted(KNOWN))}")
    own = {key: _words(key, table.get(key, "")) for key in WORDS}
    if not own["title"] or not own["do"]:
        raise EngineError("title and do are missing: expected what the scene is called, and what to do in it")
    runs = table.get("runs")
    if not isinstance(runs, list) or not 1 <= len(runs) <= MOST_RUNS:
        raise EngineError(f"runs: expected 1 to {MOST_RUNS} tables [[runs]]")
    race = table.get("race", "")
    shows = table.get("show", [])
    if not isinstance(shows, list):
        raise EngineError(f"show={show(shows)}: expected a list of {', '.join(SHOWS)}")
    speed = table.get("speed")
    return Scene(
        name=name,
        **own,
        runs=tuple(_options(run, name) for run in runs),
        view=whole("view", table.get("view", 1), 1, MOST_VIEWS),
        speed=None if speed is None else whole("speed", speed, 0, len(SPEEDS) - 1),
        race=race and one_of("race", race, PRESETS),
        show=tuple(one_of("show", each, SHOWS) for each in shows),
        after=whole("after", table.get("after", 20), 0, 10**6),
        minutes=whole("minutes", table.get("minutes", 3), 1, 600),
    )


def _words(key: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > 500:
        raise EngineError(f"{key}={show(value)}: expected a sentence")
    return " ".join("".join(letter for letter in value if letter.isprintable()).split())


def _options(table: Any, name: str) -> Options:
    """The options of a run, by the names of the command line; or `file`, a saved run beside the scene."""
    if not isinstance(table, dict):
        raise EngineError(f"runs: {show(table)}: expected a table of options")
    given = dict(table)
    if "file" in given:
        path = _words("file", given.pop("file"))
        if given:
            raise EngineError(f"runs: file with {', '.join(sorted(given))}: expected it alone")
        return Options(saved=str(Path(name).parent / path))
    training = {flag: given.pop(flag) for flag in BY_FLAG if flag in given}
    layer, seed, init = given.pop("layer", None), given.pop("seed", 0), given.pop("init", "auto")
    points = given.pop("points", None)
    if layer is not None and not (isinstance(layer, list) and all(isinstance(each, str) for each in layer)):
        raise EngineError(f"layer={show(layer)}: expected a list such as ['3:sigmoid']")
    for key in sorted(given.keys() - SOURCE_KINDS.keys()):
        raise EngineError(f"runs: {show(key)[1:-1]}: unknown; expected an option, as in --help")
    own = Options.from_source({"data": "motorcycle", **given})
    layers = None if layer is None else parse_layers(layer)
    return replace(own, layer=layers, seed=seed, init=init, points=points, training=training)
