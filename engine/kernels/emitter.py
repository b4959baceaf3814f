"""A small emitter of LLVM vector IR for numba: values with operators, loops, and `emitted` to make an intrinsic.

A `Value` takes part in the very expressions that NumPy evaluates on arrays (operators, comparisons, np.tanh, …), so the
formulas of activations and losses are written once and serve both. The vector width is the host's: 16 float32 lanes
with AVX-512, 8 with AVX, else 4.

Memory is addressed in units of one float ("word addresses"), so that all arithmetic on addresses is in elements, and
every vector lies on a multiple of its own size.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils, config
from numba.extending import intrinsic

FEATURES = binding.get_host_cpu_features().flatten() if config.CPU_FEATURES is None else config.CPU_FEATURES
LANES = 16 if "+avx512f" in FEATURES else 8 if "+avx" in FEATURES.replace("+avx512", "") else 4
ESTIMATES = LANES == 16  # the processor estimates reciprocals to 14 bits
MANY_REGISTERS = LANES != 8  # 32 vector registers with AVX-512 and NEON, 16 with AVX

F32, I1, I32, I64 = ir.FloatType(), ir.IntType(1), ir.IntType(32), ir.IntType(64)
VECTOR = ir.VectorType(F32, LANES)
MASK = ir.VectorType(I1, LANES)
INTEGERS = ir.VectorType(I32, LANES)


class Value:
    """An IR value: a vector of float32 or of 32-bit words, a mask, a float32 or an integer.

    Beside a vector, a scalar is broadcast and a Python number becomes a constant.
    """

    def __init__(self, emit: Emitter, ir_value: Any) -> None:
        self.emit = emit
        self.ir = ir_value

    def __add__(self, other: Any) -> Value:
        return self._operate("add", other)

    def __sub__(self, other: Any) -> Value:
        return self._operate("sub", other)

    def __mul__(self, other: Any) -> Value:
        if self.ir.type == MASK:
            return self.emit.select(self, self.emit.vector(other), self.emit.vector(0.0))
        return self._operate("mul", other)

    def __truediv__(self, other: Any) -> Value:
        """Vectors to the last bit or two, by the divisor's `reciprocal`."""
        other = self._like(other)
        if ESTIMATES and self.ir.type == VECTOR:
            return self * self.emit.reciprocal(other)
        return Value(self.emit, self.emit.builder.fdiv(self.ir, other.ir))

    def __xor__(self, other: Any) -> Value:
        return Value(self.emit, self.emit.builder.xor(self.ir, self._like(other).ir))

    def __rshift__(self, bits: int) -> Value:
        return Value(self.emit, self.emit.builder.lshr(self.ir, self._like(bits).ir))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Any) -> Value:
        return self._like(other) - self

    def __rtruediv__(self, other: Any) -> Value:
        return self._like(other) / self

    def __neg__(self) -> Value:
        return self * -1.0

    def __gt__(self, other: Any) -> Value:
        return self._compare(">", other)

    def __lt__(self, other: Any) -> Value:
        return self._compare("<", other)

    def __and__(self, other: Value) -> Value:
        return Value(self.emit, self.emit.builder.and_(self.ir, other.ir))

    def __or__(self, other: Value) -> Value:
        return Value(self.emit, self.emit.builder.or_(self.ir, other.ir))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any) -> Value:
        """np.tanh(value) and the like, by `vector_math`."""
        from engine.kernels.vector_math import UFUNCS

        first, *rest = inputs
        return UFUNCS[ufunc](self.emit.vector(first), *(self.emit.vector(value) for value in rest))

    def _like(self, other: Any) -> Value:
        """`other` as a value of this one's type."""
        if self.ir.type == VECTOR:
            return self.emit.vector(other)
        if self.ir.type == INTEGERS:
            return self.emit.words(other)
        return other if isinstance(other, Value) else Value(self.emit, ir.Constant(self.ir.type, other))

    def _operate(self, name: str, other: Any) -> Value:
        other = self._like(other)
        prefix = "f" if self.ir.type in (VECTOR, F32) else ""
        return Value(self.emit, getattr(self.emit.builder, prefix + name)(self.ir, other.ir))

    def _compare(self, sign: str, other: Any) -> Value:
        """False wherever one side is NaN."""
        other = self._like(other)
        builder = self.emit.builder
        compare = builder.fcmp_ordered if self.ir.type in (VECTOR, F32) else builder.icmp_signed
        return Value(self.emit, compare(sign, self.ir, other.ir))


