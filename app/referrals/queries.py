"""Reading referrals: each service its own, each person theirs, a wellbeing lead what is open.

What a supervisor may know is :func:`referrals_of`; callers have asked ``people.queries`` whom the
viewer may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from app.accounts.models import Account
from app.common.clock import local_date
from app.database import columns
from app.people.models import Person
from app.people.queries import counts_since
from app.referrals import wishes
from app.referrals.models import (
    SERVICES,
    Outcome,
    Referral,
    ReferralState,
    ReferralStep,
    StepKind,
    Support,
    SupportService,
    Urgency,
)
from app.referrals.rules import Due, Limits, hurried, next_due, usual
from app.security.viewer import Viewer

# --- What holds for services ----------------------------------------------------------------------


def limits(session: Session) -> dict[Support, Limits]:
    """What holds for each service, in the order in which services are listed."""
    held = {row.service: row for row in session.exec(select(SupportService))}
    found: dict[Support, Limits] = {}
    for service in SERVICES:
        row = held.get(service)
        found[service] = usual(service)
        if row is not None:
            found[service] = Limits(
                offered=row.offered,
                accept_hours=row.accept_hours,
                contact_hours=row.contact_hours,
                follow_up_days=row.follow_up_days,
                works_weekends=row.works_weekends,
            )
    return found


def receiving(session: Session) -> list[Support]:
    """Services of this force that somebody can be referred to."""
    return [service for service, held in limits(session).items() if held.offered]


# --- For a supervisor and for the person ----------------------------------------------------------


@dataclass(frozen=True)
class ReferralCard:
    """A referral as its person sees it; a supervisor's pages use service, state and dates alone."""

    service: Support
    state: ReferralState
    agreed_at: datetime
    since: date | None
    """When it got into this state; not known of the oldest."""
    public_id: str
    practitioner: str
    """Who has taken it on; nobody is named to a supervisor."""
    due: Due | None
    """What happens next; not told to a supervisor."""
    outcome: Outcome | None
    met: tuple[date, ...]
    """How it ended and when they met: for the person alone."""
    supervisor_sees: bool
    asked: bool = False
    """The person asked themself."""


def referrals_of(session: Session, *, person_id: int, for_supervisor: bool) -> list[ReferralCard]:
    """A person's referrals, newest first.

    Args:
        session: The request's session.
        person_id: Whose.
        for_supervisor: For anybody but the person: only referrals they may know of, and of those
            no more than the service, how far it has got and when.
    """
    statement = (
        columns(Referral, Account.display_name)
        .join(Person, col(Person.id) == col(Referral.person_id))
        .outerjoin(Account, col(Account.id) == col(Referral.practitioner_account_id))
        .where(col(Referral.person_id) == person_id, counts_since(col(Referral.agreed_at)))
        .order_by(col(Referral.agreed_at).desc(), col(Referral.id).desc())
    )
    if for_supervisor:
        seen = session.exec(statement.where(col(Referral.supervisor_sees).is_(True)))
        return [replace(_card(row), outcome=None) for row, _name in seen]
    found = session.exec(statement).all()
    numbers = [row.id or 0 for row, _name in found]
    steps, wished = steps_of(session, numbers), wishes.of(session, referral_ids=numbers)
    held = limits(session)
    cards = []
    for row, name in found:
        theirs, wish = steps.get(row.id or 0, []), wished.get(row.id or 0)
        urgency = wish.urgency if wish else None
        due = due_of(row, theirs, held, held_by=bool(name), urgency=urgency)
        met = tuple(step.done_on for step in theirs if step.done_on)
        cards.append(
            replace(_card(row), practitioner=name or "", due=due, met=met, asked=wish is not None)
        )
    return cards


def _card(row: Referral) -> ReferralCard:
    since = {
        ReferralState.SENT: row.sent_at,
        ReferralState.ACCEPTED: row.accepted_at,
        ReferralState.CONTACTED: row.contacted_on,
        ReferralState.CLOSED: row.closed_at,
    }[row.state]
    day = local_date(since) if isinstance(since, datetime) else since
    return ReferralCard(
        service=row.service,
        state=row.state,
        agreed_at=row.agreed_at,
        since=day,
        public_id=row.public_id,
        practitioner="",
        due=None,
        outcome=row.outcome,
        met=(),
        supervisor_sees=row.supervisor_sees,
    )


@dataclass(frozen=True)
class Step:
    """A planned meeting."""

    kind: StepKind
    due_on: date
    done_on: date | None


def steps_of(session: Session, numbers: Sequence[int]) -> dict[int, list[Step]]:
    """Planned meetings of referrals, the one that is due first at the top."""
    statement = (
        columns(
            ReferralStep.referral_id,
            ReferralStep.kind,
            ReferralStep.due_on,
            ReferralStep.done_on,
        )
        .where(col(ReferralStep.referral_id).in_(numbers))
        .order_by(col(ReferralStep.due_on), col(ReferralStep.kind))
    )
    found: dict[int, list[Step]] = {}
    for number, kind, due_on, done_on in session.exec(statement):
        found.setdefault(number, []).append(Step(kind, due_on, done_on))
    return found


def due_of(
    row: Referral,
    steps: Sequence[Step],
    held: dict[Support, Limits],
    *,
    held_by: bool,
    urgency: Urgency | None,
) -> Due | None:
    """What an open referral waits for; nothing once it is closed."""
    if row.state is ReferralState.CLOSED:
        return None
    return next_due(
        sent_at=row.sent_at,
        contacted=row.state is ReferralState.CONTACTED,
        held=held_by,
        steps={step.kind: step.due_on for step in steps if step.done_on is None},
        limits=hurried(held.get(row.service) or usual(row.service), urgency),
    )


def own_referral(viewer: Viewer, session: Session, *, public_id: str) -> Referral | None:
    """A referral of the viewer's own, open or closed."""
    return session.exec(
        select(Referral)
        .join(Person, col(Person.id) == col(Referral.person_id))
        .where(
            Referral.public_id == public_id,
            Referral.person_id == (viewer.person_id or 0),
            counts_since(col(Referral.agreed_at)),
        )
    ).first()
