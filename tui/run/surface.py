"""What view 4 asks: the loss as a map over two parameters, or over the plane of the trail, and along −g."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import Network
from engine.opened import backward
from engine.surface import Landscape, main_directions
from tui.draw.axes import Axis, columns_a_tick, linear, rows_a_tick
from tui.run.choice import OUTPUT_BIAS, Choice, index_of
from tui.run.facts import Evidence
from tui.run.measure import measure_of
from tui.run.others import full_batch, other_starts
from tui.run.workbench import Heavy

PAIR_WORK, PLANE_WORK, LINE_WORK = 2e8, 4e8, 1e8  # multiply-adds, roughly, that a map, a plane and a line may take
COARSEST = (12, 9)  # places across and up
SAMPLES = 60  # along −g
LEAST_SPAN, MARGIN = 1.0, 0.25  # of an axis; beyond the trail, as a share of its length
DOUBLINGS = 24  # of the step along −g, up to which its end is looked for
Axes = tuple[int, int]


def usual_axes(chosen: Choice, network: Network) -> Axes:
    """b and c of the chosen unit; what is nearest to that where a unit has no c, or where there are no units."""
    layer, unit = chosen.layer, chosen.unit
    if not network.layers:
        return network.index(0, 0, "w"), network.index(0, 0, "b")
    if unit == OUTPUT_BIAS:
        layer = len(network.layers) - 1
        return network.index(len(network.layers), 0, "b"), network.index(layer, 0, "c")
    outgoing = index_of(Choice(layer, unit, part="c"), network)
    if outgoing is None:
        return network.index(layer, unit, "w", chosen.source), network.index(layer, unit, "b")
    return network.index(layer, unit, "b"), outgoing


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The loss along one plain step of −g, as it is shown."""

    rates: np.ndarray  # (S,) η from 0 on
    losses: np.ndarray  # (S,)
    rate: float  # the recipe's own
    lands: float  # the loss that a step with it comes to
    best: float  # the rate with the least loss
    least: float


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A map of the loss around one moment, in the measure in which losses are shown."""

    network: Network
    update: int
    axes: Axes | None  # None: the plane of the trail
    across: np.ndarray  # (n_parameters,) the direction of x, and that of y
    up: np.ndarray
    centre: np.ndarray  # (n_parameters,) the place of (0, 0)
    share: float  # how much of the trail's motion the plane holds
    x: Axis
    y: Axis
    losses: np.ndarray  # (2 · rows, columns) at the middles of half cells, from the top
    lowest: tuple[float, float, float]  # x, y and the loss there
    here: float  # the loss of this moment
    line: Line | None  # None where the gradient is 0
    starts: tuple[np.ndarray, ...] = ()  # the ways (K, n_parameters) of runs from other random starts
    full: tuple[np.ndarray, ...] = ()  # that of a run with full batches

    def spots(self, thetas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x (K,) and y (K,) of places θ (K, n_parameters)."""
        away = thetas - self.centre
        return away @ self.across, away @ self.up


