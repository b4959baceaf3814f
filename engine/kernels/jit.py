"""numba's jit as the kernels use it: without the interpreter lock, and with a cache that cannot go wrong.

numba's own cache watches one source file, raises for ever on a damaged entry and at import where no folder is
writable. This one names each entry by a digest of the sources that the kernels import, the signature, the CPU and the
versions, checks its content, and does without where it must. A changed source, another CPU and two processes at once
each meet only entries that are theirs.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import platformdirs
from llvmlite.binding import parse_assembly
from numba.core import config
from numba.core.caching import _Cache
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler, CompileResult
from numba.core.serialize import dumps

from engine.kernels.sources import source_files

Function = TypeVar("Function", bound=Callable[..., Any])
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
KEPT_ENTRIES = 32
_watchers: list[Callable[[], None]] = []


class PartLibrary(JITCodeLibrary):
    """LLVM's form of a part: optimised and made machine code only where it becomes part of a kernel.

    numba would do both for each part by itself as well, and again for each part that calls it.
    """

    def _optimize_final_module(self) -> None: ...

    def _finalize_final_module(self) -> None:
        names = [variable.name for variable in self._final_module.global_variables if "NumbaEnv" in variable.name]
        places = parse_assembly("\n".join(f'@"{name}" = common global i8* null' for name in names))
        self._codegen._add_module(places)  # where numba writes Python's side of a function, which no part uses
        self._finalized = True


class PartCompiler(Compiler):
    """numba's compiler, into a PartLibrary."""

    def define_pipelines(self) -> Any:
        state = self.state
        state.library = PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        return super().define_pipelines()


PART = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": PartCompiler}


def compiled(function: Function) -> Function:
    """Compile a function, for Python and for callers that are compiled."""
    return cast(Function, numba.njit(**OPTIONS)(function))


def internal(function: Function) -> Function:
    """Compile a part of the kernels, which only they call: the interpreter would crash."""
    return cast(Function, numba.njit(**OPTIONS, **PART)(function))


def inlined(function: Function) -> Function:
    """As `internal`, but its body becomes part of its callers."""
    return cast(Function, numba.njit(**OPTIONS, **PART, forceinline=True)(function))


def kernel(function: Function) -> Function:
    """Compile an entry point: as `compiled`, and cached on disk."""
    dispatcher: Any = compiled(function)
    if dispatcher is not function:  # where JIT is off, numba returns the function itself
        dispatcher._cache = KernelCache(function.__qualname__, Path(function.__code__.co_filename))
        dispatcher.compile = without_collection(dispatcher.compile)
    return cast(Function, dispatcher)


def by_code(functions: list[Callable[..., Any]]) -> Callable[..., Any]:
    """One `call(code, ...)`, for callers that are compiled, of the compiled function at place `code`."""
    head, *rest = functions
    call = internal(lambda code, *arguments: head(*arguments))
    for code, function in enumerate(rest, start=1):
        call = _or(code, function, call)
    return call


def _or(own: int, function: Callable[..., Any], other: Callable[..., Any]) -> Callable[..., Any]:
    return internal(lambda code, *arguments: function(*arguments) if code == own else other(code, *arguments))


def without_collection(function: Function) -> Function:
    """`function`, during which Python looks for no reference cycles: a tenth of a compilation's time goes there."""

    @functools.wraps(function)
    def run(*arguments: Any) -> Any:
        if not gc.isenabled():
            return function(*arguments)
        gc.disable()
        try:
            return function(*arguments)
        finally:
            gc.enable()

    return cast(Function, run)


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


@functools.cache
def sources_digest(file: Path) -> str:
    """A digest of every source that a kernel in this file depends on and of the versions that make it machine code."""
    digest = hashlib.sha256(f"{sys.version} {numba.__version__}".encode())
    for path in source_files(file):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


class KernelCache(_Cache):
    """One file an entry: the digest of a payload, then the payload, numba's pickle of a compiled function."""

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
        try:
            content = path.read_bytes()
        except OSError:
            return None
        digest, payload = content[:32], content[32:]
        if hashlib.sha256(payload).digest() != digest:
            return None  # damaged: compiled anew, and the new entry takes its place
        return CompileResult._rebuild(target_context, *pickle.loads(payload))

    def save_overload(self, sig: Any, data: Any) -> None:
        payload = dumps(data._reduce())
        path = self._path(sig, data.codegen)
        with contextlib.suppress(OSError):  # a read-only folder or a full disk costs the next start some seconds
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, hashlib.sha256(payload).digest() + payload)
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
