"""What becomes of a referral, on both databases."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from app.accounts.models import Account, RoleGrant
from app.exposure.carrying import Move, carry_over
from app.people.models import Posting
from app.referrals import cases, queries, service, staffing, workload
from app.referrals.agreeing import Agreement, refer
from app.referrals.models import (
    Outcome,
    Referral,
    ReferralState,
    ReferralStep,
    StepKind,
    Support,
)
from app.referrals.rules import Duty, usual
from app.referrals.service import ConflictError, FullError
from app.security.permissions import Role
from tests.conftest import NOW

LATER = NOW + timedelta(hours=30)


def names(found):
    return [case.name for case in found]


# --- Making ---------------------------------------------------------------------------------------


def test_who_says_that_they_agreed_and_when_is_kept(services):
    row = services.refer()
    assert (row.agreed_at, row.agreement_by_account_id) == (NOW, services.lead.account_id)
    assert services.written() == [("referral:made", "")]
    with pytest.raises(ValueError, match="future"):
        refer(
            services.session,
            person_id=services.person,
            service=Support.CHAPLAIN,
            agreed=Agreement(LATER, services.lead),
            now=NOW,
        )


def test_an_account_number_is_enough_to_say_who(services, session):
    row = services.refer(by=services.lead.account_id)
    assert row.agreement_by_account_id == services.lead.account_id


def test_an_open_referral_is_not_doubled_and_a_closed_one_does_not_stand_in_the_way(services):
    first, trim = services.refer(), services.practitioner("Ada Moss")
    assert services.refer(now=LATER).id == first.id
    assert services.refer(to=Support.CHAPLAIN).id != first.id
    services.close(trim, services.take_on(trim, first), Outcome.DECLINED)
    assert services.refer(now=LATER).id != first.id


@pytest.mark.parametrize("to", [Support.GP, Support.CHAPLAIN])
def test_a_service_this_force_does_not_have_gets_none(services, session, to):
    limits = usual(Support.CHAPLAIN)
    staffing.set_limits(
        session,
        viewer=services.lead,
        service=Support.CHAPLAIN,
        limits=type(limits)(**{**vars(limits), "offered": False}),
        now=NOW,
    )
    assert services.refer(to=to) is None
    assert session.exec(select(Referral)).all() == []


# --- Whose inbox ----------------------------------------------------------------------------------


def test_only_the_service_sees_it_and_only_in_its_part_of_the_force(services, session):
    row = services.refer()
    elsewhere = services.force.unit("Dale")
    trim, far = services.practitioner("Ada Moss"), services.practitioner("Bo Lee", unit=elsewhere)
    near = services.practitioner("Cy Reed", unit=services.force.district)
    nurse = services.practitioner("Di Sand", of=Support.OCCUPATIONAL_HEALTH)
    seen = {who.name: names(cases.inbox(who, session, now=NOW)) for who in (trim, far, near, nurse)}
    assert seen == {
        "Ada Moss": ["Sam Field"],
        "Bo Lee": [],
        "Cy Reed": ["Sam Field"],
        "Di Sand": [],
    }
    assert cases.case(nurse, session, public_id=row.public_id, now=NOW) is None
    assert not cases.was_theirs(nurse, session, public_id=row.public_id, now=NOW)


def test_what_somebody_has_taken_on_is_theirs_even_when_the_person_moves(services, session):
    row = services.refer()
    near = services.practitioner("Ada Moss", unit=services.force.district)
    other = services.practitioner("Bo Lee")
    services.take_on(near, row)
    for posting in session.exec(select(Posting)):
        session.delete(posting)
    session.flush()
    assert names(cases.inbox(near, session, now=NOW)) == ["Sam Field"]
    assert cases.inbox(other, session, now=NOW) == []
    assert cases.was_theirs(other, session, public_id=row.public_id, now=NOW)


def test_nobody_looks_after_themselves(services, session):
    me = services.practitioner("Sam Field", person=services.person)
    row = services.refer()
    assert cases.inbox(me, session, now=NOW) == []
    with pytest.raises(ConflictError):
        services.take_on(me, row)
    with pytest.raises(ConflictError):
        service.hand_over(
            session,
            viewer=services.lead,
            public_id=row.public_id,
            revision=row.revision,
            to_account_id=me.account_id,
            now=NOW,
        )


@pytest.mark.parametrize("how", ["removed", "account closed", "role ended"])
def test_what_a_practitioner_leaves_behind_waits_for_a_colleague(services, session, how):
    gone, stays = services.practitioner("Ada Moss"), services.practitioner("Bo Lee")
    row = services.take_on(gone, services.refer())
    if how == "removed":
        seat = services.seat(gone)
        staffing.remove_practitioner(
            session, viewer=services.lead, public_id=seat.public_id, now=NOW
        )
    elif how == "account closed":
        session.get(Account, gone.account_id).active = False
    else:
        grant = select(RoleGrant).where(RoleGrant.account_id == gone.account_id)
        session.exec(grant).one().starts_on = date(2026, 12, 24)
    session.flush()
    session.expire_all()
    (waiting,) = cases.inbox(stays, session, now=LATER)
    assert (waiting.held, waiting.due.duty, waiting.late(LATER)) == (False, Duty.TAKE_ON, True)
    assert services.take_on(stays, row, now=LATER).practitioner_account_id == stays.account_id


# --- Taking on ------------------------------------------------------------------------------------


def test_taking_on_plans_the_meetings_and_says_so_to_the_person(services, session):
    trim = services.practitioner("Ada Moss")
    row = services.take_on(trim, services.refer())
    assert (row.state, row.accepted_at) == (ReferralState.ACCEPTED, NOW)
    steps = services.steps(row)
    assert {kind: step.due_on for kind, step in steps.items()} == {
        StepKind.FIRST_MEETING: date(2026, 11, 26),
        StepKind.MONTH_MEETING: date(2026, 12, 21),
    }
    (card,) = queries.referrals_of(session, person_id=services.person, for_supervisor=False)
    assert (card.practitioner, card.due.duty, card.due.day) == (
        "Ada Moss",
        Duty.CONTACT,
        date(2026, 11, 25),
    )
    assert services.written()[-1] == ("referral:changed", "taken on")


def test_the_second_of_two_practitioners_is_told_and_changes_nothing(services, session):
    first, second = services.practitioner("Ada Moss"), services.practitioner("Bo Lee")
    row = services.refer()
    seen = row.revision
    services.take_on(first, row)
    with pytest.raises(ConflictError):
        service.take_on(session, viewer=second, public_id=row.public_id, revision=seen, now=NOW)
    session.refresh(row)
    assert row.practitioner_account_id == first.account_id
    # Nor with what it is now: it is not theirs to take.
    with pytest.raises(ConflictError):
        services.take_on(second, row)


def test_a_limit_is_a_limit_until_a_lead_raises_it(services, session):
    trim = services.practitioner("Ada Moss", limit=1)
    services.take_on(trim, services.refer())
    other = services.force.person("Kit Vale", team=services.team)
    row = services.refer(other)
    with pytest.raises(FullError) as full:
        services.take_on(trim, row)
    assert full.value.limit == 1
    seat = services.seat(trim)
    staffing.change_practitioner(
        session,
        viewer=services.lead,
        public_id=seat.public_id,
        unit_id=None,
        caseload_limit=2,
        now=NOW,
    )
    assert services.take_on(trim, row).practitioner_account_id == trim.account_id
    seats = workload.practitioners(session, day=NOW.date())
    assert [(one.people, one.caseload_limit, one.full) for one in seats] == [(2, 2, True)]


# --- Work -----------------------------------------------------------------------------------------


@pytest.fixture
def taken(services):
    """Somebody, and the practitioner who has taken them on."""
    trim = services.practitioner("Ada Moss")
    return trim, services.take_on(trim, services.refer())


def change(services, viewer, row, step):
    return service.change_step(
        services.session,
        viewer=viewer,
        public_id=row.public_id,
        revision=row.revision,
        step=step,
        now=NOW,
    )


def test_contact_then_meetings_held_or_moved(services, session, taken):
    trim, row = taken
    row = services.contact(trim, row)
    assert (row.state, row.contacted_on) == (ReferralState.CONTACTED, NOW.date())
    first, month = StepKind.FIRST_MEETING, StepKind.MONTH_MEETING
    due_on = services.steps(row)[first].due_on
    held = service.step_as(first, due_on=due_on, done_on=NOW.date())
    row = change(services, trim, row, held)
    moved = service.step_as(month, due_on=date(2027, 1, 4), done_on=None)
    row = change(services, trim, row, moved)
    assert services.steps(row)[first].done_on == NOW.date()
    (case,) = cases.inbox(trim, session, now=NOW)
    assert (case.due.duty, case.due.day) == (Duty.MONTH_MEETING, date(2027, 1, 4))
    assert [said for _event, said in services.written()[-3:]] == [
        "contacted",
        "meeting held",
        "meeting moved",
    ]
    with pytest.raises(ConflictError):
        change(
            services, trim, row, service.step_as(StepKind.FOLLOW_UP, due_on=due_on, done_on=None)
        )


def test_what_one_has_no_other_can_change(services, taken):
    _trim, row = taken
    other = services.practitioner("Bo Lee")
    with pytest.raises(ConflictError):
        services.contact(other, row)
    with pytest.raises(ConflictError):
        services.close(other, row, Outcome.DECLINED)


def test_handing_over_is_for_whoever_has_it_and_for_the_lead(services, session, taken):
    trim, row = taken
    colleague, busy = services.practitioner("Bo Lee"), services.practitioner("Cy Reed", limit=1)
    nurse = services.practitioner("Di Sand", of=Support.OCCUPATIONAL_HEALTH)
    far = services.viewer(Role.WELLBEING_LEAD, "Far Off", unit=services.force.unit("Dale"))

    def hand(viewer, to):
        return service.hand_over(
            session,
            viewer=viewer,
            public_id=row.public_id,
            revision=row.revision,
            to_account_id=to.account_id,
            now=LATER,
        )

    for viewer, to in ((colleague, colleague), (far, colleague), (trim, nurse)):
        with pytest.raises(ConflictError):
            hand(viewer, to)
        session.refresh(row)
    hand(trim, colleague)
    assert (row.practitioner_account_id, row.accepted_at) == (colleague.account_id, LATER)
    hand(services.lead, busy)
    assert row.practitioner_account_id == busy.account_id
    other = services.refer(services.force.person("Kit Vale", team=services.team))
    with pytest.raises(FullError):
        service.hand_over(
            session,
            viewer=services.lead,
            public_id=other.public_id,
            revision=0,
            to_account_id=busy.account_id,
            now=NOW,
        )


def test_passing_on_needs_another_service_and_hides_the_next_from_supervisors(
    services, session, taken
):
    trim, row = taken
    for outcome, to in (
        (Outcome.PASSED_ON, None),
        (Outcome.PASSED_ON, Support.TRIM),
        (Outcome.DECLINED, Support.CHAPLAIN),
        (Outcome.COMPLETED, None),
    ):
        with pytest.raises(ConflictError):
            services.close(trim, row, outcome, pass_to=to)
        session.refresh(row)
    services.close(trim, row, Outcome.PASSED_ON, pass_to=Support.OCCUPATIONAL_HEALTH, now=LATER)
    following = session.exec(
        select(Referral).where(Referral.service == Support.OCCUPATIONAL_HEALTH)
    ).one()
    assert (following.passed_from_id, following.agreed_at) == (row.id, LATER)
    assert following.agreement_by_account_id == trim.account_id
    mine = queries.referrals_of(session, person_id=services.person, for_supervisor=False)
    theirs = queries.referrals_of(session, person_id=services.person, for_supervisor=True)
    assert [(card.service, card.outcome) for card in mine] == [
        (Support.OCCUPATIONAL_HEALTH, None),
        (Support.TRIM, Outcome.PASSED_ON),
    ]
    assert [(card.service, card.state) for card in theirs] == [(Support.TRIM, ReferralState.CLOSED)]
    (card,) = theirs
    assert (card.outcome, card.practitioner, card.due, card.met) == (None, "", None, ())


# --- The person -----------------------------------------------------------------------------------


def test_the_person_takes_it_back_whoever_has_it_and_the_service_is_told(services, session, taken):
    trim, row = taken
    me = services.viewer(Role.STAFF, "Sam Field", person=services.person)
    service.withdraw(session, viewer=me, public_id=row.public_id, now=LATER)
    assert (row.state, row.outcome) == (ReferralState.CLOSED, Outcome.WITHDRAWN)
    assert cases.inbox(trim, session, now=LATER) == []
    assert names(cases.withdrawn_lately(trim, session, now=LATER)) == ["Sam Field"]
    much_later = LATER + timedelta(days=15)
    assert cases.withdrawn_lately(trim, session, now=much_later) == []
    assert services.written()[-1] == ("referral:withdrawn", "")
    with pytest.raises(ConflictError):
        services.contact(trim, row)
    with pytest.raises(ConflictError):
        service.withdraw(session, viewer=me, public_id=row.public_id, now=LATER)


def test_nobody_takes_back_what_is_not_theirs(services, session, taken):
    _trim, row = taken
    other = services.viewer(Role.STAFF, person=services.force.person("Kit Vale"))
    nobody = services.viewer(Role.EVALUATOR, "Outside")
    for viewer in (other, nobody, services.lead):
        with pytest.raises(ConflictError):
            service.withdraw(session, viewer=viewer, public_id=row.public_id, now=NOW)


def test_a_referral_follows_its_person_to_another_number(services, session, taken):
    _trim, row = taken
    number = services.force.person("Sam Field")
    carry_over(session, [Move(services.person, services.person, number)], now=NOW)
    assert (row.person_id, row.named_id) == (number, services.person)
    assert session.get(ReferralStep, (row.id, StepKind.MONTH_MEETING)) is not None


# --- Wellbeing leads ------------------------------------------------------------------------------


def test_what_is_late_is_first_and_a_lead_sees_their_own_part(services, session):
    trim = services.practitioner("Ada Moss")
    late = services.refer()
    elsewhere = services.force.unit("Dale")
    there = services.force.person("Kit Vale", team=services.force.unit("Dale B", below=elsewhere))
    services.refer(there, now=LATER)
    dale = services.viewer(Role.WELLBEING_LEAD, "Dale Lead", unit=elsewhere)
    both = cases.overseen(services.lead, session, now=LATER)
    assert [(case.name, case.late(LATER)) for case in both] == [
        ("Sam Field", True),
        ("Kit Vale", False),
    ]
    assert names(cases.overseen(dale, session, now=LATER)) == ["Kit Vale"]
    assert cases.overseen(trim, session, now=LATER) == []
    services.take_on(trim, late, now=LATER)
    much_later = LATER + timedelta(days=2)
    assert [case.due.duty for case in cases.inbox(trim, session, now=much_later)] == [
        Duty.CONTACT,
        Duty.TAKE_ON,
    ]


def welfare(services, viewer, now):
    (found,) = workload.welfare(services.session, account_ids=[viewer.account_id], now=now).values()
    return found


def test_six_people_in_four_weeks_ask_for_a_word_and_a_word_answers_it(services, session):
    trim = services.practitioner("Ada Moss", limit=10)
    for number in range(6):
        assert not welfare(services, trim, NOW).due
        person = services.force.person(f"Person {number}", team=services.team)
        services.take_on(trim, services.refer(person))
    assert (welfare(services, trim, NOW).people, welfare(services, trim, NOW).due) == (6, True)
    assert not welfare(services, trim, NOW + timedelta(days=29)).due
    staffing.have_spoken(
        session,
        viewer=services.lead,
        account=session.get(Account, trim.account_id),
        now=LATER,
    )
    after = welfare(services, trim, LATER)
    assert (after.due, after.spoken_at) == (False, LATER)


def test_somebody_not_reached_or_a_wish_ask_for_a_word_too(services, session, taken):
    trim, row = taken
    services.close(trim, row, Outcome.NOT_REACHED, now=LATER)
    assert (welfare(services, trim, LATER).hard, welfare(services, trim, LATER).due) == (1, True)
    other = services.practitioner("Bo Lee")
    staffing.ask_to_be_asked(session, viewer=other, now=LATER)
    assert (welfare(services, other, LATER).asked, welfare(services, other, LATER).due) == (
        True,
        True,
    )
    staffing.have_spoken(
        session,
        viewer=services.lead,
        account=session.get(Account, other.account_id),
        now=LATER + timedelta(hours=1),
    )
    assert not welfare(services, other, LATER + timedelta(hours=2)).due
