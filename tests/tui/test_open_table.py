"""The dialog that opens one's own table: its file is looked into, and target and features are chosen by looking."""

from __future__ import annotations

from pathlib import Path

import polars
import pytest

from tui.screens.open_table import Columns, OpenTable


async def type_in(d, text: str) -> None:
    d.app.screen.focused.value = text
    await d.settle()


def rows(d) -> list[list[str]]:
    """The list of columns as it is shown."""
    columns = d.app.screen.query_one(Columns)
    return [[str(cell) for cell in columns.get_row_at(row)] for row in range(columns.row_count)]


def field(d, name: str) -> str:
    return d.app.screen.query_one(f"#{name}").value


def answer(d) -> str:
    return str(d.app.screen.query_one("#answer").content)


@pytest.fixture
def table(tmp_path) -> Path:
    path = tmp_path / "own.csv"
    path.write_text("speed,name,way\n" + "".join(f"{i},n{i},{i * i / 10}\n" for i in range(40)))
    return path


async def test_a_table_is_opened_and_its_columns_are_shown(drive, table):
    async with drive() as d:
        await d.press("o")
        assert isinstance(d.app.screen, OpenTable)
        await type_in(d, str(table))
        await d.press("tab")
        assert [row[:4] for row in rows(d)] == [
            ["• feature", "speed", "number", "0 … 39"],
            ["", "name", "text", ""],
            ["▸ target", "way", "number", "0 … 152.1"],
        ]  # fmt: skip
        await type_in(d, "way")
        await d.press("enter")
        assert d.app.screen is d.app.main
        assert (d.shown.dataset.target_name, d.shown.dataset.feature_names) == ("way", ("speed",))


@pytest.mark.parametrize(("target", "words"), [("nothing", "nothing"), ("name", "name")])
async def test_what_is_wrong_is_said_in_the_dialog_and_the_run_stays(drive, table, target, words):
    async with drive() as d:
        await d.press(".", "o")
        await type_in(d, str(table))
        await d.press("tab")
        await type_in(d, target)
        await d.press("enter")
        answer = str(d.app.screen.query_one("#answer").content)
        assert words in answer
        assert "\n" not in answer
        await d.press("escape")
        assert (d.shown.dataset.name, d.shown.update) == ("motorcycle", 1)


async def test_a_small_file_that_would_take_gigabytes_is_refused_in_the_dialog(drive, tmp_path):
    path = tmp_path / "large.parquet"
    polars.DataFrame({"x": polars.Series([0], dtype=polars.Int8).new_from_index(0, 2**25)}).write_parquet(path)
    async with drive() as d:
        await d.press("o")
        await type_in(d, str(path))
        await d.press("tab")
        assert "large.parquet takes more than 1 GB of memory (33554432 rows of 1)" in answer(d)
        await d.press("escape")
        assert d.shown.dataset.name == "motorcycle"


@pytest.mark.parametrize("dtype", [polars.Date, polars.Datetime("ms"), polars.Datetime("ns", "UTC"), polars.Time])
async def test_dates_that_no_calendar_has_are_empty_cells(drive, tmp_path, dtype):
    path = tmp_path / "far.parquet"
    days = polars.Series("d", [2**31 - 1, -(2**31), 2**31 - 2, -5] * 10, dtype=polars.Int32)
    times = days if dtype == polars.Date else days.cast(polars.Int64).abs() * 4000
    polars.DataFrame({"d": times.cast(dtype), "x": range(40), "y": [i * i % 7 for i in range(40)]}).write_parquet(path)
    async with drive() as d:
        await d.press("o")
        await type_in(d, str(path))
        await d.press("tab")
        assert [row[1] for row in rows(d)] == ["d", "x", "y"]
        await type_in(d, "y")
        await d.press("enter")
        assert d.app.screen is d.app.main
        assert d.shown.dataset.target_name == "y"


async def test_lags_take_digits_only_and_many_of_them_are_refused_quickly(drive, table):
    async with drive() as d:
        await d.press("o")
        await type_in(d, str(table))
        await d.press("tab", "tab", "tab", *("x12" + "3" * 40), "enter")
        assert d.app.screen.query_one("#lags").value == "12" + "3" * 7
        assert "lags" in str(d.app.screen.query_one("#answer").content)


