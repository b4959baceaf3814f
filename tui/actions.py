"""All that a key can do, in one table: bindings, command palette, footer and help are read from it.

A user's own keys stand in `unitfit/keys.toml` under the folder for settings, a line for each action: `play = "p"`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from textual.binding import Binding, BindingType

from engine.errors import EngineError, clean, show
from engine.files import read_text, table_of
from tui.run.beginnings import Restart
from tui.run.gestures import (
    AddHere,
    AddLayerLast,
    ChooseInput,
    ChooseLayer,
    ChooseUnit,
    Nudge,
    RemoveHere,
    RemoveLayerHere,
    StepData,
    StepField,
    StepSeed,
    Wish,
)
from tui.run.hands import AddBest, FreezeHere, NextKind, Solve, SplitHere
from tui.run.player import RunEpochs, Step, StepSpeed, Toggle
from tui.run.snapshot import Snapshot
from tui.run.sweep.begun import SWEEPS
from tui.run.travel import Back, BackEpoch, Best, End, Home, Redo, Undo
from tui.views import Key, runs, views


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a person can do: a wish to the run, or an action method of the main screen or of the app."""

    id: str
    keys: tuple[str, ...]
    title: str  # a line of the help and of the palette
    word: str  # for the footer; neighbours with the same word share it
    does: Wish | str
    group: str
    focus: str = ""  # the panel that must have the focus: "view", "units", "recipe"; `SWEEP`, or "drawing"; "" for any
    view: int = 0  # the view that must be shown, 0 for any

    @property
    def call(self) -> str:
        """What Textual runs: an action of the main screen, which finds the wish by the id."""
        return self.does if isinstance(self.does, str) else f"perform({self.id!r})"


SWEEP = "sweep"  # the view has the focus and shows one

TRAINING, RECIPE, BUILDING, DRAWING, LOOKING, PROGRAM = (
    "Training", "Recipe", "Building", "Drawing", "Looking", "Program",
)  # fmt: skip

VIEWS = tuple(
    Action(f"view_{title.lower()}", (str(number),), f"View {number}: {about}", "view", f"view({number})", LOOKING)
    for number, title, about in ((view.NUMBER, view.TITLE, view.ABOUT) for view in views())
)
VIEW_KEYS: Mapping[str, Key] = {key.id: key for view in views() for key in view.KEYS}
_OF_VIEWS = tuple(
    Action(key.id, key.keys, key.title, key.word, f"look({key.id!r})", LOOKING, key.panel, view.NUMBER)
    for view in views()
    for key in view.KEYS
)

_OF_RUNS = tuple(
    Action(id, (key,), f"In runs: {title}", word, id, LOOKING, "view", runs.NUMBER)
    for id, key, title, word in (
        ("train_all", "space", "train all of them, or pause", "train all"),
        ("open_or_guess", "enter", "guess, or open the run", "guess, open"),
        ("line_up", "p", "line others up, or begin a sweep", "others"),
        ("add_run", "a", "the run of now is one more", "add"),
        ("remove_run", "x", "the run leaves", "remove"),
    )
)

_OF_SWEEPS = tuple(
    Action(id, (key,), f"In a sweep: {title}", word, id, LOOKING, SWEEP, runs.NUMBER)
    for id, key, title, word in (
        ("pause_sweep", "space", "pause after the runs in work", "pause"),
        ("open_setting", "enter", "open the setting as a run", "open it"),
        ("add_seed", "a", "one more seed for the row", "more seeds"),
        ("export_sweep", "e", "export all runs as a table", "export"),
        ("stop_sweep", "escape", "stop and keep it; the runs", "stop"),
    )
)
_BACK = Action(
    "show_sweep", ("escape",), "In runs: back to the sweep", "the sweep", "show_sweep", LOOKING, "view", runs.NUMBER
)

