"""Ways in for programs."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0003'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('feed_bookmark',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('moved_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_feed_bookmark'))
    )
    op.create_table('feed_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('system', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('kinds', sa.JSON(), nullable=False),
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('previous_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('previous_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('expires_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('revoked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('last_used_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_token')),
    sa.UniqueConstraint('name', name=op.f('uq_feed_token_name')),
    sa.UniqueConstraint('previous_hash', name=op.f('uq_feed_token_previous_hash')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_feed_token_token_hash'))
    )
    op.create_table('feed_reply',
    sa.Column('token_id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('received_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('complete', sa.Boolean(), nullable=False),
    sa.Column('reply', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['token_id'], ['feed_token.id'], name=op.f('fk_feed_reply_token_id')),
    sa.PrimaryKeyConstraint('token_id', 'key', name=op.f('pk_feed_reply'))
    )
    with op.batch_alter_table('feed_reply', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feed_reply_received_at'), ['received_at'], unique=False)

    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.add_column(sa.Column('feed_token_id', sa.Integer(), nullable=True))
        batch_op.create_index('ix_import_run_token', ['feed_token_id', 'started_at'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_import_run_feed_token_id'), 'feed_token', ['feed_token_id'], ['id'])



def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_import_run_feed_token_id'), type_='foreignkey')
        batch_op.drop_index('ix_import_run_token')
        batch_op.drop_column('feed_token_id')

    with op.batch_alter_table('feed_reply', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_feed_reply_received_at'))

    op.drop_table('feed_reply')
    op.drop_table('feed_token')
    op.drop_table('feed_bookmark')
