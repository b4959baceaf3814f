"""What a headless run ends with: a table in the data's own units, a plot of the fit, or one JSON object."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from data import Dataset
from data.dataset import PLAIN_LABELS
from engine.outcome import theta_sha256
from tui.console.headless import Outcome
from tui.draw.numbers import counted, short
from tui.run.plain import finite
from tui.run.words import overflow

PLOT_WIDTH, PLOT_HEIGHT = 72, 18
WINDOW = 60  # rows at the end of a series that are plotted
CURVE_POINTS = 400


def as_json(outcome: Outcome, **more: Any) -> str:
    """The run as one JSON object, with more entries at its end; a number that is not finite is null."""
    trainer, dataset = outcome.trainer, outcome.dataset
    network = trainer.network
    result = {
        "data": dataset.name,
        "target": dataset.target_name,
        "features": dataset.feature_names,
        "lags": dataset.lags[-1] if dataset.lags else None,
        "labels": dataset.label_names if dataset.labels else None,
        **split(dataset),
        "unit": dataset.target_unit,
        "shape": network.shape,
        "parameters": network.n_parameters,
        "train": errors(outcome, "train"),
        "test": errors(outcome, "test"),
        "updates": trainer.update,
        "epochs": trainer.epoch,
        "seconds": outcome.seconds,
        "updates_per_second": updates_per_second(outcome),
        "seed": trainer.seed,
        "device": trainer.device,
        "lanes": trainer.lanes,
        "diverged": None if trainer.diverged is None else dict(zip(("update", "what"), trainer.diverged, strict=True)),
        "interrupted": outcome.interrupted,
        "theta_sha256": theta_sha256(network.theta),
        "notices": dataset.notices,
        **more,
    }
    return json.dumps(finite(result), indent=2, allow_nan=False)


def split(dataset: Dataset) -> dict[str, Any]:
    """How many rows were used, and which of them are unseen."""
    train, unseen = len(dataset.y_train), 0 if dataset.y_test is None else len(dataset.y_test)
    by = "time" if dataset.in_time else "random"
    return {"rows": train + unseen, "rows_train": train, "rows_test": unseen, "split": by if unseen else None}


def as_text(outcome: Outcome) -> str:
    """The run as a table, and in words."""
    trainer, dataset = outcome.trainer, outcome.dataset
    network = trainer.network
    shape = "-".join(map(str, network.shape))
    lines = [f"{dataset.name}: {words(dataset.target_label, dataset.target_unit)}", *table(outcome)]
    lines.append(
        f"{shape}, {many(network.n_parameters, 'parameter')}, "
        f"{many(trainer.update, 'update')}, {many(trainer.epoch, 'epoch')}, {outcome.seconds:.2f} s "
        f"({short(updates_per_second(outcome))} updates a second), seed {trainer.seed}, {trainer.device}"
    )
    if trainer.diverged:
        lines.append(f"diverged: {overflow(*trainer.diverged)}; this is the last finite state, lower --lr")
    if outcome.interrupted:
        lines.append("interrupted: this is what was reached")
    lines += (f"note: {notice}" for notice in dataset.notices)
    return "\n".join(lines)


def table(outcome: Outcome) -> list[str]:
    """Lines of a table: train and unseen by RMSE, MAE and MSE, and by accuracy for ±1 labels."""
    rows = {"train": errors(outcome, "train"), "unseen": errors(outcome, "test")}
    names = [name for name in ("rmse", "mae", "mse", "accuracy") if name in (rows["train"] or {})]
    lines = ["        " + "".join(f"{name.upper() if len(name) < 5 else name:>12}" for name in names)]
    for row, values in rows.items():
        if values is not None:
            lines.append(f"{row:8}" + "".join(f"{cell(name, values[name]):>12}" for name in names))
    return lines


def cell(name: str, value: float) -> str:
    return f"{100 * value:.1f} %" if name == "accuracy" and math.isfinite(value) else short(value)


def errors(outcome: Outcome, split: str) -> dict[str, float] | None:
    """The errors in the data's own units, None where nothing is unseen."""
    x = outcome.dataset.x_train if split == "train" else outcome.dataset.x_test
    return None if x is None else outcome.dataset.errors(outcome.trainer.predict(x), split)


