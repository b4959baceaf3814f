"""What a column holds, told by all of its cells."""

from __future__ import annotations

import tracemalloc

import numpy as np
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.columns import counts, read_columns
from data.missing import ANYWHERE, is_missing

NAN = float("nan")
SEVERAL = ["a", "b", "c", "d"]


def columns(**cells):
    """Columns by their names, of lists of cells, "" for an empty one."""
    frame = {name: polars.Series([cell or None for cell in each], dtype=polars.String) for name, each in cells.items()}
    return {column.name: column for column in read_columns(polars.DataFrame(frame).get_columns())}


def column(cells, name="x"):
    """The column of cells with bars between."""
    return columns(**{name: cells.split("|")})[name]


def test_long_texts_are_not_copied_to_look_at_them():
    cells = polars.Series("x", [f"{number:03}x" * 2**15 for number in range(300)])  # 128 kB each
    tracemalloc.start()
    try:
        [found] = read_columns([cells])
        assert tracemalloc.get_traced_memory()[1] < 2**22
    finally:
        tracemalloc.stop()
    assert (found.kind, found.example) == ("text", "000x" * 9 + "000…")


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        ("1|2.5|-3", "number", [1, 2.5, -3]),
        ("1|2||4", "number", [1, 2, NAN, 4]),
        ("$1|$2,345", "number", [1, 2345]),
        ("0|1|1", "number", [0, 1, 1]),
        ("yes|no|yes", "yes/no", [1, 0, 1]),
        ("True|FALSE|true", "yes/no", [1, 0, 1]),
        ("t|f|f", "yes/no", [1, 0, 0]),
        ("Y|N||Y", "yes/no", [1, 0, -1, 1]),
        ("cat|dog|cat", "words", [0, 1, 0]),
        ("dog|cat|dog", "words", [1, 0, 1]),
        ("no|no|no", "words", [0, 0, 0]),
        ("a||c|d", "text", [0, -1, 0, 0]),
        ("|".join(SEVERAL * 3), "words", [0, 1, 2, 3] * 3),
        ("|".join(SEVERAL * 3)[2:], "text", None),
        ("|".join(f"w{number % 12:02}" for number in range(36)), "words", [number % 12 for number in range(36)]),
        ("|".join(f"w{number % 13}" for number in range(130)), "text", None),
        ("||", "empty", [NAN, NAN, NAN]),
        ("NA|?|-", "empty", [NAN, NAN, NAN]),
        ("2024-01-31|2024-02-01|", "date", None),
        ("1|2|3|X|X|X|1|2|3|X|X|X", "words", [0, 1, 2, 3, 3, 3] * 2),
    ],
)  # fmt: skip
def test_kinds(cells, kind, values):
    found = column(cells)
    assert found.kind == kind
    if values is not None:
        np.testing.assert_array_equal(found.values, values)


@pytest.mark.parametrize("missing", sorted(ANYWHERE - {""}))
def test_a_missing_cell_however_it_is_written(missing):
    found = columns(numbers=["1", missing, "3"], words=["cat", missing, "dog"], dates=["2024-01-31", missing, ""])
    assert [each.kind for each in found.values()] == ["number", "words", "date"]
    assert [each.missing for each in found.values()] == [1, 1, 2]
    assert [each.filled().tolist() for each in found.values()] == [[True, False, True]] * 2 + [[True, False, False]]
    assert found["words"].levels == ("cat", "dog")
    assert is_missing(missing)


@pytest.mark.parametrize("word", ["Na", "Nan", "None", "none", "Missing", "unknown", "Nil", "*"])
def test_words_that_are_missing_among_numbers_only(word):
    found = columns(numbers=["1", word, "3", "4"], words=["Ca", word, "Ca", word])
    assert (found["numbers"].missing, found["numbers"].slips.tolist()) == (1, [False] * 4)
    assert (found["words"].missing, set(found["words"].levels)) == (0, {"Ca", word})


def test_the_later_in_order_stands_last_and_yes_whatever_its_case():
    assert column("dog|cat|dog").levels == ("cat", "dog")
    assert column("Yes|No|YES").levels == ("No", "YES")
    assert column("no|yes").levels == ("no", "yes")


def test_levels_are_safe_to_print_and_different():
    levels = column("|".join(["a\x1bb", "a\x9bb", "c" * 60] * 3)).levels
    assert levels == ("a�b", "a�b 2", "c" * 39 + "…")


@pytest.mark.parametrize(
    ("cells", "slips", "mixed"),
    [
        ("|".join(["1"] * 20 + ["x"]), 1, False),
        ("1|2|3|4|5|6|7|8|9|x", 1, False),
        ("1|2|3|4|5|6|7|8|x", 1, True),
        ("1|2|x|y", 2, True),
        ("|".join(["2024-01-31"] * 20 + ["soon"]), 1, False),
        ("2024-01-31|2024-01-30|soon", 1, True),
    ],
)
def test_stray_cells_are_counted(cells, slips, mixed):
    found = column(cells)
    assert (np.count_nonzero(found.slips), found.mixed) == (slips, mixed)
    assert found.kind in ("number", "date")


