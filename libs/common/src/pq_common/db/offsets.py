"""How far each projection has read, and which version of each aggregate it holds (``docs/events.md``)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from pq_common.db.schema import COMMON, Instant, access

_WORKER_ONLY = access(api="SELECT", worker="SELECT INSERT UPDATE DELETE")

projection_offset = Table(
    "projection_offset",
    COMMON,
    Column("projection", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
    Column("updated_at", Instant, nullable=False, server_default=text("now()")),
    info=_WORKER_ONLY,
)

projection_version = Table(
    "projection_version",
    COMMON,
    Column("projection", Text, primary_key=True),
    Column("aggregate_type", Text, primary_key=True),
    Column("aggregate_id", Text, primary_key=True),
    Column("last_version", Integer, nullable=False),
    Column("parked", Boolean, nullable=False, server_default=text("false")),
    info=_WORKER_ONLY,
)

projection_gap = Table(
    "projection_gap",
    COMMON,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("projection", Text, nullable=False),
    Column("aggregate_type", Text, nullable=False),
    Column("aggregate_id", Text, nullable=False),
    Column("expected_version", Integer, nullable=False),
    Column("seen_version", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("noticed_at", Instant, nullable=False, server_default=text("now()")),
    Index(None, "projection", "noticed_at"),
    info=_WORKER_ONLY,
)

active_projection = Table(
    "active_projection",
    COMMON,
    Column("projection", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("previous_version", Integer),
    Column("switched_at", Instant, nullable=False, server_default=text("now()")),
    info=_WORKER_ONLY,
)
