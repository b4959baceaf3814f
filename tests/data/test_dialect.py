"""How text files write tables: encodings, line ends, separators, and what stands above the table."""

from __future__ import annotations

import codecs
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import DataError, dialect, prices
from data.dialect import NONE, WIDE, as_utf8, close_to_quotes, parted_by_tabs, tell

TEXT = "größe,€\n1,2\n3,4\n"


def told(text):
    return tell("table.csv", text.encode())


def rest(text):
    """What the table begins with."""
    return text.encode()[told(text).start :].decode().partition("\n")[0]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace("€", "Ā一").encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode("utf-16-le"),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace("\n", "\r\n").encode(),
    ],
    ids=["plain", "BOM", "UTF-16", "LE", "BE", "zeros in letters", "BE with BOM", "UTF-16 CRLF", "CR", "CRLF"],
)
@pytest.mark.parametrize("piece", [1, 2, 3, 2**18])
def test_encodings_and_line_ends(content, piece, monkeypatch):
    monkeypatch.setattr(dialect, "PIECE", piece)
    text, notices = as_utf8("table.csv", content)
    assert (text.decode().replace("Ā一", "€"), notices) == (TEXT, ())


def test_latin_1_is_said():
    notices = ("the text is no UTF-8 and was read as Latin-1",)
    assert as_utf8("table.csv", "größe\n".encode("latin-1")) == ("größe\n".encode(), notices)
    assert as_utf8("table.csv", "€ “q”\n".encode("cp1252")) == ("€ “q”\n".encode(), notices)


def test_a_letter_that_no_encoding_has():
    assert as_utf8("table.csv", b"a\x81b\xff\n")[0].decode() == "a�bÿ\n"
    assert as_utf8("table.csv", "x,y\n1,2\n".encode("utf-16-le") + b"\x00\xd8")[0].decode() == "x,y\n1,2\n�"


OTHER_TEXTS = {
    "Latin-1": ("1,2é\r\n" * 2**20).encode("latin-1"),
    "UTF-16": ("1,2一\n" * 2**20).encode("utf-16"),
    "BOM": codecs.BOM_UTF8 + b"1,234\n" * 2**20,
    "CR": b"1,2345\r" * 2**20,
    "an emoji": "1,2😀\r".encode() + b"1,2345\n" * 2**20,
}


@pytest.mark.parametrize("content", OTHER_TEXTS.values(), ids=OTHER_TEXTS)
def test_another_encoding_takes_the_memory_of_its_text_and_little_more(content):
    tracemalloc.start()
    try:
        text, _ = as_utf8("table.csv", content)
        assert tracemalloc.get_traced_memory()[1] < 1.2 * len(text) + 2**21
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("content", OTHER_TEXTS.values(), ids=OTHER_TEXTS)
def test_a_text_that_is_too_large_is_not_decoded_first(content, monkeypatch):
    monkeypatch.setattr(prices, "LARGEST", 2**20)
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"^table\.csv takes more than 1 GB of memory \(\d+ MB of text\): "):
            as_utf8("table.csv", content)
        assert tracemalloc.get_traced_memory()[1] < 3 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\0\0", b"x,y\n1,2\n\0\0\0\0", b"a\0bc,d\0\n"])
def test_what_holds_zeros_is_no_text(content):
    with pytest.raises(DataError, match=r"^table\.csv is no table: expected CSV, Excel or Parquet$"):
        as_utf8("table.csv", content)


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(content):
    try:
        text, _ = as_utf8("table.csv", content)
    except DataError:
        return
    assert b"\r" not in text
    text.decode()


