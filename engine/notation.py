"""Layers as people write them, on the command line and in files of runs: "3:sigmoid+2:relu"."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from engine.activations import KINDS
from engine.border import MAX_WIDTH, check_layer, check_layers, count_of
from engine.errors import EngineError, one_of, show

Layers = tuple[tuple[str, ...], ...]
LAYER_EXAMPLE = "expected units such as 3:sigmoid+2:relu, or none for the linear model"


def parse_layers(specifications: Sequence[str]) -> Layers | None:
    """The layers that the `--layer` options describe, one a hidden layer; None without any, () for "none".

    >>> parse_layers(["3:sigmoid+2:relu", "2:tanh"])
    (('sigmoid', 'sigmoid', 'sigmoid', 'relu', 'relu'), ('tanh', 'tanh'))

    Raises EngineError for what is no layer.
    """
    if isinstance(specifications, str) or not isinstance(specifications, Sequence):
        raise EngineError(f"layers={show(specifications)}: {LAYER_EXAMPLE}")
    if not specifications:
        return None
    if count_of(specifications) == 1 and isinstance(specifications[0], str) and specifications[0] == "none":
        return ()
    return check_layers(tuple(parse_layer(specification) for specification in specifications))


def parse_layer(specification: str) -> tuple[str, ...]:
    """One layer: "3:sigmoid+2:relu". Raises EngineError for what is none."""
    if not isinstance(specification, str):
        raise EngineError(f"layer={show(specification)}: {LAYER_EXAMPLE}")
    kinds: list[str] = []
    for part in specification.split("+"):
        count, colon, kind = (piece.strip() for piece in part.partition(":"))
        if not (colon and count.isascii() and count.isdigit()):
            raise EngineError(f"layer={show(specification)}: {LAYER_EXAMPLE}")
        if len(count) > 9 or not 1 <= int(count) <= MAX_WIDTH:
            raise EngineError(f"layer={show(specification)}: expected 1 to {MAX_WIDTH} units of a kind")
        kinds += [one_of("kind of unit", kind, KINDS)] * int(count)
    return check_layer(f"layer={show(specification)}", kinds)


def format_layer(kinds: Sequence[str]) -> str:
    """A layer as `--layer` takes it: "3:sigmoid+2:relu"."""
    return "+".join(f"{len(list(run))}:{kind}" for kind, run in itertools.groupby(kinds))
