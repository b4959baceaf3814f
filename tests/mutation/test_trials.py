"""Trials on a room of its own: which mutants are killed, and that no file is touched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TRY = """
import sys
from pathlib import Path
from mutation.rooms import Room
from mutation.trials import RedBaseline, try_room
room = Room("shop", ("shop/*.py",), ("tests/test_*.py",), ("tests/test_slow.py", "tests/test_shop.py::test_left_out"))
try:
    told = []
    of, verdicts = try_room(room, Path(sys.argv[1]), 0, None, 60.0, 2, told.append)
    assert told == verdicts
except RedBaseline as red:
    print("red", "test_price" in str(red))
else:
    lines = sorted((verdict.mutant.line, f"{verdict.mutant} {verdict.outcome}") for verdict in verdicts)
    print(of, *(line for _, line in lines), sep="\\n")
"""
SHOP = """\
RATE = 2


def price(count):
    return count * RATE


def is_many(count):
    return count > 10


def unused(a, b):
    return a - b


def countdown(count):
    while count:
        count -= 1
"""
TESTS = """\
from shop.till import countdown, is_many, price

def test_price():
    assert price(3) == 6

def test_many():
    assert is_many(12) and not is_many(9)

def test_countdown():
    countdown(4)

def test_left_out():
    raise AssertionError
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A small program with tests, of which one file and one test fail that the room leaves out."""
    for name, text in {
        "shop/__init__.py": "",
        "shop/till.py": SHOP,
        "tests/test_shop.py": TESTS,
        "tests/test_slow.py": "raise AssertionError",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def try_shop(shop: Path) -> list[str]:
    program = [sys.executable, "-c", TRY, str(shop)]
    done = subprocess.run(program, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    return done.stdout.split("\n")[:-1]


def test_killed_survived_and_never_run(shop: Path) -> None:
    assert try_shop(shop) == [
        "8",
        "shop/till.py:1: 2 → 3 killed",
        "shop/till.py:5: * → / killed",
        "shop/till.py:9: 10 → 11 survived",
        "shop/till.py:9: > → >= survived",
        "shop/till.py:13: - → + never run",
        "shop/till.py:18: - → + killed",  # it counts upwards and is ended
        "shop/till.py:18: 1 → 2 survived",
        "shop/till.py:18: count -= 1 → pass killed",  # it is ended too
    ]
    assert (shop / "shop/till.py").read_text() == SHOP
    assert sorted(path.name for path in shop.iterdir()) == ["shop", "tests"]


def test_tests_that_fail_without_a_mutant_are_told(shop: Path) -> None:
    (shop / "shop/till.py").write_text(SHOP.replace("RATE = 2", "RATE = 3"))
    assert try_shop(shop) == ["red True"]
