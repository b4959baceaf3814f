"""Trials: the tests of a room against one mutant after another.

A mutant is never written to a file: a forked process takes the changed text for the module's own and runs the tests.
It finds other people's modules already imported, so that a trial lasts hardly longer than its tests.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib
import os
import pickle
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path

import pytest

from mutation.forks import ChangedModule, Job, in_forks, run_pytest
from mutation.mutants import Mutant, mutants
from mutation.rooms import Room

LONGEST_BASELINE = 600.0  # seconds
ALL = ""  # among the tests that enter a function: it is entered while tests are collected, for all of them


class RedBaseline(Exception):
    """The tests fail without a mutant; the message is what pytest said."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant: "killed", "survived", or "never run" where no test enters its function."""

    mutant: Mutant
    outcome: str


@dataclass(frozen=True, slots=True)
class Reach:
    """What a test file does: the seconds of each test, which tests enter a function, and what it imports."""

    file: str
    seconds: dict[str, float]
    entered: dict[tuple[str, int], set[str]]  # (file, line of the function; 0: the module) → tests
    modules: list[str]


def try_room(
    room: Room, root: Path, seed: int, most: int | None, seconds: float, at_once: int, tell: Callable[[Verdict], None]
) -> tuple[int, list[Verdict]]:
    """How many mutants there are, and the verdicts, told one by one, on as many as the time allows.

    Changes the process it runs in (environment, folder, imports). Raises RedBaseline.
    """
    end = time.monotonic() + seconds
    os.environ.update(room.environment)
    os.chdir(root)
    sys.path.insert(0, str(root))
    texts = {file: Path(file).read_text(encoding="utf-8") for file in room.sources(root)}
    drawn = [mutant for file, text in texts.items() for mutant in mutants(text, file)]
    random.Random(f"{seed} {room.name}").shuffle(drawn)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = scratch
        reaches = measure(room.test_files(root), texts, room.leave_out, scratch, at_once)
        import_others(reaches)
        together = tempfile.mkdtemp(dir=scratch)
        trials = (
            trial(mutant, mutant.applied(texts[mutant.file]), reached(mutant, reaches, room), room.leave_out, scratch)
            for mutant in islice(drawn, most)
        )
        jobs = chain([without_mutant(reaches, room.leave_out, together)], trials)
        verdicts = []
        for mutant, status in in_forks(jobs, at_once, end):
            if mutant is None:
                demand_green(status, together)
                continue
            outcome = "killed" if status != 0 else "survived" if reached(mutant, reaches, room) else "never run"
            verdicts.append(Verdict(mutant, outcome))
            tell(verdicts[-1])
    return len(drawn), verdicts


def measure(
    tests: Sequence[str], texts: Mapping[str, str], leave_out: Sequence[str], scratch: str, at_once: int
) -> list[Reach]:
    """Each test file run alone, the fastest first: what an earlier file has read and kept would hide what it needs."""
    jobs = (
        Job((file, folder), partial(watch, file, texts, leave_out, folder), LONGEST_BASELINE)
        for file in tests
        for folder in [tempfile.mkdtemp(dir=scratch)]
    )
    reaches = []
    for (_, folder), status in in_forks(jobs, at_once):
        demand_green(status, folder)
        reaches.append(pickle.loads(Path(folder, "reach").read_bytes()))
    return sorted(reaches, key=lambda reach: sum(reach.seconds.values()))


def demand_green(status: int | None, folder: str) -> None:
    if status != 0:
        raise RedBaseline(Path(folder, "pytest.txt").read_text(encoding="utf-8"))


def watch(file: str, texts: Mapping[str, str], leave_out: Sequence[str], folder: str) -> int:
    """Runs a test file and writes its Reach into a folder; the exit status of pytest."""
    watcher = Watcher()
    builtins.entered = watcher.enter  # type: ignore[attr-defined]
    for name, text in texts.items():
        sys.meta_path.insert(0, ChangedModule(name, watched(name, text)))
    known = set(sys.modules)
    status = run_pytest([file, *without(leave_out)], watcher, folder)
    files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items() if name not in known}
    others = [name for name, path in files.items() if path and not Path(path).is_relative_to(Path.cwd())]
    Path(folder, "reach").write_bytes(pickle.dumps(Reach(file, watcher.seconds, watcher.entered, others)))
    return status


def without(leave_out: Sequence[str]) -> list[str]:
    return [f"--deselect={test}" for test in leave_out]


def watched(file: str, text: str) -> ast.Module:
    """A module whose functions, and itself, call `entered` first."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
            line = 0 if isinstance(node, ast.Module) else node.lineno
            place = (ast.get_docstring(node, clean=False) is not None) + sum(
                isinstance(part, ast.ImportFrom) and part.module == "__future__" for part in node.body
            )
            node.body[place:place] = ast.parse(f"entered({file!r}, {line})").body
    return tree


class Watcher:
    """A plugin of pytest that sees which of our functions each test enters, and how long it takes."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.entered: dict[tuple[str, int], set[str]] = {}
        self._test = ALL

    def enter(self, file: str, function: int) -> None:
        self.entered.setdefault((file, function), set()).add(self._test)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._test = nodeid

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration


def import_others(reaches: Sequence[Reach]) -> None:
    """Imports what the tests import of others."""
    for name in dict.fromkeys(name for reach in reaches for name in reach.modules):
        with contextlib.suppress(Exception):  # some hang on to a state that only pytest makes: they are imported later
            importlib.import_module(name)


def without_mutant(reaches: Sequence[Reach], leave_out: Sequence[str], folder: str) -> Job[Mutant | None]:
    """All test files one after the other, which must do as well as each of them did alone."""
    run = partial(run_pytest, [*(reach.file for reach in reaches), *without(leave_out)], None, folder)
    return Job(None, run, LONGEST_BASELINE)


def reached(mutant: Mutant, reaches: Sequence[Reach], room: Room) -> list[Reach]:
    """The test files that are asked about a mutant and run the function around it, the fastest first."""
    asked = room.own.get(mutant.file, [reach.file for reach in reaches])
    return [reach for reach in reaches if reach.file in asked and (mutant.file, mutant.function) in reach.entered]


def trial(
    mutant: Mutant, text: str, files: Sequence[Reach], leave_out: Sequence[str], scratch: str
) -> Job[Mutant | None]:
    """The whole files that reach a mutant, for their tests share what they read; first the tests that enter it."""
    seconds = {test: seconds for reach in files for test, seconds in reach.seconds.items()}
    enters = {test for reach in files for test in reach.entered[mutant.file, mutant.function]}

    def run() -> int:
        if not files:
            return 0
        sys.meta_path.insert(0, ChangedModule(mutant.file, text))
        arguments = [*(reach.file for reach in files), *without(leave_out)]
        return run_pytest(arguments, Sorter(seconds, enters), tempfile.mkdtemp(dir=scratch))

    return Job(mutant, run, 5.0 + 4.0 * sum(seconds.values()))


class Sorter:
    """A plugin of pytest that puts the tests likely to fail first, and among them the fast ones."""

    def __init__(self, seconds: dict[str, float], enters: set[str]) -> None:
        self._seconds, self._enters = seconds, enters

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: (item.nodeid not in self._enters, self._seconds.get(item.nodeid, 0.0)))
