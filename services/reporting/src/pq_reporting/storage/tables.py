"""The projection: what reporting has heard, one mode beside the other and never mixed.

These tables live in a schema of their own per build (``targets_v2000``), reached as ``projection``; the service
has no other rows, so its own migrations add nothing to the common tables.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from pq_common.db.schema import COMMON, NAMING, Instant

metadata = COMMON
PROJECTION = MetaData(schema="projection", naming_convention=NAMING)
# A rebuild changes every row of a page in one batch: with half of the page free, no index is touched.
_ROOM = {"fillfactor": 45}

plan = Table(
    "plan",
    PROJECTION,
    Column("mode", Text, primary_key=True),
    Column("plan_code", Text, primary_key=True),
    # Every text stays: which one was in force is a question about a day.
    Column("version", Integer, primary_key=True),
    Column("valid_from", Date, nullable=False),
    Column("place_id", Text, nullable=False),
    Column("doc", JSONB, nullable=False),
)

task_report = Table(
    "task_report",
    PROJECTION,
    Column("mode", Text, primary_key=True),
    Column("plan_code", Text, primary_key=True),
    Column("task_code", Text, primary_key=True),
    # Of the plan, which every report raises: a later report leaves the earlier day as it was.
    Column("version", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("reported_on", Date, nullable=False),
    Column("doc", JSONB, nullable=False),
)

activity = Table(
    "activity",
    PROJECTION,
    Column("mode", Text, primary_key=True),
    Column("activity_id", Text, primary_key=True),
    Column("place_id", Text, nullable=False),
    Column("indicator", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("quantity", Numeric, nullable=False),
    Column("unit", Text, nullable=False),
    Column("subjects", ARRAY(Text), nullable=False),
    Column("plan_code", Text),
    Column("clause_codes", ARRAY(Text), nullable=False),
    Column("status", Text, nullable=False),
    Index(None, "mode", "indicator", "ends_on"),
)

enterprise = Table(
    "enterprise",
    PROJECTION,
    Column("mode", Text, primary_key=True),
    Column("enterprise_id", Text, primary_key=True),
    # Null until the registry is heard: a certificate may arrive before the enterprise that holds it.
    Column("name", Text),
    Column("place_id", Text),
    Column("status", Text),
    postgresql_with=_ROOM,
)

certificate = Table(
    "certificate",
    PROJECTION,
    Column("mode", Text, primary_key=True),
    Column("certificate_id", Text, primary_key=True),
    Column("enterprise_id", Text, nullable=False),
    Column("place_id", Text, nullable=False),
    Column("scheme", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_before", Date),
    Index(None, "mode", "scheme"),
    postgresql_with=_ROOM,
)

certificate_spell = Table(
    "certificate_spell",
    PROJECTION,
    Column("mode", Text, primary_key=True),
    Column("certificate_id", Text, primary_key=True),
    Column("since", Date, primary_key=True),
    Column("status", Text, nullable=False),
)

tfp_result = Table(
    "tfp_result",
    PROJECTION,
    Column("mode", Text, primary_key=True),
    Column("result_id", Text, primary_key=True),
    Column("place_id", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("supersedes", Text),
    Column("published_at", Instant, nullable=False),
    Column("doc", JSONB, nullable=False),
)

withdrawn_series = Table(
    "withdrawn_series",
    PROJECTION,
    Column("mode", Text, primary_key=True),
    # Heard before or after the results that were computed from it: neither waits for the other.
    Column("series_id", Text, primary_key=True),
    Column("place_id", Text, nullable=False),
    Column("industry", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("vintage", Text, nullable=False),
    Column("withdrawn_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)

heard = Table(
    "heard",
    PROJECTION,
    Column("mode", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("events", BigInteger, nullable=False),
    Column("last_occurred_at", Instant, nullable=False),
)
