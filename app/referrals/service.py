"""What becomes of a referral: made, taken on, contact made, meetings held, handed over, closed, or
taken back by the person. Every change is written down where the person can see it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from app.accounts.models import Account
from app.audit.events import Event
from app.common.clock import local_date
from app.referrals import cases, queries, rules, shares, wishes, workload
from app.referrals.agreeing import Agreement, note, refer
from app.referrals.cases import Case
from app.referrals.models import (
    Outcome,
    Referral,
    ReferralState,
    ReferralStep,
    ServicePractitioner,
    ShareEnd,
    StepKind,
    Support,
)
from app.security.key_store import KeyStore
from app.security.viewer import Viewer


class ConflictError(Exception):
    """The referral is no longer as the viewer saw it: somebody, or the person, was first."""


class FullError(Exception):
    """Whoever was to have it looks after as many people as they may."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} people is the limit")
        self.limit = limit


# --- The service's work ---------------------------------------------------------------------------


def take_on(
    session: Session,
    *,
    viewer: Viewer,
    public_id: str,
    revision: int,
    now: datetime,
    keys: KeyStore | None = None,
) -> Referral:
    """Take on a referral that nobody has; meetings are planned if they were not.

    Raises:
        ConflictError: somebody else has it, or it is closed.
        FullError: the viewer looks after as many people as they may.
    """
    service = _service_of(session, public_id)
    seat = _free_seat(session, viewer.account_id, service, now)
    row, found = _taken(session, viewer, public_id, revision, now, keys)
    if found.held:
        raise ConflictError
    _give(session, row, seat, keys, now)
    note(session, viewer, row, Event.REFERRAL_CHANGED, now, change="taken on")
    return row


def hand_over(
    session: Session,
    *,
    viewer: Viewer,
    public_id: str,
    revision: int,
    to_account_id: int,
    now: datetime,
    keys: KeyStore | None = None,
) -> Referral:
    """Give a referral to a colleague of the same service.

    For whoever has it, and for a wellbeing lead in whose part of the force the person is.

    Raises:
        ConflictError: it has changed since, or the colleague does not work for the service.
        FullError: the colleague looks after as many people as they may.
    """
    service = _service_of(session, public_id)
    seat = _free_seat(session, to_account_id, service, now)
    lead = cases.overseen_case(viewer, session, public_id=public_id, now=now, keys=keys)
    row = _locked(session, public_id, revision)
    held = cases.case(viewer, session, public_id=public_id, now=now, keys=keys)
    mine = held is not None and held.mine
    if not (mine or lead) or row.practitioner_account_id == to_account_id:
        raise ConflictError
    person_id = session.get_one(Account, to_account_id).person_id
    fence = cases.fence_of(session, row=row, day=local_date(now), keys=keys)
    shut = fence.keeps_out(account_id=to_account_id, person_id=person_id)
    if shut or person_id == row.person_id:
        raise ConflictError
    _give(session, row, seat, keys, now)
    note(session, viewer, row, Event.REFERRAL_CHANGED, now, change="handed over")
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


def _give(
    session: Session,
    row: Referral,
    seat: ServicePractitioner,
    keys: KeyStore | None,
    now: datetime,
) -> None:
    # What was shared was shared with one person: with the next, the person decides anew.
    shares.end_all(
        session, row, keys=keys, why=ShareEnd.HANDED_OVER, now=now, but_of=seat.account_id
    )
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


def _taken(
    session: Session,
    viewer: Viewer,
    public_id: str,
    revision: int,
    now: datetime,
    keys: KeyStore | None,
) -> tuple[Referral, Case]:
    """A referral, locked, as a practitioner sees it."""
    row = _locked(session, public_id, revision)
    found = cases.case(viewer, session, public_id=public_id, now=now, keys=keys)
    if found is None:
        raise ConflictError
    return row, found


def _mine(*asked: Any) -> Referral:
    """The same for whoever has it; the arguments of :func:`_taken`."""
    row, found = _taken(*asked)
    if not found.mine:
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
    keys: KeyStore | None = None,
) -> Referral:
    """Keep the day on which the person was first reached.

    Raises:
        ConflictError: the viewer no longer has it, or it has changed since.
    """
    row = _mine(session, viewer, public_id, revision, now, keys)
    row.state, row.contacted_on = ReferralState.CONTACTED, contacted_on
    session.add(row)
    session.flush()
    note(session, viewer, row, Event.REFERRAL_CHANGED, now, change="contacted")
    return row


