"""Who is killed, and after how many events: drawn from the seed before the storm begins."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["postgres", "kafka"]

WRITERS = 4
ACCOUNTS = 97
VICTIMS: dict[Kind, tuple[str, ...]] = {
    "postgres": ("relay", "reader", "host", "database"),
    "kafka": ("relay", "reader-0", "api-0", "writer-3", "broker"),
}
PARTS: dict[Kind, tuple[str, ...]] = {
    # The host is what the embedded mode is: relay, reader and writer in one process.
    "postgres": ("writer-0", "writer-1", "writer-2", "host", "relay", "reader"),
    # Here the writers are clients of two API processes, and the readers share one group.
    "kafka": (
        *("api-0", "api-1", "writer-0", "writer-1", "writer-2", "writer-3"),
        *("relay", "reader-0", "reader-1"),
    ),
}
EVENTS_PER_KILL = 800


@dataclass(frozen=True, slots=True)
class Kill:
    """Kill this one with SIGKILL once so many events are written; start it again after a moment."""

    after: int
    victim: str
    down_s: float


@dataclass(frozen=True, slots=True)
class Storm:
    """What every process of a storm needs to know."""

    events: int
    seed: int
    bus: Kind
    bus_url: str
    api_url: str
    worker_url: str
    folder: str
    api_ports: tuple[int, ...] = ()

    def numbers_of(self, writer: int) -> range:
        """Return the numbers of the events this writer has to write."""
        return range(writer, self.events, WRITERS)

    def event(self, number: int) -> tuple[str, int]:
        """Return account and amount of an event; some accounts get far more than others."""
        dice = random.Random(self.seed * 1_000_003 + number)
        return f"account-{int(ACCOUNTS * dice.random() ** 2)}", dice.randint(1, 1_000_000)

    def history(self, writer: int) -> Path:
        """Return the file in which a writer notes what was acknowledged."""
        return Path(self.folder) / f"history-{writer}.jsonl"


def kills(events: int, seed: int, bus: Kind) -> list[Kill]:
    """Return the kills in the order of the events: everyone once at least, the others by lot."""
    dice = random.Random(seed)
    victims = list(VICTIMS[bus])
    dice.shuffle(victims)
    while len(victims) < events // EVENTS_PER_KILL:
        victims.append(dice.choice(VICTIMS[bus]))
    points = sorted(dice.randint(events // 20, events * 19 // 20) for _ in victims)
    return [Kill(at, who, dice.uniform(0.0, 0.5)) for at, who in zip(points, victims, strict=True)]
