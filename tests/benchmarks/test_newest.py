"""Which Pythons are found, which is taken, and what is said of those and of packages that are passed over."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import newest


@pytest.fixture
def pythons(tmp_path):
    """Folders of Pythons, some of which do not start."""

    def make(folder: str, name: str, code: int = 0) -> Path:
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\nexit {code}\n")
        path.chmod(0o755)
        return path

    return make


@pytest.mark.skipif(sys.platform == "win32", reason="its Pythons are no scripts")
def test_the_newest_that_starts_comes_first(pythons, tmp_path):
    pythons("shims", "python3.14", code=127)
    pythons("shims", "python3.13", code=127)
    eleven = pythons("shims", "python3.11")
    pythons("own", "python3.9")
    pythons("own", "python3.13-config")
    pythons("own", "python3.11")
    thirteen = pythons("own", "python3.13")
    assert newest.pythons([tmp_path / "none", tmp_path / "shims", tmp_path / "own"]) == [thirteen, eleven]


def test_the_first_for_which_there_are_packages_runs_the_benchmarks(monkeypatch, capfd):
    monkeypatch.setattr(newest, "pythons", lambda: ["new", "old"])
    monkeypatch.setattr(newest, "environment", lambda python, *_: sys.executable if python == "old" else None)
    assert newest.run_on_newest(["jax"], ["--only", "medium"]) == 2
    assert "medium: expected some of tiny" in capfd.readouterr().err


def test_without_a_python_there_is_an_error(monkeypatch):
    monkeypatch.setattr(newest, "pythons", list)
    with pytest.raises(FileNotFoundError, match=r"expected one of 3\.11 or newer that pip finds all packages for"):
        newest.run_on_newest(["jax", "optax"], [])


@pytest.mark.parametrize(("taken", "said"), [("0.12.0", ""), ("0.10.2", "Refused: jax 0.12.0; taken: 0.10.2.\n\n")])
def test_a_newer_package_that_was_refused_is_told(monkeypatch, capsys, taken, said):
    index = json.dumps({"latest": "0.12.0", "installed_version": taken})
    monkeypatch.setattr(newest, "pip", lambda *_: subprocess.CompletedProcess([], 0, index, ""))
    newest.tell_refused(Path("python"), "jax")
    assert capsys.readouterr().out == said


def test_an_index_that_does_not_answer_is_told(monkeypatch, capsys):
    monkeypatch.setattr(newest, "pip", lambda *_: subprocess.CompletedProcess([], 1, "", ""))
    newest.tell_refused(Path("python"), "jax")
    assert capsys.readouterr().out == "Whether there is a newer jax is not known: pip did not say why.\n\n"


def test_a_python_without_packages_is_passed_over_with_pips_reason(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(newest.subprocess, "run", lambda *_, **__: None)
    errors = (
        "WARNING: a proxy\nERROR: no version\nERROR: No matching distribution found for jax\n\n[notice] a new pip\n"
    )
    monkeypatch.setattr(newest, "pip", lambda *_: subprocess.CompletedProcess([], 1, "", errors))
    assert newest.environment(Path("python3.99"), tmp_path, ["jax"]) is None
    assert capsys.readouterr().out == "Passed over python3.99: No matching distribution found for jax.\n\n"


def test_no_other_tree_leads_the_way(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("LANG", "C")
    assert "PYTHONPATH" not in newest.without_paths() and newest.without_paths()["LANG"] == "C"
