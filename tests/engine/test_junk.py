"""Whatever somebody gives the engine: a result, or an EngineError in one sentence. Nothing else, and nothing hangs."""

from __future__ import annotations

import pytest

from benchmarks.rough.junk import CALLS, JUNK, LONGEST
from engine import EngineError, Recipe


@pytest.mark.parametrize("name", CALLS)
def test_junk_is_a_result_or_a_sentence(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call, usual = CALLS[name]
    for place in range(len(usual)):
        for junk in JUNK:
            try:
                call(*usual[:place], junk, *usual[place + 1 :])
            except EngineError as error:
                sentence = str(error)
                assert 0 < len(sentence) <= LONGEST and sentence.isprintable(), (place, sentence[:LONGEST])


@pytest.mark.parametrize("size", [19, 30, 400, 5000])
@pytest.mark.parametrize("name", ["Trainer.step", "Trainer.run", "Experiment.step", "Experiment.run"])
def test_whole_numbers_beyond_64_bits_are_refused(name, size):
    call, _ = CALLS[name]
    with pytest.raises(EngineError, match=r"expected a whole number from [01] to \d+$"):
        call(10**size)


@pytest.mark.parametrize(("size", "sign"), [(400, 1), (400, -1), (5000, 1)])
def test_numbers_that_no_float_is_near_are_refused(size, sign):
    value = sign * 10**size
    with pytest.raises(EngineError, match=r"^learning_rate=.*: expected a finite number above 0$"):
        Recipe(learning_rate=value)
