"""Forked processes: each runs pytest once, perhaps with a changed module, and says by its exit status how it went."""

from __future__ import annotations

import ast
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from multiprocessing.connection import wait
from pathlib import Path
from types import CodeType
from typing import Any, Generic, TypeVar

import pytest

OPTIONS = ("-x", "-q", "-n0", "-p", "no:cacheprovider", "--assert=plain", "--hypothesis-seed=0")
Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Job(Generic[Subject]):
    """What a process does for a subject, with its exit status, and the seconds after which it is ended."""

    subject: Subject
    run: Callable[[], int]
    limit: float


def in_forks(
    jobs: Iterator[Job[Subject]], at_once: int, end: float = float("inf")
) -> Iterator[tuple[Subject, int | None]]:
    """Each subject with the exit status of its process, None if it was ended; no job begins after `end`."""
    fork = multiprocessing.get_context("fork")
    running: dict[Any, tuple[Subject, float]] = {}
    while True:
        while len(running) < at_once and time.monotonic() < end and (job := next(jobs, None)):
            process = fork.Process(target=lambda run=job.run: os._exit(run()), daemon=True)
            process.start()
            running[process] = job.subject, time.monotonic() + job.limit
        if not running:
            return
        first = min(deadline for _, deadline in running.values())
        wait([process.sentinel for process in running], max(0.0, first - time.monotonic()))
        for process, (subject, deadline) in list(running.items()):
            if process.is_alive() and time.monotonic() < deadline:
                continue
            status = None if process.is_alive() else process.exitcode
            process.kill()
            process.join()
            del running[process]
            yield subject, status


def run_pytest(arguments: Sequence[str], plugin: object, folder: str) -> int:
    """The exit status of pytest; what it says goes to `pytest.txt` in a folder, beside what the tests write."""
    with open(f"{folder}/pytest.txt", "w", encoding="utf-8") as words:
        sys.stdout = sys.stderr = words
        for stream in (1, 2):
            os.dup2(words.fileno(), stream)
        return int(pytest.main([*OPTIONS, f"--basetemp={folder}/tmp", *arguments], [plugin]))


class ChangedModule(MetaPathFinder):
    """Finds one module, with a text (or its tree) that is not that of its file."""

    def __init__(self, file: str, text: str | ast.Module) -> None:
        self._path, self._text = Path(file).absolute(), text
        self._name = ".".join(Path(file).with_suffix("").parts).removesuffix(".__init__")

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        if name != self._name:
            return None
        return spec_from_file_location(name, self._path, loader=ChangedLoader(name, str(self._path), self._text))


class ChangedLoader(SourceFileLoader):
    def __init__(self, name: str, path: str, text: str | ast.Module) -> None:
        super().__init__(name, path)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._text, self.path, "exec", dont_inherit=True)
