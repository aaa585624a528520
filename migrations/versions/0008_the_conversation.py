"""Who may see what was agreed, incidents under a post-incident procedure, and drafts."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table('debrief_person', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                'confidentiality',
                sa.Enum('shared', 'private', name='confidentiality', native_enum=False, length=32),
                server_default='shared',
                nullable=False,
            )
        )
        batch_op.create_check_constraint(
            batch_op.f('ck_debrief_person_confidentiality'),
            "confidentiality IN ('shared', 'private')",
        )
    op.create_table(
        'incident_hold',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column('incident_id', sa.Integer(), nullable=False),
        sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('by_account_id', sa.Integer(), nullable=True),
        sa.Column('lifted_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('lifted_by_account_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ['incident_id'], ['incident.id'], name=op.f('fk_incident_hold_incident_id')
        ),
        sa.ForeignKeyConstraint(
            ['by_account_id'], ['account.id'], name=op.f('fk_incident_hold_by_account_id')
        ),
        sa.ForeignKeyConstraint(
            ['lifted_by_account_id'],
            ['account.id'],
            name=op.f('fk_incident_hold_lifted_by_account_id'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_incident_hold')),
        sa.UniqueConstraint('public_id', name=op.f('uq_incident_hold_public_id')),
    )
    with op.batch_alter_table('incident_hold', schema=None) as batch_op:
        batch_op.create_index('ix_incident_hold_incident_id', ['incident_id'], unique=False)
        batch_op.create_index(
            'uq_incident_hold_standing',
            ['incident_id'],
            unique=True,
            sqlite_where=sa.text('lifted_at IS NULL'),
            postgresql_where=sa.text('lifted_at IS NULL'),
        )
    op.create_table(
        'debrief_draft',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('incident_id', sa.Integer(), nullable=True),
        sa.Column('saved_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['account_id'], ['account.id'], name=op.f('fk_debrief_draft_account_id')
        ),
        sa.ForeignKeyConstraint(
            ['incident_id'], ['incident.id'], name=op.f('fk_debrief_draft_incident_id')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_debrief_draft')),
    )
    with op.batch_alter_table('debrief_draft', schema=None) as batch_op:
        for name in ('account_id', 'incident_id', 'saved_at'):
            batch_op.create_index(f'ix_debrief_draft_{name}', [name], unique=False)
    op.create_table(
        'debrief_draft_person',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('draft_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('named_id', sa.Integer(), nullable=True),
        sa.Column('sealed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ['draft_id'], ['debrief_draft.id'], name=op.f('fk_debrief_draft_person_draft_id')
        ),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_debrief_draft_person_person_id')
        ),
        sa.ForeignKeyConstraint(
            ['named_id'], ['person.id'], name=op.f('fk_debrief_draft_person_named_id')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_debrief_draft_person')),
        sa.UniqueConstraint(
            'draft_id', 'person_id', name=op.f('uq_debrief_draft_person_draft_id_person_id')
        ),
    )
    with op.batch_alter_table('debrief_draft_person', schema=None) as batch_op:
        for name in ('draft_id', 'person_id', 'named_id'):
            batch_op.create_index(f'ix_debrief_draft_person_{name}', [name], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table('debrief_draft_person')
    op.drop_table('debrief_draft')
    op.drop_table('incident_hold')
    with op.batch_alter_table('debrief_person', schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f('ck_debrief_person_confidentiality'), type_='check'
        )
    with op.batch_alter_table('debrief_person', schema=None) as batch_op:
        batch_op.drop_column('confidentiality')
