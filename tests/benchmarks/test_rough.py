"""What rough hands do and what they call bad, on programs, runs and calls whose faults are known."""

from __future__ import annotations

import os
import sys
from random import Random

import pytest

pytest.importorskip("termios", reason="no pseudo-terminals here")

from benchmarks.rough import calls, interrupts, terminal
from benchmarks.rough.inputs import FORBIDDEN, KINDS, inputs
from benchmarks.rough.junk import CALLS
from benchmarks.rough.keys import ENDS, plan, plans
from benchmarks.rough.subjects import Training
from engine import EngineError


def test_inputs_are_of_all_kinds_and_none_quits_or_leads_to_another_folder():
    drawn = inputs(Random(0), 3000)
    assert {each.kind for each in drawn} == {*KINDS}
    assert not any(set(each.typed) & set(FORBIDDEN) for each in drawn)


def test_a_seed_and_a_number_make_the_same_run():
    assert plan(5, 17, frozenset()) == plan(5, 17, frozenset())
    assert plan(5, 17, frozenset()) != plan(6, 17, frozenset())


def test_there_are_as_many_inputs_as_asked_for_and_all_ways_to_end():
    made = list(plans(0, 20_000, frozenset({"stops"})))
    assert sum(len(own.inputs) for own in made) == 20_000
    assert {own.ending for own in made} == {*ENDS}
    assert not any(each.kind == "stops" for own in made for each in own.inputs)


@pytest.fixture
def ended(tmp_path, monkeypatch):
    """`ended(program)` is a terminal in which these lines of Python ran to their end."""
    opened = []

    def run(program):
        monkeypatch.setattr(terminal.os, "execv", lambda path, _: os.execve(path, [path, "-c", program], os.environ))
        own = terminal.Terminal([], tmp_path)
        opened.append(own)
        own.pump(60)
        return own

    yield run
    for own in opened:
        own.close()


GOOD = "import sys; sys.stdout.write('\\x1b[?1049h\\x1b[?25l a screen \\x1b[?1049l\\x1b[?25h'); sys.stdout.flush();"


def test_a_program_that_leaves_all_as_it_was(ended):
    own = ended(GOOD)
    assert (own.code, own.faults()) == (0, [])


@pytest.mark.parametrize(
    ("rest", "fault"),
    [
        ("sys.stdout.write('\\x1b[?25l')", "left mode 25 on"),
        ("sys.stdout.write('\\x1b[>1u')", "left mode u on"),
        ("print('something')", "wrote after the screen: something"),
        ("1 / 0", "wrote Traceback"),
        ("import termios, tty; tty.setcbreak(0)", "left ICANON off"),
        ("import os, signal, time; signal.signal(1, signal.SIG_IGN); os.fork() or time.sleep(60)", "left process"),
    ],
)
def test_a_program_that_does_not(ended, rest, fault):
    own = ended(f"{GOOD} {rest}")
    faults = own.faults()
    for left in terminal.session(own.pid):
        os.kill(left, 9)
    assert any(each.startswith(fault) for each in faults), faults


def test_it_goes_on_after_it_has_stopped_itself(ended):
    own = ended("import os, signal; os.kill(os.getpid(), signal.SIGSTOP); print('on')")
    assert own.code == 0
    assert b"on" in own.written


def test_frames_are_counted_where_the_program_asks_for_marks(ended):
    asks = "import os, tty; tty.setraw(1); os.write(1, b'\\x1b[?2026$p'); print(os.read(0, 11))"
    assert repr(terminal.YES).encode() in ended(asks).written


def test_calls_with_junk_in_several_places(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some of them write files
    """Those of the engine's own table; the command has more."""
    found = [(number, calls.tried(*calls.made(0, number, (*CALLS,)))) for number in range(300)]
    assert [fault for fault in found if fault[1]] == []


@pytest.mark.parametrize(("error", "fault"), [(KeyError("x"), "KeyError: 'x' ["), (EngineError(""), "a sentence of 0")])
def test_what_is_no_sentence_is_a_fault(monkeypatch, error, fault):
    def raises():
        raise error

    monkeypatch.setitem(calls.ALL, "raises", (raises, ()))
    assert calls.tried("raises", ()).startswith(fault)


def test_a_call_that_ends_its_process_is_told_and_the_others_are_made(monkeypatch):
    monkeypatch.setattr(
        calls, "child_command", lambda begin, end, seed: [sys.executable, "-c", DIES.format(begin=begin)]
    )
    made, faults = calls.stretch(0, (0, 3))
    assert made.total() == 3
    assert [(number, what.partition(":")[0]) for number, _, what in faults] == [
        (number, "ended its process with -11") for number in range(3)
    ]


DIES = 'print(\'["call", {begin}, "one"]\', flush=True); import os; os.kill(os.getpid(), 11)'


@pytest.fixture
def child():
    own = interrupts.Child("0-0", ["SIGINT"])
    yield own
    own.striker.close()


def test_a_run_that_is_interrupted_goes_on_as_if_it_were_not(child):
    own = Training(Random(0))
    own.trainer.prepare()
    child.subject(own, 10)
    assert child.faults == []
    assert child.calls.total() == 10


def test_a_run_that_does_not_go_on_so_is_a_fault(child):
    own = Training(Random(0))
    own.twin.theta = own.twin.theta + 1
    child.subject(own, 10)
    assert len(child.faults) == 1 and "other theta" in child.faults[0]
