"""The command line: what it prints, in which units, and with which exit code."""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import pexpect
import pytest

import data
from engine import Experiment, Network, Recipe, Trainer
from tui.cli import main
from tui.console.headless import SHOW_CURSOR, make_trainer, train
from tui.run.options import Options
from tui.run.plain import finite

Capture = pytest.CaptureFixture[str]
PATIENCE = 1200  # seconds until a test gives up: kernels may be compiled first, on a machine that has other work, too


def run(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of a command line."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    output = capsys.readouterr()
    return int(caught.value.code or 0), output.out, output.err


def test_json_is_the_run_in_the_datas_own_units(capsys: Capture) -> None:
    code, out, err = run(capsys, "train", "--epochs", "3", "--seed", "2", "--layer", "4:relu+1:tanh", "--json")
    assert (code, err) == (0, "")
    result = json.loads(out)

    ds = data.load("motorcycle")
    network = Network(1, [["relu"] * 4 + ["tanh"]], seed=2)
    trainer = Trainer(network, ds.x_train, ds.y_train, recipe=Recipe(learning_rate=0.03, epochs=3), seed=2)
    trainer.run(epochs=3)
    assert result["theta_sha256"] == hashlib.sha256(trainer.theta.astype("<f4").tobytes()).hexdigest()
    assert result["train"] == pytest.approx(ds.errors(trainer.predict(ds.x_train), "train"))
    assert result["test"] == pytest.approx(ds.errors(trainer.predict(ds.x_test), "test"))
    assert (result["updates"], result["epochs"], result["seed"], result["device"]) == (12, 3, 2, "cpu")
    assert result["lanes"] == trainer.lanes > 0
    assert (result["diverged"], result["interrupted"]) == (None, False)
    assert (result["data"], result["target"], result["unit"]) == ("motorcycle", "accel_g", "g")
    assert (result["shape"], result["parameters"]) == ([1, 5, 1], 16)
    assert result["updates_per_second"] == pytest.approx(12 / result["seconds"])


def test_every_option_reaches_the_run(capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[Options] = []
    monkeypatch.setattr("tui.cli.make_trainer", lambda options: seen.append(options) or make_trainer(Options()))
    given = (
        "--data concrete --no-header --target age --features cement,water --features fly_ash --lags 3 "
        "--test-fraction 0.3 --data-seed 4 --n 50 --noise 0.5 --points 20 --layer 2:sigmoid+1:relu --layer 3:tanh "
        "--init he --optimizer sgd --lr 0.5 --schedule step --batch 7 --loss mae --l1 0.1 --l2 0.2 --epochs 9 --seed 8 "
        "--device cpu --threads 2 --quiet"
    )
    assert run(capsys, "train", *given.split()) == (0, "", "")
    assert seen == [
        Options(
            "concrete", True, "age", ("cement,water", "fly_ash"), 3, 0.3, 4, 50, 0.5, 20,
            (("sigmoid", "sigmoid", "relu"), ("tanh",) * 3),
            "he", 8, "cpu", 2,
            {"optimizer": "sgd", "lr": 0.5, "schedule": "step", "batch": 7, "loss": "mae", "l1": 0.1, "l2": 0.2,
             "epochs": 9},
        )
    ]  # fmt: skip


def test_a_table_and_a_plot_end_the_run(capsys: Capture) -> None:
    code, out, err = run(capsys, "train", "--epochs", "5")
    assert (code, err) == (0, "")
    title, header, of_train, of_unseen, summary, *rest = out.splitlines()
    assert title == "motorcycle: accel g"
    assert header.split() == ["RMSE", "MAE", "MSE"]
    assert [of_train.split()[0], of_unseen.split()[0]] == ["train", "unseen"]
    assert summary.startswith("1-3-1, 10 parameters, 20 updates, 5 epochs, ")
    assert any("•" in line for line in rest)


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        ("--data chicago --lags 7", "riders a day by the last rows"),
        ("--data concrete", "predicted strength by true strength"),
        ("--data spiral", "x2 by x1: + and - the data, ░ where the fit says +"),
        ("--data sine --test-fraction 0", "y by x"),
    ],
)
def test_every_kind_of_data_has_its_plot(capsys: Capture, arguments: str, title: str) -> None:
    code, out, _ = run(capsys, "train", "--epochs", "1", *arguments.split())
    assert code == 0
    assert title in out
    assert ("unseen" in out) == ("--test-fraction" not in arguments)