@dataclass(frozen=True, slots=True)
class SurfaceOf(Heavy[Surface]):
    """The map for this many cells, over two parameters, or with no axes over the plane of the trail."""

    axes: Axes | None
    plane: bool
    columns: int
    rows: int
    closer: int  # how often the map was halved; below 0: doubled
    starts: int = 0  # updates for which runs from other random starts are trained beside it
    full: int = 0  # updates of the run beside which one with full batches is trained

    def like(self, other: Heavy[Any]) -> bool:
        """One of the same size: it says itself what lies on its axes."""
        return isinstance(other, SurfaceOf) and (other.columns, other.rows) == (self.columns, self.rows)

    def work(self, evidence: Evidence) -> Surface:
        network, dataset, recipe = evidence.network, evidence.dataset, evidence.recipe
        theta = network.theta.astype(np.float64)
        landscape = Landscape(network.architecture, theta, dataset.x_train, dataset.y_train, recipe.loss)
        thetas = np.array([stop.theta for stop in (*evidence.path.past, *evidence.path.ahead)] + [theta], np.float64)
        axes = None if self.plane else self._axes(evidence)
        if axes is None:
            (across, up, share), centre = main_directions(thetas), theta
        else:
            across, up, centre, share = _unit(axes[0], theta), _unit(axes[1], theta), np.zeros_like(theta), 1.0
        starts, full = self._beside(evidence)
        thetas = np.concatenate((thetas, *starts, *full))
        spots, here = (thetas - centre) @ np.stack((across, up)).T, (theta - centre) @ np.stack((across, up)).T
        x, y = self._frame(spots, here)
        us, vs, losses = self._losses(landscape, axes, across, up, x, y)
        shown = measure_of(recipe, dataset).shown
        row, column = np.unravel_index(np.nanargmin(np.where(np.isfinite(losses), losses, np.inf)), losses.shape)
        fine = _spread(shown(losses, dataset.y_scale), us, vs, x, y, self.columns, self.rows)
        return Surface(
            network=network,
            update=evidence.update,
            axes=axes,
            across=across,
            up=up,
            centre=centre,
            share=share,
            x=x,
            y=y,
            losses=fine,
            lowest=(float(us[column]), float(vs[row]), float(shown(losses[row, column], dataset.y_scale))),
            here=float(shown(landscape.at(theta), dataset.y_scale)),
            line=_line(landscape, evidence),
            starts=starts,
            full=full,
        )

    def _beside(self, evidence: Evidence) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
        """The ways of the runs that are trained beside this one."""
        own = evidence.dataset, evidence.network.architecture, evidence.recipe
        starts = other_starts(*own, self.starts) if self.starts else ()
        return starts, (full_batch(*own, self.full),) if self.full else ()

    def _axes(self, evidence: Evidence) -> Axes:
        size = evidence.network.n_parameters
        if self.axes is None or max(self.axes) >= size:
            return usual_axes(evidence.chosen, evidence.network)
        return self.axes

    def _frame(self, spots: np.ndarray, here: np.ndarray) -> tuple[Axis, Axis]:
        """Axes that hold the whole trail, or where they were brought closer, its surroundings of now."""
        ends = np.stack((spots.min(axis=0), spots.max(axis=0)))
        span = np.maximum((ends[1] - ends[0]) * (1 + 2 * MARGIN), np.maximum(LEAST_SPAN, 0.5 * np.abs(here)))
        middle = ends.mean(axis=0)
        if self.closer > 0:
            middle = here
        low, high = middle - span / 2 / 2.0**self.closer, middle + span / 2 / 2.0**self.closer
        x = linear(float(low[0]), float(high[0]), self.columns, columns_a_tick(self.columns))
        return x, linear(float(low[1]), float(high[1]), self.rows, rows_a_tick(self.rows))

    def _losses(
        self, landscape: Landscape, axes: Axes | None, across: np.ndarray, up: np.ndarray, x: Axis, y: Axis
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """us (U,), vs (V,) from low to high, and the losses (V, U) there: as many places as can be had in time."""
        cost = landscape.cost_of_place() if axes is None else landscape.cost_of_pair(*axes)
        most = (PLANE_WORK if axes is None else PAIR_WORK) / cost
        coarse = max(1.0, np.sqrt(self.columns * 2 * self.rows / most))
        columns = max(COARSEST[0], int(self.columns / coarse))
        rows = max(COARSEST[1], int(2 * self.rows / coarse))
        us = x.value(self.columns * (np.arange(min(columns, self.columns)) + 0.5) / min(columns, self.columns))
        vs = y.value(self.rows * (np.arange(min(rows, 2 * self.rows)) + 0.5) / min(rows, 2 * self.rows))
        losses = landscape.over_plane(across, up, us, vs) if axes is None else landscape.over_pair(*axes, us, vs)
        return us, vs, losses


def _unit(index: int, theta: np.ndarray) -> np.ndarray:
    direction = np.zeros_like(theta)
    direction[index] = 1.0
    return direction


def _spread(
    losses: np.ndarray, us: np.ndarray, vs: np.ndarray, x: Axis, y: Axis, columns: int, rows: int
) -> np.ndarray:
    """Losses (V, U) at the middles of half cells (2 · rows, columns) from the top, interpolated where they are few."""
    if losses.shape == (2 * rows, columns):
        return losses[::-1]
    across, up = x.value(np.arange(columns) + 0.5), y.value((np.arange(2 * rows) + 0.5) / 2)
    wide = np.stack([np.interp(across, us, row) for row in losses])
    return np.stack([np.interp(up, vs, column) for column in wide.T], axis=1)[::-1]


def _line(landscape: Landscape, evidence: Evidence) -> Line | None:
    """The loss along −g, up to where it is above that of now again."""
    passed = landscape.passed
    g = backward(landscape.architecture, landscape.theta, passed, landscape.y, landscape.loss.name).gradient
    rate, here = evidence.recipe.learning_rate, landscape.at(landscape.theta)
    if not (np.isfinite(g).all() and g.any()):
        return None
    rates = np.linspace(0, _far(landscape, g, rate, here), _samples(landscape))
    losses, lands = landscape.along(-g, rates), landscape.at(landscape.theta - rate * g)
    measure, scale = measure_of(evidence.recipe, evidence.dataset), evidence.dataset.y_scale
    shown = measure.shown(np.append(losses, lands), scale)
    best = int(np.nanargmin(losses))
    return Line(rates, shown[:-1], rate, float(shown[-1]), float(rates[best]), float(shown[best]))


def _samples(landscape: Landscape) -> int:
    return int(np.clip(LINE_WORK / landscape.cost_of_place(), 12, SAMPLES))


def _far(landscape: Landscape, g: np.ndarray, rate: float, here: float) -> float:
    """The rate from which on a step along −g makes the loss larger, roughly."""
    up = landscape.at(landscape.theta - rate * g) < here
    for _ in range(DOUBLINGS):
        if (landscape.at(landscape.theta - rate * g) < here) != up:
            break
        rate = rate * 2 if up else rate / 2
    return rate if up else 2 * rate
