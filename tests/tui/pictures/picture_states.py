"""Moments of runs that were trained once: θ and loss curves are kept as text, so that no kernel has a say in them.

The networks are in float64: what another machine's arithmetic adds in the last bits moves no cell, and each picture is
drawn a second time from a slightly different θ to show it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from picture_updates import moved, way_to

import data
from data import Dataset
from engine import History, Network, Recipe
from engine.last_update import last_update
from tui.run.choice import Choice, nearest
from tui.run.facts import Evidence, Facts, Request
from tui.run.snapshot import Snapshot

FOLDER = Path(__file__).parent / "states"
FIRST = Choice()
NOTHING = History(np.zeros(0, int), np.zeros(0, int), np.zeros(0), np.zeros(0))
SMALL = 1e-9  # relative: far more than the last bits of float64, far less than a dot of a picture


@dataclass(frozen=True)
class Still:
    """A run that stands still."""

    evidence: Evidence
    marks: tuple[tuple[float, str, bool], ...] = ()

    def snapshot(self, requests: Iterable[Request[Any]], chosen: Choice = FIRST, **changes: Any) -> Snapshot:
        """What the screen would be told of it that asks this."""
        at = self.evidence
        told = Snapshot(
            dataset=at.dataset,
            network=at.network,
            chosen=nearest(chosen, at.network),
            recipe=at.recipe,
            seed=0,
            update=at.update,
            epoch=int(at.progress),
            progress=at.progress,
            rate=at.recipe.learning_rate,
            marks=self.marks,
            answers=Facts(at).answers(requests),
        )
        return replace(told, **changes)

    def with_theta(self, theta: Iterable[float]) -> Still:
        network = self.evidence.network.copy()
        network.theta = np.fromiter(theta, float)
        return self.but(network=network)

    def but(self, **changes: Any) -> Still:
        return replace(self, evidence=replace(self.evidence, **changes))

    def moved(self) -> Still:
        """The same but for what may differ between machines."""
        theta, way = self.evidence.network.theta, self.evidence.way
        share = 1 + SMALL * np.cos(np.arange(len(theta)))
        other = self.with_theta(theta * share)
        return other if way is None else other.but(way=moved(way, way.checkpoint.parameters[0] * share))

    def updated(self) -> Still:
        """The run after an update that began with the present θ."""
        at = self.evidence
        way = way_to(at.dataset, at.network, at.recipe, at.update)
        return self if way is None else self.with_theta(last_update(way).after.theta).but(way=way)


@lru_cache
def still(name: str) -> Still:
    """The run that `states` keeps under this name."""
    kept = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    dataset = load(**kept["data"])
    network = Network(dataset.x_train.shape[1], kept["layers"], dtype="float64")
    network.theta = kept["theta"]
    past = kept["history"]
    count = len(past["epoch"])
    history = History(
        np.array(past["update"]),
        np.array(past["epoch"]),
        np.array(past["train"]),
        np.array(past.get("test", [np.nan] * count)),
    )
    recipe, gradient = Recipe(**kept["recipe"]), np.array(kept["gradient"])
    evidence = Evidence(dataset, network, recipe, kept["update"], kept["progress"], history, gradient=gradient)
    return Still(evidence, tuple((epoch, label, False) for epoch, label in kept["marks"]))


@lru_cache
def load(name: str, **options: Any) -> Dataset:
    return data.load(name, **options)


def made(of: Still, layers: tuple[tuple[str, ...], ...], theta: Iterable[float], **changes: Any) -> Still:
    """A run like this one, but with these units and parameters, perhaps on other data."""
    dataset = changes.get("dataset", of.evidence.dataset)
    network = Network(dataset.x_train.shape[1], layers, dtype="float64")
    network.theta = np.fromiter(theta, float)
    return of.but(network=network, gradient=np.linspace(-0.1, 0.1, network.n_parameters), **changes)


def in_past(of: Still, epoch: int, label: str) -> Still:
    """The cursor at an epoch of it; half way from there to the end lies an edit with this label.

    The units are those of later, so the loss of here is too.
    """
    later = of.evidence
    update = int(later.history.update[np.searchsorted(later.history.epoch, epoch)])
    ahead = ((epoch + later.progress) / 2, label, True)
    return replace(of.but(update=update, progress=float(epoch)), marks=(*of.marks, ahead))


def alone(of: Still, examples: int = 1) -> Still:
    """A run on the first examples that has just begun; nothing is unseen."""
    dataset = of.evidence.dataset
    few = replace(
        dataset,
        x_train=dataset.x_train[:examples],
        y_train=dataset.y_train[:examples],
        times_train=None if dataset.times_train is None else dataset.times_train[:examples],
        x_test=None,
        y_test=None,
        times_test=None,
    )
    return replace(of.but(dataset=few, update=0, progress=0.0, history=NOTHING, gradient=None), marks=())
