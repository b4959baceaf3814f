"""The rules of a sweep's picture, one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import made_sweeps
import pytest
from contrasts import contrast
from made_sweeps import RATES, board, unseen_of

from data import load
from engine import Network
from tui.draw.canvas import Canvas
from tui.draw.palette import ANSI, CODES, DARK, LIGHT, NAMES, PLAIN, Palette
from tui.run.snapshot import Snapshot
from tui.run.sweep.board import Board, Sweeping
from tui.views import ViewState, runs
from tui.views.runs import look, told
from tui.views.state import SweepLook

Told = Callable[..., Snapshot]
SIZES = {"80x24": (80, 20), "100x30": (100, 26), "120x40": (120, 36), "160x50": (160, 46)}
EVERY_SIZE = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
SEEN, COVERED = ViewState(sweep=SweepLook(covered=False)), ViewState()


@pytest.fixture
def paint(told: Told) -> Callable[..., Canvas]:
    def made(
        own: Board, state: ViewState = SEEN, size: tuple[int, int] = SIZES["120x40"], palette: Palette = DARK
    ) -> Canvas:
        return runs.paint(shown(told, own), *size, palette, state)

    return made


def shown(told: Told, own: Board) -> Snapshot:
    dataset = load("chicago")
    return told(dataset, Network(56, []), answers={Sweeping(): own})


def looking(**changes: Any) -> ViewState:
    return ViewState(sweep=replace(SEEN.sweep, **changes))


def cell(canvas: Canvas, text: str) -> tuple[int, int]:
    """Where a text stands on the map for the first time."""
    rows = canvas.plain().split("\n")
    row = next(number for number, line in enumerate(rows) if text in line.partition("│")[0])
    return row, rows[row].index(text)


def table(canvas: Canvas) -> str:
    """All that stands beside the map, in one line."""
    return " ".join(" ".join(line.partition("│")[2].split()) for line in canvas.plain().split("\n")[:21])


def ground(canvas: Canvas, text: str) -> str:
    return NAMES[canvas.background[cell(canvas, text)]]


# ------------------------------------------------------------------------------------------------------- rule 1 and 7


def test_a_cell_has_its_mean_its_deviation_and_what_is_missing(paint: Any) -> None:
    drawn = paint(made_sweeps.live()).plain()
    assert "1956" in drawn and "±10 2/5" in drawn and "1/5" in drawn
    assert "▸ running" in drawn and "seed 0" in drawn and "waits" in drawn


def test_bands_are_by_place_and_the_least_is_darkest(paint: Any) -> None:
    canvas = paint(
        board((RATES, "layer=3:relu,10:relu"), unseen=lambda own: 1e6 if own["lr"] == 0.03 else unseen_of(own))
    )
    means = sorted(
        {f"{unseen_of({'lr': rate, 'layer': '10:relu'}):.0f}" for rate in (0.01, 0.003, 0.001, 0.0003, 0.0001)}
    )
    bands = [ground(canvas, mean) for mean in means]
    assert bands == sorted(bands)
    assert bands[0] == "band0" and int(bands[-1][-1]) >= 4, "one far away takes the bands from the others"
    assert ground(canvas, "1.00M") in ("band7", "band8")


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_all_text_on_the_map_can_be_read(paint: Any, palette: Palette) -> None:
    canvas = paint(made_sweeps.live(), palette=palette)
    written = (
        (canvas.characters != ord(" ")) & (canvas.background >= CODES["band0"]) & (canvas.background <= CODES["band8"])
    )
    assert written.sum() > 100
    for front, back in {*zip(canvas.foreground[written], canvas.background[written], strict=True)}:
        assert contrast(palette.colours[NAMES[front]], palette.colours[NAMES[back]]) >= 4.5, NAMES[front]


def test_rows_have_the_large_values_on_top_and_columns_go_on_to_the_right(paint: Any) -> None:
    lines = paint(made_sweeps.live()).plain().split("\n")
    labels = [line[:9].strip(" ▸") for line in lines[3:21] if line[:9].strip(" ▸")]
    assert labels == ["0.03", "0.01", "0.003", "0.001", "0.0003", "0.0001"]
    assert lines[1][:75].replace("▾", "").split() == ["units", "3", "10", "30", "100", "300", "1000"]


def test_runs_that_diverged_are_counted_in_trouble_colour(paint: Any) -> None:
    canvas = paint(board(diverged=lambda row, column: (5 if column else 2) * (row == 5)))
    row, column = cell(canvas, "✗ 2/5")
    assert NAMES[canvas.foreground[row, column]] == "trouble"
    assert NAMES[canvas.background[row, column]] == "ground"
    assert "✗ 5/5" in canvas.plain()
    assert "5 settings diverged" in canvas.plain()


@pytest.mark.parametrize("palette", [ANSI, PLAIN], ids=["16 colours", "no colours"])
def test_without_bands_shades_say_how_large_it_is(paint: Any, palette: Palette) -> None:
    canvas = paint(board(), palette=palette)
    assert "low is blank, high ▓" in canvas.plain()
    row, _ = cell(canvas, "2835")
    assert canvas.plain().split("\n")[row].count("▓") >= 1
    assert not (canvas.background >= CODES["band0"]).any() or palette is not DARK


# ------------------------------------------------------------------------------------------------------------- rule 3


@EVERY_SIZE
def test_the_best_cell_has_corners_and_the_word(paint: Any, size: tuple[int, int]) -> None:
    drawn = paint(made_sweeps.live(), size=size).plain()
    assert all(drawn.count(corner) == 1 for corner in "┌┐┘") and "best" in drawn
    assert "1955" in drawn


def test_the_note_warns_of_a_better_setting_with_one_seed() -> None:
    made = board(finished=lambda row, column: 1 if column == 3 else 5)
    note = told.note(made, SEEN)
    assert "Best so far: 300 units, η 0.003, unseen 1956 ±22 over 5 seeds." in note[0]
    assert "100 units, η 0.003" in note[0] and "too early to tell" in note[0]
    assert all(len(form) <= 76 for form in note[-2:])
    assert "too early" not in told.note(board(), SEEN)[0]


def test_settings_with_one_seed_are_named_and_have_no_rank(paint: Any) -> None:
    drawn = paint(made_sweeps.live()).plain()
    assert "4 settings with one seed: no rank" in drawn
    ranked = [line.split("│")[1].split()[1] for line in drawn.split("\n")[2:14]]
    assert "1000" not in ranked


# ------------------------------------------------------------------------------------------------------- rule 4, 5, 6


def test_what_enter_does_is_written_under_the_table(paint: Any) -> None:
    words = table(paint(made_sweeps.live()))
    assert "enter opens the chosen setting: 100 units, η 0.003, its median seed 2" in words
    assert "adds it to the runs of view 6; the sweep goes on behind it." in words


def test_the_chosen_setting_is_in_the_table_wherever_its_rank_is(paint: Any) -> None:
    lines = paint(board(), looking(cell=(0, 0))).plain().split("\n")
    chosen = next(line.split("│")[1].split() for line in lines if "│ ▸" in line)
    assert chosen[:3] == ["▸36", "3", "0.0001"]


def test_the_slices_go_through_the_chosen_setting(paint: Any) -> None:
    drawn = paint(board(), looking(cell=(0, 1))).plain()
    assert "by η, 10 units" in drawn and "by units, η 0.0001" in drawn
    assert drawn.count("2560") >= 3, "in its cell and over its point in both slices"


@pytest.mark.parametrize(
    ("moves", "place"), [([(-1, 0)], (4, 3)), ([(1, 0)], (2, 3)), ([(0, 1)] * 9, (3, 5)), ([(0, -1)] * 9, (3, 0))]
)
def test_arrows_choose_the_cell_that_lies_there(
    told: Told, moves: list[tuple[int, int]], place: tuple[int, int]
) -> None:
    snapshot, state = shown(told, board()), SEEN
    for down, right in moves:
        state = look.move(down, right, state, snapshot, 120, 36)
    assert look.chosen(board(), state) == place


def test_y_swaps_the_error_of_the_map_and_nothing_else(told: Told, paint: Any) -> None:
    state = look.swap(SEEN, shown(told, board()), 120, 36)
    canvas, usual = paint(board(), state), paint(board())
    assert "train rmse" in canvas.plain().split("\n")[0]
    table = slice(80, 120)
    assert (canvas.characters[:, table] == usual.characters[:, table]).all()
    assert look.swap(state, shown(told, board()), 120, 36) == SEEN


# ----------------------------------------------------------------------------------------------------- what is covered


@EVERY_SIZE
@pytest.mark.parametrize("cell", [None, (1, 4)])
def test_nothing_of_the_unseen_errors_can_be_seen_while_they_are_covered(
    paint: Any, size: tuple[int, int], cell: tuple[int, int] | None
) -> None:
    """A sweep with quite other unseen errors looks the same, and the same is said of it."""

    def other(own: dict[str, Any]) -> float:
        return 1e7 / unseen_of(own) ** 2

    state = ViewState(sweep=SweepLook(cell=cell))
    pair = [
        board(finished=lambda row, column: 1 if column == 5 else 3, running={(0, 0): 3}, unseen=error)
        for error in (unseen_of, other)
    ]
    drawn = [paint(own, state, size) for own in pair]
    for part in ("characters", "foreground", "background", "bold"):
        assert (getattr(drawn[0], part) == getattr(drawn[1], part)).all()
    assert told.note(pair[0], state) == told.note(pair[1], state)
    assert look.chosen(pair[0], state) == look.chosen(pair[1], state)
    assert (paint(pair[0], SEEN, size).characters != paint(pair[1], SEEN, size).characters).any()


def test_covered_it_says_so_and_how_to_see_it(paint: Any) -> None:
    drawn = paint(board(), COVERED).plain()
    assert "unseen covered (v)" in drawn and "∘ unseen covered" in drawn and "····" in drawn


def test_without_unseen_rows_nothing_is_said_of_them(paint: Any) -> None:
    for state in (SEEN, COVERED):
        drawn = paint(board(unseen=None), state).plain()
        assert "unseen" not in drawn and "····" not in drawn
        assert "train rmse" in drawn


# ------------------------------------------------------------------------------------------------------------- rule 8


def test_what_gives_way_at_which_size(paint: Any) -> None:
    drawn = {name: paint(made_sweeps.live(), size=size).plain() for name, size in SIZES.items()}
    assert {name for name, text in drawn.items() if "Best so far" in text} == {"100x30", "120x40", "160x50"}
    assert {name for name, text in drawn.items() if "Through the chosen" in text} == {"120x40", "160x50"}
    for text in drawn.values():
        assert "136 of 180 runs" in text and "≈ 1 min 50 s left" in text
        assert all(label in text for label in ("0.0001", "1000", "2835", "2/5", "✗ 2/5"))


@EVERY_SIZE
@pytest.mark.parametrize("chosen", [(0, 0), (29, 39), (15, 20)])
def test_the_window_scrolls_with_the_chosen_cell_and_the_best_one_stays_labelled(
    paint: Any, size: tuple[int, int], chosen: tuple[int, int]
) -> None:
    made = made_sweeps.many_values()
    lines = paint(made, looking(cell=chosen), size).plain().split("\n")
    assert f"▾{made.across.labels[chosen[1]]}" in lines[1]
    assert any(line.startswith("▸") and made.down.labels[chosen[0]] in line[:9] for line in lines)
    words = made.words(made.by["unseen"].cells[made.best("unseen")])
    assert f"best: {words}" in lines[0] or any("best" in line or "┌" in line for line in lines[2:])


@EVERY_SIZE
@pytest.mark.parametrize("palette", [DARK, ANSI, PLAIN], ids=["truecolor", "16 colours", "no colours"])
@pytest.mark.parametrize("name", ["live", "begun", "one_factor", "three_factors", "many_values"])
def test_a_sweep_of_any_form_fills_its_panel(paint: Any, size: tuple[int, int], palette: Palette, name: str) -> None:
    for state in (SEEN, COVERED, looking(train=True, cell=(0, 0))):
        canvas = paint(getattr(made_sweeps, name)(), state, size, palette)
        assert [strip.cell_length for strip in canvas.strips(palette)] == [size[0]] * size[1]


def test_of_more_than_two_factors_the_others_are_named(paint: Any) -> None:
    canvas = paint(made_sweeps.three_factors())
    assert "the best batch of each cell" in canvas.plain().split("\n")[0]
    assert "η 0.003, batch 8" in table(canvas)


def test_a_sweep_of_seeds_alone_is_one_cell(paint: Any) -> None:
    assert "the one setting" in table(paint(board(())))


def test_the_view_shows_its_runs_where_the_sweep_is_left(told: Told) -> None:
    snapshot = replace(shown(told, board()), answers={Sweeping(): board()})
    drawn = runs.paint(snapshot, 120, 36, DARK, looking(shown=False)).plain()
    assert "lining the runs up" in drawn
    assert runs.subtitle(snapshot, looking(shown=True)) == "sweep: η × units"