def test_mostly_words_are_no_numbers():
    assert column("a|b|c|1").kind == "text"


@pytest.mark.parametrize(
    ("cells", "constant", "alike"),
    [
        ("7|7|7", True, True),
        ("7|7.0|7", True, True),
        ("7||7", True, True),
        ("7|8", False, True),
        ("x|x", True, True),
        ("2024-01-31|2024-01-31", True, True),
        ("1152921504606846976|1152921504606846977", True, False),
    ],
)
def test_constants(cells, constant, alike):
    found = column(cells)
    assert (found.constant, found.alike) == (constant, alike)


@pytest.mark.parametrize(
    ("values", "counting"),
    [
        (range(10), True),
        (range(1, 11), True),
        (range(9), False),
        (range(10, 0, -1), False),
        (range(0, 20, 2), False),
        ([*range(9), 10], False),
        ([*range(9), NAN], False),
        (np.arange(10) + 0.5, False),
        ([np.inf] * 10, False),
        ([-np.inf, np.inf] * 5, False),
        ([1e308, -1e308] * 5, False),
        ([], False),
    ],
)
def test_numbers_of_rows(values, counting):
    assert counts(np.array(values, float)) == counting


@pytest.mark.parametrize(
    ("cells", "bounds"),
    [
        ("3|1|2", ("1", "3")),
        ("0.1234567|1e20", ("0.123457", "1e+20")),
        ("2024-02-01|2024-01-31", ("2024-01-31", "2024-02-01")),
        ("2024-02-01 10:00|2024-01-31 11:00", ("2024-01-31 11:00", "2024-02-01 10:00")),
        ("|1|", ("1", "1")),
        ("a|b", None),
        ("|", None),
    ],
)
def test_bounds(cells, bounds):
    found = column(cells).bounds()
    assert (found and tuple(each[:16] for each in found)) == bounds


def test_an_example_is_the_first_cell_with_something_and_safe():
    assert column("|NA|b|c").example == "b"
    assert column("|" * 600 + "z").example == "z"
    assert column("a\x1b[31m|b").example == "a�[31m"
    assert column("|").example == ""


@pytest.mark.parametrize(
    ("name", "cells", "kind", "dated"),
    [
        ("year", "1990|1991|1992", "number", True),
        ("x", "1990|1991|1992", "number", False),
        ("date", "20240131|20240201|20240202", "date", False),
        ("price", "45322|45323|45324", "number", False),
        ("date", "45322|45323|45324", "date", False),
    ],
)
def test_numbers_that_date_the_rows(name, cells, kind, dated):
    found = column(cells, name)
    assert (found.kind, found.dated_number) == (kind, dated)


def test_decimal_commas_of_one_column_tell_those_of_another():
    found = columns(sure=["0,5", "1,25"], either=["1,234", "5,678"], words=["a, b", "c"])
    assert found["either"].values.tolist() == [1.234, 5.678]
    assert found["words"].kind == "words"
    assert columns(either=["1,234", "5,678"], other=["1.5", "2.5"])["either"].values.tolist() == [1234, 5678]


@pytest.mark.parametrize(
    ("cells", "stands"),
    [("a b c", True), ("3 1 2", True), ("a b a", False), ("1 1 2", False), ("2024-01-01 2024-01-02 2024-01-03", False)],
)
def test_a_column_without_a_name_may_name_the_rows(cells, stands):
    frame = polars.DataFrame({"x": cells.split()})
    found = read_columns(frame.get_columns(), "x")[0]
    assert (found.unnamed, found.counting) == (True, stands)
    assert not read_columns(frame.get_columns())[0].unnamed


def test_years_in_a_column_whose_name_says_nothing():
    frame = polars.DataFrame({"column 1": ["1990", "1991", "1992"]})
    assert read_columns(frame.get_columns(), undated="column 1")[0].kind == "date"
    assert read_columns(frame.get_columns())[0].kind == "number"


CELLS = st.one_of(
    st.text(max_size=12),
    st.floats().map(str),
    st.sampled_from(["", "NA", "1,5", "1,234", "$5", "7%", "2024-01-31", "1/2/2024", "yes", "no", "inf", "1e999"]),
)


@given(st.lists(CELLS, min_size=1, max_size=30), st.sampled_from(["x", "year", "date"]))
def test_any_cells_make_a_column(cells, name):
    found = columns(**{name: [cell.strip() for cell in cells]})[name]
    assert found.rows == len(cells)
    assert found.missing == np.count_nonzero(~found.filled())
    assert found.example.isprintable()
    assert all(level.isprintable() for level in found.levels)
    assert found.bounds() is None or found.kind in ("number", "date")
