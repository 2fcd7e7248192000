"""The program that docs/events.md gives to other agencies, run as they would run it, on a real Kafka."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from pq_common.events.bus import Message, Topic
from pq_common.events.cloudevents import message_of
from pq_common.testing.buses import BusAddress

pytestmark = pytest.mark.real_kafka

PROGRAM = Path(__file__).resolve().parents[4] / "docs" / "examples" / "batch_reader.py"
GAP, POSITION_LOST = 3, 4


class Publisher:
    """A service that publishes enterprises: both topics of a test, and what has been sent."""

    def __init__(self, address: BusAddress, events: str, state: str) -> None:
        self.address, self.events, self.state = address, events, state

    async def send(self, *versions: tuple[str, int], mode: str = "official") -> None:
        """Publish these versions of these keys with their states."""
        await self.send_only(self.events, *versions, mode=mode)
        await self.send_only(self.state, *versions, mode=mode)

    async def send_only(
        self, topic: str, *versions: tuple[str, int], mode: str = "official"
    ) -> None:
        async with self.address.open() as bus:
            messages = [self._message(topic, *version, mode=mode) for version in versions]
            await bus.publish(messages, deadline_s=20)

    @staticmethod
    def _message(topic: str, subject: str, version: int, *, mode: str) -> Message:
        row: dict[str, Any] = {
            "event_id": uuid4(),
            "aggregate_id": subject,
            "partition_key": subject,
            "aggregate_version": version,
            "topic": topic,
            "event_type": "pq.registry.enterprise.changed.v1",
            "occurred_at": datetime(2026, 11, 22, tzinfo=UTC),
            "mode": mode,
            "traceparent": None,
            "correlation_id": None,
            "causation_id": None,
            "payload": json.dumps({"enterprise": {"name": f"Gốm {version}"}}).encode(),
        }
        return message_of(row)


@pytest.fixture
async def publisher(kafka_bus: BusAddress) -> Publisher:
    events = await kafka_bus.new_topic()
    state = events.replace(".events.", ".state.")
    async with kafka_bus.open() as bus:
        await bus.declare([Topic(state, compact=True)])
    return Publisher(kafka_bus, events, state)


def command(publisher: Publisher, results: Path, *more: str) -> list[str]:
    return [
        sys.executable, str(PROGRAM), "--kafka", publisher.address.url, "--results", str(results),
        "--events", publisher.events, "--state", publisher.state, *more,
    ]  # fmt: skip


def run(publisher: Publisher, results: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(publisher, results, *more), capture_output=True, text=True, check=False, timeout=60
    )


def said(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def held(results: Path) -> dict[str, int]:
    with closing(sqlite3.connect(results)) as database:
        return dict(database.execute("SELECT subject, sequence FROM held").fetchall())


def versions(subjects: Sequence[str], last: int) -> list[tuple[str, int]]:
    return [(subject, version) for version in range(1, last + 1) for subject in subjects]


async def test_a_missing_version_stops_the_run_and_the_state_topic_heals_it(
    publisher: Publisher, tmp_path: Path
) -> None:
    results = tmp_path / "results.sqlite"
    await publisher.send(("a", 1), ("b", 1))
    assert said(run(publisher, results))["applied"] == 2
    await publisher.send_only(publisher.state, ("a", 2))
    await publisher.send(("a", 3))
    stopped = run(publisher, results)
    assert stopped.returncode == GAP
    assert "version 3 follows 1" in stopped.stderr
    assert held(results) == {"a": 1, "b": 1}
    assert run(publisher, results).returncode == GAP
    assert said(run(publisher, results, "--from-state"))["keys"] == {"official": 2}
    assert held(results) == {"a": 3, "b": 1}
    await publisher.send(("a", 4))
    assert said(run(publisher, results)) == {"applied": 1, "repeated": 0, "keys": {"official": 2}}


async def test_a_position_that_kafka_forgot_stops_the_run_and_the_state_topic_heals_it(
    publisher: Publisher, tmp_path: Path
) -> None:
    results = tmp_path / "results.sqlite"
    await publisher.send(("a", 1))
    said(run(publisher, results))
    await publisher.send(("a", 2), ("a", 3))
    forget_all(publisher)
    assert run(publisher, results).returncode == POSITION_LOST
    said(run(publisher, results, "--from-state"))
    assert held(results) == {"a": 3}
    await publisher.send(("a", 4), ("b", 1))
    assert said(run(publisher, results))["applied"] == 2


async def test_each_run_reads_to_the_end_and_no_event_counts_twice(
    publisher: Publisher, tmp_path: Path
) -> None:
    results = tmp_path / "results.sqlite"
    await publisher.send(*versions("abcdefgh", 3))
    await publisher.send_only(publisher.events, *versions("abc", 3))  # a relay that sent again
    assert said(run(publisher, results)) == {
        "applied": 24,
        "repeated": 9,
        "keys": {"official": 8},
    }
    assert said(run(publisher, results))["applied"] == 0
    await publisher.send(("a", 4), ("z", 1))
    assert said(run(publisher, results))["applied"] == 2
    assert held(results) == dict.fromkeys("bcdefgh", 3) | {"a": 4, "z": 1}


async def test_official_and_demonstration_data_are_counted_apart(
    publisher: Publisher, tmp_path: Path
) -> None:
    await publisher.send(("a", 1))
    await publisher.send(("x", 1), ("y", 1), mode="demo")
    done = said(run(publisher, tmp_path / "results.sqlite"))
    assert done["keys"] == {"official": 1, "demo": 2}


async def test_a_run_killed_in_the_middle_is_simply_run_again(
    publisher: Publisher, tmp_path: Path
) -> None:
    results = tmp_path / "results.sqlite"
    subjects = [f"e{n}" for n in range(400)]
    for version in range(1, 31):
        await publisher.send_only(publisher.events, *((s, version) for s in subjects))
    kill_once_something_is_held(publisher, results)
    before = counted(results)
    assert 0 < before < 12_000
    assert said(run(publisher, results))["applied"] == 12_000 - before
    assert held(results) == dict.fromkeys(subjects, 30)


def kill_once_something_is_held(publisher: Publisher, results: Path) -> None:
    with subprocess.Popen(command(publisher, results), stdout=subprocess.DEVNULL) as killed:
        until = time.monotonic() + 30
        while not (results.exists() and counted(results)) and time.monotonic() < until:
            time.sleep(0.005)
        killed.kill()


def counted(results: Path) -> int:
    with closing(sqlite3.connect(results, timeout=10)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE name = 'held'").fetchall()
        if not tables:
            return 0
        (applied,) = database.execute("SELECT coalesce(sum(sequence), 0) FROM held").fetchone()
        return int(applied)


def forget_all(publisher: Publisher) -> None:
    """Have the broker drop all events so far, as a retention that is too short would."""
    admin = AdminClient({"bootstrap.servers": publisher.address.url})
    end = -1
    places = [TopicPartition(publisher.events, n, end) for n in range(12)]
    for outcome in admin.delete_records(places).values():
        outcome.result(timeout=20)
