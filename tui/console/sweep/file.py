"""The table of a sweep as a file: CSV, JSONL or Parquet, by its ending."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine import files
from tui.console.out import ready
from tui.run.plain import finite
from tui.run.sweep.journal import journal_path
from tui.run.sweep.rows import Row

if TYPE_CHECKING:
    import polars

WRITERS: dict[str, Callable[[polars.DataFrame, io.BytesIO], object]] = {
    ".csv": lambda table, file: table.write_csv(file),
    ".jsonl": lambda table, file: table.write_ndjson(file),
    ".parquet": lambda table, file: table.write_parquet(file),
}


def prepared(out: str, force: bool) -> Path:
    """Where the journal of this file is. UsageError for a file that could not be written, or is no sweep's."""
    if Path(out).suffix.lower() not in WRITERS:
        raise click.UsageError(f"--out {out}: expected a name that ends in {', '.join(WRITERS)}")
    journal = journal_path(out)
    ready("--out", out, force or os.path.lexists(journal))
    return journal


def write(out: str, rows: Iterable[Row]) -> None:
    """Have the rows in the file, as a whole. Raises EngineError where it cannot be written."""
    files.save(out, content(Path(out).suffix.lower(), rows))


def content(ending: str, rows: Iterable[Row]) -> bytes:
    """The rows as a file of this ending holds them."""
    import polars

    table = polars.DataFrame([finite(row.flat()) for row in rows], infer_schema_length=None)
    file = io.BytesIO()
    WRITERS[ending](table, file)
    return file.getvalue()
