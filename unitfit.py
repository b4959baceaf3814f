"""unitfit under one name: `import unitfit` has the public names of `data` and `engine`, `python -m unitfit` the screen.

    dataset = unitfit.load("sine")
    trainer = unitfit.Trainer(unitfit.Network(1, [["sigmoid"] * 3]), dataset.x_train, dataset.y_train)

Importing it compiles nothing and loads no screen.

Others may call a package `data`, `engine` or `tui`, too, and Python takes the first that it finds. So this module looks
first whether the three are ours. If not, `main` says in a sentence which file it is, and every public name raises
ImportError with that sentence.
"""

import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, NoReturn

HERE = os.path.dirname(os.path.realpath(__file__))
MARK = b"unitfit's "  # in the docstrings of our packages
ALONE = "install unitfit into an environment of its own"
BAD_INPUT = 2


def stranger(*names: str) -> str | None:
    """A sentence about the first of these packages that is not ours; None if all are. None of them is imported."""
    for name in names:
        folder = os.path.join(HERE, name)
        spec = find_spec(name)
        if spec is None or not spec.origin:
            return f"our package {name} has lost {os.path.join(folder, '__init__.py')!r}: {ALONE}"
        if os.path.dirname(os.path.realpath(spec.origin)) != folder:
            elsewhere = "start in another folder, take that one off PYTHONPATH"
            return f"{spec.origin!r} is found instead of our package {name}: {elsewhere}, or {ALONE}"
        get_data = getattr(spec.loader, "get_data", None)
        if get_data and MARK not in get_data(spec.origin):
            return f"{spec.origin!r} is no longer ours, for another package has overwritten it: {ALONE}"
    return None


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    sentence = stranger("data", "engine", "tui")
    if sentence:
        print(f"unitfit: {sentence}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    from tui.cli import main as run

    run()


_complaint = stranger("data", "engine")
if _complaint is None:
    import data
    import engine
    from data import *  # noqa: F403
    from engine import *  # noqa: F403

    __all__ = [*data.__all__, *engine.__all__]
elif not TYPE_CHECKING:  # to a type checker it would mean that every name exists

    def __getattr__(name: str) -> NoReturn:
        if name.startswith("__"):  # Python itself asks for these
            raise AttributeError(name)
        raise ImportError(_complaint)


if __name__ == "__main__":
    main()
