"""View 6 through its keys: what it covers, how one guesses, and which run is opened."""

from __future__ import annotations

import pytest

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


async def raced(d) -> None:
    """The present run and one more, trained to their ends."""
    d.session.run.story.run(2)
    await d.press("6", "a", "space")
    d.runner.frames(200)
    await d.settle()


def text(d) -> str:
    return "\n".join(d.rows())


@SIZES
async def test_the_unseen_losses_are_covered_until_v(drive, size):
    async with drive(size=size, training={"epochs": 4}) as d:
        await raced(d)
        assert "····" in text(d) and "covered" in text(d)
        rows = next(answer for request, answer in d.shown.answers.items() if type(request).__name__ == "Racing")
        assert all(f"{row.test:.1f}" not in text(d) for row in rows)
        await d.press("v")
        assert f"{rows[-1].test:.1f}" in text(d) and "····" not in text(d)
        await d.press("v")
        assert "····" in text(d)


async def test_the_view_takes_the_whole_screen_and_gives_it_back(drive):
    async with drive() as d:
        await d.press("6")
        assert d.app.main.query_one("#view").size.width == 120
        assert not d.app.main.query_one("#units").display or not d.app.main.query_one("#lower").display
        await d.press("1")
        assert d.app.main.query_one("#view").size.width == 79


async def test_a_guess_shows_the_unseen_losses_and_is_judged(drive):
    async with drive(training={"epochs": 4}) as d:
        await raced(d)
        await d.press("down", "enter")
        assert "the unseen loss of 1-3-1" in d.row(38)
        await d.press("5", "0", "enter")
        assert "Your guess for 1-3-1" in text(d) and "a factor of" in text(d)
        await d.press("v")
        assert "Your guess" not in text(d) and "Guess first" in text(d)


async def test_digits_are_views_until_an_entry_is_opened(drive):
    async with drive(training={"epochs": 4}) as d:
        await raced(d)
        await d.press("2")
        assert d.app.main.view.number == 2


async def test_enter_opens_a_run_once_all_is_shown(drive):
    async with drive(training={"epochs": 4}) as d:
        await raced(d)
        await d.press("v", "down", "enter")
        assert d.shown.epoch == 4
        assert "is the present run now" in d.row(38)
        await d.press("1", "space")
        await d.frames(3)
        assert d.shown.update > 16


async def test_keys_of_the_view_mean_what_they_always_do_elsewhere(drive):
    async with drive() as d:
        await d.press("6", "x", "1", "x")
        assert d.shown.network.layers == [["sigmoid"] * 2]
        await d.press("6", "tab", "s")
        assert len(d.shown.network.layers[0]) == 3


@SIZES
async def test_p_lines_runs_up(drive, size):
    async with drive(size=size) as d:
        await d.press("6", "p", "down", "enter")
        await d.settle()
        assert "1 sigmoid" in text(d) and "16 sigmoid" in text(d)
        assert d.app.screen is d.app.main


async def test_a_race_that_cannot_be_is_one_sentence_in_the_dialog(drive):
    async with drive() as d:
        await d.press("6", "p", "enter")
        await d.settle()
        assert "motorcycle has no lags" in text(d)
        await d.press("escape")
        assert d.app.screen is d.app.main
