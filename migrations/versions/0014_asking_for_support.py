"""People ask for support themselves, share what they choose, and ask without a name."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


SUPPORTS = ('line_manager', 'peer_support', 'trim', 'occupational_health', 'employee_assistance', 'chaplain', 'staff_network', 'federation_or_union', 'gp', 'crisis_line', 'police_care_uk', 'none')
URGENCIES = ('today', 'three_days', 'no_hurry')
STATES = ('preview', 'shared', 'ended')
ENDS = ('withdrawn', 'handed_over', 'closed')
ROLES = ('staff', 'supervisor', 'wellbeing_practitioner', 'wellbeing_lead', 'senior_leader', 'dei_analyst', 'evaluator', 'comms_editor', 'comms_publisher', 'data_steward', 'administrator')
KINDS = ('pack', 'check_in', 'referral', 'prompt', 'passed', 'due', 'referral_late', 'overdue')
NEW_ROLE = 'support_practitioner'
NEW_KIND = 'question'

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def _one_of(name: str, values: tuple[str, ...]) -> str:
    listed = ', '.join(f"'{value}'" for value in values)
    return f'{name} IN ({listed})'


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=nullable)


def _closed_set(table: str, column: str, values: tuple[str, ...]) -> None:
    """Say anew what a column may hold."""
    name = f'ck_{table}_{column}'
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(name), type_='check')
        batch_op.create_check_constraint(op.f(name), _one_of(column, values))


def upgrade() -> None:
    """Apply."""
    _closed_set('role_grant', 'role', (*ROLES, NEW_ROLE))
    _closed_set('notification', 'kind', (*KINDS, NEW_KIND))
    op.create_table('referral_wish',
    sa.Column('referral_id', sa.Integer(), nullable=False),
    sa.Column('urgency', sa.String(length=32), nullable=False),
    sa.Column('outside_line', sa.Boolean(), nullable=False),
    sa.Column('sealed_contact', sa.LargeBinary(), nullable=True),
    sa.Column('sealed_avoided', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint(_one_of('urgency', URGENCIES), name=op.f('ck_referral_wish_urgency')),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], name=op.f('fk_referral_wish_referral_id')),
    sa.PrimaryKeyConstraint('referral_id', name=op.f('pk_referral_wish'))
    )
    op.create_table('referral_share',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('referral_id', sa.Integer(), nullable=False),
    sa.Column('recipient_account_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    _moment('prepared_at'),
    _moment('shared_at', nullable=True),
    _moment('ended_at', nullable=True),
    sa.Column('ended_why', sa.String(length=32), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint(_one_of('state', STATES), name=op.f('ck_referral_share_state')),
    sa.CheckConstraint(_one_of('ended_why', ENDS), name=op.f('ck_referral_share_ended_why')),
    sa.CheckConstraint("(state = 'ended') = (ended_why IS NOT NULL)", name=op.f('ck_referral_share_why_when_ended')),
    sa.CheckConstraint("(state = 'ended') = (sealed IS NULL)", name=op.f('ck_referral_share_sealed_until_ended')),
    sa.ForeignKeyConstraint(['recipient_account_id'], ['account.id'], name=op.f('fk_referral_share_recipient_account_id')),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], name=op.f('fk_referral_share_referral_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referral_share')),
    sa.UniqueConstraint('public_id', name=op.f('uq_referral_share_public_id'))
    )
    with op.batch_alter_table('referral_share', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_referral_share_referral_id'), ['referral_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_referral_share_recipient_account_id'), ['recipient_account_id'], unique=False)
    op.create_table('support_draft',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    _moment('saved_at'),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_support_draft_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_support_draft'))
    )
    with op.batch_alter_table('support_draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_support_draft_saved_at'), ['saved_at'], unique=False)
    op.create_table('anonymous_question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('service', sa.String(length=32), nullable=False),
    sa.Column('receipt_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.CheckConstraint(_one_of('service', SUPPORTS), name=op.f('ck_anonymous_question_service')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_anonymous_question')),
    sa.UniqueConstraint('public_id', name=op.f('uq_anonymous_question_public_id')),
    sa.UniqueConstraint('receipt_hash', name=op.f('uq_anonymous_question_receipt_hash'))
    )
    with op.batch_alter_table('anonymous_question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_anonymous_question_service'), ['service'], unique=False)
        batch_op.create_index(batch_op.f('ix_anonymous_question_last_on'), ['last_on'], unique=False)
    op.create_table('anonymous_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('from_service', sa.Boolean(), nullable=False),
    sa.Column('by_account_id', sa.Integer(), nullable=True),
    sa.Column('written_on', sa.Date(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('from_service = (by_account_id IS NOT NULL)', name=op.f('ck_anonymous_message_only_services_are_named')),
    sa.ForeignKeyConstraint(['by_account_id'], ['account.id'], name=op.f('fk_anonymous_message_by_account_id')),
    sa.ForeignKeyConstraint(['question_id'], ['anonymous_question.id'], name=op.f('fk_anonymous_message_question_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_anonymous_message')),
    sa.UniqueConstraint('public_id', name=op.f('uq_anonymous_message_public_id'))
    )
    with op.batch_alter_table('anonymous_message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_anonymous_message_question_id'), ['question_id'], unique=False)


def downgrade() -> None:
    """Take back: requests stay as referrals of which no supervisor knows; the rest is forgotten."""
    op.drop_table('anonymous_message')
    op.drop_table('anonymous_question')
    op.drop_table('support_draft')
    op.drop_table('referral_share')
    op.drop_table('referral_wish')
    op.execute(f"DELETE FROM notification WHERE kind = '{NEW_KIND}'")
    op.execute(f"DELETE FROM role_grant WHERE role = '{NEW_ROLE}'")
    _closed_set('notification', 'kind', KINDS)
    _closed_set('role_grant', 'role', ROLES)
