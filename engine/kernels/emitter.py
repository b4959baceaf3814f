"""A small emitter of LLVM vector IR: values with operators, and loops.

A `Value` takes part in the very expressions that NumPy evaluates on arrays (operators, comparisons, np.tanh, …), so the
formulas of activations and losses are written once and serve both. The vector width is the host's: 16 float32 lanes
with AVX-512, 8 with AVX, else 4.

Memory is addressed in units of one float ("word addresses"), so that all arithmetic on addresses is in elements, and
every vector lies on a multiple of its own size.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba.core import cgutils, config

FEATURES = binding.get_host_cpu_features().flatten() if config.CPU_FEATURES is None else config.CPU_FEATURES
LANES = 16 if "+avx512f" in FEATURES else 8 if "+avx" in FEATURES.replace("+avx512", "") else 4
ESTIMATES = LANES == 16  # the processor estimates reciprocals to 14 bits
MANY_REGISTERS = LANES != 8  # 32 vector registers with AVX-512 and NEON, 16 with AVX
# x86 of before 2013 has no instruction for x·y + z: a function of C's, one lane at a time, would take ten times as long
FUSED = "fma" if "+fma" in FEATURES or LANES == 16 or "x86" not in binding.get_process_triple() else "fmuladd"

LOOKS = 1 << 12  # at a word that others change, before giving way to them; a power of two
GIVE_WAY = "SwitchToThread" if sys.platform == "win32" else "sched_yield"

F32, I1, I32, I64 = ir.FloatType(), ir.IntType(1), ir.IntType(32), ir.IntType(64)
VECTOR, QUAD = ir.VectorType(F32, LANES), ir.VectorType(F32, 4)
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
        return self.emit.quotient(self, self._like(other))

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

    def __and__(self, other: Any) -> Value:
        return Value(self.emit, self.emit.builder.and_(self.ir, self._like(other).ir))

    def __or__(self, other: Value) -> Value:
        return Value(self.emit, self.emit.builder.or_(self.ir, other.ir))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any) -> Value:
        """np.tanh(value) and the like, by the functions that the emitter was given."""
        first, *rest = inputs
        return self.emit.functions[ufunc](self.emit.vector(first), *(self.emit.vector(value) for value in rest))

    def _like(self, other: Any) -> Value:
        """`other` as a value of this one's type."""
        if self.ir.type == VECTOR:
            return self.emit.vector(other)
        if self.ir.type == INTEGERS:
            return self.emit.words(other)
        return other if isinstance(other, Value) else Value(self.emit, ir.Constant(self.ir.type, other))

    def _operate(self, name: str, other: Any) -> Value:
        other, builder = self._like(other), self.emit.builder
        if self.ir.type in (VECTOR, F32):  # a product and a sum may become one FMA, rounded once
            return Value(self.emit, getattr(builder, "f" + name)(self.ir, other.ir, flags=("contract",)))
        return Value(self.emit, getattr(builder, name)(self.ir, other.ir))

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

    def __init__(self, builder: ir.IRBuilder, functions: Mapping[np.ufunc, Callable[..., Value]]) -> None:
        self.builder, self.functions = builder, functions

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

    def load_words(self, address: Value, offset: Any = 0) -> Value:
        """A vector of 32-bit words."""
        return Value(self, self.builder.load(self._pointer(address, offset, INTEGERS), align=4 * LANES))

    def load_word(self, address: Value, offset: Any = 0) -> Value:
        """A signed 32-bit word as an integer."""
        return Value(self, self.builder.sext(self.builder.load(self._pointer(address, offset, I32), align=4), I64))

    def load_float(self, address: Value, offset: Any = 0) -> Value:
        return Value(self, self.builder.load(self._pointer(address, offset, F32), align=4))

    def store_float(self, value: Value, address: Value, offset: Any = 0) -> None:
        self.builder.store(value.ir, self._pointer(address, offset, F32), align=4)

    def copy_pair(self, address: Value, offset: Value, into: Value, at: Value) -> None:
        """Two floats from anywhere to a place of two words."""
        pair = self.builder.load(self._pointer(address, offset, I64), align=4)
        self.builder.store(pair, self._pointer(into, at, I64), align=8)

    def first_lane(self, value: Value) -> Value:
        return Value(self, self.builder.extract_element(value.ir, I32(0)))

    def fma(self, x: Value, y: Value, z: Value) -> Value:
        """x·y + z, rounded once where the processor can do that."""
        return self.call(FUSED, x, y, z)

    def quotient(self, x: Value, y: Value) -> Value:
        """x/y to the last bit or two; NaN where y is 0 or infinite, if the processor estimates reciprocals.

        With an estimate of 1/y to 14 bits and a step of Newton's it takes a quarter of a division's time.
        """
        if not ESTIMATES:
            return Value(self, self.builder.fdiv(x.ir, y.ir))
        kind = ir.FunctionType(VECTOR, [VECTOR, VECTOR, ir.IntType(16)])
        function = cgutils.get_or_insert_function(self.builder.module, kind, "llvm.x86.avx512.rcp14.ps.512")
        every = ir.IntType(16)(0xFFFF)
        estimate = Value(self, self.builder.call(function, [y.ir, ir.Constant(VECTOR, None), every]))
        first = x * estimate
        return self.fma(estimate, self.fma(-y, first, x), first)

    def call(self, name: str, *arguments: Value) -> Value:
        """One of LLVM's vector intrinsics, such as sqrt."""
        kind = ir.FunctionType(VECTOR, [VECTOR] * len(arguments))
        function = cgutils.get_or_insert_function(self.builder.module, kind, f"llvm.{name}.v{LANES}f32")
        return Value(self, self.builder.call(function, [argument.ir for argument in arguments]))

    def smaller(self, x: Value, y: Value) -> Value:
        """The smaller of 32-bit words without a sign."""
        kind = ir.FunctionType(INTEGERS, [INTEGERS] * 2)
        function = cgutils.get_or_insert_function(self.builder.module, kind, f"llvm.umin.v{LANES}i32")
        return Value(self, self.builder.call(function, [x.ir, y.ir]))

    def call_on_bytes(self, name: str, address: Value) -> None:
        """An LLVM intrinsic that takes a pointer and returns nothing."""
        pointer = ir.IntType(8).as_pointer()
        function = cgutils.get_or_insert_function(
            self.builder.module, ir.FunctionType(ir.VoidType(), [pointer]), f"llvm.{name}"
        )
        self.builder.call(function, [self._pointer(address, 0, ir.IntType(8))])

    def whole(self, number: int) -> Value:
        """A whole number, as those of addresses and counts."""
        return Value(self, I64(number))

    def select(self, condition: Value, yes: Value, no: Value) -> Value:
        return Value(self, self.builder.select(condition.ir, yes.ir, no.ir))

    def shuffle(self, x: Value, y: Value, lanes: Sequence[int]) -> Value:
        """Lanes of x (0 …) and y (LANES …) in a new order."""
        order = ir.Constant(ir.VectorType(I32, LANES), list(lanes))
        return Value(self, self.builder.shuffle_vector(x.ir, y.ir, order))

    def quad(self, address: Value, offset: Any = 0) -> Value:
        """Four floats from anywhere."""
        return Value(self, self.builder.load(self._pointer(address, offset, QUAD), align=4))

    def spread(self, quad: Value, lanes: Sequence[int]) -> Value:
        """Four floats → a vector that has them at these lanes."""
        order = ir.Constant(ir.VectorType(I32, len(lanes)), list(lanes))
        return Value(self, self.builder.shuffle_vector(quad.ir, quad.ir, order))

    def joined(self, quads: Sequence[Value]) -> Value:
        """As many fours of floats as a vector has room for, one behind the other."""
        parts = [quad.ir for quad in quads]
        while len(parts) > 1:
            size = 2 * parts[0].type.count
            order = ir.Constant(ir.VectorType(I32, size), list(range(size)))
            pairs = zip(parts[::2], parts[1::2], strict=True)
            parts = [self.builder.shuffle_vector(x, y, order) for x, y in pairs]
        return Value(self, parts[0])

    def lanes_below(self, count: Value) -> Value:
        """The mask of the first `count` lanes."""
        numbers = Value(self, ir.Constant(VECTOR, [float(lane) for lane in range(LANES)]))
        return numbers < Value(self, self.builder.sitofp(count.ir, F32))

    def add_to_exponent(self, value: Value, shifted: Value) -> Value:
        """value · 2ⁿ, n in the low bits of `shifted`, a vector of n + 1.5·2²³."""
        builder = self.builder
        exponent = builder.shl(builder.bitcast(shifted.ir, INTEGERS), ir.Constant(INTEGERS, [23] * LANES))
        return Value(self, builder.bitcast(builder.add(builder.bitcast(value.ir, INTEGERS), exponent), VECTOR))

    def split(self, value: Value) -> tuple[Value, Value]:
        """(part, n) with value = part·2ⁿ and ¾ ≤ part < 1½, for normal positive values."""
        builder = self.builder
        bits, least = builder.bitcast(value.ir, INTEGERS), 0x3F400000  # the bits of ¾
        exponent = builder.ashr(builder.sub(bits, self.words(least).ir), self.words(23).ir)
        part = builder.bitcast(builder.sub(bits, builder.shl(exponent, self.words(23).ir)), VECTOR)
        return Value(self, part), Value(self, builder.sitofp(exponent, VECTOR))

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

    @contextmanager
    def loop_while(self, condition: Callable[[], Value]) -> Iterator[None]:
        """Again while the condition, emitted anew before each turn, is true."""
        builder = self.builder
        check, body, done = (builder.append_basic_block(name) for name in ("check", "body", "done"))
        builder.branch(check)
        builder.position_at_end(check)
        builder.cbranch(condition().ir, body, done)
        builder.position_at_end(body)
        yield
        builder.branch(check)
        builder.position_at_end(done)

    def repeat_while_any(self, body: Callable[[], Value]) -> None:
        """Emit a loop over `body`, which returns a mask: again while any lane of it is set."""
        builder = self.builder
        again, done = builder.append_basic_block("again"), builder.append_basic_block("done")
        builder.branch(again)
        builder.position_at_end(again)
        bits = builder.bitcast(body().ir, ir.IntType(LANES))
        builder.cbranch(builder.icmp_unsigned("!=", bits, ir.IntType(LANES)(0)), again, done)
        builder.position_at_end(done)

    def wait_for_all(self, count: Value, threads: Value) -> None:
        """Wait until this many threads have come here; `count` is the address of a word that begins at 0."""
        builder = self.builder
        place, size = self._pointer(count, 0, I32), builder.trunc(threads.ir, I32)
        before = builder.atomic_rmw("add", place, I32(1), "acq_rel")
        complete = builder.mul(builder.add(builder.udiv(before, size), I32(1)), size)
        again, done = builder.append_basic_block("wait"), builder.append_basic_block("met")
        looks = cgutils.alloca_once_value(builder, I32(0))
        builder.branch(again)
        builder.position_at_end(again)
        look = builder.add(builder.load(looks), I32(1))
        builder.store(look, looks)
        rested = builder.icmp_unsigned("==", builder.and_(look, I32(LOOKS - 1)), I32(0))
        with builder.if_then(rested, likely=False):  # the others may be waiting for this core
            give_way = cgutils.get_or_insert_function(builder.module, ir.FunctionType(I32, []), GIVE_WAY)
            builder.call(give_way, [])
        missing = builder.sub(builder.load_atomic(place, "acquire", 4), complete)
        builder.cbranch(builder.icmp_signed("<", missing, I32(0)), again, done)
        builder.position_at_end(done)

    def when(self, value: Value, equals: int) -> AbstractContextManager[Any]:
        condition = self.builder.icmp_signed("==", value.ir, value.ir.type(equals))
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
