"""Who was counted in published figures, sealed, so that a figure stays until enough changes."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        'release_contributors',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('release', sa.Integer(), nullable=False),
        sa.Column('period', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column('sealed', sa.LargeBinary(), nullable=False),
        sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_release_contributors')),
        sa.UniqueConstraint('release', 'period', name=op.f('uq_release_contributors_release')),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('release_contributors')
