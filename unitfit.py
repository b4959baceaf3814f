"""unitfit under one name: `import unitfit` has the public names of `data` and `engine`, `python -m unitfit` the screen.

    dataset = unitfit.load("sine")
    trainer = unitfit.Trainer(unitfit.Network(1, [["sigmoid"] * 3]), dataset.x_train, dataset.y_train)

Importing it compiles nothing and loads no screen; NumPy comes with the first of these names.

Others may call a package `data`, `engine` or `tui`, too, and Python takes the first that it finds. So this module looks
first whether the three are ours. If not, `main` says in a sentence which file it is, and every public name raises
ImportError with that sentence.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False  # as a type checker takes it for True; `typing` itself would take longer than the rest of this
if TYPE_CHECKING:
    from typing import NoReturn

HERE = os.path.dirname(os.path.realpath(__file__))
MARK = b"unitfit's "  # in the docstrings of our packages
ALONE = "install unitfit into an environment of its own"
BAD_INPUT, INTERRUPTED = 2, 130


def stranger(*names: str) -> str | None:
    """A sentence about the first of these packages that is not ours; None if all are. None of them is imported."""
    from importlib.util import find_spec

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
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)
    sentence = stranger("data", "engine", "tui")
    if sentence:
        print(f"unitfit: {sentence}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    from tui.cli import main as run

    try:
        signal.signal(signal.SIGINT, before)
        run()
    except KeyboardInterrupt:  # on the way to where it is expected, or on the way out
        os._exit(INTERRUPTED)


def _leave(number: int, frame: object) -> NoReturn:
    """While we are loaded nothing has begun that would have to be ended, and to Python an interrupt is an error."""
    os._exit(INTERRUPTED)


def _public() -> dict[str, object]:
    """What `data` and `engine` offer, by name. Raises ImportError where one of them is not ours."""
    sentence = stranger("data", "engine")
    if sentence:
        raise ImportError(sentence)
    import data
    import engine

    return {name: getattr(package, name) for package in (data, engine) for name in package.__all__}


if TYPE_CHECKING:
    from data import *  # noqa: F403
    from engine import *  # noqa: F403
else:  # to a type checker it would mean that every name exists

    def __getattr__(name: str) -> object:
        if name == "__all__":
            return list(_public())
        if not name.startswith("__") and name in _public():  # Python itself asks for the others
            return _public()[name]
        raise AttributeError(f"module 'unitfit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *_public()]


if __name__ == "__main__":
    main()
