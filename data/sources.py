"""Sources: a path, or standard input, as a name that is safe to print and whole bytes, unpacked within a bound."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from pathlib import PurePath

from data.errors import DataError, clean, show

LARGEST = 2**30  # bytes, packed or not
STANDARD_INPUT = "-"
EXPECTED = "a CSV, Excel or Parquet file"
GZIP = b"\x1f\x8b"
PIECE = 2**20

Path = str | os.PathLike[str]


def as_path(given: object) -> str:
    """The name of a data set or a path, as text; DataError for what is none."""
    try:
        path = os.fspath(given) if isinstance(given, (str, os.PathLike)) else None
    except TypeError:  # one that leads to something else
        path = None
    if not isinstance(path, str) or not path:
        raise DataError(f"data={show(given)}: expected the name of a data set, or a path")
    return path


def split_sheet(path: Path) -> tuple[str, str | None]:
    """The file and the sheet of `FILE#sheet`; a file of that whole name comes first."""
    text = os.fspath(path)
    file, mark, sheet = text.rpartition("#")
    if not mark or not file or os.path.lexists(text) or not is_workbook(file):
        return text, None
    return file, sheet


def is_workbook(path: Path) -> bool:
    """Whether a file's name says that it is Excel's."""
    return PurePath(path).suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def exists(path: Path) -> bool:
    """Whether there is something of this name; standard input is."""
    try:
        return path == STANDARD_INPUT or os.path.lexists(split_sheet(path)[0])
    except ValueError:  # no path holds a NUL
        return False


def read_source(path: Path) -> tuple[str, bytes]:
    """(name, content) of a file, or of standard input; what is compressed by gzip is unpacked. Raises DataError."""
    if path == STANDARD_INPUT:
        return "standard input", unpacked("standard input", standard_input())
    name = clean(os.path.basename(os.path.abspath(path)))
    return name, unpacked(name, file_content(name, path))


def standard_input() -> bytes:
    if sys.stdin is None:
        raise DataError(f"standard input is closed: expected {EXPECTED} on it")
    content = sys.stdin.buffer.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise too_large("standard input")
    return content


def file_content(name: str, path: Path) -> bytes:
    """The bytes of a regular file; DataError for anything else."""
    try:
        if not os.path.lexists(path):
            raise DataError(f"{name}: there is no such file; expected {EXPECTED}")
        if os.path.isdir(path):
            raise DataError(f"{name} is a directory: expected {EXPECTED}")
        if not os.path.isfile(path):  # a pipe or a device could block or never end
            raise DataError(f"{name} is no regular file: expected {EXPECTED}, or - for standard input")
        if os.path.getsize(path) > LARGEST:
            raise too_large(name)
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise DataError(f"{name} cannot be read ({error.strerror}): expected a readable file") from None


def unpacked(name: str, content: bytes) -> bytes:
    """What gzip packed; other bytes as they are."""
    if not content.startswith(GZIP):
        return content
    try:
        if sum(map(len, pieces(content))) > LARGEST:  # counted first, so that what is too large takes no memory
            raise DataError(f"{name} unpacks to more than 1 GB: expected a smaller file")
        whole = io.BytesIO()  # which grows in place, where a list of pieces and what joins them are twice as much
        whole.writelines(pieces(content))
        return whole.getvalue()
    except EOFError:
        raise DataError(f"{name} ends before its packed content does: expected a whole .gz file") from None
    except (zlib.error, gzip.BadGzipFile):
        raise DataError(f"{name} cannot be unpacked: expected a whole .gz file") from None


def pieces(content: bytes) -> Iterator[bytes]:
    """What gzip packed, piece by piece, until it is too large."""
    size = 0
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
        while size <= LARGEST and (piece := file.read(PIECE)):
            size += len(piece)
            yield piece


def too_large(name: str) -> DataError:
    return DataError(f"{name} is larger than 1 GB: expected a smaller file")
