from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import data
from data import apart, frames


@pytest.fixture(autouse=True)
def in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parquet and workbooks are read in this process, a hundred times as fast: see test_apart.py for how it is."""
    monkeypatch.setattr(frames, "read_apart", apart.read)


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file and returns its path: text as UTF-8, or bytes as they are."""

    def write(content: str | bytes, name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def raw() -> Callable[[data.Dataset], tuple[list[list[float]], list[float]]]:
    """Gives every row of a data set, train first, in the data's own units."""

    def rows(ds: data.Dataset) -> tuple[list[list[float]], list[float]]:
        x = ds.x_train if ds.x_test is None else np.concatenate([ds.x_train, ds.x_test])
        y = ds.y_train if ds.y_test is None else np.concatenate([ds.y_train, ds.y_test])
        return np.round(ds.unscale_x(x), 3).tolist(), np.round(ds.unscale(y), 3).tolist()

    return rows
