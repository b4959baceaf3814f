"""The command that somebody may have meant by a word that is nothing else."""

from __future__ import annotations

from collections.abc import Collection

import data
from data.sources import exists


def meant(word: str, commands: Collection[str]) -> str | None:
    """One of the commands for a word that is none, nor an option, a file or a data set, but nearly one."""
    if word in commands or word.startswith("-") or exists(word) or word in data.names():
        return None
    import difflib  # only a mistake pays for it

    near = difflib.get_close_matches(word, [*commands, *data.names()], 1)
    return near[0] if near and near[0] in commands else None