def updates_per_second(outcome: Outcome) -> float:
    return outcome.trainer.update / outcome.seconds if outcome.seconds > 0 else 0.0


def plot(outcome: Outcome) -> str:
    """The fit in characters: the curve, the last rows of a series, two classes, or predicted against true."""
    from tui.draw.plotting import plot_fit_text

    dataset = outcome.dataset
    if dataset.kind == "plane" and dataset.labels:
        return classes(outcome)
    x, y = unseen_or_all(dataset)
    true, predicted = dataset.unscale(y), dataset.unscale(outcome.trainer.predict(x))
    target = words(dataset.target_label, dataset.target_unit)
    if dataset.kind == "curve":
        grid = np.linspace(-1, 1, CURVE_POINTS, dtype=np.float32)[:, np.newaxis]
        curve = dataset.unscale_x(grid)[:, 0], dataset.unscale(outcome.trainer.predict(grid))
        points = dataset.unscale_x(dataset.x_train)[:, 0], dataset.unscale(dataset.y_train)
        feature = words(dataset.feature_labels[0], dataset.feature_units[0])
        return plot_fit_text(curve, points, PLOT_WIDTH, PLOT_HEIGHT, (feature, target))
    if dataset.kind == "series":
        true, predicted = true[-WINDOW:], predicted[-WINDOW:]
        steps = np.arange(1 - len(true), 1)
        return plot_fit_text((steps, predicted), (steps, true), PLOT_WIDTH, PLOT_HEIGHT, ("the last rows", target))
    ends = np.array([true.min(), true.max()])
    labels = (f"true {dataset.target_label}", f"predicted {dataset.target_label}")
    return plot_fit_text((ends, ends), (true, predicted), PLOT_WIDTH, PLOT_HEIGHT, labels, "y = x")


def unseen_or_all(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Scaled x and y of the unseen rows, of the training rows where none are unseen."""
    if dataset.x_test is None or dataset.y_test is None:
        return dataset.x_train, dataset.y_train
    return dataset.x_test, dataset.y_test


def classes(outcome: Outcome) -> str:
    """The plane by the sign of the prediction, `░` for +1, and the training points `+` and `-` on it."""
    dataset = outcome.dataset
    low, high = dataset.x_train.min(axis=0), dataset.x_train.max(axis=0)
    across = np.linspace(low[0], high[0], PLOT_WIDTH)
    down = np.linspace(high[1], low[1], PLOT_HEIGHT)
    grid = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2).astype(np.float32)
    cells = np.where(outcome.trainer.predict(grid) >= 0, "░", " ").reshape(PLOT_HEIGHT, PLOT_WIDTH)
    place = (dataset.x_train - low) / (high - low)
    columns = np.rint(place[:, 0] * (PLOT_WIDTH - 1)).astype(int)
    rows = np.rint((1 - place[:, 1]) * (PLOT_HEIGHT - 1)).astype(int)
    cells[rows, columns] = np.where(dataset.y_train > 0, "+", "-")
    minus, plus = dataset.label_names
    names = "" if dataset.label_names == PLAIN_LABELS else f", {plus} and {minus}"
    title = (
        f"{dataset.feature_labels[1]} by {dataset.feature_labels[0]}: + and - the data{names}, ░ where the fit says +"
    )
    return "\n".join([title, *("".join(row) for row in cells)])


def many(count: int, noun: str) -> str:
    return f"{counted(count)} {noun}{'s' * (count != 1)}"


def words(label: str, unit: str) -> str:
    return f"{label} {unit}".rstrip()
