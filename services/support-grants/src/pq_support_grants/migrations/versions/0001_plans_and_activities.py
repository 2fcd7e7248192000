"""Plans, their texts and tasks, activities and what proves them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pq_common.db import rls
from pq_common.db.migrate import service_name

revision = 'support_grants_0001'
down_revision = None
branch_labels = None
depends_on = 'common_0001'


def upgrade() -> None:
    op.create_table('activity',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity'))
    )
    op.create_table('plan',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('text_version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_plan'))
    )
    op.create_table('activity_revision',
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('indicator', sa.Text(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('quantity', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('subjects', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('plan_code', sa.Text(), nullable=True),
    sa.Column('clause_codes', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('task_code', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('document', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_activity_revision_activity_id')),
    sa.PrimaryKeyConstraint('activity_id', 'version', name=op.f('pk_activity_revision'))
    )
    op.create_index('ix_activity_revision_page', 'activity_revision', ['mode', 'starts_on', 'activity_id'], unique=False)
    op.create_index('ix_activity_revision_place', 'activity_revision', ['mode', 'place_id', 'indicator', 'starts_on'], unique=False)
    op.create_index('ix_activity_revision_plan', 'activity_revision', ['plan_code'], unique=False)
    op.create_index('ix_activity_revision_subjects', 'activity_revision', ['subjects'], unique=False, postgresql_using='gin')
    op.create_table('evidence',
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('reference_key', sa.Text(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('url', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_evidence_activity_id')),
    sa.PrimaryKeyConstraint('activity_id', 'version', 'number', name=op.f('pk_evidence'))
    )
    op.create_index('ix_evidence_reference_key', 'evidence', ['reference_key'], unique=False)
    op.create_table('plan_code',
    sa.Column('plan_code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('indicators', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['plan_code'], ['plan.code'], name=op.f('fk_plan_code_plan_code')),
    sa.PrimaryKeyConstraint('plan_code', 'kind', 'code', name=op.f('pk_plan_code'))
    )
    op.create_table('plan_target',
    sa.Column('plan_code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('indicators', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('first_year', sa.Integer(), nullable=False),
    sa.Column('last_year', sa.Integer(), nullable=False),
    sa.Column('document', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['plan_code'], ['plan.code'], name=op.f('fk_plan_target_plan_code')),
    sa.PrimaryKeyConstraint('plan_code', 'version', 'code', name=op.f('pk_plan_target'))
    )
    op.create_index('ix_plan_target_indicators', 'plan_target', ['indicators'], unique=False, postgresql_using='gin')
    op.create_index('ix_plan_target_position', 'plan_target', ['plan_code', 'version', 'position'], unique=True)
    op.create_table('plan_task',
    sa.Column('plan_code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('task_group', sa.Integer(), nullable=False),
    sa.Column('indicators', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('document', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['plan_code'], ['plan.code'], name=op.f('fk_plan_task_plan_code')),
    sa.PrimaryKeyConstraint('plan_code', 'version', 'code', name=op.f('pk_plan_task'))
    )
    op.create_index('ix_plan_task_indicators', 'plan_task', ['indicators'], unique=False, postgresql_using='gin')
    op.create_index('ix_plan_task_position', 'plan_task', ['plan_code', 'version', 'position'], unique=True)
    op.create_table('plan_text',
    sa.Column('plan_code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('programmes', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('first_year', sa.Integer(), nullable=False),
    sa.Column('last_year', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('document', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['plan_code'], ['plan.code'], name=op.f('fk_plan_text_plan_code')),
    sa.PrimaryKeyConstraint('plan_code', 'version', name=op.f('pk_plan_text'))
    )
    op.create_index('ix_plan_text_programmes', 'plan_text', ['programmes'], unique=False, postgresql_using='gin')
    op.create_index('ix_plan_text_times', 'plan_text', ['plan_code', 'valid_from', 'recorded_at'], unique=False)
    op.create_table('task_report',
    sa.Column('plan_code', sa.Text(), nullable=False),
    sa.Column('task_code', sa.Text(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reported_on', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('document', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['plan_code'], ['plan.code'], name=op.f('fk_task_report_plan_code')),
    sa.PrimaryKeyConstraint('plan_code', 'task_code', 'mode', 'number', name=op.f('pk_task_report'))
    )
    service = service_name()
    read, write, change = ("SELECT",), ("SELECT", "INSERT"), ("SELECT", "INSERT", "UPDATE")
    for head in ("plan", "activity"):
        rls.placed(op, head, service, api=change, worker=("SELECT", "UPDATE"))
    for written_once in ("plan_text", "plan_target", "plan_task", "task_report", "evidence"):
        rls.placed(op, written_once, service, api=write, worker=write)
    rls.placed(op, "activity_revision", service, api=change, worker=write)
    rls.unplaced(op, "plan_code", service, api=change, worker=read)


def downgrade() -> None:
    op.drop_table('task_report')
    op.drop_index('ix_plan_text_times', table_name='plan_text')
    op.drop_index('ix_plan_text_programmes', table_name='plan_text', postgresql_using='gin')
    op.drop_table('plan_text')
    op.drop_index('ix_plan_task_position', table_name='plan_task')
    op.drop_index('ix_plan_task_indicators', table_name='plan_task', postgresql_using='gin')
    op.drop_table('plan_task')
    op.drop_index('ix_plan_target_position', table_name='plan_target')
    op.drop_index('ix_plan_target_indicators', table_name='plan_target', postgresql_using='gin')
    op.drop_table('plan_target')
    op.drop_table('plan_code')
    op.drop_index('ix_evidence_reference_key', table_name='evidence')
    op.drop_table('evidence')
    op.drop_index('ix_activity_revision_subjects', table_name='activity_revision', postgresql_using='gin')
    op.drop_index('ix_activity_revision_plan', table_name='activity_revision')
    op.drop_index('ix_activity_revision_place', table_name='activity_revision')
    op.drop_index('ix_activity_revision_page', table_name='activity_revision')
    op.drop_table('activity_revision')
    op.drop_table('plan')
    op.drop_table('activity')
