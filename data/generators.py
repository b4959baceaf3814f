"""Generated data: one-dimensional targets and two-dimensional classes, whose noise-free truth is known."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data.scaling import Floats

if TYPE_CHECKING:  # at run time the name would import numpy.random, which can wait for the first draw
    from numpy.random import Generator

    Sample = tuple[Floats, Floats]
    Draw = Callable[[Generator, int, float], Sample]
    Curve = Callable[[Floats], Floats]

TARGET_COUNT = 200
CLASS_COUNT = 400
TURN = 1.5 * 2 * np.pi  # the length of a spiral arm, as an angle
ARM_START = 0.1  # the radius at which it begins; it ends at 1


@dataclass(frozen=True, slots=True)
class Generated:
    """How to draw n examples with noise: raw x (n, 1) and y (n,), or raw x (n, 2) and ±1 labels (n,)."""

    about: str
    n: int
    noise: float  # standard deviation: of y for a target, of both coordinates for classes
    draw: Draw
    truth: Curve  # raw x (N, n_inputs) → noise-free y (N,)
    features: tuple[str, ...]


def hard_sigmoid(x: Floats) -> Floats:
    return np.clip(2 * x + 0.5, 0, 1)


def triangle(x: Floats) -> Floats:
    return 1 - 2 * np.abs(x)


def sine(x: Floats) -> Floats:
    return np.sin(2 * np.pi * x) + x


def step(x: Floats) -> Floats:
    return np.where(x < 0, 0.0, 1.0)


def cubic(x: Floats) -> Floats:
    return 4 * x**3 - 3 * x


def red_curve(x: Floats) -> Floats:
    """Up, down, up again: a constant and three hard sigmoids, as the first chapter of the apple book draws it."""
    return np.interp(x, [0, 3, 6, 10], [1.0, 4.0, 0.5, 2.0])


def target(about: str, curve: Curve, noise: float, low: float = -1.0, high: float = 1.0) -> Generated:
    """A curve over evenly spaced x, with normal noise on y."""

    def draw(rng: Generator, n: int, noise: float) -> Sample:
        x = np.linspace(low, high, n)
        return x[:, np.newaxis], curve(x) + noise * rng.standard_normal(n)

    return Generated(about, TARGET_COUNT, noise, draw, functools.partial(along, curve), ("x",))


def along(curve: Curve, x: Floats) -> Floats:
    """A curve at raw x (N, 1); unlike a closure, it can be pickled with its data set."""
    return curve(x[:, 0])


def xor_points(rng: Generator, labels: Floats) -> Floats:
    points: Floats = rng.uniform(0.05, 1.0, (labels.size, 2)) * rng.choice([-1, 1], (labels.size, 1))
    points[:, 1] *= labels
    return points


def xor_truth(x: Floats) -> Floats:
    return np.where(x[:, 0] * x[:, 1] >= 0, 1.0, -1.0)


def circle_points(rng: Generator, labels: Floats) -> Floats:
    inside = np.sqrt(rng.uniform(0, 1, labels.size)) * 0.5
    radius = np.where(labels > 0, inside, rng.uniform(0.7, 1.0, labels.size))
    return polar(radius, rng.uniform(0, 2 * np.pi, labels.size))


def circle_truth(x: Floats) -> Floats:
    return np.where(np.hypot(x[:, 0], x[:, 1]) < 0.6, 1.0, -1.0)


def moon_points(rng: Generator, labels: Floats) -> Floats:
    upper = polar(np.ones(labels.size), rng.uniform(0, np.pi, labels.size))
    return np.where(labels[:, np.newaxis] > 0, upper, [1.0, 0.5] - upper)


def moon_truth(x: Floats) -> Floats:
    """The label of the nearer half-circle."""
    upper, lower = half_circle_distance(x), half_circle_distance([1.0, 0.5] - x)
    return np.where(upper <= lower, 1.0, -1.0)


def half_circle_distance(x: Floats) -> Floats:
    """How far points (N, 2) are from the upper half of the unit circle."""
    to_arc: Floats = np.abs(np.hypot(x[:, 0], x[:, 1]) - 1)
    return np.where(x[:, 1] >= 0, to_arc, np.hypot(np.abs(x[:, 0]) - 1, x[:, 1]))


def spiral_points(rng: Generator, labels: Floats) -> Floats:
    along = np.sqrt(rng.uniform(0, 1, labels.size))  # as many points on each bit of length
    return polar(ARM_START + (1 - ARM_START) * along, TURN * along + np.where(labels > 0, 0, np.pi))


def spiral_truth(x: Floats) -> Floats:
    """The label of the arm whose angle is nearer at this radius."""
    along = (np.hypot(x[:, 0], x[:, 1]) - ARM_START) / (1 - ARM_START)
    return np.where(np.cos(np.arctan2(x[:, 1], x[:, 0]) - TURN * along) >= 0, 1.0, -1.0)


def gaussian_points(rng: Generator, labels: Floats) -> Floats:
    return np.column_stack([labels, labels])


def gaussian_truth(x: Floats) -> Floats:
    return np.where(x[:, 0] + x[:, 1] >= 0, 1.0, -1.0)


def polar(radius: Floats, angle: Floats) -> Floats:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def classes(about: str, points: Callable[[Generator, Floats], Floats], truth: Curve, noise: float) -> Generated:
    """As many points of each class, their coordinates with normal noise."""

    def draw(rng: Generator, n: int, noise: float) -> Sample:
        labels = np.where(np.arange(n) % 2, -1.0, 1.0)
        return points(rng, labels) + noise * rng.standard_normal((n, 2)), labels

    return Generated(about, CLASS_COUNT, noise, draw, truth, ("x1", "x2"))


GENERATED: dict[str, Generated] = {
    "hard_sigmoid": target("flat, a ramp, flat: one hard sigmoid", hard_sigmoid, 0.05),
    "triangle": target("a tent: three ReLUs fit it exactly", triangle, 0.05),
    "sine": target("sin 2πx + x", sine, 0.1),
    "step": target("a jump from 0 to 1", step, 0.05),
    "cubic": target("4x³ − 3x, noisy", cubic, 0.3),
    "red_curve": target("piecewise linear: a constant and three hard sigmoids", red_curve, 0.15, 0.0, 10.0),
    "xor": classes("opposite quadrants belong together", xor_points, xor_truth, 0.05),
    "circles": classes("a disc in a ring", circle_points, circle_truth, 0.05),
    "moons": classes("two half-moons, one in the other", moon_points, moon_truth, 0.1),
    "spiral": classes("two arms, wound round each other", spiral_points, spiral_truth, 0.02),
    "gaussians": classes("two round clouds", gaussian_points, gaussian_truth, 0.6),
}
