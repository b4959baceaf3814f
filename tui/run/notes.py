"""The note of each edit: what is said of it at once and later, its mark on the loss plot, and its name when undone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data import Dataset
from engine import Network
from engine.activations import KINDS
from engine.edits import (
    AddLayer,
    AddUnit,
    DrawPoint,
    Edit,
    ErasePoint,
    Freeze,
    RemoveLayer,
    RemoveUnit,
    SetExamples,
    SetKind,
    SetOutput,
    SetPoints,
    SetRecipe,
    SetTheta,
    SetValue,
    SplitUnit,
)
from engine.recipe import FIELDS, Recipe
from tui.draw.numbers import short
from tui.run.choice import OUTPUT_BIAS, Choice, choice_of
from tui.run.points import all_points
from tui.run.run import Moment
from tui.run.telling import Note
from tui.run.unit import kind_name, source_name


def note_in_step(edit: Edit, moment: Moment, before: Note | None) -> Note:
    """As `note_of`, but values for what an edit of the same step has added belong to the note of that one."""
    return before if before is not None and isinstance(edit, SetTheta) else note_of(edit, moment)


def note_of(edit: Edit, moment: Moment) -> Note:
    """The note of an edit; `moment` is the last before it."""
    layers, when = moment.network.layers, f"(epoch {moment.epoch})"
    match edit:
        case AddUnit(_, layer):
            return _note_of_unit(layers, layer, when, _how_added(edit, moment.network))
        case SetKind(layer, unit, kind):
            own, new = f"Unit {unit + 1}", kind_name(kind)
            turned = f"{kind_name(layers[layer][unit])} → {new}"
            text = f"{own}: {turned}, same weights"
            subject, mark = f"Since {own.lower()} turned {turned} {when}", f"{unit + 1}{KINDS[kind].symbol}"
            return Note(text, subject, mark, (layer, unit), f"{own.lower()} {turned}", measured="curve")
        case SplitUnit(layer, unit):
            exact = "exactly " if KINDS[layers[layer][unit]].kinks else ""
            text = f"Unit {unit + 1} is {exact}two ReLUs now, units {unit + 1} and {len(layers[layer]) + 1}"
            subject, name = f"Since unit {unit + 1} was split {when}", f"unit {unit + 1} split"
            return Note(text, subject, f"÷{unit + 1}", (layer, unit), name, measured="curve")
        case RemoveUnit(_, unit):
            text, subject = f"Unit {unit + 1} removed", f"Since unit {unit + 1} was removed {when}"
            return Note(text, subject, f"−{unit + 1}", name=_lower(text))
        case AddLayer(kinds):
            number, units = len(layers) + 1, f"{len(kinds)} {kind_name(kinds[0])} units"
            text, subject = f"Layer {number} added: {units}", f"Since layer {number} was added {when}"
            return Note(text, subject, "+L", name=f"layer {number} added", measured="curve")
        case RemoveLayer(layer):
            text, subject = f"Layer {layer + 1} removed", f"Since layer {layer + 1} was removed {when}"
            return Note(text, subject, "−L", name=_lower(text))
        case Freeze(_, unit, True):
            text, subject = (
                f"Unit {unit + 1} is frozen: training moves none of its weights",
                f"Since unit {unit + 1} was frozen",
            )
            return Note(text, f"{subject} {when}", f"❄{unit + 1}", name=f"unit {unit + 1} frozen")
        case Freeze(_, unit, _):
            text, subject = f"Unit {unit + 1} is no longer frozen", f"Since unit {unit + 1} was freed {when}"
            return Note(text, subject, name=f"unit {unit + 1} unfrozen")
        case SetValue(index, value):
            return _note_of_value(index, value, moment)
        case SetRecipe(recipe):
            return _note_of_recipe(recipe, moment)
        case SetOutput():
            weights = "c" if layers else "w"
            name, subject = f"all {weights} solved", f"Since all {weights} were solved {when}"
            return Note(name.capitalize(), subject, weights, name=name, measured="loss")
        case SetTheta():
            return Note(
                "All weights and biases are set", f"Since all weights were set {when}", "θ", name="all weights set"
            )
        case SetExamples():
            return Note("The examples are other ones now", mark="data", name="other examples")
        case DrawPoint(x, y):
            return Note(f"A point at {_place(x, y, moment.dataset)}", mark="•", name="a point drawn")
        case ErasePoint():
            return Note("A point erased", mark="•", name="a point erased")
        case SetPoints(points, seed):
            return _note_of_points(points, seed, moment)


def _place(x: Sequence[float], y: float, dataset: Dataset) -> str:
    """Where a scaled point stands, in the data's own units."""
    raw = dataset.unscale_x(np.array([x]))[0]
    names = zip(dataset.feature_labels, dataset.feature_units, raw, strict=True)
    inputs = [f"{label} {short(float(value))} {unit}".strip() for label, unit, value in names]
    if dataset.labels:
        return f"{', '.join(inputs)}: {dataset.label_names[y > 0]}"
    target = short(float(dataset.unscale([y])[0]))
    return f"{', '.join(inputs)}: {dataset.target_label} {target} {dataset.target_unit}".rstrip()