ACTIONS: tuple[Action, ...] = (
    Action("play", ("space",), "Play or pause", "play", Toggle(), TRAINING),
    Action("update", (".",), "One update on", "update", Step(1), TRAINING),
    Action("epoch", (">",), "One epoch on", "epoch", RunEpochs(1, long=False), TRAINING),
    Action("epochs", ("n",), "Run N epochs (asks for N once)", "N epochs", "run_epochs", TRAINING),
    Action("ask_epochs", ("N",), "Another number of epochs for n", "N epochs", "ask_epochs", TRAINING),
    Action("faster", ("+", "="), "Play faster", "speed", StepSpeed(1), TRAINING),
    Action("slower", ("-",), "Play slower", "speed", StepSpeed(-1), TRAINING),
    Action("update_back", ("comma",), "One update back", "update", Back(1), TRAINING),
    Action("epoch_back", ("<",), "One epoch back", "epoch", BackEpoch(), TRAINING),
    Action("home", ("home",), "The beginning of the run", "first", Home(), TRAINING),
    Action("end", ("end",), "The latest moment of the run", "latest", End(), TRAINING),
    Action("undo", ("u",), "Undo; then back to the run before this one", "undo", Undo(), TRAINING),
    Action("redo", ("U",), "Redo; then forward to the run after this one", "redo", Redo(), TRAINING),
    Action("best", ("*",), "Back to the best unseen epoch", "best", Best(), TRAINING),
    Action("restart", ("0",), "Start over: update 0, the same initial weights", "start", Restart(), TRAINING),
    Action("rate_down", ("[",), "Learning rate down", "rate", StepField("lr", -1), RECIPE),
    Action("rate_up", ("]",), "Learning rate up", "rate", StepField("lr", 1), RECIPE),
    Action("batch_down", ("{",), "Batch size halved", "batch", StepField("batch", -1), RECIPE),
    Action("batch_up", ("}",), "Batch size doubled", "batch", StepField("batch", 1), RECIPE),
    Action("reseed", ("i",), "New random start: the next seed", "seed", StepSeed(1), RECIPE),
    Action("next_data", ("d",), "Next data set", "data", StepData(1), RECIPE),
    Action("previous_data", ("D",), "Previous data set", "data", StepData(-1), RECIPE),
    Action("open", ("o",), "Open a table of your own", "open", "open_table", RECIPE),
    Action("field_up", ("up",), "In the recipe: the field above", "field", "move_field(-1)", RECIPE, "recipe"),
    Action("field_down", ("down",), "In the recipe: the field below", "field", "move_field(1)", RECIPE, "recipe"),
    Action("value_down", ("left",), "In the recipe: its value down", "value", "change_field(-1)", RECIPE, "recipe"),
    Action("value_up", ("right",), "In the recipe: its value up", "value", "change_field(1)", RECIPE, "recipe"),
    Action("add_sigmoid", ("s",), "Add a sigmoid unit to the chosen layer", "sigmoid", AddHere("sigmoid"), BUILDING),
    Action("add_relu", ("r",), "Add a ReLU unit to the chosen layer", "ReLU", AddHere("relu"), BUILDING),
    Action("remove_unit", ("x",), "Remove the chosen unit", "remove", RemoveHere(), BUILDING),
    Action("add_layer", ("l",), "Add a layer of 3 units before the output", "layer", AddLayerLast(), BUILDING),
    Action("remove_layer", ("L",), "Remove the chosen layer", "layer", RemoveLayerHere(), BUILDING),
    Action("unit_up", ("up",), "The unit above", "unit", ChooseUnit(-1), BUILDING),
    Action("unit_down", ("down",), "The unit below; the output bias is the last", "unit", ChooseUnit(1), BUILDING),
    Action("layer_left", ("left",), "The layer before", "layer", ChooseLayer(-1), BUILDING),
    Action("layer_right", ("right",), "The layer after", "layer", ChooseLayer(1), BUILDING),
    Action("w_up", ("w",), "The chosen unit's w up", "nudge", Nudge("w", 1), BUILDING),
    Action("w_down", ("W",), "The chosen unit's w down", "nudge", Nudge("w", -1), BUILDING),
    Action("b_up", ("b",), "The chosen unit's b up", "nudge", Nudge("b", 1), BUILDING),
    Action("b_down", ("B",), "The chosen unit's b down", "nudge", Nudge("b", -1), BUILDING),
    Action("c_up", ("c",), "The chosen unit's c up", "nudge", Nudge("c", 1), BUILDING),
    Action("c_down", ("C",), "The chosen unit's c down", "nudge", Nudge("c", -1), BUILDING),
    Action("set_value", ("enter",), "Type the lit value of the chosen unit", "value", "ask_value", BUILDING),
    Action("freeze", ("f",), "Freeze the chosen unit, or free it", "freeze", FreezeHere(), BUILDING),
    Action("kind", ("k",), "The next kind, with the same weights", "kind", NextKind(), BUILDING),
    Action("split", ("S",), "Split the chosen unit into two ReLUs", "split", SplitHere(), BUILDING),
    Action("solve", ("a",), "Solve all c and the output bias", "solve c", Solve(), BUILDING),
    Action("add_best", ("A",), "Add a unit where it helps most", "best unit", AddBest(), BUILDING),
    Action("next_input", ("j",), "Show the w of the next input", "input", ChooseInput(1), BUILDING),
    Action("previous_input", ("J",), "Show the w of the input before", "input", ChooseInput(-1), BUILDING),
    Action("draw", ("P",), "Draw training points on the fit, by keys or the mouse", "draw", "draw", DRAWING),
    Action("set_point", ("space",), "A point at the crosshair", "point", "set_point", DRAWING, "drawing"),
    Action("set_high", ("s",), "Of two features: a point of +1", "+1", "set_point(1.0)", DRAWING, "drawing"),
    Action("set_low", ("r",), "Of two features: a point of −1", "−1", "set_point(-1.0)", DRAWING, "drawing"),
    Action("erase_point", ("x",), "The nearest point goes", "erase", "erase_point", DRAWING, "drawing"),
    Action("spot_left", ("left",), "The crosshair to the left", "move", "crosshair(-1, 0)", DRAWING, "drawing"),
    Action("spot_right", ("right",), "The crosshair to the right", "move", "crosshair(1, 0)", DRAWING, "drawing"),
    Action("spot_up", ("up",), "The crosshair up", "move", "crosshair(0, 1)", DRAWING, "drawing"),
    Action("spot_down", ("down",), "The crosshair down", "move", "crosshair(0, -1)", DRAWING, "drawing"),
    Action("end_drawing", ("escape",), "Drawing ends", "ends", "end_drawing", DRAWING, "drawing"),
    *VIEWS,
    *_OF_RUNS,
    _BACK,
    *_OF_SWEEPS,
    Action("zoom", ("z",), "Zoom the view in or out", "zoom", "zoom", LOOKING),
    Action("log_loss", ("y",), "Loss: room for early epochs; even epochs; all linear", "axes", "log_loss", LOOKING),
    *_OF_VIEWS,
    Action("focus", ("tab",), "Focus: view, what is under it, recipe", "focus", "focus_next", LOOKING),
    Action("save", ("ctrl+s",), "Save the run: a small file that tells it again", "save", "save", PROGRAM),
    Action("go_on", ("ctrl+r",), "Go on with a run that was cut off", "go on", "go_on", PROGRAM),
    Action("open_run", ("ctrl+o",), "Open a saved run", "open run", "open_run", PROGRAM),
    Action("export", ("e",), "Export: Python, LaTeX, npz, csv, svg", "export", "export", PROGRAM),
    Action("scenes", ("t",), "The scenes of chapter 1", "scenes", "scenes", PROGRAM),
    Action("help", ("?",), "All keys", "help", "help", PROGRAM),
    Action("palette", ("ctrl+p",), "All actions, by name", "palette", "app.command_palette", PROGRAM),
    *(
        Action(f"begin_{name}", (), str(factors.__doc__), "sweep", f"begin_sweep({name!r})", PROGRAM)
        for name, factors in SWEEPS.items()
    ),
    Action("theme", (), "Dark or light theme", "theme", "app.switch_theme", PROGRAM),
    Action("picture", (), "Save the screen as SVG", "picture", "save_picture", PROGRAM),
    Action("quit", ("q",), "Quit", "quit", "app.quit", PROGRAM),
    Action("quit_anywhere", ("ctrl+c",), "Quit, from a dialog too", "quit", "app.quit", PROGRAM),
)

