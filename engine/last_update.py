"""The last update of a run, done again in float64 with every number kept.

An update follows from θ, from what the optimizer keeps, and from which examples are in its batch, which is a pure
function of the seed. So it can be opened up from any checkpoint before it, whatever the kernels made of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.architecture import Architecture
from engine.checkpoint import Checkpoint
from engine.examples import Examples
from engine.journal import Entry
from engine.layout import frozen_parameters, split
from engine.network import Network
from engine.opened import Backward, Forward, backward
from engine.optimizers import KEEP_FIRST, KEEP_SECOND, OPTIMIZERS
from engine.order import epoch_order
from engine.recipe import Recipe
from engine.schedules import SCHEDULES, updates_done
from engine.surface import Landscape
from engine.trainer import Trainer

Floats = NDArray[np.float64]
H = 1e-3  # to either side, for a difference


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """All that the next update follows from."""

    architecture: Architecture
    recipe: Recipe
    seed: int
    examples: Examples
    theta: Floats  # (n_parameters,), as the two below
    first: Floats  # what the optimizer keeps, see `engine.optimizers`
    second: Floats
    powers: tuple[float, float]  # 0.9ᵗ and 0.999ᵗ, t the updates since the optimizer began
    update: int  # updates done
    epoch: int  # complete ones
    position: int  # examples of the present epoch that are done

    @classmethod
    def of(cls, state: Checkpoint, examples: Examples) -> Moment:
        """That of a checkpoint, with the examples of its moment."""
        theta, _, first, second = (values.astype(np.float64) for values in state.parameters)
        own = state.state
        powers = float(own.first_power), float(own.second_power)
        counts = int(own.update), int(own.epoch), int(own.position)
        run = state.architecture, state.recipe, state.seed, examples
        return cls(*run, theta, first, second, powers, *counts)

    @property
    def rate(self) -> float:
        """The scheduled learning rate of the next update."""
        recipe, examples = self.recipe, self.examples.y.size
        done = updates_done(self.epoch, self.position, recipe.batch_size, examples)
        horizon = updates_done(recipe.epochs, 0, recipe.batch_size, examples)
        return SCHEDULES[recipe.schedule].rate(recipe.learning_rate, done, horizon)

    @property
    def batch(self) -> NDArray[np.int64]:
        """The rows of the training examples that the next update takes."""
        examples, size = self.examples.y.size, self.recipe.batch_size
        if size >= examples and not self.position:
            return np.arange(examples)
        return epoch_order(self.seed, self.epoch, examples)[self.position : self.position + size]


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """One update: B examples of a batch forwards and back, and the step."""

    before: Moment
    after: Moment
    rows: NDArray[np.int64]  # (B,) which of the training examples
    around: Landscape  # the loss of this batch around the old θ, and the pass forwards
    backward: Backward  # of the mean loss, without penalty
    gradient: Floats  # (n_parameters,) of the objective
    loss: float  # the mean of this batch, without penalty
    loss_after: float  # the same with the new θ

    @property
    def number(self) -> int:
        """Which one it is: 1 is the first of a run."""
        return self.after.update

    @property
    def passed(self) -> Forward:
        """The pass forwards, with the old θ."""
        return self.around.passed

    @property
    def y(self) -> Floats:
        """The targets (B,)."""
        return self.around.y

    @property
    def losses(self) -> Floats:
        """e (B,) of each example."""
        with np.errstate(all="ignore"):
            return np.asarray(self.around.loss.function(self.passed.y - self.y))

    @property
    def step(self) -> Floats:
        """What was added to θ (n_parameters,)."""
        return self.after.theta - self.before.theta

    @property
    def kept(self) -> tuple[Floats, Floats]:
        """What the optimizer keeps (n_parameters,) twice, as the step used it: Adam's means without their bias."""
        optimizer = OPTIMIZERS[self.before.recipe.optimizer]
        corrects = optimizer.keeps[0] == "mean"
        first, second = (1.0 - power if corrects else 1.0 for power in self.after.powers)
        return self.after.first / first, self.after.second / second

    def objective_at(self, index: int, value: float) -> float:
        """The objective of this batch where one parameter has this value, and all others are as in the old θ."""
        theta = self.before.theta.copy()
        other = (index + 1) % theta.size
        with np.errstate(all="ignore"):
            loss = self.around.over_pair(index, other, np.array([value]), theta[other : other + 1])
        theta[index] = value
        return float(loss[0, 0]) + penalty(self.before, theta)

    def difference(self, index: int, h: float = H) -> tuple[float, float, float]:
        """(objective at θᵢ + h, at θᵢ − h, their difference over 2h): ∂objective/∂θᵢ without the chain rule."""
        value = float(self.before.theta[index])
        up, down = self.objective_at(index, value + h), self.objective_at(index, value - h)
        return up, down, (up - down) / (2.0 * h)


