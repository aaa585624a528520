"""Data keys move out of the database of what they open, into the key store.

What was destroyed is remembered here, so that an old copy of the key store brings nothing back.
"""

from secrets import token_hex

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite


revision = '0016'
down_revision = '0014'
branch_labels = None
depends_on = None

INSERT = {'sqlite': sqlite.insert, 'postgresql': postgresql.insert}
PERSON_KEY = sa.table(
    'person_key',
    sa.column('person_id', sa.Integer()),
    sa.column('ring_key', sa.String()),
    sa.column('wrapped', sa.LargeBinary()),
    sa.column('created_at', sqlmodel.sql.sqltypes.UTCDateTime()),
)
DATA_KEY = sa.table(
    'data_key',
    sa.column('owner', sa.String()),
    sa.column('purpose', sa.String()),
    sa.column('key_id', sa.String()),
    sa.column('ring_key', sa.String()),
    sa.column('wrapped', sa.LargeBinary()),
)
FOR = 'record'
"""What keys were for before they had purposes."""


def _store() -> sa.Engine | None:
    return op.get_context().config.attributes['keys']


def upgrade() -> None:
    """Apply. The keys are in the store, for good, before they go from here."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(PERSON_KEY)).all()
    if rows:
        _hand_over(rows)
    if connection.dialect.name == 'sqlite':
        # The pages that held them are written over, and not merely given back.
        connection.exec_driver_sql('PRAGMA secure_delete=ON')
    op.drop_table('person_key')
    op.create_table(
        'erasure',
        sa.Column('key_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column('erased_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('key_id', name=op.f('pk_erasure')),
    )


def _hand_over(rows) -> None:
    store = _store()
    if store is None:
        message = 'There are keys to move, and no key store to move them to. Use app.prepare.'
        raise RuntimeError(message)
    found = [
        {
            'owner': str(row.person_id),
            'purpose': FOR,
            'key_id': token_hex(16),
            'ring_key': row.ring_key,
            'wrapped': bytes(row.wrapped),
        }
        for row in rows
    ]
    with store.execution_options(writes=True).begin() as connection:
        # Stopped on the way the last time, some may be there. What opened things so far is right.
        insert = INSERT[store.dialect.name](DATA_KEY)
        insert = insert.on_conflict_do_update(
            index_elements=['owner', 'purpose'],
            set_={'ring_key': insert.excluded.ring_key, 'wrapped': insert.excluded.wrapped},
        )
        connection.execute(insert, found)


def downgrade() -> None:
    """Take back. The keys stay in the store as well: an upgrade finds them there again."""
    op.drop_table('erasure')
    op.create_table(
        'person_key',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('ring_key', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column('wrapped', sa.LargeBinary(), nullable=False),
        sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_key_person_id')),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_person_key')),
    )
    store = _store()
    if store is not None:
        _take_back(store)


def _take_back(store: sa.Engine) -> None:
    connection = op.get_bind()
    people = set(connection.execute(sa.text('SELECT id FROM person')).scalars())
    with store.connect() as opened:
        held = opened.execute(sa.select(DATA_KEY).where(DATA_KEY.c.purpose == FOR)).all()
    rows = [
        {
            'person_id': int(row.owner),
            'ring_key': row.ring_key,
            'wrapped': bytes(row.wrapped),
            'created_at': sa.func.now(),
        }
        for row in held
        if row.owner.isdecimal() and int(row.owner) in people
    ]
    for row in rows:
        connection.execute(sa.insert(PERSON_KEY).values(row))