OF_RUNS = frozenset(action.id for action in (*_OF_RUNS, _BACK, *_OF_SWEEPS))  # what view 6 has for itself
SIDE_BY_SIDE = frozenset(action.id for action in (*_OF_RUNS, _BACK, *_OF_VIEWS) if action.view == runs.NUMBER) - {
    "line_up",
    *(action.id for action in _OF_VIEWS if action.focus == SWEEP),
}  # what means something where view 6 shows runs side by side
ON_SWEEPS = frozenset(action.id for action in (*_OF_SWEEPS, *_OF_VIEWS) if action.focus == SWEEP)
WISHES: Mapping[str, Wish] = {action.id: action.does for action in ACTIONS if not isinstance(action.does, str)}

_TRAVELS = ("play", "update_back", "update", "epoch_back", "epoch", "undo", "redo", "end")

FOOTERS: Mapping[str, tuple[str, ...]] = {
    "view": (
        *_TRAVELS, "add_sigmoid", "add_relu", "remove_unit", "rate_down", "rate_up",
        *(action.id for action in _OF_VIEWS if action.focus == "view"), "epochs", "slower", "faster", "focus",
        *(action.id for action in _OF_VIEWS if not action.focus), "restart", "zoom",
        *(action.id for action in VIEWS if len(VIEWS) > 1),
    ),
    "units": (
        "play", "unit_up", "unit_down", "w_up", "w_down", "b_up", "b_down", "c_up", "c_down", "set_value",
        "freeze", "kind", "undo", "split", "solve", "add_best", "add_sigmoid", "add_relu", "remove_unit", "layer_left",
        "layer_right", "add_layer", "remove_layer", "next_input", "focus", "update_back", "update", "epoch_back",
        "epoch", "redo", "end", "epochs",
    ),
    "building": (  # in a view that shows units
        "play", "update_back", "update", "unit_up", "unit_down", "layer_left", "layer_right", "w_up", "w_down", "b_up",
        "b_down", "c_up", "c_down", "focus", "add_sigmoid", "add_relu", "remove_unit", "next_input", "epoch_back",
        "epoch", "set_value", "freeze", "kind", "split", "solve", "add_best", "undo", "redo", "end", "add_layer",
        "remove_layer", "zoom",
    ),
    "drawing": (
        "set_point", "set_high", "set_low", "erase_point", "spot_left", "spot_right", "spot_up", "spot_down",
        "end_drawing", "update", "epoch", "undo", "redo", "add_best", "solve", "restart",
    ),
    "runs": (
        "train_all", "run_above", "run_below", "open_or_guess", "cover", "line_up", "add_run", "remove_run",
        "show_sweep", "focus",
        *(action.id for action in VIEWS if len(VIEWS) > 1),
    ),
    "sweep": (
        "pause_sweep", "cell_above", "cell_below", "cell_left", "cell_right", "open_setting", "swap", "cover_sweep",
        "add_seed", "export_sweep", "stop_sweep", "line_up", *(action.id for action in VIEWS if len(VIEWS) > 1),
    ),
    "below": (  # under a view that has something of its own there
        "play", *(action.id for action in _OF_VIEWS if action.focus == "units"), *_TRAVELS[1:], "focus", "unit_up",
        "unit_down", "rate_down", "rate_up", "epochs",
    ),
    "recipe": (
        "play", "field_up", "field_down", "value_down", "value_up", *_TRAVELS[1:], "focus", "open", "reseed",
        "batch_down", "batch_up", "restart",
    ),
}  # fmt: skip
LAST_IN_FOOTER = "help"

