"""The tables every service has."""

from alembic import op

from pq_common.db.migrate import service_name
from pq_common.db.rls import IN_SCOPE, IS_ACTOR, OWN, SEES_JOB, placed, unplaced

revision = "common_0001"
down_revision = None
branch_labels = ("common",)
depends_on = None

TABLES = """
CREATE TABLE event_log (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    event_id uuid NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id text NOT NULL,
    aggregate_version integer NOT NULL,
    topic text NOT NULL,
    partition_key text NOT NULL,
    shard smallint NOT NULL,
    event_type text NOT NULL,
    schema_version smallint NOT NULL,
    occurred_at timestamptz NOT NULL,
    place_id text,
    mode text NOT NULL,
    actor text,
    traceparent text,
    correlation_id text,
    causation_id text,
    payload bytea,
    CONSTRAINT pk_event_log PRIMARY KEY (seq, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX ix_event_log_aggregate_id_aggregate_version ON event_log (aggregate_id, aggregate_version);
CREATE INDEX ix_event_log_occurred_at ON event_log USING brin (occurred_at);
CREATE TABLE event_log_default PARTITION OF event_log DEFAULT;

CREATE TABLE outbox_pending (
    shard smallint NOT NULL,
    seq bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    topic text NOT NULL,
    aggregate_id text NOT NULL,
    aggregate_version integer NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    held_reason text,
    CONSTRAINT pk_outbox_pending PRIMARY KEY (shard, seq),
    CONSTRAINT uq_outbox_pending_topic_aggregate_id_aggregate_version
        UNIQUE (topic, aggregate_id, aggregate_version)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
CREATE INDEX ix_outbox_pending_held ON outbox_pending (aggregate_id) WHERE held_reason IS NOT NULL;

CREATE TABLE relay_lease (
    shard smallint CONSTRAINT pk_relay_lease PRIMARY KEY,
    owner text,
    epoch bigint NOT NULL DEFAULT 0,
    lease_until timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO relay_lease (shard) SELECT generate_series(0, 15);

CREATE TABLE feed_pending (
    seq bigint CONSTRAINT pk_feed_pending PRIMARY KEY,
    recorded_at timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
CREATE TABLE feed (
    position bigint CONSTRAINT pk_feed PRIMARY KEY,
    seq bigint NOT NULL CONSTRAINT uq_feed_seq UNIQUE,
    recorded_at timestamptz NOT NULL
);
CREATE TABLE feed_counter (
    single boolean CONSTRAINT pk_feed_counter PRIMARY KEY DEFAULT true,
    position bigint NOT NULL,
    CONSTRAINT ck_feed_counter_one_row CHECK (single)
);
INSERT INTO feed_counter (position) VALUES (0);

CREATE TABLE projection_offset (
    projection text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_projection_offset PRIMARY KEY (projection, topic, partition)
) WITH (fillfactor = 50);
CREATE TABLE projection_version (
    projection text NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id text NOT NULL,
    last_version integer NOT NULL,
    parked boolean NOT NULL DEFAULT false,
    CONSTRAINT pk_projection_version PRIMARY KEY (projection, aggregate_type, aggregate_id)
) WITH (fillfactor = 80);
CREATE TABLE projection_gap (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_projection_gap PRIMARY KEY,
    projection text NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id text NOT NULL,
    expected_version integer NOT NULL,
    seen_version integer NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    position bigint NOT NULL,
    noticed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_projection_gap_projection_noticed_at ON projection_gap (projection, noticed_at);
CREATE TABLE active_projection (
    projection text CONSTRAINT pk_active_projection PRIMARY KEY,
    version integer NOT NULL,
    previous_version integer,
    wanted_version integer,
    switched_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE parked_event (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_parked_event PRIMARY KEY,
    projection text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    position bigint NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id text NOT NULL,
    key bytea NOT NULL,
    headers jsonb NOT NULL,
    value bytea,
    reason text NOT NULL,
    recorded_at timestamptz NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    replayed_at timestamptz,
    CONSTRAINT uq_parked_event_projection_topic_partition_position
        UNIQUE (projection, topic, partition, position)
);
CREATE INDEX ix_parked_event_projection_aggregate_type_aggregate_id_id
    ON parked_event (projection, aggregate_type, aggregate_id, id);

CREATE TABLE idempotency_key (
    actor text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer,
    headers jsonb,
    body bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_idempotency_key PRIMARY KEY (actor, key)
);
CREATE INDEX ix_idempotency_key_created_at ON idempotency_key (created_at);
CREATE TABLE job (
    id uuid CONSTRAINT pk_job PRIMARY KEY,
    kind text NOT NULL,
    state text NOT NULL,
    actor text NOT NULL,
    total bigint,
    done bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    result jsonb,
    error jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_job_state_created_at ON job (state, created_at);
CREATE TABLE job_row (
    job_id uuid NOT NULL CONSTRAINT fk_job_row_job_id REFERENCES job (id) ON DELETE CASCADE,
    row_no integer NOT NULL,
    sheet text,
    cell text,
    status text NOT NULL,
    errors jsonb,
    CONSTRAINT pk_job_row PRIMARY KEY (job_id, row_no)
);
CREATE TABLE upload (
    job_id uuid CONSTRAINT pk_upload PRIMARY KEY
        CONSTRAINT fk_upload_job_id REFERENCES job (id) ON DELETE CASCADE,
    filename text NOT NULL,
    sha256 text NOT NULL,
    content bytea NOT NULL
);
"""