def test_labels_have_an_accuracy(capsys: Capture) -> None:
    clouds = ["train", "--data", "gaussians", "--lr", "0.05"]
    assert json.loads(run(capsys, *clouds, "--json")[1])["test"]["accuracy"] > 0.9
    _, out, _ = run(capsys, *clouds)
    assert "accuracy" in out
    assert "%" in out


def test_quiet_prints_nothing_but_the_json(capsys: Capture) -> None:
    assert run(capsys, "train", "--epochs", "1", "--quiet") == (0, "", "")
    assert json.loads(run(capsys, "train", "--epochs", "1", "--quiet", "--json")[1])["epochs"] == 1


def test_a_diverged_run_exits_1_with_what_was_reached(capsys: Capture) -> None:
    diverging = ["train", "--optimizer", "sgd", "--lr", "1e30"]
    code, out, err = run(capsys, *diverging, "--json")
    assert (code, err) == (1, "")
    assert json.loads(out)["diverged"] == {"update": 2, "what": "loss"}
    code, out, _ = run(capsys, *diverging)
    assert code == 1
    assert "diverged: the loss grew too large at update 2; this is the last finite state, lower --lr" in out


def test_numbers_that_are_not_finite_are_null() -> None:
    given = {"a": [math.nan, 1.0], "b": (math.inf, {"c": -math.inf, "d": None, "e": "x"})}
    assert finite(given) == {"a": [None, 1.0], "b": [None, {"c": None, "d": None, "e": "x"}]}


def test_notices_are_told(capsys: Capture, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("x,y\n1,2\n2,\n3,5\n4,1\n5,3\n")
    assert "note: 1 row left out that lacks 'y' (1)" in run(capsys, "train", "--data", str(table))[1]
    assert json.loads(run(capsys, "train", "--data", str(table), "--json")[1])["notices"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--data chicgo", "data='chicgo': expected one of motorcycle, "),
        ("--target speed", "--target='speed': expected one of time_ms, accel_g"),
        ("--batch 0", "--batch=0: expected a whole number"),
        ("--lr -1", "--lr=-1.0: expected a finite number above 0"),
        ("--lr nan", "--lr=nan: expected a finite number above 0"),
        ("--epochs 0", "--epochs=0: expected a whole number"),
        ("--save=", "--save '': expected the name of a file"),
        ("--lags 0", "--lags=0: expected a whole number of at least 1"),
        ("--test-fraction 1.5", "--test-fraction=1.5: expected a number from 0 to below 1"),
        ("--layer 3:rleu", "kind of unit='rleu': expected one of identity, sigmoid"),
        ("--layer relu", "--layer='relu': expected units such as 3:sigmoid+2:relu"),
        ("--layer 0:relu", "--layer='0:relu': expected 1 to 4096 units of a kind"),
        ("--layer 99999999999:relu", "--layer='99999999999:relu': expected 1 to 4096 units of a kind"),
        ("--layer 4000:relu+97:tanh", "--layer='4000:relu+97:tanh' has 4097 units: expected 1 to 4096"),
        ("--layer none --layer 1:relu", "--layer='none': expected units such as"),
        ("--layer 1:relu " * 9, "9 hidden layers: expected at most 8"),
        (f"--data sine --data-seed {10**20}", "--data-seed=100000000000000000000: expected a whole number from 0 to "),
        (f"--epochs {10**20}", "--epochs=100000000000000000000: expected a whole number from 1 to 2147483648"),
        (f"--lr {10**400}", "--lr=inf: expected a finite number above 0"),
        ("--optimizer adm", "--optimizer='adm': expected one of sgd"),
        ("--device tpu", "--device='tpu': expected one of"),
        ("--data concrete --init spread", "--init='spread' with 8 features: expected one feature"),
        ("--lags many", "Invalid value for '--lags': 'many' is not a valid integer."),
        ("--lags", "Option '--lags' requires an argument."),
        ("--bogus", "No such option '--bogus'"),
        ("stray", "Got unexpected extra argument (stray)"),
        ("--data \x1b[31m\u202e", "data='\\x1b[31m\\u202e': expected one of"),
        ("--bogus\x1b[31m", "No such option"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(capsys: Capture, arguments: str, sentence: str) -> None:
    code, out, err = run(capsys, "train", *arguments.split(" ") if "\u202e" in arguments else arguments.split())
    assert (code, out) == (2, "")
    assert err.startswith(f"unitfit: {sentence}")
    assert err.count("\n") == 1
    assert err.removesuffix("\n").isprintable()


def test_datasets(capsys: Capture) -> None:
    code, out, _ = run(capsys, "datasets")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1 : 1 + len(data.names())]] == list(data.names())


def test_info(capsys: Capture) -> None:
    code, out, _ = run(capsys, "info")
    assert code == 0
    shown = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert {"unitfit", "Python", "numpy", "numba", "textual", "plotext", "CPU", "lanes", "CUDA", "cache"} <= set(shown)
    assert "device auto" in shown["CUDA"]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+fma"}, "8 float32, by avx of NUMBA_CPU_FEATURES"),
        ({"NUMBA_CPU_NAME": "nehalem", "NUMBA_CPU_FEATURES": "+sse4.2"}, "4 float32, by vectors of 128 bits of NUMBA_"),
        ({"NUMBA_DISABLE_JIT": "1"}, "none: numba's JIT is off"),
    ],
)
def test_info_says_how_many_lanes_there_are_and_why(environment: dict[str, str], said: str) -> None:
    program = "from tui.console.machine import lanes; print(lanes())"
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True)
    assert result.stdout.startswith(said)