LARGEST = 2**16  # bytes of a file of keys
LINES = 'lines such as play = "p"'
HELD = {"ctrl", "alt", "shift", "super", "hyper", "meta"}
NAME = re.compile("[a-z][a-z0-9_]{0,30}")
KEY_SIGNS = {"comma": ",", "escape": "esc", "up": "↑", "down": "↓", "left": "←", "right": "→"}


class KeysError(ValueError):
    """Something in the file of one's own keys that cannot be used; the message is one sentence."""


def keymap(path: Path) -> dict[str, str]:
    """One's own keys, action id → keys as Textual names them; none where there is no file. Raises KeysError."""
    if not os.path.lexists(path):
        return {}
    try:
        own = table_of(read_text(path, LARGEST, LINES))
    except ValueError as error:  # EngineError, where it cannot be read, is a ValueError
        said = str(error) if isinstance(error, EngineError) else f"{path.name}: expected {LINES} ({error})"
        raise KeysError(clean(said)) from None
    known = {action.id for action in ACTIONS}
    for name, keys in own.items():
        if name not in known or not isinstance(keys, str) or not all(map(is_key, keys.split(","))):
            said = f"{show(name)} = {show(keys)}"
            raise KeysError(f"{path.name}: {said}: expected an action's name and its keys, as in help")
    return {name: keys.replace(" ", "") for name, keys in own.items()}


