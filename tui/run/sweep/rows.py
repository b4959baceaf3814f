"""Rows: what came of each run of a sweep, as values that a file can hold."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from engine import EngineError, Network, Population
from engine.outcome import theta_sha256, version
from tui.run.options import Options
from tui.run.plain import finite
from tui.run.sweep.factors import Factor, given, plain
from tui.run.sweep.plan import Setting
from tui.run.sweep.sets import Set

Errors = dict[str, float]  # mse, rmse, mae and for ±1 labels accuracy, in the data's own units
CHECK = ', "check": "'  # what stands in a line before the hash of all that comes before it


@dataclass(frozen=True, slots=True)
class Row:
    """A run that is finished; a number that is not finite is NaN."""

    key: str  # of version and options, see `key_of`
    setting: dict[str, Any]  # the factors by name, as `factors.plain`
    seed: int
    train: Errors
    test: Errors | None  # None where nothing is unseen
    parameters: int
    updates: int
    seconds: float  # of one thread
    diverged: str | None  # what grew too large: "loss", "gradient" or "theta"
    lanes: int  # as Trainer.lanes, on which the last bits depend
    side_by_side: bool  # whether it trained beside others, a model a lane
    theta_sha256: str
    data_sha256: str

    @property
    def unseen(self) -> float:
        """The error by which settings are compared: the unseen RMSE, that of training where nothing is unseen."""
        return (self.train if self.test is None else self.test)["rmse"]

    def flat(self) -> dict[str, Any]:
        """The row of a table: factors, seed, then what came of it."""
        own = plain_fields(self)
        key, setting, train, test = (own.pop(name) for name in ("key", "setting", "train", "test"))
        seed = own.pop("seed")
        errors = {f"train_{name}": value for name, value in train.items()}
        errors |= {f"test_{name}": value for name, value in (test or dict.fromkeys(train)).items()}
        return {**setting, "seed": seed, **errors, **own, "key": key}


FIELDS = {each.name: str(each.type) for each in fields(Row)}


def key_of(options: Options) -> str:
    """What tells a run from all others on the same data: a hash of the program's version and of its options."""
    own = {name: plain(name, value) for name, value in given(options).items()}
    return hashlib.sha256(json.dumps([_version(), own], sort_keys=True).encode()).hexdigest()[:24]


_version = cache(version)  # it is read from a file


def named(factors: Sequence[Factor], setting: Setting) -> dict[str, Any]:
    """The values of a setting by the names of their factors, as a row has them."""
    return {factor.name: plain(factor.name, value) for factor, value in zip(factors, setting, strict=True)}


def rows_of(
    population: Population,
    members: Sequence[int],
    networks: Sequence[Network],
    own: Sequence[dict[str, Any]],
    data: Set,
) -> list[Row]:
    """The rows of members that came to their ends.

    For every member of the population `networks` has how it began, and `own` the key, setting and seed of its row.
    """
    updates, seconds, diverged = population.updates, population.seconds, population.diverged
    dataset, rows = data.dataset, []
    for member in members:
        theta, stopped = population.theta(member), diverged[member]
        fitted = Network.of(networks[member].architecture, theta)
        unseen = None if dataset.x_test is None else dataset.errors(fitted.predict(dataset.x_test), "test")
        row = Row(
            train=dataset.errors(fitted.predict(dataset.x_train), "train"),
            test=unseen,
            parameters=fitted.n_parameters,
            updates=int(updates[member]),
            seconds=float(seconds[member]),
            diverged=None if stopped is None else stopped[1],
            lanes=cpu_lanes(),
            side_by_side=population.lanes,
            theta_sha256=theta_sha256(theta),
            data_sha256=data.sha256,
            **own[member],
        )
        rows.append(row)
    return rows


def cpu_lanes() -> int:
    """How many numbers this machine takes at a time, as `Trainer.lanes`."""
    from numba.core import config

    if config.DISABLE_JIT:
        return 1
    from engine.kernels.emitter import LANES

    return LANES


def plain_fields(row: Row) -> dict[str, Any]:
    """The fields by their names."""
    return {name: getattr(row, name) for name in FIELDS}


def as_line(row: Row) -> str:
    """The row as one line of JSON, without its end, and with a hash by which a damaged one is known."""
    text = json.dumps(finite(plain_fields(row)), allow_nan=False)[:-1]
    return text + _end_of(text)


def from_line(line: str) -> Row:
    """The row of a line. Raises EngineError for what `as_line` did not write."""
    text = line.rpartition(CHECK)[0]
    if line != text + _end_of(text):
        raise EngineError("is no run of a sweep, or was damaged")
    own = json.loads(text + "}")
    for errors in (own["train"], own["test"] or {}):
        errors.update({name: math.nan for name, value in errors.items() if value is None})
    return Row(**own)


def _end_of(text: str) -> str:
    return f'{CHECK}{hashlib.sha256(text.encode()).hexdigest()[:16]}"}}'
