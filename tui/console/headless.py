"""Training without a screen: one run to its last epoch, stopped early by divergence or by ctrl+C."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

import click

from data import Dataset
from engine import Experiment, Trainer
from tui.console.out import is_terminal
from tui.run.options import Options
from tui.run.points import with_points

BAR_COLUMNS = 60  # fewer leave a progress bar no room
SHOW_CURSOR = b"\x1b[?25h\n"
INTERRUPTED = 130  # exit code after ctrl+C
LOOK = 0.1  # seconds of training between two looks at ctrl+C and two strokes of the progress bar
Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run that ended: what was trained, for how many seconds without compiling, and whether ctrl+C ended it."""

    loaded: Dataset
    trainer: Trainer
    seconds: float
    interrupted: bool

    @property
    def dataset(self) -> Dataset:
        """With the points that trained last."""
        return with_points(self.loaded, self.trainer.examples)


def make_trainer(options: Options) -> tuple[Dataset, Trainer]:
    """The data set and a trainer at update 0; DataError or EngineError for options that cannot be used."""
    dataset = options.load()
    trainer = Trainer(
        options.network(dataset),
        dataset.x_train,
        dataset.y_train,
        dataset.x_test,
        dataset.y_test,
        options.recipe(dataset),
        options.seed,
        options.device,
        options.threads,
    )
    for edit in options.points_edits(dataset):
        trainer.apply(edit)
    return dataset, trainer


def updates_of(trainer: Trainer) -> int:
    """The updates in all epochs of the run."""
    recipe = trainer.recipe
    return recipe.epochs * -(-trainer.examples.y.size // recipe.batch_size)


def train(dataset: Dataset, story: Experiment, updates: int, progress: Progress) -> Outcome:
    """Go on until this many updates are done; `progress` hears how many were done since it was called last."""
    trainer = story.trainer
    with until_interrupted() as interrupted:
        started, pace = time.perf_counter(), 1
        while trainer.update < updates and not trainer.diverged and not interrupted():
            before = time.perf_counter()
            done = story.step(min(pace, updates - trainer.update))
            pace = max(1, min(2 * pace, int(done * LOOK / max(time.perf_counter() - before, 1e-9))))
            progress(done)
        seconds = time.perf_counter() - started
        return Outcome(dataset, trainer, seconds, interrupted())


def watched(dataset: Dataset, story: Experiment, updates: int, quiet: bool) -> Outcome:
    """The run, trained to this update, with a progress bar where somebody looks."""
    narrow = shutil.get_terminal_size().columns < BAR_COLUMNS  # there a bar would break into lines, again and again
    hidden = quiet or narrow or not is_terminal(sys.stdout, sys.stderr)
    bar = click.progressbar(length=updates, label="compiling", file=sys.stderr, hidden=hidden, show_pos=True, width=0)

    def progress(done: int) -> None:
        bar.label = "training "
        bar.update(done)

    with ExitStack() as drawn:
        with leaving():  # from before the bar hides the cursor
            drawn.enter_context(bar)
            story.trainer.prepare()
        return train(dataset, story, updates, progress)


@contextmanager
def leaving() -> Iterator[None]:
    """Meanwhile ctrl+C ends the program at once: nothing has begun yet, and a compilation could only be waited for."""

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        if os.isatty(2):
            os.write(2, SHOW_CURSOR)  # which a progress bar hides
        os._exit(INTERRUPTED)

    leave.ends = True  # type: ignore[attr-defined]  # see engine.undisturbed
    previous = signal.signal(signal.SIGINT, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def until_interrupted() -> Iterator[Callable[[], bool]]:
    """Whether ctrl+C was pressed, rather than KeyboardInterrupt in the middle of an update; the second one raises."""
    pressed = False

    def press(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    previous = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def finishing() -> Iterator[None]:
    """After training ctrl+C ends the program once what was reached is saved and told, the second one at once."""
    with until_interrupted() as interrupted:
        yield
    if interrupted():
        raise KeyboardInterrupt
