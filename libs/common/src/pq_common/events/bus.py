"""The bus as the rest of the house sees it: an append-only log per topic and partition, read from any position.

Two implementations keep this promise, ``postgres.PostgresBus`` and ``kafka.KafkaBus``; one suite
(``pq_common.testing.bus_suite``) checks both.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal, NamedTuple, Protocol, TypeVar

from pq_common.errors import PqError

PARTITIONS = 12
"""Of every topic, for its whole life: another number would send keys elsewhere and break their order."""

Headers = tuple[tuple[str, bytes], ...]
Place = tuple[str, int]
"""Topic and partition."""

Start = Callable[[str, int], Awaitable[int]]
"""Tell where to begin reading a topic's partition: the position kept with the reader's own results, 0 for the oldest kept."""

Lost = Literal["refuse", "earliest"]
"""What to do when the position asked for is no longer there: stop loudly, or go on with the oldest that is kept."""


class Message(NamedTuple):
    """What travels. A value of None says that the key is gone; headers keep their order and their bytes."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers = ()


# A flat named tuple, not a dataclass with a message in it: a reader makes one for every event.
class Received(NamedTuple):
    """A message where it was found. Positions rise within a partition; holes between them are normal."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers
    partition: int
    position: int
    recorded_at: datetime

    @property
    def message(self) -> Message:
        """Return what travelled."""
        return Message(*self[:4])


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it must be. ``compact`` keeps the latest of each key; a retention of None keeps everything for ever."""

    name: str
    partitions: int = PARTITIONS
    compact: bool = False
    retention: timedelta | None = None


class BusUnavailable(PqError):
    """The bus does not answer: 503, and nothing is lost, for the outbox keeps what is not yet sent."""

    code: ClassVar[str] = "bus_unavailable"
    title_vi, title_en = "Bus sự kiện không trả lời", "Event bus unavailable"


class DeliveryUnknown(BusUnavailable):
    """Some of the messages may be on the bus and some may not: send all of them again through a renewed publisher."""

    code: ClassVar[str] = "bus_delivery_unknown"


class UnknownTopic(PqError):
    """Nobody declared this topic."""

    code: ClassVar[str] = "bus_topic_unknown"
    title_vi, title_en = "Chủ đề chưa khai báo", "Unknown topic"


def unknown_topic(topic: str) -> UnknownTopic:
    """Say which topic nobody declared."""
    return UnknownTopic(f"Chủ đề {topic} chưa được khai báo", f"Topic {topic} is not declared")


class PositionLost(PqError):
    """The bus no longer holds the position a reader stands at; it must begin again from the state topic."""

    code: ClassVar[str] = "bus_position_lost"
    title_vi, title_en = "Mất vị trí đọc", "Position lost"

    def __init__(self, place: Place, position: int) -> None:
        topic, partition = place
        super().__init__(
            f"{topic}[{partition}] không còn giữ vị trí {position}; hãy đọc lại từ chủ đề trạng thái (docs/events.md)",
            f"{topic}[{partition}] no longer holds position {position}; read the state topic again (docs/events.md)",
        )
        self.place = place
        self.position = position


class Positioned(Protocol):
    """What a message is made into: it knows where it was found."""

    @property
    def position(self) -> int:
        """Return the position in its partition."""
        ...


One = TypeVar("One", bound=Positioned)


def as_it_is(received: Received) -> Received:
    """Make nothing of it."""
    return received


class BusReader(Protocol):
    """One reader's hold on its partitions. Not for two tasks at once.

    ``bite`` is how many messages are best asked for at once by who will ask for more.
    """

    bite: int

    async def fetch(self, max_records: int, timeout_s: float) -> Mapping[Place, list[Received]]:
        """Return what is next, in order within each partition; nothing after ``timeout_s`` without news.

        Stop a reader by a flag and a short timeout: cancelling a fetch may drop what was on its way.
        """
        ...

    async def fetch_as(
        self, make: Callable[[Received], One], max_records: int, timeout_s: float
    ) -> Mapping[Place, list[One]]:
        """Return the same, each made into another thing while it is at hand. ``make`` raises nothing."""
        ...

    def seek(self, topic: str, partition: int, position: int) -> None:
        """Go on from ``position``: the next fetch starts there. A partition held no more is left alone."""
        ...

    async def end_positions(self) -> Mapping[Place, int]:
        """Return, for every partition of the topics asked for, the position after the last message."""
        ...


class Bus(Protocol):
    """A log that many publish to and many read."""

    async def start(self) -> None:
        """Open what is needed to publish and read."""
        ...

    async def stop(self) -> None:
        """Close within seconds, whatever the other side does."""
        ...

    async def declare(self, topics: Sequence[Topic]) -> None:
        """Create the topics that are missing; leave the others as they are."""
        ...

    async def publish(self, messages: Sequence[Message], *, deadline_s: float) -> None:
        """Return when all are acknowledged, in this order within each key.

        Raises DeliveryUnknown when that is not known in time: renew, then send all again.
        """
        ...

    async def renew(self) -> None:
        """Throw the publisher away and open a new one, as is due after DeliveryUnknown."""
        ...

    def reader(
        self, topics: Sequence[str], *, start: Start, group: str | None, lost: Lost = "refuse"
    ) -> AbstractAsyncContextManager[BusReader]:
        """Read the topics from where ``start`` says; it is asked again whenever a partition is handed over.

        Readers of one ``group`` may share the partitions; with None this reader takes all of them.
        """
        ...
