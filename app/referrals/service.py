"""What becomes of a referral: made, taken on, contact made, meetings held, handed over, closed, or
taken back by the person. Every change is written down where the person can see it."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from app.accounts.queries import viewer_for
from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date
from app.people.models import Person
from app.referrals import cases, queries, rules, workload
from app.referrals.models import (
    Outcome,
    Referral,
    ReferralState,
    ReferralStep,
    ServicePractitioner,
    StepKind,
    Support,
)
from app.security.viewer import Viewer


class ConflictError(Exception):
    """The referral is no longer as the viewer saw it: somebody, or the person, was first."""


class FullError(Exception):
    """Whoever was to have it looks after as many people as they may."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} people is the limit")
        self.limit = limit


def refer(
    session: Session,
    *,
    person_id: int,
    service: Support,
    agreed_at: datetime,
    actor: Viewer | int,
    now: datetime,
    debrief_person_id: int | None = None,
) -> Referral | None:
    """Ask a service to make contact with somebody who has agreed to it.

    An open referral of the same person to the same service is returned instead of a second one.

    Args:
        session: The caller's transaction.
        person_id: Who agreed.
        service: Whom they agreed to.
        agreed_at: When they agreed; never later than now.
        actor: Who says so: a viewer, or the number of an account.
        now: The present moment.
        debrief_person_id: The conversation in which they agreed, if it was one.

    Returns:
        The referral, or ``None`` where this force has no such service: nobody would receive it.
        A caller to whom the person said that no supervisor is to know clears ``supervisor_sees``.

    Raises:
        ValueError: the agreement is said to be in the future.
    """
    if agreed_at > now:
        message = "Nobody can have agreed in the future."
        raise ValueError(message)
    if service not in queries.receiving(session):
        return None
    # One at a time for each person, or two forms saved at once make two referrals.
    one = select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    session.exec(one).one()
    known = _open_referral(session, person_id, service)
    if known is not None:
        return known
    by = actor if isinstance(actor, Viewer) else _viewer(session, actor, now)
    row = Referral(
        person_id=person_id,
        debrief_person_id=debrief_person_id,
        service=service,
        state=ReferralState.SENT,
        agreed_at=agreed_at,
        agreement_by_account_id=by.account_id,
        sent_at=now,
    )
    session.add(row)
    session.flush()
    _note(session, by, row, Event.REFERRAL_MADE, now)
    return row


def _open_referral(session: Session, person_id: int, service: Support) -> Referral | None:
    return session.exec(
        select(Referral)
        .where(
            Referral.person_id == person_id,
            Referral.service == service,
            Referral.state != ReferralState.CLOSED,
        )
        .order_by(col(Referral.id))
    ).first()


def _viewer(session: Session, account_id: int, now: datetime) -> Viewer:
    found = viewer_for(session, account_id=account_id, day=local_date(now))
    return found or Viewer(account_id, None, "", ())


# --- The service's work ---------------------------------------------------------------------------


def take_on(
    session: Session, *, viewer: Viewer, public_id: str, revision: int, now: datetime
) -> Referral:
    """Take on a referral that nobody has; meetings are planned if they were not.

    Raises:
        ConflictError: somebody else has it, or it is closed.
        FullError: the viewer looks after as many people as they may.
    """
    service = _service_of(session, public_id)
    seat = _free_seat(session, viewer.account_id, service, now)
    row = _waiting(session, viewer, public_id, revision, now)
    _give(session, row, seat, now)
    _note(session, viewer, row, Event.REFERRAL_CHANGED, now, change="taken on")
    return row


def hand_over(
    session: Session,
    *,
    viewer: Viewer,
    public_id: str,
    revision: int,
    to_account_id: int,
    now: datetime,
) -> Referral:
    """Give a referral to a colleague of the same service.

    For whoever has it, and for a wellbeing lead in whose part of the force the person is.

    Raises:
        ConflictError: it has changed since, or the colleague does not work for the service.
        FullError: the colleague looks after as many people as they may.
    """
    service = _service_of(session, public_id)
    seat = _free_seat(session, to_account_id, service, now)
    lead = cases.overseen_case(viewer, session, public_id=public_id, now=now)
    row = _locked(session, public_id, revision)
    mine = row.practitioner_account_id == viewer.account_id
    if not (mine or lead) or row.practitioner_account_id == to_account_id:
        raise ConflictError
    if workload.is_person(session, account_id=to_account_id, person_id=row.person_id):
        raise ConflictError
    _give(session, row, seat, now)
    _note(session, viewer, row, Event.REFERRAL_CHANGED, now, change="handed over")
    return row


def _service_of(session: Session, public_id: str) -> Support:
    statement = select(Referral).where(Referral.public_id == public_id)
    found = session.exec(statement).first()
    if found is None:
        raise ConflictError
    return found.service


def _free_seat(
    session: Session, account_id: int, service: Support, now: datetime
) -> ServicePractitioner:
    seat = workload.seat(session, account_id=account_id, service=service, day=local_date(now))
    if seat is None:
        raise ConflictError
    people = workload.caseload(session, account_id=account_id, service=service)
    if people >= seat.caseload_limit:
        raise FullError(seat.caseload_limit)
    return seat


def _give(session: Session, row: Referral, seat: ServicePractitioner, now: datetime) -> None:
    row.practitioner_account_id, row.accepted_at = seat.account_id, now
    if row.state is ReferralState.SENT:
        row.state = ReferralState.ACCEPTED
    session.add(row)
    planned = session.exec(select(ReferralStep).where(ReferralStep.referral_id == row.id)).first()
    if planned is None:
        held = queries.limits(session)[row.service]
        for kind, due_on in rules.planned(row.service, held, row.sent_at).items():
            session.add(ReferralStep(referral_id=row.id or 0, kind=kind, due_on=due_on))
    session.flush()


