"""Readers of Kafka. Positions live with the reader's own results: none is kept in Kafka, and none is taken from it."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.consumer.fetcher import FetchResult
from aiokafka.errors import (
    IllegalStateError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)

from pq_common.events.bus import (
    BusUnavailable,
    Lost,
    One,
    Place,
    PositionLost,
    Received,
    Start,
    as_it_is,
)
from pq_common.events.kafka_answers import answering
from pq_common.events.kafka_closing import close_consumer

Partitions = Mapping[str, int]
_made = tuple.__new__

ANSWER_S = 10.0
CONNECT_S = 10.0
REBALANCE_S = 5.0
"""How much longer than asked a fetch may last: without a limit of ours it waits for the end of any rebalance."""
SILENT_S = 15.0
"""After so long without news a reader asks whether there should have been some (aiokafka issues 1154, 847, 983)."""
UNSETTLED_S = 45.0
"""How long a member may wait for its partitions: longer than any rebalance of ours lasts."""


class KafkaReader:
    """Holds all partitions of its topics, without a group."""

    bite = 200  # so many payloads fit into a processor's cache, where they are read next

    def __init__(
        self, options: Mapping[str, Any], partitions: Partitions, *, start: Start, lost: Lost
    ) -> None:
        self._options = dict(options)
        self._places = tuple(
            TopicPartition(topic, n) for topic, count in partitions.items() for n in range(count)
        )
        self._start = start
        self._lost = lost
        self._positions: dict[TopicPartition, int] = {}  # of the opened partitions: our gate
        self._silent_s = 0.0
        self._consumer: AIOKafkaConsumer

    async def open(self) -> None:
        """Connect and take the partitions. Raises PositionLost."""
        await self._connect()
        self._consumer.assign(self._places)
        self._consumer.pause(*self._places)
        await self._admit(self._places)

    async def close(self) -> None:
        await close_consumer(self._consumer)

    async def fetch(self, max_records: int, timeout_s: float) -> Mapping[Place, list[Received]]:
        return await self.fetch_as(as_it_is, max_records, timeout_s)

    async def fetch_as(
        self, make: Callable[[Received], One], max_records: int, timeout_s: float
    ) -> Mapping[Place, list[One]]:
        self._ready.make = make
        began = asyncio.get_running_loop().time()
        with answering():
            received = await self._fetch(max_records, timeout_s)
        if received:
            self._silent_s = 0.0
        else:
            await self._doubt(asyncio.get_running_loop().time() - began)
        return received

    async def _doubt(self, silent_s: float) -> None:
        """Raise BusUnavailable when nothing came for long although there is something: only a new consumer helps.

        A consumer can be alive and yet never fetch or join again, and it does not say so.
        """
        self._silent_s += silent_s
        if self._silent_s < self._patience_s():
            return
        self._silent_s = 0.0
        if await self._is_behind():
            raise BusUnavailable(
                "Máy khách Kafka không còn đọc được gì", "The Kafka client has stopped reading"
            )

    def _patience_s(self) -> float:
        return SILENT_S

    async def _is_behind(self) -> bool:
        ends = await self._asked_ends(self._places)
        with answering():
            async with asyncio.timeout(ANSWER_S):
                # Its position, not ours: there may be nothing but what was compacted away.
                return any(
                    [
                        ends[place.topic, place.partition] > await self._consumer.position(place)
                        for place in list(self._positions)
                    ]
                )

    async def _fetch(self, max_records: int, timeout_s: float) -> Mapping[Place, list[Any]]:
        try:
            async with asyncio.timeout(timeout_s + REBALANCE_S):
                found = await self._consumer.getmany(
                    timeout_ms=int(timeout_s * 1000), max_records=max_records
                )
        except TimeoutError:
            self._rewind()  # what the abandoned call may have taken comes again
            return {}
        except NoOffsetForPartitionError:
            return {}  # Kafka keeps no position of ours: a partition that is not opened yet
        except OffsetOutOfRangeError as out:
            await self._displaced(out)
            return {}
        return self._admitted(found)

    def seek(self, topic: str, partition: int, position: int) -> None:
        place = TopicPartition(topic, partition)
        if place in self._positions:
            self._positions[place] = position
            with suppress(IllegalStateError):
                self._consumer.seek(place, position)

    async def end_positions(self) -> Mapping[Place, int]:
        """While records come, each answer tells the ends of its partitions: a question would wait behind a fetch."""
        told = self._told_ends() if self._silent_s == 0 else {}
        asked = [each for each in self._places if (each.topic, each.partition) not in told]
        return {**told, **await self._asked_ends(asked)} if asked else told

    def _told_ends(self) -> dict[Place, int]:
        held = self._consumer.assignment() & self._positions.keys()
        ends = {place: self._consumer.highwater(place) for place in held}
        return {
            (place.topic, place.partition): end for place, end in ends.items() if end is not None
        }

    async def _asked_ends(self, places: Collection[TopicPartition]) -> Mapping[Place, int]:
        with answering():
            async with asyncio.timeout(ANSWER_S):
                ends = await self._consumer.end_offsets(places)
        return {(place.topic, place.partition): end for place, end in ends.items()}

    async def _connect(self) -> None:
        self._consumer = AIOKafkaConsumer(
            **self._options,
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=1024 * 1024,
            request_timeout_ms=40_000,
        )
        async with asyncio.timeout(CONNECT_S):
            await self._consumer.start()
        self._ready = self._consumer._fetcher._records = _Ready()

    async def _admit(self, places: Collection[TopicPartition]) -> bool:
        """Ask where to begin in paused partitions and open them; return whether we still held them by then."""
        wanted = {place: await self._start(place.topic, place.partition) for place in places}
        async with asyncio.timeout(ANSWER_S):
            first, end = await asyncio.gather(
                self._consumer.beginning_offsets(wanted), self._consumer.end_offsets(wanted)
            )
        for place, position in wanted.items():
            if not first[place] <= position <= end[place]:
                wanted[place] = self._instead(place, position, first[place])
        if not self._holds(places):
            return False
        # From here to the end nothing awaits, so no rebalance can come between.
        for place, position in wanted.items():
            self._consumer.seek(place, position)
        self._positions |= wanted
        self._consumer.resume(*places)
        return True

    def _holds(self, places: Collection[TopicPartition]) -> bool:
        return True

    def _instead(self, place: TopicPartition, position: int, first: int) -> int:
        if position == 0 or self._lost == "earliest":
            return first
        raise PositionLost((place.topic, place.partition), position)

    async def _displaced(self, out: OffsetOutOfRangeError) -> None:
        for place, position in out.args[0].items():
            async with asyncio.timeout(ANSWER_S):
                first = await self._consumer.beginning_offsets([place])
            self.seek(place.topic, place.partition, self._instead(place, position, first[place]))

    def _rewind(self) -> None:
        for place, position in self._positions.items():
            with suppress(IllegalStateError):
                self._consumer.seek(place, position)

    def _admitted(self, found: Mapping[TopicPartition, list[Any]]) -> Mapping[Place, list[Any]]:
        received: dict[Place, list[Any]] = defaultdict(list)
        for place, records in found.items():
            expected = self._positions.get(place)
            if expected is None:
                continue  # handed out before it was opened; opening seeks back to the right place
            if records[0].position < expected:
                records = [record for record in records if record.position >= expected]
            if records:
                received[place.topic, place.partition] = records
                self._positions[place] = records[-1].position + 1
        return dict(received)


class _Ready(dict[TopicPartition, Any]):
    """What the client holds ready. Its records are made as they are taken, so we say what they are made into.

    A message has some fifty parts, its headers above all. Read one by one, while each is in the processor's cache, a
    batch takes two thirds of the time that it takes as a list of ``ConsumerRecord`` (ADR 0021).
    """

    make: Callable[[Received], Any]

    def __setitem__(self, place: TopicPartition, found: Any) -> None:
        if isinstance(found, FetchResult):  # else what went wrong
            found._partition_records._consumer_record = self._made
        super().__setitem__(place, found)

    def _made(self, place: TopicPartition, record: Any) -> Any:
        return self.make(_received(place, record))


# Without the constructor of the named tuple, which costs three times as much, for every event read.
def _received(place: TopicPartition, record: Any) -> Received:
    topic, partition = place
    return _made(
        Received,
        (
            topic,
            record.key or b"",
            record.value,
            tuple(record.headers),
            partition,
            record.offset,
            _instant(record.timestamp),
        ),
    )


@lru_cache(maxsize=64)  # the broker stamps a whole batch of records with one time
def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


class GroupReader(KafkaReader, ConsumerRebalanceListener):  # type: ignore[misc]  # untyped upstream
    """Shares the partitions with the other members of its group."""

    def __init__(
        self, options: Mapping[str, Any], partitions: Partitions, *, start: Start, lost: Lost
    ) -> None:
        patient = {"session_timeout_ms": 30_000, "rebalance_timeout_ms": 30_000}
        super().__init__(patient | dict(options), partitions, start=start, lost=lost)
        self._shut: frozenset[TopicPartition] = frozenset()
        self._settled = False

    async def open(self) -> None:
        await self._connect()
        self._consumer.subscribe(sorted({place.topic for place in self._places}), listener=self)

    async def _fetch(self, max_records: int, timeout_s: float) -> Mapping[Place, list[Any]]:
        # Partitions are opened here, in the reader's own task: what fails is then raised to the reader,
        # whereas aiokafka only logs what a listener raises.
        if self._shut and await self._admit(self._shut):
            self._shut = frozenset()
        return await super()._fetch(max_records, timeout_s)

    def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Close the gate: what still arrives belongs to somebody else."""
        self._settled = False
        self._positions.clear()
        self._shut = frozenset()

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Pause at once, before anything awaits: else records from a wrong position are handed out meanwhile."""
        self._consumer.pause(*assigned)
        self._positions.clear()
        self._shut = frozenset(assigned)
        self._settled = True
        self._silent_s = 0.0

    def _patience_s(self) -> float:
        return SILENT_S if self._settled else UNSETTLED_S

    async def _is_behind(self) -> bool:
        return not self._settled or await super()._is_behind()

    def _holds(self, places: Collection[TopicPartition]) -> bool:
        return places is self._shut
