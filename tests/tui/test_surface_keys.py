"""View 4 through its keys."""

from __future__ import annotations

import pytest

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


def text(d) -> str:
    return "\n".join(d.rows())


@SIZES
async def test_the_arrows_choose_what_lies_on_the_axes(drive, size):
    async with drive(size=size) as d:
        await d.press("4")
        assert "Loss over b₁ and c₁, the rest as now" in text(d)
        await d.press("right", "down")
        assert "Loss over b₂ and c₂" in text(d)
        await d.press("left", "left")
        assert "Loss over w₃ and c₂" in text(d)
        await d.press("backspace")
        assert "Loss over b₁ and c₁" in text(d)


async def test_both_axes_are_never_the_same_parameter(drive):
    async with drive() as d:
        await d.press("4", *["right"] * 12)
        first, second = d.app.main.view.axes
        assert first != second


async def test_p_shows_the_plane_of_the_trail(drive):
    async with drive() as d:
        await d.press(".", ".", ".", "4", "p")
        assert "Loss over the plane of the trail, " in text(d)
        await d.press("p")
        assert "Loss over b₁ and c₁" in text(d)


async def test_a_new_unit_has_the_axes_again(drive):
    async with drive() as d:
        await d.press("4", "right", "s")
        await d.settle()
        assert "Loss over b₄ and c₄" in text(d)


async def test_page_up_and_down_bring_it_closer_and_further(drive):
    async with drive() as d:
        await d.press("4")
        before = d.rows()[20:29]
        await d.press("pagedown")
        near = d.rows()[20:29]
        await d.press("pageup")
        assert before == d.rows()[20:29] != near


async def test_other_starts_and_full_batches_come_and_go(drive):
    async with drive() as d:
        await d.press(*"......", "4", "g")
        assert "starts" in text(d)
        await d.press("g", "m")
        assert "full" in text(d)
        await d.press("m")
        assert "∘ full" not in text(d)


async def test_it_follows_the_run(drive):
    async with drive() as d:
        await d.press("4", ".", ".", ".")
        assert "○" in text(d) and "◆" in text(d)
        await d.press("comma", "comma")
        assert "◇ latest" in text(d)