# Makes the partition of the month of ``day`` and of the three after it. It runs with the owner's rights, so
# that the worker needs none on the schema. A month whose rows already lie in the DEFAULT partition stays there.
PARTITIONS = """
CREATE FUNCTION pq_make_event_log_partitions(day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    first_of_month date;
    name text;
    made integer := 0;
BEGIN
    FOR ahead IN 0..3 LOOP
        first_of_month := (date_trunc('month', day) + make_interval(months => ahead))::date;
        name := 'event_log_' || to_char(first_of_month, 'YYYYMM');
        CONTINUE WHEN to_regclass('public.' || name) IS NOT NULL;
        BEGIN
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF event_log FOR VALUES FROM (%L) TO (%L)', name,
                to_char(first_of_month, 'YYYY-MM-DD 00:00:00+00'),
                to_char(first_of_month + interval '1 month', 'YYYY-MM-DD 00:00:00+00'));
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM %I', name, current_user);
            made := made + 1;
        EXCEPTION WHEN check_violation THEN
            RAISE WARNING 'rows of % are in the default partition and stay there', name;
        END;
    END LOOP;
    RETURN made;
END $$
"""

FULL = ("SELECT", "INSERT", "UPDATE", "DELETE")
OR_NOWHERE = "place_id IS NULL OR pq_in_scope(place_id)"
SEEN = "pq_sees_job(actor, result -> 'request' ->> 'reach')"
COUNTED = ("SELECT(projection)", "SELECT(replayed_at)")


def upgrade() -> None:
    service = service_name()
    for function in (IN_SCOPE, IS_ACTOR, SEES_JOB):
        op.execute(function)
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    op.execute(PARTITIONS)
    op.execute("REVOKE ALL ON FUNCTION pq_make_event_log_partitions FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION pq_make_event_log_partitions TO {service}_worker")
    op.execute("SELECT pq_make_event_log_partitions(current_date)")
    write_once = ("SELECT", "INSERT")
    placed(op, "event_log", service, using=OR_NOWHERE, api=write_once, worker=write_once)
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON event_log, event_log_default FROM {service}_owner")
    queue = {"api": ("INSERT",)}
    unplaced(op, "outbox_pending", service, **queue)
    unplaced(op, "feed_pending", service, **queue, worker=("SELECT", "INSERT", "DELETE"))
    unplaced(op, "relay_lease", service, api=(), worker=("SELECT", "UPDATE"))
    unplaced(op, "feed", service, api=("SELECT",), worker=write_once)
    unplaced(op, "feed_counter", service, api=("SELECT",), worker=("SELECT", "UPDATE"))
    for table in ("offset", "version", "gap"):
        unplaced(op, f"projection_{table}", service, api=("SELECT",))
    unplaced(op, "active_projection", service, api=("SELECT", "UPDATE"))
    unplaced(op, "parked_event", service, api=COUNTED)
    placed(op, "idempotency_key", service, using=OWN)
    placed(op, "job", service, using=SEEN)
    for table in ("job_row", "upload"):
        of_a_job = f"EXISTS (SELECT 1 FROM job WHERE job.id = {table}.job_id)"
        placed(op, table, service, using=of_a_job)


def downgrade() -> None:
    raise RuntimeError("the journal is never taken down: restore a backup instead")
