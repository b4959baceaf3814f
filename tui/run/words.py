"""What is said of a change: a note for each edit, and a sentence for each beginning."""

from __future__ import annotations

import data
from data import Dataset
from engine.edits import (
    AddLayer,
    AddUnit,
    Edit,
    Freeze,
    RemoveLayer,
    RemoveUnit,
    SetExamples,
    SetRecipe,
    SetTheta,
    SetValue,
)
from engine.recipe import FIELDS, Recipe
from tui.draw.numbers import short
from tui.run.beginnings import Beginning, Load, Reinit, Reseed, Restart
from tui.run.choice import OUTPUT_BIAS, choice_of
from tui.run.run import Moment, Run
from tui.run.story import Note
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
            return Note(text, subject, f"+{number}", (layer, number - 1))
        case RemoveUnit(_, unit):
            return Note(f"Unit {unit + 1} removed", f"Removing unit {unit + 1} {when}", f"−{unit + 1}")
        case AddLayer(kinds):
            number, units = len(layers) + 1, f"{len(kinds)} {kind_name(kinds[0])} units"
            text = f"Layer {number} added: {units} with random weights, so the curve may jump"
            return Note(text, f"Layer {number}, added {when},", "+L")
        case RemoveLayer(layer):
            return Note(f"Layer {layer + 1} removed", f"Removing layer {layer + 1} {when}", "−L")
        case Freeze(_, unit, on):
            if on:
                text = f"Unit {unit + 1} is frozen: training moves none of its weights"
                return Note(text, f"Freezing unit {unit + 1} {when}", f"❄{unit + 1}")
            return Note(f"Unit {unit + 1} is no longer frozen", f"Unfreezing unit {unit + 1} {when}")
        case SetValue(index, value):
            return _note_of_value(index, value, moment)
        case SetRecipe(recipe):
            return _note_of_recipe(recipe, moment)
        case SetTheta():
            return Note("All weights and biases are set", f"Setting the weights {when}", "θ")
        case SetExamples():
            return Note("The examples are other ones now", mark="data")


def _note_of_value(index: int, value: float, moment: Moment) -> Note:
    network, choice = moment.network, choice_of(index, moment.network)
    several = choice.part == "w" and network.shape[choice.layer] > 1
    origin = f" from {source_name(moment.dataset, choice.layer, choice.source)}" if several else ""
    name, place = f"{choice.part}{origin}", (choice.layer, choice.unit)
    text = f"{name} {short(float(network.theta[index]))} → {short(value)}"
    if choice.unit == OUTPUT_BIAS:
        return Note(text, f"Moving {name} of the output" if choice.part == "b" else f"Moving {name}")
    return Note(text, f"Moving {name} of unit {choice.unit + 1}", unit=place)


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
    return Note(text, subject, changed[0][1].mark if changed else "")


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
    return f"Diverged: the {what} was not finite at update {update}; [ lowers the rate, 0 starts again"


def while_it_begins(beginning: Beginning) -> str | None:
    """What takes long just now."""
    return f"loading {beginning.options.data} …" if isinstance(beginning, Load) else None