def is_key(text: str) -> bool:
    """Whether this can be a key as Textual names them: p, é, +, f5, ctrl+s."""
    text = text.strip()
    if len(text) == 1:
        return text.isprintable()
    *held, last = text.split("+")
    return HELD.issuperset(held) and bool(NAME.fullmatch(last) or (len(last) == 1 and last.isprintable()))


def with_keys(own: Mapping[str, str]) -> tuple[Action, ...]:
    """The table with one's own keys, for footer and help."""
    return tuple(
        replace(action, keys=tuple(own[action.id].split(","))) if action.id in own else action for action in ACTIONS
    )


def of_wishes(actions: Sequence[Action]) -> frozenset[str]:
    """The keys that ask something of the run wherever the focus is."""
    of_screen = {key for action in actions if isinstance(action.does, str) for key in action.keys}
    return frozenset(key for action in actions for key in action.keys) - of_screen


def bindings(*places: str) -> list[BindingType]:
    """The bindings of a panel ("view", "drawing" on it, "units", "recipe"), of the "main" screen or of the "app"."""
    own = [action for place in places for action in ACTIONS if action.keys and place_of(action) == place]
    return [
        Binding(
            ",".join(action.keys),
            ("screen." if place_of(action) in ("view", SWEEP, "units", "recipe") else "") + action.call,
            action.title,
            show=False,
            priority=action.id == "quit_anywhere",  # the others leave the letters to whoever is being written in
            id=action.id,
        )
        for action in own
    ]


def place_of(action: Action) -> str:
    return action.focus or ("app" if action.call.startswith("app.") else "main")


def sign(key: str) -> str:
    """A key as people read it."""
    return KEY_SIGNS.get(key, key)


def of_other_views(number: int, kind: str) -> set[str]:
    """The ids of keys that the view of this number has not, or that do nothing with this kind of data."""
    foreign = {action.id for action in ACTIONS if action.view not in (0, number)}
    return foreign | {id for id, key in VIEW_KEYS.items() if kind not in key.kinds}


def without_use(layers: int, inputs: int) -> set[str]:
    """The ids of what does nothing with this many hidden layers and inputs of the chosen one: no part of the footer."""
    idle = set()
    if layers == 0:
        idle |= {
            "remove_unit",
            "unit_up",
            "unit_down",
            "remove_layer",
            "c_up",
            "c_down",
            "freeze",
            "kind",
            "split",
        }
    if layers > 1 or inputs > 1:
        idle.add("add_best")
    if layers < 2:
        idle |= {"layer_left", "layer_right"}
    if inputs < 2:
        idle |= {"next_input", "previous_input"}
    return idle


def without_way(snapshot: Snapshot) -> set[str]:
    """The ids of travels that lead nowhere from this moment: no part of the footer."""
    ways = {
        "update_back": snapshot.update > 0,
        "epoch_back": snapshot.update > 0,
        "undo": snapshot.undoes,
        "redo": snapshot.redoes,
        "end": snapshot.in_past,
    }
    return {name for name, leads in ways.items() if not leads}


def footer_items(actions: Sequence[Action], focus: str, enabled: set[str], width: int) -> list[tuple[str, str]]:
    """(keys, word) of what matters in this focus, as many as fit into `width` cells; the way to help is always one."""
    table = {action.id: action for action in actions}
    items: list[tuple[str, str]] = []
    for name in FOOTERS[focus]:
        action = table[name]
        if name not in enabled:
            continue
        key = sign(action.keys[0])
        if items and items[-1][1] == action.word:
            items[-1] = (f"{items[-1][0]} {key}", action.word)
        else:
            items.append((key, action.word))
    last = (sign(table[LAST_IN_FOOTER].keys[0]), table[LAST_IN_FOOTER].word)
    while items and sum(len(key) + len(word) + 3 for key, word in [*items, last]) - 2 > width:
        items.pop()
    return [*items, last]
