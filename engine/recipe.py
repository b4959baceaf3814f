"""Recipe: how a network is trained, and all that is known of each of its fields.

A field is one entry of the class below. From it come its check, its option on the command line, its place in the recipe
panel, its steps there, and what is said of a change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any

from engine.errors import EngineError, one_of, real, show, whole
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.schedules import SCHEDULES
from engine.steps import Step, among, batch_step, between, penalty_step

COUNT = partial(whole, at_least=1, at_most=2**31)
PENALTY = partial(real, at_least=0.0)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the recipe, for people."""

    flag: str  # the name of its option, and its name in panels and run files
    about: str  # the help of the option
    check: Callable[[str, Any], Any]  # (name, value) → the value as the plain number or text that the kernels expect
    step: Step
    subject: str  # what a sentence about its change begins with
    mark: str  # of its change on the loss plot
    row: str  # of the recipe panel; fields of one row stand side by side
    meaning: str  # what it is, for who has not met it before: "η: how far a step goes"
    lead: str = ""  # what stands before the value there
    text: Callable[[Any], str] = "{:g}".format
    shown: Callable[[Recipe], bool] = lambda recipe: True  # whether it means anything beside the other fields


def entry(default: Any, about: Field) -> Any:
    return field(default=default, metadata={"field": about})


@dataclass(frozen=True, slots=True)
class Recipe:
    """Batch size, optimizer, loss, rate and penalty; checked when made, changed with `dataclasses.replace`.

    The objective is mean loss + l1·Σ|w| + ½·l2·Σw² over weights, not biases; `adamw` decouples l2 instead
    (w ← w − η·l2·w; Loshchilov & Hutter 2019). `epochs` is the horizon of the schedule and nothing else.
    Raises EngineError for a value out of range.
    """

    batch_size: int = entry(
        32,
        Field(
            "batch", "Examples an update", COUNT, batch_step, "The batch size", mark="B", row="batch",
            meaning="batch: how many examples are looked at for one update",
        ),
    )  # fmt: skip
    learning_rate: float = entry(
        1e-3,
        Field(
            "lr", "Learning rate", partial(real, above=0.0), between(1e-6, 100.0), "The rate",
            mark="η", row="rate", lead="η ", meaning="η, the learning rate: how far a step goes",
        ),
    )  # fmt: skip
    optimizer: str = entry(
        "adam",
        Field(
            "optimizer", ", ".join(OPTIMIZERS), partial(one_of, choices=OPTIMIZERS), among(OPTIMIZERS), "The optimizer",
            mark="opt", row="optimizer", text=str, meaning="optimizer: how a step is made of the gradients so far",
        ),
    )  # fmt: skip
    loss: str = entry(
        "mse",
        Field(
            "loss", ", ".join(LOSSES), partial(one_of, choices=LOSSES), among(LOSSES), "The loss",
            mark="loss", row="loss", text=lambda name: LOSSES[name].word,
            meaning="loss: what a miss costs; training makes the mean of it small",
        ),
    )  # fmt: skip
    schedule: str = entry(
        "constant",
        Field(
            "schedule", f"Of the rate: {', '.join(SCHEDULES)}", partial(one_of, choices=SCHEDULES), among(SCHEDULES),
            "The schedule", mark="η", row="rate", lead=", ", text=lambda name: SCHEDULES[name].word,
            meaning="schedule: whether η stays, or falls from epoch to epoch",
        ),
    )  # fmt: skip
    epochs: int = entry(
        100,
        Field(
            "epochs", "How long the schedule is, and `train` trains", COUNT, between(10, 10_000),
            "The schedule's length", mark="η", row="rate", lead=" at epoch ",
            meaning="epochs: where the schedule ends; one epoch is every example once",
            shown=lambda recipe: SCHEDULES[recipe.schedule].moves,
        ),
    )  # fmt: skip
    l1: float = entry(
        0.0,
        Field(
            "l1", "Penalty on the weights' sizes", PENALTY, penalty_step, "L1", mark="L1", row="L1  L2",
            meaning="L1: the price of the weights' sizes; what is of little use goes to 0",
        ),
    )  # fmt: skip
    l2: float = entry(
        0.0,
        Field(
            "l2", "Penalty on the weights' squares", PENALTY, penalty_step, "L2",
            mark="L2", row="L1  L2", lead="   ", meaning="L2: the price of the weights' squares; it keeps them small",
        ),
    )  # fmt: skip

    def __post_init__(self) -> None:
        for name, about in FIELDS.items():
            object.__setattr__(self, name, about.check(name, getattr(self, name)))

    def step(self, name: str, direction: int, examples: int) -> Recipe:
        """The recipe with one field a step up (+1) or down (−1); an equal one where the field ends.

        Raises EngineError for a field, direction or number of examples that there is not.
        """
        field, direction = FIELDS[one_of("name", name, FIELDS)], whole("direction", direction, -1, 1)
        return replace(self, **{name: field.step(getattr(self, name), direction, whole("examples", examples, 1))})


FIELDS: dict[str, Field] = {each.name: each.metadata["field"] for each in fields(Recipe)}
BY_FLAG: dict[str, str] = {about.flag: name for name, about in FIELDS.items()}


def check_recipe(recipe: Recipe) -> Recipe:
    """The recipe, or EngineError for anything else."""
    if not isinstance(recipe, Recipe):
        raise EngineError(f"recipe={show(recipe)}: expected a Recipe")
    return recipe