@pytest.mark.parametrize(
    ("text", "separator", "width"),
    [
        ("a,b\n1,2\n3,4\n", ",", 2),
        ("a;b\n1;2\n3;4\n", ";", 2),
        ("a|b\n1|2\n3|4\n", "|", 2),
        ("a\tb\n1\t2\n3\t4\n", "\t", 2),
        ("a b\n1 2\n3 4\n", " ", 2),
        ("  a   b\n  1  22\n 33   4\n", " ", 2),
        ("a b\n1\t2\n3   4\n", " ", 2),
        ("name       x\nnew york   1\nlos angeles  2\nbath  3\n", WIDE, 2),
        ("sep=;\na;b,c\n1,5;2\n3,5;4\n", ";", 2),
        ('"sep=,"\na,b;c\n1,2\n3,4\n', ",", 2),
        ("a;b\n0,5;1,5\n0,7;2,5\n", ";", 2),
        ("a\tb\n0,5\t1,5\n0,7\t2,5\n", "\t", 2),
        ("a|b\n1,5|2,5\n3,5|4,5\n", "|", 2),
        ("name,x\nnew york,1\nlos angeles,2\n", ",", 2),
        ("date,x\n2024-01-01 10:00,1\n2024-01-01 11:00,2\n", ",", 2),
        ("date;x;y\n2024-01-01 10:00;1,5;2\n2024-01-01 11:00;2,5;3\n", ";", 3),
        ('a,b\n"1;5",2\n"3;4",4\n', ",", 2),
        ("answer\nyes it does\nno\nperhaps\n", ",", 1),
        ("x\n1\n2\n3\n", NONE, 1),
        ("1\n2\n3\n", ",", 1),
        ("price\n1,234\n12,500\n$1,001\n", NONE, 1),
        ("price\n1 234\n12 500\n1 001\n", NONE, 1),
        ("wert\n0,5\n12,25\n7,125\n", NONE, 1),
        ("x\n1,5\n2,6\n3,9\n", ",", 2),
        ("1,2\n3,4\n5,6\n", ",", 2),
        ("name\n5\nann,6\nben,7\ncora,8\n", ",", 2),
        ("a,b,c\n1,2\n3,4\n5,6\n", ",", 3),
        ("a,b\n1,2\n3,4,5\n6,7\n", ",", 2),
        ("a,b\n1,2\n3\n6,7\n", ",", 2),
        (f"a,{'x' * 200_000}\n1,2\n3,4\n", ",", 2),
        (f'a,"{"x, " * 100_000}"\n1,2\n3,4\n', ",", 2),
    ],
)
def test_what_parts_cells(text, separator, width):
    dialect = told(text)
    assert (dialect.separator, dialect.width) == (separator, width)


@pytest.mark.parametrize(
    ("text", "first", "notices"),
    [
        ("x,y\n1,2\n3,4\n", "x,y", ()),
        ("\n\nx,y\n1,2\n3,4\n", "x,y", ()),
        ("sep=;\nx;y\n1;2\n3;4\n", "x;y", ()),
        ("Rain\nin May, by station\nx,y,z\n1,2,3\n3,4,5\n", "x,y,z", ("2 lines before the table left out",)),
        ("Rain,in May\nname,x,y\nann,1,2\nben,3,4\n", "name,x,y", ("1 line before the table left out",)),
        ("<1960 Q1>\nx,y\n1,2\n3,4\n", "x,y", ("1 line before the table left out",)),
        ("Rain in May\nx,y\n1,2\n3,4\n", "x,y", ("1 line before the table left out",)),
        ("Rain in May\n\nby station\nx,y\n1,2\n3,4\n", "x,y", ("2 lines before the table left out",)),
        ("Rain in May,,\nx,y,z\n1,2,3\n3,4,5\n", "x,y,z", ("1 line before the table left out",)),
        ("# by a logger\n# a, b, c\nx,y\n1,2\n3,4\n", "x,y", ()),
        ("% by a logger\nx,y\n1,2\n3,4\n", "x,y", ()),
        ("// by a logger\nx,y\n1,2\n3,4\n", "x,y", ()),
        ("/* by a logger\n * a, b\n */\nx,y\n1,2\n3,4\n", "x,y", ()),
        (",,\nRain,,\n,,\nx,y,z\n1,2,3\n3,4,5\n", "x,y,z", ("1 line before the table left out",)),
        ("x,,\n1,,\n3,,\n", "x,,", ()),
        (",x\na,1\nb,2\n", ",x", ()),
        ('"a ""quoted"" title"\nx,y\n1,2\n3,4\n', "x,y", ("1 line before the table left out",)),
    ],
)  # fmt: skip
def test_what_stands_above_the_table(text, first, notices):
    assert (rest(text), told(text).notices) == (first, notices)


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ("# a\nx,y\n1,2\n3,4\n", "#"),
        ("x,y\n# a\n1,2\n3,4\n", "#"),
        ("% a\nx,y\n1,2\n3,4\n", "%"),
        ("x,y\n% a,1\n1,2\n3,4\n", None),
        ("x,y\n" + "#1,2\n" * 9, None),
        ("x,y\n1,2\n", None),
    ],
    ids=["first", "amid", "per cent", "per cent amid", "numbered rows", "none"],
)
def test_comments(text, comment):
    assert told(text).comment == comment


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("# depth,salt\n1,2\n3,4\n", ["depth", "salt"]),
        ("#depth, salt\n1,2\n3,4\n", ["depth", "salt"]),
        ("# a\n# depth,salt\n1,2\n3,4\n5,6\n", ["depth", "salt"]),
        ("# depth,salt,sand\n1,2\n3,4\n", None),
        ("# a remark\nx,y\n1,2\n3,4\n", None),
        ("% depth salt\n1 2\n3 4\n", ["depth", "salt"]),
    ],
)
def test_a_header_in_a_comment(text, header):
    assert told(text).header == header


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("x,y\na,1,2\nb,3,4\n", True),
        ("x,y\n1,1,2\n2,3,4\n", True),
        ("x,y\n0,1,2\n1,3,4\n", True),
        ("x,y\n5.5,1,2\n7.5,3,4\n", False),
        ("x,y\na,1,2\na,3,4\n", False),
        ("x,y\na,1,\nb,3,\n", False),
        ("x,y\n1,2\n3,4\n", False),
        ("x y\n" + "".join(f"{letter} 1 2\n" for letter in "abcdefghi"), True),
    ],
    ids=["names", "from 1", "from 0", "numbers", "a name twice", "trailing separators", "none", "blanks"],
)
def test_rows_with_names_that_the_header_does_not_count(text, named):
    assert told(text).named_rows == named