def _locked(session: Session, public_id: str, revision: int | None) -> Referral:
    row = session.exec(
        select(Referral)
        .where(Referral.public_id == public_id, Referral.state != ReferralState.CLOSED)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None or revision not in {None, row.revision}:
        raise ConflictError
    row.revision += 1
    return row


def _waiting(
    session: Session, viewer: Viewer, public_id: str, revision: int, now: datetime
) -> Referral:
    row = _locked(session, public_id, revision)
    found = cases.case(viewer, session, public_id=public_id, now=now)
    if found is None or found.held:
        raise ConflictError
    return row


def _mine(
    session: Session, viewer: Viewer, public_id: str, revision: int, now: datetime
) -> Referral:
    row = _locked(session, public_id, revision)
    found = cases.case(viewer, session, public_id=public_id, now=now)
    if found is None or not found.mine:
        raise ConflictError
    return row


def record_contact(
    session: Session,
    *,
    viewer: Viewer,
    public_id: str,
    revision: int,
    contacted_on: date,
    now: datetime,
) -> Referral:
    """Keep the day on which the person was first reached.

    Raises:
        ConflictError: the viewer no longer has it, or it has changed since.
    """
    row = _mine(session, viewer, public_id, revision, now)
    row.state, row.contacted_on = ReferralState.CONTACTED, contacted_on
    session.add(row)
    session.flush()
    _note(session, viewer, row, Event.REFERRAL_CHANGED, now, change="contacted")
    return row


def change_step(
    session: Session,
    *,
    viewer: Viewer,
    public_id: str,
    revision: int,
    step: ReferralStep,
    now: datetime,
) -> Referral:
    """Keep when a meeting took place, or the day to which it has been moved.

    Args:
        session: The caller's transaction.
        viewer: Whoever has the referral.
        public_id: The referral's.
        revision: As the viewer saw it.
        step: How the step is to be; its ``referral_id`` is not looked at.
        now: The present moment.

    Raises:
        ConflictError: the viewer no longer has it, it has changed since, or has no such step.
    """
    row = _mine(session, viewer, public_id, revision, now)
    held = session.get(ReferralStep, (row.id, step.kind))
    if held is None:
        raise ConflictError
    held.due_on, held.done_on = step.due_on, step.done_on
    session.add_all([row, held])
    session.flush()
    change = "meeting held" if step.done_on else "meeting moved"
    _note(session, viewer, row, Event.REFERRAL_CHANGED, now, change=change)
    return row


def step_as(kind: StepKind, *, due_on: date, done_on: date | None) -> ReferralStep:
    """A step as a form says it is to be."""
    return ReferralStep(referral_id=0, kind=kind, due_on=due_on, done_on=done_on)


def close(
    session: Session,
    *,
    viewer: Viewer,
    public_id: str,
    revision: int,
    outcome: Outcome,
    now: datetime,
    pass_to: Support | None = None,
) -> Referral:
    """Close a referral; "passed on" makes the next one, to which the person has agreed afresh.

    What another service is asked is not shown to a supervisor: it was agreed with the service.

    Raises:
        ConflictError: the viewer no longer has it, it has changed since, or the other service
            does not take referrals any more.
    """
    row = _mine(session, viewer, public_id, revision, now)
    elsewhere = [one for one in queries.receiving(session) if one is not row.service]
    wrong = (outcome is Outcome.PASSED_ON) != (pass_to in elsewhere)
    if wrong or outcome not in rules.endings(row.state, elsewhere=elsewhere):
        raise ConflictError
    _end(session, row, outcome, now)
    _note(session, viewer, row, Event.REFERRAL_CHANGED, now, change="closed")
    if pass_to is not None:
        _pass_on(session, viewer, row, pass_to, now)
    return row


def _pass_on(
    session: Session, viewer: Viewer, row: Referral, pass_to: Support, now: datetime
) -> None:
    following = refer(
        session,
        person_id=row.person_id,
        service=pass_to,
        agreed_at=now,
        actor=viewer,
        now=now,
    )
    if following is not None and following.passed_from_id is None:
        following.supervisor_sees, following.passed_from_id = False, row.id
        session.add(following)
        session.flush()


def _end(session: Session, row: Referral, outcome: Outcome, now: datetime) -> None:
    row.state, row.outcome, row.closed_at = ReferralState.CLOSED, outcome, now
    session.add(row)
    session.flush()


# --- The person -----------------------------------------------------------------------------------


def withdraw(session: Session, *, viewer: Viewer, public_id: str, now: datetime) -> Referral:
    """Close a referral because the person takes it back: at any time, whoever has it, no reason.

    Raises:
        ConflictError: it is not an open referral of the viewer's own.
    """
    if queries.own_referral(viewer, session, public_id=public_id) is None:
        raise ConflictError
    row = _locked(session, public_id, None)
    _end(session, row, Outcome.WITHDRAWN, now)
    _note(session, viewer, row, Event.REFERRAL_WITHDRAWN, now)
    return row


def _note(
    session: Session, viewer: Viewer, row: Referral, event: Event, now: datetime, **more: object
) -> None:
    details: dict[str, object] = {"referral": row.public_id, "service": row.service.value}
    entry = Entry(
        event,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        subject_person_id=row.person_id,
        details=details | more,
    )
    audit.append(session, [entry])
