"""The first tables."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('event', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('actor_account_id', sa.Integer(), nullable=True),
    sa.Column('actor_role', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('subject_person_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('previous_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry')),
    sa.UniqueConstraint('hash', name=op.f('uq_audit_entry_hash'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entry_subject', ['subject_person_id', 'at'], unique=False)

    op.create_table('browser_session',
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('seen_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_browser_session'))
    )
    with op.batch_alter_table('browser_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_browser_session_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_browser_session_seen_at'), ['seen_at'], unique=False)

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
    op.create_table('incident',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('source_system', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('source_ref', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('source_version', sa.BigInteger(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('occurred_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('type_code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('withdrawn', sa.Boolean(), nullable=False),
    sa.Column('received_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident')),
    sa.UniqueConstraint('public_id', name=op.f('uq_incident_public_id')),
    sa.UniqueConstraint('source_system', 'source_ref', name=op.f('uq_incident_source_system_source_ref'))
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incident_occurred_at'), ['occurred_at'], unique=False)

    op.create_table('job_slot',
    sa.Column('job', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('slot', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('finished_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.PrimaryKeyConstraint('job', name=op.f('pk_job_slot'))
    )
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('source_system', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('source_ref', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('source_version', sa.BigInteger(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('given_name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('family_name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('staff_type', sa.Enum('officer', 'pcso', 'staff', 'special', 'volunteer', 'not_recorded', name='staff_type', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('rank', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('joined_on', sa.Date(), nullable=True),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('leaving_reason', sa.Enum('voluntary_resignation', 'ordinary_retirement', 'medical_retirement', 'transfer', 'dismissal', 'death', 'not_recorded', name='leaving_reason', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('leaver_version', sa.BigInteger(), nullable=False),
    sa.Column('leaver_digest', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('public_id', name=op.f('uq_person_public_id')),
    sa.UniqueConstraint('source_system', 'source_ref', name=op.f('uq_person_source_system_source_ref'))
    )
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

    op.create_table('sign_in_failure',
    sa.Column('username_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_failed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('username_hash', name=op.f('pk_sign_in_failure'))
    )
    op.create_table('unit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('source_system', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('source_ref', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('name_version', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Enum('force', 'district', 'department', 'team', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['unit.id'], name=op.f('fk_unit_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit')),
    sa.UniqueConstraint('public_id', name=op.f('uq_unit_public_id')),
    sa.UniqueConstraint('source_system', 'source_ref', name=op.f('uq_unit_source_system_source_ref'))
    )
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_parent_id'), ['parent_id'], unique=False)

    op.create_table('absence_spell',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('psychological', sa.Boolean(), nullable=False),
    sa.Column('hours_lost', sa.Numeric(precision=8, scale=2), nullable=False),
    sa.Column('recorded_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.CheckConstraint('ends_on IS NULL OR ends_on >= starts_on', name=op.f('ck_absence_spell_ends_after_start')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_absence_spell_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence_spell'))
    )
    with op.batch_alter_table('absence_spell', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_absence_spell_person_id'), ['person_id'], unique=False)

    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('username', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('display_name', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('password_hash', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_account_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('person_id', name=op.f('uq_account_person_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_account_public_id')),
    sa.UniqueConstraint('username', name=op.f('uq_account_username'))
    )
    op.create_table('attendance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source_system', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('source_ref', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('source_version', sa.BigInteger(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('assigned', 'at_scene', 'remote', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('unit_ref', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('withdrawn', sa.Boolean(), nullable=False),
    sa.Column('received_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_attendance_incident_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_attendance_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance')),
    sa.UniqueConstraint('source_system', 'source_ref', name=op.f('uq_attendance_source_system_source_ref'))
    )
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.create_index('ix_attendance_pair', ['incident_id', 'person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attendance_person_id'), ['person_id'], unique=False)

    op.create_table('characteristic',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('sex', 'gender_identity', 'ethnicity', 'disability', 'religion', 'sexual_orientation', 'birth_year', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_characteristic_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'kind', name=op.f('pk_characteristic'))
    )
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

    op.create_table('import_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('people', 'postings', 'leavers', 'incidents', 'attendance', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('file_name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('mapping', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('started_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('finished_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('state', sa.Enum('running', 'finished', 'refused', 'stopped', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('message', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('read', sa.Integer(), nullable=False),
    sa.Column('stored', sa.Integer(), nullable=False),
    sa.Column('updated', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('superseded', sa.Integer(), nullable=False),
    sa.Column('ignored', sa.Integer(), nullable=False),
    sa.Column('quarantined', sa.Integer(), nullable=False),
    sa.Column('released', sa.Integer(), nullable=False),
    sa.Column('feed_token_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['feed_token_id'], ['feed_token.id'], name=op.f('fk_import_run_feed_token_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_run'))
    )
    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.create_index('ix_import_run_token', ['feed_token_id', 'started_at'], unique=False)

    op.create_table('month_tally',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('type_code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_month_tally_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'month', 'type_code', name=op.f('pk_month_tally'))
    )
    op.create_table('person_key',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('ring_key', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('wrapped', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_key_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_person_key'))
    )
    op.create_table('posting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source_system', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('source_ref', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('source_version', sa.BigInteger(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('substantive', 'temporary', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('withdrawn', sa.Boolean(), nullable=False),
    sa.Column('precedence', sqlmodel.sql.sqltypes.AutoString(length=180), nullable=False),
    sa.CheckConstraint('ends_on IS NULL OR ends_on >= starts_on', name=op.f('ck_posting_ends_after_start')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_posting_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_posting_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting')),
    sa.UniqueConstraint('source_system', 'source_ref', name=op.f('uq_posting_source_system_source_ref'))
    )
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.create_index('ix_posting_person', ['person_id', 'starts_on'], unique=False)
        batch_op.create_index('ix_posting_unit', ['unit_id', 'starts_on'], unique=False)

    op.create_table('prompting_start',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_prompting_start_unit_id')),
    sa.PrimaryKeyConstraint('unit_id', name=op.f('pk_prompting_start'))
    )
    op.create_table('skill',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_skill_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_skill'))
    )
    with op.batch_alter_table('skill', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_skill_person_id'), ['person_id'], unique=False)

    op.create_table('supervision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('supervisor', 'deputy', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.CheckConstraint('ends_on IS NULL OR ends_on >= starts_on', name=op.f('ck_supervision_ends_after_start')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_supervision_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_supervision_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supervision'))
    )
    with op.batch_alter_table('supervision', schema=None) as batch_op:
        batch_op.create_index('ix_supervision_person', ['person_id', 'starts_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_supervision_unit_id'), ['unit_id'], unique=False)

    op.create_table('unit_ancestor',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('ancestor_id', sa.Integer(), nullable=False),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['ancestor_id'], ['unit.id'], name=op.f('fk_unit_ancestor_ancestor_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_unit_ancestor_unit_id')),
    sa.PrimaryKeyConstraint('unit_id', 'ancestor_id', name=op.f('pk_unit_ancestor'))
    )
    with op.batch_alter_table('unit_ancestor', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_ancestor_ancestor_id'), ['ancestor_id'], unique=False)

    op.create_table('debrief',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('setting', sa.Enum('in_person', 'phone', 'video', 'group', name='setting', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('recorded_by_account_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['recorded_by_account_id'], ['account.id'], name=op.f('fk_debrief_recorded_by_account_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_debrief_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_debrief')),
    sa.UniqueConstraint('public_id', name=op.f('uq_debrief_public_id'))
    )
    with op.batch_alter_table('debrief', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_debrief_held_on'), ['held_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_debrief_unit_id'), ['unit_id'], unique=False)

    op.create_table('framework_version',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('draft', 'active', name='status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('document', sa.JSON(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('created_by_account_id', sa.Integer(), nullable=True),
    sa.Column('based_on', sa.Integer(), nullable=True),
    sa.Column('revision', sa.Integer(), server_default='0', nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('changed_by_account_id', sa.Integer(), nullable=True),
    sa.Column('activated_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('activated_by_account_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['activated_by_account_id'], ['account.id'], name=op.f('fk_framework_version_activated_by_account_id')),
    sa.ForeignKeyConstraint(['changed_by_account_id'], ['account.id'], name=op.f('fk_framework_version_changed_by_account_id')),
    sa.ForeignKeyConstraint(['created_by_account_id'], ['account.id'], name=op.f('fk_framework_version_created_by_account_id')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_framework_version'))
    )
    with op.batch_alter_table('framework_version', schema=None) as batch_op:
        batch_op.create_index('uq_framework_version_one_draft', ['status'], unique=True, sqlite_where=sa.text("status = 'draft'"), postgresql_where=sa.text("status = 'draft'"))

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
    op.create_table('quarantined_row',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('people', 'postings', 'leavers', 'incidents', 'attendance', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('source_system', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('fingerprint', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('record_ref', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('record_version', sa.BigInteger(), nullable=True),
    sa.Column('row_number', sa.Integer(), nullable=False),
    sa.Column('field', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('waiting_for', sqlmodel.sql.sqltypes.AutoString(length=220), nullable=True),
    sa.Column('quarantined_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('resolved_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_quarantined_row_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quarantined_row')),
    sa.UniqueConstraint('kind', 'source_system', 'fingerprint', name=op.f('uq_quarantined_row_kind_source_system_fingerprint'))
    )
    with op.batch_alter_table('quarantined_row', schema=None) as batch_op:
        batch_op.create_index('ix_quarantined_row_record', ['kind', 'source_system', 'record_ref'], unique=False)
        batch_op.create_index(batch_op.f('ix_quarantined_row_resolved_at'), ['resolved_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_quarantined_row_run_id'), ['run_id'], unique=False)
        batch_op.create_index('ix_quarantined_row_waiting', ['waiting_for'], unique=False)

    op.create_table('role_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('staff', 'supervisor', 'wellbeing_practitioner', 'wellbeing_lead', 'senior_leader', 'dei_analyst', 'evaluator', 'comms_editor', 'comms_publisher', 'data_steward', 'administrator', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.CheckConstraint('ends_on IS NULL OR ends_on >= starts_on', name=op.f('ck_role_grant_ends_after_start')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_role_grant_account_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_role_grant_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_grant_account_id'), ['account_id'], unique=False)

    op.create_table('debrief_person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('debrief_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('primary_support', sa.Enum('line_manager', 'peer_support', 'trim', 'occupational_health', 'employee_assistance', 'chaplain', 'staff_network', 'federation_or_union', 'gp', 'crisis_line', 'police_care_uk', 'none', name='primary_support', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('next_contact_on', sa.Date(), nullable=True),
    sa.Column('sealed_factors', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['debrief_id'], ['debrief.id'], name=op.f('fk_debrief_person_debrief_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_debrief_person_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_debrief_person')),
    sa.UniqueConstraint('debrief_id', 'person_id', name=op.f('uq_debrief_person_debrief_id_person_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_debrief_person_public_id'))
    )
    with op.batch_alter_table('debrief_person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_debrief_person_person_id'), ['person_id'], unique=False)

    op.create_table('exposure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('type_code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('occurred_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('occurred_on', sa.Date(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('remote', sa.Boolean(), nullable=False),
    sa.Column('origin', sa.Enum('fed', 'own', 'attached', name='origin', native_enum=False, create_constraint=True, length=32), server_default='fed', nullable=False),
    sa.Column('framework_number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['framework_number'], ['framework_version.number'], name=op.f('fk_exposure_framework_number')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_exposure_incident_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_exposure_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_exposure_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exposure')),
    sa.UniqueConstraint('person_id', 'incident_id', name=op.f('uq_exposure_person_id_incident_id'))
    )
    with op.batch_alter_table('exposure', schema=None) as batch_op:
        batch_op.create_index('ix_exposure_incident', ['incident_id'], unique=False)
        batch_op.create_index('ix_exposure_person_day', ['person_id', 'occurred_on'], unique=False)

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

    op.create_table('prompt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('natural_key', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('kind', sa.Enum('incident', 'cumulative', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('rule_code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('framework_number', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['framework_number'], ['framework_version.number'], name=op.f('fk_prompt_framework_number')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_prompt_incident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prompt')),
    sa.UniqueConstraint('natural_key', name=op.f('uq_prompt_natural_key')),
    sa.UniqueConstraint('public_id', name=op.f('uq_prompt_public_id'))
    )
    with op.batch_alter_table('prompt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_prompt_incident_id'), ['incident_id'], unique=False)

    op.create_table('prompt_person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('prompt_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('why', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('state', sa.Enum('open', 'deferred', 'held', 'declined', 'not_needed', 'withdrawn', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state_reason', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('deferred_until', sa.Date(), nullable=True),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('changed_by_account_id', sa.Integer(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['changed_by_account_id'], ['account.id'], name=op.f('fk_prompt_person_changed_by_account_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_prompt_person_person_id')),
    sa.ForeignKeyConstraint(['prompt_id'], ['prompt.id'], name=op.f('fk_prompt_person_prompt_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prompt_person')),
    sa.UniqueConstraint('prompt_id', 'person_id', name=op.f('uq_prompt_person_prompt_id_person_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_prompt_person_public_id'))
    )
    with op.batch_alter_table('prompt_person', schema=None) as batch_op:
        batch_op.create_index('ix_prompt_person_person', ['person_id', 'state'], unique=False)

    op.create_table('referral',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('debrief_person_id', sa.Integer(), nullable=True),
    sa.Column('service', sa.Enum('line_manager', 'peer_support', 'trim', 'occupational_health', 'employee_assistance', 'chaplain', 'staff_network', 'federation_or_union', 'gp', 'crisis_line', 'police_care_uk', 'none', name='service', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state', sa.Enum('sent', 'accepted', 'contacted', 'closed', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('agreed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['debrief_person_id'], ['debrief_person.id'], name=op.f('fk_referral_debrief_person_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_referral_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referral')),
    sa.UniqueConstraint('public_id', name=op.f('uq_referral_public_id'))
    )
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_referral_person_id'), ['person_id'], unique=False)

    op.create_table('support_offer',
    sa.Column('debrief_person_id', sa.Integer(), nullable=False),
    sa.Column('support', sa.Enum('line_manager', 'peer_support', 'trim', 'occupational_health', 'employee_assistance', 'chaplain', 'staff_network', 'federation_or_union', 'gp', 'crisis_line', 'police_care_uk', 'none', name='support', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('status', sa.Enum('offered', 'accepted', 'declined', 'in_place', name='status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['debrief_person_id'], ['debrief_person.id'], name=op.f('fk_support_offer_debrief_person_id')),
    sa.PrimaryKeyConstraint('debrief_person_id', 'support', name=op.f('pk_support_offer'))
    )
    op.create_table('debrief_prompt',
    sa.Column('debrief_person_id', sa.Integer(), nullable=False),
    sa.Column('prompt_person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['debrief_person_id'], ['debrief_person.id'], name=op.f('fk_debrief_prompt_debrief_person_id')),
    sa.ForeignKeyConstraint(['prompt_person_id'], ['prompt_person.id'], name=op.f('fk_debrief_prompt_prompt_person_id')),
    sa.PrimaryKeyConstraint('debrief_person_id', 'prompt_person_id', name=op.f('pk_debrief_prompt'))
    )
    with op.batch_alter_table('debrief_prompt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_debrief_prompt_prompt_person_id'), ['prompt_person_id'], unique=False)



def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table('debrief_prompt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_debrief_prompt_prompt_person_id'))

    op.drop_table('debrief_prompt')
    op.drop_table('support_offer')
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_referral_person_id'))

    op.drop_table('referral')
    with op.batch_alter_table('prompt_person', schema=None) as batch_op:
        batch_op.drop_index('ix_prompt_person_person')

    op.drop_table('prompt_person')
    with op.batch_alter_table('prompt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_prompt_incident_id'))

    op.drop_table('prompt')
    with op.batch_alter_table('major_person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_major_person_person_id'))

    op.drop_table('major_person')
    with op.batch_alter_table('exposure', schema=None) as batch_op:
        batch_op.drop_index('ix_exposure_person_day')
        batch_op.drop_index('ix_exposure_incident')

    op.drop_table('exposure')
    with op.batch_alter_table('debrief_person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_debrief_person_person_id'))

    op.drop_table('debrief_person')
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_role_grant_account_id'))

    op.drop_table('role_grant')
    with op.batch_alter_table('quarantined_row', schema=None) as batch_op:
        batch_op.drop_index('ix_quarantined_row_waiting')
        batch_op.drop_index(batch_op.f('ix_quarantined_row_run_id'))
        batch_op.drop_index(batch_op.f('ix_quarantined_row_resolved_at'))
        batch_op.drop_index('ix_quarantined_row_record')

    op.drop_table('quarantined_row')
    op.drop_table('major_incident')
    with op.batch_alter_table('framework_version', schema=None) as batch_op:
        batch_op.drop_index('uq_framework_version_one_draft', sqlite_where=sa.text("status = 'draft'"), postgresql_where=sa.text("status = 'draft'"))

    op.drop_table('framework_version')
    with op.batch_alter_table('debrief', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_debrief_unit_id'))
        batch_op.drop_index(batch_op.f('ix_debrief_held_on'))

    op.drop_table('debrief')
    with op.batch_alter_table('unit_ancestor', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_ancestor_ancestor_id'))

    op.drop_table('unit_ancestor')
    with op.batch_alter_table('supervision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_supervision_unit_id'))
        batch_op.drop_index('ix_supervision_person')

    op.drop_table('supervision')
    with op.batch_alter_table('skill', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_skill_person_id'))

    op.drop_table('skill')
    op.drop_table('prompting_start')
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.drop_index('ix_posting_unit')
        batch_op.drop_index('ix_posting_person')

    op.drop_table('posting')
    op.drop_table('person_key')
    op.drop_table('month_tally')
    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.drop_index('ix_import_run_token')

    op.drop_table('import_run')
    with op.batch_alter_table('feed_reply', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_feed_reply_received_at'))

    op.drop_table('feed_reply')
    with op.batch_alter_table('exposure_statement', schema=None) as batch_op:
        batch_op.drop_index('uq_exposure_statement_standing', sqlite_where=sa.text('taken_back_at IS NULL'), postgresql_where=sa.text('taken_back_at IS NULL'))
        batch_op.drop_index('ix_exposure_statement_incident')

    op.drop_table('exposure_statement')
    op.drop_table('characteristic')
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attendance_person_id'))
        batch_op.drop_index('ix_attendance_pair')

    op.drop_table('attendance')
    op.drop_table('account')
    with op.batch_alter_table('absence_spell', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_absence_spell_person_id'))

    op.drop_table('absence_spell')
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_parent_id'))

    op.drop_table('unit')
    op.drop_table('sign_in_failure')
    with op.batch_alter_table('recount', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recount_at'))

    op.drop_table('recount')
    op.drop_table('rebuild_progress')
    op.drop_table('person')
    op.drop_table('job_slot')
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_incident_occurred_at'))

    op.drop_table('incident')
    op.drop_table('feed_token')
    op.drop_table('feed_bookmark')
    with op.batch_alter_table('browser_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_browser_session_seen_at'))
        batch_op.drop_index(batch_op.f('ix_browser_session_account_id'))

    op.drop_table('browser_session')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entry_subject')

    op.drop_table('audit_entry')
