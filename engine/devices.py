"""Where models are trained: a processor or a GPU; nothing of a GPU is imported before somebody asks for one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.errors import EngineError, one_of

DEVICES = ("cpu", "cuda", "auto")
LARGE = 1_000  # parameters from which one model for each multiprocessor is enough
CROWD = 8  # models for each of them, if they are smaller


def choose(device: str, architectures: Iterable[Any]) -> str:
    """ "cpu" or "cuda" for these models; "auto" takes a GPU where there is one and they are many enough to fill it.

    Raises EngineError where device="cuda" cannot train them.
    """
    if one_of("device", device, DEVICES) == "cpu":
        return "cpu"
    models = list(architectures)
    shapes = [(architecture.shape, architecture.dtype.name) for architecture in models]
    try:
        trainable(shapes)
        pays = device == "cuda" or len(shapes) >= enough(max(architecture.n_parameters for architecture in models))
    except EngineError:
        if device == "cuda":
            raise
        pays = False
    return "cuda" if pays else "cpu"


def trainable(shapes: Iterable[tuple[tuple[int, ...], str]]) -> None:
    """Raises EngineError where there is no GPU, or it cannot train one of these (widths, precision)."""
    from engine.cuda.device import find

    gpu = find()
    for widths, dtype in set(shapes):
        if dtype != "float32":
            raise EngineError(f"device='cuda' with dtype={dtype!r}: expected float32, or device='cpu'")
        from engine.cuda.plan import plan_for

        plan_for(widths, 1, gpu.shared, gpu.threads, False)


def enough(parameters: int) -> int:
    """How many models "auto" takes a GPU for, by the parameters of the largest: fewer are trained faster by lanes.

    As measured on an H200: a block of threads does 300,000 updates of 31 parameters a second and 30,000 of 5,801, where
    a core of 16 lanes does 28 million and 300,000.
    """
    from engine.cuda.device import find

    return find().multiprocessors * (1 if parameters >= LARGE else CROWD)


def told() -> str:
    """What there is of a GPU, and what "auto" makes of it."""
    from engine.cuda.device import find

    try:
        gpu = find()
    except EngineError as error:
        return f"{str(error).split(': ')[1]}; device auto is the CPU"
    few, many = enough(LARGE), enough(0)
    return f"{gpu.name}; device auto takes it for {few:,} models at once, {many:,} of fewer than {LARGE:,} parameters"
