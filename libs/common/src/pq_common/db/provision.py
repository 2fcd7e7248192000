"""Make the roles and the database of a service: owner, API and worker, none of them a superuser."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg
from sqlalchemy import URL, make_url

from pq_common.db.session import async_url, connect_args
from pq_common.errors import PqError

KINDS: Final = ("owner", "api", "worker")
_ROLES_LOCK: Final = 0x5051_0002  # roles belong to the whole server: one provisioning at a time


class AddressesDiffer(PqError):
    """The addresses of a service's roles are not three of one database."""

    code = "database_addresses_differ"
    title_vi, title_en = "Địa chỉ cơ sở dữ liệu không khớp", "Database addresses differ"


@dataclass(frozen=True, slots=True)
class Urls:
    """The addresses of one database, by role."""

    owner: str
    api: str
    worker: str


def urls_of(admin_url: str, service: str, database: str, passwords: Mapping[str, str]) -> Urls:
    """Return the addresses for a database that exists already. ``passwords`` are keyed owner, api, worker."""
    server: URL = async_url(admin_url).set(database=database)
    return Urls(
        **{
            kind: server.set(
                username=f"{service}_{kind}", password=passwords[kind]
            ).render_as_string(hide_password=False)
            for kind in KINDS
        }
    )


async def provision(
    admin_url: str,
    service: str,
    *,
    database: str | None = None,
    passwords: Mapping[str, str] | None = None,
) -> Urls:
    """Make what is missing of roles and database; run again, it only sets the passwords (random unless given)."""
    service = service.replace("-", "_")
    database = database or service
    passwords = passwords or {kind: secrets.token_urlsafe(24) for kind in KINDS}
    admin = await asyncpg.connect(**connect_args(admin_url))
    try:
        async with admin.transaction():
            await admin.execute("SELECT pg_advisory_xact_lock($1)", _ROLES_LOCK)
            for kind in KINDS:
                await _make_role(admin, f"{service}_{kind}", passwords[kind])
        if not await admin.fetchval("SELECT true FROM pg_database WHERE datname = $1", database):
            await admin.execute(f'CREATE DATABASE "{database}" OWNER {service}_owner')
    finally:
        await admin.close()
    inside = make_url(admin_url).set(database=database)
    await _run(inside, f"ALTER SCHEMA public OWNER TO {service}_owner")
    await open_doors(inside, service)
    return urls_of(admin_url, service, database, passwords)


async def provision_for(admin_url: str, service: str, urls: Sequence[str]) -> None:
    """Make the roles and the database that the three addresses name, with their passwords. Raises AddressesDiffer."""
    parsed = [make_url(url) for url in urls]
    wanted = [f"{service}_{kind}" for kind in KINDS]
    if (
        sorted(str(url.username) for url in parsed) != sorted(wanted)
        or len({url.database for url in parsed}) != 1
    ):
        seen = ", ".join(f"{url.username}@{url.database}" for url in parsed)
        raise AddressesDiffer(
            f"Cần ba địa chỉ của một cơ sở dữ liệu với các vai trò {', '.join(wanted)}; đã nhận {seen}.",
            f"Three addresses of one database are needed, as the roles {', '.join(wanted)}; seen: {seen}.",
        )
    passwords = {str(url.username).removeprefix(f"{service}_"): str(url.password) for url in parsed}
    await provision(admin_url, service, database=parsed[0].database, passwords=passwords)


async def open_doors(url: str | URL, service: str) -> None:
    """Let the three roles in and nobody else; its owner may say so too. ``url`` names the database."""
    database = make_url(url).database
    await _run(
        url,
        f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC',
        f'GRANT CONNECT ON DATABASE "{database}" TO {service}_owner, {service}_api',
        # The worker makes the schemas of projections, blue and green.
        f'GRANT CONNECT, CREATE ON DATABASE "{database}" TO {service}_worker',
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {service}_api, {service}_worker",
    )


async def _make_role(admin: asyncpg.Connection, role: str, password: str) -> None:
    if not await admin.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
        await admin.execute(f"CREATE ROLE {role} LOGIN")
    quoted = await admin.fetchval("SELECT quote_literal($1)", password)
    await admin.execute(
        f"ALTER ROLE {role} NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS PASSWORD {quoted}"
    )


async def _run(url: str | URL, *statements: str) -> None:
    connection = await asyncpg.connect(**connect_args(url))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
