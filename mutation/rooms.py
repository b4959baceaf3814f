"""What is mutated, and which tests should notice.

Every test file of a room runs for each mutant that it reaches, so it must take seconds at most. Where a room has many,
a mutant's own ones run alone. Left out are tests that start processes (a mutant lives in the memory of one) and those
that wait for compilation or for a whole screen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Room:
    """Files to mutate and test files, as globs below the root; a file that `leave_out` names is not run.

    `own` says which test files alone are asked about the mutants of a file; all are where it says nothing.
    """

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]
    leave_out: tuple[str, ...] = ()  # test files, or single tests as file::name
    environment: dict[str, str] = field(default_factory=dict)
    own: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def sources(self, root: Path) -> list[str]:
        return found(root, self.files)

    def test_files(self, root: Path) -> list[str]:
        return [file for file in found(root, self.tests) if file not in self.leave_out]


def found(root: Path, globs: tuple[str, ...]) -> list[str]:
    """Paths of the files that the globs name, relative to the root; FileNotFoundError for a glob that names none."""
    files: set[str] = set()
    for pattern in globs:
        matches = [path.relative_to(root).as_posix() for path in root.glob(pattern)]
        if not matches:
            raise FileNotFoundError(f"{pattern} names no file: expected mutation/rooms.py to follow where files are")
        files.update(matches)
    return sorted(files)


def own_tests(folder: str, tests: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """What is asked about the mutants of each file of a folder, from the middles of their names."""
    return {
        f"{folder}/{file}.py": tuple(f"tests/{folder}/test_{name}.py" for name in names.split())
        for file, names in tests.items()
    }


PICTURES = "tests/tui/pictures/test_pictures_of_views.py"
TOO_LONG = (
    "tests/tui/views/test_views.py::test_no_state_of_a_run_stops_a_view",
    f"{PICTURES}::test_no_cell_is_at_the_edge_of_being_another",
)

OWN_TESTS = {  # of the engine's files: what is named like them, or else whoever asks most of them
    "activations": "activations gradients",
    "architecture": "network border",
    "border": "border",
    "checkpoint": "trainer story_state",
    "cursor": "experiment filling",
    "edits": "edits",
    "entry_tables": "story_file",
    "errors": "border recipe",
    "examples": "border trainer",
    "experiment": "experiment story_file story_state",
    "files": "network_file story_file",
    "filling": "filling",
    "history": "history trainer experiment",
    "initial": "initial",
    "journal": "experiment story_file",
    "last_update": "last_update",
    "layout": "network shuffle gradients",
    "losses": "losses gradients",
    "marks": "experiment filling",
    "network": "network",
    "network_file": "network_file",
    "notation": "notation",
    "opened": "opened",
    "optimizers": "optimizers",
    "order": "shuffle",
    "outcome": "story_file",
    "own_values": "own_values edits",
    "points": "points",
    "recipe": "recipe",
    "run": "history trainer",
    "schedules": "schedules",
    "solving": "solving",
    "steps": "steps",
    "story_file": "story_file",
    "story_state": "story_state",
    "surface": "surface",
    "surgery": "edits",
    "trainer": "trainer clock",
    "workspace": "trainer",
}

OWN_TESTS_OF_DATA = {
    "catalog": "shipped words",
    "columns": "columns frames roles",
    "dataset": "scaling shipped tables",
    "dates": "dates header steps",
    "dates_in_parts": "dates_in_parts roles",
    "description": "description",
    "dialect": "dialect frames",
    "errors": "bad_input header",
    "examples": "past tables roles shipped",
    "features": "features tables",
    "frames": "frames excel parquet columns",
    "generators": "generators",
    "header": "header frames",
    "levels": "targets features",
    "loading": "tables bad_input scaling shipped words",
    "missing": "columns numerals",
    "numbered_dates": "numbered_dates columns",
    "numerals": "numerals columns",
    "past": "past bad_input",
    "reading": "tables features roles past peoples_tables",
    "roles": "roles targets features past",
    "rows": "rows",
    "scaling": "scaling",
    "signature": "signature",
    "sources": "sources bad_input",
    "split": "scaling tables",
    "steps": "steps past",
    "tables": "tables bad_input shipped",
    "targets": "targets roles bad_input",
    "values": "header dialect",
}

ROOMS = (
    Room(
        "engine",
        ("engine/*.py",),
        ("tests/engine/test_*.py",),
        leave_out=(
            "tests/engine/test_emitter.py",
            "tests/engine/test_imports.py",
            "tests/engine/test_jit.py",
            "tests/engine/test_simd.py",
            "tests/engine/test_sources.py",
            "tests/engine/test_frozen.py",  # interpreted, it takes too long
        ),
        # Interpreted loops see a mutant of what they share with machine code; compiled ones come from the kernel cache,
        # which must not take in a mutant either.
        environment={"NUMBA_DISABLE_JIT": "1"},
        own=own_tests("engine", OWN_TESTS),
    ),
    Room("data", ("data/*.py",), ("tests/data/test_*.py",), own=own_tests("data", OWN_TESTS_OF_DATA)),
    Room(
        "tui/draw",
        ("tui/draw/*.py",),
        ("tests/tui/draw/test_*.py", "tests/tui/views/test_*.py", PICTURES),
        leave_out=TOO_LONG,
    ),
    Room(
        "tui/views",
        ("tui/views/**/*.py",),
        ("tests/tui/views/test_*.py", "tests/tui/widgets/test_*.py", PICTURES),
        leave_out=TOO_LONG,
    ),
)
