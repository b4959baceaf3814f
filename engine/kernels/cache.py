"""The cache of compiled kernels, which cannot go wrong and runs nobody else's code.

numba's own cache watches one source file, raises for ever on a damaged entry and at import where no folder is
writable. This one names each entry by a digest of the sources that the kernels import, the signature, the CPU and the
versions, checks its content, and does without where it must. A changed source, another CPU and two processes at once
each meet only entries that are theirs.

An entry is machine code in a pickle: whoever wrote it can do what we can. So only what our own user wrote is read, from
a folder in which nobody else can write; where there is none, a warning says so once, and kernels are compiled anew.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import pickle
import stat
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba
import platformdirs
from numba.core import config
from numba.core.caching import _Cache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from engine.kernels.sources import source_files

KEPT_ENTRIES = 32
SEAL_BYTES = 32
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_watchers: list[Callable[[], None]] = []


@contextlib.contextmanager
def watched(compiles: Callable[[], None]) -> Iterator[None]:
    """Meanwhile `compiles` is called whenever a kernel is not in the cache, before it is compiled."""
    _watchers.append(compiles)
    try:
        yield
    finally:
        _watchers.remove(compiles)


def cache_folder() -> Path:
    """Where compiled kernels are kept: NUMBA_CACHE_DIR if set, else the user's cache folder."""
    return Path(config.CACHE_DIR or platformdirs.user_cache_dir("unitfit", appauthor=False))


def distrust(folder: Path) -> str:
    """Why entries in this folder are not used, in a sentence; "" where they are, or where there is no such folder."""
    try:
        status = folder.stat()
    except OSError:
        return ""
    if is_ours(status):
        return ""
    if status.st_uid == os.geteuid():
        why = "others can write in it: expected a folder in which only you can, as by `chmod go-w`"
    else:
        why = "it is another user's: expected one of your own, as NUMBA_CACHE_DIR names one"
    return f"{str(folder)!r} keeps no compiled kernels, for {why}"


def is_ours(status: os.stat_result) -> bool:
    """Whether a file or folder is our own user's, and no other user can write in it."""
    user = getattr(os, "geteuid", lambda: status.st_uid)  # Windows keeps users' folders apart by other means
    return bool(status.st_uid == user() and (sys.platform == "win32" or not status.st_mode & OTHERS_WRITE))


@functools.cache
def is_trusted(folder: Path) -> bool:
    """Whether entries in this folder may be used; a warning says why not."""
    if why := distrust(folder):
        warnings.warn(why, stacklevel=2)
    return not why


@functools.cache
def sources_digest(file: Path) -> str:
    """A digest of every source that a kernel in this file depends on and of the versions that make it machine code."""
    digest = hashlib.sha256(f"{sys.version} {numba.__version__}".encode())
    for path in source_files(file):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


class KernelCache(_Cache):
    """One file an entry: a seal of its name and payload, then the payload, numba's pickle of a compiled function."""

    def __init__(self, name: str, source: Path) -> None:
        self._name, self._source = name, source

    @property
    def cache_path(self) -> str:
        return str(cache_folder())

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        found = self._read(sig, target_context)
        if found is None:
            for compiles in _watchers:
                compiles()
        return found

    def _read(self, sig: Any, target_context: Any) -> Any:
        target_context.refresh()
        path = self._path(sig, target_context.codegen())
        content = own_content(path)
        payload = content[SEAL_BYTES:]
        if content[:SEAL_BYTES] != seal(path, payload):
            return None  # damaged, or another kernel's: compiled anew, and the new entry takes its place
        with contextlib.suppress(Exception):  # nor is one of use that is whole and says something else
            return CompileResult._rebuild(target_context, *pickle.loads(payload))

    def save_overload(self, sig: Any, data: Any) -> None:
        payload = dumps(data._reduce())
        path = self._path(sig, data.codegen)
        with contextlib.suppress(OSError):  # a read-only folder or a full disk costs the next start some seconds
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if is_trusted(path.parent):
                write_atomically(path, seal(path, payload) + payload)
                self._prune()

    def enable(self) -> None:
        """Nothing to do: numba asks for it, but this cache is always on."""

    def disable(self) -> None:
        """Nothing to do, as for `enable`."""

    def flush(self) -> None:
        """Remove the entries of this function."""
        for path in self._entries():
            path.unlink(missing_ok=True)

    def _path(self, sig: Any, codegen: Any) -> Path:
        own = sources_digest(self._source), self._source.name, sig, codegen.magic_tuple()
        key = hashlib.sha256(repr(own).encode()).hexdigest()
        return cache_folder() / f"{self._name}-{key[:32]}.kernel"

    def _entries(self) -> list[Path]:
        return list(cache_folder().glob(f"{self._name}-*.kernel*"))  # what a killed process wrote in part, too

    def _prune(self) -> None:
        """Drop the oldest entries, so that edits and updates do not fill the folder."""
        newest_first = sorted(self._entries(), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in newest_first[KEPT_ENTRIES:]:
            path.unlink(missing_ok=True)


def seal(path: Path, payload: bytes) -> bytes:
    """A digest of what an entry is called, which says which kernel it is, and of what it holds."""
    return hashlib.sha256(path.name.encode() + payload).digest()


def own_content(path: Path) -> bytes:
    """What our own user wrote to a file; b"" for a file, or a folder, that another may have put there."""
    if not is_trusted(path.parent):
        return b""
    try:
        with open(path, "rb", opener=without_waiting) as file:
            status = os.fstat(file.fileno())
            return file.read() if stat.S_ISREG(status.st_mode) and is_ours(status) else b""
    except OSError:
        return b""


def without_waiting(path: str, flags: int) -> int:
    """Opens what may be a pipe, which would be waited for."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that readers see all of it or none; raises OSError and leaves nothing behind on failure."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
