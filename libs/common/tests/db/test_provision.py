"""Who makes a service's roles and database: ``migrate`` itself where it is given an administrator, else an operator before it."""

from collections.abc import Iterator

import asyncpg
import pytest
from fastapi import FastAPI

from pq_common import logging
from pq_common.background import background
from pq_common.db import migrate
from pq_common.db.provision import AddressesDiffer, Urls, provision_for, urls_of
from pq_common.service import Service, run
from pq_common.settings import CommonSettings
from pq_common.testing.fixtures import PASSWORDS, DatabaseFor, administer, run_apart

NAME = "made_for_this_test"
service = Service(
    name="common",
    settings=CommonSettings,
    create_app=lambda settings: FastAPI(),
    create_worker=background,
    migrations="pq_common",
)


@pytest.fixture
def urls(
    admin_url: str, database_for: DatabaseFor, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Urls]:
    """Addresses of a database that is not there; the roles are, for a server has them once."""
    database_for("pq_common")
    monkeypatch.setattr(logging, "configure", lambda level: None)
    yield urls_of(admin_url, "common", NAME, PASSWORDS)
    run_apart(administer(admin_url, f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"))


async def test_addresses_of_other_roles_or_of_two_databases_are_refused_by_name(
    admin_url: str, urls: Urls
) -> None:
    for wrong in (
        [urls.owner, urls.api],
        [urls.owner, urls.api, urls.api],
        [urls.owner, urls.api, urls.worker.replace(NAME, "another")],
    ):
        with pytest.raises(AddressesDiffer, match="common_worker") as refused:
            await provision_for(admin_url, "common", wrong)
        assert PASSWORDS["api"] not in refused.value.message_en


def test_with_an_administrator_migrate_makes_the_database_first(
    admin_url: str, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PQ_ADMIN_DATABASE_URL", admin_url)
    monkeypatch.setenv("PQ_OWNER_DATABASE_URL", urls.owner)
    monkeypatch.setenv("PQ_DATABASE_URL", urls.api)
    monkeypatch.setenv("PQ_WORKER_DATABASE_URL", urls.worker)
    for _ in range(2):  # a second release does it again
        assert run(service, ["migrate"]) == 0
    migrate.check("pq_common", urls.owner)


def test_what_an_operator_made_its_owner_opens_to_the_three_roles_alone(
    admin_url: str, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_apart(administer(admin_url, f"CREATE DATABASE {NAME} OWNER common_owner"))
    monkeypatch.setenv("PQ_OWNER_DATABASE_URL", urls.owner)
    assert run(service, ["migrate"]) == 0
    migrate.check("pq_common", urls.owner)
    run_apart(administer(urls.api, "SELECT count(*) FROM job"))
    run_apart(administer(urls.worker, "CREATE SCHEMA of_a_projection"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        run_apart(administer(urls.api, "CREATE SCHEMA of_the_api"))
    run_apart(administer(admin_url, "CREATE ROLE stranger LOGIN PASSWORD 'x'"))
    try:
        url = urls.api.replace("common_api", "stranger").replace(PASSWORDS["api"], "x")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            run_apart(administer(url, "SELECT 1"))
    finally:
        run_apart(administer(admin_url, "DROP ROLE stranger"))
