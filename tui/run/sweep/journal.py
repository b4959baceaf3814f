"""The journal of a sweep: a file to which every finished run is added as one whole line, so that none is done twice.

Its first line says of which sweep it is. A sweep that is begun again goes on where the journal ends; a last line that
was cut off is dropped, and its run done again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine import EngineError
from engine.devices import DEVICES
from engine.errors import clean
from engine.files import save
from engine.outcome import version
from tui.run.sweep.factors import given, plain
from tui.run.sweep.plan import Plan
from tui.run.sweep.rows import Row, as_line, from_line

FORMAT = 1
ENDING = ".journal"  # added to the name of what is made of it
INSTEAD = "expected another --out, or --force to start over"


def header_of(plan: Plan) -> dict[str, Any]:
    """What must be the same for results to stand together; more values or seeds may come."""
    own = {name: plain(name, value) for name, value in given(plan.options).items() if name != "seed"}
    return {"sweep": FORMAT, "version": version(), "options": own, "factors": [factor.name for factor in plan.factors]}


@dataclass(slots=True)
class Journal:
    """The rows of a file, which grow with `add`."""

    path: Path
    header: dict[str, Any]  # as `header_of`, with what was decided once, see `Sweep`: "lanes" and what "auto" is
    rows: dict[str, Row] = field(default_factory=dict)  # by their keys
    _size: int = 0  # bytes of whole lines
    _end: int = 0  # bytes in all: more where a last line was cut off

    @classmethod
    def begin(cls, path: Path, header: Mapping[str, Any]) -> Journal:
        """A new journal. Raises EngineError where it cannot be written."""
        line = f"{json.dumps(header)}\n".encode()
        save(path, line)
        return cls(path, dict(header), _size=len(line), _end=len(line))

    @classmethod
    def read(cls, path: Path, plan: Plan) -> Journal:
        """The journal that a sweep of this plan left. Raises EngineError for any other file."""
        try:
            if not path.is_file():  # a pipe would be waited for, and a device may never end
                raise OSError(0, "no regular file")
            content = path.read_bytes()
        except OSError as error:
            raise EngineError(f"{clean(path.name)}: cannot be read ({error.strerror}): {INSTEAD}") from None
        whole = content[: content.rfind(b"\n") + 1]
        first, *lines = whole.decode(errors="replace").split("\n")[:-1] or [""]
        journal = cls(path, _same_sweep(path, first, plan), _size=len(whole), _end=len(content))
        for number, line in enumerate(lines, 2):
            try:
                row = from_line(line)
            except EngineError as error:
                raise EngineError(
                    f"{clean(path.name)}, line {number}: {error}; take it out, or --force to start over"
                ) from None
            journal.rows[row.key] = row
        return journal

    def add(self, rows: Sequence[Row]) -> None:
        """Keep finished runs. Raises EngineError where there is no room; then the file ends with those before them."""
        if not rows:
            return
        content = "".join(f"{as_line(row)}\n" for row in rows).encode()
        try:
            with open(self.path, "r+b", buffering=0) as file:
                if file.seek(0, os.SEEK_END) != self._end:  # two that write would cut each other's lines
                    raise EngineError(
                        f"{clean(self.path.name)}: another sweep writes to it; expected one at a time, so wait for it"
                    )
                file.truncate(self._size)
                file.seek(self._size)
                try:
                    if file.write(content) != len(content):
                        raise OSError(0, "No space left on device")
                except OSError:
                    file.truncate(self._size)
                    raise
        except OSError as error:
            told = f"{clean(self.path.name)}: cannot be written ({error.strerror})"
            raise EngineError(f"{told}: expected a folder with room") from None
        self._size = self._end = self._size + len(content)
        self.rows |= {row.key: row for row in rows}


def _same_sweep(path: Path, line: str, plan: Plan) -> dict[str, Any]:
    """The header of a journal, or EngineError where it is another sweep's."""
    name = clean(path.name)
    try:
        header: dict[str, Any] = json.loads(line)
        if header["sweep"] != FORMAT or not isinstance(header["lanes"], bool) or header["auto"] not in DEVICES:
            raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError):
        raise EngineError(f"{name}: is no journal of a sweep; {INSTEAD}") from None
    own = header_of(plan)
    if header.get("version") != own["version"]:
        there = clean(str(header.get("version")))
        raise EngineError(f"{name}: is of unitfit {there}, and this is {own['version']}; {INSTEAD}")
    if {entry: header.get(entry) for entry in own} != own:
        raise EngineError(f"{name}: is of a sweep with other options or factors; {INSTEAD}")
    return header


def journal_path(out: str | os.PathLike[str]) -> Path:
    """Where the journal of a result's file is."""
    return Path(f"{os.fspath(out)}{ENDING}")