def test_a_header_in_quotes_above_rows_without():
    assert told('"1990","1991"\n1,2\n3,4\n').quoted
    assert not told('"1990","1991"\n"1","2"\n"3","4"\n').quoted
    assert not told("1990,1991\n1,2\n").quoted


@pytest.mark.parametrize("text", ["", "\n\n", " \n\t\n", "sep=;\n", "sep=;\n\n"])
def test_nothing_to_tell(text):
    with pytest.raises(DataError, match=r"^table\.csv is empty: expected a table with a header and at least one row$"):
        told(text)


@pytest.mark.parametrize("before", [0, 1, 500_000])
def test_the_longest_line_that_is_read(before):
    rows = "x,y\n" + "1,2\n" * before
    assert told(f"{rows}1,{'2' * 999_998}\n3,4\n").width == 2
    with pytest.raises(DataError, match=rf"^line {before + 2} of table\.csv is longer than 1 MB"):
        told(f"{rows}1,{'2' * 999_999}\n3,4\n")


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ('a, "b, c"\n', 'a,"b, c"\n'),
        ('a;  "b"\n', 'a;"b"\n'),
        ('a,b "c"\n', 'a,b "c"\n'),
        ("a, b\n", "a, b\n"),
    ],
)
def test_blanks_before_quotes(given, clean):
    assert close_to_quotes(given.encode()) == clean.encode()


@pytest.mark.parametrize(
    ("given", "separator", "parted"),
    [
        ("a  b\tc\n", " ", "a\tb\tc\n"),
        ("  a b  \n", " ", "a\tb\n"),
        ('"new york"  2\n', " ", '"new york"\t2\n'),
        ("a b\n\n1 2\n", " ", "a\tb\n\n1\t2\n"),
        ("new york   2\n", WIDE, "new york\t2\n"),
        ("  new york\t2  \n", WIDE, "new york\t2\n"),
    ],
)
def test_cells_between_blanks(given, separator, parted):
    assert parted_by_tabs(given.encode(), separator) == parted.encode()


@pytest.mark.parametrize("separator", [" ", WIDE])
def test_a_long_gap_between_cells_is_parted_at_once(separator):  # a search from each of its blanks takes minutes
    assert parted_by_tabs(b"1" + b" " * 200_000 + b"x  \n", separator) == b"1\tx\n"


@given(st.text(alphabet="ab1,;|\t \"'#%\n.-", min_size=1, max_size=120))
def test_any_text_has_a_dialect_within_itself_or_is_empty(text):
    try:
        dialect = told(text)
    except DataError:
        return
    assert dialect.width >= 1
    assert 0 <= dialect.start <= len(text.encode())
