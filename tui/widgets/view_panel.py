"""The big panel."""

from __future__ import annotations

from tui.actions import bindings
from tui.views import chosen
from tui.widgets.panel import Panel


class ViewPanel(Panel, can_focus=True):
    BINDINGS = bindings("view")
    picture = chosen
