"""`unitfit export` and `unitfit predict`: what was fitted, in other forms and for other rows."""

from __future__ import annotations

import click

from data.rows import read_rows
from engine.outcome import Outcome
from tui.commands.completion import files
from tui.console.export import FORMATS
from tui.console.fitted import Fitted, read_fitted
from tui.console.headless import watched
from tui.console.out import note, put, ready
from tui.console.predict import predicted
from tui.run.beginnings import run_of
from tui.run.run import Run
from tui.run.saved import is_archive, open_saved
from tui.run.words import overflow

PICTURE = "svg"
NO_TEXT = ("npz",)

file = click.argument("file", shell_complete=files)
force = click.option("--force", is_flag=True, help="Write over a file that is there already")
threads = click.option("--threads", type=int, show_default="as many as pay", help="Threads to train a saved run with")


@click.command()
@file
@click.option("--to", "form", required=True, type=click.Choice([*FORMATS, PICTURE]), help="What to make of it")
@click.option(
    "--out", metavar="FILE", show_default="stdout", shell_complete=files, help="Where to; npz is no text and needs one"
)
@force
@threads
def export(file: str, form: str, out: str | None, force: bool, threads: int | None) -> int:
    """Write what was fitted as a function, a formula, arrays, a table of losses or a picture of the screen.

    FILE is a saved run, which is trained again first, or an .npz file that this command wrote.
    """
    if out is None and form in NO_TEXT:
        raise click.UsageError(f"--to {form}: expected --out FILE, for it is no text")
    ready("--out", out, force)
    if form != PICTURE:
        put(FORMATS[form].content(fitted_in(file, threads)), out, force)
        return 0
    if is_archive(file):
        raise click.UsageError(f"--to {PICTURE}: {file} holds no run to draw; expected a saved run")
    from tui.commands.picture import picture

    put(picture(replayed(file, threads)).encode(), out, force)
    return 0


@click.command()
@file
@click.option(
    "--data", metavar="FILE", required=True, shell_complete=files, help="The rows to predict: CSV, Excel or Parquet"
)
@click.option("--out", metavar="FILE", show_default="stdout", shell_complete=files, help="Where to")
@force
@threads
def predict(file: str, data: str, out: str | None, force: bool, threads: int | None) -> int:
    """Predict the rows of a table, in the data's own units.

    FILE is a saved run, which is trained again first, or an .npz file that export wrote. The result is the table with
    a column more; a network that was fitted to lags predicts each row from the rows before it.
    """
    ready("--out", out, force)
    fitted = fitted_in(file, threads)
    table, notices = predicted(fitted, read_rows(data, fitted.signature))
    note(notices)
    put(table.encode(), out, force)
    return 0


def fitted_in(file: str, threads: int | None) -> Fitted:
    """What a file holds. Raises EngineError, DataError or OSError where that is nothing."""
    return read_fitted(file) if is_archive(file) else Fitted.of(replayed(file, threads))


def replayed(file: str, threads: int | None) -> Run:
    """The run of a file at its end, trained again; notes say what is not as it was. Abort after ctrl+C."""
    run = run_of(*open_saved(file, threads))
    story, saved = run.story, run.story.outcome
    if watched(run.loaded, story, story.end, quiet=False).interrupted:
        raise click.Abort
    if story.trainer.diverged:
        note([f"{overflow(*story.trainer.diverged)}: this is the last finite state"])
        return run
    story.goto(story.end)  # after the edits of its last update
    verdict = saved.verdict(Outcome.of(story.trainer)) if saved else ""
    note([verdict] if verdict else [])
    return run
