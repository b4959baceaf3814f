"""Trainer: all the state of one training run, moved on by slices of updates."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine import edits
from engine.activations import CODES
from engine.errors import EngineError, choice, real, show, whole
from engine.history import BatchHistory, History, batch_history, history, record_start, thin
from engine.losses import LOSSES
from engine.network import Network, as_numbers, check_inputs, check_layer
from engine.recipe import OPTIMIZERS, SCHEDULES, Recipe
from engine.run import (
    BAD_GRADIENT,
    BAD_THETA,
    BUCKET_CAPACITY,
    BUCKET_SIZE,
    CHECK_ROW,
    DIVERGED,
    EPOCH,
    FINE,
    FIRST_POWER,
    FULL,
    POINT_CAPACITY,
    POINT_STRIDE,
    POSITION,
    ROW,
    SECOND_POWER,
    STATUS,
    UPDATE,
    Run,
    Settings,
    check_plan,
    make_layout,
)
from engine.schedules import scheduled_rate, updates_done

DEVICES = ("cpu",)
SLICE_SECONDS = 0.02  # of one kernel call: short, so that a run can be interrupted
LONGEST_SLICE = 0.05

Floats = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of a run's state but its data; made by `Trainer.snapshot`, taken back by `Trainer.restore`."""

    network: Network
    recipe: Recipe
    seed: int
    examples: tuple[int, int]  # how many the run trains on, and how many are unseen
    arrays: tuple[NDArray[Any], ...]  # gradient, first, second, state, sums, points, buckets


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
        if not isinstance(network, Network):
            raise EngineError(f"network={show(network)}: expected a Network")
        self.device = choice("device", device, DEVICES)
        self.threads = default_threads() if threads is None else whole("threads", threads, 1, 1024)
        self.seed = whole("seed", seed, 0, 2**63 - 1)
        self._network = network.copy()
        self._recipe = check_recipe(Recipe() if recipe is None else recipe)
        x, y = check_examples("x", x, "y", y, network)
        if (x_test is None) != (y_test is None):
            raise EngineError("only one of x_test and y_test is given: expected both or neither")
        if x_test is None or y_test is None:
            x_test, y_test = x[:0].copy(), y[:0].copy()
        else:
            x_test, y_test = check_examples("x_test", x_test, "y_test", y_test, network)
        self._run = make_run(self._network, x, y, x_test, y_test)
        self._loops: Any = None  # the compiled side, and the arrays that it works on
        self._buffers: Any = None
        self._saved: list[NDArray[Any]] = []  # what the slice in work began with
        self._ahead = False  # whether the buffers are newer than the run's canonical arrays
        self._behind = False  # or older
        self._speed = 1e8  # multiply-adds a second: a low guess, measured from the first slice on
        record_start(self._run, self.loss("train"), self.loss("test"))

    # ------------------------------------------------------------------------------------------------ training

    def step(self, updates: int = 1) -> int:
        """Do so many updates; returns how many were done, fewer only where the run diverged."""
        return self._train_to(self.update + whole("updates", updates, 0))

    def run(self, epochs: int = 1) -> int:
        """Train to the n-th epoch boundary ahead; returns the updates done."""
        whole("epochs", epochs, 1)
        batch, examples = self._recipe.batch_size, self._run.y.size
        rest = examples - int(self._run.state[POSITION])
        return self.step(-(-rest // batch) + (epochs - 1) * -(-examples // batch))

    def run_for(self, seconds: float) -> int:
        """Train for one slice of about so long, at most 0.05 s; returns the updates done.

        A long update may take several slices: it goes on in the next call.
        """
        self._refuse_if_diverged()
        before = self.update
        self._slice(2**62, min(real("seconds", seconds, above=0.0), LONGEST_SLICE))
        return self.update - before

    def prepare(self) -> None:
        """Import numba and compile the kernels now, rather than at the first update."""
        self._load()
        self._loops.advance(self._run, self._buffers, self._settings(), self.update, 0)

    # ------------------------------------------------------------------------------------------------ what it is

    @property
    def update(self) -> int:
        """Updates done."""
        return int(self._run.state[UPDATE])

    @property
    def epoch(self) -> int:
        """Complete epochs."""
        return int(self._run.state[EPOCH])

    @property
    def progress(self) -> float:
        """Epochs with the part of the present one that is done."""
        return self.epoch + int(self._run.state[POSITION]) / self._run.y.size

    @property
    def diverged(self) -> tuple[int, str] | None:
        """None, or the number of the update that failed and what was not finite: "loss", "gradient" or "theta"."""
        status = int(self._run.state[STATUS])
        return (self.update + 1, DIVERGED[status]) if status in DIVERGED else None

    @property
    def network(self) -> Network:
        """A copy of the network as it is now."""
        self._network._theta = self._pull().theta
        return self._network.copy()

    @property
    def theta(self) -> Floats:
        """A copy of θ; on assignment, moments and the position in the epoch stay."""
        return self._pull().theta.copy()

    @theta.setter
    def theta(self, values: ArrayLike) -> None:
        network = self.network
        network.theta = values
        self._run.theta[:] = network.theta
        self._changed()

    @property
    def recipe(self) -> Recipe:
        """On assignment, takes effect with the next batch; another optimizer begins with fresh moments."""
        return self._recipe

    @recipe.setter
    def recipe(self, recipe: Recipe) -> None:
        check_recipe(recipe)
        self._pull()
        if {recipe.optimizer, self._recipe.optimizer} not in ({recipe.optimizer}, {"adam", "adamw"}):
            self._run.first[:] = 0
            self._run.second[:] = 0
            self._run.sums[[FIRST_POWER, SECOND_POWER]] = 1
        self._recipe = recipe
        self._changed()

    @property
    def learning_rate(self) -> float:
        """The scheduled rate of the next update."""
        recipe, state, examples = self._recipe, self._run.state, self._run.y.size
        done = updates_done(int(state[EPOCH]), int(state[POSITION]), recipe.batch_size, examples)
        horizon = updates_done(recipe.epochs, 0, recipe.batch_size, examples)
        return scheduled_rate(SCHEDULES.index(recipe.schedule), recipe.learning_rate, done, horizon)

    @property
    def history(self) -> History:
        """Losses on the whole sets so far; the last point may be older than the present θ."""
        return history(self._run)

    @property
    def batch_history(self) -> BatchHistory:
        """Losses of the batches so far, thinned."""
        return batch_history(self._run)

    @property
    def last_gradient(self) -> Floats | None:
        """The gradient of the last update's objective, in θ's order; None before the first."""
        return self._pull().gradient.copy() if self.update and not self._run.state[ROW] else None

    def loss(self, split: str = "train") -> float:
        """The recipe's mean data loss over a whole split at the present θ, without penalty; NaN without a test set."""
        run = self._run
        x, y = (run.x, run.y) if choice("split", split, ("train", "test")) == "train" else (run.x_test, run.y_test)
        if not y.size:
            return float("nan")
        with np.errstate(all="ignore"):
            error = self.predict(x).astype(np.float64) - y
            return float(np.mean(LOSSES[self._recipe.loss].function(error)))

    def gradient(self) -> Floats:
        """∇ objective over the whole training set at the present θ, in θ's order."""
        self._load()
        with np.errstate(all="ignore"):
            return cast(Floats, self._loops.gradient(self._run, self._buffers, self._settings()))

    def predict(self, x: ArrayLike) -> Floats:
        """The present network's outputs (N,) for x (N, n_inputs)."""
        self._network._theta = self._pull().theta
        return self._network.predict(x)

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

    def apply(self, edit: edits.Edit) -> NDArray[np.intp]:
        """Change the network between two updates; returns the map of indices, as `edits.apply`."""
        network = self.network
        mapping = edits.apply(edit, network)
        old = self._pull()
        new = make_run(network, old.x, old.y, old.x_test, old.y_test)
        for name in ("gradient", "first", "second"):
            getattr(new, name)[:] = edits.carry(getattr(old, name), mapping, network.n_parameters)
        self._run = new._replace(state=old.state, sums=old.sums, points=old.points, buckets=old.buckets)
        self._network = network
        self._buffers = None
        self._changed()
        return mapping

    def snapshot(self) -> Snapshot:
        """The run's state, to go back to with `restore`: from there on it repeats itself to the bit."""
        arrays = tuple(array.copy() for array in _mutable(self._pull()))
        return Snapshot(self.network, self._recipe, self.seed, self._examples(), arrays)

    def restore(self, state: Snapshot) -> None:
        """Go back to a snapshot of a run on the same data, in the same precision."""
        if not isinstance(state, Snapshot):
            raise EngineError(f"state={show(state)}: expected a snapshot of a run on the same data")
        got, expected = _fit(state.network, state.examples), _fit(self._network, self._examples())
        if got != expected:
            raise EngineError(f"state of a run on {got}: expected one of a run on {expected}")
        run = self._run
        self._network, self._recipe, self.seed = state.network.copy(), state.recipe, state.seed
        self._run = make_run(self._network, run.x, run.y, run.x_test, run.y_test)
        for mine, theirs in zip(_mutable(self._run), state.arrays, strict=True):
            mine[...] = theirs
        self._buffers = None
        self._ahead = False

    def __getstate__(self) -> dict[str, Any]:
        """For deep copies and pickles: without the buffers, whose addresses are this trainer's own."""
        self._pull()
        return {**self.__dict__, "_loops": None, "_buffers": None, "_saved": []}

    # ------------------------------------------------------------------------------------------------ slices

    def _train_to(self, target: int) -> int:
        self._refuse_if_diverged()
        before = self.update
        while not self.diverged and (self.update < target or self._run.state[CHECK_ROW] >= 0):
            self._slice(target, SLICE_SECONDS)
        return self.update - before

    def _slice(self, target: int, seconds: float) -> None:
        """One kernel call of about so long; a θ that became non-finite is put back to its last finite state."""
        self._load()
        run, loops, buffers, settings = self._run, self._loops, self._buffers, self._settings()
        working = self._working()
        for array, copy in zip(working, self._saved, strict=True):
            np.copyto(copy, array)
        self._ahead = True
        started = time.perf_counter()
        with np.errstate(all="ignore"):
            spent = loops.advance(run, buffers, settings, target, max(int(self._speed * seconds), 1))
            elapsed = time.perf_counter() - started
            status = int(run.state[STATUS])
            if status in (BAD_GRADIENT, BAD_THETA):  # the step overwrote θ: its good past is done again up to here
                last_good = self.update
                for array, copy in zip(working, self._saved, strict=True):
                    array[...] = copy
                while self.update < last_good:
                    loops.advance(run, buffers, settings, last_good, 2**62)
                run.state[ROW] = 0
                run.state[STATUS] = status
        if status == FULL:
            thin(run)
            run.state[STATUS] = FINE
        self._speed = min(max(spent / max(elapsed, 1e-6), self._speed / 4), self._speed * 4)

    def _working(self) -> tuple[NDArray[Any], ...]:
        """The arrays that a slice changes, but for the curves, which only grow."""
        return *self._loops.parameters(self._run, self._buffers), self._run.state, self._run.sums

    def _load(self) -> None:
        """Have the loops, which bring numba along, and their buffers up to date."""
        if self._buffers is None:
            from engine.kernels import loops_for

            self._loops = loops_for(self._network.dtype)
            self._buffers = self._loops.make_buffers(self._run, self.threads)
            self._saved = [np.empty_like(array) for array in self._working()]
            self._behind = True
        if self._behind:
            self._loops.push(self._run, self._buffers)
            self._behind = False

    def _pull(self) -> Run:
        """The run with its canonical arrays up to date."""
        if self._ahead:
            self._loops.pull(self._run, self._buffers)
            self._ahead = False
        return self._run

    def _examples(self) -> tuple[int, int]:
        return self._run.y.size, self._run.y_test.size

    def _settings(self) -> Settings:
        from engine.kernels.shuffle import grid

        recipe, run = self._recipe, self._run
        rows, side = grid(run.y.size)
        check_each, check_stride = check_plan(run.theta.size, run.y.size, run.y_test.size)
        return Settings(
            examples=run.y.size,
            unseen=run.y_test.size,
            batch_size=recipe.batch_size,
            learning_rate=recipe.learning_rate,
            optimizer=OPTIMIZERS.index(recipe.optimizer),
            loss=list(LOSSES).index(recipe.loss),
            schedule=SCHEDULES.index(recipe.schedule),
            epochs=recipe.epochs,
            l1=recipe.l1,
            l2=recipe.l2,
            seed=self.seed,
            rows=rows,
            side=side,
            check_each=check_each,
            check_stride=check_stride,
        )

    def _refuse_if_diverged(self) -> None:
        if self.diverged:
            number, what = self.diverged
            raise EngineError(
                f"training stopped at update {number}, whose {what} is not finite: "
                "lower the learning rate, or restore an earlier state"
            )

    def _changed(self) -> None:
        """After a change from outside: a half-done batch begins again, and a diverged run may go on."""
        self._behind = True
        self._run.state[ROW] = 0
        self._run.state[STATUS] = FINE
        if self._run.state[CHECK_ROW] > 0:
            self._run.state[CHECK_ROW] = 0


def default_threads() -> int:
    """The cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def make_run(network: Network, x: Floats, y: Floats, x_test: Floats, y_test: Floats) -> Run:
    """Fresh arrays for a network at update 0."""
    theta = network.theta
    inputs = [CODES["identity"]] * network.n_inputs
    hidden = [CODES[kind] for layer in network.layers for kind in layer]
    kinds = np.array([*inputs, *hidden, CODES["identity"]], np.int64)
    state = np.zeros(11, np.int64)
    state[CHECK_ROW] = -1
    state[POINT_STRIDE] = 1
    state[BUCKET_SIZE] = 1
    sums = np.zeros(8)
    sums[[FIRST_POWER, SECOND_POWER]] = 1
    return Run(
        theta=theta,
        gradient=np.zeros_like(theta),
        first=np.zeros_like(theta),
        second=np.zeros_like(theta),
        x=x,
        y=y,
        x_test=x_test,
        y_test=y_test,
        layout=make_layout(network.shape),
        kinds=kinds,
        state=state,
        sums=sums,
        points=np.zeros(4 * POINT_CAPACITY),
        buckets=np.zeros(4 * BUCKET_CAPACITY),
    )


def _fit(network: Network, examples: tuple[int, int]) -> str:
    """What a run must share with another one to go on from its state, in words."""
    train, unseen = examples
    return f"{train} and {unseen} unseen examples (n_inputs={network.n_inputs}, {network.dtype.name})"


def _mutable(run: Run) -> tuple[NDArray[Any], ...]:
    """What training changes beside θ: small things first, the growing curves last."""
    return run.gradient, run.first, run.second, run.state, run.sums, run.points, run.buckets


def check_recipe(recipe: Recipe) -> Recipe:
    if not isinstance(recipe, Recipe):
        raise EngineError(f"recipe={show(recipe)}: expected a Recipe")
    return recipe


def check_examples(x_name: str, x: ArrayLike, y_name: str, y: ArrayLike, network: Network) -> tuple[Floats, Floats]:
    """Own, contiguous, finite copies of x (N, n_inputs) and y (N,) in the network's dtype, or EngineError."""
    inputs = np.array(check_inputs(x, network.n_inputs, network.dtype, x_name), order="C")
    targets = np.array(as_numbers(y_name, y, network.dtype, "numbers of shape (N,)"), order="C")
    if targets.shape != (len(inputs),):
        raise EngineError(
            f"{x_name} has {len(inputs)} rows and {y_name} is of shape {targets.shape}: expected a target for each row"
        )
    if not len(inputs):
        raise EngineError(f"{x_name} is empty: expected at least one example")
    for name, array in ((x_name, inputs), (y_name, targets)):
        if not np.isfinite(array).all():
            raise EngineError(
                f"{name} holds NaN or infinite values in {network.dtype.name}: "
                "expected finite numbers; leave those rows out, or scale the column"
            )
    return inputs, targets
