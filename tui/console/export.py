"""Exports: what was fitted, as Python, LaTeX, arrays or a table; one registry of formats.

The picture of the screen, `svg`, is drawn by the program that has one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

from engine import EngineError, network_file
from engine.edits import SetRecipe
from tui.console.export_latex import as_latex
from tui.console.export_python import as_python
from tui.console.fitted import Fitted
from tui.run.measure import measure


@dataclass(frozen=True, slots=True)
class Format:
    """One way to export: its name, how its files end, what it is, and the content of a file."""

    name: str
    ending: str
    about: str
    content: Callable[[Fitted], bytes]


def latex(fitted: Fitted) -> bytes:
    return as_latex(fitted).encode()


def python(fitted: Fitted) -> bytes:
    return as_python(fitted).encode()


def npz(fitted: Fitted) -> bytes:
    """A file that `Network.load` and `unitfit predict` read, and `numpy.load` without pickle."""
    return network_file.to_bytes(fitted.network.architecture, fitted.network.theta, fitted.signature.arrays())


def history(fitted: Fitted) -> bytes:
    """The losses on the whole sets in the data's own units, a row for each update at which they were taken.

    A run may change its loss: each row says in which measure it is. Raises EngineError where no run is known.
    """
    if fitted.story is None:
        raise EngineError("csv is the history of losses, which an .npz file has not: expected a saved run")
    story, losses, signature = fitted.story, fitted.story.history, fitted.signature
    kinds = [(-1, story.recipe.loss)]
    kinds += [(update, edit.recipe.loss) for update, edit in story.journal if isinstance(edit, SetRecipe)]
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(("update", "epoch", "measure", "train", "unseen"))
    for update, epoch, *both in zip(losses.update, losses.epoch, losses.train, losses.test, strict=True):
        shown = measure(next(kind for since, kind in reversed(kinds) if since < update), signature.labels)
        values = (shown.shown(float(loss), signature.scaling.y_scale) for loss in both)
        table.writerow((update, epoch, shown.word, *(f"{value:.9g}" if isfinite(value) else "" for value in values)))
    return file.getvalue().encode()


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("python", ".py", "a function without dependencies", python),
        Format("latex", ".tex", "the formula", latex),
        Format("npz", ".npz", "θ, kinds of unit and scaling, for NumPy and unitfit predict", npz),
        Format("csv", ".csv", "the history of losses", history),
    )
}
