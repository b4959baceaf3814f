"""Stranger things than `junk` has, drawn at random, and calls that its table has no place for."""

from __future__ import annotations

import copy
import datetime
import pickle
from collections import UserList
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

import data
from benchmarks.rough.junk import JUNK, Calls, WithRepr, X, Y, edited, population, story, trainer
from engine import Checkpoint, EngineError, Experiment, Trainer, edits
from engine.run import STATE

DTYPES = ("?", "i1", "u8", "f2", "f4", "f8", "g", "c16", "O", "U3", "S2", "M8[D]", "m8[s]", "V4", ">f8", ">i4")
DTYPES += ("f4,i2", "M8[ns]")
SHAPES = ((), (0,), (1,), (12,), (12, 1), (1, 12), (12, 2), (0, 1), (12, 0), (3, 2, 2), (1,) * 9)
ANSWERS = (10**400, -1, 2**63, 3, 0, float("nan"), float("inf"), "3", None, [], b"", 1j)


class Hostile:
    """Answers all that Python may ask of it with the same thing, or with an error."""

    def __init__(self, answer: Any, raises: bool) -> None:
        self.answer, self.raises = answer, raises

    def _answer(self, *asked: Any, **named: Any) -> Any:
        if self.raises:
            raise ValueError("nothing to say")
        return self.answer

    __len__ = __float__ = __int__ = __index__ = __array__ = __repr__ = __str__ = __bool__ = __iter__ = _answer
    __getitem__ = __eq__ = __hash__ = __fspath__ = __complex__ = __contains__ = __lt__ = _answer  # type: ignore


class Sub(np.ndarray[Any, Any]):
    """An array of another class."""


def strange(draw: Random, depth: int = 3) -> Any:
    """Anything."""
    kind = draw.randrange(8)
    if kind < 3 or not depth:
        return draw.choice(JUNK)
    if kind == 3:
        return array(draw)
    if kind == 4:
        return Hostile(draw.choice(ANSWERS), draw.random() < 0.3)
    if kind == 5:
        return draw.choice(FINE)
    if kind == 6:
        return draw.choice(OTHERS)
    parts = [strange(draw, depth - 1) for _ in range(draw.choice((0, 1, 2, 12)))]
    whole = draw.choice((list, tuple, UserList, iter, lambda own: dict(enumerate(own)), lambda own: [own]))
    return whole(parts)


def array(draw: Random) -> Any:
    """An array of any numbers, shape, strides and class."""
    shape, dtype = draw.choice(SHAPES), draw.choice(DTYPES)
    noise = np.random.default_rng(draw.randrange(2**32))
    with np.errstate(all="ignore"):
        values = noise.integers(0, 256, (*shape, np.dtype(dtype).itemsize or 1), np.uint8)
        plain = noise.standard_normal(shape).astype("f8")
        own = np.frombuffer(values.tobytes(), dtype).reshape(shape) if dtype not in ("O", "U3") else plain.astype(dtype)
    changes: tuple[Callable[[Any], Any], ...] = (
        lambda own: own,
        lambda own: own[..., ::-1] if own.ndim else own,
        lambda own: own.T,
        lambda own: np.broadcast_to(own, (2, *own.shape)),
        lambda own: np.ma.masked_array(own, mask=True),
        lambda own: own.view(Sub),
        lambda own: np.asfortranarray(own),
        lambda own: np.lib.stride_tricks.as_strided(own, strides=(0,) * own.ndim),
        lambda own: memoryview(np.zeros(12)),
    )
    return draw.choice(changes)(own)


FINE = [
    "relu", "train", "test", "adam", 1, 0, 2, 5, 11, 12, 13, 100, 10**5, -7, 0.5, 1e-3, (1.0,), [0], ["relu"],
    [["relu"]], X, Y, None, True,
]  # fmt: skip
OTHERS = [
    UserList(["relu"]), "relu\n", "RELU", " relu", "3:relu", "9" * 5000, "1e999:relu", ("relu", 1), b"\xff", -0.0,
    datetime.date(1, 1, 1), np.datetime64("NaT", "D"), np.ma.masked, Ellipsis, NotImplemented, object(), type, len,
    Path("x"), WithRepr("x"), slice(3), frozenset({1}), bytearray(b"3"), -(2**63), 0.1 + 0.2j,
    np.float16("inf"), np.longdouble("nan"), np.int8(-1), np.str_("relu"), np.bytes_(b"relu"), np.void(b"abcd"),
    X.astype("f4"), X[::-1], np.asfortranarray(X), Y.astype(object), np.where(Y > 0.5, np.nan, Y), Y * 1e300, Y[:0],
    np.ma.masked_array(Y, Y > 0.5), X.astype("f2"), np.repeat(X, 2, 1)[:, :1],
]  # fmt: skip


