"""Tests that are not traced for coverage: what they run is asserted line by line by others.

Tracing costs as much as running. ``no_cover`` of pytest-cov stops it for the test alone; the fixtures of a story,
which start whole services, take longer than its test.
"""

from collections.abc import Generator

import pytest
from coverage import Coverage


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Trace neither the test nor its fixtures where it is marked ``untraced``."""
    tracer = Coverage.current() if item.get_closest_marker("untraced") else None
    if tracer is None:
        return (yield)
    tracer.stop()
    try:
        return (yield)
    finally:
        tracer.start()
