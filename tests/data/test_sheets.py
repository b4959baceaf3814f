"""How far the cells of workbooks reach, and how much text they hold, as their files say."""

from __future__ import annotations

import io

import pytest

from data import sheets
from data.sheets import Size, of_content, of_worksheet, text_lengths


def of(text, lengths=()):
    *_, size = of_worksheet(io.BytesIO(text.encode()), lengths)
    return size


@pytest.mark.parametrize(
    ("text", "rows", "columns"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>', 1, 2),
        ('<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>', 1048576, 16384),
        ("<row r='9'><c r='C9'/></row>", 9, 3),
        ('<row r="1"><c r="c4294967295"/></row>', 4294967295, 3),
        ('<row r="4294967295"><c/></row>', 4294967295, 1),
        ('<row r = "9"><c\nr = "C9"/></row>', 9, 3),
        ("<row><c/><c/><c/></row><row><c/></row>", 2, 3),
        ('<row r="70"><c/><c/></row>', 70, 2),
        ('<x:row r="2"><x:c r="B2"/></x:row>', 2, 2),
        ("<row/>" * 9 + "<row><c/></row>", 10, 1),
        ("", 1, 0),
    ],
    ids=[
        "named", "far", "single quotes", "small letters", "a row alone far out", "blanks", "unnamed", "a row alone",
        "a prefix", "empty rows", "nothing",
    ],
)  # fmt: skip
def test_how_far_the_cells_of_a_sheet_reach(text, rows, columns):
    size = of(text)
    assert size.rows >= rows and size.columns >= columns  # at most as far, and never less
    assert (size.rows, size.columns) == (rows, columns) or "x:" in text


def test_a_sheet_is_the_same_in_pieces_of_any_size(monkeypatch):
    text = "".join(f'<row r="{row}">' + "<c><v>1</v></c>" * 7 + "</row>" for row in range(1, 50))
    monkeypatch.setattr(sheets, "PIECE", 11)
    assert of(text)[:2] == (49, 7)


@pytest.mark.parametrize("piece", [7, 2**20])
def test_texts_that_cells_share_are_told_apart_in_pieces_of_any_size(monkeypatch, piece):
    monkeypatch.setattr(sheets, "PIECE", piece)
    shared = b"<sst><si><t>a</t></si><si><t>" + b"b" * 500 + b"</t></si><si/></sst>"
    assert list(text_lengths(io.BytesIO(shared), len(shared))) == [17, 516, 11]


def test_texts_that_cells_share_count_wherever_they_stand():
    cells = '<row><c s="1" t="s"><v>{}</v></c><c t=\'s\' r="B1"> <v>1</v></c></row>'
    text = "".join(cells.format(place) for place in range(4))  # the last is none of the list
    assert of(text, [17, 516, 11]).letters - of(text).letters == 17 + 516 + 11 + 4 * 516


def test_texts_longer_than_a_piece_may_be_keep_their_places(monkeypatch):
    monkeypatch.setattr(sheets, "PIECE", 8)
    monkeypatch.setattr(sheets, "LONGEST", 32)
    shared = b"<si><t>" + b"a" * 100 + b"</t></si><si><t>" + b"b" * 200 + b"</t></si>"
    assert list(text_lengths(io.BytesIO(shared), len(shared))) == [116, 216]


def test_texts_in_the_cells_themselves_count_whole():
    number = '<row><c t="n"><v>1</v></c></row>' * 100
    text = '<row><c t="inlineStr"><is><t>abc</t></is></c></row>' * 100
    assert of(number).letters == len(number) // 3
    assert of(text).letters == len(text)


@pytest.mark.parametrize(("letters", "number"), [(b"A", 1), (b"Z", 26), (b"AA", 27), (b"XFD", 16384)])
def test_the_number_of_a_column(letters, number):
    assert sheets.column_number(letters) == number


ROW, CELL = (
    "<table:table-row{}>{}</table:table-row>",
    '<table:table-cell office:value-type="float"{}>1</table:table-cell>',
)
EMPTY = "<table:table-cell{}/>"


def row(*cells, rows=1):
    return ROW.format(f' table:number-rows-repeated="{rows}"' * (rows > 1), "".join(cells))


def cell(form=CELL, columns=1):
    return form.format(f' table:number-columns-repeated="{columns}"' * (columns > 1))


@pytest.mark.parametrize(
    ("rows", "size"),
    [
        ((row(cell(), cell()), row(cell())), (2, 2)),
        ((row(cell(), cell(columns=9)),), (1, 10)),
        ((row(cell(), rows=5000),), (5000, 1)),
        ((row(cell(), cell(EMPTY, 16383)), row(cell(EMPTY, 16384), rows=10**6)), (1, 1)),
        ((row(cell()), row(cell(EMPTY), rows=500), row(cell(EMPTY, 300), cell())), (502, 301)),
        ((row(cell()), row(cell(EMPTY), rows=500), "<table:table >", row(cell())), (2, 1)),
        ((row('<table:table-cell table:formula="a>b" office:value="1"/>'),), (1, 1)),
        ((), (0, 0)),
    ],
    ids=[
        "plain",
        "cells repeated",
        "rows repeated",
        "empty ends",
        "a gap",
        "two sheets",
        "a sign in quotes",
        "nothing",
    ],
)
def test_how_far_the_cells_of_an_opendocument_sheet_reach(rows, size):
    assert of_content("".join(("<table:table>", *rows)).encode())[:2] == size


def test_text_that_is_repeated_counts_as_often():
    def letters(**rows):
        return of_content(row(cell(columns=7), **rows).encode()).letters

    assert letters(rows=50) == pytest.approx(50 * letters(), abs=50 * 20)
    assert letters() >= 7
    assert of_content(b"") == Size(0, 0, 0)
