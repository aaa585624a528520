"""Conversations that somebody has begun to record: kept for a week, for their author alone.

What was typed about a person is sealed with that person's own key, and with the author's account:
it opens in no other draft. Nothing is kept of the question about procedures and conduct.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from app.accounts.queries import viewer_for
from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date
from app.database import columns
from app.debriefs.models import DebriefDraft, DebriefDraftPerson
from app.exposure import asking
from app.incidents.models import Incident
from app.people.models import Person
from app.security.encryption import SealedError
from app.security.key_store import KeyStore, Purpose
from app.security.sealing import seal_all, unseal
from app.security.viewer import Viewer

KEPT = timedelta(days=7)
Typed = dict[str, list[str]]
"""What a form sent: each field and its values, as typed."""


@dataclass(frozen=True)
class Draft:
    """What was typed so far, by person, and when it was last kept."""

    saved_at: datetime
    typed: Mapping[int, Typed]


def _field(account_id: int) -> str:
    return f"debrief_draft.{account_id}"


def _mine(account_id: int, person_id: int | None, incident: str, since: datetime) -> Any:
    """Rows of the newest draft of one account about one person, or one incident, first."""
    statement = (
        columns(DebriefDraft, DebriefDraftPerson)
        .join(DebriefDraftPerson, col(DebriefDraftPerson.draft_id) == col(DebriefDraft.id))
        .where(col(DebriefDraft.account_id) == account_id, col(DebriefDraft.saved_at) > since)
        .order_by(col(DebriefDraft.saved_at).desc(), col(DebriefDraft.id).desc())
    )
    if incident:
        return statement.join(Incident, col(Incident.id) == col(DebriefDraft.incident_id)).where(
            col(Incident.public_id) == incident
        )
    return statement.where(
        col(DebriefDraft.incident_id).is_(None), col(DebriefDraftPerson.person_id) == person_id
    )


def find(
    viewer: Viewer,
    session: Session,
    *,
    keys: KeyStore,
    people: Sequence[int],
    incident: str = "",
    now: datetime,
) -> Draft | None:
    """The viewer's own draft about one person or, with the ``incident``'s public id, about several.

    ``people``: those for whom the viewer may record at this moment; nobody else's part is opened.
    """
    one = None if incident else people[0]
    found = session.exec(_mine(viewer.account_id, one, incident, now - KEPT)).all()
    parts = [part for draft, part in found if draft.id == found[0][0].id]
    typed = {
        part.person_id: opened
        for part in parts
        if part.person_id in people and (opened := _open(keys, viewer.account_id, part)) is not None
    }
    return Draft(found[0][0].saved_at, typed) if typed else None


def _open(keys: KeyStore, account_id: int, part: DebriefDraftPerson) -> Typed | None:
    whose = part.named_id or part.person_id
    try:
        value = unseal(
            keys,
            owner=whose,
            purpose=Purpose.RECORD,
            field=_field(account_id),
            sealed=part.sealed,
        )
    except SealedError:
        return None
    return value if isinstance(value, dict) else None


def keep(
    session: Session,
    *,
    viewer: Viewer,
    keys: KeyStore,
    typed: Mapping[int, Typed],
    incident: str = "",
    now: datetime,
) -> None:
    """Keep what was typed about these people, in place of what was kept before."""
    discard(session, viewer=viewer, people=list(typed), incident=incident)
    if not typed:
        return
    chosen = select(Incident.id).where(Incident.public_id == incident)
    draft = DebriefDraft(
        account_id=viewer.account_id,
        incident_id=session.exec(chosen).one() if incident else None,
        saved_at=now,
    )
    session.add(draft)
    session.flush()
    sealed = seal_all(
        keys,
        purpose=Purpose.RECORD,
        field=_field(viewer.account_id),
        values=list(typed.items()),
    )
    session.add_all(
        DebriefDraftPerson(draft_id=draft.id or 0, person_id=number, sealed=part)
        for number, part in zip(typed, sealed, strict=True)
    )
    session.flush()


def discard(
    session: Session, *, viewer: Viewer, people: Collection[int], incident: str = ""
) -> None:
    """Delete the viewer's drafts about one person or, with the ``incident``, about several."""
    mine = select(DebriefDraft.id).where(DebriefDraft.account_id == viewer.account_id)
    if incident:
        about = select(Incident.id).where(Incident.public_id == incident)
        mine = mine.where(col(DebriefDraft.incident_id).in_(about))
    else:
        parts = select(DebriefDraftPerson.draft_id).where(
            col(DebriefDraftPerson.person_id).in_(people)
        )
        mine = mine.where(col(DebriefDraft.incident_id).is_(None), col(DebriefDraft.id).in_(parts))
    _delete(session, list(session.exec(mine)))


def _delete(session: Session, numbers: Sequence[int | None]) -> None:
    session.exec(delete(DebriefDraftPerson).where(col(DebriefDraftPerson.draft_id).in_(numbers)))
    session.exec(delete(DebriefDraft).where(col(DebriefDraft.id).in_(numbers)))


def note_kept_for_sign_in(session: Session, *, viewer: Viewer, now: datetime) -> None:
    """Write down that a draft was kept although its author's session had run out."""
    entry = Entry(Event.DRAFT_KEPT_FOR_SIGN_IN, now, actor_account_id=viewer.account_id)
    audit.append(session, [entry])


def may_record(viewer: Viewer, session: Session, *, public_id: str, now: datetime) -> bool:
    """Whether the viewer is asked about somebody today, and so may record for them."""
    card = asking.person(viewer, session, public_id=public_id, now=now)
    return card is not None and asking.may_answer(viewer, session, card=card, now=now)


def forget(session: Session, *, now: datetime) -> int:
    """Delete drafts that are a week old, and what is in others about people for whom their author
    may no longer record; returns how many drafts went."""
    old = session.exec(select(DebriefDraft.id).where(DebriefDraft.saved_at <= now - KEPT)).all()
    _delete(session, old)
    statement = (
        columns(DebriefDraft.account_id, DebriefDraftPerson, Person.public_id)
        .join(DebriefDraftPerson, col(DebriefDraftPerson.draft_id) == col(DebriefDraft.id))
        .join(Person, col(Person.id) == col(DebriefDraftPerson.person_id))
    )
    for account_id, part, public_id in session.exec(statement).all():
        author = viewer_for(session, account_id=account_id, day=local_date(now))
        if author is None or not may_record(author, session, public_id=public_id, now=now):
            session.delete(part)
    session.flush()
    left = select(DebriefDraftPerson.draft_id)
    empty = session.exec(select(DebriefDraft.id).where(col(DebriefDraft.id).not_in(left))).all()
    _delete(session, empty)
    return len(old) + len(empty)