def _note_of_points(points: int, seed: int | None, moment: Moment) -> Note:
    before, most = moment.examples.y.size, all_points(moment.examples)
    which = "" if points == most else ": the latest" if seed is None else f": the first in an order of data seed {seed}"
    text = f"{points} of {most} training points train{which}"
    return Note(
        text, f"Since points {before} → {points} (epoch {moment.epoch})", "pts", name=f"points {before} → {points}"
    )


def _how_added(edit: AddUnit, network: Network) -> str:
    """What is said of a new unit's weights: where it stands, and whether the curve stays."""
    if edit.w is None:
        return ": its outgoing weight is 0, so the curve stays until it learns" if network.layers else ""
    if network.n_inputs > 1 or len(network.layers) > 1:
        return f" where the data ask for it{'; the curve stays until it learns' if network.layers else ''}"
    return f" where it helps most: {kind_name(edit.kind)}, with c = 0{'; a solves for c' if network.layers else ''}"


def _note_of_unit(layers: Sequence[Sequence[str]], layer: int, when: str, how: str) -> Note:
    number = len(layers[layer]) + 1 if layers else 1
    text, subject, name = f"Unit {number} added{how}", f"Since unit {number} was added {when}", f"unit {number} added"
    return Note(text, subject, f"+{number}", (layer, number - 1), name, measured="" if layers else "curve")


def _note_of_value(index: int, value: float, moment: Moment) -> Note:
    network, choice = moment.network, choice_of(index, moment.network)
    name = f"{choice.part}{_origin(choice, network, moment.dataset)}"
    text = f"{name} {short(float(network.theta[index]))} → {short(value)}"
    moved = parameter_name(choice, network, moment.dataset)
    unit = None if choice.unit == OUTPUT_BIAS else (choice.layer, choice.unit)
    return Note(text, f"Since {moved} moved (epoch {moment.epoch})", unit=unit, name=f"{moved} moved")


def parameter_name(choice: Choice, network: Network, dataset: Dataset) -> str:
    """A parameter as people read it: "w from cement of unit 2", "b of the output"."""
    name = f"{choice.part}{_origin(choice, network, dataset)}"
    if choice.unit != OUTPUT_BIAS:
        return f"{name} of unit {choice.unit + 1}"
    return f"{name} of the output" if choice.part == "b" else name


def _origin(choice: Choice, network: Network, dataset: Dataset) -> str:
    """What a w comes from, where it could come from several."""
    several = choice.part == "w" and network.shape[choice.layer] > 1
    return f" from {source_name(dataset, choice.layer, choice.source)}" if several else ""


def _note_of_recipe(recipe: Recipe, moment: Moment) -> Note:
    changed = [
        (field, field.text(getattr(moment.recipe, name)), field.text(getattr(recipe, name)))
        for name, field in FIELDS.items()
        if getattr(recipe, name) != getattr(moment.recipe, name)
    ]
    text = "; ".join(f"{field.subject} is now {value}" for field, _, value in changed)
    if moment.diverged:
        text += "; space goes on from where it diverged, 0 starts again"
    name = " and ".join(f"{_lower(field.subject)} {old} → {value}" for field, old, value in changed)
    subject = f"Since {name} (epoch {moment.epoch})"
    if recipe.loss != moment.recipe.loss:  # the numbers before and after are not of one kind
        subject = ""
    return Note(text, subject, changed[0][0].mark if changed else "", name=name)


def _lower(text: str) -> str:
    """With a small first letter, but for a name such as L1."""
    return text if text[1:2].isdecimal() else text[:1].lower() + text[1:]
