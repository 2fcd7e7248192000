"""Organisations and their revisions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pq_common.db import rls
from pq_common.db.migrate import service_name

revision = 'registry_0001'
down_revision = None
branch_labels = None
depends_on = 'common_0001'


def upgrade() -> None:
    op.create_table('organisation',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('tax_code', sa.Text(), nullable=True),
    sa.Column('tax_code_kind', sa.Text(), nullable=True),
    sa.Column('personal_code_key', sa.Text(), nullable=True),
    sa.Column('personal_code_sealed', postgresql.BYTEA(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_key', sa.Text(), nullable=False),
    sa.Column('legal_form', sa.Text(), nullable=False),
    sa.Column('commune', sa.Text(), nullable=True),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('industry_version', sa.Text(), nullable=True),
    sa.Column('industry_code', sa.Text(), nullable=True),
    sa.Column('size_class', sa.Text(), nullable=True),
    sa.Column('roles', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('is_fdi', sa.Boolean(), nullable=True),
    sa.Column('is_synthetic', sa.Boolean(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('closure_reason', sa.Text(), nullable=True),
    sa.Column('successors', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('mode', 'personal_code_key', name=op.f('uq_organisation_mode_personal_code_key')),
    sa.UniqueConstraint('mode', 'tax_code', name=op.f('uq_organisation_mode_tax_code'))
    )
    op.create_index('ix_organisation_name_key', 'organisation', ['name_key'], unique=False, postgresql_ops={'name_key': 'text_pattern_ops'})
    op.create_index('ix_organisation_place_id', 'organisation', ['place_id', 'id'], unique=False)
    op.create_table('organisation_revision',
    sa.Column('organisation_id', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_organisation_revision_organisation_id')),
    sa.PrimaryKeyConstraint('organisation_id', 'version', name=op.f('pk_organisation_revision'))
    )
    op.create_index('ix_organisation_revision_times', 'organisation_revision', ['organisation_id', 'valid_from', 'recorded_at'], unique=False)
    service = service_name()
    rls.placed(op, 'organisation', service, api=('SELECT', 'INSERT', 'UPDATE'), worker=('SELECT', 'UPDATE'))
    rls.placed(op, 'organisation_revision', service, api=('SELECT', 'INSERT'), worker=('SELECT', 'INSERT'))


def downgrade() -> None:
    op.drop_index('ix_organisation_revision_times', table_name='organisation_revision')
    op.drop_table('organisation_revision')
    op.drop_index('ix_organisation_place_id', table_name='organisation')
    op.drop_index('ix_organisation_name_key', table_name='organisation', postgresql_ops={'name_key': 'text_pattern_ops'})
    op.drop_table('organisation')
