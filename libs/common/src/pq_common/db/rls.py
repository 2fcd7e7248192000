"""The second wall: row-level security by place and by caller, and who may do what, written in migrations.

``place_id`` of a row must be in the scope that ``set_scope`` named for the transaction. The worker's role
has a policy of its own that lets every row pass; no role of a service has BYPASSRLS.
"""

from collections.abc import Iterable
from typing import Protocol

from pq_common.db.schema import ALL

PLACED = "pq_in_scope(place_id)"

IN_SCOPE = """
CREATE OR REPLACE FUNCTION pq_in_scope(place text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(
    current_setting('pq.places', true) = '*'
    OR place = ANY (string_to_array(current_setting('pq.places', true), ',')),
    false)
"""

READS_NATION = "pq_reads_nation(place_id)"
"""Beside PLACED, for reading alone: figures of the nation, by which those of every place are computed."""

# Without a scope nothing is seen, the nation's rows neither.
OF_NATION = """
CREATE OR REPLACE FUNCTION pq_reads_nation(place text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(place = 'vn' AND nullif(current_setting('pq.places', true), '') IS NOT NULL, false)
"""

OWN = "pq_is_actor(actor)"
"""The condition of rows that belong to the caller who left them."""

# A setting that an earlier transaction made is not NULL but empty.
IS_ACTOR = """
CREATE OR REPLACE FUNCTION pq_is_actor(name text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(name = nullif(current_setting('pq.actor', true), ''), false)
"""

# Jobs of others are for operators and runners ('*'), and for callers of one reach, who share receipts.
SEES_JOB = """
CREATE OR REPLACE FUNCTION pq_sees_job(name text, reach text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(name = nullif(current_setting('pq.actor', true), ''), false)
    OR coalesce(current_setting('pq.jobs', true) = '*', false)
    OR coalesce(reach = nullif(current_setting('pq.jobs', true), ''), false)
"""


class Operations(Protocol):
    """The one thing we need of ``alembic.op``."""

    def execute(self, sqltext: str, /) -> None:
        """Run a statement."""
        ...


def unplaced(
    op: Operations,
    table: str,
    service: str,
    *,
    api: Iterable[str] = ALL,
    worker: Iterable[str] = ALL,
) -> None:
    """Grant the roles of ``service`` what they need on a table whose rows belong to no place.

    A right may be one on a column: ``SELECT(projection)``.
    """
    for role, rights in ((f"{service}_api", api), (f"{service}_worker", worker)):
        if granted := ", ".join(sorted(rights)):
            op.execute(f'GRANT {granted} ON "{table}" TO {role}')


def placed(
    op: Operations,
    table: str,
    service: str,
    *,
    using: str = PLACED,
    api: Iterable[str] = ALL,
    worker: Iterable[str] = ALL,
) -> None:
    """Grant, and let the API role see and write only rows for which ``using`` holds. Declare a ``using``
    that differs, and fewer rights, in the table's ``info`` too (``schema.access``): ``migrate.check`` compares."""
    unplaced(op, table, service, api=api, worker=worker)
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    op.execute(
        f'CREATE POLICY in_scope ON "{table}" TO {service}_api USING ({using}) WITH CHECK ({using})'
    )
    op.execute(
        f'CREATE POLICY every_row ON "{table}" TO {service}_worker USING (true) WITH CHECK (true)'
    )


def also_read(op: Operations, table: str, service: str, *, using: str = READS_NATION) -> None:
    """Let the API role of a placed table read, and no more, the rows for which ``using`` holds too; declare it as ``also_read``."""
    op.execute(f'CREATE POLICY also_read ON "{table}" FOR SELECT TO {service}_api USING ({using})')
