"""The program on a terminal of its own, in folders of its own: what goes in, what comes out, and what it leaves."""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
HIDDEN = ("COLUMNS", "LINES", "NO_COLOR", "SSH_CONNECTION")  # they would stand before what this terminal says
MODE = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
KITTY = re.compile(rb"\x1b\[([<>])\d*u")
ESCAPES = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[P_^\]][^\x1b\x07]*(?:\x1b\\|\x07)|\x1b.|[\x00-\x1f]")
TROUBLE = re.compile(rb"Traceback|Exception ignored|\b[A-Z][a-z]+\w*(?:Error|Exception)\b|panicked")
ECHOES = re.compile(rb"\^\[\[201~|\^\[|\^C")  # of what was typed once more while the program went
FRAMES = re.compile("[─━│╭╮╰╯]")
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"
LAST_WORDS = 1200
AT_REST = {b"1049": b"l", b"25": b"h", b"7": b"h", b"1000": b"l", b"1003": b"l", b"1006": b"l", b"1015": b"l"}
AT_REST |= {b"1004": b"l", b"2004": b"l"}
FRAME = b"\x1b[?2026h"
ASKS_FOR_FRAMES, YES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"


class Terminal:
    """`python -m unitfit …` in a pty; `written` is all that it wrote."""

    def __init__(self, arguments: Sequence[str], folder: Path, size: tuple[int, int] = (120, 40)) -> None:
        self.written = bytearray()
        self.waiting = bytearray()  # for room in the terminal's queue
        self.code: int | None = None
        self._held = False  # whether it is stopped on our behalf
        self._answered = 0  # up to where questions about frames have their answers
        self.pid, self.fd = pty.fork()
        if not self.pid:
            become(arguments, folder, size)
        os.set_blocking(self.fd, False)

    def send(self, given: bytes) -> None:
        self.waiting += given

    def resize(self, columns: int, lines: int) -> None:
        with suppress(OSError):
            set_size(self.fd, columns, lines)

    def kill(self, number: int) -> None:
        if self.alive():
            os.kill(self.pid, number)

    def hold(self, seconds: float) -> None:
        """Stop it for so long."""
        self._held = True
        self.kill(signal.SIGSTOP)
        self.pump(seconds)
        self._held = False
        self.kill(signal.SIGCONT)

    def alive(self) -> bool:
        """Whether it has not ended; its code is known from then on. Where it has stopped itself it goes on."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            if pid and not os.WIFSTOPPED(status):
                self.code = os.waitstatus_to_exitcode(status)
            elif pid and not self._held:
                os.kill(self.pid, signal.SIGCONT)
        return self.code is None

    def pump(self, seconds: float) -> None:
        """Let it read and write for so long, or until it ends."""
        ends = time.monotonic() + seconds
        while self.alive():
            left = ends - time.monotonic()
            self._exchange(max(min(left, 0.05), 0.0))
            if left <= 0:
                return
        self._exchange(0.0)

    def settle(self, most: float, quiet: float = 0.2) -> None:
        """Until it writes nothing for a while and has read all, at most so long."""
        ends = time.monotonic() + most
        while self.alive() and time.monotonic() < ends:
            before = len(self.written)
            self.pump(quiet)
            if len(self.written) == before and not self.waiting:
                return

    def expect(self, text: bytes, most: float) -> bool:
        """Whether it writes this within so many seconds from now."""
        begin, ends = len(self.written), time.monotonic() + most
        while text not in self.written[begin:]:
            if not self.alive() or time.monotonic() > ends:
                return False
            self.pump(0.05)
        return True

    def forget(self) -> None:
        """What it wrote so far, but for the modes that it has set; it may go on for hours."""
        modes = b"".join(match[0] for match in (*MODE.finditer(self.written), *KITTY.finditer(self.written)))
        self.written[:] = modes.replace(FRAME, b"").replace(b"\x1b[?2026l", b"")
        self._answered = 0

    def left(self) -> bool:
        """Whether the screen is not the program's any more."""
        return self.written.rfind(LEAVE) > self.written.rfind(ENTER)

    def close(self) -> None:
        """Nothing of it stays; what it wrote last is read."""
        if self.alive():
            os.kill(self.pid, signal.SIGKILL)
            _, status = os.waitpid(self.pid, 0)
            self.code = os.waitstatus_to_exitcode(status)
        os.close(self.fd)

    def _exchange(self, seconds: float) -> None:
        readable, writable, _ = select.select([self.fd], [self.fd] if self.waiting else [], [], seconds)
        try:
            if writable:
                del self.waiting[: os.write(self.fd, self.waiting[:512])]
            while readable:
                self.written += os.read(self.fd, 1 << 16)
                readable, _, _ = select.select([self.fd], [], [], 0)
        except BlockingIOError:
            pass
        except OSError as error:
            if error.errno != errno.EIO:  # nobody is at the other end
                raise
            self.waiting.clear()
            time.sleep(min(seconds, 0.01))
        self._answer()

    def _answer(self) -> None:
        """It asks once whether frames may be marked, and it marks them where the answer is yes."""
        place = self.written.find(ASKS_FOR_FRAMES, self._answered)
        if place >= 0:
            self._answered = place + len(ASKS_FOR_FRAMES)
            self.waiting[:0] = YES

    # ------------------------------------------------------------------------------------------------ what is left

    def faults(self) -> list[str]:
        """What it should not have written, and what it has not put back; once it has ended."""
        found = [f"wrote {match[0].decode()}" for match in [TROUBLE.search(self.written)] if match]
        found += [f"left mode {mode.decode()} on" for mode in unrestored(self.written)]
        if self.left() and (words := plain(ECHOES.sub(b"", bytes(self.written).rpartition(LEAVE)[2]))):
            found.append(f"wrote after the screen: {words[:200]}")
        with suppress(OSError, termios.error):
            modes = termios.tcgetattr(self.fd)[3]
            found += [f"left {name} off" for name in ("ICANON", "ECHO") if not modes & getattr(termios, name)]
        return found + [f"left process {own} at work" for own in session(self.pid)]

    def last_words(self) -> str:
        """The end of what it wrote, as text."""
        aborted = bytes(self.written).rfind(b"Current thread")
        if aborted >= 0:  # where it is, the newest call first; other threads come before
            return plain(bytes(self.written[aborted:]))[: 2 * LAST_WORDS]
        return plain(bytes(self.written[-8000:]))[-LAST_WORDS:]

    def status(self, field: str) -> int:
        """A number of its /proc status, such as VmRSS in KiB, or Threads."""
        lines = Path("/proc", str(self.pid), "status").read_text().splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), 0)

    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))


