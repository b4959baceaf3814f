"""The keeper: the present run is written to the state folder while it goes on: a crash loses two seconds at most.

Each program has files of its own and holds a lock on one of them. Files whose lock nobody holds are of a program that
was cut off; the next start can go on with the newest of them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import platformdirs

from engine import EngineError, Experiment
from engine.files import write_in_one_piece
from engine.story_state import pack

try:
    import fcntl
except ImportError:  # on Windows, where nothing is kept
    LOCKS = False
else:
    LOCKS = True

EVERY = 1.5  # seconds between two writes, at least: with the time that they take, two are not reached
SHARE = 0.02  # of the time, at most, that writing may take
MOST_RUNS, MOST_BYTES = 10, 200 * 2**20  # that are left in the folder
STORY, LOCK = ".npz", ".lock"


def state_folder() -> Path:
    """Where runs are kept while they go on."""
    return platformdirs.user_state_path("unitfit") / "runs"


class Keeper:
    """Keeps one program's present run. What cannot be kept is told once, by `problem`."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.perf_counter) -> None:
        self.folder, self.clock = folder, clock
        self.problem = ""
        self._due = 0.0
        self._kept: tuple[Any, ...] = ()  # what was written last
        self._lock: IO[bytes] | None = None
        self.path = folder / f"{os.getpid()}-{time.time_ns():x}"

    def left(self) -> tuple[Path, ...]:
        """The files of the runs that were cut off, the newest first."""
        return cut_off(self.folder)

    def take_over(self, file: Path) -> None:
        """The run of this file goes on here, and its file with it; a file of this program's own goes.

        Where another program has it by now, the run goes on in both, and here in a file of this program's own.
        """
        self.close()
        lock = hold(file.with_suffix(LOCK))
        if lock is not None:
            self.path, self._lock = file.with_suffix(""), lock

    def wait(self, story: Experiment) -> float | None:
        """Seconds until the run is to be written; None where nothing was done to it since it was written last."""
        if not LOCKS or self.problem or not (story.end or story.entries) or _state(story) == self._kept:
            return None
        return max(0.0, self._due - self.clock())

    def look(self, story: Experiment) -> bool:
        """Write the run where something was done to it and the last time is long enough ago.

        Returns whether there is a new problem.
        """
        if self.wait(story) != 0.0:
            return False
        now, begun = self.clock(), time.thread_time()
        try:
            self._write(story)
        except OSError as error:
            self.problem = f"{self.folder}: cannot be written ({error.strerror}), so a crash would lose this run"
        except EngineError as error:
            self.problem = f"A crash would lose this run: {error}"
        self._kept = _state(story)
        self._due = now + max(EVERY, (time.thread_time() - begun) / SHARE)  # however busy the machine is
        return bool(self.problem)

    def _write(self, story: Experiment) -> None:
        if self._lock is None:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = hold(self.path.with_suffix(LOCK))
        write_in_one_piece(self.path.with_suffix(STORY), pack(story), lasting=False)  # the runner has no time to wait

    def close(self) -> None:
        """The program ends as it should: nothing is left."""
        if self._lock is not None:
            remove(self.path)
            self._lock.close()
            self._lock = None


def _state(story: Experiment) -> tuple[Any, ...]:
    """What changes whenever something is done to a story."""
    return id(story), story.end, story.position, story.entries, len(story.tails)


def hold(path: Path) -> IO[bytes] | None:
    """A lock on the file, held until it is closed or the program ends; None where another program holds it."""
    file = open(path, "ab")  # noqa: SIM115  # it stays open
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def cut_off(folder: Path) -> tuple[Path, ...]:
    """The files of the runs that were cut off, the newest first; older ones than the last few are removed."""
    if not LOCKS:
        return ()
    try:
        locks = filter(Path.is_file, folder.glob(f"*{LOCK}"))
        newest_first = sorted(locks, key=lambda path: path.stat().st_mtime, reverse=True)
        left = [path.with_suffix("") for path in newest_first if _is_left(path)]
        total = 0
        for number, path in enumerate(left):
            total += sum(file.stat().st_size for file in _files(path) if file.exists())
            if number >= MOST_RUNS or total > MOST_BYTES or not path.with_suffix(STORY).exists():
                remove(path)
        return tuple(file for path in left if (file := path.with_suffix(STORY)).exists())
    except OSError:
        return ()


def remove(path: Path) -> None:
    """The files of a run go, the lock last."""
    for file in _files(path):
        file.unlink(missing_ok=True)


def _files(path: Path) -> list[Path]:
    return [path.with_suffix(suffix) for suffix in (STORY, LOCK)]


def _is_left(lock_path: Path) -> bool:
    """Whether the program that held this lock has ended."""
    lock = hold(lock_path)
    if lock is None:
        return False
    lock.close()
    return True
