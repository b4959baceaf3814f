"""Facts: what is asked of a run, and how each of them is answered.

A request is a small frozen value that says what somebody wants to know, such as `Losses()`. Its `answer` works that
out, from `Facts`: one moment of a run, in which every answer is worked out once, however many ask for it. Nothing in
here needs a trainer, so any thread may answer from the evidence that it was given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, cast

import numpy as np

from data import Dataset
from engine import History, Network, Recipe
from engine.activations import KINDS
from engine.last_update import Way
from engine.losses import LOSSES
from tui.run.choice import FIRST, Choice
from tui.run.measure import measure_of
from tui.run.trail import NOWHERE, Path

RISEN, LASTING = 1.05, 10  # overfitting: so many times the best unseen loss, for at least so many measured epochs
FLAT_FALL = 0.005  # of the training loss from one quarter of the run to the next: a smaller one is a plateau
T = TypeVar("T")
Split = Literal["train", "test"]
Pair = tuple[float, float | None]  # of the training and of the unseen set, None where nothing is unseen
SHARE_POINTS = 2000  # training points that the shares are taken over, at most
SHARE_WORK = 2_000_000  # multiply-adds that they may cost
FLAT = 0.01  # a unit whose slope is no more than this passes hardly any gradient on


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One moment of a run, from which every answer follows. All arrays are copies that nobody changes."""

    dataset: Dataset
    network: Network
    recipe: Recipe
    update: int
    progress: float  # epochs done, with the fraction of the present one
    history: History  # losses on the whole sets, of what lies ahead too
    since: int = -1  # the update after which the history's losses are of the recipe's kind
    until: int = 2**62  # and the one up to which they are
    gradient: np.ndarray | None = None  # (n_parameters,) of the last update, in θ's order
    chosen: Choice = FIRST
    way: Way | None = None  # how the run came here, from before its last update; None at update 0
    path: Path = NOWHERE  # where the present network has been, and will be
    rows: tuple[Any, ...] = ()  # of the race, see `race.Row`
    board: Any = None  # of the sweep, see `sweep.board.Board`; None where there is none
    batches: tuple[int, float] | None = None  # (seed, epochs done when batches of the present size began), if known

    @property
    def moment(self) -> tuple[int, float, int, int, int]:
        """Where it stands."""
        return self.update, self.progress, self.since, self.until, len(self.history.update)

    def same(self, other: Evidence) -> bool:
        """Whether all answers are the same: the run stands where it stood."""
        return (
            self.dataset is other.dataset
            and self.moment == other.moment
            and self.recipe == other.recipe
            and self.network.architecture == other.network.architecture
            and np.array_equal(self.network.theta, other.network.theta)
            and _same_gradient(self.gradient, other.gradient)
            and self.chosen == other.chosen
        )


