"""What rough hands do to a terminal program: keys, mouse, pastes, bytes that mean nothing, sizes, stops.

Nothing here quits, and nothing is a path to another folder: what is saved goes to where the program runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tui.actions import ACTIONS

ESC = "\x1b"
NAMED = {
    "space": " ", "enter": "\r", "tab": "\t", "escape": ESC, "backspace": "\x7f", "comma": ",",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "delete": "\x1b[3~", "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "insert": "\x1b[2~", "shift+tab": "\x1b[Z",
}  # fmt: skip
NAMED |= {f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"}
QUITS = ("quit", "quit_anywhere")
KEYS = [NAMED.get(key, key) for action in ACTIONS if action.id not in QUITS for key in action.keys]
ARROWS = [NAMED[key] for key in ("up", "down", "left", "right", "tab", "enter", "pageup", "pagedown")]
FUNCTIONS = [f"\x1bO{letter}" for letter in "PQRSABCDHF"] + [f"\x1b[{n}~" for n in (*range(1, 9), *range(11, 35))]
WORDS = "abcdefghijklmnoprstuvwxyz0123456789 .,:;+-*=?!()[]{}<>_äß€中😀\u0301"
FORBIDDEN = b"q/\x03\x11"  # they quit, or lead to other folders
COOKED = b"\x13\x1c"  # that stop the output, or end the program, of a terminal which is not the program's yet
LETTERS = {ord(letter) for letter in "qQ"}
NUMBERS = (0, 1, 2, 9, 27, 32, 97, 127, 255, 57344, 57441, 0x10FFFF, 0x110000, 10**12)


SEQUENCE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1bO.|[^\x80-\xbf]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that is done: bytes that are typed, a new size, or a stop of so many seconds."""

    kind: str
    typed: bytes = b""
    size: tuple[int, int] | None = None
    stopped: float | None = None

    @property
    def keys(self) -> int:
        """As how many keys or moves of the mouse it comes, about."""
        return 1 if self.kind in ("pastes", "bytes") else len(SEQUENCE.findall(self.typed))

    def __str__(self) -> str:
        return f"{self.kind} {self.size or self.stopped or self.typed!r}"


def key(draw: Random) -> bytes:
    return draw.choice(KEYS).encode()


def arrows(draw: Random) -> bytes:
    return (draw.choice(ARROWS) * draw.choice((1, 1, 2, 5, 20))).encode()


def moderately(draw: Random) -> bytes:
    """Function keys, and keys with shift, alt and ctrl."""
    letter = chr(draw.choice((*range(33, 127),)))
    held = f"\x1b[1;{draw.randrange(2, 17)}{draw.choice('ABCDFHPQRS')}"
    return safe(draw.choice((draw.choice(FUNCTIONS), ESC + letter, held)))


def gesture(draw: Random) -> bytes:
    """Some keys that belong together, so that all places of the program are reached."""
    word = "".join(draw.choices(WORDS, k=draw.choice((0, 1, 3, 8))))
    walk = "".join(draw.choices(ARROWS, k=draw.randrange(6)))
    number = draw.choice(("1", "3", "10", "-1", "0", "1e9", "999999999999999999999", "nan", word))
    drawn = "".join(draw.choices([*"srx ", *ARROWS[:4]], k=draw.randrange(12)))
    return safe(
        draw.choice((
            f"6p{walk}\r{walk}", f"6 {walk}", "6a", f"6p{walk}\r{walk}e", f"6p\ra{walk}y\r",
            f"\x10{word}{walk}\r", f"\x10{word}{ESC}", f"P{drawn}{ESC}", f"P{drawn}",
            f"e{walk}\r", f"e{walk}{word}\r", f"o{word}{walk}\r", f"o{word}\t{walk}\r", f"t{walk}\r", f"t{walk}{ESC}",
            f"\x13{word}\r", f"\x0f{walk}\r", f"\x0f{word}\r", f"N{number}\r", f"n{number}\r", f"\r{number}\r", "n",
            "+" * draw.randrange(9) + " ", "-" * draw.randrange(9) + " ", "," * draw.randrange(40), "<<<>>>", "uuuUUU",
            f"l{walk}s r", "sssrrr", "LLL", f"?{walk}{ESC}", f"?{word}", "dD" * draw.randrange(4), "\t" + walk,
            draw.choice("123456"), ESC,
        ))
    )  # fmt: skip


def kitty(draw: Random) -> bytes:
    """CSI-u: numbers of letters with what is held, and what no keyboard sends."""
    code = draw.choice((*range(33, 127), *NUMBERS))
    held = draw.choice(("", f";{draw.randrange(1, 300)}", f";{draw.randrange(9)}:{draw.randrange(5)}", f";;{code}"))
    text = f"\x1b[{code}{draw.choice(('', '', f':{draw.choice(NUMBERS)}', '::'))}{held}{draw.choice('uuuu~A')}"
    quits = code in LETTERS or code in map(ord, "cC/")  # ctrl+c in this protocol
    return b"\x1b[9u" if quits else text.encode()


