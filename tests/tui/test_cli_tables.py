"""One's own tables on the command line: what `train` makes of them, what `data` says of them, and what is refused."""

from __future__ import annotations

import gzip
import io
import json
import sys
from types import SimpleNamespace

import pytest

from tui.cli import main

DEPTH = [round(0.37 + number * 7.31 % 9.6, 2) for number in range(40)]
SALT = [round(20 + number * 13.7 % 71, 1) for number in range(40)]
PLAIN = "depth,salt\n" + "".join(f"{depth},{salt}\n" for depth, salt in zip(DEPTH, SALT, strict=True))
NO_HEADER = PLAIN.partition("\n")[2]
COMMAS = PLAIN.replace(",", ";").replace(".", ",")
CURED = "age,dose,cured\n" + "".join(f"{DEPTH[n]},{SALT[n]},{('No', 'Yes')[n * n % 3 > 0]}\n" for n in range(40))
OIL = '"Oil, bbl","Gas, m3",depth\n' + "".join(f"{DEPTH[n]},{SALT[n]},{n * n % 13}\n" for n in range(40))
SHOPS = "date,shop,sales\n" + "".join(f"2021-03-{n // 2 + 1:02},{'AB'[n % 2]},{SALT[n]}\n" for n in range(40))
SERIES = "date,level\n" + "".join(f"2021-03-{n + 1:02},{SALT[n]}\n" for n in range(30))


@pytest.fixture
def unitfit(capsys):
    """Runs a command line; (exit code, stdout, stderr)."""

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            main(list(map(str, arguments)))
        output = capsys.readouterr()
        return int(caught.value.code or 0), output.out, output.err

    return run


@pytest.fixture
def table(tmp_path):
    """Writes a table and returns its path."""

    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("content", "options", "features", "target", "notice"),
    [
        (PLAIN, "", ["depth"], "salt", "fits 'salt', the last column of numbers: name another as target"),
        (NO_HEADER, "", ["column 1"], "column 2", "no header: the first row holds values, as the others do"),
        (NO_HEADER, "--no-header --target salt=1", None, None, "--target='salt=1': expected one of column 1, column 2"),
        (COMMAS, "", ["depth"], "salt", "read with decimal commas: 'salt', 'depth'"),
        (PLAIN.replace("\n", "\r"), "--target salt", ["depth"], "salt", None),
        (gzip.compress(PLAIN.encode()), "--target salt", ["depth"], "salt", None),
        (PLAIN.encode("utf-16"), "--target salt", ["depth"], "salt", None),
        (CURED, "--target cured", ["age", "dose"], "cured", "'cured' is fitted as +1 for 'Yes', −1 for 'No'"),
        (SERIES, "", [f"level lag {lag}" for lag in range(1, 8)], "level",
         "from its own past, the last 7 days (lags takes another number)"),
        (SHOPS, "--lags 3", None, None, "column 'date' has 2021-03-01 once for each 'shop', such as 'A': expected one "
         "series with lags; keep the rows of one 'shop'"),
    ],
    ids=["plain", "no header", "unknown", "decimal commas", "CR", "gzip", "UTF-16", "yes and no", "series", "shops"],
)  # fmt: skip
def test_train(unitfit, table, content, options, features, target, notice):
    code, out, err = unitfit("train", "--data", table(content), *options.split(), "--epochs", 1, "--json")
    if features is None:
        assert (code, out, err) == (2, "", f"unitfit: {notice}\n")
        return
    result = json.loads(out)
    assert (code, err) == (0, "")
    assert (result["features"], result["target"]) == (features, target)
    assert notice in result["notices"] if notice else result["notices"] == []


def test_labels_have_their_names_and_an_accuracy(unitfit, table):
    result = json.loads(unitfit("train", "--data", table(CURED), "--target", "cured", "--epochs", 1, "--json")[1])
    assert result["labels"] == ["No", "Yes"]
    assert 0 <= result["test"]["accuracy"] <= 1


@pytest.mark.parametrize("features", [["Oil, bbl"], ['"Oil, bbl"'], ['"Oil, bbl","Gas, m3"'], ["Oil, bbl", "Gas, m3"]])
def test_a_comma_within_a_name_parts_nothing(unitfit, table, features):
    given = [word for name in features for word in ("--features", name)]
    arguments = ("train", "--data", table(OIL), "--target", "depth", *given, "--epochs", 1, "--json")
    names = ["Oil, bbl", "Gas, m3"][: 2 if "Gas" in "".join(features) else 1]
    assert json.loads(unitfit(*arguments)[1])["features"] == names