def test_version_and_help(capsys: Capture) -> None:
    code, out, _ = run(capsys, "--version")
    assert (code, out.split()[0]) == (0, "unitfit")
    for arguments in (["--help"], ["-h"]):
        code, out, _ = run(capsys, *arguments)
        assert code == 0
        assert all(word in out for word in ("[FILE] [OPTIONS]", "train", "datasets", "info", "--layer", "--threads"))


# -------------------------------------------------------------------------------------------------- the screen


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """The options with which the screen was opened, on what looks like a terminal."""
    seen: list[Options] = []

    class UnitfitApp:
        return_code = 0

        def __init__(self, options: Options, keeper: object, theme: str | None) -> None:
            self.options, self.theme = options, theme

        def run(self) -> None:
            seen.append(self.options)

    module = ModuleType("tui.app")
    module.__dict__["UnitfitApp"] = UnitfitApp
    monkeypatch.setitem(sys.modules, "tui.app", module)
    monkeypatch.setattr("tui.cli.take_terminal", lambda: None)
    return seen


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ("", Options()),
        ("--data chicago --lags 7", Options("chicago", lags=7)),
        ("sine --lr 0.1", Options("sine", training={"lr": 0.1})),
        ("--layer none xor", Options("xor", layer=())),
    ],
)
def test_without_a_command_the_screen_opens(
    capsys: Capture, opened: list[Options], arguments: str, options: Options
) -> None:
    assert run(capsys, *arguments.split()) == (0, "", "")
    assert opened == [options]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("missing.csv", "data='missing.csv': there is no such file"),
        ("--batch 0", "--batch=0: expected a whole number"),
        ("sine --data sine", "FILE with --data: expected one of them"),
        ("--json", "No such option '--json'"),
        ("--data=", "data='': expected the name of a data set, or a path"),
        ("--data-seed -1", "Invalid value for '--data-seed': -1 is not in the range"),
    ],
)
def test_the_screen_does_not_open_on_bad_input(
    capsys: Capture, opened: list[Options], arguments: str, sentence: str
) -> None:
    code, out, err = run(capsys, *arguments.split())
    assert (code, out) == (2, "")
    assert err.startswith(f"unitfit: {sentence}")
    assert not opened


