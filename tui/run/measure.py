"""The numbers of a snapshot: losses in the data's own units, and how much of the data each unit sees."""

from __future__ import annotations

import numpy as np

from data import Dataset
from engine import Network, Recipe, Trainer
from engine.activations import KINDS
from tui.draw.numbers import short
from tui.run.snapshot import LossHistory, Measure

HISTORY_POINTS = 1024  # more than any screen has columns of dots
SHARE_POINTS = 2000  # training points that the shares are taken over, at most
SHARE_WORK = 2_000_000  # multiply-adds that they may cost
FLAT = 0.01  # a unit whose slope is no more than this passes hardly any gradient on


def measure_of(recipe: Recipe, dataset: Dataset) -> Measure:
    """What the losses are shown as: the root of a mean square, unless it is of labels, which have no unit."""
    if recipe.loss == "mse":
        return "mse" if dataset.labels else "rmse"
    return "mae" if recipe.loss == "mae" else "huber"


def in_units(losses: np.ndarray, measure: Measure, dataset: Dataset) -> np.ndarray:
    """Losses of the scaled target → the measure's own unit."""
    if measure == "rmse":
        return np.sqrt(losses) * dataset.y_scale
    return losses * dataset.y_scale if measure == "mae" else losses


def losses_now(trainer: Trainer, dataset: Dataset) -> tuple[float, float | None]:
    """(train, unseen) at the present θ; unseen is None where nothing is."""
    measure = measure_of(trainer.recipe, dataset)
    train, test = in_units(np.array([trainer.loss("train"), trainer.loss("test")]), measure, dataset).tolist()
    return train, None if dataset.x_test is None else test


def right_now(trainer: Trainer, dataset: Dataset) -> tuple[float, float | None] | None:
    """(train, unseen): the share of ±1 labels on their own side of 0; None where the targets are no labels."""
    if not dataset.labels:
        return None
    unseen = dataset.x_test
    return (
        dataset.errors(trainer.predict(dataset.x_train), "train")["accuracy"],
        None if unseen is None else dataset.errors(trainer.predict(unseen), "test")["accuracy"],
    )


def history_of(trainer: Trainer, dataset: Dataset, since: int, now: tuple[float, float | None]) -> LossHistory:
    """The losses from update `since` on, thinned, the present moment last."""
    measure = measure_of(trainer.recipe, dataset)
    history = trainer.history
    first = int(np.searchsorted(history.update, since))
    last = int(np.searchsorted(history.update, trainer.update))  # a point of this very moment gives way to `now`
    stride = -(-max(last - first, 1) // HISTORY_POINTS)
    kept = slice(first, last, stride)

    def curve(losses: np.ndarray, end: float) -> np.ndarray:
        return np.append(in_units(losses[kept], measure, dataset), end)

    return LossHistory(
        epoch=np.append(history.epoch[kept].astype(np.float64), trainer.progress),
        train=curve(history.train, now[0]),
        test=None if now[1] is None else curve(history.test, now[1]),
    )


def best_of(history: LossHistory) -> tuple[float, float] | None:
    """(epoch, loss) of the least unseen loss."""
    if history.test is None or not np.isfinite(history.test).any():
        return None
    place = int(np.nanargmin(history.test))
    return float(history.epoch[place]), float(history.test[place])


def shares_on(network: Network, x: np.ndarray) -> tuple[np.ndarray, ...]:
    """For each hidden layer the share of the points x (N, n) on which each unit's slope is not nearly 0."""
    points = min(SHARE_POINTS, max(100, SHARE_WORK // network.n_parameters))
    shares = []
    for values, kinds in zip(network.activations(x[:: -(-len(x) // points)]), network.layers, strict=True):
        share = np.empty(len(kinds))
        with np.errstate(all="ignore"):
            for kind in set(kinds):
                own = [unit for unit, name in enumerate(kinds) if name == kind]
                share[own] = (np.abs(KINDS[kind].slope(values[:, own])) > FLAT).mean(axis=0)
        shares.append(share)
    return tuple(shares)


def loss_words(loss: float, recipe: Recipe, dataset: Dataset) -> str:
    """A loss as people read it: "25.6 g"."""
    unit = dataset.target_unit if measure_of(recipe, dataset) in ("rmse", "mae") else ""
    return f"{short(loss)} {unit}".rstrip()
