"""Reading accounts and the roles they hold."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Date, and_, bindparam, func, or_
from sqlmodel import Session, col, select

from app.accounts.models import Account, RoleGrant
from app.common.paging import Page
from app.database import columns, rows
from app.security.permissions import ROLE_NAMES, Permission, Role
from app.security.viewer import WIDE_ROLES, Viewer, grants_of


def _holds(day: date | BindParameter[date]) -> ColumnElement[bool]:
    return and_(
        col(RoleGrant.starts_on) <= day,
        or_(col(RoleGrant.ends_on).is_(None), col(RoleGrant.ends_on) >= day),
    )


VIEWER = (
    columns(
        Account.person_id,
        Account.display_name,
        Account.notice_version,
        RoleGrant.role,
        RoleGrant.unit_id,
    )
    .select_from(Account)
    .outerjoin(
        RoleGrant,
        and_(col(RoleGrant.account_id) == col(Account.id), _holds(bindparam("day", type_=Date()))),
    )
    .where(col(Account.id) == bindparam("account_id"), col(Account.active).is_(True))
    .order_by(col(RoleGrant.id))
)


def viewer_for(session: Session, *, account_id: int, day: date) -> Viewer | None:
    """Who an account is today; ``None`` once it is closed."""
    found = rows(session, VIEWER, account_id=account_id, day=day).all()
    if not found:
        return None
    return Viewer(
        account_id=account_id,
        person_id=found[0][0],
        name=found[0][1],
        notice_version=found[0][2],
        grants=grants_of([(role, unit_id) for *_rest, role, unit_id in found if role is not None]),
    )


def by_username(session: Session, *, username: str) -> Account | None:
    """An account by the name it signs in with, in any mixture of capitals."""
    return session.exec(select(Account).where(Account.username == username.lower())).first()


def names(session: Session, *, account_ids: Collection[int]) -> dict[int, str]:
    """Names of people who signed in, for those whose records they opened."""
    statement = select(Account.id, Account.display_name).where(col(Account.id).in_(account_ids))
    return {number or 0: name for number, name in session.exec(statement)}


def supervising_accounts(session: Session, *, day: date) -> dict[int, int]:
    """The account of everybody who may act as a supervisor on a day, by person."""
    statement = (
        select(Account.person_id, Account.id)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(
            col(Account.active).is_(True),
            col(Account.person_id).is_not(None),
            RoleGrant.role == Role.SUPERVISOR,
            _holds(day),
        )
    )
    return {person or 0: number or 0 for person, number in session.exec(statement)}


class Holder(NamedTuple):
    """Somebody who holds a role over a unit and all below it, or the whole force (``None``)."""

    account_id: int
    person_id: int | None
    unit_id: int | None


def holders(session: Session, *, role: Role, day: date) -> list[Holder]:
    """Open accounts that hold a role on a day, one for each of their grants."""
    statement = (
        select(Account.id, Account.person_id, RoleGrant.unit_id)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(col(Account.active).is_(True), RoleGrant.role == role, _holds(day))
        .order_by(col(RoleGrant.id))
    )
    return [Holder(number or 0, person, unit) for number, person, unit in session.exec(statement)]


@dataclass(frozen=True)
class AccountRow:
    """An account as an administrator sees it."""

    name: str
    username: str
    roles: str
    scope: str
    active: bool


def accounts(
    viewer: Viewer, session: Session, *, day: date, asked: str | None
) -> tuple[list[AccountRow], Page]:
    """A page of everybody who may sign in, by name, for an administrator."""
    if not viewer.may(Permission.ACCOUNTS_ALL_READ):
        return [], Page(1, 0)
    page = Page.of(asked, session.exec(select(func.count()).select_from(Account)).one())
    found = session.exec(
        select(Account)
        .order_by(col(Account.display_name), col(Account.id))
        .offset(page.offset)
        .limit(page.length)
    ).all()
    held: dict[int, list[tuple[Role, int | None]]] = {}
    for account_id, role, unit_id in session.exec(
        columns(RoleGrant.account_id, RoleGrant.role, RoleGrant.unit_id).where(
            _holds(day), col(RoleGrant.account_id).in_([row.id for row in found])
        )
    ):
        held.setdefault(account_id, []).append((role, unit_id))
    listed = [
        AccountRow(
            name=row.display_name,
            username=row.username,
            roles=", ".join(ROLE_NAMES[role] for role, _unit in held.get(row.id or 0, []))
            or ROLE_NAMES[Role.STAFF],
            scope=_scope(held.get(row.id or 0, [])),
            active=row.active,
        )
        for row in found
    ]
    return listed, page


def _scope(held: list[tuple[Role, int | None]]) -> str:
    wide = [unit for role, unit in held if role in WIDE_ROLES]
    if not wide:
        return "Own team" if any(role is Role.SUPERVISOR for role, _unit in held) else "Own record"
    return "Whole force" if None in wide else f"{len(wide)} part of the force"
