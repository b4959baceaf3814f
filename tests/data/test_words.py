"""What people read of a data set: labels and units of its columns, and what it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import data
from data.generators import GENERATED

Write = Callable[..., Path]
INGREDIENTS = ("cement", "blast furnace slag", "fly ash", "water", "superplasticizer", "coarse aggregate")


@pytest.mark.parametrize(
    ("name", "features", "target"),
    [
        ("chicago", {f"lag {lag}": "" for lag in range(1, 57)}, ("riders a day", "")),
        (
            "concrete",
            {**dict.fromkeys((*INGREDIENTS, "fine aggregate"), "kg/m³"), "age": "days"},
            ("strength", "MPa"),
        ),
        ("penguins", {"bill length": "mm", "bill depth": "mm"}, ("Adelie", "")),
        ("sine", {"x": ""}, ("y", "")),
        ("moons", {"x1": "", "x2": ""}, ("label", "")),
    ],
)
def test_labels_and_units(name: str, features: dict[str, str], target: tuple[str, str]) -> None:
    ds = data.load(name)
    assert dict(zip(ds.feature_labels, ds.feature_units, strict=True)) == features
    assert (ds.target_label, ds.target_unit) == target


def test_lags_have_the_targets_unit(table: Write) -> None:
    ds = data.load(table("load_kg\n1\n4\n9\n16\n25\n36\n"), lags=2)
    assert (ds.feature_labels, ds.feature_units) == (("lag 1", "lag 2"), ("kg", "kg"))
    assert (ds.target_label, ds.target_unit) == ("load", "kg")


@pytest.mark.parametrize(
    ("column", "label", "unit"),
    [
        ("delay_ms", "delay", "ms"),
        ("delay_sec", "delay", "s"),
        ("delay_min", "delay", "min"),
        ("flow_KG", "flow", "kg"),
        ("bill_depth_mm", "bill depth", "mm"),
        ("height_cm", "height", "cm"),
        ("way_km", "way", "km"),
        ("load_mpa", "load", "MPa"),
        ("fat_pct", "fat", "%"),
        ("time_of_day", "time of day", ""),
        ("_kg", " kg", ""),  # a unit of nothing is a name
        ("mm", "mm", ""),
        ("births", "births", ""),  # words of shipped columns are not for one's own
    ],
)
def test_a_unit_is_read_off_the_name_of_ones_own_column(table: Write, column: str, label: str, unit: str) -> None:
    ds = data.load(table(f"{column},y\n1,2\n2,3\n3,5\n4,4\n"))
    assert (ds.feature_labels, ds.feature_units) == ((label,), (unit,))


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_set_says_what_it_is_and_how_noisy(name: str) -> None:
    ds = data.load(name, noise=0.125)
    assert ds.source == f"generated: {data.about(name)}; noise 0.125"


def test_units_from_names(table: Write) -> None:
    ds = data.load(table("flow_kg,time_of_day,load_MPa\n1,2,3\n2,3,5\n3,5,1\n4,1,2\n"))
    assert (ds.feature_labels, ds.feature_units) == (("flow", "time of day"), ("kg", ""))
    assert (ds.target_label, ds.target_unit) == ("load", "MPa")
