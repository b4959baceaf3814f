"""What is said of a change: a note for each edit, and a sentence for each beginning."""

from __future__ import annotations

import data
from data import Dataset
from engine.activations import KINDS
from engine.edits import (
    AddLayer,
    AddUnit,
    Edit,
    PlaceUnit,
    RemoveLayer,
    RemoveUnit,
    SetExamples,
    SetKind,
    SetOutput,
    SetRecipe,
    SetTheta,
    SetValue,
    SplitUnit,
)
from engine.recipe import FIELDS, Recipe
from tui.draw.numbers import short
from tui.run.beginnings import Beginning, Load, Reinit, Reseed, Restart
from tui.run.choice import OUTPUT_BIAS, choice_of
from tui.run.run import Moment, Run
from tui.run.telling import Note
from tui.run.unit import kind_name, source_name

FIRST_NOTE = "space plays, . is one update; s adds a sigmoid unit, r a ReLU; ? all keys"  # whole at 80 columns
COMPILING = "compiling the kernels; keys wait their turn …"


def note_of(edit: Edit, moment: Moment) -> Note:
    """The note of an edit; `moment` is the last before it."""
    layers, when = moment.network.layers, f"at epoch {moment.epoch}"
    match edit:
        case AddUnit(_, layer):
            number = len(layers[layer]) + 1 if layers else 1
            stays = ": its outgoing weight is 0, so the curve stays until it learns" if layers else ""
            text, subject = f"Unit {number} added{stays}", f"Unit {number}, added {when},"
            return Note(text, subject, f"+{number}", (layer, number - 1), f"unit {number} added")
        case PlaceUnit(kind, layer):
            number = len(layers[layer]) + 1 if layers else 1
            text = f"Unit {number} added where it helps most: {kind_name(kind)}, with c = 0 until it learns"
            return Note(
                text, f"Unit {number}, added {when},", f"+{number}", (layer, number - 1), f"unit {number} added"
            )
        case SetKind(layer, unit, kind):
            text = f"Unit {unit + 1}: {kind_name(layers[layer][unit])} → {kind_name(kind)}, with the same weights"
            mark = f"{unit + 1}{KINDS[kind].symbol}"
            return Note(
                text,
                f"Another kind for unit {unit + 1} {when}",
                mark,
                (layer, unit),
                f"unit {unit + 1} as {kind_name(kind)}",
            )
        case SplitUnit(layer, unit):
            text = f"Unit {unit + 1} is two ReLUs now, units {unit + 1} and {len(layers[layer]) + 1}"
            return Note(
                text, f"Splitting unit {unit + 1} {when}", f"÷{unit + 1}", (layer, unit), f"unit {unit + 1} split"
            )
        case RemoveUnit(_, unit):
            text = f"Unit {unit + 1} removed"
            return Note(text, f"Removing unit {unit + 1} {when}", f"−{unit + 1}", name=_lower(text))
        case AddLayer(kinds):
            number, units = len(layers) + 1, f"{len(kinds)} {kind_name(kinds[0])} units"
            text = f"Layer {number} added: {units} with random weights, so the curve may jump"
            return Note(text, f"Layer {number}, added {when},", "+L", name=f"layer {number} added")
        case RemoveLayer(layer):
            text = f"Layer {layer + 1} removed"
            return Note(text, f"Removing layer {layer + 1} {when}", "−L", name=_lower(text))
        case SetValue(index, value):
            return _note_of_value(index, value, moment)
        case SetRecipe(recipe):
            return _note_of_recipe(recipe, moment)
        case SetOutput():
            return Note("All c and the output bias are solved", f"Solving all c {when}", "c", name="all c solved")
        case SetTheta():
            return Note("All weights and biases are set", f"Setting the weights {when}", "θ", name="all weights set")
        case SetExamples():
            return Note("The examples are other ones now", mark="data", name="other examples")


def _note_of_value(index: int, value: float, moment: Moment) -> Note:
    network, choice = moment.network, choice_of(index, moment.network)
    several = choice.part == "w" and network.shape[choice.layer] > 1
    origin = f" from {source_name(moment.dataset, choice.layer, choice.source)}" if several else ""
    name, place = f"{choice.part}{origin}", (choice.layer, choice.unit)
    text = f"{name} {short(float(network.theta[index]))} → {short(value)}"
    if choice.unit == OUTPUT_BIAS:
        moved = f"{name} of the output" if choice.part == "b" else name
        return Note(text, f"Moving {moved}", name=f"{moved} moved")
    moved = f"{name} of unit {choice.unit + 1}"
    return Note(text, f"Moving {moved}", unit=place, name=f"{moved} moved")


def _note_of_recipe(recipe: Recipe, moment: Moment) -> Note:
    changed = [
        (getattr(recipe, name), field)
        for name, field in FIELDS.items()
        if getattr(recipe, name) != getattr(moment.recipe, name)
    ]
    text = "; ".join(f"{field.subject} is now {field.text(value)}" for value, field in changed)
    if moment.diverged:
        text += "; space goes on from where it diverged, 0 starts again"
    subject = f"{' and '.join(field.subject for _, field in changed)}, changed at epoch {moment.epoch},"
    if recipe.loss != moment.recipe.loss:  # the numbers before and after are not of one kind
        subject = ""
    name = f"{' and '.join(_lower(field.subject) for _, field in changed)} changed"
    return Note(text, subject, changed[0][1].mark if changed else "", name=name)


def _lower(text: str) -> str:
    """With a small first letter, but for a name such as L1."""
    return text if text[1:2].isdecimal() else text[:1].lower() + text[1:]


def of_beginning(beginning: Beginning, run: Run) -> str:
    """The sentence of the run that has begun."""
    match beginning:
        case Restart():
            return "Back at update 0, with the same initial weights"
        case Reseed(seed):
            return f"A new random start: seed {seed}"
        case Reinit(init):
            return f"The initial weights are drawn anew: {init}"
        case Load(options):
            about = data.about(options.data) if options.data in data.names() else ""
            dataset = run.dataset
            return "; ".join(filter(None, (*dataset.notices, "" if about in dataset.source else about, dataset.source)))


def of_first(dataset: Dataset) -> str:
    """The sentence of the run that the program starts with."""
    return "; ".join((*dataset.notices, FIRST_NOTE))


def of_training(moment: Moment) -> Note:
    """The note of training that goes on for a while; it is true however far the training will come."""
    return Note("space pauses", f"Training since epoch {moment.epoch}")


def of_divergence(update: int, what: str) -> str:
    said = overflow(update, what)
    return f"{said[0].upper()}{said[1:]}; [ lowers the rate, 0 starts again"


def overflow(update: int, what: str) -> str:
    """What stopped a run, by `Trainer.diverged`: a finite gradient too, where its square was too large."""
    return f"the {'weights' if what == 'theta' else what} grew too large at update {update}"


def while_it_begins(beginning: Beginning) -> str | None:
    """What takes long just now."""
    return f"loading {beginning.options.data} …" if isinstance(beginning, Load) else None
