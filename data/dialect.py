"""Dialect: how a text file writes a table: its encoding, its lines, what stands above it, what parts its cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from data.errors import DataError
from data.numerals import is_numeral
from data.prices import refuse_large
from data.values import is_value

HEAD_BYTES, HEAD_LINES = 2**21, 200  # by which a dialect is told
LONGEST_LINE = 10**6
WIDE = "  "  # two blanks or more, between cells that may hold one
SEPARATORS = ("\t", ";", "|", ",", " ", WIDE)  # where several would do, the first of them
NONE = "\x1f"  # where the signs in a line part no cells
CELLS = 100  # of a row that are looked at
MOST_TITLES = 20  # lines above a table
EVEN = 0.9  # of the rows that have as many cells as most
COMMENTS = ("#", "%", "//")
LOOSE_QUOTE = re.compile(rb'([,;|]) +"|" +(?=[,;|\n])')
NAMED_SEPARATOR = re.compile(r'"?sep=([,;|\t ])"?\s*')
BRACKETED = re.compile(r"\s*<[^<>,;|]*>\s*")  # a title such as <1960 Q1>
WIDE_GAP = re.compile(r"[ \t]{2,}|\t")
BLANKS = re.compile(rb'"[^"\n]*"|[ \t]+')
OUTER_BLANKS = re.compile(rb"(?m)^[ \t]+|(?<![ \t])[ \t]+$")  # looking back, or each blank of a gap begins a search
PIECE = 2**18  # bytes that are changed at a time

Record = list[str]
Records = list[tuple[int, Record]]  # with the number of the line at which each begins


@dataclass(frozen=True, slots=True)
class Parted:
    """What one separator makes of the lines."""

    separator: str
    records: Records
    share: float  # of the records that have as many cells as most


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the lines of a text are to be read."""

    separator: str
    width: int  # cells in most rows
    start: int  # the byte at which the table begins
    comment: str | None  # what begins a line that is none of the table's
    named_rows: bool  # whether the header lacks the first cell that all rows have
    header: Record | None  # the names in a comment above the table
    quoted: bool  # whether the first row alone is quoted throughout
    notices: tuple[str, ...]


