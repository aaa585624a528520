"""Ways in for programs."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


KINDS = ('people', 'postings', 'leavers', 'incidents', 'attendance')
NEW_KINDS = ('supervisors', 'skills', 'absences', 'hours')
SPELLS = ('supervision', 'skill', 'absence_spell')


def _kind_is_one_of(kinds: tuple[str, ...], table: str) -> None:
    listed = ', '.join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f'ck_{table}_kind'), type_='check')
        batch_op.create_check_constraint(op.f(f'ck_{table}_kind'), f'kind IN ({listed})')


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

    op.create_table('contracted_hours',
    sa.Column('source_system', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('source_ref', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=True),
    sa.Column('source_version', sa.BigInteger(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('withdrawn', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('hours', sa.Numeric(precision=8, scale=2), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_contracted_hours_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contracted_hours')),
    sa.UniqueConstraint('source_system', 'source_ref', name=op.f('uq_contracted_hours_source_system_source_ref'))
    )
    with op.batch_alter_table('contracted_hours', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contracted_hours_person_id'), ['person_id'], unique=False)

    for table in SPELLS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            # What was there came from no feed.
            batch_op.add_column(sa.Column('source_system', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False, server_default=''))
            batch_op.add_column(sa.Column('source_ref', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=True))
            batch_op.add_column(sa.Column('source_version', sa.BigInteger(), nullable=False, server_default='0'))
            batch_op.add_column(sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False, server_default=''))
            batch_op.add_column(sa.Column('withdrawn', sa.Boolean(), nullable=False, server_default=sa.false()))
            batch_op.create_unique_constraint(batch_op.f(f'uq_{table}_source_system_source_ref'), ['source_system', 'source_ref'])

    _kind_is_one_of(KINDS + NEW_KINDS, 'import_run')
    _kind_is_one_of(KINDS + NEW_KINDS, 'quarantined_row')


def downgrade() -> None:
    """Undo."""
    # Imports of kinds that were not known before, and rows that only withdrew, have no place there.
    listed = ', '.join(f"'{kind}'" for kind in NEW_KINDS)
    op.execute(f'DELETE FROM quarantined_row WHERE kind IN ({listed})')
    op.execute(f'DELETE FROM import_run WHERE kind IN ({listed})')
    _kind_is_one_of(KINDS, 'quarantined_row')
    _kind_is_one_of(KINDS, 'import_run')
    for table in SPELLS:
        op.execute(f'DELETE FROM {table} WHERE withdrawn')
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f'uq_{table}_source_system_source_ref'), type_='unique')
            for column in ('withdrawn', 'digest', 'source_version', 'source_ref', 'source_system'):
                batch_op.drop_column(column)
    op.drop_table('contracted_hours')
    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_import_run_feed_token_id'), type_='foreignkey')
        batch_op.drop_index('ix_import_run_token')
        batch_op.drop_column('feed_token_id')

    with op.batch_alter_table('feed_reply', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_feed_reply_received_at'))

    op.drop_table('feed_reply')
    op.drop_table('feed_token')
    op.drop_table('feed_bookmark')