async def test_a_file_in_ones_home(drive, table, monkeypatch):
    monkeypatch.setenv("HOME", str(table.parent))
    async with drive() as d:
        await d.press("o")
        await type_in(d, "~/own.csv")
        await d.press("enter")
        assert d.shown.dataset.name.startswith("own")


async def test_a_file_that_is_not_there(drive, tmp_path):
    async with drive() as d:
        await d.press("o", "enter")
        assert "expected the path" in str(d.app.screen.query_one("#answer").content)
        await type_in(d, str(tmp_path / "missing.csv"))
        await d.press("tab")
        assert "missing.csv" in str(d.app.screen.query_one("#answer").content)


async def test_target_and_features_are_chosen_by_looking(drive, tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text('"a, b",c,d\n' + "".join(f"{i * i},{i % 7},{i % 5}\n" for i in range(40)))
    async with drive() as d:
        await d.press("o")
        await type_in(d, str(path))
        await d.press("tab")
        await d.press("tab", "tab", "tab")
        assert [row[0] for row in rows(d)] == ["• feature", "• feature", "▸ target"]
        await d.press("down", "t")
        assert field(d, "target") == "c"
        assert [row[0] for row in rows(d)] == ["• feature", "▸ target", "• feature"]
        await d.press("down", "space")
        assert field(d, "features") == '"a, b"'
        await d.press("enter")
        assert (d.shown.dataset.target_name, d.shown.dataset.feature_names) == ("c", ("a, b",))


async def test_a_feature_that_becomes_the_target_is_a_feature_no_longer(drive, table):
    async with drive() as d:
        await d.press("o")
        await type_in(d, str(table))
        await d.press("tab")
        await type_in(d, "way")
        await d.press("tab")
        await type_in(d, "speed")
        await d.press("tab", "tab", "t")
        assert (field(d, "target"), field(d, "features")) == ("speed", "")
        assert [row[0] for row in rows(d)] == ["▸ target", "", "• feature"]


async def test_why_a_column_is_left_out_is_said(drive, table):
    async with drive() as d:
        await d.press("o")
        await type_in(d, str(table))
        await d.press("tab")
        await d.press("tab", "tab", "tab", "down")
        assert answer(d).endswith("name: text of many values")


async def test_the_table_that_is_fitted_is_looked_into_at_once(drive, table):
    async with drive(data=str(table), target="speed") as d:
        await d.press("o")
        assert (field(d, "file"), field(d, "target")) == (str(table), "speed")
        assert isinstance(d.app.focused, Columns)
        assert [row[0] for row in rows(d)] == ["▸ target", "", "• feature"]


async def test_t_goes_through_the_words_of_a_column_one_against_the_rest(drive, tmp_path):
    path = tmp_path / "birds.csv"
    path.write_text("wing,kind\n" + "".join(f"{i * i % 11},{'abc'[i % 3]}\n" for i in range(40)))
    async with drive() as d:
        await d.press("o")
        await type_in(d, str(path))
        await d.press("tab")
        await d.press("tab", "tab", "tab", "end")
        for target in ("kind=a", "kind=b", "kind=c", "kind=a"):
            await d.press("t")
            assert field(d, "target") == target
        assert [row[0] for row in rows(d)] == ["• feature", "▸ target"]


async def test_a_feature_that_cannot_be_one_costs_no_other(drive, tmp_path):
    path = tmp_path / "days.csv"
    path.write_text("day,x,y\n" + "".join(f"2024-01-{i + 1:02},{i * i % 11},{i % 5}\n" for i in range(28)))
    async with drive() as d:
        await d.press("o")
        await type_in(d, str(path))
        await d.press("tab")
        await d.press("tab", "tab", "tab", "home", "space")
        assert "'day' holds dates" in answer(d)
        assert [row[0] for row in rows(d)] == ["• feature", "• feature", ""]
        await d.press("space")
        assert field(d, "features") == "x"
        assert [row[0] for row in rows(d)] == ["◷ time", "• feature", "▸ target"]


async def test_another_file_is_not_told_by_the_columns_of_the_one_before(drive, table):
    async with drive() as d:
        await d.press("o")
        await type_in(d, str(table))
        await d.press("tab")
        assert rows(d)
        await d.press("shift+tab", "x")
        assert not d.app.screen.query_one(Columns).display
