"""Events that a projection could not read, kept in order per key until an operator replays them."""

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from pq_common.db.schema import COMMON, Instant, access

parked_event = Table(
    "parked_event",
    COMMON,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("projection", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("aggregate_type", Text, nullable=False),
    Column("aggregate_id", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("value", LargeBinary),
    Column("reason", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("parked_at", Instant, nullable=False, server_default=text("now()")),
    Column("replayed_at", Instant),
    UniqueConstraint("projection", "topic", "partition", "position"),
    Index(None, "projection", "aggregate_type", "aggregate_id", "id"),
    info=access(api="SELECT", worker="SELECT INSERT UPDATE DELETE"),
)
