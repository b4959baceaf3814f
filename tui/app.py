"""The terminal program: a runner for the run, a main screen for the person, and a clean way out."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TextIO

import platformdirs
from rich.console import RenderableType
from textual import on
from textual.app import SystemCommand
from textual.driver import Driver
from textual.events import Event, Key, MouseDown, Resize
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.screen import Screen

from engine import Network, Trainer
from tui.actions import KeysError, bindings, keymap, of_wishes, place_of, with_keys
from tui.console.out import drop_unwritten
from tui.draw.palette import DARK, THEMES, Palette, choose
from tui.run.keeper import Keeper
from tui.run.options import Options
from tui.run.runner import Runner
from tui.run.scenes import find
from tui.run.session import Session
from tui.run.settings import THEME, remember
from tui.screens.dialogs import view_for
from tui.screens.in_turn import InTurn
from tui.screens.main import MainScreen
from tui.screens.pace import Pace, stderr_takes
from tui.screens.theme import theme_of
from tui.views import ViewState, runs
from tui.widgets.too_small import too_small

if TYPE_CHECKING:
    from tui.run.sweep.live import Live

KEYS_FILE = Path("unitfit", "keys.toml")
HUNG_UP = 129  # exit code, as after the signal that most terminals send when they go
LOOK = 1.0  # seconds between two looks at whether there is a terminal
PATIENCE = 0.3  # seconds that quitting waits for the runner


class UnitfitApp(InTurn):
    """`UnitfitApp(options).run()` shows one run until the person quits; `return_code` is 0 then."""

    CSS_PATH: ClassVar = ["app.tcss", "screens/main.tcss"]  # the default screen brings no styles of its own
    BINDINGS = bindings("app")
    TITLE = "unitfit"
    ENABLE_COMMAND_PALETTE = True
    ALLOW_SELECT = False  # Textual's selection of text fails where somebody clicks on a notice that is leaving

    class News(Message):
        """The runner has something to take."""

    def __init__(
        self,
        options: Options,
        runner: Callable[..., Runner] = Runner,
        keys: Path | None = None,
        keeper: Keeper | None = None,
        theme: str | None = None,
        palette: Palette | None = None,
        live: Live | None = None,
        afterwards: Callable[[], object] = lambda: None,
    ) -> None:
        self.palette = palette or choose(os.environ, theme)  # before Textual takes NO_COLOR out of the environment
        super().__init__()
        self._wear(self.palette)
        self.keeper, self.afterwards = keeper, afterwards
        own: dict[str, Any] = {} if keeper is None else {"keeper": keeper}
        if live is not None:
            own["begin"] = partial(Session, live=live)
        self.runner = runner(options, self._wake, **own)
        self.keys = keys or platformdirs.user_config_path() / KEYS_FILE
        self._problem: str | None = None
        self._said = ""
        self._is_ready = False
        self._leaves_with: int | None = None  # the code of whoever asked for the end before that
        self.late = False  # whether a frame waits for its time
        self.pace = Pace(os.environ, stderr_takes)
        self._blank = ExitStack()
        try:
            keymapped = keymap(self.keys)
        except KeysError as error:
            keymapped, self._problem = {}, str(error)
        self.set_keymap(keymapped)
        actions = with_keys(keymapped)
        self.asking = of_wishes(actions)
        self.quitting = next(action.keys for action in actions if action.id == "quit_anywhere")
        self.main = MainScreen(self.palette, actions, self.keys, self.runner.send)
        if live is not None:
            self.main.next_view = ViewState(runs.NUMBER)
        if options.scene is not None:
            self.main.next_view = view_for(find(options.scene))

    def run(self, *args: Any, **kwargs: Any) -> None:
        """Until the person quits. The terminal is restored first, then the runner's thread is joined.

        What is to be done `afterwards` is done even where that thread takes too long and is left alone.
        """
        left = threading.Event()
        threading.Thread(target=self._end_if_gone, args=(left,), name="unitfit terminal", daemon=True).start()
        try:
            super().run(*args, **kwargs)
        finally:
            left.set()
            ended = self.runner.stop(PATIENCE)
            if self.keeper is not None and ended and not self.return_code:
                self.keeper.close()
        self.afterwards()
        if not ended or self.runner.loading:  # no compilation can be interrupted; it writes under another name first
            drop_unwritten()
            os._exit(self.return_code or 0)

    def _end_if_gone(self, left: threading.Event) -> None:
        """Where the terminal has gone without a word Textual waits for ever to write on it: then all ends here.

        What is kept of the run stays, as after any other end that nobody asked for.
        """
        while not left.wait(LOOK):
            if not is_terminal(sys.__stdin__):
                self.runner.stop(PATIENCE)
                os._exit(HUNG_UP)

    def get_driver_class(self) -> type[Driver]:
        own = super().get_driver_class()
        if sys.platform == "win32":
            return own
        from textual.drivers.linux_driver import LinuxDriver

        from tui.screens.driver import SturdyDriver

        return SturdyDriver if own is LinuxDriver else own

    def panic(self, *renderables: RenderableType) -> None:
        """As Textual's, which ends with 0 where the thread that reads the keys has failed."""
        self._return_code = 1
        super().panic(*renderables)

    def get_default_screen(self) -> Screen[None]:
        return self.main

    def on_load(self) -> None:
        """Before the terminal is ours: whatever ends the program restores it."""
        if sys.platform != "win32":
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self._leave, 128 + number)
            loop.add_signal_handler(signal.SIGINT, self._leave, 0)

    def _leave(self, code: int) -> None:
        """Now, or as soon as all is in its place: screens that come while the program leaves would never be there."""
        if self._is_ready:
            self.exit(return_code=code)
        else:
            self._leaves_with = code

    def on_mount(self) -> None:
        self._blank.enter_context(self.batch_update())  # nothing is drawn before there is something to be seen
        self.runner.start()
        if self._problem:
            self.say(self._problem)

    def on_ready(self) -> None:
        self._is_ready = True
        if self._leaves_with is not None:
            self.exit(return_code=self._leaves_with)
        self.take_news()

    def _wake(self) -> None:
        self.post_message(self.News())

    @on(News)
    def take_news(self) -> None:
        """Say what has to be said, and show the newest snapshot. A fault of the runner is raised here."""
        if not (self.main.is_mounted and self.is_running):
            return  # `on_ready` comes back to it; on the way out the panels are gone
        if self.runner.failure is not None:
            raise self.runner.failure
        for sentence in dict.fromkeys(self.runner.notices()):
            self.say(sentence)
        if not self.late:
            self._draw_in_time()

    def _draw_in_time(self) -> None:
        """Draw the newest snapshot, now or as soon as the terminal has room for it.

        Right after a key that is the first one that knows of it: pausing is not seen three frames late.
        """
        answered = self.keys_done and self.runner.answered(self.runner.sent)
        wait = self.pace.wait(answered)
        self.late = wait > 0.0
        if self.late:
            self.set_timer(wait, self._draw_in_time)
        else:
            self._draw()

    def _draw(self) -> None:
        snapshot = self.runner.take()
        if snapshot is None:
            return
        first = self.main.snapshot is None
        self.main.show(snapshot)
        if first:
            self.main.call_after_refresh(self._draw_first)

    def _draw_first(self) -> None:
        """All is in its place now."""
        self._blank.close()
        self.main.check_idle()
        self.main.call_after_refresh(self._go_on)

    def _go_on(self) -> None:
        """After the first paint the curve is drawn; after that plotext and numba come, on a thread of their own."""
        self.main.start_plots()
        self.main.call_after_refresh(self.runner.prepare, load)

    async def on_event(self, event: Event) -> None:
        if isinstance(event, (Key, MouseDown)):
            self.pace.hurry()
        await super().on_event(event)

    def only_asks(self, key: Key) -> bool:
        return not {key.key, key.character}.isdisjoint(self.asking) and self.screen is self.main

    def quits(self, key: Key) -> bool:
        return key.key in self.quitting

    def on_resize(self, event: Resize) -> None:
        """Dialogs and the palette have no place on a screen that is too small for what is under them."""
        if too_small(*event.size):
            for screen in self.screen_stack[:0:-1]:
                screen.dismiss()

    def action_command_palette(self) -> None:
        from tui.screens.commands import Commands

        if not too_small(*self.size) and not isinstance(self.screen, Commands):
            self.push_screen(Commands())  # with Textual's id it could not open while the last one is still leaving

    def say(self, sentence: str, severity: SeverityLevel = "error") -> None:
        """A notice: one sentence that stays for some seconds, and once however often it is said."""
        if sentence == self._said:
            self.clear_notifications()
        self._said = sentence
        self.notify(sentence, severity=severity, timeout=8, markup=False)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The command palette: the table of actions, without the keys of views that are not shown."""
        foreign = self.main.foreign()
        for action in self.main.actions:
            if place_of(action) in ("main", "app") and action.id not in foreign:
                yield SystemCommand(action.title, " ".join(action.keys), partial(self._do, action.call))

    async def _do(self, call: str) -> None:
        await self.run_action(call.removeprefix("app."), self if call.startswith("app.") else self.main)

    def _wear(self, palette: Palette) -> None:
        """Textual's own parts in the colours of this palette."""
        self.palette, theme = palette, theme_of(palette)
        self.register_theme(theme)
        self.theme = theme.name

    def action_switch_theme(self) -> None:
        """From dark to light or back, and remember it; with the terminal's own colours there is nothing to switch."""
        if self.palette.depth != "truecolor":
            self.say("Dark and light need 256 colours; with 16, and with NO_COLOR, they are the terminal's own")
            return
        name = "light" if self.palette is DARK else "dark"
        self._wear(THEMES[name])
        self.main.wear(self.palette)
        if problem := remember(THEME, name):
            self.say(problem)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether there is a terminal at the other end, still."""
    try:
        return stream is not None and stream.isatty()
    except (OSError, ValueError):
        return False


def load(compiles: Callable[[], None]) -> str:
    """What the first update needs, and the loss curve that it begins; returns what a person must know of it, or "".

    At the very first time kernels are compiled, which takes many seconds: then `compiles` is called before.
    """
    import_module("plotext")
    from engine.kernels.cache import cache_folder, distrust, watched

    with watched(compiles):
        Trainer(Network(1), [[0.0]], [0.0], threads=1).prepare()  # the kernels are the same for all networks
    gc.freeze()  # numba's half million objects stay for good: looking through them again costs the screen 80 ms
    return distrust(cache_folder())
