"""`emitted`, which makes an intrinsic for jitted code out of a function that emits, and pointers for such code."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import from_dtype, types
from numba.extending import intrinsic

from engine.kernels.emitter import I64, Emitter, Value
from engine.kernels.vector_math import UFUNCS


def pointer_to(kind: Any) -> Callable[[int], Any]:
    """A function for jitted code: word address → pointer to numbers of a numba type, indexed as a C array is.

    Unlike an array it holds no reference that compiled code would count, and wraps no negative index.
    """

    def typed(_: Any, address: Any) -> Any:
        def codegen(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Sequence[Any]) -> Any:
            pointer = context.get_value_type(signature.return_type)
            return builder.inttoptr(builder.shl(arguments[0], I64(2)), pointer)

        return types.CPointer(kind)(types.intp), codegen

    function: Callable[[int], Any] = intrinsic(typed)
    return function


def record_at(dtype: np.dtype[Any]) -> Callable[[int], Any]:
    """A function for jitted code: word address → the record of this dtype there, whose fields are attributes."""
    kind = from_dtype(dtype)

    def typed(_: Any, address: Any) -> Any:
        def codegen(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Sequence[Any]) -> Any:
            return builder.inttoptr(builder.shl(arguments[0], I64(2)), context.get_value_type(signature.return_type))

        return kind(types.intp), codegen

    function: Callable[[int], Any] = intrinsic(typed)
    return function


int64s, float64s, int32s, float32s = map(pointer_to, (types.int64, types.float64, types.int32, types.float32))


def emitted(body: Callable[..., Value | None]) -> Callable[..., Any]:
    """Make `body(emit, *arguments)` a function that jitted code calls.

    An argument whose name ends in `_f` is a float32, every other one an integer or a word address. A body that is
    annotated to return a Value returns a float32.
    """
    signature = inspect.signature(body)
    emit_parameter, *parameters = signature.parameters.values()
    result = types.float32 if signature.return_annotation == "Value" else types.void
    kinds = [types.float32 if parameter.name.endswith("_f") else types.intp for parameter in parameters]

    def codegen(context: Any, builder: ir.IRBuilder, _: Any, arguments: Sequence[Any]) -> Any:
        emit = Emitter(builder, UFUNCS)
        value = body(emit, *(Value(emit, argument) for argument in arguments))
        return context.get_dummy_value() if value is None else value.ir

    def typed(*_: Any) -> Any:
        return result(*kinds), codegen

    typed.__name__ = body.__name__
    typed.__signature__ = inspect.Signature([emit_parameter, *parameters])  # type: ignore[attr-defined]
    function: Callable[..., Any] = intrinsic(typed)
    return function
