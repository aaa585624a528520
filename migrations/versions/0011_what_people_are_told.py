"""What each person was told of, how they want to be told, and the e-mails that go out."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


KINDS = ('pack', 'check_in', 'referral', 'prompt', 'passed', 'due', 'referral_late', 'overdue')
DELIVERIES = ('immediate', 'digest', 'in_app')
STATES = ('waiting', 'sending', 'sent', 'unsure', 'refused', 'given_up', 'not_needed')
PROBLEMS = ('unreachable', 'not_encrypted', 'not_signed_in', 'busy', 'refused', 'cut_off')

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def _one_of(name: str, values: tuple[str, ...]) -> str:
    listed = ', '.join(f"'{value}'" for value in values)
    return f'{name} IN ({listed})'


def upgrade() -> None:
    """Apply."""
    moment = sqlmodel.sql.sqltypes.UTCDateTime()
    public_id = sqlmodel.sql.sqltypes.AutoString(length=32)
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('email', sqlmodel.sql.sqltypes.AutoString(length=254), nullable=True))
    op.create_table('mail_outbox',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', public_id, nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('planned_at', moment, nullable=False),
    sa.Column('next_try_at', moment, nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('problem', sa.String(length=32), nullable=True),
    sa.Column('ended_at', moment, nullable=True),
    sa.CheckConstraint(_one_of('state', STATES), name=op.f('ck_mail_outbox_state')),
    sa.CheckConstraint(_one_of('problem', PROBLEMS), name=op.f('ck_mail_outbox_problem')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_mail_outbox_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_outbox')),
    sa.UniqueConstraint('public_id', name=op.f('uq_mail_outbox_public_id')),
    )
    op.create_index('ix_mail_outbox_account', 'mail_outbox', ['account_id', 'planned_at'], unique=False)
    op.create_index('ix_mail_outbox_state', 'mail_outbox', ['state', 'next_try_at'], unique=False)
    op.create_table('notification',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', public_id, nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('subject', public_id, nullable=False),
    sa.Column('topic', public_id, nullable=False),
    sa.Column('told_at', moment, nullable=False),
    sa.Column('read_at', moment, nullable=True),
    sa.Column('over_at', moment, nullable=True),
    sa.Column('mail_id', sa.Integer(), nullable=True),
    sa.CheckConstraint(_one_of('kind', KINDS), name=op.f('ck_notification_kind')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notification_account_id')),
    sa.ForeignKeyConstraint(['mail_id'], ['mail_outbox.id'], name=op.f('fk_notification_mail_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification')),
    sa.UniqueConstraint('account_id', 'kind', 'subject', name=op.f('uq_notification_account_id_kind_subject')),
    sa.UniqueConstraint('public_id', name=op.f('uq_notification_public_id')),
    )
    op.create_index(
        'ix_notification_standing', 'notification', ['account_id'], unique=False,
        sqlite_where=sa.text('over_at IS NULL'), postgresql_where=sa.text('over_at IS NULL'),
    )
    op.create_index(op.f('ix_notification_mail_id'), 'notification', ['mail_id'], unique=False)
    op.create_table('notification_choice',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('delivery', sa.String(length=32), nullable=False),
    sa.Column('digest_hour', sa.Integer(), nullable=False),
    sa.Column('quiet_from', sa.Integer(), nullable=True),
    sa.Column('quiet_to', sa.Integer(), nullable=True),
    sa.CheckConstraint(_one_of('delivery', DELIVERIES), name=op.f('ck_notification_choice_delivery')),
    sa.CheckConstraint('digest_hour BETWEEN 0 AND 23', name=op.f('ck_notification_choice_digest_hour')),
    sa.CheckConstraint('quiet_from BETWEEN 0 AND 23', name=op.f('ck_notification_choice_quiet_from')),
    sa.CheckConstraint('quiet_to BETWEEN 0 AND 23', name=op.f('ck_notification_choice_quiet_to')),
    sa.CheckConstraint(
        '(quiet_from IS NULL) = (quiet_to IS NULL) AND quiet_from <> quiet_to',
        name=op.f('ck_notification_choice_quiet_from_to'),
    ),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notification_choice_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_notification_choice')),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table('notification_choice')
    op.drop_table('notification')
    op.drop_table('mail_outbox')
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_column('email')
