"""What the screen is told: frozen copies of the run's state, made on the runner's thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

    from data import Dataset
    from engine import Network, Recipe
    from tui.run.choice import Choice

State = Literal["paused", "playing", "compiling", "stepping", "diverged"]
Measure = Literal["rmse", "mae", "mse", "huber"]


@dataclass(frozen=True, slots=True)
class LossHistory:
    """Whole-set losses so far, in the snapshot's measure: arrays of equal length, the present moment last."""

    epoch: np.ndarray  # (K,) float64: epochs done, with fractions
    train: np.ndarray  # (K,) float64
    test: np.ndarray | None  # (K,) float64; None where nothing is unseen


@dataclass(frozen=True, slots=True)
class Probe:
    """The network's predictions at the points that the fit view asked for."""

    x: np.ndarray  # (M, n) float32, scaled
    y: np.ndarray  # (M,) float64, in the data's own units


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of the run. Everything in it is a copy that nobody changes: any thread may read it."""

    dataset: Dataset
    network: Network
    chosen: Choice  # one that the network has
    recipe: Recipe
    seed: int
    update: int
    epoch: int
    progress: float  # epochs done, with the fraction of the present one
    rate: float  # the learning rate of the next update
    updates_per_second: float
    state: State
    speed: str  # in words: "10 updates a frame", "flat out"
    diverged: tuple[int, str] | None  # (update, what became non-finite)
    loss_train: float  # in `measure`
    loss_test: float | None
    history: LossHistory
    best: tuple[float, float] | None  # (epoch, loss) of the least unseen loss so far
    marks: tuple[tuple[float, str], ...]  # (epoch, label) of the edits: "+2", "η"
    gradient: np.ndarray | None  # (P,) of the last update, θ's order
    on: tuple[np.ndarray, ...]  # per hidden layer, (units,): share of training points on which each unit is active
    probe: Probe | None
    note: str
    busy: str | None  # what takes long just now: "loading sales.csv …"
    right: tuple[float, float | None] | None = None  # of ±1 labels: share predicted with their sign, train and unseen
    measure: Measure = "rmse"  # rmse and mae are in the target's own unit, mse (labels) and huber in none
