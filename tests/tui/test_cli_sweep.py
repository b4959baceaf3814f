"""`unitfit sweep` from its arguments to what it prints, writes and exits with."""

from __future__ import annotations

import csv
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import polars
import pytest

from tui.cli import main

Capture = pytest.CaptureFixture[str]
PATIENCE = 1200  # seconds until a test gives up: kernels may be compiled first, on a machine that has other work, too
QUICK = ("sweep", "--data", "sine", "--epochs", "2")
GRID = ("--grid", "lr=0.01,0.1", "--grid", "layer=none,2:relu/2:tanh", "--seeds", "2")


def run(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of a command line."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    output = capsys.readouterr()
    return int(caught.value.code or 0), output.out, output.err


def test_every_row_is_the_run_of_train_and_the_best_ones_command_is_printed(capsys: Capture) -> None:
    code, out, err = run(capsys, *QUICK, *GRID, "--json")
    assert (code, err) == (0, "")
    result = json.loads(out)
    assert [(row["lr"], row["layer"], row["seed"]) for row in result["rows"]] == [
        (lr, layer, seed) for lr in (0.01, 0.1) for layer in ("none", "2:relu/2:tanh") for seed in (0, 1)
    ]
    layers = {"none": ["--layer", "none"], "2:relu/2:tanh": ["--layer", "2:relu", "--layer", "2:tanh"]}
    for row in result["rows"]:
        own = ["--lr", str(row["lr"]), *layers[row["layer"]], "--seed", str(row["seed"])]
        alone = json.loads(run(capsys, "train", *QUICK[1:], *own, "--json")[1])
        assert row["theta_sha256"] == alone["theta_sha256"]
        assert (row["test_rmse"], row["train_mae"]) == (alone["test"]["rmse"], alone["train"]["mae"])
        assert (row["updates"], row["lanes"], row["parameters"]) == (
            alone["updates"], alone["lanes"], alone["parameters"],
        )  # fmt: skip
    program, *arguments = shlex.split(result["best"]["command"])
    assert program == "unitfit"
    alone = json.loads(run(capsys, *arguments, "--json")[1])
    assert alone["theta_sha256"] == result["best"]["theta_sha256"]


def test_a_table_a_map_and_a_command(capsys: Capture) -> None:
    code, out, err = run(capsys, *QUICK, *GRID)
    assert (code, err) == (0, "")
    assert out.startswith("sine: y; 8 runs of 4 settings in ")
    assert "unseen rmse by lr and layer" in out
    assert out.splitlines()[-1].startswith("  unitfit train --data sine ")


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_all_runs_are_written(capsys: Capture, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"runs.{suffix}"
    assert run(capsys, *QUICK, *GRID, "--out", str(out), "--quiet") == (0, "", "")
    read: Any = {"csv": polars.read_csv, "jsonl": polars.read_ndjson, "parquet": polars.read_parquet}[suffix]
    table = read(out)
    assert table.height == 8
    assert table.columns[:3] == ["lr", "layer", "seed"]
    assert {*table["layer"]} == {"none", "2:relu/2:tanh"}
    again = run(capsys, *QUICK, *GRID, "--out", str(out), "--json")
    assert {row["theta_sha256"] for row in json.loads(again[1])["rows"]} == {*table["theta_sha256"]}
    assert [row["seconds"] for row in json.loads(again[1])["rows"]] == pytest.approx([*table["seconds"]])  # not anew


def test_it_goes_on_with_more_seeds_but_not_with_another_sweep(capsys: Capture, tmp_path: Path) -> None:
    out = tmp_path / "runs.csv"
    assert run(capsys, *QUICK, *GRID, "--out", str(out), "--quiet")[0] == 0
    code, _, err = run(capsys, *QUICK, "--grid", "batch=4,8", "--out", str(out))
    assert (code, err) == (
        2, "unitfit: runs.csv.journal: is of a sweep with other options or factors; "
        "expected another --out, or --force to start over\n",
    )  # fmt: skip
    assert run(capsys, *QUICK, *GRID[:-1], "3", "--out", str(out), "--quiet")[0] == 0
    assert len(out.read_text().splitlines()) == 1 + 12
    assert run(capsys, *QUICK, "--grid", "batch=4,8", "--out", str(out), "--force", "--quiet")[0] == 0
    with out.open() as file:
        assert [row["batch"] for row in csv.DictReader(file)] == ["4", "8"]


def test_force_with_a_bad_value_leaves_everything(capsys: Capture, tmp_path: Path) -> None:
    out = tmp_path / "runs.csv"
    assert run(capsys, *QUICK, *GRID, "--out", str(out), "--quiet")[0] == 0
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert run(capsys, *QUICK, "--grid", "lr=0.1,-1", "--out", str(out), "--force")[0] == 2
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("preset", "settings"),
    [
        ("lags", [1, 7, 28, 56]),
        ("width", ["none", "10:relu", "100:relu", "1000:relu"]),
        ("depth", ["/".join(["100:relu"] * depth) for depth in (1, 2, 3, 4, 5)]),
    ],
)
def test_presets_are_the_books_tables(capsys: Capture, preset: str, settings: list[Any]) -> None:
    code, out, err = run(capsys, "sweep", "--preset", preset, "--epochs", "1", "--points", "64", "--json")
    assert (code, err) == (0, "")
    result = json.loads(out)
    name = "lags" if preset == "lags" else "layer"
    assert [row[name] for row in result["rows"]] == settings
    assert (result["data"], result["factors"]) == ("chicago", [name])
    assert [row["updates"] for row in result["rows"]] == [2] * len(settings)  # the batch is 32
    command = shlex.split(result["best"]["command"])
    for option, value in (("--init", "uniform"), ("--schedule", "cosine"), ("--lr", "0.001"), ("--epochs", "1")):
        assert command[command.index(option) + 1] == value


def test_options_go_before_a_preset(capsys: Capture) -> None:
    given = ("--data", "births_2000", "--schedule", "constant", "--epochs", "1", "--points", "64")
    result = json.loads(run(capsys, "sweep", "--preset", "lags", *given, "--json")[1])
    assert result["data"] == "births_2000"
    assert "--schedule" not in result["best"]["command"]


def test_random_settings(capsys: Capture) -> None:
    grid = ("--random", "7", "--grid", "lr=1e-4..1e-1", "--grid", "batch=4..16")
    result = json.loads(run(capsys, *QUICK, *grid, "--json")[1])
    assert len({(row["lr"], row["batch"]) for row in result["rows"]}) == 7
    assert "unseen rmse by" not in run(capsys, *QUICK, *grid)[1]


def test_factors_that_change_the_data(capsys: Capture) -> None:
    grid = ("--grid", "noise=0.1,0.5", "--grid", "points=20,40")
    result = json.loads(run(capsys, *QUICK, *grid, "--json")[1])
    assert len({row["data_sha256"] for row in result["rows"]}) == 4


def test_diverged_runs_are_counted_and_all_of_them_are_an_exit_code(capsys: Capture) -> None:
    diverging = ("sweep", "--data", "sine", "--optimizer", "sgd", "--epochs", "50")
    code, out, _ = run(capsys, *diverging, "--grid", "lr=0.1,1e30")
    assert code == 0
    assert "diverged: 1 run, which is in no mean" in out
    assert "✗ 1 of 1 diverged" in out
    code, out, _ = run(capsys, *diverging, "--grid", "lr=1e29,1e30", "--json")
    assert code == 1
    assert json.loads(out)["best"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--grid laer=3:relu", "--grid='laer': expected one of data, target,"),
        ("--grid lr=", "--grid lr=: expected at least one value, as in lr=A,B"),
        ("--grid lr=0.1,0", "--lr=0.0: expected a finite number above 0"),
        ("--grid lr=1..0.1 --random 3", "--grid lr=1..0.1: expected the smaller end first, as in lr=1..10"),
        ("--grid lr=0.1..1", "--grid lr has a range: expected a list of values, or --random N"),
        ("--seeds 0", "--seeds=0: expected a whole number of at least 1"),
        ("--seeds 1000000000", "1 000 000 000 runs: expected at most 1 000 000; give fewer values or seeds"),
        ("--random 3", "--random without --grid: expected what to draw, as in --grid lr=0.0001..0.1"),
        ("--grid optimizer=adam,adm", "--optimizer='adm': expected one of sgd,"),
        ("--grid device=cpu,gpu", "--device='gpu': expected one of cpu"),
        ("--data chicago --grid lags=7,99999", "--lags=99999: expected at most"),
        ("--data chicago,x", "data='chicago,x': expected one of"),
        ("--grid points=5,100000", "--points=100000: expected a whole number from 1 to"),
        ("--lr 1 --grid lr=2,3", "--lr with --grid lr: expected one of them"),
        ("--preset lags --lags 3", "--lags with --preset lags: expected one of them"),
        ("--preset lags --grid lags=3,4", "--preset lags with --grid lags: expected one of them"),
        ("--preset width --layer 3:relu", "--layer with --preset width: expected one of them"),
        ("--grid seed=1,2 --seeds 3", "--seeds=3 with --grid seed: expected one of them"),
        ("--data -", "--data -: expected a file, since a sweep may read its table again"),
        ("--grid data=sine,-", "--data -: expected a file, since a sweep may read its table again"),
        ("--threads 0", "--threads=0: expected a whole number from 1 to 1024"),
        ("--out runs.txt", "--out runs.txt: expected a name that ends in .csv, .jsonl, .parquet"),
        ("--out /no/such/runs.csv", "--out /no/such/runs.csv: its folder cannot be written"),
        ("--dask nowhere", "--dask nowhere: expected local, or a scheduler's tcp://HOST:PORT"),
    ],
)
def test_bad_input_is_one_sentence_before_anything_runs(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, arguments: str, sentence: str
) -> None:
    monkeypatch.setattr("tui.run.sweep.sweep.train", None)
    code, out, err = run(capsys, "sweep", *shlex.split(arguments))
    assert (code, out) == (2, "")
    assert err.startswith(f"unitfit: {sentence}")
    assert err.count("\n") == 1


