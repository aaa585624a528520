"""Reading self-checks: everybody's own, and nobody else's. No query here takes a person."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.checks.answers import Kept, KeptCheck
from app.checks.models import CheckOffer, SelfCheck
from app.checks.sealing import opened
from app.common.clock import day_in_words, local_date
from app.exposure import behind
from app.incidents.queries import frameworks
from app.people.models import Person
from app.security.key_store import KeyStore
from app.security.viewer import Viewer

RECENT = timedelta(days=365)
MOST_OFFERED = 8


class Recent(NamedTuple):
    """One of the viewer's own incidents, to say that a self-check is about it."""

    public_id: str
    words: str
    occurred_at: datetime


def recent(viewer: Viewer, session: Session, *, now: datetime) -> list[Recent]:
    """The viewer's latest incidents of the past year, newest first."""
    names = frameworks(session).type_names()
    seen = behind.exposures_of(session, person_id=viewer.person_id or 0, limit=MOST_OFFERED)
    return [
        Recent(
            one.incident_public_id,
            f"{names.get(one.type_code, one.type_code)}, "
            f"{day_in_words(local_date(one.occurred_at))}",
            one.occurred_at,
        )
        for one in seen
        if one.occurred_at > now - RECENT
    ]


def field_of(public_id: str) -> str:
    """Under which name one is sealed: a copy in another row does not open."""
    return f"self_check.{public_id}"


def kept_of(viewer: Viewer, session: Session, keys: KeyStore) -> list[KeptCheck]:
    """The viewer's own kept self-checks, newest first. What can no longer be opened is left out."""
    statement = select(SelfCheck).where(SelfCheck.person_id == viewer.person_id)
    since = _counts_from(viewer, session)
    found = [_open(keys, row, since) for row in session.exec(statement)]
    return sorted(filter(None, found), key=lambda one: one.kept.kept_at, reverse=True)


def kept_one(
    viewer: Viewer, session: Session, keys: KeyStore, *, public_id: str
) -> KeptCheck | None:
    """One of the viewer's own."""
    row = own_row(viewer, session, public_id=public_id)
    return _open(keys, row, _counts_from(viewer, session)) if row else None


def own_row(viewer: Viewer, session: Session, *, public_id: str) -> SelfCheck | None:
    """One of the viewer's own, still sealed."""
    statement = select(SelfCheck).where(
        SelfCheck.person_id == viewer.person_id, col(SelfCheck.public_id) == public_id
    )
    return session.exec(statement).first()


def _counts_from(viewer: Viewer, session: Session) -> datetime | None:
    """Before this, the viewer's staff number was somebody else's."""
    return session.exec(select(Person.counts_from).where(Person.id == viewer.person_id)).first()


def _open(keys: KeyStore, row: SelfCheck, since: datetime | None) -> KeptCheck | None:
    whose = row.named_id or row.person_id
    field = field_of(row.public_id)
    value = opened(keys, person_id=whose, field=field, sealed=row.sealed)
    if value is None:
        return None
    kept = Kept.model_validate(value)
    return None if since and kept.kept_at < since else KeptCheck(row.public_id, kept)


def switched_on(session: Session) -> frozenset[str]:
    """Codes of the optional questionnaires that the force offers."""
    return frozenset(session.exec(select(CheckOffer.code)))
