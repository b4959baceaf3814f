"""The registry of views: every view, on every kind of data it is for, at every size and with every palette."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import data
from engine import Network
from tui.actions import ACTIONS
from tui.draw.palette import ANSI, CODES, DARK, PLAIN, Palette
from tui.run.snapshot import Snapshot
from tui.views import KINDS, View, ViewState, chosen, loss, view_of, views
from tui.views.units import table
from tui.widgets.panel import Panel
from tui.widgets.rule import Rule, Title

OF_A_KIND = {"curve": "motorcycle", "series": "chicago", "plane": "moons", "table": "concrete"}
SIZES = ((79, 27), (120, 40), (80, 24), (40, 27), (28, 15), (3, 3), (1, 1))
CASES = [(view, kind) for view in views() for kind in view.KINDS]
PANELS = [(picture, kind) for picture in (loss, table) for kind in KINDS]
STATE = ViewState()
Told = Callable[..., Snapshot]

load = lru_cache(data.load)
every_view = pytest.mark.parametrize(("view", "kind"), CASES, ids=[f"{view.TITLE}-{kind}" for view, kind in CASES])
every_picture = pytest.mark.parametrize(
    ("picture", "kind"),
    CASES + PANELS,
    ids=[f"{picture.__name__}-{kind}" for picture, kind in CASES + PANELS],
)


class Watched(dict[Any, Any]):
    """Answers that keep in mind what was looked up."""

    def __init__(self, answers: dict[Any, Any]) -> None:
        super().__init__(answers)
        self.read: set[Any] = set()

    def get(self, request: Any, default: Any = None) -> Any:
        self.read.add(request)
        return super().get(request, default)


def network_for(kind: str) -> Network:
    """Its ReLU is dead, which views that ask for it can show."""
    network = Network(load(OF_A_KIND[kind]).x_train.shape[1], [["sigmoid", "relu"]], seed=1)
    theta = network.theta
    theta[network.index(0, 1, "b")] = -1000.0
    network.theta = theta
    return network


def test_each_number_is_one_key_of_one_view():
    numbers = [view.NUMBER for view in views()]
    assert numbers == sorted(set(numbers))
    assert all(1 <= number <= 9 for number in numbers)
    for view in views():
        assert view_of(view.NUMBER) is view
        (action,) = (action for action in ACTIONS if action.keys == (str(view.NUMBER),))
        assert action.title == f"View {view.NUMBER}: {view.ABOUT}"
        assert len(view.TITLE.split()) == 1


def test_all_kinds_of_data_have_a_view():
    assert set(OF_A_KIND) == set(KINDS) == {load(name).kind for name in data.names()}
    assert {kind for view in views() for kind in view.KINDS} == set(KINDS)


@every_picture
def test_a_picture_has_its_size_in_every_palette_with_and_without_answers(told: Told, picture: Any, kind: str):
    dataset, network = load(OF_A_KIND[kind]), network_for(kind)
    for width, height in SIZES:
        snapshot = told(dataset, network, picture.requests(dataset, width, height, STATE))
        for known in (snapshot, told(dataset, network)):
            for palette in (DARK, ANSI, PLAIN):
                canvas = picture.paint(known, width, height, palette, STATE)
                assert [strip.cell_length for strip in canvas.strips(palette)] == [width] * height


@every_picture
def test_a_panel_with_hardly_any_room_ends_nothing(told: Told, picture: Any, kind: str):
    dataset = load(OF_A_KIND[kind])
    panel = Panel(DARK, "view")
    panel.picture = picture
    for width, height in ((1, 1), (1, 20), (2, 49), (7, 7), (19, 4), (20, 1), (20, 4), (49, 1), (49, 4)):
        for layers in ([], [["relu"] * 30]):
            network = Network(dataset.x_train.shape[1], layers, seed=1)
            canvas = panel.draw(told(dataset, network, picture.requests(dataset, width, height, STATE)), width, height)
            assert (canvas.width, canvas.height) == (width, height)


@every_picture
@pytest.mark.parametrize("palette", [DARK, ANSI, PLAIN], ids=["truecolor", "16 colours", "no colour"])
def test_answers_are_drawn_and_what_is_drawn_without_them_is_not_blank(
    told: Told, picture: Any, kind: str, palette: Palette
):
    dataset, network = load(OF_A_KIND[kind]), network_for(kind)
    requests = picture.requests(dataset, 80, 27, STATE)
    drawn, bare = (
        picture.paint(each, 80, 27, palette, STATE)
        for each in (told(dataset, network, requests), told(dataset, network))
    )
    assert bare.plain().strip()
    if requests:
        assert (drawn.characters != bare.characters).any() or (drawn.background != bare.background).any()


@every_picture
def test_a_picture_asks_for_what_it_looks_up_and_for_no_more(told: Told, picture: Any, kind: str):
    dataset = load(OF_A_KIND[kind])
    requests = picture.requests(dataset, 79, 27, STATE)
    snapshot = told(dataset, network_for(kind), requests)
    watched = told(dataset, snapshot.network, answers=Watched(dict(snapshot.answers)))
    picture.paint(watched, 79, 27, DARK, STATE)
    picture.subtitle(watched, STATE)
    assert watched.answers.read == set(requests)
    assert len(set(requests)) == len(requests)
    assert picture.requests(dataset, 79, 27, STATE) == requests  # equal values, so that they find their answers


@every_view
def test_the_big_panel_shows_the_view_of_its_number(told: Told, view: View, kind: str):
    dataset, state = load(OF_A_KIND[kind]), ViewState(number=view.NUMBER)
    requests = view.requests(dataset, 80, 27, state)
    assert chosen.requests(dataset, 80, 27, state) == requests
    snapshot = told(dataset, network_for(kind), requests)
    assert chosen.subtitle(snapshot, state) == view.subtitle(snapshot, state)
    drawn = chosen.paint(snapshot, 80, 27, DARK, state)
    assert drawn.plain() == view.paint(snapshot, 80, 27, DARK, state).plain()


def test_a_view_that_cannot_show_the_data_says_so_and_asks_for_nothing(told: Told, monkeypatch: Any):
    other = SimpleNamespace(NUMBER=2, TITLE="Surface", KINDS=("curve", "plane"))
    monkeypatch.setattr(chosen, "view_of", lambda number: other)
    dataset = load("concrete")
    snapshot = told(dataset, network_for("table"))
    rows = chosen.paint(snapshot, 80, 27, DARK, STATE).plain().split("\n")
    assert [row.strip() for row in rows if row.strip()] == [
        "2 Surface shows data of one feature and data of two features.",
        "concrete is data of many features.",
        "1 Fit shows it.",
    ]
    assert chosen.requests(dataset, 80, 27, STATE) == ()
    assert chosen.subtitle(snapshot, STATE) == ""


@pytest.mark.parametrize(("focused", "colour"), [("view", "bright"), ("units", "label")])
def test_the_rule_names_all_views_and_the_chosen_one_is_bold(told: Told, focused: str, colour: str):
    title = Title("view", ("1 Fit", "2 Units", "3 Net"), "all on one scale", chosen=1)
    rule = Rule(DARK, "rule", lambda snapshot, state: [title], "┬")
    rule.focused_panel = focused
    canvas = rule.draw(told(load("motorcycle"), network_for("curve")), 60, 1)
    text = canvas.plain()
    assert text.startswith("─ 1 Fit  2 Units  3 Net all on one scale ───")
    bold = np.flatnonzero(canvas.bold[0])
    assert text[bold[0] : bold[-1] + 1] == "2 Units"
    assert canvas.foreground[0, text.index("2")] == CODES[colour]
    assert canvas.foreground[0, text.index("1")] == CODES["label"]


def test_names_that_have_hardly_room_stand_closer_and_words_that_would_say_nothing_are_left_out(told: Told):
    title = Title("view", ("1 Fit", "2 Units", "3 Net"), "thin: the truth")
    rule = Rule(DARK, "rule", lambda snapshot, state: [title], "┬")
    drawn = [
        rule.draw(told(load("motorcycle"), network_for("curve")), width, 1).plain() for width in (42, 37, 36, 25, 24)
    ]
    assert drawn == [
        "─ 1 Fit  2 Units  3 Net thin: the truth ──",
        "─ 1 Fit  2 Units  3 Net thin: the t…",
        "─ 1 Fit  2 Units  3 Net ────────────",
        "─ 1 Fit  2 Units  3 Net ─",
        "─ 1 Fit 2 Units 3 Net ──",
    ]


AN_EXAMPLE = '''
"""View 9: an example."""

from tui.draw.canvas import Canvas

NUMBER, TITLE, ABOUT, KINDS = 9, "Example", "an example", ("curve",)
KEYS, FOOTER, BELOW, ROOM = (), "view", None, "panel"


def subtitle(snapshot, state):
    return "of a view"


def requests(dataset, width, height, state):
    return ()


def paint(snapshot, width, height, palette, state):
    canvas = Canvas(width, height)
    canvas.text(0, 0, f"drawn at update {snapshot.update}")
    return canvas
'''

SEE_IT = """
import asyncio, sys
import tui.views

