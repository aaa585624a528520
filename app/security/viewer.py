"""Who is looking: the value every query about people takes first."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask_login import UserMixin

from app.security.permissions import ROLE_NAMES, ROLE_PERMISSIONS, Permission, Role

WIDE_ROLES = frozenset({Role.WELLBEING_PRACTITIONER, Role.WELLBEING_LEAD})
"""Roles whose reach over named people comes from a grant over a unit, not from supervising it."""


@dataclass(frozen=True)
class Grant:
    """A role and how far it reaches: a unit and all below it, or the whole force (``None``)."""

    role: Role
    unit_id: int | None


@dataclass(frozen=True)
class Viewer:
    """A signed-in person and what they may see."""

    account_id: int
    person_id: int | None
    name: str
    grants: tuple[Grant, ...]
    permissions: frozenset[Permission] = field(init=False)
    notice_version: int = 0
    """The version of the privacy notice they have read; 0 for none."""

    def __post_init__(self) -> None:
        held: set[Permission] = set()
        for grant in self.grants:
            held |= ROLE_PERMISSIONS[grant.role]
        object.__setattr__(self, "permissions", frozenset(held))

    def may(self, permission: Permission) -> bool:
        """Whether any role this viewer holds allows it."""
        return permission in self.permissions

    def has(self, role: Role) -> bool:
        """Whether this viewer holds a role, over any unit."""
        return any(grant.role is role for grant in self.grants)

    def wide_units(self) -> list[int] | None:
        """Units over which a wellbeing role reaches; ``None`` stands for the whole force."""
        units: list[int] = []
        for grant in self.grants:
            if grant.role in WIDE_ROLES:
                if grant.unit_id is None:
                    return None
                units.append(grant.unit_id)
        return units

    @property
    def role_names(self) -> str:
        """The viewer's roles in words, in the order of the role list."""
        held = {grant.role for grant in self.grants}
        names = [ROLE_NAMES[role] for role in Role if role in held]
        special = [name for name in names if name != ROLE_NAMES[Role.STAFF]]
        return ", ".join(special or names)


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps as the current user."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer

    def get_id(self) -> str:
        """The account's number, which the server-side session remembers."""
        return str(self.viewer.account_id)


def grants_of(rows: Iterable[tuple[Role, int | None]]) -> tuple[Grant, ...]:
    """Grants from database rows; everybody who may sign in is a member of staff."""
    return (Grant(Role.STAFF, None), *(Grant(role, unit) for role, unit in rows))
