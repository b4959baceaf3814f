"""Predictions of a table's rows: the table with a column more, in the data's own units."""

from __future__ import annotations

import csv
import io

import numpy as np

from data import DataError
from data.dataset import PLAIN_LABELS
from data.rows import Rows
from data.scaling import Floats
from tui.console.fitted import Fitted

CHUNK = 4096  # rows at a time


def predicted(fitted: Fitted, rows: Rows) -> tuple[str, tuple[str, ...]]:
    """(the table as CSV, what a person should know of it); a row that lacks an input has no prediction.

    For ±1 labels the class, by its name, or 1 or -1, stands in one column more; 0 counts as +1. Raises DataError where
    the table has a column of such a name.
    """
    signature = fitted.signature
    y, whole = predictions(fitted, rows)
    known = np.isfinite(y)
    columns = {f"predicted_{signature.target_name}": texts(y, known, "{:.9g}")}
    if signature.labels:
        low, high = ("-1", "1") if signature.label_names == PLAIN_LABELS else signature.label_names
        columns[f"class_{signature.target_name}"] = texts(np.where(y >= 0, high, low), known, "{}")
    for name in columns:
        if name in rows.cells:
            raise DataError(f"the table has a column {name!r} already: expected one without it; rename or remove it")
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow([*rows.titles, *columns])
    table.writerows(zip(*rows.cells.values(), *columns.values(), strict=True))
    missing = "their past is not whole" if signature.lags else "a feature is missing there"
    counts = {missing: int((~whole).sum()), "it is too large to be a number": int((whole & ~known).sum())}
    return file.getvalue(), (*rows.notices, *(without(count, why) for why, count in counts.items() if count))


def predictions(fitted: Fitted, rows: Rows) -> tuple[Floats, np.ndarray]:
    """(predictions in the data's own units, NaN or infinite where there is none; which rows have all inputs)."""
    scaling = fitted.signature.scaling
    y, whole = np.empty(rows.count), np.empty(rows.count, bool)
    for start in range(0, rows.count, CHUNK):
        these = slice(start, start + CHUNK)
        x = rows.x(these)
        whole[these] = np.isfinite(x).all(axis=1)
        y[these] = np.where(whole[these], scaling.unscale(fitted.network.predict(scaling.scale(x))), np.nan)
    return y, whole


def texts(values: np.ndarray, known: np.ndarray, form: str) -> list[str]:
    """A cell for each value, empty where it is not known."""
    return [form.format(value) if there else "" for value, there in zip(values.tolist(), known.tolist(), strict=True)]


def without(count: int, why: str) -> str:
    return f"{count} row{'s have' if count != 1 else ' has'} no prediction: {why}"
