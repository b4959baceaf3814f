"""Saved runs: a file becomes a data set and a story again, and a run gets a file."""

from __future__ import annotations

import itertools
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import data
from data import Dataset
from engine import Experiment, Network, story_state
from engine.edits import Setup, apply
from engine.story_file import FORMAT
from tui.run.choice import Choice
from tui.run.notes import note_in_step
from tui.run.options import Options
from tui.run.points import with_points
from tui.run.run import Moment
from tui.run.telling import Note

BEGINNING = f"format = {FORMAT}".encode()[:-1]  # of every file, whatever its format
ARCHIVE = b"PK\x03\x04"


def is_saved(path: str) -> bool:
    """Whether this is the file of a saved run, and no table."""
    return begins(path, BEGINNING)


def is_archive(path: str) -> bool:
    """Whether this is an archive of arrays: a run that was cut off, or a network that was exported."""
    return begins(path, ARCHIVE)


def begins(path: str, beginning: bytes) -> bool:
    """Whether this is a file that begins so; what is none is not even opened, for a pipe would be waited for."""
    try:
        if not Path(path).is_file():
            return False
        with open(path, "rb") as file:
            return file.read(len(beginning)) == beginning
    except (OSError, ValueError):
        return False


def open_saved(path: str, threads: int | None = None) -> tuple[Options, Dataset, Experiment]:
    """The run of a file at its beginning, all of it ahead. Raises EngineError, DataError or OSError."""
    found: list[tuple[Options, Dataset]] = []

    def arrays(source: dict[str, Any]) -> tuple[Any, Any, Any, Any]:
        options = Options.from_source(source)
        options = replace(options, data=_beside(path, options.data))
        dataset = options.load()
        found.append((options, dataset))
        return dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test

    if is_archive(path):
        story = story_state.load(path, arrays, threads)
    else:
        story = Experiment.load(path, arrays, threads, replay=False)
    options, dataset = found[0]
    return replace(options, seed=story.trainer.seed, threads=threads), dataset, story


def _beside(path: str, name: str) -> str:
    """A table that is not where it was is looked for beside the file."""
    beside = Path(path).parent / Path(name).name
    return str(beside) if name not in data.names() and not os.path.exists(name) and beside.exists() else name


def notes_of(options: Options, dataset: Dataset, story: Experiment) -> list[Note]:
    """The notes of all edits of a story that was not told yet. Raises EngineError for an edit that is refused."""
    setup = Setup(story.initial, story.initial.initial_theta(), story.recipe, story.beginning)
    notes: list[Note] = []
    for entry in story.entries:
        network = Network.of(setup.architecture, setup.theta)
        assert setup.recipe is not None and setup.examples is not None
        own = with_points(dataset, setup.examples)
        moment = Moment(options, own, network, setup.recipe, 0, Choice(), 0, False, setup.examples)
        notes.append(note_in_step(entry.edit, moment, notes[-1] if entry.joins and notes else None))
        setup, _ = apply(entry.edit, setup)
    return notes


def free_name(dataset: Dataset, network: Network, ending: str = ".toml") -> Path:
    """A name in the present folder that no file has yet: motorcycle_1-4-1.toml."""
    return free_for(dataset, "-".join(map(str, network.shape)), ending)


def free_for(dataset: Dataset, about: str, ending: str) -> Path:
    """A name in the present folder that no file has yet, for something about a data set: motorcycle_sweep.csv."""
    plain = (
        "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in Path(dataset.name).stem) or "run"
    )
    stem = f"{plain[:60]}_{about}"
    names = itertools.chain([f"{stem}{ending}"], (f"{stem}_{number}{ending}" for number in itertools.count(2)))
    return next(Path(name) for name in names if not os.path.lexists(name))
