"""The journal: whole lines of one sweep, whatever happens while they are written."""

from __future__ import annotations

import json
import math
import os
import resource
from dataclasses import replace
from pathlib import Path

import pytest

from engine import EngineError
from tui.run.options import Options
from tui.run.sweep.factors import parse_factor
from tui.run.sweep.journal import Journal, header_of
from tui.run.sweep.plan import Plan, make_plan
from tui.run.sweep.rows import Row, as_line, from_line
from tui.run.sweep.sweep import Sweep

QUICK = Options("sine", training={"epochs": 1})
ERRORS = {"mse": 4.0, "rmse": 2.0, "mae": 1.0}
ROW = Row("k", {"lr": 0.1}, 3, ERRORS, None, 10, 7, 0.5, None, 16, False, "a" * 64, "b" * 64)


def plan_of(*grid: str, options: Options = QUICK, seeds: int = 2) -> Plan:
    return make_plan(options, [parse_factor(text) for text in grid], seeds, None)


def done(plan: Plan, path: Path) -> Sweep:
    sweep = Sweep(plan)
    sweep.keep(path)
    sweep.run(lambda rows: None)
    return sweep


def test_a_row_is_the_same_after_a_file() -> None:
    diverged = replace(ROW, test=ERRORS | {"mse": math.nan}, diverged="loss")
    assert from_line(as_line(ROW)) == ROW
    assert math.isnan((from_line(as_line(diverged)).test or {})["mse"])
    assert json.loads(as_line(diverged))["test"]["mse"] is None


@pytest.mark.parametrize("line", ["", "{}", "[]", "7", "null", as_line(ROW)[:-9], as_line(ROW) * 2])
def test_what_is_no_row(line: str) -> None:
    with pytest.raises(EngineError, match="is no run of a sweep, or was damaged"):
        from_line(line)


def test_no_character_of_a_row_can_change_unseen() -> None:
    line = as_line(ROW)
    for place, character in enumerate(line):
        for other in {"7", "e", '"', "\0", "\ufffd"} - {character}:
            with pytest.raises(EngineError):
                from_line(line[:place] + other + line[place + 1 :])


def test_a_cut_last_line_is_dropped_and_its_run_done_again(tmp_path: Path) -> None:
    path, plan = tmp_path / "journal", plan_of("lr=0.01,0.1")
    first = done(plan, path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    again = Sweep(plan)
    again.keep(path)
    assert len(again.rows) == 3
    again.run(lambda rows: None)
    assert {run: row.theta_sha256 for run, row in again.rows.items()} == {
        run: row.theta_sha256 for run, row in first.rows.items()
    }
    lines = path.read_text().splitlines()
    assert [json.loads(line).get("key") for line in lines] == [
        json.loads(line).get("key") for line in whole.splitlines()
    ]


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (plan_of("lr=0.01,0.1", options=replace(QUICK, init="he")), "with other options or factors"),
        (plan_of("batch=4,8"), "with other options or factors"),
        (plan_of("lr=0.01,0.1", options=replace(QUICK, data="step")), "with other options or factors"),
    ],
)
def test_another_sweeps_journal_is_refused_and_stays(plan: Plan, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    done(plan_of("lr=0.01,0.1"), path)
    before = path.read_bytes()
    with pytest.raises(EngineError, match=sentence):
        Sweep(plan).keep(path)
    assert path.read_bytes() == before
    Sweep(plan).keep(path, anew=True)
    assert path.read_bytes() != before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is no journal of a sweep"),
        (b"lr,rmse\n1,2\n", "is no journal of a sweep"),
        (b"\xff\xfe\x00\n", "is no journal of a sweep"),
        (b'{"sweep": 99, "lanes": false, "auto": "cpu"}\n', "is no journal of a sweep"),
        (b'{"sweep": 1, "lanes": false, "auto": "cpu", "version": "0.0.9"}\n', "is of unitfit 0.0.9, and this is "),
        (
            json.dumps(header_of(plan_of("lr=1,2")) | {"lanes": False, "auto": "cpu"}).encode() + b"\n[]\n",
            "line 2: is no run of a sweep",
        ),
    ],
)
def test_what_is_no_journal_of_this_sweep(content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(content)
    with pytest.raises(EngineError, match=sentence):
        Sweep(plan_of("lr=1,2")).keep(path)
    assert path.read_bytes() == content


def test_other_data_under_the_same_name_are_refused(tmp_path: Path) -> None:
    table, path = tmp_path / "table.csv", tmp_path / "journal"
    table.write_text("x,y\n" + "".join(f"{x},{x * x}\n" for x in range(30)))
    plan = plan_of("lr=0.01,0.1", options=replace(QUICK, data=str(table)))
    done(plan, path)
    table.write_text(table.read_text() + "31,5\n")
    with pytest.raises(EngineError, match="its runs are of other data"):
        Sweep(plan).keep(path)


def test_the_lanes_of_a_sweep_stay_those_of_its_journal(tmp_path: Path) -> None:
    plan, path = plan_of("lr=0.01,0.1"), tmp_path / "journal"
    Journal.begin(path, header_of(plan) | {"lanes": True, "auto": "cpu"})
    sweep = Sweep(plan)
    sweep.keep(path)
    assert sweep.lanes


def test_a_full_disk_ends_it_in_a_sentence_and_with_whole_lines(tmp_path: Path) -> None:
    path, plan = tmp_path / "journal", plan_of("lr=0.01,0.1")
    sweep = Sweep(plan)
    sweep.keep(path)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100, limit[1]))  # room for no row
        with pytest.raises(EngineError, match="journal: cannot be written"):
            sweep.run(lambda rows: None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert [*map(json.loads, path.read_text().splitlines())] == [header_of(plan) | {"lanes": False, "auto": "cpu"}]
    again = done(plan, path)
    assert sorted(again.rows) == [0, 1, 2, 3]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be written"):
        Sweep(plan_of("lr=1,2")).keep(tmp_path / "no" / "journal")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    os.mkfifo(path)
    with pytest.raises(EngineError, match=r"journal: cannot be read \(no regular file\)"):
        Sweep(plan_of("lr=1,2")).keep(path)


def test_a_name_that_is_too_long_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"cannot be written \(File name too long\)"):
        Sweep(plan_of("lr=1,2")).keep(tmp_path / ("a" * 300))


def test_of_two_sweeps_at_once_the_second_to_write_stops_and_no_row_is_lost(tmp_path: Path) -> None:
    path, plan = tmp_path / "journal", plan_of("lr=0.01,0.1")
    one, other = Sweep(plan), Sweep(plan_of("lr=0.02,0.2"))
    one.keep(path)
    other.keep(path)
    one.run(lambda rows: True)
    with pytest.raises(EngineError, match="journal: another sweep writes to it"):
        other.run(lambda rows: None)
    again = Sweep(plan)
    again.keep(path)
    assert again.rows == one.rows and one.rows