def as_utf8(name: str, content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """(text as UTF-8 whose lines end in a line feed, notices). Raises DataError for what is no text, or too much."""
    wide = two_bytes(content)
    if wide is not None:
        return recoded(name, content, wide), ()
    refuse_zeros(name, content)
    refuse_large(name, 0, 0, len(content))
    try:
        for _ in decoded(content, "utf-8", "strict"):
            pass
    except UnicodeDecodeError:
        return recoded(name, content, "cp1252"), ("the text is no UTF-8 and was read as Latin-1",)
    changes = content.startswith(codecs.BOM_UTF8) or b"\r" in content
    return recoded(name, content, "utf-8-sig") if changes else content, ()


def recoded(name: str, content: bytes, encoding: str) -> bytes:
    """A text as UTF-8, without its mark, and with line feeds alone. Raises DataError for what is none, or too much."""
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    whole = io.BytesIO()
    for letters in decoded(content, encoding, "replace"):
        piece = newlines.decode(letters).encode()
        refuse_zeros(name, piece)
        whole.write(piece)
        refuse_large(name, 0, 0, max(whole.tell(), len(content) // 2))  # at best a letter of two bytes becomes one
    whole.write(newlines.decode("", final=True).encode())  # a carriage return at the end
    return whole.getvalue()


def decoded(content: bytes, encoding: str, errors: str) -> Iterator[str]:
    """A text piece by piece, for whole it can take four times its memory."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    for start in range(0, len(content), PIECE):
        yield decoder.decode(content[start : start + PIECE], start + PIECE >= len(content))


def refuse_zeros(name: str, text: bytes) -> None:
    """DataError for what no text holds."""
    if b"\0" in text:
        raise DataError(f"{name} is no table: expected CSV, Excel or Parquet")


def two_bytes(content: bytes) -> str | None:
    """The encoding of a text with two bytes for each letter, by its mark or by where its zeros are; else None."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = content[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if not sample or 3 * max(even, odd) < len(sample) or 3 * min(even, odd) > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def tell(name: str, content: bytes) -> Dialect:
    """The dialect of a text as `as_utf8` gives it, by its first lines. Raises DataError where it is none of a table."""
    refuse_long_lines(name, content)
    lines = [line.decode("utf-8", "replace") for line in content[:HEAD_BYTES].split(b"\n")[:HEAD_LINES]]
    comment = comment_of(lines)
    given = NAMED_SEPARATOR.fullmatch(lines[0])  # as Excel writes in a first line
    first = after_block(lines) if given is None else 1
    plain = [
        (number, line)
        for number, line in enumerate(lines)
        if number >= first and not (comment and line.startswith(comment)) and not BRACKETED.fullmatch(line)
    ]
    if not any(line.strip() for _, line in plain):
        raise DataError(f"{name} is empty: expected a table with a header and at least one row")
    separator, records = separated([line for _, line in plain], given[1] if given is not None else SEPARATORS)
    counts = [len(filled) for _, filled in records]
    width = usual(counts)
    beginning = begin(records, width)
    width = max(width, len(records[beginning][1]))  # a header may name more than most rows fill
    line = plain[records[beginning][0]][0]
    above = [text for text in lines[first:line] if text.strip(separator + " \t")]
    rows = [filled for _, filled in records[beginning:]]
    titles = [text for text in above if not (comment and text.startswith(comment))]
    notices = (f"{len(titles)} line{'s' * (len(titles) != 1)} before the table left out",) if titles else ()
    return Dialect(
        separator=separator,
        width=width,
        start=sum(len(text.encode()) + 1 for text in lines[:line]),
        comment=comment,
        named_rows=names_rows(rows, width),
        header=commented_header(above[-1:], comment, separator, width),
        quoted=is_quoted(lines[line], separator) and not any(is_quoted(text, separator) for text in lines[line + 1 :]),
        notices=notices,
    )


def refuse_long_lines(name: str, content: bytes) -> None:
    """DataError for a line that is longer than a row can be; a look at each megabyte finds it."""
    start = 0
    while len(content) - start > LONGEST_LINE:
        end = content.rfind(b"\n", start, start + LONGEST_LINE + 1)
        if end < 0:
            line = content.count(b"\n", 0, start) + 1
            raise DataError(f"line {line} of {name} is longer than 1 MB: expected a table with a line for each row")
        start = end + 1


def after_block(lines: Sequence[str]) -> int:
    """The number of the line after a comment in the manner of C, with which a file may begin; else 0."""
    if not lines[0].startswith("/*"):
        return 0
    return next((number + 1 for number, line in enumerate(lines) if line.rstrip().endswith("*/")), 0)


def comment_of(lines: Sequence[str]) -> str | None:
    """What begins comments: a mark that the first line has, or `#` elsewhere; none where most lines have it."""
    filled = [line for line in lines if line.strip()]
    for mark in COMMENTS:
        marked = sum(line.startswith(mark) for line in filled)
        if 0 < 5 * marked < 4 * len(filled) and (mark == "#" or filled[0].startswith(mark)):
            return mark
    return None


def separated(lines: Sequence[str], separators: Sequence[str] = SEPARATORS) -> tuple[str, Records]:
    """(the separator, the records with the number of the line at which each begins), without blank lines.

    Blanks part cells only where no sign does so, and only if they do in nearly all lines.
    """
    if is_one_column(lines):
        return NONE, [(number, [line]) for number, line in enumerate(lines) if line.strip()]
    found = [ways for separator in separators if (ways := parted_by(lines, separator)) is not None]
    signs = [ways for ways in found if ways.separator.strip(" ")]
    even = [ways for ways in found if ways.share >= EVEN]
    if even or signs:
        best = max([ways for ways in even if ways in signs] or even or signs, key=lambda ways: ways.share)
    else:
        return ",", [(number, [line]) for number, line in enumerate(lines) if line.strip()]
    return best.separator, best.records


def is_one_column(lines: Sequence[str]) -> bool:
    """Whether each line is one number as a whole, such as 1,234 or 0,5, under a name that no sign parts."""
    first, *others = [line.strip() for line in lines if line.strip()]
    if not others or is_value(first) or any(separator in first for separator in SEPARATORS):
        return False
    return all(map(is_numeral, others)) and not names_rows([[first], *(line.split(",") for line in others)], 2)


def parted_by(lines: Sequence[str], separator: str) -> Parted | None:
    """The records by one separator; None where it parts nothing."""
    if not any(separator in line for line in lines):
        return None
    records = [(number, record) for number, record in parsed(lines, separator) if filled(record)]
    width = usual([len(record) for _, record in records])
    if width < 2:
        return None
    share = sum(len(record) == width for _, record in records) / len(records)
    return Parted(separator, records, share)


def parsed(lines: Sequence[str], separator: str) -> Iterator[tuple[int, Record]]:
    """Each record, with the number of the line at which it begins; none where the text cannot be parted so."""
    if separator == WIDE:
        lines, separator = [WIDE_GAP.sub("\t", line.strip()) for line in lines], "\t"
    elif separator == " ":
        lines = [line.replace("\t", " ").strip() for line in lines]
    csv.field_size_limit(max(csv.field_size_limit(), HEAD_BYTES))  # the whole program's, hence it is never lowered
    reader = csv.reader((line + "\n" for line in lines), delimiter=separator, skipinitialspace=True)
    number = 0
    try:
        for record in reader:
            yield number, record
            number = reader.line_num
    except csv.Error:
        return


def usual(counts: Sequence[int]) -> int:
    """The number of cells that most rows have; of two such numbers the larger."""
    return max(Counter(counts).items(), key=lambda item: (item[1], item[0]), default=(0, 0))[0]


def begin(records: Sequence[tuple[int, Record]], width: int) -> int:
    """The first record that is a row or a header, and no title: nearly as many cells as most have are filled.

    What has fewer than a row of words among the first, which values follow, is a title all the same.
    """
    rows = [record for _, record in records]
    full = usual([filled(record) for record in rows])
    for number, record in enumerate(rows[:-1][:MOST_TITLES]):
        if filled(record) == full:
            if not any(map(is_value, record[:CELLS])) and any(map(is_value, rows[number + 1][:CELLS])):
                return number
            break
    for number, record in enumerate(rows[:-1]):
        count = filled(record)
        if count >= max(full - 1, 2) or names_rows(rows[number:], width) or (count == full - 1 and not record[0]):
            return number
    return 0


def filled(record: Record) -> int:
    """How many cells hold something."""
    return sum(1 for cell in record if cell.strip())


def names_rows(rows: Sequence[Record], width: int) -> bool:
    """Whether the first of these has no name for the first column, in which the rows have theirs."""
    if len(rows) < 2 or len(rows[0]) != width - 1:
        return False
    whole = [row for row in rows[1:] if len(row) == width]
    names = [row[0].strip() for row in whole]
    if not any(row[-1].strip() for row in whole) or len(set(names)) < len(names):
        return False
    return names[:2] in (["0", "1"], ["1", "2"]) or not any(map(is_plain_number, names))


def is_plain_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def commented_header(above: Sequence[str], comment: str | None, separator: str, width: int) -> Record | None:
    """The names in a comment that stands right above the table, if it has one for each column."""
    if not above or comment is None or not above[0].startswith(comment):
        return None
    text = above[0].removeprefix(comment).strip()
    record = next((record for _, record in parsed([text], separator)), [])
    return [cell.strip() for cell in record] if len(record) == width > 1 else None


def is_quoted(line: str, separator: str) -> bool:
    """Whether every cell of a line stands in quotes."""
    cells = line.strip().split(separator)
    return bool(line.strip()) and all(cell.startswith('"') or cell.endswith('"') for cell in cells)


def close_to_quotes(content: bytes) -> bytes:
    """A text without blanks between a separator and a quote, where they would make the quote a letter."""
    if LOOSE_QUOTE.search(content, 0, HEAD_BYTES) is None:
        return content
    return by_lines(content, lambda lines: LOOSE_QUOTE.sub(lambda match: (match[1] or b"") + b'"', lines))


def parted_by_tabs(content: bytes, separator: str) -> bytes:
    """A text whose cells have blanks between them, with one tab instead."""
    return by_lines(content, lambda lines: with_tabs(OUTER_BLANKS.sub(b"", lines), separator))


def with_tabs(lines: bytes, separator: str) -> bytes:
    if separator == WIDE:
        return re.sub(rb"[ \t]{2,}|\t", b"\t", lines)
    if b'"' not in lines:
        return re.sub(rb"[ \t]+", b"\t", lines)
    return BLANKS.sub(lambda match: match[0] if match[0].startswith(b'"') else b"\t", lines)


def by_lines(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """A text that is changed some lines at a time, for what a change is made of takes many times their memory."""
    whole, start = io.BytesIO(), 0
    while start < len(content):
        end = content.find(b"\n", start + PIECE) + 1 or len(content)
        whole.write(change(content[start:end]))
        start = end
    return whole.getvalue()
