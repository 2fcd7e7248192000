"""What a caller left with us: answers kept for repeated requests, jobs, their rows and uploads."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.db.rls import OWN
from pq_common.db.schema import COMMON, Instant, access

_FULL = "SELECT INSERT UPDATE DELETE"
_SEEN = "pq_sees_job(actor, ((result -> 'request'::text) ->> 'reach'::text))"
_OF_A_JOB = "(EXISTS ( SELECT 1 FROM job WHERE (job.id = {table}.job_id)))"

idempotency_key = Table(
    "idempotency_key",
    COMMON,
    Column("actor", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("status", Integer),
    Column("headers", JSONB),
    Column("body", LargeBinary),
    Column("created_at", Instant, nullable=False, server_default=text("now()")),
    Index(None, "created_at"),
    info=access(api=_FULL, worker=_FULL, placed=OWN),
)

job = Table(
    "job",
    COMMON,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("total", BigInteger),
    Column("done", BigInteger, nullable=False, server_default=text("0")),
    Column("refused", BigInteger, nullable=False, server_default=text("0")),
    Column("result", JSONB),
    Column("error", JSONB),
    Column("created_at", Instant, nullable=False, server_default=text("now()")),
    Column("updated_at", Instant, nullable=False, server_default=text("now()")),
    Index(None, "state", "created_at"),
    info=access(api=_FULL, worker=_FULL, placed=_SEEN),
)

job_row = Table(
    "job_row",
    COMMON,
    Column("job_id", Uuid, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("row_no", Integer, primary_key=True),
    Column("sheet", Text),
    Column("cell", Text),
    Column("status", Text, nullable=False),
    Column("errors", JSONB),
    info=access(api=_FULL, worker=_FULL, placed=_OF_A_JOB.format(table="job_row")),
)

upload = Table(
    "upload",
    COMMON,
    Column("job_id", Uuid, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("filename", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    info=access(api=_FULL, worker=_FULL, placed=_OF_A_JOB.format(table="upload")),
)

COMPUTE: Final = "compute:"
"""How the kinds of jobs begin that keep a computation and nothing else."""

_SWEEP: Final = (
    text("DELETE FROM idempotency_key WHERE created_at < now() - interval '30 days'"),
    text("DELETE FROM job WHERE kind LIKE 'compute:%' AND updated_at < now() - interval '7 days'"),
)


async def sweep_answers(connection: AsyncConnection) -> None:
    """Drop the answers kept for longer than anybody repeats a request, and computations nobody fetched for a week."""
    for statement in _SWEEP:
        await connection.execute(statement)
