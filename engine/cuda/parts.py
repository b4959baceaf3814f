"""The engine's own formulas as parts of the GPU's code: each is written once, elsewhere, and translated here."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, cast

import numpy as np

from engine import schedules
from engine.activations import KINDS
from engine.cuda import scalars
from engine.cuda.package import part
from engine.kernels import bookkeeping, shuffle
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS

Function = Callable[..., Any]


@functools.cache
def ported(function: Function) -> Function:
    """A function of the engine for the GPU, with those that it calls."""
    python: Any = getattr(function, "py_func", function)
    known = dict(python.__globals__)
    for name in python.__code__.co_names:
        if hasattr(known.get(name), "py_func"):
            known[name] = ported(known[name])
    moved: Any = FunctionType(python.__code__, known, python.__name__)
    return cast(Function, part(moved))


def single(formula: Function) -> Any:
    """A formula whose numbers are float32 and whose NumPy is `scalars`.

    A compiled product of float32 and Python's own number would be float64, which many GPUs do 64 times as slowly.
    """

    def narrow(value: Any) -> Any:
        return np.float32(value) if isinstance(value, float) else value

    code: Any = formula.__code__
    code = code.replace(co_consts=tuple(narrow(value) for value in code.co_consts))
    known = {name: narrow(value) for name, value in formula.__globals__.items()}
    return FunctionType(code, {**known, "np": scalars}, formula.__name__)


def by_code(functions: Sequence[Function]) -> Function:
    """As `kernels.jit.by_code`, on the GPU: one `call(code, ...)` of the function at place `code`."""
    head, *rest = functions
    call, otherwise = CALLS[head.__code__.co_argcount]
    chosen = part(call(part(head)))
    for code, function in enumerate(rest, start=1):
        chosen = part(otherwise(code, part(function), chosen))
    return cast(Function, chosen)


# by the number of arguments, since a closure with *arguments is not compiled everywhere
CALLS: dict[int, tuple[Function, Function]] = {
    1: (
        lambda only: lambda code, a: only(a),
        lambda own, function, other: lambda code, a: function(a) if code == own else other(code, a),
    ),
    3: (
        lambda only: lambda code, a, b, c: only(a, b, c),
        lambda own, function, other: lambda code, a, b, c: function(a, b, c) if code == own else other(code, a, b, c),
    ),
    5: (
        lambda only: lambda code, a, b, c, d, e: only(a, b, c, d, e),
        lambda own, function, other: (
            lambda code, a, b, c, d, e: function(a, b, c, d, e) if code == own else other(code, a, b, c, d, e)
        ),
    ),
}

activation = by_code([single(kind.function) for kind in KINDS.values()])
activation_slope = by_code([single(kind.slope) for kind in KINDS.values()])
loss_value = by_code([single(loss.function) for loss in LOSSES.values()])
loss_slope = by_code([single(loss.slope) for loss in LOSSES.values()])
optimizer_step = by_code([single(optimizer.step) for optimizer in OPTIMIZERS.values()])

# once an update, and so in float64 as on the processor
optimizer_pace = by_code([optimizer.pace for optimizer in OPTIMIZERS.values()])
scheduled_rate = by_code([schedule.function for schedule in schedules.SCHEDULES.values()])
updates_done = part(schedules.updates_done)

epoch_key = ported(shuffle.epoch_key)
example = ported(shuffle.example)
check_is_due = ported(bookkeeping.check_is_due)
record_check = ported(bookkeeping.record_check)
