"""The content of a file as columns with names: CSV of any dialect, Excel, Parquet."""

from __future__ import annotations

import gzip
import io
import re
import sys
import zipfile
from datetime import date, datetime

import numpy as np
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

import data
from data import DataError, frames
from data.tables import read_table

HEADER = frames.NO_HEADER


def cells(path, header=None):
    """{name: [cell, …]}, "" for an empty one."""
    return {name: [cell or "" for cell in column] for name, column in read_table(path, header).cells.items()}


def notices(path, header=None):
    return read_table(path, header).notices


def refusal(path, header=None):
    with pytest.raises(DataError) as caught:
        read_table(path, header)
    assert str(caught.value).isprintable()
    return str(caught.value)


def said(path):
    """What a person reads of a table's columns, or of why it is none."""
    try:
        found = data.describe(path)
    except DataError as error:
        return str(error)
    return " ".join([*found.notices, found.problem, *(f"{column.name} {column.example}" for column in found.columns)])


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
        assert re.match(rf"table\.csv ({sentence})$", refusal(table(content)))


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


# Parquet


def parquet(path, **columns):
    polars.DataFrame(columns).write_parquet(path)
    return path


@pytest.mark.parametrize(
    ("values", "dtype", "kind", "first"),
    [
        ([1, 2, None], polars.Int64, "number", "1"),
        ([1.5, float("nan"), 2.5], polars.Float32, "number", "1.5"),
        ([True, False, True], polars.Boolean, "yes/no", "true"),
        (["a", "b", "a"], polars.Categorical, "words", "a"),
        ([date(2024, 1, 31), None, date(2024, 2, 1)], polars.Date, "date", "2024-01-31"),
        ([datetime(2024, 1, 31, 5), datetime(2024, 1, 31, 6), None], polars.Datetime("us"), "date", "2024-01-31 05:00"),
        ([[1], [2], [3]], polars.List(polars.Int64), "words", "List(Int64)"),
        ([b"a\xff", b"b", b"c"], polars.Binary, None, None),
        ([None, None, None], polars.Null, "empty", ""),
    ],
)  # fmt: skip
def test_parquet_columns(tmp_path, values, dtype, kind, first):
    path = parquet(tmp_path / "table.parquet", x=polars.Series(values, dtype=dtype), y=[1.0, 2.0, 5.0])
    column = data.describe(path).columns[0]
    assert kind is None or column.kind == kind
    assert first is None or column.example.startswith(first)


@pytest.mark.parametrize("dtype", [polars.Date, polars.Datetime("ms"), polars.Datetime("us", "UTC")])
def test_parquet_dates_out_of_range_are_missing(tmp_path, dtype):
    days = polars.Series([0, 2**31 - 1, -(2**31), 3_000_000, 19_000], dtype=polars.Int32)
    if dtype == polars.Date:
        values = days.cast(polars.Date)
    else:
        scale = {"ms": 1, "us": 1000}[dtype.time_unit]
        values = (days.cast(polars.Int64) * 86_400_000 * scale).cast(dtype)
    path = parquet(tmp_path / "table.parquet", d=values, x=[1.0, 2.0, 4.0, 3.0, 5.0], y=[1, 2, 3, 5, 4])
    assert [cell[:10] for cell in cells(path)["d"]] == ["1970-01-01", "", "", "", "2022-01-08"]
    assert data.describe(path).columns[0].kind == "date"


@pytest.mark.parametrize("dtype", [polars.Time, polars.Duration("us"), polars.Decimal(10, 2)])
def test_parquet_values_of_rarer_types(tmp_path, dtype):
    values = polars.Series([1, 2, 3], dtype=polars.Int64).cast(dtype)
    path = parquet(tmp_path / "table.parquet", x=values, y=[1.0, 2.0, 5.0])
    assert data.describe(path).columns[0].kind in ("number", "text", "words")


def test_a_parquet_file_with_too_much_is_refused_by_its_counts(tmp_path, monkeypatch):
    path = parquet(tmp_path / "table.parquet", x=np.zeros(2**16), y=np.ones(2**16))
    monkeypatch.setattr(frames, "LARGEST", 2**20 - 1)
    monkeypatch.setattr(polars, "read_parquet", None)  # nothing of it is read
    assert refusal(path) == "table.parquet unpacks to more than 1 GB (65536 rows of 2): expected a smaller file"


def test_a_parquet_file_cut_short(tmp_path):
    content = parquet(tmp_path / "table.parquet", x=[1, 2], y=[3, 4]).read_bytes()
    for cut in (8, len(content) // 2, len(content) - 1):
        (tmp_path / "cut.parquet").write_bytes(content[:cut])
        assert "cut.parquet cannot be read as Parquet" in refusal(tmp_path / "cut.parquet")


def test_a_parquet_file_with_changed_bytes_is_read_or_refused(tmp_path):
    frame = {"d": [date(2024, 1, day) for day in range(1, 21)], "x": np.arange(20.0), "w": ["a", "b"] * 10}
    content = parquet(tmp_path / "table.parquet", **frame).read_bytes()
    for place in range(4, len(content), 7):
        changed = content[:place] + bytes([content[place] ^ 0x5A]) + content[place + 1 :]
        (tmp_path / "changed.parquet").write_bytes(changed)
        assert said(tmp_path / "changed.parquet").isprintable()


# Excel


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(path, **sheets):
    """A workbook as small as can be, of sheets by their names, each a list of rows; dates as their serial numbers."""
    with zipfile.ZipFile(path, "w") as archive:
        types = "".join(
            f'<Override PartName="/xl/worksheets/sheet{place}.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.spreadsheetml.worksheet+xml"/>'
            for place in range(1, len(sheets) + 1)
        )
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.'
            'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            f'spreadsheetml.sheet.main+xml"/>{types}</Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        names = "".join(
            f'<sheet name="{name}" sheetId="{place}" r:id="rId{place}"/>' for place, name in enumerate(sheets, 1)
        )
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>'
        )
        links = "".join(
            f'<Relationship Id="rId{place}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{place}.xml"/>'
            for place in range(1, len(sheets) + 1)
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
        )
        for place, rows in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{place}.xml", SHEET.format("".join(map(row_of, rows, range(1, 999)))))
    return path


