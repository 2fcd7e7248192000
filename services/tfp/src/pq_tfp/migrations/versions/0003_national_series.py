"""Series of the nation are read by every caller who has a place; writing them stays with those who have the nation."""

from alembic import op

from pq_common.db import rls
from pq_common.db.migrate import service_name

revision = 'tfp_0003'
down_revision = 'tfp_0002'
branch_labels = None
depends_on = None

TABLES = ('series', 'series_value')


def upgrade() -> None:
    op.execute(rls.OF_NATION)
    for table in TABLES:
        rls.also_read(op, table, service_name())


def downgrade() -> None:
    for table in TABLES:
        op.execute(f'DROP POLICY also_read ON {table}')
    op.execute('DROP FUNCTION pq_reads_nation')
