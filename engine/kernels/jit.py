"""numba's jit as the kernels use it: without the interpreter lock, and with the cache of `cache`."""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from llvmlite.binding import parse_assembly
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler

from engine.kernels.cache import KernelCache
from engine.undisturbed import undisturbed

Function = TypeVar("Function", bound=Callable[..., Any])
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}


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
        dispatcher.compile = undisturbed()(without_collection(dispatcher.compile))
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
