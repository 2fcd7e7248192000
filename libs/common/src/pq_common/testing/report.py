"""Say at the end of a test run which database, bus and browser were used, and what was not run."""

import os
from collections.abc import Mapping
from typing import Any

import pytest

PARTS = ("database", "bus", "browser", "validator")
_used: dict[str, set[str]] = {}


def used(part: str, what: str) -> None:
    """Record that this run used ``what`` as its ``part`` (database, bus, browser, validator)."""
    _used.setdefault(part, set()).add(what)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker used to the process that prints the report."""
    told: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["used"] = {part: sorted(what) for part, what in _used.items()}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add what a worker used to what is known. A worker that crashed told nothing; its tests failed."""
    told: Mapping[str, list[str]] = getattr(node, "workeroutput", {}).get("used", {})
    for part, whats in told.items():
        for what in whats:
            used(part, what)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line per part, and one that counts the tests that were not run."""
    terminalreporter.section("run on")
    for part in PARTS:
        what = ", ".join(sorted(_used.get(part, ()))) or "not used"
        terminalreporter.write_line(f"{part}: {what}")
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        strict = (
            " (REQUIRE_ALL=1 makes these failures)" if os.environ.get("REQUIRE_ALL") != "1" else ""
        )
        terminalreporter.write_line(f"not run: {len(skipped)} tests{strict}")
