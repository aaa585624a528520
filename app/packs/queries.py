"""Reading packs, and what goes into them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, or_
from sqlmodel import Session, col, select

from app.accounts.models import Account, RoleGrant
from app.common.clock import local_date
from app.database import columns
from app.exposure.models import Exposure
from app.exposure.queries import before_window
from app.packs.models import FileKind, PackState, TeamPack, TeamPackFile, Version
from app.people import queries as people
from app.people.models import Supervision, SupervisionKind, Unit, UnitKind
from app.people.queries import UnitCard, chunks, covers
from app.security.permissions import Permission, Role
from app.security.viewer import Viewer

TOLD_FOR = timedelta(days=7)
"""For so long is whoever a pack was made for told that it is ready."""


@dataclass(frozen=True)
class PackCard:
    """A pack as its team's leader sees it."""

    public_id: str
    version: Version
    first_on: date
    last_on: date
    month: date | None
    asked_by: str
    asked_at: datetime
    state: PackState
    progress: str
    made_at: datetime | None
    expires_at: datetime


CARD = (
    TeamPack.public_id,
    TeamPack.version,
    TeamPack.first_on,
    TeamPack.last_on,
    TeamPack.month,
    Account.display_name,
    TeamPack.asked_at,
    TeamPack.state,
    TeamPack.progress,
    TeamPack.made_at,
    TeamPack.expires_at,
)


def led_unit(viewer: Viewer, session: Session, *, public_id: str, day: date) -> UnitCard | None:
    """A team, if the viewer leads or covers it on a day; to see it for another reason is not
    enough."""
    if not viewer.may(Permission.PACK_TEAM_MAKE):
        return None
    found = people.unit(viewer, session, public_id=public_id, day=day)
    return found if found and found.leads else None


def packs_of(
    viewer: Viewer, session: Session, *, unit: UnitCard, now: datetime, limit: int = 20
) -> list[PackCard]:
    """The packs there are of a team that the viewer leads, the newest first."""
    if not unit.leads or not viewer.may(Permission.PACK_TEAM_MAKE):
        return []
    statement = (
        columns(*CARD)
        .join(Account, col(Account.id) == col(TeamPack.asked_by_account_id))
        .where(TeamPack.unit_id == unit.id, col(TeamPack.expires_at) > now)
        .order_by(col(TeamPack.asked_at).desc(), col(TeamPack.id).desc())
        .limit(limit)
    )
    return [PackCard(*row) for row in session.exec(statement)]


def pack(
    viewer: Viewer, session: Session, *, public_id: str, day: date, now: datetime
) -> tuple[UnitCard, TeamPack] | None:
    """A pack and its team, if the viewer leads that team on a day and the pack is still kept."""
    statement = (
        columns(TeamPack, Unit.public_id)
        .join(Unit, col(Unit.id) == col(TeamPack.unit_id))
        .where(TeamPack.public_id == public_id, col(TeamPack.expires_at) > now)
    )
    found = session.exec(statement).first()
    unit = led_unit(viewer, session, public_id=found[1], day=day) if found else None
    return (unit, found[0]) if found and unit else None


def card_of(viewer: Viewer, session: Session, row: TeamPack) -> PackCard:
    """How a pack that the viewer may see is shown to them."""
    by = viewer.name
    if row.asked_by_account_id != viewer.account_id:
        by = session.get_one(Account, row.asked_by_account_id).display_name
    return PackCard(
        row.public_id,
        row.version,
        row.first_on,
        row.last_on,
        row.month,
        by,
        row.asked_at,
        row.state,
        row.progress,
        row.made_at,
        row.expires_at,
    )


def ready(session: Session, *, now: datetime) -> list[tuple[int, str]]:
    """Packs made in the last week for somebody who still leads the team: the account, and the
    pack's ``public_id``. For the job that tells people."""
    day = local_date(now)
    statement = (
        select(TeamPack.asked_by_account_id, TeamPack.public_id)
        .join(Account, col(Account.id) == col(TeamPack.asked_by_account_id))
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .join(Supervision, col(Supervision.person_id) == col(Account.person_id))
        .where(
            RoleGrant.role == Role.SUPERVISOR,
            covers(RoleGrant, day),
            TeamPack.state == PackState.READY,
            col(TeamPack.expires_at) > now,
            col(TeamPack.made_at) > now - TOLD_FOR,
            col(Account.active).is_(True),
            col(Supervision.unit_id) == col(TeamPack.unit_id),
            col(Supervision.withdrawn).is_(False),
            covers(Supervision, day),
        )
        .distinct()
    )
    return list(session.exec(statement).all())


def sealed_file(session: Session, *, pack_id: int, kind: FileKind) -> bytes | None:
    """A file as it is kept; nothing when it was not made."""
    found = session.get(TeamPackFile, (pack_id, kind))
    return found.sealed if found else None


