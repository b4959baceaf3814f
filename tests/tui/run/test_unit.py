"""What is said of a unit is what it does, for every kind that there is and for one that nobody has thought of."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

import data
from engine.activations import KINDS, Activation
from tui.run.unit import Unit, kind_name, on_word, sentence, trouble

load = lru_cache(data.load)
FAR = 1e4  # in scaled x: where every kind is straight or flat


def softplus(z: Any) -> Any:
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def mirrored(z: Any) -> Any:
    return np.minimum(z, 0.0) + 0.5


SMOOTH = Activation(
    "smooth", "sp", "softplus", "log(1 + eᶻ)", "1 − e⁻ᵃ", softplus, lambda a: 1.0 - np.exp(-a), (0.0, np.inf),
    (0.0, 1.0), python="", latex=("", ""),
)  # fmt: skip
OTHER_WAY = Activation(
    "other_way", "ow", "other way", "min(z, 0) + ½", "[a<½]", mirrored, lambda a: (a < 0.5) * 1.0, (-np.inf, 0.5),
    (1.0, 0.0), kinks=(0.0,), python="", latex=("", ""),
)  # fmt: skip


@pytest.fixture(autouse=True)
def two_kinds_more(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (SMOOTH, OTHER_WAY):
        monkeypatch.setitem(KINDS, kind.name, kind)


def unit(kind: str, w: float = 3.0, b: float = 1.0, c: float = 2.0, **changes: Any) -> Unit:
    given = {"gradient": 0.0, "on": 0.5, "single": True} | changes
    return Unit(0, kind, np.array([w]), b, c, **given)


def said(kind: str, *parameters: float) -> str:
    return sentence(unit(kind, *parameters), load("motorcycle"))[0]


@pytest.mark.parametrize("b", [1.0, -1.0, 30.0, -30.0])
@pytest.mark.parametrize("c", [2.0, -2.0])
@pytest.mark.parametrize("w", [3.0, -3.0])
@pytest.mark.parametrize("kind", [*KINDS, SMOOTH.name, OTHER_WAY.name])
def test_the_sentence_is_true(kind: str, w: float, b: float, c: float) -> None:
    dataset, text = load("motorcycle"), said(kind, w, b, c)

    def value(x: float) -> float:
        """What the unit adds to the fit, in g, at a time in ms."""
        z = w * (x - float(dataset.x_offset[0])) / float(dataset.x_factor[0]) + b
        return float(c * KINDS[kind].function(z) * dataset.y_scale)

    def slope(x: float) -> float:
        return (value(x + 0.01) - value(x - 0.01)) / 0.02

    first, last = dataset.unscale_x([[-1.0], [1.0]])[:, 0]
    before, after = slope(-FAR), slope(FAR)
    bend = dataset.unscale_x([[-b / w]])[0, 0]
    says_where = "everywhere" not in text and "all the data" not in text
    assert ("beyond the data" in text) == (says_where and not first <= bend <= last)
    if " at " in text:
        height = value(FAR) - value(-FAR)
        assert claim(text, r"(\w+) N g at N ms") == (direction(height), size(height), about(bend))
        assert KINDS[kind].step
    elif " everywhere" in text:
        assert claim(text, r"(\w+) N g per ms everywhere") == (direction(after), size(after))
        assert slope(first) == slope(last) == pytest.approx(after)
    elif " on all the data" in text:
        assert claim(text, r"(\w+) N g per ms on all the data") == (direction(slope(first)), size(slope(first)))
        assert slope(first) == pytest.approx(slope(last))
    elif " around " in text:
        turn = after - before
        assert claim(text, r"bends (\w+) N g per ms around N ms") == (way(turn), size(turn), about(bend))
    elif " from " in text:
        assert claim(text, r"bends (\w+) N g per ms from N ms on") == (way(after - before), size(after), about(bend))
        assert abs(after) > abs(before)
    else:
        assert claim(text, r"(\w+) N g per ms up to N ms") == (direction(before), size(before), about(bend))
        assert abs(before) > abs(after)


def claim(text: str, pattern: str) -> tuple[str | float, ...]:
    """The words and numbers of a sentence, where the pattern has (\\w+) and N."""
    found = re.fullmatch(pattern.replace("N", r"(−?[\d.]+)"), text.replace(", beyond the data", ""))
    assert found, text
    return tuple(part if part.isalpha() else float(part.replace("−", "-")) for part in found.groups())


def about(value: float) -> Any:
    return pytest.approx(value, rel=0.01)  # as rounded as it is written


def size(change: float) -> Any:
    return about(abs(change))


def direction(change: float) -> str:
    return "rises" if change > 0 else "falls"


def way(change: float) -> str:
    return "up" if change > 0 else "down"


@pytest.mark.parametrize("c", [2.0, -2.0])
@pytest.mark.parametrize("kind", [*KINDS, SMOOTH.name, OTHER_WAY.name])
def test_how_far_a_unit_of_several_inputs_reaches_is_true(kind: str, c: float) -> None:
    dataset = load("concrete")
    text = sentence(unit(kind, c=c, single=False), dataset)[0]
    z = np.linspace(-FAR, FAR, 1001)
    added = c * KINDS[kind].function(z) * dataset.y_scale
    verb, _, rest = text.replace(",", "").partition(" y ")
    if rest.startswith("by up to"):
        assert float(re.fullmatch(r"by up to ([\d.]+) MPa", rest)[1]) == size(np.abs(added).max())
        assert verb == ("raises or lowers" if added.min() < -1 and added.max() > 1 else extreme(added))
    elif text:
        assert verb == extreme(added)
        assert rest in ("where it is on", "most of all where it is on")
        on = np.abs(KINDS[kind].slope(KINDS[kind].function(z))) > 0.01
        assert np.abs(added[on]).max() > 50 * np.abs(added[~on]).max()
    else:
        assert not KINDS[kind].bends


def extreme(added: np.ndarray) -> str:
    return "raises" if added[np.argmax(np.abs(added))] > 0 else "lowers"


def test_words_for_kinds_and_troubles() -> None:
    assert [kind_name(kind) for kind in ("hard_sigmoid", "relu", "leaky_relu", "tanh")] == [
        "hard σ", "ReLU", "leaky", "tanh"
    ]  # fmt: skip
    expected = {
        "identity": ("", "", ""),
        "sigmoid": ("saturated", "saturated", ""),
        "hard_sigmoid": ("saturated", "saturated", ""),
        "relu": ("dead", "", ""),
        "tanh": ("saturated", "saturated", ""),
        "leaky_relu": ("", "", ""),
        "smooth": ("saturated", "saturated", ""),
        "other_way": ("dead", "", ""),
    }
    assert {kind: tuple(trouble(kind, on) for on in (0.0, 0.01, 0.02)) for kind in expected} == expected


@pytest.mark.parametrize(
    ("on", "frozen", "state", "text"),
    [
        (0.5, False, "ReLU", "on 50% of the training points"),
        (0.5, True, "ReLU ❄", "on 50% of the training points; frozen"),
        (0.0, True, "dead ❄", "dead: off on every training point; frozen"),
    ],
)
def test_a_frozen_unit_is_told_by_a_word_and_a_sign(on: float, frozen: bool, state: str, text: str) -> None:
    own = Unit(0, "relu", np.array([3.0]), 1.0, None, gradient=0.0, on=on, single=False, frozen=frozen)
    assert own.state == state
    assert sentence(own, load("motorcycle"))[0] == text


@pytest.mark.parametrize("kinds", [["relu"], ["relu", "leaky_relu", OTHER_WAY.name]], ids=len)
def test_units_that_bend_at_a_kink_are_on(kinds: list[str]) -> None:
    assert on_word(kinds) == "on"


@pytest.mark.parametrize("kind", ["sigmoid", "tanh", "hard_sigmoid", "identity", SMOOTH.name])
def test_all_others_learn(kind: str) -> None:
    assert on_word([kind]) == on_word(["relu", kind]) == "learns on"


@pytest.mark.parametrize("c", [0.0, 2.0, None])
@pytest.mark.parametrize("on", [0.0, 0.5])
@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("kind", [*KINDS, SMOOTH.name, OTHER_WAY.name])
def test_a_sentence_has_forms_for_less_and_less_room(kind: str, single: bool, on: float, c: float | None) -> None:
    dataset = load("motorcycle" if single else "concrete")
    own = Unit(0, kind, np.array([-3.0]), 40.0, c, gradient=0.0, on=on, single=single, frozen=True)
    forms = sentence(own, dataset)
    assert [len(form) for form in forms] == sorted(map(len, forms), reverse=True)
    assert len(forms[-1]) <= 25
