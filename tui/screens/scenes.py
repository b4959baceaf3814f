"""The chooser of scenes: on the left all of them in the book's order, on the right what the chosen one is about."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from tui.run.scenes import Scene, scenes
from tui.run.settings import SCENES, recall_names
from tui.screens.standing import Standing
from tui.views import views
from tui.widgets.options import Options

NARROW = 100  # columns, under which a line has no room for what one sees
HINT = " ↑ ↓ choose, or type its number   enter begins: your run is kept, u comes back to it   esc leaves"


class Scenes(ModalScreen[Scene | None], Standing[Scene | None]):
    """Enter begins the chosen scene, escape leaves."""

    CSS_PATH = "scenes.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "Leave"), ("q", "app.quit", "Quit")]

    def __init__(self) -> None:
        super().__init__()
        self.typed = ""  # digits of a number

    def compose(self) -> ComposeResult:
        done = recall_names(SCENES)
        count = sum(scene.name in done for scene in scenes())
        yield Label(f" Scenes   chapter 1, in its own order   {count} of {len(scenes())} done", id="title")
        with Horizontal():
            yield Options(*self._options(done), id="list", markup=False)
            with VerticalScroll(can_focus=False):
                yield Static(id="about", markup=False)
        yield Label(HINT, id="hint", markup=False)

    def _options(self, done: set[str]) -> list[Option]:
        """A line a scene, and one for each section."""
        options, section = list[Option](), ""
        for number, scene in enumerate(scenes()):
            if scene.section != section:
                section = scene.section
                options.append(Option(section, disabled=True))
            options.append(Option(self._line(number, scene, scene.name in done), id=str(number)))
        return options

    def _line(self, number: int, scene: Scene, done: bool) -> Text:
        title = {view.NUMBER: view.TITLE for view in views()}.get(scene.view, "")
        line = Text.assemble((f"{number:>3}  ", "bold"), f"{scene.title:<22}")
        if self.app.size.width >= NARROW:
            line.append(f"{scene.about[:42]:<43}", "dim")
        return line.append(f"{title:<8}", "dim").append(" ✓" if done else "")

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        self._go(0)

    def _go(self, number: int) -> None:
        options = self.query_one(OptionList)
        options.highlighted = options.get_option_index(str(number))

    @on(OptionList.OptionHighlighted)
    def show(self, event: OptionList.OptionHighlighted) -> None:
        """What it is about, and what it sets."""
        if event.option_id is not None:
            self.query_one("#about", Static).update(about(scenes()[int(event.option_id)]))

    @on(OptionList.OptionSelected)
    def begin(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(scenes()[int(str(event.option_id))])

    def on_key(self, event: Key) -> None:
        """A number goes to its scene; of two digits the second one comes at once."""
        if event.key.isdigit():
            self.typed = self.typed + event.key if (self.typed + event.key).isdigit() else event.key
            if int(self.typed) >= len(scenes()) or len(self.typed) > 2:
                self.typed = event.key
            self._go(int(self.typed))
            event.stop()
        else:
            self.typed = ""


def about(scene: Scene) -> Text:
    """The formula, and what to do, to look for and to ask."""
    text = Text.assemble((scene.title, "bold"), "\n", scene.formula, "\n\n")
    for word in ("do", "look", "ask"):
        text.append(f"{word}\n", "dim").append(f"{getattr(scene, word)}\n\n")
    first = scene.runs[0]
    own = [first.saved or first.data, *([f"{first.lags} lags"] if first.lags else [])]
    own += [f"{name} {value}" for name, value in first.training.items()]
    return text.append("sets\n", "dim").append(f"{', '.join(own)}; about {scene.minutes} minutes")