def test_without_a_terminal_there_is_no_screen(capsys: Capture) -> None:
    code, _, err = run(capsys)
    assert (code, err) == (2, "unitfit: no terminal to draw on: expected one, or the command `unitfit train`\n")


def test_a_small_file_that_would_take_gigabytes_is_bad_input(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "large.csv.gz"
    path.write_bytes(gzip.compress(b"1,2\n" * 2**24, 1))
    for command in ("train", "data"):
        code, _, err = run(capsys, command, *["--data"] * (command == "train"), str(path))
        assert code == 2
        assert err == (
            "unitfit: large.csv.gz takes more than 1 GB of memory (16777216 rows of 2, 64 MB of text): "
            "expected a smaller table\n"
        )


@pytest.mark.parametrize("term", ["dumb", "DUMB", "unknown"])
def test_on_a_terminal_without_a_cursor_there_is_no_screen(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, term: str
) -> None:
    monkeypatch.setattr("tui.console.terminal.is_terminal", lambda *streams: True)
    monkeypatch.setenv("TERM", term)
    code, _, err = run(capsys)
    assert code == 2
    assert err.startswith(f"unitfit: TERM={term}: expected a terminal that can move its cursor, such as ")
    assert err.count("\n") == 1


# ------------------------------------------------------------------------------------------- whole processes


def test_the_command_line_loads_no_screen() -> None:
    program = "import sys, tui.cli; print(sorted({'textual', 'plotext', 'numba', 'polars'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("command", ["datasets", "scenes", "info", "--help", "--version", "train --epochs 1"])
def test_a_closed_pipe_is_no_error(command: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tui", *command.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_bad_input_is_exit_code_2_also_where_nobody_reads_it() -> None:
    with subprocess.Popen([sys.executable, "-m", "tui", "--bogus"], stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        process.stderr.close()
    assert process.returncode == 2


@pytest.mark.parametrize("module", ["tui", "tui.cli", "unitfit"])
def test_each_module_that_can_be_run_is_the_program(module: str) -> None:
    process = subprocess.run([sys.executable, "-m", module, "--version"], capture_output=True, text=True, check=True)
    assert process.stdout.startswith("unitfit ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize(
    "command", [["train", "--epochs", "1"], ["datasets"], ["info"], ["--help"], ["--version"], ["train", "--help"]]
)
def test_a_full_disk_is_told_in_one_sentence(command: list[str]) -> None:
    with open("/dev/full", "w") as full:
        process = subprocess.run(
            [sys.executable, "-m", "tui", *command], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert process.returncode == 2
    assert re.fullmatch(r"unitfit: stdout cannot be written \(.+\): expected room for the result\n", process.stderr)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_what_does_not_fit_on_the_disk_is_told(tmp_path: Path, unbuffered: str) -> None:
    out, own = tmp_path / "out", {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    command = ["sh", "-c", 'ulimit -f 1; exec "$0" -m tui train --help', sys.executable]
    with out.open("wb") as file:
        process = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, text=True, env=own)
    assert 0 < out.stat().st_size <= 1024
    assert (process.returncode, process.stderr.startswith("unitfit: stdout cannot be written")) == (2, True)


@pytest.mark.parametrize(
    ("redirected", "code", "sentence"),
    [
        ("train --epochs 1 >&-", 0, ""),
        ("train --epochs 1 2>&-", 0, ""),
        ("<&-", 2, "unitfit: no terminal to draw on"),
    ],
)
def test_a_stream_that_the_shell_closed_is_no_terminal(redirected: str, code: int, sentence: str) -> None:
    line = f'"$0" -m tui {redirected}'
    process = subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, text=True, check=False)
    assert process.returncode == code
    assert process.stderr.startswith(sentence)
    assert "Traceback" not in process.stderr


@pytest.mark.parametrize(("columns", "shown"), [(20, False), (60, True)])
def test_a_terminal_too_narrow_for_the_progress_bar_has_none(columns: int, shown: bool) -> None:
    command = ["-m", "tui", "train", "--epochs", "3"]
    bare = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    child = pexpect.spawn(
        sys.executable, command, env=bare, encoding="utf-8", timeout=PATIENCE, dimensions=(40, columns)
    )
    out = child.read()
    child.close()
    assert child.exitstatus == 0
    assert ("training " in out) == shown
    strokes = [stroke.partition("\x1b[?25h")[0] for stroke in out.split("\x1b[?25l")[1:]]
    assert all(len(stroke.strip("\r\n")) <= columns for stroke in strokes)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(("command", "code"), [(["--bogus"], 2), (["train", "--epochs", "1"], 0)])
def test_where_there_is_no_room_for_what_is_said_on_stderr_the_code_says_it(
    command: list[str], code: int, unbuffered: str
) -> None:
    own = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with open("/dev/full", "w") as full:
        process = subprocess.run(
            [sys.executable, "-m", "tui", *command], stdout=subprocess.DEVNULL, stderr=full, env=own
        )
    assert process.returncode == code


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "there is not enough memory for this: expected fewer rows, units or threads"),
        (ImportError("Numba needs NumPy 2.4 or less"), "Numba needs NumPy 2.4 or less"),
        (OSError(5, "Input/output error", "runs.csv"), "runs.csv: cannot be used (Input/output error)"),
    ],
)
def test_what_the_machine_refuses_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def fails(*given: object) -> NoReturn:
        raise error

    monkeypatch.setattr("tui.cli.make_trainer", fails)
    assert run(capsys, "train") == (2, "", f"unitfit: {sentence}\n")


