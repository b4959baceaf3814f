"""Both themes can be read, and their colours told apart, whatever colours an eye can see."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from contrasts import TO_XYZ, contrast, linear

from tui.draw.palette import DARK, LIGHT, SHADES, Palette

THEMES = pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
TEXT = ("bright", "text", "label", "train", "unseen", "model", "now", "trouble", "gradient")
MARKS = ("truth", "miss")
TOLD_APART = ("train", "unseen", "model", "now", "trouble", "bright")
EYES = {  # Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB
    "normal": "1 0 0 0 1 0 0 0 1",
    "protan": "0.152286 1.052583 -0.204868 0.114503 0.786281 0.099216 -0.003882 -0.048116 1.051998",
    "deutan": "0.367322 0.860646 -0.227968 0.280085 0.672501 0.047413 -0.011820 0.042940 0.968881",
    "tritan": "1.255528 -0.076749 -0.178779 -0.078411 0.930809 0.147602 0.004733 0.691367 0.303900",
}


def lab(colour: str, eye: np.ndarray) -> np.ndarray:
    xyz = TO_XYZ @ np.clip(eye @ linear(colour), 0, 1) / TO_XYZ.sum(axis=1)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """ΔE2000 of two colours in Lab: 1 is just seen."""
    mean_chroma = np.mean([np.hypot(*colour[1:]) for colour in (one, other)])
    g = 0.5 * (1 - np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7)))
    a1, a2 = one[1] * (1 + g), other[1] * (1 + g)
    c1, c2 = np.hypot(a1, one[2]), np.hypot(a2, other[2])
    h1, h2 = np.arctan2(one[2], a1) % (2 * np.pi), np.arctan2(other[2], a2) % (2 * np.pi)
    turn = (h2 - h1 + np.pi) % (2 * np.pi) - np.pi
    hue = (h1 + turn / 2) % (2 * np.pi)
    light, chroma = (one[0] + other[0]) / 2, (c1 + c2) / 2
    t = 1 - 0.17 * np.cos(hue - np.pi / 6) + 0.24 * np.cos(2 * hue) + 0.32 * np.cos(3 * hue + np.radians(6))
    t -= 0.20 * np.cos(4 * hue - np.radians(63))
    parts = (
        (other[0] - one[0]) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)),
        (c2 - c1) / (1 + 0.045 * chroma),
        2 * np.sqrt(c1 * c2) * np.sin(turn / 2) / (1 + 0.015 * chroma * t),
    )
    rotation = np.sin(2 * np.radians(30) * np.exp(-(((np.degrees(hue) - 275) / 25) ** 2)))
    rotation *= -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    return float(np.sqrt(sum(part**2 for part in parts) + rotation * parts[1] * parts[2]))


def test_the_difference_is_that_of_its_authors():
    """Two pairs of the table in Sharma, Wu and Dalal 2005."""
    assert difference(np.array([50, 2.6772, -79.7751]), np.array([50, 0, -82.7485])) == pytest.approx(2.0425, abs=1e-4)
    assert difference(np.array([50, -1, 2]), np.array([50, 0, 0])) == pytest.approx(2.3669, abs=1e-4)


@THEMES
@pytest.mark.parametrize("name", TEXT)
def test_text_can_be_read(palette: Palette, name: str):
    assert contrast(palette.colours[name], palette.colours["ground"]) >= 4.5


@THEMES
@pytest.mark.parametrize("name", [*MARKS, "quiet"])
def test_marks_can_be_seen(palette: Palette, name: str):
    assert contrast(palette.colours[name], palette.colours["ground"]) >= 3


@THEMES
@pytest.mark.parametrize(
    ("name", "on", "least"),
    [
        ("bright", "lit", 4.5), ("text", "lit", 4.5), ("model", "train_tint", 3), ("model", "unseen_tint", 3),
        ("train_map", "band8", 3), ("unseen", "band8", 3), ("train_map", "band0", 3), ("unseen", "band0", 3),
    ],
)  # fmt: skip
def test_what_stands_on_a_tint_or_a_map_can_be_seen(palette: Palette, name: str, on: str, least: float):
    assert contrast(palette.colours[name], palette.colours[on]) >= least


@THEMES
@pytest.mark.parametrize("eye", EYES)
def test_meanings_are_told_apart(palette: Palette, eye: str):
    matrix = np.array(EYES[eye].split(), float).reshape(3, 3)
    colours = [lab(palette.colours[name], matrix) for name in TOLD_APART]
    assert min(difference(one, other) for one, other in combinations(colours, 2)) > 10


@THEMES
@pytest.mark.parametrize("ramp", ["band", "plus", "minus"])
def test_a_ramp_goes_one_way(palette: Palette, ramp: str):
    last = 8 if ramp == "band" else SHADES
    light = [contrast(palette.colours[f"{ramp}{step}"], palette.colours["ground"]) for step in range(last + 1)]
    assert light == sorted(light)
