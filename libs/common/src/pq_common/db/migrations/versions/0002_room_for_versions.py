"""A rebuild changes every version on a page in one batch: with half of the page free, no index is touched."""

from alembic import op

revision = "common_0002"
down_revision = "common_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE projection_version SET (fillfactor = 45)")


def downgrade() -> None:
    op.execute("ALTER TABLE projection_version SET (fillfactor = 80)")
