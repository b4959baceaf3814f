"""The losses of a run over its epochs as they are drawn: a long curve in stretches, each with mean and extremes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tui.run.facts import Evidence, Facts, Losses, Request, past_of
from tui.run.measure import measure_of


@dataclass(frozen=True, slots=True)
class Curve:
    """Whole-set losses in the unit of `measure_of`: arrays of equal length, in the order of the epochs."""

    epoch: np.ndarray  # (K,) float64: epochs done, with fractions
    train: np.ndarray  # (K,) float64: the mean of each stretch
    test: np.ndarray | None  # (K,) float64; None where nothing is unseen
    spans: tuple[np.ndarray, ...] = ()  # (2, K) of train, and of test: the least and the greatest of each stretch


@dataclass(frozen=True, slots=True)
class LossCurve(Request[Curve]):
    """The losses since they are of the present kind, in at most this many stretches, and last those of now."""

    points: int

    def answer(self, facts: Facts) -> Curve:
        past = past_of(facts.evidence)
        return _curve(facts, past.start, past.stop, self.points)


@dataclass(frozen=True, slots=True)
class LossAhead(Request["Curve | None"]):
    """As LossCurve, of what was recorded later than this moment, which it begins with; None where nothing was."""

    points: int

    def answer(self, facts: Facts) -> Curve | None:
        evidence = facts.evidence
        ends = np.searchsorted(evidence.history.update, (evidence.update, evidence.until), side="right")
        first, last = ends.tolist()
        return None if first == last else _curve(facts, first, last, self.points, ahead=True)


def _curve(facts: Facts, first: int, last: int, most: int, ahead: bool = False) -> Curve:
    """The history's points first … last − 1 in at most this many stretches, then the moment itself, or before them."""
    evidence, (train, test) = facts.evidence, facts.of(Losses())
    history, starts = evidence.history, _starts(len(evidence.history.update), most)
    starts = np.append(first, starts[(starts > first) & (starts < last)])[: last - first]
    place = 0 if ahead else len(starts)
    epoch = np.add.reduceat(history.epoch[:last].astype(np.float64), starts) / np.diff(starts, append=last)
    lines = [_line(evidence, history.train[:last], starts, place, train)]
    if test is not None:
        lines.append(_line(evidence, history.test[:last], starts, place, test))
    return Curve(
        epoch=np.insert(epoch, place, evidence.progress),
        train=lines[0][0],
        test=None if test is None else lines[1][0],
        spans=tuple(line[1:] for line in lines),
    )


def _line(evidence: Evidence, losses: np.ndarray, starts: np.ndarray, place: int, now: float) -> np.ndarray:
    """(3, K): mean, least and greatest loss of the stretches that begin at `starts`, with that of now at a place."""
    with np.errstate(all="ignore"):
        mean = np.add.reduceat(losses, starts) / np.diff(starts, append=len(losses))
        line = np.array([mean, np.fmin.reduceat(losses, starts), np.fmax.reduceat(losses, starts)])
        shown: np.ndarray = measure_of(evidence.recipe, evidence.dataset).shown(line, evidence.dataset.y_scale)
    return np.insert(shown, place, now, axis=1)


@lru_cache(16)
def _starts(points: int, most: int) -> np.ndarray:
    """Where the stretches of a history of so many points begin: at single points at first, evenly in the end.

    So the first epochs are as clear as the whole, on an axis that gives them more room.
    """
    if points <= most:
        return np.arange(points)
    density = np.maximum(1.0 / (1.0 + np.arange(points) / (most / 8)), most / 2.5 / points)
    place = np.cumsum(density) * min(1.0, most / density.sum())
    return np.flatnonzero(np.diff(np.floor(place - 1e-9), prepend=-1.0))
