"""Run a service's migrations after the common ones, and check that what is migrated is what is declared.

``python -m pq_common.db.migrate new certification "what it does"`` writes a new one.
"""

import asyncio
import importlib
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from pq_common.db import feed, offsets, outbox, parked, work
from pq_common.db.cluster import Cluster
from pq_common.db.grants import access_differences
from pq_common.db.provision import provision
from pq_common.db.schema import COMMON
from pq_common.db.session import async_url
from pq_common.errors import PqError

LOCK_TIMEOUT: Final = "5s"
_ADVISORY_LOCK: Final = 0x5051_0001  # one migration at a time per database
COMMON_PACKAGE: Final = "pq_common"
TABLES_OF_COMMON = (feed, offsets, outbox, parked, work)  # imported so that COMMON is complete
_PARTITIONS = text("SELECT relname FROM pg_class WHERE relispartition AND relkind IN ('r', 'p')")


class SchemaDiffers(PqError):
    """The database is not what the code declares."""

    code = "schema_differs"
    title_vi, title_en = "Lược đồ khác với khai báo", "Schema differs"


def upgrade(package: str, url: str) -> None:
    """Bring the database of ``package`` (``pq_registry``) to the newest version, as its owner role."""

    def bring_up(connection: Connection) -> None:
        command.upgrade(_config(package, connection), "heads")
        service = service_of(package)
        connection.execute(
            text(f"GRANT SELECT ON alembic_version TO {service}_api, {service}_worker")
        )

    _run(url, bring_up)


def check(package: str, url: str) -> None:
    """Compare tables, policies and grants with their declaration. Raises SchemaDiffers, naming each difference."""

    def compare(connection: Connection) -> None:
        found = [*_table_differences(package, connection)]
        found += access_differences(connection, _catalogues(package), service_of(package))
        if found:
            listed = "; ".join(found)
            raise SchemaDiffers(f"Lược đồ khác với khai báo: {listed}", f"Schema differs: {listed}")

    _run(url, compare)


def is_current(package: str, connection: Connection) -> bool:
    """Say whether every migration that this code knows has been run."""
    have = MigrationContext.configure(connection).get_current_heads()
    if _newest(package) == frozenset(have):
        return True  # as nearly always when a probe asks; only else the scripts are read again
    known = ScriptDirectory.from_config(_config(package, connection))
    reached = {step.revision for step in known.iterate_revisions(have, "base")} if have else set()
    return {step.revision for step in known.walk_revisions()} <= reached | set(have)


@cache
def _newest(package: str) -> frozenset[str]:
    return frozenset(ScriptDirectory.from_config(_config(package)).get_heads())


def new(package: str, message: str, url: str) -> Path:
    """Write a migration from the difference between the declaration and a migrated database."""
    written: list[Path] = []

    def revise(connection: Connection) -> None:
        folder = _folder(package) / "versions"
        number = 1 + len(list(folder.glob("[0-9]*.py")))
        name = f"{service_of(package)}_{number:04d}"
        made = command.revision(
            _config(package, connection),
            message,
            autogenerate=True,
            rev_id=name,
            version_path=str(folder),
            head=f"{service_of(package)}_{number - 1:04d}" if number > 1 else "base",
            depends_on="common_0001" if number == 1 else None,
        )
        scripts = made if isinstance(made, list) else [made]
        written.extend(Path(script.path) for script in scripts if script is not None)

    _run(url, revise)
    return written[0]


def run() -> None:
    """Be the ``env.py`` of every migrations folder: use the connection that ``upgrade`` opened."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=_catalogues(context.config.attributes["package"]),
        include_object=_declared_by_us(connection),
        version_table="alembic_version",
    )
    with context.begin_transaction():
        context.run_migrations()


def service_name() -> str:
    """Return the prefix of the roles (``support_grants``) of the service whose migrations are running."""
    return service_of(context.config.attributes["package"])


def service_of(package: str) -> str:
    """Return ``support_grants`` of ``pq_support_grants``: the name of the database and the prefix of its roles."""
    return package.removeprefix("pq_")


def _run(url: str, work_on: Callable[[Connection], None]) -> None:
    async def connected() -> None:
        engine = create_async_engine(async_url(url), poolclass=NullPool)
        try:
            async with engine.begin() as connection:
                await connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
                await connection.execute(
                    text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK}
                )
                await connection.run_sync(work_on)
        finally:
            await engine.dispose()

    # A thread of its own: the caller may be inside a running event loop, as tests and hosts are.
    with ThreadPoolExecutor(1) as own_thread:
        own_thread.submit(asyncio.run, connected()).result()


def _folder(package: str) -> Path:
    module = f"{package}.db.migrations" if package == COMMON_PACKAGE else f"{package}.migrations"
    parent, _, last = module.rpartition(".")
    where = importlib.import_module(parent).__file__
    assert where is not None  # noqa: S101 - a package of ours always has a file
    return Path(where).parent / last


def _config(package: str, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_folder(package)))
    config.set_main_option("path_separator", "newline")
    places = {str(_folder(name) / "versions"): None for name in (COMMON_PACKAGE, package)}
    config.set_main_option("version_locations", "\n".join(places))
    config.attributes.update(connection=connection, package=package)
    return config


def _catalogues(package: str) -> list[MetaData]:
    if package == COMMON_PACKAGE:
        return [COMMON]
    metadata: MetaData = importlib.import_module(f"{package}.storage.tables").metadata
    return [COMMON] if metadata is COMMON else [COMMON, metadata]


def _declared_by_us(connection: Connection) -> Callable[..., bool]:
    """Leave out partitions, which a function makes, and tables of projections, which live in schemas of their own."""
    partitions = set(connection.scalars(_PARTITIONS))

    def include(thing: object, name: str | None, kind: str, *_: object) -> bool:
        table = thing if kind == "table" else getattr(thing, "table", None)
        if getattr(table, "schema", None) is not None:
            return False
        return not (kind == "table" and name in partitions)

    return include


def _table_differences(package: str, connection: Connection) -> Sequence[str]:
    have = MigrationContext.configure(
        connection, opts={"include_object": _declared_by_us(connection)}
    )
    return [str(found) for found in compare_metadata(have, _catalogues(package))]  # type: ignore[arg-type]


def main(arguments: Sequence[str]) -> str:
    """Do ``new SERVICE "what it does"`` against a passing database and return the path written."""
    match arguments:
        case ["new", service, message]:
            package = f"pq_{service.replace('-', '_')}"
        case _:
            raise SystemExit('usage: python -m pq_common.db.migrate new SERVICE "what it does"')
    with (
        TemporaryDirectory(prefix="pq-new-") as folder,
        Cluster(Path(folder), durable=False) as server,
    ):
        owner = asyncio.run(provision(server.admin_url, service_of(package))).owner
        upgrade(package, owner)
        return str(new(package, message, owner))


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
