"""Periods, legal holds, what each night removed, and how it is known again."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('audit_anchor',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_anchor'))
    )
    op.create_table('disposal_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('disposed_before', sa.Date(), nullable=False),
    sa.Column('settled_before', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disposal_line'))
    )
    op.create_table('disposed_record',
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_disposed_record'))
    )
    op.create_table('retention_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('started_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('finished_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retention_run')),
    sa.UniqueConstraint('day', name=op.f('uq_retention_run_day'))
    )
    op.create_table('retention_count',
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('class_code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('due', sa.Integer(), nullable=False),
    sa.Column('removed', sa.Integer(), nullable=False),
    sa.Column('held', sa.Integer(), nullable=False),
    sa.Column('finished', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['retention_run.id'], name=op.f('fk_retention_count_run_id')),
    sa.PrimaryKeyConstraint('run_id', 'class_code', name=op.f('pk_retention_count'))
    )
    op.create_table('rule_spoke',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('rule_code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('spoke_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_rule_spoke_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'rule_code', 'spoke_on', name=op.f('pk_rule_spoke'))
    )
    op.create_table('account_closing',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=False),
    sa.Column('by_leaving', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_closing_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_account_closing'))
    )
    op.create_table('legal_hold',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('named_id', sa.Integer(), nullable=True),
    sa.Column('incident_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=32), nullable=False),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('review_on', sa.Date(), nullable=False),
    sa.Column('untold', sa.String(length=32), nullable=True),
    sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('by_account_id', sa.Integer(), nullable=False),
    sa.Column('lifted_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('lifted_by_account_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("reason IN ('claim', 'inquest', 'inquiry', 'court_order', 'rights_request')", name=op.f('ck_legal_hold_reason')),
    sa.CheckConstraint("untold IN ('court_order', 'law')", name=op.f('ck_legal_hold_untold')),
    sa.CheckConstraint('(person_id IS NULL) <> (incident_id IS NULL)', name=op.f('ck_legal_hold_one_subject')),
    sa.ForeignKeyConstraint(['by_account_id'], ['account.id'], name=op.f('fk_legal_hold_by_account_id')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_legal_hold_incident_id')),
    sa.ForeignKeyConstraint(['lifted_by_account_id'], ['account.id'], name=op.f('fk_legal_hold_lifted_by_account_id')),
    sa.ForeignKeyConstraint(['named_id'], ['person.id'], name=op.f('fk_legal_hold_named_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_legal_hold_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_hold')),
    sa.UniqueConstraint('public_id', name=op.f('uq_legal_hold_public_id'))
    )
    with op.batch_alter_table('legal_hold', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_legal_hold_incident_id'), ['incident_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_legal_hold_named_id'), ['named_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_legal_hold_person_id'), ['person_id'], unique=False)

    op.create_table('retention_period',
    sa.Column('class_code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('months_before', sa.Integer(), nullable=False),
    sa.Column('applies_from', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=32), nullable=False),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('changed_by_account_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("reason IN ('schedule', 'law', 'advice', 'agreement')", name=op.f('ck_retention_period_reason')),
    sa.ForeignKeyConstraint(['changed_by_account_id'], ['account.id'], name=op.f('fk_retention_period_changed_by_account_id')),
    sa.PrimaryKeyConstraint('class_code', name=op.f('pk_retention_period'))
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('retention_period')
    op.drop_table('legal_hold')
    op.drop_table('account_closing')
    op.drop_table('rule_spoke')
    op.drop_table('retention_count')
    op.drop_table('retention_run')
    op.drop_table('disposed_record')
    op.drop_table('disposal_line')
    op.drop_table('audit_anchor')
