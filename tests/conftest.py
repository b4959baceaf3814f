"""For every test: no deadline on hypothesis (a busy machine is not a wrong program), and skips that can fail a run."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("unitfit", deadline=None)
settings.load_profile("unitfit")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="count a skipped test as a failure")


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--no-skips") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
