"""The table of units."""

from __future__ import annotations

from tui.actions import bindings
from tui.views.units import table
from tui.widgets.panel import Panel


class UnitsPanel(Panel, can_focus=True):
    BINDINGS = bindings("units")
    picture = table
