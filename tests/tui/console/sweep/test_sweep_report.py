"""The table, the map and the object that a sweep ends with."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace

import pytest

from tui.console.sweep import report
from tui.console.sweep.heat_map import heat_map
from tui.console.sweep.table import spreads, table
from tui.console.sweep.watched import Swept
from tui.draw.numbers import duration
from tui.draw.palette import DARK, PLAIN
from tui.run.options import Options
from tui.run.sweep.factors import parse_factor
from tui.run.sweep.plan import Plan, make_plan
from tui.run.sweep.results import Spread, results
from tui.run.sweep.rows import Row
from tui.run.sweep.sweep import Sweep


def row(setting: dict[str, object], seed: int, unseen: float, diverged: str | None = None) -> Row:
    errors = {"mse": unseen**2, "rmse": unseen, "mae": unseen}
    return Row("k", setting, seed, errors, errors, 5801, 7, 0.125, diverged, 16, False, "", "")


def plan_of(*grid: str, seeds: int = 2) -> Plan:
    return make_plan(Options("sine"), [parse_factor(text) for text in grid], seeds, None)


ROWS = [
    row({"layer": layer, "lr": rate}, seed, unseen + 2 * seed)
    for layer, rate, unseen in (
        ("none", 0.01, 2400),
        ("none", 0.1, 2300),
        ("9:relu", 0.01, 2100),
        ("9:relu", 0.1, 2000),
    )
    for seed in (0, 1)
]


def test_a_line_a_setting_the_best_first() -> None:
    found = results([*ROWS, row({"layer": "none", "lr": 1.0}, 0, 1500.0)], 2)
    assert table(found, ["layer", "lr"], seeds=2) == [
        "#  layer   lr    unseen rmse  train rmse  parameters  seconds",
        "1  9:relu  0.1       2001 ±1     2001 ±1       5 801    0.125",
        "2  9:relu  0.01      2101 ±1     2101 ±1       5 801    0.125",
        "3  none    0.1       2301 ±1     2301 ±1       5 801    0.125",
        "4  none    0.01      2401 ±1     2401 ±1       5 801    0.125",
        "   none    1         1500        1500          5 801    0.125  1 of 2 seeds",
    ]


def test_diverged_runs_are_told_beside_their_setting() -> None:
    found = results([row({"lr": 1.0}, 0, 5.0), row({"lr": 1.0}, 1, math.inf, "loss")], 2)
    assert "✗ 1 of 2 diverged" in table(found, ["lr"], 2)[1]


def test_labels_have_their_accuracy() -> None:
    errors = {"mse": 4.0, "rmse": 2.0, "mae": 1.0, "accuracy": 0.75}
    own = [Row("k", {}, seed, errors, errors | {"accuracy": 0.75 + seed / 5}, 9, 7, 0.1, None, 16, False, "", "")
           for seed in (0, 1)]  # fmt: skip
    heading, line = table(results(own, 2), [], 2)
    assert "unseen accuracy" in heading
    assert "85.0 %" in line


def test_settings_of_other_data_may_have_no_unseen_errors_and_no_accuracy() -> None:
    own = [row({"target": "size"}, 0, 3.0), replace(row({"target": "name"}, 0, 1.0), test=None)]
    labels = {"mse": 4.0, "rmse": 2.0, "mae": 1.0, "accuracy": 0.75}
    own.append(replace(row({"target": "kind"}, 0, 2.0), test=labels))
    assert table(results(own), ["target"], 1) == [
        "#  target  unseen rmse  train rmse  unseen accuracy  parameters  seconds",
        "1  name              –        1.00                –       5 801    0.125",
        "2  kind           2.00        2.00           75.0 %       5 801    0.125",
        "3  size           3.00        3.00                –       5 801    0.125",
    ]


def test_where_the_data_are_a_factor_no_data_stand_in_the_title() -> None:
    plan = plan_of("data=sine,step", seeds=1)
    own = swept(plan, {number: row({"data": name}, 0, 1.0) for number, name in enumerate(("sine", "step"))})
    found, dataset = results(own.sweep.rows.values()), own.sweep.sets.of(plan.run(0)).dataset
    text = report.as_text(own, found, dataset, 80, PLAIN)
    assert text.startswith("2 runs of 2 settings in 12 s\n")
    assert "\nnote: errors of different data or targets do not compare\n" in text


def test_numbers_of_a_column_share_their_decimals() -> None:
    assert spreads([Spread(0.0165, 0.001), Spread(22.81, math.nan), Spread(math.nan, math.nan)]) == [
        "0.0165 ±0.0010", "22.8100        ", "–        ",
    ]  # fmt: skip
    assert spreads([Spread(1930.4, 62.9), Spread(123456.7, 5.0)]) == ["1930 ±63", "123457 ±5 "]
    assert spreads([Spread(1.5, math.nan)]) == ["1.50"]


def test_the_map_has_the_largest_number_on_top_and_layers_as_given() -> None:
    plan = plan_of("lr=0.1,0.01", "layer=none,9:relu")
    rows = [row({"lr": own.setting["lr"], "layer": own.setting["layer"]}, own.seed, own.unseen) for own in ROWS]
    drawn = heat_map(results(rows, 2), plan.factors, 80, PLAIN)
    assert [line.split() for line in drawn.splitlines()] == [
        ["unseen", "rmse", "by", "lr", "and", "layer"], ["lr", "none", "9:relu"],
        ["0.1", "2301", "2001", "best"], ["±1", "±1"], ["0.01", "2401", "2101"], ["±1", "±1"],
    ]  # fmt: skip
    assert "\x1b" not in drawn


def test_the_least_error_is_in_the_darkest_band(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    drawn = heat_map(results(ROWS, 2), plan_of("layer=none,9:relu", "lr=0.01,0.1").factors, 80, DARK)
    grounds = {
        number: re.search(rf"48;2;(\d+;\d+;\d+)m +{number}", drawn)[1]  # type: ignore[index]
        for number in (2001, 2101, 2301, 2401)
    }
    levels = [sum(map(int, grounds[number].split(";"))) for number in sorted(grounds)]
    assert levels == sorted(levels)
    assert len({*levels}) == 4


def test_what_is_missing_in_the_map_is_a_dot_and_what_diverged_is_marked() -> None:
    plan = plan_of("layer=none,9:relu", "lr=0.01,0.1")
    rows = [*ROWS[:4], row({"layer": "9:relu", "lr": 0.1}, 0, math.inf, "loss")]
    lines = heat_map(results(rows, 2), plan.factors, 80, PLAIN).splitlines()
    assert lines[4].split() == ["9:relu", "·", "–"]
    assert lines[5].split() == ["✗", "1/1"]


@pytest.mark.parametrize("grid", [(), ("lr=1,2",), ("lr=1,2", "batch=3"), ("lr=1,2", "batch=3,4", "l1=0,1")])
def test_there_is_no_map_but_of_two_factors(grid: tuple[str, ...]) -> None:
    plan = plan_of(*grid)
    own = [row({factor.name: factor.ends()[0] for factor in plan.factors}, 0, 1.0)]
    assert heat_map(results(own), plan.factors, 80, PLAIN) == ""


def test_a_map_that_would_not_fit_is_left_out() -> None:
    assert heat_map(results(ROWS, 2), plan_of("layer=none,9:relu", "lr=0.01,0.1").factors, 20, PLAIN) == ""


def swept(plan: Plan, rows: dict[int, Row], interrupted: bool = False) -> Swept:
    sweep = Sweep(plan)
    sweep.rows = rows
    return Swept(sweep, 12.0, interrupted)


def test_the_object_is_plain_json_with_the_best_runs_command() -> None:
    plan = plan_of("lr=0.01,0.1")
    rows = dict(
        enumerate([row({"lr": 0.01}, 0, 5.0), row({"lr": 0.01}, 1, 7.0), row({"lr": 0.1}, 0, math.nan, "loss")])
    )
    own = swept(plan, rows, interrupted=True)
    result = report.as_json(own, results(rows.values(), 2), own.sweep.sets.of(plan.run(0)).dataset)
    again = json.loads(json.dumps(result, allow_nan=False))
    assert (again["runs"], again["finished"], again["interrupted"]) == (4, 3, True)
    assert again["best"]["command"] == "unitfit train --data sine --lr 0.01"
    assert [setting["test_rmse"]["mean"] for setting in again["settings"]] == [6.0, None]
    assert [own["diverged"] for own in again["rows"]] == [None, None, "loss"]


def test_where_everything_diverged_there_is_no_best() -> None:
    plan = plan_of("lr=0.01", seeds=1)
    own = swept(plan, {0: row({"lr": 0.01}, 0, math.nan, "loss")})
    found, dataset = results(own.sweep.rows.values()), own.sweep.sets.of(plan.run(0)).dataset
    assert report.as_json(own, found, dataset)["best"] is None
    assert report.as_text(own, found, dataset, 80, PLAIN).splitlines()[-1] == "diverged: 1 run, which is in no mean"


def test_nothing_was_reached() -> None:
    plan = plan_of("lr=0.01,0.1", "batch=4,8")
    own = swept(plan, {}, interrupted=True)
    dataset = own.sweep.sets.of(plan.run(0)).dataset
    assert report.as_text(own, [], dataset, 80, PLAIN).splitlines()[-1] == "interrupted: 0 of 8 runs were reached"
    assert report.as_json(own, [], dataset)["best"] is None


def test_many_settings_are_cut_off_with_a_word() -> None:
    plan = plan_of(f"lr={','.join(map(str, range(1, 61)))}", seeds=1)
    own = swept(plan, {number: row({"lr": float(number)}, 0, number + 1.0) for number in range(60)})
    text = report.as_text(own, results(own.sweep.rows.values()), own.sweep.sets.of(plan.run(0)).dataset, 80, PLAIN)
    assert "… 20 settings more, which --json and --out have" in text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.96, "10.0 s"), (59.6, "1 min"), (110, "1 min 50 s"), (3600, "1 h"), (90061, "1 d 1 h"),
     (3605, "1 h 5 s"), (math.nan, "?"), (math.inf, "?")],
)  # fmt: skip
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words
