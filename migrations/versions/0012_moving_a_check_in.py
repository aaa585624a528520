"""The day of the next contact can be moved, and whoever moves it second is told."""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table('debrief_person', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('next_contact_revision', sa.Integer(), server_default='0', nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                'next_contact_changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column('next_contact_changed_by_account_id', sa.Integer(), nullable=True)
        )
        batch_op.create_foreign_key(
            batch_op.f('fk_debrief_person_next_contact_changed_by_account_id'),
            'account',
            ['next_contact_changed_by_account_id'],
            ['id'],
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('debrief_person', schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f('fk_debrief_person_next_contact_changed_by_account_id'), type_='foreignkey'
        )
        batch_op.drop_column('next_contact_changed_by_account_id')
        batch_op.drop_column('next_contact_changed_at')
        batch_op.drop_column('next_contact_revision')