def test_a_file_that_is_no_sweeps_is_not_written_over(capsys: Capture, tmp_path: Path) -> None:
    out = tmp_path / "mine.csv"
    out.write_text("precious")
    code, _, err = run(capsys, *QUICK, "--out", str(out))
    assert (code, err) == (2, f"unitfit: --out {out}: is there already; expected another name, or --force\n")
    assert [file.name for file in tmp_path.iterdir()] == ["mine.csv"]


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_what_can_be_no_file_of_runs_is_refused_before_anything_runs(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, force: list[str]
) -> None:
    monkeypatch.setattr("tui.run.sweep.sweep.train", None)
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "device.csv").symlink_to("/dev/null")
    (tmp_path / "dangling.csv").symlink_to("no such folder/runs.csv")
    for name in ("folder.csv", "device.csv", "dangling.csv"):
        code, _, err = run(capsys, *QUICK, "--out", str(tmp_path / name), *force)
        assert code == 2 and err.startswith(f"unitfit: --out {tmp_path / name}: ") and err.count("\n") == 1
    assert len(list(tmp_path.iterdir())) == 3


def test_a_bar_with_rate_and_time_left_and_ctrl_c_with_what_was_reached(tmp_path: Path) -> None:
    out = tmp_path / "runs.csv"
    endless = ["-m", "tui", "sweep", "--grid", "epochs=1000,1001", "--seeds", "200000", "--out", str(out)]
    child = pexpect.spawn(sys.executable, endless, encoding="utf-8", timeout=PATIENCE, dimensions=(40, 120))
    child.expect(r"\nnote: 400 000 runs, by the first .* of them ≈ .* in all\r\n")
    child.expect(r"runs/s, ≈ .* left")
    child.sendintr()
    child.expect("interrupted: .* of 400 000 runs were reached")
    child.expect("unitfit train ")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert len(out.read_text().splitlines()) == len((tmp_path / "runs.csv.journal").read_text().splitlines()) > 1