def waiting_like(session: Session, row: TeamPack) -> TeamPack | None:
    """A pack of the same kind that the same person has asked for and that is not made yet."""
    return session.exec(
        select(TeamPack).where(
            TeamPack.unit_id == row.unit_id,
            TeamPack.version == row.version,
            TeamPack.first_on == row.first_on,
            TeamPack.last_on == row.last_on,
            TeamPack.asked_by_account_id == row.asked_by_account_id,
            col(TeamPack.month).is_(None),
            col(TeamPack.state).in_((PackState.QUEUED, PackState.MAKING)),
        )
    ).first()


TypeCounts = dict[int, dict[str, dict[int, int]]]
"""By person and type: window (days) → count."""


def type_counts(
    session: Session, *, person_ids: Sequence[int], windows: Sequence[int], day: date
) -> TypeCounts:
    """Exposures by person, type and window; whoever had none of a type is not listed with it.

    The caller has asked ``people.queries`` whom the viewer may see.
    """
    sums = [
        func.sum(case((col(Exposure.occurred_on) > before_window(window, day), 1), else_=0))
        for window in windows
    ]
    statement = columns(Exposure.person_id, Exposure.type_code, *sums).where(
        col(Exposure.occurred_on) > before_window(max(windows), day),
        col(Exposure.occurred_on) <= day,
    )
    found: TypeCounts = {}
    for chunk in chunks(person_ids):
        theirs = statement.where(col(Exposure.person_id).in_(chunk)).group_by(
            col(Exposure.person_id), col(Exposure.type_code)
        )
        for person_id, code, *counts in session.exec(theirs):
            found.setdefault(person_id, {})[code] = dict(
                zip(windows, map(int, counts), strict=True)
            )
    return found


def period_counts(
    session: Session, *, person_ids: Sequence[int], first: date, last: date
) -> dict[int, dict[str, int]]:
    """Exposures between two days (included), by person and type. As above: ask first."""
    statement = columns(Exposure.person_id, Exposure.type_code, func.count()).where(
        col(Exposure.occurred_on).between(first, last)
    )
    found: dict[int, dict[str, int]] = {}
    for chunk in chunks(person_ids):
        theirs = statement.where(col(Exposure.person_id).in_(chunk)).group_by(
            col(Exposure.person_id), col(Exposure.type_code)
        )
        for person_id, code, count in session.exec(theirs):
            found.setdefault(person_id, {})[code] = int(count)
    return found


# --- For the jobs, which act for nobody in particular ---------------------------------------------


def next_queued(session: Session) -> TeamPack | None:
    """The pack to be made next: those that somebody waits for, then the monthly ones."""
    return session.exec(
        select(TeamPack)
        .where(TeamPack.state == PackState.QUEUED)
        .order_by(col(TeamPack.month).is_not(None), col(TeamPack.asked_at), col(TeamPack.id))
        .limit(1)
    ).first()


def left_behind(session: Session) -> list[TeamPack]:
    """Packs that a job runner was making when it died. For whoever is alone with the work."""
    return list(session.exec(select(TeamPack).where(TeamPack.state == PackState.MAKING)))


def unit_public_id(session: Session, *, unit_id: int) -> str:
    """A team by the name it has in addresses."""
    return session.get_one(Unit, unit_id).public_id


def supervisors_without(
    session: Session, *, version: Version, month: date, day: date
) -> list[tuple[int, int]]:
    """Teams that have no pack of a month yet, each with an account of its supervisor today."""
    made = select(TeamPack.id).where(
        TeamPack.unit_id == col(Unit.id), TeamPack.version == version, TeamPack.month == month
    )
    holds: Any = (
        col(RoleGrant.role) == Role.SUPERVISOR,
        col(RoleGrant.starts_on) <= day,
        or_(col(RoleGrant.ends_on).is_(None), col(RoleGrant.ends_on) >= day),
    )
    statement = (
        select(Unit.id, func.min(Account.id))
        .join(Supervision, col(Supervision.unit_id) == col(Unit.id))
        .join(Account, col(Account.person_id) == col(Supervision.person_id))
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(
            Unit.kind == UnitKind.TEAM,
            Supervision.kind == SupervisionKind.SUPERVISOR,
            col(Supervision.withdrawn).is_(False),
            covers(Supervision, day),
            col(Account.active).is_(True),
            *holds,
            ~made.correlate(Unit).exists(),
        )
        .group_by(col(Unit.id))
        .order_by(col(Unit.id))
    )
    return [
        (unit_id or 0, account_id) for unit_id, account_id in session.exec(statement) if account_id
    ]


def expired(session: Session, *, now: datetime) -> list[int]:
    """Packs whose days are over."""
    found = session.exec(select(TeamPack.id).where(col(TeamPack.expires_at) <= now)).all()
    return [number for number in found if number is not None]
