"""What the tab key offers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tui.cli import main

Capture = pytest.CaptureFixture[str]
SLOW = {"numba", "textual", "rich", "polars", "plotext"}
PATIENCE = 120  # seconds until a test gives up, on a machine that has other work, too


def offered(capsys: Capture, monkeypatch: pytest.MonkeyPatch, line: str, part: str | None = None) -> list[str]:
    """What bash is told where the line ends; `part` is the word that it sees there, where it is not the last one."""
    monkeypatch.setenv("_UNITFIT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_LINE", f"unitfit {line}")
    monkeypatch.setenv("COMP_PART", line.rpartition(" ")[2] if part is None else part)
    with pytest.raises(SystemExit) as caught:
        main([])
    assert not caught.value.code
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("tr", ["plain,train", "plain,triangle", "file,"]),
        ("--lr 0.1 tr", ["plain,triangle", "file,"]),
        ("train --da", ["plain,--data", "plain,--data-seed"]),
        ("train --data chi", ["plain,chicago", "file,"]),
        ("--optimizer ad", ["plain,adagrad", "plain,adam", "plain,adamw"]),
        ("train --loss ", ["plain,mse", "plain,mae", "plain,huber"]),
        ("--schedule c", ["plain,constant", "plain,cosine"]),
        ("--init sp", ["plain,spread"]),
        ("--device ", ["plain,cpu"]),
        ("--theme ", ["plain,dark", "plain,light"]),
        ("--scene sur", ["plain,surface", "file,"]),
        ("train --layer 2:re", ["plain,2:relu"]),
        ("--layer 2:tanh+4:re", ["plain,2:tanh+4:relu"]),
        ("--layer n", ["plain,none"]),
        ("replay ", ["file,"]),
        ("sweep --grid la", ["plain,lags=", "plain,layer="]),
        ("sweep --preset w", ["plain,width"]),
        ("export --to p", ["plain,python"]),
        ("predict fit.npz --data ", ["file,"]),
        ("completion ", ["plain,bash", "plain,zsh", "plain,fish"]),
    ],
)
def test_commands_options_and_values(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, line: str, expected: list[str]
) -> None:
    assert offered(capsys, monkeypatch, line) == expected


def test_the_first_word_may_be_any_command_that_is_shown(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    words = offered(capsys, monkeypatch, "")
    assert {"plain,train", "plain,datasets", "plain,completion", "plain,motorcycle", "file,"} <= set(words)
    assert "plain,screen" not in words


@pytest.mark.parametrize(
    ("line", "part", "expected"),
    [
        ("train --data=chi", "chi", "chicago"),
        ("--layer=3:re", "re", "relu"),
        ("--layer 3:re", "re", "relu"),
        ("sweep --grid loss=mse,hu", "mse,hu", "mse,huber"),
    ],
)
def test_bash_parts_words_at_some_characters(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, line: str, part: str, expected: str
) -> None:
    assert f"plain,{expected}" in offered(capsys, monkeypatch, line, part)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(capsys: Capture, shell: str) -> None:
    with pytest.raises(SystemExit):
        main(["completion", shell])
    assert f"_UNITFIT_COMPLETE={shell}_complete" in capsys.readouterr().out


def test_completing_imports_nothing_slow() -> None:
    at_exit = f"atexit.register(lambda: print({SLOW} & set(sys.modules)))"
    program = f"import atexit, sys, unitfit; {at_exit}; unitfit.main()"
    asks = {"_UNITFIT_COMPLETE": "bash_complete", "COMP_LINE": "unitfit --data se", "COMP_PART": "se"}
    command, environment = [sys.executable, "-c", program], {**os.environ, **asks}
    process = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert process.stdout == "plain,seattle\nfile,\nset()\n"


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_in_a_bash(tmp_path: Path) -> None:
    (tmp_path / "my table.csv").touch()
    (tmp_path / "unitfit").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tui "$@"\n')
    (tmp_path / "unitfit").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "TERM": "dumb"}
    shell = pexpect.spawn(
        "bash", ["--norc", "--noprofile"], cwd=tmp_path, env=environment, encoding="utf-8", timeout=PATIENCE
    )
    shell.sendline('eval "$(unitfit completion bash)"; echo re""ady')
    shell.expect("ready")
    for typed, completed in (
        ("unitfit datas\t", "unitfit datasets "),
        ("unitfit train --data=chi\t", "--data=chicago "),
        ("unitfit --layer 2:tanh+3:rel\t", r"2:tanh\+3:relu "),
        ("unitfit my\t", r"my\\ table\.csv "),
    ):
        shell.send(typed)
        shell.expect(completed)
        shell.sendcontrol("u")
    shell.close(force=True)
