"""`load`: from a name or a file to a data set."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from data.catalog import Shipped, csv_of, shipped, words
from data.dataset import PLAIN_LABELS, Dataset, Kind
from data.errors import DataError, choice, clean, listed, real, show, whole
from data.examples import Examples
from data.generators import GENERATED, Generated
from data.levels import flag_name
from data.reading import read_examples
from data.scaling import fit_scaling, varies
from data.sources import EXPECTED, as_path, exists
from data.split import split_at_random, split_by_time, unseen_count
from data.steps import year_of
from data.tables import read_shipped, read_table

FEWEST_GENERATED = 10
MOST_GENERATED = 10**6
LARGEST_NOISE = 1e6


def names() -> tuple[str, ...]:
    """The data sets that `load` knows by name: shipped ones, then generated ones."""
    return (*shipped(), *GENERATED)


def about(name: str) -> str:
    """What one of `names()` is, in a few words. Raises DataError for another name."""
    if not isinstance(name, str) or name not in names():
        raise choice("data", name, names())
    return GENERATED[name].about if name in GENERATED else shipped()[name].about


def load(
    name_or_path: str | os.PathLike[str],
    target: str | None = None,
    features: Sequence[str] | None = None,
    lags: int | None = None,
    test_fraction: float | None = None,
    seed: int = 0,
    n: int | None = None,
    noise: float | None = None,
    header: bool | None = None,
) -> Dataset:
    """A data set by its name, or from the table in a file ("-": standard input), split and scaled.

    A table's target is its last numeric column unless named, its features the other numeric ones and words of few
    values as 0 and 1; with `lags` = K they are the target's own past, lags 1…K, yesterday first, as they are for a
    table of dates and one number. A target of two values becomes ±1; `column=value` is one of more against the rest.
    Of dated rows and of lags the last ones are unseen, of others some drawn by `seed`: `test_fraction` of them, by
    default the years that the set names, or a fifth. Generated sets take `n` examples and `noise`, a standard
    deviation. `header`: whether a table's first row has names, None to look. What is guessed or left out is a notice.
    Raises DataError for what cannot be used.
    """
    seed = whole("seed", seed, 0)
    if lags is not None:
        lags = whole("lags", lags, 1)
        if features is not None:
            raise DataError(f"lags={lags} with features: expected one of them, for lags make features of the target")
    if test_fraction is not None:
        test_fraction = real("test_fraction", test_fraction, 0, 1)
    name = as_path(name_or_path)
    frozen_features = tuple(features) if isinstance(features, list) else features  # others are refused where used
    options = {
        "name_or_path": name, "target": target, "features": frozen_features,
        "lags": lags, "test_fraction": test_fraction, "seed": seed, "n": n, "noise": noise,
        "header": header,
    }  # fmt: skip
    if name in GENERATED:
        refuse(name, "a generated set", target=target, features=features, lags=lags, header=header)
        return generate(name, GENERATED[name], options)
    refuse(name, "a table", n=n, noise=noise)
    if name in shipped():
        refuse(name, "a table with a header", header=header)
        return load_shipped(name, shipped()[name], options)
    there = exists(name)
    if not there and (os.sep in name or os.path.splitext(name)[1]):
        raise DataError(f"data={show(name)}: there is no such file; expected {EXPECTED}, or a set's name")
    if not there:
        raise choice("data", name, names(), f", or {EXPECTED}")
    table = read_table(name, header)
    examples = read_examples(table, target, features, lags)
    name, source = table.name, f"{table.name}, {table.rows} rows"
    del table  # its text takes as much memory as the examples
    return assemble(name, source, examples, options)


def refuse(name: str, what: str, **given: object) -> None:
    for option, value in given.items():
        if value is not None:
            raise DataError(
                f"{option}={show(value)}: {clean(name)} is {what}, expected no {option} with it; leave it out"
            )


def generate(name: str, generated: Generated, options: dict[str, Any]) -> Dataset:
    """A generated set with the options' n, noise and seed."""
    n = generated.n if options["n"] is None else whole("n", options["n"], FEWEST_GENERATED, MOST_GENERATED)
    noise = generated.noise if options["noise"] is None else real("noise", options["noise"], 0, LARGEST_NOISE)
    x, y = generated.draw(np.random.default_rng([options["seed"], 0]), n, noise)
    target = "y" if len(generated.features) == 1 else "label"
    examples = Examples(x, y, None, None, generated.features, target, (), ())
    source = f"generated: {generated.about}; noise {noise:g}"
    return assemble(name, source, examples, options, truth=generated.truth)


