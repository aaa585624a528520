"""Asking for support oneself: who may be given it, who never learns of it, and by when."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.accounts.queries import holders
from app.debriefs.models import DebriefPerson
from app.exposure.carrying import Move, carry_over
from app.notifications.inboxes import requests
from app.people.duty import Duties
from app.people.models import AwayKind, AwaySpell
from app.referrals import cases, fences, queries, wishes
from app.referrals import service as referrals
from app.referrals.agreeing import Agreement, refer
from app.referrals.models import Outcome, Referral, ReferralWish, Support, Urgency
from app.referrals.rules import Duty
from app.referrals.service import ConflictError, Ending
from app.security import sealing
from app.security.permissions import Role
from app.support import queries as support
from app.support import service
from app.support.service import AlreadyAskedError, NobodyLeftError
from tests.conftest import NOW
from tests.support.conftest import PHONE

PEER = Support.PEER_SUPPORT


def seen(asking, viewer) -> list[str]:
    """Whom a practitioner's inbox names."""
    return [case.name for case in cases.inbox(viewer, asking.session, now=NOW, keys=asking.keys)]


def told(asking) -> set[int]:
    """Accounts that are told of something in an inbox."""
    duties = Duties(
        parents={asking.team: asking.force.district, asking.force.district: None},
    )
    leads = holders(asking.session, role=Role.WELLBEING_LEAD, day=NOW.date())
    found = requests(
        asking.session, duties=duties, leads=leads, keys=asking.keys, now=NOW + timedelta(days=9)
    )
    return {one.account_id for one in found}


# --- Who may be given it --------------------------------------------------------------------------


def test_whoever_leads_the_person_never_sees_it_in_whatever_role(asking):
    far = asking.peer("Ada Moss")
    sergeant = asking.peer("Bo Lee", person=asking.lead_of("Bo Lee", asking.team))
    chief = asking.peer("Cy Reed", person=asking.lead_of("Cy Reed", asking.force.district))
    near = asking.peer("Di Sand", person=asking.force.person("Di Sand", team=asking.team))
    row = asking.ask()
    assert {who.name: seen(asking, who) for who in (far, sergeant, chief, near)} == {
        "Ada Moss": ["Sam Field"],
        "Bo Lee": [],
        "Cy Reed": [],
        "Di Sand": ["Sam Field"],
    }
    for who in (sergeant, chief):
        asked = {"public_id": row.public_id, "now": NOW, "keys": asking.keys}
        assert cases.case(who, asking.session, **asked) is None
        assert not cases.was_theirs(who, asking.session, **asked)
        with pytest.raises(ConflictError):
            asking.taken(who, row)
    assert told(asking) == {far.account_id, near.account_id, asking.lead.account_id}


def test_nor_does_whoever_stands_in_for_one_who_is_away(asking):
    leader = asking.lead_of("Bo Lee", asking.team)
    stand_in = asking.peer("Ada Moss")
    other = asking.peer("Cy Reed")
    asking.session.add(
        AwaySpell(
            person_id=leader,
            kind=AwayKind.LEAVE,
            starts_on=NOW.date(),
            ends_on=NOW.date(),
            deputy_id=stand_in.person_id,
            recorded_at=NOW,
            recorded_by_account_id=asking.lead.account_id,
        )
    )
    asking.ask()
    assert (seen(asking, stand_in), seen(asking, other)) == ([], ["Sam Field"])


def test_a_wellbeing_lead_who_leads_the_person_does_not_oversee_it(asking):
    asking.peer("Ada Moss")
    boss = asking.viewer(
        Role.WELLBEING_LEAD, "Bo Lee", person=asking.lead_of("Bo Lee", asking.force.district)
    )
    asking.ask()
    found = {
        who.name: len(cases.overseen(who, asking.session, now=NOW, keys=asking.keys))
        for who in (boss, asking.lead)
    }
    assert found == {"Bo Lee": 0, "Lee Dale": 1}
    assert boss.account_id not in told(asking)


def test_outside_my_line_keeps_out_my_team_and_those_i_lead(asking):
    far = asking.peer("Ada Moss")
    mate = asking.peer("Bo Lee", person=asking.force.person("Bo Lee", team=asking.team))
    led = asking.force.unit("Led by Sam", below=asking.team)
    asking.force.lead(asking.person, led)
    below = asking.peer("Cy Reed", person=asking.force.person("Cy Reed", team=led))
    asking.ask(outside=True)
    assert [seen(asking, who) for who in (far, mate, below)] == [["Sam Field"], [], []]
    assert told(asking) == {far.account_id, asking.lead.account_id}


