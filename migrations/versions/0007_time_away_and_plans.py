"""Planned time away with a deputy; conversations are planned for a day or handed over."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('away_spell',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('named_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('deputy_id', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('recorded_by_account_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('leave', 'training', 'other')", name=op.f('ck_away_spell_kind')),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_away_spell_ends_after_start')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_away_spell_person_id')),
    sa.ForeignKeyConstraint(['named_id'], ['person.id'], name=op.f('fk_away_spell_named_id')),
    sa.ForeignKeyConstraint(['deputy_id'], ['person.id'], name=op.f('fk_away_spell_deputy_id')),
    sa.ForeignKeyConstraint(['recorded_by_account_id'], ['account.id'], name=op.f('fk_away_spell_recorded_by_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_away_spell')),
    sa.UniqueConstraint('public_id', name=op.f('uq_away_spell_public_id'))
    )
    with op.batch_alter_table('away_spell', schema=None) as batch_op:
        batch_op.create_index('ix_away_spell_person', ['person_id', 'starts_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_away_spell_named_id'), ['named_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_away_spell_deputy_id'), ['deputy_id'], unique=False)
    with op.batch_alter_table('prompt_person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('planned_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('handed_to_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('handed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('handed_by_account_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_prompt_person_handed_to_id'), ['handed_to_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_prompt_person_handed_to_id'), 'person', ['handed_to_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_prompt_person_handed_by_account_id'), 'account', ['handed_by_account_id'], ['id'])


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('prompt_person', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_prompt_person_handed_by_account_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_prompt_person_handed_to_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_prompt_person_handed_to_id'))
        batch_op.drop_column('handed_by_account_id')
        batch_op.drop_column('handed_at')
        batch_op.drop_column('handed_to_id')
        batch_op.drop_column('planned_on')
    op.drop_table('away_spell')
