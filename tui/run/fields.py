"""The fields of the recipe panel, in its order: the recipe's own, between those that begin a run anew."""

from __future__ import annotations

from itertools import chain

from engine.recipe import FIELDS, Field

ROWS: dict[str, tuple[Field, ...]] = {
    row: tuple(field for field in FIELDS.values() if field.row == row)
    for row in dict.fromkeys(field.row for field in FIELDS.values())
}
PANEL_FIELDS = ("points", "data", "lags", *(field.flag for field in chain.from_iterable(ROWS.values())), "init", "seed")