class Variable:
    """A mutable local; LLVM keeps it in a register."""

    def __init__(self, start: Value) -> None:
        self.emit = start.emit
        self.slot = cgutils.alloca_once(self.emit.builder, start.ir.type)
        self.set(start)

    def get(self) -> Value:
        return Value(self.emit, self.emit.builder.load(self.slot))

    def set(self, value: Value) -> None:
        self.emit.builder.store(value.ir, self.slot)


class Emitter:
    """Emits into one function; the methods are the instructions that the kernels use."""

    def __init__(self, builder: ir.IRBuilder) -> None:
        self.builder = builder

    def vector(self, value: Any) -> Value:
        """A number or a scalar value in all lanes; a vector as it is."""
        if not isinstance(value, Value):
            return Value(self, ir.Constant(VECTOR, [float(np.float32(value))] * LANES))
        if value.ir.type != F32:
            return value
        return self._broadcast(value.ir, VECTOR)

    def words(self, value: Any) -> Value:
        """A whole number or an integer value, modulo 2³², in all lanes; a vector as it is."""
        if not isinstance(value, Value):
            signed = (value & 0xFFFFFFFF) - ((value & 0x80000000) << 1)
            return Value(self, ir.Constant(INTEGERS, [signed] * LANES))
        if value.ir.type == INTEGERS:
            return value
        return self._broadcast(self.builder.trunc(value.ir, I32), INTEGERS)

    def lane_numbers(self) -> Value:
        """0, 1, 2, … as words."""
        return Value(self, ir.Constant(INTEGERS, list(range(LANES))))

    def variable(self, start: Any = 0.0) -> Variable:
        return Variable(self.vector(start))

    def load(self, address: Value, offset: Any = 0) -> Value:
        return Value(self, self.builder.load(self._pointer(address, offset, VECTOR), align=4 * LANES))

    def store(self, value: Value, address: Value, offset: Any = 0) -> None:
        self.builder.store(value.ir, self._pointer(address, offset, VECTOR), align=4 * LANES)

    def store_words(self, value: Value, address: Value, offset: Any = 0) -> None:
        self.builder.store(value.ir, self._pointer(address, offset, INTEGERS), align=4 * LANES)

    def load_word(self, address: Value, offset: Any = 0) -> Value:
        """A signed 32-bit word as an integer."""
        return Value(self, self.builder.sext(self.builder.load(self._pointer(address, offset, I32), align=4), I64))

    def load_float(self, address: Value, offset: Any = 0) -> Value:
        return Value(self, self.builder.load(self._pointer(address, offset, F32), align=4))

    def store_float(self, value: Value, address: Value, offset: Any = 0) -> None:
        self.builder.store(value.ir, self._pointer(address, offset, F32), align=4)

    def first_lane(self, value: Value) -> Value:
        return Value(self, self.builder.extract_element(value.ir, I32(0)))

    def fma(self, x: Value, y: Value, z: Value) -> Value:
        """x·y + z, rounded once."""
        return self.call("fma", x, y, z)

    def reciprocal(self, x: Value) -> Value:
        """1/x: an estimate to 14 bits and a step of Newton's, which takes a quarter of a division's time."""
        estimate = self._estimate("rcp14", x)
        better = self.fma(estimate, self.fma(-x, estimate, self.vector(1.0)), estimate)
        is_number = Value(self, self.builder.fcmp_ordered("ord", better.ir, better.ir))
        return self.select(is_number, better, estimate)  # 0 and ±∞ are exact in the estimate

    def sqrt(self, x: Value) -> Value:
        """√x of a finite x, NaN below 0, to the last bit or two; as `reciprocal` by an estimate where there is one."""
        if not ESTIMATES:
            return self.call("sqrt", x)
        inverse = self._estimate("rsqrt14", x)
        inverse = self.select(x._compare("==", 0.0), self.vector(0.0), inverse)  # the estimate for 0 is ∞
        root = x * inverse
        return self.fma(inverse * 0.5, self.fma(-root, root, x), root)

    def _estimate(self, name: str, x: Value) -> Value:
        """AVX-512's estimate of 1/x (rcp14) or 1/√x (rsqrt14), good to 14 bits."""
        kind = ir.FunctionType(VECTOR, [VECTOR, VECTOR, ir.IntType(16)])
        function = cgutils.get_or_insert_function(self.builder.module, kind, f"llvm.x86.avx512.{name}.ps.512")
        return Value(self, self.builder.call(function, [x.ir, ir.Constant(VECTOR, None), ir.IntType(16)(0xFFFF)]))

    def call(self, name: str, *arguments: Value) -> Value:
        """One of LLVM's vector intrinsics, such as sqrt."""
        kind = ir.FunctionType(VECTOR, [VECTOR] * len(arguments))
        function = cgutils.get_or_insert_function(self.builder.module, kind, f"llvm.{name}.v{LANES}f32")
        return Value(self, self.builder.call(function, [argument.ir for argument in arguments]))

    def call_on_bytes(self, name: str, address: Value) -> None:
        """An LLVM intrinsic that takes a pointer and returns nothing."""
        pointer = ir.IntType(8).as_pointer()
        function = cgutils.get_or_insert_function(
            self.builder.module, ir.FunctionType(ir.VoidType(), [pointer]), f"llvm.{name}"
        )
        self.builder.call(function, [self._pointer(address, 0, ir.IntType(8))])

    def select(self, condition: Value, yes: Value, no: Value) -> Value:
        return Value(self, self.builder.select(condition.ir, yes.ir, no.ir))

    def shuffle(self, x: Value, y: Value, lanes: Sequence[int]) -> Value:
        """Lanes of x (0 …) and y (LANES …) in a new order."""
        order = ir.Constant(ir.VectorType(I32, LANES), list(lanes))
        return Value(self, self.builder.shuffle_vector(x.ir, y.ir, order))

    def lanes_below(self, count: Value) -> Value:
        """The mask of the first `count` lanes."""
        numbers = Value(self, ir.Constant(VECTOR, [float(lane) for lane in range(LANES)]))
        return numbers < Value(self, self.builder.sitofp(count.ir, F32))

    def add_to_exponent(self, value: Value, shifted: Value) -> Value:
        """value · 2ⁿ, n in the low bits of `shifted`, a vector of n + 1.5·2²³."""
        builder = self.builder
        exponent = builder.shl(builder.bitcast(shifted.ir, INTEGERS), ir.Constant(INTEGERS, [23] * LANES))
        return Value(self, builder.bitcast(builder.add(builder.bitcast(value.ir, INTEGERS), exponent), VECTOR))

    def sum_lanes(self, value: Value) -> Value:
        """The sum of a vector's lanes, in all lanes."""
        width = LANES // 2
        while width:
            value = value + self.shuffle(value, value, [(lane + width) % LANES for lane in range(LANES)])
            width //= 2
        return value

    @contextmanager
    def loop(self, count: Value, step: int = 1) -> Iterator[Value]:
        """Counts 0, step, 2·step, … below `count`."""
        with cgutils.for_range_slice(self.builder, I64(0), count.ir, I64(step), inc=True) as (index, _):
            yield Value(self, index)

    def repeat_while_any(self, body: Callable[[], Value]) -> None:
        """Emit a loop over `body`, which returns a mask: again while any lane of it is set."""
        builder = self.builder
        again, done = builder.append_basic_block("again"), builder.append_basic_block("done")
        builder.branch(again)
        builder.position_at_end(again)
        bits = builder.bitcast(body().ir, ir.IntType(LANES))
        builder.cbranch(builder.icmp_unsigned("!=", bits, ir.IntType(LANES)(0)), again, done)
        builder.position_at_end(done)

    def when(self, value: Value, equals: int) -> AbstractContextManager[Any]:
        condition = self.builder.icmp_signed("==", value.ir, I64(equals))
        block: AbstractContextManager[Any] = self.builder.if_then(condition)
        return block

    def _broadcast(self, scalar: Any, kind: ir.VectorType) -> Value:
        lane = self.builder.insert_element(ir.Constant(kind, ir.Undefined), scalar, I32(0))
        return self.shuffle(Value(self, lane), Value(self, lane), [0] * LANES)

    def _pointer(self, address: Value, offset: Any, kind: ir.Type) -> Any:
        builder = self.builder
        base = builder.inttoptr(builder.shl(address.ir, I64(2)), F32.as_pointer())
        place = builder.gep(base, [offset.ir if isinstance(offset, Value) else I64(offset)])
        return builder.bitcast(place, kind.as_pointer())


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


int64s, float64s, int32s = (pointer_to(kind) for kind in (types.int64, types.float64, types.int32))


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
        emit = Emitter(builder)
        value = body(emit, *(Value(emit, argument) for argument in arguments))
        return context.get_dummy_value() if value is None else value.ir

    def typed(*_: Any) -> Any:
        return result(*kinds), codegen

    typed.__name__ = body.__name__
    typed.__signature__ = inspect.Signature([emit_parameter, *parameters])  # type: ignore[attr-defined]
    function: Callable[..., Any] = intrinsic(typed)
    return function
