"""Series with their values, and runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pq_common.db import rls
from pq_common.db.migrate import service_name

revision = 'tfp_0001'
down_revision = None
branch_labels = None
depends_on = 'common_0001'


def upgrade() -> None:
    op.create_table('run',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('boundary', sa.Text(), nullable=False),
    sa.Column('engine', sa.Text(), nullable=False),
    sa.Column('method_version', sa.Text(), nullable=False),
    sa.Column('code_version', sa.Text(), nullable=False),
    sa.Column('vintage', sa.Text(), nullable=False),
    sa.Column('inputs', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('results', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('warnings', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('bundle_sha256', sa.Text(), nullable=False),
    sa.Column('is_synthetic', sa.Boolean(), nullable=False),
    sa.Column('computed_by', sa.Text(), nullable=False),
    sa.Column('computed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_by', sa.Text(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('supersedes', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run')),
    info={'api': frozenset({'SELECT', 'INSERT', 'UPDATE'}), 'worker': frozenset({'SELECT'}), 'placed': 'pq_in_scope(place_id)'}
    )
    op.create_index('ix_run_place_id', 'run', ['place_id', 'id'], unique=False)
    op.create_table('series',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('industry', sa.Text(), nullable=False),
    sa.Column('measure', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('price_basis', sa.Text(), nullable=True),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('vintage', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('is_synthetic', sa.Boolean(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_series')),
    sa.UniqueConstraint('mode', 'place_id', 'industry', 'measure', 'vintage', name=op.f('uq_series_mode_place_id_industry_measure_vintage')),
    info={'api': frozenset({'SELECT', 'INSERT'}), 'worker': frozenset({'SELECT'}), 'placed': 'pq_in_scope(place_id)'}
    )
    op.create_table('series_value',
    sa.Column('series_id', sa.Text(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('value', sa.Numeric(), nullable=False),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_series_value_series_id')),
    sa.PrimaryKeyConstraint('series_id', 'year', name=op.f('pk_series_value')),
    info={'api': frozenset({'SELECT', 'INSERT'}), 'worker': frozenset({'SELECT'}), 'placed': 'pq_in_scope(place_id)'}
    )
    service = service_name()
    rls.placed(op, 'series', service, api=('SELECT', 'INSERT'), worker=('SELECT',))
    rls.placed(op, 'series_value', service, api=('SELECT', 'INSERT'), worker=('SELECT',))
    rls.placed(op, 'run', service, api=('SELECT', 'INSERT', 'UPDATE'), worker=('SELECT',))


def downgrade() -> None:
    op.drop_table('series_value')
    op.drop_table('series')
    op.drop_index('ix_run_place_id', table_name='run')
    op.drop_table('run')
