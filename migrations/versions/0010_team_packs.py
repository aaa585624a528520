"""Team packs: files about a team, sealed, and deleted after some days."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('team_pack',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.String(length=32), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('month', sa.Date(), nullable=True),
    sa.Column('asked_by_account_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('progress', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('expires_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('sealed_members', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("version IN ('named', 'briefing')", name=op.f('ck_team_pack_version')),
    sa.CheckConstraint("state IN ('queued', 'making', 'ready', 'failed', 'refused')", name=op.f('ck_team_pack_state')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_team_pack_unit_id')),
    sa.ForeignKeyConstraint(['asked_by_account_id'], ['account.id'], name=op.f('fk_team_pack_asked_by_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team_pack')),
    sa.UniqueConstraint('public_id', name=op.f('uq_team_pack_public_id')),
    sa.UniqueConstraint('unit_id', 'version', 'month', name=op.f('uq_team_pack_unit_id_version_month'))
    )
    with op.batch_alter_table('team_pack', schema=None) as batch_op:
        batch_op.create_index('ix_team_pack_state', ['state', 'asked_at'], unique=False)
    op.create_table('team_pack_file',
    sa.Column('pack_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("kind IN ('pdf', 'xlsx')", name=op.f('ck_team_pack_file_kind')),
    sa.ForeignKeyConstraint(['pack_id'], ['team_pack.id'], name=op.f('fk_team_pack_file_pack_id')),
    sa.PrimaryKeyConstraint('pack_id', 'kind', name=op.f('pk_team_pack_file'))
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('team_pack_file')
    op.drop_table('team_pack')
