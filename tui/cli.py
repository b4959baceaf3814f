"""The command line: `unitfit` opens the screen; its commands do without one.

Whatever a person can get wrong ends with one sentence on stderr and exit code 2.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn

import click

import data
from data import DataError
from data.errors import clean
from data.sources import STANDARD_INPUT
from engine import EngineError, Experiment
from engine.outcome import Outcome as SavedOutcome
from tui.commands.completion import PROGRAM, completion, files, first_word, values
from tui.commands.data import data_command
from tui.commands.export import export, predict
from tui.commands.meant import meant
from tui.commands.run_options import run_options
from tui.commands.sweep import sweep_command
from tui.console.headless import INTERRUPTED, Outcome, finishing, make_trainer, updates_of, watched
from tui.console.out import aligned, buffer_stdout, drop_unwritten, note, ready, room_on_stdout, say
from tui.console.terminal import kept_input, take_terminal
from tui.run.options import USUAL, Options, in_options, is_folder_gone
from tui.run.saved import is_saved, open_saved
from tui.run.scenes import find, is_scene, scenes
from tui.run.settings import THEME, recall

DIVERGED, BAD_INPUT = 1, 2
SENTENCE_LENGTH = 1000
HEADLESS_BUDGET = 1  # byte for checkpoints: nobody goes back
COMMANDS = ("train|sweep|replay|export|predict|data", "datasets|scenes|info|completion")
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 120, "show_default": True}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code."""
    buffer_stdout()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a plot in `?` is better than none, where the encoding lacks braille
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_: note([str(message)])
        code = _run(arguments)
    drop_unwritten()
    sys.exit(code)


def _run(arguments: Sequence[str] | None) -> int:
    """Returns the exit code, for errors too."""
    try:
        with room_on_stdout():  # for --help and --version, which are click's own
            code: int = program.main(arguments, prog_name=PROGRAM, standalone_mode=False)
    except (click.ClickException, DataError, EngineError, OSError, MemoryError, ImportError) as error:
        with suppress(OSError):  # nobody reads stderr any more
            click.echo(f"unitfit: {clean(_sentence(error), SENTENCE_LENGTH)}", err=True)
        return BAD_INPUT
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except SystemExit:  # click's way to end where nobody reads stdout any more, such as `| head`
        return 0
    return code


def _sentence(error: Exception) -> str:
    match error:
        case MemoryError():
            return "there is not enough memory for this: expected fewer rows, units or threads"
        case OSError() if not is_folder_gone(error):
            return f"{error.filename or 'this machine'}: cannot be used ({error.strerror or error})"
        case click.ClickException():
            sentence = error.format_message()
            extra = sentence.startswith("Got unexpected extra argument")
            return sentence + ": expected options; a table is --data FILE" * extra
        case _:
            return in_options(error, "--")


