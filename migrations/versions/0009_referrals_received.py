"""Referrals are received: who agreed, who took them on, planned meetings, how they ended."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


SUPPORTS = ('line_manager', 'peer_support', 'trim', 'occupational_health', 'employee_assistance', 'chaplain', 'staff_network', 'federation_or_union', 'gp', 'crisis_line', 'police_care_uk', 'none')
OUTCOMES = ('completed', 'signposted', 'declined', 'not_reached', 'passed_on', 'moved_or_left', 'withdrawn', 'not_recorded')
STEPS = ('first_meeting', 'month_meeting', 'follow_up')
CARE = ('asked', 'spoken')
ADDED = ('agreement_by_account_id', 'sent_at', 'supervisor_sees', 'practitioner_account_id', 'accepted_at', 'contacted_on', 'closed_at', 'outcome', 'passed_from_id', 'revision')

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def _one_of(name: str, values: tuple[str, ...]) -> str:
    listed = ', '.join(f"'{value}'" for value in values)
    return f'{name} IN ({listed})'


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=nullable)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.add_column(sa.Column('agreement_by_account_id', sa.Integer(), nullable=True))
        batch_op.add_column(_moment('sent_at', nullable=True))
        batch_op.add_column(sa.Column('supervisor_sees', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('practitioner_account_id', sa.Integer(), nullable=True))
        batch_op.add_column(_moment('accepted_at', nullable=True))
        batch_op.add_column(sa.Column('contacted_on', sa.Date(), nullable=True))
        batch_op.add_column(_moment('closed_at', nullable=True))
        batch_op.add_column(sa.Column('outcome', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('passed_from_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('revision', sa.Integer(), nullable=False, server_default='0'))
    _referrals_of_before()
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.alter_column('sent_at', existing_type=sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False)
        batch_op.alter_column('supervisor_sees', existing_type=sa.Boolean(), server_default=None)
        batch_op.alter_column('revision', existing_type=sa.Integer(), server_default=None)
        batch_op.create_check_constraint(op.f('ck_referral_outcome'), _one_of('outcome', OUTCOMES))
        batch_op.create_check_constraint(op.f('ck_referral_outcome_when_closed'), "(state = 'closed') = (outcome IS NOT NULL)")
        batch_op.create_foreign_key(op.f('fk_referral_agreement_by_account_id'), 'account', ['agreement_by_account_id'], ['id'])
        batch_op.create_foreign_key(op.f('fk_referral_practitioner_account_id'), 'account', ['practitioner_account_id'], ['id'])
        batch_op.create_foreign_key(op.f('fk_referral_passed_from_id'), 'referral', ['passed_from_id'], ['id'])
        batch_op.create_index('ix_referral_service', ['service', 'state'], unique=False)
        batch_op.create_index('ix_referral_practitioner', ['practitioner_account_id', 'accepted_at'], unique=False)
    op.create_table('referral_step',
    sa.Column('referral_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.CheckConstraint(_one_of('kind', STEPS), name=op.f('ck_referral_step_kind')),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], name=op.f('fk_referral_step_referral_id')),
    sa.PrimaryKeyConstraint('referral_id', 'kind', name=op.f('pk_referral_step'))
    )
    op.create_table('support_service',
    sa.Column('service', sa.String(length=32), nullable=False),
    sa.Column('offered', sa.Boolean(), nullable=False),
    sa.Column('accept_hours', sa.Integer(), nullable=False),
    sa.Column('contact_hours', sa.Integer(), nullable=False),
    sa.Column('follow_up_days', sa.Integer(), nullable=False),
    sa.Column('works_weekends', sa.Boolean(), nullable=False),
    _moment('changed_at'),
    sa.Column('changed_by_account_id', sa.Integer(), nullable=True),
    sa.CheckConstraint(_one_of('service', SUPPORTS), name=op.f('ck_support_service_service')),
    sa.ForeignKeyConstraint(['changed_by_account_id'], ['account.id'], name=op.f('fk_support_service_changed_by_account_id')),
    sa.PrimaryKeyConstraint('service', name=op.f('pk_support_service'))
    )
    op.create_table('service_practitioner',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('service', sa.String(length=32), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('caseload_limit', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    _moment('added_at'),
    sa.CheckConstraint(_one_of('service', SUPPORTS), name=op.f('ck_service_practitioner_service')),
    sa.CheckConstraint('caseload_limit BETWEEN 1 AND 100', name=op.f('ck_service_practitioner_limit_in_reason')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_service_practitioner_account_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_service_practitioner_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_practitioner')),
    sa.UniqueConstraint('public_id', name=op.f('uq_service_practitioner_public_id')),
    sa.UniqueConstraint('account_id', 'service', name=op.f('uq_service_practitioner_account_id_service'))
    )
    op.create_table('practitioner_care',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    _moment('at'),
    sa.Column('by_account_id', sa.Integer(), nullable=True),
    sa.CheckConstraint(_one_of('kind', CARE), name=op.f('ck_practitioner_care_kind')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_practitioner_care_account_id')),
    sa.ForeignKeyConstraint(['by_account_id'], ['account.id'], name=op.f('fk_practitioner_care_by_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_practitioner_care'))
    )
    with op.batch_alter_table('practitioner_care', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_practitioner_care_account_id'), ['account_id'], unique=False)


def _referrals_of_before() -> None:
    """What follows from what was kept, and nothing else: nobody is named who is not known."""
    op.execute("UPDATE referral SET sent_at = agreed_at")
    op.execute("UPDATE referral SET outcome = 'not_recorded' WHERE state = 'closed'")
    op.execute(
        "UPDATE referral SET agreement_by_account_id = (SELECT debrief.recorded_by_account_id "
        "FROM debrief JOIN debrief_person ON debrief_person.debrief_id = debrief.id "
        "WHERE debrief_person.id = referral.debrief_person_id)"
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('practitioner_care')
    op.drop_table('service_practitioner')
    op.drop_table('support_service')
    op.drop_table('referral_step')
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.drop_index('ix_referral_practitioner')
        batch_op.drop_index('ix_referral_service')
        batch_op.drop_constraint(op.f('fk_referral_passed_from_id'), type_='foreignkey')
        batch_op.drop_constraint(op.f('fk_referral_practitioner_account_id'), type_='foreignkey')
        batch_op.drop_constraint(op.f('fk_referral_agreement_by_account_id'), type_='foreignkey')
        batch_op.drop_constraint(op.f('ck_referral_outcome_when_closed'), type_='check')
        batch_op.drop_constraint(op.f('ck_referral_outcome'), type_='check')
    with op.batch_alter_table('referral', schema=None) as batch_op:
        for name in ADDED:
            batch_op.drop_column(name)
