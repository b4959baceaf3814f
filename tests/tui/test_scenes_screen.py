"""The chooser of scenes, and what its keys do."""

from __future__ import annotations

import pytest

from tui.run.scenes import scenes

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("platformdirs.user_config_path", lambda name="": tmp_path / name)


def text(d) -> str:
    return "\n".join(d.rows())


@SIZES
async def test_t_lists_the_scenes_and_tells_of_the_chosen_one(drive, size):
    async with drive(size=size) as d:
        await d.press("t")
        assert "0 of 20 done" in text(d) and "Linear model" in text(d)
        await d.press("down")
        assert "y = b + wx" in text(d)


@SIZES
async def test_a_number_goes_to_its_scene_and_enter_begins_it(drive, size):
    async with drive(size=size) as d:
        await d.press("t", "1", "2", "enter")
        assert d.app.screen is d.app.main
        assert (d.shown.dataset.name, d.app.main.view.number) == ("hard_sigmoid", 2)
        assert d.row(size[1] - 2).startswith(" ▸ Press space until the ramp fits")


async def test_escape_leaves_everything_as_it_was(drive):
    async with drive() as d:
        await d.press(".", "t", "5", "escape")
        assert (d.shown.dataset.name, d.shown.update) == ("motorcycle", 1)


async def test_what_a_scene_shows_stays_until_other_data_come(drive):
    async with drive() as d:
        await d.press("t", "2", "enter")
        assert d.app.main.view.bars
        await d.press("d")
        assert not d.app.main.view.bars


async def test_a_race_opens_in_its_view_and_u_goes_back(drive):
    async with drive() as d:
        await d.press("t", "4", "enter")
        assert d.app.main.view.number == 6
        assert "η 0.1" in text(d)
        await d.press("u")
        assert d.shown.dataset.name == "motorcycle"


@pytest.mark.parametrize("scene", scenes(), ids=lambda scene: scene.name)
async def test_each_scene_opens_from_the_command_line_in_its_view(drive, scene):
    async with drive(scene=scene.name) as d:
        assert d.app.main.view.number == scene.view
        assert d.notices == []
