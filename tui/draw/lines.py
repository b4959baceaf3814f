"""Lines as dots: finite runs, clipping before anything is drawn, and a raster of our own."""

from __future__ import annotations

import numpy as np


def clip(x: np.ndarray, y: np.ndarray, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """The finite segments of the polyline x (N,), y (N,), cut to low ≤ y ≤ high.

    Returns x (S, 2) and y (S, 2): both ends of each segment that is left, in order.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    finite = np.isfinite(x) & np.isfinite(y)
    keep = finite[:-1] & finite[1:]
    pair_x, pair_y = np.stack((x[:-1], x[1:]), axis=1), np.stack((y[:-1], y[1:]), axis=1)
    return clip_segments(pair_x[keep], pair_y[keep], low, high)


def clip_segments(x: np.ndarray, y: np.ndarray, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """The segments with finite ends x (S, 2), y (S, 2), cut to low ≤ y ≤ high; those wholly outside are left out."""
    inside = (y.min(axis=1) <= high) & (y.max(axis=1) >= low)
    x, y = x[inside], y[inside]
    if not len(y) or (y.min() >= low and y.max() <= high):
        return x, y
    scale = np.maximum(1.0, np.abs(y).max(axis=1, keepdims=True))
    start, rise = y[:, :1] / scale, y[:, 1:] / scale - y[:, :1] / scale  # the difference itself may overflow
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        cuts = np.sort(np.concatenate((low / scale - start, high / scale - start), axis=1) / rise, axis=1)
    share = np.where(rise == 0.0, (0.0, 1.0), np.clip(cuts, 0.0, 1.0))
    return _between(x, share), np.clip(_between(y, share), low, high)


def clip_box(
    x: np.ndarray, y: np.ndarray, across: tuple[float, float], up: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """The finite segments of a polyline, cut to a box; x (S, 2) and y (S, 2)."""
    ys, xs = clip(y, x, *across)
    return clip_segments(xs, ys, *up)


def _between(ends: np.ndarray, share: np.ndarray) -> np.ndarray:
    points: np.ndarray = ends[:, :1] * (1.0 - share) + ends[:, 1:] * share
    return points


def stroke(dots: np.ndarray, x: np.ndarray, y: np.ndarray, thick: bool = False) -> None:
    """Draw a polyline into dots (rows, columns), bool; x and y in dots, a dot's centre at half.

    A thick line has a pen of 2 × 2 dots around its course. Points that are not finite break the line.
    """
    rows, columns = dots.shape
    x, y = np.asarray(x, float), np.asarray(y, float)
    if len(x) == 1:
        x, y = np.repeat(x, 2), np.repeat(y, 2)
    xs, ys = clip_box(x, y, (-1.0, columns + 1.0), (-1.0, rows + 1.0))
    if not len(xs):
        return
    steps = np.ceil(np.maximum(np.abs(xs[:, 1] - xs[:, 0]), np.abs(ys[:, 1] - ys[:, 0]))).astype(int) + 1
    first = np.repeat(np.cumsum(steps) - steps, steps)
    share = (np.arange(steps.sum()) - first) / np.repeat(np.maximum(steps - 1, 1), steps)
    px = np.repeat(xs[:, 0], steps) + share * np.repeat(xs[:, 1] - xs[:, 0], steps)
    py = np.repeat(ys[:, 0], steps) + share * np.repeat(ys[:, 1] - ys[:, 0], steps)
    if not thick:
        _set(dots, np.floor(py).astype(int), np.floor(px).astype(int))
        return
    row, column = np.floor(py + 0.5).astype(int), np.floor(px + 0.5).astype(int)
    for down in (-1, 0):
        for right in (-1, 0):
            _set(dots, row + down, column + right)


def strokes(y: np.ndarray, rows: int) -> np.ndarray:
    """Many thin lines at once, each given at the borders of all columns of its raster.

    y (K, columns + 1) in dots, downwards, a dot's centre at half; returns dots (K, rows, columns). A piece with an end
    that is not finite is left out.
    """
    ends = np.stack((y[:, :-1], y[:, 1:]))
    top, bottom = np.floor(ends.min(axis=0))[:, np.newaxis], np.floor(ends.max(axis=0))[:, np.newaxis]
    row, finite = np.arange(rows)[:, np.newaxis], np.isfinite(ends).all(axis=0)[:, np.newaxis]
    dots: np.ndarray = (row >= top) & (row <= bottom) & finite
    return dots


def bars(dots: np.ndarray, x: np.ndarray, start: np.ndarray, end: np.ndarray) -> None:
    """Upright lines at x (N,) from start (N,) to end (N,), all in dots, into dots (rows, columns).

    One that is shorter than a cell is left out, and so is one with an end that is not finite.
    """
    height, width = dots.shape
    for column, a, b in zip(x, np.fmin(start, end), np.fmax(start, end), strict=True):
        if 0 <= column < width and np.isfinite(a + b) and b - a >= 4:
            dots[int(np.clip(a, 0, height)) : int(np.clip(b, 0, height)), int(column)] = True


def dotted(dots: np.ndarray, every: int = 4) -> np.ndarray:
    """Of a line (rows, columns), one column of so many."""
    thinned = np.zeros_like(dots)
    thinned[:, ::every] = dots[:, ::every]
    return thinned


def _set(dots: np.ndarray, row: np.ndarray, column: np.ndarray) -> None:
    inside = (row >= 0) & (row < dots.shape[0]) & (column >= 0) & (column < dots.shape[1])
    dots[row[inside], column[inside]] = True


def slot_means(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A long line reduced to one point for each column of dots: the means of x and of y within it.

    x (N,) ascends and is in dots; points that are not finite are left out.
    """
    keep = np.isfinite(x) & np.isfinite(y)
    x, y = x[keep], y[keep]
    if not len(x):
        return x, y
    starts = np.flatnonzero(np.diff(np.floor(x), prepend=-np.inf))
    counts = np.diff(starts, append=len(x))
    with np.errstate(over="ignore"):
        return np.add.reduceat(x, starts) / counts, np.add.reduceat(y, starts) / counts