def open_update(before: Moment) -> Update:
    """The next update from a moment."""
    rows, examples, recipe = before.batch, before.examples, before.recipe
    around = Landscape(before.architecture, before.theta, examples.x[rows], examples.y[rows], recipe.loss)
    back = backward(before.architecture, before.theta, around.passed, around.y, recipe.loss)
    with np.errstate(all="ignore"):
        gradient = back.gradient + penalty_gradient(before)
        after = _moved(before, gradient, len(rows))
    losses = around.at(before.theta), around.at(after.theta)
    return Update(before, after, rows, around, back, gradient, *losses)


def penalty(at: Moment, theta: Floats) -> float:
    """l1·Σ|w| + ½·l2·Σw² over weights; a decoupled l2 is no part of the objective."""
    recipe, w = at.recipe, theta[weights(at.architecture)]
    l2 = 0.0 if OPTIMIZERS[recipe.optimizer].decoupled else recipe.l2
    with np.errstate(all="ignore"):
        return float(recipe.l1 * np.abs(w).sum() + 0.5 * l2 * (w * w).sum())


def penalty_gradient(at: Moment) -> Floats:
    """Its gradient (n_parameters,); of |w| 0 at 0."""
    recipe, own = at.recipe, weights(at.architecture)
    l2 = 0.0 if OPTIMIZERS[recipe.optimizer].decoupled else recipe.l2
    return np.where(own, recipe.l1 * np.sign(at.theta) + l2 * at.theta, 0.0)


def weights(architecture: Architecture) -> NDArray[np.bool_]:
    """Which places of θ (n_parameters,) are weights, not biases."""
    own = np.zeros(architecture.n_parameters, bool)
    for W, _ in split(own, architecture.shape):
        W[...] = True
    return own


def _moved(before: Moment, gradient: Floats, size: int) -> Moment:
    """The moment after the optimizer's step; a frozen unit keeps its parameters and what is kept of them."""
    optimizer, rate = OPTIMIZERS[before.recipe.optimizer], before.rate
    powers = before.powers[0] * KEEP_FIRST, before.powers[1] * KEEP_SECOND
    step, first, second = optimizer.step(gradient, before.first, before.second, *optimizer.pace(rate, *powers))
    if optimizer.decoupled:
        step = step + np.where(weights(before.architecture), rate * before.recipe.l2 * before.theta, 0.0)
    still = frozen_parameters(before.architecture.shape, before.architecture.frozen)
    position = before.position + size
    ends = position == before.examples.y.size
    return replace(
        before,
        theta=np.where(still, before.theta, before.theta - step),
        first=np.where(still, before.first, first),
        second=np.where(still, before.second, second),
        powers=powers,
        update=before.update + 1,
        epoch=before.epoch + ends,
        position=0 if ends else position,
    )


# ------------------------------------------------------------------------------------------------ from a story


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """How a story comes to a moment: from a checkpoint before its last update, by training and these edits."""

    checkpoint: Checkpoint
    examples: Examples  # of the checkpoint's moment
    entries: tuple[Entry, ...]
    update: int  # where it leads to

    @property
    def edited(self) -> bool:
        """Whether something was changed after the last update."""
        return bool(self.entries) and self.entries[-1].update == self.update


def last_update(way: Way) -> Update:
    """The last update on the way, from its beginning by a trainer of its own where that is not the one before it."""
    return open_update(_moment(way, way.update - 1))


def next_update(way: Way, last: Update) -> Update:
    """The one that would come next."""
    return open_update(_moment(way, way.update) if way.edited else last.after)


def _moment(way: Way, update: int) -> Moment:
    """That of an update on the way, after its edits."""
    entries = [entry for entry in way.entries if entry.update <= update]
    if way.checkpoint.update == update and not entries:
        return Moment.of(way.checkpoint, way.examples)
    trainer = _trainer(way)
    for entry in entries:
        trainer.step(entry.update - trainer.update)
        trainer.apply(entry.edit)
    trainer.step(update - trainer.update)
    return Moment.of(trainer.snapshot(), trainer.examples)


def _trainer(way: Way) -> Trainer:
    """One of its own, at the checkpoint."""
    state, own = way.checkpoint, way.examples
    unseen: tuple[Any, Any] = (own.x_test, own.y_test) if own.y_test.size else (None, None)
    network = Network.of(state.architecture, state.parameters[0])
    trainer = Trainer(network, own.x, own.y, *unseen, state.recipe, state.seed, threads=1)
    trainer.restore(state, own)
    return trainer
