"""The main screen: the fit, the loss, the units and the recipe, and the keys that act on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.events import DescendantFocus, Resize
from textual.geometry import Size

from tui.actions import (
    OF_RUNS,
    ON_SWEEPS,
    SIDE_BY_SIDE,
    VIEW_KEYS,
    WISHES,
    Action,
    bindings,
    of_other_views,
    without_use,
    without_way,
)
from tui.draw.palette import Palette
from tui.run.dated import ON_WEEKDAYS
from tui.run.drawing import BeginDrawing
from tui.run.fields import PANEL_FIELDS
from tui.run.gestures import CHOOSING, StepField, Wish
from tui.run.meanings import of_field, of_part
from tui.run.runner import Command
from tui.run.snapshot import Snapshot
from tui.run.writing import save
from tui.screens.layout import NARROW, one_line, places, size_classes, wide
from tui.screens.sweeping import SweepingScreen
from tui.views import ViewState, Want, fit, view_of
from tui.views.runs import told
from tui.views.state import next_loss_axes
from tui.widgets.footer_line import FooterLine
from tui.widgets.loss_panel import LossPanel
from tui.widgets.note_line import NoteLine
from tui.widgets.number_prompt import NumberPrompt
from tui.widgets.panel import LINE, Panel
from tui.widgets.recipe_panel import RecipePanel
from tui.widgets.rule import Divider, Rule, Title, lower_titles, name_of, upper_titles
from tui.widgets.too_small import TooSmall, too_small
from tui.widgets.top_line import TopLine
from tui.widgets.units_panel import UnitsPanel
from tui.widgets.view_panel import ViewPanel

FOCUSES = ("view", "units", "recipe")
DIALOGS = ("help", "open_table", "open_run", "export", "scenes", "line_up")
OPENS = (*DIALOGS, "export_sweep", "ask_epochs", "ask_value", "open_or_guess")  # what needs room of its own


class MainScreen(SweepingScreen):
    """Shows snapshots. What a person wants of the run goes to `send`, and comes back in a snapshot."""

    BINDINGS = bindings("main")
    AUTO_FOCUS = "#view"

    def __init__(
        self, palette: Palette, actions: tuple[Action, ...], keys: Path, send: Callable[[Command], None]
    ) -> None:
        super().__init__(send)
        self.palette, self.actions, self.keys = palette, actions, keys
        self.view = ViewState()
        self.next_view: ViewState | None = None  # with the next data set
        self.plots_ready = False
        self.explains = False  # what has the focus, until something is done
        self.asked: tuple[Want, ...] = ()

    def compose(self) -> ComposeResult:
        palette = self.palette
        with Container(id="frame"):
            yield TopLine(palette, "top")
            yield Rule(palette, "upper-rule", upper_titles, "┬")
            with Container(id="upper"):
                yield ViewPanel(palette, "view")
                yield Divider(palette, "upper-divider")
                yield LossPanel(palette, "loss")
            yield Rule(palette, "lower-rule", self._lower_titles, "┼")
            with Container(id="lower"):
                yield UnitsPanel(palette, "units")
                yield Divider(palette, "lower-divider")
                yield RecipePanel(palette, "recipe")
            yield NoteLine(palette, "note")
            yield NumberPrompt(id="prompt")
            yield FooterLine(palette, "footer", self.actions)
        yield TooSmall(palette, "too-small")

    # ---------------------------------------------------------------------------------------------- what is shown

    def show(self, snapshot: Snapshot) -> None:
        """Draw a snapshot."""
        if self.snapshot is None or snapshot.dataset.whole is not self.snapshot.dataset.whole:
            own = self.view
            usual = ViewState(own.number, log_loss=own.log_loss, early=own.early, sweep=own.sweep)
            zoomed, self.view, self.next_view = self.view.zoom, self.next_view or usual, None
            self.snapshot = snapshot
            if zoomed or wide(self.view):
                self._arrange()
        if snapshot.network.shape != self.snapshot.network.shape:
            self.view = replace(self.view, axes=None)  # places in θ mean other parameters now
        if snapshot.chosen != self.snapshot.chosen:
            self.view = replace(self.view, traced=None)
        self.snapshot = snapshot
        self.ask_again()
        self.repaint()

    def wear(self, palette: Palette) -> None:
        """Draw everything in the colours of this palette from now on."""
        self.palette = palette
        for panel in self.query(Panel):
            panel.palette = palette
        self.repaint()

    def repaint(self) -> None:
        """Draw the latest snapshot by the present view state."""
        if self.snapshot is None:
            return
        split = self.query_one("#loss").size.width if self.query_one("#loss").display else 0
        for rule in self.query(Rule):
            rule.split, rule.focused_panel = split, self.focused_panel
        self.query_one("#lower-rule", Rule).junction = "┴" if self.size.width < NARROW else "┼"
        footer = self.query_one(FooterLine)
        footer.place, footer.enabled = self._footer(), self.enabled() - self._without_end()
        footer.next_focus = name_of(self._next_focus(), self.snapshot, self.view).lower()
        self.query_one(NoteLine).meaning = self._meaning()
        panels = list(self.query(Panel))
        for panel in panels:
            if self.plots_ready or panel.id not in ("view", "loss"):
                panel.show(self.snapshot, replace(self.view, focus=panel.id == self.focused_panel, whole=not split))
        self._ask(panels)

    def _ask(self, panels: list[Panel]) -> None:
        """Tell the run what the panels want to know, where that is something else than before."""
        wants = tuple(want for panel in panels if (want := panel.want()) is not None)
        if wants != self.asked:
            self.asked = wants
            self.send(lambda session: session.ask(wants))

    def start_plots(self) -> None:
        """Draw fit and loss too: from the second paint on, since plotext takes its time to import."""
        self.plots_ready = True
        self.repaint()

    def on_resize(self, event: Resize) -> None:
        """Before Textual lays the panels out: so they are drawn once, and in their places."""
        self._arrange(event.size)
        self.update_node_styles(animate=False)

    def _arrange(self, size: Size | None = None) -> None:
        """Who has a place at this size and focus."""
        width, height = size or self.size
        self.update_classes(size_classes(width, height))
        self.query_one("#lower").set_class(one_line(width, height, self.view, self.focused_panel), LINE)
        for name, displayed in places(width, height, self.view, self.focused_panel).items():
            self.query_one(f"#{name}").display = displayed
        if too_small(width, height) and (prompt := self.query_one(NumberPrompt)).display:
            prompt.leave()
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        """What follows a new layout."""
        panel = self.query_one(f"#{self.focused_panel}")
        if not self.query_one(NumberPrompt).display:
            panel.focus()
        self.repaint()

    def _lower_titles(self, snapshot: Snapshot, state: ViewState) -> list[Title]:
        titles = lower_titles(snapshot, state)
        return titles if self.size.width >= NARROW else titles[self.focused_panel == "recipe" :][:1]

    def _footer(self) -> str:
        """Whose keys the footer shows."""
        if self.query_one(ViewPanel).spot is not None:
            return "drawing"
        view = view_of(self.view.number)
        if self.board is not None and self.focused_panel == "view":
            return "sweep"
        return {"view": view.FOOTER, "units": "below" if view.BELOW else "units"}.get(self.focused_panel, "recipe")

    def _without_end(self) -> set[str]:
        """The ids of what does nothing in a sweep that is done: no part of the footer."""
        board = self.board
        return {"pause_sweep"} if board is not None and board.tally.state == "done" else set()

    def _meaning(self) -> tuple[str, ...]:
        """What stands in place of the note, in fewer and fewer words: of a sweep what it has found, else what has the
        focus, until something is done.
        """
        if (board := self.board) is not None and self.focused_panel == "view":
            return told.note(board, self.view)
        if not self.explains:
            return ()
        if self.focused_panel == "recipe":
            return (of_field(PANEL_FIELDS[self.query_one(RecipePanel).chosen]),)
        if self.snapshot is None or self._footer() != "units":
            return ()
        return of_part(self.snapshot.chosen, self.snapshot.network, self.snapshot.dataset)

    def enabled(self) -> set[str]:
        """The ids of the actions that mean something now."""
        if self.snapshot is None:
            return set()
        network = self.snapshot.network
        idle = without_use(len(network.layers), network.shape[self.snapshot.chosen.layer])
        if self.snapshot.dataset.kind != "plane":
            idle |= {"set_high", "set_low"}
        return {action.id for action in self.actions} - idle - self.foreign() - without_way(self.snapshot)

    def foreign(self) -> set[str]:
        """The ids of keys of views that are not shown, or that do nothing with the data at hand."""
        if self.snapshot is None:
            return set()
        calendar = self.view.zoom and self.view.number == fit.NUMBER and self.snapshot.dataset.period in ON_WEEKDAYS
        idle = fit.NOT_ON_CALENDAR if calendar else set()
        idle |= ON_SWEEPS if self.board is None else SIDE_BY_SIDE
        if self.snapshot.sweep is None:
            idle |= {"show_sweep"}
        return of_other_views(self.view.number, self.snapshot.dataset.kind) | idle

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A view's own keys are its own only where they do something; elsewhere they mean what they always do.

        Nothing is opened or asked on a screen that is too small to show it.
        """
        opens = action in OPENS or (action == "run_epochs" and self.epochs is None)
        if opens and too_small(*self.app.size):
            return False
        name = parameters[0] if action == "look" else action if action in OF_RUNS else None
        return name is None or name in self.enabled()

    # ---------------------------------------------------------------------------------------------------- actions

    def perform(self, wish: Wish) -> None:
        """Have a wish done; what came of it is said in place of what has the focus."""
        self.explains = isinstance(wish, CHOOSING)
        super().perform(wish)

    def action_perform(self, name: str) -> None:
        """Do what the table says of the action with this id."""
        self.perform(WISHES[name])

    @on(ViewPanel.Wished)
    def grant(self, event: ViewPanel.Wished) -> None:
        self.perform(event.wish)

    @on(ViewPanel.Pointed)
    def choose_example(self, event: ViewPanel.Pointed) -> None:
        self.look(replace(self.view, example=event.example))

    @on(ViewPanel.Drawing)
    def show_footer(self) -> None:
        self.repaint()

    def action_draw(self) -> None:
        """Begin to draw, or end."""
        panel = self.query_one(ViewPanel)
        if panel.spot is not None:
            panel.end_drawing()
            return
        self.action_view(fit.NUMBER)
        panel.begin_drawing()
        self.perform(BeginDrawing())

    def action_move_field(self, direction: int) -> None:
        if self.snapshot:
            self.query_one(RecipePanel).move(direction, self.snapshot)
            self.explains = True
            self.repaint()

    def action_change_field(self, direction: int) -> None:
        self.perform(StepField(PANEL_FIELDS[self.query_one(RecipePanel).chosen], direction))

    def action_look(self, name: str) -> None:
        """Do what the view says of its own key with this id."""
        if self.snapshot:
            self.look(VIEW_KEYS[name].does(self.view, self.snapshot, *self.query_one("#view").size))

    def action_zoom(self) -> None:
        self.view = replace(self.view, zoom=not self.view.zoom)
        self._focus("view" if wide(self.view) else self.focused_panel)

    def action_log_loss(self) -> None:
        self.look(next_loss_axes(self.view))

    def action_view(self, number: int) -> None:
        self.view = replace(self.view, number=number)
        self._focus("view")

    def action_focus_next(self) -> None:
        self._focus(self._next_focus())

    def _next_focus(self) -> str:
        return FOCUSES[(FOCUSES.index(self.focused_panel) + 1) % len(FOCUSES)]

    def action_save(self) -> None:
        self.send(lambda session: save(session.run))

    def action_go_on(self) -> None:
        self.send(lambda session: session.go_on())

    def look(self, view: ViewState) -> None:
        self.view = view
        self.repaint()

    def _focus(self, panel: str) -> None:
        """Give a panel the keys; one that the zoomed view hides comes back."""
        self.focused_panel, self.explains = panel, True
        if panel != "view" and wide(self.view):
            self.view = replace(self.view, zoom=False)
        self._arrange()

    @on(DescendantFocus)
    def note_focus(self, event: DescendantFocus) -> None:
        """A click gives the focus too."""
        if event.widget.id in FOCUSES and event.widget.id != self.focused_panel:
            self.focused_panel, self.explains = event.widget.id, True
            self.repaint()
