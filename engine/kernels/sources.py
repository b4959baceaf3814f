"""Which source files a kernel is made of: its own, those of `engine.kernels`, and all of the engine that these import.

Imports are found by a pattern in the text: to parse the files would cost every start a tenth of a second. In doubt a
file belongs: a kernel that is compiled once too often costs seconds, and a stale one trains with yesterday's code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

KERNELS = Path(__file__).parent
ENGINE = KERNELS.parent
FOR_TYPES_ONLY = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t].*\n|\n)+", re.MULTILINE)
IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+)?import\b(?:[ \t]*\(((?:#.*|[^)#])*)\)|(.*))", re.MULTILINE)
IGNORED = re.compile(r"#.*|\bas[ \t]+\w+")


def source_files(file: Path) -> list[Path]:
    """The source files that a kernel written in this file depends on, in order."""
    waiting = {file, *KERNELS.glob("*.py")}
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        found.add(path)
        waiting |= set(imported(path)) - found
    return sorted(found)


def imported(file: Path) -> Iterator[Path]:
    """The files of the engine that this one imports, at its top or later.

    `from engine import losses` imports the module `losses` only. `import engine.losses` lets every name of the package
    be used, so that the package belongs too, with all that it imports.
    """
    for origin, in_brackets, bare in IMPORT.findall(FOR_TYPES_ONLY.sub("", file.read_text(encoding="utf-8"))):
        names = re.findall(r"[\w.*]+", IGNORED.sub("", in_brackets or bare))
        if origin:
            place = place_of(origin, file)
            found = [module_at(place / name) or module_at(place) for name in names if place.is_dir()]
            yield from filter(None, found or [module_at(place)])
        else:
            ends = [(name, dot.start()) for name in names for dot in re.finditer(r"\.|$", name)]
            yield from filter(None, (module_at(place_of(name[:end], file)) for name, end in ends))


def place_of(module: str, importer: Path) -> Path:
    """Where a module lies, by its name in an import statement of this file; its file has a suffix, its folder none."""
    name = module.lstrip(".")
    dots = len(module) - len(name)
    return (importer.parents[dots - 1] if dots else ENGINE.parent).joinpath(*filter(None, name.split(".")))


def module_at(place: Path) -> Path | None:
    """The source file of the engine's module or package at this place, if there is one."""
    if not place.is_relative_to(ENGINE):
        return None
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)
