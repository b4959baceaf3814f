"""The terminal that the screen needs: whether there is one, and how its keys come back once a table was piped in."""

from __future__ import annotations

import atexit
import os
import sys
import tempfile
from pathlib import Path

import click

from data.sources import STANDARD_INPUT, read_source
from tui.console.out import is_terminal

KEPT = "standard_input-"  # how the name of a file begins that is there as long as the program
NO_CURSOR = ("dumb", "unknown")


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
    """A file with what standard input holds, which then is the terminal again, for the keys. UsageError without one."""
    if is_terminal(sys.stdin):
        raise click.UsageError("FILE -: expected a table on standard input, as in `cat table.csv | unitfit -`")
    _, content = read_source(STANDARD_INPUT)
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        raise click.UsageError("FILE -: no terminal for the keys; expected one, or a file") from None
    os.dup2(terminal, 0)
    os.close(terminal)
    with tempfile.NamedTemporaryFile(prefix=KEPT, suffix=".csv", delete=False) as file:  # `o` and `lags` read it again
        file.write(content)
    atexit.register(Path(file.name).unlink, missing_ok=True)
    return file.name
