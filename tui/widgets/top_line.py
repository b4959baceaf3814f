"""The top line: what is fitted, by which network and recipe, and where the run stands."""

from __future__ import annotations

from rich.cells import cell_len

from engine.schedules import SCHEDULES
from tui.draw.canvas import Canvas, cut
from tui.draw.numbers import short
from tui.run.snapshot import Snapshot
from tui.widgets.panel import Panel

Piece = tuple[tuple[str, str, bool], ...]  # (text, colour, bold) side by side
STATES = {
    "paused": ("‖ paused", "now"),
    "playing": ("▶ playing", "now"),
    "stepping": ("▶ stepping", "now"),
    "loading": ("… loading", "now"),
    "compiling": ("… compiling", "now"),
    "diverged": ("✗ diverged", "trouble"),
}
SWEEP = {"running": "▶ sweeping", "pausing": "‖ pausing", "paused": "‖ sweep paused", "stopped": "‖ sweep stopped"}
GIVES_WAY = (
    "epochs",
    "batch",
    "loss",
    "optimizer",
    "rate",
    "per_second",
    "speed",
    "runs",
    "state",
)  # the first goes first


class TopLine(Panel):
    """One row; the shape, `epoch N` and `update N` are always whole, all else gives way."""

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        canvas = Canvas(width, height)
        left, right = pieces(snapshot)
        name = snapshot.dataset.name
        room = width - 2
        for gives_way in (*GIVES_WAY, None):
            needed = sum(length(piece) + 2 for piece in (*left.values(), *right.values()))
            if needed + cell_len(name) <= room or gives_way is None:
                break
            left.pop(gives_way, None)
            right.pop(gives_way, None)
        name = cut(name, max(0, room - needed))
        column = canvas.text(0, 1, name, "bright", True)
        for piece in left.values():
            column = canvas.parts(0, column + 2 * bool(name), piece)
            name = name or " "
        column = width - 1 - sum(length(piece) + 2 for piece in right.values()) + 2
        for piece in right.values():
            column = canvas.parts(0, column, piece) + 2
        return canvas


def pieces(snapshot: Snapshot) -> tuple[dict[str, Piece], dict[str, Piece]]:
    """What stands at the left and at the right, by name and in order."""
    recipe = snapshot.recipe
    schedule = SCHEDULES[recipe.schedule]
    end = schedule.last(recipe.learning_rate)
    left: dict[str, Piece] = {
        "shape": (("-".join(map(str, snapshot.network.shape)), "text", False),),
        "optimizer": ((recipe.optimizer, "text", False),),
        "rate": (("η ", "label", False), (f"{snapshot.rate:.3g}", "text", False)),
        "epochs": ((f"{schedule.word} → {end:.3g} at epoch {recipe.epochs}", "label", False),),
        "loss": ((recipe.loss, "text", False),),
        "batch": (("batch ", "label", False), (str(recipe.batch_size), "text", False)),
    }
    if not schedule.moves:
        del left["epochs"]
    word, colour = _state(snapshot)
    right: dict[str, Piece] = {"state": ((word, colour, False),)}
    if (sweep := snapshot.sweep) is not None and sweep.state in SWEEP:
        which = min(sweep.finished + 1, sweep.runs)
        right["runs"] = (("run ", "label", False), (f"{which} of {sweep.runs}", "text", False))
    if snapshot.state == "playing":
        right["speed"] = ((snapshot.speed, "label", False),)
    if snapshot.updates_per_second:
        right["per_second"] = ((f"{short(snapshot.updates_per_second)}/s", "label", False),)
    right["epoch"] = (("epoch ", "label", False), (str(snapshot.epoch), "text", False))
    right["update"] = (("update ", "label", False), (str(snapshot.update), "bright", False))
    return left, right


def _state(snapshot: Snapshot) -> tuple[str, str]:
    """(words, colour): in the past how far back, or that what was recorded is played."""
    if snapshot.in_past and snapshot.state == "paused":
        return "◂ " + back(snapshot), "now"
    if snapshot.in_past and snapshot.state == "playing":
        return "▶ replaying", "now"
    if snapshot.state == "paused" and snapshot.sweep is not None and snapshot.sweep.state in SWEEP:
        return SWEEP[snapshot.sweep.state], "now"
    return STATES[snapshot.state]


def back(snapshot: Snapshot) -> str:
    """How far the cursor is from the latest moment: "192 updates back"."""
    count, what = (snapshot.behind, "update") if snapshot.behind else (snapshot.undone, "edit")
    return f"{count} {what}{'s' * (count != 1)} back"


def length(piece: Piece) -> int:
    return sum(len(text) for text, _, _ in piece)
