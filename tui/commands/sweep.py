"""`unitfit sweep`: many runs of `train`, each with other values of some of its options."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from data.sources import STANDARD_INPUT
from tui.commands.completion import files, grids
from tui.commands.run_options import run_options
from tui.console.out import is_terminal, say
from tui.console.terminal import take_terminal
from tui.run.options import Options
from tui.run.saved import is_saved
from tui.run.settings import THEME, recall
from tui.run.sweep.factors import parse_factor
from tui.run.sweep.plan import make_plan
from tui.run.sweep.presets import PRESETS

if TYPE_CHECKING:
    from tui.run.sweep.sweep import Sweep

DIVERGED, INTERRUPTED = 1, 130


def take_preset(context: click.Context, parameter: click.Parameter, name: str | None) -> str | None:
    """Options that are not given are then as the preset has them."""
    if name is not None:
        context.default_map = PRESETS[name].usual
    return name


@click.command("sweep")
@run_options
@click.option(
    "--grid",
    metavar="NAME=V1,V2,…",
    multiple=True,
    shell_complete=grids,
    help='An option and its values; / parts layers, "a,b" is one value; with --random also a range: lr=1e-4..1e-1',
)
@click.option("--random", type=int, metavar="N", help="Draw so many settings, instead of all combinations")
@click.option(
    "--seeds", type=int, metavar="N", show_default="1", help="Every setting with so many seeds, from --seed on"
)
@click.option(
    "--preset",
    type=click.Choice(list(PRESETS)),
    is_eager=True,
    callback=take_preset,
    help="A table of the book, on chicago: more past days, a wider layer, more layers",
)
@click.option(
    "--out",
    metavar="FILE",
    shell_complete=files,
    help="Write all runs to .csv, .jsonl or .parquet; begun again, a sweep goes on where it was",
)
@click.option(
    "--dask", metavar="ADDRESS", help="On the workers of a scheduler, tcp://HOST:PORT, or local: on all cores"
)
@click.option("--screen", is_flag=True, help="On the screen: a map that fills, and any setting opens as a run")
@click.option("--json", "as_object", is_flag=True, help="Print one JSON object instead of a table")
@click.option("--quiet", is_flag=True, help="Print nothing but errors, and the JSON if asked for")
@click.option("--force", is_flag=True, help="Start over, and write over a file that is there already")
def sweep_command(
    options: Options, grid: tuple[str, ...], random: int | None, seeds: int | None, preset: str | None,
    out: str | None, dask: str | None, screen: bool, as_object: bool, quiet: bool, force: bool,
) -> int:  # fmt: skip
    """Train many runs and compare them: every combination of the values that --grid gives some options of `train`.

    \b
    unitfit sweep --data chicago --grid lr=0.001,0.01 --grid layer=none,100:relu
    """
    own = (PRESETS[preset].factor,) if preset else ()
    factors = [parse_factor(text) for text in (*own, *grid)]
    refuse_twice([factor.name for factor in factors], preset)
    refuse_sources([options.data, *(name for factor in factors if factor.name == "data" for name in factor.ends())])
    plan = make_plan(options, factors, seeds, random)

    if screen:
        refuse_beside_screen({"--dask": dask, "--json": as_object, "--quiet": quiet, "--random": random})

    from tui.console.sweep import file, report
    from tui.console.sweep.watched import watched
    from tui.draw.palette import PLAIN, THEMES, choose
    from tui.run.sweep.results import results
    from tui.run.sweep.sweep import Sweep

    journal = None if out is None else file.prepared(out, force)
    sweep = Sweep(plan)
    if journal is not None:
        sweep.keep(journal, anew=force)
    if screen:
        return show(sweep, out)
    swept = watched(sweep, dask, quiet)
    rows = [row for _, row in sorted(sweep.rows.items())]
    if out is not None and rows:
        file.write(out, rows)
    found = results(rows, len(plan.seeds))
    dataset = sweep.sets.of(plan.run(0)).dataset
    if as_object:
        say(json.dumps(report.as_json(swept, found, dataset), indent=2, allow_nan=False))
    elif not quiet:
        palette = choose(os.environ, recall(THEME, THEMES)) if is_terminal(sys.stdout) else PLAIN
        say(report.as_text(swept, found, dataset, shutil.get_terminal_size().columns, palette))
    if swept.interrupted:
        return INTERRUPTED
    return DIVERGED if rows and not any(result.finite for result in found) else 0


def refuse_sources(names: list[str]) -> None:
    """UsageError where one of these names of data is no table that can be read again."""
    for name in names:
        if name == STANDARD_INPUT:
            raise click.UsageError("--data -: expected a file, since a sweep may read its table again")
        if is_saved(name):
            raise click.UsageError(f"--data {name} is a saved run: expected a table")


def refuse_twice(factors: list[str], preset: str | None) -> None:
    """UsageError where an option is also a factor, or a preset's factor also one of `--grid`."""
    if preset and factors[0] in factors[1:]:
        raise click.UsageError(f"--preset {preset} with --grid {factors[0]}: expected one of them")
    source = click.get_current_context().get_parameter_source
    for name in factors:
        if source(name.replace("-", "_")) is ParameterSource.COMMANDLINE:
            which = f"--preset {preset}" if preset and name == factors[0] else f"--grid {name}"
            raise click.UsageError(f"--{name} with {which}: expected one of them")


def refuse_beside_screen(given: dict[str, object]) -> None:
    """UsageError where there can be no screen, or for an option that means something without one only."""
    for name, value in given.items():
        if value:
            what = "lists of values, of which there is a map" if name == "--random" else "one of them"
            raise click.UsageError(f"--screen with {name}: expected {what}")
    take_terminal()


def show(sweep: Sweep, out: str | None) -> int:
    """The sweep on the screen until the person quits; then its table is written."""
    from tui.app import UnitfitApp
    from tui.console.sweep import file
    from tui.draw.palette import THEMES
    from tui.run.keeper import Keeper, state_folder
    from tui.run.sweep.live import Live

    live = Live(sweep)

    def write() -> None:
        if out is not None and live.rows:
            file.write(out, live.rows)

    theme, keeper = recall(THEME, THEMES), Keeper(state_folder())
    app = UnitfitApp(sweep.plan.run(0), keeper=keeper, theme=theme, live=live, afterwards=write)
    app.run()
    return app.return_code or 0
