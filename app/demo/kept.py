"""What a demo shows of keeping and removing: a hold, and what the last nights removed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.accounts.queries import by_username
from app.common.clock import local_date
from app.demo.accounts import DEMO_ACCOUNTS
from app.demo.chance import Chance
from app.demo.store import Row, write
from app.exposure.models import Exposure
from app.retention.classes import CLASSES
from app.retention.models import HoldReason, LegalHold, RetentionCount, RetentionRun
from app.security.permissions import Role

NIGHTS = 3
USUAL = {"leavers": 2, "equality": 3, "sign_in": 1, "away": 5, "imports": 6, "absences": 4}
"""How many records of a class are due on most nights."""
AHEAD = timedelta(days=120)


def write_kept(session: Session, now: datetime, chance: Chance) -> None:
    """Store them."""
    steward = by_username(session, username=_username(Role.DATA_STEWARD))
    staff = by_username(session, username=_username(Role.STAFF))
    if steward is None or staff is None:
        return
    latest = (
        select(Exposure.incident_id)
        .where(Exposure.person_id == staff.person_id)
        .order_by(col(Exposure.occurred_at).desc(), col(Exposure.incident_id))
        .limit(1)
    )
    hold = {
        "public_id": chance.public_id(),
        "incident_id": session.exec(latest).one(),
        "reason": HoldReason.INQUEST,
        "reference": "LEG/2026/0114",
        "review_on": local_date(now + AHEAD),
        "since": now - timedelta(days=2),
        "by_account_id": steward.id,
    }
    write(session, LegalHold, [hold])
    write(session, RetentionRun, _nights(now))
    write(session, RetentionCount, _counts(chance))


def _username(role: Role) -> str:
    return next(one.username for one in DEMO_ACCOUNTS if one.role is role)


def _nights(now: datetime) -> Iterator[Row]:
    for number in range(1, NIGHTS + 1):
        began = now - timedelta(days=NIGHTS + 1 - number)
        yield {
            "id": number,
            "day": local_date(began),
            "started_at": began,
            "finished_at": began + timedelta(seconds=40),
        }


def _counts(chance: Chance) -> Iterator[Row]:
    for number in range(1, NIGHTS + 1):
        for one in CLASSES:
            removed = chance.poisson(USUAL.get(one.code, 0))
            yield {
                "run_id": number,
                "class_code": one.code,
                "months": one.months,
                "due": removed,
                "removed": removed,
                "held": 0,
                "finished": True,
            }
