"""A role for those who speak for a staff network."""

from alembic import op


BEFORE = ('staff', 'supervisor', 'wellbeing_practitioner', 'wellbeing_lead', 'senior_leader', 'dei_analyst', 'evaluator', 'comms_editor', 'comms_publisher', 'data_steward', 'administrator', 'support_practitioner', 'data_protection_officer')
ADDED = 'staff_network'

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def _role_is_one_of(roles: tuple[str, ...]) -> None:
    listed = ', '.join(f"'{role}'" for role in roles)
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_role_grant_role'), type_='check')
        batch_op.create_check_constraint(op.f('ck_role_grant_role'), f'role IN ({listed})')


def upgrade() -> None:
    """Apply."""
    _role_is_one_of((*BEFORE, ADDED))


def downgrade() -> None:
    """Take back. Nobody can hold a role that the code before does not know."""
    op.execute(f"DELETE FROM role_grant WHERE role = '{ADDED}'")
    _role_is_one_of(BEFORE)
