"""Where the parts of the network stand: columns of boxes from left to right, with gaps for the edges between them."""

from __future__ import annotations

from dataclasses import dataclass

NUMBER = 6  # cells right of a box, for a weight
SCALE = 5  # cells right of a box for the ends of its scale, where there is room
_TALLEST, _LOWEST = 8, 2  # rows for a unit, with its name and a blank one
_TAG, _BOX, _GAP = 3, 6, 6  # least columns
_WIDE, _WIDEST = 66, 110  # columns, from which on there is room for more than the least, and for much more
_LARGEST = 1.25  # of the columns of a panel, over four more than its layers, for a box


@dataclass(frozen=True, slots=True)
class Column:
    """Boxes above each other, at equal distances."""

    left: int
    width: int
    top: int  # first row
    each: int  # rows from one box to the next
    lead: int  # of them above the box
    rows: int  # of the box
    members: tuple[int, ...]  # units, or inputs, by their numbers
    hidden: int = 0  # how many have no box of their own; those have the last one together

    @property
    def places(self) -> int:
        return len(self.members) + (self.hidden > 0)

    def box(self, place: int) -> int:
        """The first row of a box."""
        return self.top + place * self.each + self.lead

    def middle(self, place: int) -> float:
        """The height of its middle, in dots from the top of the canvas."""
        return 4.0 * self.box(place) + 2.0 * self.rows


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole picture."""

    inputs: Column
    layers: range  # the hidden layers that are shown
    units: tuple[Column, ...]  # a column for each of them
    output: Column
    tag: int  # cells left of a box for its marker and number
    scale: int  # and right of it for the ends of its scale

    @property
    def columns(self) -> tuple[Column, ...]:
        return (self.inputs, *self.units, self.output)


def shown_layers(width: int, layers: int, chosen: int, single: bool) -> range:
    """The hidden layers that this width has room for: the chosen one, and those before it rather than after it."""
    room = width - sum(_ends(width)) - NUMBER * single - _GAP
    count = min(layers, max(1, room // (_TAG + _BOX + NUMBER + _GAP)))
    first = min(max(0, chosen - count + 1), layers - count)
    return range(first, first + count)


def most_places(rows: int) -> int:
    """How many units can stand above each other."""
    return max(1, rows // _LOWEST)


def plan(
    width: int, rows: int, layers: range, members: list[list[int]], hidden: list[int], single: bool, maps: bool
) -> Plan:
    """Columns for the inputs and the shown layers, whose `members` and `hidden` ones are given, and for the output.

    The body has so many `rows` from row 1 on. `single` says that there is one input, whose weight stands beside each
    unit of the first layer.
    """
    count, ends = len(layers), _ends(width)
    single = single and count > 0 and layers[0] == 0
    tag = 2 + len(str(max((unit + 1 for own in members[1:] for unit in own), default=1)))
    scale = SCALE if width >= _WIDE and count == 1 and not maps else 0
    fixed = sum(ends) + NUMBER * single + count * (tag + NUMBER + scale)
    largest = int(_LARGEST * width / (count + 4))
    room = (width - fixed - _GAP * (count + 1)) // max(count, 1)
    most = max((len(own) + (more > 0) for own, more in zip(members[1:], hidden[1:], strict=True)), default=1)
    box = max(_BOX, min(room, largest, 2 * _box_rows(_each(most, rows)) + 2 if maps else width))
    gap = max(2, (width - fixed - count * box) // (count + 1))
    left, units = ends[0] + gap + NUMBER * single, []
    for place in range(count):
        units.append(_units(left + tag, box, rows, tuple(members[place + 1]), hidden[place + 1]))
        left += tag + box + scale + NUMBER + gap
    if not count:
        left = width - ends[1]
    inputs = _inputs(ends[0], rows, tuple(members[0]), hidden[0])
    height = min(12 if width >= _WIDEST else 7 if width >= _WIDE else 4, max(1, rows - 4))
    output = Column(left, max(width - left, ends[1]), 1, rows, max(0, (rows - height) // 2), height, (0,))
    return Plan(inputs, layers, tuple(units), output, tag, scale)


def _ends(width: int) -> tuple[int, int]:
    """Columns of the inputs and of the output."""
    return (9, 26) if width >= _WIDEST else (9, 13) if width >= _WIDE else (6, 9)


def _units(left: int, width: int, rows: int, members: tuple[int, ...], hidden: int) -> Column:
    places = len(members) + (hidden > 0)
    each = _each(places, rows)
    top = 1 + max(0, rows - places * each) // 2
    return Column(left, width, top, each, int(each > 3), _box_rows(each), members, hidden)


def _each(places: int, rows: int) -> int:
    """Rows for each of so many units."""
    return min(max(rows // places, _LOWEST), _TALLEST)


def _box_rows(each: int) -> int:
    """Rows of a box: the blank one goes first, then that of the name."""
    return each - 2 if each > 4 else min(3, each)


def _inputs(width: int, rows: int, members: tuple[int, ...], hidden: int) -> Column:
    places = len(members) + (hidden > 0)
    each = max(1, rows // places)
    own = min(3, each)
    return Column(0, width, 1, each, (each - own) // 2, own, members, hidden)