def _same_gradient(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    return one is other if one is None or other is None else np.array_equal(one, other)


class Request(Generic[T]):
    """Something that a view wants to know; a frozen dataclass, so that equal ones are answered once."""

    __slots__ = ()

    def answer(self, facts: Facts) -> T:
        """Work it out: a value that nobody changes afterwards."""
        raise NotImplementedError


class Facts:
    """What there is to know of one moment."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._known: dict[Request[Any], Any] = {}

    def of(self, request: Request[T]) -> T:
        """The answer to a request, worked out when it is first asked for."""
        if request not in self._known:
            self._known[request] = request.answer(self)
        return cast(T, self._known[request])

    def answers(self, requests: Iterable[Request[Any]]) -> dict[Request[Any], Any]:
        """The answers to these requests, and to no others."""
        return {request: self.of(request) for request in requests}


# ------------------------------------------------------------------------------------------------ predictions


@dataclass(frozen=True, slots=True)
class Outputs(Request["np.ndarray | None"]):
    """The network's scaled outputs for a whole split, (N,); None where nothing is unseen."""

    split: Split

    def answer(self, facts: Facts) -> np.ndarray | None:
        dataset = facts.evidence.dataset
        x = dataset.x_train if self.split == "train" else dataset.x_test
        return None if x is None else facts.evidence.network.predict(x)


@dataclass(frozen=True, slots=True)
class Probe:
    """Predictions at chosen points."""

    x: np.ndarray  # (M, n_inputs) float32, scaled
    y: np.ndarray  # (M,) float64, in the data's own units


@dataclass(frozen=True, slots=True)
class Predictions(Request[Probe]):
    """The predictions at points(dataset, *arguments), which are scaled inputs (M, n_inputs)."""

    points: Callable[..., np.ndarray]  # a function of a module: two equal requests name the same one
    arguments: tuple[Any, ...] = ()

    def answer(self, facts: Facts) -> Probe:
        dataset = facts.evidence.dataset
        x = self.points(dataset, *self.arguments)
        return Probe(x, dataset.unscale(facts.evidence.network.predict(x)))


# ----------------------------------------------------------------------------------------------------- losses


@dataclass(frozen=True, slots=True)
class Losses(Request[Pair]):
    """The recipe's loss on both whole sets at the present θ, in the unit of `measure_of`."""

    def answer(self, facts: Facts) -> Pair:
        evidence = facts.evidence
        dataset, recipe = evidence.dataset, evidence.recipe
        train = _mean_loss(facts.of(Outputs("train")), dataset.y_train, recipe)
        test = _mean_loss(facts.of(Outputs("test")), dataset.y_test, recipe)
        both = measure_of(recipe, dataset).shown(np.array([train, test]), dataset.y_scale).tolist()
        return both[0], None if dataset.y_test is None else both[1]


def _mean_loss(outputs: np.ndarray | None, targets: np.ndarray | None, recipe: Recipe) -> float:
    """As `Trainer.loss`: the mean over a whole split, in float64, without penalty; nan without the split."""
    if outputs is None or targets is None:
        return float("nan")
    with np.errstate(all="ignore"):
        return float(np.mean(LOSSES[recipe.loss].function(outputs.astype(np.float64) - targets)))


@dataclass(frozen=True, slots=True)
class Accuracy(Request["Pair | None"]):
    """The share of ±1 labels that are predicted on their own side of 0; None where the targets are no labels."""

    def answer(self, facts: Facts) -> Pair | None:
        dataset = facts.evidence.dataset
        if not dataset.labels:
            return None
        train, test = facts.of(Outputs("train")), facts.of(Outputs("test"))
        assert train is not None  # only of unseen examples there may be none
        unseen = None if test is None else dataset.errors(test, "test")["accuracy"]
        return dataset.errors(train, "train")["accuracy"], unseen


@dataclass(frozen=True, slots=True)
class LossBounds(Request["tuple[float, float] | None"]):
    """(least, greatest) finite loss of either set on the whole curve, ahead too; None where there is none."""

    def answer(self, facts: Facts) -> tuple[float, float] | None:
        evidence = facts.evidence
        whole = _of_one_kind(evidence)
        losses = np.concatenate((evidence.history.train[whole], evidence.history.test[whole]))
        losses = losses[np.isfinite(losses)]
        if not losses.size:
            return None
        shown, scale = measure_of(evidence.recipe, evidence.dataset).shown, evidence.dataset.y_scale
        return float(shown(float(losses.min()), scale)), float(shown(float(losses.max()), scale))


@dataclass(frozen=True, slots=True)
class BestUnseen(Request["tuple[float, float] | None"]):
    """(epoch, loss) of the least unseen loss on the whole curve, ahead too; None where there is none."""

    def answer(self, facts: Facts) -> tuple[float, float] | None:
        evidence, now = facts.evidence, facts.of(Losses())[1]
        whole = _of_one_kind(evidence)
        losses = evidence.history.test[whole]
        least = float(np.fmin.reduce(losses, initial=np.inf))
        best = measure_of(evidence.recipe, evidence.dataset).shown(least, evidence.dataset.y_scale)
        if now is not None and now < best:
            return evidence.progress, now
        if not math.isfinite(best):
            return None
        return float(evidence.history.epoch[whole][np.argmax(losses == least)]), best


@dataclass(frozen=True, slots=True)
class Overfitting(Request["tuple[float, float] | None"]):
    """(epoch, loss) of the best unseen moment, where unseen is well above it by now, and train below its own then."""

    def answer(self, facts: Facts) -> tuple[float, float] | None:
        evidence, (train, test) = facts.evidence, facts.of(Losses())
        past = past_of(evidence)
        losses = evidence.history.test[past]
        if test is None or not np.isfinite(losses).any():
            return None
        shown, scale = measure_of(evidence.recipe, evidence.dataset).shown, evidence.dataset.y_scale
        place = int(np.nanargmin(losses))
        after = losses[place + 1 :]
        if len(after) < max(LASTING, len(losses) // 10):
            return None  # the noise of batches
        around = losses[max(0, place - LASTING // 2) : place + LASTING // 2 + 1]  # the least one itself is luck in part
        both = (
            np.median(after[len(after) // 2 :]),
            np.median(around),
            losses[place],
            evidence.history.train[past][place],
        )
        lately, low, best, train_then = (float(shown(float(loss), scale)) for loss in both)
        risen = min(test, lately) > RISEN * low and train < train_then
        return (float(evidence.history.epoch[past][place]), best) if risen else None


@dataclass(frozen=True, slots=True)
class Plateau(Request["float | None"]):
    """The epoch since which the training loss has hardly fallen, for long; None where it still falls."""

    def answer(self, facts: Facts) -> float | None:
        evidence = facts.evidence
        past = past_of(evidence)
        losses = evidence.history.train[past]
        quarter = len(losses) // 4
        if quarter < LASTING or not np.isfinite(losses).all():
            return None
        before, now = np.median(losses[-2 * quarter : -quarter]), np.median(losses[-quarter:])
        flat = (1 - FLAT_FALL) * before < now <= before
        return float(evidence.history.epoch[past][-2 * quarter]) if flat else None


def past_of(evidence: Evidence) -> slice:
    """The points of the history that are of the present kind; one of this very moment gives way to the loss of now."""
    first = int(np.searchsorted(evidence.history.update, evidence.since, side="right"))
    return slice(first, int(np.searchsorted(evidence.history.update, evidence.update)))


def _of_one_kind(evidence: Evidence) -> slice:
    """The points of the history that are of the present kind."""
    return slice(*np.searchsorted(evidence.history.update, (evidence.since, evidence.until), side="right").tolist())


# ------------------------------------------------------------------------------------------------------ units


@dataclass(frozen=True, slots=True)
class Gradient(Request["np.ndarray | None"]):
    """The gradient of the last update, (n_parameters,) in θ's order; None where it is not known."""

    def answer(self, facts: Facts) -> np.ndarray | None:
        return facts.evidence.gradient


@dataclass(frozen=True, slots=True)
class Where(Request[Path]):
    """Where the present network has been, and what of its way lies ahead."""

    def answer(self, facts: Facts) -> Path:
        return facts.evidence.path


@dataclass(frozen=True, slots=True)
class ActiveShares(Request["tuple[np.ndarray, ...]"]):
    """For each hidden layer (units,): the share of the training points on which each unit's slope is not nearly 0."""

    def answer(self, facts: Facts) -> tuple[np.ndarray, ...]:
        network, x = facts.evidence.network, facts.evidence.dataset.x_train
        points = min(SHARE_POINTS, max(100, SHARE_WORK // network.n_parameters))
        activations = network.activations(x[:: -(-len(x) // points)])
        return tuple(map(_active_shares, activations, network.layers))


def _active_shares(values: np.ndarray, kinds: list[str]) -> np.ndarray:
    """Shares (units,) of the rows of a layer's values (points, units)."""
    shares = np.empty(len(kinds))
    with np.errstate(all="ignore"):
        for kind in set(kinds):
            own = [unit for unit, name in enumerate(kinds) if name == kind]
            shares[own] = (np.abs(KINDS[kind].slope(values[:, own])) > FLAT).mean(axis=0)
    return shares