def mouse(draw: Random) -> bytes:
    """Presses, drags, releases and wheels, as SGR, urxvt and X10 have them, on the screen and off it."""
    places = [(draw.randrange(1, 121), draw.randrange(1, 41)) for _ in range(draw.choice((1, 1, 2, 6)))]
    if draw.random() < 0.15:
        places.append((draw.choice((-5, 0, 300, 99999, 10**12)), draw.choice((-5, 0, 100, 99999, 10**12))))
    (x, y), *way = places
    button, held = draw.choice((0, 0, 0, 1, 2)), draw.choice((0, 0, 0, 4, 8, 16, 28))
    whole = [(button + held, x, y, "M"), *((button + held + 32, *place, "M") for place in way)]
    whole += [(button + held, *places[-1], "m")] * draw.choice((0, 1, 1, 1))
    if draw.random() < 0.3:
        whole = [(draw.choice((64, 65, 66, 67, 35, 255)), x, y, "M")] * draw.choice((1, 3, 20))
    form = draw.choice(("\x1b[<{};{};{}{}",) * 4 + ("\x1b[{};{};{}M",))
    older = "<" not in form
    return "".join(form.format(code + 32 * older, *rest) for code, *rest in whole).encode()


def paste(draw: Random) -> bytes:
    """Bracketed pastes, long ones and unended ones too; an end often comes alone, for one that has none."""
    letters = draw.choices([*WORDS, "\n", "\r", "\t"], k=draw.choice((0, 1, 5, 200)))
    if draw.random() < 0.1:
        letters *= 10_000 // max(len(letters), 1)
    if draw.random() < 0.3:
        letters += [chr(draw.randrange(32)) for _ in range(20)]
    begin, end = draw.choice((("\x1b[200~", "\x1b[201~"),) * 4 + (("", "\x1b[201~"),) * 3 + (("\x1b[200~", ""),))
    if not begin:
        letters = letters[:5]
    return begin.encode() + safe("".join(letters)) + end.encode()


def no_text(draw: Random) -> bytes:
    """Bytes that are no UTF-8, letters that are cut, sequences that break off."""
    random = bytes(draw.randrange(256) for _ in range(draw.choice((1, 2, 8))))
    cut = draw.choice("é€😀").encode()[:-1]
    numbers = ";".join(str(draw.choice(NUMBERS)) for _ in range(draw.randrange(5)))
    broken = f"\x1b{draw.choice('[O]P_[')}{draw.choice('?<>= ')}{numbers}{draw.choice('hlmtRyn$')}".encode()
    replies = (b"\x1b[?2048;1$y", b"\x1b[48;24;80;480;800t", b"\x1b[12;40R", b"\x1b[I", b"\x1b[O", b"\x1b[?1;2c")
    choice = draw.choice((random, b"\xe9", b"\xff\xfe", cut, broken, broken[:-1], b"\x1b", b"\x1b[", *replies))
    return choice.translate(None, FORBIDDEN)


def safe(text: str) -> bytes:
    return text.encode().translate(None, FORBIDDEN)


TYPED: dict[str, tuple[int, Callable[[Random], bytes]]] = {
    "keys": (40, key),
    "arrows": (10, arrows),
    "gestures": (20, gesture),
    "functions": (5, moderately),
    "kitty": (4, kitty),
    "mouse": (12, mouse),
    "pastes": (3, paste),
    "bytes": (5, no_text),
}
SIZES = ((300, 100), (1, 1), (120, 40), (80, 24), (300, 3), (2, 100), (40, 10), (79, 24), (200, 60))
OTHERS = {"sizes": 5, "stops": 1, "suspends": 1}
KINDS = (*TYPED, *OTHERS)


def inputs(draw: Random, count: int, without: frozenset[str] = frozenset()) -> list[Input]:
    """So many, drawn by their weights."""
    weights = {kind: weight for kind, (weight, _) in TYPED.items()} | OTHERS
    kinds = [kind for kind in KINDS if kind not in without]
    return [made(kind, draw) for kind in draw.choices(kinds, [weights[kind] for kind in kinds], k=count)]


def made(kind: str, draw: Random) -> Input:
    if kind in TYPED:
        return Input(kind, TYPED[kind][1](draw))
    if kind == "sizes":
        anything = (draw.randrange(1, 301), draw.randrange(1, 101))
        return Input(kind, size=draw.choice((*SIZES, anything, anything)))
    return Input(kind, b"\x1a" if kind == "suspends" else b"", stopped=draw.choice((0.0, 0.001, 0.02, 0.3)))
