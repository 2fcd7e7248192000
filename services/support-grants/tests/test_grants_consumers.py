"""What we keep of enterprises, heard by the service's own worker from a bus."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from pq_common.contracts.event import EventData, Mode, topic_of
from pq_common.contracts.registry import (
    Enterprise,
    EnterpriseChanged,
    EnterpriseClosed,
    EnterpriseRegistered,
)
from pq_common.db.provision import Urls
from pq_common.events.bus import Message
from pq_common.events.cloudevents import message_of
from pq_common.testing.api import MakeSettings, command
from pq_common.testing.buses import BusAddress
from pq_support_grants.app import create_worker
from pq_support_grants.settings import Settings

ACTIVITIES = "/support-grants/v1/activities"


def enterprise(number: str, status: str = "ACTIVE") -> Enterprise:
    return Enterprise(
        enterprise_id=number, name="Doanh nghiệp", legal_form="CTCP", place_id="vn-31-2025",
        status=status, valid_from=date(2025, 8, 1),
    )  # fmt: skip


def message(data: EventData, subject: str, version: int, mode: Mode = "official") -> Message:
    """Return what the registry's relay would send."""
    return message_of(
        {
            "event_id": uuid7(), "event_type": data.TYPE, "topic": topic_of(data.TYPE),
            "aggregate_id": subject, "partition_key": subject, "aggregate_version": version,
            "occurred_at": datetime.now(UTC), "mode": mode, "traceparent": None,
            "correlation_id": None, "causation_id": None, "payload": data.model_dump_json().encode(),
        }
    )  # fmt: skip


async def subjects(client: httpx.AsyncClient, activity_id: str) -> list[tuple[Any, ...]]:
    page = (await client.get(f"{ACTIVITIES}/{activity_id}/subjects")).json()
    assert all((one["place_id"] is None) == (one["status"] is None) for one in page["items"])
    return [(one["subject"], one["is_known"], one["status"]) for one in page["items"]]


@pytest.fixture
def heard() -> Sequence[Message]:
    closed = enterprise("e1", "TERMINATED")
    return [
        message(EnterpriseRegistered(enterprise=enterprise("e1")), "e1", 1),
        message(EnterpriseChanged(enterprise=enterprise("e1"), changed=("name",)), "e1", 2),
        message(EnterpriseClosed(enterprise=closed, reason="dissolved"), "e1", 3),
        message(EnterpriseRegistered(enterprise=enterprise("e1")), "e1", 1),
        message(EnterpriseRegistered(enterprise=enterprise("e2")), "e2", 1, "demo"),
    ]


async def test_subjects_are_known_as_the_registry_last_said_and_those_of_elsewhere_only_known(
    ministry: httpx.AsyncClient,
    officer_of: Callable[..., Awaitable[httpx.AsyncClient]],
    urls: Urls,
    settings_for: MakeSettings,
    postgres_bus: BusAddress,
    heard: Sequence[Message],
) -> None:
    settings = settings_for(Settings, urls, bus_url=postgres_bus.url)
    said = {
        "place_id": "vn-33-2025", "indicator": "ENT-SUP", "title": "Hỗ trợ 5S",
        "starts_on": "2025-09-08", "ends_on": "2025-09-08", "quantity": "3", "unit": "DN",
        "subjects": ["e1", "e2", "truong-01"],
        "evidence": [{"kind": "decision", "reference": "12/QĐ-SKHCN"}],
    }  # fmt: skip
    made = (await ministry.post(ACTIVITIES, json=said, headers=command())).json()
    expected = [("e1", True, "TERMINATED"), ("e2", False, None), ("truong-01", False, None)]
    async with create_worker(settings), postgres_bus.open() as bus:
        await bus.publish(heard, deadline_s=10)
        for _ in range(500):
            if await subjects(ministry, made["activity_id"]) == expected:
                break
            await asyncio.sleep(0.02)
    assert await subjects(ministry, made["activity_id"]) == expected
    hung_yen = await officer_of("vn-33-2025")
    foreign = [("e1", True, None), ("e2", False, None), ("truong-01", False, None)]
    assert await subjects(hung_yen, made["activity_id"]) == foreign
    both = await officer_of("vn-33-2025", "vn-31-2025")
    assert await subjects(both, made["activity_id"]) == expected
