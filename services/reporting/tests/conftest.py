"""Builders of plans and reports, and the whole way from an event on the bus to the projection."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from pq_common.contracts.event import Event, EventData, Mode, topic_of
from pq_common.contracts.plans import Plan
from pq_common.contracts.support_grants import Activity, ActivityReported, PlanIssued
from pq_common.db.session import Database
from pq_common.events.bus import Bus, Message
from pq_common.events.cloudevents import message_of
from pq_common.events.reader import Reader, ReaderOptions
from pq_common.events.topics import every_topic
from pq_common.testing.buses import BusAddress
from pq_common.testing.fixtures import DatabaseFor
from pq_reporting.consumers import PROJECTION

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
Said = tuple[str, int, EventData, Mode]


def _clause(code: str = "HY-04", **changes: Any) -> dict[str, Any]:
    return {
        "code": code, "indicator": "HR-CLASS", "name_vi": "Lớp tập huấn", "name_en": "Training classes",
        "sentence": "Tổ chức khoảng 20 lớp tập huấn.", "comparator": "about", "value": "20", "unit": "lớp",
        "span": {"first_year": 2021, "last_year": 2025, "printed": "2021-2025"},
        "place_id": "vn-33-1997", "counting": "events",
    } | changes  # fmt: skip


def _task(code: str = "HY-T1", **changes: Any) -> dict[str, Any]:
    return {
        "code": code, "group": 4, "is_group_inferred": True, "name_vi": "Tập huấn công cụ 5S",
        "name_en": "Training in 5S", "sentence": "Tập huấn công cụ 5S cho doanh nghiệp.",
    } | changes  # fmt: skip


def _plan(code: str = "hung-yen-2021-2030", **changes: Any) -> Plan:
    facts = {
        "code": code, "level": "provincial", "title": "Kế hoạch nâng cao năng suất chất lượng tỉnh Hưng Yên",
        "issued_on": date(2021, 12, 1), "place_id": "vn-33-1997", "first_year": 2021, "last_year": 2030,
        "source": "VietQ, 05/12/2021", "targets": [_clause()], "tasks": [_task()],
    }  # fmt: skip
    return Plan.model_validate(facts | changes)


def _activity(key: str = "a1", **changes: Any) -> Activity:
    facts = {
        "activity_id": key, "place_id": "vn-33-1997", "indicator": "HR-CLASS", "title": "Lớp 5S tại Phố Nối",
        "starts_on": date(2023, 9, 8), "ends_on": date(2023, 9, 10), "quantity": "1", "unit": "lớp",
    }  # fmt: skip
    return Activity.model_validate(facts | changes)


@pytest.fixture(scope="session")
def a_clause() -> Callable[..., dict[str, Any]]:
    return _clause


@pytest.fixture(scope="session")
def a_task() -> Callable[..., dict[str, Any]]:
    return _task


@pytest.fixture(scope="session")
def a_plan() -> Callable[..., Plan]:
    return _plan


@pytest.fixture(scope="session")
def an_activity() -> Callable[..., Activity]:
    return _activity


def message(subject: str, version: int, data: EventData, mode: Mode = "official") -> Message:
    """Return an event as it travels."""
    event = Event(
        data=data, subject=subject, version=version, occurred_at=NOON, place_id=None, mode=mode
    )
    return message_of(
        {
            "topic": topic_of(data.TYPE), "partition_key": subject, "payload": data.model_dump_json().encode(),
            "event_type": data.TYPE, "event_id": event.id, "aggregate_id": subject, "aggregate_version": version,
            "occurred_at": NOON, "mode": mode, "correlation_id": None, "causation_id": None, "traceparent": None,
        }
    )  # fmt: skip


def plan_issued(plan: Plan) -> Said:
    return plan.code, 1, PlanIssued(plan=plan), "official"


def reported(activity: Activity, mode: Mode = "official") -> Said:
    return activity.activity_id, 1, ActivityReported(activity=activity), mode


class World:
    """A bus, a database, and the projection between them."""

    message = staticmethod(message)
    plan_issued = staticmethod(plan_issued)
    reported = staticmethod(reported)

    def __init__(self, bus: Bus, worker: Database, api: Database) -> None:
        self.bus = bus
        self.worker = worker
        self.api = api

    async def hear(self, *said: Said) -> Reader:
        """Publish, then let the real reader consume everything there is."""
        await self.publish(*(message(*one) for one in said))
        return await self.read()

    async def publish(self, *messages: Message) -> None:
        """Put messages on the bus as they are."""
        await self.bus.publish(list(messages), deadline_s=10)

    async def read(self) -> Reader:
        """Read the bus to its ends, as they are now."""
        async with self.bus.reader(PROJECTION.topics, start=_from_the_start, group=None) as looking:
            ends = await looking.end_positions()
        reader = Reader(
            self.worker,
            self.bus,
            PROJECTION,
            options=ReaderOptions(until=ends, shared=False, fetch_s=0.05),
        )
        await asyncio.wait_for(reader.run(), 30)
        return reader

    async def rows(self, statement: str, **values: object) -> Sequence[Any]:
        """Ask the database as the API role would."""
        async with self.api.engine.connect() as connection:
            found = await connection.exec_driver_sql(statement)
            return list(found.mappings())


async def _from_the_start(topic: str, partition: int) -> int:
    return 0


@pytest.fixture
async def world(postgres_bus: BusAddress, database_for: DatabaseFor) -> AsyncIterator[World]:
    urls = database_for("pq_reporting")
    worker, api = Database(urls.worker), Database(urls.api)
    async with postgres_bus.open() as bus:
        await bus.declare(every_topic())
        try:
            yield World(bus, worker, api)
        finally:
            await worker.close()
            await api.close()
