"""What the README shows is what the program draws, and shows wherever the README does."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def block(language: str) -> str:
    """The first code block of this language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def words(rows: list[str]) -> list[list[str]]:
    """What does not depend on the processor, which may round numbers, and so the curve and the ticks, otherwise."""
    return [re.findall(r"[^\W\d_]+|▸", row) for row in rows]


async def test_the_picture_is_the_screen_after_2000_epochs(drive):
    async with drive(size=(80, 24)) as d:
        await d.press("n", "backspace", "backspace", "backspace", *"2000", "enter")
        while d.shown.epoch < 2000:
            await d.frames(50)
        drawn = d.rows()
    assert words(block("text").splitlines()) == words(drawn), "take this one:\n" + "\n".join(drawn)


def test_the_picture_in_colour_is_one_that_the_program_drew():
    assert "`docs/screen.svg`" in README
    text = "".join(ElementTree.parse(ROOT / "docs" / "screen.svg").getroot().itertext()).replace("\xa0", " ")
    for part in ("motorcycle", "1-3-1", "epoch ", "300", "+3", "Since unit 3 was added (epoch 50): unseen"):
        assert part in text


def test_nothing_is_linked_that_a_package_index_could_not_find():
    assert not re.findall(r"\]\((?!https://)[^)]*\)", README)


def test_the_python_example_runs(capsys):
    exec(block("python"), {})
    errors = ast.literal_eval(capsys.readouterr().out)
    assert 0 < errors["mae"] < errors["rmse"] < 10_000  # riders
