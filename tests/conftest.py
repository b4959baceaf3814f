"""For every test: no deadline on hypothesis (a busy machine is not a wrong program), and skips that can fail a run."""

from __future__ import annotations

import signal
from importlib.util import find_spec

import pytest
from hypothesis import settings

collect_ignore = [] if find_spec("jax") and find_spec("optax") else ["reference"]

settings.register_profile("unitfit", deadline=None)
settings.load_profile("unitfit")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # of what a shell runs in the background: ctrl+C is tried here
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="count a skipped test as a failure")
    words = "compare what is drawn with tests/tui/pictures/kept, or write it there"
    parser.addoption("--pictures", choices=["compare", "write"], default="compare", help=words)


def pytest_report_header() -> list[str]:
    return [f"left out, for the extra [reference] is not installed: tests/{folder}" for folder in collect_ignore]


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--no-skips") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def own_state_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the runs that a person's programs left, nor leaves any there."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