def test_a_killed_sweep_goes_on_where_it_was(tmp_path: Path, capsys: Capture) -> None:
    out, journal = tmp_path / "runs.jsonl", tmp_path / "runs.jsonl.journal"
    arguments = ["sweep", "--data", "sine", "--grid", "lr=0.01,0.1", "--seeds", "60", "--out", str(out)]
    for enough in (20, 60):
        child = subprocess.Popen([sys.executable, "-m", "tui", *arguments, "--quiet"])
        while child.poll() is None and (not journal.exists() or journal.read_bytes().count(b"\n") < enough):
            os.sched_yield()
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert run(capsys, *arguments, "--quiet") == (0, "", "")
    keys = [json.loads(line)["key"] for line in journal.read_text().splitlines()[1:]]
    assert len(keys) == len({*keys}) == 120
    other = tmp_path / "other.jsonl"
    assert run(capsys, *arguments[:-1], str(other), "--quiet") == (0, "", "")
    rows, others = (
        [{name: value for name, value in json.loads(line).items() if name != "seconds"} for line in text]
        for text in (out.read_text().splitlines(), other.read_text().splitlines())
    )
    assert rows == others


# ------------------------------------------------------------------------------------------------------- on the screen


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--json",), "--screen with --json: expected one of them"),
        (("--quiet",), "--screen with --quiet: expected one of them"),
        (("--dask", "local"), "--screen with --dask: expected one of them"),
        (("--random", "3"), "--screen with --random: expected lists of values, of which there is a map"),
        ((), "no terminal to draw on: expected one"),
    ],
)
def test_what_the_screen_cannot_be_is_one_sentence(capsys: Capture, more: tuple[str, ...], sentence: str) -> None:
    code, out, err = run(capsys, *QUICK, *GRID, "--screen", *more)
    assert (code, out) == (2, "")
    assert err.startswith(f"unitfit: {sentence}") and err.count("\n") == 1


