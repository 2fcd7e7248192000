"""Series of every measure: by asset or group, on several bases, with definitions and days of release; runs by industry."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'tfp_0002'
down_revision = 'tfp_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('series', sa.Column('item', sa.Text(), server_default='', nullable=False))
    op.add_column('series', sa.Column('definition', sa.Text(), nullable=True))
    op.add_column('series', sa.Column('breaks', postgresql.ARRAY(sa.Integer()), server_default='{}', nullable=False))
    op.add_column('series', sa.Column('released_on', sa.Date(), nullable=True))
    # The new identity is wider, so every row that satisfied the old one satisfies it.
    op.create_unique_constraint(
        'uq_series_identity', 'series',
        ['mode', 'place_id', 'industry', 'measure', 'item', 'vintage', 'price_basis', 'definition'],
        postgresql_nulls_not_distinct=True,
    )
    op.drop_constraint(op.f('uq_series_mode_place_id_industry_measure_vintage'), 'series', type_='unique')
    op.create_index('ix_series_measure', 'series', ['mode', 'measure', 'vintage', 'id'], unique=False)
    op.add_column('run', sa.Column('industry', sa.Text(), server_default='total', nullable=False))
    # The owner has no policy of its own on a placed table: unforced for the move, it sees the rows.
    op.execute('ALTER TABLE run NO FORCE ROW LEVEL SECURITY')
    op.execute("UPDATE run SET industry = parameters ->> 'industry' WHERE parameters ->> 'industry' <> 'total'")
    op.execute('ALTER TABLE run FORCE ROW LEVEL SECURITY')


def downgrade() -> None:
    op.drop_column('run', 'industry')
    op.drop_index('ix_series_measure', table_name='series')
    op.create_unique_constraint(
        op.f('uq_series_mode_place_id_industry_measure_vintage'), 'series',
        ['mode', 'place_id', 'industry', 'measure', 'vintage'],
    )
    op.drop_constraint('uq_series_identity', 'series', type_='unique')
    op.drop_column('series', 'released_on')
    op.drop_column('series', 'breaks')
    op.drop_column('series', 'definition')
    op.drop_column('series', 'item')
