"""The module `unitfit`: the names it offers, and what it says when a package of ours is hidden or overwritten."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import data
import engine
import unitfit

PACKAGES = ("data", "engine", "tui")
SCRIPT = "from unitfit import main\nmain()\n"  # what an installer writes into the folder of scripts


class Place:
    """An installation of its own: a folder with our packages, and a script that lies elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.site, self.scripts, self.other = folder / "site", folder / "bin", folder / "other"
        for made in (self.site, self.scripts, self.other):
            made.mkdir()
        (self.scripts / "unitfit").write_text(SCRIPT)
        ours = Path(unitfit.__file__).parent
        shutil.copy(ours / "unitfit.py", self.site)
        for package in PACKAGES:
            shutil.copytree(ours / package, self.site / package, ignore=shutil.ignore_patterns("__pycache__"))

    def python(self, *arguments: str | Path, before: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Python in the folder `other`, with our packages on PYTHONPATH, and this folder before them."""
        path = os.pathsep.join(map(str, filter(None, (before, self.site))))
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.other,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    def script(self, before: Path | None = None) -> subprocess.CompletedProcess[str]:
        return self.python(self.scripts / "unitfit", "--version", before=before)

    def module(self) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "unitfit", "--version")


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def opens(process: subprocess.CompletedProcess[str]) -> bool:
    return (process.returncode, process.stderr) == (0, "") and process.stdout.startswith("unitfit ")


def refusal(process: subprocess.CompletedProcess[str]) -> str:
    """The one sentence with which the command line refused."""
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr.count("\n") == 1 and process.stderr.removesuffix("\n").isprintable()
    return process.stderr.removeprefix("unitfit: ")


def test_it_has_the_public_names_of_data_and_engine():
    assert sorted(unitfit.__all__) == sorted({*data.__all__, *engine.__all__})
    for package in (data, engine):
        assert all(getattr(unitfit, name) is getattr(package, name) for name in package.__all__)


def test_importing_it_loads_nothing_heavy():
    heavy = {"numba", "llvmlite", "textual", "plotext", "rich", "click", "polars", "tui"}
    program = f"import sys, unitfit; unitfit.Network; print({heavy} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "set()\n"
    )


def test_script_and_module_open_where_nothing_is_in_the_way(place):
    assert opens(place.script())
    assert opens(place.module())


@pytest.mark.parametrize("name", PACKAGES)
@pytest.mark.parametrize("file", ["{name}.py", "{name}/__init__.py"])
def test_one_that_lies_before_ours_is_named(place, name, file):
    stranger = place.other / file.format(name=name)
    stranger.parent.mkdir(exist_ok=True)
    stranger.touch()
    expected = f"{str(stranger)!r} is found instead of our package {name}: start in another folder"
    assert refusal(place.script(before=place.other)).startswith(expected)
    assert refusal(place.module()).startswith(expected)  # with -m the current folder comes first


@pytest.mark.parametrize("name", PACKAGES)
def test_one_that_another_wheel_has_overwritten_is_named(place, name):
    overwritten = place.site / name / "__init__.py"
    overwritten.write_text('"""Another package."""\n')
    expected = f"{str(overwritten)!r} is no longer ours, for another package has overwritten it: install unitfit into"
    assert refusal(place.script()).startswith(expected)


def test_one_that_another_wheel_took_along_when_it_left_is_named(place):
    lost = place.site / "data" / "__init__.py"
    lost.unlink()
    process = place.python("-S", place.scripts / "unitfit")  # without the checkout that tests are run from
    assert refusal(process).startswith(f"our package data has lost {str(lost)!r}: install unitfit")


def test_a_folder_of_ones_own_tables_called_data_is_in_nobodys_way(place):
    (place.other / "data").mkdir()
    (place.other / "data" / "sales.csv").touch()
    assert opens(place.module())
    assert opens(place.script(before=place.other))


def test_the_script_does_not_care_what_lies_in_the_current_folder(place):
    (place.other / "data.py").touch()
    assert opens(place.script())


def test_a_hostile_name_is_shown_escaped(place):
    hostile = place.other / "\x1b[31m\n"
    hostile.mkdir()
    (hostile / "data.py").touch()
    assert "\\x1b[31m\\n" in refusal(place.script(before=hostile))


@pytest.mark.parametrize(
    "use", ["import unitfit; unitfit.load", "from unitfit import Network", "from unitfit import no"]
)
def test_from_python_it_is_an_import_error_with_the_same_sentence(place, use):
    (place.other / "data.py").touch()
    process = place.python("-c", use)
    assert process.returncode == 1
    last = process.stderr.splitlines()[-1]
    assert last.startswith(f"ImportError: {str(place.other / 'data.py')!r} is found instead of our package data: ")


def test_ctrl_c_while_it_loads_is_quiet(place):
    interrupted = '"""unitfit\'s engine."""\nimport os, signal\nos.kill(os.getpid(), signal.SIGINT)\n'
    (place.site / "engine" / "__init__.py").write_text(interrupted)
    process = place.script()
    assert (process.returncode, process.stdout, process.stderr) == (130, "", "")


def test_from_python_another_tui_is_nobodys_matter(place):
    (place.other / "tui.py").touch()
    process = place.python("-c", "import unitfit; print(unitfit.Network.__name__)")
    assert (process.returncode, process.stdout) == (0, "Network\n")
