"""python -m benchmarks.lesson: what becomes of the units that s, r and l add to the first network of the program.

On 30 seeds each key is pressed at epochs 0, 50 and 500, and training goes on for 100 epochs. Losses are medians over
the seeds. A unit is ill where the table of units says that it is dead or saturated, 50 epochs after the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from tui.run.beginnings import first_run
from tui.run.editing import make
from tui.run.facts import ActiveShares, Facts, Losses
from tui.run.gestures import AddHere, AddLayerLast, Gesture
from tui.run.options import Options
from tui.run.run import Run
from tui.run.unit import trouble

SEEDS, EPOCHS, LOOKED_AT, TRAINED_ON = range(30), (0, 50, 500), 50, 100
KEYS: dict[str, tuple[Gesture, ...]] = {
    "": (),
    "s": (AddHere("sigmoid"),),
    "r": (AddHere("relu"),),
    "l": (AddLayerLast(),),
    "r l": (AddHere("relu"), AddLayerLast()),
}
HEADING = "key  epoch  ill        train before, after, +100     unseen before, after, +100"
Pair = tuple[float, float | None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One run: losses (train, unseen) before the key, right after it and at the end, and its new units."""

    losses: tuple[Pair, Pair, Pair]
    new: int
    ill: int


def lesson(gestures: Iterable[Gesture], epoch: int, seed: int) -> Lesson:
    """Train to an epoch, do what a key does, and train on."""
    run = first_run(Options(seed=seed))
    _train(run, epoch)
    losses, old = [_losses(run)], [len(layer) for layer in run.trainer.network.layers]
    for gesture in gestures:
        change = gesture(run.moment())
        make(run, change.edits, joins=False)
        run.choice = change.choice or run.choice
    losses.append(_losses(run))
    _train(run, LOOKED_AT)
    ill = list(_ill(run, old))
    _train(run, TRAINED_ON - LOOKED_AT)
    before, after, end = *losses, _losses(run)
    return Lesson((before, after, end), len(ill), sum(ill))


def _train(run: Run, epochs: int) -> None:
    if epochs:
        run.trainer.run(epochs)


def _losses(run: Run) -> Pair:
    return Facts(run.evidence()).of(Losses())


def _ill(run: Run, old: list[int]) -> Iterator[bool]:
    """Of each unit beyond the old ones of its layer, whether hardly any training point can move it."""
    shares = Facts(run.evidence()).of(ActiveShares())
    for number, (layer, on) in enumerate(zip(run.trainer.network.layers, shares, strict=True)):
        first = old[number] if number < len(old) else 0
        yield from (bool(trouble(kind, float(share))) for kind, share in zip(layer[first:], on[first:], strict=True))


def row(key: str, epoch: int, seeds: Iterable[int] = SEEDS) -> str:
    """A line of the table."""
    lessons = [lesson(KEYS[key], epoch, seed) for seed in seeds]
    medians = np.median(np.array([each.losses for each in lessons], float), axis=0).T
    ill = f"{sum(each.ill for each in lessons)} of {sum(each.new for each in lessons)}"
    train, unseen = ("  ".join(f"{loss:6.2f}" for loss in losses) for losses in medians)
    return f"{key or '–':4} {epoch:5}  {ill:9}  {train:28}  {unseen}"


def main() -> None:
    print(HEADING)
    for key in KEYS:
        for epoch in EPOCHS:
            print(row(key, epoch), flush=True)


if __name__ == "__main__":
    main()
