"""Lines as dots: finite runs, clipping before anything is drawn, and a raster of our own."""

from __future__ import annotations

import numpy as np


def clip(x: np.ndarray, y: np.ndarray, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """The segments of the polyline x (N,), y (N,) that are finite and between low and high in y.

    Returns x (S, 2) and y (S, 2): both ends of each segment that is left, in order.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    x0, x1, y0, y1 = x[:-1], x[1:], y[:-1], y[1:]
    keep = np.isfinite(x0 + x1) & np.isfinite(y0) & np.isfinite(y1)
    x0, x1, y0, y1 = x0[keep], x1[keep], y0[keep], y1[keep]
    scale = np.maximum(1.0, np.maximum(np.abs(y0), np.abs(y1)))
    rise = y1 / scale - y0 / scale  # divided first: the difference of two huge values may overflow
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        a, b = (low / scale - y0 / scale) / rise, (high / scale - y0 / scale) / rise
    level = rise == 0.0
    inside = (y0 >= low) & (y0 <= high)
    start = np.where(level, np.where(inside, 0.0, 2.0), np.clip(np.minimum(a, b), 0.0, 2.0))
    stop = np.where(level, 1.0, np.clip(np.maximum(a, b), -1.0, 1.0))
    keep = start <= stop
    start, stop, x0, y0, rise, scale = start[keep], stop[keep], x0[keep], y0[keep], rise[keep], scale[keep]
    run = x1[keep] - x0
    ends = np.stack((start, stop), axis=1)
    ys = np.clip((y0 / scale)[:, None] + ends * rise[:, None], (low / scale)[:, None], (high / scale)[:, None])
    return x0[:, None] + ends * run[:, None], np.clip(ys * scale[:, None], low, high)


def stroke(dots: np.ndarray, x: np.ndarray, y: np.ndarray, thick: bool = False) -> None:
    """Draw a polyline into dots (rows, columns), bool; x and y in dots, a dot's centre at half.

    A thick line has a pen of 2 × 2 dots around its course. Points that are not finite break the line.
    """
    rows, columns = dots.shape
    x, y = np.asarray(x, float), np.asarray(y, float)
    xs, ys = clip(x, y, -1.0, rows + 1.0)
    if len(x) == 1 and np.isfinite(x[0]) and -1.0 <= y[0] <= rows + 1.0:
        xs, ys = np.repeat(x, 2)[None], np.repeat(y, 2)[None]
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


def _set(dots: np.ndarray, row: np.ndarray, column: np.ndarray) -> None:
    inside = (row >= 0) & (row < dots.shape[0]) & (column >= 0) & (column < dots.shape[1])
    dots[row[inside], column[inside]] = True


def envelope(x: np.ndarray, y: np.ndarray, low: float, high: float, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """A long line reduced to first, least, greatest and last y of each of `columns` slices of [low, high].

    x (N,) ascends; values that are not finite are left out. At most 4 · columns points come back.
    """
    keep = np.isfinite(x) & np.isfinite(y)
    x, y = x[keep], y[keep]
    if len(x) <= 4 * columns or high <= low:
        return x, y
    slot = np.clip((x - low) / (high - low) * columns, 0, columns - 1).astype(int)
    starts = np.flatnonzero(np.diff(slot, prepend=-1))
    ends = np.append(starts[1:], len(x)) - 1
    least, most = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    middle = (x[starts] + x[ends]) / 2
    return (
        np.stack((x[starts], middle, middle, x[ends]), axis=1).ravel(),
        np.stack((y[starts], least, most, y[ends]), axis=1).ravel(),
    )
