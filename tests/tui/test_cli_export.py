"""`unitfit export` and `unitfit predict`: what they write, what they say on stderr, and what they refuse."""

from __future__ import annotations

import csv
import io
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import data
from engine import Network
from tui.cli import main
from tui.commands.export import fitted_in
from tui.console.fitted import Fitted
from tui.console.headless import Outcome, watched
from tui.draw.palette import THEMES

Capture = pytest.CaptureFixture[str]
MOTORCYCLE = Path(data.__file__).parent / "files" / "motorcycle.csv"


def run(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of a command line."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    output = capsys.readouterr()
    return int(caught.value.code or 0), output.out, output.err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, an empty one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def saved(capsys: Capture, folder: Path) -> str:
    """A saved run of the motorcycle."""
    run(capsys, "train", "--epochs", "5", "--layer", "2:sigmoid+1:relu", "--quiet", "--save", "run.toml")
    return "run.toml"


@pytest.fixture
def exported(capsys: Capture, saved: str) -> str:
    """The same as arrays."""
    assert run(capsys, "export", saved, "--to", "npz", "--out", "fit.npz") == (0, "", "")
    return "fit.npz"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def table(content: str, name: str = "new.csv") -> str:
    Path(name).write_text(content)
    return name


# ------------------------------------------------------------------------------------------------------ export


@pytest.mark.parametrize(
    ("form", "words"), [("python", "def predict(time_ms):"), ("latex", r"\hat y"), ("csv", "update,epoch,measure")]
)
def test_text_goes_to_stdout_or_into_a_file(capsys: Capture, saved: str, form: str, words: str) -> None:
    code, out, err = run(capsys, "export", saved, "--to", form)
    assert (code, err) == (0, "")
    assert words in out
    assert run(capsys, "export", saved, "--to", form, "--out", "there") == (0, "", "")
    assert Path("there").read_text() == out


def test_an_exported_network_is_exported_again_and_read_from_python(capsys: Capture, saved: str, exported: str) -> None:
    for form in ("python", "latex"):
        assert run(capsys, "export", exported, "--to", form) == run(capsys, "export", saved, "--to", form)
    assert Network.load(exported).layers == [["sigmoid", "sigmoid", "relu"]]


@pytest.mark.parametrize(("theme", "colour"), [(None, "#56b4e9"), ("light", THEMES["light"].colours["model"].lower())])
def test_the_picture_is_the_screen_at_the_end_of_the_run(
    capsys: Capture, saved: str, monkeypatch: pytest.MonkeyPatch, theme: str | None, colour: str
) -> None:
    monkeypatch.setattr("tui.commands.picture.recall", lambda *names: theme)
    code, out, err = run(capsys, "export", saved, "--to", "svg")
    assert (code, err) == (0, "")
    shown = "".join(ElementTree.fromstring(out).itertext()).replace("\xa0", " ")
    for words in ("motorcycle", "1-3-1", "epoch 5", "update 20", "Replayed to the same θ", "⣤", "time ms"):
        assert words in shown
    assert colour in out  # that of the curve


def test_a_run_that_comes_to_another_theta_says_so(capsys: Capture, saved: str) -> None:
    Path(saved).write_text(Path(saved).read_text().replace("lr = 0.03", "lr = 0.02"))
    code, out, err = run(capsys, "export", saved, "--to", "python")
    assert (code, err.count("\n")) == (0, 1)
    assert err.startswith("note: θ is another one than when the file was saved")
    assert "def predict" in out


def test_a_run_that_diverges_gives_its_last_finite_state(capsys: Capture, folder: Path) -> None:
    run(capsys, "train", "--optimizer", "sgd", "--lr", "1e30", "--quiet", "--save", "run.toml")
    Path("run.toml").write_text(Path("run.toml").read_text().replace("updates = 1\n", "updates = 9\n"))
    code, out, err = run(capsys, "export", "run.toml", "--to", "csv")
    assert (code, err) == (0, "note: the loss grew too large at update 2: this is the last finite state\n")
    assert out.startswith("update,epoch")


def test_ctrl_c_leaves_nothing_behind(capsys: Capture, saved: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: Any, **options: Any) -> Outcome:
        return replace(watched(*arguments, **options), interrupted=True)

    monkeypatch.setattr("tui.commands.export.watched", interrupt)
    assert run(capsys, "export", saved, "--to", "python", "--out", "fit.py")[0] == 130
    assert not Path("fit.py").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("", "Missing argument 'FILE'."),
        ("run.toml", "Missing option '--to'."),
        ("run.toml --to pdf", "Invalid value for '--to': 'pdf' is not one of 'python', 'latex', 'npz', 'csv', 'svg'."),
        ("run.toml --to npz", "--to npz: expected --out FILE, for it is no text"),
        ("run.toml --to python --out run.toml", "--out run.toml: is there already; expected another name, or --force"),
        ("run.toml --to python --out . --force", "--out .: is there and no plain file; expected another name"),
        ("run.toml --to csv --out no/where.csv", "--out no/where.csv: its folder cannot be written; expected one"),
        ("nothing --to csv", "nothing: cannot be read (No such file or directory): expected a saved run"),
        ("fit.npz --to csv", "csv is the history of losses, which an .npz file has not: expected a saved run"),
        ("fit.npz --to svg", "--to svg: fit.npz holds no run to draw; expected a saved run"),
        ("text --to csv", "text: no saved run, or a damaged one"),
        ("bare.npz --to python", "bare.npz: data is missing: expected a network with its data's scaling"),
        ("cut.npz --to python", "cut.npz: no .npz file, or a damaged one"),
        ("gone.toml --to python", "data='gone.csv': there is no such file; expected a CSV, Excel or Parquet file"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(capsys: Capture, exported: str, arguments: str, sentence: str) -> None:
    table("x,y\n1,2\n", "text")
    Network().save("bare.npz")
    Path("cut.npz").write_bytes(Path(exported).read_bytes()[:-40])
    Path("gone.toml").write_text(Path("run.toml").read_text().replace('data = "motorcycle"', 'data = "gone.csv"'))
    before = {path: path.read_bytes() for path in Path().iterdir()}
    code, out, err = run(capsys, "export", *arguments.split())
    assert (code, out) == (2, "")
    assert err.startswith(f"unitfit: {sentence}")
    assert err.count("\n") == 1
    assert {path: path.read_bytes() for path in Path().iterdir()} == before


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_no_link_is_followed(capsys: Capture, saved: str, force: list[str]) -> None:
    table("precious", "elsewhere")
    Path("out.py").symlink_to("elsewhere")
    code, out, err = run(capsys, "export", saved, "--to", "python", "--out", "out.py", *force)
    assert (code, out) == (2, "")
    assert err.startswith("unitfit: --out out.py: is there ")
    assert Path("elsewhere").read_text() == "precious"


def test_what_came_while_it_worked_is_not_written_over(
    capsys: Capture, saved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(*given: object) -> Fitted:
        table("precious", "out.py")
        return fitted_in(*given)

    monkeypatch.setattr("tui.commands.export.fitted_in", work)
    code, _, err = run(capsys, "export", saved, "--to", "python", "--out", "out.py")
    assert (code, err) == (2, "unitfit: out.py: is there already; expected another name\n")
    assert Path("out.py").read_text() == "precious"


def test_force_writes_over_a_file(capsys: Capture, saved: str) -> None:
    table("mine", "out.py")
    assert run(capsys, "export", saved, "--to", "python", "--out", "out.py", "--force") == (0, "", "")
    assert "def predict" in Path("out.py").read_text()


def test_a_folder_that_cannot_be_written_is_told_before_the_run_is_trained_again(
    capsys: Capture, saved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: not (mode == os.W_OK and path == os.path.abspath("locked")))
    monkeypatch.setattr("tui.commands.export.watched", None)
    Path("locked").mkdir()
    code, out, err = run(capsys, "export", saved, "--to", "python", "--out", "locked/fit.py")
    sentence = "--out locked/fit.py: its folder cannot be written; expected one that is there, with room"
    assert (code, out, err) == (2, "", f"unitfit: {sentence}\n")


# ----------------------------------------------------------------------------------------------------- predict


def test_a_table_gets_a_column_more(capsys: Capture, saved: str, exported: str) -> None:
    code, out, err = run(capsys, "predict", exported, "--data", str(MOTORCYCLE))
    assert (code, err) == (0, "")
    assert run(capsys, "predict", saved, "--data", str(MOTORCYCLE)) == (0, out, "")
    assert list(rows(out)[0]) == ["time_ms", "accel_g", "predicted_accel_g"]
    time = np.array([float(row["time_ms"]) for row in rows(out)])
    ds = data.load("motorcycle")
    expected = ds.unscale(Network.load(exported).predict(ds.scale(time)))
    assert [float(row["predicted_accel_g"]) for row in rows(out)] == pytest.approx(expected, rel=1e-8)


def test_the_function_in_python_predicts_the_same(capsys: Capture, exported: str) -> None:
    names: dict = {}
    exec(run(capsys, "export", exported, "--to", "python")[1], names)
    for row in rows(run(capsys, "predict", exported, "--data", str(MOTORCYCLE))[1]):
        assert names["predict"](float(row["time_ms"])) == pytest.approx(float(row["predicted_accel_g"]), abs=5e-4)


def test_other_columns_stay_and_rows_without_a_feature_have_no_prediction(capsys: Capture, exported: str) -> None:
    new = table('who,time_ms\n"a, b",20\nc,\nd,NaN\n')
    code, out, err = run(capsys, "predict", exported, "--data", new, "--out", "out.csv")
    assert (code, out) == (0, "")
    assert err == "note: not used: who\nnote: 2 rows have no prediction: a feature is missing there\n"
    header, first, *others = Path("out.csv").read_text().splitlines()
    assert header == "who,time_ms,predicted_accel_g"
    assert re.fullmatch(r'"a, b",20,-?[0-9.]+', first)
    assert others == ["c,,", "d,NaN,"]


def test_labels_have_a_class_too(capsys: Capture, folder: Path) -> None:
    run(capsys, "train", "--data", "gaussians", "--lr", "0.05", "--quiet", "--save", "run.toml")
    code, out, _ = run(capsys, "predict", "run.toml", "--data", table("x1,x2\n9,9\n-9,-9\n,1\n"))
    assert code == 0
    assert [row["class_label"] for row in rows(out)] in (["1", "-1", ""], ["-1", "1", ""])
    assert all(float(row["predicted_label"]) * float(row["class_label"]) > 0 for row in rows(out)[:2])


def test_a_series_is_predicted_from_the_rows_before(capsys: Capture, folder: Path) -> None:
    run(capsys, "train", "--data", "chicago", "--lags", "2", "--epochs", "1", "--quiet", "--save", "run.toml")
    new = table("date,riders\n2015-01-01,5000\n2015-01-02,6000\n2015-01-03,7000\n2015-01-04,\n")
    code, out, err = run(capsys, "predict", "run.toml", "--data", new)
    assert (code, err) == (0, "note: 2 rows have no prediction: their past is not whole\n")
    predicted = [row["predicted_riders"] for row in rows(out)]
    assert predicted[:2] == ["", ""]
    run(capsys, "export", "run.toml", "--to", "npz", "--out", "fit.npz")
    ds = data.load("chicago", lags=2)
    expected = ds.unscale(Network.load("fit.npz").predict(ds.scale([[6000, 5000], [7000, 6000]])))
    assert list(map(float, predicted[2:])) == pytest.approx(expected, rel=1e-6)


def test_a_prediction_that_is_no_number_is_told(capsys: Capture, exported: str) -> None:
    code, out, err = run(capsys, "predict", exported, "--data", table("time_ms\n1e99\n20\n"))
    assert (code, err) == (0, "note: 1 row has no prediction: it is too large to be a number\n")
    assert rows(out)[0]["predicted_accel_g"] == ""


@pytest.mark.parametrize(
    ("content", "arguments", "sentence"),
    [
        ("time,b\n1,2\n", "", "new.csv lacks 'time_ms' (is it 'time'?): expected each column by the name that it had"),
        ("time_ms\nsoon\n", "", "row 1, column 'time_ms' is 'soon': expected a finite number"),
        ("time_ms,predicted_accel_g\n1,2\n", "", "the table has a column 'predicted_accel_g' already: expected one"),
        ("", "", "new.csv is empty: expected a table"),
        ("time_ms\n1\n", "--out new.csv", "--out new.csv: is there already; expected another name, or --force"),
        ("time_ms\n1\n", "--out no/where", "--out no/where: its folder cannot be written"),
    ],
)
def test_a_table_that_cannot_be_predicted_is_one_sentence(
    capsys: Capture, exported: str, content: str, arguments: str, sentence: str
) -> None:
    new = table(content)
    code, out, err = run(capsys, "predict", exported, "--data", new, *arguments.split())
    assert (code, out) == (2, "")
    assert err.startswith(f"unitfit: {sentence}")
    assert err.count("\n") == 1
    assert Path(new).read_text() == content


def test_a_table_that_is_not_there_is_one_sentence(capsys: Capture, exported: str) -> None:
    code, _, err = run(capsys, "predict", exported, "--data", "nothing.csv")
    assert (code, err) == (2, "unitfit: nothing.csv: there is no such file; expected a CSV, Excel or Parquet file\n")
    assert run(capsys, "predict", exported)[2] == "unitfit: Missing option '--data'.\n"
