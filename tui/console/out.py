"""What a command without a screen prints, and where: on stdout, in a file, notes on stderr."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TextIO

import click

from data.errors import clean
from engine import files

NOTE_LENGTH = 400
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF, errno.EAGAIN}


def buffer_stdout() -> None:
    """Unbuffered, as PYTHONUNBUFFERED has it, a write that a full disk cuts short is taken for done."""
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper) and isinstance(out.buffer, io.RawIOBase):
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(out.buffer), out.encoding)


def say(text: str, newline: bool = True) -> None:
    """Print on stdout; ClickException where there is no room for it."""
    with room_on_stdout():
        click.echo(text, nl=newline)


@contextmanager
def room_on_stdout() -> Iterator[None]:
    """ClickException where stdout takes nothing more."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM or error.filename is not None:
            raise  # click knows how to end quietly when nobody reads on; the rest is no matter of ours
        sys.stdout = None  # or the exit would try again
        raise click.ClickException(
            f"stdout cannot be written ({error.strerror}): expected room for the result"
        ) from None


def note(sentences: Iterable[str]) -> None:
    """What a person should know of the result, on stderr."""
    with suppress(OSError):  # where nobody reads them, the result is written all the same
        for sentence in sentences:
            click.echo(f"note: {clean(sentence, NOTE_LENGTH)}", err=True)


def drop_unwritten() -> None:
    """Leave no stream that cannot be written: Python would try again on the way out, and end with a code of its own."""
    for name in ("stdout", "stderr"):
        try:
            if stream := getattr(sys, name):  # None where the shell closed it
                stream.flush()
        except OSError:
            setattr(sys, name, None)


def ready(option: str, path: str | None, force: bool) -> None:
    """UsageError where a file of this name could not be written later, or is there already and may not go."""
    if path is None:
        return
    if not path:
        raise click.UsageError(f"{option} '': expected the name of a file")
    if os.path.lexists(path) and not force:
        raise click.UsageError(f"{option} {path}: is there already; expected another name, or --force")
    if os.path.islink(path) or (os.path.exists(path) and not os.path.isfile(path)):  # a device stays what it is
        raise click.UsageError(f"{option} {path}: is there and no plain file; expected another name")
    if not os.access(os.path.dirname(os.path.abspath(path)), os.W_OK):
        raise click.UsageError(f"{option} {path}: its folder cannot be written; expected one that is there, with room")


def put(content: bytes, path: str | None, force: bool) -> None:
    """Have the content in a file, as a whole, or on stdout as text. Raises EngineError or ClickException."""
    if path is None:
        say(content.decode(), newline=False)
    else:
        files.save(path, content, over=force)


def is_terminal(*streams: TextIO | None) -> bool:
    """Whether all of these are terminals; a stream that the shell closed is None."""
    return all(stream is not None and stream.isatty() for stream in streams)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table, each column as wide as it must be; numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            text.rjust(width) if text.isdecimal() else text.ljust(width)
            for text, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