def test_not_my_assessor_keeps_out_whom_they_name_everywhere(asking):
    far, assessor = asking.peer("Ada Moss"), asking.peer("Bo Lee")
    row = asking.taken(far, asking.ask(avoided=[assessor]))
    assert seen(asking, assessor) == []
    assert assessor.account_id not in told(asking)
    with pytest.raises(ConflictError):
        referrals.hand_over(
            asking.session,
            viewer=far,
            public_id=row.public_id,
            revision=row.revision,
            to_account_id=assessor.account_id,
            now=NOW,
            keys=asking.keys,
        )


def test_where_the_names_cannot_be_read_nobody_is_let_in(asking):
    far, assessor = asking.peer("Ada Moss"), asking.peer("Bo Lee")
    asking.ask(avoided=[assessor])
    assert cases.inbox(far, asking.session, now=NOW) == []
    assert seen(asking, far) == ["Sam Field"]
    sealing.destroy(asking.session, asking.keys, owner=asking.person, now=NOW)
    assert seen(asking, far) == []


def test_whoever_comes_to_lead_the_person_has_their_request_no_more(asking):
    first, second = asking.peer("Ada Moss"), asking.peer("Bo Lee")
    asking.taken(first, asking.ask())
    assert (seen(asking, first), seen(asking, second)) == (["Sam Field"], [])
    asking.force.lead(first.person_id, asking.team)
    assert (seen(asking, first), seen(asking, second)) == ([], ["Sam Field"])


def test_what_is_passed_on_keeps_the_same_people_out(asking):
    far, assessor = asking.peer("Ada Moss"), asking.peer("Bo Lee")
    for who in (far, assessor):
        asking.seat(who, of=Support.TRIM)
    row = asking.taken(far, asking.ask(outside=True, avoided=[assessor]))
    referrals.close(
        asking.session,
        viewer=far,
        public_id=row.public_id,
        revision=row.revision,
        ending=Ending(Outcome.PASSED_ON, Support.TRIM),
        now=NOW,
        keys=asking.keys,
    )
    following = asking.session.exec(select(Referral).where(Referral.passed_from_id == row.id)).one()
    assert (seen(asking, far), seen(asking, assessor)) == (["Sam Field"], [])
    assert wishes.contact_of(asking.session, asking.keys, following) == PHONE


# --- Whom one can ask -----------------------------------------------------------------------------


def test_only_services_with_somebody_who_may_have_it_are_offered(asking):
    asking.practitioner("Bo Lee", person=asking.lead_of("Bo Lee", asking.team))
    asking.peer("Ada Moss", unit=asking.force.unit("Dale"))
    asking.practitioner("Sam Field", of=Support.CHAPLAIN, person=None)
    near = asking.peer("Cy Reed", unit=asking.force.district)
    found = support.places(asking.sam, asking.session, day=NOW.date())
    assert {place: [one.name for one in held.people] for place, held in found.items()} == {
        PEER: [near.name],
        Support.CHAPLAIN: ["Sam Field"],
    }
    with pytest.raises(NobodyLeftError):
        asking.ask(service_=Support.TRIM)
    with pytest.raises(NobodyLeftError):
        asking.ask(avoided=[near])


def test_asking_twice_is_told_and_changes_nothing(asking):
    asking.peer("Ada Moss")
    row = asking.ask()
    with pytest.raises(AlreadyAskedError) as told_of:
        asking.ask(urgency=Urgency.TODAY)
    assert told_of.value.row.id == row.id
    assert asking.session.get(ReferralWish, row.id).urgency is Urgency.NO_HURRY


# --- No supervisor learns of it -------------------------------------------------------------------


def test_a_supervisor_can_tell_nothing_by_referring_the_same_person(asking):
    asking.peer("Ada Moss")
    own = asking.ask()

    def shown() -> list[str]:
        cards = queries.referrals_of(asking.session, person_id=asking.person, for_supervisor=True)
        return [card.public_id for card in cards]

    assert shown() == []
    agreed = Agreement(NOW, asking.lead)
    made = refer(asking.session, person_id=asking.person, service=PEER, agreed=agreed, now=NOW)
    assert made.id != own.id
    assert shown() == [made.public_id]
    assert asking.session.exec(select(DebriefPerson)).all() == []


