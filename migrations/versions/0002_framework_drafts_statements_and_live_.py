"""Framework drafts, statements and live feeds."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('rebuild_progress',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('started_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('last_person_id', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('finished_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rebuild_progress'))
    )
    op.create_table('recount',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('exposures', sa.Integer(), nullable=False),
    sa.Column('tallies', sa.Integer(), nullable=False),
    sa.Column('prompts', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recount'))
    )
    with op.batch_alter_table('recount', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recount_at'), ['at'], unique=False)

    op.create_table('exposure_statement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('exposed', 'disputed', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('work', sa.Enum('at_scene', 'call_handling', 'dispatch', 'digital_media', 'statement_taking', 'family_liaison', 'scene_examination', name='work', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('type_code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('said_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('taken_back_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.CheckConstraint("(kind = 'exposed') = (work IS NOT NULL)", name=op.f('ck_exposure_statement_work_when_exposed')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_exposure_statement_incident_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_exposure_statement_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exposure_statement')),
    sa.UniqueConstraint('public_id', name=op.f('uq_exposure_statement_public_id'))
    )
    with op.batch_alter_table('exposure_statement', schema=None) as batch_op:
        batch_op.create_index('ix_exposure_statement_incident', ['incident_id'], unique=False)
        batch_op.create_index('uq_exposure_statement_standing', ['person_id', 'incident_id'], unique=True, sqlite_where=sa.text('taken_back_at IS NULL'), postgresql_where=sa.text('taken_back_at IS NULL'))

    op.create_table('major_incident',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('follow_up_on', sa.Date(), nullable=False),
    sa.Column('opened_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('opened_by_account_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_major_incident_incident_id')),
    sa.ForeignKeyConstraint(['opened_by_account_id'], ['account.id'], name=op.f('fk_major_incident_opened_by_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_major_incident')),
    sa.UniqueConstraint('incident_id', name=op.f('uq_major_incident_incident_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_major_incident_public_id'))
    )
    op.create_table('major_person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('major_incident_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('tier', sa.Enum('closest', 'supporting', 'wider', name='tier', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('attached_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('detached_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('detach_reason', sa.Enum('not_involved', 'wrong_person', 'asked', name='detach_reason', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.CheckConstraint('(detached_at IS NULL) = (detach_reason IS NULL)', name=op.f('ck_major_person_reason_when_detached')),
    sa.ForeignKeyConstraint(['major_incident_id'], ['major_incident.id'], name=op.f('fk_major_person_major_incident_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_major_person_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_major_person')),
    sa.UniqueConstraint('major_incident_id', 'person_id', name=op.f('uq_major_person_major_incident_id_person_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_major_person_public_id'))
    )
    with op.batch_alter_table('major_person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_major_person_person_id'), ['person_id'], unique=False)

    with op.batch_alter_table('exposure', schema=None) as batch_op:
        batch_op.add_column(sa.Column('origin', sa.Enum('fed', 'own', 'attached', name='origin', native_enum=False, create_constraint=True, length=32), server_default='fed', nullable=False))

    with op.batch_alter_table('framework_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('created_by_account_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('based_on', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('revision', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('changed_by_account_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('activated_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('activated_by_account_id', sa.Integer(), nullable=True))
        batch_op.create_index('uq_framework_version_one_draft', ['status'], unique=True, sqlite_where=sa.text("status = 'draft'"), postgresql_where=sa.text("status = 'draft'"))
        batch_op.create_foreign_key(batch_op.f('fk_framework_version_changed_by_account_id'), 'account', ['changed_by_account_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_framework_version_created_by_account_id'), 'account', ['created_by_account_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_framework_version_activated_by_account_id'), 'account', ['activated_by_account_id'], ['id'])



def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table('framework_version', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_framework_version_activated_by_account_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_framework_version_created_by_account_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_framework_version_changed_by_account_id'), type_='foreignkey')
        batch_op.drop_index('uq_framework_version_one_draft', sqlite_where=sa.text("status = 'draft'"), postgresql_where=sa.text("status = 'draft'"))
        batch_op.drop_column('activated_by_account_id')
        batch_op.drop_column('activated_at')
        batch_op.drop_column('changed_by_account_id')
        batch_op.drop_column('changed_at')
        batch_op.drop_column('revision')
        batch_op.drop_column('based_on')
        batch_op.drop_column('created_by_account_id')

    with op.batch_alter_table('exposure', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_exposure_origin'), type_='check')
        batch_op.drop_column('origin')

    with op.batch_alter_table('major_person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_major_person_person_id'))

    op.drop_table('major_person')
    op.drop_table('major_incident')
    with op.batch_alter_table('exposure_statement', schema=None) as batch_op:
        batch_op.drop_index('uq_exposure_statement_standing', sqlite_where=sa.text('taken_back_at IS NULL'), postgresql_where=sa.text('taken_back_at IS NULL'))
        batch_op.drop_index('ix_exposure_statement_incident')

    op.drop_table('exposure_statement')
    with op.batch_alter_table('recount', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recount_at'))

    op.drop_table('recount')
    op.drop_table('rebuild_progress')
