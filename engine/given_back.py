"""What is given back to a run: moments and curves that it gave, refused where they are not what a run can give.

The kernels write where the counters say, so one that is out of range would reach memory that is not theirs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.architecture import Architecture
from engine.checkpoint import Checkpoint
from engine.errors import LARGEST, EngineError, show, whole
from engine.examples import Examples
from engine.history import Branch, Curves
from engine.recipe import check_recipe
from engine.run import BUCKET_CAPACITY, DIVERGED, FINE, POINT_CAPACITY, STATE

POWERS = ("first_power", "second_power")
SNAPSHOT = "expected a snapshot of a run on the same data"


def check_checkpoint(state: object, own: Architecture, examples: object) -> tuple[Checkpoint, Examples]:
    """A checkpoint that a run of an architecture like our `own` on these examples can have made, or EngineError."""
    if not isinstance(examples, Examples) or (examples.x.shape[1], examples.x.dtype) != (own.n_inputs, own.dtype):
        raise EngineError(f"examples={show(examples)}: expected those of the moment, as Trainer.examples has them")
    if not isinstance(state, Checkpoint) or not isinstance(state.architecture, Architecture):
        raise EngineError(f"state={show(state)}: {SNAPSHOT}")
    if not isinstance(state.branch, Branch):
        raise EngineError(f"branch={show(state.branch)}: {SNAPSHOT}")
    if not isinstance(state.counts, tuple) or len(state.counts) != 2:
        raise EngineError(f"counts={show(state.counts)}: {SNAPSHOT}")
    got, expected = _fit(state.architecture, state.counts), _fit(own, examples.counts)
    if got != expected:
        raise EngineError(f"state of a run on {got}: expected one of a run on {expected}")
    check_recipe(state.recipe)
    whole("seed", state.seed, 0)
    _check_parameters(state.parameters, state.architecture)
    _check_moment(state, examples)
    return state, examples


def check_curves(curves: object) -> Curves:
    """Loss curves that a run can have given, or EngineError."""
    if not isinstance(curves, Curves) or not _is_state(curves.state):
        raise EngineError(f"curves={show(curves)}: expected what take_curves gave")
    points, buckets = (curves.points, POINT_CAPACITY), (curves.buckets, BUCKET_CAPACITY)
    for name, (rows, capacity) in (("points", points), ("buckets", buckets)):
        count = whole(name, int(curves.state[name]), int(name == "points"), capacity - 1)
        if not _is_array(rows, (4, count), np.float64):
            raise EngineError(f"{name}={show(rows)}: expected 4 rows of {count} float64 numbers")
        _check_rising(f"{name}' updates", rows[0])
    _check_rising("points' epochs", curves.points[1])
    for name in ("point_stride", "bucket_size"):
        whole(name, int(curves.state[name]), 1, LARGEST // 2)
    whole("filled", int(curves.state.filled), 0, int(curves.state.bucket_size))
    return curves


def _check_parameters(parameters: Any, architecture: Architecture) -> None:
    size, dtype = architecture.n_parameters, architecture.dtype
    if not isinstance(parameters, tuple) or len(parameters) != 4:
        raise EngineError(f"parameters={show(parameters)}: expected θ, its gradient, and two moments")
    for array in parameters:
        if not _is_array(array, (size,), dtype):
            raise EngineError(f"parameters={show(array)}: expected {size} numbers of {dtype.name}")
    theta, _, *moments = parameters  # the gradient may be that of a batch on which a run diverged
    if not all(np.isfinite(array).all() for array in (theta, *moments)):
        raise EngineError("parameters that are not finite: expected finite θ and moments")
    if (moments[1] < 0).any():
        raise EngineError("parameters with second moments below 0: expected those of squares")


def _check_moment(moment: Checkpoint, examples: Examples) -> None:
    """Where the moment is in its epoch, within the bounds that the kernels rely on."""
    state, (count, unseen) = moment.state, examples.counts
    if not _is_state(state):
        raise EngineError(f"state={show(state)}: {SNAPSHOT}")
    position = whole("position", int(state.position), 0, count - 1)
    bounds = {
        "update": (0, LARGEST),
        "epoch": (0, LARGEST),
        "row": (0, min(moment.recipe.batch_size, count - position)),
        "check_row": (-1, count + unseen),
        "status": (FINE, max(DIVERGED)),
        "filled": (0, LARGEST),
        "gradient_of": (-1, LARGEST),
    }
    for name, (least, most) in bounds.items():
        whole(name, int(state[name]), least, most)
    for name in POWERS:
        if not 0.0 <= state[name] <= 1.0:
            raise EngineError(f"{name}={show(float(state[name]))}: expected a number from 0 to 1")


def _check_rising(name: str, numbers: Any) -> None:
    """Updates or epochs of a curve, among which places are looked up."""
    if not ((numbers >= 0) & (numbers < LARGEST)).all() or (np.diff(numbers) < 0).any():
        raise EngineError(f"{name}={show(numbers)}: expected whole numbers that rise")


def _is_array(values: Any, shape: tuple[int, ...], dtype: Any) -> bool:
    """Not one of a kind of its own, which may say of itself what it likes."""
    return type(values) is np.ndarray and values.shape == shape and values.dtype == dtype


def _is_state(state: Any) -> bool:
    return isinstance(state, np.record) and state.dtype == STATE


def _fit(architecture: Architecture, counts: Any) -> str:
    """What a run must share with another one to go on from its state, in words."""
    train, unseen = counts
    return f"{train} and {unseen} unseen examples (n_inputs={architecture.n_inputs}, {architecture.dtype.name})"