tui.views.__path__.append(sys.argv[1])
from tui.actions import ACTIONS, footer_items
from tui.app import UnitfitApp
from tui.run.options import Options
from tui.run.runner import Runner

assert not {"plotext", "numba"} & set(sys.modules), "a view imports what takes long"

class Still(Runner):
    start = Runner.open  # one snapshot, and no thread

async def main():
    app = UnitfitApp(Options(), Still)
    async with app.run_test(size=(120, 40)) as pilot:
        while not app.main.plots_ready:
            await pilot.pause()
        for key in "919":
            await pilot.press(key)
            await pilot.pause()
            strips = app.screen._compositor.render_strips()
            print(app.main.view.number, *("".join(segment.text for segment in strip) for strip in strips[1:3]), sep="|")
    print([command.title for command in app.get_system_commands(app.main) if "View" in command.title])
    print(footer_items(ACTIONS, "view", {action.id for action in ACTIONS}, 999)[-2])

asyncio.run(main())
"""


def test_a_file_in_the_folder_is_all_that_a_view_needs(tmp_path: Path):
    (tmp_path / "example.py").write_text(AN_EXAMPLE)
    seen = subprocess.run(
        [sys.executable, "-c", SEE_IT, str(tmp_path)], capture_output=True, text=True, timeout=1200, check=False
    )
    assert seen.returncode == 0, seen.stderr
    ours, first, again, commands, footer = seen.stdout.splitlines()
    names = "  ".join([*(f"{view.NUMBER} {view.TITLE}" for view in views()), "9 Example"])
    assert ours.startswith(f"9|─ {names} of a view ─") and "|drawn at update 0" in ours
    assert first.startswith(f"1|─ {names} ─") and "accel g" in first
    assert again == ours
    assert commands == str([*(f"View {view.NUMBER}: {view.ABOUT}" for view in views()), "View 9: an example"])
    assert footer == str((" ".join([*(str(view.NUMBER) for view in views()), "9"]), "view"))
