"""What nobody should give the engine, and all its calls with what they usually get."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine import Experiment, Network, Population, Recipe, Trainer, edits, notation, solving

X = np.linspace(-1, 1, 12)[:, np.newaxis]
Y = X[:, 0] ** 2
LONGEST = 700  # characters of a sentence


class WithRepr:
    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        if not self.text:
            raise RuntimeError("nothing to say")
        return self.text


def nested(depth: int) -> list[Any]:
    return [nested(depth - 1)] if depth else []


JUNK = [
    None, True, -1, 0, 7, 10**19, 10**30, 10**400, -(10**400), 10**5000, -(10**5000), float("nan"), float("inf"), 1e308,
    5e-324, "", "relu", "\x1b[2J", "\0", "\ud800", "x" * 100_000, b"relu", [], [[]], [1], [[10**400]] * 12, [10**5000],
    {}, {"relu"}, WithRepr(""), WithRepr("x" * 1_000_000), WithRepr("\x1b[2J\n"), nested(500), np.array(3),
    np.array([1, 2]), np.array(["a"]), np.array([1j]), np.array([10**30], object), np.zeros((3, 0)),
    np.uint64(2**64 - 1), np.full(12, 1e308), np.longdouble("1e4000"), np.bool_(True), range(3), int, 1j,
    decimal.Decimal("NaN"), range(10**30), np.timedelta64(3, "D"), [np.ma.masked], np.array(["1", 1j], object),
]  # fmt: skip


def net() -> Network:
    return Network(1, [["relu", "sigmoid"]])


def trainer() -> Trainer:
    return Trainer(net(), X, Y, threads=1)


def population() -> Population:
    return Population(net(), X, Y, seeds=[0, 1], threads=1)


def story() -> Experiment:
    return Experiment(trainer())


def edited(kind: Callable[..., edits.Edit]) -> Callable[..., Any]:
    def on(*given: Any) -> None:
        run = story()
        run.apply(kind(*given))
        run.step(1)

    return on


Calls = dict[str, tuple[Callable[..., Any], Sequence[Any]]]

CALLS: Calls = {
    "Network": (Network, (1, [["relu"]], 0, "auto", "float32")),
    "Network.initial": (lambda *given: net().initial(*given), (3, "he")),
    "Network.theta": (lambda theta: setattr(net(), "theta", theta), (net().theta,)),
    "Network.weights": (lambda layer: net().weights(layer), (0,)),
    "Network.index": (lambda *given: net().index(*given), (0, 1, "w", 0)),
    "Network.predict": (lambda x: net().predict(x), (X,)),
    "Network.save": (lambda path: net().save(path), ("no such folder/a.npz",)),
    "Network.load": (Network.load, ("no such file",)),
    "Recipe": (lambda *given: trained(recipe=Recipe(*given)), (32, 0.1, "adam", "mse", "constant", 5, 0.0, 0.0)),
    "Recipe.step": (lambda *given: Recipe().step(*given), ("batch_size", 1, 12)),
    "Trainer": (lambda *given: Trainer(*given).step(1), (net(), X, Y, X, Y, Recipe(), 0, "cpu", 1)),
    "Trainer.step": (lambda updates: trainer().step(updates), (3,)),
    "Trainer.run": (lambda epochs: trainer().run(epochs), (2,)),
    "Trainer.run_for": (lambda *given: trainer().run_for(*given), (0.001, 5)),
    "Trainer.updates_to": (lambda epoch: trainer().updates_to(epoch), (3,)),
    "Trainer.loss": (lambda split: trainer().loss(split), ("train",)),
    "Trainer.recipe": (lambda recipe: setattr(trainer(), "recipe", recipe), (Recipe(),)),
    "Trainer.restore": (lambda *given: trainer().restore(*given), (trainer().snapshot(), None)),
    "Trainer.put_curves": (lambda curves: trainer().put_curves(curves), (trainer().take_curves(),)),
    "Population": (lambda *given: Population(*given).run(1), (net(), X, Y, X, Y, Recipe(), [0, 1], "cpu", 1, None)),
    "Population.run": (lambda *given: population().run(given[0], None, given[1]), (1, [1, 0])),
    "Population.loss": (lambda *given: population().loss(*given), (0, "train")),
    "Population.best": (lambda split: population().best(split), ("train",)),
    "Population.theta": (lambda member: population().theta(member), (1,)),
    "Experiment": (lambda source, budget: Experiment(trainer(), source, budget).draft(), ({"data": "sine"}, 2**20)),
    "Experiment.source": (lambda value: Experiment(trainer(), {"data": value}).draft(), ("sine",)),
    "Experiment.step": (lambda updates: story().step(updates), (3,)),
    "Experiment.run": (lambda epochs: story().run(epochs), (2,)),
    "Experiment.run_for": (lambda seconds: story().run_for(seconds), (0.001,)),
    "Experiment.goto": (lambda update: story().goto(update), (0,)),
    "Experiment.apply": (lambda *given: story().apply(*given), (edits.AddUnit("relu"), False)),
    "Experiment.save": (lambda path: story().save(path), ("no such folder/a.toml",)),
    "Experiment.load": (lambda path: Experiment.load(path, lambda source: (X, Y, None, None)), ("no such file",)),
    "AddUnit": (edited(edits.AddUnit), ("relu", 0)),
    "AddUnit of weights": (edited(edits.AddUnit), ("relu", 0, (1.0,), 0.0)),
    "SetKind": (edited(edits.SetKind), (0, 0, "tanh")),
    "SplitUnit": (edited(edits.SplitUnit), (0, 1)),
    "RemoveUnit": (edited(edits.RemoveUnit), (0, 1)),
    "AddLayer": (edited(edits.AddLayer), (("relu", "tanh"),)),
    "RemoveLayer": (edited(edits.RemoveLayer), (0,)),
    "Freeze": (edited(edits.Freeze), (0, 1, True)),
    "SetValue": (edited(edits.SetValue), (1, 0.5)),
    "SetOutput": (edited(edits.SetOutput), ((1.0, 2.0, 3.0),)),
    "SetTheta": (edited(edits.SetTheta), (net().theta,)),
    "SetRecipe": (edited(edits.SetRecipe), (Recipe(),)),
    "SetExamples": (edited(edits.SetExamples), (X, Y, X, Y)),
    "DrawPoint": (edited(edits.DrawPoint), ((0.5,), 0.2)),
    "ErasePoint": (edited(edits.ErasePoint), (3,)),
    "SetPoints": (edited(edits.SetPoints), (5, 0)),
    "solve_output": (solving.solve_output, (net(), X, Y, 1e-3)),
    "best_unit": (solving.best_unit, (net(), X, Y)),
    "place_unit": (solving.place_unit, (net(), "relu", 0, X, Y)),
    "place_layer": (solving.place_layer, (net(), ["relu"], X)),
    "parse_layers": (notation.parse_layers, (["3:relu"],)),
    "parse_layer": (notation.parse_layer, ("3:relu+2:tanh",)),
}  # fmt: skip


def trained(recipe: Recipe) -> None:
    Trainer(net(), X, Y, recipe=recipe, threads=1).step(2)
