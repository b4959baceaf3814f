"""Files that are written in one piece or not at all, and texts that are read from no more than a file."""

from __future__ import annotations

import errno
import io
import os
import re
import secrets
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import EngineError, clean, show, truth
from engine.undisturbed import undisturbed

MOST_PARTS = 16  # of a dotted key
NO_KEYS = (
    r'"{3}(?:[^"\\]|\\.|"(?!""))*+(?:"{3})?',
    r"'{3}(?:[^']|'(?!''))*+(?:'{3})?",
    r'"(?:[^"\\\n]|\\.)*+"?',
    r"'[^'\n]*+'?",
    r"#[^\n]*+",
)  # texts in TOML, also those that do not end, and comments
NO_KEY = re.compile("|".join(NO_KEYS), re.DOTALL)
LONG_KEY = re.compile(rf'(?<![\w"-])(?:[\w"-]++[ \t]*+\.[ \t]*+){{{MOST_PARTS}}}')


def as_path(path: str | os.PathLike[str]) -> Path:
    """The path, or EngineError for what cannot be the name of a file."""
    try:
        if "\0" not in (text := os.fspath(path)) and os.fsencode(text):
            return Path(text)
    except (TypeError, ValueError):  # ValueError for characters that no name of a file can have
        pass
    raise EngineError(f"path={show(path)}: expected the name of a file")


def save(path: str | os.PathLike[str], content: bytes, over: bool = True) -> None:
    """Have the content in a file, as `write_in_one_piece`. Raises EngineError where it cannot be written.

    So it is, unless it goes `over` what is there, where something is there already.
    """
    target, over = as_path(path), truth("over", over)
    try:
        write_in_one_piece(target, content, over=over)
    except OSError as error:
        name = clean(target.name or str(target))
        if error.errno == errno.EEXIST:
            raise EngineError(f"{name}: is there already; expected another name") from None
        raise EngineError(f"{name}: cannot be written ({error.strerror}): expected a folder with room") from None


@undisturbed()  # Ctrl+C while the part goes would leave it there
def write_in_one_piece(target: Path, content: bytes, lasting: bool = True, over: bool = True) -> None:
    """Have the content in the file as a whole, or leave the file as it was and raise OSError.

    `lasting` waits until it is on the disk, so that it survives a loss of power too, and not only of the program. No
    link is followed: whoever may write in the folder could have it lead anywhere. A file that it goes `over` leaves it
    its rights; unless it does, it raises FileExistsError where anything is by then.
    """
    if not over and os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "it is there already")
    if target.exists() and not target.is_file():  # a device would become a file
        raise FileExistsError(0, "there is something that is no file")
    part = target.parent / f".{secrets.token_hex(8)}.part"
    try:
        with open(part, "xb") as file:
            _take_rights(file.fileno(), target)
            file.write(content)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        if over:
            os.replace(part, target)
        else:
            _name(part, target)
    finally:
        part.unlink(missing_ok=True)


def _take_rights(descriptor: int, target: Path) -> None:
    """Give a file the rights of the one that it will replace: what only its owner may read stays so."""
    try:
        before = os.lstat(target).st_mode
    except FileNotFoundError:
        return
    if stat.S_ISREG(before) and before != os.fstat(descriptor).st_mode and os.chmod in os.supports_fd:
        os.chmod(descriptor, stat.S_IMODE(before) & 0o777)


def _name(part: Path, target: Path) -> None:
    """Give a file its name, which FileExistsError says that something else has."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        open(target, "xb").close()  # the name is ours from here on
        try:
            os.replace(part, target)
        except BaseException:
            target.unlink()
            raise


@undisturbed()  # within an archive Ctrl+C would become the ValueError that it cannot be closed
def archive(arrays: Mapping[str, Any]) -> bytes:
    """The content of an .npz file with these arrays."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def read_text(path: str | os.PathLike[str], largest: int, expected: str) -> str:
    """The text of a file of at most so many bytes. Raises EngineError, which says what was `expected`."""
    source = as_path(path)
    name = clean(source.name)
    try:
        if source.exists() and not source.is_file():  # a pipe would be waited for, and a device may never end
            raise OSError(0, "no regular file")
        with open(source, "rb") as file:
            content = file.read(largest + 1)
        if len(content) > largest:
            raise EngineError(f"{name}: larger than {largest >> 10} kB: expected {expected}")
        return content.decode()
    except OSError as error:
        raise EngineError(f"{name}: cannot be read ({error.strerror}): expected {expected}") from None
    except UnicodeDecodeError:
        raise EngineError(f"{name}: not a text: expected {expected}") from None


def table_of(text: str) -> dict[str, Any]:
    """The table that a text of TOML is. Raises ValueError for anything else."""
    check_keys(text)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("too many brackets within each other") from None


def check_keys(text: str) -> None:
    """ValueError for a text of TOML with a dotted key so long that no file of ours has it.

    tomllib takes time and memory in proportion to the square of its parts: gigabytes for a file of 100 kB.
    """
    if LONG_KEY.search(NO_KEY.sub('""', text)):
        raise ValueError(f"a key of over {MOST_PARTS} parts")
