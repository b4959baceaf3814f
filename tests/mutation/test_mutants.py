"""Which changes are made to a text, and which parts of it are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from mutation import forks
from mutation.mutants import mutants
from mutation.rooms import ROOMS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("a < b", ["a <= b"]),
        ("a is not b", ["a is b"]),
        ("a < b == c", ["a <= b == c", "a < b != c"]),
        ("(a) + (b)", ["(a) - (b)"]),
        ("'ab' + c", ["'abx' + c"]),  # text knows no minus
        ("a // b * c", ["a * b * c", "a // b / c"]),
        ("a and b and c", ["a or b and c", "a and b or c"]),
        ("-a", ["a"]),
        ("not a", ["a"]),
        ("x = 1", ["x = 2"]),
        ("x = 0.5", ["x = 1.0"]),
        ("x = 0.0", ["x = 1.0"]),
        ("x = True", ["x = False"]),
        ("x = 'σ•', a < b", ["x = 'σ•x', a < b", "x = 'σ•', a <= b"]),  # columns are counted in bytes by the tree
        ('x = "•"', ['x = "+"']),
        ('x = "+"', ['x = "-"']),
        ('x = "#4488cc"', ['x = "#4488ccx"']),
        ('x = "#448829"', ['x = "#448820"']),
        ('x = ""', ['x = "x"']),
        ("x = b'ab'", ["x = b'abx'"]),
        ('x = """ab"""', ['x = """abx"""']),
        ('x = f"{a:.3g} of {b}"', ['x = f"{a:.4g} of {b}"', 'x = f"{a:.3g} of {b}x"']),
        ("c if a > b else d", ["c if not (a > b) else d", "c if a >= b else d"]),
        ("c if a == b else d", ["c if a != b else d"]),  # a negation would be the same change
        ("c if not a else d", ["c if a else d"]),
        ("[a for a in b if c]", ["[a for a in b if not (c)]"]),
        ("x = min(a)", ["x = max(a)"]),
        ("x = np.floor(a)", ["x = np.ceil(a)"]),
        ("x = f(a, b, g())", ["x = f(b, a, g())"]),
        ("x[a:2]", ["x[(a) + 1:2]", "x[a:1]", "x[a:3]"]),
        ("f()", ["pass"]),
        ("x[i] = a", ["pass"]),
        ("x += a", ["pass", "x -= a"]),
        ("while a:\n    break", ["while a:\n    pass"]),
        ("while a:\n    continue", ["while a:\n    break"]),
    ],
)
def test_changes(text: str, changed: list[str]) -> None:
    assert sorted(mutant.applied(text) for mutant in mutants(text)) == sorted(changed)


@pytest.mark.parametrize(
    "text",
    [
        '"""A module."""',
        "from a import b",
        "def f(a: Literal['b'] = c, *, d: int | str) -> tuple[int, 'e']:\n    '''What it does.'''",
        "@dataclass(frozen=True)\nclass A:\n    '''What it is.'''\n    b: dict[str, int]",
        "Kind = Literal['a', 'b'] | None",
        "__all__ = ['a', 'b']",
        "if TYPE_CHECKING:\n    a = 1",
        "raise Error(f'{a}: expected' + ' a number')",
        "x = zip(a, a, strict=True)",
        "assert a < b",
        "x = f() + [a]",
        "logging.info(a)",
    ],
)
def test_left_alone(text: str) -> None:
    assert mutants(text) == []


def test_a_mutant_knows_its_line_and_the_function_around_it() -> None:
    text = "X = 1\n\n\n@cached(2)\ndef f(a=3):\n    def g():\n        return 4\n    return lambda: 5\n"
    assert [(mutant.old, mutant.line, mutant.function) for mutant in mutants(text)] == [
        ("1", 1, 0),
        ("3", 5, 0),  # a default is evaluated where the function is made
        ("4", 7, 6),
        ("5", 8, 5),
    ]
    assert [str(mutant) for mutant in mutants("\nx = a + b", "data/a.py")] == ["data/a.py:2: + → -"]


def test_every_mutant_is_python_and_differs() -> None:
    text = Path(forks.__file__).read_text(encoding="utf-8")
    made = {mutant.applied(text) for mutant in mutants(text)}
    assert len(made) == len(mutants(text)) > 20
    assert text not in made
    for changed in made:
        compile(changed, "changed", "exec")


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_the_table_of_rooms_names_files_that_are_there(room) -> None:
    assert room.sources(ROOT)
    assert room.test_files(ROOT)
    for file, own in room.own.items():
        assert file in room.sources(ROOT)
        assert set(own) <= set(room.test_files(ROOT))
    for test in room.leave_out:
        file, _, name = test.partition("::")
        assert name in (ROOT / file).read_text(encoding="utf-8")