def change_step(
    session: Session,
    *,
    viewer: Viewer,
    public_id: str,
    revision: int,
    step: ReferralStep,
    now: datetime,
    keys: KeyStore | None = None,
) -> Referral:
    """Keep when a meeting took place, or the day to which it has been moved.

    Args:
        session: The caller's transaction.
        viewer: Whoever has the referral.
        public_id: The referral's.
        revision: As the viewer saw it.
        step: How the step is to be; its ``referral_id`` is not looked at.
        now: The present moment.
        keys: Needed for referrals whose person named somebody who must not be given it.

    Raises:
        ConflictError: the viewer no longer has it, it has changed since, or has no such step.
    """
    row = _mine(session, viewer, public_id, revision, now, keys)
    held = session.get(ReferralStep, (row.id, step.kind))
    if held is None:
        raise ConflictError
    held.due_on, held.done_on = step.due_on, step.done_on
    session.add_all([row, held])
    session.flush()
    change = "meeting held" if step.done_on else "meeting moved"
    note(session, viewer, row, Event.REFERRAL_CHANGED, now, change=change)
    return row


def step_as(kind: StepKind, *, due_on: date, done_on: date | None) -> ReferralStep:
    """A step as a form says it is to be."""
    return ReferralStep(referral_id=0, kind=kind, due_on=due_on, done_on=done_on)


@dataclass(frozen=True)
class Ending:
    """How a referral ends; ``pass_to``: the service it is passed on to, where it is."""

    outcome: Outcome
    pass_to: Support | None = None


def close(
    session: Session,
    *,
    viewer: Viewer,
    public_id: str,
    revision: int,
    ending: Ending,
    now: datetime,
    keys: KeyStore | None = None,
) -> Referral:
    """Close a referral; "passed on" makes the next one, to which the person has agreed afresh.

    What another service is asked is not shown to a supervisor: it was agreed with the service. What
    somebody wished who asked themself (how to be reached, and who must not know) goes with it.

    Raises:
        ConflictError: the viewer no longer has it, it has changed since, or the other service
            does not take referrals any more.
    """
    row = _mine(session, viewer, public_id, revision, now, keys)
    elsewhere = [one for one in queries.receiving(session) if one is not row.service]
    wrong = (ending.outcome is Outcome.PASSED_ON) != (ending.pass_to in elsewhere)
    if wrong or ending.outcome not in rules.endings(row.state, elsewhere=elsewhere):
        raise ConflictError
    following = _pass_on(session, viewer, row, ending.pass_to, now)
    if following is not None:
        wishes.copy(session, keys, row, following)
    _end(session, row, ending.outcome, keys, now)
    note(session, viewer, row, Event.REFERRAL_CHANGED, now, change="closed")
    return row


def _pass_on(
    session: Session, viewer: Viewer, row: Referral, pass_to: Support | None, now: datetime
) -> Referral | None:
    if pass_to is None:
        return None
    agreed = Agreement(now, viewer, private=True)
    following = refer(session, person_id=row.person_id, service=pass_to, agreed=agreed, now=now)
    if following is not None and following.passed_from_id is None:
        following.passed_from_id = row.id
        session.add(following)
        session.flush()
    return following


def _end(
    session: Session, row: Referral, outcome: Outcome, keys: KeyStore | None, now: datetime
) -> None:
    shares.end_all(session, row, keys=keys, why=ShareEnd.CLOSED, now=now)
    wishes.forget_contact(session, referral_id=row.id or 0)
    row.state, row.outcome, row.closed_at = ReferralState.CLOSED, outcome, now
    session.add(row)
    session.flush()


# --- The person -----------------------------------------------------------------------------------


def withdraw(
    session: Session,
    *,
    viewer: Viewer,
    public_id: str,
    now: datetime,
    keys: KeyStore | None = None,
) -> Referral:
    """Close a referral because the person takes it back: at any time, whoever has it, no reason.

    Raises:
        ConflictError: it is not an open referral of the viewer's own.
    """
    if queries.own_referral(viewer, session, public_id=public_id) is None:
        raise ConflictError
    row = _locked(session, public_id, None)
    _end(session, row, Outcome.WITHDRAWN, keys, now)
    note(session, viewer, row, Event.REFERRAL_WITHDRAWN, now)
    return row