def test_a_folder_that_has_gone_is_said_to_have_gone(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(options: Options) -> NoReturn:
        gone = Path(tempfile.mkdtemp())
        monkeypatch.chdir(gone)
        gone.rmdir()
        os.getcwd()
        raise AssertionError

    monkeypatch.setattr("tui.cli.make_trainer", fails)
    sentence = "unitfit: the folder that this was started in has been removed: expected one that is there\n"
    assert run(capsys, "train") == (2, "", sentence)


INTERRUPTED = "os.kill(os.getpid(), signal.SIGINT)"


@pytest.mark.parametrize(
    "moment",
    [
        f"click._termui_impl.ProgressBar.render_progress = lambda self: {INTERRUPTED}",
        f"engine.Trainer.prepare = lambda self: {INTERRUPTED}",
    ],
    ids=["as the bar begins", "as it compiles"],
)
def test_ctrl_c_before_it_trains_ends_it_at_once(moment: str) -> None:
    program = f"import os, signal, click._termui_impl, engine, tui.cli; {moment}; tui.cli.main()"
    child = pexpect.spawn(sys.executable, ["-c", program, "train"], timeout=PATIENCE, dimensions=(40, 120))
    child.expect_exact(SHOW_CURSOR.replace(b"\n", b"\r\n"))
    child.expect(pexpect.EOF)
    child.close()
    assert (child.before, child.exitstatus) == (b"", 130)


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_ctrl_c_reports_what_was_reached(flags: list[str]) -> None:
    endless = ["-m", "tui", "train", "--epochs", "100000000", *flags]
    child = pexpect.spawn(sys.executable, endless, encoding="utf-8", timeout=PATIENCE, dimensions=(40, 120))
    child.expect("training ")  # the progress bar, for this is a terminal
    child.sendintr()
    child.expect('"interrupted": true' if flags else "interrupted: this is what was reached")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130


def test_ctrl_c_between_two_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGINT)
    dataset, trainer = make_trainer(Options())
    told: list[int] = []

    def interrupt(done: int) -> Any:
        told.append(done)
        os.kill(os.getpid(), signal.SIGINT)

    outcome = train(dataset, Experiment(trainer), 10**9, interrupt)
    assert outcome.interrupted
    assert told == [1] == [trainer.update]
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("pressed", [1, 2])
@pytest.mark.parametrize("command", ["train", "replay"])
def test_ctrl_c_after_training_loses_nothing_of_what_was_reached(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, pressed: int
) -> None:
    path = tmp_path / "run.toml"
    arguments = ["train", "--epochs", "1", "--save", str(path)]
    table = run(capsys, *arguments)[1].partition("epoch")[0]

    def interrupt(outcome: object) -> str:
        for _ in range(pressed):
            os.kill(os.getpid(), signal.SIGINT)
        return "the plot"

    monkeypatch.setattr("tui.console.report.plot", interrupt)
    code, out, _ = run(capsys, *([*arguments, "--force"] if command == "train" else [command, str(path)]))
    assert (code, "the plot" in out) == (130, pressed == 1)
    assert "unseen " in table and table in out


