"""Parquet and workbooks, read in a process of its own: whatever becomes of that one, this one goes on.

Their readers are native code. A broken or hostile file can end their process, take all memory, go on without an end or
have them write on the terminal, and no exception would tell. The process has bounds; what it reads comes back as Arrow.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import polars

from data.errors import DataError
from data.parquet import PARQUET, of_parquet
from data.prices import LARGEST
from data.workbooks import of_excel

MEMORY = LARGEST + LARGEST // 4  # bytes, besides the file and the readers themselves
SECONDS = 60  # of a core
REFUSED = 2  # exit code of a process that wrote a sentence in place of a table
HERE = str(Path(__file__).parents[1])
BEGIN = "import sys; sys.path.append(sys.argv.pop()); from data.apart import answer; answer()"
THREADS = {"POLARS_MAX_THREADS": "4"}  # each takes memory
NO_MEMORY = (b"memory allocation", b"MemoryError", b"Cannot allocate memory")


def read_apart(name: str, content: bytes, sheet: str | None) -> polars.DataFrame:
    """The table as columns of text. Raises DataError for what cannot be read, whatever it does to its reader."""
    command = [sys.executable, "-P", "-c", BEGIN, name, *([] if sheet is None else [sheet]), HERE]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, env=os.environ | THREADS, start_new_session=True
    ) as reader:
        try:
            told, trouble = reader.communicate(content)
        except BaseException:  # ctrl+C is ours alone, for the reader has a session of its own
            reader.kill()
            reader.wait()
            raise
    if reader.returncode == 0:
        return polars.read_ipc_stream(told)
    if reader.returncode == REFUSED and told:
        raise DataError(told.decode())
    raise DataError(f"{name} {why(reader.returncode, trouble)}")


def why(code: int, trouble: bytes) -> str:
    """What a reader that was ended must have met, from its exit code and what it wrote on stderr."""
    killed = sys.platform != "win32" and code == -signal.SIGKILL  # by a system that has no more memory
    if killed or any(words in trouble for words in NO_MEMORY):
        return "takes more than 1 GB of memory: expected a smaller table"
    if sys.platform != "win32" and code == -signal.SIGXCPU:
        return f"takes more than {SECONDS} s to read: expected a smaller table"
    return "cannot be read (its reader failed): expected a whole Parquet file or workbook"


def read(name: str, content: bytes, sheet: str | None) -> polars.DataFrame:
    return of_parquet(name, content) if content.startswith(PARQUET) else of_excel(name, content, sheet)


def answer() -> None:
    """What the process does: a file on standard input becomes a table, or a sentence, on standard output."""
    name, sheet = [*sys.argv[1:], None][:2]
    content = sys.stdin.buffer.read()
    bound()
    try:
        read(str(name), content, sheet).write_ipc_stream(sys.stdout.buffer)
    except DataError as error:
        sys.stdout.buffer.write(str(error).encode())
        sys.exit(REFUSED)


def bound() -> None:
    """Take no more memory and time than a table is worth, where the system has such bounds."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, 2 * SECONDS))
        resource.setrlimit(resource.RLIMIT_DATA, (taken() + MEMORY,) * 2)


def taken() -> int:
    """Bytes that the process has of its own by now. Raises OSError or ValueError where nobody tells."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("VmData:")), 0)
