"""Whether pictures are compared, or written anew."""

from __future__ import annotations

import pytest


@pytest.fixture
def write(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--pictures") == "write")