class Program(click.Group):
    """A group whose command `screen` need not be said."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        spoken = {*self.commands, *context.help_option_names} - {screen.name}
        if arguments and (near := meant(arguments[0], self.commands)):
            raise click.UsageError(f"{arguments[0]} is no command, file or data set: expected one; is it {near!r}?")
        if not arguments or arguments[0] not in spoken:
            arguments = [str(screen.name), *arguments]
        return super().parse_args(context, arguments)

    def format_usage(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage("unitfit", "[FILE] [OPTIONS]")
        for some in COMMANDS:
            formatter.write_usage("unitfit", f"{some} [OPTIONS]", prefix="       ")

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        screen.format_options(context, formatter)
        self.format_commands(context, formatter)


@click.group(cls=Program, context_settings=SETTINGS)
def program() -> None:
    """Watch a small neural network learn: add units, step through updates and epochs, see the curve bend."""


def check(options: Options) -> None:
    """Refuse bad input before the screen opens."""
    if options.saved is not None:
        open_saved(options.saved)
    elif options != USUAL and options.scene is None:
        make_trainer(options)


@program.command(hidden=True)
@click.argument("file", required=False, shell_complete=first_word)
@run_options
@click.option("--theme", type=click.Choice(["dark", "light"]), show_default="as last time, else dark", help="Colours")
@click.version_option(package_name="unitfit", message="unitfit %(version)s")
@click.option(
    "--scene", metavar="NAME|FILE", help="Open a scene of chapter 1, see `unitfit scenes`, or one of yours",
    shell_complete=values,
)  # fmt: skip
def screen(options: Options, theme: str | None, scene: str | None) -> int:
    """Watch a small neural network learn."""
    if options.data == STANDARD_INPUT:
        options = replace(options, data=kept_input())
    take_terminal()
    if scene is not None or is_scene(options.data):
        options = replace(USUAL, scene=scene or options.data, threads=options.threads)
        for own in find(options.scene or "").runs:
            check(own)
    elif is_saved(options.data):
        options = replace(USUAL, saved=options.data, threads=options.threads)
    check(options)
    from tui.app import UnitfitApp
    from tui.draw.palette import THEMES
    from tui.run.keeper import Keeper, state_folder

    app = UnitfitApp(options, keeper=Keeper(state_folder()), theme=theme or recall(THEME, THEMES))
    app.run()
    return app.return_code or 0


@program.command("train")
@run_options
@click.option("--json", "as_object", is_flag=True, help="Print one JSON object instead of a table and a plot")
@click.option("--quiet", is_flag=True, help="Print nothing but errors, and the JSON if asked for")
@click.option(
    "--save", metavar="FILE", shell_complete=files, help="Write the run to a file, which `unitfit FILE` opens"
)
@click.option("--force", is_flag=True, help="Write over a file that is there already")
def train_command(options: Options, as_object: bool, quiet: bool, save: str | None, force: bool) -> int:
    """Train without a screen, and print a table and a plot of the fit."""
    if is_saved(options.data):
        raise click.UsageError(f"--data {options.data} is a saved run: expected a table; replay trains it again")
    ready("--save", save, force)
    if save is not None and options.data == STANDARD_INPUT:
        raise click.UsageError("--save with --data -: expected a file, since a saved run reads its table again")
    dataset, trainer = make_trainer(options)
    story = Experiment(trainer, options.source(), budget=HEADLESS_BUDGET)
    outcome = watched(dataset, story, updates_of(trainer), quiet)
    with finishing():
        if save is not None:
            story.save(save, over=force)
        return _report(outcome, as_object, quiet)


@program.command()
@click.argument("file", shell_complete=files)
@click.option("--json", "as_object", is_flag=True, help="Print one JSON object instead of a table and a plot")
@click.option("--threads", type=int, show_default="as many as pay", help="Threads to train with")
def replay(file: str, as_object: bool, threads: int | None) -> int:
    """Train a saved run again, and say whether it comes to the same weights."""
    _, dataset, story = open_saved(file, threads)
    saved, outcome = story.outcome, watched(dataset, story, story.end, quiet=as_object)
    with finishing():
        if outcome.interrupted or story.trainer.diverged or saved is None:
            return _report(outcome, as_object, quiet=False)
        story.goto(story.end)  # after the edits of its last update
        verdict = saved.verdict(SavedOutcome.of(story.trainer)) or "the same θ as when it was saved"
        if not as_object:
            say(f"{file}: {verdict}")
        return _report(outcome, as_object, quiet=False, replay=verdict)


def _report(outcome: Outcome, as_object: bool, quiet: bool, **more: str) -> int:
    """Print what came of it; returns the exit code."""
    from tui.console import report

    if as_object:
        say(report.as_json(outcome, **more))
    elif not quiet:
        say(report.as_text(outcome))
        if plot := report.plot(outcome).rstrip():
            say(f"\n{plot}")
    if outcome.interrupted:
        return INTERRUPTED
    return DIVERGED if outcome.trainer.diverged else 0


for _own in (sweep_command, export, predict, data_command, completion):
    program.add_command(_own)


@program.command("scenes")
def list_scenes() -> int:
    """List the scenes of chapter 1, which --scene opens."""
    rows = [(str(number), scene.name, scene.title, scene.about) for number, scene in enumerate(scenes())]
    say("\n".join(aligned(rows)))
    say("\nunitfit --scene NAME opens one; on the screen t chooses them.")
    return 0


@program.command()
def datasets() -> int:
    """List what can be loaded by name."""
    rows = [("name", "features", "target", "train", "unseen", "")]
    for name in data.names():
        ds = data.load(name)
        features = ", ".join(ds.feature_names) if len(ds.feature_names) < 3 else "the other columns"
        if ds.lags:
            features = f"lags 1…{ds.lags[-1]}"
        unseen = 0 if ds.y_test is None else len(ds.y_test)
        rows.append((name, features, ds.target_name, f"{len(ds.y_train)}", f"{unseen}", data.about(name)))
    say("\n".join(aligned(rows)))
    say("\nOne's own table: --data FILE; unitfit data FILE shows how it is read.")
    return 0


@program.command()
def info() -> int:
    """Show versions, CPU, CUDA and the cache folder."""
    from tui.console.machine import facts

    say("\n".join(aligned(facts())))
    return 0


if __name__ == "__main__":
    main()
