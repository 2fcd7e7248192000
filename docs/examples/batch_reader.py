"""Read a topic of PQ the way a batch job should: to its end, each event once, results and positions together.

    python batch_reader.py --kafka HOST:PORT --results enterprises.sqlite
    python batch_reader.py --kafka HOST:PORT --results enterprises.sqlite --from-state

The first form is for every run. The second begins anew from the state topic: use it after exit status 3
(an event is missing) or 4 (Kafka no longer holds our position). Exit status 0: read to the end.
Needs Python 3.11 and ``pip install confluent-kafka``. The rules it follows are in docs/events.md.
"""

import argparse
import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    TopicPartition,
)

A_DAY_MS = 24 * 3600 * 1000
ANSWER_S = 30
GAP, POSITION_LOST = 3, 4

Record = Any  # a confluent_kafka.Message: its stubs make everything optional

TABLES = """
CREATE TABLE IF NOT EXISTS position (topic TEXT, partition INTEGER, next INTEGER, PRIMARY KEY (topic, partition));
CREATE TABLE IF NOT EXISTS held (subject TEXT PRIMARY KEY, sequence INTEGER, mode TEXT, type TEXT, data TEXT);
"""
HOLD = """
INSERT INTO held VALUES (?, ?, ?, ?, ?) ON CONFLICT (subject)
DO UPDATE SET sequence = excluded.sequence, mode = excluded.mode, type = excluded.type, data = excluded.data
"""
MOVE = """
INSERT INTO position VALUES (?, ?, ?) ON CONFLICT (topic, partition) DO UPDATE SET next = excluded.next
"""


class Stopped(Exception):
    """We cannot go on without losing or doubling something; ``status`` is the exit status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Results:
    """What we keep: the latest of each key, and how far we have read. One transaction moves both."""

    def __init__(self, path: str) -> None:
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.executescript(TABLES)
        self.applied = self.repeated = 0

    def apply(self, message: Record, *, is_state: bool) -> None:
        """Apply one message unless it is a repetition. A missing version stops the run."""
        headers = dict(message.headers() or [])
        subject, sequence = headers["ce_subject"].decode(), int(headers["ce_sequence"])
        found = self.database.execute("SELECT sequence FROM held WHERE subject = ?", (subject,))
        last = (found.fetchone() or (0,))[0]
        if sequence <= last:  # sent twice, or an older stretch sent again: both are allowed
            self.repeated += 1
            return
        if sequence > last + 1 and not is_state:  # a state may skip versions, events may not
            raise Stopped(GAP, f"{subject}: version {sequence} follows {last}")
        value = message.value()
        data = None if value is None else json.dumps(json.loads(value), ensure_ascii=False)
        mode, kind = headers["ce_mode"].decode(), headers["ce_type"].decode()
        self.database.execute(HOLD, (subject, sequence, mode, kind, data))
        self.applied += 1

    def positions(self, topic: str) -> dict[int, int]:
        """Return where the last run stopped."""
        rows = self.database.execute(
            "SELECT partition, next FROM position WHERE topic = ?", (topic,)
        )
        return dict(rows.fetchall())

    def forget(self) -> None:
        """Begin anew."""
        self.database.executescript("BEGIN; DELETE FROM held; DELETE FROM position; COMMIT;")


def consumer_of(bootstrap: str) -> Consumer:
    """Return a consumer that neither commits positions nor invents them."""
    return Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "agency.example.batch-reader",  # required by the client; nothing is committed
            "enable.auto.commit": False,
            "auto.offset.reset": "error",
        }
    )


def ends_of(consumer: Consumer, topic: str) -> dict[int, tuple[int, int]]:
    """Return the first and the next position of every partition, now."""
    partitions = consumer.list_topics(topic, ANSWER_S).topics[topic].partitions
    return {
        n: consumer.get_watermark_offsets(TopicPartition(topic, n), ANSWER_S) for n in partitions
    }


def batches(consumer: Consumer, topic: str, start: dict[int, int]) -> Iterator[list[Record]]:
    """Yield what lies between ``start`` and the end as it is now; what comes later is for the next run."""
    left = {}
    for n, (first, end) in ends_of(consumer, topic).items():
        here = start.get(n, first)
        if not first <= here <= end:
            raise Stopped(POSITION_LOST, f"{topic}[{n}] holds {first} to {end}, we stand at {here}")
        if here < end:
            left[n] = end
    begin = [TopicPartition(topic, n, start.get(n, OFFSET_BEGINNING)) for n in left]
    consumer.assign(begin)
    while left:
        found: list[Record] = consumer.consume(1000, timeout=1.0)
        for message in found:
            if (error := message.error()) is not None:
                lost = error.code() == KafkaError._AUTO_OFFSET_RESET
                raise Stopped(POSITION_LOST, str(error)) if lost else KafkaException(error)
        batch = [m for m in found if m.offset() < left.get(m.partition(), 0)]
        if batch:
            yield batch
        # Positions have holes in a compacted topic: ask the consumer where it stands.
        for at in consumer.position([TopicPartition(topic, n) for n in left]):
            if at.offset >= left[at.partition]:
                del left[at.partition]
    consumer.unassign()


def read(consumer: Consumer, results: Results, topic: str, start: dict[int, int]) -> None:
    """Apply a topic to its present end, each batch with its positions in one transaction."""
    for batch in batches(consumer, topic, start):
        results.database.execute("BEGIN IMMEDIATE")
        try:
            for message in batch:
                results.apply(message, is_state=topic.endswith(".state.v1"))
                results.database.execute(MOVE, (topic, message.partition(), message.offset() + 1))
        except BaseException:
            results.database.execute("ROLLBACK")
            raise
        results.database.execute("COMMIT")


def begin_from_state(consumer: Consumer, results: Results, events: str, state: str) -> None:
    """Take the state of every key, and stand in the events a day before that: what is older is in the state."""
    a_day_ago = int(time.time() * 1000) - A_DAY_MS
    asked = [TopicPartition(events, n, a_day_ago) for n in ends_of(consumer, events)]
    found = consumer.offsets_for_times(asked, ANSWER_S)
    ends = ends_of(consumer, events)
    results.forget()
    read(consumer, results, state, {})
    for at in found:  # a negative position says that nothing is younger
        position = at.offset if at.offset >= 0 else ends[at.partition][1]
        results.database.execute(MOVE, (events, at.partition, position))


def run(given: argparse.Namespace) -> dict[str, Any]:
    """Read once and say what was done."""
    results = Results(given.results)
    with closing(results.database), closing(consumer_of(given.kafka)) as consumer:
        if given.from_state:
            begin_from_state(consumer, results, given.events, given.state)
        read(consumer, results, given.events, results.positions(given.events))
        # Official and demonstration data are never summed.
        counted = results.database.execute("SELECT mode, count(*) FROM held GROUP BY mode")
        return {"applied": results.applied, "repeated": results.repeated, "keys": dict(counted)}


def main(arguments: list[str]) -> int:
    """Run and turn the outcome into an exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kafka", required=True, help="HOST:PORT of a broker")
    parser.add_argument(
        "--results", required=True, help="SQLite file that keeps results and positions"
    )
    parser.add_argument("--events", default="pq.registry.enterprise.events.v1")
    parser.add_argument("--state", default="pq.registry.enterprise.state.v1")
    parser.add_argument("--from-state", action="store_true", help="begin anew from the state topic")
    try:
        done = run(parser.parse_args(arguments))
    except Stopped as reason:
        sys.stderr.write(f"stopped: {reason}; begin anew with --from-state\n")
        return reason.status
    sys.stdout.write(json.dumps(done) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
