"""What the tab key offers in a shell: commands, options and values; `unitfit completion` prints what a shell needs.

For each tab the shell starts the program, so nothing here imports what is slow.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import click
from click.core import ParameterSource
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

import data
from engine.activations import KINDS
from engine.initial import INITS
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.schedules import SCHEDULES
from engine.trainer import DEVICES
from tui.console.out import say
from tui.run.scenes import scenes
from tui.run.sweep.factors import PARSERS

PROGRAM, ASKS = "unitfit", "_UNITFIT_COMPLETE"
SHELLS = ("bash", "zsh", "fish")
FILE = CompletionItem("", type="file")  # has the shell offer files, too

VALUES: dict[str, Callable[[], Iterable[str]]] = {
    "data": data.names,
    "optimizer": lambda: OPTIMIZERS,
    "loss": lambda: LOSSES,
    "schedule": lambda: SCHEDULES,
    "init": lambda: INITS,
    "device": lambda: DEVICES,
    "scene": lambda: (scene.name for scene in scenes()),
}
OR_FILES = ("data", "scene")


@add_completion_class
class Bash(BashComplete):
    """As click's, which offers no file beside a name, and is lost at the = and : where bash parts words."""

    source_template = """\
%(complete_func)s() {
    local IFS=$'\\n' type value
    while IFS=, read -r type value; do
        if [[ $type == file ]]; then
            compopt -o filenames
            COMPREPLY+=($(compgen -f -- "$2"))
        else
            COMPREPLY+=("$value")
        fi
    done < <(COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_PART="$2" %(complete_var)s=bash_complete "$1")
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

    def get_completion_args(self) -> tuple[list[str], str]:
        line = os.environ["COMP_LINE"]
        words = split_arg_string(line)[1:]
        return (words, "") if line[-1:].isspace() else (words[:-1], words[-1])

    def format_completion(self, item: CompletionItem) -> str:
        """Without what stands before the last = or :, for bash completes only what comes after."""
        begun = self.get_completion_args()[1]
        if begun.startswith("-"):  # an option with its value
            begun = begun.partition("=")[2]
        done = len(begun) - len(os.environ["COMP_PART"])
        return f"{item.type},{item.value[max(done, 0) :]}"


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print the script with which a shell completes commands, options and values.

    bash: eval "$(unitfit completion bash)" in ~/.bashrc. zsh: the same with zsh in ~/.zshrc, after compinit.
    fish: unitfit completion fish > ~/.config/fish/completions/unitfit.fish
    """
    script = get_completion_class(shell)
    assert script is not None  # it is one of SHELLS
    say(script(context.find_root().command, {}, PROGRAM, ASKS).source(), newline=False)
    return 0


def values(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The values of an option that has names; files beside them where these will do."""
    own = [] if parameter.name is None else VALUES[parameter.name]()
    return [*_beginning(own, incomplete), *[FILE] * (parameter.name in OR_FILES)]


def layers(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The kinds of unit, after what is said of the layer already: 3:sigmoid+2:re → 3:sigmoid+2:relu."""
    before, plus, last = incomplete.rpartition("+")
    count = last.partition(":")[0] or "3"
    own = [f"{before}{plus}{count}:{kind}" for kind in KINDS if count.isdigit()]
    return _beginning(own if before else [*own, "none"], incomplete)


def grids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The options that can be factors; of one that has names also these, after a comma again."""
    name, equals, listed = incomplete.partition("=")
    if not equals:
        return [CompletionItem(f"{option}=") for option in PARSERS if option.startswith(name)]
    before, comma, last = listed.rpartition(",")
    own = VALUES[name]() if name in VALUES else ()
    return [CompletionItem(f"{name}={before}{comma}{value}") for value in own if value.startswith(last)]


def files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Any file."""
    return [FILE]


def first_word(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What the program shows: a data set or a file; before any option also its commands."""
    root = context.find_root()
    given = (context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in context.params)
    own = [] if any(given) or not isinstance(root.command, click.Group) else root.command.list_commands(root)
    visible = [name for name in own if name != context.info_name]
    return [*_beginning([*visible, *data.names()], incomplete), FILE]


def _beginning(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
