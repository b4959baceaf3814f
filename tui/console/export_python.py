"""What was fitted as a Python function without dependencies, in the data's own units."""

from __future__ import annotations

import keyword
import re
import textwrap
import unicodedata
from collections.abc import Iterable

from engine.activations import KINDS
from engine.layout import split
from engine.outcome import version
from tui.console.fitted import Fitted, feature_words, in_own_units, words

WIDTH = 110
INNER = ("math", "z", "layers", "layer", "values", "kind", "bias", "weights", "w", "v", "predict", "zip", "sum")
PROGRAM = '''\
"""{title}"""

import math


def predict({arguments}):
    """{docstring}
    """
{kinds}
    layers = (  # of units: (kind, bias, weights)
{layers}
    )
    values = ({values})
    for layer in layers:
        values = [kind(bias + sum(w * v for w, v in zip(weights, values))) for kind, bias, weights in layer]
    return values[0]
'''


def as_python(fitted: Fitted) -> str:
    """A module with one function `predict`, which takes the features in their order. Raises DataError."""
    own, signature = in_own_units(fitted), fitted.signature
    layers = [*own.layers, ["identity"]]
    names = identifiers(signature.feature_names, (*INNER, *KINDS))
    units = zip(layers, split(own.theta, own.shape), strict=True)
    return PROGRAM.format(
        title=quoted(f"{fitted.name}: fitted by unitfit {version()}"),
        arguments=in_brackets(", ".join(names), 4),
        docstring=docstring(fitted, names),
        kinds="".join(function(kind) for kind in KINDS if any(kind in layer for layer in layers)),
        layers="\n".join(layer_lines(kinds, W.tolist(), b.tolist()) for kinds, (W, b) in units),
        values=in_brackets(", ".join(names) + ",", 8),
    )


def in_brackets(text: str, indent: int) -> str:
    """Names with commas between, on lines of their own where the present one has no room for them."""
    return text if len(text) < WIDTH - 20 else f"\n{wrapped(text, indent)}\n{' ' * (indent - 4)}"


def docstring(fitted: Fitted, names: Iterable[str]) -> str:
    """What it gives, and a line for each feature."""
    signature = fitted.signature
    low, high = signature.label_names
    labels = f"; above 0 it says {high}, below {low}" if signature.labels else ""
    lines = [f"Predicts {words(signature.target_label, signature.target_unit)}{labels}.", ""]
    lines += [f"    {name}: {meaning}" for name, meaning in zip(names, feature_words(signature), strict=True)]
    return quoted("\n".join(lines))


def function(kind: str) -> str:
    """The definition of a kind of unit, within the function."""
    return f"\n    def {kind}(z):\n        return {KINDS[kind].python}\n"


def layer_lines(kinds: Iterable[str], W: list[list[float]], b: list[float]) -> str:
    """The units of a layer as a tuple."""
    units = (
        wrapped(f"({kind}, {bias!r}, {tuple(weights)!r}),", 12) for kind, bias, weights in zip(kinds, b, W, strict=True)
    )
    return "\n".join(["        (", *units, "        ),"])


def wrapped(text: str, indent: int) -> str:
    """Lines of words, each behind so many blanks; the first line too."""
    space = " " * indent
    lines = textwrap.wrap(
        text, WIDTH, initial_indent=space, subsequent_indent=space, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines)


def identifiers(names: Iterable[str], taken: Iterable[str]) -> list[str]:
    """A name of its own for each, that Python takes and that is none of those taken."""
    own: list[str] = []
    for name in names:
        plain = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", name)).strip("_") or "x"
        plain = plain if plain.isidentifier() else f"x_{plain}"
        plain = plain if plain.isidentifier() else "x"
        number, found = 2, plain
        while found in own or found in taken or keyword.iskeyword(found):
            number, found = number + 1, f"{plain}_{number}"
        own.append(found)
    return own


def quoted(text: str) -> str:
    """Text as it stands within three quotation marks."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
