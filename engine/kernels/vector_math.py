"""The functions of NumPy that formulas may use, on vectors of float32."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engine.kernels.emitter import Value


def polynomial(x: Value, coefficients: Sequence[float]) -> Value:
    """By Horner, the highest power first."""
    emit = x.emit
    total = emit.vector(coefficients[0])
    for coefficient in coefficients[1:]:
        total = emit.fma(total, x, emit.vector(coefficient))
    return total


def maximum(x: Value, y: Value) -> Value:
    """As np.maximum: a NaN in x survives."""
    return x.emit.select(x < y, y, x)


def minimum(x: Value, y: Value) -> Value:
    """As np.minimum: a NaN in x survives."""
    return x.emit.select(x > y, y, x)


def absolute(x: Value) -> Value:
    return x.emit.call("fabs", x)


def tanh(x: Value) -> Value:
    """x·P(x²)/Q(x²), a minimax fit up to ±9.01, 2e-8 off before rounding; from there on exactly ±1, as in float32."""
    square = minimum(x * x, x.emit.vector(81.18))
    numerator = polynomial(square, [1.33201752e-8, 2.05843309e-5, 3.49408865e-3, 0.133797644, 1.0])
    denominator = polynomial(square, [7.76248674e-7, 3.28317952e-4, 0.0258712817, 0.467130787, 1.0])
    rising = x * (numerator / denominator)  # in this order no factor is infinite
    return minimum(maximum(rising, x.emit.vector(-1.0)), x.emit.vector(1.0))


def exp(x: Value) -> Value:
    """2ⁿ·eʳ with n whole and |r| ≤ ½·log 2: eʳ by a minimax fit, 2ⁿ by an addition to the exponent's bits.

    Only for x ≤ 88: a formula caps x, since NumPy would overflow too. Below −87.3 it is a denormal number, which the
    kernels take for 0.
    """
    emit = x.emit
    x = maximum(x, emit.vector(-87.5))
    shifted = x * 1.4426950408889634 + 12582912.0  # 1.5·2²³: rounds to a whole number, kept in the low bits
    n = shifted - 12582912.0
    r = emit.fma(n, emit.vector(-0.693359375), x)  # log 2 in two parts, the first so short that n times it is exact
    r = emit.fma(n, emit.vector(2.12194440e-4), r)
    series = polynomial(r, [0.00826570857, 0.0419018976, 0.166681334, 0.49999103, 0.999999464, 1.0])
    return emit.add_to_exponent(series, shifted)


def log1p(x: Value) -> Value:
    """log(1 + x) for finite x > −1: n·log 2 + 2·artanh((part − 1)/(part + 1)), and what rounding took from 1 + x."""
    whole = x + 1.0
    part, n = x.emit.split(whole)
    w = (part - 1.0) / (part + 1.0)  # within ±1/5
    series = polynomial(w * w, [2 / 9, 2 / 7, 2 / 5, 2 / 3, 2.0])
    return n * 0.6931471805599453 + (w * series + (x - (whole - 1.0)) / whole)


UFUNCS: dict[np.ufunc, Callable[..., Value]] = {
    np.absolute: absolute,
    np.exp: exp,
    np.log1p: log1p,
    np.maximum: maximum,
    np.minimum: minimum,
    np.sqrt: lambda x: x.emit.call("sqrt", x),
    np.tanh: tanh,
}
