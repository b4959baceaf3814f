"""What is looked at: one update, one of its examples, and one number of θ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine import Network
from tui.draw.palette import DARK
from tui.run.choice import Choice, index_of, nearest
from tui.run.last_update import LastUpdate
from tui.views import examples

if TYPE_CHECKING:
    from data import Dataset
    from engine.last_update import Update
    from tui.draw.palette import Palette
    from tui.run.last_update import Last
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

LABEL, WORDS, NUMBER, STRIP = 1, 21, 41, 45  # where a line's parts begin, but the number's end
LOW = 26  # rows under which formulas are in their short form


@dataclass(frozen=True, slots=True)
class Look:
    """An update, as it is drawn in a panel of this size."""

    last: Last
    dataset: Dataset
    network: Network  # with the θ that the update began with
    chosen: Choice  # a unit of this network
    index: int  # the number of θ
    order: np.ndarray  # (B,) the places in the batch, by what strips are sorted by
    columns: np.ndarray  # which of them have a cell in the strips, as places in `order`
    column: int  # the chosen one of these
    width: int
    height: int
    palette: Palette

    @property
    def update(self) -> Update:
        return self.last.done

    @property
    def example(self) -> int:
        """The place in the batch of the example whose numbers are shown."""
        return int(self.order[self.columns[self.column]])

    @property
    def number(self) -> int:
        """What it is called: its place, from 1 on, in the order of the strips."""
        return int(self.columns[self.column]) + 1

    @property
    def size(self) -> int:
        """Examples in the batch."""
        return len(self.order)

    def cells(self, values: np.ndarray) -> np.ndarray:
        """Of values of each example (B,) those that have a cell."""
        own: np.ndarray = values[self.order[self.columns]]
        return own


def look(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Look | str:
    """The update that is known, or a sentence why there is nothing to look at."""
    last = snapshot.answer(LastUpdate())
    if snapshot.update == 0:
        return "No update was done yet: . does the first."
    if last is None or isinstance(last, str):
        return last or "Opening the last update …"
    network = network_of(last.done)
    chosen, order = nearest(snapshot.chosen, network), _order(last.done, network)
    columns = shown(len(order), width)
    return Look(
        last=last,
        dataset=snapshot.dataset,
        network=network,
        chosen=chosen,
        index=_index(chosen, network, state),
        order=order,
        columns=columns,
        column=_column(last.done, order[columns], snapshot.dataset, state),
        width=width,
        height=height,
        palette=palette,
    )


@lru_cache(maxsize=2)
def network_of(update: Update) -> Network:
    """The network that an update began with."""
    before = update.before
    return Network.of(before.architecture, before.theta.astype(before.architecture.dtype))


def shown(examples: int, width: int) -> np.ndarray:
    """The places of the examples that have a cell: all, or as many as fit, evenly chosen."""
    room = max(1, width - STRIP - 2)
    places: np.ndarray = np.unique(np.linspace(0, examples - 1, min(examples, room)).round().astype(int))
    return places


def _order(update: Update, network: Network) -> np.ndarray:
    """By the one input, or of several by the truth, so that strips look like curves."""
    by = update.passed.x[:, 0] if network.n_inputs == 1 else update.y
    order: np.ndarray = np.lexsort((update.passed.x[:, 0], by))
    return order


def _index(chosen: Choice, network: Network, state: ViewState) -> int:
    """The number that was walked to, at first the chosen unit's own."""
    if state.traced is not None:
        return min(state.traced, network.n_parameters - 1)
    own = index_of(chosen, network)
    return network.index(len(network.layers), 0, "b") if own is None else own


def _column(update: Update, shown: np.ndarray, dataset: Dataset, state: ViewState) -> int:
    """The example of view 3 if it has a cell, else the one nearest to it in what strips are sorted by."""
    row = examples.row(dataset, state)
    rows, x = update.rows[shown], update.passed.x[shown]
    if row in rows:
        return int(np.flatnonzero(rows == row)[0])
    if x.shape[1] == 1:
        return int(np.argmin(np.abs(x[:, 0] - dataset.x_train[row, 0])))
    return int(np.argmin(np.abs(update.y[shown] - dataset.y_train[row])))


def step_example(direction: int, state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    """The example in the cell before (−1) or after (+1), where there is one."""
    own = _looked(snapshot, width, height, state)
    if own is None:
        return state
    column = min(max(own.column + direction, 0), len(own.columns) - 1)
    row = own.update.rows[own.order[own.columns[column]]]
    place = np.flatnonzero(examples.order(snapshot.dataset) == row)
    return replace(state, example=int(place[0])) if len(place) else state


def step_number(direction: int, state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    """The number of θ before (−1) or after (+1), round and round."""
    own = _looked(snapshot, width, height, state)
    if own is None:
        return state
    return replace(state, traced=(own.index + direction) % own.network.n_parameters)


def _looked(snapshot: Snapshot, width: int, height: int, state: ViewState) -> Look | None:
    own = look(snapshot, width, height, DARK, state)
    return own if isinstance(own, Look) else None
