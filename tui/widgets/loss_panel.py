"""The loss over the epochs."""

from __future__ import annotations

from tui.views import loss
from tui.widgets.panel import Panel


class LossPanel(Panel):
    picture = loss
