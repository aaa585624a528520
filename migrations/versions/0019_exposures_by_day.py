"""Exposures of whole days in columns, for questions about many people and years."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


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


def downgrade() -> None:
    """Undo."""
    op.drop_index('ix_exposure_day', table_name='exposure')
    op.drop_table('exposure_day')
    op.drop_table('exposure_type')
