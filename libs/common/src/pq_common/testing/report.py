"""Say at the end of a test run which database, bus and browser were used, and what was not run."""

import os

import pytest

_used: dict[str, str] = {}


def used(part: str, what: str) -> None:
    """Record that this run used ``what`` as its ``part`` (database, bus, browser, validator)."""
    _used[part] = what


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line per part, and one that counts the tests that were not run."""
    terminalreporter.section("run on")
    for part in ("database", "bus", "browser", "validator"):
        terminalreporter.write_line(f"{part}: {_used.get(part, 'not used')}")
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        strict = (
            " (REQUIRE_ALL=1 makes these failures)" if os.environ.get("REQUIRE_ALL") != "1" else ""
        )
        terminalreporter.write_line(f"not run: {len(skipped)} tests{strict}")
