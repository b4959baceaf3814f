"""The losses of several runs: which line is whose."""

from __future__ import annotations

import numpy as np
import pytest

from tui.draw.canvas import Canvas
from tui.draw.palette import DARK
from tui.run.race import Row
from tui.views import ViewState
from tui.views.runs import curves


def row(loss: float) -> Row:
    epochs = np.arange(0.0, 101.0)
    line = loss + np.exp(-epochs)
    return Row("linear", 2, loss, loss, 100, 100, "done", epochs, line, line, False)


@pytest.mark.parametrize(
    ("losses", "chosen", "words"),
    [
        ([5.0, 5.0], 1, ["1,2"]),
        ([5.0, 20.0], 0, ["2", "1"]),
        ([5.0] * 4, 0, ["1,2…"]),
        ([5.0] * 12, 11, ["1,12…"]),
    ],
)
def test_lines_that_end_in_one_row_have_their_numbers_parted(
    losses: list[float], chosen: int, words: list[str]
) -> None:
    canvas = Canvas(80, 20)
    curves.draw(canvas, 0, [row(loss) for loss in losses], ViewState(racer=chosen, covered=False), DARK)
    ends = canvas.characters[2:-2, 80 - curves.ENDS : 80]
    assert "".join(map(chr, ends.ravel())).split() == words
    assert "".join(map(chr, ends[canvas.bold[2:-2, 80 - curves.ENDS : 80] > 0])) == str(chosen + 1)
