"""Spells that feeds tell of: who leads, skills, absences, contracted hours."""

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


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
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