def load_shipped(name: str, entry: Shipped, options: dict[str, Any]) -> Dataset:
    """A shipped set; what is not asked for is as its entry in the catalog says."""
    target, features, lags = options["target"], options["features"], options["lags"]
    usual = target is None or (isinstance(target, str) and target == entry.target)
    as_given = usual and features is None and lags is None
    if features is None and lags is None:
        lags, features = entry.lags, entry.features if usual else None
    years = None if entry.train_years is None else (entry.train_years[0], entry.train_years[1] + 1)
    if usual:
        target = entry.target if entry.positive is None else flag_name(entry.target, entry.positive)
    examples = read_examples(read_shipped(csv_of(name), name), target, features, lags, years)
    if as_given:
        examples = replace(examples, notices=())
    unseen = None
    if entry.train_years is not None and examples.times is not None and options["test_fraction"] is None:
        unseen = int((year_of(examples.times) > entry.train_years[1]).sum())
    return assemble(name, entry.source, examples, options, unseen, column_words=entry.columns)


def assemble(
    name: str,
    source: str,
    examples: Examples,
    options: dict[str, Any],
    unseen: int | None = None,
    truth: Any = None,
    column_words: Mapping[str, tuple[str, str]] | None = None,
) -> Dataset:
    """Split the examples, `unseen` of them or the fraction in the options, and scale them by the training rows."""
    if unseen is None:
        unseen = unseen_count(name, len(examples.y), options["test_fraction"])
    if examples.in_time or examples.lags:
        train, test = split_by_time(len(examples.y), unseen)
    else:
        train, test = split_at_random(len(examples.y), unseen, options["seed"])
    if examples.guessed:
        examples = varying(examples, train)
    x, y, times = examples.x, examples.y, examples.times
    labels = bool((np.abs(y) == 1).all() and y.min() < y.max())
    scaling = fit_scaling(x[train], y[train], examples.features, examples.target, labels=labels)

    def scaled(rows: Any) -> tuple[Any, Any]:
        with np.errstate(over="ignore"):
            targets = np.ascontiguousarray((y[rows] - scaling.y_offset) / scaling.y_scale, np.float32)
        scaled = scaling.scale(x[rows])
        if not (np.isfinite(scaled).all() and np.isfinite(targets).all()):
            raise DataError(f"{name} has unseen values that are too far from those that train: leave them out")
        return frozen(scaled), frozen(targets)

    x_train, y_train = scaled(train)
    x_test, y_test = scaled(test) if unseen else (None, None)
    target_label, target_unit = words(examples.target, column_words or {})
    if examples.lags:
        feature_words = [(f"lag {lag}", target_unit) for lag in examples.lags]
    else:
        feature_words = [words(feature, column_words or {}) for feature in examples.features]
    return Dataset(
        name=name,
        source=source,
        kind=kind_of(examples),
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
        feature_names=examples.features,
        feature_labels=tuple(label for label, _ in feature_words),
        feature_units=tuple(unit for _, unit in feature_words),
        target_name=examples.target,
        target_label=target_label,
        target_unit=target_unit,
        labels=labels,
        label_names=examples.labels or PLAIN_LABELS,
        in_time=examples.in_time or bool(examples.lags),
        lags=examples.lags,
        period=examples.period,
        times_train=None if times is None else frozen(times[train]),
        times_test=None if times is None or not unseen else frozen(times[test]),
        x_offset=frozen(scaling.x_offset),
        x_factor=frozen(scaling.x_factor),
        y_offset=scaling.y_offset,
        y_scale=scaling.y_scale,
        truth=truth,
        notices=examples.notices,
        options=options,
    )


def varying(examples: Examples, train: Any) -> Examples:
    """Without the features that nobody asked for and that are the same in every training row, with a notice."""
    kept = varies(examples.x[train])
    if kept.all() or not kept.any():
        return examples
    names = [name for name, varied in zip(examples.features, kept, strict=True) if not varied]
    features = tuple(name for name, varied in zip(examples.features, kept, strict=True) if varied)
    notice = f"left out: {listed(names)} (always the same where it trains)"
    return replace(examples, x=examples.x[:, kept], features=features, notices=(*examples.notices, notice))


def kind_of(examples: Examples) -> Kind:
    """How the fit is best shown."""
    if examples.lags:
        return "series"
    if len(examples.features) == 1:
        return "curve"
    if examples.times is not None:
        return "series"
    return "plane" if len(examples.features) == 2 else "table"


def frozen(array: Any) -> Any:
    """The array, read-only: data sets are shared between threads."""
    array.flags.writeable = False
    return array