@pytest.fixture
def on_screen(tmp_path: Path) -> Callable[..., Any]:
    """`unitfit sweep --screen --out runs.csv` on a terminal of its own."""

    def begin(*arguments: str) -> Any:
        own = ("sweep", "--data", "sine", *arguments, "--screen", "--out", str(tmp_path / "runs.csv"))
        command, said = ["-m", "tui", *own], {"XDG_STATE_HOME": str(tmp_path), "COLUMNS": "60", "LINES": "20"}
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **said}
        environment.pop("NO_COLOR", None)
        return pexpect.spawn(sys.executable, command, dimensions=(40, 120), env=environment, timeout=PATIENCE)

    return begin


def lines(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "runs.csv").read_text().splitlines()))


def left(child: Any) -> int:
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus)


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_on_the_screen_all_runs_are_written_and_there_at_once_the_next_time(
    on_screen: Callable[..., Any], tmp_path: Path
) -> None:
    child = on_screen(*GRID, *QUICK[3:])
    child.expect("8 of 8 runs")
    child.send("q")
    assert left(child) == 0
    rows = lines(tmp_path)
    assert len(rows) == 8

    again = on_screen(*GRID, *QUICK[3:])
    again.expect("8 of 8 runs")
    again.send("q")
    assert left(again) == 0
    assert lines(tmp_path) == rows


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
@pytest.mark.parametrize("key", ["q", "\x03"], ids=["q", "ctrl+c"])
def test_on_the_screen_one_can_quit_at_any_time_and_what_is_finished_is_kept(
    on_screen: Callable[..., Any], tmp_path: Path, key: str
) -> None:
    """The last run of four would take hours."""
    child = on_screen("--grid", "epochs=2,3,4,100000000", "--layer", "1000:relu")
    child.expect("3 of 4 runs")
    child.send(key)
    assert left(child) == 0
    assert sorted(row["epochs"] for row in lines(tmp_path)) == ["2", "3", "4"]
    assert len((tmp_path / "runs.csv.journal").read_text().splitlines()) == 1 + 3
