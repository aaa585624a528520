"""Records of one event, the codes behind a type, and what records said before."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


INDEXES = {
    'ix_incident_event': ('event_id', 'event_id IS NOT NULL'),
    'ix_incident_same_as': ('same_as_ref', 'same_as_ref IS NOT NULL'),
    'ix_incident_provisional': ('occurred_at', 'provisional'),
}
COLUMNS = (
    'same_as_system',
    'same_as_ref',
    'event_id',
    'opening_code',
    'closing_code',
    'qualifiers',
    'typed_by',
    'provisional',
    'source_withdrawn',
)
KINDS = sa.Enum(
    'incidents', 'attendance', 'postings', 'leavers', 'supervisors', 'units',
    name='kind', native_enum=False, create_constraint=True, length=32,
)


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.add_column(sa.Column('same_as_system', text(length=40), nullable=True))
        batch_op.add_column(sa.Column('same_as_ref', text(length=80), nullable=True))
        batch_op.add_column(sa.Column('event_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('opening_code', text(length=80), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('closing_code', text(length=80), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('qualifiers', text(length=400), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('typed_by', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('provisional', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('source_withdrawn', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_foreign_key(batch_op.f('fk_incident_event_id'), 'incident', ['event_id'], ['id'])
    for name, (column, condition) in INDEXES.items():
        where = sa.text(condition)
        op.create_index(name, 'incident', [column], sqlite_where=where, postgresql_where=where)
    op.create_table('record_past',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', KINDS, nullable=False),
    sa.Column('source_system', text(length=40), nullable=False),
    sa.Column('source_ref', text(length=160), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('known_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_past'))
    )
    op.create_index('ix_record_past_record', 'record_past', ['kind', 'source_system', 'source_ref'])
    with op.batch_alter_table('recount', schema=None) as batch_op:
        batch_op.add_column(sa.Column('incidents', sa.Integer(), nullable=False, server_default='0'))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table('recount', schema=None) as batch_op:
        batch_op.drop_column('incidents')
    op.drop_table('record_past')
    for name in INDEXES:
        op.drop_index(name, table_name='incident')
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_incident_event_id'), type_='foreignkey')
        for column in COLUMNS:
            batch_op.drop_column(column)
