"""A series that was declared in error is withdrawn, with the reason and by whom; the right one may be declared under its vintage."""

import sqlalchemy as sa
from alembic import op

from pq_common.db.migrate import service_name

revision = 'tfp_0004'
down_revision = 'tfp_0003'
branch_labels = None
depends_on = None

IDENTITY = ['mode', 'place_id', 'industry', 'measure', 'item', 'vintage', 'price_basis', 'definition']


def upgrade() -> None:
    op.add_column('series', sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('series', sa.Column('withdrawn_by', sa.Text(), nullable=True))
    op.add_column('series', sa.Column('withdrawal_reason', sa.Text(), nullable=True))
    op.drop_constraint('uq_series_identity', 'series', type_='unique')
    op.create_index(
        'uq_series_identity', 'series', IDENTITY, unique=True,
        postgresql_nulls_not_distinct=True, postgresql_where=sa.text('withdrawn_at IS NULL'),
    )
    op.execute(f'GRANT UPDATE (withdrawn_at, withdrawn_by, withdrawal_reason) ON series TO {service_name()}_api')


def downgrade() -> None:
    op.execute(f'REVOKE UPDATE (withdrawn_at, withdrawn_by, withdrawal_reason) ON series FROM {service_name()}_api')
    op.drop_index('uq_series_identity', table_name='series')
    op.create_unique_constraint('uq_series_identity', 'series', IDENTITY, postgresql_nulls_not_distinct=True)
    op.drop_column('series', 'withdrawal_reason')
    op.drop_column('series', 'withdrawn_by')
    op.drop_column('series', 'withdrawn_at')