@pytest.mark.parametrize("command", [("train", "--epochs", 1, "--json", "--data"), ("data", "--json")])
def test_a_table_on_standard_input(unitfit, monkeypatch, command):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(PLAIN.encode()), isatty=lambda: False))
    code, out, err = unitfit(*command, "-")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found.get("data", found.get("name")) == "standard input"
    assert found["features"] == ["depth"]


def test_data_says_how_a_table_is_read(unitfit, table):
    code, out, err = unitfit("data", table(CURED.replace("age", "price").replace("\n", ",\n")))
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "table.csv: 40 rows, 3 columns"
    assert [line.split()[:3] for line in lines[3:6]] == [
        ["feature", "price", "number"],
        ["target", "dose", "number"],
        ["feature", "cured", "yes/no"],
    ]
    assert "note: fits 'dose', the last column of numbers: name another as target" in lines
    assert "note: words as 0 and 1: 'cured'" in lines


def test_data_takes_the_same_choices_as_train(unitfit, table):
    found = json.loads(unitfit("data", table(SHOPS), "--target", "sales", "--features", "shop=B", "--json")[1])
    assert found["features"] == ["shop=B"]
    assert [column["role"] for column in found["columns"]] == ["time", "feature", "target"]
    assert json.loads(unitfit("data", table(NO_HEADER), "--no-header", "--json")[1])["rows"] == 40


def test_data_says_why_nothing_can_be_fitted(unitfit, table):
    code, out, _ = unitfit("data", table("note,word\na,x\nb,y\nc,z\n"))
    assert code == 0
    assert "nothing is fitted: table.csv has no column of numbers" in out


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "table.csv is empty: expected a table with a header and at least one row"),
        (b"\x89PNG\r\n\0\0", "table.csv is no table: expected CSV, Excel or Parquet"),
        (gzip.compress(PLAIN.encode())[:40],
         "table.csv ends before its packed content does: expected a whole .gz file"),
        (b"<!DOCTYPE html>\n<p>,</p>\n", "table.csv is a web page and no table: expected CSV, Excel or Parquet"),
    ],
    ids=["nothing", "a picture", "cut short", "a web page"],
)  # fmt: skip
@pytest.mark.parametrize("command", [("train", "--data"), ("data",)])
def test_what_is_no_table_is_one_sentence(unitfit, table, command, content, sentence):
    assert unitfit(*command, table(content)) == (2, "", f"unitfit: {sentence}\n")


def test_nothing_in_a_table_can_reach_the_terminal(unitfit, table):
    evil = "x\x1b[31m,\u202ey,note\x9b2J\n" + "".join(f"{n},{n * n % 17},\x1b]0;a\x07{n % 3}\n" for n in range(30))
    for arguments in (("data", table(evil)), ("train", "--epochs", 1, "--data", table(evil))):
        _, out, err = unitfit(*arguments)
        assert all(letter.isprintable() or letter == "\n" for letter in out + err)


def test_a_command_that_is_spelled_wrong_is_named(unitfit):
    assert unitfit("trian") == (2, "", "unitfit: trian is no command, file or data set: expected one; is it 'train'?\n")


def test_a_saved_run_is_no_table_to_train_on(unitfit, tmp_path):
    path = tmp_path / "run.toml"
    assert unitfit("train", "--epochs", 1, "--quiet", "--save", path)[0] == 0
    code, out, err = unitfit("train", "--data", path)
    assert (code, out) == (2, "")
    assert err.endswith("run.toml is a saved run: expected a table; replay trains it again\n")


@pytest.mark.parametrize(
    ("options", "split"),
    [
        ("--data motorcycle", (133, 106, 27, "random", None)),
        ("--data chicago --lags 7", (1826, 1461, 365, "time", 7)),
        ("--data sine --test-fraction 0", (200, 200, 0, None, None)),
    ],
)
def test_the_split_is_in_the_json(unitfit, options, split):
    _, out, _ = unitfit("train", *options.split(), "--epochs", 1, "--json")
    found = json.loads(out)
    assert tuple(found[name] for name in ("rows", "rows_train", "rows_test", "split", "lags")) == split
