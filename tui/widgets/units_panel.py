"""What stands under the view: the table of units, or what the view puts there."""

from __future__ import annotations

from tui.actions import bindings
from tui.views import below
from tui.widgets.panel import Panel


class UnitsPanel(Panel, can_focus=True):
    BINDINGS = bindings("units")
    picture = below
