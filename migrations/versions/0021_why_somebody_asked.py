"""Why somebody asked for figures about people, and which filters they set for the day."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('stated_purpose',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=32), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('stated_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.CheckConstraint("purpose IN ('planning', 'equity', 'major', 'board', 'audit')", name=op.f('ck_stated_purpose_purpose')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_stated_purpose_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stated_purpose')),
    sa.UniqueConstraint('public_id', name=op.f('uq_stated_purpose_public_id'))
    )
    op.create_table('force_question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('chosen', sa.JSON(), nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_force_question_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_force_question')),
    sa.UniqueConstraint('public_id', name=op.f('uq_force_question_public_id'))
    )
    for table, column in (
        ('stated_purpose', 'account_id'),
        ('stated_purpose', 'stated_at'),
        ('force_question', 'account_id'),
        ('force_question', 'asked_at'),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f'ix_{table}_{column}'), [column], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table('force_question')
    op.drop_table('stated_purpose')
