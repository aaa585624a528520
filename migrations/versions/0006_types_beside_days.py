"""Counts by type are read from an index alone."""

from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table('exposure', schema=None) as batch_op:
        batch_op.drop_index('ix_exposure_person_day')
        batch_op.create_index(
            'ix_exposure_person_day', ['person_id', 'occurred_on', 'type_code'], unique=False
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('exposure', schema=None) as batch_op:
        batch_op.drop_index('ix_exposure_person_day')
        batch_op.create_index(
            'ix_exposure_person_day', ['person_id', 'occurred_on'], unique=False
        )
