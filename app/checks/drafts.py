"""Self-checks under way: kept for a week, for the person alone, and gone as soon as they say so.

A result that its person has seen and not asked to keep goes within two hours.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from app.checks.answers import Answers
from app.checks.models import CheckDraft
from app.checks.sealing import opened, seal
from app.common.clock import local_date, start_of_day
from app.people.models import Person
from app.security.key_store import KeyStore
from app.security.viewer import Viewer

UNDER_WAY = timedelta(days=7)
SEEN = HOUR = timedelta(hours=1)
FIELD = "check_draft.sealed"


def find(viewer: Viewer, session: Session, keys: KeyStore, *, now: datetime) -> Answers | None:
    """What the viewer has answered so far, unless its time is over."""
    row = session.exec(select(CheckDraft).where(CheckDraft.person_id == viewer.person_id)).first()
    if row is None or row.delete_after <= now:
        return None
    whose = row.named_id or row.person_id
    value = opened(keys, person_id=whose, field=FIELD, sealed=row.sealed)
    return None if value is None else Answers.model_validate(value)


def take_turn(session: Session, viewer: Viewer) -> None:
    """One at a time for each person: two windows must not lose each other's answers."""
    one = select(Person.id).where(Person.id == viewer.person_id).with_for_update(key_share=True)
    session.exec(one).first()


def keep(
    session: Session, *, viewer: Viewer, keys: KeyStore, answers: Answers, now: datetime
) -> None:
    """Keep these answers, in place of those of before."""
    discard(session, viewer=viewer)
    person_id = viewer.person_id or 0
    value = answers.model_dump(mode="json")
    sealed = seal(keys, person_id=person_id, field=FIELD, value=value)
    session.add(CheckDraft(person_id=person_id, sealed=sealed, delete_after=_ends(answers, now)))
    session.flush()


def _ends(answers: Answers, now: datetime) -> datetime:
    if not answers.finished:
        return start_of_day(local_date(now + UNDER_WAY))
    later = now + SEEN
    whole = later.replace(minute=0, second=0, microsecond=0)
    return whole if whole == later else whole + HOUR


def discard(session: Session, *, viewer: Viewer) -> None:
    """Delete what the viewer has answered so far."""
    session.exec(delete(CheckDraft).where(col(CheckDraft.person_id) == viewer.person_id))


def discard_seen(session: Session, *, viewer: Viewer, now: datetime) -> None:
    """Delete a result that the viewer leaves without keeping it, and leave answers under way.

    Told apart by their time alone: leaving must work when no key can be had. In the last two hours
    of its week a self-check under way goes too.
    """
    mine = col(CheckDraft.person_id) == viewer.person_id
    within = col(CheckDraft.delete_after) <= now + SEEN + HOUR
    session.exec(delete(CheckDraft).where(mine, within))


def forget(session: Session, *, now: datetime) -> None:
    """Delete what nobody asked to keep, once its time is over."""
    session.exec(delete(CheckDraft).where(col(CheckDraft.delete_after) <= now))
