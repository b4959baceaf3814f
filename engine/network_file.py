"""The file of a network: an .npz archive of plain arrays, which `numpy.load` opens without pickle.

`theta` (n_parameters,), `shape` such as (1, 3, 1), `kinds` (units,) and `frozen` (units,) of the hidden layers from
input to output, `init`, `seed`, `edits` and `format`. Others may stand beside them, such as the scaling of the data.
"""

from __future__ import annotations

import io
import os
import struct
import sys
import tokenize
import zipfile
from collections.abc import Mapping
from itertools import accumulate, pairwise
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine import files
from engine.architecture import Architecture
from engine.border import check_theta
from engine.errors import EngineError, clean, show, whole

FORMAT = 1
LARGEST = 2**30  # bytes of a file
NAMES = ("theta", "shape", "kinds", "frozen", "init", "seed", "edits", "format")
BROKEN = (
    OSError, EOFError, ValueError, KeyError, TypeError, SyntaxError, MemoryError, RecursionError, RuntimeError,
    struct.error, tokenize.TokenError, zipfile.BadZipFile,
)  # fmt: skip  # what zipfile and NumPy raise for bytes that are no archive of arrays

Arrays = dict[str, NDArray[Any]]


# ----------------------------------------------------------------------------------------------------- to the file


def save(
    path: str | os.PathLike[str],
    architecture: Architecture,
    theta: NDArray[Any],
    beside: Mapping[str, ArrayLike] | None = None,
) -> None:
    """Write a network to a file, in one piece or not at all. Raises EngineError where it cannot be written."""
    files.save(path, to_bytes(architecture, theta, beside or {}))


def to_bytes(architecture: Architecture, theta: NDArray[Any], beside: Mapping[str, ArrayLike]) -> bytes:
    """The file's content; `beside` has more arrays, of other names. Raises EngineError where it is too large."""
    arrays: dict[str, Any] = {
        **beside,
        "theta": theta,
        "shape": np.array(architecture.shape, np.int64),
        "kinds": np.array([kind for layer in architecture.layers for kind in layer], str),
        "frozen": np.array([unit for layer in architecture.frozen for unit in layer], bool),
        "init": np.array(architecture.init),
        "seed": np.array(architecture.seed, np.int64),
        "edits": np.array(architecture.edits, np.int64),
        "format": np.array(FORMAT, np.int64),
    }
    content = files.archive(arrays)
    if len(content) > LARGEST:
        raise EngineError(f"{theta.size} parameters: expected a file of at most {LARGEST >> 30} GB")
    return content


# --------------------------------------------------------------------------------------------------- from the file


def load(path: str | os.PathLike[str]) -> tuple[Architecture, NDArray[Any], Arrays]:
    """(architecture, θ, the arrays that stand beside them) of a file. Raises EngineError for one that is no network."""
    file = files.as_path(path)
    try:
        arrays = read_arrays(file)
        own = {name: arrays.pop(name) for name in NAMES if name in arrays}
        for name in NAMES:
            if name not in own:
                raise EngineError(f"{name} is missing: expected a network, as Network.save writes it")
        architecture = _architecture(own)
        return architecture, check_theta(own["theta"], architecture.n_parameters, architecture.dtype), arrays
    except EngineError as error:
        raise EngineError(f"{clean(file.name)}: {error}") from None


def read_arrays(path: str | os.PathLike[str]) -> Arrays:
    """The arrays of an .npz, read-only. It takes no more memory than the file has bytes: nothing in it is packed.

    Raises EngineError for anything else.
    """
    try:
        if not os.path.isfile(path):  # a pipe or a device could block or never end
            raise EngineError("there is no such file: expected an .npz file")
        size = os.path.getsize(path)
        if size > LARGEST:
            raise EngineError(f"larger than {LARGEST >> 30} GB: expected a smaller .npz file")
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if any(member.compress_type != zipfile.ZIP_STORED for member in members):
                raise EngineError("its arrays are packed: expected them as they are, as numpy.savez writes them")
            if sum(member.file_size for member in members) > size:
                raise EngineError("it says more than it holds: expected an .npz file, as numpy.savez writes it")
            return {member.filename.removesuffix(".npy"): _array(archive.read(member)) for member in members}
    except BROKEN as error:
        if isinstance(error, EngineError):
            raise
        reason = clean(str(error)[:80]) or type(error).__name__
        raise EngineError(f"no .npz file, or a damaged one ({reason})") from None


def _array(content: bytes) -> NDArray[Any]:
    """One array of an archive, once its header says as many bytes as there are."""
    file = io.BytesIO(content)
    np.lib.format.read_magic(file)
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.hasobject or prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise EngineError(f"an array of shape {show(shape)}, {show(dtype.name)}: expected plain numbers or words")
    array = np.frombuffer(content, dtype, offset=file.tell())
    if dtype.kind == "U" and (array.view(np.dtype(np.uint32).newbyteorder(dtype.byteorder)) > sys.maxunicode).any():
        raise EngineError("a text with characters that there are not: expected Unicode")
    return array.reshape(shape, order="F" if by_columns else "C")


def _architecture(own: Arrays) -> Architecture:
    """What the arrays say of a network beside its θ, checked."""
    if number(own, "format") != FORMAT:
        raise EngineError(f"format={number(own, 'format')}: expected {FORMAT}; a newer unitfit may know it")
    inputs, *widths, outputs = _column(own, "shape", "iu").tolist() or [0, 0]
    kinds, frozen = _column(own, "kinds", "U").tolist(), _column(own, "frozen", "b").tolist()
    if outputs != 1 or any(width < 1 for width in widths) or not sum(widths) == len(kinds) == len(frozen):
        raise EngineError(f"shape={show(own['shape'].tolist())} with {len(kinds)} kinds: expected such as [1, 3, 1]")
    ends = list(accumulate(widths, initial=0))
    return Architecture(
        inputs,
        tuple(tuple(kinds[start:end]) for start, end in pairwise(ends)),
        number(own, "seed"),
        word(own, "init"),
        _column(own, "theta", "f").dtype,
        whole("edits", number(own, "edits"), 0),
        tuple(tuple(frozen[start:end]) for start, end in pairwise(ends)),
    )


def number(arrays: Mapping[str, NDArray[Any]], name: str) -> int:
    """A whole number among the arrays, or EngineError."""
    return int(_checked(arrays, name, "iu", 0).item())


def word(arrays: Mapping[str, NDArray[Any]], name: str) -> str:
    """A text among the arrays, or EngineError."""
    return str(_checked(arrays, name, "U", 0).item())


def _column(arrays: Mapping[str, NDArray[Any]], name: str, kinds: str) -> NDArray[Any]:
    return _checked(arrays, name, kinds, 1)


def _checked(arrays: Mapping[str, NDArray[Any]], name: str, kinds: str, dimensions: int) -> NDArray[Any]:
    """An array of one of these kinds of number or text, by NumPy's letters, and this many dimensions."""
    array = arrays[name]
    if array.dtype.kind not in kinds or array.ndim != dimensions:
        raise EngineError(f"{name} of shape {array.shape}, {show(array.dtype.name)}: expected a network's {name}")
    return array
