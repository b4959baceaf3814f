"""Workbooks: their sheets, what is none, and what to do without their reader."""

from __future__ import annotations

import gzip
import io
import re
import sys
import zipfile
from datetime import date

import numpy as np
import polars
import pytest
from made_tables import cells, unreadable

import data
from benchmarks.rough.any_table import SPREADSHEET
from data import frames, workbooks
from data.tables import read_table

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
    assert unreadable(f"{path}#Jun").startswith("sheet='Jun': expected one of May, June")
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
    assert read_table(workbook(tmp_path / "a.xlsx", May=ROWS[1:])).notices == (frames.NO_HEADER,)
    assert unreadable(workbook(tmp_path / "b.xlsx", May=ROWS[:1])).startswith("b.xlsx has no rows")
    assert re.match(r"c\.xlsx (has no rows|cannot be read)", unreadable(workbook(tmp_path / "c.xlsx", May=[])))


def test_an_archive_that_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("table.csv", "x,y\n1,2\n")
    assert unreadable(tmp_path / "book.xlsx") == "book.xlsx is an archive and no table: unpack it first"


def test_a_workbook_that_unpacks_to_too_much(tmp_path, monkeypatch):
    path = workbook(tmp_path / "book.xlsx", May=ROWS)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/zeros.xml", bytes(2**20))
    monkeypatch.setattr(workbooks, "LARGEST", 2**20)
    assert unreadable(path) == "book.xlsx unpacks to more than 1 GB: expected a smaller file"


def test_a_cell_far_out_is_refused_before_all_up_to_it_is_made(tmp_path):
    far = workbook(tmp_path / "far.xlsx", May=ROWS)
    changed(far, lambda name, content: (name, content.replace(b'r="B5"', b'r="XFD1048576"')))
    assert unreadable(far) == (
        "far.xlsx takes more than 1 GB of memory (1048576 rows of 16384): expected a smaller table"
    )


def changed(path, changes):
    """A workbook with other members, by functions of their names and contents."""
    content = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(*changes(member, old.read(member)))
    return path


@pytest.mark.parametrize("place", ["xl/worksheets/Sheet1.xml", "xl/other/sheet1.xml", "XL/Worksheets/sheet1.xml"])
def test_a_sheet_is_measured_wherever_it_stands(tmp_path, place):
    def moved(name, content):
        content = content.replace(b"worksheets/sheet1.xml", place[3:].encode()).replace(b'r="B5"', b'r="XFD1048576"')
        return (place if name == "xl/worksheets/sheet1.xml" else name), content

    path = changed(workbook(tmp_path / "book.xlsx", May=ROWS), moved)
    assert "(1048576 rows of 16384): expected a smaller table" in unreadable(path)


@pytest.mark.parametrize("member", ["xl/sharedStrings.xml", "XL/sharedstrings.XML"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('<sst uniqueCount="4294967295"><si><t>x</t></si></sst>', "is a broken archive: expected a whole file"),
        ("<sst><si><t>" + "x" * 2**22 + "</t></si></sst>", "takes more than 1 GB of memory"),
    ],
)
def test_texts_that_cells_share_are_counted_before_memory_is_taken(tmp_path, member, text, sentence):
    path = workbook(tmp_path / "book.xlsx", May=[["x"], *([1] for _ in range(400))])
    changed(path, lambda name, content: (name, content.replace(b"><v>1</v>", b' t="s"><v>0</v>')))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, text)
    assert f"book.xlsx {sentence}" in unreadable(path)


def test_a_workbook_cut_short_or_damaged(tmp_path):
    content = workbook(tmp_path / "book.xlsx", May=ROWS).read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(content[:-30])
    assert unreadable(tmp_path / "cut.xlsx") == "cut.xlsx is a broken archive: expected a whole file"
    changed = content.replace(b"</sheetData>", b"<sheetData >")
    (tmp_path / "changed.xlsx").write_bytes(changed)
    assert re.match(r"changed\.xlsx (cannot be read|is a broken archive)", unreadable(tmp_path / "changed.xlsx"))


@pytest.mark.parametrize(
    "damage",
    [
        (b"</table:table>", b""),
        (b'office:value="1"', b"&"),
        (b"office:value=", b'table:number-rows-repeated="9&#48;" v='),
    ],
)
def test_a_damaged_opendocument_sheet_is_refused_before_its_reader_waits_for_its_end(tmp_path, damage):
    content = SPREADSHEET.format('<table:table-row><table:table-cell office:value="1"/></table:table-row>').encode()
    with zipfile.ZipFile(tmp_path / "book.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content.replace(*damage))
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    assert unreadable(tmp_path / "book.ods") == "book.ods is a broken archive: expected a whole file"


def test_without_the_reader_of_excel_a_sentence_says_how_to_get_it(tmp_path, monkeypatch):
    path = workbook(tmp_path / "book.xlsx", May=ROWS)
    monkeypatch.setitem(sys.modules, "fastexcel", None)
    assert unreadable(path) == (
        "book.xlsx is an Excel file: reading it needs pip install 'unitfit[excel]'; or save it as CSV"
    )


def test_a_workbook_that_a_library_wrote_with_dates(tmp_path):
    frame = polars.DataFrame({"day": [date(2024, 1, day) for day in range(1, 9)], "y": np.arange(8.0) ** 2})
    buffer = io.BytesIO()
    frame.write_excel(buffer)
    (tmp_path / "book.xlsx").write_bytes(buffer.getvalue())
    description = data.describe(tmp_path / "book.xlsx")
    assert [(column.kind, column.low) for column in description.columns] == [("date", "2024-01-01"), ("number", "0")]


def test_rows_above_the_table_of_a_sheet_are_titles(tmp_path):
    path = tmp_path / "plants.xlsx"
    rows = [["Lab 3"], [], ["day", "height"], *([n % 5 + 0.5, n * n] for n in range(12))]
    workbook(path, first=rows)
    assert list(cells(path)) == ["day", "height"]
    assert len(cells(path)["day"]) == 12
