"""How a test run is spread over processes: how many there are, what stays together, and what goes first.

Each process has a database server of its own. What is dear to start (the one Kafka of the run, a browser, a whole
platform) is started once: the tests that share it go to one process, in their order.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest

from pq_common.collecting import collect_seldom

SHARED: Final = {"kafka_bootstrap": "kafka"}
"""Fixtures of the whole session that are started in one process only, and the group of the tests that use them."""
FETCHED: Final = ("node",)
"""Marks of tests that use what is fetched on first use: each is the group of its tests."""
LONG: Final = ("storm", "long", "real_kafka")
"""Marks of tests that begin early: a long test begun last would be waited for by idle processes."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one process more than there are processors: much of a test is waiting for servers."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let each process compute in one thread: waiting threads of several processes would take each other's time."""
    os.environ |= {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker, name the group of each test that has one and put long tests first."""
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        if group := _group_of(item):
            _name(item, group)
    items.sort(key=_turn)


def pytest_collection_finish() -> None:
    """Leave modules and tests, half a gigabyte, out of every later search for cycles."""
    collect_seldom()


def _name(item: pytest.Item, group: str) -> None:
    """Let the test's id end with its group, by which xdist distributes.

    Not by its mark ``xdist_group``: xdist 3.8 writes the group where pytest 9.2 no longer reads it, and every group falls apart.
    """
    item._id = type(item.id).parse(f"{item.nodeid}@{group}")  # has no public name


def _group_of(item: pytest.Item) -> str | None:
    """Return the group of its fixture or mark, or the module where tests share a fixture of the module."""
    found: Mapping[str, Sequence[Any]] = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009 - pytest has no public door to it
    for fixture, group in SHARED.items():
        if fixture in found:
            return group
    if given := item.get_closest_marker("xdist_group"):
        return str(given.args[0])
    if marks := [mark for mark in FETCHED if item.get_closest_marker(mark)]:
        return marks[0]
    ours = (one for name, defs in found.items() if not name.startswith("_") for one in defs)
    return item.nodeid.split("::")[0] if any(one.scope == "module" for one in ours) else None


def _turn(item: pytest.Item) -> int:
    marks = {mark.name for mark in item.iter_markers()}
    otherwise = len(LONG) + (_group_of(item) is None)  # a group is as long as all its tests
    return next((turn for turn, name in enumerate(LONG) if name in marks), otherwise)