def become(arguments: Sequence[str], folder: Path, size: tuple[int, int]) -> None:
    """This process, which has just been forked, becomes the program."""
    for name in ("state", "config", "here"):
        Path(folder, name).mkdir(exist_ok=True)
    for name in HIDDEN:
        os.environ.pop(name, None)
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8", PYTHONPATH=path)
    os.environ["PYTHONFAULTHANDLER"] = "1"  # at an abort it tells where all its threads are
    os.environ.update(XDG_STATE_HOME=str(folder / "state"), XDG_CONFIG_HOME=str(folder / "config"))
    os.chdir(folder / "here")
    set_size(0, *size)
    os.execv(sys.executable, [sys.executable, "-m", "unitfit", *arguments])


def plain(written: bytes) -> str:
    """Without escape sequences, frames and the blanks in between."""
    text = ESCAPES.sub(b"", written.replace(b"\n", b" ")).decode(errors="replace")
    return " ".join(FRAMES.sub(" ", text).split())


def set_size(fd: int, columns: int, lines: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def unrestored(written: bytes | bytearray) -> list[bytes]:
    """The modes that are not again what they were, of those that it has touched; `u` is the keyboard's protocol."""
    now: dict[bytes, bytes] = {}
    for match in MODE.finditer(written):
        now |= dict.fromkeys(match[1].split(b";"), match[2])
    keyboards = [match[1] for match in KITTY.finditer(written)]
    wrong = [mode for mode, rest in AT_REST.items() if now.get(mode, rest) != rest]
    return wrong + [b"u"] * (keyboards.count(b">") > keyboards.count(b"<"))


def session(leader: int) -> list[int]:
    """The processes of a session; its leader's too, until somebody has waited for it."""
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            state, _, _, own = Path(folder, "stat").read_text().rpartition(")")[2].split()[:4]
            if int(own) == leader and state != "Z":
                found.append(int(folder.name))
    return found
