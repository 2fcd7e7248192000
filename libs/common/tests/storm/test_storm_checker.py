"""The judge sees every kind of fault when one is planted, and none in a history without fault."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from pq_common.testing.storm.checker import History, Logged, Seen, check
from pq_common.testing.storm.plan import VICTIMS, kills

LOG = [
    Logged(0, "a", 1, 10),
    Logged(1, "b", 1, 20),
    Logged(2, "a", 2, 30),
    Logged(3, "a", 3, 40),
]
SEEN = [Seen(event.account, event.version) for event in LOG]
SUMS = {"a": (80, 3), "b": (20, 1)}


def good() -> History:
    return History(
        wanted=4,
        acknowledged=[(event.number, event.account, event.version) for event in LOG[:3]],
        log=LOG,
        on_bus=[*SEEN, SEEN[0], SEEN[2]],  # at least once: repetitions are allowed there
        feed=list(enumerate(SEEN, start=1)),
        applied=SEEN,
        totals=dict(SUMS),
        accounts=dict(SUMS),
    )


Plant = Callable[[History], History]
SWAPPED = [SEEN[0], SEEN[1], SEEN[3], SEEN[2]]
FAULTS: dict[str, tuple[Plant, str]] = {
    "an acknowledged write is gone": (
        lambda h: replace(h, acknowledged=[*h.acknowledged, (9, "a", 9)]),
        "lost",
    ),
    "an event is not in the journal": (lambda h: replace(h, log=LOG[:3]), "faults"),
    "an event is twice in the journal": (
        lambda h: replace(h, log=[*LOG, Logged(3, "a", 4, 40)]),
        "lost",
    ),
    "a version is given twice": (
        lambda h: replace(h, log=[*LOG[:3], Logged(3, "a", 2, 40)]),
        "faults",
    ),
    "an event is not on the bus": (lambda h: replace(h, on_bus=SEEN[:3]), "lost"),
    "an event on the bus was never committed": (
        lambda h: replace(h, on_bus=[*SEEN, Seen("a", 4)]),
        "faults",
    ),
    "first occurrences on the bus are out of order": (
        lambda h: replace(h, on_bus=SWAPPED),
        "out_of_order",
    ),
    "an event is not in the feed": (
        lambda h: replace(h, feed=list(enumerate(SEEN[:3], start=1))),
        "lost",
    ),
    "the feed has a gap": (
        lambda h: replace(h, feed=list(enumerate(SEEN, start=2))),
        "faults",
    ),
    "the feed is out of order": (
        lambda h: replace(h, feed=list(enumerate(SWAPPED, start=1))),
        "out_of_order",
    ),
    "an event is not applied": (lambda h: replace(h, applied=SEEN[:3]), "lost"),
    "an event is applied twice": (
        lambda h: replace(h, applied=[*SEEN, SEEN[3]]),
        "applied_twice",
    ),
    "events are applied out of order": (lambda h: replace(h, applied=SWAPPED), "out_of_order"),
    "a total is wrong": (lambda h: replace(h, totals=SUMS | {"a": (81, 3)}), "faults"),
    "a total of nobody": (lambda h: replace(h, totals=SUMS | {"c": (1, 1)}), "faults"),
    "an aggregate without its event": (
        lambda h: replace(h, accounts=SUMS | {"b": (21, 2)}),
        "faults",
    ),
    "an event is parked": (lambda h: replace(h, parked=1), "faults"),
    "a gap is recorded": (lambda h: replace(h, gaps=1), "faults"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_seen(fault: str) -> None:
    plant, where = FAULTS[fault]
    verdict = check(plant(good()))
    assert not verdict.holds
    assert getattr(verdict, where)


def test_a_history_without_fault_is_let_pass() -> None:
    verdict = check(good())
    assert verdict.holds, verdict
    assert (verdict.written, verdict.lost, verdict.applied_twice, verdict.out_of_order) == (
        4,
        0,
        0,
        0,
    )


@pytest.mark.parametrize("bus", ["postgres", "kafka"])
def test_a_seed_gives_the_same_kills_again_and_spares_nobody(bus: str) -> None:
    planned = kills(20_000, 7, bus)  # type: ignore[arg-type]  # both of its literals
    assert planned == kills(20_000, 7, bus)  # type: ignore[arg-type]
    assert planned != kills(20_000, 8, bus)  # type: ignore[arg-type]
    assert {kill.victim for kill in planned} == set(VICTIMS[bus])  # type: ignore[index]
    assert [kill.after for kill in planned] == sorted(kill.after for kill in planned)
