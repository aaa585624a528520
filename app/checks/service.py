"""What happens to a self-check: nothing, unless its person says so.

None of it is written in the audit log, which others read: that somebody made a self-check is as
private as what they answered. Only what the force offers is.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.checks import drafts, queries
from app.checks.answers import Answers, Kept, Part, first_open
from app.checks.models import CheckDraft, CheckOffer, SelfCheck
from app.checks.sealing import destroy, seal
from app.checks.wording import with_result
from app.common.clock import local_date
from app.instruments.models import Instrument
from app.instruments.scoring import score
from app.security.key_store import KeyStore
from app.security.viewer import Viewer


class NothingUnderWayError(Exception):
    """There are no answers to go on with: they were deleted, kept, or never given."""


def begin(session: Session, *, viewer: Viewer, keys: KeyStore, now: datetime) -> None:
    """Start anew: what was under way goes."""
    drafts.take_turn(session, viewer)
    drafts.keep(session, viewer=viewer, keys=keys, answers=Answers(), now=now)


def answer(
    session: Session,
    *,
    viewer: Viewer,
    keys: KeyStore,
    change: Callable[[Answers], Answers],
    now: datetime,
) -> Answers:
    """Change the answers under way.

    Raises:
        NothingUnderWayError: there are none.
    """
    drafts.take_turn(session, viewer)
    found = drafts.find(viewer, session, keys, now=now)
    if found is None:
        raise NothingUnderWayError
    changed = change(found)
    drafts.keep(session, viewer=viewer, keys=keys, answers=changed, now=now)
    return changed


def keep(
    session: Session,
    *,
    viewer: Viewer,
    keys: KeyStore,
    instruments: Mapping[str, Instrument],
    now: datetime,
) -> SelfCheck:
    """Keep a result that the person has seen, because they said so; the draft of it goes.

    Raises:
        NothingUnderWayError: there is none, or it was not seen to its end.
    """
    drafts.take_turn(session, viewer)
    answers = drafts.find(viewer, session, keys, now=now)
    instrument = instruments.get(answers.chosen or "") if answers else None
    if answers is None or first_open(answers, instrument).part is not Part.REVIEW:
        raise NothingUnderWayError
    if not answers.finished:
        raise NothingUnderWayError
    kept = as_kept(answers, instruments, now=now)
    row = store(session, person_id=viewer.person_id or 0, keys=keys, kept=kept)
    drafts.discard(session, viewer=viewer)
    return row


def as_kept(
    answers: Answers, instruments: Mapping[str, Instrument], *, now: datetime, note: str = ""
) -> Kept:
    """What is kept of these answers: them, and the words in which they were read."""
    instrument = instruments.get(answers.chosen or "")
    result = score(instrument, answers.items) if instrument else None
    return Kept(
        kept_at=now,
        answers=answers,
        sections=tuple(with_result(answers, instrument)),
        questionnaire=instrument.title if instrument else "",
        total=result.total if result else None,
        top=result.top if result else None,
        note=note,
    )


def store(
    session: Session, *, person_id: int, keys: KeyStore, kept: Kept, public_id: str = ""
) -> SelfCheck:
    """Write one down, sealed."""
    row = SelfCheck(person_id=person_id, sealed=b"", year=local_date(kept.kept_at).year)
    row.public_id = public_id or row.public_id
    _seal(session, keys, row, kept)
    return row


def _seal(session: Session, keys: KeyStore, row: SelfCheck, kept: Kept) -> None:
    row.sealed = seal(
        keys,
        person_id=row.named_id or row.person_id,
        field=queries.field_of(row.public_id),
        value=kept.model_dump(mode="json"),
    )
    session.add(row)
    session.flush()


def note(session: Session, *, viewer: Viewer, keys: KeyStore, public_id: str, words: str) -> bool:
    """Put the person's own note on one they kept, or take it off; whether there is such a one."""
    drafts.take_turn(session, viewer)
    row = queries.own_row(viewer, session, public_id=public_id)
    found = queries.kept_one(viewer, session, keys, public_id=public_id)
    if row is None or found is None:
        return False
    _seal(session, keys, row, found.kept.model_copy(update={"note": words}))
    return True


def delete_one(session: Session, *, viewer: Viewer, public_id: str) -> bool:
    """Delete one that the person kept; whether there was such a one."""
    row = queries.own_row(viewer, session, public_id=public_id)
    if row is not None:
        session.delete(row)
        session.flush()
    return row is not None


def delete_all(session: Session, *, viewer: Viewer, keys: KeyStore, now: datetime) -> None:
    """Delete all that the person kept or has under way, and destroy the key that opens it: what a
    backup still holds cannot be read either."""
    if viewer.person_id is None:
        return
    drafts.take_turn(session, viewer)
    sealed_for = {viewer.person_id}
    for table in (SelfCheck, CheckDraft):
        mine = col(table.person_id) == viewer.person_id
        named = select(table.named_id).where(mine, col(table.named_id).is_not(None))
        sealed_for |= {number for number in session.exec(named) if number}
        session.exec(delete(table).where(mine))
    for number in sealed_for:
        if not _others_need(session, number):
            destroy(session, keys, person_id=number, now=now)


def _others_need(session: Session, number: int) -> bool:
    """Whether somebody else's answers were sealed while this was their staff number."""
    tables = (SelfCheck, CheckDraft)
    return any(
        session.exec(
            select(table.id)
            .where(func.coalesce(table.named_id, table.person_id) == number)
            .limit(1)
        ).first()
        for table in tables
    )


def offer(
    session: Session, *, viewer: Viewer, optional: set[str], chosen: set[str], now: datetime
) -> None:
    """Say which optional questionnaires the self-check offers; codes that are none are ignored."""
    held = queries.switched_on(session)
    wanted = chosen & optional
    if wanted == held:
        return
    session.exec(delete(CheckOffer).where(col(CheckOffer.code).not_in(wanted)))
    session.add_all(
        CheckOffer(code=code, switched_on_at=now, by_account_id=viewer.account_id)
        for code in sorted(wanted - held)
    )
    session.flush()
    details: dict[str, object] = {"on": sorted(wanted)}
    entry = Entry(
        Event.CHECK_OFFER_CHANGED,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        details=details,
    )
    audit.append(session, [entry])
