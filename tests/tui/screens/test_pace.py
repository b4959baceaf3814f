"""When a frame may be drawn: at once, at most 15 times a second over a slow line, and not before a key is answered."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass

import pytest

from tui.screens.pace import AT_ONCE, FRAME, LOOK, PATIENCE, SLOW, TOO_LONG, Pace, stderr_takes

SSH = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}


@dataclass
class Line:
    """A terminal and a clock."""

    now: float = 100.0
    takes: bool = True

    def pace(self, environment: dict[str, str]) -> Pace:
        return Pace(environment, lambda: self.takes, lambda: self.now)

    def frames(self, pace: Pace, seconds: float) -> int:
        """How many are drawn in this time by a run that always has something to tell."""
        end, count = self.now + seconds, 0
        while self.now < end:
            count += pace.wait(True) == 0.0
            self.now += 1 / 64
        return count


@pytest.mark.parametrize(("environment", "frames"), [({}, 64), ({"SSH_CONNECTION": ""}, 64), (SSH, 13)])
def test_over_ssh_there_are_at_most_15_frames_a_second(environment: dict[str, str], frames: int) -> None:
    line = Line()
    assert line.frames(line.pace(environment), 1.0) == frames


def test_over_ssh_the_next_frame_is_due_after_a_fifteenth_of_a_second() -> None:
    line = Line()
    pace = line.pace(SSH)
    assert pace.wait(True) == 0.0
    line.now += 0.02
    assert pace.wait(True) == pytest.approx(FRAME - 0.02)


def test_nothing_is_drawn_before_the_terminal_has_taken_the_last_frame_and_then_less_often() -> None:
    line = Line(takes=False)
    pace = line.pace({})
    assert line.frames(pace, 1.0) == 0
    assert pace.wait(True) == LOOK
    line.takes = True
    assert line.frames(pace, 1.0) == 13
    line.now += SLOW
    assert line.frames(pace, 1.0) == 64


def test_a_terminal_that_was_busy_for_a_moment_is_not_a_slow_one() -> None:
    line = Line()
    pace = line.pace({})
    for _ in range(2):
        line.takes = False
        assert pace.wait(True) == LOOK
        line.now += 0.9 * TOO_LONG
        assert pace.wait(True) == LOOK
        line.takes = True
        assert line.frames(pace, 1.0) == 64


def test_what_came_of_a_key_is_drawn_at_once_over_a_slow_line_too() -> None:
    line = Line()
    pace = line.pace(SSH)
    assert pace.wait(True) == 0.0
    line.now += 0.001
    pace.hurry()
    assert pace.wait(True) == 0.0
    line.now += AT_ONCE
    assert pace.wait(True) == 0.0
    line.now += 0.001
    assert pace.wait(True) > 0.0


def test_right_after_a_key_no_frame_is_drawn_that_knows_nothing_of_it() -> None:
    line = Line()
    pace = line.pace({})
    pace.hurry()
    assert pace.wait(False) == LOOK
    assert pace.wait(True) == 0.0
    line.now += PATIENCE
    assert pace.wait(False) == 0.0


def test_a_full_pipe_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with os.fdopen(writer, "w") as stream, os.fdopen(reader, "rb"):
        monkeypatch.setattr("sys.__stderr__", stream)
        assert stderr_takes()
        with suppress(BlockingIOError):
            while True:
                os.write(writer, bytes(65536))
        assert not stderr_takes()


@pytest.mark.parametrize("stream", [None, "closed"])
def test_where_nobody_can_tell_it_takes_more(monkeypatch: pytest.MonkeyPatch, stream: str | None) -> None:
    with open(os.devnull, "w") as closed:
        pass
    monkeypatch.setattr("sys.__stderr__", stream and closed)
    assert stderr_takes()
