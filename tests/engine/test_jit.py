"""The cache of compiled kernels: never stale, never fatal. Each case runs in a process of its own, on a tiny engine."""

from __future__ import annotations

import gc
import hashlib
import os
import pickle
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import pytest

from engine import undisturbed
from engine.kernels import cache, jit, sources

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled, so nothing is cached")

HELPER = "from engine.kernels.jit import compiled\n\n\n@compiled\ndef amount(x):\n    return x + {amount}\n"
ENTRY = """
from engine.helper import amount
from engine.kernels.jit import kernel


@kernel
def compute(x):
    return 2 * amount(x)
"""
WATCHED = """
from engine.entry import compute
from engine.kernels.cache import watched
with watched(lambda: print("compiles", end=" ")):
    compute(10)
    compute(10)
compute(1.5)
print("done", end="")
"""
PROGRAM = "from engine.entry import compute; print(compute(10), sum(compute.stats.cache_hits.values()), end='')"


class Sandbox:
    """A copy of the engine's jit module with a kernel of two source files, a trainer, and a cache folder."""

    def __init__(self, folder: Path) -> None:
        self.source, self.cache = folder / "engine", folder / "cache"
        self.source.mkdir()
        (self.source / "__init__.py").touch()
        (self.source / "kernels").mkdir()
        (self.source / "kernels" / "__init__.py").touch()
        (self.source / "trainer.py").touch()
        for module in (cache, jit, sources):
            shutil.copy(Path(module.__file__), self.source / "kernels")
        shutil.copy(Path(undisturbed.__file__), self.source)
        (self.source / "entry.py").write_text(ENTRY)
        self.set_amount(1)

    def set_amount(self, amount: int) -> None:
        (self.source / "helper.py").write_text(HELPER.format(amount=amount))

    def start(self, program: str = PROGRAM) -> subprocess.Popen[str]:
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(self.cache), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=self.source.parent,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self) -> tuple[int, bool]:
        """(result, whether it came from the cache)."""
        process = self.start()
        out, err = process.communicate()
        assert process.returncode == 0 and not err, err
        result, hits = out.split()
        return int(result), hits != "0"

    def entries(self) -> list[Path]:
        return sorted(self.cache.glob("compute-*.kernel"))


@pytest.fixture
def sandbox(tmp_path):
    return Sandbox(tmp_path)


def test_a_second_process_compiles_nothing(sandbox):
    assert sandbox.run() == (22, False)
    assert sandbox.run() == (22, True)


def test_who_watches_is_told_before_a_kernel_is_compiled_that_the_cache_has_not(sandbox):
    said = [sandbox.start(WATCHED).communicate()[0] for _ in range(2)]
    assert said == ["compiles done", "done"]


def test_an_edited_helper_in_another_file_is_never_stale(sandbox):
    sandbox.run()
    sandbox.set_amount(5)
    assert sandbox.run() == (30, False)
    sandbox.set_amount(1)
    assert sandbox.run() == (22, True)


def test_a_source_that_no_kernel_imports_leaves_the_cache_as_it_is(sandbox):
    sandbox.run()
    (sandbox.source / "trainer.py").write_text("anything = 1\n")
    assert sandbox.run() == (22, True)


def test_an_edited_module_that_only_the_helper_imports_is_never_stale(sandbox):
    (sandbox.source / "amounts.py").write_text("AMOUNT = 1\n")
    (sandbox.source / "helper.py").write_text("from engine.amounts import AMOUNT\n" + HELPER.format(amount="AMOUNT"))
    assert sandbox.run() == (22, False)
    (sandbox.source / "amounts.py").write_text("AMOUNT = 5\n")
    assert sandbox.run() == (30, False)


def entry_of(path: Path, payload: bytes) -> bytes:
    return hashlib.sha256(path.name.encode() + payload).digest() + payload