def test_a_plot_survives_an_encoding_without_braille() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "tui", "train", "--epochs", "1"],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=True,
    )
    assert process.stderr == b""
    assert process.stdout.startswith(b"motorcycle: accel g\n")
    assert b"?" in process.stdout


def test_a_saved_run_is_replayed_to_the_same_theta(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    code, out, _ = run(capsys, "train", "--data", "sine", "--epochs", "5", "--lr", "0.1", "--json", "--save", str(path))
    trained = json.loads(out)
    assert code == 0
    code, out, _ = run(capsys, "replay", str(path), "--json")
    again = json.loads(out)
    assert (code, again["theta_sha256"]) == (0, trained["theta_sha256"])
    assert (again["updates"], again["train"], again["data"]) == (trained["updates"], trained["train"], "sine")
    assert again["replay"] == "the same θ as when it was saved"
    code, out, _ = run(capsys, "replay", str(path))
    assert (code, out.splitlines()[0]) == (0, f"{path}: the same θ as when it was saved")


def test_a_replay_that_comes_to_another_theta_says_so(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    run(capsys, "train", "--epochs", "1", "--quiet", "--save", str(path))
    path.write_text(path.read_text().replace("lr = 0.03", "lr = 0.02"))
    code, out, _ = run(capsys, "replay", str(path))
    assert (code, out.splitlines()[0].endswith("was it edited?")) == (0, True)


def test_a_file_that_is_there_is_not_written_over_unless_asked(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text("mine")
    code, _, err = run(capsys, "train", "--epochs", "1", "--save", str(path))
    assert (code, path.read_text()) == (2, "mine")
    assert err == f"unitfit: --save {path}: is there already; expected another name, or --force\n"
    assert run(capsys, "train", "--epochs", "1", "--quiet", "--save", str(path), "--force") == (0, "", "")
    assert path.read_text().startswith("format = 1")


def test_a_saved_run_opens_the_screen(capsys: Capture, opened: list[Options], tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    run(capsys, "train", "--data", "sine", "--epochs", "1", "--quiet", "--save", str(path))
    assert run(capsys, str(path)) == (0, "", "")
    assert opened == [Options(saved=str(path))]
    path.write_text(path.read_text()[:200])
    code, _, err = run(capsys, str(path))
    assert (code, err.startswith("unitfit: run.toml: ")) == (2, True)


def test_a_damaged_run_is_a_sentence(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text("format = 1\nupdates = 5\n")
    code, out, err = run(capsys, "replay", str(path))
    assert (code, out, err) == (2, "", "unitfit: run.toml: data_sha256 is missing: the file is cut, or no saved run\n")


def test_a_saved_run_whose_data_have_gone_is_refused_before_the_screen_opens(
    capsys: Capture, opened: list[Options], tmp_path: Path
) -> None:
    table, saved, scene = (tmp_path / name for name in ("own.csv", "run.toml", "scene.toml"))
    table.write_text("x,y\n" + "".join(f"{x},{x * x}\n" for x in range(20)))
    assert run(capsys, "train", "--data", str(table), "--epochs", "1", "--quiet", "--save", str(saved))[0] == 0
    scene.write_text('scene = 1\ntitle = "a"\ndo = "b"\n[[runs]]\nfile = "run.toml"\n')
    assert run(capsys, str(scene))[0] == run(capsys, str(saved))[0] == 0
    table.unlink()
    for path in (saved, scene):
        code, out, err = run(capsys, str(path))
        assert (code, out) == (2, "") and "own.csv" in err
    assert len(opened) == 2
