"""The benchmarks on the newest Python at hand, in a fresh environment with the newest packages that it allows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
OLDEST = 11  # of Python 3, as pyproject.toml says


def run_on_newest(packages: Sequence[str], arguments: Sequence[str]) -> int:
    """`python -m benchmarks` with these arguments and these packages beside the project's own; returns its exit code.

    A Python for which pip finds no packages is told and passed over. Raises FileNotFoundError where none is left.
    """
    with tempfile.TemporaryDirectory() as folder:
        for python in pythons():
            own = environment(python, Path(folder), packages)
            if own is not None:
                command = [own, "-m", "benchmarks", *arguments]
                return subprocess.run(command, cwd=ROOT, env=without_paths(), check=False).returncode
    raise FileNotFoundError(f"no Python: expected one of 3.{OLDEST} or newer that pip finds all packages for")


def pythons(folders: Iterable[Path] | None = None) -> list[Path]:
    """Those in the folders that start and can make environments, the newest first, one of each minor version."""
    found: dict[int, Path] = {}
    for folder in search_path() if folders is None else folders:
        for path in sorted(folder.glob("python3.*")):
            named = re.fullmatch(r"python3\.(\d+)(\.exe)?", path.name)
            if named and int(named[1]) >= OLDEST and int(named[1]) not in found and starts(path):
                found[int(named[1])] = path
    return [found[minor] for minor in sorted(found, reverse=True)]


def search_path() -> list[Path]:
    """The folders of PATH, and those in which pyenv keeps its versions."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    return [*map(Path, os.get_exec_path()), *sorted(pyenv.glob("versions/*/bin"), reverse=True)]


def starts(python: Path) -> bool:
    """A version manager's may be there without starting."""
    try:
        result = subprocess.run([python, "-c", "import ensurepip, ssl, venv"], capture_output=True, check=False)
    except OSError:
        return False
    return result.returncode == 0


def environment(python: Path, folder: Path, packages: Sequence[str]) -> Path | None:
    """The Python of a fresh environment with the project and the packages; None, and why, where pip has none for it."""
    subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
    own = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    print(f"{python}: installing {', '.join(('unitfit', *packages))} …", file=sys.stderr, flush=True)
    pip(own, "install", "--upgrade", "pip")
    installed = pip(own, "install", str(ROOT), *packages)
    if installed.returncode:
        print(f"Passed over {python}: {reason(installed.stderr)}.\n", flush=True)
        return None
    for package in ("numba", "numpy", *packages):
        tell_refused(own, package)
    return own


def tell_refused(python: Path, package: str) -> None:
    """Say so where the newest version of a package is not for this Python, or not for the project."""
    asked = pip(python, "index", "versions", package, "--ignore-requires-python", "--json")
    if asked.returncode:
        print(f"Whether there is a newer {package} is not known: {reason(asked.stderr)}.\n", flush=True)
        return
    index = json.loads(asked.stdout)
    if index["latest"] != index["installed_version"]:
        print(f"Refused: {package} {index['latest']}; taken: {index['installed_version']}.\n", flush=True)


def pip(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [python, "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, env=without_paths(), capture_output=True, text=True, check=False)


def reason(errors: str) -> str:
    """The last error of which pip told."""
    told = [line.removeprefix("ERROR: ") for line in errors.splitlines() if line.startswith("ERROR: ")]
    return told[-1] if told else "pip did not say why"


def without_paths() -> dict[str, str]:
    """This environment without what could lead to the modules of another tree or Python."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
