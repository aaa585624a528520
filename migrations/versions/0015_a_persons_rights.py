"""What people ask about their own data, objections to equality monitoring, and the notice read."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


BEFORE = ('staff', 'supervisor', 'wellbeing_practitioner', 'wellbeing_lead', 'senior_leader', 'dei_analyst', 'evaluator', 'comms_editor', 'comms_publisher', 'data_steward', 'administrator', 'support_practitioner')
ADDED = 'data_protection_officer'
RIGHTS = ('correction', 'erasure', 'restriction', 'objection', 'access', 'complaint')
PARTS = ('staff_details', 'postings', 'skills', 'absence', 'incidents', 'conversations', 'support', 'characteristics', 'who_looked', 'all', 'other')
STATES = ('received', 'acknowledged', 'decided', 'taken_back')
DECISIONS = ('done', 'partly', 'refused')

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def _one_of(name: str, values: tuple[str, ...]) -> str:
    listed = ', '.join(f"'{value}'" for value in values)
    return f'{name} IN ({listed})'


def _role_is_one_of(roles: tuple[str, ...]) -> None:
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_role_grant_role'), type_='check')
        batch_op.create_check_constraint(op.f('ck_role_grant_role'), _one_of('role', roles))


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=nullable)


def upgrade() -> None:
    """Apply."""
    _role_is_one_of((*BEFORE, ADDED))
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('notice_version', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(_moment('notice_read_at', nullable=True))
    op.create_table('equality_objection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('named_id', sa.Integer(), nullable=True),
    _moment('made_at'),
    _moment('taken_back_at', nullable=True),
    sa.ForeignKeyConstraint(['named_id'], ['person.id'], name=op.f('fk_equality_objection_named_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_equality_objection_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_equality_objection'))
    )
    with op.batch_alter_table('equality_objection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_equality_objection_named_id'), ['named_id'], unique=False)
        batch_op.create_index('uq_equality_objection_standing', ['person_id'], unique=True, sqlite_where=sa.text('taken_back_at IS NULL'), postgresql_where=sa.text('taken_back_at IS NULL'))
    op.create_table('rights_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('named_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('part', sa.String(length=32), nullable=False),
    sa.Column('sealed_words', sa.LargeBinary(), nullable=False),
    _moment('received_at'),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    _moment('acknowledged_at', nullable=True),
    sa.Column('decision', sa.String(length=32), nullable=True),
    sa.Column('sealed_reply', sa.LargeBinary(), nullable=True),
    _moment('ended_at', nullable=True),
    sa.Column('decided_by_account_id', sa.Integer(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint(_one_of('kind', RIGHTS), name=op.f('ck_rights_request_kind')),
    sa.CheckConstraint(_one_of('part', PARTS), name=op.f('ck_rights_request_part')),
    sa.CheckConstraint(_one_of('state', STATES), name=op.f('ck_rights_request_state')),
    sa.CheckConstraint(_one_of('decision', DECISIONS), name=op.f('ck_rights_request_decision')),
    sa.CheckConstraint("(state = 'decided') = (decision IS NOT NULL)", name=op.f('ck_rights_request_decision_when_decided')),
    sa.ForeignKeyConstraint(['decided_by_account_id'], ['account.id'], name=op.f('fk_rights_request_decided_by_account_id')),
    sa.ForeignKeyConstraint(['named_id'], ['person.id'], name=op.f('fk_rights_request_named_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_rights_request_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rights_request')),
    sa.UniqueConstraint('public_id', name=op.f('uq_rights_request_public_id'))
    )
    with op.batch_alter_table('rights_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rights_request_named_id'), ['named_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rights_request_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_rights_request_state', ['state', 'due_on'], unique=False)


def downgrade() -> None:
    """Take back. Nobody can hold a role that the code before does not know."""
    op.drop_table('rights_request')
    op.drop_table('equality_objection')
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_column('notice_read_at')
        batch_op.drop_column('notice_version')
    op.execute(f"DELETE FROM role_grant WHERE role = '{ADDED}'")
    _role_is_one_of(BEFORE)
