"""Make the roles and the database of a service: owner, API and worker, none of them a superuser."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import asyncpg
from sqlalchemy import URL, make_url

from pq_common.db.session import async_url, connect_args

KINDS: Final = ("owner", "api", "worker")
_ROLES_LOCK: Final = 0x5051_0002  # roles belong to the whole server: one provisioning at a time


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
        await admin.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
        await admin.execute(
            f'GRANT CONNECT ON DATABASE "{database}" TO {service}_owner, {service}_api'
        )
        # The worker makes the schemas of projections, blue and green.
        await admin.execute(f'GRANT CONNECT, CREATE ON DATABASE "{database}" TO {service}_worker')
    finally:
        await admin.close()
    await _own_the_schema(admin_url, service, database)
    return urls_of(admin_url, service, database, passwords)


async def _make_role(admin: asyncpg.Connection, role: str, password: str) -> None:
    if not await admin.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
        await admin.execute(f"CREATE ROLE {role} LOGIN")
    quoted = await admin.fetchval("SELECT quote_literal($1)", password)
    await admin.execute(
        f"ALTER ROLE {role} NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS PASSWORD {quoted}"
    )


async def _own_the_schema(admin_url: str, service: str, database: str) -> None:
    inside = make_url(admin_url).set(database=database)
    connection = await asyncpg.connect(**connect_args(inside))
    try:
        await connection.execute(f"ALTER SCHEMA public OWNER TO {service}_owner")
        await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        await connection.execute(f"GRANT USAGE ON SCHEMA public TO {service}_api, {service}_worker")
    finally:
        await connection.close()
