"""A file is written as a whole, over nothing that it was not meant to go over, and through no link."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import tomllib
import zipfile
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from engine import EngineError, files


@pytest.mark.parametrize("there", ["file", "folder", "link", "dangling link"])
def test_what_is_there_is_not_gone_over_unasked(tmp_path, there):
    path, other = tmp_path / "out", tmp_path / "other"
    other.write_text("precious")
    if there == "file":
        path.write_text("mine")
    elif there == "folder":
        path.mkdir()
    else:
        path.symlink_to(other if there == "link" else tmp_path / "nowhere")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(EngineError, match=r"^out: is there already; expected another name$"):
        files.save(path, b"new", over=False)
    assert sorted(tmp_path.iterdir()) == before
    assert other.read_text() == "precious"
    assert not path.is_file() or path.read_text() in ("mine", "precious")


@pytest.mark.parametrize("comes", ["file", "link"])
def test_what_comes_while_it_is_written_stays(tmp_path, monkeypatch, comes):
    path, other, sync = tmp_path / "out", tmp_path / "other", os.fsync

    def come(descriptor: int) -> None:
        sync(descriptor)
        if comes == "file":
            path.write_text("mine")
        else:
            path.symlink_to(other)

    monkeypatch.setattr(os, "fsync", come)
    with pytest.raises(EngineError, match=r"^out: is there already; expected another name$"):
        files.save(path, b"new", over=False)
    assert not other.exists()
    assert [file.name for file in tmp_path.iterdir()] == ["out"]
    assert path.is_symlink() or path.read_text() == "mine"


@pytest.mark.parametrize("comes", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("over", [False, True])
def test_an_end_in_the_midst_leaves_nothing(tmp_path, monkeypatch, over, comes):
    def fails(*given: object) -> NoReturn:
        raise comes

    for name in ("link", "replace"):
        monkeypatch.setattr(os, name, fails)
    with pytest.raises((KeyboardInterrupt, EngineError)):
        files.save(tmp_path / "out", b"new", over=over)
    assert not list(tmp_path.iterdir())


def pressed(function):
    """As the function, with Ctrl+C pressed before it does its work."""

    def press(*given, **more):
        signal.raise_signal(signal.SIGINT)
        return function(*given, **more)

    return press


@pytest.mark.parametrize("place", [(os, "fsync"), (os, "replace"), (os, "link"), (Path, "unlink")])
@pytest.mark.parametrize("over", [False, True])
def test_ctrl_c_while_it_is_written_waits_for_the_whole_file(tmp_path, monkeypatch, over, place):
    owner, name = place
    monkeypatch.setattr(owner, name, pressed(getattr(owner, name)))
    with contextlib.suppress(KeyboardInterrupt):  # of link and replace one is not called
        files.save(tmp_path / "out", b"new", over=over)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("out", "new")]


def test_ctrl_c_within_an_archive_is_ctrl_c(monkeypatch):
    begin = zipfile.ZipFile.open

    def begin_and_press(*given, **more):
        begun = begin(*given, **more)
        signal.raise_signal(signal.SIGINT)
        return begun

    monkeypatch.setattr(zipfile.ZipFile, "open", begin_and_press)
    with pytest.raises(KeyboardInterrupt):
        files.archive({"theta": np.zeros(3)})


@pytest.mark.parametrize("rights", [0o600, 0o400, 0o644, 0o666])
def test_a_file_leaves_its_rights_to_the_one_that_takes_its_place(tmp_path, monkeypatch, rights):
    path, while_written, sync = tmp_path / "out", [], os.fsync
    path.write_text("mine")
    path.chmod(rights)
    monkeypatch.setattr(os, "fsync", lambda file: sync(file) or while_written.append(os.fstat(file).st_mode))
    files.save(path, b"new")
    assert path.read_text() == "new"
    assert [stat.S_IMODE(mode) for mode in (*while_written, path.stat().st_mode)] == [rights] * 2


def test_a_link_leaves_no_rights(tmp_path):
    path, other = tmp_path / "out", tmp_path / "other"
    other.write_text("precious")
    other.chmod(0o777)
    path.symlink_to(other)
    usual = os.umask(0o027)
    try:
        files.save(path, b"new")
    finally:
        os.umask(usual)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert stat.S_IMODE(other.stat().st_mode) == 0o777


@pytest.mark.parametrize("over", [None, 1, "yes", np.zeros(2)])
def test_whether_it_goes_over_is_true_or_false(tmp_path, over):
    with pytest.raises(EngineError, match=r"^over=.*: expected True or False$"):
        files.save(tmp_path / "out", b"new", over=over)
    assert not list(tmp_path.iterdir())


def test_where_there_are_no_links_a_file_has_its_name_all_the_same(tmp_path, monkeypatch):
    def fails(*given: object) -> NoReturn:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", fails)
    files.save(tmp_path / "out", b"new", over=False)
    assert (tmp_path / "out").read_text() == "new"
    with pytest.raises(EngineError, match=r"^out: is there already; expected another name$"):
        files.save(tmp_path / "out", b"newer", over=False)
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("over", [False, True])
def test_nothing_else_is_left(tmp_path, over):
    files.save(tmp_path / "out", b"new", over=over)
    assert [(file.name, file.read_text()) for file in Path(tmp_path).iterdir()] == [("out", "new")]


@pytest.mark.parametrize(
    "text",
    [
        "a" + ".a" * 5000 + " = 1",
        "b = 1\n[" + "a . " * 5000 + "b]",
        "[[" + '"a.b" .' * 5000 + "'c']]",
        "b = {'c' = 1, " + "'a'\t." * 5000 + "b = 2}",
        'b = """x""""\n' + "a." * 5000 + "b = 1",  # a text may end with a quote of its own
        "b = ''''x''''\n# it's\n" + "a." * 5000 + "b = 1",
    ],
    ids=["key", "header", "quoted header", "inline", "after a text", "after a plain text"],
)
def test_long_dotted_keys_are_refused_before_they_are_read(text):
    with pytest.raises(ValueError, match=r"^a key of over 16 parts$"):
        files.table_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "[a.b.c.d.e.f.g]\nh.i.j = 1.5",
        "a = [" + "0.1, " * 100 + "]",
        "a = '" + "b." * 100 + "'",
        'a = "' + r"\"b." * 100 + '"',
        "a = '''\n" + "b." * 100 + "'\n'''",
        'a = """\n\\""" ' + "b." * 100 + '"" """ # ' + "c." * 100,
    ],
    ids=["short keys", "numbers", "plain", "escaped", "plain lines", "escaped lines"],
)
def test_texts_and_numbers_are_no_keys(text):
    assert files.table_of(text) == tomllib.loads(text)


PIECES = ["a", '"', "'", "#", "a ", r"\"", '"\\', '"""', "'''", '"""\\', '"a"', "'a'", "a.b ", "a" * 999 + "."]


@pytest.mark.parametrize("piece", PIECES)
def test_no_text_makes_looking_for_long_keys_slow(piece):
    files.check_keys((piece * 15 + "\n") * (10**6 // len(piece) // 15))
    with contextlib.suppress(ValueError):
        files.check_keys(piece * (10**6 // len(piece)))


def test_what_is_nested_too_deep_is_a_value_error_too():
    with pytest.raises(ValueError, match=r"^too many brackets within each other$"):
        files.table_of("a = " + "[" * 10_000)
