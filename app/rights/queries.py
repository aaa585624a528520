"""Reading requests about one's own data: a person theirs, the data protection officer those that
are addressed to them, and nothing else of anybody's record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func
from sqlmodel import Session, col, select

from app.accounts.models import Account
from app.common.paging import Page
from app.database import columns
from app.people.models import Person
from app.people.queries import counts_since
from app.rights.models import OPEN, Decision, Part, Right, RightsRequest, State
from app.security.encryption import SealedError
from app.security.key_store import KeyStore, Purpose
from app.security.permissions import Permission
from app.security.sealing import unseal
from app.security.viewer import Viewer

WORDS, REPLY = "rights_request.words", "rights_request.reply"
"""The fields under which what was written, and what was answered, is sealed."""
ERASED = "What was written here has been erased."


@dataclass(frozen=True)
class RequestCard:
    """One request. The person's name is for the data protection officer; what was written and
    answered is empty in a list."""

    public_id: str
    person_id: int
    name: str
    staff_number: str
    kind: Right
    part: Part
    received_at: datetime
    due_on: date
    state: State
    acknowledged_at: datetime | None
    decision: Decision | None
    ended_at: datetime | None
    decided_by: str
    revision: int
    words: str = ""
    reply: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody waits for an answer."""
        return self.state in OPEN

    @property
    def clock(self) -> date | None:
        """The day by which something is owed; none for what is over, nor for a complaint that was
        acknowledged, which is answered as soon as it can be."""
        acknowledged = self.kind is Right.COMPLAINT and self.state is State.ACKNOWLEDGED
        return self.due_on if self.is_open and not acknowledged else None


def _requests(*conditions: ColumnElement[bool]) -> Any:
    return (
        columns(RightsRequest, Person, Account.display_name)
        .join(Person, col(Person.id) == col(RightsRequest.person_id))
        .outerjoin(Account, col(Account.id) == col(RightsRequest.decided_by_account_id))
        .where(counts_since(col(RightsRequest.received_at)), *conditions)
    )


def _card(
    row: RightsRequest, person: Person, by: str | None, *, words: str = "", reply: str = ""
) -> RequestCard:
    return RequestCard(
        public_id=row.public_id,
        person_id=row.person_id,
        name=f"{person.given_name} {person.family_name}".strip(),
        staff_number=person.source_ref,
        kind=row.kind,
        part=row.part,
        received_at=row.received_at,
        due_on=row.due_on,
        state=row.state,
        acknowledged_at=row.acknowledged_at,
        decision=row.decision,
        ended_at=row.ended_at,
        decided_by=by or "",
        revision=row.revision,
        words=words,
        reply=reply,
    )


def _opened(keys: KeyStore, row: RightsRequest) -> dict[str, str]:
    """What was written and what was answered, as far as its key is still there."""

    def clear(field: str, sealed: bytes | None) -> str:
        if sealed is None:
            return ""
        whose = row.named_id or row.person_id
        try:
            return str(
                unseal(keys, purpose=Purpose.RECORD, owner=whose, field=field, sealed=sealed)
            )
        except SealedError:
            return ERASED

    return {"words": clear(WORDS, row.sealed_words), "reply": clear(REPLY, row.sealed_reply)}


def own_requests(viewer: Viewer, session: Session, *, keys: KeyStore) -> list[RequestCard]:
    """Everything the viewer has asked for, the newest first, with what they wrote."""
    mine = col(RightsRequest.person_id) == (viewer.person_id or 0)
    found = session.exec(_requests(mine).order_by(col(RightsRequest.id).desc())).all()
    return [_card(row, person, by, **_opened(keys, row)) for row, person, by in found]


def own_request(viewer: Viewer, session: Session, *, public_id: str) -> RightsRequest | None:
    """One request of the viewer's own that is still open."""
    found = session.exec(
        _requests(
            col(RightsRequest.public_id) == public_id,
            col(RightsRequest.person_id) == (viewer.person_id or 0),
            col(RightsRequest.state).in_(OPEN),
        )
    ).first()
    return found[0] if found else None


def how_many_open(viewer: Viewer, session: Session) -> int:
    """How many requests of the viewer's own wait for an answer."""
    statement = select(func.count()).where(
        col(RightsRequest.person_id) == (viewer.person_id or 0),
        col(RightsRequest.state).in_(OPEN),
    )
    return session.exec(statement).one()


# --- For the data protection officer --------------------------------------------------------------


def _addressed_to(viewer: Viewer) -> ColumnElement[bool]:
    """Nobody answers themselves; a colleague does."""
    return col(RightsRequest.person_id) != (viewer.person_id or 0)


def inbox(
    viewer: Viewer, session: Session, *, asked: str | None
) -> tuple[Sequence[RequestCard], Page]:
    """A page of requests: what is owed first at the top, then what was answered."""
    if not viewer.may(Permission.RIGHTS_ALL_ANSWER):
        return [], Page(1, 0)
    theirs = _requests(_addressed_to(viewer))
    page = Page.of(asked, session.exec(select(func.count()).select_from(theirs.subquery())).one())
    is_open = col(RightsRequest.state).in_(OPEN)
    found = session.exec(
        theirs.order_by(
            case((is_open, 0), else_=1),
            case((is_open, col(RightsRequest.due_on))),
            col(RightsRequest.id).desc(),
        )
        .offset(page.offset)
        .limit(page.length)
    ).all()
    return [_card(*row) for row in found], page


def request(
    viewer: Viewer, session: Session, *, keys: KeyStore, public_id: str
) -> tuple[RightsRequest, RequestCard] | None:
    """One request with what was written, for whoever answers it."""
    if not viewer.may(Permission.RIGHTS_ALL_ANSWER):
        return None
    statement = _requests(_addressed_to(viewer), col(RightsRequest.public_id) == public_id)
    found = session.exec(statement).first()
    if found is None:
        return None
    row, person, by = found
    return row, _card(row, person, by, **_opened(keys, row))
