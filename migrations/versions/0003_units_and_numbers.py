"""Units that are told of, closed and merged, and the numbers people go by."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


KINDS = ('people', 'postings', 'leavers', 'incidents', 'attendance', 'supervisors', 'skills', 'absences', 'hours')
NEW_KINDS = ('units', 'identifiers')
REASONS = ('voluntary_resignation', 'ordinary_retirement', 'medical_retirement', 'transfer', 'dismissal', 'death', 'not_recorded')
FED = ('posting', 'attendance', 'supervision', 'skill', 'absence_spell', 'contracted_hours')
CARRIED = ('account', 'debrief_person', 'referral', 'major_person', 'exposure_statement', 'prompt_person')


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(length=length), nullable=False, server_default='')


def _kind_is_one_of(kinds: tuple[str, ...], table: str) -> None:
    listed = ', '.join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f'ck_{table}_kind'), type_='check')
        batch_op.create_check_constraint(op.f(f'ck_{table}_kind'), f'kind IN ({listed})')


def _add_reference(table: str, column: str, other: str, *, index: bool = True) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.add_column(sa.Column(column, sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f(f'fk_{table}_{column}'), other, [column], ['id'])
        if index:
            batch_op.create_index(batch_op.f(f'ix_{table}_{column}'), [column], unique=False)


def _drop_reference(table: str, column: str, *, index: bool = True) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        if index:
            batch_op.drop_index(batch_op.f(f'ix_{table}_{column}'))
        batch_op.drop_constraint(batch_op.f(f'fk_{table}_{column}'), type_='foreignkey')
        batch_op.drop_column(column)


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('person_number',
    sa.Column('source_system', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('source_ref', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=True),
    sa.Column('source_version', sa.BigInteger(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('withdrawn', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('number_id', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.CheckConstraint('ends_on IS NULL OR ends_on >= starts_on', name=op.f('ck_person_number_ends_after_start')),
    sa.ForeignKeyConstraint(['number_id'], ['person.id'], name=op.f('fk_person_number_number_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_number_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_number')),
    sa.UniqueConstraint('source_system', 'source_ref', name=op.f('uq_person_number_source_system_source_ref'))
    )
    with op.batch_alter_table('person_number', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_number_number_id'), ['number_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_number_person_id'), ['person_id'], unique=False)

    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('source_version', sa.BigInteger(), nullable=False, server_default='-1'))
        batch_op.add_column(_text('digest', 32))
        batch_op.add_column(sa.Column('withdrawn', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(_text('named_in_postings', 160))
        batch_op.add_column(sa.Column('closed_on', sa.Date(), nullable=True))
    _add_reference('unit', 'parent_said_id', 'unit', index=False)
    _add_reference('unit', 'becomes_id', 'unit', index=False)
    op.execute('UPDATE unit SET named_in_postings = name WHERE name_version >= 0')
    op.execute("UPDATE unit SET parent_said_id = parent_id WHERE parent_id NOT IN (SELECT id FROM unit WHERE kind = 'force')")

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('left_said', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('reason_said', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('given_up_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('same_since', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('other_since', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('counts_from', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('only_number', sa.Boolean(), nullable=False, server_default=sa.false()))
        listed = ', '.join(f"'{reason}'" for reason in REASONS)
        batch_op.create_check_constraint(op.f('ck_person_reason_said'), f'reason_said IN ({listed})')
    _add_reference('person', 'became_id', 'person')
    op.execute('UPDATE person SET left_said = left_on, reason_said = leaving_reason, given_up_on = left_on')

    _add_reference('posting', 'carried_from_id', 'posting')
    for table in (*FED, *CARRIED):
        _add_reference(table, 'named_id', 'person', index=table != 'attendance')
    # Few of very many rows have one.
    some = sa.text('named_id IS NOT NULL')
    op.create_index(op.f('ix_attendance_named_id'), 'attendance', ['named_id'], sqlite_where=some, postgresql_where=some)

    _kind_is_one_of(KINDS + NEW_KINDS, 'import_run')
    _kind_is_one_of(KINDS + NEW_KINDS, 'quarantined_row')


def downgrade() -> None:
    """Undo."""
    listed = ', '.join(f"'{kind}'" for kind in NEW_KINDS)
    op.execute(f'DELETE FROM quarantined_row WHERE kind IN ({listed})')
    op.execute(f'DELETE FROM import_run WHERE kind IN ({listed})')
    _kind_is_one_of(KINDS, 'quarantined_row')
    _kind_is_one_of(KINDS, 'import_run')

    op.execute('DELETE FROM posting WHERE carried_from_id IS NOT NULL')
    op.drop_table('person_number')
    # What names a number that is nobody's has no place any more; it is sent again, and waits.
    for table in FED:
        op.execute(f'DELETE FROM {table} WHERE person_id IN (SELECT id FROM person WHERE only_number)')
    op.drop_index(op.f('ix_attendance_named_id'), 'attendance')
    for table in (*FED, *CARRIED):
        _drop_reference(table, 'named_id', index=table != 'attendance')
    _drop_reference('posting', 'carried_from_id')

    op.execute('DELETE FROM person WHERE only_number')
    _drop_reference('person', 'became_id')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_person_reason_said'), type_='check')
    with op.batch_alter_table('person', schema=None) as batch_op:
        for column in ('only_number', 'counts_from', 'other_since', 'same_since', 'given_up_on', 'reason_said', 'left_said'):
            batch_op.drop_column(column)

    _drop_reference('unit', 'becomes_id', index=False)
    _drop_reference('unit', 'parent_said_id', index=False)
    with op.batch_alter_table('unit', schema=None) as batch_op:
        for column in ('closed_on', 'named_in_postings', 'withdrawn', 'digest', 'source_version'):
            batch_op.drop_column(column)
