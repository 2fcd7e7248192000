"""The API's role sees which rows of the queue are held, and why: operators are told, and let them go."""

from alembic import op

from pq_common.db.migrate import service_name
from pq_common.db.rls import unplaced

revision = "common_0003"
down_revision = "common_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    seen = ("SELECT(seq)", "SELECT(held_reason)")
    unplaced(op, "outbox_pending", service_name(), api=seen, worker=())


def downgrade() -> None:
    op.execute(f"REVOKE SELECT (seq, held_reason) ON outbox_pending FROM {service_name()}_api")
