"""`unitfit data FILE`: how a table is read, column by column, and what would be fitted from what."""

from __future__ import annotations

import json

import click

import data
from data import Described, Description
from data.errors import clean
from tui.commands.completion import files
from tui.console.out import aligned, say
from tui.console.report import many
from tui.run.described import extent, share

EXAMPLE = 20  # letters
HEADING = ("", "column", "holds", "range", "missing", "example", "")


@click.command("data")
@click.argument("file", shell_complete=files)
@click.option("--target", metavar="COLUMN", help="What to predict; NAME=VALUE: one of several")
@click.option("--features", metavar="COLUMNS", multiple=True, help='From what: a,b,"c, d"')
@click.option("--lags", type=int, metavar="K", help="From the target's own past, 1 to K steps back")
@click.option("--no-header", is_flag=True, help="The first row of the table holds values and no names")
@click.option("--json", "as_object", is_flag=True, help="Print one JSON object instead of a table")
def data_command(
    file: str, target: str | None, features: tuple[str, ...], lags: int | None, no_header: bool, as_object: bool
) -> int:
    """Show how a table is read: its columns, what they hold, and what is fitted."""
    description = data.describe(file, target, features or None, lags, False if no_header else None)
    say(json.dumps(description.as_plain(), indent=2) if as_object else as_text(description))
    return 0


def as_text(description: Description) -> str:
    """A line for each column, and what was guessed or left out."""
    rows = [HEADING, *map(row, description.columns)]
    count = many(description.rows, "row"), many(len(description.columns), "column")
    lines = [f"{description.name}: {', '.join(count)}", "", *aligned(rows), ""]
    lines += [f"note: {notice}" for notice in description.notices]
    if description.problem:
        lines.append(f"nothing is fitted: {description.problem}")
    return "\n".join(lines).rstrip()


def row(column: Described) -> tuple[str, ...]:
    """A column as cells of the table."""
    example = clean(column.example, EXAMPLE)
    return column.role or "–", column.name, column.kind, extent(column), share(column), example, column.note