@pytest.mark.parametrize("damage", ["truncated", "garbled", "empty", "another pickle", "another kernel"])
def test_an_entry_that_is_no_longer_its_own_is_replaced(sandbox, damage):
    sandbox.run()
    (entry,) = sandbox.entries()
    content = entry.read_bytes()
    damaged = {
        "truncated": content[: len(content) // 2],
        "garbled": bytes([content[0] ^ 1]) + content[1:],
        "empty": b"",
        "another pickle": entry_of(entry, pickle.dumps(7)),
        "another kernel": entry_of(entry, pickle.dumps((1, 2))),
    }
    entry.write_bytes(damaged[damage])
    assert sandbox.run() == (22, False)
    assert sandbox.run() == (22, True)


def test_an_entry_that_is_another_kernels_is_replaced(sandbox):
    sandbox.start("from engine.entry import compute; compute(1.5)").communicate()
    (of_floats,) = sandbox.entries()
    sandbox.run()
    (of_integers,) = set(sandbox.entries()) - {of_floats}
    shutil.copy(of_floats, of_integers)
    assert sandbox.run() == (22, False)
    assert sandbox.run() == (22, True)


def test_a_folder_that_cannot_be_made_is_done_without(sandbox):
    sandbox.cache.write_text("a file where the folder should be")
    assert sandbox.run() == (22, False)
    assert sandbox.run() == (22, False)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_done_without(sandbox):
    sandbox.cache.mkdir()
    sandbox.cache.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert sandbox.run() == (22, False)
    sandbox.cache.chmod(stat.S_IRWXU)


MARK = "somebody else's code ran"


class Foreign:
    """What says so when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return print, (MARK,)


def others_write(path: Path) -> None:
    path.chmod(path.stat().st_mode | stat.S_IWOTH)


def group_writes(path: Path) -> None:
    path.chmod(path.stat().st_mode | stat.S_IWGRP)


def another_users(path: Path) -> None:
    os.chown(path, 65534, -1)


as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")


@pytest.mark.parametrize(
    ("let", "what"),
    [
        (others_write, "folder"),
        (group_writes, "entry"),
        pytest.param(another_users, "folder", marks=as_root),
        pytest.param(another_users, "entry", marks=as_root),
    ],
)
def test_nothing_runs_that_another_user_may_have_written(sandbox, let, what):
    sandbox.run()
    (entry,) = sandbox.entries()
    entry.write_bytes(entry_of(entry, pickle.dumps(Foreign())))
    let(sandbox.cache if what == "folder" else entry)
    out, err = sandbox.start(PROGRAM + "; compute(1.5)").communicate()
    assert out == "22 0"
    assert err.count("keeps no compiled kernels") == (what == "folder")


def test_a_pipe_in_place_of_an_entry_is_not_waited_for(sandbox):
    sandbox.run()
    (entry,) = sandbox.entries()
    entry.unlink()
    os.mkfifo(entry)
    assert sandbox.run() == (22, False)
    assert sandbox.run() == (22, True)


def test_an_entry_that_others_could_write_is_replaced_by_one_of_our_own(sandbox):
    sandbox.run()
    others_write(sandbox.entries()[0])
    assert sandbox.run() == (22, False)
    assert sandbox.run() == (22, True)


def test_a_folder_that_we_make_is_for_nobody_else(sandbox):
    before = os.umask(0)
    try:
        sandbox.run()
    finally:
        os.umask(before)
    assert stat.S_IMODE(sandbox.cache.stat().st_mode) == stat.S_IRWXU
    assert sandbox.run() == (22, True)


def test_two_processes_at_once(sandbox):
    processes = [sandbox.start() for _ in range(2)]
    outputs = [process.communicate() for process in processes]
    assert [out.split()[0] for out, _ in outputs] == ["22", "22"]
    assert sandbox.run() == (22, True)
    assert len(sandbox.entries()) == 1 and len(list(sandbox.cache.iterdir())) == 1


def test_old_entries_are_pruned(sandbox):
    sandbox.cache.mkdir()
    for number in range(40):
        half_written = "x1" if number == 0 else ""  # a process was killed, and its temporary file stayed
        old = sandbox.cache / f"compute-{number}.kernel{half_written}"
        old.touch()
        os.utime(old, (number, number))
    sandbox.run()
    assert len(sandbox.entries()) == 32
    assert not list(sandbox.cache.glob("compute-0.*"))
    assert sandbox.run() == (22, True)


def test_collection_goes_on_after_a_compilation_that_fails():
    def fails():
        assert not gc.isenabled()
        raise ValueError("no such kernel")

    with pytest.raises(ValueError, match="no such kernel"):
        jit.without_collection(fails)()
    assert gc.isenabled()
