"""A table that was piped in is kept in a file, for runs that read it again."""

from __future__ import annotations

import os

import pytest

from tui.console.terminal import INPUT, MOST_TABLES, kept


def test_a_table_is_kept_once(tmp_path):
    folder = tmp_path / "state" / "tables"
    path = kept(b"x,y\n1,2\n", folder)
    assert path.read_bytes() == b"x,y\n1,2\n"
    assert kept(b"x,y\n1,2\n", folder) == path
    assert list(folder.iterdir()) == [path]
    assert os.name == "nt" or folder.stat().st_mode & 0o777 == 0o700


def test_the_oldest_tables_go(tmp_path):
    paths = []
    for number in range(MOST_TABLES + 2):
        paths.append(kept(b"%d" % number, tmp_path))
        os.utime(paths[-1], (number, number))
    assert set(tmp_path.iterdir()) == {*paths[-MOST_TABLES:]}


def test_tables_go_that_take_much_room_but_not_the_one_that_is_in_use(tmp_path, monkeypatch):
    monkeypatch.setattr("tui.console.terminal.MOST_BYTES", 5)
    (tmp_path / "other").write_bytes(bytes(9))
    kept(b"abc", tmp_path)
    path = kept(b"0123456789", tmp_path)
    assert {*tmp_path.iterdir()} == {path, tmp_path / "other"}
    assert path.name.startswith(INPUT)


def test_no_room_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        kept(b"x", tmp_path / "file")
