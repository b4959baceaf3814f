"""What the screen is told: frozen copies of the run's state, made on the runner's thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from tui.run.measure import measure_of

if TYPE_CHECKING:
    from data import Dataset
    from engine import Network, Recipe
    from tui.run.choice import Choice
    from tui.run.facts import Request
    from tui.run.measure import Measure
    from tui.run.sweep.board import Tally

T = TypeVar("T")
State = Literal["paused", "playing", "loading", "compiling", "stepping", "diverged"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of the run: the plain facts that are always shown, and the answers to what the views ask for.

    Everything in it is a copy that nobody changes: any thread may read it.
    """

    dataset: Dataset
    network: Network
    chosen: Choice  # one that the network has
    recipe: Recipe
    seed: int
    update: int
    epoch: int
    progress: float  # epochs done, with the fraction of the present one
    rate: float  # the learning rate of the next update
    updates_per_second: float = 0.0
    device: str = "cpu"  # where it is trained
    state: State = "paused"
    speed: str = ""  # in words: "10 updates a frame", "flat out"
    diverged: tuple[int, str] | None = None  # (update, what became non-finite)
    marks: tuple[tuple[float, str, bool], ...] = ()  # (epoch, label, still ahead) of the edits: "+2", "η"
    behind: int = 0  # updates from here to the latest one that was reached
    undone: int = 0  # edits that lie ahead
    end: float = 0.0  # epochs done at the latest update
    undoes: bool = False  # whether there is something to undo
    redoes: bool = False
    note: str = ""
    shorter: tuple[str, ...] = ()  # the note in fewer and fewer words, for a narrow screen
    busy: str | None = None  # what takes long just now: "loading sales.csv …"
    sweep: Tally | None = None  # how far the sweep is, where there is one
    answers: Mapping[Request[Any], Any] = field(default_factory=dict)

    def answer(self, request: Request[T]) -> T | None:
        """What was asked for; None while it is not there yet."""
        return self.answers.get(request)

    @property
    def in_past(self) -> bool:
        """Whether something was recorded that lies ahead."""
        return bool(self.behind or self.undone)

    @property
    def measure(self) -> Measure:
        """What its losses are shown as."""
        return measure_of(self.recipe, self.dataset)
