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
    """x·P(x²)/Q(x²) within ±7.9, where tanh reaches 1 in float32: a minimax fit, 6e-9 off before rounding."""
    x = minimum(maximum(x, x.emit.vector(-7.9)), x.emit.vector(7.9))
    square = x * x
    numerator = polynomial(square, [1.54279810663e-08, 2.2023250866e-05, 3.57899237258e-03, 0.134506208651, 1.0])
    denominator = polynomial(square, [8.59878340149e-07, 3.42365112007e-04, 0.0261922392666, 0.467839488656, 1.0])
    return x * numerator / denominator


def exp(x: Value) -> Value:
    """2ⁿ·eʳ with n whole and |r| ≤ ½·log 2: eʳ by its series, 2ⁿ by an addition to the exponent's bits."""
    emit = x.emit
    x = minimum(maximum(x, emit.vector(-87.0)), emit.vector(88.0))
    shifted = x * 1.4426950408889634 + 12582912.0  # 1.5·2²³: rounds to a whole number, kept in the low bits
    n = shifted - 12582912.0
    r = emit.fma(n, emit.vector(-0.693359375), x)  # log 2 in two parts, the first so short that n times it is exact
    r = emit.fma(n, emit.vector(2.12194440e-4), r)
    series = polynomial(r, [1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1.0, 1.0])
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
