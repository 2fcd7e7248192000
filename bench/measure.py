"""The method: raw path, ours, raw path again, five times over; medians; no verdict where the two raw paths disagree.

Only ratios mean anything, and a machine may change its speed within a minute: so the three are taken in turns. One
that is busy with other work shows in the raw path before and after; then there is no figure rather than a wrong one.
"""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

RUNS = 5
TOLERANCE = 0.20
"""How far the raw runs may be apart, as a share of the larger one."""

Sample = Callable[[], Awaitable[float]]
Better = Literal["more", "less"]


@dataclass(frozen=True, slots=True)
class Goal:
    """What is aimed at and what is the least, as a ratio to the raw path."""

    aim: float
    floor: float
    better: Better = "more"

    def holds(self, ratio: float) -> bool:
        """Say whether the floor is kept."""
        return ratio >= self.floor if self.better == "more" else ratio <= self.floor

    def reaches(self, ratio: float) -> bool:
        """Say whether the aim is reached."""
        return ratio >= self.aim if self.better == "more" else ratio <= self.aim


@dataclass(frozen=True, slots=True)
class Compared:
    """Medians of one comparison: in each turn ``raw_first`` and ``raw_last`` enclose ``value`` in time."""

    raw_first: float
    value: float
    raw_last: float

    @property
    def raw(self) -> float:
        """The raw path of this comparison: the mean of both runs."""
        return (self.raw_first + self.raw_last) / 2

    @property
    def ratio(self) -> float:
        """Ours as a share of the raw path."""
        return self.value / self.raw

    @property
    def apart(self) -> float:
        """How far the two raw runs are apart, as a share of the larger one."""
        low, high = sorted((self.raw_first, self.raw_last))
        return (high - low) / high


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. Without ``ratio`` there is no verdict, and ``note`` says why."""

    name: str
    goal: Goal
    unit: str = "1/s"
    value: float | None = None
    raw: float | None = None
    ratio: float | None = None
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool | None:
        """Say whether the floor is kept; None when nothing was measured."""
        return None if self.ratio is None else self.goal.holds(self.ratio)

    def as_json(self) -> dict[str, Any]:
        """Return the result as it is written to ``latest.json``."""
        said = {name: value for name, value in asdict(self).items() if name != "goal"}
        reached = None if self.ratio is None else self.goal.reaches(self.ratio)
        return said | asdict(self.goal) | {"holds": self.holds, "aim_reached": reached}


async def compare(raw: Sample, ours: Sample, *, runs: int = RUNS) -> Compared:
    """Measure raw, ours, raw in turns. One sample of each goes before, uncounted: caches, pages and the JVM warm up.

    Medians leave out what the machine did once.
    """
    await raw()
    await ours()
    turns = [(await raw(), await ours(), await raw()) for _ in range(runs)]
    return Compared(*(statistics.median(each) for each in zip(*turns, strict=True)))


def verdict(
    name: str, goal: Goal, attempts: Sequence[Compared], *, unit: str = "1/s", **details: Any
) -> Result:
    """Return the result of the last attempt, or say that its raw runs are too far apart to mean anything."""
    last = attempts[-1]
    details = {
        **details,
        "raw_first": last.raw_first,
        "raw_last": last.raw_last,
        "refused_attempts": [asdict(each) for each in attempts[:-1]],
    }
    if last.apart > TOLERANCE:
        note = f"not measured: raw runs differ by {last.apart:.0%}"
        return Result(name, goal, unit, note=note, details=details | {"value": last.value})
    return Result(name, goal, unit, last.value, last.raw, last.ratio, details=details)


async def settled(
    attempt: Callable[[], Awaitable[Compared]], *, within_s: float, at_most: int = 3
) -> list[Compared]:
    """Compare until the raw runs agree, while another attempt of the same length fits into the time."""
    began = time.monotonic()
    attempts: list[Compared] = []
    while len(attempts) < at_most:
        started = time.monotonic()
        attempts.append(await attempt())
        now = time.monotonic()
        if attempts[-1].apart <= TOLERANCE or now - began + (now - started) > within_s:
            break
    return attempts
