"""The options that describe a run, for every command that takes them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from engine.activations import KINDS
from engine.devices import DEVICES
from engine.initial import INITS
from engine.notation import parse_layers
from engine.recipe import BY_FLAG, FIELDS, Field, Recipe
from tui.commands.completion import VALUES, layers, values
from tui.run.options import SAME, SOURCE, USUAL, Options

USUAL_TRAINING = {field.flag: getattr(Recipe(), name) for name, field in FIELDS.items() if field.flag != "lr"}
OF_A_RUN = {*SOURCE.values(), *SAME, *BY_FLAG}  # the other options are the command's own


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of a run, and instead of their values one `Options`."""

    @functools.wraps(command)
    def with_options(
        data: str | None, layer: tuple[str, ...], features: tuple[str, ...], file: str | None = None, **given: Any
    ) -> int:
        sources = [source for source in (file, data) if source is not None] or [USUAL.data]
        if len(sources) > 1:
            raise click.UsageError("FILE with --data: expected one of them")
        own = {name: given.pop(name) for name in tuple(given) if name not in OF_A_RUN}
        asked = {flag: given.pop(flag) for flag in BY_FLAG}
        training = {flag: value for flag, value in asked.items() if value not in (None, USUAL_TRAINING.get(flag))}
        options = Options(
            data=sources[0], layer=parse_layers(layer), features=features or None, training=training, **given
        )
        code: int = command(options, **own)
        return code

    for option in reversed(OPTIONS):
        option(with_options)
    return with_options


def training_option(field: Field) -> Callable[..., Any]:
    """The option of a field of the recipe."""
    if field.flag == "lr":  # its usual value depends on the data
        shown = "0.03 for one feature, else 0.001"
        return click.option("--lr", type=float, show_default=shown, help=field.about)
    named = values if field.flag in VALUES else None
    return click.option(f"--{field.flag}", default=USUAL_TRAINING[field.flag], help=field.about, shell_complete=named)


NO_HEADER = click.option("--no-header", is_flag=True, help="The first row of the table holds values and no names")
OPTIONS = (
    click.option(
        "--data", metavar="NAME|FILE", show_default="motorcycle", help="A data set, or a table: CSV, Excel or Parquet",
        shell_complete=values,
    ),
    NO_HEADER,
    click.option(
        "--target", metavar="COLUMN", show_default="the last numeric column",
        help="What to predict; NAME=VALUE: one against the rest",
    ),
    click.option(
        "--features", metavar="COLUMNS", multiple=True, show_default="the others", help='From what: a,b,"c, d"'
    ),
    click.option("--lags", type=int, metavar="K", help="From the target's own past, 1 to K steps back"),
    click.option("--test-fraction", type=float, metavar="F", show_default="0.2, or whole years", help="Unseen rows"),
    click.option(
        "--data-seed", type=click.IntRange(min=0), metavar="INTEGER", default=USUAL.data_seed,
        help="Of the split and the noise",
    ),
    click.option("--points", type=int, metavar="N", show_default="all", help="Train on so many of the training rows"),
    click.option("--n", type=int, help="Examples of a generated set"),
    click.option("--noise", type=float, help="Noise of a generated set, a standard deviation"),
    click.option(
        "--layer", metavar="UNITS", multiple=True, show_default="3:sigmoid for one feature, else none",
        help="A hidden layer such as 3:sigmoid+2:relu, again for each; none: the linear model. "
        f"Kinds: {', '.join(KINDS)}", shell_complete=layers,
    ),
    click.option("--init", default=USUAL.init, help=f"Initial weights: {', '.join(INITS)}", shell_complete=values),
    *map(training_option, FIELDS.values()),
    click.option("--seed", type=int, default=USUAL.seed, help="Of initial weights and batches"),
    click.option(
        "--device", default=USUAL.device, help=f"Where to train: {', '.join(DEVICES)}", shell_complete=values
    ),
    click.option("--threads", type=int, show_default="as many as pay", help="Threads to train with"),
)  # fmt: skip
