"""common tables

Reporting has no rows of its own: offsets, parked events and the feed are common, and the tables of the
projection are made by the worker in a schema per version.
"""

revision = "reporting_0001"
down_revision = None
branch_labels = None
depends_on = "common_0001"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
