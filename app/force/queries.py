"""What was asked, who may be named in a reason, and whether anything has changed."""

import re
from datetime import date
from itertools import pairwise

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select

from app.common.clock import local_date
from app.feeds.models import ImportRun
from app.force.choosing import Chosen, read
from app.force.models import ForceQuestion
from app.people.models import Person, Unit
from app.referrals.models import Referral
from app.security.viewer import Viewer

WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
TITLES = frozenset(
    {
        *("mr", "mrs", "ms", "miss", "dr", "pc", "dc", "ps", "ds", "sgt", "sergeant", "insp"),
        *("inspector", "di", "ci", "dci", "supt", "superintendent", "constable", "detective"),
    }
)
"""Words after which a family name alone is a name."""


def chosen_as(viewer: Viewer, session: Session, *, public_id: str, day: date) -> Chosen | None:
    """What the viewer chose earlier that day; nobody else's, and nothing of another day."""
    found = session.exec(
        select(ForceQuestion).where(
            ForceQuestion.public_id == public_id, ForceQuestion.account_id == viewer.account_id
        )
    ).first()
    if found is None or local_date(found.asked_at) != day:
        return None
    return read(found.chosen)


def names_somebody(session: Session, *, text: str) -> bool:
    """Whether a sentence has the name of somebody in the force in it. For no page: it says only
    that it has."""
    words = [word.casefold() for word in WORD.findall(text)]
    given, family = func.lower(col(Person.given_name)), func.lower(col(Person.family_name))
    pairs = [
        and_(family == second, given == first) if first not in TITLES else family == second
        for first, second in pairwise(words)
    ]
    if not pairs:
        return False
    return session.exec(select(Person.id).where(or_(*pairs)).limit(1)).first() is not None


def data_version(session: Session) -> str:
    """Changes when anything does that a panel counts: what supervisors see of any unit, rows that
    came in, a referral."""
    row = session.exec(
        select(
            select(func.sum(Unit.version)).scalar_subquery(),
            select(func.count(col(ImportRun.finished_at))).scalar_subquery(),
            select(func.count(col(Referral.id)) + func.sum(Referral.revision)).scalar_subquery(),
        )
    ).one()
    return "-".join(str(one or 0) for one in row)


def unit_names(session: Session) -> set[str]:
    """The references and names of units of the force, without upper case. For a map's file."""
    found = session.exec(select(Unit.source_ref, Unit.name))
    return {text.casefold() for pair in found for text in pair}