def restored(*given: Any) -> None:
    """A run that goes on from a checkpoint of which some fields are others."""
    run = trainer()
    run.restore(Checkpoint(*given))
    run.step(3)


def with_parameters(*given: Any) -> None:
    """The same with other arrays."""
    run = trainer()
    run.restore(replace(run.snapshot(), parameters=given))
    run.step(3)


def with_counter(name: str, value: Any) -> None:
    """The same with another counter."""
    run = trainer()
    run.step(5)
    state = run.snapshot()
    try:
        state.state[name] = value
    except Exception:
        return  # NumPy's own refusal
    run.restore(state)
    run.step(3)


def copied(way: Any, updates: Any) -> None:
    """A copy goes on, and so does what it is of."""
    run = trainer()
    run.step(3)
    ways = (copy.copy, copy.deepcopy, lambda own: pickle.loads(pickle.dumps(own)))
    other = ways[way % 3 if isinstance(way, int) else 1](run)
    run.step(2)
    other.step(updates)
    other.apply(edits.AddUnit("relu"))
    run.step(2)
    other.step(2)


def adopted(*given: Any) -> None:
    run = story()
    run.adopt(*given)
    run.step(2)


def in_turn(*given: Any) -> None:
    """Several things with the same run, one after the other, whatever became of those before."""
    run = Experiment(trainer())
    calls = (run.step, run.goto, lambda own: run.apply(edits.AddUnit(own)), run.run, run.trainer.restore)
    for number, own in enumerate(given):
        with suppress(EngineError):
            calls[number % len(calls)](own)
    run.step(1)


def kept() -> tuple[Any, ...]:
    """The fields of a checkpoint."""
    state = trainer().snapshot()
    return tuple(getattr(state, field.name) for field in fields(Checkpoint))


def sine(method: str) -> Callable[..., Any]:
    return lambda *given: getattr(data.load("sine", n=30), method)(*given)


SINE = data.load("sine", n=30)
MOMENT = ((0, 0), (trainer().snapshot().parameters, trainer().snapshot().state), trainer().take_curves())

MORE: Calls = {
    "Checkpoint": (restored, kept()),
    "Checkpoint.parameters": (with_parameters, trainer().snapshot().parameters),
    **{f"Checkpoint.{name}": (partial(with_counter, name), (7,)) for name in STATE.names or ()},
    "copies": (copied, (1, 3)),
    "Experiment.adopt": (adopted, MOMENT),
    "Experiment in turn": (in_turn, (3, 0, "relu", 1, trainer().snapshot(), 2, 1)),
    "Experiment.after": (lambda update: story().after(update), (0,)),
    "Experiment.near": (lambda position: story().near(position), ((0, 0),)),
    "Experiment.fill": (lambda seconds: story().fill(seconds), (0.001,)),
    "Experiment.left": (lambda tail: story().left(tail), (None,)),
    "Trainer.predict": (lambda x: trainer().predict(x), (X,)),
    "Trainer.theta": (lambda theta: setattr(trainer(), "theta", theta), (trainer().theta,)),
    "Trainer.apply": (lambda edit: trainer().apply(edit), (edits.AddUnit("relu"),)),
    "Trainer.add_unit": (lambda *given: trainer().add_unit(*given), ("relu", 0)),
    "Trainer.remove_unit": (lambda *given: trainer().remove_unit(*given), (0, 1)),
    "Trainer.add_layer": (lambda kinds: trainer().add_layer(kinds), (["relu"],)),
    "Trainer.remove_layer": (lambda layer: trainer().remove_layer(layer), (0,)),
    "Population[member]": (lambda member: population()[member], (1,)),
    "Population.history": (lambda member: population().history(member), (1,)),
    "Trainer of two": (lambda *given: Trainer(*given).run(1), (trainer().network, X, Y)),
    "SetRecipe in words": (edited(edits.SetRecipe), (None,)),
    "data.load": (data.load, ("sine", None, None, None, None, 0, 50, 0.1, None)),
    "data.load of a table": (data.load, ("concrete", None, None, None, 0.2, 0)),
    "data.load of lags": (data.load, ("chicago", None, None, 7, 0.2)),
    "data.describe": (data.describe, ("no such file", None, None, None, None)),
    "data.about": (data.about, ("sine",)),
    "Dataset.scale": (sine("scale"), (SINE.x_train,)),
    "Dataset.unscale_x": (sine("unscale_x"), (SINE.x_train,)),
    "Dataset.unscale": (sine("unscale"), (SINE.y_train,)),
    "Dataset.errors": (sine("errors"), (SINE.y_train, "train")),
}
