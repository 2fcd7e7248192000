"""One process that hosts all five services: the real path through outbox, bus and offsets, with a shorter wire."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from fastapi import FastAPI

from pq_certification.app import service as certification
from pq_common.contracts.event import Mode
from pq_common.db.cluster import Cluster
from pq_common.db.lodging import ClusterUnavailable
from pq_common.db.provision import Urls
from pq_common.errors import PqError
from pq_common.events.postgres import PostgresBus
from pq_common.events.topics import every_topic
from pq_common.service import Service
from pq_common.settings import CommonSettings
from pq_embedded.databases import prepare
from pq_embedded.dispatch import Dispatch
from pq_embedded.folder import DataFolder, Running
from pq_embedded.kept_worker import KeptWorker
from pq_embedded.server import LOOPBACK, Server, server_for
from pq_registry.app import service as registry
from pq_reporting.app import service as reporting
from pq_support_grants.app import service as support_grants
from pq_tfp.app import service as tfp

SERVICES: Sequence[Service[Any]] = (registry, support_grants, certification, tfp, reporting)
PROFILE = "PQ_PROFILE"
GENEROUS_PER_MINUTE = 60_000
LOOK_EVERY_S = 1.0
"""Whoever commits or publishes in this process wakes relay, sequencer and readers; looking is for what nobody told."""
"""Everybody here is this machine's own user; the limits of a public address would only slow the loading."""

WATCH_S = 1.0
log = structlog.get_logger(__name__)

Then = Callable[[str], Coroutine[Any, Any, None]]


class NotForProduction(PqError):
    """One process, a development issuer and a log in place of Kafka are no production."""

    code = "embedded_not_for_production"
    title_vi, title_en = "Không dùng cho vận hành thật", "Not for production"


@dataclass(frozen=True, slots=True)
class Plan:
    """How to start: where, with which default mode."""

    folder: DataFolder
    listener: socket.socket
    mode: Mode

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.listener.getsockname()[1]}"


def refuse_production(environment: Mapping[str, str]) -> None:
    """Raise NotForProduction under a production profile."""
    if environment.get(PROFILE, "").lower().startswith("prod"):
        raise NotForProduction(
            f"{PROFILE}={environment[PROFILE]}: chế độ một tiến trình không dùng cho vận hành thật; hãy chạy từng dịch vụ bằng `python -m pq_registry serve | work` với Kafka.",
            f"{PROFILE}={environment[PROFILE]}: the one-process mode is not for production; run each service by itself, as `python -m pq_registry serve | work`, with Kafka.",
        )


def settings_for(service: Service[Any], urls: Mapping[str, Urls], plan: Plan) -> CommonSettings:
    """Give a service its settings: its own database, the bus all share, and the keys of the development issuer."""
    own = urls[service.name.replace("-", "_")]
    issuer = plan.folder.issuer()
    given: CommonSettings = service.settings(
        database_url=own.api,
        worker_database_url=own.worker,
        bus="postgres",
        bus_url=urls["bus"].owner,
        relay_interval_s=LOOK_EVERY_S,
        jwks=issuer.jwks(),
        issuer=issuer.issuer,
        audience=issuer.audience,
        mode=plan.mode,
        sealing_secret=plan.folder.sealing_secret(),  # only the registry has such a setting
        public_requests_per_minute=GENEROUS_PER_MINUTE,
        actor_requests_per_minute=GENEROUS_PER_MINUTE,
        compute_requests_per_minute=GENEROUS_PER_MINUTE,  # these two only tfp has
        compute_open=True,
        log_level="WARNING",
    )
    return given


async def host(plan: Plan, *, then: Then) -> None:
    """Serve until SIGTERM or SIGINT. ``then`` is called once with the address, when everything answers.

    PostgreSQL starts first and stops last. A failure of ``then`` stops the host and is raised.
    """
    # A signal during the start waits for it: a half-started database server would be left behind.
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    cluster = plan.folder.cluster()
    admin_url = await asyncio.to_thread(cluster.start)
    try:
        urls = await prepare(admin_url, plan.folder.passwords())
        async with _kept_alive(cluster), _services(urls, plan) as app:
            await _serve(server_for(app), plan, then, stop)
    finally:
        plan.folder.announce(None)
        await asyncio.to_thread(cluster.stop)


@asynccontextmanager
async def _services(urls: Mapping[str, Urls], plan: Plan) -> AsyncIterator[Dispatch]:
    """Enter the lifespan of each service and of its worker; leave them in reverse."""
    await _install_bus(urls["bus"].owner)
    async with AsyncExitStack() as stack:
        apps: dict[str, FastAPI] = {}
        for service in SERVICES:
            settings = settings_for(service, urls, plan)
            app = service.create_app(settings)
            await stack.enter_async_context(app.router.lifespan_context(app))
            make = partial(service.create_worker, settings)
            app.state.worker = await stack.enter_async_context(KeptWorker(service.name, make))
            apps[service.name] = app
        yield Dispatch(apps, rest=apps[reporting.name])


async def _install_bus(url: str) -> None:
    bus = PostgresBus(url, pool_size=1)
    await bus.start()
    try:
        await bus.install()
        await bus.declare(every_topic())
    finally:
        await bus.stop()


async def _serve(server: Server, plan: Plan, then: Then, stop: asyncio.Event) -> None:
    serving = asyncio.create_task(server.serve(sockets=[plan.listener]))
    await server.ready.wait()
    plan.folder.announce(Running(pid=os.getpid(), address=plan.address))
    asked = asyncio.create_task(stop.wait())
    after = asyncio.create_task(then(plan.address))
    await asyncio.wait({serving, asked, after}, return_when=asyncio.FIRST_COMPLETED)
    if after.done() and after.exception() is None:
        await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    server.stop()
    asked.cancel()
    after.cancel()
    await serving
    with contextlib.suppress(asyncio.CancelledError):
        await after


@asynccontextmanager
async def _kept_alive(cluster: Cluster) -> AsyncIterator[None]:
    """Start the server again whenever it died under us: a crash of one process is no end of the instance."""

    async def watch() -> None:
        while True:
            await asyncio.sleep(WATCH_S)
            try:
                if not await asyncio.to_thread(cluster.is_running):
                    log.warning("postmaster_gone", data=str(cluster.data))
                    await asyncio.to_thread(cluster.start)
            except (ClusterUnavailable, OSError) as reason:
                # A disk may get room again, a recovery may end: as long as the host lives it tries.
                log.error("postmaster_not_started", data=str(cluster.data), reason=str(reason))

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
