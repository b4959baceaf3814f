"""Factors: the options that a sweep gives other values, and these values as people write them."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from engine import EngineError, Recipe
from engine.errors import clean, one_of, show
from engine.notation import format_layer, parse_layers
from engine.recipe import BY_FLAG
from tui.run.options import SAME, SOURCE, USUAL, Options

BETWEEN = ".."
DIGITS = 6  # of a drawn number, so that a person can type it
LOGARITHMIC = 10  # ends that differ by this factor have what is between them drawn evenly by its logarithm
TRUTHS = {"true": True, "yes": True, "false": False, "no": False}


def number(kind: type, name: str, text: str) -> Any:
    """A number of an option, or EngineError."""
    try:
        value = kind(text)
        if math.isfinite(value):
            return value
    except (ValueError, OverflowError):
        pass
    raise EngineError(f"{name}={show(text)}: expected a {'whole ' * (kind is int)}number")


def truth(name: str, text: str) -> bool:
    if text.lower() not in TRUTHS:
        raise EngineError(f"{name}={show(text)}: expected true or false")
    return TRUTHS[text.lower()]


def some_text(name: str, text: str) -> str:
    if not text:
        raise EngineError(f"{name}=: expected a value")
    return text


def some_layers(name: str, text: str) -> Any:
    return parse_layers([part.strip() for part in text.split("/")])


def some_columns(name: str, text: str) -> tuple[str, ...]:
    return (some_text(name, text),)


NUMBERS: Mapping[type, Callable[[str, str], Any]] = {int: partial(number, int), float: partial(number, float)}
PARSERS: dict[str, Callable[[str, str], Any]] = {
    **dict.fromkeys(("data", "target", "init", "device"), some_text),
    **dict.fromkeys(("lags", "data-seed", "n", "points", "seed"), NUMBERS[int]),
    **dict.fromkeys(("test-fraction", "noise"), NUMBERS[float]),
    "no-header": truth,
    "features": some_columns,
    "layer": some_layers,
    **{flag: NUMBERS.get(type(getattr(Recipe(), name)), some_text) for flag, name in BY_FLAG.items()},
}  # every option that changes what comes out, by its name; the number of threads does not
OF_DATA = (*SOURCE, "points")  # those that change the data


@dataclass(frozen=True, slots=True)
class Range:
    """What lies between two ends, which belong to it; `whole`: only whole numbers do."""

    low: float
    high: float
    whole: bool

    def at(self, share: float) -> float:
        """The value at a share of the way, 0 to 1: evenly by its logarithm where the ends differ much."""
        if self.low > 0 and self.high >= LOGARITHMIC * self.low:
            value = self.low * (self.high / self.low) ** share
        else:
            value = self.low + (self.high - self.low) * share
        kept = round(value) if self.whole else float(f"{value:.{DIGITS}g}")
        return type(kept)(min(max(kept, self.low), self.high))


@dataclass(frozen=True, slots=True)
class Factor:
    """An option by its name, and what it is to be: a list of values as `Options` take them, or a range."""

    name: str
    values: tuple[Any, ...] | Range

    def ends(self) -> tuple[Any, ...]:
        """All values, of a range the two ends: what can be checked before anything is drawn."""
        return (self.values.at(0.0), self.values.at(1.0)) if isinstance(self.values, Range) else self.values

    def draw(self, generator: np.random.Generator) -> Any:
        """One of the values, each as likely as the others."""
        if isinstance(self.values, Range):
            return self.values.at(generator.random())
        return self.values[generator.integers(len(self.values))]


def parse_factor(specification: str) -> Factor:
    """A factor as `--grid` takes it. Raises EngineError for what is none.

    >>> parse_factor("layer=none,100:relu/100:relu").values
    ((), (('relu', …), ('relu', …)))
    """
    name, equals, text = (part.strip() for part in specification.partition("="))
    if not equals:
        raise EngineError(f"--grid {clean(specification)}: expected an option and its values, as in lr=0.001,0.003")
    if name == "threads":
        raise EngineError("--grid threads: no result depends on the threads; expected another option")
    one_of("--grid", name, PARSERS)
    if not text:
        raise EngineError(f"--grid {name}=: expected at least one value, as in {name}=A,B")
    if BETWEEN in text and PARSERS[name] in NUMBERS.values():
        return Factor(name, _parse_range(name, text))
    values = tuple(PARSERS[name](f"--grid {name}", part.strip()) for part in _parts(name, text))
    twice = next((value for place, value in enumerate(values) if value in values[:place]), None)
    if twice is not None:
        raise EngineError(f"--grid {name}: {plain(name, twice)} stands there twice; expected each value once")
    return Factor(name, values)


def _parts(name: str, text: str) -> list[str]:
    try:
        return next(csv.reader([text], skipinitialspace=True, strict=True))
    except csv.Error:
        raise EngineError(
            f'--grid {name}={show(text)}: expected values with commas between them, one with a comma in quotes: "a,b",c'
        ) from None


def _parse_range(name: str, text: str) -> Range:
    low, _, high = text.partition(BETWEEN)
    if high.startswith("."):  # three points, or one of a number
        raise EngineError(f"--grid {name}={clean(text)}: expected two points between the ends, as in {name}=1..10")
    ends = [PARSERS[name](f"--grid {name}", end.strip()) for end in (low, high)]
    if not ends[0] < ends[1]:
        raise EngineError(f"--grid {name}={clean(text)}: expected the smaller end first, as in {name}=1..10")
    return Range(ends[0], ends[1], whole=PARSERS[name] is NUMBERS[int])


def with_values(options: Options, values: Mapping[str, Any]) -> Options:
    """The options with other values of some of them, by their names."""
    training = {name: value for name, value in values.items() if name in BY_FLAG}
    others = {SOURCE.get(name, name): value for name, value in values.items() if name not in BY_FLAG}
    return replace(options, training={**options.training, **training}, **others)


def given(options: Options) -> dict[str, Any]:
    """What differs from the defaults, by the names of the options; the number of threads is left out."""
    own = {**SOURCE, **{name: name for name in SAME if name != "threads" and name not in SOURCE}}
    values = {option: getattr(options, field) for option, field in own.items()}
    different = {option: value for option, value in values.items() if value != getattr(USUAL, own[option])}
    usual = Recipe()
    return different | {
        flag: value
        for flag, value in options.training.items()
        if flag == "lr" or value != getattr(usual, BY_FLAG[flag])  # the usual rate depends on the data
    }


def plain(name: str, value: Any) -> Any:
    """The value as a number, a truth or the text that `--grid` takes."""
    if name == "layer" and value is not None:
        return "/".join(map(format_layer, value)) or "none"
    return ",".join(value) if name == "features" and value is not None else value


def arguments(options: Options) -> list[str]:
    """The arguments of `unitfit train` that these options are."""
    words: list[str] = []
    for name, value in given(options).items():
        match name:
            case "no-header":
                words.append("--no-header")
            case "features":
                words += (word for column in value for word in ("--features", column))
            case "layer":
                words += (word for layer in plain(name, value).split("/") for word in ("--layer", layer))
            case _:
                words += (f"--{name}", str(value))
    return words
