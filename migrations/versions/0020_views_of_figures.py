"""Questions asked of published figures behind opaque ids, and how many figures somebody saw."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('saved_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
    sa.Column('measure', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('period', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('dimension_1', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('code_1', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('dimension_2', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('code_2', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('by_dimension', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_saved_view_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_view')),
    sa.UniqueConstraint('public_id', name=op.f('uq_saved_view_public_id'))
    )
    with op.batch_alter_table('saved_view', schema=None) as batch_op:
        batch_op.create_index('ix_saved_view_account_id', ['account_id', 'name'], unique=False)

    op.create_table('figures_seen',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('digests', sa.LargeBinary(), nullable=False),
    sa.Column('told', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_figures_seen_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'day', name=op.f('pk_figures_seen'))
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('figures_seen')
    op.drop_table('saved_view')
