"""Migrations run in order, tell whether they are current, and a new one is written from the declaration."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from pq_common.db import migrate
from pq_common.db.provision import KINDS, provision
from pq_common.db.session import Database, connect_args, shown
from pq_common.testing.fixtures import PASSWORDS, DatabaseFor, administer, run_apart


def test_a_command_that_nobody_knows_is_answered_with_its_usage() -> None:
    with pytest.raises(SystemExit, match="usage"):
        migrate.main(["old", "registry"])


async def test_a_database_without_migrations_is_not_current_and_a_migrated_one_is(
    database_for: DatabaseFor,
) -> None:
    urls = database_for("pq_common")
    database = Database(urls.api)

    async def current() -> bool:
        async with database.engine.connect() as connection:
            return await connection.run_sync(lambda c: migrate.is_current("pq_common", c))

    try:
        assert await current()
        run_apart(administer(urls.owner, "DELETE FROM alembic_version"))
        assert not await current()
    finally:
        await database.close()


def test_a_migration_does_not_wait_for_ever_for_a_lock(
    database_for: DatabaseFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def note(connection: Connection) -> None:
        told.append(str(connection.scalar(text("SHOW lock_timeout"))))

    migrate._run(database_for("pq_common").owner, note)
    assert told == ["5s"]


def test_a_new_migration_is_written_from_what_is_declared(
    database_for: DatabaseFor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    urls = database_for("pq_common")
    run_apart(administer(urls.owner, "ALTER TABLE job DROP COLUMN refused"))
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    here = migrate._folder("pq_common")
    for name in ("env.py", "script.py.mako"):
        (folder / name).write_text((here / name).read_text(encoding="utf-8"), encoding="utf-8")
    before = sorted((here / "versions").glob("0*.py"))
    for one in before:
        (folder / "versions" / one.name).write_text(
            one.read_text(encoding="utf-8"), encoding="utf-8"
        )
    monkeypatch.setattr(migrate, "_folder", lambda package: folder)
    written = migrate.new("pq_common", "give back refused", urls.owner)
    source = written.read_text(encoding="utf-8")
    assert written.name.startswith(f"common_{len(before) + 1:04d}")
    assert "op.add_column" in source
    assert "refused" in source


async def test_provisioning_again_changes_only_the_passwords(admin_url: str) -> None:
    again = {kind: f"new-{kind}" for kind in KINDS}
    first = await provision(admin_url, "made-twice", passwords=PASSWORDS)
    second = await provision(admin_url, "made-twice", passwords=again)
    try:
        assert connect_args(first.api)["database"] == "made_twice"
        assert shown(first.api) == shown(second.owner)
        await administer(second.worker, "SELECT 1")
    finally:
        await administer(
            admin_url,
            "DROP DATABASE made_twice",
            *(f"DROP ROLE made_twice_{kind}" for kind in KINDS),
        )


async def test_a_role_that_may_bypass_the_wall_is_refused(
    admin_url: str, database_for: DatabaseFor
) -> None:
    urls = database_for("pq_common")
    await administer(admin_url, "ALTER ROLE common_api BYPASSRLS")
    try:
        with pytest.raises(migrate.SchemaDiffers, match="bypass"):
            migrate.check("pq_common", urls.owner)
    finally:
        await administer(admin_url, "ALTER ROLE common_api NOBYPASSRLS")
