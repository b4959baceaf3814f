"""The plan of a sweep: which runs there are, by number, without making any of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from engine import EngineError
from engine.errors import LARGEST, whole
from tui.draw.numbers import counted
from tui.run.options import Options
from tui.run.sweep.factors import Factor, Range, with_values

MOST_RUNS = 10**6  # their results stay in memory
CHECKED = 1000  # settings that are all checked before the first run
PATIENCE = 20  # draws without a new setting, for each that was found, until there seem to be no more

Setting = tuple[Any, ...]  # a value of each factor


@dataclass(frozen=True)
class Plan:
    """Every setting with every seed: run r has setting r // len(seeds) and seed r % len(seeds).

    The settings are all combinations of the factors' values, the last factor's changing first, or `draws` drawn ones.
    A factor `seed` is no part of the settings. Raises EngineError for a plan without runs, or with too many.
    """

    options: Options  # all that is no factor
    factors: tuple[Factor, ...] = ()
    seeds: Sequence[int] = (0,)
    draws: int | None = None
    drawn: list[Setting] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        if self.draws is None:
            for factor in self.factors:
                if isinstance(factor.values, Range):
                    raise EngineError(f"--grid {factor.name} has a range: expected a list of values, or --random N")
        elif not self.factors:
            raise EngineError("--random without --grid: expected what to draw, as in --grid lr=0.0001..0.1")
        runs = self.settings * len(self.seeds)
        if runs > MOST_RUNS:
            raise EngineError(
                f"{counted(runs)} runs: expected at most {counted(MOST_RUNS)}; give fewer values or seeds"
            )
        if self.draws is not None:
            self.drawn.extend(draw(self.factors, self.draws, self.options.seed))

    def __len__(self) -> int:
        return self.settings * len(self.seeds)

    @cached_property
    def settings(self) -> int:
        """How many there are."""
        return math.prod(self._counts) if self.draws is None else self.draws

    @cached_property
    def _counts(self) -> tuple[int, ...]:
        return tuple(len(factor.ends()) for factor in self.factors)

    def setting(self, number: int) -> Setting:
        """The values of the factors, of setting 0 to settings − 1."""
        if self.draws is not None:
            return self.drawn[number]
        places = np.unravel_index(number, self._counts) if self.factors else ()
        return tuple(factor.ends()[place] for factor, place in zip(self.factors, places, strict=True))

    def of_setting(self, setting: Setting, seed: int | None = None) -> Options:
        """What `unitfit train` would be given for it; without a seed the first one."""
        values = {factor.name: value for factor, value in zip(self.factors, setting, strict=True)}
        return with_values(self.options, {**values, "seed": self.seeds[0] if seed is None else seed})

    def run(self, number: int) -> Options:
        """What `unitfit train` would be given for a run, 0 to len − 1."""
        setting, seed = divmod(number, len(self.seeds))
        return self.of_setting(self.setting(setting), self.seeds[seed])

    def probes(self) -> Iterator[Options]:
        """What to check before the first run: all settings, of many each value beside the first others."""
        if self.settings <= CHECKED:
            yield from (self.of_setting(self.setting(number)) for number in range(self.settings))
            return
        first = tuple(factor.ends()[0] for factor in self.factors)
        yield self.of_setting(first)
        for place, factor in enumerate(self.factors):
            for value in factor.ends()[1:]:
                yield self.of_setting((*first[:place], value, *first[place + 1 :]))


def make_plan(options: Options, factors: Sequence[Factor], seeds: int | None, draws: int | None) -> Plan:
    """The plan of these factors; `seeds` of them from the options' own on, or those that a factor lists.

    Raises EngineError for factors, seeds or draws that do not go together.
    """
    names = [factor.name for factor in factors]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise EngineError(
            f"--grid {twice} is given twice: expected all its values in one list, with commas between them"
        )
    listed = next((factor.values for factor in factors if factor.name == "seed"), None)
    if seeds is not None and listed is not None:
        raise EngineError(f"--seeds={seeds} with --grid seed: expected one of them")
    if isinstance(listed, Range):
        raise EngineError("--grid seed has a range: expected a list, or --seeds N for the N from --seed on")
    if draws is not None:
        whole("--random", draws, 1)
    first = whole("seed", options.seed, 0, LARGEST)
    most = min(LARGEST, LARGEST - first + 1)
    own = listed or range(first, first + whole("--seeds", 1 if seeds is None else seeds, 1, most))
    return Plan(options, tuple(factor for factor in factors if factor.name != "seed"), own, draws)


def draw(factors: Sequence[Factor], draws: int, seed: int) -> Iterator[Setting]:
    """Different settings, of which more draws only add to fewer. Raises EngineError if there are not so many."""
    seen: set[Setting] = set()
    generator = np.random.default_rng(seed)
    in_vain = 0
    while len(seen) < draws and in_vain <= PATIENCE * len(seen):
        setting = tuple(factor.draw(generator) for factor in factors)
        if setting in seen:
            in_vain += 1
            continue
        in_vain = 0
        seen.add(setting)
        yield setting
    if len(seen) == draws:
        return
    raise EngineError(
        f"--random={draws}: expected at most {len(seen)}, as no more different settings were found; or wider ranges"
    )
