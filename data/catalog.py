"""The shipped data sets: which columns they mean, which years are unseen, and words for their columns.

`files/PROVENANCE.md` says where each file comes from and by which right it is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "files"


@dataclass(frozen=True, slots=True)
class Shipped:
    """A file and how it is read when nothing else is asked for."""

    file: str
    about: str
    source: str
    target: str
    features: tuple[str, ...] | None = None  # None: the other numeric columns
    lags: int | None = None
    train_years: tuple[int, int] | None = None  # first and last year of the training targets; the next is unseen
    positive: str | None = None  # a target of words: this one is +1, the others −1


SHIPPED: dict[str, Shipped] = {
    "motorcycle": Shipped(
        "motorcycle.csv",
        "acceleration of a helmet in a simulated motorcycle crash",
        "Silverman 1985, J. R. Statist. Soc. B 47",
        target="accel_g",
        features=("time_ms",),
    ),
    "chicago": Shipped(
        "chicago_station_daily.csv",
        "riders a day at Clark/Lake station from the days before, unseen 2015",
        "Chicago Transit Authority, City of Chicago open data",
        target="riders",
        lags=56,
        train_years=(2011, 2014),
    ),
    "births_1994": Shipped(
        "births_us_1994_2003.csv",
        "births a day in the US from the days before, unseen 2003",
        "US CDC / NCHS, births per day 1994–2003",
        target="births",
        lags=56,
        train_years=(1999, 2002),
    ),
    "births_2000": Shipped(
        "births_us_2000_2014.csv",
        "births a day in the US from the days before, unseen 2014",
        "US Social Security Administration, births per day 2000–2014",
        target="births",
        lags=56,
        train_years=(2010, 2013),
    ),
    "seattle": Shipped(
        "seattle_temperature.csv",
        "the day's highest temperature by the day of the year, unseen 2015",
        "NOAA, Seattle 2012–2015",
        target="temp_max_c",
        features=("day_of_year",),
        train_years=(2012, 2014),
    ),
    "sunspots": Shipped(
        "sunspots_yearly.csv",
        "sunspots a year from the twelve years before",
        "NOAA NGDC, yearly sunspot number 1700–2008",
        target="sunspots",
        lags=12,
    ),
    "concrete": Shipped(
        "concrete.csv",
        "compressive strength of concrete from its seven ingredients and its age",
        "I-Cheng Yeh 1998, UCI, CC BY 4.0",
        target="compressive_strength",
    ),
    "penguins": Shipped(
        "penguins.csv",
        "Adelie penguins (+1) and others (−1) by length and depth of the bill",
        "Gorman 2014, Palmer Station LTER, CC0",
        target="species",
        features=("bill_length_mm", "bill_depth_mm"),
        positive="Adelie",
    ),
}

WORDS: dict[str, tuple[str, str]] = {
    "accel_g": ("accel", "g"),
    "age": ("age", "days"),
    "births": ("births a day", ""),
    "body_mass_g": ("body mass", "g"),
    "compressive_strength": ("strength", "MPa"),
    "riders": ("riders a day", ""),
    "species": ("Adelie", ""),
    "temp_max_c": ("temp", "°C"),
    **{
        ingredient: (ingredient.replace("_", " "), "kg/m³")
        for ingredient in (
            "cement", "blast_furnace_slag", "fly_ash", "water", "superplasticizer", "coarse_aggregate", "fine_aggregate"
        )
    },
}  # fmt: skip
UNITS = {"ms": "ms", "sec": "s", "min": "min", "kg": "kg", "mm": "mm", "cm": "cm", "km": "km", "mpa": "MPa", "pct": "%"}


def words(column: str, *, shipped: bool) -> tuple[str, str]:
    """(label, unit) of a column: "bill_length_mm" → ("bill length", "mm"); the unit is "" if unknown."""
    if shipped and column in WORDS:
        return WORDS[column]
    label, _, suffix = column.rpartition("_")
    if label and suffix.lower() in UNITS:
        return label.replace("_", " "), UNITS[suffix.lower()]
    return column.replace("_", " "), ""
