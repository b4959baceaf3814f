"""The program in a real terminal: it leaves the terminal as it found it, whatever ends it."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.app import HUNG_UP
from tui.screens.driver import PATIENCE as PASTE_PATIENCE

pexpect = pytest.importorskip("pexpect", reason="no pseudo-terminals here")

PATIENCE = 1200  # seconds until a test gives up: kernels may be compiled first, on a machine that has other work, too
LEAVE = b"\x1b[?1049l"  # back from the alternate screen
SHOW_CURSOR = b"\x1b[?25h"


@pytest.fixture
def environment() -> dict[str, str]:
    own = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    own.pop("PYTHONUNBUFFERED", None)  # with it nothing is left to be written at the end
    own.pop("NO_COLOR", None)
    return own


@pytest.fixture
def unitfit(environment) -> Iterator[object]:
    """The program on a terminal of its own, its first curve drawn and its kernels compiled."""
    child = pexpect.spawn(sys.executable, ["-m", "tui"], dimensions=(40, 120), env=environment, timeout=PATIENCE)
    child.expect("paused")
    child.send(" ")
    child.expect("playing")
    child.send(" ")
    child.expect("paused")
    yield child
    child.close(force=True)


def end(child) -> bytes:
    """What the program wrote until it ended; the terminal takes lines and echoes again."""
    child.expect(pexpect.EOF)
    modes = termios.tcgetattr(child.child_fd)[3]
    assert modes & termios.ICANON
    assert modes & termios.ECHO
    child.close()
    return child.before


@pytest.mark.parametrize("key", ["q", "\x03"])
def test_q_and_ctrl_c_quit_with_0_and_restore_the_terminal(unitfit, key):
    unitfit.send(" ")
    unitfit.expect("playing")
    unitfit.send(key)
    written = end(unitfit)
    assert unitfit.exitstatus == 0
    assert LEAVE in written
    assert SHOW_CURSOR in written


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_restore_the_terminal(unitfit, number):
    unitfit.send(" ")
    unitfit.expect("playing")
    unitfit.kill(number)
    written = end(unitfit)
    assert unitfit.exitstatus == 128 + number
    assert unitfit.signalstatus is None
    assert LEAVE in written
    assert b"Traceback" not in written


def test_a_terminal_that_is_closed_ends_it_as_its_signal_does(unitfit):
    unitfit.send(" ")
    unitfit.expect("playing")
    unitfit.ptyproc.fileobj.close()
    assert (unitfit.wait(), unitfit.signalstatus) == (HUNG_UP, None)


def test_bytes_that_are_no_text_are_ignored(unitfit):
    unitfit.send(b"\xe1\xff\xc3 ")
    unitfit.expect("playing")
    unitfit.send("q")
    written = end(unitfit)
    assert unitfit.exitstatus == 0
    assert b"Traceback" not in written


def test_a_signal_as_soon_as_the_terminal_is_ours_restores_it(tmp_path):
    environment = {**os.environ, "TERM": "xterm-256color", "XDG_STATE_HOME": str(tmp_path)}
    child = pexpect.spawn(sys.executable, ["-m", "tui"], dimensions=(40, 120), env=environment, timeout=PATIENCE)
    child.expect_exact(b"\x1b[?1049h")
    child.kill(signal.SIGTERM)
    written = end(child)
    assert child.exitstatus == 128 + signal.SIGTERM
    assert LEAVE in written


def test_a_paste_that_has_no_end_is_over_after_a_while(unitfit):
    unitfit.send(b"\x1b[200~hello")
    unitfit.expect(pexpect.TIMEOUT, timeout=PASTE_PATIENCE + 1)
    unitfit.send("q")
    end(unitfit)
    assert unitfit.exitstatus == 0


def test_a_size_that_the_terminal_has_not_is_none(unitfit):
    unitfit.send(b"\x1b[48;24;80;480;800t ")
    unitfit.expect("playing")
    unitfit.send("q")
    end(unitfit)
    assert unitfit.exitstatus == 0


def stop(child, number: int) -> bytes:
    """Stop the program; what it wrote until then."""
    child.kill(number)
    written = b""
    while not os.waitpid(child.pid, os.WUNTRACED | os.WNOHANG)[0]:
        with contextlib.suppress(pexpect.TIMEOUT):
            written += child.read_nonblocking(2**16, timeout=0.1)
    return written


def threads_of(child) -> int:
    folder = Path(f"/proc/{child.pid}/task")
    return len(list(folder.iterdir())) if folder.exists() else 0


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGTSTP])
def test_stopped_and_continued_it_goes_on_and_quits_at_the_first_key(unitfit, number):
    before = threads_of(unitfit)
    for _ in range(3):
        stop(unitfit, number)
        unitfit.kill(signal.SIGCONT)
        unitfit.expect("paused")  # all is drawn again
    assert threads_of(unitfit) == before
    unitfit.send("q")
    written = end(unitfit)
    assert unitfit.exitstatus == 0
    assert LEAVE in written


def test_while_it_is_stopped_the_terminal_is_as_it_was(unitfit):
    assert LEAVE in stop(unitfit, signal.SIGTSTP)
    assert termios.tcgetattr(unitfit.child_fd)[3] & termios.ICANON
    unitfit.kill(signal.SIGCONT)
    unitfit.expect("paused")
    assert not termios.tcgetattr(unitfit.child_fd)[3] & termios.ICANON


def test_a_resize_in_the_midst_of_playing(unitfit):
    unitfit.send(" ")
    unitfit.expect("playing")
    unitfit.setwinsize(24, 80)
    unitfit.expect("playing")
    unitfit.setwinsize(20, 60)
    unitfit.expect("unitfit needs 80×24, not 60×20".encode())
    unitfit.send("q")
    end(unitfit)
    assert unitfit.exitstatus == 0


def test_the_size_is_the_terminals_own_whatever_a_shell_says(tmp_path):
    said = {"COLUMNS": "60", "LINES": "20", "TERM": "xterm-256color", "XDG_STATE_HOME": str(tmp_path)}
    child = pexpect.spawn(
        sys.executable, ["-m", "tui"], dimensions=(40, 120), env={**os.environ, **said}, timeout=PATIENCE
    )
    too_small = "unitfit needs 80×24, not {}".format
    assert child.expect([too_small("60×20").encode(), b"paused"]) == 1
    child.setwinsize(20, 70)
    assert child.expect([too_small("60×20").encode(), too_small("70×20").encode()]) == 1
    child.send("q")
    end(child)
    assert child.exitstatus == 0


def test_a_run_that_was_killed_goes_on(unitfit, tmp_path):
    unitfit.send("s.....")
    folder = Path(os.environ["XDG_STATE_HOME"], "unitfit", "runs")
    while not list(folder.glob("*.npz")):
        unitfit.expect(pexpect.TIMEOUT, timeout=0.1)
    unitfit.kill(signal.SIGKILL)
    unitfit.expect(pexpect.EOF)
    again = pexpect.spawn(sys.executable, ["-m", "tui"], dimensions=(40, 120), env=unitfit.env, timeout=PATIENCE)
    again.expect("A run was cut off: ctrl")
    again.send("\x12")
    again.expect("Back in the run that was cut off")
    again.send("q")
    end(again)
    assert again.exitstatus == 0
    assert list(folder.iterdir()) == []


def test_stdout_may_go_elsewhere(tmp_path):
    """Its size is not that of the terminal: the screen, which is drawn on stderr, asks the terminal."""
    environment = {**os.environ, "TERM": "xterm-256color", "XDG_STATE_HOME": str(tmp_path)}
    shell = ["-c", f"exec {sys.executable} -m tui >{tmp_path / 'out'}"]
    child = pexpect.spawn("sh", shell, dimensions=(40, 120), env=environment, timeout=PATIENCE)
    child.expect("paused")
    child.send("q")
    end(child)
    assert child.exitstatus == 0
    assert (tmp_path / "out").read_bytes() == b""


def test_it_ends_where_its_terminal_goes_without_a_signal(tmp_path):
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "XDG_STATE_HOME": str(tmp_path)}
    pipes = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    with subprocess.Popen([sys.executable, "-m", "tui"], env=environment, start_new_session=True, **pipes) as program:
        os.close(theirs)
        os.read(ours, 1)  # it draws
        os.close(ours)
        assert program.wait(PATIENCE) == HUNG_UP


def test_a_run_on_a_table_from_standard_input_is_gone_on_with_after_a_signal(environment, tmp_path):
    (tmp_path / "t.csv").write_text("x,y\n" + "".join(f"{number},{number * number % 7}\n" for number in range(40)))
    environment |= {"XDG_STATE_HOME": str(tmp_path / "state")}
    of_input = [sys.executable, "-m", "tui", "-"]
    command = ["-c", f'exec "$@" < {tmp_path / "t.csv"}', "sh", *of_input]
    child = pexpect.spawn("sh", command, dimensions=(40, 120), env=environment, timeout=PATIENCE)
    child.expect("paused")
    child.send(">")
    while not list(tmp_path.glob("state/unitfit/runs/*.npz")):
        child.expect(pexpect.TIMEOUT, timeout=0.1)  # its end, too soon, is an error
    child.kill(signal.SIGTERM)
    end(child)
    child = pexpect.spawn(of_input[0], of_input[1:3], dimensions=(40, 120), env=environment, timeout=PATIENCE)
    child.expect("cut off")
    child.send("\x12")
    child.expect("Back in the run")
    child.send("q")
    end(child)
    assert child.exitstatus == 0
