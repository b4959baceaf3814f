"""A small reader of the formulas that are exported: LaTeX becomes expressions of sympy, with the units' definitions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

WORDS = ((r"\cdot", "*"), (r"\,", "*"), (r"\min", "Min"), (r"\max", "Max"), (r"\tanh", "tanh"), (r"\hat y", "y"))


def read(text: str) -> Callable[[Any], Any]:
    """The function of x (N, n_inputs) that an exported document says."""
    body = re.search(r"\\begin{align\*}\n(.*?)\n\\end{align\*}", text, re.DOTALL)
    assert body
    functions = {
        plain(symbol): sympy.Lambda(sympy.Symbol("z"), parsed(formula, {}))
        for symbol, formula in re.findall(r"\$([^$]*?)\(z\) = ([^$]*)\$", text)
    }
    known: dict[str, Any] = dict(functions)
    for line in body[1].replace("\\\\\n& ", " ").split("\\\\\n"):
        name, _, formula = line.partition("={}&")
        known[plain(name)] = parsed(formula, known)
    inputs = sorted(known["y"].free_symbols, key=lambda symbol: int(symbol.name[1:] or 0))
    function = sympy.lambdify(inputs, known["y"], "numpy")
    numbers = [int(symbol.name[1:] or 1) - 1 for symbol in inputs]
    return lambda x: np.broadcast_to(function(*(x[:, number] for number in numbers)), len(x))


def parsed(formula: str, known: dict[str, Any]) -> Any:
    return sympy.sympify(plain(formula), locals={"Min": sympy.Min, "Max": sympy.Max, **known})


def plain(text: str) -> str:
    """The same as an expression of Python: x_{2} is x2, 4 · 10^{-7} a power, e^{−z} an exponential."""
    for sign, word in WORDS:
        text = text.replace(sign, word)
    text = re.sub(r"\\operatorname{(\w+)}", r"\1", text).replace(r"\sigma_h", "hardsigma").replace(r"\sigma", "sigma")
    text = re.sub(r"\\frac{([^{}]*(?:{[^{}]*}[^{}]*)*)}{([^{}]*(?:{[^{}]*}[^{}]*)*)}", r"((\1)/(\2))", text)
    text = re.sub(r"\be\^{([^}]*)}", r"exp(\1)", text)
    text = re.sub(r"\^{([^}]*)}", r"**(\1)", text)
    text = re.sub(r"_{(\d+),(\d+)}", r"\1u\2", text)
    text = re.sub(r"_{(\d+)}", r"\1", text)
    assert not re.search(r"[\\{}]", text), text
    return text.strip()
