from __future__ import annotations

import numba
import pytest


@pytest.fixture
def jit_only():
    """For tests over so many cases that interpreted loops would take minutes; smaller cases run without JIT too."""
    if numba.config.DISABLE_JIT:
        pytest.skip("too many cases for interpreted loops")
