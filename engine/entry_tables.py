"""The entries of a journal as tables of plain values, which a file can hold, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, get_args

import numpy as np

from engine.edits import Edit, PointEdit
from engine.errors import EngineError, show, whole
from engine.journal import Entry
from engine.recipe import BY_FLAG, FIELDS, Recipe

MOST_UPDATES = 10**12
EDITS: dict[str, type] = {kind.__name__: kind for kind in get_args(Edit)}


def to_plain(entry: Entry) -> dict[str, Any]:
    """An entry of the journal as a table."""
    joins = {"joins": True} if entry.joins else {}
    return {"update": entry.update, **joins, **edit_to_plain(entry.edit)}


def edit_to_plain(edit: Edit) -> dict[str, Any]:
    """An edit as a table."""
    own = {each.name: _plain(getattr(edit, each.name)) for each in fields(edit)}
    return {"edit": type(edit).__name__, **{name: value for name, value in own.items() if value is not None}}


def _plain(value: Any) -> Any:
    if isinstance(value, Recipe):
        return by_flags(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, np.ndarray):
        if value.ndim > 1:
            return [_plain(row) for row in value]
        return [float(str(number)) for number in value]  # the shortest text that is read as the same number
    return value.item() if isinstance(value, np.generic) else value


def by_flags(recipe: Recipe) -> dict[str, Any]:
    """The recipe by the names of its options."""
    return {field.flag: getattr(recipe, name) for name, field in FIELDS.items()}


def from_plain(table: Any) -> Entry:
    """An entry of the journal from its table. Raises EngineError."""
    own = dict(table) if isinstance(table, dict) else {}
    update, joins = whole("update", own.pop("update", None), 0, MOST_UPDATES), own.pop("joins", False)
    if not isinstance(joins, bool):
        raise EngineError(f"joins={show(joins)}: expected true or false")
    return Entry(update, edit_from_plain(own), joins)


def edit_from_plain(table: Any) -> Edit:
    """An edit from its table. Raises EngineError."""
    if not isinstance(table, dict) or not isinstance(table.get("edit"), str) or table["edit"] not in EDITS:
        raise EngineError(f"{show(table)}: expected a table with one of {', '.join(EDITS)} as edit")
    kind, own = EDITS[table["edit"]], {key: value for key, value in table.items() if key != "edit"}
    needed = {each.name for each in fields(kind) if each.default is MISSING}
    check_keys("", own, {each.name for each in fields(kind)}, needed)
    edit: Edit = kind(**{name: _from_plain(name, value) for name, value in own.items()})
    return edit


def point_from_plain(table: Any) -> PointEdit:
    """An edit of the points, such as can come before a run begins. Raises EngineError."""
    edit = edit_from_plain(table)
    if not isinstance(edit, PointEdit):
        expected = ", ".join(kind.__name__ for kind in get_args(PointEdit))
        raise EngineError(f"points: {type(edit).__name__}: expected one of {expected}")
    return edit


def _from_plain(name: str, value: Any) -> Any:
    if name == "recipe":
        if not isinstance(value, dict):
            raise EngineError(f"recipe={show(value)}: expected a table")
        check_keys("recipe.", value, set(BY_FLAG))
        return recipe_of(value)
    if isinstance(value, list) and not any(isinstance(each, list) for each in value):
        return tuple(value)
    return value


def recipe_of(by_flag: Mapping[str, Any]) -> Recipe:
    """The recipe of options by their names. Raises EngineError."""
    return Recipe(**{BY_FLAG[flag]: value for flag, value in by_flag.items()})


def check_keys(where: str, table: Any, known: set[str], needed: set[str] | None = None) -> None:
    """EngineError for a table that lacks a key, or has one that nobody knows."""
    if not isinstance(table, dict):
        raise EngineError(f"{where.rstrip('.')}={show(table)}: expected a table")
    for key in table.keys() - known:
        raise EngineError(f"{where}{show(key)[1:-1]}: unknown; a newer unitfit may know it")
    for key in sorted((known if needed is None else needed) - table.keys()):
        raise EngineError(f"{where}{key} is missing: the file is cut, or no saved run")
