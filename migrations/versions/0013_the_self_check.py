"""Self-checks, sealed; and which optional questionnaires the force offers."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    moment = sqlmodel.sql.sqltypes.UTCDateTime()
    op.create_table('check_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('named_id', sa.Integer(), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('delete_after', moment, nullable=False),
    sa.ForeignKeyConstraint(['named_id'], ['person.id'], name=op.f('fk_check_draft_named_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_check_draft_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_draft')),
    sa.UniqueConstraint('person_id', name=op.f('uq_check_draft_person_id')),
    )
    op.create_index(op.f('ix_check_draft_delete_after'), 'check_draft', ['delete_after'], unique=False)
    op.create_index(op.f('ix_check_draft_named_id'), 'check_draft', ['named_id'], unique=False)
    op.create_table('self_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('named_id', sa.Integer(), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['named_id'], ['person.id'], name=op.f('fk_self_check_named_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_self_check_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_self_check')),
    sa.UniqueConstraint('public_id', name=op.f('uq_self_check_public_id')),
    )
    op.create_index(op.f('ix_self_check_named_id'), 'self_check', ['named_id'], unique=False)
    op.create_index(op.f('ix_self_check_person_id'), 'self_check', ['person_id'], unique=False)
    op.create_table('check_offer',
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('switched_on_at', moment, nullable=False),
    sa.Column('by_account_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_account_id'], ['account.id'], name=op.f('fk_check_offer_by_account_id')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_check_offer')),
    )


def downgrade() -> None:
    """Take back. What was kept goes: nothing of before could hold it."""
    op.drop_table('check_offer')
    op.drop_table('self_check')
    op.drop_table('check_draft')
