"""A service is a value: its name, its settings, and what makes its application and its worker."""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from logging import getLogger
from typing import Any, Generic, Protocol, TypeVar

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from pq_common import collecting, logging, telemetry
from pq_common.db import migrate
from pq_common.db.provision import open_doors, provision_for
from pq_common.http.worker_app import worker_app
from pq_common.settings import CommonSettings, OwnerSettings

S = TypeVar("S", bound=CommonSettings)
SECRETS = "PQ_SECRETS"
"""The variable that names the folder of files with settings, as Kubernetes and Docker mount secrets."""
Job = Callable[[Any, date], Awaitable[None]]


class MakesWorker(Protocol):
    """Returns what runs relay, sequencer and consumers while it is entered; opens nothing before."""

    def __call__(
        self, settings: Any, *, relay: bool = True, consume: bool = True
    ) -> AbstractAsyncContextManager[Any]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Generic[S]):
    """What a host needs to know of a service."""

    name: str
    """As in the address: ``support-grants``."""
    settings: type[S]
    create_app: Callable[[S], FastAPI]
    create_worker: MakesWorker
    migrations: str
    """The package whose ``migrations`` folder is meant: ``pq_support_grants``."""
    jobs: Mapping[str, Job] = field(default_factory=dict)
    """What time brings: each is told its settings and the day."""


def run(service: Service[Any], arguments: Sequence[str] | None = None) -> int:
    """Be the ``__main__`` of this service: serve, work, migrate, or do one job. Returns the exit code."""
    said = _parser(service).parse_args(arguments)
    try:
        settings = _told(service, said.command)
    except ValidationError as reason:
        _explain(service, reason)
        return 2
    logging.configure(settings.log_level)
    with telemetry.tracing(service.name, settings.otlp_endpoint):
        return _COMMANDS[said.command](service, settings, said)


def _told(service: Service[Any], command: str) -> Any:
    folder = os.environ.get(SECRETS)
    if command == "migrate":
        return OwnerSettings(_secrets_dir=folder, _env_prefix=_prefix(service))
    return service.settings(_secrets_dir=folder)


def _prefix(service: Service[Any]) -> str:
    return str(service.settings.model_config.get("env_prefix", ""))


def _serve(service: Service[Any], settings: CommonSettings, said: argparse.Namespace) -> int:
    app = service.create_app(settings)
    collecting.collect_seldom()
    _listen(app, settings)
    return 0


def _work(service: Service[Any], settings: CommonSettings, said: argparse.Namespace) -> int:
    @asynccontextmanager
    async def worker() -> AsyncIterator[Any]:
        made = service.create_worker(
            settings, relay=said.part != "consume", consume=said.part != "relay"
        )
        async with made as running:
            yield running

    app = worker_app(service.name, settings, service.migrations, worker())
    collecting.collect_seldom()
    _listen(app, settings)
    return 1 if app.state.failed else 0


def _migrate(service: Service[Any], settings: OwnerSettings, said: argparse.Namespace) -> int:
    owner = settings.owner_database_url.get_secret_value()
    getLogger("alembic").setLevel(settings.log_level)  # here its steps are what one wants to read
    asyncio.run(_prepared(migrate.service_of(service.migrations), settings, owner))
    migrate.upgrade(service.migrations, owner)
    return 0


async def _prepared(service: str, settings: OwnerSettings, owner: str) -> None:
    if settings.admin_database_url is not None:
        given = (settings.database_url, settings.worker_database_url)
        urls = [owner, *(url.get_secret_value() for url in given if url is not None)]
        await provision_for(settings.admin_database_url.get_secret_value(), service, urls)
    else:
        await open_doors(owner, service)


def _job(service: Service[Any], settings: CommonSettings, said: argparse.Namespace) -> int:
    asyncio.run(_awaited(service.jobs[said.name](settings, said.on)))
    return 0


async def _awaited(job: Awaitable[None]) -> None:
    await job


_COMMANDS: Mapping[str, Callable[[Service[Any], Any, argparse.Namespace], int]] = {
    "serve": _serve,
    "work": _work,
    "migrate": _migrate,
    "job": _job,
}


def _listen(app: Any, settings: CommonSettings) -> None:
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,  # ours, set up already
        access_log=False,  # our own line has no query in it
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=20,
    )


def _parser(service: Service[Any]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {service.migrations}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="answer HTTP")
    work = commands.add_parser("work", help="relay, number and consume events")
    work.add_argument("part", nargs="?", choices=["relay", "consume"], help="only this part")
    commands.add_parser("migrate", help="bring the database to this version, as its owner")
    job = commands.add_parser("job", help="do what a day brings")
    job.add_argument("name", choices=sorted(service.jobs))
    job.add_argument("--on", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
    return parser


def _explain(service: Service[Any], reason: ValidationError) -> None:
    prefix = _prefix(service)
    for fault in reason.errors(include_input=False, include_url=False):
        name = f"{prefix}{fault['loc'][0]}".upper() if fault["loc"] else prefix
        seen = "is not set" if fault["type"] == "missing" else "is set"
        sys.stderr.write(f"{name} {seen}: {fault['msg']}\n")
