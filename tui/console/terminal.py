"""The terminal that the screen needs: whether there is one, and how its keys come back once a table was piped in."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import click
import platformdirs

from data.sources import STANDARD_INPUT, read_source
from engine.files import write_in_one_piece
from tui.console.out import is_terminal

INPUT = "standard_input-"  # how the name of a file begins that holds one, before a digest of what it holds
MOST_TABLES, MOST_BYTES = 10, 200 * 2**20  # that are left in the folder
NO_CURSOR = ("dumb", "unknown")


def take_terminal() -> None:
    """For the screen; UsageError where there is none that it can draw on.

    What a shell says of its size is not true for long, yet would stand before what the terminal says itself.
    """
    if (problem := no_screen()) is not None:
        raise click.UsageError(problem)
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)


def no_screen() -> str | None:
    """Why there can be no screen, which reads stdin and draws on stderr; None where there can."""
    instead = "or the command `unitfit train`"
    if not is_terminal(sys.stdin, sys.stderr):
        return f"no terminal to draw on: expected one, {instead}"
    term = os.environ.get("TERM", "")
    if term.lower() in NO_CURSOR:
        return f"TERM={term}: expected a terminal that can move its cursor, such as TERM=xterm-256color, {instead}"
    return None


def kept_input() -> str:
    """A file with what standard input holds, which then is the terminal again, for the keys. UsageError without one.

    It is read again by `o`, by other lags, and by runs that were saved or cut off, so it stays in the state folder.
    """
    if is_terminal(sys.stdin):
        raise click.UsageError("FILE -: expected a table on standard input, as in `cat table.csv | unitfit -`")
    _, content = read_source(STANDARD_INPUT)
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        raise click.UsageError("FILE -: no terminal for the keys; expected one, or a file") from None
    os.dup2(terminal, 0)
    os.close(terminal)
    try:
        return str(kept(content, platformdirs.user_state_path("unitfit") / "tables"))
    except OSError:  # it is to be seen nevertheless
        return str(kept(content, Path(tempfile.mkdtemp(prefix="unitfit-"))))


def kept(content: bytes, folder: Path) -> Path:
    """The content in a file of the folder, of which the oldest go. Raises OSError where there is no room for it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{INPUT}{hashlib.sha256(content).hexdigest()[:12]}.csv"
    write_in_one_piece(path, content)
    total = 0
    for number, table in enumerate(sorted(folder.glob(f"{INPUT}*"), key=os.path.getmtime, reverse=True)):
        total += table.stat().st_size
        if table != path and (number >= MOST_TABLES or total > MOST_BYTES):
            with suppress(OSError):  # another program was faster
                table.unlink()
    return path
