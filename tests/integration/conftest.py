"""The five services with their workers in this process, on real databases and a real bus: a house to live stories in."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient
from fastapi import FastAPI

from pq_certification.app import service as certification
from pq_common.db.provision import Urls
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.service import Service
from pq_common.testing.api import MakeSettings, command
from pq_common.testing.buses import BusAddress
from pq_common.testing.fixtures import DatabaseFor, run_apart
from pq_common.testing.kafka import kafka_server
from pq_registry.app import service as registry
from pq_reporting.app import service as reporting
from pq_support_grants.app import service as support_grants
from pq_tfp.app import service as tfp

SERVICES: tuple[Service[Any], ...] = (registry, support_grants, certification, tfp, reporting)
PLANS = Path(__file__).resolve().parents[2] / "deploy/embedded/src/pq_embedded/plans"
LONGEST_WAIT_S = 60.0


@dataclass
class House:
    """The applications by service name, and callers of them. ``urls`` are the databases, for those who look behind."""

    apps: Mapping[str, FastAPI]
    urls: Mapping[str, Urls]
    issuer: DevelopmentIssuer
    stack: AsyncExitStack
    _callers: dict[tuple[Any, ...], "Caller"] = field(default_factory=dict)

    def caller(self, role: str | None = None, *places: str) -> "Caller":
        """Return someone with that role and those places; without a role: the public."""
        key = (role, *places)
        if key not in self._callers:
            token = self.issuer.token(role, places=places) if role else None  # type: ignore[arg-type]
            self._callers[key] = Caller(self.apps, token)
        return self._callers[key]

    async def issue(self, *codes: str) -> None:
        """Issue founding plans, as the ministry does."""
        for code in codes:
            plan = json.loads((PLANS / f"{code}.json").read_text(encoding="utf-8"))
            await self.caller("ministry-admin").post("/support-grants/v1/plans", plan)

    async def eventually(self, look: Callable[[], Awaitable[Any]]) -> Any:
        """Ask until the answer is true and return it: events need a moment, never more than ``LONGEST_WAIT_S``."""
        until = time.monotonic() + LONGEST_WAIT_S
        while not (found := await look()):
            assert time.monotonic() < until, f"not within {LONGEST_WAIT_S} s: {found!r}"
            await asyncio.sleep(0.2)  # asking costs the time that the readers need
        return found


class Caller:
    """Someone who calls the services by their full paths, as through the one port of a host."""

    def __init__(self, apps: Mapping[str, FastAPI], token: str | None) -> None:
        self._apps = apps
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def request(self, method: str, path: str, **rest: Any) -> httpx.Response:
        name = path.split("/")[1]
        app = self._apps.get(name, self._apps["reporting"])
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = {**self._headers, **rest.pop("headers", {})}
        async with httpx.AsyncClient(transport=transport, base_url="http://pq.test") as client:
            return await client.request(method, path, headers=headers, **rest)

    async def get(self, path: str, **query: str) -> httpx.Response:
        return await self.request("GET", path, params=query)

    async def post(self, path: str, body: Any, expected: int | None = 201) -> Any:
        """Send a command with a fresh key and return its JSON."""
        answer = await self.request("POST", path, json=body, headers=command())
        assert expected is None or answer.status_code == expected, answer.text
        return answer.json()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the one broker of all stories: not that of other tests, for its topics are deleted."""
    server = kafka_server(tmp_path_factory.mktemp("stories"))
    try:
        yield server.start()
    finally:
        server.stop()


async def without_topics(bootstrap: str) -> None:
    """Delete every topic of a story; a topic made anew begins at its first position."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        async with asyncio.timeout(LONGEST_WAIT_S):
            while topics := [name for name in await admin.list_topics() if name.startswith("pq.")]:
                await admin.delete_topics(topics)
                await asyncio.sleep(0.1)
    finally:
        await admin.close()


ON_KAFKA = [pytest.mark.real_kafka, pytest.mark.xdist_group("stories on kafka")]


@pytest.fixture(params=["postgres", pytest.param("kafka", marks=ON_KAFKA)])
def bus_settings(request: pytest.FixtureRequest) -> Any:
    """Each story is lived on both buses, and finds an empty one."""
    if request.param == "postgres":
        address: BusAddress = request.getfixturevalue("postgres_bus")
        yield {"bus": "postgres", "bus_url": address.url, "relay_interval_s": 0.1}
        return
    bootstrap = request.getfixturevalue("broker")
    yield {"bus": "kafka", "kafka_bootstrap": bootstrap, "relay_interval_s": 0.1}
    run_apart(without_topics(bootstrap))


@pytest_asyncio.fixture
async def house(
    database_for: DatabaseFor,
    settings_for: MakeSettings,
    issuer: DevelopmentIssuer,
    bus_settings: dict[str, Any],
) -> AsyncIterator[House]:
    """Five services, their workers and their bus, running until the story ends."""
    async with AsyncExitStack() as stack:
        apps: dict[str, FastAPI] = {}
        urls: dict[str, Urls] = {}
        for service in SERVICES:
            urls[service.name] = database_for(service.migrations)
            more = {"sealing_secret": "a secret of these tests"} if service is registry else {}
            settings = settings_for(
                service.settings,
                urls[service.name],
                mode="demo",
                poll_interval_s=0.1,
                compute_sync_seconds=300.0,  # of TFP; the others do not look at it
                **bus_settings,
                **more,
            )
            app = service.create_app(settings)
            await stack.enter_async_context(app.router.lifespan_context(app))
            await stack.enter_async_context(service.create_worker(settings))
            apps[service.name] = app
        yield House(apps, urls, issuer, stack)
