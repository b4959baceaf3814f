"""Parquet and workbooks in a process of their own: the same tables, and a sentence whatever becomes of that process."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import zipfile

import polars
import pytest

from data import DataError, apart
from data.apart import read, read_apart

UNIX = pytest.mark.skipif(sys.platform == "win32", reason="no such signals, and no bounds")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="no bound of memory")


def as_parquet(**columns):
    file = io.BytesIO()
    polars.DataFrame(columns).write_parquet(file, compression="zstd")
    return file.getvalue()


TABLE = as_parquet(x=[1.5, None, 3.0], w=["a", "ä", None], l=[[1], [2], [3]])


def begins(monkeypatch, doing):
    """The process does this in place of reading."""
    monkeypatch.setattr(apart, "BEGIN", f"import os, signal, sys; sys.path.append(sys.argv.pop()); {doing}")


def sentence():
    with pytest.raises(DataError) as caught:
        read_apart("table.parquet", TABLE, None)
    return str(caught.value)


def test_a_table_is_the_same():
    frame = read_apart("table.parquet", TABLE, None)
    assert frame.equals(read("table.parquet", TABLE, None))
    assert frame["w"].to_list() == ["a", "ä", None]


def test_what_is_none_is_the_same_sentence():
    broken = TABLE[:-9] + TABLE[-8:]
    with pytest.raises(DataError) as here:
        read("täble.parquet", broken, None)
    with pytest.raises(DataError) as there:
        read_apart("täble.parquet", broken, None)
    assert str(there.value) == str(here.value)


@pytest.mark.parametrize("sheet", ["B", "no ünit"])
def test_the_sheet_goes_along(sheet):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(DataError) as here:
        read("t.xlsx", file.getvalue(), sheet)
    with pytest.raises(DataError) as there:
        read_apart("t.xlsx", file.getvalue(), sheet)
    assert str(there.value) == str(here.value)


@LINUX
def test_one_page_of_more_than_there_is_memory_for_is_refused(monkeypatch):
    begins(monkeypatch, "from data import apart; apart.MEMORY = 2**26; apart.answer()")
    content = as_parquet(w=["x" * 2**27], y=[1.0])
    assert len(content) < 2**16
    with pytest.raises(DataError, match=r"^t takes more than 1 GB of memory: expected a smaller table$"):
        read_apart("t", content, None)


@UNIX
@pytest.mark.parametrize(
    ("doing", "told"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "cannot be read (its reader failed): expected a whole Parquet"),
        ("os.abort()", "cannot be read (its reader failed): expected a whole Parquet"),
        ("sys.exit(2)", "cannot be read (its reader failed): expected a whole Parquet"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "takes more than 1 GB of memory: expected a smaller table"),
        ("os._exit(77)", "cannot be read (its reader failed): expected a whole Parquet"),
        ("raise MemoryError", "takes more than 1 GB of memory: expected a smaller table"),
        ("print('memory allocation of 9 bytes failed', file=sys.stderr); os.abort()", "takes more than 1 GB of memory"),
    ],
)
def test_a_reader_that_dies_is_a_sentence_and_nothing_on_the_terminal(monkeypatch, capfd, doing, told):
    begins(monkeypatch, f"print('panicked', file=sys.stderr); {doing}")
    assert sentence().startswith(f"table.parquet {told}")
    assert capfd.readouterr() == ("", "")


@UNIX
def test_a_reader_that_goes_on_and_on_is_ended(monkeypatch):
    begins(monkeypatch, "from data import apart; apart.SECONDS = 1; apart.bound()\nwhile True: pass")
    assert sentence() == "table.parquet takes more than 60 s to read: expected a smaller table"


@UNIX
def test_whoever_stops_it_stops_the_reader_too(monkeypatch, tmp_path):
    pid = tmp_path / "pid"
    begins(monkeypatch, f"open({str(pid)!r}, 'w').write(str(os.getpid())); os.kill(os.getppid(), signal.SIGINT)\n"
                        "while True: pass")  # fmt: skip
    with pytest.raises(KeyboardInterrupt):
        read_apart("table.parquet", TABLE, None)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_module_of_the_readers_names_in_the_folder_is_none_of_ours(tmp_path):
    (tmp_path / "polars.py").write_text("raise SystemExit(9)")
    (tmp_path / "t.parquet").write_bytes(TABLE)
    own = os.environ | {"PYTHONPATH": apart.HERE}
    read_it = [sys.executable, "-P", "-c", "import data; print(data.describe('t.parquet').rows)"]
    told = subprocess.run(read_it, cwd=tmp_path, env=own, capture_output=True, text=True)
    assert (told.returncode, told.stdout) == (0, "3\n"), told.stderr


def test_tables_are_read_on_any_thread():
    heights = []
    threads = [threading.Thread(target=lambda: heights.append(read_apart("t", TABLE, None).height)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heights == [3, 3, 3]
