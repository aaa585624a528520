"""Exposures of whole days in columns, and wider indexes, for questions about many people."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


SPELL = ['person_id', 'starts_on', 'ends_on', 'withdrawn', 'psychological', 'hours_lost']
HOURS = ['person_id', 'month', 'withdrawn', 'hours']


def upgrade() -> None:
    """Apply. The columns are filled by a job; until then the exposures themselves are read."""
    op.create_table('exposure_type',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_exposure_type')),
    sa.UniqueConstraint('code', name=op.f('uq_exposure_type_code'))
    )
    op.create_table('exposure_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('people', sa.LargeBinary(), nullable=False),
    sa.Column('types', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_exposure_day'))
    )
    op.create_index('ix_exposure_day', 'exposure', ['occurred_on'])
    op.create_index('ix_prompt_opened', 'prompt', ['opened_at', 'incident_id'])
    told = ['debrief_id', 'person_id', 'confidentiality']
    op.create_index('ix_debrief_person_told', 'debrief_person', told)
    op.drop_index('ix_contracted_hours_person_id', table_name='contracted_hours')
    op.create_index('ix_contracted_hours_person', 'contracted_hours', HOURS)
    op.drop_index('ix_absence_spell_person_id', table_name='absence_spell')
    op.create_index('ix_absence_spell_person', 'absence_spell', SPELL)


def downgrade() -> None:
    """Undo."""
    op.drop_index('ix_prompt_opened', table_name='prompt')
    op.drop_index('ix_debrief_person_told', table_name='debrief_person')
    op.drop_index('ix_absence_spell_person', table_name='absence_spell')
    op.create_index('ix_absence_spell_person_id', 'absence_spell', ['person_id'])
    op.drop_index('ix_contracted_hours_person', table_name='contracted_hours')
    op.create_index('ix_contracted_hours_person_id', 'contracted_hours', ['person_id'])
    op.drop_index('ix_exposure_day', table_name='exposure')
    op.drop_table('exposure_day')
    op.drop_table('exposure_type')
