"""The content of a file as columns with names: CSV of any dialect, Excel, Parquet."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_tables import cells, said, unreadable

import data
from data import frames
from data.tables import read_table

HEADER = frames.NO_HEADER


def notices(path, header=None):
    return read_table(path, header).notices


PLAIN = {"x": ["1", "3", "5", "7"], "y": ["2", "4", "6", "8"]}


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n1,2\n3,4\n5,6\n7,8\n",
        "x,y\n1,2\n3,4\n5,6\n7,8",
        "x,y\r\n1,2\r\n3,4\r\n5,6\r\n7,8\r\n",
        "x,y\r1,2\r3,4\r5,6\r7,8\r",
        "x;y\n1;2\n3;4\n5;6\n7;8\n",
        "x|y\n1|2\n3|4\n5|6\n7|8\n",
        "x\ty\n1\t2\n3\t4\n5\t6\n7\t8\n",
        "x y\n1 2\n3 4\n5 6\n7 8\n",
        "  x   y\n  1   2\n  3   4\n  5   6\n  7   8\n",
        " x , y \n 1 , 2 \n 3 , 4 \n 5 , 6 \n 7 , 8 \n",
        '"x","y"\n"1","2"\n"3","4"\n"5","6"\n"7","8"\n',
        '"x", "y"\n"1", "2"\n3, "4"\n5, "6"\n7, 8\n',
        "# a remark\nx,y\n1,2\n# another, one\n3,4\n5,6\n7,8\n",
        "\n\nx,y\n1,2\n\n3,4\n5,6\n,\n7,8\n\n",
        "x,y\n===,\n1,2\n3,4\n5,6\n7,8\n",
        "x,y,,\n1,2,,\n3,4,,\n5,6,,\n7,8,,\n",
        "x,y\n1,2,\n3,4,\n5,6,\n7,8,\n",
        "# x,y\n1,2\n3,4\n5,6\n7,8\n",
    ],
    ids=[
        "plain", "no last line end", "CRLF", "CR", "semicolons", "bars", "tabs", "blanks", "aligned", "blanks around",
        "quotes", "blanks before quotes", "comments", "empty rows", "a drawn line", "trailing separators",
        "trailing separators under the header", "a header in a comment",
    ],
)  # fmt: skip
def test_ways_to_write_one_table(table, text):
    assert cells(table(text)) == PLAIN
    assert not notices(table(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('x,y\n"a ""b"" c",1\n"d, e",2\n', {"x": ['a "b" c', "d, e"], "y": ["1", "2"]}),
        ('x,y\n"one\ntwo",1\nthree,2\n', {"x": ["one\ntwo", "three"], "y": ["1", "2"]}),
        ('x,y\n6" nail,1\n8" nail,2\n', {"x": ['6" nail', '8" nail'], "y": ["1", "2"]}),
        ('"Oil, bbl",depth\n1,2\n3,4\n', {"Oil, bbl": ["1", "3"], "depth": ["2", "4"]}),
        ('x;y\n"1;5";2\n"3;5";4\n', {"x": ["1;5", "3;5"], "y": ["2", "4"]}),
        ("x y\n'a 1\nb 2\n", {"x": ["'a", "b"], "y": ["1", "2"]}),
        ('x y\n"new york" 1\nbath 2\n', {"x": ["new york", "bath"], "y": ["1", "2"]}),
    ],
    ids=["within quotes", "a line end", "inches", "in a name", "a separator", "an apostrophe", "a blank"],
)
def test_quotes(table, text, expected):
    assert cells(table(text)) == expected


def test_a_quote_that_is_never_closed_is_a_letter(table):
    rows = [f"{row},{row * row},a" for row in range(40)]
    rows[20] = '20,400,"a'
    assert len(cells(table("x,y,note\n" + "\n".join(rows) + "\n"))["x"]) == 40


@pytest.mark.parametrize(
    ("text", "x", "notice"),
    [
        ("x,y\n1,2\n3,4,9\n5,6\n7,8\n", ["1", "5", "7"], ("1 row with more cells than the others left out",)),
        ("x,y\n1,2\n3,4,9\n5,6,9\n7,8\n8,9\n", ["1", "7", "8"], ("2 rows with more cells than the others left out",)),
        ("x,y\n1,2\n3\n5,6\n", ["1", "3", "5"], ()),
        ("x,y,z\n1,2\n3,4\n5,6\n", ["1", "3", "5"], ()),
    ],
    ids=["too long", "two of them", "too short", "all shorter than the header"],
)
def test_rows_of_another_length(table, text, x, notice):
    assert (cells(table(text))["x"], notices(table(text))) == (x, notice)


@pytest.mark.parametrize(
    ("text", "names", "notice"),
    [
        ("1.5,2\n3.5,4\n5.5,7\n", ["column 1", "column 2"], (HEADER,)),
        ("2024-01-01,2\n2024-01-02,4\n", ["column 1", "column 2"], (HEADER,)),
        ("2.5,a\n3.5,b\n4.5,a\n", ["column 1", "column 2"], (HEADER,)),
        ("x,x,y\n1,2,3\n4,5,6\n", ["x", "x 2", "y"], ("columns of one name were numbered: 'x 2'",)),
        (",x\na,1\nb,2\n", ["column 1", "x"], ()),
        ("x,y\na,1,2\nb,3,4\nc,5,6\n", ["row names", "x", "y"], ()),
        ("x,,y\n1,2,3\n4,5,6\n", ["x", "column 2", "y"], ()),
        ("'x','y'\n1,2\n3,4\n", ["x", "y"], ()),
        ("'x',y's\n1,2\n3,4\n", ["'x'", "y's"], ()),
        ("[low],high\n1,2\n3,4\n", ["[low]", "high"], ()),
        ("1990,1991,1992\n5.5,6.1,7\n7.5,8.1,9\n", ["1990", "1991", "1992"], ()),
    ],
)
def test_names(table, text, names, notice):
    found = read_table(table(text))
    assert list(found.columns) == names
    assert found.notices == notice


@pytest.mark.parametrize(
    ("text", "header", "first"),
    [
        ("1990,1991,1992\n5,6,7\n8,9,1\n", False, ["1990", "5", "8"]),
        ("1.5,2\n3.5,4\n5.5,7\n", True, ["3.5", "5.5"]),
        ("a,b\nc,d\ne,f\n", False, ["a", "c", "e"]),
        ("x,y\na,1,2\nb,3,4\nc,5,6\n", False, ["x", "a", "b", "c"]),
        ("# x,y\n1,2\n3,4\n5,6\n", False, ["1", "3", "5"]),
    ],
)
def test_a_header_is_there_or_not_where_somebody_says_so(table, text, header, first):
    found = cells(table(text), header)
    assert found[next(iter(found))] == first
    assert notices(table(text), header) == ()


def test_a_first_line_that_counts_rows_and_columns(table):
    found = read_table(table("4,2,low\n1.5,2.5,0\n3.5,4.5,1\n5.5,6.5,1\n7.5,8.5,0\n"))
    assert found.rows == 4
    assert found.notices == ("the first line counts rows and columns: left out", HEADER)


@pytest.mark.parametrize(("name", "unnamed"), [("", True), ("rownames", True), ("Unnamed: 0", True), ("n", False)])
def test_a_first_column_that_names_the_rows(table, name, unnamed):
    column = next(iter(read_table(table(f"{name},x\n5,1\n3,2\n8,7\n")).columns.values()))
    assert (column.unnamed, column.counting) == (unnamed, unnamed)


def test_lines_of_kinds_and_roles_under_the_header(table):
    found = read_table(table("low\thigh\tkind\nc\tcontinuous\td\n\tmeta\tclass\n1.5\t2.5\ta\n3.5\t4.5\tb\n"))
    assert (list(found.columns), found.rows) == (["low", "high", "kind"], 2)
    assert found.notices == ("two lines of kinds and roles under the header left out",)
    assert read_table(table("low\thigh\nc\td\nx\ty\n1\t2\n")).rows == 3


def test_a_column_of_one_value_missing_keeps_its_row(table):
    assert cells(table("x\n1\n\n3\n\n\n")) == {"x": ["1", "", "3"]}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty: expected a table with a header and at least one row"),
        (b"\n \n", "is empty: expected a table with a header and at least one row"),
        (b"x,y\n", "has no rows: expected a table with a header and at least one row"),
        (b"x,y\n,\n\n", "has no rows: expected a table with a header and at least one row"),
        (b",,,\n,,,\n", "has no rows: .*"),
        (b"x,y\n1,\x002\n", "is no table: expected CSV, Excel or Parquet"),
        (b"<!DOCTYPE html><html>\n<p>a, b</p>\n", "is a web page and no table: expected CSV, Excel or Parquet"),
        (b"\n <html>\n<p>a, b</p>\n", "is a web page and no table: expected CSV, Excel or Parquet"),
        (b'{"x": [1, 2],\n"y": [3, 4]}\n', "is JSON and no table: expected CSV, Excel or Parquet"),
        (b'[{"x": 1, "y": 2},\n{"x": 3, "y": 4}]\n', "is JSON and no table: expected CSV, Excel or Parquet"),
        (b'<?xml version="1.0"?>\n<a x="1,2"/>\n', "is XML and no table: expected CSV, Excel or Parquet"),
        (b"PK\x03\x04", "is a broken archive: expected a whole file"),
        (b"PAR1", r"cannot be read as Parquet .*: expected a whole Parquet file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"cannot be read as Excel .*: expected a whole workbook"),
        (b"x" * 20_001 + b"\n" + b"1\n", None),
        (b"," * 20_001 + b"\n" + b"1," * 20_001 + b"2\n", "has 20002 columns: expected at most 20000"),
    ],
)  # fmt: skip
def test_what_is_no_table(table, content, sentence):
    if sentence is None:
        assert read_table(table(content)).rows == 1
    else:
        assert re.match(rf"table\.csv ({sentence})$", unreadable(table(content)))


def test_2000_names_that_agree_in_their_first_39_letters(table):
    header = ",".join(f"{'measurement_of_the_third_sensor_group_'}{number:04}" for number in range(2000))
    rows = "\n".join(",".join(str((row * number) % 7) for number in range(2000)) for row in range(3))
    names = list(read_table(table(f"{header}\n{rows}\n")).columns)
    assert len(set(names)) == 2000
    assert max(map(len, names)) == 40


def test_names_and_cells_are_safe_to_print(table):
    found = data.describe(table("x\x1b[31m,\u202ey,z\n\x1b]0;a\x07,1,2\n\x9b31mb,2,3\n\x9b31mb,3,5\n"))
    shown = [found.name, *found.notices, found.problem, *(str(each) for each in found.columns)]
    assert all(text.isprintable() for text in shown)
    assert [column.name for column in found.columns] == ["x�[31m", "�y", "z"]


@given(st.lists(st.lists(st.text(alphabet='ab1,;"\n\t |#', max_size=6), min_size=2, max_size=4), max_size=12))
def test_any_cells_in_quotes_are_a_table_or_a_sentence(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "quoted.csv"
    path.write_text("\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows))
    assert said(path).isprintable()


def test_a_panic_of_a_library_is_a_sentence(table, monkeypatch):
    class PanicException(BaseException):  # each library has one of its own
        pass

    def panic(*_):
        raise PanicException("index out of bounds\nnote: run with a backtrace")

    monkeypatch.setattr(frames, "strip", panic)
    sentence = unreadable(table("x,y\n1,2\n3,4\n"))
    assert sentence.startswith("table.csv cannot be read (its reader failed): expected a ")


def test_what_a_person_stops_is_no_sentence(table, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(frames, "strip", stop)
    with pytest.raises(KeyboardInterrupt):
        read_table(table("x,y\n1,2\n3,4\n"))
