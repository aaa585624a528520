"""Rows set aside are kept so that they can be put right; how old each feed may get."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


KINDS = ('people', 'postings', 'leavers', 'incidents', 'attendance', 'supervisors', 'skills', 'absences', 'hours', 'units', 'identifiers')
RESOLUTIONS = ('mended', 'repaired', 'test_record', 'recorded_elsewhere', 'not_ours', 'never_happened')

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def _one_of(name: str, values: tuple[str, ...]) -> str:
    listed = ', '.join(f"'{value}'" for value in values)
    return f'{name} IN ({listed})'


def _kind() -> sa.Column:
    return sa.Column('kind', sa.String(length=32), nullable=False)


def upgrade() -> None:
    """Apply."""
    op.create_table('mapping_document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('system', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    _kind(),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('document', sa.JSON(), nullable=False),
    sa.CheckConstraint(_one_of('kind', KINDS), name=op.f('ck_mapping_document_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mapping_document')),
    sa.UniqueConstraint('system', 'kind', 'version', 'digest', name=op.f('uq_mapping_document_system_kind_version_digest'))
    )
    op.create_table('feed',
    sa.Column('system', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    _kind(),
    sa.Column('delivered_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('limit_hours', sa.Integer(), nullable=True),
    sa.Column('expected', sa.Boolean(), nullable=False),
    sa.Column('told_stale', sa.Boolean(), nullable=False),
    sa.CheckConstraint(_one_of('kind', KINDS), name=op.f('ck_feed_kind')),
    sa.PrimaryKeyConstraint('system', 'kind', name=op.f('pk_feed'))
    )
    _feeds_of_before()
    with op.batch_alter_table('quarantined_row', schema=None) as batch_op:
        batch_op.add_column(sa.Column('resolution', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('resolved_by_account_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('kept', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('mapping_id', sa.Integer(), nullable=True))
        batch_op.create_check_constraint(op.f('ck_quarantined_row_resolution'), _one_of('resolution', RESOLUTIONS))
        batch_op.create_foreign_key(batch_op.f('fk_quarantined_row_resolved_by_account_id'), 'account', ['resolved_by_account_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_quarantined_row_mapping_id'), 'mapping_document', ['mapping_id'], ['id'])
    op.execute("UPDATE quarantined_row SET resolution = 'mended' WHERE resolved_at IS NOT NULL")


def _feeds_of_before() -> None:
    """Imports name their system only at the start of what their mapping is called."""
    connection = op.get_bind()
    runs = sa.table('import_run', sa.column('kind'), sa.column('mapping'), sa.column('started_at'), sa.column('state'))
    newest = (
        sa.select(runs.c.kind, runs.c.mapping, sa.func.max(runs.c.started_at))
        .where(runs.c.state == 'finished')
        .group_by(runs.c.kind, runs.c.mapping)
    )
    found: dict[tuple[str, str], object] = {}
    for kind, mapping, at in connection.execute(newest):
        key = (mapping.split(' ')[0][:40], kind)
        found[key] = max(found.get(key, at), at)
    feed = sa.table('feed', *(sa.column(name) for name in ('system', 'kind', 'delivered_at', 'expected', 'told_stale')))
    for (system, kind), at in found.items():
        connection.execute(sa.insert(feed).values(system=system, kind=kind, delivered_at=at, expected=True, told_stale=False))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table('quarantined_row', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_quarantined_row_mapping_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_quarantined_row_resolved_by_account_id'), type_='foreignkey')
        batch_op.drop_constraint(op.f('ck_quarantined_row_resolution'), type_='check')
        batch_op.drop_column('mapping_id')
        batch_op.drop_column('kept')
        batch_op.drop_column('resolved_by_account_id')
        batch_op.drop_column('resolution')
    op.drop_table('feed')
    op.drop_table('mapping_document')