def row_of(row, number):
    return f'<row r="{number}">{"".join(map(cell_of, row, (f"{letter}{number}" for letter in "ABCDEFGH")))}</row>'


def cell_of(value, place):
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>' if value else ""
    return f'<c r="{place}"><v>{value}</v></c>'


ROWS = [["depth", "salt"], [0.62, 52.1], [5.84, 83.7], [0.36, 27], [1.85, 35.2]]


def test_the_first_sheet_of_a_workbook_or_the_one_that_is_named(tmp_path):
    path = workbook(tmp_path / "book.xlsx", May=ROWS, June=[["x"], [1], [2]])
    assert cells(path) == {"depth": ["0.62", "5.84", "0.36", "1.85"], "salt": ["52.1", "83.7", "27", "35.2"]}
    assert cells(f"{path}#June") == {"x": ["1", "2"]}
    assert refusal(f"{path}#Jun").startswith("sheet='Jun': expected one of May, June")
    assert data.load(path).source == "book.xlsx, 4 rows"


def test_a_workbook_by_its_content_whatever_it_is_called(tmp_path, table):
    path = workbook(tmp_path / "book.xlsx", May=ROWS)
    assert cells(table(path.read_bytes(), "book.csv"))["depth"][0] == "0.62"
    assert cells(table(gzip.compress(path.read_bytes()), "book.xlsx.gz"))["depth"][0] == "0.62"
    assert cells(table("x,y\n1,2\n3,4\n5,6\n", "text.xlsx"))["x"] == ["1", "3", "5"]


def test_titles_and_empty_cells_of_a_sheet(tmp_path):
    rows = [[1, "a", 2.5], [2, "", 3.5], [], ["", "b", 4.5], [4, "a", ""]]
    path = workbook(tmp_path / "book.xlsx", May=[["n", "word", "x"], *rows])
    assert cells(path) == {"n": ["1", "2", "", "4"], "word": ["a", "", "b", "a"], "x": ["2.5", "3.5", "4.5", ""]}


def test_a_sheet_without_a_header_or_without_rows(tmp_path):
    assert notices(workbook(tmp_path / "a.xlsx", May=ROWS[1:])) == (HEADER,)
    assert refusal(workbook(tmp_path / "b.xlsx", May=ROWS[:1])).startswith("b.xlsx has no rows")
    assert re.match(r"c\.xlsx (has no rows|cannot be read)", refusal(workbook(tmp_path / "c.xlsx", May=[])))


def test_an_archive_that_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("table.csv", "x,y\n1,2\n")
    assert refusal(tmp_path / "book.xlsx") == "book.xlsx is an archive and no table: unpack it first"


def test_a_workbook_that_unpacks_to_too_much(tmp_path, monkeypatch):
    path = workbook(tmp_path / "book.xlsx", May=ROWS)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros", bytes(2**20))
    monkeypatch.setattr(frames, "LARGEST", 2**20)
    assert refusal(path) == "book.xlsx unpacks to more than 1 GB: expected a smaller file"


def test_a_workbook_cut_short_or_damaged(tmp_path):
    content = workbook(tmp_path / "book.xlsx", May=ROWS).read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(content[:-30])
    assert refusal(tmp_path / "cut.xlsx") == "cut.xlsx is a broken archive: expected a whole file"
    changed = content.replace(b"</sheetData>", b"<sheetData >")
    (tmp_path / "changed.xlsx").write_bytes(changed)
    assert re.match(r"changed\.xlsx (cannot be read|is a broken archive)", refusal(tmp_path / "changed.xlsx"))


def test_without_the_reader_of_excel_a_sentence_says_how_to_get_it(tmp_path, monkeypatch):
    path = workbook(tmp_path / "book.xlsx", May=ROWS)
    monkeypatch.setitem(sys.modules, "fastexcel", None)
    assert refusal(path) == (
        "book.xlsx is an Excel file: reading it needs pip install 'unitfit[excel]'; or save it as CSV"
    )


def test_a_workbook_that_a_library_wrote_with_dates(tmp_path):
    frame = polars.DataFrame({"day": [date(2024, 1, day) for day in range(1, 9)], "y": np.arange(8.0) ** 2})
    buffer = io.BytesIO()
    frame.write_excel(buffer)
    (tmp_path / "book.xlsx").write_bytes(buffer.getvalue())
    description = data.describe(tmp_path / "book.xlsx")
    assert [(column.kind, column.low) for column in description.columns] == [("date", "2024-01-01"), ("number", "0")]