# --- Clocks and order -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("urgency", "hours"), [(Urgency.TODAY, 4), (Urgency.THREE_DAYS, 24), (Urgency.NO_HURRY, 24)]
)
def test_how_soon_sets_the_clock(asking, urgency, hours):
    far = asking.peer("Ada Moss")
    row = asking.ask(urgency=urgency)
    found = cases.case(far, asking.session, public_id=row.public_id, now=NOW, keys=asking.keys)
    assert found.due.duty is Duty.TAKE_ON
    assert found.due.at == NOW + timedelta(hours=hours)
    own = queries.referrals_of(asking.session, person_id=asking.person, for_supervisor=False)
    assert own[0].due == found.due


def test_the_most_urgent_is_at_the_top_after_what_is_overdue(asking):
    far = asking.peer("Ada Moss")
    early = NOW - timedelta(hours=20)
    late = asking.force.person("Kit Vale", team=asking.team)
    asking.refer(late, PEER, now=NOW - timedelta(days=3))
    asking.refer(asking.force.person("Max Hill", team=asking.team), PEER, now=early)
    asking.ask(urgency=Urgency.TODAY)
    assert seen(asking, far) == ["Kit Vale", "Sam Field", "Max Hill"]


# --- How to be reached ----------------------------------------------------------------------------


def test_how_to_be_reached_is_sealed_and_goes_when_it_is_closed(asking):
    asking.peer("Ada Moss")
    row = asking.ask()
    held = asking.session.get(ReferralWish, row.id)
    assert b"900999" not in held.sealed_contact
    assert wishes.contact_of(asking.session, asking.keys, row) == PHONE
    referrals.withdraw(
        asking.session, viewer=asking.sam, public_id=row.public_id, now=NOW, keys=asking.keys
    )
    assert asking.session.get(ReferralWish, row.id).sealed_contact is None
    assert wishes.contact_of(asking.session, asking.keys, row) is None


def test_whoever_must_not_know_is_not_told_of_the_ending_either(asking):
    far = asking.peer("Ada Moss")
    sergeant = asking.peer("Bo Lee", person=asking.lead_of("Bo Lee", asking.team))
    row = asking.ask()
    referrals.withdraw(
        asking.session, viewer=asking.sam, public_id=row.public_id, now=NOW, keys=asking.keys
    )
    found = [
        len(cases.withdrawn_lately(who, asking.session, now=NOW, keys=asking.keys))
        for who in (far, sergeant)
    ]
    assert found == [1, 0]


def test_it_opens_for_no_other_referral_and_after_being_carried_over(asking):
    far = asking.peer("Ada Moss")
    asking.seat(far, of=Support.TRIM)
    first, second = asking.ask(), asking.ask(service_=Support.TRIM)
    one, two = (asking.session.get(ReferralWish, row.id) for row in (first, second))
    two.sealed_contact = one.sealed_contact
    asking.session.flush()
    assert wishes.contact_of(asking.session, asking.keys, second) is None
    today = asking.force.person("Sam Field", team=asking.team)
    move = Move(asking.person, asking.person, today)
    carry_over(asking.session, [move], now=NOW)
    assert wishes.contact_of(asking.session, asking.keys, first) == PHONE


def test_the_person_can_change_how_they_are_reached(asking):
    asking.peer("Ada Moss")
    row = asking.ask()
    changed = wishes.Contact(wishes.Means.IN_PERSON, "The canteen")
    asked = {"keys": asking.keys, "public_id": row.public_id, "contact": changed, "now": NOW}
    assert service.change_contact(asking.session, viewer=asking.sam, **asked)
    assert wishes.contact_of(asking.session, asking.keys, row) == changed
    assert not service.change_contact(asking.session, viewer=asking.lead, **asked)


def test_a_fence_is_about_today(asking):
    leader = asking.lead_of("Bo Lee", asking.team)
    fence = fences.of_person(asking.session, person_id=asking.person, day=NOW.date())
    assert fence.keeps_out(account_id=None, person_id=leader)
    asking.move(asking.person, asking.force.unit("Dale"))
    fence = fences.of_person(asking.session, person_id=asking.person, day=NOW.date())
    assert not fence.keeps_out(account_id=None, person_id=leader)
