"""Trainer: one training run, moved on by slices of updates."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine import edits
from engine.architecture import Architecture
from engine.border import check_layer
from engine.checkpoint import Checkpoint
from engine.devices import choose
from engine.errors import LARGEST, EngineError, one_of, real, whole
from engine.examples import Examples, check_examples
from engine.given_back import check_checkpoint, check_curves
from engine.history import (
    BatchHistory,
    Branches,
    Curves,
    History,
    batch_history,
    cut,
    history,
    put_curves,
    record_start,
    take_curves,
)
from engine.losses import LOSSES
from engine.network import Network, check_network
from engine.optimizers import OPTIMIZERS
from engine.recipe import COUNT, Recipe, check_recipe
from engine.run import (
    CHECK_ROW,
    CURVE_COUNTS,
    DIVERGED,
    EPOCH,
    FINE,
    GRADIENT_OF,
    POSITION,
    STATE,
    STATUS,
    UPDATE,
    make_run,
    make_settings,
)
from engine.schedules import SCHEDULES, updates_done
from engine.undisturbed import undisturbed
from engine.workspace import PARAMETER_ARRAYS, Workspace

SLICE_SECONDS = 0.02  # of one kernel call: short, so that a run can be interrupted
LONGEST_SLICE = 0.05

Floats = NDArray[Any]


class Trainer:
    """Trains a copy of `network` on x (N, n_inputs), y (N,) by the recipe, in mini-batches.

    The result is a pure function of network, data, recipe, seed and edits: however the calls are cut, and whatever
    the number of threads. A run that becomes non-finite stops at its last finite state and says so in `diverged`.
    Not for several threads at a time. Raises EngineError for data or options out of range.
    """

    def __init__(
        self,
        network: Network,
        x: ArrayLike,
        y: ArrayLike,
        x_test: ArrayLike | None = None,
        y_test: ArrayLike | None = None,
        recipe: Recipe | None = None,
        seed: int = 0,
        device: str = "cpu",
        threads: int | None = None,
    ) -> None:
        check_network(network)
        self.device = choose(device, [network.architecture])
        self.threads = default_threads() if threads is None else whole("threads", threads, 1, 1024)
        self.seed = whole("seed", seed, 0, 2**63 - 1)
        recipe = check_recipe(Recipe() if recipe is None else recipe)
        examples = check_examples(x, y, x_test, y_test, network.n_inputs, network.dtype)
        self._set(network.architecture, recipe, examples)
        self._work = Workspace(
            make_run(self._architecture, network.theta, self._examples), self.threads, device=self.device
        )
        self._begin_curves()

    # ------------------------------------------------------------------------------------------------ training

    def step(self, updates: int = 1) -> int:
        """Do this many updates; returns how many were done, fewer only where the run diverged."""
        return self._train_to(self.update + whole("updates", updates, 0, LARGEST - self.update))

    def run(self, epochs: int = 1) -> int:
        """Train to the n-th epoch boundary ahead; returns the updates done."""
        return self.step(self.updates_to(self.epoch + COUNT("epochs", epochs)))

    def run_for(self, seconds: float, until: int | None = None) -> int:
        """Train for one slice of about this long, at most 0.05 s, and not beyond update `until`; returns the updates.

        A long update may take several slices: it goes on in the next call.
        """
        self._refuse_if_diverged()
        before = self.update
        target = 2**62 if until is None else whole("until", until, before)
        self._work.advance(self._settings, target, min(real("seconds", seconds, above=0.0), LONGEST_SLICE))
        return self.update - before

    @property
    def updates_since_epoch(self) -> int:
        """The updates from the last end of an epoch before this moment, by the batch size of now; 0 at update 0."""
        done = self._work.counts[POSITION] or (self._examples.y.size if self.epoch else 0)
        return -(-done // self._recipe.batch_size)

    def updates_to(self, epoch: int) -> int:
        """The updates from here until this many epochs are complete, by the batch size of now; 0 if they are."""
        if whole("epoch", epoch, 0) <= self.epoch:
            return 0
        batch, examples = self._recipe.batch_size, self._examples.y.size
        rest = examples - self._work.counts[POSITION]
        return -(-rest // batch) + (epoch - self.epoch - 1) * -(-examples // batch)

    def prepare(self) -> None:
        """Import numba and compile the kernels now, rather than at the first update."""
        self._work.prepare(self._settings)

    # ------------------------------------------------------------------------------------------------ what it is

    @property
    def update(self) -> int:
        """Updates done."""
        return self._work.counts[UPDATE]

    @property
    def epoch(self) -> int:
        """Complete epochs."""
        return self._work.counts[EPOCH]

    @property
    def progress(self) -> float:
        """Epochs with the part of the present one that is done."""
        return self.epoch + self._work.counts[POSITION] / self._settings.examples

    @property
    def diverged(self) -> tuple[int, str] | None:
        """None, or the number of the update that failed and what grew too large: "loss", "gradient" or "theta".

        A finite gradient is named too, where a moment of the optimizer's overflowed, such as that of its square.
        """
        status = self._work.counts[STATUS]
        return (self.update + 1, DIVERGED[status]) if status in DIVERGED else None

    @property
    def lanes(self) -> int:
        """How many numbers it takes at a time, on which the last bits of θ depend; 1 in float64 and without JIT.

        0 while the kernels, which alone know it, are not loaded.
        """
        return self._work.lanes

    @property
    def network(self) -> Network:
        """A copy of the network as it is now."""
        return Network.of(self._architecture, self.theta)

    @property
    def theta(self) -> Floats:
        """A copy of θ; on assignment, moments and the position in the epoch stay."""
        return self._work.theta().copy()

    @theta.setter
    def theta(self, values: ArrayLike) -> None:
        self.apply(edits.SetTheta(values))

    @property
    def architecture(self) -> Architecture:
        """What the network is beside its θ."""
        return self._architecture

    @property
    def examples(self) -> Examples:
        """What the run trains on and what is unseen; nobody changes them."""
        return self._examples

    @property
    def recipe(self) -> Recipe:
        """On assignment, takes effect with the next batch; another optimizer begins anew what it keeps."""
        return self._recipe

    @recipe.setter
    def recipe(self, recipe: Recipe) -> None:
        self.apply(edits.SetRecipe(recipe))

    @property
    def learning_rate(self) -> float:
        """The scheduled rate of the next update."""
        recipe, examples = self._recipe, self._examples.y.size
        done = updates_done(self.epoch, self._work.counts[POSITION], recipe.batch_size, examples)
        horizon = updates_done(recipe.epochs, 0, recipe.batch_size, examples)
        return SCHEDULES[recipe.schedule].rate(recipe.learning_rate, done, horizon)

    @property
    def history(self) -> History:
        """Losses on the whole sets so far; the last point may be older than the present θ."""
        return history(self._work.run)

    @property
    def batch_history(self) -> BatchHistory:
        """Losses of the batches so far, thinned."""
        return batch_history(self._work.run)

    @property
    def last_gradient(self) -> Floats | None:
        """The gradient of the last update's objective, in θ's order; None where it is not known as a whole."""
        known = self.update and self._work.counts[GRADIENT_OF] == self.update
        return self._work.canonical().gradient.copy() if known else None

    def loss(self, split: str = "train") -> float:
        """The recipe's mean data loss over a whole split at the present θ, without penalty; NaN without a test set."""
        present = Network.of(self._architecture, self._work.theta())
        return mean_loss(present, self._recipe.loss, self._examples, split)

    def gradient(self) -> Floats:
        """∇ objective over the whole training set at the present θ, in θ's order."""
        return self._work.gradient(self._settings)

    def predict(self, x: ArrayLike) -> Floats:
        """The present network's outputs (N,) for x (N, n_inputs)."""
        return Network.of(self._architecture, self._work.theta()).predict(x)

    # ------------------------------------------------------------------------------------------------ changes

    def add_unit(self, kind: str, layer: int = 0) -> NDArray[np.intp]:
        """As `Network.add_unit`; moments go along."""
        return self.apply(edits.AddUnit(kind, layer))

    def remove_unit(self, layer: int, unit: int) -> NDArray[np.intp]:
        """As `Network.remove_unit`; moments go along."""
        return self.apply(edits.RemoveUnit(layer, unit))

    def add_layer(self, kinds: Sequence[str]) -> NDArray[np.intp]:
        """As `Network.add_layer`; moments go along."""
        return self.apply(edits.AddLayer(check_layer("kinds", kinds)))

    def remove_layer(self, layer: int) -> NDArray[np.intp]:
        """As `Network.remove_layer`; moments go along."""
        return self.apply(edits.RemoveLayer(layer))

    @undisturbed()
    def apply(self, edit: edits.Edit) -> NDArray[np.intp]:
        """Change the run between two updates; returns the map of indices, as `edits.apply`.

        Raises EngineError, and changes nothing, for an edit that the run does not allow.
        """
        before = edits.Setup(self._architecture, self._work.theta(), self._recipe, self._examples)
        after, mapping = edits.apply(edit, before)
        assert after.recipe is not None and after.examples is not None
        if after.architecture is not before.architecture or after.examples is not before.examples:
            self._rebuild(after, mapping)
        elif after.theta is not before.theta:
            moved = np.flatnonzero(_bits(after.theta) != _bits(before.theta))
            self._work.write_theta(moved, after.theta[moved])
        if OPTIMIZERS[after.recipe.optimizer].keeps != OPTIMIZERS[self._recipe.optimizer].keeps:
            self._forget_moments()
        others = after.examples is not self._examples
        self._set(after.architecture, after.recipe, after.examples)
        self._begin_batch_again()
        if others and not self.update:
            self._begin_curves()  # the first loss was that on the examples before
        return mapping

    @undisturbed()
    def snapshot(self) -> Checkpoint:
        """The run's state, to go back to with `restore`: from there on it repeats itself to the bit."""
        theta, gradient, first, second = self._work.copies()
        return Checkpoint(
            self._architecture,
            self._recipe,
            self.seed,
            self._examples.counts,
            (theta, gradient, first, second),
            self._work.run.state.copy(),
            self._branches.present,
        )

    @undisturbed()
    def restore(self, state: Checkpoint, examples: Examples | None = None) -> None:
        """Go back to a snapshot of a run on the same data, in the same precision; `examples` are those of that moment.

        The loss curves keep what belongs to that moment's past; after a snapshot of another trainer they begin there.
        """
        given = self._examples if examples is None else examples
        state, data = check_checkpoint(state, self._architecture, given)
        if data is not self._examples or state.architecture != self._architecture:
            old, new = self._work.canonical(), make_run(state.architecture, state.parameters[0], data)
            self._work.replace(new._replace(state=old.state, points=old.points, buckets=old.buckets))
        self.seed = state.seed
        self._set(state.architecture, state.recipe, data)
        run = self._work.overwritten()
        for name, values in zip(PARAMETER_ARRAYS, state.parameters, strict=True):
            getattr(run, name)[:] = values
        for name in STATE.names or ():
            if name not in CURVE_COUNTS:
                run.state[name] = state.state[name]
        covered = self._branches.covered(state.branch, state.update)
        if covered is None:
            self._begin_curves()
        else:
            self._branches.fork(covered)
            cut(run, covered)

    def take_curves(self) -> Curves:
        """A copy of the loss curves as they are, to be laid back with `put_curves`."""
        return take_curves(self._work.run)

    @undisturbed()
    def put_curves(self, curves: Curves) -> None:
        """Have these loss curves in place of the present ones, as far as the present update."""
        put_curves(self._work.run, check_curves(curves))

    def __copy__(self) -> Trainer:
        return copy.deepcopy(self)  # two trainers on the same arrays would train each other's θ

    def __setstate__(self, state: dict[str, Any]) -> None:
        """A copy goes on alone: what it records from now on is its own."""
        self.__dict__.update(state)
        self._branches.fork(self.update)

    # ------------------------------------------------------------------------------------------------ slices

    def _train_to(self, target: int) -> int:
        self._refuse_if_diverged()
        before = self.update
        while not self.diverged and (self.update < target or self._work.counts[CHECK_ROW] >= 0):
            self._work.advance(self._settings, target, SLICE_SECONDS)
        return self.update - before

    def _refuse_if_diverged(self) -> None:
        if self.diverged:
            number, what = self.diverged
            raise EngineError(
                f"training stopped at update {number}, whose {what} is too large in {self._architecture.dtype.name}: "
                "lower the learning rate, or restore an earlier state"
            )

    # ------------------------------------------------------------------------------------------------ helpers

    def _set(self, architecture: Architecture, recipe: Recipe, examples: Examples) -> None:
        """What is trained, how, and on what, with the numbers that the kernels take of it."""
        self._architecture, self._recipe, self._examples = architecture, recipe, examples
        self._settings = make_settings(recipe, architecture.n_parameters, examples, self.seed)

    def _rebuild(self, after: edits.Setup, mapping: NDArray[np.intp]) -> None:
        """Arrays for another network or other examples; what goes on is carried over."""
        assert after.examples is not None
        old, new = self._work.canonical(), make_run(after.architecture, after.theta, after.examples)
        size = new.theta.size
        new.gradient[:] = edits.carry(old.gradient, mapping, size)
        new.first_moment[:] = edits.carry(old.first_moment, mapping, size)
        new.second_moment[:] = edits.carry_squares(old.second_moment, mapping, size)
        self._work.replace(new._replace(state=old.state, points=old.points, buckets=old.buckets))
        if after.examples is not self._examples:
            old.state.position = 0

    def _forget_moments(self) -> None:
        run = self._work.writable()
        run.first_moment[:] = 0
        run.second_moment[:] = 0
        run.state.first_power = run.state.second_power = 1.0

    def _begin_batch_again(self) -> None:
        """After a change a half-done batch or check begins again, and a diverged run may go on."""
        state = self._work.run.state
        state.row = 0
        state.status = FINE
        if state.check_row > 0:
            state.check_row = 0
            state.train_loss = state.test_loss = 0.0

    def _begin_curves(self) -> None:
        """The loss curves begin at the present moment."""
        self._branches = Branches()
        record_start(self._work.run, self.loss("train"), self.loss("test"))


def mean_loss(network: Network, loss: str, examples: Examples, split: str) -> float:
    """The mean of a loss over a whole split, "train" or "test"; NaN without a test set."""
    whole_set = one_of("split", split, ("train", "test")) == "train"
    x, y = (examples.x, examples.y) if whole_set else (examples.x_test, examples.y_test)
    if not y.size:
        return float("nan")
    with np.errstate(all="ignore"):
        error = network.predict(x).astype(np.float64) - y
        return float(np.mean(LOSSES[loss].function(error)))


def default_threads() -> int:
    """The cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _bits(values: Floats) -> NDArray[Any]:
    """Numbers as whole numbers that differ where the bits do: 0 and −0 are not the same θ."""
    return values.view(f"u{values.itemsize}")
