"""Certificates, their revisions, and what we remember of enterprises."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pq_common.db import rls
from pq_common.db.migrate import service_name

revision = 'certification_0001'
down_revision = None
branch_labels = None
depends_on = 'common_0001'


def upgrade() -> None:
    op.create_table('certificate',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('enterprise_id', sa.Text(), nullable=False),
    sa.Column('body_id', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('number_key', sa.Text(), nullable=False),
    sa.Column('scheme', sa.Text(), nullable=False),
    sa.Column('scheme_printed', sa.Text(), nullable=False),
    sa.Column('edition', sa.Text(), nullable=True),
    sa.Column('is_accredited', sa.Boolean(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('printed_from', sa.Date(), nullable=False),
    sa.Column('printed_to', sa.Date(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_before', sa.Date(), nullable=True),
    sa.Column('effective_before', sa.Date(), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('status_since', sa.Date(), nullable=False),
    sa.Column('status_reason', sa.Text(), nullable=True),
    sa.Column('scope_text', sa.Text(), nullable=True),
    sa.Column('is_synthetic', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('mode', 'body_id', 'number_key', 'scheme', name=op.f('uq_certificate_mode_body_id_number_key_scheme')),
    info={'api': frozenset({'INSERT', 'SELECT', 'UPDATE'}), 'worker': frozenset({'SELECT', 'UPDATE'}), 'placed': 'pq_in_scope(place_id)'}
    )
    op.create_index('ix_certificate_enterprise_id', 'certificate', ['enterprise_id'], unique=False)
    op.create_index('ix_certificate_place_id', 'certificate', ['place_id', 'id'], unique=False)
    op.create_table('known_enterprise',
    sa.Column('enterprise_id', sa.Text(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('enterprise_id', 'mode', name=op.f('pk_known_enterprise')),
    info={'api': frozenset({'SELECT'}), 'worker': frozenset({'INSERT', 'SELECT', 'UPDATE'}), 'placed': 'pq_in_scope(place_id)'}
    )
    op.create_index('ix_known_enterprise_place_id', 'known_enterprise', ['place_id'], unique=False)
    op.create_table('certificate_revision',
    sa.Column('certificate_id', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_certificate_revision_certificate_id')),
    sa.PrimaryKeyConstraint('certificate_id', 'version', name=op.f('pk_certificate_revision')),
    info={'api': frozenset({'INSERT', 'SELECT'}), 'worker': frozenset({'INSERT', 'SELECT'}), 'placed': 'pq_in_scope(place_id)'}
    )
    op.create_index('ix_certificate_revision_times', 'certificate_revision', ['certificate_id', 'effective_on', 'recorded_at'], unique=False)
    service = service_name()
    rls.placed(op, 'certificate', service, api=('SELECT', 'INSERT', 'UPDATE'), worker=('SELECT', 'UPDATE'))
    rls.placed(op, 'certificate_revision', service, api=('SELECT', 'INSERT'), worker=('SELECT', 'INSERT'))
    rls.placed(op, 'known_enterprise', service, api=('SELECT',), worker=('SELECT', 'INSERT', 'UPDATE'))


def downgrade() -> None:
    op.drop_index('ix_certificate_revision_times', table_name='certificate_revision')
    op.drop_table('certificate_revision')
    op.drop_index('ix_known_enterprise_place_id', table_name='known_enterprise')
    op.drop_table('known_enterprise')
    op.drop_index('ix_certificate_place_id', table_name='certificate')
    op.drop_index('ix_certificate_enterprise_id', table_name='certificate')
    op.drop_table('certificate')
